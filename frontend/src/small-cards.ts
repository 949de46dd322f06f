/** The parts of the home card, each as a card of its own. */

import { html, nothing, type TemplateResult } from "lit";
import { define } from "./define";
import { LiveCard, type Shown } from "./live-card";
import { historySection, phasesSection, pricesSection } from "./sections";

/** A card with one part of a charger under the charger's name, and a word where there is none. */
abstract class PartCard extends LiveCard {
  protected abstract section(shown: Shown): TemplateResult | typeof nothing;
  protected abstract missing(shown: Shown): string;

  protected override charger(shown: Shown): TemplateResult {
    const found = this.section(shown);
    return html`<div class="names">
        <div class="name">${this.heading(shown)}</div>
      </div>
      ${found === nothing ? html`<p class="muted" role="status">${this.missing(shown)}</p>` : found}`;
  }

  /** Whose part it is. */
  protected heading({ connector, overview, texts }: Shown): TemplateResult {
    const site = overview.sites[connector.site ?? ""]?.name;
    const outlet =
      connector.connector === null ? "" : texts.get("outlet", { number: connector.connector });
    return html`<h2>${connector.name}${outlet ? html`<small> · ${outlet}</small>` : nothing}</h2>
      ${site ? html`<p class="muted">${site}</p>` : nothing}`;
  }
}

export class PlanCard extends PartCard {
  protected override get showsPlan(): boolean {
    return true;
  }

  protected override section(shown: Shown): TemplateResult | typeof nothing {
    return pricesSection(shown, this.plan, this.now);
  }

  protected override missing({ connector, texts }: Shown): string {
    return texts.get(connector.priced ? "loading" : "no_price_here");
  }
}

export class PhasesCard extends PartCard {
  protected override section(shown: Shown): TemplateResult | typeof nothing {
    return phasesSection(shown, this.now);
  }

  protected override missing({ texts }: Shown): string {
    return texts.get("no_meter_here");
  }

  protected override heading({ connector, overview }: Shown): TemplateResult {
    return html`<h2>${overview.sites[connector.site ?? ""]?.name ?? connector.name}</h2>`;
  }
}

export class HistoryCard extends PartCard {
  protected override section(shown: Shown): TemplateResult | typeof nothing {
    return this.home ? historySection(shown, this.home.connection, this.now) : nothing;
  }

  protected override missing({ texts }: Shown): string {
    return texts.get("loading");
  }
}

define("zmartcharge-plan-card-view", PlanCard);
define("zmartcharge-phases-card-view", PhasesCard);
define("zmartcharge-history-card-view", HistoryCard);
