import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "../src/entry";
import type { HomeCard } from "../src/home-card";
import type { CardConfig, Connector } from "../src/types";
import { connector, house, type House, site, textOf, until } from "./house";

interface Card extends HTMLElement {
  hass: unknown;
  setConfig(config: Partial<CardConfig>): void;
}

let home: House;
let card: Card;

const view = () => card.querySelector<HomeCard>("zmartcharge-home-card-view");
const shadow = () => view()?.shadowRoot;
const text = () => textOf(card);
const button = (selector: string) =>
  shadow()?.querySelector<HTMLButtonElement>(`button${selector}`) ?? undefined;

async function show(config: Partial<CardConfig> = {}, language = "en"): Promise<void> {
  home = house(language);
  card = document.createElement("zmartcharge-home-card") as Card;
  card.setConfig({ type: "custom:zmartcharge-home-card", ...config });
  card.hass = home.hass;
  document.body.append(card);
  await until(() => shadow()?.querySelector("[role=status]"));
}

async function showing(changes: Partial<Connector> = {}, language = "en"): Promise<void> {
  await show({}, language);
  push({ garage_1: connector(changes) });
  await until(() => text().includes(changes.name ?? "Garage"));
}

function push(connectors: Record<string, Partial<Connector> | null>, order = ["garage_1"]): void {
  home.connection.overview({ sites: { home: site() }, connectors, order });
}

beforeEach(() => {
  document.documentElement.lang = "en";
});

afterEach(() => {
  card.remove();
  vi.restoreAllMocks();
});

describe("states", () => {
  test("waits for the first data", async () => {
    await show();
    expect(text()).toBe("Loading");
  });

  test("leads to the first charger where there is none", async () => {
    await show();
    home.connection.overview({});
    const add = await until(() => shadow()?.querySelector<HTMLAnchorElement>("a.big"));
    expect(text()).toContain("There is no charger here yet");
    const went = vi.fn();
    window.addEventListener("location-changed", went, { once: true });
    const before = location.href;
    add.click();
    expect(location.pathname).toBe("/config/integrations/integration/zmartcharge");
    expect(location.hash).toBe("#config_entry=hub");
    expect(went).toHaveBeenCalledOnce();
    history.replaceState(null, "", before);
  });

  test("offers nothing to add to those who may not", async () => {
    await show();
    home.connection.answers["zmartcharge/capabilities"] = {
      may_add: false,
      card: "",
      version: "",
      entry: null,
    };
    card.remove();
    document.body.append(card);
    home.connection.overview({});
    await until(() => text() === "There is no charger here yet");
  });

  test("tells that the integration does not run, and goes on when it does", async () => {
    await showing();
    home.connection.overview({ loaded: false, connectors: { garage_1: null } });
    await until(() => text().includes("ZmartCharge is not running"));
    push({ garage_1: connector() });
    await until(() => text().includes("Garage"));
  });

  test("waits for a charger that has said nothing yet", async () => {
    await showing({ status: null, charging: false, session: null });
    expect(text()).toContain("Waiting for the charger's first message");
  });

  test("tells what to look at when the charger is offline, and cannot start it", async () => {
    await showing({ status: "offline", reason: "connection", online: false, charging: false });
    expect(text()).toContain("Check that the charger has power and network.");
    expect(button(".run")?.disabled).toBe(true);
  });

  test("copies what support needs to know of a fault", async () => {
    await showing({
      status: "fault",
      reason: "error",
      error: { code: "GroundFailure", vendor_code: "E42", info: null },
    });
    expect(text()).toContain("Error code: GroundFailure · E42");
    const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    button(".copy")?.click();
    await until(() => text().includes("Copied"));
    expect(written.mock.calls[0]?.[0]).toContain("Serial number: SIM1");
    expect(written.mock.calls[0]?.[0]).toContain("ZmartCharge: 1.2.3");
  });

  test("shows the text where copying is not allowed", async () => {
    await showing({ status: "fault", error: { code: "E1", vendor_code: null, info: null } });
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("no"));
    button(".copy")?.click();
    await until(() => shadow()?.querySelector("pre")?.textContent.includes("Error code: E1"));
  });
});

describe("status and reason", () => {
  test("tells until when it waits for the price", async () => {
    await showing({ status: "waiting", reason: "price", until: "2026-11-22T01:15:00Z" });
    expect(text()).toMatch(/reason\.state\.price until .*02:15/);
  });

  test("tells what load balancing says, with its numbers as the user writes them", async () => {
    await showing(
      {
        balance: {
          key: "reason_line_full",
          values: { line: ["text", "L2"], current: ["number", 24.1], limit: ["number", 25] },
        },
      },
      "nb",
    );
    expect(text()).toContain("reason_line_full.message L2 24,1 25");
  });

  test("is announced politely", async () => {
    await showing();
    expect(shadow()?.querySelector("[aria-live=polite] .message")?.textContent).toContain(
      "charging",
    );
  });
});

