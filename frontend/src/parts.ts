/** Parts of the home card that keep nothing: from values to what is shown. */

import { html, nothing, type TemplateResult } from "lit";
import type { Format } from "./format";
import { supportText, type Texts } from "./texts";
import { goes, integrationPage, panelPage } from "./ways";
import type { Capabilities, Connector } from "./types";

/** More chargers than this are told in figures. */
const MOST_DOTS = 12;

export interface Place {
  number: number;
  count: number;
  go: (steps: number) => void;
}

/** The charger's name and its site's, and the way to the other chargers. */
export function names(
  connector: Connector,
  site: string | undefined,
  texts: Texts,
  { number, count, go }: Place,
): TemplateResult {
  const outlet =
    connector.connector === null ? "" : texts.get("outlet", { number: connector.connector });
  const step = (steps: number, sign: string, label: string) =>
    html`<button type="button" class="step" aria-label=${label} @click=${() => go(steps)}>
      ${sign}
    </button>`;
  return html`<div class="names">
      ${count > 1 ? step(-1, "‹", texts.get("previous_charger")) : nothing}
      <div class="name">
        <h2>${connector.name}${outlet ? html`<small> · ${outlet}</small>` : nothing}</h2>
        ${site ? html`<p class="muted">${site}</p>` : nothing}
      </div>
      ${count > 1 ? step(1, "›", texts.get("next_charger")) : nothing}
    </div>
    ${count > 1 ? dots(number, count, texts) : nothing}`;
}

function dots(number: number, count: number, texts: Texts): TemplateResult {
  const told = texts.get("charger_of", { number, count });
  if (count > MOST_DOTS) return html`<p class="muted dots">${told}</p>`;
  return html`<div class="dots" role="img" aria-label=${told}>
    ${Array.from({ length: count }, (_, index) => html`<i class=${index + 1 === number ? "here" : ""}></i>`)}
  </div>`;
}

export interface Support {
  version: string;
  now: Date;
  copied: "yes" | "no" | undefined;
  copy: (text: string) => void;
}

/** What is wrong with the charger, and what support needs to know of it. */
export function fault(
  connector: Connector,
  texts: Texts,
  { version, now, copied, copy }: Support,
): TemplateResult {
  const { error } = connector;
  const code = [error?.code, error?.vendor_code, error?.info].filter(Boolean).join(" · ");
  const text = supportText(connector, version, now);
  return html`<div class="fault">
    <p>${texts.get("error_code", { code })}</p>
    <button type="button" class="copy" @click=${() => copy(text)}>
      ${texts.get(copied === "yes" ? "copied" : "copy")}
    </button>
    ${
      copied === "no"
        ? html`<p>${texts.get("copy_failed")}</p>
            <pre tabindex="0">${text}</pre>`
        : nothing
    }
  </div>`;
}

/** What this charging, or the last one, came to. */
export function sessionView(
  connector: Connector,
  texts: Texts,
  format: Format,
  now: Date,
): TemplateResult | typeof nothing {
  const { session } = connector;
  if (!session) return nothing;
  const end = session.ended_at ? Date.parse(session.ended_at) : now.getTime();
  const minutes = Math.max(0, Math.floor((end - Date.parse(session.started_at)) / 60_000));
  const values: [string, string][] = [[texts.get("energy"), format.energy(session.energy, 2)]];
  if (session.cost !== null) {
    values.push([texts.get("cost"), format.money(session.cost, session.currency)]);
  }
  values.push([
    texts.get("duration"),
    texts.get("minutes", { minutes: format.number(minutes, 0) }),
  ]);
  if (session.added_range !== null) {
    values.push([texts.get("added_range"), format.reach(session.added_range)]);
  }
  if (connector.charging && connector.power !== null) {
    values.push([texts.get("power"), format.power(connector.power)]);
  }
  return html`<section class="session">
    <h3>${texts.get(connector.charging ? "session" : "last_session")}</h3>
    <dl>
      ${values.map(
        ([name, value]) =>
          html`<div>
            <dt class="muted">${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** The ways to what is set elsewhere. */
export function links(
  connector: Connector,
  texts: Texts,
  capabilities: Capabilities | undefined,
): TemplateResult {
  const link = (path: string, text: string) =>
    html`<a class="button" href=${path} @click=${goes}>${text}</a>`;
  const { charger } = connector;
  const adds = capabilities?.may_add ?? false;
  return html`<nav class="links" aria-label=${texts.get("more")}>
    ${adds ? link(panelPage("chargers", charger), texts.get("settings")) : nothing}
    ${link(panelPage("sites"), texts.get("sites"))}
    ${adds ? link(integrationPage(capabilities), texts.get("add_charger")) : nothing}
  </nav>`;
}

/** A house without a charger, and the way to the first one. */
export function empty(texts: Texts, capabilities: Capabilities | undefined): TemplateResult {
  return html`<div class="empty">
    <p role="status">${texts.get("no_charger")}</p>
    ${
      capabilities?.may_add
        ? html`<a class="button big" href=${integrationPage(capabilities)} @click=${goes}
            >${texts.get("first_charger")}</a
          >`
        : nothing
    }
  </div>`;
}

/** The page is older than what is installed. */
export function outdated(texts: Texts): TemplateResult {
  return html`<div class="banner" role="status">
    ${texts.get("new_version")}
    <button type="button" class="reload" @click=${() => location.reload()}>
      ${texts.get("reload")}
    </button>
  </div>`;
}

/** Asks whether charging shall really be stopped. */
export function question(connector: Connector, texts: Texts, stop: () => void): TemplateResult {
  return html`<dialog aria-labelledby="question" aria-describedby="explained">
    <h2 id="question">${texts.get("stop_question")}</h2>
    <p>${connector.name}</p>
    <p id="explained">${texts.get("stop_explained")}</p>
    <form method="dialog" class="buttons">
      <button class="cancel">${texts.get("cancel")}</button>
      <button class="confirm" @click=${stop}>${texts.get("stop_yes")}</button>
    </form>
  </dialog>`;
}
