/** Numbers, money and times as the user's Home Assistant writes them. */

import type { HomeAssistant, Value } from "./types";

const NUMBER_LOCALES: Record<string, string> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
};
/** Whether the hours of the day are counted to 12; undefined: as in the language. */
const HOURS: Record<string, () => boolean | undefined> = {
  "12": () => true,
  "24": () => false,
  system: () => new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12,
};
/** Currencies that people call kr. */
const CROWNS = new Set(["NOK", "SEK", "DKK"]);
const HOUR = 3_600_000;

export class Format {
  /** Undefined: as the browser does. */
  readonly #numbers: string | undefined;
  readonly #grouped: boolean;
  readonly #words: string;
  readonly #zone: string | undefined;
  readonly #hour12: boolean | undefined;
  /** Whether hours are told by AM and PM. */
  readonly #noonTwice: boolean;
  readonly #home: string;
  readonly #miles: boolean;
  readonly #formats = new Map<string, object>();

  constructor(hass: HomeAssistant) {
    const { language, number_format, time_format, time_zone } = hass.locale;
    this.#words = language || hass.language || "en";
    this.#numbers =
      number_format === "system" ? undefined : (NUMBER_LOCALES[number_format ?? ""] ?? this.#words);
    this.#grouped = number_format !== "none";
    this.#home = hass.config.time_zone;
    this.#miles = hass.config.unit_system?.length === "mi";
    this.#zone = time_zone === "server" ? hass.config.time_zone : undefined;
    this.#hour12 = HOURS[time_format ?? ""]?.();
    const usual = new Intl.DateTimeFormat(this.#words, { hour: "numeric" }).resolvedOptions()
      .hour12;
    this.#noonTwice = this.#hour12 ?? usual ?? false;
  }

  number(value: number, digits = 1, least = 0): string {
    return this.#once(
      `n${digits}-${least}`,
      () =>
        new Intl.NumberFormat(this.#numbers, {
          minimumFractionDigits: least,
          maximumFractionDigits: digits,
          useGrouping: this.#grouped,
        }),
      // What is rounded to nothing has no sign.
    ).format(Math.abs(value) < 0.5 / 10 ** digits ? 0 : value);
  }

  /** An energy that is given in Wh. */
  energy(wh: number, digits = 1): string {
    return `${this.number(wh / 1000, digits, digits)} kWh`;
  }

  power(watts: number): string {
    return `${this.number(watts / 1000, 1, 1)} kW`;
  }

  /** How far a car comes, given in km, as this Home Assistant measures. */
  reach(km: number): string {
    return this.#miles ? `${this.number(km / 1.609344, 0)} mi` : `${this.number(km, 0)} km`;
  }

  /** A distance that is given in metres. */
  distance(metres: number): string {
    return metres < 1000
      ? `${this.number(Math.round(metres / 10) * 10, 0)} m`
      : `${this.number(metres / 1000, metres < 10_000 ? 1 : 0)} km`;
  }

  money(amount: number, currency: string | null, digits = 2): string {
    return `${this.number(amount, digits, digits)} ${unit(currency)}`.trimEnd();
  }

  time(at: Date): string {
    return this.date(at, { hour: this.#noonTwice ? "numeric" : "2-digit", minute: "2-digit" });
  }

  /** A time with its day where it is more than 20 hours away. */
  moment(at: Date, now: Date): string {
    const far = Math.abs(at.getTime() - now.getTime()) >= 20 * HOUR;
    return far ? `${this.date(at, { weekday: "short" })} ${this.time(at)}` : this.time(at);
  }

  date(at: Date, options: Intl.DateTimeFormatOptions): string {
    return this.#once(JSON.stringify(options), () => {
      const all: Intl.DateTimeFormatOptions = { ...options };
      if (this.#zone) all.timeZone ??= this.#zone;
      if (options.hour && this.#hour12 !== undefined) all.hour12 ??= this.#hour12;
      return new Intl.DateTimeFormat(this.#words, all);
    }).format(at);
  }

  /** A time of the house, which history goes by, wherever the user is. */
  atHome(at: Date, options: Intl.DateTimeFormatOptions): string {
    return this.date(at, { ...options, timeZone: this.#home });
  }

  /** The date of a moment at the house, as YYYY-MM-DD. */
  day(at: Date): string {
    return this.#once(
      "day",
      () =>
        new Intl.DateTimeFormat("en-CA", {
          timeZone: this.#home,
          year: "numeric",
          month: "2-digit",
          day: "2-digit",
        }),
    ).format(at);
  }

  /** How long ago something was, such as "5 sec. ago". */
  ago(at: Date, now: Date): string {
    const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
    const words = this.#once(
      "ago",
      () => new Intl.RelativeTimeFormat(this.#words, { style: "short" }),
    );
    if (seconds < 100) return words.format(-seconds, "second");
    if (seconds < 6000) return words.format(-Math.round(seconds / 60), "minute");
    return words.format(-Math.round(seconds / 3600), "hour");
  }

  /** A typed value of one of the integration's texts. */
  value([kind, value]: Value, currency: string | null, now: Date): string {
    switch (kind) {
      case "time":
        return this.moment(new Date(value), now);
      case "duration":
        return clock(value);
      case "money":
        return this.money(value, currency, 0);
      case "energy":
        return this.number(value);
      case "number":
        return this.number(value, 2);
      case "text":
        return value;
    }
  }

  #once<T extends object>(key: string, make: () => T): T {
    const known = this.#formats.get(key) as T | undefined;
    if (known) return known;
    const made = make();
    this.#formats.set(key, made);
    return made;
  }
}

export function unit(currency: string | null): string {
  return currency === null ? "" : CROWNS.has(currency) ? "kr" : currency;
}

/** Seconds as hours and minutes, such as 1:05. */
export function clock(seconds: number): string {
  // Down, as times of the day are cut to the minute: what is due at 7:00 and ready at 7:53 is 0:53 late.
  const minutes = Math.max(1, Math.floor(seconds / 60));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
