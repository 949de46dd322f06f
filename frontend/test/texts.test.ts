import { expect, test } from "vitest";
import { Texts } from "../src/texts";
import type { HomeAssistant, Localize } from "../src/types";
import { house } from "./house";

/** Whoever asks while it is being loaded gets what is there, as in Home Assistant. */
function loading(): HomeAssistant {
  const { hass } = house();
  const asked = new Set<string>();
  const there = new Set<string>();
  const localize: Localize = (key) => (there.has(key.split(".")[2] ?? "") ? `told: ${key}` : "");
  return {
    ...hass,
    localize,
    loadBackendTranslation: async (category) => {
      if (asked.has(category)) return localize;
      asked.add(category);
      const snapshot = [...there];
      await new Promise((resolve) => setTimeout(resolve, 10));
      there.add(category);
      return (key) => (snapshot.includes(key.split(".")[2] ?? "") ? localize(key) : "");
    },
  };
}

test("two cards that come at once both have the integration's texts", async () => {
  const hass = loading();
  const [first, second] = await Promise.all([Texts.load(hass), Texts.load(hass)]);
  for (const texts of [first, second]) {
    expect(texts.status("charging")).toBe(
      "told: component.zmartcharge.entity.sensor.status.state.charging",
    );
  }
  expect(await Texts.load(hass)).toBe(first);
});

test("texts that could not be loaded are asked for again", async () => {
  const { hass } = house();
  const broken = { ...hass, loadBackendTranslation: () => Promise.reject(new Error("no network")) };
  await expect(Texts.load(broken)).rejects.toThrow("no network");
  expect((await Texts.load(hass)).get("stop")).toBe("Stop the charger");
});
