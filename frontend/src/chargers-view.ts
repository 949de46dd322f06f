import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import "./charger-settings";
import { define } from "./define";
import type { Format } from "./format";
import { shared } from "./styles";
import { reasonOf, type Texts } from "./texts";
import type { Capabilities, Connector, HomeAssistant, Overview, Settings } from "./types";
import { viewStyles } from "./view-styles";
import { goes, integrationPage, panelPage } from "./ways";

/** A row for each charger: what it does, and for administrators what is set of it. */
export class ChargersView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    overview: { attribute: false },
    settings: { attribute: false },
    capabilities: { attribute: false },
    wanted: {},
    texts: { attribute: false },
    format: { attribute: false },
  };
  declare hass: HomeAssistant;
  declare overview: Overview;
  declare settings: Settings | undefined;
  declare capabilities: Capabilities | undefined;
  /** The charger whose settings are to be open. */
  declare wanted: string | undefined;
  declare texts: Texts;
  declare format: Format;
  #went: string | undefined;

  static override styles = [shared, viewStyles];

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.wanted || this.#went === this.wanted) return;
    if (!changed.has("wanted") && !changed.has("settings") && !changed.has("overview")) return;
    const found = this.renderRoot.querySelector(`[data-charger="${CSS.escape(this.wanted)}"]`);
    if (!found || !this.settings) return;
    this.#went = this.wanted;
    found.querySelector("details")?.setAttribute("open", "");
    found.scrollIntoView({ block: "start" });
  }

  protected override render(): TemplateResult {
    const { texts, overview } = this;
    const chargers = new Map<string, Connector[]>();
    for (const key of overview.order) {
      const connector = overview.connectors[key];
      if (!connector) continue;
      const known = chargers.get(connector.charger);
      if (known) known.push(connector);
      else chargers.set(connector.charger, [connector]);
    }
    return html`<div class="row top">
        <h2>${texts.get("page_chargers")}</h2>
        ${
          this.capabilities?.may_add
            ? html`<a class="button" href=${integrationPage(this.capabilities)} @click=${goes}
                >${texts.get(chargers.size > 0 ? "add_charger" : "first_charger")}</a
              >`
            : nothing
        }
      </div>
      ${chargers.size === 0 ? html`<p role="status">${texts.get("no_charger")}</p>` : nothing}
      <ul class="plain">
        ${repeat(
          chargers,
          ([id]) => id,
          ([id, connectors]) => this.#charger(id, connectors),
        )}
      </ul>`;
  }

  #charger(id: string, connectors: Connector[]): TemplateResult {
    const { texts, settings } = this;
    const [first] = connectors;
    if (!first) return html``;
    const site = this.overview.sites[first.site ?? ""]?.name;
    return html`<li class="box" data-charger=${id}>
      <div class="row">
        <div>
          <h3>${first.name}</h3>
          <p class="muted">${[site, first.label, first.model].filter(Boolean).join(" · ")}</p>
        </div>
        <a class="button" href=${panelPage("home", id)} @click=${goes}
          >${texts.get("show_charger")}<span class="hidden">: ${first.name}</span></a
        >
      </div>
      ${connectors.map((connector) => this.#status(connector))}
      ${
        settings?.chargers[id]
          ? html`<details>
              <summary>${texts.get("settings")}</summary>
              <zmartcharge-charger-settings
                .hass=${this.hass}
                .settings=${settings}
                .charger=${id}
                .texts=${texts}
              ></zmartcharge-charger-settings>
            </details>`
          : nothing
      }
    </li>`;
  }

  #status(connector: Connector): TemplateResult {
    const { texts, format, overview } = this;
    const currency = overview.sites[connector.site ?? ""]?.currency ?? null;
    const status = connector.status ? texts.status(connector.status) : texts.get("waiting");
    const reason = reasonOf(connector, texts, format, currency, new Date());
    const outlet =
      connector.connector === null
        ? ""
        : `${texts.get("outlet", { number: connector.connector })}: `;
    const power =
      connector.charging && connector.power !== null ? ` · ${format.power(connector.power)}` : "";
    return html`<p class="status">
      ${outlet}<strong>${status}</strong>${power}
      ${reason ? html`<span class="muted"> ${reason}</span>` : nothing}
    </p>`;
  }
}

define("zmartcharge-chargers-view", ChargersView);
