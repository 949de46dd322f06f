/** What all cards of a charger have in common: they know the house, and which charger is shown. */

import { html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import { isOutdated } from "./build";
import { Format } from "./format";
import { messageOf } from "./errors";
import { cardStyles } from "./home-card-styles";
import { empty, outdated } from "./parts";
import { concerns, watch } from "./store";
import { shared } from "./styles";
import { keep } from "./subscription";
import type { Texts } from "./texts";
import { attend, draw, leave } from "./turns";
import { Wording } from "./wording";
import type {
  Capabilities,
  CardConfig,
  Connection,
  Connector,
  HomeAssistant,
  Overview,
  PlanPicture,
} from "./types";

/** How often ages and the line of now move on, in ms. */
const TICK = 5000;

/** A connector and all that is needed to show it. */
export interface Shown {
  key: string;
  connector: Connector;
  overview: Overview;
  texts: Texts;
  format: Format;
}

export abstract class LiveCard extends LitElement {
  static override properties: PropertyDeclarations = {
    config: { attribute: false },
    texts: { state: true },
    plan: { state: true },
    chosen: { state: true },
    problem: { state: true },
    capabilities: { state: true },
    now: { state: true },
  };
  declare config: CardConfig;
  declare texts: Texts | undefined;
  declare plan: PlanPicture | undefined;
  /** The key of the connector that the user went to. */
  declare chosen: string | undefined;
  declare problem: string | undefined;
  declare capabilities: Capabilities | undefined;
  declare now: Date;

  #overview: Overview | undefined;
  #hass: HomeAssistant | undefined;
  #format: Format | undefined;
  #unwatch: (() => void) | undefined;
  #planned: { key: string; end: () => void } | undefined;
  #asking = false;
  /** Why nothing was told, while that is so. */
  #refused: string | undefined;
  readonly #wording = new Wording(this);
  #timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, cardStyles];

  constructor() {
    super();
    this.now = new Date();
  }

  /** What is shown of a connector. */
  protected abstract charger(shown: Shown): TemplateResult;

  /** Whether the plan and the prices are shown. */
  protected get showsPlan(): boolean {
    return false;
  }

  /** Comes with every state of the house; only another language or connection matters here. */
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

  protected get home(): HomeAssistant | undefined {
    return this.#hass;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    attend(this);
    if (!this.texts) this.#wording.load(this.#hass);
    if (this.#hass) this.#begin();
    this.#timer = setInterval(() => draw(this), TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    leave(this);
    this.#end();
  }

  #begin(): void {
    this.#end();
    const hass = this.#hass;
    if (!hass) return;
    this.#unwatch = watch(
      hass.connection,
      (overview) => {
        const before = this.#overview;
        this.#overview = overview;
        this.#askCapabilities(hass.connection);
        if (this.#refused) this.#refused = this.problem = undefined;
        // Of many cards on a page only those draw anew whose charger or site changed.
        if (before && !concerns(before, overview, this.key)) return;
        draw(this);
      },
      (error) => (this.#refused = this.problem = messageOf(error)),
    );
  }

  /** Asks what the user may do, once; where that fails, such as while Home Assistant starts, later again. */
  #askCapabilities(connection: Connection): void {
    if (this.capabilities || this.#asking) return;
    this.#asking = true;
    connection
      .sendMessagePromise<Capabilities>({ type: "zmartcharge/capabilities" })
      .then((capabilities) => (this.capabilities = capabilities))
      .catch(() => undefined)
      .finally(() => (this.#asking = false));
  }

  #end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#follow(undefined);
  }

  get overview(): Overview | undefined {
    return this.#overview;
  }

  protected get order(): string[] {
    return this.overview?.order ?? [];
  }

  /** The connector that is shown: the one the user went to, the one that was set, or the first. */
  protected get key(): string | undefined {
    const known = this.overview?.connectors ?? {};
    if (this.chosen && known[this.chosen]) return this.chosen;
    const wanted = this.config?.device;
    const at = (device: string | null | undefined, site: string | null | undefined) =>
      device === wanted || this.overview?.sites[site ?? ""]?.device === wanted;
    const found = wanted && this.order.find((key) => at(known[key]?.device, known[key]?.site));
    // What was set for one shows no other in its place, which would be started and stopped instead.
    return wanted ? found : this.order[0];
  }

  protected get shown(): Connector | undefined {
    return this.overview?.connectors[this.key ?? ""];
  }

  protected override willUpdate(): void {
    this.now = new Date();
    if (this.isConnected) this.#follow(this.shown && this.showsPlan ? this.key : undefined);
  }

  /** Subscribes to the plan of the connector that is shown, and to no other. */
  #follow(key: string | undefined): void {
    if (this.#planned?.key === key) return;
    this.#planned?.end();
    this.#planned = undefined;
    this.plan = undefined;
    if (!key || !this.#hass) return;
    const end = keep<PlanPicture>(
      this.#hass.connection,
      { type: "zmartcharge/subscribe_plan", connector: key },
      (plan) => (this.plan = plan),
    );
    this.#planned = { key, end };
  }

  protected override render(): TemplateResult {
    return html`<ha-card><div class="content">${this.#content()}</div></ha-card>`;
  }

  #content(): TemplateResult {
    const { texts, overview } = this;
    const format = this.#format;
    if (!texts || !format) return html`<p class="muted">${this.problem ?? "…"}</p>`;
    if (!overview) return html`<p role="status">${this.problem ?? texts.get("loading")}</p>`;
    const old = overview.card && isOutdated(overview.card) ? outdated(texts) : "";
    if (!overview.loaded)
      return html`${old}
        <p role="status">${texts.get("not_loaded")}</p>`;
    const { key, shown: connector } = this;
    if (!key || !connector) {
      return this.order.length > 0
        ? html`${old}
            <p role="status">${texts.get("charger_gone")}</p>`
        : html`${old}${empty(texts, this.capabilities)}`;
    }
    return html`${old}${this.charger({ key, connector, overview, texts, format })}`;
  }
}
