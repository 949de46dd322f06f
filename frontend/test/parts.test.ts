import { afterEach, describe, expect, test } from "vitest";
import { buildOf, isOutdated } from "../src/build";
import { clock, Format } from "../src/format";
import { ChargingHistory, moved } from "../src/history";
import { Phases } from "../src/phases";
import { columnsOf, Prices } from "../src/prices";
import { concerns, merged } from "../src/store";
import { ownLanguage, Texts } from "../src/texts";
import type { HomeAssistant, PlanPicture, Price } from "../src/types";
import { connector, HISTORY, house, site, textOf, until } from "./house";

const HOUR = 3600;
/** The night on which the clocks are set back, 02:30 for the first time. */
const NIGHT = new Date("2026-10-25T00:30:00Z");

afterEach(() => document.body.replaceChildren());

function formatOf(locale: Partial<HomeAssistant["locale"]> = {}, language = "nb"): Format {
  const { hass } = house(language);
  return new Format({ ...hass, locale: { ...hass.locale, ...locale } });
}

function prices(start: Date, ...amounts: number[]): Price[] {
  const first = start.getTime() / 1000;
  return amounts.flatMap((amount, hour) =>
    [0, 1, 2, 3].map((quarter): Price => {
      const begin = first + hour * HOUR + quarter * 900;
      return [begin, begin + 900, amount, false];
    }),
  );
}

async function shown<T extends HTMLElement>(element: T, values: Partial<T>): Promise<T> {
  Object.assign(element, values);
  document.body.append(element);
  await until(() => element.shadowRoot?.childElementCount);
  return element;
}

const key = (element: Element, name: string) =>
  element.dispatchEvent(new KeyboardEvent("keydown", { key: name, cancelable: true }));

describe("format", () => {
  test("writes numbers, money and times as the user does", () => {
    const nb = formatOf();
    expect(nb.energy(5125, 2)).toBe("5,13 kWh");
    expect(nb.money(7.5, "NOK")).toBe("7,50 kr");
    expect(nb.money(7.5, "EUR")).toBe("7,50 EUR");
    expect(nb.money(7.5, null)).toBe("7,50");
    expect(nb.time(new Date("2026-11-21T12:05:00Z"))).toBe("13:05");
    expect(formatOf({ number_format: "comma_decimal" }).number(1.5)).toBe("1.5");
    expect(formatOf({ time_format: "12" }, "en").time(new Date("2026-11-21T12:05:00Z"))).toMatch(
      /^1:05\sPM$/,
    );
  });

  test("names the day of a time that is far away", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    expect(formatOf().moment(new Date("2026-11-22T01:15:00Z"), now)).toBe("02:15");
    expect(formatOf().moment(new Date("2026-11-23T01:15:00Z"), now)).toBe("man. 02:15");
  });

  test("tells both 02:30 of the night on which the clocks change", () => {
    const format = formatOf();
    expect(format.time(NIGHT)).toBe("02:30");
    expect(format.time(new Date(NIGHT.getTime() + HOUR * 1000))).toBe("02:30");
    expect(format.day(NIGHT)).toBe("2026-10-25");
    expect(format.day(new Date("2026-10-24T22:00:00Z"))).toBe("2026-10-25");
  });

  test("tells an age", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    const ago = (seconds: number) => formatOf().ago(new Date(now.getTime() - seconds * 1000), now);
    expect(ago(5)).toBe("for 5 sek siden");
    expect(ago(240)).toBe("for 4 min siden");
    expect(ago(7200)).toContain("2");
    // A clock that goes wrong makes nothing come from the future.
    expect(ago(-30)).toContain("0");
  });

  test("tells durations", () => {
    expect(clock(3900)).toBe("1:05");
    expect(clock(10)).toBe("0:01");
  });
});

