import { html, LitElement, nothing, type TemplateResult } from "lit";
import { define } from "./define";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { CarSettings, HomeAssistant } from "./types";
import { viewStyles } from "./view-styles";

/** Which car charges at a connector: how far it comes and what its battery holds, or nothing of it. */
export class CarSettingsView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    device: {},
    car: { attribute: false },
    outlet: {},
    texts: { attribute: false },
    problem: { state: true },
  };
  declare hass: HomeAssistant;
  /** The connector's device. */
  declare device: string | null;
  declare car: CarSettings | null;
  /** What is said after the heading, where a charger has several connectors. */
  declare outlet: string;
  declare texts: Texts;
  declare problem: string | undefined;

  static override styles = [shared, viewStyles];

  protected override render(): TemplateResult {
    const { texts, car } = this;
    return html`<fieldset>
      <legend>${texts.get("car")}${this.outlet}</legend>
      <p class="muted">${texts.get("car_explained")}</p>
      <form class="actions" novalidate @submit=${(event: Event) => void this.#save(event)}>
        ${this.#field("range", texts.get("car_range"), car?.range, 10, 2000)}
        ${this.#field("battery", texts.get("car_battery"), car?.battery, 1, 250)}
        <button ?disabled=${!this.device}>${texts.get("save")}</button>
      </form>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    </fieldset>`;
  }

  #field(
    name: string,
    label: string,
    value: number | undefined,
    min: number,
    max: number,
  ): TemplateResult {
    return html`<label
      >${label}
      <input
        name=${name}
        type="number"
        inputmode="decimal"
        step="any"
        min=${min}
        max=${max}
        .value=${value === undefined ? "" : String(value)}
    /></label>`;
  }

  async #save(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const [range, battery] = ["range", "battery"].map(
      (name) => form.querySelector<HTMLInputElement>(`[name=${name}]`) as HTMLInputElement,
    ) as [HTMLInputElement, HTMLInputElement];
    this.problem = undefined;
    const none = !range.value && !battery.value && form.checkValidity();
    if (!none && !(range.value && battery.value && form.checkValidity())) {
      this.problem = this.texts.get("car_wrong");
      return;
    }
    const data = none
      ? {}
      : { range: Number(range.value), battery_capacity: Number(battery.value) };
    try {
      const target = { device_id: this.device };
      await this.hass.callService("zmartcharge", "set_car", data, target, false);
    } catch (error) {
      this.problem = this.texts.failure(error);
    }
  }
}

define("zmartcharge-car-settings", CarSettingsView);
