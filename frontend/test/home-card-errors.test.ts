/** What the home card tells when something did not work. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import "../src/entry";
import type { Connector } from "../src/types";
import { connector, house, type House, site, textOf, until } from "./house";

let home: House;
let card: HTMLElement & { hass: unknown };

const shadow = () => card.querySelector("zmartcharge-home-card-view")?.shadowRoot;
const text = () => textOf(card);
const button = (selector: string) =>
  shadow()?.querySelector<HTMLButtonElement>(`button${selector}`) ?? undefined;

async function showing(changes: Partial<Connector>): Promise<void> {
  home = house();
  card = document.createElement("zmartcharge-home-card") as typeof card;
  (card as unknown as { setConfig(config: object): void }).setConfig({});
  card.hass = home.hass;
  document.body.append(card);
  await until(() => shadow()?.querySelector("[role=status]"));
  home.connection.overview({
    sites: { home: site() },
    connectors: { garage_1: connector(changes) },
    order: ["garage_1"],
  });
  await until(() => button(".run"));
}

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => card.remove());

describe("what did not work", () => {
  test("a connection that is gone is told in words", async () => {
    await showing({ charging: false });
    // Home Assistant's client rejects with a number when there is no connection.
    const lost = { error: { code: 3, message: "Connection lost" }, success: false, type: "result" };
    for (const refusal of [3, lost]) {
      home.refusal = refusal as unknown as Error;
      button(".start")?.click();
      await until(() => text().includes("It did not work: Connection lost"));
      home.refusal = undefined;
      button(".start")?.click();
      await until(() => !text().includes("It did not work"));
    }
  });

  test("is told in the user's language, and once", async () => {
    await showing({ charging: false });
    const words = {
      code: "home_assistant_error",
      message: "Garage does not start now.",
      translation_domain: "zmartcharge",
      translation_key: "start_refused",
      translation_placeholders: { charger: "Garage" },
    };
    // As Home Assistant's client rejects, and as it does when it wraps the answer.
    for (const refusal of [words, { error: words, success: false, type: "result" }]) {
      home.refusal = refusal as unknown as Error;
      button(".start")?.click();
      // The text of its key, as this house's translations have it.
      await until(() =>
        text().includes("It did not work: exceptions.start_refused.message Garage"),
      );
      home.refusal = undefined;
      button(".start")?.click();
      await until(() => !text().includes("It did not work"));
    }
    expect(home.toasts).toBe(0);
  });
});

describe("a charger with a fault", () => {
  const error = { code: "GroundFailure", vendor_code: null, info: null };

  test("is not offered to be started, which cannot work", async () => {
    await showing({ charging: false, status: "fault", error });
    expect(button(".start")?.disabled).toBe(true);
  });

  test("is offered to be stopped while it still charges", async () => {
    await showing({ charging: true, status: "fault", error });
    expect(button(".stop")?.disabled).toBe(false);
  });
});
