import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { define } from "./define";
import { messageOf } from "./errors";
import { keepFavourites, watchFavourites } from "./favourites";
import type { Format } from "./format";
import { mapElement } from "./map";
import { distance, matches, type Place } from "./search";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { Connector, HomeAssistant, Overview } from "./types";
import { viewStyles } from "./view-styles";
import { goes, panelPage } from "./ways";

interface Found {
  key: string;
  connector: Connector;
  site: string;
  address: string | null;
  place: Place | undefined;
  /** Metres from where the user is. */
  metres: number | undefined;
}

/** How long a browser may look for where it is, in ms. */
const LOCATING = 20_000;

/** Finds a charger by its name, what is written on it, or its address; or the nearest. */
export class FindView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    overview: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    wanted: { state: true },
    only: { state: true },
    here: { state: true },
    favourites: { state: true },
    map: { state: true },
    locating: { state: true },
    problem: { state: true },
  };
  declare hass: HomeAssistant;
  declare overview: Overview;
  declare texts: Texts;
  declare format: Format;
  declare wanted: string;
  /** Whether only favourites are shown. */
  declare only: boolean;
  declare here: Place | undefined;
  /** Undefined until they are known. */
  declare favourites: ReadonlySet<string> | undefined;
  /** Whether there is a map. */
  declare map: boolean;
  declare locating: boolean;
  declare problem: string | undefined;
  #unwatch: (() => void) | undefined;
  /** What Home Assistant keeps, as it told last. */
  #told: ReadonlySet<string> | undefined;
  /** How many changes are on their way there. */
  #keeping = 0;

  static override styles = [
    shared,
    viewStyles,
    css`
      .search {
        flex: 1;
        min-inline-size: 200px;
      }
      ha-map {
        block-size: 320px;
        display: block;
        margin-block: 12px;
      }
      .star {
        font-size: 1.25rem;
      }
    `,
  ];

  constructor() {
    super();
    this.wanted = "";
    this.only = this.map = this.locating = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hass) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("hass") && this.isConnected) this.#begin();
  }

  #begin(): void {
    if (this.#unwatch) return;
    this.#unwatch = watchFavourites(
      this.hass.connection,
      (favourites) => {
        this.#told = favourites;
        if (this.#keeping === 0) this.favourites = favourites;
      },
      (error) => (this.problem = messageOf(error)),
    );
    void mapElement().then((there) => (this.map = there));
  }

  protected override render(): TemplateResult {
    const { texts } = this;
    const found = this.#found();
    return html`<h2>${texts.get("page_find")}</h2>
      <form class="filter" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <label class="search"
          >${texts.get("find_label")}
          <input
            type="search"
            autocomplete="off"
            .value=${this.wanted}
            @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}
        /></label>
        <button
          type="button"
          class="only"
          aria-pressed=${this.only}
          @click=${() => (this.only = !this.only)}
        >
          ${texts.get("favourites")}
        </button>
        <button
          type="button"
          class="nearest"
          aria-pressed=${this.here !== undefined}
          ?disabled=${this.locating}
          @click=${this.#locate}
        >
          ${texts.get(this.locating ? "locating" : "nearest")}
        </button>
      </form>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <p class="muted" role="status">
        ${texts.get(found.length > 0 ? "found" : "found_none", { count: found.length })}
      </p>
      ${this.#map(found)}
      <ul class="plain">
        ${repeat(
          found,
          ({ key }) => key,
          (each) => this.#row(each),
        )}
      </ul>`;
  }

  #found(): Found[] {
    const { overview, favourites, here } = this;
    const all = overview.order.flatMap((key): Found[] => {
      const connector = overview.connectors[key];
      if (!connector) return [];
      const site = overview.sites[connector.site ?? ""];
      const [latitude, longitude] = site?.position ?? [];
      const place =
        latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
      const metres = here && place ? distance(here, place) : undefined;
      const address = site?.address ?? null;
      return [{ key, connector, site: site?.name ?? "", address, place, metres }];
    });
    const rank = ({ key, metres }: Found) =>
      here ? (metres ?? Infinity) : favourites?.has(key) ? 0 : 1;
    return all
      .filter(({ key }) => !this.only || favourites?.has(key))
      .filter(({ connector: { name, label }, site, address }) =>
        matches(this.wanted, [name, label, site, address]),
      )
      .map((each, index) => ({ each, index }))
      .sort((a, b) => {
        const [first, second] = [rank(a.each), rank(b.each)];
        return first === second ? a.index - b.index : first - second;
      })
      .map(({ each }) => each);
  }

  #map(found: Found[]): TemplateResult | typeof nothing {
    const places = new Map<string, { place: Place; title: string }>();
    for (const { connector, place, site } of found) {
      if (place) places.set(connector.site ?? "", { place, title: site });
    }
    if (!this.map || places.size === 0) return nothing;
    const locations = [...places].map(([id, { place, title }]) => ({
      id,
      title,
      location: [place.latitude, place.longitude],
      locationEditable: false,
    }));
    return html`<ha-map
      auto-fit
      .autoFit=${true}
      .zoom=${14}
      .editableLocations=${locations}
    ></ha-map>`;
  }

  #row({ key, connector, site, address, place, metres }: Found): TemplateResult {
    const { texts, format } = this;
    const favourite = this.favourites?.has(key) ?? false;
    const outlet =
      connector.connector === null
        ? ""
        : ` · ${texts.get("outlet", { number: connector.connector })}`;
    const status = connector.status ? texts.status(connector.status) : texts.get("waiting");
    const away = metres === undefined ? "" : format.distance(metres);
    return html`<li class="box row" data-key=${key}>
      <div>
        <h3>${connector.name}${outlet}</h3>
        <p class="muted">${[connector.label, site, address].filter(Boolean).join(" · ")}</p>
        <p>${[status, away].filter(Boolean).join(" · ")}</p>
      </div>
      <div class="actions">
        <button
          type="button"
          class="star"
          aria-pressed=${favourite}
          aria-label=${texts.get("favourite", { name: connector.name })}
          ?disabled=${!this.favourites}
          @click=${() => void this.#mark(key, !favourite)}
        >
          <span aria-hidden="true">${favourite ? "★" : "☆"}</span>
        </button>
        ${
          place
            ? html`<a
                class="button"
                target="_blank"
                rel="noreferrer"
                href=${`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=17/${place.latitude}/${place.longitude}`}
                >${texts.get("on_map")}<span class="hidden">: ${connector.name}</span></a
              >`
            : nothing
        }
        <a class="button" href=${panelPage("home", key)} @click=${goes}
          >${texts.get("show_charger")}<span class="hidden">: ${connector.name}</span></a
        >
      </div>
    </li>`;
  }

  async #mark(key: string, marked: boolean): Promise<void> {
    const before = this.favourites;
    // They are kept all at once: one more than none would be the only one.
    if (!before) return;
    const favourites = new Set(before);
    if (marked) favourites.add(key);
    else favourites.delete(key);
    this.favourites = favourites;
    this.problem = undefined;
    void this.#keepFocus(key);
    this.#keeping += 1;
    try {
      await keepFavourites(this.hass.connection, favourites);
      this.#told = favourites;
    } catch (error) {
      this.problem = this.texts.failure(error);
    } finally {
      this.#kept();
    }
  }

  /** What was told while others were on their way is older than those. */
  #kept(): void {
    this.#keeping -= 1;
    if (this.#keeping === 0) this.favourites = this.#told;
  }

  /** The row may move: its star keeps the focus, and no other gets it. */
  async #keepFocus(key: string): Promise<void> {
    const star = () =>
      this.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] .star`);
    if (!star()?.matches(":focus")) return;
    const seen = star()?.matches(":focus-visible") ?? false;
    await this.updateComplete;
    star()?.focus({ preventScroll: !seen });
  }

  readonly #locate = (): void => {
    if (this.here) {
      this.here = undefined;
      return;
    }
    this.problem = undefined;
    // Browsers offer it by https only.
    if (!("geolocation" in navigator) || !window.isSecureContext) {
      this.problem = this.texts.get("no_position");
      return;
    }
    this.locating = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        this.locating = false;
        this.here = { latitude, longitude };
      },
      () => {
        this.locating = false;
        this.problem = this.texts.get("no_position");
      },
      { timeout: LOCATING, maximumAge: 60_000 },
    );
  };
}

define("zmartcharge-find-view", FindView);
