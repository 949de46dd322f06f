/** What of the history is looked at. */

export const PERIODS = {
  this_month: "period_this_month",
  last_month: "period_last_month",
  this_year: "period_this_year",
  last_year: "period_last_year",
  all: "period_all",
  own: "period_own",
} as const;
type Period = keyof typeof PERIODS;

export interface Filter {
  charger: string;
  site: string;
  period: Period;
  from: string;
  until: string;
}

/** The dates of a period, the last one included, as YYYY-MM-DD; undefined where it is open. */
export function datesOf(filter: Filter, today: string): { from?: string; until?: string } {
  const [year, month] = today.split("-").map(Number) as [number, number];
  const day = (y: number, m: number, d: number) =>
    new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);
  switch (filter.period) {
    case "this_month":
      return { from: day(year, month, 1) };
    case "last_month":
      return { from: day(year, month - 1, 1), until: day(year, month, 0) };
    case "this_year":
      return { from: day(year, 1, 1) };
    case "last_year":
      return { from: day(year - 1, 1, 1), until: day(year - 1, 12, 31) };
    case "all":
      return {};
    case "own":
      return {
        ...(filter.from ? { from: filter.from } : {}),
        ...(filter.until ? { until: filter.until } : {}),
      };
  }
}
