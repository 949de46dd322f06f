import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { define } from "./define";
import type { Format } from "./format";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { PlanPicture, PlanSlot } from "./types";

const HOUR = 3600;

const minute = (at: Date | undefined) => at && Math.floor(at.getTime() / 60_000);

interface Column {
  start: number;
  end: number;
  price: number;
  forecast: boolean;
  slots: PlanSlot[];
}

/** The prices by the hour, each the mean of its parts; what has passed since more than an hour is left out. */
export function columnsOf(picture: PlanPicture, now: Date): Column[] {
  const since = Math.floor(now.getTime() / 1000 / HOUR) * HOUR - HOUR;
  const hours = new Map<number, { seconds: number; total: number; forecast: boolean }>();
  for (const [start, end, price, forecast] of picture.prices) {
    if (end <= since) continue;
    const hour = Math.floor(start / HOUR) * HOUR;
    const known = hours.get(hour) ?? { seconds: 0, total: 0, forecast: false };
    known.seconds += end - start;
    known.total += price * (end - start);
    known.forecast ||= forecast;
    hours.set(hour, known);
  }
  return [...hours]
    .sort(([a], [b]) => a - b)
    .map(([start, { seconds, total, forecast }]) => {
      const end = start + HOUR;
      const slots = (picture.plan?.slots ?? []).filter(
        (slot) => Date.parse(slot.start) < end * 1000 && Date.parse(slot.end) > start * 1000,
      );
      return { start, end, price: total / seconds, forecast, slots };
    });
}

/** Price bars with the shaded plan, the line of now and the flag of when it must be ready. */
export class Prices extends LitElement {
  static override properties = {
    picture: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    // A line that moves by the minute; all bars are drawn anew with it.
    now: {
      attribute: false,
      hasChanged: (now: Date, before?: Date) => minute(now) !== minute(before),
    },
    chosen: { state: true },
  };
  declare picture: PlanPicture;
  declare texts: Texts;
  declare format: Format;
  declare now: Date;
  /** The start of the bar that is told in words. */
  declare chosen: number | undefined;

