import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { until } from "./house";
import { close, home, open, page, SETTINGS } from "./panel-house";

const field = () =>
  page("chargers")
    ?.querySelector("zmartcharge-charger-settings")
    ?.shadowRoot?.querySelector<HTMLInputElement>("[name=garage_1-monday]");
const times = () => home.calls.map((call) => (call[2] as { time?: string }).time);

beforeEach(async () => {
  document.documentElement.lang = "en";
  await open("/zmartcharge/chargers?charger=garage");
  await until(() => page("chargers")?.querySelector("details[open]"));
  (await until(field)).focus();
});
afterEach(() => {
  vi.useRealTimers();
  close();
});

/** The settings come again, with another time on Mondays. */
async function told(monday: string): Promise<void> {
  const garage = SETTINGS.chargers["garage"];
  const [outlet] = garage?.connectors ?? [];
  const ready_by = [monday, ...(outlet?.ready_by.slice(1) ?? [])];
  home.connection.subscribed.get("zmartcharge/subscribe_settings")?.({
    ...SETTINGS,
    chargers: { garage: { ...garage, connectors: [{ ...outlet, ready_by }] } },
  });
  await new Promise(requestAnimationFrame);
}

test("a time that is typed counts when it is done, whatever comes meanwhile", async () => {
  await userEvent.keyboard("084");
  await told("08:00:00");
  await userEvent.keyboard("5");
  expect(home.calls).toEqual([]);
  await userEvent.keyboard("{Enter}");
  expect(field()?.value).toBe("08:45");
  expect(times()).toEqual(["08:45"]);
  await told("08:45:00");
  await told("09:00:00");
  expect(field()?.value).toBe("09:00");
});

test("a time of which only a part was typed changes nothing", async () => {
  await userEvent.keyboard("{Backspace}");
  expect(field()?.value).toBe("");
  field()?.blur();
  await until(() => field()?.value === "07:00");
  expect(home.calls).toEqual([]);
});

test("a time counts after a pause too, as where it is picked and the field is not left", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  await userEvent.keyboard("0930");
  await vi.advanceTimersByTimeAsync(1500);
  await until(() => home.calls.length);
  expect(times()).toEqual(["09:30"]);
});

test("a time that is typed is not lost when the page is left", async () => {
  await userEvent.keyboard("0930");
  close();
  expect(times()).toEqual(["09:30"]);
});
