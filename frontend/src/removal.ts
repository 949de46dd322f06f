import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { define } from "./define";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { Connection } from "./types";
import { viewStyles } from "./view-styles";

/** What is to be removed. */
export interface Doomed {
  kind: "charger" | "site";
  id: string;
  name: string;
  /** The site's chargers, which have to go first. */
  chargers: string[];
}

/** Asks for the name of what is to be removed for good, because nothing brings it back. */
export class Removal extends LitElement {
  static override properties = {
    connection: { attribute: false },
    texts: { attribute: false },
    doomed: { attribute: false },
    typed: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare connection: Connection;
  declare texts: Texts;
  declare doomed: Doomed;
  declare typed: string;
  declare busy: boolean;
  declare problem: string | undefined;

  static override styles = [
    shared,
    viewStyles,
    css`
      input {
        inline-size: 100%;
      }
    `,
  ];

  constructor() {
    super();
    this.typed = "";
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const { texts, doomed } = this;
    const blocked = doomed.chargers.length > 0;
    const key = doomed.kind === "charger" ? "remove_charger" : "remove_site";
    return html`<button type="button" class="danger remove" @click=${this.#open}>
        ${texts.get(key)}
      </button>
      <dialog aria-labelledby="question" @close=${this.#closed}>
        <h2 id="question">${texts.get("remove_question", { name: doomed.name })}</h2>
        ${
          blocked
            ? html`<p>
                ${texts.get("site_has_chargers", { chargers: doomed.chargers.join(", ") })}
              </p>`
            : this.#confirmation()
        }
        <form method="dialog" class="actions" @submit=${this.#submit}>
          <button class="cancel" value="cancel" formnovalidate>${texts.get("cancel")}</button>
          ${
            blocked
              ? nothing
              : html`<button
                  class="danger confirm"
                  value="remove"
                  ?disabled=${!this.#fits || this.busy}
                >
                  ${texts.get("remove_yes")}
                </button>`
          }
        </form>
      </dialog>`;
  }

  #confirmation(): TemplateResult {
    const { texts, doomed } = this;
    const charger = doomed.kind === "charger";
    return html`<p>${texts.get(charger ? "remove_charger_explained" : "remove_site_explained")}</p>
      <label
        >${texts.get("type_name", { name: doomed.name })}
        <input
          type="text"
          autocomplete="off"
          .value=${this.typed}
          @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)}
      /></label>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}`;
  }

  get #fits(): boolean {
    return this.typed.trim() === this.doomed.name.trim();
  }

  readonly #open = (): void => {
    this.renderRoot.querySelector("dialog")?.showModal();
  };

  readonly #closed = (): void => {
    this.typed = "";
    this.problem = undefined;
  };

  readonly #submit = (event: SubmitEvent): void => {
    const chosen = (event.submitter as HTMLButtonElement | null)?.value;
    if (chosen !== "remove") return;
    event.preventDefault();
    if (this.#fits) void this.#remove();
  };

  async #remove(): Promise<void> {
    const { kind, id } = this.doomed;
    this.busy = true;
    this.problem = undefined;
    try {
      await this.connection.sendMessagePromise({
        type: kind === "charger" ? "zmartcharge/remove_charger" : "zmartcharge/remove_site",
        subentry_id: id,
        name: this.typed.trim(),
      });
      this.renderRoot.querySelector("dialog")?.close();
    } catch (error) {
      this.problem = this.texts.failure(error);
    } finally {
      this.busy = false;
    }
  }
}

define("zmartcharge-removal", Removal);
