/** Sessions as a file for spreadsheets (RFC 4180). */

import type { Texts } from "./texts";
import type { PastSession } from "./types";

/** A field as it is; what a spreadsheet would take for a formula is taken for text. */
function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Times in ISO 8601 (UTC), energies in kWh, numbers with a point: the same in every language. */
export function csv(sessions: readonly PastSession[], texts: Texts): string {
  const head = [
    texts.get("csv_start"),
    texts.get("csv_end"),
    texts.get("charger"),
    texts.get("label"),
    texts.get("csv_outlet"),
    texts.get("site"),
    "kWh",
    texts.get("cost"),
    texts.get("csv_currency"),
    texts.get("csv_unpriced"),
  ];
  const rows = sessions.map((each) => [
    each.started_at,
    each.ended_at,
    each.charger,
    each.label,
    each.connector,
    each.site,
    each.energy / 1000,
    each.cost,
    each.currency,
    each.unpriced / 1000,
  ]);
  // Without the mark at its beginning some spreadsheets take it for another encoding.
  return `\ufeff${[head, ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}
