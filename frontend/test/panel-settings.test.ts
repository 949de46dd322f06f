/** What an administrator sets of a charger beside access: its hours, its car; and help with its network. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Settings } from "../src/types";
import { textOf, until } from "./house";
import { accessible, close, home, open, page, SETTINGS } from "./panel-house";

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(close);

const settings = () => page("chargers")?.querySelector("zmartcharge-charger-settings")?.shadowRoot;
const part = (name: string) => settings()?.querySelector(`zmartcharge-${name}`)?.shadowRoot;

async function opened(changes: Partial<Settings["chargers"][string]> = {}): Promise<void> {
  await open("/zmartcharge/chargers?charger=garage");
  const charger = { ...SETTINGS.chargers["garage"], ...changes };
  home.connection.subscribed.get("zmartcharge/subscribe_settings")?.({
    ...SETTINGS,
    chargers: { garage: charger },
  });
  await until(() => page("chargers")?.querySelector("details[open]"));
}

function choose(field: HTMLSelectElement | null | undefined, value: string): void {
  if (field) field.value = value;
  field?.dispatchEvent(new Event("change"));
}

describe("opening hours", () => {
  const schedule = () => part("opening-hours")?.querySelector<HTMLSelectElement>("[name=schedule]");
  const running = () => part("opening-hours")?.querySelector<HTMLSelectElement>("[name=running]");
  const OWN = "config/automation/config/zmartcharge_opening_hours_garage";
  const made = (id: string, alias: string) => ({
    config: {
      id,
      alias,
      variables: {
        schedule: "schedule.shop",
        switches: ["switch.garage_enabled"],
        running: "stop",
      },
    },
  });

  async function shown(automation?: ReturnType<typeof made>, enabled = true): Promise<void> {
    const opening = opened({ enabled });
    home.hass.states = {
      "schedule.shop": {
        entity_id: "schedule.shop",
        state: "on",
        attributes: { friendly_name: "Shop hours" },
      },
    };
    if (automation) {
      home.connection.answers["search/related"] = { automation: ["automation.hours"] };
      home.connection.answers["automation/config"] = automation;
    }
    await opening;
    await until(schedule);
  }

  test("are always, until a schedule is chosen: then an automation keeps them", async () => {
    await shown();
    expect([...(schedule()?.options ?? [])].map((each) => each.label)).toEqual([
      "Always",
      "Shop hours",
    ]);
    expect(running()).toBeNull();
    choose(schedule(), "schedule.shop");
    await until(running);
    choose(running(), "stop");
    await until(() => home.calls.length === 2 && !schedule()?.disabled);
    expect(home.calls.map(([method, path]) => [method, path])).toEqual([
      ["POST", OWN],
      ["POST", OWN],
    ]);
    expect(home.calls[1]?.[2]).toEqual({
      alias: "Opening hours: Garage",
      use_blueprint: {
        path: "zmartcharge/opening_hours.yaml",
        input: { schedule: "schedule.shop", switches: ["switch.garage_enabled"], running: "stop" },
      },
    });
    await accessible();
  });

  test("that end leave nobody closed", async () => {
    await shown(made("zmartcharge_opening_hours_garage", "Opening hours: Garage"), false);
    await until(() => running()?.value === "stop");
    expect(schedule()?.value).toBe("schedule.shop");
    choose(schedule(), "");
    await until(() => home.calls.length === 2);
    expect(home.calls).toEqual([
      ["DELETE", OWN],
      ["switch", "turn_on", {}, { entity_id: "switch.garage_enabled" }],
    ]);
    await until(() => running() === null);
  });

  test("that were refused stay what they are", async () => {
    await shown();
    home.refusal = new Error("No automations here");
    choose(schedule(), "schedule.shop");
    await until(() => textOf(part("opening-hours")).includes("No automations here"));
    await until(() => schedule()?.value === "" && !schedule()?.disabled);
  });

  test("that the user made otherwise are told, with the way to them", async () => {
    await shown(made("1234", "My shop"));
    await until(() => textOf(part("opening-hours")).includes("My shop"));
    expect(schedule()?.value).toBe("");
    const link = part("opening-hours")?.querySelector("p a");
    expect(link?.getAttribute("href")).toBe("/config/automation/edit/1234");
  });

  test("of another charger are not its own", async () => {
    const other = made("1234", "My shop");
    other.config.variables.switches = ["switch.other_enabled"];
    await shown(other);
    expect(textOf(part("opening-hours"))).not.toContain("My shop");
  });
});

describe("the car", () => {
  const field = (name: string) =>
    part("car-settings")?.querySelector<HTMLInputElement>(`[name=${name}]`);

  async function save(range: string, battery: string): Promise<void> {
    await until(() => field("range"));
    for (const [name, value] of Object.entries({ range, battery })) {
      const found = field(name);
      if (found) found.value = value;
    }
    part("car-settings")?.querySelector("button")?.click();
  }

  test("is told with its range and its battery, and forgotten with neither", async () => {
    await opened();
    await save("420", "77.5");
    await until(() => home.calls.length === 1);
    await save("", "");
    await until(() => home.calls.length === 2);
    const target = { device_id: "device-1" };
    expect(home.calls).toEqual([
      ["zmartcharge", "set_car", { range: 420, battery_capacity: 77.5 }, target],
      ["zmartcharge", "set_car", {}, target],
    ]);
  });

  test.each([
    ["420", ""],
    ["", "60"],
    ["3", "60"],
    ["420", "900"],
    ["-1", "60"],
  ])("of %s km and %s kWh is none, and it is told what one is", async (range, battery) => {
    await opened();
    await save(range, battery);
    await until(() => textOf(part("car-settings")).includes("from 1 to 250 kWh"));
    expect(home.calls).toEqual([]);
  });

  test("that is known is shown", async () => {
    const known = SETTINGS.chargers["garage"]?.connectors[0];
    const connectors = known ? [{ ...known, car: { range: 400, battery: 80 } }] : [];
    await opened({ connectors });
    await until(() => field("range")?.value === "400");
    expect(field("battery")?.value).toBe("80");
  });
});

describe("the network", () => {
  test("is helped with: whether it is there, where it goes, what to try", async () => {
    await opened({ connected: false });
    const help = () => part("network-help");
    await until(() => help()?.querySelector("details"));
    help()?.querySelector("details")?.setAttribute("open", "");
    const told = textOf(help());
    expect(told).toContain("The charger is not connected.");
    expect(told).toContain("ZM-1");
    expect(told).toContain("ws://192.168.1.2:9000/ZM-1");
    expect(told).toContain("2.4 GHz");
    await accessible();
  });
});
