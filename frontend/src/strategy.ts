/** A dashboard with a view for each site, and a card for each of its chargers. */

import { watch } from "./store";
import type { HomeAssistant, Overview } from "./types";

/** More chargers of a site than this share one card. */
const MOST_CARDS = 6;
const NAME = "ZmartCharge";
const CARD = "custom:zmartcharge-home-card";

export async function dashboard(hass: HomeAssistant): Promise<unknown> {
  const overview = await first(hass);
  const sites = Object.entries(overview.sites);
  const views = sites
    .map(([id, site]) => view(overview, id, site.name))
    .filter((each) => each.sections.length > 0);
  const homeless = view(overview, null, NAME);
  if (homeless.sections.length > 0) views.push(homeless);
  if (views.length > 0) return { title: NAME, views };
  // The card leads to the first charger.
  return { title: NAME, views: [{ title: NAME, cards: [{ type: CARD }] }] };
}

/** The overview of this moment. */
function first(hass: HomeAssistant): Promise<Overview> {
  return new Promise((resolve, reject) => {
    const end = watch(
      hass.connection,
      (overview) => {
        resolve(overview);
        // What is known already is told before there is anything to end.
        queueMicrotask(() => end());
      },
      reject,
    );
  });
}

function view(overview: Overview, site: string | null, title: string) {
  const devices = overview.order
    .map((key) => overview.connectors[key])
    .filter((connector) => connector?.site === site)
    .map((connector) => connector?.device);
  const shown = devices.length > MOST_CARDS ? devices.slice(0, 1) : devices;
  const single = devices.length <= MOST_CARDS;
  return {
    title,
    path: site === null ? "other" : `site-${site.toLowerCase()}`,
    type: "sections",
    max_columns: 4,
    sections: shown.map((device) => ({
      type: "grid",
      cards: [{ type: CARD, single, ...(device ? { device } : {}) }],
    })),
  };
}
