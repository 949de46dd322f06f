import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define } from "./define";
import { messageOf } from "./errors";
import type { Format } from "./format";
import { csv } from "./csv";
import { viewStyles } from "./view-styles";
import { sessionsStyles } from "./sessions-styles";
import { datesOf, type Filter, PERIODS } from "./periods";
import { shared } from "./styles";
import type { Texts } from "./texts";
import type { HomeAssistant, Overview, PastSession, SessionPage, SessionSum } from "./types";

const AT_ONCE = 50;
/** As many at once for a file. */
const FILE_AT_ONCE = 200;
/** After a session changed, all is asked for again after so long, in ms. */
const AGAIN_AFTER = 5000;

/** All sessions that the user may see: filtered, summed up, and as a file. */
export class SessionsView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    overview: { attribute: false },
    texts: { attribute: false },
    format: { attribute: false },
    filter: { state: true },
    sessions: { state: true },
    sum: { state: true },
    more: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare hass: HomeAssistant;
  declare overview: Overview;
  declare texts: Texts;
  declare format: Format;
  declare filter: Filter;
  declare sessions: PastSession[] | undefined;
  declare sum: SessionSum | undefined;
  declare more: boolean;
  declare busy: boolean;
  declare problem: string | undefined;
  #asked = 0;
  #known = "";
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.filter = { charger: "", site: "", period: "this_month", from: "", until: "" };
    this.more = this.busy = false;
  }

  static override styles = [shared, viewStyles, sessionsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    // What was about to be asked when it was taken away was not.
    if (this.hasUpdated) void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#later);
    this.#later = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { charger, site } = this.filter;
    // A form cannot tell that one is chosen that is gone.
    const gone = {
      ...(charger && !this.#chargers.has(charger) ? { charger: "" } : {}),
      ...(site && !this.overview.sites[site] ? { site: "" } : {}),
    };
    if (Object.keys(gone).length > 0) this.filter = { ...this.filter, ...gone };
    if (changed.has("filter")) void this.#ask();
    if (changed.has("overview")) {
      // What began or ended is in the list only when that is asked for again.
      const known = Object.values(this.overview.connectors)
        .map(({ session }) => `${session?.started_at} ${session?.ended_at}`)
        .join();
      if (this.#known && known !== this.#known && this.#later === undefined) {
        this.#later = setTimeout(() => void this.#ask(), AGAIN_AFTER);
      }
      this.#known = known;
    }
  }

  /** The names of the chargers by their ids. */
  get #chargers(): Map<string, string> {
    const { order, connectors } = this.overview;
    return new Map(
      order.map((key) => [connectors[key]?.charger ?? "", connectors[key]?.name ?? ""]),
    );
  }

  #page(
    filter: Filter,
    before: string | undefined,
    limit: number,
    sum: boolean,
  ): Promise<SessionPage> {
    const { charger, site } = filter;
    return this.hass.connection.sendMessagePromise<SessionPage>({
      type: "zmartcharge/list_sessions",
      ...(charger ? { charger } : {}),
      ...(site ? { site } : {}),
      ...datesOf(filter, this.format.day(new Date())),
      ...(before ? { before } : {}),
      limit,
      sum,
    });
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    const asked = ++this.#asked;
    try {
      const page = await this.#page(this.filter, undefined, AT_ONCE, true);
      if (asked !== this.#asked) return;
      this.sessions = page.sessions;
      this.sum = page.sum ?? undefined;
      this.more = page.more;
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = messageOf(error);
    }
  }

  async #askMore(): Promise<void> {
    const asked = this.#asked;
    const known = this.sessions ?? [];
    this.busy = true;
    this.problem = undefined;
    try {
      const page = await this.#page(this.filter, known.at(-1)?.id, AT_ONCE, false);
      if (asked !== this.#asked) return;
      this.sessions = [...known, ...page.sessions];
      this.more = page.more;
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.busy = false;
    }
  }

  async #download(): Promise<void> {
    // Another one may be chosen while it is asked for.
    const { filter } = this;
    this.busy = true;
    this.problem = undefined;
    try {
      const all: PastSession[] = [];
      for (let more = true; more;) {
        const page = await this.#page(filter, all.at(-1)?.id, FILE_AT_ONCE, false);
        all.push(...page.sessions);
        more = page.more;
      }
      const url = URL.createObjectURL(new Blob([csv(all, this.texts)], { type: "text/csv" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = `zmartcharge-${this.format.day(new Date())}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.busy = false;
    }
  }

  protected override render(): TemplateResult {
    const { texts, sessions } = this;
    return html`<h2>${texts.get("all_sessions")}</h2>
      ${this.#form()}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.#summary()}
      ${
        sessions === undefined
          ? html`<p role="status">${this.problem ? "" : texts.get("loading")}</p>`
          : sessions.length === 0
            ? html`<p role="status">${texts.get("no_sessions")}</p>`
            : this.#table(sessions)
      }
      ${
        this.more
          ? html`<p>
              <button
                type="button"
                class="more"
                ?disabled=${this.busy}
                @click=${() => void this.#askMore()}
              >
                ${texts.get("show_more")}
              </button>
            </p>`
          : nothing
      }`;
  }

  #form(): TemplateResult {
    const { texts, filter, overview } = this;
    const choice = (
      name: "charger" | "site" | "period",
      label: string,
      options: [string, string][],
    ) =>
      html`<label
        >${label}
        <select
          name=${name}
          @change=${(event: Event) => this.#set(name, (event.target as HTMLSelectElement).value)}
        >
          ${options.map(
            ([value, text]) =>
              html`<option value=${value} ?selected=${value === filter[name]}>${text}</option>`,
          )}
        </select></label
      >`;
    const date = (name: "from" | "until", label: string) =>
      html`<label
        >${label}
        <input
          type="date"
          name=${name}
          min="2000-01-01"
          max="2100-12-31"
          .value=${filter[name]}
          @change=${(event: Event) => this.#set(name, (event.target as HTMLInputElement).value)}
      /></label>`;
    const sites = Object.entries(overview.sites).map(([id, { name }]): [string, string] => [
      id,
      name,
    ]);
    return html`<form class="filter" @submit=${(event: Event) => event.preventDefault()}>
      ${choice("charger", texts.get("charger"), [["", texts.get("all_chargers")], ...this.#chargers])}
      ${choice("site", texts.get("site"), [["", texts.get("all_sites")], ...sites])}
      ${choice(
        "period",
        texts.get("period"),
        Object.entries(PERIODS).map(([each, key]): [string, string] => [each, texts.get(key)]),
      )}
      ${filter.period === "own" ? [date("from", texts.get("from")), date("until", texts.get("to"))] : nothing}
      <button
        type="button"
        class="download"
        ?disabled=${this.busy || !this.sessions?.length}
        @click=${() => void this.#download()}
      >
        ${texts.get("download")}
      </button>
    </form>`;
  }

  #set(name: keyof Filter, value: string): void {
    this.filter = { ...this.filter, [name]: value };
  }

  #summary(): TemplateResult | typeof nothing {
    const { texts, format, sum } = this;
    if (!sum || sum.count === 0) return nothing;
    const sums = Object.entries(sum.costs);
    // Several currencies are called kr.
    const costs = sums.map(([currency, cost]) =>
      sums.length > 1 ? `${format.number(cost, 2, 2)} ${currency}` : format.money(cost, currency),
    );
    return html`<p class="sum" role="status">
        <strong>${texts.get("sessions_sum", { count: format.number(sum.count, 0) })}</strong>
        · ${format.energy(sum.energy, sum.energy < 10_000 ? 2 : 1)} ·
        ${costs.join(" + ") || texts.get("no_cost")}
      </p>
      ${
        sum.unpriced > 0
          ? html`<p class="muted">
              ${texts.get("unpriced", { energy: format.energy(sum.unpriced) })}
            </p>`
          : nothing
      }`;
  }

  #table(sessions: PastSession[]): TemplateResult {
    const { texts } = this;
    return html`<table class="box">
      <thead>
        <tr>
          <th scope="col">${texts.get("time")}</th>
          <th scope="col">${texts.get("charger")}</th>
          <th scope="col" class="figure">${texts.get("duration")}</th>
          <th scope="col" class="figure">${texts.get("energy")}</th>
          <th scope="col" class="figure">${texts.get("cost")}</th>
        </tr>
      </thead>
      <tbody>
        ${sessions.map((session) => this.#row(session))}
      </tbody>
    </table>`;
  }

  #row(session: PastSession): TemplateResult {
    const { texts, format } = this;
    const began = new Date(session.started_at);
    const end = session.ended_at ? Date.parse(session.ended_at) : undefined;
    const minutes = Math.max(0, Math.floor(((end ?? Date.now()) - began.getTime()) / 60_000));
    const outlet =
      session.connector === null ? "" : ` · ${texts.get("outlet", { number: session.connector })}`;
    return html`<tr>
      <th scope="row">
        ${format.atHome(began, {
          year: "numeric",
          month: "short",
          day: "numeric",
          hour: "2-digit",
          minute: "2-digit",
        })}
      </th>
      <td>
        ${session.charger}${outlet}
        ${session.site ? html`<span class="muted">${session.site}</span>` : nothing}
      </td>
      <td class="figure">
        ${
          end === undefined
            ? texts.get("still_charging")
            : texts.get("minutes", { minutes: format.number(minutes, 0) })
        }
      </td>
      <td class="figure">${format.energy(session.energy, 2)}</td>
      <td class="figure">${this.#cost(session)}</td>
    </tr>`;
  }

  /** What is not known is told, and not guessed. */
  #cost({ cost, currency, unpriced }: PastSession): TemplateResult {
    const { texts, format } = this;
    if (cost === null) return html`<span class="muted">${texts.get("no_cost")}</span>`;
    if (unpriced === 0) return html`${format.money(cost, currency)}`;
    return html`${format.money(cost, currency)}
      <span class="muted">+ ${texts.get("unpriced", { energy: format.energy(unpriced) })}</span>`;
  }
}

define("zmartcharge-sessions-view", SessionsView);
