/** What the integration tells (custom_components/zmartcharge/pictures.py), and what we use of Home Assistant. */

export type Value =
  ["time" | "text", string] | ["duration" | "money" | "energy" | "number", number];

/** A text of the integration by its key, with typed values to put into it. */
export interface Message {
  key: string;
  values: Record<string, Value>;
}

/** A line of the supply; currents in A, `at` in ISO 8601. */
export interface Line {
  current: number;
  margin: number | null;
  at: string;
  fresh: boolean;
}

export interface Site {
  name: string;
  device: string | null;
  address: string | null;
  /** Latitude and longitude, in degrees. */
  position: [number, number] | null;
  main_fuse: number;
  currency: string | null;
  metered: boolean;
  lines: Record<string, Line>;
}

/** Energies in Wh, times in ISO 8601. */
export interface Session {
  started_at: string;
  ended_at: string | null;
  energy: number;
  cost: number | null;
  currency: string | null;
  /** In km, null where nobody said which car it is. */
  added_range: number | null;
}

export interface ChargerError {
  code: string;
  vendor_code: string | null;
  info: string | null;
}

/** A connector of a charger; power in W, currents in A. */
export interface Connector {
  name: string;
  /** The id of its charger, and what is written on that. */
  charger: string;
  label: string;
  connector: number | null;
  site: string | null;
  device: string | null;
  entities: Partial<Record<"status" | "start" | "stop" | "charging_mode" | "ready_by", string>>;
  online: boolean;
  plugged: boolean | null;
  charging: boolean;
  mode: "smart" | "full_now" | "off";
  priced: boolean;
  circuit_fuse: number;
  model: string | null;
  serial: string | null;
  firmware: string | null;
  status: string | null;
  reason: string | null;
  until: string | null;
  error: ChargerError | null;
  balance: Message | null;
  power: number | null;
  offered: number | null;
  allocated: number | null;
  draw: Record<string, number>;
  session: Session | null;
  plan: Message | null;
  may_control: boolean;
}

export interface OverviewEvent {
  /** Which build is installed; only in the first event, which tells everything. */
  card?: string;
  loaded: boolean;
  sites: Record<string, Partial<Site> | null>;
  connectors: Record<string, Partial<Connector> | null>;
  order: string[];
}

export interface Overview {
  card: string | undefined;
  loaded: boolean;
  sites: Record<string, Site>;
  connectors: Record<string, Connector>;
  order: string[];
}

/** Start and end (s since 1970), price per kWh, whether it is a forecast. */
export type Price = [start: number, end: number, price: number, forecast: boolean];

export interface PlanSlot {
  start: string;
  end: string;
  energy: number;
  cost: number | null;
  reason: string;
}

export interface PlanPicture {
  currency: string | null;
  prices: Price[];
  ready_by: string | null;
  plan: { slots: PlanSlot[]; ready_at: string | null; late_by: number } | null;
}

export type Span = "day" | "month" | "year";

export interface Bar {
  start: string;
  end: string;
  energy: number;
  cost: number | null;
}

export interface History {
  bars: Bar[];
  energy: number;
  cost: number | null;
  currency: string | null;
  unpriced: number;
  first: string | null;
}

export interface Capabilities {
  version: string;
  card: string;
  may_add: boolean;
  /** The integration's entry, for those who may change it. */
  entry: string | null;
}

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string; [key: string]: unknown },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void> | void>;
  /** It is "ready" whenever it is back. */
  addEventListener(name: "ready", listener: () => void): void;
  removeEventListener(name: "ready", listener: () => void): void;
  sendMessagePromise<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
}

export type Localize = (key: string, values?: Record<string, unknown>) => string;

export interface HomeAssistant {
  connection: Connection;
  language: string;
  locale: {
    language: string;
    number_format?: string;
    time_format?: string;
    time_zone?: string;
  };
  config: { time_zone: string; currency?: string; unit_system?: { length: string } };
  localize: Localize;
  loadBackendTranslation?(category: string, integration: string): Promise<Localize>;
  states?: Record<string, EntityState | undefined>;
  entities?: Record<string, EntityEntry | undefined>;
  formatEntityState?(state: EntityState, value?: string): string;
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: Record<string, unknown>,
    /** Whether Home Assistant shows an error besides. */
    notifies?: boolean,
  ): Promise<unknown>;
  callApi?(method: "POST" | "DELETE", path: string, data?: object): Promise<unknown>;
}

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: { options?: string[]; friendly_name?: string };
}

export interface EntityEntry {
  platform?: string;
  device_id?: string | null;
  translation_key?: string;
}

/** A charging that was, or is; energies in Wh, times in ISO 8601. */
export interface PastSession {
  id: string;
  charger: string;
  label: string;
  connector: number | null;
  site: string | null;
  started_at: string;
  ended_at: string | null;
  energy: number;
  cost: number | null;
  currency: string | null;
  unpriced: number;
}

/** What the filter's sessions come to; costs by currency. */
export interface SessionSum {
  count: number;
  energy: number;
  costs: Record<string, number>;
  unpriced: number;
}

export interface SessionPage {
  sessions: PastSession[];
  more: boolean;
  sum: SessionSum | null;
}

/** How far a full battery takes a car, in km, and what it holds, in kWh. */
export interface CarSettings {
  range: number;
  battery: number;
}

/** What is set of a charger; the times by weekday, Monday first, null on a day when it is not needed. */
export interface ChargerSettings {
  name: string;
  label: string;
  site: string | null;
  device: string | null;
  circuit_fuse: number;
  circuit: string | null;
  access: "open" | "registered";
  enabled: boolean;
  connected: boolean;
  /** Under which it may find Home Assistant. */
  addresses: string[];
  entities: Partial<Record<"access" | "enabled", string>>;
  connectors: {
    key: string;
    connector: number | null;
    device: string | null;
    ready_by: (string | null)[];
    car: CarSettings | null;
  }[];
}

export interface SiteSettings {
  name: string;
  device: string | null;
  main_fuse: number;
  chargers: string[];
}

export interface Settings {
  entry: string | null;
  sites: Record<string, SiteSettings>;
  chargers: Record<string, ChargerSettings>;
}

export interface CardConfig {
  type: string;
  /** The connector that is shown first, by its device. */
  device?: string;
  /** Whether there is no way to the others. */
  single?: boolean;
  /** Parts that are left out. */
  hide?: Part[];
}

export type Part = "prices" | "phases" | "history";
