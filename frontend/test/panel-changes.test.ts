/** What the panel shows when something changes, or does not, while it is open. */

import type { LitElement } from "lit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Settings } from "../src/types";
import { connector, site, textOf, until } from "./house";
import { close, home, open, page, panel, root, SETTINGS, text } from "./panel-house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  close();
});

const FAVOURITES = "frontend/subscribe_user_data";
const view = (name: string) => root()?.querySelector<LitElement>(`zmartcharge-${name}-view`);
const told = (type: string, message: unknown) => home.connection.subscribed.get(type)?.(message);

describe("settings", () => {
  const shown = () => page("chargers")?.querySelector("zmartcharge-charger-settings")?.shadowRoot;
  const access = () => shown()?.querySelector<HTMLSelectElement>("[name=access]");
  const monday = () => shown()?.querySelector<HTMLInputElement>("[name=garage_1-monday]");

  async function opened(): Promise<void> {
    await open("/zmartcharge/chargers?charger=garage");
    await until(() => page("chargers")?.querySelector("details[open]"));
    await until(monday);
  }

  function choose(field: HTMLSelectElement | HTMLInputElement | null | undefined, value: string) {
    if (field) field.value = value;
    field?.dispatchEvent(new Event("change"));
  }

  function settings(changes: Partial<Settings["chargers"][string]>): void {
    const charger = { ...SETTINGS.chargers["garage"], ...changes };
    told("zmartcharge/subscribe_settings", { ...SETTINGS, chargers: { garage: charger } });
  }

  test("that were refused show what still holds", async () => {
    await opened();
    home.refusal = new Error("Not now");
    choose(access(), "registered");
    await until(() => textOf(shown()).includes("It did not work: Not now"));
    await until(() => access()?.value === "open");
    choose(monday(), "09:15");
    await until(() => monday()?.value === "07:00");
  });

  test("that are changed elsewhere are shown, also after they were changed here", async () => {
    await opened();
    const set = async (value: "open" | "registered") => {
      settings({ access: value });
      await until(() => access()?.value === value);
    };
    choose(access(), "registered");
    await set("registered");
    await set("open");
    choose(access(), "registered");
    choose(access(), "open");
    await set("registered");
  });
});

describe("chargers and sites that go", () => {
  test("do not leave their open settings to the next", async () => {
    await open("/zmartcharge/chargers?charger=garage");
    const garage = SETTINGS.chargers["garage"];
    told("zmartcharge/subscribe_settings", {
      ...SETTINGS,
      chargers: { garage, hut: { ...garage, name: "Sørlandet" } },
    });
    await until(() => page("chargers")?.querySelector("[data-charger=garage] details[open]"));
    await until(() => page("chargers")?.querySelectorAll("details").length === 2);
    home.connection.overview({ connectors: { garage_1: null }, order: ["hut_1"] });
    await until(() => page("chargers")?.querySelectorAll("details").length === 1);
    expect(page("chargers")?.querySelector("[data-charger=hut] details[open]")).toBeNull();
  });

  test("do not leave the question whether to delete them to the next", async () => {
    await open("/zmartcharge/sites");
    const open_ = () =>
      [...(page("sites")?.querySelectorAll("li") ?? [])]
        .filter((each) =>
          each.querySelector("zmartcharge-removal")?.shadowRoot?.querySelector("dialog[open]"),
        )
        .map((each) => each.dataset["site"]);
    const first = await until(() =>
      page("sites")?.querySelector("[data-site=home] zmartcharge-removal"),
    );
    first.shadowRoot?.querySelector<HTMLButtonElement>(".remove")?.click();
    expect(open_()).toEqual(["home"]);
    home.connection.overview({ sites: { home: null }, order: ["garage_1", "hut_1"] });
    await until(() => page("sites")?.querySelectorAll("li").length === 1);
    expect(open_()).toEqual([]);
  });
});

