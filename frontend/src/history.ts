import { css, html, LitElement, svg, type PropertyValues, type TemplateResult } from "lit";
import { define } from "./define";
import { messageOf } from "./errors";
import { unit, type Format } from "./format";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { Bar, Connection, History, Span } from "./types";

const SPANS: Span[] = ["day", "month", "year"];
/** What was charged just now is asked for again after so long at the earliest, in ms. */
const AGAIN_AFTER = 60_000;

/** The first day of the span that lies some spans before or after that of a day (YYYY-MM-DD). */
export function moved(day: string, span: Span, steps: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  if (span === "day") at.setUTCDate(at.getUTCDate() + steps);
  // On the first, because a month may lack the 31st.
  if (span === "month") at.setUTCMonth(at.getUTCMonth() + steps, 1);
  if (span === "year") at.setUTCFullYear(at.getUTCFullYear() + steps, 0, 1);
  return at.toISOString().slice(0, 10);
}

/** Bars of a day, a month or a year, in kWh or in money. */
export class ChargingHistory extends LitElement {
  static override properties = {
    connection: { attribute: false },
    connector: {},
    energy: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    today: {},
    span: { state: true },
    money: { state: true },
    day: { state: true },
    chosen: { state: true },
    history: { state: true },
    problem: { state: true },
  };
  declare connection: Connection;
  /** The key of the connector. */
  declare connector: string;
  /** What the session came to so far: when that changes, there is something new. */
  declare energy: number | undefined;
  declare texts: Texts;
  declare format: Format;
  /** The date at the house, as YYYY-MM-DD. */
  declare today: string;
  declare span: Span;
  declare money: boolean;
  /** A day of the span that is shown; undefined: today. */
  declare day: string | undefined;
  declare chosen: number | undefined;
  declare history: History | undefined;
  declare problem: string | undefined;
  #asked = 0;
  #askedAt = 0;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.span = "month";
    this.money = false;
  }

  static override styles = [
    shared,
    css`
      .row {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        justify-content: space-between;
        margin-block-start: 8px;
      }
      .spans {
        display: flex;
        gap: 4px;
      }
      .title {
        flex: 1;
        font-weight: 500;
        text-align: center;
      }
      .chart {
        block-size: 96px;
        margin-block-start: 8px;
        touch-action: pan-y;
      }
      svg {
        block-size: 100%;
        inline-size: 100%;
      }
      rect.bar {
        fill: var(--zc-accent);
      }
      rect.chosen {
        stroke: var(--primary-text-color);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
      .axis {
        border-block-start: 1px solid var(--zc-line);
        display: flex;
        font-size: 0.75rem;
        justify-content: space-between;
      }
      p {
        margin: 4px 0 0;
        min-block-size: 1.4em;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // What was about to be asked when it was taken away was not.
    if (this.hasUpdated) void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#later);
    this.#later = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const others = ["connection", "connector", "span", "day", "today"] as const;
    if (others.some((name) => changed.has(name))) {
      if (changed.has("connector")) this.day = this.history = undefined;
      this.chosen = undefined;
      void this.#ask();
    } else if (changed.has("energy") && this.#later === undefined) {
      const wait = Math.max(0, this.#askedAt + AGAIN_AFTER - Date.now());
      this.#later = setTimeout(() => void this.#ask(), wait);
    }
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    const asked = ++this.#asked;
    this.#askedAt = Date.now();
    try {
      const history = await this.connection.sendMessagePromise<History>({
        type: "zmartcharge/sessions",
        connector: this.connector,
        span: this.span,
        date: this.day ?? this.today,
      });
      if (asked !== this.#asked) return;
      this.history = history;
      this.problem = undefined;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = messageOf(error);
      if (this.isConnected) this.#later = setTimeout(() => void this.#ask(), AGAIN_AFTER);
    }
  }

  protected override render(): TemplateResult {
    const { texts, history } = this;
    const day = this.day ?? this.today;
    const first = history?.first ? this.format.day(new Date(history.first)) : this.today;
    const start = moved(day, this.span, 0);
    return html`
      <h3>${texts.get("history")}</h3>
      <div class="row">
        <div class="spans" role="group" aria-label=${texts.get("history")}>
          ${SPANS.map(
            (span) =>
              html`<button
                type="button"
                aria-pressed=${span === this.span}
                @click=${() => (this.span = span)}
              >
                ${texts.get(span)}
              </button>`,
          )}
        </div>
        <button type="button" class="unit" @click=${() => (this.money = !this.money)}>
          ${texts.get(this.money ? "show_energy" : "show_cost")}
        </button>
      </div>
      <div class="row">
        ${this.#arrow(-1, "‹", "earlier", start <= first)}
        <div class="title" aria-live="polite">${this.#title(day)}</div>
        ${this.#arrow(1, "›", "later", moved(day, this.span, 1) > this.today)}
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : history ? this.#chart(history) : ""}
    `;
  }

  #arrow(steps: number, sign: string, name: "earlier" | "later", off: boolean): TemplateResult {
    return html`<button
      type="button"
      class=${name}
      aria-label=${this.texts.get(name)}
      ?disabled=${off}
      @click=${() => (this.day = moved(this.day ?? this.today, this.span, steps))}
    >
      ${sign}
    </button>`;
  }

  #title(day: string): string {
    const at = new Date(`${day}T12:00:00Z`);
    const options: Record<Span, Intl.DateTimeFormatOptions> = {
      day: { weekday: "short", day: "numeric", month: "long", year: "numeric" },
      month: { month: "long", year: "numeric" },
      year: { year: "numeric" },
    };
    return this.format.date(at, { ...options[this.span], timeZone: "UTC" });
  }

  #chart(history: History): TemplateResult {
    const amounts = history.bars.map((bar) => (this.money ? (bar.cost ?? 0) : bar.energy));
    // Next to nothing is no full bar: at least 1 of the money, or 1 kWh, is.
    const top = Math.max(...amounts, this.money ? 1 : 1000);
    const bottom = Math.min(...amounts, 0);
    if (history.energy === 0) return html`<p>${this.texts.get("no_history")}</p>`;
    const latest = amounts.findLastIndex((amount) => amount !== 0);
    const chosen = Math.min(this.chosen ?? Math.max(latest, 0), amounts.length - 1);
    const bar = history.bars[chosen];
    const first = history.bars[0];
    const last = history.bars.at(-1);
    if (!bar || !first || !last) return html``;
    return html`
      <div
        class="chart"
        role="slider"
        tabindex="0"
        aria-label=${this.texts.get("history")}
        aria-valuemin="1"
        aria-valuemax=${amounts.length}
        aria-valuenow=${chosen + 1}
        aria-valuetext=${this.#told(bar)}
        @keydown=${(event: KeyboardEvent) => this.#key(event, chosen, amounts.length)}
        @pointerdown=${(event: PointerEvent) => this.#point(event, amounts.length)}
        @pointermove=${(event: PointerEvent) => this.#point(event, amounts.length)}
      >
        <svg viewBox="0 0 ${amounts.length} 100" preserveAspectRatio="none" aria-hidden="true">
          ${amounts.map((amount, index) => {
            const height = (Math.abs(amount) / (top - bottom)) * 100;
            const y = ((top - Math.max(amount, 0)) / (top - bottom)) * 100;
            return svg`<rect class="bar ${index === chosen ? "chosen" : ""}"
              x=${index + 0.1} y=${y} width="0.8" height=${height}></rect>`;
          })}
        </svg>
      </div>
      <div class="axis muted" aria-hidden="true">
        <span>${this.#label(first)}</span><span>${this.#label(last)}</span>
      </div>
      <p>${this.#told(bar)}</p>
      <p class="total"><strong>${this.texts.get("total")}: ${this.#sum(history)}</strong></p>
      ${
        this.money && history.unpriced > 0
          ? html`<p class="muted">
              ${this.texts.get("unpriced", { energy: this.format.energy(history.unpriced) })}
            </p>`
          : ""
      }
      ${this.#table(history)}
    `;
  }

  #sum(history: History): string {
    if (!this.money) return this.format.energy(history.energy);
    if (history.cost !== null) return this.format.money(history.cost, history.currency);
    return this.texts.get("no_cost");
  }

  #amount(bar: Bar): string {
    if (!this.money) return this.format.energy(bar.energy);
    if (bar.cost === null) return bar.energy > 0 ? this.texts.get("no_cost") : "0";
    return this.format.money(bar.cost, this.history?.currency ?? null);
  }

  #told(bar: Bar): string {
    return `${this.#label(bar)} · ${this.#amount(bar)}`;
  }

  #label(bar: Bar): string {
    const at = new Date(bar.start);
    if (this.span === "day") return this.format.atHome(at, { hour: "2-digit", minute: "2-digit" });
    const options: Intl.DateTimeFormatOptions =
      this.span === "month" ? { day: "numeric", month: "short" } : { month: "long" };
    return this.format.atHome(at, options);
  }

  #table(history: History): TemplateResult {
    const { texts } = this;
    return html`<table class="hidden">
      <caption>
        ${texts.get("history")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${texts.get("time")}</th>
          <th scope="col">${this.money ? unit(history.currency) || texts.get("cost") : "kWh"}</th>
        </tr>
      </thead>
      <tbody>
        ${history.bars
          .filter((bar) => bar.energy > 0)
          .map(
            (bar) =>
              html`<tr>
                <th scope="row">${this.#label(bar)}</th>
                <td>${this.#amount(bar)}</td>
              </tr>`,
          )}
      </tbody>
    </table>`;
  }

  #key(event: KeyboardEvent, chosen: number, count: number): void {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      Home: -count,
      End: count,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.chosen = Math.min(count - 1, Math.max(0, chosen + step));
  }

  #point(event: PointerEvent, count: number): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const right = getComputedStyle(this).direction === "rtl";
    const index = Math.floor((right ? 1 - share : share) * count);
    this.chosen = Math.min(count - 1, Math.max(0, index));
  }
}

define("zmartcharge-history", ChargingHistory);
