import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "../src/entry";
import type { CardConfig } from "../src/types";
import { connector, house, type House, site, textOf, until } from "./house";

type Kind = "plan" | "phases" | "history";
interface Card extends HTMLElement {
  hass: unknown;
  setConfig(config: Partial<CardConfig>): void;
}
interface CardClass {
  getStubConfig(): object;
  getConfigForm(): { schema: { name: string }[]; computeLabel(field: object): string };
}
interface Offer {
  type: string;
  name: string;
  getEntitySuggestion(hass: unknown, entity: string): unknown;
}

let home: House;
let card: Card;
const KINDS: Kind[] = ["plan", "phases", "history"];
const NOW = Math.floor(Date.now() / 3_600_000) * 3600;
const PLAN = {
  currency: "NOK",
  prices: [[NOW, NOW + 3600, 1.25, false]] as [number, number, number, boolean][],
  ready_by: null,
  plan: null,
};
const shadow = () => card.querySelector(`${card.localName}-view`)?.shadowRoot;

async function show(kind: Kind, config: Partial<CardConfig> = {}): Promise<void> {
  home = house();
  card = document.createElement(`zmartcharge-${kind}-card`) as Card;
  card.setConfig({ type: `custom:zmartcharge-${kind}-card`, ...config });
  card.hass = home.hass;
  document.body.append(card);
  await until(() => shadow()?.querySelector("[role=status]"));
}

function push(
  changes = {},
  sites = { home: site(), cabin: site({ name: "Hytta", device: "d9" }) },
) {
  home.connection.overview({
    sites,
    connectors: {
      a: connector({ name: "Garage", ...changes }),
      b: connector({ name: "Hut", device: "device-2", site: "cabin" }),
    },
    order: ["a", "b"],
  });
}

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => document.body.replaceChildren());

describe("each part is a card of its own", () => {
  test("the plan", async () => {
    await show("plan");
    push();
    await until(() => home.connection.subscribed.has("zmartcharge/subscribe_plan"));
    home.connection.plan(PLAN);
    await until(() => shadow()?.querySelector("zmartcharge-prices"));
    expect(textOf(card)).toContain("Garage");
    expect(textOf(card)).toContain("1.25 kr/kWh");
  });

  test("the plan where nobody has said what power costs", async () => {
    await show("plan");
    push({ priced: false });
    await until(() => textOf(card).includes("What power costs here is not set"));
  });

  test("the phases, of the charger's site", async () => {
    await show("phases", { device: "device-2" });
    push();
    await until(() => textOf(card).startsWith("Hytta"));
    expect(shadow()?.querySelector("zmartcharge-phases")).not.toBeNull();
    expect(home.connection.subscribed.has("zmartcharge/subscribe_plan")).toBe(false);
  });

  test("the phases, of the site itself", async () => {
    await show("phases", { device: "d9" });
    push();
    await until(() => textOf(card).startsWith("Hytta"));
  });

  test("the phases where there is no meter", async () => {
    await show("phases");
    push({}, { home: site({ metered: false }), cabin: site() });
    await until(() => textOf(card).includes("No meter is connected here"));
  });

  test("the history", async () => {
    await show("history", { device: "device-2" });
    push();
    await until(() => shadow()?.querySelector("zmartcharge-history"));
    expect(textOf(card)).toContain("Hut");
    await until(() => home.connection.asked.some((each) => each["connector"] === "b"));
  });

  test.each(KINDS)("%s without a charger leads to the first one", async (kind) => {
    await show(kind);
    home.connection.overview({});
    await until(() => textOf(card).includes("There is no charger here yet"));
  });

  test.each(KINDS)("%s has no violations", async (kind) => {
    await show(kind);
    push();
    if (kind === "plan") {
      await until(() => home.connection.subscribed.has("zmartcharge/subscribe_plan"));
      home.connection.plan(PLAN);
    }
    await until(() => textOf(card).length > 40);
    const { violations } = await axe.run(card, {});
    expect(violations.map((each) => each.id)).toEqual([]);
  });
});

describe("dashboard", () => {
  test.each(KINDS)("knows the form and the size of %s", (kind) => {
    const Element = customElements.get(`zmartcharge-${kind}-card`) as unknown as CardClass;
    expect(Element.getStubConfig()).toEqual({});
    const form = Element.getConfigForm();
    expect(form.schema.map((each) => each.name)).toEqual(["device"]);
    expect(form.computeLabel({ name: "device" })).toBe("Charger");
    const sized = new (
      Element as unknown as new () => {
        getGridOptions(): { columns: number };
        getCardSize(): number;
      }
    )();
    expect(sized.getGridOptions().columns % 3).toBe(0);
    expect(sized.getCardSize()).toBeGreaterThan(1);
  });

  test("is offered what fits an entity", () => {
    const { customCards } = window as unknown as { customCards: Offer[] };
    const entity = (translation_key: string, platform = "zmartcharge") => ({
      platform,
      translation_key,
      device_id: "d1",
    });
    const entities = {
      "sensor.plan": entity("plan"),
      "sensor.l1": entity("current_l1"),
      "sensor.kwh": entity("lifetime_energy"),
      "sensor.other": entity("plan", "mqtt"),
    };
    const offered = (id: string) =>
      customCards
        .filter((each) => each.getEntitySuggestion({ entities }, id))
        .map((each) => each.type.split("-")[1]);
    expect(offered("sensor.plan")).toEqual(["home", "plan"]);
    expect(offered("sensor.l1")).toEqual(["home", "phases"]);
    expect(offered("sensor.kwh")).toEqual(["home", "history"]);
    expect(offered("sensor.other")).toEqual([]);
  });
});

