/** The page in the sidebar: its head, and which of its pages is shown. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { isOutdated } from "./build";
import "./chargers-view";
import { define } from "./define";
import { messageOf } from "./errors";
import "./find-view";
import { Format } from "./format";
import "./home-card";
import { outdated } from "./parts";
import "./sessions-view";
import "./sites-view";
import { watch } from "./store";
import { shared } from "./styles";
import { keep } from "./subscription";
import type { Key, Texts } from "./texts";
import type { Capabilities, Connection, HomeAssistant, Overview, Settings } from "./types";
import { goes, isOurs, type Page, PAGES, pageOf, panelPage } from "./ways";
import { Wording } from "./wording";

const NAMES: Record<Page, Key> = {
  home: "page_home",
  history: "history",
  sites: "sites",
  chargers: "page_chargers",
  find: "page_find",
};

export class Panel extends LitElement {
  static override properties = {
    narrow: { type: Boolean },
    route: { attribute: false },
    texts: { state: true },
    overview: { state: true },
    settings: { state: true },
    capabilities: { state: true },
    problem: { state: true },
    page: { state: true },
  };
  declare narrow: boolean;
  declare route: unknown;
  declare texts: Texts | undefined;
  declare overview: Overview | undefined;
  /** What administrators may set; nobody else is told. */
  declare settings: Settings | undefined;
  declare capabilities: Capabilities | undefined;
  declare problem: string | undefined;
  declare page: Page;
  #hass: HomeAssistant | undefined;
  #format: Format | undefined;
  #ends: (() => void)[] = [];
  #asking = false;
  readonly #wording = new Wording(this);
  readonly #moved = () => this.#look();

  static override styles = [
    shared,
    css`
      :host {
        background: var(--primary-background-color);
        display: block;
        min-block-size: 100%;
      }
      header {
        align-items: center;
        background: var(--zc-surface);
        border-block-end: 1px solid var(--zc-line);
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        inset-block-start: 0;
        padding: 8px 16px;
        position: sticky;
        z-index: 2;
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 500;
        margin: 0;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      nav a.button {
        border-color: transparent;
      }
      nav a[aria-current="page"] {
        background: color-mix(in srgb, var(--zc-accent) 16%, transparent);
        border-color: var(--zc-accent);
        font-weight: 500;
      }
      main {
        box-sizing: border-box;
        margin-inline: auto;
        max-inline-size: 1120px;
        padding: 16px;
      }
      main.home {
        max-inline-size: 600px;
      }
    `,
  ];

  constructor() {
    super();
    this.narrow = false;
    this.page = pageOf(location.pathname);
  }

  set hass(hass: HomeAssistant) {
    const before = this.#hass;
    this.#hass = hass;
    if (before?.language !== hass.language || before.locale !== hass.locale) {
      this.#format = new Format(hass);
      this.requestUpdate();
      this.#wording.load(this.#hass);
    }
    if (before?.connection !== hass.connection && this.isConnected) this.#begin();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.texts) this.#wording.load(this.#hass);
    window.addEventListener("location-changed", this.#moved);
    window.addEventListener("popstate", this.#moved);
    this.#look();
    if (this.#hass) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("location-changed", this.#moved);
    window.removeEventListener("popstate", this.#moved);
    this.#end();
  }

  #look(): void {
    // Who goes elsewhere sees the page for as long as the other is loaded.
    if (!isOurs(location.pathname)) return;
    this.page = pageOf(location.pathname);
    // The same page may be asked for another charger.
    this.requestUpdate();
  }

  #begin(): void {
    this.#end();
    const { connection } = this.#hass ?? {};
    if (!connection) return;
    const end = watch(
      connection,
      (overview) => {
        this.overview = overview;
        this.#askCapabilities(connection);
      },
      (error) => (this.problem = messageOf(error)),
    );
    this.#ends.push(end);
    if (this.capabilities?.may_add) this.#followSettings(connection);
  }

  /** Asks what the user may do, once; where that fails, such as while Home Assistant starts, later again. */
  #askCapabilities(connection: Connection): void {
    if (this.capabilities || this.#asking) return;
    this.#asking = true;
    connection
      .sendMessagePromise<Capabilities>({ type: "zmartcharge/capabilities" })
      .then((capabilities) => {
        this.capabilities = capabilities;
        if (capabilities.may_add && this.isConnected) this.#followSettings(connection);
      })
      .catch(() => undefined)
      .finally(() => (this.#asking = false));
  }

  #followSettings(connection: Connection): void {
    const end = keep<Settings>(
      connection,
      { type: "zmartcharge/subscribe_settings" },
      (settings) => (this.settings = settings),
    );
    this.#ends.push(end);
  }

  #end(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  protected override render(): TemplateResult {
    const { texts } = this;
    if (!texts) return html`<main><p class="muted">${this.problem ?? "…"}</p></main>`;
    return html`
      <header>
        ${
          this.narrow
            ? html`<button type="button" aria-label=${texts.get("menu")} @click=${this.#menu}>
                <span aria-hidden="true">☰</span>
              </button>`
            : nothing
        }
        <h1>ZmartCharge</h1>
        <nav aria-label="ZmartCharge">
          ${PAGES.map(
            (page) =>
              html`<a
                class="button"
                href=${panelPage(page)}
                aria-current=${page === this.page ? "page" : nothing}
                @click=${goes}
                >${texts.get(NAMES[page])}</a
              >`,
          )}
        </nav>
      </header>
      <main class=${this.page}>${this.#content(texts)}</main>
    `;
  }

  #menu(): void {
    this.dispatchEvent(new Event("hass-toggle-menu", { bubbles: true, composed: true }));
  }

  #content(texts: Texts): TemplateResult {
    const { overview } = this;
    const hass = this.#hass;
    const format = this.#format;
    const old = overview?.card && isOutdated(overview.card) ? outdated(texts) : nothing;
    if (!hass || !format || !overview) {
      return html`<p role="status">${this.problem ?? texts.get("loading")}</p>`;
    }
    if (this.page !== "home" && !overview.loaded) {
      return html`${old}
        <p role="status">${texts.get("not_loaded")}</p>`;
    }
    return html`${this.page === "home" ? nothing : old}${this.#view(hass, overview, texts, format)}`;
  }

  #view(hass: HomeAssistant, overview: Overview, texts: Texts, format: Format): TemplateResult {
    const { settings, capabilities } = this;
    const wanted = new URLSearchParams(location.search).get("charger") ?? undefined;
    switch (this.page) {
      case "history":
        return html`<zmartcharge-sessions-view
          .hass=${hass}
          .overview=${overview}
          .texts=${texts}
          .format=${format}
        ></zmartcharge-sessions-view>`;
      case "sites":
        return html`<zmartcharge-sites-view
          .hass=${hass}
          .overview=${overview}
          .settings=${settings}
          .capabilities=${capabilities}
          .texts=${texts}
          .format=${format}
        ></zmartcharge-sites-view>`;
      case "chargers":
        return html`<zmartcharge-chargers-view
          .hass=${hass}
          .overview=${overview}
          .settings=${settings}
          .capabilities=${capabilities}
          .wanted=${wanted}
          .texts=${texts}
          .format=${format}
        ></zmartcharge-chargers-view>`;
      case "find":
        return html`<zmartcharge-find-view
          .hass=${hass}
          .overview=${overview}
          .texts=${texts}
          .format=${format}
        ></zmartcharge-find-view>`;
      case "home":
        return html`<zmartcharge-home-card-view
          .config=${homeConfig(overview, wanted)}
          .hass=${hass}
        ></zmartcharge-home-card-view>`;
    }
  }
}

const PLAIN = { type: "custom:zmartcharge-home-card" };

/** Which charger, or connector of one, the first page begins with. */
function homeConfig(overview: Overview, wanted: string | undefined): object {
  const connector =
    wanted === undefined
      ? undefined
      : (overview.connectors[wanted] ??
        Object.values(overview.connectors).find((each) => each.charger === wanted));
  return connector?.device ? { ...PLAIN, device: connector.device } : PLAIN;
}

define("zmartcharge-panel-view", Panel);