describe("sites", () => {
  test("tell how old a reading is as time goes by", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    await open("/zmartcharge/sites");
    await until(() => text().match(/Measured \d sec/));
    vi.advanceTimersByTime(300_000);
    await until(() => text().includes("Measured 5 min. ago"));
  });
});

describe("favourites", () => {
  const star = (name: string) =>
    page("find")?.querySelector<HTMLButtonElement>(`[aria-label="Favourite: ${name}"]`);
  const kept = () =>
    home.connection.asked.filter((each) => each["type"] === "frontend/set_user_data");

  test("are not forgotten by marking another before they are known", async () => {
    await open("/zmartcharge/find");
    await until(() => star("Garage"));
    star("Garage")?.click();
    told(FAVOURITES, { value: { favourites: ["hut_1"] } });
    await until(() => star("Sørlandet")?.ariaPressed === "true");
    star("Garage")?.click();
    await until(() => star("Garage")?.ariaPressed === "true");
    expect(kept().map((each) => each["value"])).toEqual([{ favourites: ["hut_1", "garage_1"] }]);
  });

  test("are all kept when several are marked before the first is told", async () => {
    await open("/zmartcharge/find");
    await until(() => star("Garage"));
    told(FAVOURITES, { value: { favourites: [] } });
    await until(() => star("Garage")?.disabled === false);
    const answers: (() => void)[] = [];
    Object.defineProperty(home.connection.answers, "frontend/set_user_data", {
      get: () => new Promise<void>((resolve) => answers.push(resolve)),
    });
    star("Garage")?.click();
    star("Sørlandet")?.click();
    told(FAVOURITES, { value: { favourites: ["garage_1"] } });
    await view("find")?.updateComplete;
    expect(star("Sørlandet")?.ariaPressed).toBe("true");
    answers[0]?.();
    told(FAVOURITES, { value: { favourites: ["garage_1", "hut_1"] } });
    answers[1]?.();
    await new Promise(requestAnimationFrame);
    expect(star("Sørlandet")?.ariaPressed).toBe("true");
    told(FAVOURITES, { value: { favourites: ["garage_1"] } });
    await until(() => star("Sørlandet")?.ariaPressed === "false");
  });

  test("keep the focus when they move to the top", async () => {
    await open("/zmartcharge/find");
    await until(() => star("Sørlandet"));
    told(FAVOURITES, { value: null });
    await until(() => star("Sørlandet")?.disabled === false);
    star("Sørlandet")?.focus();
    star("Sørlandet")?.click();
    await until(() => page("find")?.querySelector("li h3")?.textContent === "Sørlandet");
    await until(() => page("find")?.activeElement === star("Sørlandet"));
  });
});

test("an outlet that was found is the one that is shown", async () => {
  await open("/zmartcharge/find");
  home.connection.overview({
    card: "0123456789abcdef",
    sites: { home: site() },
    connectors: {
      twin_1: connector({ name: "Twin", charger: "twin", connector: 1, device: "device-t1" }),
      twin_2: connector({ name: "Twin", charger: "twin", connector: 2, device: "device-t2" }),
    },
    order: ["twin_1", "twin_2"],
  });
  const second = await until(() => page("find")?.querySelector("[data-key=twin_2]"));
  second.querySelector<HTMLAnchorElement>("a[href^='/zmartcharge/home']")?.click();
  await until(() => !page("find") && text().includes("Twin"));
  expect(text()).toContain("Twin · outlet 2");
});

