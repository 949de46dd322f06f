import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { textOf, until } from "./house";
import { accessible, close, home, open, page, panel, root, text } from "./panel-house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  close();
  vi.restoreAllMocks();
});

describe("the ways", () => {
  test.each(["/zmartcharge", "/zmartcharge/home", "/zmartcharge/guests"])(
    "%s shows the home card",
    async (path) => {
      await open(path);
      await until(() => root()?.querySelector("zmartcharge-home-card-view"));
      expect(root()?.querySelector("[aria-current=page]")?.textContent).toBe("Home");
    },
  );

  test("lead from page to page and back", async () => {
    await open("/zmartcharge");
    const link = [...(root()?.querySelectorAll<HTMLAnchorElement>("nav a") ?? [])];
    expect(link.map((each) => each.textContent)).toEqual([
      "Home",
      "History",
      "My sites",
      "Chargers",
      "Find a charger",
    ]);
    link[3]?.click();
    await until(() => page("chargers"));
    expect(location.pathname).toBe("/zmartcharge/chargers");
    history.back();
    await until(() => root()?.querySelector("zmartcharge-home-card-view"));
  });

  test("tell that the integration does not run", async () => {
    await open("/zmartcharge/sites");
    home.connection.overview({ loaded: false });
    await until(() => text().includes("ZmartCharge is not running"));
  });

  test("have a menu on narrow pages", async () => {
    await open("/zmartcharge");
    panel.narrow = true;
    const menu = await until(() => root()?.querySelector<HTMLButtonElement>("header button"));
    const asked = vi.fn();
    panel.addEventListener("hass-toggle-menu", asked);
    menu.click();
    expect(asked).toHaveBeenCalledOnce();
  });

  test("begin with the charger that was gone to", async () => {
    await open("/zmartcharge/home?charger=hut");
    await until(() => text().includes("Sørlandet"));
  });
});

describe("history", () => {
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
  const asked = () =>
    home.connection.asked.filter((each) => each["type"] === "zmartcharge/list_sessions");

  async function list(sessions: object[], more = false): Promise<void> {
    await open("/zmartcharge/history");
    home.connection.answers["zmartcharge/list_sessions"] = {
      sessions,
      more,
      sum: { count: 70, energy: 100_000, costs: { NOK: 120, SEK: 3 }, unpriced: 4000 },
    };
    await choose("period", "all");
    await until(() => page("sessions")?.querySelector("tbody tr"));
  }

  async function choose(name: string, value: string): Promise<void> {
    const field = await until(() =>
      page("sessions")?.querySelector<HTMLSelectElement>(`[name=${name}]`),
    );
    field.value = value;
    field.dispatchEvent(new Event("change"));
  }

  test("tells each session, and what all of them come to", async () => {
    await list([SESSION]);
    expect(text()).toContain("Sessions: 70 · 100.0 kWh · 120.00 NOK + 3.00 SEK");
    expect(text()).toContain("4.0 kWh without a price");
    const row = textOf(page("sessions")?.querySelector("tbody tr"));
    expect(row).toMatch(/20, 2026.*18:00 Garage Mitt hjem 150 min 12.34 kWh 15.50 kr/);
    await accessible();
  });

  test("tells a cost that is not known, and does not guess it", async () => {
    await list([
      { ...SESSION, cost: null, unpriced: 12340 },
      { ...SESSION, unpriced: 2340, ended_at: null },
    ]);
    const rows = [...(page("sessions")?.querySelectorAll("tbody tr") ?? [])].map(textOf);
    expect(rows[0]).toContain("No price is known");
    expect(rows[1]).toContain("15.50 kr + 2.3 kWh without a price");
    expect(rows[1]).toContain("Charging now");
  });

  test("is filtered by charger, site and dates", async () => {
    await list([SESSION]);
    expect(asked()[0]).toMatchObject({ limit: 50, sum: true });
    expect(asked()[0]?.["from"]).toMatch(/-01$/);
    await choose("charger", "hut");
    await choose("site", "home");
    await choose("period", "own");
    await choose("from", "2026-02-01");
    await choose("until", "2026-02-28");
    await until(() => asked().at(-1)?.["until"]);
    expect(asked().at(-1)).toMatchObject({
      charger: "hut",
      site: "home",
      from: "2026-02-01",
      until: "2026-02-28",
    });
  });

  test("shows more after the last one", async () => {
    await list([SESSION], true);
    home.connection.answers["zmartcharge/list_sessions"] = {
      sessions: [{ ...SESSION, id: "s2" }],
      more: false,
      sum: null,
    };
    page("sessions")?.querySelector<HTMLButtonElement>(".more")?.click();
    await until(() => page("sessions")?.querySelectorAll("tbody tr").length === 2);
    expect(asked().at(-1)).toMatchObject({ before: "s1", sum: false });
    await until(() => !page("sessions")?.querySelector(".more"));
  });

  test("is downloaded as a file that no spreadsheet takes for formulas", async () => {
    await list([{ ...SESSION, charger: "=1+1", site: 'My "home", here', cost: null }]);
    let file: Blob | undefined;
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      file = blob as Blob;
      return "blob:none";
    });
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    page("sessions")?.querySelector<HTMLButtonElement>(".download")?.click();
    await until(() => clicked.mock.calls.length);
    const lines = new TextDecoder().decode(await file?.arrayBuffer()).split("\r\n");
    expect(lines[0]).toContain("Start (UTC),End (UTC),Charger,Charger ID,Outlet,Site,kWh,Cost");
    expect(lines[1]).toBe(
      `2026-11-20T17:00:00+00:00,2026-11-20T19:30:00+00:00,'=1+1,ZM-1,,"My ""home"", here",12.34,,NOK,0`,
    );
  });

  test("tells that nothing was charged, or why it cannot be told", async () => {
    await open("/zmartcharge/history");
    await until(() => text().includes("Nothing was charged in this period"));
    home.connection.answers["zmartcharge/list_sessions"] = new Error("The database is locked");
    await choose("period", "this_year");
    await until(() => text().includes("The database is locked"));
  });
});
