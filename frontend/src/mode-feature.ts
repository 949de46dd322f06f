import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define } from "./define";
import { messageOf } from "./errors";
import { Texts } from "./texts";
import type { EntityState, HomeAssistant } from "./types";

/** The charging mode as buttons in a tile, also in that of a charger's status. */
export class ModeFeature extends LitElement {
  static override properties = {
    hass: { attribute: false },
    context: { attribute: false },
    asked: { state: true },
    problem: { state: true },
  };
  declare hass: HomeAssistant | undefined;
  declare context: { entity_id?: string } | undefined;
  declare config: unknown;
  /** What the user chose and the entity does not show yet. */
  declare asked: string | undefined;
  declare problem: string | undefined;

  static override styles = css`
    .modes {
      display: flex;
      gap: 8px;
      inline-size: 100%;
    }
    button {
      align-items: center;
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      box-sizing: border-box;
      color: var(--primary-text-color);
      cursor: pointer;
      display: flex;
      flex: 1 1 auto;
      font: inherit;
      font-size: 0.875rem;
      justify-content: center;
      line-height: 1.15;
      min-block-size: 44px;
      min-inline-size: 44px;
      overflow: hidden;
      padding: 2px 4px;
    }
    button span {
      overflow-wrap: break-word;
    }
    button[aria-checked="true"] {
      background: color-mix(in srgb, var(--primary-color, #009ac7) 22%, transparent);
      border-color: var(--primary-color, #009ac7);
      font-weight: 500;
    }
    button:focus-visible {
      outline: 3px solid var(--primary-color, #009ac7);
      outline-offset: 1px;
    }
    button:disabled {
      cursor: default;
      opacity: 0.5;
    }
    p {
      color: var(--primary-text-color);
      font-size: 0.875rem;
      margin: 4px 0 0;
    }
  `;

  /** The entity of the mode: the tile's own, or that of the same device. */
  #mode(): EntityState | undefined {
    const { entities = {}, states = {} } = this.hass ?? {};
    const own = entities[this.context?.entity_id ?? ""];
    if (own?.platform !== "zmartcharge") return undefined;
    const found = Object.entries(entities).find(
      ([, entity]) =>
        entity?.platform === "zmartcharge" &&
        entity.device_id === own.device_id &&
        entity.translation_key === "charging_mode",
    );
    return states[found?.[0] ?? ""];
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (changed.size > 1 || !changed.has("hass")) return true;
    // It comes with every state of the house.
    const before = changed.get("hass") as HomeAssistant | undefined;
    const id = this.#mode()?.entity_id ?? "";
    return (
      before?.states?.[id] !== this.hass?.states?.[id] || before?.language !== this.hass?.language
    );
  }

  protected override render(): TemplateResult | typeof nothing {
    const mode = this.#mode();
    const { hass } = this;
    if (!mode || !hass) return nothing;
    const gone = mode.state === "unavailable";
    const now = this.asked ?? mode.state;
    const name = mode.attributes.friendly_name ?? mode.entity_id;
    const options = mode.attributes.options ?? [];
    return html`<div
        class="modes"
        role="radiogroup"
        aria-label=${name}
        @keydown=${(event: KeyboardEvent) => this.#key(event, options, now)}
      >
        ${options.map((option) => {
          const told = hass.formatEntityState?.(mode, option) ?? option;
          return html`<button
            type="button"
            role="radio"
            aria-checked=${option === now}
            aria-label=${told}
            tabindex=${option === now || (!options.includes(now) && option === options[0]) ? 0 : -1}
            ?disabled=${gone}
            @click=${() => void this.#choose(mode.entity_id, option)}
          >
            <span>${told}</span>
          </button>`;
        })}
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}`;
  }

  /** The arrow keys go from one to the next, as in any group of which one is chosen. */
  #key(event: KeyboardEvent, options: string[], now: string): void {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowUp: -1,
      ArrowRight: 1,
      ArrowDown: 1,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...this.renderRoot.querySelectorAll("button")];
    const focused = buttons.findIndex((button) => button.matches(":focus"));
    const at = focused < 0 ? options.indexOf(now) : focused;
    buttons[(at + step + options.length) % options.length]?.focus();
  }

  async #choose(entity: string, option: string): Promise<void> {
    this.problem = undefined;
    this.asked = option;
    try {
      const target = { entity_id: entity };
      await this.hass?.callService("select", "select_option", { option }, target, false);
    } catch (error) {
      const texts = this.hass && (await Texts.load(this.hass));
      this.problem = texts?.failure(error) ?? messageOf(error);
    } finally {
      this.asked = undefined;
    }
  }
}

define("zmartcharge-mode-feature-view", ModeFeature);
