import { html, nothing, type TemplateResult } from "lit";
import { define } from "./define";
import { LiveCard, type Shown } from "./live-card";
import { fault, links, names, question, sessionView } from "./parts";
import { fromNowOn, type Pending, settled } from "./pending";
import { picture } from "./picture";
import { historySection, phasesSection, pricesSection } from "./sections";
import { Swipe } from "./swipe";
import { reasonOf, type Texts } from "./texts";
import type { Connector, Part } from "./types";

export class HomeCard extends LiveCard {
  static override properties = {
    pending: { state: true },
    copied: { state: true },
  };
  /** What the user asked for and has not come to pass. */
  declare pending: Pending | undefined;
  declare copied: "yes" | "no" | undefined;

  readonly #swipe = new Swipe();
  /** Which connector it was asked of whether it shall stop. */
  #doubted: string | undefined;
  /** What is on its way. */
  readonly #calls = new Set<string>();

  protected override get showsPlan(): boolean {
    return true;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { key, shown } = this;
    if (this.pending && (this.pending.key !== key || settled(this.pending, shown, this.now))) {
      this.pending = fromNowOn(this.pending, shown, key);
    }
  }

  protected override updated(): void {
    // Who wanted to stop one charger that is gone now does not want to stop the next.
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog?.open && this.#doubted !== this.key) dialog.close();
  }

  protected override charger(shown: Shown): TemplateResult {
    const { key, connector, overview, texts, format } = shown;
    const site = connector.site ? overview.sites[connector.site] : undefined;
    const reason = reasonOf(connector, texts, format, site?.currency ?? null, this.now);
    const status = connector.status ? texts.status(connector.status) : texts.get("waiting");
    const shows = (part: Part) => !this.config?.hide?.includes(part);
    return html`
      <div
        class="head"
        @touchstart=${(event: TouchEvent) => this.#swipe.begin(event)}
        @touchend=${(event: TouchEvent) => this.#swiped(event)}
      >
        ${names(connector, site?.name, texts, {
          number: this.order.indexOf(key) + 1,
          count: this.config?.single ? 1 : this.order.length,
          go: (steps) => this.#go(steps),
        })}
        ${picture(connector)}
        <div class="status" aria-live="polite">
          <p class="message">${status}</p>
          ${reason ? html`<p class="reason">${reason}</p>` : nothing} ${this.#note(texts)}
        </div>
      </div>
      ${
        connector.error
          ? fault(connector, texts, {
              version: this.capabilities?.version ?? "",
              now: this.now,
              copied: this.copied,
              copy: (text) => void this.#copy(text),
            })
          : nothing
      }
      ${connector.may_control ? this.#buttons(connector, texts) : nothing}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${sessionView(connector, texts, format, this.now)}
      ${shows("prices") ? pricesSection(shown, this.plan, this.now) : nothing}
      ${shows("phases") ? phasesSection(shown, this.now) : nothing}
      ${
        shows("history") && this.home
          ? historySection(shown, this.home.connection, this.now)
          : nothing
      }
      ${links(connector, texts, this.capabilities)}
      ${question(connector, texts, () => void this.#stop())}
    `;
  }

  #note(texts: Texts): TemplateResult | typeof nothing {
    if (!this.pending) return nothing;
    const { kind } = this.pending;
    return html`<p class="note ${kind}">${texts.get(kind)}</p>`;
  }

  #buttons(connector: Connector, texts: Texts): TemplateResult {
    const smart = connector.mode === "smart";
    const select = connector.entities.charging_mode;
    // One whose end was lost is begun anew when no cable is in.
    const runs = connector.charging && connector.plugged !== false;
    const cannot = !connector.online || (!runs && connector.status === "fault");
    return html`<div class="buttons">
      ${
        select && connector.priced
          ? html`<button
              type="button"
              class="big smart ${smart ? "on" : ""}"
              @click=${() => this.#choose(select, smart ? "full_now" : "smart")}
            >
              ${texts.get(smart ? "smart_off" : "smart_on")}
            </button>`
          : nothing
      }
      <button
        type="button"
        class="big run ${runs ? "stop" : "start"}"
        ?disabled=${cannot}
        @click=${() => (runs ? this.#ask() : void this.#start())}
      >
        <span aria-hidden="true">${runs ? "▐▐" : "▶"}</span>
        ${texts.get(runs ? "stop" : "start")}
      </button>
    </div>`;
  }

  #ask(): void {
    this.#doubted = this.key;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  async #start(): Promise<void> {
    const plugged = this.shown?.plugged;
    await this.#act("start_charging", plugged === false ? "plug_in" : "starting");
  }

  async #stop(): Promise<void> {
    if (this.#doubted === this.key) await this.#act("stop_charging", "stopping");
  }

  async #act(action: string, kind: Pending["kind"]): Promise<void> {
    const key = this.key;
    const device = this.shown?.device;
    if (!key || !device || this.#calls.has(`${action} ${device}`)) return;
    const pending: Pending = { kind, key, since: new Date() };
    this.pending = pending;
    this.#calls.add(`${action} ${device}`);
    const done = await this.#call("zmartcharge", action, {}, { device_id: device });
    this.#calls.delete(`${action} ${device}`);
    if (!done && this.pending === pending) this.pending = undefined;
  }

  async #choose(entity: string, option: string): Promise<void> {
    await this.#call("select", "select_option", { option }, { entity_id: entity });
  }

  async #call(
    domain: string,
    action: string,
    data: Record<string, unknown>,
    target: Record<string, unknown>,
  ): Promise<boolean> {
    this.problem = undefined;
    try {
      await this.home?.callService(domain, action, data, target, false);
      return true;
    } catch (error) {
      this.problem = this.texts?.failure(error);
      return false;
    }
  }

  async #copy(text: string): Promise<void> {
    try {
      // Not there where Home Assistant is not reached by https.
      await navigator.clipboard.writeText(text);
      this.copied = "yes";
    } catch {
      this.copied = "no";
    }
  }

  #swiped(event: TouchEvent): void {
    const steps = this.#swipe.end(event, getComputedStyle(this).direction === "rtl");
    if (steps !== 0 && !this.config?.single) this.#go(steps);
  }

  #go(steps: number): void {
    const order = this.order;
    const at = order.indexOf(this.key ?? "");
    this.chosen = order[(at + steps + order.length) % order.length];
    this.problem = this.copied = undefined;
  }
}

define("zmartcharge-home-card-view", HomeCard);
