import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "../src/entry";
import type { HomeCard } from "../src/home-card";
import type { Phases } from "../src/phases";
import { connector, house, site, until } from "./house";

const COUNT = 60;

// Ages that move on are drawn by the clock, not by what is told.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
});

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
  scrollTo(0, 0);
});

const views = () => [...document.querySelectorAll<HomeCard>("zmartcharge-home-card-view")];
const amperes = (view: HomeCard | undefined) =>
  view?.shadowRoot?.querySelector("zmartcharge-phases")?.shadowRoot?.querySelector("dd.value")
    ?.textContent;
const top = (view: HomeCard) => view.getBoundingClientRect().top;
const frame = () => new Promise(requestAnimationFrame);

async function show() {
  const { hass, connection } = house();
  const keys = Array.from({ length: COUNT }, (_, index) => `charger${index}`);
  for (const device of keys) {
    const card = document.createElement("zmartcharge-home-card");
    Object.assign(card, { hass });
    (card as unknown as { setConfig(config: object): void }).setConfig({ device, single: true });
    document.body.append(card);
  }
  await until(() => views().length === COUNT);
  await until(() => connection.subscribed.size);
  connection.overview({
    sites: { home: site() },
    connectors: Object.fromEntries(keys.map((key) => [key, connector({ name: key, device: key })])),
    order: keys,
  });
  await until(() => views().every((view) => amperes(view)?.includes("20.5")));
  // What was drawn has grown, and is found in sight or not anew.
  await frame();
  await frame();
  const measured = (current: number) => {
    const line = { current, margin: null, at: new Date().toISOString(), fresh: true };
    connection.overview({
      sites: { home: site({ lines: { l1: line, l2: line, l3: line } }) },
      order: keys,
    });
  };
  return { connection, keys, measured };
}

test("of sixty chargers on a page only the one is drawn anew that changed", async () => {
  const { connection, keys } = await show();
  const drawn: number[] = [];
  for (const [index, view] of views().entries()) {
    new MutationObserver(() => drawn.push(index)).observe(view.renderRoot, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  }
  connection.overview({ connectors: { charger0: { power: 1234 } }, order: keys });
  await until(() => drawn.length > 0);
  expect(new Set(drawn)).toEqual(new Set([0]));
});

test("what all sixty show is drawn at once where it is in sight, and soon elsewhere", async () => {
  const { measured } = await show();
  const [first, last] = [views()[0], views().at(-1)];
  measured(21.4);
  await first?.updateComplete;
  await first?.shadowRoot?.querySelector<Phases>("zmartcharge-phases")?.updateComplete;
  expect(amperes(first)).toContain("21.4");
  expect(amperes(last)).toContain("20.5");
  await until(() => views().every((view) => amperes(view)?.includes("21.4")));
});

test("what comes into sight is drawn by then, whatever waits", async () => {
  const { measured } = await show();
  const last = views().at(-1) as HomeCard;
  last.scrollIntoView();
  await until(() => top(last) < innerHeight);
  await frame();
  await frame();
  measured(22.3);
  await until(() => amperes(last)?.includes("22.3"));
  await until(() => amperes(views()[0])?.includes("22.3"));
});

test("a card that is taken away while it waits is forgotten", async () => {
  const { measured } = await show();
  const last = views().at(-1) as HomeCard;
  measured(23.2);
  last.remove();
  await until(() => views().every((view) => amperes(view)?.includes("23.2")));
  expect(amperes(last)).toContain("20.5");
});
