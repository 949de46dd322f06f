import{t as e}from"./define-Cei0lYwU.js";import{t}from"./preload-helper-BQUUbbNx.js";import{a as n,c as r,n as i,r as a,s as o,t as s}from"./errors-hZWICanf.js";import{i as c,n as l,r as u,t as d}from"./store-D7TWg2sA.js";function f(e){return/\/zmartcharge_card\/([0-9a-f]{16})\//.exec(e)?.[1]}function p(e,t=import.meta.url){let n=f(t);return n!==void 0&&n!==e}var m={comma_decimal:`en-US`,decimal_comma:`de`,space_comma:`fr`,quote_decimal:`de-CH`,none:`en-US`},h={12:()=>!0,24:()=>!1,system:()=>new Intl.DateTimeFormat(void 0,{hour:`numeric`}).resolvedOptions().hour12},g=new Set([`NOK`,`SEK`,`DKK`]),_=36e5,v=class{#e;#t;#n;#r;#i;#a;#o=new Map;constructor(e){let{language:t,number_format:n,time_format:r,time_zone:i}=e.locale;this.#n=t||e.language||`en`,this.#e=n===`system`?void 0:m[n??``]??this.#n,this.#t=n!==`none`,this.#a=e.config.time_zone,this.#r=i===`server`?e.config.time_zone:void 0,this.#i=h[r??``]?.()}number(e,t=1,n=0){return this.#s(`n${t}-${n}`,()=>new Intl.NumberFormat(this.#e,{minimumFractionDigits:n,maximumFractionDigits:t,useGrouping:this.#t})).format(Math.abs(e)<.5/10**t?0:e)}energy(e,t=1){return`${this.number(e/1e3,t,t)} kWh`}power(e){return`${this.number(e/1e3,1,1)} kW`}distance(e){return e<1e3?`${this.number(Math.round(e/10)*10,0)} m`:`${this.number(e/1e3,+(e<1e4))} km`}money(e,t,n=2){return`${this.number(e,n,n)} ${y(t)}`.trimEnd()}time(e){return this.date(e,{hour:`2-digit`,minute:`2-digit`})}moment(e,t){return Math.abs(e.getTime()-t.getTime())>=20*_?`${this.date(e,{weekday:`short`})} ${this.time(e)}`:this.time(e)}date(e,t){return this.#s(JSON.stringify(t),()=>{let e={...t};return this.#r&&(e.timeZone??=this.#r),t.hour&&this.#i!==void 0&&(e.hour12??=this.#i),new Intl.DateTimeFormat(this.#n,e)}).format(e)}atHome(e,t){return this.date(e,{...t,timeZone:this.#a})}day(e){return this.#s(`day`,()=>new Intl.DateTimeFormat(`en-CA`,{timeZone:this.#a,year:`numeric`,month:`2-digit`,day:`2-digit`})).format(e)}ago(e,t){let n=Math.max(0,Math.round((t.getTime()-e.getTime())/1e3)),r=this.#s(`ago`,()=>new Intl.RelativeTimeFormat(this.#n,{style:`short`}));return n<100?r.format(-n,`second`):n<6e3?r.format(-Math.round(n/60),`minute`):r.format(-Math.round(n/3600),`hour`)}value([e,t],n,r){switch(e){case`time`:return this.moment(new Date(t),r);case`duration`:return b(t);case`money`:return this.money(t,n,0);case`energy`:return this.number(t);case`number`:return this.number(t,2);case`text`:return t}}#s(e,t){let n=this.#o.get(e);if(n)return n;let r=t();return this.#o.set(e,r),r}};function y(e){return e===null?``:g.has(e)?`kr`:e}function b(e){let t=Math.max(1,Math.round(e/60));return`${Math.floor(t/60)}:${String(t%60).padStart(2,`0`)}`}var x=r`
  ha-card {
    block-size: 100%;
    display: block;
    overflow: hidden;
  }
  /* Home Assistant defines its card when a dashboard is shown; the panel may be first. */
  ha-card:not(:defined) {
    background: var(--zc-surface);
    border: 1px solid var(--zc-line);
    border-radius: var(--ha-card-border-radius, 12px);
    box-sizing: border-box;
  }
  .content {
    container-type: inline-size;
    padding: 16px;
  }
  h2 {
    font-size: 1.25rem;
    font-weight: 500;
    margin: 0;
    overflow-wrap: anywhere;
  }
  p {
    margin: 4px 0;
  }
  .names {
    align-items: center;
    display: flex;
    gap: 8px;
  }
  .name {
    flex: 1;
    min-inline-size: 0;
    text-align: center;
  }
  .step {
    font-size: 1.5rem;
    line-height: 1;
    padding: 0;
  }
  .dots {
    display: flex;
    gap: 8px;
    justify-content: center;
    margin-block: 8px 0;
  }
  .dots i {
    background: var(--zc-line);
    block-size: 8px;
    border-radius: 50%;
    inline-size: 8px;
  }
  .dots i.here {
    background: var(--zc-accent);
    inline-size: 20px;
    border-radius: 4px;
  }
  .picture {
    block-size: 96px;
    inline-size: 160px;
    margin: 8px auto;
  }
  .case {
    fill: color-mix(in srgb, var(--primary-text-color) 10%, var(--zc-surface));
    stroke: var(--zc-bar);
    stroke-width: 2;
  }
  .lamp {
    fill: var(--zc-bar);
  }
  .lamp.on {
    fill: var(--zc-car);
  }
  .lamp.alarm {
    fill: var(--zc-alarm);
  }
  .cable {
    fill: none;
    stroke: var(--zc-bar);
    stroke-linecap: round;
    stroke-width: 4;
  }
  .car {
    fill: var(--zc-bar);
  }
  .cable.flows {
    animation: flow 1.2s linear infinite;
    stroke: var(--zc-car);
    stroke-dasharray: 8 8;
  }
  @keyframes flow {
    to {
      stroke-dashoffset: -32;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .cable.flows {
      animation: none;
    }
  }
  .status {
    text-align: center;
  }
  .message {
    font-size: 1.25rem;
    font-weight: 500;
  }
  .note,
  .banner,
  .fault,
  .problem {
    border-inline-start: 4px solid var(--zc-accent);
    background: color-mix(in srgb, var(--zc-accent) 12%, transparent);
    border-radius: 4px;
    margin-block: 8px;
    padding: 8px 12px;
    text-align: start;
  }
  .fault,
  .problem {
    border-color: var(--zc-alarm);
    background: color-mix(in srgb, var(--zc-alarm) 12%, transparent);
  }
  .banner {
    align-items: center;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    justify-content: space-between;
  }
  pre {
    font-size: 0.8rem;
    overflow: auto;
    user-select: all;
    white-space: pre-wrap;
  }
  .buttons {
    display: grid;
    gap: 12px;
    grid-template-columns: 1fr;
    margin-block: 12px;
  }
  @container (min-width: 400px) {
    .buttons {
      grid-auto-columns: 1fr;
      grid-auto-flow: column;
      grid-template-columns: none;
    }
  }
  .big {
    border-width: 2px;
    font-size: 1.05rem;
    font-weight: 500;
    min-block-size: 56px;
  }
  .big.smart.on,
  .big.start {
    background: color-mix(in srgb, var(--zc-accent) 16%, transparent);
    border-color: var(--zc-accent);
  }
  .big.stop,
  .confirm {
    border-color: var(--zc-alarm);
    background: color-mix(in srgb, var(--zc-alarm) 12%, transparent);
  }
  section {
    border-block-start: 1px solid var(--zc-line);
    margin-block-start: 12px;
    padding-block-start: 12px;
  }
  .session dl {
    display: grid;
    gap: 8px;
    grid-template-columns: repeat(auto-fit, minmax(88px, 1fr));
    margin: 8px 0 0;
  }
  dd {
    font-size: 1.1rem;
    font-variant-numeric: tabular-nums;
    margin: 0;
  }
  .links {
    border-block-start: 1px solid var(--zc-line);
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-block-start: 12px;
    padding-block-start: 12px;
  }
  .empty {
    padding: 24px 8px;
    text-align: center;
  }
  dialog {
    background: var(--zc-surface);
    border: 1px solid var(--zc-line);
    border-radius: 16px;
    color: var(--primary-text-color);
    inline-size: min(400px, calc(100vw - 32px));
    padding: 24px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  dialog .buttons {
    grid-auto-columns: 1fr;
    grid-auto-flow: column;
    grid-template-columns: none;
    margin-block-end: 0;
  }
`,S={smart_on:`Turn on smart charging`,smart_off:`Turn off smart charging`,start:`Start the charger`,stop:`Stop the charger`,stop_question:`Stop charging?`,stop_explained:`The car gets no more power until you start again.`,stop_yes:`Yes, stop`,cancel:`Cancel`,stopping:`Stopping. It may take a minute.`,unplug:`Don't forget to unplug your cable!`,starting:`Starting. It may take a minute.`,plug_in:`Plug in the cable, then charging begins.`,failed:`It did not work: {error}`,until:`until {time}`,switched_off:`Charging is switched off`,session:`This charging`,last_session:`Last charging`,energy:`Energy`,cost:`Cost`,duration:`Time`,power:`Power`,minutes:`{minutes} min`,prices:`Price and plan`,price:`Price`,no_prices:`No prices are known yet`,per_kwh:`{price}/kWh`,planned:`Charging planned`,ready_by:`Ready by {time}`,forecast:`Estimated`,now:`Now`,phases:`Current at the main fuse`,house:`The rest of the house`,cars:`Cars`,margin:`May be more`,offered:`Offered to the car: {amperes} A`,fuse:`{amperes} of {fuse} A`,measured:`Measured {age}`,stale:`Too old to rely on: measured {age}`,no_reading:`Waiting for the meter`,history:`History`,day:`Day`,month:`Month`,year:`Year`,earlier:`Earlier`,later:`Later`,show_energy:`Show kWh`,show_cost:`Show price`,total:`Total`,no_history:`Nothing was charged`,no_cost:`No price is known`,unpriced:`{energy} without a price`,time:`Time`,previous_charger:`Previous charger`,next_charger:`Next charger`,charger_of:`Charger {number} of {count}`,outlet:`outlet {number}`,settings:`Charger settings`,sites:`My sites`,add_charger:`Add new charger`,first_charger:`Add your first charger`,no_charger:`There is no charger here yet`,loading:`Loading`,not_loaded:`ZmartCharge is not running. It comes back by itself when it is.`,waiting:`Waiting for the charger's first message`,offline_help:`Check that the charger has power and network.`,new_version:`ZmartCharge has been updated.`,reload:`Reload`,error_code:`Error code: {code}`,copy:`Copy text for support`,copied:`Copied`,copy_failed:`Copying is not allowed here; mark the text instead:`,unknown:`unknown`,more:`More`,no_price_here:`What power costs here is not set`,no_meter_here:`No meter is connected here`,menu:`Menu`,page_home:`Home`,page_chargers:`Chargers`,page_find:`Find a charger`,all_sessions:`All your sessions`,charger:`Charger`,site:`Site`,period:`Period`,all_chargers:`All chargers`,all_sites:`All sites`,period_this_month:`This month`,period_last_month:`Last month`,period_this_year:`This year`,period_last_year:`Last year`,period_all:`All`,period_own:`From and to`,from:`From`,to:`Until and including`,download:`Download as CSV`,show_more:`Show more`,no_sessions:`Nothing was charged in this period`,sessions_sum:`Sessions: {count}`,still_charging:`Charging now`,csv_start:`Start (UTC)`,csv_end:`End (UTC)`,csv_outlet:`Outlet`,csv_currency:`Currency`,csv_unpriced:`kWh without a price`,name:`Name`,label:`Charger ID`,circuit_fuse:`Circuit fuse`,circuit:`Shared circuit`,change_in_form:`Change name, site or fuse`,all_values:`All values and settings`,access:`Who may charge`,access_open:`Everyone`,access_registered:`By phone or registered card`,enabled:`In use`,disabled:`Deactivated: nobody can charge`,done_by:`Charging must be done`,done_by_explained:`Leave a day empty when you do not need the car then.`,remove_charger:`Remove the charger`,remove_site:`Delete the site`,remove_question:`Remove {name} for good?`,remove_charger_explained:`This cannot be undone. The charger can no longer be used here until it is added again. What it has charged stays in the history.`,remove_site_explained:`This cannot be undone. The site's meter, price and load balancing go with it.`,type_name:`Type the name to confirm: {name}`,remove_yes:`Remove for good`,site_has_chargers:`A site with chargers cannot be deleted. Remove or move these first: {chargers}`,add_site:`Add new site`,change_site:`Change site, meter or price`,no_site:`There is no site here yet`,site_without_charger:`There is no charger at this site`,main_fuse:`Main fuse {amperes} A`,show_charger:`Show`,find_label:`Name, ID on the charger, or address`,favourites:`Favourites only`,favourite:`Favourite: {name}`,nearest:`Nearest first`,locating:`Finding out where you are`,no_position:`Where you are cannot be told. Allow it in the browser, and open Home Assistant by https.`,found:`Found: {count}`,found_none:`No charger fits`,on_map:`On the map`},C={nb:()=>t(()=>import(`./nb-BIeHHoWj.js`),[],import.meta.url),sv:()=>t(()=>import(`./sv-DtLF3_WQ.js`),[],import.meta.url),da:()=>t(()=>import(`./da-5_-WIXeP.js`),[],import.meta.url)},w=`component.zmartcharge`,T=new WeakMap;function E(e){let t=e.toLowerCase().split(`-`)[0]??`en`,n=t===`no`||t===`nn`?`nb`:t;return n in C?n:`en`}var D=class e{#e;#t;constructor(e,t,n){this.language=e,this.#e=t,this.#t=n}static load(t){let n=T.get(t.connection)??new Map;T.set(t.connection,n);let r=n.get(t.language)??e.#n(t);return n.set(t.language,r),r.catch(()=>n.delete(t.language)),r}static async#n(t){let n=E(t.language),[r]=await Promise.all([C[n]?.(),t.loadBackendTranslation?.(`entity`,`zmartcharge`),t.loadBackendTranslation?.(`exceptions`,`zmartcharge`)]),i=await t.loadBackendTranslation?.(`exceptions`,`zmartcharge`);return new e(n,r?.default??S,i??t.localize)}get(e,t={}){return this.#e[e].replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??``))}status(e){return this.#t(`${w}.entity.sensor.status.state.${e}`)||e}reason(e){let t=`${w}.entity.sensor.status.state_attributes.reason.state.${e}`;return this.#t(t)||e}message(e,t,n,r){let i={};for(let[a,o]of Object.entries(e.values))i[a]=t.value(o,n,r);return this.#t(`${w}.exceptions.${e.key}.message`,ee(i))}};function ee(e){return{...Object.fromEntries([`cost`,`start`,`ready`,`until`,`pause`,`late`,`cheap_from`,`cheap_to`].map(e=>[e,`–`])),...e}}function te(e,t,n,r,i){let{status:a,reason:o,until:s,balance:c}=e;if(a===`offline`)return t.get(`offline_help`);if(e.mode===`off`&&e.plugged&&a!==`fault`)return t.get(`switched_off`);if(o===`price`&&s){let e=n.moment(new Date(s),i);return`${t.reason(o)} ${t.get(`until`,{time:e})}`}return e.charging&&c&&o!==`car`?t.message(c,n,r,i):o&&o!==`error`?t.reason(o):``}function ne(e,t,n){let{error:r}=e;return[[`Charger`,e.model],[`Serial number`,e.serial],[`Firmware`,e.firmware],[`Connector`,e.connector?.toString()],[`Status`,e.status],[`Error code`,r?.code],[`Vendor error code`,r?.vendor_code],[`Info`,r?.info],[`ZmartCharge`,t],[`Time`,n.toISOString()]].filter(([,e])=>e).map(([e,t])=>`${e}: ${t}`).join(`
`)}var O=`/zmartcharge`,k=[`home`,`history`,`sites`,`chargers`,`find`];function A(e){let t=`/config/integrations/integration/zmartcharge`;return e?.entry?`${t}#config_entry=${e.entry}`:t}function j(e){return`/config/devices/device/${e}`}function M(e,t){return`${O}/${e}${t?`?charger=${encodeURIComponent(t)}`:``}`}function N(e){return e===`/zmartcharge`||e.startsWith(`/zmartcharge/`)}function P(e){return k.find(t=>e.startsWith(`/zmartcharge/${t}`))??`home`}function F(e){history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:!1}}))}function I(e){if(e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0)return;e.preventDefault();let t=e.currentTarget;F(t.getAttribute(`href`)??`/zmartcharge`)}var L=12;function R(e,t,r,{number:i,count:o,go:s}){let c=e.connector===null?``:r.get(`outlet`,{number:e.connector}),l=(e,t,r)=>n`<button type="button" class="step" aria-label=${r} @click=${()=>s(e)}>
      ${t}
    </button>`;return n`<div class="names">
      ${o>1?l(-1,`‹`,r.get(`previous_charger`)):a}
      <div class="name">
        <h2>${e.name}${c?n`<small> · ${c}</small>`:a}</h2>
        ${t?n`<p class="muted">${t}</p>`:a}
      </div>
      ${o>1?l(1,`›`,r.get(`next_charger`)):a}
    </div>
    ${o>1?z(i,o,r):a}`}function z(e,t,r){let i=r.get(`charger_of`,{number:e,count:t});return t>L?n`<p class="muted dots">${i}</p>`:n`<div class="dots" role="img" aria-label=${i}>
    ${Array.from({length:t},(t,r)=>n`<i class=${r+1===e?`here`:``}></i>`)}
  </div>`}function B(e,t,{version:r,now:i,copied:o,copy:s}){let{error:c}=e,l=[c?.code,c?.vendor_code,c?.info].filter(Boolean).join(` · `),u=ne(e,r,i);return n`<div class="fault">
    <p>${t.get(`error_code`,{code:l})}</p>
    <button type="button" class="copy" @click=${()=>s(u)}>
      ${t.get(o===`yes`?`copied`:`copy`)}
    </button>
    ${o===`no`?n`<p>${t.get(`copy_failed`)}</p>
            <pre tabindex="0">${u}</pre>`:a}
  </div>`}function V(e,t,r,i){let{session:o}=e;if(!o)return a;let s=o.ended_at?Date.parse(o.ended_at):i.getTime(),c=Math.max(0,Math.floor((s-Date.parse(o.started_at))/6e4)),l=[[t.get(`energy`),r.energy(o.energy,2)]];return o.cost!==null&&l.push([t.get(`cost`),r.money(o.cost,o.currency)]),l.push([t.get(`duration`),t.get(`minutes`,{minutes:r.number(c,0)})]),e.charging&&e.power!==null&&l.push([t.get(`power`),r.power(e.power)]),n`<section class="session">
    <h3>${t.get(e.charging?`session`:`last_session`)}</h3>
    <dl>
      ${l.map(([e,t])=>n`<div>
            <dt class="muted">${e}</dt>
            <dd>${t}</dd>
          </div>`)}
    </dl>
  </section>`}function H(e,t,r){let i=(e,t)=>n`<a class="button" href=${e} @click=${I}>${t}</a>`,{charger:o}=e,s=r?.may_add??!1;return n`<nav class="links" aria-label=${t.get(`more`)}>
    ${s?i(M(`chargers`,o),t.get(`settings`)):a}
    ${i(M(`sites`),t.get(`sites`))}
    ${s?i(A(r),t.get(`add_charger`)):a}
  </nav>`}function re(e,t){return n`<div class="empty">
    <p role="status">${e.get(`no_charger`)}</p>
    ${t?.may_add?n`<a class="button big" href=${A(t)} @click=${I}
            >${e.get(`first_charger`)}</a
          >`:a}
  </div>`}function U(e){return n`<div class="banner" role="status">
    ${e.get(`new_version`)}
    <button type="button" class="reload" @click=${()=>location.reload()}>
      ${e.get(`reload`)}
    </button>
  </div>`}function W(e,t,r){return n`<dialog aria-labelledby="question" aria-describedby="explained">
    <h2 id="question">${t.get(`stop_question`)}</h2>
    <p>${e.name}</p>
    <p id="explained">${t.get(`stop_explained`)}</p>
    <form method="dialog" class="buttons">
      <button class="cancel">${t.get(`cancel`)}</button>
      <button class="confirm" @click=${r}>${t.get(`stop_yes`)}</button>
    </form>
  </dialog>`}var G=r`
  :host {
    --zc-muted: color-mix(in srgb, var(--primary-text-color) 72%, var(--zc-surface));
    --zc-surface: var(--ha-card-background, var(--card-background-color, #fff));
    --zc-line: color-mix(in srgb, var(--primary-text-color) 22%, var(--zc-surface));
    --zc-bar: color-mix(in srgb, var(--primary-text-color) 45%, var(--zc-surface));
    --zc-accent: var(--primary-color, #009ac7);
    --zc-car: var(--success-color, #43a047);
    --zc-alarm: var(--error-color, #db4437);
    --zc-radius: var(--ha-border-radius-md, 8px);
    color: var(--primary-text-color);
  }
  h3 {
    font-size: 1rem;
    font-weight: 500;
    margin: 0;
  }
  button,
  a.button {
    align-items: center;
    background: transparent;
    border: 1px solid var(--zc-line);
    border-radius: var(--zc-radius);
    box-sizing: border-box;
    color: var(--primary-text-color);
    cursor: pointer;
    display: inline-flex;
    font: inherit;
    gap: 8px;
    justify-content: center;
    min-block-size: 44px;
    min-inline-size: 44px;
    padding: 4px 12px;
    text-decoration: none;
  }
  button:hover:not(:disabled),
  a.button:hover {
    background: color-mix(in srgb, var(--zc-accent) 12%, transparent);
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  button[aria-pressed="true"] {
    background: color-mix(in srgb, var(--zc-accent) 20%, transparent);
    border-color: var(--zc-accent);
    font-weight: 500;
  }
  :focus-visible {
    outline: 3px solid var(--zc-accent);
    outline-offset: 2px;
  }
  .muted {
    color: var(--zc-muted);
    font-size: 0.875rem;
  }
  .hidden {
    block-size: 1px;
    clip-path: inset(50%);
    inline-size: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
  }
  svg {
    display: block;
  }
`,K=5e3,q=class extends i{static{this.properties={config:{attribute:!1},texts:{state:!0},plan:{state:!0},chosen:{state:!0},problem:{state:!0},capabilities:{state:!0},now:{state:!0}}}#e;#t;#n;#r;#i;#a=!1;#o;#s;#c;static{this.styles=[G,x]}constructor(){super(),this.now=new Date}get showsPlan(){return!1}set hass(e){let t=this.#t;this.#t=e,(t?.language!==e.language||t.locale!==e.locale)&&(this.#n=new v(e),this.requestUpdate(),this.#l()),t?.connection!==e.connection&&this.isConnected&&this.#u()}get home(){return this.#t}#l(){let e=this.#t;e&&D.load(e).then(t=>{this.#t?.language===e.language&&(this.texts=t,this.#s&&=this.problem=void 0)},e=>{this.#s=this.problem=s(e),setTimeout(()=>{this.isConnected&&!this.texts&&this.#l()},u)})}connectedCallback(){super.connectedCallback(),this.texts||this.#l(),this.#t&&this.#u(),this.#c=setInterval(()=>this.now=new Date,K)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#c),this.#f()}#u(){this.#f();let e=this.#t;e&&(this.#r=l(e.connection,t=>{let n=this.#e;this.#e=t,this.#d(e.connection),this.#o&&=this.problem=void 0,(!n||d(n,t,this.key))&&(this.now=new Date,this.requestUpdate(`overview`,n))},e=>this.#o=this.problem=s(e)))}#d(e){this.capabilities||this.#a||(this.#a=!0,e.sendMessagePromise({type:`zmartcharge/capabilities`}).then(e=>this.capabilities=e).catch(()=>void 0).finally(()=>this.#a=!1))}#f(){this.#r?.(),this.#r=void 0,this.#p(void 0)}get overview(){return this.#e}get order(){return this.overview?.order??[]}get key(){let e=this.overview?.connectors??{};if(this.chosen&&e[this.chosen])return this.chosen;let t=this.config?.device,n=(e,n)=>e===t||this.overview?.sites[n??``]?.device===t;return t&&this.order.find(t=>n(e[t]?.device,e[t]?.site))||(t&&this.config.single?void 0:this.order[0])}get shown(){return this.overview?.connectors[this.key??``]}willUpdate(){this.isConnected&&this.#p(this.shown&&this.showsPlan?this.key:void 0)}#p(e){if(this.#i?.key===e||(this.#i?.end(),this.#i=void 0,this.plan=void 0,!e||!this.#t))return;let t=c(this.#t.connection,{type:`zmartcharge/subscribe_plan`,connector:e},e=>this.plan=e);this.#i={key:e,end:t}}render(){return n`<ha-card><div class="content">${this.#m()}</div></ha-card>`}#m(){let{texts:e,overview:t}=this,r=this.#n;if(!e||!r)return n`<p class="muted">${this.problem??`…`}</p>`;if(!t)return n`<p role="status">${this.problem??e.get(`loading`)}</p>`;let i=t.card&&p(t.card)?U(e):``;if(!t.loaded)return n`${i}
        <p role="status">${e.get(`not_loaded`)}</p>`;let{key:a,shown:o}=this;return!a||!o?this.order.length>0?n`${i}
            <p role="status">${e.get(`no_charger`)}</p>`:n`${i}${re(e,this.capabilities)}`:n`${i}${this.charger({key:a,connector:o,overview:t,texts:e,format:r})}`}},J=[`day`,`month`,`year`],Y=6e4;function X(e,t,n){let r=new Date(`${e}T12:00:00Z`);return t===`day`&&r.setUTCDate(r.getUTCDate()+n),t===`month`&&r.setUTCMonth(r.getUTCMonth()+n,1),t===`year`&&r.setUTCFullYear(r.getUTCFullYear()+n,0,1),r.toISOString().slice(0,10)}var ie=class extends i{static{this.properties={connection:{attribute:!1},connector:{},energy:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},today:{},span:{state:!0},money:{state:!0},day:{state:!0},chosen:{state:!0},history:{state:!0},problem:{state:!0}}}#e=0;#t=0;#n;constructor(){super(),this.span=`month`,this.money=!1}static{this.styles=[G,r`
      .row {
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        justify-content: space-between;
        margin-block-start: 8px;
      }
      .spans {
        display: flex;
        gap: 4px;
      }
      .title {
        flex: 1;
        font-weight: 500;
        text-align: center;
      }
      .chart {
        block-size: 96px;
        margin-block-start: 8px;
        touch-action: pan-y;
      }
      svg {
        block-size: 100%;
        inline-size: 100%;
      }
      rect.bar {
        fill: var(--zc-accent);
      }
      rect.chosen {
        stroke: var(--primary-text-color);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
      .axis {
        border-block-start: 1px solid var(--zc-line);
        display: flex;
        font-size: 0.75rem;
        justify-content: space-between;
      }
      p {
        margin: 4px 0 0;
        min-block-size: 1.4em;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#r()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#n=void 0}willUpdate(e){if([`connection`,`connector`,`span`,`day`,`today`].some(t=>e.has(t)))e.has(`connector`)&&(this.day=this.history=void 0),this.chosen=void 0,this.#r();else if(e.has(`energy`)&&this.#n===void 0){let e=Math.max(0,this.#t+Y-Date.now());this.#n=setTimeout(()=>void this.#r(),e)}}async#r(){clearTimeout(this.#n),this.#n=void 0;let e=++this.#e;this.#t=Date.now();try{let t=await this.connection.sendMessagePromise({type:`zmartcharge/sessions`,connector:this.connector,span:this.span,date:this.day??this.today});if(e!==this.#e)return;this.history=t,this.problem=void 0}catch(t){if(e!==this.#e)return;this.problem=s(t),this.isConnected&&(this.#n=setTimeout(()=>void this.#r(),Y))}}render(){let{texts:e,history:t}=this,r=this.day??this.today,i=t?.first?this.format.day(new Date(t.first)):this.today,a=X(r,this.span,0);return n`
      <h3>${e.get(`history`)}</h3>
      <div class="row">
        <div class="spans" role="group" aria-label=${e.get(`history`)}>
          ${J.map(t=>n`<button
                type="button"
                aria-pressed=${t===this.span}
                @click=${()=>this.span=t}
              >
                ${e.get(t)}
              </button>`)}
        </div>
        <button type="button" class="unit" @click=${()=>this.money=!this.money}>
          ${e.get(this.money?`show_energy`:`show_cost`)}
        </button>
      </div>
      <div class="row">
        ${this.#i(-1,`‹`,`earlier`,a<=i)}
        <div class="title" aria-live="polite">${this.#a(r)}</div>
        ${this.#i(1,`›`,`later`,X(r,this.span,1)>this.today)}
      </div>
      ${this.problem?n`<p role="alert">${this.problem}</p>`:t?this.#o(t):``}
    `}#i(e,t,r,i){return n`<button
      type="button"
      class=${r}
      aria-label=${this.texts.get(r)}
      ?disabled=${i}
      @click=${()=>this.day=X(this.day??this.today,this.span,e)}
    >
      ${t}
    </button>`}#a(e){let t=new Date(`${e}T12:00:00Z`);return this.format.date(t,{...{day:{weekday:`short`,day:`numeric`,month:`long`,year:`numeric`},month:{month:`long`,year:`numeric`},year:{year:`numeric`}}[this.span],timeZone:`UTC`})}#o(e){let t=e.bars.map(e=>this.money?e.cost??0:e.energy),r=Math.max(...t,1e-4),i=Math.min(...t,0);if(e.energy===0)return n`<p>${this.texts.get(`no_history`)}</p>`;let a=t.findLastIndex(e=>e!==0),s=Math.min(this.chosen??Math.max(a,0),t.length-1),c=e.bars[s],l=e.bars[0],u=e.bars.at(-1);return!c||!l||!u?n``:n`
      <div
        class="chart"
        role="slider"
        tabindex="0"
        aria-label=${this.texts.get(`history`)}
        aria-valuemin="1"
        aria-valuemax=${t.length}
        aria-valuenow=${s+1}
        aria-valuetext=${this.#l(c)}
        @keydown=${e=>this.#f(e,s,t.length)}
        @pointerdown=${e=>this.#p(e,t.length)}
        @pointermove=${e=>this.#p(e,t.length)}
      >
        <svg viewBox="0 0 ${t.length} 100" preserveAspectRatio="none" aria-hidden="true">
          ${t.map((e,t)=>{let n=Math.abs(e)/(r-i)*100,a=(r-Math.max(e,0))/(r-i)*100;return o`<rect class="bar ${t===s?`chosen`:``}"
              x=${t+.1} y=${a} width="0.8" height=${n}></rect>`})}
        </svg>
      </div>
      <div class="axis muted" aria-hidden="true">
        <span>${this.#u(l)}</span><span>${this.#u(u)}</span>
      </div>
      <p>${this.#l(c)}</p>
      <p class="total"><strong>${this.texts.get(`total`)}: ${this.#s(e)}</strong></p>
      ${this.money&&e.unpriced>0?n`<p class="muted">
              ${this.texts.get(`unpriced`,{energy:this.format.energy(e.unpriced)})}
            </p>`:``}
      ${this.#d(e)}
    `}#s(e){return this.money?e.cost===null?this.texts.get(`no_cost`):this.format.money(e.cost,e.currency):this.format.energy(e.energy)}#c(e){return this.money?e.cost===null?e.energy>0?this.texts.get(`no_cost`):`0`:this.format.money(e.cost,this.history?.currency??null):this.format.energy(e.energy)}#l(e){return`${this.#u(e)} · ${this.#c(e)}`}#u(e){let t=new Date(e.start);if(this.span===`day`)return this.format.atHome(t,{hour:`2-digit`,minute:`2-digit`});let n=this.span===`month`?{day:`numeric`,month:`short`}:{month:`long`};return this.format.atHome(t,n)}#d(e){let{texts:t}=this;return n`<table class="hidden">
      <caption>
        ${t.get(`history`)}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t.get(`time`)}</th>
          <th scope="col">${this.money?y(e.currency)||t.get(`cost`):`kWh`}</th>
        </tr>
      </thead>
      <tbody>
        ${e.bars.filter(e=>e.energy>0).map(e=>n`<tr>
                <th scope="row">${this.#u(e)}</th>
                <td>${this.#c(e)}</td>
              </tr>`)}
      </tbody>
    </table>`}#f(e,t,n){let r={ArrowLeft:-1,ArrowDown:-1,ArrowRight:1,ArrowUp:1,Home:-n,End:n}[e.key];r!==void 0&&(e.preventDefault(),this.chosen=Math.min(n-1,Math.max(0,t+r)))}#p(e,t){let n=e.currentTarget.getBoundingClientRect(),r=(e.clientX-n.left)/n.width,i=getComputedStyle(this).direction===`rtl`,a=Math.floor((i?1-r:r)*t);this.chosen=Math.min(t-1,Math.max(0,a))}};e(`zmartcharge-history`,ie);var ae=1.2,oe=class extends i{static{this.properties={site:{attribute:!1},connectors:{attribute:!1},offered:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{attribute:!1}}}static{this.styles=[G,r`
      dl {
        display: grid;
        gap: 8px 12px;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        margin: 8px 0 4px;
      }
      dt,
      dd {
        margin: 0;
      }
      dd.value {
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      dd.over {
        color: var(--primary-text-color);
        font-weight: 700;
      }
      svg {
        block-size: 20px;
        inline-size: 100%;
      }
      .track {
        fill: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
      }
      .house {
        fill: var(--zc-bar);
      }
      .cars {
        fill: var(--zc-car);
      }
      .margin {
        fill: color-mix(in srgb, var(--primary-text-color) 25%, transparent);
      }
      .beyond {
        fill: var(--zc-alarm);
      }
      .fuse {
        stroke: var(--zc-alarm);
        stroke-width: 3px;
        vector-effect: non-scaling-stroke;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      .legend i {
        block-size: 10px;
        display: inline-block;
        inline-size: 10px;
        margin-inline-end: 6px;
      }
      i.house {
        background: var(--zc-bar);
      }
      i.cars {
        background: var(--zc-car);
      }
      p {
        margin: 4px 0 0;
      }
    `]}render(){let e=Object.entries(this.site.lines).sort(([e],[t])=>e.localeCompare(t));if(e.length===0)return n`<p class="muted">${this.texts.get(`no_reading`)}</p>`;let t=new Date(Math.min(...e.map(([,e])=>Date.parse(e.at)))),r=e.every(([,e])=>e.fresh),i=this.format.ago(t,this.now);return n`
      <dl>${e.map(([e,t])=>this.#e(e,t))}</dl>
      <div class="legend muted" aria-hidden="true">
        <span><i class="house"></i>${this.texts.get(`house`)}</span>
        <span><i class="cars"></i>${this.texts.get(`cars`)}</span>
      </div>
      ${this.offered===null?``:n`<p class="muted">
              ${this.texts.get(`offered`,{amperes:this.format.number(this.offered)})}
            </p>`}
      <p class="muted">
        ${r?``:`⚠ `}${this.texts.get(r?`measured`:`stale`,{age:i})}
      </p>
    `}#e(e,t){let r=this.site.main_fuse,i=Math.min(t.current,this.connectors.reduce((t,n)=>t+(n.draw[e]??0),0)),a=e=>this.format.number(e,1,1),o=this.texts.get(`fuse`,{amperes:a(t.current),fuse:r}),s=`${o}: ${this.texts.get(`house`)} ${a(t.current-i)} A, ${this.texts.get(`cars`)} ${a(i)} A`;return n`
      <dt>${e.toUpperCase()}</dt>
      <dd>${se(t.current-i,i,t.margin??0,r,s)}</dd>
      <dd class="value ${t.current>r?`over`:``}">
        ${t.current>r?`⚠ `:``}${o}
      </dd>
    `}};function se(e,t,r,i,a){let s=i*ae,c=e=>Math.min(e,s)/s*100,l=(e,t,n)=>o`<rect class=${e} x=${c(t)} y="2" width=${Math.max(0,c(n)-c(t))} height="16"></rect>`,u=e+t;return n`<svg viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label=${a}>
    ${l(`track`,0,s)} ${l(`house`,0,e)} ${l(`cars`,e,u)}
    ${l(`margin`,u,u+r)} ${l(`beyond`,i,u)}
    <line class="fuse" x1=${c(i)} x2=${c(i)} y1="0" y2="20"></line>
  </svg>`}e(`zmartcharge-phases`,oe);var Z=3600,Q=e=>e&&Math.floor(e.getTime()/6e4);function $(e,t){let n=Math.floor(t.getTime()/1e3/Z)*Z-Z,r=new Map;for(let[t,i,a,o]of e.prices){if(i<=n)continue;let e=Math.floor(t/Z)*Z,s=r.get(e)??{seconds:0,total:0,forecast:!1};s.seconds+=i-t,s.total+=a*(i-t),s.forecast||=o,r.set(e,s)}return[...r].sort(([e],[t])=>e-t).map(([t,{seconds:n,total:r,forecast:i}])=>{let a=t+Z,o=(e.plan?.slots??[]).filter(e=>Date.parse(e.start)<a*1e3&&Date.parse(e.end)>t*1e3);return{start:t,end:a,price:r/n,forecast:i,slots:o}})}var ce=class extends i{static{this.properties={picture:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{attribute:!1,hasChanged:(e,t)=>Q(e)!==Q(t)},chosen:{state:!0}}}static{this.styles=[G,r`
      .chart {
        block-size: 112px;
        cursor: crosshair;
        margin-block: 20px 0;
        position: relative;
        touch-action: pan-y;
      }
      svg {
        block-size: 100%;
        inline-size: 100%;
      }
      rect.bar {
        fill: var(--zc-bar);
      }
      rect.planned {
        fill: var(--zc-accent);
      }
      rect.shade {
        fill: color-mix(in srgb, var(--zc-accent) 18%, transparent);
      }
      rect.forecast {
        opacity: 0.55;
      }
      rect.chosen {
        stroke: var(--primary-text-color);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
      .now,
      .flag {
        border-inline-start: 2px solid var(--primary-text-color);
        inset-block: -4px 0;
        pointer-events: none;
        position: absolute;
      }
      .flag {
        border-inline-start-style: dashed;
        inset-block-start: -18px;
      }
      .flag span {
        font-size: 0.75rem;
        padding-inline: 4px;
        position: absolute;
        inset-inline-start: 0;
        white-space: nowrap;
      }
      .flag.late span {
        inset-inline: auto 0;
      }
      .axis {
        block-size: 1.25rem;
        border-block-start: 1px solid var(--zc-line);
        font-size: 0.75rem;
        position: relative;
      }
      .axis span {
        position: absolute;
        transform: translateX(-50%);
      }
      p {
        margin: 4px 0 0;
        min-block-size: 1.4em;
      }
    `]}render(){let e=$(this.picture,this.now),t=e[0],r=e.at(-1);if(!t||!r)return n`<p class="muted">${this.texts.get(`no_prices`)}</p>`;let i=Math.max(...e.map(e=>e.price),.01),o=Math.min(...e.map(e=>e.price),0),s=e=>(e-t.start)/(r.end-t.start)*100,c=this.now.getTime()/1e3,l=this.#e(e,c),u=e[l]??t;return n`
      <div
        class="chart"
        role="slider"
        tabindex="0"
        aria-label=${this.texts.get(`prices`)}
        aria-valuemin="1"
        aria-valuemax=${e.length}
        aria-valuenow=${l+1}
        aria-valuetext=${this.#r(u)}
        @keydown=${t=>this.#a(t,e,l)}
        @pointerdown=${t=>this.#o(t,e)}
        @pointermove=${t=>this.#o(t,e)}
      >
        <svg viewBox="0 0 ${e.length} 100" preserveAspectRatio="none" aria-hidden="true">
          ${e.map((e,t)=>ue(e,t,i,o,t===l))}
        </svg>
        ${c<r.end?n`<div class="now" style="inset-inline-start:${s(c)}%"></div>`:a}
        ${this.#t(s,r.end)}
      </div>
      <div class="axis muted" aria-hidden="true">${this.#n(e,s)}</div>
      <p>${this.#r(u)}</p>
      ${this.#i(e)}
    `}#e(e,t){let n=t=>e.findIndex(e=>t!==void 0&&t>=e.start&&t<e.end),r=n(this.chosen);return r>=0?r:Math.max(0,n(t))}#t(e,t){if(!this.picture.ready_by)return a;let r=Date.parse(this.picture.ready_by),i=e(r/1e3);if(r/1e3>t||i<0)return a;let o=this.format.time(new Date(r));return n`<div class="flag ${i>60?`late`:``}" style="inset-inline-start:${i}%">
      <span>⚑ ${this.texts.get(`ready_by`,{time:o})}</span>
    </div>`}#n(e,t){let r=e.length>30?12:6;return e.filter(e=>Number(this.format.date(new Date(e.start*1e3),le).slice(0,2))%r===0&&t(e.start)>3&&t(e.start)<97).map(e=>n`<span style="inset-inline-start:${t(e.start)}%"
            >${this.format.time(new Date(e.start*1e3))}</span
          >`)}#r({start:e,end:t,price:n,forecast:r,slots:i}){let a=this.format.moment(new Date(e*1e3),this.now),o=this.format.time(new Date(t*1e3)),s=this.format.money(n,this.picture.currency);return[`${a}–${o}`,this.texts.get(`per_kwh`,{price:s}),r?this.texts.get(`forecast`):``,i.length>0?this.texts.get(`planned`):``].filter(Boolean).join(` · `)}#i(e){return n`<table class="hidden">
      <caption>
        ${this.texts.get(`prices`)}
      </caption>
      <thead>
        <tr>
          <th scope="col">${this.texts.get(`time`)}</th>
          <th scope="col">${this.texts.get(`price`)}</th>
        </tr>
      </thead>
      <tbody>
        ${e.map(e=>{let[t,...r]=this.#r(e).split(` · `);return n`<tr>
            <th scope="row">${t}</th>
            <td>${r.join(`, `)}</td>
          </tr>`})}
      </tbody>
    </table>`}#a(e,t,n){let r={ArrowLeft:-1,ArrowDown:-1,ArrowRight:1,ArrowUp:1,Home:-t.length,End:t.length,PageUp:6,PageDown:-6}[e.key];r!==void 0&&(e.preventDefault(),this.chosen=t[Math.min(t.length-1,Math.max(0,n+r))]?.start)}#o(e,t){let n=e.currentTarget.getBoundingClientRect(),r=(e.clientX-n.left)/n.width,i=getComputedStyle(this).direction===`rtl`,a=Math.floor((i?1-r:r)*t.length),o=t[Math.min(t.length-1,Math.max(0,a))];o&&(this.chosen=o.start)}},le={hour:`2-digit`,hour12:!1};function ue(e,t,n,r,i){let s=n-r,c=Math.max(Math.abs(e.price)/s*100,1),l=(n-Math.max(e.price,0))/s*100,u=e.slots.length>0,d=[`bar`,u?`planned`:``,e.forecast?`forecast`:``,i?`chosen`:``].join(` `);return o`
    ${u?o`<rect class="shade" x=${t} y="0" width="1" height="100"></rect>`:a}
    <rect class=${d} x=${t+.1} y=${Math.min(l,99)} width="0.8" height=${c}></rect>`}e(`zmartcharge-prices`,ce);function de({connector:e,overview:t,texts:r,format:i},o,s){if(!e.priced||!o)return a;let c=t.sites[e.site??``]?.currency??null,l=e.plan?r.message(e.plan,i,c,s):``;return n`<section>
    <h3>${r.get(`prices`)}</h3>
    ${l?n`<p class="plan">${l}</p>`:a}
    <zmartcharge-prices
      .picture=${o}
      .texts=${r}
      .format=${i}
      .now=${s}
    ></zmartcharge-prices>
  </section>`}function fe({connector:e,overview:t,texts:r,format:i},o){let s=t.sites[e.site??``];if(!s?.metered)return a;let c=Object.values(t.connectors).filter(t=>t.site===e.site);return n`<section>
    <h3>${r.get(`phases`)}</h3>
    <zmartcharge-phases
      .site=${s}
      .connectors=${c}
      .offered=${e.charging?e.offered:null}
      .texts=${r}
      .format=${i}
      .now=${o}
    ></zmartcharge-phases>
  </section>`}function pe({key:e,connector:t,texts:r,format:i},a,o){return n`<section>
    <zmartcharge-history
      .connection=${a}
      .connector=${e}
      .energy=${t.session?.energy}
      .texts=${r}
      .format=${i}
      .today=${i.day(o)}
    ></zmartcharge-history>
  </section>`}export{p as S,P as _,G as a,te as b,R as c,V as d,k as f,N as g,A as h,q as i,U as l,I as m,fe as n,B as o,j as p,de as r,H as s,pe as t,W as u,M as v,v as x,D as y};