  static override styles = [
    shared,
    css`
      .chart {
        block-size: 112px;
        cursor: crosshair;
        margin-block: 20px 0;
        position: relative;
        touch-action: pan-y;
      }
      svg {
        block-size: 100%;
        inline-size: 100%;
      }
      rect.bar {
        fill: var(--zc-bar);
      }
      rect.planned {
        fill: var(--zc-accent);
      }
      rect.shade {
        fill: color-mix(in srgb, var(--zc-accent) 18%, transparent);
      }
      rect.forecast {
        opacity: 0.55;
      }
      rect.chosen {
        stroke: var(--primary-text-color);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
      .now,
      .flag {
        border-inline-start: 2px solid var(--primary-text-color);
        inset-block: -4px 0;
        pointer-events: none;
        position: absolute;
      }
      .flag {
        border-inline-start-style: dashed;
        inset-block-start: -18px;
      }
      .flag span {
        font-size: 0.75rem;
        padding-inline: 4px;
        position: absolute;
        inset-inline-start: 0;
        white-space: nowrap;
      }
      .flag.late span {
        inset-inline: auto 0;
      }
      .axis {
        block-size: 1.25rem;
        border-block-start: 1px solid var(--zc-line);
        font-size: 0.75rem;
        position: relative;
      }
      .axis span {
        position: absolute;
        transform: translateX(-50%);
        white-space: nowrap;
      }
      p {
        margin: 4px 0 0;
        min-block-size: 1.4em;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const columns = columnsOf(this.picture, this.now);
    const first = columns[0];
    const last = columns.at(-1);
    if (!first || !last) return html`<p class="muted">${this.texts.get("no_prices")}</p>`;
    const top = Math.max(...columns.map((each) => each.price), 0.01);
    const bottom = Math.min(...columns.map((each) => each.price), 0);
    const place = (at: number) => ((at - first.start) / (last.end - first.start)) * 100;
    const now = this.now.getTime() / 1000;
    const chosen = this.#index(columns, now);
    const column = columns[chosen] ?? first;
    return html`
      <div
        class="chart"
        role="slider"
        tabindex="0"
        aria-label=${this.texts.get("prices")}
        aria-valuemin="1"
        aria-valuemax=${columns.length}
        aria-valuenow=${chosen + 1}
        aria-valuetext=${this.#told(column)}
        @keydown=${(event: KeyboardEvent) => this.#key(event, columns, chosen)}
        @pointerdown=${(event: PointerEvent) => this.#point(event, columns)}
        @pointermove=${(event: PointerEvent) => this.#point(event, columns)}
      >
        <svg viewBox="0 0 ${columns.length} 100" preserveAspectRatio="none" aria-hidden="true">
          ${columns.map((each, index) => bar(each, index, top, bottom, index === chosen))}
        </svg>
        ${now < last.end ? html`<div class="now" style="inset-inline-start:${place(now)}%"></div>` : nothing}
        ${this.#flag(place, last.end)}
      </div>
      <div class="axis muted" aria-hidden="true">${this.#axis(columns, place)}</div>
      <p>${this.#told(column)}</p>
      ${this.#table(columns)}
    `;
  }

  #index(columns: Column[], now: number): number {
    const index = (at: number | undefined) =>
      columns.findIndex((each) => at !== undefined && at >= each.start && at < each.end);
    const chosen = index(this.chosen);
    // What was chosen may have passed.
    return chosen >= 0 ? chosen : Math.max(0, index(now));
  }

  #flag(place: (at: number) => number, end: number): TemplateResult | typeof nothing {
    if (!this.picture.ready_by) return nothing;
    const at = Date.parse(this.picture.ready_by);
    const where = place(at / 1000);
    if (at / 1000 > end || where < 0) return nothing;
    const time = this.format.time(new Date(at));
    return html`<div class="flag ${where > 60 ? "late" : ""}" style="inset-inline-start:${where}%">
      <span>⚑ ${this.texts.get("ready_by", { time })}</span>
    </div>`;
  }

  #axis(columns: Column[], place: (at: number) => number): TemplateResult[] {
    const every = columns.length > 30 ? 12 : 6;
    return columns
      .filter((each) => {
        const hour = Number(this.format.date(new Date(each.start * 1000), HOUR_ONLY).slice(0, 2));
        return hour % every === 0 && place(each.start) > 3 && place(each.start) < 97;
      })
      .map(
        (each) =>
          html`<span style="inset-inline-start:${place(each.start)}%"
            >${this.format.time(new Date(each.start * 1000))}</span
          >`,
      );
  }

  #told({ start, end, price, forecast, slots }: Column): string {
    const from = this.format.moment(new Date(start * 1000), this.now);
    const to = this.format.time(new Date(end * 1000));
    const amount = this.format.money(price, this.picture.currency);
    return [
      `${from}–${to}`,
      this.texts.get("per_kwh", { price: amount }),
      forecast ? this.texts.get("forecast") : "",
      slots.length > 0 ? this.texts.get("planned") : "",
    ]
      .filter(Boolean)
      .join(" · ");
  }

  #table(columns: Column[]): TemplateResult {
    return html`<table class="hidden">
      <caption>
        ${this.texts.get("prices")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${this.texts.get("time")}</th>
          <th scope="col">${this.texts.get("price")}</th>
        </tr>
      </thead>
      <tbody>
        ${columns.map((each) => {
          const [time, ...rest] = this.#told(each).split(" · ");
          return html`<tr>
            <th scope="row">${time}</th>
            <td>${rest.join(", ")}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  #key(event: KeyboardEvent, columns: Column[], chosen: number): void {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      Home: -columns.length,
      End: columns.length,
      PageUp: 6,
      PageDown: -6,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.chosen = columns[Math.min(columns.length - 1, Math.max(0, chosen + step))]?.start;
  }

  #point(event: PointerEvent, columns: Column[]): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const right = getComputedStyle(this).direction === "rtl";
    const index = Math.floor((right ? 1 - share : share) * columns.length);
    const found = columns[Math.min(columns.length - 1, Math.max(0, index))];
    if (found) this.chosen = found.start;
  }
}

const HOUR_ONLY: Intl.DateTimeFormatOptions = { hour: "2-digit", hour12: false };

function bar(
  column: Column,
  index: number,
  top: number,
  bottom: number,
  chosen: boolean,
): TemplateResult<2> {
  const range = top - bottom;
  const height = Math.max((Math.abs(column.price) / range) * 100, 1);
  const y = ((top - Math.max(column.price, 0)) / range) * 100;
  const planned = column.slots.length > 0;
  const classes = [
    "bar",
    planned ? "planned" : "",
    column.forecast ? "forecast" : "",
    chosen ? "chosen" : "",
  ].join(" ");
  return svg`
    ${planned ? svg`<rect class="shade" x=${index} y="0" width="1" height="100"></rect>` : nothing}
    <rect class=${classes} x=${index + 0.1} y=${Math.min(y, 99)} width="0.8" height=${height}></rect>`;
}

define("zmartcharge-prices", Prices);