describe("history", () => {
  const KIND = "zmartcharge/list_sessions";
  const asked = () => home.connection.asked.filter((each) => each["type"] === KIND);
  const SESSION = {
    id: "s1",
    charger: "Garage",
    label: "ZM-1",
    connector: null,
    site: "Mitt hjem",
    started_at: "2026-11-20T17:00:00+00:00",
    ended_at: "2026-11-20T19:30:00+00:00",
    energy: 12340,
    cost: 15.5,
    currency: "NOK",
    unpriced: 0,
  };
  const SUM = { count: 1, energy: 12340, costs: { NOK: 15.5 }, unpriced: 0 };
  const button = (name: string) => page("sessions")?.querySelector<HTMLButtonElement>(`.${name}`);

  async function list(more = false): Promise<void> {
    await open("/zmartcharge/history");
    home.connection.answers[KIND] = { sessions: [SESSION], more, sum: SUM };
    choose("period", "all");
    await until(() => page("sessions")?.querySelector("tbody tr"));
  }

  function choose(name: string, value: string): void {
    const field = page("sessions")?.querySelector<HTMLSelectElement>(`[name=${name}]`);
    if (field) field.value = value;
    field?.dispatchEvent(new Event("change"));
  }

  test("has one filter for all of a file", async () => {
    await list();
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:none");
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    const before = asked().length;
    let answer: (page: unknown) => void = () => undefined;
    home.connection.answers[KIND] = new Promise((resolve) => (answer = resolve));
    button("download")?.click();
    await until(() => asked().length > before);
    home.connection.answers[KIND] = { sessions: [{ ...SESSION, id: "s2" }], more: false, sum: SUM };
    choose("charger", "hut");
    await until(() => asked().some((each) => each["charger"] === "hut"));
    answer({ sessions: [SESSION], more: true, sum: null });
    await until(() => clicked.mock.calls.length);
    const file = asked().filter((each) => each["limit"] === 200);
    expect(file.map((each) => [each["charger"], each["before"]])).toEqual([
      [undefined, undefined],
      [undefined, "s1"],
    ]);
  });

  test("tells a failure only until it works", async () => {
    await list(true);
    home.connection.answers[KIND] = new Error("The database is locked");
    button("more")?.click();
    await until(() => text().includes("The database is locked"));
    home.connection.answers[KIND] = {
      sessions: [{ ...SESSION, id: "s2" }],
      more: false,
      sum: null,
    };
    button("more")?.click();
    await until(() => page("sessions")?.querySelectorAll("tbody tr").length === 2);
    expect(text()).not.toContain("The database is locked");
  });

  test("has what was charged meanwhile when one comes back to it", async () => {
    await list();
    home.connection.overview({
      connectors: { garage_1: { session: { ...SESSION, ended_at: null } as never } },
      order: ["garage_1", "hut_1"],
    });
    await until(() => page("sessions"));
    await view("sessions")?.updateComplete;
    const before = asked().length;
    panel.remove();
    document.body.append(panel);
    await until(() => asked().length > before);
  });

  test("goes on with all chargers when the one that was chosen is gone", async () => {
    await list();
    choose("charger", "hut");
    await until(() => asked().at(-1)?.["charger"] === "hut");
    home.connection.overview({ connectors: { hut_1: null }, order: ["garage_1"] });
    await until(() => asked().at(-1)?.["charger"] === undefined);
    expect(page("sessions")?.querySelector<HTMLSelectElement>("[name=charger]")?.value).toBe("");
  });
});

test("another way to write numbers is taken at once by all pages", async () => {
  await open("/zmartcharge/sites");
  await until(() => text().includes("20.5 of 25 A"));
  panel.hass = {
    ...home.hass,
    locale: { ...home.hass.locale, number_format: "decimal_comma" },
  };
  await until(() => text().includes("20,5 of 25 A"));
});

test("no other page is shown while one goes elsewhere in Home Assistant", async () => {
  await open("/zmartcharge/find");
  await until(() => page("find"));
  history.pushState(null, "", "/config/devices/device/device-1");
  window.dispatchEvent(new Event("location-changed"));
  await view("find")?.updateComplete;
  await new Promise(requestAnimationFrame);
  expect(page("find")).toBeTruthy();
  expect(root()?.querySelector("zmartcharge-home-card-view")).toBeNull();
});
