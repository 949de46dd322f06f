/** A Home Assistant to show the card in: it answers and pushes what a test says. */

import type {
  Connection,
  Connector,
  HomeAssistant,
  OverviewEvent,
  PlanPicture,
  Site,
} from "../src/types";

type Push = (message: unknown) => void;

export class FakeConnection implements Connection {
  readonly asked: Record<string, unknown>[] = [];
  readonly subscribed = new Map<string, Push>();
  answers: Record<string, unknown> = {};
  /** Subscriptions that Home Assistant refuses, such as while it starts. */
  refusals: Record<string, unknown> = {};
  ended = 0;
  readonly #ready = new Set<() => void>();
  #again: (() => Promise<unknown>)[] = [];

  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<() => void> {
    this.asked.push(message);
    const refusal = this.refusals[message.type];
    if (refusal) return Promise.reject(refusal as Error);
    this.subscribed.set(message.type, callback as Push);
    const again = () => this.subscribeMessage(callback, message, options);
    if (options?.resubscribe !== false) this.#again.push(again);
    return Promise.resolve(() => {
      this.#again = this.#again.filter((each) => each !== again);
      this.ended += 1;
    });
  }

  addEventListener(_name: "ready", listener: () => void): void {
    this.#ready.add(listener);
  }

  removeEventListener(_name: "ready", listener: () => void): void {
    this.#ready.delete(listener);
  }

  /** Whoever waits for the connection to come back. */
  get waiting(): number {
    return this.#ready.size;
  }

  /** The connection is lost and comes back: Home Assistant's client subscribes once more, and minds no refusal. */
  reconnect(): void {
    this.subscribed.clear();
    const again = this.#again;
    this.#again = [];
    for (const each of again) each().catch(() => undefined);
    for (const listener of [...this.#ready]) listener();
  }

  sendMessagePromise<T>(message: { type: string }): Promise<T> {
    this.asked.push(message);
    const answer = this.answers[message.type];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer as T);
  }

  overview(event: Partial<OverviewEvent>): void {
    const whole = { loaded: true, sites: {}, connectors: {}, order: [], ...event };
    this.subscribed.get("zmartcharge/subscribe_overview")?.(whole);
  }

  plan(picture: PlanPicture): void {
    this.subscribed.get("zmartcharge/subscribe_plan")?.(picture);
  }
}

export const HISTORY = {
  bars: [
    { start: "2026-11-19T23:00:00Z", end: "2026-11-20T23:00:00Z", energy: 0, cost: null },
    { start: "2026-11-20T23:00:00Z", end: "2026-11-21T23:00:00Z", energy: 5000, cost: 7.5 },
  ],
  energy: 5000,
  cost: 7.5,
  currency: "NOK",
  unpriced: 0,
  first: "2026-10-02T10:00:00+00:00",
};

export interface House {
  hass: HomeAssistant;
  connection: FakeConnection;
  calls: unknown[][];
  refusal: Error | undefined;
  /** How many errors Home Assistant has told by itself. */
  toasts: number;
}

export function house(language = "en"): House {
  const connection = new FakeConnection();
  connection.answers = {
    "zmartcharge/capabilities": {
      version: "1.2.3",
      card: "0123456789abcdef",
      may_add: true,
      entry: "hub",
    },
    "zmartcharge/sessions": HISTORY,
  };
  const localize = (key: string, values: Record<string, unknown> = {}) =>
    [key.split(".").slice(2).join("."), ...Object.values(values).filter((value) => value !== "–")]
      .join(" ")
      .trim();
  const made: House = { connection, calls: [], refusal: undefined, toasts: 0 } as unknown as House;
  made.hass = {
    connection,
    language,
    locale: { language, number_format: "language", time_format: "24", time_zone: "server" },
    config: { time_zone: "Europe/Oslo", currency: "NOK" },
    localize,
    loadBackendTranslation: () => Promise.resolve(localize),
    callService: (domain, action, data, target, notifies = true) => {
      made.calls.push([domain, action, data, target]);
      if (made.refusal && notifies) made.toasts += 1;
      return made.refusal ? Promise.reject(made.refusal) : Promise.resolve();
    },
    callApi: (...call: unknown[]) => {
      made.calls.push(call);
      return made.refusal ? Promise.reject(made.refusal) : Promise.resolve();
    },
  };
  return made;
}

export function connector(changes: Partial<Connector> = {}): Connector {
  return {
    name: "Garage",
    charger: "garage",
    label: "ZM-1",
    connector: null,
    site: "home",
    device: "device-1",
    entities: { charging_mode: "select.garage_charging_mode" },
    online: true,
    plugged: true,
    charging: true,
    mode: "full_now",
    priced: true,
    circuit_fuse: 16,
    model: "ZM Home 22",
    serial: "SIM1",
    firmware: "1.0",
    status: "charging",
    reason: null,
    until: null,
    error: null,
    balance: null,
    power: 11000,
    offered: 16,
    allocated: null,
    draw: { l1: 16, l2: 16, l3: 16 },
    session: {
      started_at: new Date(Date.now() - 42 * 60_000).toISOString(),
      ended_at: null,
      energy: 5120,
      cost: 7.3,
      currency: "NOK",
      added_range: null,
    },
    plan: null,
    may_control: true,
    ...changes,
  };
}

export function site(changes: Partial<Site> = {}): Site {
  const at = new Date(Date.now() - 3000).toISOString();
  const line = (current: number) => ({ current, margin: null, at, fresh: true });
  return {
    name: "Mitt hjem",
    device: "site-device",
    address: "Storgata 1, Tønsberg",
    position: [59.27, 10.41],
    main_fuse: 25,
    currency: "NOK",
    metered: true,
    lines: { l1: line(20.5), l2: line(17), l3: line(26) },
    ...changes,
  };
}

/** Waits until something holds. */
export async function until<T>(found: () => T, timeout = 2000): Promise<NonNullable<T>> {
  const end = performance.now() + timeout;
  for (;;) {
    const value = found();
    if (value) return value;
    if (performance.now() > end) throw new Error(`does not come to hold: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All the text of an element and of what is in its shadow, apart from what is only for screen readers. */
export function textOf(node: Node | null | undefined): string {
  if (!node) return "";
  if (node instanceof Element) {
    if (node.matches("style, table.hidden, dialog:not([open])")) return "";
    if (node.shadowRoot) return textOf(node.shadowRoot);
  }
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? "";
  return [...node.childNodes].map(textOf).join(" ").replace(/\s+/g, " ").replace(/ :/g, ":").trim();
}
