import { css, html, LitElement, type TemplateResult } from "lit";
import { define } from "./define";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { ChargerSettings } from "./types";
import { viewStyles } from "./view-styles";

const DOCUMENTATION =
  "https://github.com/zmartcharge/home-assistant-zmartcharge/blob/main/docs/connect-your-charger.md";
const STEPS = ["network_wifi", "network_password", "network_mobile", "network_key"] as const;

/** What to do about a charger's network, and the addresses that it has to know. */
export class NetworkHelp extends LitElement {
  static override properties = {
    charger: { attribute: false },
    texts: { attribute: false },
  };
  declare charger: ChargerSettings;
  declare texts: Texts;

  static override styles = [
    shared,
    viewStyles,
    css`
      code {
        overflow-wrap: anywhere;
        user-select: all;
      }
      ol {
        padding-inline-start: 20px;
      }
      li {
        margin-block: 4px;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { texts } = this;
    const { label, connected, addresses } = this.charger;
    return html`<details>
      <summary>${texts.get("network")}</summary>
      <p role="status">${texts.get(connected ? "network_connected" : "network_away")}</p>
      <p>${texts.get("network_addresses", { label })}</p>
      <ul>
        ${addresses.map((each) => html`<li><code>${each}</code></li>`)}
      </ul>
      <ol>
        ${STEPS.map((key) => html`<li>${texts.get(key)}</li>`)}
      </ol>
      <p>
        <a href=${DOCUMENTATION} target="_blank" rel="noreferrer">${texts.get("network_more")}</a>
      </p>
    </details>`;
  }
}

define("zmartcharge-network-help", NetworkHelp);
