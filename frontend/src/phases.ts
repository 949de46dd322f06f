import { css, html, LitElement, svg, type TemplateResult } from "lit";
import { define } from "./define";
import type { Format } from "./format";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { Connector, Line, Site } from "./types";

/** How far beyond the fuse's rating the gauges go. */
const BEYOND = 1.2;

/** The lines' currents stacked against the main fuse: the house, the cars, and what may come on top. */
export class Phases extends LitElement {
  static override properties = {
    site: { attribute: false },
    connectors: { attribute: false },
    offered: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    now: { attribute: false },
  };
  declare site: Site;
  /** All connectors of the site. */
  declare connectors: Connector[];
  /** What the connector that is shown is offered, in A. */
  declare offered: number | null;
  declare texts: Texts;
  declare format: Format;
  declare now: Date;

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        gap: 8px 12px;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        margin: 8px 0 4px;
      }
      dt,
      dd {
        margin: 0;
      }
      dd.value {
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      dd.over {
        color: var(--primary-text-color);
        font-weight: 700;
      }
      svg {
        block-size: 20px;
        inline-size: 100%;
      }
      .track {
        fill: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
      }
      .house {
        fill: var(--zc-bar);
      }
      .cars {
        fill: var(--zc-car);
      }
      .margin {
        fill: color-mix(in srgb, var(--primary-text-color) 25%, transparent);
      }
      .beyond {
        fill: var(--zc-alarm);
      }
      .fuse {
        stroke: var(--zc-alarm);
        stroke-width: 3px;
        vector-effect: non-scaling-stroke;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      .legend i {
        block-size: 10px;
        display: inline-block;
        inline-size: 10px;
        margin-inline-end: 6px;
      }
      i.house {
        background: var(--zc-bar);
      }
      i.cars {
        background: var(--zc-car);
      }
      p {
        margin: 4px 0 0;
      }
    `,
  ];

  protected override render(): TemplateResult {
    // They come in the order in which they were first measured.
    const lines = Object.entries(this.site.lines).sort(([a], [b]) => a.localeCompare(b));
    if (lines.length === 0) return html`<p class="muted">${this.texts.get("no_reading")}</p>`;
    const oldest = new Date(Math.min(...lines.map(([, line]) => Date.parse(line.at))));
    const fresh = lines.every(([, line]) => line.fresh);
    const age = this.format.ago(oldest, this.now);
    return html`
      <dl>${lines.map(([name, line]) => this.#line(name, line))}</dl>
      <div class="legend muted" aria-hidden="true">
        <span><i class="house"></i>${this.texts.get("house")}</span>
        <span><i class="cars"></i>${this.texts.get("cars")}</span>
      </div>
      ${
        this.offered === null
          ? ""
          : html`<p class="muted">
              ${this.texts.get("offered", { amperes: this.format.number(this.offered) })}
            </p>`
      }
      <p class="muted">
        ${fresh ? "" : "⚠ "}${this.texts.get(fresh ? "measured" : "stale", { age })}
      </p>
    `;
  }

  #line(name: string, line: Line): TemplateResult {
    const fuse = this.site.main_fuse;
    const cars = Math.min(
      line.current,
      this.connectors.reduce((sum, each) => sum + (each.draw[name] ?? 0), 0),
    );
    const number = (amperes: number) => this.format.number(amperes, 1, 1);
    const value = this.texts.get("fuse", { amperes: number(line.current), fuse });
    const told = `${value}: ${this.texts.get("house")} ${number(line.current - cars)} A, ${this.texts.get("cars")} ${number(cars)} A`;
    return html`
      <dt>${name.toUpperCase()}</dt>
      <dd>${gauge(line.current - cars, cars, line.margin ?? 0, fuse, told)}</dd>
      <dd class="value ${line.current > fuse ? "over" : ""}">
        ${line.current > fuse ? "⚠ " : ""}${value}
      </dd>
    `;
  }
}

function gauge(
  house: number,
  cars: number,
  margin: number,
  fuse: number,
  told: string,
): TemplateResult {
  const end = fuse * BEYOND;
  const x = (amperes: number) => (Math.min(amperes, end) / end) * 100;
  const part = (name: string, from: number, to: number) =>
    svg`<rect class=${name} x=${x(from)} y="2" width=${Math.max(0, x(to) - x(from))} height="16"></rect>`;
  const sum = house + cars;
  return html`<svg viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label=${told}>
    ${part("track", 0, end)} ${part("house", 0, house)} ${part("cars", house, sum)}
    ${part("margin", sum, sum + margin)} ${part("beyond", fuse, sum)}
    <line class="fuse" x1=${x(fuse)} x2=${x(fuse)} y1="0" y2="20"></line>
  </svg>`;
}

define("zmartcharge-phases", Phases);
