/** What parts show when time goes by, when they are moved, and when something fails in between. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Format } from "../src/format";
import { ChargingHistory } from "../src/history";
import { Phases } from "../src/phases";
import { Prices } from "../src/prices";
import { Texts } from "../src/texts";
import type { HomeAssistant, Price } from "../src/types";
import { HISTORY, house, site, textOf, until } from "./house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

function formatOf(locale: Partial<HomeAssistant["locale"]>, language = "nb"): Format {
  const { hass } = house(language);
  return new Format({ ...hass, locale: { ...hass.locale, ...locale } });
}

describe("format", () => {
  const midnight = new Date("2026-11-20T23:05:00Z");

  test.each(["en", "en-GB", "nb", "sv", "da"])(
    "midnight is 00:05 in %s by 24 hours",
    (language) => {
      expect(formatOf({}, language).time(midnight).replace(".", ":")).toBe("00:05");
    },
  );

  test("writes numbers plainly, or as the browser does, for those who want that", () => {
    expect(formatOf({ number_format: "none" }).number(1234.5)).toBe("1234.5");
    const browser = new Intl.NumberFormat(undefined).format(1234.5);
    expect(formatOf({ number_format: "system" }, "nb").number(1234.5)).toBe(browser);
  });

  test("counts the hours of the day as the browser does for those who want that", () => {
    const browser = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions()
      .hour12;
    const at = new Date("2026-11-21T12:05:00Z");
    const shown = formatOf({ time_format: "system" }, "nb").time(at);
    expect(/pm|p\.m\./i.test(shown)).toBe(browser);
  });

  test("a price of next to nothing is not less than nothing", () => {
    expect(formatOf({}).money(-0.001, "NOK")).toBe("0,00 kr");
    expect(formatOf({}).money(-0.01, "NOK")).toBe("−0,01 kr");
  });
});

describe("prices", () => {
  test("tell that of now again when the one that was chosen has passed", async () => {
    const start = Date.parse("2026-11-21T09:00:00Z") / 1000;
    const prices = Array.from({ length: 12 }, (_, hour): Price => [
      start + hour * 3600,
      start + (hour + 1) * 3600,
      hour,
      false,
    ]);
    const element = Object.assign(new Prices(), {
      picture: { currency: "NOK", prices, ready_by: null, plan: null },
      texts: await Texts.load(house().hass),
      format: formatOf({}, "en"),
      now: new Date("2026-11-21T10:20:00Z"),
    });
    document.body.append(element);
    await element.updateComplete;
    const slider = element.shadowRoot?.querySelector("[role=slider]");
    const told = () => slider?.getAttribute("aria-valuetext");
    slider?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    await until(() => told()?.startsWith("12:00"));
    element.now = new Date("2026-11-21T15:20:00Z");
    await element.updateComplete;
    expect(told()).toBe("16:00–17:00 · 6.00 kr/kWh");
  });
});

test("the lines of the supply are in their order, whichever was measured first", async () => {
  const line = { current: 5, margin: null, at: new Date().toISOString(), fresh: true };
  const element = Object.assign(new Phases(), {
    site: site({ lines: { l3: line, l1: line, l2: line } }),
    connectors: [],
    offered: null,
    texts: await Texts.load(house().hass),
    format: formatOf({}, "en"),
    now: new Date(),
  });
  document.body.append(element);
  await element.updateComplete;
  const names = [...(element.shadowRoot?.querySelectorAll("dt") ?? [])];
  expect(names.map((each) => each.textContent)).toEqual(["L1", "L2", "L3"]);
});

describe("history", () => {
  async function history() {
    const made = house();
    const element = Object.assign(new ChargingHistory(), {
      connection: made.connection,
      connector: "garage_1",
      energy: 0,
      texts: await Texts.load(made.hass),
      format: formatOf({}, "en"),
      today: "2026-11-21",
    });
    document.body.append(element);
    await until(() => element.history);
    await element.updateComplete;
    return { element, answers: made.connection.answers };
  }
  const KIND = "zmartcharge/sessions";

  test("asks again when it was refused", async () => {
    const { element, answers } = await history();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
    answers[KIND] = new Error("Connection lost");
    element.today = "2026-11-22";
    await until(() => textOf(element).includes("Connection lost"));
    answers[KIND] = HISTORY;
    await vi.advanceTimersByTimeAsync(60_000);
    await until(() => textOf(element).includes("5.0 kWh"));
    expect(textOf(element)).not.toContain("Connection lost");
  });

  test("has all that was charged when one comes back to it", async () => {
    const { element, answers } = await history();
    answers[KIND] = { ...HISTORY, energy: 9000 };
    element.energy = 4000;
    await element.updateComplete;
    element.remove();
    document.body.append(element);
    await until(() => textOf(element).includes("Total: 9.0 kWh"));
  });

  test("shows nothing of another charger while it waits for the answer", async () => {
    const { element, answers } = await history();
    let answer: (history: unknown) => void = () => undefined;
    answers[KIND] = new Promise((resolve) => (answer = resolve));
    element.connector = "hut_1";
    await element.updateComplete;
    expect(textOf(element)).not.toContain("5.0 kWh");
    answer({ ...HISTORY, energy: 1000 });
    await until(() => textOf(element).includes("Total: 1.0 kWh"));
  });
});
