/** What the panel shows when something changes, or does not, while it is open. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Settings } from "../src/types";
import { connector, site, textOf, until } from "./house";
import { close, home, open, page, SETTINGS, text } from "./panel-house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  close();
});

const FAVOURITES = "frontend/subscribe_user_data";
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
