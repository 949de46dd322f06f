/** The card's own texts, and those of the integration, in the user's language. */

import { messageOf, worded } from "./errors";
import type { Format } from "./format";
import en from "./translations/en.json";
import type { Connection, Connector, HomeAssistant, Localize, Message } from "./types";

export type Key = keyof typeof en;
type Translations = Record<Key, string>;

const LOADERS: Record<string, () => Promise<{ default: Translations }>> = {
  nb: () => import("./translations/nb.json"),
  sv: () => import("./translations/sv.json"),
  da: () => import("./translations/da.json"),
};
const DOMAIN = "component.zmartcharge";
/** The texts of each page by language, or what will be they. */
const loaded = new WeakMap<Connection, Map<string, Promise<Texts>>>();

/** Which of our languages stands for one of Home Assistant's. */
export function ownLanguage(language: string): string {
  const short = language.toLowerCase().split("-")[0] ?? "en";
  const own = short === "no" || short === "nn" ? "nb" : short;
  return own in LOADERS ? own : "en";
}

export class Texts {
  readonly language: string;
  readonly #own: Translations;
  readonly #backend: Localize;

  private constructor(language: string, own: Translations, backend: Localize) {
    this.language = language;
    this.#own = own;
    this.#backend = backend;
  }

  /** Home Assistant tells those who ask while it loads that nothing is there: it is asked once. */
  static load(hass: HomeAssistant): Promise<Texts> {
    const known = loaded.get(hass.connection) ?? new Map<string, Promise<Texts>>();
    loaded.set(hass.connection, known);
    const asked = known.get(hass.language) ?? Texts.#load(hass);
    known.set(hass.language, asked);
    asked.catch(() => known.delete(hass.language));
    return asked;
  }

  static async #load(hass: HomeAssistant): Promise<Texts> {
    const language = ownLanguage(hass.language);
    const [own] = await Promise.all([
      LOADERS[language]?.(),
      hass.loadBackendTranslation?.("entity", "zmartcharge"),
      // The texts with placeholders are beside the errors'.
      hass.loadBackendTranslation?.("exceptions", "zmartcharge"),
    ]);
    // Loaded by now: it only returns what knows both.
    const backend = await hass.loadBackendTranslation?.("exceptions", "zmartcharge");
    return new Texts(language, own?.default ?? en, backend ?? hass.localize);
  }

  get(key: Key, values: Record<string, string | number> = {}): string {
    return this.#own[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }

  status(status: string): string {
    return this.#backend(`${DOMAIN}.entity.sensor.status.state.${status}`) || status;
  }

  reason(reason: string): string {
    const key = `${DOMAIN}.entity.sensor.status.state_attributes.reason.state.${reason}`;
    return this.#backend(key) || reason;
  }

  /** What went wrong, in the user's language where the integration has words for it. */
  failure(error: unknown): string {
    const known = worded(error);
    const key =
      known && `component.${known.translation_domain}.exceptions.${known.translation_key}.message`;
    const text = key && this.#backend(key, known.translation_placeholders ?? {});
    return this.get("failed", { error: text || messageOf(error) });
  }

  /** A text of the integration; empty where this page does not know it. */
  message(message: Message, format: Format, currency: string | null, now: Date): string {
    const values: Record<string, string> = {};
    for (const [name, value] of Object.entries(message.values)) {
      values[name] = format.value(value, currency, now);
    }
    return this.#backend(`${DOMAIN}.exceptions.${message.key}.message`, lenient(values));
  }
}

/** A value that is not known is shown as a dash. */
function lenient(values: Record<string, string>): Record<string, string> {
  const names = ["cost", "start", "ready", "until", "pause", "late", "cheap_from", "cheap_to"];
  return { ...Object.fromEntries(names.map((name) => [name, "–"])), ...values };
}

/** Why the charger does what it does: the most telling of what is known, in plain words. */
export function reasonOf(
  connector: Connector,
  texts: Texts,
  format: Format,
  currency: string | null,
  now: Date,
): string {
  const { status, reason, until, balance } = connector;
  if (status === "offline") return texts.get("offline_help");
  if (connector.mode === "off" && connector.plugged && status !== "fault") {
    return texts.get("switched_off");
  }
  if (reason === "price" && until) {
    const time = format.moment(new Date(until), now);
    return `${texts.reason(reason)} ${texts.get("until", { time })}`;
  }
  if (connector.charging && balance && reason !== "car") {
    return texts.message(balance, format, currency, now);
  }
  return reason && reason !== "error" ? texts.reason(reason) : "";
}

/** What support needs to know of a fault; in English, for whoever reads it. */
export function supportText(connector: Connector, version: string, now: Date): string {
  const { error } = connector;
  const lines: [string, string | null | undefined][] = [
    ["Charger", connector.model],
    ["Serial number", connector.serial],
    ["Firmware", connector.firmware],
    ["Connector", connector.connector?.toString()],
    ["Status", connector.status],
    ["Error code", error?.code],
    ["Vendor error code", error?.vendor_code],
    ["Info", error?.info],
    ["ZmartCharge", version],
    ["Time", now.toISOString()],
  ];
  return lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
