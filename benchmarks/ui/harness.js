async ({ where, what, count, rounds, build }) => {
  const push = {};
  const connection = {
    addEventListener() {},
    removeEventListener() {},
    subscribeMessage(callback, { type }) {
      push[type] = callback;
      return Promise.resolve(() => undefined);
    },
    sendMessagePromise({ type }) {
      if (type === "zmartcharge/capabilities")
        return Promise.resolve({ version: "1", card: build, may_add: false, entry: null });
      return Promise.resolve({
        bars: [], energy: 0, cost: null, currency: null, unpriced: 0, first: null,
      });
    },
  };
  const localize = (key) => key.split(".").at(-1);
  const hass = {
    connection,
    language: "en",
    locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
    config: { time_zone: "Europe/Oslo", currency: "NOK" },
    localize,
    loadBackendTranslation: () => Promise.resolve(localize),
    callService: () => Promise.resolve(),
  };
  const keys = Array.from({ length: count }, (_, index) => `charger${index}`);
  const connector = (key) => ({
    name: key, charger: key, label: key, connector: null, site: "home", device: key, entities: {},
    online: true, plugged: true, charging: true, mode: "full_now", priced: true, circuit_fuse: 16,
    model: "Bench", serial: "1", firmware: "1", status: "charging", reason: null, until: null,
    error: null, balance: null, power: 11000, offered: 16, allocated: null,
    draw: { l1: 16, l2: 16, l3: 16 }, plan: null, may_control: true,
    session: { started_at: new Date().toISOString(), ended_at: null, energy: 1000, cost: 1, currency: "NOK" },
  });
  const line = (current) => ({ current, margin: null, at: new Date().toISOString(), fresh: true });
  const lines = (current) => ({ l1: line(current), l2: line(current), l3: line(current) });
  const overview = (changes) =>
    push["zmartcharge/subscribe_overview"]({
      loaded: true, sites: {}, connectors: {}, order: keys, ...changes,
    });
  const until = async (holds) => {
    const end = performance.now() + 20000;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`does not come to hold: ${holds}`);
      await new Promise(requestAnimationFrame);
    }
  };
  const prices = Array.from({ length: 192 }, (_, index) => {
    const start = Math.floor(Date.now() / 900000) * 900 + index * 900;
    return [start, start + 900, 1 + Math.sin(index / 9), false];
  });

  let elements;
  if (where === "panel") {
    const panel = document.createElement("zmartcharge-panel");
    panel.hass = hass;
    document.body.append(panel);
    await until(() => panel.firstElementChild);
    elements = [panel.firstElementChild];
  } else {
    for (const device of keys) {
      const card = document.createElement("zmartcharge-home-card");
      card.setConfig({ device, single: true });
      card.hass = hass;
      document.body.append(card);
    }
    const views = () => [...document.querySelectorAll("zmartcharge-home-card-view")];
    await until(() => views().length === count);
    elements = views();
  }
  await until(() => push["zmartcharge/subscribe_overview"]);
  overview({
    card: build,
    sites: {
      home: {
        name: "Home", device: null, address: null, position: null, main_fuse: 63, currency: "NOK",
        metered: true, lines: lines(20),
      },
    },
    connectors: Object.fromEntries(keys.map((key) => [key, connector(key)])),
  });
  // All elements within each other: an element is drawn when those within it are.
  const drawn = async (element) => {
    await element.updateComplete;
    for (const inner of element.shadowRoot?.querySelectorAll("*") ?? []) {
      if (inner.localName.startsWith("zmartcharge-")) await drawn(inner);
    }
  };
  if (where === "cards") {
    await until(() => push["zmartcharge/subscribe_plan"]);
    push["zmartcharge/subscribe_plan"]({ currency: "NOK", prices, ready_by: null, plan: null });
    await until(() => elements.every((each) => each.shadowRoot.querySelector("zmartcharge-phases")));
  } else {
    const rows = () =>
      elements[0].shadowRoot.querySelector("zmartcharge-chargers-view")?.shadowRoot;
    await until(() => rows()?.querySelectorAll("li").length === count);
  }
  const inSight = elements.filter(
    (each) => each.getBoundingClientRect().top < window.innerHeight,
  );
  // What everybody's reading shows, wherever the card is.
  const shows = (round) => {
    const last = elements.at(-1).shadowRoot.querySelector("zmartcharge-phases");
    return last.shadowRoot.textContent.includes(` ${20 + (round % 7)}.0`);
  };
  const times = [];
  const whole = [];
  const longest = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    if (what === "site") overview({ sites: { home: { lines: lines(20 + (round % 7)) } } });
    else overview({ connectors: { charger0: { power: 1000 + round } } });
    for (const element of inSight) await drawn(element);
    // What was drawn has to be laid out as well.
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    if (what === "site") {
      // How long a tap would wait for its answer, until the cards out of sight are drawn too.
      let wait = times.at(-1);
      await until(async () => {
        const asked = performance.now();
        await new Promise((answer) => setTimeout(answer));
        wait = Math.max(wait, performance.now() - asked);
        return shows(round);
      });
      whole.push(performance.now() - began);
      longest.push(wait);
    }
    await new Promise(requestAnimationFrame);
  }
  return { times, whole, longest };
};