describe("languages", () => {
  test.each([
    ["nb", "nb"],
    ["no", "nb"],
    ["nn", "nb"],
    ["sv-SE", "sv"],
    ["da", "da"],
    ["en-GB", "en"],
    ["de", "en"],
    ["", "en"],
  ])("%s is shown in %s", (language, own) => {
    expect(ownLanguage(language)).toBe(own);
  });

  test("a value that is not known is a dash", async () => {
    const { hass } = house();
    hass.loadBackendTranslation = () =>
      Promise.resolve((_key, values) => `about ${values?.["cost"]}`);
    const texts = await Texts.load(hass);
    const message = { key: "plan_now", values: {} };
    expect(texts.message(message, formatOf(), "NOK", new Date())).toBe("about –");
  });
});

describe("overview", () => {
  test("keeps what did not change, and forgets what is gone", () => {
    const before = merged(undefined, {
      loaded: true,
      sites: { home: site() },
      connectors: { a: connector(), b: connector() },
      order: ["a", "b"],
    });
    const after = merged(before, {
      loaded: true,
      sites: {},
      connectors: { a: { power: 1 }, b: null },
      order: ["a"],
    });
    expect(after.sites).toBe(before.sites);
    expect(after.connectors["a"]).toEqual({ ...before.connectors["a"], power: 1 });
    expect(Object.keys(after.connectors)).toEqual(["a"]);
  });
});

describe("overview after a lost connection", () => {
  test("knows nothing of what is gone since, and which build is installed", () => {
    const event = { loaded: true, card: "a", sites: {}, order: ["a"] };
    const before = merged(undefined, { ...event, connectors: { a: connector(), b: connector() } });
    const after = merged(before, { ...event, card: "b", connectors: { a: connector() } });
    expect(Object.keys(after.connectors)).toEqual(["a"]);
    expect(after.card).toBe("b");
    expect(concerns(before, after, "a")).toBe(true);
    expect(merged(after, { loaded: true, sites: {}, connectors: {}, order: [] }).card).toBe("b");
  });
});

describe("prices", () => {
  const now = new Date("2026-11-21T12:20:00Z");
  const start = new Date("2026-11-21T09:00:00Z");
  const picture: PlanPicture = {
    currency: "NOK",
    prices: prices(start, 1, 1, 1, 2, 0.5, -0.25, 1),
    ready_by: "2026-11-21T15:30:00Z",
    plan: {
      slots: [
        {
          start: "2026-11-21T13:00:00Z",
          end: "2026-11-21T14:30:00Z",
          energy: 9000,
          cost: 4,
          reason: "cheap",
        },
      ],
      ready_at: "2026-11-21T14:30:00Z",
      late_by: 0,
    },
  };

  async function chart(changes: Partial<PlanPicture> = {}): Promise<ShadowRoot> {
    const texts = await Texts.load(house().hass);
    const element = await shown(new Prices(), {
      picture: { ...picture, ...changes },
      texts,
      format: formatOf({}, "en"),
      now,
    });
    return element.shadowRoot as ShadowRoot;
  }

  test("are shown by the hour from the last one on, with the plan shaded", async () => {
    const root = await chart();
    expect(root.querySelectorAll("rect.bar")).toHaveLength(5);
    expect(root.querySelectorAll("rect.shade")).toHaveLength(2);
    expect(root.querySelector(".flag")?.textContent.trim()).toBe("⚑ Ready by 16:30");
    expect(root.querySelector(".now")).not.toBeNull();
  });

  test("are told in words, now at first, then by the keys", async () => {
    const root = await chart();
    const slider = root.querySelector("[role=slider]") as HTMLElement;
    const told = () => slider.getAttribute("aria-valuetext");
    expect(told()).toBe("13:00–14:00 · 2.00 kr/kWh");
    key(slider, "ArrowRight");
    await until(() => told()?.startsWith("14:00"));
    expect(told()).toBe("14:00–15:00 · 0.50 kr/kWh · Charging planned");
    key(slider, "End");
    await until(() => told()?.startsWith("16:00"));
    key(slider, "ArrowRight");
    key(slider, "Home");
    await until(() => told()?.startsWith("12:00"));
    expect(root.querySelectorAll("table tbody tr")).toHaveLength(5);
  });

  test("are told by touch", async () => {
    const root = await chart();
    const slider = root.querySelector("[role=slider]") as HTMLElement;
    const box = slider.getBoundingClientRect();
    slider.dispatchEvent(new PointerEvent("pointerdown", { clientX: box.right - 2 }));
    await until(() => slider.getAttribute("aria-valuetext")?.startsWith("16:00"));
  });

  test("that are not known are told as such", async () => {
    expect(textOf(await chart({ prices: [] }).then((root) => root.host))).toBe(
      "No prices are known yet",
    );
  });

  test("all the same, or nothing, still are bars", async () => {
    const root = await chart({ prices: prices(start, 0, 0, 0, 0, 0) });
    for (const bar of root.querySelectorAll("rect.bar")) {
      expect(Number(bar.getAttribute("height"))).toBeGreaterThan(0);
    }
  });

  test("have an hour more on the night on which the clocks change", () => {
    const picture25 = { ...picture, prices: prices(new Date("2026-10-24T22:00:00Z"), 1, 2, 3, 4) };
    const columns = columnsOf(picture25, NIGHT);
    expect(columns.map((each) => each.price)).toEqual([2, 3, 4]);
    expect(columns.map((each) => each.end - each.start)).toEqual([HOUR, HOUR, HOUR]);
  });
});

