/** A panel in a house with two chargers at two sites. */

import axe from "axe-core";
import { expect } from "vitest";
import "../src/entry";
import type { Settings } from "../src/types";
import { connector, house, type House, site, textOf, until } from "./house";

interface Panel extends HTMLElement {
  hass: unknown;
  narrow: boolean;
}

export let home: House;
export let panel: Panel;
const before = location.href;
const view = () => panel.querySelector("zmartcharge-panel-view");
export const root = () => view()?.shadowRoot;
export const text = () => textOf(root()?.querySelector("main"));
export const page = (name: string) => root()?.querySelector(`zmartcharge-${name}-view`)?.shadowRoot;

export const SETTINGS: Settings = {
  entry: "hub",
  sites: {
    home: { name: "Mitt hjem", device: "site-device", main_fuse: 25, chargers: ["Garage"] },
    empty: { name: "Hytta", device: "d9", main_fuse: 16, chargers: [] },
  },
  chargers: {
    garage: {
      name: "Garage",
      label: "ZM-1",
      site: "home",
      device: "device-1",
      circuit_fuse: 16,
      circuit: null,
      access: "open",
      enabled: true,
      connected: true,
      addresses: ["ws://192.168.1.2:9000/ZM-1", "wss://home.example/api/ocpp/ZM-1"],
      entities: { access: "select.garage_access", enabled: "switch.garage_enabled" },
      connectors: [
        {
          key: "garage_1",
          connector: 1,
          device: "device-1",
          ready_by: ["07:00:00", "07:00:00", "07:00:00", "07:00:00", "07:00:00", null, null],
          car: null,
        },
      ],
    },
  },
};

const CONNECTORS = {
  garage_1: connector(),
  hut_1: connector({
    name: "Sørlandet",
    charger: "hut",
    label: "ZM-2",
    site: "empty",
    device: "device-2",
    charging: false,
    status: "ready",
  }),
};

export async function open(path: string, admin = true): Promise<void> {
  home = house();
  if (!admin) {
    home.connection.answers["zmartcharge/capabilities"] = {
      version: "1",
      card: "x",
      may_add: false,
      entry: null,
    };
  }
  home.connection.answers["zmartcharge/list_sessions"] = { sessions: [], more: false, sum: null };
  home.connection.answers["frontend/set_user_data"] = null;
  home.connection.answers["search/related"] = {};
  history.replaceState(null, "", path);
  panel = document.createElement("zmartcharge-panel") as Panel;
  panel.hass = home.hass;
  document.body.append(panel);
  await until(() => home.connection.subscribed.has("zmartcharge/subscribe_overview"));
  home.connection.overview({
    sites: {
      home: site(),
      empty: site({ name: "Hytta", address: "Ålveien 2", position: [60.4, 5.3], metered: false }),
    },
    connectors: CONNECTORS,
    order: Object.keys(CONNECTORS),
  });
  await until(() => root()?.querySelector("main > *"));
  if (admin) {
    await until(() => home.connection.subscribed.has("zmartcharge/subscribe_settings"));
    home.connection.subscribed.get("zmartcharge/subscribe_settings")?.(SETTINGS);
  }
}

export async function accessible(): Promise<void> {
  const { violations } = await axe.run(panel, {});
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

export function close(): void {
  panel.remove();
  history.replaceState(null, "", before);
}
