/** Parts that the home card and the smaller cards share. */

import { html, nothing, type TemplateResult } from "lit";
import "./history";
import type { Shown } from "./live-card";
import "./phases";
import "./prices";
import type { Connection, PlanPicture } from "./types";

type Part = TemplateResult | typeof nothing;

/** What charging costs when, and what is planned. */
export function pricesSection(
  { connector, overview, texts, format }: Shown,
  plan: PlanPicture | undefined,
  now: Date,
): Part {
  if (!connector.priced || !plan) return nothing;
  const currency = overview.sites[connector.site ?? ""]?.currency ?? null;
  const told = connector.plan ? texts.message(connector.plan, format, currency, now) : "";
  return html`<section>
    <h3>${texts.get("prices")}</h3>
    ${told ? html`<p class="plan">${told}</p>` : nothing}
    <zmartcharge-prices
      .picture=${plan}
      .texts=${texts}
      .format=${format}
      .now=${now}
    ></zmartcharge-prices>
  </section>`;
}

/** What flows through the main fuse of the connector's site. */
export function phasesSection({ connector, overview, texts, format }: Shown, now: Date): Part {
  const site = overview.sites[connector.site ?? ""];
  if (!site?.metered) return nothing;
  const neighbours = Object.values(overview.connectors).filter(
    (each) => each.site === connector.site,
  );
  return html`<section>
    <h3>${texts.get("phases")}</h3>
    <zmartcharge-phases
      .site=${site}
      .connectors=${neighbours}
      .offered=${connector.charging ? connector.offered : null}
      .texts=${texts}
      .format=${format}
      .now=${now}
    ></zmartcharge-phases>
  </section>`;
}

/** What was charged, by day, month and year. */
export function historySection(
  { key, connector, texts, format }: Shown,
  connection: Connection,
  now: Date,
): TemplateResult {
  return html`<section>
    <zmartcharge-history
      .connection=${connection}
      .connector=${key}
      .energy=${connector.session?.energy}
      .texts=${texts}
      .format=${format}
      .today=${format.day(now)}
    ></zmartcharge-history>
  </section>`;
}
