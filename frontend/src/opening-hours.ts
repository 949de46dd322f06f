import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define } from "./define";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { HomeAssistant } from "./types";
import { viewStyles } from "./view-styles";
import { goes } from "./ways";

const BLUEPRINT = "zmartcharge/opening_hours.yaml";
const SCHEDULE = "schedule.";
const RUNNING = { finish: "opening_finish", stop: "opening_stop" } as const;
type Running = keyof typeof RUNNING;

interface Hours {
  schedule: string;
  running: Running;
}

/** As Home Assistant tells it: what was put into the blueprint is in its variables. */
interface Automation {
  /** None of one that is written in YAML by hand. */
  id?: string;
  alias?: string;
  variables?: Record<string, unknown>;
}

/** When a charger may be used: by an automation of the blueprint, which Home Assistant keeps. */
export class OpeningHours extends LitElement {
  static override properties = {
    hass: { attribute: false },
    charger: {},
    name: {},
    entity: {},
    enabled: { type: Boolean },
    texts: { attribute: false },
    hours: { state: true },
    others: { state: true },
    problem: { state: true },
    busy: { state: true },
  };
  declare hass: HomeAssistant;
  /** The charger's id and its name. */
  declare charger: string;
  declare name: string;
  /** Its switch *In use*, and whether that is on. */
  declare entity: string | undefined;
  declare enabled: boolean;
  declare texts: Texts;
  /** What is set here; null: nothing is; undefined: not known yet. */
  declare hours: Hours | null | undefined;
  /** Automations of the blueprint that the user has made for this charger. */
  declare others: Automation[];
  declare problem: string | undefined;
  declare busy: boolean;

  static override styles = [shared, viewStyles];

  constructor() {
    super();
    this.others = [];
    this.busy = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("charger") || changed.has("entity")) void this.#look();
  }

  get #id(): string {
    return `zmartcharge_opening_hours_${this.charger}`;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { texts, hours, problem } = this;
    if (hours === undefined) {
      return problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing;
    }
    const off = this.busy || !this.entity;
    return html`<fieldset>
      <legend>${texts.get("opening")}</legend>
      <p class="muted">${texts.get("opening_explained")}</p>
      <div class="actions">
        <label
          >${texts.get("opening_schedule")}
          <select
            name="schedule"
            ?disabled=${off}
            @change=${(event: Event) => void this.#choose(event, (schedule) => ({ schedule }))}
          >
            <option value="" ?selected=${!hours}>${texts.get("opening_always")}</option>
            ${this.#schedules().map(
              ([id, name]) =>
                html`<option value=${id} ?selected=${id === hours?.schedule}>${name}</option>`,
            )}
          </select></label
        >
        ${hours ? this.#running(hours, off) : nothing}
        <a class="button" href="/config/helpers" @click=${goes}>${texts.get("opening_make")}</a>
      </div>
      ${this.others.map((each) => html`<p>${this.#told(each)}</p>`)}
      ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    </fieldset>`;
  }

  #told({ id, alias }: Automation): TemplateResult {
    const text = this.texts.get("opening_other", { name: alias ?? id ?? BLUEPRINT });
    const path = `/config/automation/edit/${encodeURIComponent(id ?? "")}`;
    return id ? html`<a href=${path} @click=${goes}>${text}</a>` : html`${text}`;
  }

  #running({ running }: Hours, off: boolean): TemplateResult {
    return html`<label
      >${this.texts.get("opening_closing")}
      <select
        name="running"
        ?disabled=${off}
        @change=${(event: Event) =>
          void this.#choose(event, (value) => ({ running: value as Running }))}
      >
        ${Object.entries(RUNNING).map(
          ([each, key]) =>
            html`<option value=${each} ?selected=${each === running}>
              ${this.texts.get(key)}
            </option>`,
        )}
      </select></label
    >`;
  }

  /** The schedules there are; one that is set and gone can be seen, too. */
  #schedules(): [string, string][] {
    const states = this.hass.states ?? {};
    const found = Object.keys(states).filter((id) => id.startsWith(SCHEDULE));
    const set = this.hours?.schedule;
    if (set && !found.includes(set)) found.push(set);
    return found
      .map((id): [string, string] => [id, String(states[id]?.attributes.friendly_name ?? id)])
      .sort(([, a], [, b]) => a.localeCompare(b, this.hass.language));
  }

  async #look(): Promise<void> {
    const { charger } = this;
    try {
      const found = (await this.#automations()).filter((each) => this.#concerns(each));
      if (charger !== this.charger) return;
      const own = found.find(({ id }) => id === this.#id);
      this.hours = own ? hoursOf(own) : null;
      this.others = found.filter((each) => each !== own);
    } catch (error) {
      this.problem = this.texts.failure(error);
    }
  }

  async #automations(): Promise<Automation[]> {
    const { connection } = this.hass;
    const { automation } = await connection.sendMessagePromise<{ automation?: string[] }>({
      type: "search/related",
      item_type: "automation_blueprint",
      item_id: BLUEPRINT,
    });
    const told = (automation ?? []).map((entity_id) =>
      connection.sendMessagePromise<{ config: Automation }>({
        type: "automation/config",
        entity_id,
      }),
    );
    return (await Promise.all(told)).map(({ config }) => config);
  }

  #concerns({ id, variables }: Automation): boolean {
    const switches = variables?.switches;
    return (
      id === this.#id || (this.entity && switches ? [switches].flat().includes(this.entity) : false)
    );
  }

  async #choose(event: Event, changed: (value: string) => Partial<Hours>): Promise<void> {
    const before = this.hours;
    const change = changed((event.target as HTMLSelectElement).value);
    const wanted = { schedule: "", running: "finish" as Running, ...before, ...change };
    this.problem = undefined;
    this.busy = true;
    try {
      await (wanted.schedule ? this.#write(wanted) : this.#end());
      this.hours = wanted.schedule ? wanted : null;
    } catch (error) {
      this.problem = this.texts.failure(error);
      // What was chosen is not what is.
      this.hours = undefined;
      await this.updateComplete;
      this.hours = before;
    } finally {
      this.busy = false;
    }
  }

  async #write({ schedule, running }: Hours): Promise<void> {
    const alias = `${this.texts.get("opening")}: ${this.name}`;
    const input = { schedule, switches: [this.entity], running };
    await this.hass.callApi?.("POST", `config/automation/config/${this.#id}`, {
      alias,
      use_blueprint: { path: BLUEPRINT, input },
    });
  }

  /** Whoever is always open is not closed from now on. */
  async #end(): Promise<void> {
    await this.hass.callApi?.("DELETE", `config/automation/config/${this.#id}`);
    if (!this.enabled) {
      await this.hass.callService("switch", "turn_on", {}, { entity_id: this.entity }, false);
    }
  }
}

function hoursOf({ variables }: Automation): Hours | null {
  const { schedule, running } = variables ?? {};
  if (typeof schedule !== "string") return null;
  return { schedule, running: running === "stop" ? "stop" : "finish" };
}

define("zmartcharge-opening-hours", OpeningHours);