describe("phases", () => {
  async function gauges(values: Partial<Phases> = {}): Promise<ShadowRoot> {
    const texts = await Texts.load(house().hass);
    const element = await shown(new Phases(), {
      site: site(),
      connectors: [connector({ draw: { l1: 16 } }), connector({ draw: { l2: 30 } })],
      offered: 16,
      texts,
      format: formatOf({}, "en"),
      now: new Date(),
      ...values,
    });
    return element.shadowRoot as ShadowRoot;
  }

  test("tell house and cars apart", async () => {
    const root = await gauges();
    const told = [...root.querySelectorAll("svg")].map((each) => each.getAttribute("aria-label"));
    expect(told).toEqual([
      "20.5 of 25 A: The rest of the house 4.5 A, Cars 16.0 A",
      // What a charger measures may be newer than the meter's: the house is never less than nothing.
      "17.0 of 25 A: The rest of the house 0.0 A, Cars 17.0 A",
      "26.0 of 25 A: The rest of the house 26.0 A, Cars 0.0 A",
    ]);
    expect(textOf(root.host)).toContain("Offered to the car: 16 A");
    expect(textOf(root.host)).toMatch(/Measured 3 sec\.? ago/);
  });

  test("mark the line that is above the fuse", async () => {
    const over = (await gauges()).querySelectorAll(".over");
    expect([...over].map((each) => each.textContent.trim())).toEqual(["⚠ 26.0 of 25 A"]);
  });

  test("tell that a reading is too old", async () => {
    const at = new Date(Date.now() - 240_000).toISOString();
    const lines = { l1: { current: 3, margin: 1.5, at, fresh: false } };
    const root = await gauges({ site: site({ lines }), offered: null });
    expect(textOf(root.host)).toContain("Too old to rely on: measured 4 min");
    expect(root.querySelector("rect.margin")?.getAttribute("width")).not.toBe("0");
  });

  test("wait for the first reading", async () => {
    const root = await gauges({ site: site({ lines: {} }) });
    expect(textOf(root.host)).toBe("Waiting for the meter");
  });
});

