import{n as e}from"./preload-helper-BocTNAXX.js";import{a as t,c as n,d as r,i,o as a,r as o,t as s,u as c}from"./texts-Ded3w1V2.js";import{i as l,n as u,r as d,t as f}from"./store-D7TWg2sA.js";function p(e){return/\/zmartcharge_card\/([0-9a-f]{16})\//.exec(e)?.[1]}function m(e,t=import.meta.url){let n=p(t);return n!==void 0&&n!==e}var h={comma_decimal:`en-US`,decimal_comma:`de`,space_comma:`fr`,quote_decimal:`de-CH`,none:`en-US`},g={12:()=>!0,24:()=>!1,system:()=>new Intl.DateTimeFormat(void 0,{hour:`numeric`}).resolvedOptions().hour12},ee=new Set([`NOK`,`SEK`,`DKK`]),te=36e5,_=class{#e;#t;#n;#r;#i;#a;#o;#s;#c=new Map;constructor(e){let{language:t,number_format:n,time_format:r,time_zone:i}=e.locale;this.#n=t||e.language||`en`,this.#e=n===`system`?void 0:h[n??``]??this.#n,this.#t=n!==`none`,this.#o=e.config.time_zone,this.#s=e.config.unit_system?.length===`mi`,this.#r=i===`server`?e.config.time_zone:void 0,this.#i=g[r??``]?.();let a=new Intl.DateTimeFormat(this.#n,{hour:`numeric`}).resolvedOptions().hour12;this.#a=this.#i??a??!1}number(e,t=1,n=0){return this.#l(`n${t}-${n}`,()=>new Intl.NumberFormat(this.#e,{minimumFractionDigits:n,maximumFractionDigits:t,useGrouping:this.#t})).format(Math.abs(e)<.5/10**t?0:e)}energy(e,t=1){return`${this.number(e/1e3,t,t)} kWh`}power(e){return`${this.number(e/1e3,1,1)} kW`}reach(e){return this.#s?`${this.number(e/1.609344,0)} mi`:`${this.number(e,0)} km`}distance(e){return e<1e3?`${this.number(Math.round(e/10)*10,0)} m`:`${this.number(e/1e3,+(e<1e4))} km`}money(e,t,n=2){return`${this.number(e,n,n)} ${v(t)}`.trimEnd()}time(e){return this.date(e,{hour:this.#a?`numeric`:`2-digit`,minute:`2-digit`})}moment(e,t){return Math.abs(e.getTime()-t.getTime())>=20*te?`${this.date(e,{weekday:`short`})} ${this.time(e)}`:this.time(e)}date(e,t){return this.#l(JSON.stringify(t),()=>{let e={...t};return this.#r&&(e.timeZone??=this.#r),t.hour&&this.#i!==void 0&&(e.hour12??=this.#i),new Intl.DateTimeFormat(this.#n,e)}).format(e)}atHome(e,t){return this.date(e,{...t,timeZone:this.#o})}day(e){return this.#l(`day`,()=>new Intl.DateTimeFormat(`en-CA`,{timeZone:this.#o,year:`numeric`,month:`2-digit`,day:`2-digit`})).format(e)}ago(e,t){let n=Math.max(0,Math.round((t.getTime()-e.getTime())/1e3)),r=this.#l(`ago`,()=>new Intl.RelativeTimeFormat(this.#n,{style:`short`}));return n<100?r.format(-n,`second`):n<6e3?r.format(-Math.round(n/60),`minute`):r.format(-Math.round(n/3600),`hour`)}value([e,t],n,r){switch(e){case`time`:return this.moment(new Date(t),r);case`duration`:return y(t);case`money`:return this.money(t,n,0);case`energy`:return this.number(t);case`number`:return this.number(t,2);case`text`:return t}}#l(e,t){let n=this.#c.get(e);if(n)return n;let r=t();return this.#c.set(e,r),r}};function v(e){return e===null?``:ee.has(e)?`kr`:e}function y(e){let t=Math.max(1,Math.floor(e/60));return`${Math.floor(t/60)}:${String(t%60).padStart(2,`0`)}`}var b=r`
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
  /* Swipes to the side are ours: the browser would go back a page. */
  .head {
    touch-action: pan-y;
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
`,x=`/zmartcharge`,S=[`home`,`history`,`sites`,`chargers`,`find`];function C(e){let t=`/config/integrations/integration/zmartcharge`;return e?.entry?`${t}#config_entry=${e.entry}`:t}function w(e){return`/config/devices/device/${e}`}function T(e,t){return`${x}/${e}${t?`?charger=${encodeURIComponent(t)}`:``}`}function ne(e){return e===`/zmartcharge`||e.startsWith(`/zmartcharge/`)}function re(e){return S.find(t=>e.startsWith(`/zmartcharge/${t}`))??`home`}function ie(e){history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:!1}}))}function E(e){if(e.ctrlKey||e.metaKey||e.shiftKey||e.button!==0)return;e.preventDefault();let t=e.currentTarget;ie(t.getAttribute(`href`)??`/zmartcharge`)}var ae=12;function oe(e,t,r,{number:i,count:o,go:s}){let c=e.connector===null?``:r.get(`outlet`,{number:e.connector}),l=(e,t,r)=>n`<button type="button" class="step" aria-label=${r} @click=${()=>s(e)}>
      ${t}
    </button>`;return n`<div class="names">
      ${o>1?l(-1,`‹`,r.get(`previous_charger`)):a}
      <div class="name">
        <h2>${e.name}${c?n`<small> · ${c}</small>`:a}</h2>
        ${t?n`<p class="muted">${t}</p>`:a}
      </div>
      ${o>1?l(1,`›`,r.get(`next_charger`)):a}
    </div>
    ${o>1?D(i,o,r):a}`}function D(e,t,r){let i=r.get(`charger_of`,{number:e,count:t});return t>ae?n`<p class="muted dots">${i}</p>`:n`<div class="dots" role="img" aria-label=${i}>
    ${Array.from({length:t},(t,r)=>n`<i class=${r+1===e?`here`:``}></i>`)}
  </div>`}function O(e,t,{version:r,now:i,copied:s,copy:c}){let{error:l}=e,u=[l?.code,l?.vendor_code,l?.info].filter(Boolean).join(` · `),d=o(e,r,i);return n`<div class="fault">
    <p>${t.get(`error_code`,{code:u})}</p>
    <button type="button" class="copy" @click=${()=>c(d)}>
      ${t.get(s===`yes`?`copied`:`copy`)}
    </button>
    ${s===`no`?n`<p>${t.get(`copy_failed`)}</p>
            <pre tabindex="0">${d}</pre>`:a}
  </div>`}function k(e,t,r,i){let{session:o}=e;if(!o)return a;let s=o.ended_at?Date.parse(o.ended_at):i.getTime(),c=Math.max(0,Math.floor((s-Date.parse(o.started_at))/6e4)),l=[[t.get(`energy`),r.energy(o.energy,2)]];return o.cost!==null&&l.push([t.get(`cost`),r.money(o.cost,o.currency)]),l.push([t.get(`duration`),t.get(`minutes`,{minutes:r.number(c,0)})]),o.added_range!==null&&l.push([t.get(`added_range`),r.reach(o.added_range)]),e.charging&&e.power!==null&&l.push([t.get(`power`),r.power(e.power)]),n`<section class="session">
    <h3>${t.get(e.charging?`session`:`last_session`)}</h3>
    <dl>
      ${l.map(([e,t])=>n`<div>
            <dt class="muted">${e}</dt>
            <dd>${t}</dd>
          </div>`)}
    </dl>
  </section>`}function A(e,t,r){let i=(e,t)=>n`<a class="button" href=${e} @click=${E}>${t}</a>`,{charger:o}=e,s=r?.may_add??!1;return n`<nav class="links" aria-label=${t.get(`more`)}>
    ${s?i(T(`chargers`,o),t.get(`settings`)):a}
    ${i(T(`sites`),t.get(`sites`))}
    ${s?i(C(r),t.get(`add_charger`)):a}
  </nav>`}function j(e,t){return n`<div class="empty">
    <p role="status">${e.get(`no_charger`)}</p>
    ${t?.may_add?n`<a class="button big" href=${C(t)} @click=${E}
            >${e.get(`first_charger`)}</a
          >`:a}
  </div>`}function M(e){return n`<div class="banner" role="status">
    ${e.get(`new_version`)}
    <button type="button" class="reload" @click=${()=>location.reload()}>
      ${e.get(`reload`)}
    </button>
  </div>`}function N(e,t,r){return n`<dialog aria-labelledby="question" aria-describedby="explained">
    <h2 id="question">${t.get(`stop_question`)}</h2>
    <p>${e.name}</p>
    <p id="explained">${t.get(`stop_explained`)}</p>
    <form method="dialog" class="buttons">
      <button class="cancel">${t.get(`cancel`)}</button>
      <button class="confirm" @click=${r}>${t.get(`stop_yes`)}</button>
    </form>
  </dialog>`}var P=r`
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
`,F=1e3,I=6,L=`300px`,R=new WeakSet,z=new WeakSet,B=new Set,V=!1,H=typeof requestIdleCallback==`function`?e=>requestIdleCallback(e,{timeout:F}):e=>setTimeout(e,16),U=new IntersectionObserver(e=>{for(let{target:t,isIntersecting:n}of e)if(!n)R.delete(t);else{R.add(t);let e=t;B.delete(e)&&e.requestUpdate()}},{rootMargin:L});function W(e){R.add(e),z.add(e),U.observe(e)}function G(e){U.unobserve(e),z.delete(e),B.delete(e)}function K(e){R.has(e)||!z.has(e)?(B.delete(e),e.requestUpdate()):(B.add(e),q())}function q(){V||B.size===0||(V=!0,H(se))}function se(){V=!1;for(let e of[...B].slice(0,I))B.delete(e),e.requestUpdate();q()}var J=class{#e;#t;#n;constructor(e){this.#e=e}load(e){if(this.#t=e,!e)return;let t=this.#e;s.load(e).then(n=>{this.#t?.language===e.language&&(t.texts=n,this.#n&&=t.problem=void 0)},e=>{this.#n=t.problem=i(e),setTimeout(()=>{t.isConnected&&!t.texts&&this.load(this.#t)},d)})}},ce=5e3,le=class extends t{static{this.properties={config:{attribute:!1},texts:{state:!0},plan:{state:!0},chosen:{state:!0},problem:{state:!0},capabilities:{state:!0},now:{state:!0}}}#e;#t;#n;#r;#i;#a=!1;#o;#s=new J(this);#c;static{this.styles=[P,b]}constructor(){super(),this.now=new Date}get showsPlan(){return!1}set hass(e){let t=this.#t;this.#t=e,(t?.language!==e.language||t.locale!==e.locale)&&(this.#n=new _(e),this.requestUpdate(),this.#s.load(this.#t)),t?.connection!==e.connection&&this.isConnected&&this.#l()}get home(){return this.#t}connectedCallback(){super.connectedCallback(),W(this),this.texts||this.#s.load(this.#t),this.#t&&this.#l(),this.#c=setInterval(()=>K(this),ce)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#c),G(this),this.#d()}#l(){this.#d();let e=this.#t;e&&(this.#r=u(e.connection,t=>{let n=this.#e;this.#e=t,this.#u(e.connection),this.#o&&=this.problem=void 0,(!n||f(n,t,this.key))&&K(this)},e=>this.#o=this.problem=i(e)))}#u(e){this.capabilities||this.#a||(this.#a=!0,e.sendMessagePromise({type:`zmartcharge/capabilities`}).then(e=>this.capabilities=e).catch(()=>void 0).finally(()=>this.#a=!1))}#d(){this.#r?.(),this.#r=void 0,this.#f(void 0)}get overview(){return this.#e}get order(){return this.overview?.order??[]}get key(){let e=this.overview?.connectors??{};if(this.chosen&&e[this.chosen])return this.chosen;let t=this.config?.device,n=(e,n)=>e===t||this.overview?.sites[n??``]?.device===t,r=t&&this.order.find(t=>n(e[t]?.device,e[t]?.site));return t?r:this.order[0]}get shown(){return this.overview?.connectors[this.key??``]}willUpdate(){this.now=new Date,this.isConnected&&this.#f(this.shown&&this.showsPlan?this.key:void 0)}#f(e){if(this.#i?.key===e||(this.#i?.end(),this.#i=void 0,this.plan=void 0,!e||!this.#t))return;let t=l(this.#t.connection,{type:`zmartcharge/subscribe_plan`,connector:e},e=>this.plan=e);this.#i={key:e,end:t}}render(){return n`<ha-card><div class="content">${this.#p()}</div></ha-card>`}#p(){let{texts:e,overview:t}=this,r=this.#n;if(!e||!r)return n`<p class="muted">${this.problem??`…`}</p>`;if(!t)return n`<p role="status">${this.problem??e.get(`loading`)}</p>`;let i=t.card&&m(t.card)?M(e):``;if(!t.loaded)return n`${i}
        <p role="status">${e.get(`not_loaded`)}</p>`;let{key:a,shown:o}=this;return!a||!o?this.order.length>0?n`${i}
            <p role="status">${e.get(`charger_gone`)}</p>`:n`${i}${j(e,this.capabilities)}`:n`${i}${this.charger({key:a,connector:o,overview:t,texts:e,format:r})}`}},ue=[`day`,`month`,`year`],Y=6e4;function X(e,t,n){let r=new Date(`${e}T12:00:00Z`);return t===`day`&&r.setUTCDate(r.getUTCDate()+n),t===`month`&&r.setUTCMonth(r.getUTCMonth()+n,1),t===`year`&&r.setUTCFullYear(r.getUTCFullYear()+n,0,1),r.toISOString().slice(0,10)}var de=class extends t{static{this.properties={connection:{attribute:!1},connector:{},energy:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},today:{},span:{state:!0},money:{state:!0},day:{state:!0},chosen:{state:!0},history:{state:!0},problem:{state:!0}}}#e=0;#t=0;#n;constructor(){super(),this.span=`month`,this.money=!1}static{this.styles=[P,r`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#r()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#n=void 0}willUpdate(e){if([`connection`,`connector`,`span`,`day`,`today`].some(t=>e.has(t)))e.has(`connector`)&&(this.day=this.history=void 0),this.chosen=void 0,this.#r();else if(e.has(`energy`)&&this.#n===void 0){let e=Math.max(0,this.#t+Y-Date.now());this.#n=setTimeout(()=>void this.#r(),e)}}async#r(){clearTimeout(this.#n),this.#n=void 0;let e=++this.#e;this.#t=Date.now();try{let t=await this.connection.sendMessagePromise({type:`zmartcharge/sessions`,connector:this.connector,span:this.span,date:this.day??this.today});if(e!==this.#e)return;this.history=t,this.problem=void 0}catch(t){if(e!==this.#e)return;this.problem=i(t),this.isConnected&&(this.#n=setTimeout(()=>void this.#r(),Y))}}render(){let{texts:e,history:t}=this,r=this.day??this.today,i=t?.first?this.format.day(new Date(t.first)):this.today,a=X(r,this.span,0);return n`
      <h3>${e.get(`history`)}</h3>
      <div class="row">
        <div class="spans" role="group" aria-label=${e.get(`history`)}>
          ${ue.map(t=>n`<button
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
    </button>`}#a(e){let t=new Date(`${e}T12:00:00Z`);return this.format.date(t,{...{day:{weekday:`short`,day:`numeric`,month:`long`,year:`numeric`},month:{month:`long`,year:`numeric`},year:{year:`numeric`}}[this.span],timeZone:`UTC`})}#o(e){let t=e.bars.map(e=>this.money?e.cost??0:e.energy),r=Math.max(...t,this.money?1:1e3),i=Math.min(...t,0);if(e.energy===0)return n`<p>${this.texts.get(`no_history`)}</p>`;let a=t.findLastIndex(e=>e!==0),o=Math.min(this.chosen??Math.max(a,0),t.length-1),s=e.bars[o],l=e.bars[0],u=e.bars.at(-1);return!s||!l||!u?n``:n`
      <div
        class="chart"
        role="slider"
        tabindex="0"
        aria-label=${this.texts.get(`history`)}
        aria-valuemin="1"
        aria-valuemax=${t.length}
        aria-valuenow=${o+1}
        aria-valuetext=${this.#l(s)}
        @keydown=${e=>this.#f(e,o,t.length)}
        @pointerdown=${e=>this.#p(e,t.length)}
        @pointermove=${e=>this.#p(e,t.length)}
      >
        <svg viewBox="0 0 ${t.length} 100" preserveAspectRatio="none" aria-hidden="true">
          ${t.map((e,t)=>{let n=Math.abs(e)/(r-i)*100,a=(r-Math.max(e,0))/(r-i)*100;return c`<rect class="bar ${t===o?`chosen`:``}"
              x=${t+.1} y=${a} width="0.8" height=${n}></rect>`})}
        </svg>
      </div>
      <div class="axis muted" aria-hidden="true">
        <span>${this.#u(l)}</span><span>${this.#u(u)}</span>
      </div>
      <p>${this.#l(s)}</p>
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
          <th scope="col">${this.money?v(e.currency)||t.get(`cost`):`kWh`}</th>
        </tr>
      </thead>
      <tbody>
        ${e.bars.filter(e=>e.energy>0).map(e=>n`<tr>
                <th scope="row">${this.#u(e)}</th>
                <td>${this.#c(e)}</td>
              </tr>`)}
      </tbody>
    </table>`}#f(e,t,n){let r={ArrowLeft:-1,ArrowDown:-1,ArrowRight:1,ArrowUp:1,Home:-n,End:n}[e.key];r!==void 0&&(e.preventDefault(),this.chosen=Math.min(n-1,Math.max(0,t+r)))}#p(e,t){let n=e.currentTarget.getBoundingClientRect(),r=(e.clientX-n.left)/n.width,i=getComputedStyle(this).direction===`rtl`,a=Math.floor((i?1-r:r)*t);this.chosen=Math.min(t-1,Math.max(0,a))}};e(`zmartcharge-history`,de);var fe=1.2,pe=class extends t{static{this.properties={site:{attribute:!1},connectors:{attribute:!1},offered:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{attribute:!1}}}static{this.styles=[P,r`
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
      <dd>${me(t.current-i,i,t.margin??0,r,s)}</dd>
      <dd class="value ${t.current>r?`over`:``}">
        ${t.current>r?`⚠ `:``}${o}
      </dd>
    `}};function me(e,t,r,i,a){let o=i*fe,s=e=>Math.min(e,o)/o*100,l=(e,t,n)=>c`<rect class=${e} x=${s(t)} y="2" width=${Math.max(0,s(n)-s(t))} height="16"></rect>`,u=e+t;return n`<svg viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label=${a}>
    ${l(`track`,0,o)} ${l(`house`,0,e)} ${l(`cars`,e,u)}
    ${l(`margin`,u,u+r)} ${l(`beyond`,i,u)}
    <line class="fuse" x1=${s(i)} x2=${s(i)} y1="0" y2="20"></line>
  </svg>`}e(`zmartcharge-phases`,pe);var Z=3600,Q=e=>e&&Math.floor(e.getTime()/6e4);function he(e,t){let n=Math.floor(t.getTime()/1e3/Z)*Z-Z,r=new Map;for(let[t,i,a,o]of e.prices){if(i<=n)continue;let e=Math.floor(t/Z)*Z,s=r.get(e)??{seconds:0,total:0,forecast:!1};s.seconds+=i-t,s.total+=a*(i-t),s.forecast||=o,r.set(e,s)}return[...r].sort(([e],[t])=>e-t).map(([t,{seconds:n,total:r,forecast:i}])=>{let a=t+Z,o=(e.plan?.slots??[]).filter(e=>Date.parse(e.start)<a*1e3&&Date.parse(e.end)>t*1e3);return{start:t,end:a,price:r/n,forecast:i,slots:o}})}var ge=class extends t{static{this.properties={picture:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{attribute:!1,hasChanged:(e,t)=>Q(e)!==Q(t)},chosen:{state:!0}}}static{this.styles=[P,r`
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
        white-space: nowrap;
      }
      p {
        margin: 4px 0 0;
        min-block-size: 1.4em;
      }
    `]}render(){let e=he(this.picture,this.now),t=e[0],r=e.at(-1);if(!t||!r)return n`<p class="muted">${this.texts.get(`no_prices`)}</p>`;let i=Math.max(...e.map(e=>e.price),.01),o=Math.min(...e.map(e=>e.price),0),s=e=>(e-t.start)/(r.end-t.start)*100,c=this.now.getTime()/1e3,l=this.#e(e,c),u=e[l]??t;return n`
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
          ${e.map((e,t)=>_e(e,t,i,o,t===l))}
        </svg>
        ${c<r.end?n`<div class="now" style="inset-inline-start:${s(c)}%"></div>`:a}
        ${this.#t(s,r.end)}
      </div>
      <div class="axis muted" aria-hidden="true">${this.#n(e,s)}</div>
      <p>${this.#r(u)}</p>
      ${this.#i(e)}
    `}#e(e,t){let n=t=>e.findIndex(e=>t!==void 0&&t>=e.start&&t<e.end),r=n(this.chosen);return r>=0?r:Math.max(0,n(t))}#t(e,t){if(!this.picture.ready_by)return a;let r=Date.parse(this.picture.ready_by),i=e(r/1e3);if(r/1e3>t||i<0)return a;let o=this.format.time(new Date(r));return n`<div class="flag ${i>60?`late`:``}" style="inset-inline-start:${i}%">
      <span>⚑ ${this.texts.get(`ready_by`,{time:o})}</span>
    </div>`}#n(e,t){let r=e.length>30?12:6;return e.filter(e=>Number(this.format.date(new Date(e.start*1e3),$).slice(0,2))%r===0&&t(e.start)>3&&t(e.start)<97).map(e=>n`<span style="inset-inline-start:${t(e.start)}%"
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
    </table>`}#a(e,t,n){let r={ArrowLeft:-1,ArrowDown:-1,ArrowRight:1,ArrowUp:1,Home:-t.length,End:t.length,PageUp:6,PageDown:-6}[e.key];r!==void 0&&(e.preventDefault(),this.chosen=t[Math.min(t.length-1,Math.max(0,n+r))]?.start)}#o(e,t){let n=e.currentTarget.getBoundingClientRect(),r=(e.clientX-n.left)/n.width,i=getComputedStyle(this).direction===`rtl`,a=Math.floor((i?1-r:r)*t.length),o=t[Math.min(t.length-1,Math.max(0,a))];o&&(this.chosen=o.start)}},$={hour:`2-digit`,hour12:!1};function _e(e,t,n,r,i){let o=n-r,s=Math.max(Math.abs(e.price)/o*100,1),l=(n-Math.max(e.price,0))/o*100,u=e.slots.length>0,d=[`bar`,u?`planned`:``,e.forecast?`forecast`:``,i?`chosen`:``].join(` `);return c`
    ${u?c`<rect class="shade" x=${t} y="0" width="1" height="100"></rect>`:a}
    <rect class=${d} x=${t+.1} y=${Math.min(l,99)} width="0.8" height=${s}></rect>`}e(`zmartcharge-prices`,ge);function ve({connector:e,overview:t,texts:r,format:i},o,s){if(!e.priced||!o)return a;let c=t.sites[e.site??``]?.currency??null,l=e.plan?r.message(e.plan,i,c,s):``;return n`<section>
    <h3>${r.get(`prices`)}</h3>
    ${l?n`<p class="plan">${l}</p>`:a}
    <zmartcharge-prices
      .picture=${o}
      .texts=${r}
      .format=${i}
      .now=${s}
    ></zmartcharge-prices>
  </section>`}function ye({connector:e,overview:t,texts:r,format:i},o){let s=t.sites[e.site??``];if(!s?.metered)return a;let c=Object.values(t.connectors).filter(t=>t.site===e.site);return n`<section>
    <h3>${r.get(`phases`)}</h3>
    <zmartcharge-phases
      .site=${s}
      .connectors=${c}
      .offered=${e.charging?e.offered:null}
      .texts=${r}
      .format=${i}
      .now=${o}
    ></zmartcharge-phases>
  </section>`}function be({key:e,connector:t,texts:r,format:i},a,o){return n`<section>
    <zmartcharge-history
      .connection=${a}
      .connector=${e}
      .energy=${t.session?.energy}
      .texts=${r}
      .format=${i}
      .today=${i.day(o)}
    ></zmartcharge-history>
  </section>`}export{ne as _,J as a,_ as b,A as c,N as d,k as f,C as g,E as h,le as i,oe as l,w as m,ye as n,P as o,S as p,ve as r,O as s,be as t,M as u,re as v,m as x,T as y};