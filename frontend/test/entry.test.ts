import { afterEach, expect, test, vi } from "vitest";
import "../src/entry";
import { house, textOf, until } from "./house";

afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test("what could not be shown once tells to reload the page only until it can", async () => {
  document.documentElement.lang = "en";
  const { hass } = house();
  const feature = Object.assign(document.createElement("zmartcharge-mode-feature"), { hass });
  vi.spyOn(document, "createElement").mockImplementationOnce(() => {
    throw new Error("Its file is gone");
  });
  document.body.append(feature);
  await until(() => textOf(feature).includes("reload the page"));
  feature.remove();
  document.body.append(feature);
  await until(() => feature.querySelector("zmartcharge-mode-feature-view"));
  expect(textOf(feature)).not.toContain("reload");
});