describe("history", () => {
  async function bars(answer: unknown = HISTORY, today = "2026-11-21") {
    const made = house();
    made.connection.answers["zmartcharge/sessions"] = answer;
    const element = await shown(new ChargingHistory(), {
      connection: made.connection,
      connector: "garage_1",
      energy: 0,
      texts: await Texts.load(made.hass),
      format: formatOf({}, "en"),
      today,
    });
    await until(() => element.history ?? element.problem);
    await element.updateComplete;
    const root = element.shadowRoot as ShadowRoot;
    const click = (selector: string) => root.querySelector<HTMLElement>(selector)?.click();
    const asked = () => made.connection.asked.at(-1);
    return { made, element, root, click, asked };
  }

  test("shows this month's days in kWh, and in money when asked", async () => {
    const { root, click, asked, element } = await bars();
    expect(asked()).toMatchObject({ connector: "garage_1", span: "month", date: "2026-11-21" });
    expect(root.querySelectorAll("rect.bar")).toHaveLength(2);
    expect(textOf(root.host)).toContain("Nov 21 · 5.0 kWh Total: 5.0 kWh");
    click(".unit");
    await element.updateComplete;
    expect(textOf(root.host)).toContain("Show kWh");
    expect(textOf(root.host)).toContain("Nov 21 · 7.50 kr Total: 7.50 kr");
  });

  test("goes to earlier months as far as there are any, and back", async () => {
    const { root, click, asked, element } = await bars();
    const off = (selector: string) => root.querySelector<HTMLButtonElement>(selector)?.disabled;
    expect(off(".later")).toBe(true);
    click(".earlier");
    await until(() => asked()?.["date"] === "2026-10-01");
    await element.updateComplete;
    expect(textOf(root.querySelector(".title"))).toBe("October 2026");
    expect([off(".earlier"), off(".later")]).toEqual([true, false]);
    click(".later");
    await until(() => asked()?.["date"] === "2026-11-01");
  });

  test("shows a year and a day", async () => {
    const { root, click, asked } = await bars();
    const [day, , year] = root.querySelectorAll<HTMLElement>(".spans button");
    year?.click();
    await until(() => asked()?.["span"] === "year");
    day?.click();
    await until(() => asked()?.["span"] === "day");
    click(".earlier");
    await until(() => asked()?.["date"] === "2026-11-20");
  });

  test("tells what has no price, and that nothing was charged", async () => {
    const unpriced = { ...HISTORY, cost: null, unpriced: 5000 };
    const { root, click, element } = await bars(unpriced);
    click(".unit");
    await element.updateComplete;
    expect(textOf(root.host)).toContain("Total: No price is known");
    expect(textOf(root.host)).toContain("5.0 kWh without a price");
    document.body.replaceChildren();
    const empty = await bars({ ...HISTORY, energy: 0, cost: null, bars: [] });
    expect(textOf(empty.root.host)).toContain("Nothing was charged");
  });

  test("tells why it cannot be shown", async () => {
    const { root } = await bars(new Error("The ledger is gone"));
    expect(root.querySelector("[role=alert]")?.textContent).toBe("The ledger is gone");
  });

  test("follows the keys", async () => {
    const { root } = await bars();
    const slider = root.querySelector("[role=slider]") as HTMLElement;
    key(slider, "ArrowLeft");
    await until(() => slider.getAttribute("aria-valuetext")?.startsWith("Nov 20"));
  });

  test.each([
    ["2026-03-31", "month", -1, "2026-02-01"],
    ["2026-12-31", "month", 1, "2027-01-01"],
    ["2026-03-29", "day", 1, "2026-03-30"],
    ["2026-10-25", "day", -1, "2026-10-24"],
    ["2024-02-29", "year", 1, "2025-01-01"],
  ] as const)("of %s moves by a %s", (day, span, steps, other) => {
    expect(moved(day, span, steps)).toBe(other);
  });
});

describe("build", () => {
  test("is old when another one is installed", () => {
    const url = "http://house/zmartcharge_card/0123456789abcdef/home-card-x.js";
    expect(buildOf(url)).toBe("0123456789abcdef");
    expect(isOutdated("fedcba9876543210", url)).toBe(true);
    expect(isOutdated("0123456789abcdef", url)).toBe(false);
    expect(isOutdated("0123456789abcdef", "http://elsewhere/src/build.ts")).toBe(false);
  });
});
