import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { define } from "./define";
import type { Format } from "./format";
import "./phases";
import "./removal";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { Capabilities, HomeAssistant, Overview, Settings, Site } from "./types";
import { viewStyles } from "./view-styles";
import { goes, integrationPage, panelPage } from "./ways";

/** How often ages move on, in ms. */
const TICK = 5000;

/** The sites: what they have, and for administrators the ways to change them. */
export class SitesView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    overview: { attribute: false },
    settings: { attribute: false },
    capabilities: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    now: { state: true },
  };
  declare hass: HomeAssistant;
  declare overview: Overview;
  declare settings: Settings | undefined;
  declare capabilities: Capabilities | undefined;
  declare texts: Texts;
  declare format: Format;
  declare now: Date;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.now = new Date();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = new Date();
    this.#timer = setInterval(() => (this.now = new Date()), TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  static override styles = [shared, viewStyles];

  protected override render(): TemplateResult {
    const { texts, overview, capabilities } = this;
    const sites = Object.entries(overview.sites);
    return html`<div class="row top">
        <h2>${texts.get("sites")}</h2>
        ${
          capabilities?.may_add
            ? html`<a class="button" href=${integrationPage(capabilities)} @click=${goes}
                >${texts.get("add_site")}</a
              >`
            : nothing
        }
      </div>
      ${sites.length === 0 ? html`<p role="status">${texts.get("no_site")}</p>` : nothing}
      <ul class="plain">
        ${repeat(
          sites,
          ([id]) => id,
          ([id, site]) => this.#site(id, site),
        )}
      </ul>`;
  }

  #site(id: string, site: Site): TemplateResult {
    const { texts, overview, settings } = this;
    const connectors = Object.values(overview.connectors).filter((each) => each.site === id);
    const chargers = new Map(connectors.map(({ charger, name }) => [charger, name]));
    const own = settings?.sites[id];
    const facts = [
      texts.get("main_fuse", { amperes: site.main_fuse }),
      site.address,
      site.metered ? null : texts.get("no_meter_here"),
      site.currency ? null : texts.get("no_price_here"),
    ];
    return html`<li class="box" data-site=${id}>
      <h3>${site.name}</h3>
      <p class="muted">${facts.filter(Boolean).join(" · ")}</p>
      ${
        chargers.size > 0
          ? html`<p class="actions">
              ${[...chargers].map(
                ([charger, name]) =>
                  html`<a class="button" href=${panelPage("home", charger)} @click=${goes}
                    >${name}</a
                  >`,
              )}
            </p>`
          : html`<p>${texts.get("site_without_charger")}</p>`
      }
      ${
        site.metered
          ? html`<zmartcharge-phases
              .site=${site}
              .connectors=${connectors}
              .offered=${null}
              .texts=${texts}
              .format=${this.format}
              .now=${this.now}
            ></zmartcharge-phases>`
          : nothing
      }
      ${
        own
          ? html`<p class="actions">
                <a class="button" href=${integrationPage(settings)} @click=${goes}
                  >${texts.get("change_site")}<span class="hidden">: ${site.name}</span></a
                >
              </p>
              <zmartcharge-removal
                .connection=${this.hass.connection}
                .texts=${texts}
                .doomed=${{ kind: "site", id, name: own.name, chargers: own.chargers }}
              ></zmartcharge-removal>`
          : nothing
      }
    </li>`;
  }
}

define("zmartcharge-sites-view", SitesView);
