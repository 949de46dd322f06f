import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { textOf, until } from "./house";
import { accessible, close, home, open, page, panel, text } from "./panel-house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => {
  close();
  vi.restoreAllMocks();
});

describe("chargers", () => {
  const settings = () =>
    page("chargers")?.querySelector("zmartcharge-charger-settings")?.shadowRoot;

  async function opened(): Promise<ShadowRoot> {
    await open("/zmartcharge/chargers?charger=garage");
    await until(() => page("chargers")?.querySelector("details[open]"));
    return until(settings);
  }

  test("are shown in a row each with what they do", async () => {
    await open("/zmartcharge/chargers", false);
    await until(() => page("chargers")?.querySelectorAll("li").length === 2);
    expect(text()).toContain("Garage Mitt hjem · ZM-1 · ZM Home 22");
    expect(text()).toContain("charging");
    expect(page("chargers")?.querySelector("details")).toBeNull();
    expect(text()).not.toContain("Add new charger");
  });

  test("are set by administrators, by way of their entities and actions", async () => {
    const shown = await opened();
    expect(textOf(shown)).toContain("Circuit fuse: 16 A");
    const access = shown.querySelector<HTMLSelectElement>("[name=access]");
    if (access) access.value = "registered";
    access?.dispatchEvent(new Event("change"));
    shown.querySelector<HTMLInputElement>("[name=enabled]")?.click();
    const sunday = shown.querySelector<HTMLInputElement>("[name=garage_1-sunday]");
    expect(sunday?.value).toBe("");
    if (sunday) sunday.value = "10:30";
    sunday?.dispatchEvent(new Event("change"));
    const monday = shown.querySelector<HTMLInputElement>("[name=garage_1-monday]");
    expect(monday?.value).toBe("07:00");
    if (monday) monday.value = "";
    monday?.dispatchEvent(new Event("change"));
    const device = { device_id: "device-1" };
    expect(home.calls).toEqual([
      ["select", "select_option", { option: "registered" }, { entity_id: "select.garage_access" }],
      ["switch", "turn_off", {}, { entity_id: "switch.garage_enabled" }],
      ["zmartcharge", "set_ready_by", { weekdays: ["sunday"], time: "10:30" }, device],
      ["zmartcharge", "set_ready_by", { weekdays: ["monday"] }, device],
    ]);
    await accessible();
  });

  test("tell why a setting did not hold", async () => {
    const shown = await opened();
    home.refusal = new Error("Not now");
    shown.querySelector<HTMLInputElement>("[name=enabled]")?.click();
    await until(() => textOf(settings()).includes("It did not work: Not now"));
  });

  test("are removed only when the name is typed", async () => {
    const shown = await opened();
    const removal = shown.querySelector("zmartcharge-removal")?.shadowRoot;
    removal?.querySelector<HTMLButtonElement>(".remove")?.click();
    const confirm = removal?.querySelector<HTMLButtonElement>(".confirm");
    expect(textOf(removal)).toContain("This cannot be undone.");
    expect(confirm?.disabled).toBe(true);
    await accessible();
    await type(removal, "garage");
    expect(confirm?.disabled).toBe(true);
    await type(removal, "Garage ");
    expect(confirm?.disabled).toBe(false);
    confirm?.click();
    await until(() => !removal?.querySelector("dialog")?.open);
    expect(home.connection.asked.at(-1)).toEqual({
      type: "zmartcharge/remove_charger",
      subentry_id: "garage",
      name: "Garage",
    });
  });

  async function type(removal: ShadowRoot | null | undefined, name: string): Promise<void> {
    const field = removal?.querySelector("input");
    if (field) field.value = name;
    field?.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
  }

  test("that cannot be removed tell why", async () => {
    const shown = await opened();
    home.connection.answers["zmartcharge/remove_charger"] = new Error("There is no charger");
    const removal = shown.querySelector("zmartcharge-removal")?.shadowRoot;
    removal?.querySelector<HTMLButtonElement>(".remove")?.click();
    await type(removal, "Garage");
    removal?.querySelector<HTMLButtonElement>(".confirm")?.click();
    await until(() => textOf(removal).includes("It did not work: There is no charger"));
    removal?.querySelector<HTMLButtonElement>(".cancel")?.click();
    expect(removal?.querySelector("dialog")?.open).toBe(false);
  });

  test("there are none yet", async () => {
    await open("/zmartcharge/chargers");
    home.connection.overview({ connectors: { garage_1: null, hut_1: null } });
    await until(() => text().includes("Add your first charger"));
  });
});