describe("buttons", () => {
  test.each([
    ["nb", "Skru på smartlading", "▐▐ Stopp laderen"],
    ["en", "Turn on smart charging", "▐▐ Stop the charger"],
    ["sv", "Slå på smartladdning", "▐▐ Stoppa laddaren"],
    ["da", "Slå smart opladning til", "▐▐ Stop laderen"],
  ])("have their texts in %s", async (language, smart, stop) => {
    await showing({}, language);
    expect(textOf(button(".smart"))).toBe(smart);
    expect(textOf(button(".run"))).toBe(stop);
  });

  test("say the opposite when it waits and charges smart", async () => {
    await showing({ charging: false, mode: "smart", status: "waiting" }, "nb");
    expect(textOf(button(".smart"))).toBe("Skru av smartlading");
    expect(textOf(button(".run"))).toBe("▶ Start Laderen");
  });

  test("choose the mode", async () => {
    await showing();
    button(".smart")?.click();
    const target = { entity_id: "select.garage_charging_mode" };
    expect(home.calls).toEqual([["select", "select_option", { option: "smart" }, target]]);
  });

  test("stop only when that is confirmed, then remind of the cable", async () => {
    await showing();
    button(".stop")?.click();
    await until(() => text().includes("Stop charging?"));
    button(".cancel")?.click();
    expect(home.calls).toEqual([]);
    button(".stop")?.click();
    button(".confirm")?.click();
    await until(() => text().includes("Stopping."));
    expect(home.calls).toEqual([["zmartcharge", "stop_charging", {}, { device_id: "device-1" }]]);
    push({ garage_1: { charging: false, status: "waiting", reason: "stopped" } });
    await until(() => text().includes("Don't forget to unplug your cable!"));
    push({ garage_1: { plugged: false, status: "ready", reason: null } });
    await until(() => !text().includes("Don't forget"));
  });

  test("start, and ask for the cable where none is in", async () => {
    await showing({ charging: false, plugged: false, status: "ready" });
    button(".start")?.click();
    await until(() => text().includes("Plug in the cable, then charging begins."));
    expect(home.calls[0]?.[1]).toBe("start_charging");
    push({ garage_1: { charging: true, plugged: true, status: "charging" } });
    await until(() => !text().includes("Plug in the cable"));
  });

  test("tell why something did not work", async () => {
    await showing({ charging: false });
    home.refusal = new Error("The charger does not answer");
    button(".start")?.click();
    await until(() => text().includes("It did not work: The charger does not answer"));
    expect(text()).not.toContain("Starting.");
  });

  test("are not there for those who may only look", async () => {
    await showing({ may_control: false });
    expect(button(".run")).toBeUndefined();
  });
});

describe("session", () => {
  test("tells energy, cost, time and power", async () => {
    await showing({}, "nb");
    expect(text()).toContain("Denne ladingen Energi 5,12 kWh Kostnad 7,30 kr Tid 42 min");
    expect(text()).toContain("Effekt 11,0 kW");
  });

  test("tells how far it takes the car, in what this house measures by", async () => {
    const { session } = connector();
    const added = session && { ...session, added_range: 28.4 };
    await showing({ session: added });
    expect(text()).toContain("Added range 28 km");
    home.hass.config = { time_zone: "Europe/Oslo", unit_system: { length: "mi" } };
    card.hass = { ...home.hass, locale: { ...home.hass.locale } };
    await until(() => text().includes("Added range 18 mi"));
  });

  test("is the last one when none runs", async () => {
    await showing({ charging: false });
    expect(text()).toContain("Last charging");
    expect(text()).not.toContain("kW ");
  });
});

