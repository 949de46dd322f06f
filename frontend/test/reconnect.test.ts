import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "../src/entry";
import { connector, house, type House, site, textOf, until } from "./house";
import { close, home as panelHome, open, panel, text as panelText } from "./panel-house";

interface Card extends HTMLElement {
  hass: unknown;
  setConfig(config: object): void;
}

const OVERVIEW = "zmartcharge/subscribe_overview";
const SETTINGS = "zmartcharge/subscribe_settings";
const CAPABILITIES = "zmartcharge/capabilities";
/** What Home Assistant says of our commands until the integration is there. */
const STARTING = { code: "unknown_command", message: "Unknown command." };

let home: House;
let card: Card | undefined;
const text = () => textOf(card);
/** Long enough for what was refused to be asked for again. */
const later = () => vi.advanceTimersByTimeAsync(5000);
const asked = (kind: string) => home.connection.asked.filter((each) => each["type"] === kind);

function addCard(): void {
  card = document.createElement("zmartcharge-home-card") as Card;
  card.setConfig({});
  card.hass = home.hass;
  document.body.append(card);
}

function push(name = "Garage"): void {
  home.connection.overview({
    card: "0123456789abcdef",
    sites: { home: site() },
    connectors: { garage_1: connector({ name }) },
    order: ["garage_1"],
  });
}

beforeEach(() => {
  document.documentElement.lang = "en";
  home = house();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
  card?.remove();
});

describe("a card", () => {
  test("that was there before Home Assistant restarted comes back by itself", async () => {
    addCard();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => text().includes("Garage"));
    home.connection.refusals[OVERVIEW] = STARTING;
    home.connection.reconnect();
    await until(() => text() === "ZmartCharge is not running. It comes back by itself when it is.");
    home.connection.refusals = {};
    await later();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push("Carport");
    await until(() => text().includes("Carport"));
  });

  test("that is opened while Home Assistant starts comes to life when it has", async () => {
    home.connection.refusals[OVERVIEW] = STARTING;
    const capabilities = home.connection.answers[CAPABILITIES];
    home.connection.answers[CAPABILITIES] = new Error("Unknown command.");
    addCard();
    await until(() => text() === "ZmartCharge is not running. It comes back by itself when it is.");
    home.connection.refusals = {};
    home.connection.answers[CAPABILITIES] = capabilities;
    await later();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => text().includes("Garage"));
    await until(() => text().includes("Add new charger"));
    expect(text()).not.toContain("Unknown command");
  });

  test("tells why nothing comes only until something does", async () => {
    home.connection.refusals[OVERVIEW] = new Error("Timeout");
    addCard();
    await until(() => text() === "Timeout");
    home.connection.refusals = {};
    await later();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => text().includes("Garage"));
    expect(text()).not.toContain("Timeout");
  });

  test("that is opened while there is no connection has its texts when there is one", async () => {
    const { loadBackendTranslation } = home.hass;
    home.hass.loadBackendTranslation = () => Promise.reject(new Error("Connection lost"));
    addCard();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => text() === "Connection lost");
    if (loadBackendTranslation) home.hass.loadBackendTranslation = loadBackendTranslation;
    await later();
    await until(() => text().includes("Garage"));
    expect(text()).not.toContain("Connection lost");
  });

  test("is told all anew when only the connection was lost, by one subscription", async () => {
    addCard();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => text().includes("Garage"));
    const before = asked(OVERVIEW).length;
    home.connection.reconnect();
    await until(() => home.connection.subscribed.has(OVERVIEW));
    expect(asked(OVERVIEW)).toHaveLength(before + 1);
    push("Carport");
    await until(() => text().includes("Carport"));
    card?.remove();
    expect(home.connection.waiting).toBe(0);
  });
});

describe("the panel", () => {
  afterEach(close);

  test("that is opened while Home Assistant starts tells administrators the settings when it has", async () => {
    await open("/zmartcharge/chargers");
    panelHome.connection.refusals[SETTINGS] = STARTING;
    panelHome.connection.reconnect();
    await until(() => panelHome.connection.subscribed.has(OVERVIEW));
    panelHome.connection.refusals = {};
    await later();
    await until(() => panelHome.connection.subscribed.has(SETTINGS));
    expect(panelText()).toContain("Garage");
  });

  test("that is opened while there is no connection has its texts when there is one", async () => {
    const { loadBackendTranslation } = home.hass;
    home.hass.loadBackendTranslation = () => Promise.reject(new Error("Connection lost"));
    const other = document.createElement("zmartcharge-panel") as typeof panel;
    other.hass = home.hass;
    document.body.append(other);
    await until(() => textOf(other) === "Connection lost");
    if (loadBackendTranslation) home.hass.loadBackendTranslation = loadBackendTranslation;
    await later();
    await until(() => textOf(other).includes("My sites"));
    other.remove();
  });

  test("that is left before it knows what the user may do leaves no subscription behind", async () => {
    await open("/zmartcharge/home");
    panel.remove();
    let answer: (capabilities: unknown) => void = () => undefined;
    const capabilities = home.connection.answers[CAPABILITIES];
    home.connection.answers[CAPABILITIES] = new Promise((resolve) => (answer = resolve));
    const other = document.createElement("zmartcharge-panel") as typeof panel;
    other.hass = home.hass;
    document.body.append(other);
    await until(() => home.connection.subscribed.has(OVERVIEW));
    push();
    await until(() => asked(CAPABILITIES).length > 0);
    other.remove();
    answer(capabilities);
    await new Promise(requestAnimationFrame);
    expect(asked(SETTINGS)).toEqual([]);
    expect(home.connection.waiting).toBe(0);
    document.body.append(other);
    await until(() => asked(SETTINGS).length === 1);
    other.remove();
  });
});