describe("the charging mode in a tile", () => {
  interface Feature extends HTMLElement {
    hass: unknown;
    context: object;
    setConfig(config: object): void;
  }
  const MODE = "select.garage_charging_mode";
  const entities = {
    [MODE]: { platform: "zmartcharge", device_id: "d1", translation_key: "charging_mode" },
    "sensor.garage_status": { platform: "zmartcharge", device_id: "d1", translation_key: "status" },
    "sensor.hut_status": { platform: "zmartcharge", device_id: "d2", translation_key: "status" },
    "sensor.power": { platform: "zmartcharge", device_id: "d1", translation_key: "power" },
    "sensor.other": { platform: "mqtt", device_id: "d1", translation_key: "status" },
  };
  const states = (state: string) => ({
    [MODE]: {
      entity_id: MODE,
      state,
      attributes: { options: ["smart", "full_now", "off"], friendly_name: "Garage Charging mode" },
    },
  });
  let feature: Feature;
  const root = () => feature.querySelector("zmartcharge-mode-feature-view")?.shadowRoot;
  const buttons = () => [...(root()?.querySelectorAll("button") ?? [])];
  const checked = () =>
    root()?.querySelector("[aria-checked=true]")?.getAttribute("aria-label") ?? "";

  async function tile(entity_id: string, state = "smart"): Promise<void> {
    home = house();
    const told: Record<string, string> = { smart: "Smart charging", full_now: "Now", off: "Off" };
    home.hass.states = states(state);
    home.hass.entities = entities;
    home.hass.formatEntityState = (_, value = "") => told[value] ?? value;
    feature = document.createElement("zmartcharge-mode-feature") as Feature;
    feature.setConfig({ type: "custom:zmartcharge-mode-feature" });
    feature.hass = home.hass;
    feature.context = { entity_id };
    document.body.append(feature);
    await until(() => root()?.querySelector("[role=radiogroup]"));
  }

  test("is for the mode and the status of our chargers only", () => {
    const { customCardFeatures } = window as unknown as {
      customCardFeatures: {
        type: string;
        isSupported(hass: object, context: { entity_id: string }): boolean;
      }[];
    };
    expect(customCardFeatures.map((each) => each.type)).toEqual(["zmartcharge-mode-feature"]);
    const fits = (entity_id: string) =>
      customCardFeatures[0]?.isSupported({ entities }, { entity_id });
    expect(Object.keys(entities).map(fits)).toEqual([true, true, true, false, false]);
    expect(fits("sensor.gone")).toBe(false);
  });

  test.each([MODE, "sensor.garage_status"])("shows and chooses the mode from %s", async (id) => {
    await tile(id);
    expect(checked()).toBe("Smart charging");
    expect(buttons().every((each) => each.getBoundingClientRect().height >= 44)).toBe(true);
    buttons()[1]?.click();
    await until(() => home.calls.length);
    expect(home.calls).toEqual([
      ["select", "select_option", { option: "full_now" }, { entity_id: MODE }],
    ]);
    feature.hass = { ...home.hass, states: states("full_now") };
    await until(() => checked() === "Now");
  });

  test("is gone through by arrow keys and one stop of the tab key", async () => {
    await tile(MODE);
    expect(buttons().map((each) => each.tabIndex)).toEqual([0, -1, -1]);
    buttons()[0]?.focus();
    const press = (key: string) =>
      root()?.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      );
    press("ArrowRight");
    expect(root()?.activeElement).toBe(buttons()[1]);
    press("ArrowLeft");
    press("ArrowLeft");
    expect(root()?.activeElement).toBe(buttons()[2]);
  });

  test("tells why a choice did not work, and shows what holds", async () => {
    await tile(MODE);
    home.refusal = new Error("The charger does not answer");
    buttons()[2]?.click();
    await until(() => textOf(feature).includes("The charger does not answer"));
    expect(checked()).toBe("Smart charging");
  });

  test("cannot be chosen while the integration is away, and shows nothing where there is no mode", async () => {
    await tile(MODE, "unavailable");
    expect(buttons().every((each) => each.disabled)).toBe(true);
    feature.context = { entity_id: "sensor.hut_status" };
    await until(() => buttons().length === 0);
  });

  test("draws nothing anew for another state of the house", async () => {
    await tile(MODE);
    const view = feature.querySelector("zmartcharge-mode-feature-view");
    const drawn = vi.spyOn(view as never, "render");
    feature.hass = { ...home.hass, states: { ...home.hass.states } };
    await (view as unknown as { updateComplete: Promise<unknown> }).updateComplete;
    expect(drawn).not.toHaveBeenCalled();
  });

  test("has no violations", async () => {
    await tile(MODE);
    const { violations } = await axe.run(feature, {});
    expect(violations.map((each) => each.id)).toEqual([]);
  });
});