describe("sites", () => {
  const removal = (id: string) =>
    page("sites")?.querySelector(`[data-site=${id}] zmartcharge-removal`)?.shadowRoot;

  test("are shown with what they have", async () => {
    await open("/zmartcharge/sites");
    await until(() => removal("home"));
    expect(text()).toContain("Main fuse 25 A · Storgata 1, Tønsberg");
    expect(text()).toContain("No meter is connected here");
    expect(page("sites")?.querySelectorAll("zmartcharge-phases")).toHaveLength(1);
    await accessible();
  });

  test("cannot be deleted while they have chargers", async () => {
    await open("/zmartcharge/sites");
    const asking = await until(() => removal("home"));
    asking.querySelector<HTMLButtonElement>(".remove")?.click();
    expect(textOf(asking)).toContain("Remove or move these first: Garage");
    expect(asking.querySelector(".confirm")).toBeNull();
  });

  test("without chargers are deleted when the name is typed", async () => {
    await open("/zmartcharge/sites");
    const asking = await until(() => removal("empty"));
    asking.querySelector<HTMLButtonElement>(".remove")?.click();
    const field = asking.querySelector("input");
    if (field) field.value = "Hytta";
    field?.dispatchEvent(new Event("input"));
    await until(() => asking.querySelector<HTMLButtonElement>(".confirm:enabled"));
    asking.querySelector<HTMLButtonElement>(".confirm")?.click();
    await until(() =>
      home.connection.asked.some((each) => each["type"] === "zmartcharge/remove_site"),
    );
  });

  test("are not to be changed by others", async () => {
    await open("/zmartcharge/sites", false);
    await until(() => text().includes("Mitt hjem"));
    expect(page("sites")?.querySelector("zmartcharge-removal")).toBeNull();
    expect(text()).not.toContain("Add new site");
  });
});

describe("find", () => {
  const rows = () =>
    [...(page("find")?.querySelectorAll("li h3") ?? [])].map((each) => textOf(each));

  async function look(words: string): Promise<void> {
    const field = await until(() => page("find")?.querySelector<HTMLInputElement>("input"));
    field.value = words;
    field.dispatchEvent(new Event("input"));
  }

  test.each([
    ["sorl", ["Sørlandet"]],
    ["SØRLANDET", ["Sørlandet"]],
    ["zm-1", ["Garage"]],
    ["tonsberg", ["Garage"]],
    ["alveien hytta", ["Sørlandet"]],
    ["", ["Garage", "Sørlandet"]],
    ["bergen", []],
  ])("%s", async (words, found) => {
    await open("/zmartcharge/find");
    await until(() => rows().length === 2);
    await look(words);
    await until(() => rows().join() === found.join());
  });

  test("tells that none fits", async () => {
    await open("/zmartcharge/find");
    await look("bergen");
    await until(() => text().includes("No charger fits"));
    await look("");
    await until(() => rows().length === 2);
    await accessible();
  });

  test("puts the nearest first, with how far it is", async () => {
    vi.spyOn(navigator.geolocation, "getCurrentPosition").mockImplementation((done) =>
      done({ coords: { latitude: 60.39, longitude: 5.32 } } as GeolocationPosition),
    );
    await open("/zmartcharge/find");
    (await until(() => page("find")?.querySelector<HTMLButtonElement>(".nearest"))).click();
    await until(() => rows()[0] === "Sørlandet");
    expect(text()).toMatch(/ready · 1\.6 km/);
    expect(text()).toMatch(/charging · \d{3} km/);
  });

  test("tells what to do where the browser does not say where it is", async () => {
    vi.spyOn(navigator.geolocation, "getCurrentPosition").mockImplementation((_, refused) =>
      refused?.({} as GeolocationPositionError),
    );
    await open("/zmartcharge/find");
    (await until(() => page("find")?.querySelector<HTMLButtonElement>(".nearest"))).click();
    await until(() => text().includes("Where you are cannot be told."));
  });

  test("keeps favourites, which come first", async () => {
    await open("/zmartcharge/find");
    await until(() => home.connection.subscribed.has("frontend/subscribe_user_data"));
    const tell = home.connection.subscribed.get("frontend/subscribe_user_data");
    tell?.({ value: null });
    tell?.({ value: { favourites: ["hut_1", 7] } });
    await until(() => rows()[0] === "Sørlandet");
    const star = (name: string) =>
      page("find")?.querySelector<HTMLButtonElement>(`[aria-label="Favourite: ${name}"]`);
    star("Garage")?.click();
    await until(() => star("Garage")?.ariaPressed === "true");
    expect(home.connection.asked.at(-1)).toEqual({
      type: "frontend/set_user_data",
      key: "zmartcharge",
      value: { favourites: ["hut_1", "garage_1"] },
    });
    star("Sørlandet")?.click();
    page("find")?.querySelector<HTMLButtonElement>(".only")?.click();
    await until(() => rows().join() === "Garage");
    home.connection.answers["frontend/set_user_data"] = new Error("full");
    star("Garage")?.click();
    await until(() => text().includes("It did not work: full"));
    expect(star("Garage")?.ariaPressed).toBe("true");
  });

  test("shows Home Assistant's map where that is there", async () => {
    await open("/zmartcharge/find");
    await until(() => rows().length === 2);
    expect(page("find")?.querySelector("ha-map")).toBeNull();
    panel.remove();
    const page_ = window as unknown as { loadCardHelpers?: unknown };
    page_.loadCardHelpers = () =>
      Promise.resolve({
        createCardElement: () => customElements.define("ha-map", class extends HTMLElement {}),
      });
    await open("/zmartcharge/find");
    const map = await until(() => page("find")?.querySelector("ha-map"));
    const { editableLocations } = map as unknown as { editableLocations: { title: string }[] };
    expect(editableLocations.map((each) => each.title)).toEqual(["Mitt hjem", "Hytta"]);
    delete page_.loadCardHelpers;
  });
});
