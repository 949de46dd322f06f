import{i as e,n as t,o as n,r,t as i}from"./errors-DLSYIohM.js";import{_ as a,a as o,b as s,f as c,g as l,h as u,l as d,m as f,p,v as m,x as h,y as g}from"./sections-DiP9AUTB.js";import{t as _}from"./define-Cei0lYwU.js";import"./home-card-DbB8_vAj.js";import{n as v}from"./store-BgMRV18F.js";var y=n`
  :host {
    display: block;
  }
  h2 {
    font-size: 1.25rem;
    font-weight: 500;
    margin: 0 0 12px;
  }
  h3 {
    overflow-wrap: anywhere;
  }
  p {
    margin: 8px 0;
  }
  .filter,
  .actions {
    align-items: end;
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    margin-block: 8px;
  }
  label {
    display: grid;
    font-size: 0.875rem;
    gap: 4px;
  }
  select,
  input {
    background: var(--zc-surface);
    border: 1px solid var(--zc-bar);
    border-radius: var(--zc-radius);
    box-sizing: border-box;
    color: var(--primary-text-color);
    font: inherit;
    max-inline-size: 100%;
    min-block-size: 44px;
    padding: 4px 12px;
  }
  .box {
    background: var(--zc-surface);
    border: 1px solid var(--zc-line);
    border-radius: var(--ha-card-border-radius, 12px);
    margin-block: 0 12px;
    padding: 16px;
  }
  .problem {
    background: color-mix(in srgb, var(--zc-alarm) 12%, transparent);
    border-inline-start: 4px solid var(--zc-alarm);
    border-radius: 4px;
    padding: 8px 12px;
  }
  .row {
    align-items: center;
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    justify-content: space-between;
  }
  .top {
    margin-block-end: 12px;
  }
  .top h2 {
    margin: 0;
  }
  summary {
    align-content: center;
    cursor: pointer;
    min-block-size: 44px;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 24px;
    margin: 8px 0;
  }
  .facts dd,
  .facts dt {
    display: inline;
    margin: 0;
  }
  ul.plain {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .danger {
    border-color: var(--zc-alarm);
  }
  dialog {
    background: var(--zc-surface);
    border: 1px solid var(--zc-line);
    border-radius: 16px;
    color: var(--primary-text-color);
    inline-size: min(440px, calc(100vw - 32px));
    padding: 24px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
`,b=class extends t{static{this.properties={connection:{attribute:!1},texts:{attribute:!1},doomed:{attribute:!1},typed:{state:!0},busy:{state:!0},problem:{state:!0}}}static{this.styles=[o,y,n`
      input {
        inline-size: 100%;
      }
    `]}constructor(){super(),this.typed=``,this.busy=!1}render(){let{texts:t,doomed:n}=this,i=n.chargers.length>0,a=n.kind===`charger`?`remove_charger`:`remove_site`;return e`<button type="button" class="danger remove" @click=${this.#n}>
        ${t.get(a)}
      </button>
      <dialog aria-labelledby="question" @close=${this.#r}>
        <h2 id="question">${t.get(`remove_question`,{name:n.name})}</h2>
        ${i?e`<p>
                ${t.get(`site_has_chargers`,{chargers:n.chargers.join(`, `)})}
              </p>`:this.#e()}
        <form method="dialog" class="actions" @submit=${this.#i}>
          <button class="cancel" value="cancel" formnovalidate>${t.get(`cancel`)}</button>
          ${i?r:e`<button
                  class="danger confirm"
                  value="remove"
                  ?disabled=${!this.#t||this.busy}
                >
                  ${t.get(`remove_yes`)}
                </button>`}
        </form>
      </dialog>`}#e(){let{texts:t,doomed:n}=this,i=n.kind===`charger`;return e`<p>${t.get(i?`remove_charger_explained`:`remove_site_explained`)}</p>
      <label
        >${t.get(`type_name`,{name:n.name})}
        <input
          type="text"
          autocomplete="off"
          .value=${this.typed}
          @input=${e=>this.typed=e.target.value}
      /></label>
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:r}`}get#t(){return this.typed.trim()===this.doomed.name.trim()}#n=()=>{this.renderRoot.querySelector(`dialog`)?.showModal()};#r=()=>{this.typed=``,this.problem=void 0};#i=e=>{e.submitter?.value===`remove`&&(e.preventDefault(),this.#t&&this.#a())};async#a(){let{kind:e,id:t}=this.doomed;this.busy=!0,this.problem=void 0;try{await this.connection.sendMessagePromise({type:e===`charger`?`zmartcharge/remove_charger`:`zmartcharge/remove_site`,subentry_id:t,name:this.typed.trim()}),this.renderRoot.querySelector(`dialog`)?.close()}catch(e){this.problem=this.texts.get(`failed`,{error:i(e)})}finally{this.busy=!1}}};_(`zmartcharge-removal`,b);var x=[`monday`,`tuesday`,`wednesday`,`thursday`,`friday`,`saturday`,`sunday`],S={open:`access_open`,registered:`access_registered`},C=Date.UTC(2024,0,1),w=864e5,T=class extends t{static{this.properties={hass:{attribute:!1},settings:{attribute:!1},charger:{},texts:{attribute:!1},problem:{state:!0}}}static{this.styles=[o,y,n`
      .days {
        display: grid;
        gap: 8px;
        grid-template-columns: repeat(auto-fill, minmax(140px, 1fr));
        margin: 8px 0;
      }
      fieldset {
        border: 1px solid var(--zc-line);
        border-radius: var(--zc-radius);
        margin: 12px 0;
        min-inline-size: 0;
        padding: 8px 12px;
      }
    `]}render(){let{texts:t,settings:n}=this,i=n.chargers[this.charger];if(!i)return r;let a=n.sites[i.site??``]?.name??`–`,o=[[t.get(`name`),i.name],[t.get(`label`),i.label],[t.get(`site`),a],[t.get(`circuit_fuse`),`${i.circuit_fuse} A`]];return i.circuit&&o.push([t.get(`circuit`),i.circuit]),e`<dl class="facts">
        ${o.map(([t,n])=>e`<div>
              <dt class="muted">${t}:</dt>
              <dd>${n}</dd>
            </div>`)}
      </dl>
      <p class="actions">
        <a class="button" href=${u(n)} @click=${f}
          >${t.get(`change_in_form`)}</a
        >
        ${i.device?e`<a class="button" href=${p(i.device)} @click=${f}
                >${t.get(`all_values`)}</a
              >`:r}
      </p>
      ${this.#e(i)} ${i.connectors.map(e=>this.#t(i,e))}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:r}
      <zmartcharge-removal
        .connection=${this.hass.connection}
        .texts=${t}
        .doomed=${{kind:`charger`,id:this.charger,name:i.name,chargers:[]}}
      ></zmartcharge-removal>`}#e({access:t,enabled:n,entities:r}){let{texts:i}=this;return e`<div class="actions">
      <label
        >${i.get(`access`)}
        <select
          name="access"
          ?disabled=${!r.access}
          @change=${e=>{let t=e.target.value;this.#r(`select`,`select_option`,{option:t},r.access)}}
        >
          ${Object.entries(S).map(([n,r])=>e`<option value=${n} ?selected=${n===t}>${i.get(r)}</option>`)}
        </select></label
      >
      <button
        type="button"
        class="enabled"
        aria-pressed=${n}
        ?disabled=${!r.enabled}
        @click=${()=>void this.#r(`switch`,n?`turn_off`:`turn_on`,{},r.enabled)}
      >
        ${i.get(n?`enabled`:`disabled`)}
      </button>
    </div>`}#t(t,{key:n,connector:r,device:i,ready_by:a}){let{texts:o}=this,s=t.connectors.length>1&&r!==null?` · ${o.get(`outlet`,{number:r})}`:``,c=new Intl.DateTimeFormat(this.hass.language,{weekday:`long`,timeZone:`UTC`});return e`<fieldset>
      <legend>${o.get(`done_by`)}${s}</legend>
      <p class="muted">${o.get(`done_by_explained`)}</p>
      <div class="days">
        ${x.map((t,r)=>e`<label
              >${c.format(new Date(C+r*w))}
              <input
                type="time"
                name=${`${n}-${t}`}
                ?disabled=${!i}
                .value=${a[r]?.slice(0,5)??``}
                @change=${e=>{let n=e.target.value;this.#n(i,t,n)}}
            /></label>`)}
      </div>
    </fieldset>`}async#n(e,t,n){if(!e)return;let r={weekdays:[t],...n?{time:n}:{}};await this.#i(`zmartcharge`,`set_ready_by`,r,{device_id:e})}async#r(e,t,n,r){r&&await this.#i(e,t,n,{entity_id:r})}async#i(e,t,n,r){this.problem=void 0;try{await this.hass.callService(e,t,n,r)}catch(e){this.problem=this.texts.get(`failed`,{error:i(e)}),this.requestUpdate()}}};_(`zmartcharge-charger-settings`,T);var E=class extends t{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},wanted:{},texts:{attribute:!1},format:{attribute:!1}}}#e;static{this.styles=[o,y]}updated(e){if(!this.wanted||this.#e===this.wanted||!e.has(`wanted`)&&!e.has(`settings`)&&!e.has(`overview`))return;let t=this.renderRoot.querySelector(`[data-charger="${CSS.escape(this.wanted)}"]`);t&&this.settings&&(this.#e=this.wanted,t.querySelector(`details`)?.setAttribute(`open`,``),t.scrollIntoView({block:`start`}))}render(){let{texts:t,overview:n}=this,i=new Map;for(let e of n.order){let t=n.connectors[e];if(!t)continue;let r=i.get(t.charger);r?r.push(t):i.set(t.charger,[t])}return e`<div class="row top">
        <h2>${t.get(`page_chargers`)}</h2>
        ${this.capabilities?.may_add?e`<a class="button" href=${u(this.capabilities)} @click=${f}
                >${t.get(i.size>0?`add_charger`:`first_charger`)}</a
              >`:r}
      </div>
      ${i.size===0?e`<p role="status">${t.get(`no_charger`)}</p>`:r}
      <ul class="plain">
        ${[...i].map(([e,t])=>this.#t(e,t))}
      </ul>`}#t(t,n){let{texts:i,settings:o}=this,[s]=n;if(!s)return e``;let c=this.overview.sites[s.site??``]?.name;return e`<li class="box" data-charger=${t}>
      <div class="row">
        <div>
          <h3>${s.name}</h3>
          <p class="muted">${[c,s.label,s.model].filter(Boolean).join(` · `)}</p>
        </div>
        <a class="button" href=${a(`home`,t)} @click=${f}
          >${i.get(`show_charger`)}<span class="hidden">: ${s.name}</span></a
        >
      </div>
      ${n.map(e=>this.#n(e))}
      ${o?.chargers[t]?e`<details>
              <summary>${i.get(`settings`)}</summary>
              <zmartcharge-charger-settings
                .hass=${this.hass}
                .settings=${o}
                .charger=${t}
                .texts=${i}
              ></zmartcharge-charger-settings>
            </details>`:r}
    </li>`}#n(t){let{texts:n,format:i,overview:a}=this,o=a.sites[t.site??``]?.currency??null,s=t.status?n.status(t.status):n.get(`waiting`),c=g(t,n,i,o,new Date),l=t.connector===null?``:`${n.get(`outlet`,{number:t.connector})}: `,u=t.charging&&t.power!==null?` · ${i.power(t.power)}`:``;return e`<p class="status">
      ${l}<strong>${s}</strong>${u}
      ${c?e`<span class="muted"> ${c}</span>`:r}
    </p>`}};_(`zmartcharge-chargers-view`,E);var D=`zmartcharge`;function O(e,t,n){let r=e.subscribeMessage(({value:e})=>{let n=e?.favourites,r=Array.isArray(n)?n.filter(e=>typeof e==`string`):[];t(new Set(r))},{type:`frontend/subscribe_user_data`,key:D});return r.catch(n),()=>void r.then(e=>e()).catch(()=>void 0)}async function k(e,t){let n={favourites:[...t]};await e.sendMessagePromise({type:`frontend/set_user_data`,key:D,value:n})}var A=1e4;async function j(){if(customElements.get(`ha-map`))return!0;let e=window;if(!e.loadCardHelpers)return!1;try{(await e.loadCardHelpers()).createCardElement({type:`map`,entities:[`zone.home`]});let t=new Promise(e=>setTimeout(()=>e(!1),A));return await Promise.race([customElements.whenDefined(`ha-map`).then(()=>!0),t])}catch{return!1}}var M={ø:`o`,æ:`ae`,ß:`ss`,đ:`d`,ł:`l`,œ:`oe`},N=6371e3;function P(e){return e.toLowerCase().normalize(`NFD`).replace(/\p{M}/gu,``).replace(/[øæßđłœ]/g,e=>M[e]??e)}function F(e,t){let n=P(t.filter(Boolean).join(` `));return P(e).split(/\s+/).every(e=>n.includes(e))}function I(e,t){let n=e=>e*Math.PI/180,[r,i]=[n(e.latitude),n(t.latitude)],a=Math.sin((i-r)/2)**2+Math.cos(r)*Math.cos(i)*Math.sin(n(t.longitude-e.longitude)/2)**2;return 2*N*Math.asin(Math.min(1,Math.sqrt(a)))}var L=2e4,R=class extends t{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},wanted:{state:!0},only:{state:!0},here:{state:!0},favourites:{state:!0},map:{state:!0},locating:{state:!0},problem:{state:!0}}}#e;static{this.styles=[o,y,n`
      .search {
        flex: 1;
        min-inline-size: 200px;
      }
      ha-map {
        block-size: 320px;
        display: block;
        margin-block: 12px;
      }
      .star {
        font-size: 1.25rem;
      }
    `]}constructor(){super(),this.wanted=``,this.only=this.map=this.locating=!1,this.favourites=new Set}connectedCallback(){super.connectedCallback(),this.hass&&this.#t()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.(),this.#e=void 0}willUpdate(e){e.has(`hass`)&&this.isConnected&&this.#t()}#t(){this.#e||(this.#e=O(this.hass.connection,e=>this.favourites=e,e=>this.problem=i(e)),j().then(e=>this.map=e))}render(){let{texts:t}=this,n=this.#n();return e`<h2>${t.get(`page_find`)}</h2>
      <form class="filter" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search"
          >${t.get(`find_label`)}
          <input
            type="search"
            autocomplete="off"
            .value=${this.wanted}
            @input=${e=>this.wanted=e.target.value}
        /></label>
        <button
          type="button"
          class="only"
          aria-pressed=${this.only}
          @click=${()=>this.only=!this.only}
        >
          ${t.get(`favourites`)}
        </button>
        <button
          type="button"
          class="nearest"
          aria-pressed=${this.here!==void 0}
          ?disabled=${this.locating}
          @click=${this.#o}
        >
          ${t.get(this.locating?`locating`:`nearest`)}
        </button>
      </form>
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:r}
      <p class="muted" role="status">
        ${t.get(n.length>0?`found`:`found_none`,{count:n.length})}
      </p>
      ${this.#r(n)}
      <ul class="plain">
        ${n.map(e=>this.#i(e))}
      </ul>`}#n(){let{overview:e,favourites:t,here:n}=this,r=e.order.flatMap(t=>{let r=e.connectors[t];if(!r)return[];let i=e.sites[r.site??``],[a,o]=i?.position??[],s=a===void 0||o===void 0?void 0:{latitude:a,longitude:o},c=n&&s?I(n,s):void 0,l=i?.address??null;return[{key:t,connector:r,site:i?.name??``,address:l,place:s,metres:c}]}),i=({key:e,metres:r})=>n?r??1/0:+!t.has(e);return r.filter(({key:e})=>!this.only||t.has(e)).filter(({connector:{name:e,label:t},site:n,address:r})=>F(this.wanted,[e,t,n,r])).map((e,t)=>({each:e,index:t})).sort((e,t)=>{let[n,r]=[i(e.each),i(t.each)];return n===r?e.index-t.index:n-r}).map(({each:e})=>e)}#r(t){let n=new Map;for(let{connector:e,place:r,site:i}of t)r&&n.set(e.site??``,{place:r,title:i});if(!this.map||n.size===0)return r;let i=[...n].map(([e,{place:t,title:n}])=>({id:e,title:n,location:[t.latitude,t.longitude],locationEditable:!1}));return e`<ha-map
      auto-fit
      .autoFit=${!0}
      .zoom=${14}
      .editableLocations=${i}
    ></ha-map>`}#i({key:t,connector:n,site:i,address:o,place:s,metres:c}){let{texts:l,format:u}=this,d=this.favourites.has(t),p=n.connector===null?``:` · ${l.get(`outlet`,{number:n.connector})}`,m=n.status?l.status(n.status):l.get(`waiting`),h=c===void 0?``:u.distance(c);return e`<li class="box row" data-key=${t}>
      <div>
        <h3>${n.name}${p}</h3>
        <p class="muted">${[n.label,i,o].filter(Boolean).join(` · `)}</p>
        <p>${[m,h].filter(Boolean).join(` · `)}</p>
      </div>
      <div class="actions">
        <button
          type="button"
          class="star"
          aria-pressed=${d}
          aria-label=${l.get(`favourite`,{name:n.name})}
          @click=${()=>void this.#a(t,!d)}
        >
          <span aria-hidden="true">${d?`★`:`☆`}</span>
        </button>
        ${s?e`<a
                class="button"
                target="_blank"
                rel="noreferrer"
                href=${`https://www.openstreetmap.org/?mlat=${s.latitude}&mlon=${s.longitude}#map=17/${s.latitude}/${s.longitude}`}
                >${l.get(`on_map`)}<span class="hidden">: ${n.name}</span></a
              >`:r}
        <a class="button" href=${a(`home`,n.charger)} @click=${f}
          >${l.get(`show_charger`)}<span class="hidden">: ${n.name}</span></a
        >
      </div>
    </li>`}async#a(e,t){let n=this.favourites,r=new Set(n);t?r.add(e):r.delete(e),this.favourites=r,this.problem=void 0;try{await k(this.hass.connection,r)}catch(e){this.favourites=n,this.problem=this.texts.get(`failed`,{error:i(e)})}}#o=()=>{this.here?this.here=void 0:(this.problem=void 0,!(`geolocation`in navigator)||!window.isSecureContext?this.problem=this.texts.get(`no_position`):(this.locating=!0,navigator.geolocation.getCurrentPosition(({coords:{latitude:e,longitude:t}})=>{this.locating=!1,this.here={latitude:e,longitude:t}},()=>{this.locating=!1,this.problem=this.texts.get(`no_position`)},{timeout:L,maximumAge:6e4})))}};_(`zmartcharge-find-view`,R);function z(e){if(e===null)return``;if(typeof e==`number`)return String(e);let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll(`"`,`""`)}"`:t}function B(e,t){return`\ufeff${[[t.get(`csv_start`),t.get(`csv_end`),t.get(`charger`),t.get(`label`),t.get(`csv_outlet`),t.get(`site`),`kWh`,t.get(`cost`),t.get(`csv_currency`),t.get(`csv_unpriced`)],...e.map(e=>[e.started_at,e.ended_at,e.charger,e.label,e.connector,e.site,e.energy/1e3,e.cost,e.currency,e.unpriced/1e3])].map(e=>e.map(z).join(`,`)).join(`\r
`)}\r\n`}var V={this_month:`period_this_month`,last_month:`period_last_month`,this_year:`period_this_year`,last_year:`period_last_year`,all:`period_all`,own:`period_own`};function H(e,t){let[n,r]=t.split(`-`).map(Number),i=(e,t,n)=>new Date(Date.UTC(e,t-1,n)).toISOString().slice(0,10);switch(e.period){case`this_month`:return{from:i(n,r,1)};case`last_month`:return{from:i(n,r-1,1),until:i(n,r,0)};case`this_year`:return{from:i(n,1,1)};case`last_year`:return{from:i(n-1,1,1),until:i(n-1,12,31)};case`all`:return{};case`own`:return{...e.from?{from:e.from}:{},...e.until?{until:e.until}:{}}}}var U=50,W=200,G=5e3,K=class extends t{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},filter:{state:!0},sessions:{state:!0},sum:{state:!0},more:{state:!0},busy:{state:!0},problem:{state:!0}}}#e=0;#t=``;#n;constructor(){super(),this.filter={charger:``,site:``,period:`this_month`,from:``,until:``},this.more=this.busy=!1}static{this.styles=[o,y,n`
      table {
        border-collapse: separate;
        border-spacing: 0;
        inline-size: 100%;
        padding: 4px 8px;
      }
      tbody tr:last-child > * {
        border-block-end: 0;
      }
      th,
      td {
        border-block-end: 1px solid var(--zc-line);
        padding: 8px;
        text-align: start;
      }
      .figure {
        font-variant-numeric: tabular-nums;
        text-align: end;
        white-space: nowrap;
      }
      .sum {
        font-size: 1.1rem;
      }
      @media (max-width: 600px) {
        thead {
          block-size: 1px;
          clip-path: inset(50%);
          overflow: hidden;
          position: absolute;
        }
        tr {
          border-block-end: 1px solid var(--zc-line);
          display: grid;
          grid-template-columns: 1fr auto;
          padding-block: 8px;
        }
        th,
        td {
          border: 0;
          padding: 2px 4px;
        }
      }
    `]}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#n=void 0}willUpdate(e){if(e.has(`filter`)&&this.#i(),e.has(`overview`)){let e=Object.values(this.overview.connectors).map(({session:e})=>`${e?.started_at} ${e?.ended_at}`).join();this.#t&&e!==this.#t&&this.#n===void 0&&(this.#n=setTimeout(()=>void this.#i(),G)),this.#t=e}}#r(e,t,n){let{charger:r,site:i}=this.filter;return this.hass.connection.sendMessagePromise({type:`zmartcharge/list_sessions`,...r?{charger:r}:{},...i?{site:i}:{},...H(this.filter,this.format.day(new Date)),...e?{before:e}:{},limit:t,sum:n})}async#i(){clearTimeout(this.#n),this.#n=void 0;let e=++this.#e;try{let t=await this.#r(void 0,U,!0);if(e!==this.#e)return;this.sessions=t.sessions,this.sum=t.sum??void 0,this.more=t.more,this.problem=void 0}catch(t){e===this.#e&&(this.problem=i(t))}}async#a(){let e=this.#e,t=this.sessions??[];this.busy=!0;try{let n=await this.#r(t.at(-1)?.id,U,!1);if(e!==this.#e)return;this.sessions=[...t,...n.sessions],this.more=n.more}catch(e){this.problem=i(e)}finally{this.busy=!1}}async#o(){this.busy=!0;try{let e=[];for(let t=!0;t;){let n=await this.#r(e.at(-1)?.id,W,!1);e.push(...n.sessions),t=n.more}let t=URL.createObjectURL(new Blob([B(e,this.texts)],{type:`text/csv`})),n=document.createElement(`a`);n.href=t,n.download=`zmartcharge-${this.format.day(new Date)}.csv`,n.click(),setTimeout(()=>URL.revokeObjectURL(t),6e4)}catch(e){this.problem=i(e)}finally{this.busy=!1}}render(){let{texts:t,sessions:n}=this;return e`<h2>${t.get(`all_sessions`)}</h2>
      ${this.#s()}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:r}
      ${this.#l()}
      ${n===void 0?e`<p role="status">${this.problem?``:t.get(`loading`)}</p>`:n.length===0?e`<p role="status">${t.get(`no_sessions`)}</p>`:this.#u(n)}
      ${this.more?e`<p>
              <button
                type="button"
                class="more"
                ?disabled=${this.busy}
                @click=${()=>void this.#a()}
              >
                ${t.get(`show_more`)}
              </button>
            </p>`:r}`}#s(){let{texts:t,filter:n,overview:i}=this,a=new Map(i.order.map(e=>{let t=i.connectors[e];return[t?.charger??``,t?.name??``]})),o=(t,r,i)=>e`<label
        >${r}
        <select
          name=${t}
          @change=${e=>this.#c(t,e.target.value)}
        >
          ${i.map(([r,i])=>e`<option value=${r} ?selected=${r===n[t]}>${i}</option>`)}
        </select></label
      >`,s=(t,r)=>e`<label
        >${r}
        <input
          type="date"
          name=${t}
          min="2000-01-01"
          max="2100-12-31"
          .value=${n[t]}
          @change=${e=>this.#c(t,e.target.value)}
      /></label>`,c=Object.entries(i.sites).map(([e,{name:t}])=>[e,t]);return e`<form class="filter" @submit=${e=>e.preventDefault()}>
      ${o(`charger`,t.get(`charger`),[[``,t.get(`all_chargers`)],...a])}
      ${o(`site`,t.get(`site`),[[``,t.get(`all_sites`)],...c])}
      ${o(`period`,t.get(`period`),Object.entries(V).map(([e,n])=>[e,t.get(n)]))}
      ${n.period===`own`?[s(`from`,t.get(`from`)),s(`until`,t.get(`to`))]:r}
      <button
        type="button"
        class="download"
        ?disabled=${this.busy||!this.sessions?.length}
        @click=${()=>void this.#o()}
      >
        ${t.get(`download`)}
      </button>
    </form>`}#c(e,t){this.filter={...this.filter,[e]:t}}#l(){let{texts:t,format:n,sum:i}=this;if(!i||i.count===0)return r;let a=Object.entries(i.costs).map(([e,t])=>n.money(t,e));return e`<p class="sum" role="status">
        <strong>${t.get(`sessions_sum`,{count:n.number(i.count,0)})}</strong>
        · ${n.energy(i.energy,i.energy<1e4?2:1)} ·
        ${a.join(` + `)||t.get(`no_cost`)}
      </p>
      ${i.unpriced>0?e`<p class="muted">
              ${t.get(`unpriced`,{energy:n.energy(i.unpriced)})}
            </p>`:r}`}#u(t){let{texts:n}=this;return e`<table class="box">
      <thead>
        <tr>
          <th scope="col">${n.get(`time`)}</th>
          <th scope="col">${n.get(`charger`)}</th>
          <th scope="col" class="figure">${n.get(`duration`)}</th>
          <th scope="col" class="figure">${n.get(`energy`)}</th>
          <th scope="col" class="figure">${n.get(`cost`)}</th>
        </tr>
      </thead>
      <tbody>
        ${t.map(e=>this.#d(e))}
      </tbody>
    </table>`}#d(t){let{texts:n,format:i}=this,a=new Date(t.started_at),o=t.ended_at?Date.parse(t.ended_at):void 0,s=Math.max(0,Math.round(((o??Date.now())-a.getTime())/6e4)),c=t.connector===null?``:` · ${n.get(`outlet`,{number:t.connector})}`;return e`<tr>
      <th scope="row">
        ${i.atHome(a,{year:`numeric`,month:`short`,day:`numeric`,hour:`2-digit`,minute:`2-digit`})}
      </th>
      <td>
        ${t.charger}${c}
        ${t.site?e`<span class="muted">${t.site}</span>`:r}
      </td>
      <td class="figure">
        ${o===void 0?n.get(`still_charging`):n.get(`minutes`,{minutes:i.number(s,0)})}
      </td>
      <td class="figure">${i.energy(t.energy,2)}</td>
      <td class="figure">${this.#f(t)}</td>
    </tr>`}#f({cost:t,currency:n,unpriced:r}){let{texts:i,format:a}=this;return t===null?e`<span class="muted">${i.get(`no_cost`)}</span>`:r===0?e`${a.money(t,n)}`:e`${a.money(t,n)}
      <span class="muted">+ ${i.get(`unpriced`,{energy:a.energy(r)})}</span>`}};_(`zmartcharge-sessions-view`,K);var q=class extends t{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},texts:{attribute:!1},format:{attribute:!1}}}static{this.styles=[o,y]}render(){let{texts:t,overview:n,capabilities:i}=this,a=Object.entries(n.sites);return e`<div class="row top">
        <h2>${t.get(`sites`)}</h2>
        ${i?.may_add?e`<a class="button" href=${u(i)} @click=${f}
                >${t.get(`add_site`)}</a
              >`:r}
      </div>
      ${a.length===0?e`<p role="status">${t.get(`no_site`)}</p>`:r}
      <ul class="plain">
        ${a.map(([e,t])=>this.#e(e,t))}
      </ul>`}#e(t,n){let{texts:i,overview:o,settings:s}=this,c=Object.values(o.connectors).filter(e=>e.site===t),l=new Map(c.map(({charger:e,name:t})=>[e,t])),d=s?.sites[t],p=[i.get(`main_fuse`,{amperes:n.main_fuse}),n.address,n.metered?null:i.get(`no_meter_here`),n.currency?null:i.get(`no_price_here`)];return e`<li class="box" data-site=${t}>
      <h3>${n.name}</h3>
      <p class="muted">${p.filter(Boolean).join(` · `)}</p>
      ${l.size>0?e`<p class="actions">
              ${[...l].map(([t,n])=>e`<a class="button" href=${a(`home`,t)} @click=${f}
                    >${n}</a
                  >`)}
            </p>`:e`<p>${i.get(`site_without_charger`)}</p>`}
      ${n.metered?e`<zmartcharge-phases
              .site=${n}
              .connectors=${c}
              .offered=${null}
              .texts=${i}
              .format=${this.format}
              .now=${new Date}
            ></zmartcharge-phases>`:r}
      ${d?e`<p class="actions">
                <a class="button" href=${u(s)} @click=${f}
                  >${i.get(`change_site`)}<span class="hidden">: ${n.name}</span></a
                >
              </p>
              <zmartcharge-removal
                .connection=${this.hass.connection}
                .texts=${i}
                .doomed=${{kind:`site`,id:t,name:d.name,chargers:d.chargers}}
              ></zmartcharge-removal>`:r}
    </li>`}};_(`zmartcharge-sites-view`,q);var J={home:`page_home`,history:`history`,sites:`sites`,chargers:`page_chargers`,find:`page_find`},Y=class extends t{static{this.properties={narrow:{type:Boolean},route:{attribute:!1},texts:{state:!0},overview:{state:!0},settings:{state:!0},capabilities:{state:!0},problem:{state:!0},page:{state:!0}}}#e;#t;#n=[];#r=()=>this.#i();static{this.styles=[o,n`
      :host {
        background: var(--primary-background-color);
        display: block;
        min-block-size: 100%;
      }
      header {
        align-items: center;
        background: var(--zc-surface);
        border-block-end: 1px solid var(--zc-line);
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        inset-block-start: 0;
        padding: 8px 16px;
        position: sticky;
        z-index: 2;
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 500;
        margin: 0;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      nav a.button {
        border-color: transparent;
      }
      nav a[aria-current="page"] {
        background: color-mix(in srgb, var(--zc-accent) 16%, transparent);
        border-color: var(--zc-accent);
        font-weight: 500;
      }
      main {
        box-sizing: border-box;
        margin-inline: auto;
        max-inline-size: 1120px;
        padding: 16px;
      }
      main.home {
        max-inline-size: 600px;
      }
    `]}constructor(){super(),this.narrow=!1,this.page=l(location.pathname)}set hass(e){let t=this.#e;this.#e=e,(t?.language!==e.language||t.locale!==e.locale)&&(this.#t=new s(e),m.load(e).then(e=>this.texts=e,e=>this.problem=i(e))),t?.connection!==e.connection&&this.isConnected&&this.#a()}connectedCallback(){super.connectedCallback(),window.addEventListener(`location-changed`,this.#r),window.addEventListener(`popstate`,this.#r),this.#i(),this.#e&&this.#a()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`location-changed`,this.#r),window.removeEventListener(`popstate`,this.#r),this.#s()}#i(){this.page=l(location.pathname),this.requestUpdate()}#a(){this.#s();let{connection:e}=this.#e??{};if(!e)return;let t=v(e,e=>{this.overview=e},e=>this.problem=i(e));this.#n.push(t),e.sendMessagePromise({type:`zmartcharge/capabilities`}).then(e=>{this.capabilities=e,e.may_add&&this.#o()}).catch(()=>void 0)}#o(){let e=this.#e?.connection.subscribeMessage(e=>this.settings=e,{type:`zmartcharge/subscribe_settings`});e?.catch(()=>void 0),this.#n.push(()=>void e?.then(e=>e()).catch(()=>void 0))}#s(){for(let e of this.#n)e();this.#n=[]}render(){let{texts:t}=this;return t?e`
      <header>
        ${this.narrow?e`<button type="button" aria-label=${t.get(`menu`)} @click=${this.#c}>
                <span aria-hidden="true">☰</span>
              </button>`:r}
        <h1>ZmartCharge</h1>
        <nav aria-label="ZmartCharge">
          ${c.map(n=>e`<a
                class="button"
                href=${a(n)}
                aria-current=${n===this.page?`page`:r}
                @click=${f}
                >${t.get(J[n])}</a
              >`)}
        </nav>
      </header>
      <main class=${this.page}>${this.#l(t)}</main>
    `:e`<main><p class="muted">${this.problem??`…`}</p></main>`}#c(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}#l(t){let{overview:n}=this,i=this.#e,a=this.#t,o=n?.card&&h(n.card)?d(t):r;return!i||!a||!n?e`<p role="status">${this.problem??t.get(`loading`)}</p>`:this.page!==`home`&&!n.loaded?e`${o}
        <p role="status">${t.get(`not_loaded`)}</p>`:e`${this.page===`home`?r:o}${this.#u(i,n,t,a)}`}#u(t,n,r,i){let{settings:a,capabilities:o}=this,s=new URLSearchParams(location.search).get(`charger`)??void 0;switch(this.page){case`history`:return e`<zmartcharge-sessions-view
          .hass=${t}
          .overview=${n}
          .texts=${r}
          .format=${i}
        ></zmartcharge-sessions-view>`;case`sites`:return e`<zmartcharge-sites-view
          .hass=${t}
          .overview=${n}
          .settings=${a}
          .capabilities=${o}
          .texts=${r}
          .format=${i}
        ></zmartcharge-sites-view>`;case`chargers`:return e`<zmartcharge-chargers-view
          .hass=${t}
          .overview=${n}
          .settings=${a}
          .capabilities=${o}
          .wanted=${s}
          .texts=${r}
          .format=${i}
        ></zmartcharge-chargers-view>`;case`find`:return e`<zmartcharge-find-view
          .hass=${t}
          .overview=${n}
          .texts=${r}
          .format=${i}
        ></zmartcharge-find-view>`;case`home`:return e`<zmartcharge-home-card-view
          .config=${Z(n,s)}
          .hass=${t}
        ></zmartcharge-home-card-view>`}}},X={type:`custom:zmartcharge-home-card`};function Z(e,t){let n=t===void 0?void 0:Object.values(e.connectors).find(e=>e.charger===t);return n?.device?{...X,device:n.device}:X}_(`zmartcharge-panel-view`,Y);export{Y as Panel};