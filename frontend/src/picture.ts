import { svg, type TemplateResult } from "lit";
import type { Connector } from "./types";

/** The charger with its lamp and its cable; decoration, because the status says the same in words. */
export function picture({ status, plugged, charging }: Connector): TemplateResult<2> {
  const lamp =
    status === "fault" || status === "offline" ? "alarm" : status === "charging" ? "on" : "idle";
  return svg`<svg class="picture" viewBox="0 0 160 96" aria-hidden="true">
    <rect class="case" x="20" y="8" width="48" height="72" rx="12"></rect>
    <path class="lamp ${lamp}" d="M48 20 34 46h9l-3 20 15-28h-9z"></path>
    ${
      plugged
        ? svg`<path class="cable ${charging && status === "charging" ? "flows" : ""}"
            d="M44 80c0 16 24 12 48 6s20-22 12-30"></path>
          <path class="car" d="M92 56v-10l10-14h30l10 12 8 4v12h-8a8 8 0 0 1-16 0h-12a8 8 0 0 1-16 0z"></path>`
        : svg`<path class="cable" d="M44 80c0 14 30 10 30-2V60"></path>`
    }
  </svg>`;
}
