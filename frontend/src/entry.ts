/** What every page of Home Assistant loads: the names of our elements. The rest comes when one is shown. */

import { define } from "./define";
import { type EntryTexts, entryTexts } from "./entry-texts";
import type { CardConfig, EntityEntry, HomeAssistant } from "./types";

const STRATEGY = "zmartcharge";
const PANEL = "zmartcharge-panel";
const FEATURE = "zmartcharge-mode-feature";
const DOCUMENTATION = "https://github.com/zmartcharge/home-assistant-zmartcharge";
const PARTS = ["prices", "phases", "history"] as const;

type Kind = "home" | "plan" | "phases" | "history";

interface Registries {
  entities?: Record<string, EntityEntry | undefined>;
}

/** What is different about each card. */
interface CardKind {
  size: number;
  text: keyof EntryTexts;
  /** For which of our entities it is offered; undefined: for all. */
  entities?: RegExp;
}

const KINDS: Record<Kind, CardKind> = {
  home: { size: 12, text: "card" },
  plan: {
    size: 5,
    text: "plan_card",
    entities: /^(plan|charging_mode|ready_by|price|smart_charging)/,
  },
  phases: {
    size: 4,
    text: "phases_card",
    entities: /^(current_l|allocat|offered|overload|headroom)/,
  },
  history: { size: 6, text: "history_card", entities: /(energy|session_cost)$/ },
};

const cardName = (kind: Kind) => `zmartcharge-${kind}-card`;

/** An element that Home Assistant knows; what it shows is in another file, which may be gone. */
abstract class Lazy extends HTMLElement {
  #shown: HTMLElement | undefined;
  #passed: Record<string, unknown> = {};

  /** Loads what is shown, and returns the element's name. */
  protected abstract load(): Promise<string>;

  connectedCallback(): void {
    void this.#show();
  }

  protected pass(name: string, value: unknown): void {
    this.#passed[name] = value;
    if (this.#shown) Object.assign(this.#shown, { [name]: value });
  }

  async #show(): Promise<void> {
    if (this.#shown) return;
    try {
      const name = await this.load();
      if (this.#shown) return;
      this.#shown = document.createElement(name);
      Object.assign(this.#shown, this.#passed);
      this.replaceChildren(this.#shown);
    } catch {
      // What the page loaded is not there any more.
      this.textContent = entryTexts().reload;
    }
  }
}

function cardElement(kind: Kind): CustomElementConstructor {
  return class extends Lazy {
    static getStubConfig(): Omit<CardConfig, "type"> {
      return {};
    }

    static getConfigForm(): unknown {
      return configForm(kind);
    }

    protected override async load(): Promise<string> {
      await (kind === "home" ? import("./home-card") : import("./small-cards"));
      return `${cardName(kind)}-view`;
    }

    setConfig(config: CardConfig): void {
      if (!Array.isArray(config.hide ?? [])) throw new Error("hide: a list is expected");
      this.pass("config", config);
    }

    set hass(hass: HomeAssistant) {
      this.pass("hass", hass);
    }

    getCardSize(): number {
      return KINDS[kind].size;
    }

    getGridOptions(): Record<string, number | string> {
      return { columns: 12, min_columns: 6, rows: "auto" };
    }
  };
}

function configForm(kind: Kind): unknown {
  const texts = entryTexts();
  const options = PARTS.map((value) => ({ value, label: texts[value] }));
  const device = { name: "device", selector: { device: { integration: "zmartcharge" } } };
  const more = [
    { name: "single", selector: { boolean: {} } },
    { name: "hide", selector: { select: { multiple: true, mode: "list", options } } },
  ];
  const label = kind === "home" ? texts.device : texts.part_device;
  return {
    schema: kind === "home" ? [device, ...more] : [device],
    computeLabel: ({ name }: { name: "device" | "single" | "hide" }) =>
      name === "device" ? label : texts[name],
  };
}

/** The choice of the charging mode, in a tile. */
class Feature extends Lazy {
  static getStubConfig(): { type: string } {
    return { type: `custom:${FEATURE}` };
  }

  protected override async load(): Promise<string> {
    await import("./mode-feature");
    return `${FEATURE}-view`;
  }

  setConfig(config: unknown): void {
    this.pass("config", config);
  }

  set hass(hass: HomeAssistant) {
    this.pass("hass", hass);
  }

  set context(context: unknown) {
    this.pass("context", context);
  }
}

/** The page in the sidebar. */
class Panel extends Lazy {
  protected override async load(): Promise<string> {
    await import("./panel");
    return `${PANEL}-view`;
  }

  set hass(hass: HomeAssistant) {
    this.pass("hass", hass);
  }

  set narrow(narrow: boolean) {
    this.pass("narrow", narrow);
  }

  set route(route: unknown) {
    this.pass("route", route);
  }
}

/** A dashboard that makes itself. */
class Strategy extends HTMLElement {
  static async generate(_config: unknown, hass: HomeAssistant): Promise<unknown> {
    const { dashboard } = await import("./strategy");
    return dashboard(hass);
  }
}

/** Offers a card where a person adds a card for one of our entities. */
function suggestion(kind: Kind, hass: Registries, entityId: string): unknown {
  const entity = hass.entities?.[entityId];
  if (entity?.platform !== "zmartcharge" || !entity.device_id) return null;
  const { entities } = KINDS[kind];
  if (entities && !entities.test(entity.translation_key ?? "")) return null;
  return { config: { type: `custom:${cardName(kind)}`, device: entity.device_id } };
}

/** Tells whether a tile is one of a charger's status or mode. */
function hasMode(hass: Registries, context: { entity_id?: string }): boolean {
  const entity = hass.entities?.[context.entity_id ?? ""];
  return (
    entity?.platform === "zmartcharge" &&
    ["charging_mode", "status"].includes(entity.translation_key ?? "")
  );
}

type List = "customCards" | "customStrategies" | "customCardFeatures";

function announce(list: List, what: object): void {
  const page = window as unknown as Record<List, object[] | undefined>;
  (page[list] ??= []).push({ documentationURL: DOCUMENTATION, ...what });
}

if (!customElements.get(cardName("home"))) {
  const texts = entryTexts();
  for (const kind of Object.keys(KINDS) as Kind[]) {
    define(cardName(kind), cardElement(kind));
    announce("customCards", {
      type: cardName(kind),
      name: kind === "home" ? "ZmartCharge" : `ZmartCharge: ${texts[`${kind}_name`]}`,
      description: texts[KINDS[kind].text],
      // The whole card would leave no room for the others.
      preview: kind !== "home",
      getEntitySuggestion: (hass: Registries, entity: string) => suggestion(kind, hass, entity),
    });
  }
  define(FEATURE, Feature);
  announce("customCardFeatures", { type: FEATURE, name: texts.mode, isSupported: hasMode });
  define(PANEL, Panel);
  define(`ll-strategy-dashboard-${STRATEGY}`, Strategy);
  announce("customStrategies", {
    type: STRATEGY,
    name: "ZmartCharge",
    strategyType: "dashboard",
    description: texts.dashboard,
  });
}