describe("several chargers", () => {
  const names = ["One", "Two", "Three"];
  const chargers = Object.fromEntries(names.map((name) => [name, connector({ name })]));
  const shown = () => shadow()?.querySelector("h2")?.textContent;

  async function several(config: Partial<CardConfig> = {}): Promise<void> {
    await show(config);
    push(chargers, names);
    await until(shown);
  }

  test("are gone through by arrows, round and round, in their order", async () => {
    await several();
    expect(shown()).toBe("One");
    const [back, on] = shadow()?.querySelectorAll<HTMLButtonElement>(".step") ?? [];
    on?.click();
    await until(() => shown() === "Two");
    expect(shadow()?.querySelector(".dots")?.getAttribute("aria-label")).toBe("Charger 2 of 3");
    back?.click();
    back?.click();
    await until(() => shown() === "Three");
  });

  test("are gone through by swiping", async () => {
    await several();
    swipe(-120, 10);
    await until(() => shown() === "Two");
    swipe(120, 10);
    await until(() => shown() === "One");
    swipe(-120, 200);
    swipe(-10, 0);
    await view()?.updateComplete;
    expect(shown()).toBe("One");
  });

  function swipe(x: number, y: number): void {
    const target = shadow()?.querySelector(".head") as HTMLElement;
    const touch = (clientX: number, clientY: number) =>
      new Touch({ identifier: 1, target, clientX, clientY });
    target.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(200, 200)] }));
    target.dispatchEvent(new TouchEvent("touchend", { changedTouches: [touch(200 + x, 200 + y)] }));
  }

  test("the one that is shown stays when another comes or goes", async () => {
    await several();
    shadow()?.querySelectorAll<HTMLButtonElement>(".step")[1]?.click();
    await until(() => shown() === "Two");
    push({ One: null }, ["Two", "Three"]);
    await until(() => text().includes("Two") && !chargersLeft().includes("One"));
    expect(shown()).toBe("Two");
    push({ Two: null }, ["Three"]);
    await until(() => shown() === "Three");
  });

  const chargersLeft = () => Object.keys(view()?.overview?.connectors ?? {});

  test("are not gone to from a card for one only", async () => {
    await several({ single: true });
    expect(shadow()?.querySelector(".step, .dots")).toBeNull();
    swipe(-120, 0);
    await view()?.updateComplete;
    expect(shown()).toBe("One");
  });

  test("begin with the one that is configured", async () => {
    await show({ device: "device-3" });
    push({ ...chargers, Three: connector({ name: "Three", device: "device-3" }) }, names);
    await until(() => shown() === "Three");
  });
});

describe("economy", () => {
  test("another state of the house draws nothing anew", async () => {
    await showing();
    await view()?.updateComplete;
    const drawn = vi.spyOn(view() as never, "render");
    card.hass = { ...home.hass };
    await view()?.updateComplete;
    expect(drawn).not.toHaveBeenCalled();
  });

  test("two cards share a subscription, which ends with the last one", async () => {
    await showing();
    const other = document.createElement("zmartcharge-home-card") as Card;
    other.setConfig({});
    other.hass = home.hass;
    document.body.append(other);
    await until(() => textOf(other).includes("Garage"));
    const kinds = home.connection.asked.map((each) => each["type"]);
    expect(kinds.filter((kind) => kind === "zmartcharge/subscribe_overview")).toHaveLength(1);
    other.remove();
    card.remove();
    await until(() => home.connection.ended === 3);
  });

  test("follows the plan of the charger that is shown only", async () => {
    await show();
    push({ a: connector({ name: "A" }), b: connector({ name: "B" }) }, ["a", "b"]);
    await until(() => shadow()?.querySelector("h2"));
    shadow()?.querySelectorAll<HTMLButtonElement>(".step")[1]?.click();
    await until(() => home.connection.ended === 1);
    const plans = home.connection.asked.filter(
      (each) => each["type"] === "zmartcharge/subscribe_plan",
    );
    expect(plans.map((each) => each["connector"])).toEqual(["a", "b"]);
  });
});

describe("accessibility", () => {
  test.each(["en", "nb"])("has no violations in %s", async (language) => {
    await showing({}, language);
    await until(() =>
      shadow()?.querySelector("zmartcharge-history")?.shadowRoot?.querySelector("svg"),
    );
    button(".stop")?.click();
    const { violations } = await axe.run(card, {});
    expect(violations.map((each) => each.id)).toEqual([]);
  });
});

describe("what happens in between", () => {
  test("a second click while the first is on its way does nothing", async () => {
    await showing({ charging: false });
    button(".start")?.click();
    button(".start")?.click();
    await until(() => text().includes("Starting."));
    expect(home.calls).toHaveLength(1);
    await Promise.resolve();
    button(".start")?.click();
    await until(() => home.calls.length === 2);
  });

  test("the question whether to stop a charger that goes stops no other", async () => {
    await show();
    push({ a: connector({ name: "A" }), b: connector({ name: "B", device: "device-2" }) }, [
      "a",
      "b",
    ]);
    await until(() => button(".stop"));
    button(".stop")?.click();
    await until(() => shadow()?.querySelector("dialog[open]"));
    push({ a: null }, ["b"]);
    await until(() => text().includes("B"));
    expect(shadow()?.querySelector("dialog[open]")).toBeNull();
    button(".confirm")?.click();
    await view()?.updateComplete;
    expect(home.calls).toEqual([]);
  });

  test("another way to write numbers is taken at once", async () => {
    await showing();
    expect(text()).toContain("5.12 kWh");
    card.hass = { ...home.hass, locale: { ...home.hass.locale, number_format: "decimal_comma" } };
    await until(() => text().includes("5,12 kWh"), 1000);
  });
});
