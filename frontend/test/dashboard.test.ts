import { afterEach, beforeEach, describe, expect, test } from "vitest";
import "../src/entry";
import type { CardConfig } from "../src/types";
import { connector, house, type House, site, textOf, until } from "./house";

interface Card extends HTMLElement {
  hass: unknown;
  setConfig(config: Partial<CardConfig>): void;
}

let home: House;
let card: Card;

const shadow = () => card.querySelector("zmartcharge-home-card-view")?.shadowRoot;

async function show(config: Partial<CardConfig> = {}): Promise<void> {
  home = house();
  card = document.createElement("zmartcharge-home-card") as Card;
  card.setConfig({ type: "custom:zmartcharge-home-card", ...config });
  card.hass = home.hass;
  document.body.append(card);
  await until(() => shadow()?.querySelector("[role=status]"));
}

beforeEach(() => {
  document.documentElement.lang = "en";
});

afterEach(() => {
  document.body.replaceChildren();
});

describe("dashboard", () => {
  const Card = () => customElements.get("zmartcharge-home-card") as unknown as CardClass;
  interface CardClass {
    getStubConfig(): object;
    getConfigForm(): { schema: { name: string }[] };
  }

  test("knows the card, its form and its size", async () => {
    await show();
    const { customCards } = window as unknown as { customCards: { type: string }[] };
    expect(customCards.map((each) => each.type)).toEqual(
      ["home", "plan", "phases", "history"].map((kind) => `zmartcharge-${kind}-card`),
    );
    expect(Card().getStubConfig()).toEqual({});
    expect(
      Card()
        .getConfigForm()
        .schema.map((each) => each.name),
    ).toEqual(["device", "single", "hide"]);
    const sized = card as unknown as {
      getGridOptions(): { columns: number };
      getCardSize(): number;
    };
    expect(sized.getGridOptions().columns % 3).toBe(0);
    expect(sized.getCardSize()).toBeGreaterThan(1);
  });

  test("is offered for an entity of ours, and for no other", async () => {
    await show();
    const { customCards } = window as unknown as {
      customCards: { getEntitySuggestion(hass: unknown, entity: string): unknown }[];
    };
    const entities = {
      "sensor.garage_status": { platform: "zmartcharge", device_id: "device-1" },
      "sensor.other": { platform: "mqtt", device_id: "device-2" },
    };
    const offered = (id: string) => customCards[0]?.getEntitySuggestion({ entities }, id);
    expect(offered("sensor.garage_status")).toEqual({
      config: { type: "custom:zmartcharge-home-card", device: "device-1" },
    });
    expect(offered("sensor.other")).toBeNull();
    expect(offered("sensor.gone")).toBeNull();
  });

  test("makes itself: a view for each site, a card for each charger", async () => {
    const made = house();
    const generated = dashboardOf(made);
    await until(() => made.connection.subscribed.size);
    made.connection.overview({
      sites: { home: site(), cabin: site({ name: "Hytta" }), empty: site() },
      connectors: {
        a: connector({ device: "d1" }),
        b: connector({ device: "d2", site: "cabin" }),
        c: connector({ device: "d3", site: "cabin" }),
        d: connector({ device: "d4", site: null }),
      },
      order: ["a", "b", "c", "d"],
    });
    const { views } = await generated;
    expect(views.map((each) => [each.title, each.sections?.length])).toEqual([
      ["Mitt hjem", 1],
      ["Hytta", 2],
      ["ZmartCharge", 1],
    ]);
    expect(views[1]?.sections?.[1]?.cards).toEqual([
      { type: "custom:zmartcharge-home-card", single: true, device: "d3" },
    ]);
    await until(() => made.connection.ended === 1);
  });

  test("makes a page that leads to the first charger where there is none", async () => {
    const made = house();
    const generated = dashboardOf(made);
    await until(() => made.connection.subscribed.size);
    made.connection.overview({});
    expect((await generated).views[0]?.cards).toEqual([{ type: "custom:zmartcharge-home-card" }]);
  });

  interface View {
    title: string;
    cards?: unknown[];
    sections?: { cards: unknown[] }[];
  }

  function dashboardOf(made: House): Promise<{ views: View[] }> {
    const strategy = customElements.get("ll-strategy-dashboard-zmartcharge") as unknown as {
      generate(config: unknown, hass: unknown): Promise<{ views: View[] }>;
    };
    return strategy.generate({}, made.hass);
  }

  test("refuses a configuration that makes no sense", async () => {
    await show();
    expect(() => card.setConfig({ hide: "prices" as never })).toThrow("hide");
  });

  test("shows no other charger in the place of the only one that it is for", async () => {
    await show({ single: true, device: "d2" });
    const both = { a: connector({ device: "d1" }), b: connector({ name: "Hut", device: "d2" }) };
    home.connection.overview({ connectors: both, order: ["a", "b"] });
    await until(() => textOf(card).includes("Hut"));
    home.connection.overview({ connectors: { b: null }, order: ["a"] });
    await until(() => textOf(card).startsWith("The charger that was chosen"));
  });

  test("leaves out what is hidden", async () => {
    await show({ hide: ["phases", "history"] });
    home.connection.overview({ connectors: { a: connector() }, order: ["a"] });
    await until(() => textOf(card).includes("Garage"));
    expect(shadow()?.querySelector("zmartcharge-phases, zmartcharge-history")).toBeNull();
  });
});
