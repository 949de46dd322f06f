import { css, html, LitElement, noChange, nothing, type TemplateResult } from "lit";
import { define } from "./define";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { ChargerSettings, HomeAssistant, Settings } from "./types";
import "./car-settings";
import "./network-help";
import "./opening-hours";
import "./removal";
import { Typing } from "./typing";
import { viewStyles } from "./view-styles";
import { devicePage, goes, integrationPage } from "./ways";

const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
type ConnectorSettings = ChargerSettings["connectors"][number];
const ACCESS = { open: "access_open", registered: "access_registered" } as const;
/** A Monday, for the names of the days. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

/** What an administrator sets of a charger. What needs questions is set in Home Assistant's own form. */
export class ChargerSettingsView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    settings: { attribute: false },
    charger: {},
    texts: { attribute: false },
    problem: { state: true },
  };
  declare hass: HomeAssistant;
  declare settings: Settings;
  /** The charger's id. */
  declare charger: string;
  declare texts: Texts;
  declare problem: string | undefined;
  readonly #typing = new Typing();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#typing.end();
  }

  static override styles = [
    shared,
    viewStyles,
    css`
      .switch {
        align-items: center;
        display: flex;
        font-size: 1rem;
        gap: 12px;
        min-block-size: 44px;
      }
      .switch input {
        accent-color: var(--zc-accent);
        block-size: 24px;
        inline-size: 24px;
        min-block-size: 24px;
      }
      .days {
        display: grid;
        gap: 8px;
        grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
        margin: 8px 0;
      }
    `,
  ];

  protected override render(): TemplateResult | typeof nothing {
    const { texts, settings } = this;
    const charger = settings.chargers[this.charger];
    if (!charger) return nothing;
    const site = settings.sites[charger.site ?? ""]?.name ?? "–";
    const facts: [string, string][] = [
      [texts.get("name"), charger.name],
      [texts.get("label"), charger.label],
      [texts.get("site"), site],
      [texts.get("circuit_fuse"), `${charger.circuit_fuse} A`],
    ];
    if (charger.circuit) facts.push([texts.get("circuit"), charger.circuit]);
    return html`<dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt class="muted">${name}:</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <p class="actions">
        <a class="button" href=${integrationPage(settings)} @click=${goes}
          >${texts.get("change_in_form")}</a
        >
        ${
          charger.device
            ? html`<a class="button" href=${devicePage(charger.device)} @click=${goes}
                >${texts.get("all_values")}</a
              >`
            : nothing
        }
      </p>
      ${this.#choices(charger)}
      <zmartcharge-opening-hours
        .hass=${this.hass}
        .charger=${this.charger}
        .name=${charger.name}
        .entity=${charger.entities.enabled}
        .enabled=${charger.enabled}
        .texts=${texts}
      ></zmartcharge-opening-hours>
      ${charger.connectors.map((each) => this.#connector(charger, each))}
      <zmartcharge-network-help .charger=${charger} .texts=${texts}></zmartcharge-network-help>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <zmartcharge-removal
        .connection=${this.hass.connection}
        .texts=${texts}
        .doomed=${{ kind: "charger", id: this.charger, name: charger.name, chargers: [] }}
      ></zmartcharge-removal>`;
  }

  #choices({ access, enabled, entities }: ChargerSettings): TemplateResult {
    const { texts } = this;
    return html`<div class="actions">
      <label
        >${texts.get("access")}
        <select
          name="access"
          ?disabled=${!entities.access}
          .value=${access}
          @change=${async (event: Event) => {
            const field = event.target as HTMLSelectElement;
            const data = { option: field.value };
            if (await this.#act("select", "select_option", data, entities.access)) return;
            // What was chosen is not what is.
            field.value = this.settings.chargers[this.charger]?.access ?? access;
          }}
        >
          ${Object.entries(ACCESS).map(
            ([each, key]) =>
              html`<option value=${each} ?selected=${each === access}>${texts.get(key)}</option>`,
          )}
        </select></label
      >
      <label class="switch">
        <input
          name="enabled"
          type="checkbox"
          .checked=${enabled}
          ?disabled=${!entities.enabled}
          @change=${async (event: Event) => {
            const field = event.target as HTMLInputElement;
            const action = field.checked ? "turn_on" : "turn_off";
            if (await this.#act("switch", action, {}, entities.enabled)) return;
            // What was chosen is not what is.
            field.checked = this.settings.chargers[this.charger]?.enabled ?? enabled;
          }}
        />
        <span>${texts.get("enabled")}</span>
      </label>
      ${enabled ? nothing : html`<p role="status">${texts.get("disabled")}</p>`}
    </div>`;
  }

  #connector(charger: ChargerSettings, settings: ConnectorSettings): TemplateResult {
    const { texts } = this;
    const { connector, device, car } = settings;
    const outlet =
      charger.connectors.length > 1 && connector !== null
        ? ` · ${texts.get("outlet", { number: connector })}`
        : "";
    return html`${this.#readyBy(settings, outlet)}
      <zmartcharge-car-settings
        .hass=${this.hass}
        .device=${device}
        .car=${car}
        .outlet=${outlet}
        .texts=${texts}
      ></zmartcharge-car-settings>`;
  }

  #readyBy({ key, device, ready_by }: ConnectorSettings, outlet: string): TemplateResult {
    const { texts } = this;
    const names = new Intl.DateTimeFormat(this.hass.language, { weekday: "long", timeZone: "UTC" });
    return html`<fieldset>
      <legend>${texts.get("done_by")}${outlet}</legend>
      <p class="muted">${texts.get("done_by_explained")}</p>
      <div class="days">
        ${WEEKDAYS.map(
          (day, index) =>
            html`<label
              >${names.format(new Date(MONDAY + index * DAY))}
              <input
                type="time"
                name=${`${key}-${day}`}
                ?disabled=${!device}
                .value=${this.#typing.has(`${key}-${day}`) ? noChange : shownTime(ready_by[index])}
                @change=${(event: Event) => {
                  const field = event.target as HTMLInputElement;
                  this.#typing.changed(field, () => void this.#set(device, key, index, field));
                }}
                @focus=${() => this.#typing.entered(`${key}-${day}`)}
                @blur=${() => this.#typing.left(`${key}-${day}`)}
                @keydown=${(event: KeyboardEvent) => {
                  if (event.key === "Enter") this.#typing.count(`${key}-${day}`);
                }}
            /></label>`,
        )}
      </div>
    </fieldset>`;
  }

  async #set(
    device: string | null,
    key: string,
    weekday: number,
    field: HTMLInputElement,
  ): Promise<void> {
    const known = () => {
      const connectors = this.settings.chargers[this.charger]?.connectors;
      return shownTime(connectors?.find((each) => each.key === key)?.ready_by[weekday]);
    };
    const data = { weekdays: [WEEKDAYS[weekday]], ...(field.value ? { time: field.value } : {}) };
    const done =
      device &&
      !field.validity.badInput &&
      (await this.#call("zmartcharge", "set_ready_by", data, { device_id: device }));
    // What was typed is not what is.
    if (!done) field.value = known();
  }

  async #act(
    domain: string,
    action: string,
    data: Record<string, unknown>,
    entity: string | undefined,
  ): Promise<boolean> {
    return entity !== undefined && this.#call(domain, action, data, { entity_id: entity });
  }

  /** Returns whether it was done. */
  async #call(
    domain: string,
    action: string,
    data: Record<string, unknown>,
    target: Record<string, unknown>,
  ): Promise<boolean> {
    this.problem = undefined;
    try {
      await this.hass.callService(domain, action, data, target, false);
      return true;
    } catch (error) {
      this.problem = this.texts.failure(error);
      return false;
    }
  }
}

/** A time of the day as its field has it. */
function shownTime(time: string | null | undefined): string {
  return time?.slice(0, 5) ?? "";
}

define("zmartcharge-charger-settings", ChargerSettingsView);
