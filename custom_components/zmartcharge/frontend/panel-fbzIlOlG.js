import{a as e,c as t,d as n,i as r,l as i,n as a,o,s}from"./texts-Ded3w1V2.js";import{_ as c,a as l,b as u,g as d,h as f,m as p,o as m,p as h,u as g,v as _,x as ee,y as v}from"./sections-D1U5bvnN.js";import{n as y}from"./preload-helper-BocTNAXX.js";import{i as b,n as x}from"./store-D7TWg2sA.js";import"./home-card-DngVjmZf.js";
/**
* @license
* Copyright 2017 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
var te={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},ne=e=>(...t)=>({_$litDirective$:e,values:t}),re=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:ie}=i,S=e=>e,C=()=>document.createComment(``),w=(e,t,n)=>{
/**
* @license
* Copyright 2020 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new ie(r.insertBefore(C(),i),r.insertBefore(C(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=S(e).nextSibling;S(r).insertBefore(e,i),e=t}}}return n},T=(e,t,n=e)=>(e._$AI(t,n),e),ae={},oe=(e,t=ae)=>e._$AH=t,se=e=>e._$AH,E=e=>{e._$AR(),e._$AA.remove()},D=(e,t,n)=>{
/**
* @license
* Copyright 2017 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},O=ne(class extends re{constructor(e){if(super(e),e.type!==te.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=se(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let c=this.ut??=[],l=[],u,d,f=0,p=i.length-1,m=0,h=a.length-1;for(;f<=p&&m<=h;)if(i[f]===null)f++;else if(i[p]===null)p--;else if(c[f]===o[m])l[m]=T(i[f],a[m]),f++,m++;else if(c[p]===o[h])l[h]=T(i[p],a[h]),p--,h--;else if(c[f]===o[h])l[h]=T(i[f],a[h]),w(e,l[h+1],i[f]),f++,h--;else if(c[p]===o[m])l[m]=T(i[p],a[m]),w(e,i[f],i[p]),p--,m++;else if(u===void 0&&(u=D(o,m,h),d=D(c,f,p)),u.has(c[f])){if(u.has(c[p])){let t=d.get(o[m]),n=t===void 0?null:i[t];if(n===null){let t=w(e,i[f]);T(t,a[m]),l[m]=t}else l[m]=T(n,a[m]),w(e,i[f],n),i[t]=null;m++}else E(i[p]),p--}else E(i[f]),f++;for(;m<=h;){let t=w(e,l[h+1]);T(t,a[m]),l[m++]=t}for(;f<=p;){let e=i[f++];e!==null&&E(e)}return this.ut=o,oe(e,l),s}}),k=n`
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
  fieldset {
    border: 1px solid var(--zc-line);
    border-radius: var(--zc-radius);
    margin: 12px 0;
    min-inline-size: 0;
    padding: 8px 12px;
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
`,A=class extends e{static{this.properties={hass:{attribute:!1},device:{},car:{attribute:!1},outlet:{},texts:{attribute:!1},problem:{state:!0}}}static{this.styles=[m,k]}render(){let{texts:e,car:n}=this;return t`<fieldset>
      <legend>${e.get(`car`)}${this.outlet}</legend>
      <p class="muted">${e.get(`car_explained`)}</p>
      <form class="actions" novalidate @submit=${e=>void this.#t(e)}>
        ${this.#e(`range`,e.get(`car_range`),n?.range,10,2e3)}
        ${this.#e(`battery`,e.get(`car_battery`),n?.battery,1,250)}
        <button ?disabled=${!this.device}>${e.get(`save`)}</button>
      </form>
      ${this.problem?t`<p class="problem" role="alert">${this.problem}</p>`:o}
    </fieldset>`}#e(e,n,r,i,a){return t`<label
      >${n}
      <input
        name=${e}
        type="number"
        inputmode="decimal"
        step="any"
        min=${i}
        max=${a}
        .value=${r===void 0?``:String(r)}
    /></label>`}async#t(e){e.preventDefault();let t=e.target,[n,r]=[`range`,`battery`].map(e=>t.querySelector(`[name=${e}]`));this.problem=void 0;let i=!n.value&&!r.value&&t.checkValidity();if(!i&&!(n.value&&r.value&&t.checkValidity())){this.problem=this.texts.get(`car_wrong`);return}let a=i?{}:{range:Number(n.value),battery_capacity:Number(r.value)};try{let e={device_id:this.device};await this.hass.callService(`zmartcharge`,`set_car`,a,e,!1)}catch(e){this.problem=this.texts.failure(e)}}};y(`zmartcharge-car-settings`,A);var j=`https://github.com/zmartcharge/home-assistant-zmartcharge/blob/main/docs/connect-your-charger.md`,M=[`network_wifi`,`network_password`,`network_mobile`,`network_key`],N=class extends e{static{this.properties={charger:{attribute:!1},texts:{attribute:!1}}}static{this.styles=[m,k,n`
      code {
        overflow-wrap: anywhere;
        user-select: all;
      }
      ol {
        padding-inline-start: 20px;
      }
      li {
        margin-block: 4px;
      }
    `]}render(){let{texts:e}=this,{label:n,connected:r,addresses:i}=this.charger;return t`<details>
      <summary>${e.get(`network`)}</summary>
      <p role="status">${e.get(r?`network_connected`:`network_away`)}</p>
      <p>${e.get(`network_addresses`,{label:n})}</p>
      <ul>
        ${i.map(e=>t`<li><code>${e}</code></li>`)}
      </ul>
      <ol>
        ${M.map(n=>t`<li>${e.get(n)}</li>`)}
      </ol>
      <p>
        <a href=${j} target="_blank" rel="noreferrer">${e.get(`network_more`)}</a>
      </p>
    </details>`}};y(`zmartcharge-network-help`,N);var P=`zmartcharge/opening_hours.yaml`,F=`schedule.`,I={finish:`opening_finish`,stop:`opening_stop`},L=class extends e{static{this.properties={hass:{attribute:!1},charger:{},name:{},entity:{},enabled:{type:Boolean},texts:{attribute:!1},hours:{state:!0},others:{state:!0},problem:{state:!0},busy:{state:!0}}}static{this.styles=[m,k]}constructor(){super(),this.others=[],this.busy=!1}willUpdate(e){(e.has(`charger`)||e.has(`entity`))&&this.#i()}get#e(){return`zmartcharge_opening_hours_${this.charger}`}render(){let{texts:e,hours:n,problem:r}=this;if(n===void 0)return r?t`<p class="problem" role="alert">${r}</p>`:o;let i=this.busy||!this.entity;return t`<fieldset>
      <legend>${e.get(`opening`)}</legend>
      <p class="muted">${e.get(`opening_explained`)}</p>
      <div class="actions">
        <label
          >${e.get(`opening_schedule`)}
          <select
            name="schedule"
            ?disabled=${i}
            @change=${e=>void this.#s(e,e=>({schedule:e}))}
          >
            <option value="" ?selected=${!n}>${e.get(`opening_always`)}</option>
            ${this.#r().map(([e,r])=>t`<option value=${e} ?selected=${e===n?.schedule}>${r}</option>`)}
          </select></label
        >
        ${n?this.#n(n,i):o}
        <a class="button" href="/config/helpers" @click=${f}>${e.get(`opening_make`)}</a>
      </div>
      ${this.others.map(e=>t`<p>${this.#t(e)}</p>`)}
      ${r?t`<p class="problem" role="alert">${r}</p>`:o}
    </fieldset>`}#t({id:e,alias:n}){let r=this.texts.get(`opening_other`,{name:n??e??P}),i=`/config/automation/edit/${encodeURIComponent(e??``)}`;return e?t`<a href=${i} @click=${f}>${r}</a>`:t`${r}`}#n({running:e},n){return t`<label
      >${this.texts.get(`opening_closing`)}
      <select
        name="running"
        ?disabled=${n}
        @change=${e=>void this.#s(e,e=>({running:e}))}
      >
        ${Object.entries(I).map(([n,r])=>t`<option value=${n} ?selected=${n===e}>
              ${this.texts.get(r)}
            </option>`)}
      </select></label
    >`}#r(){let e=this.hass.states??{},t=Object.keys(e).filter(e=>e.startsWith(F)),n=this.hours?.schedule;return n&&!t.includes(n)&&t.push(n),t.map(t=>[t,String(e[t]?.attributes.friendly_name??t)]).sort(([,e],[,t])=>e.localeCompare(t,this.hass.language))}async#i(){let{charger:e}=this;try{let t=(await this.#a()).filter(e=>this.#o(e));if(e!==this.charger)return;let n=t.find(({id:e})=>e===this.#e);this.hours=n?R(n):null,this.others=t.filter(e=>e!==n)}catch(e){this.problem=this.texts.failure(e)}}async#a(){let{connection:e}=this.hass,{automation:t}=await e.sendMessagePromise({type:`search/related`,item_type:`automation_blueprint`,item_id:P}),n=(t??[]).map(t=>e.sendMessagePromise({type:`automation/config`,entity_id:t}));return(await Promise.all(n)).map(({config:e})=>e)}#o({id:e,variables:t}){let n=t?.switches;return e===this.#e||(this.entity&&n?[n].flat().includes(this.entity):!1)}async#s(e,t){let n=this.hours,r=t(e.target.value),i={schedule:``,running:`finish`,...n,...r};this.problem=void 0,this.busy=!0;try{await(i.schedule?this.#c(i):this.#l()),this.hours=i.schedule?i:null}catch(e){this.problem=this.texts.failure(e),this.hours=void 0,await this.updateComplete,this.hours=n}finally{this.busy=!1}}async#c({schedule:e,running:t}){let n=`${this.texts.get(`opening`)}: ${this.name}`,r={schedule:e,switches:[this.entity],running:t};await this.hass.callApi?.(`POST`,`config/automation/config/${this.#e}`,{alias:n,use_blueprint:{path:P,input:r}})}async#l(){await this.hass.callApi?.(`DELETE`,`config/automation/config/${this.#e}`),this.enabled||await this.hass.callService(`switch`,`turn_on`,{},{entity_id:this.entity},!1)}};function R({variables:e}){let{schedule:t,running:n}=e??{};return typeof t==`string`?{schedule:t,running:n===`stop`?`stop`:`finish`}:null}y(`zmartcharge-opening-hours`,L);var z=class extends e{static{this.properties={connection:{attribute:!1},texts:{attribute:!1},doomed:{attribute:!1},typed:{state:!0},busy:{state:!0},problem:{state:!0}}}static{this.styles=[m,k,n`
      input {
        inline-size: 100%;
      }
    `]}constructor(){super(),this.typed=``,this.busy=!1}render(){let{texts:e,doomed:n}=this,r=n.chargers.length>0,i=n.kind===`charger`?`remove_charger`:`remove_site`;return t`<button type="button" class="danger remove" @click=${this.#n}>
        ${e.get(i)}
      </button>
      <dialog aria-labelledby="question" @close=${this.#r}>
        <h2 id="question">${e.get(`remove_question`,{name:n.name})}</h2>
        ${r?t`<p>
                ${e.get(`site_has_chargers`,{chargers:n.chargers.join(`, `)})}
              </p>`:this.#e()}
        <form method="dialog" class="actions" @submit=${this.#i}>
          <button class="cancel" value="cancel" formnovalidate>${e.get(`cancel`)}</button>
          ${r?o:t`<button
                  class="danger confirm"
                  value="remove"
                  ?disabled=${!this.#t||this.busy}
                >
                  ${e.get(`remove_yes`)}
                </button>`}
        </form>
      </dialog>`}#e(){let{texts:e,doomed:n}=this,r=n.kind===`charger`;return t`<p>${e.get(r?`remove_charger_explained`:`remove_site_explained`)}</p>
      <label
        >${e.get(`type_name`,{name:n.name})}
        <input
          type="text"
          autocomplete="off"
          .value=${this.typed}
          @input=${e=>this.typed=e.target.value}
      /></label>
      ${this.problem?t`<p class="problem" role="alert">${this.problem}</p>`:o}`}get#t(){return this.typed.trim()===this.doomed.name.trim()}#n=()=>{this.renderRoot.querySelector(`dialog`)?.showModal()};#r=()=>{this.typed=``,this.problem=void 0};#i=e=>{e.submitter?.value===`remove`&&(e.preventDefault(),this.#t&&this.#a())};async#a(){let{kind:e,id:t}=this.doomed;this.busy=!0,this.problem=void 0;try{await this.connection.sendMessagePromise({type:e===`charger`?`zmartcharge/remove_charger`:`zmartcharge/remove_site`,subentry_id:t,name:this.typed.trim()}),this.renderRoot.querySelector(`dialog`)?.close()}catch(e){this.problem=this.texts.failure(e)}finally{this.busy=!1}}};y(`zmartcharge-removal`,z);var B=1500,V=class{#e=new Map;#t;has(e){return this.#e.has(e)}changed(e,t){clearTimeout(this.#e.get(e.name)?.timer);let n=setTimeout(()=>{e.validity.badInput||this.count(e.name)},B);this.#e.set(e.name,{timer:n,done:t}),this.#t!==e.name&&this.count(e.name)}entered(e){this.#t=e}left(e){this.#t=void 0,this.count(e)}count(e){let t=this.#e.get(e);this.#e.delete(e),clearTimeout(t?.timer),t?.done()}end(){for(let e of[...this.#e.keys()])this.count(e)}},H=[`monday`,`tuesday`,`wednesday`,`thursday`,`friday`,`saturday`,`sunday`],U={open:`access_open`,registered:`access_registered`},W=Date.UTC(2024,0,1),G=864e5,K=class extends e{static{this.properties={hass:{attribute:!1},settings:{attribute:!1},charger:{},texts:{attribute:!1},problem:{state:!0}}}#e=new V;disconnectedCallback(){super.disconnectedCallback(),this.#e.end()}static{this.styles=[m,k,n`
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
    `]}render(){let{texts:e,settings:n}=this,r=n.chargers[this.charger];if(!r)return o;let i=n.sites[r.site??``]?.name??`–`,a=[[e.get(`name`),r.name],[e.get(`label`),r.label],[e.get(`site`),i],[e.get(`circuit_fuse`),`${r.circuit_fuse} A`]];return r.circuit&&a.push([e.get(`circuit`),r.circuit]),t`<dl class="facts">
        ${a.map(([e,n])=>t`<div>
              <dt class="muted">${e}:</dt>
              <dd>${n}</dd>
            </div>`)}
      </dl>
      <p class="actions">
        <a class="button" href=${d(n)} @click=${f}
          >${e.get(`change_in_form`)}</a
        >
        ${r.device?t`<a class="button" href=${p(r.device)} @click=${f}
                >${e.get(`all_values`)}</a
              >`:o}
      </p>
      ${this.#t(r)}
      <zmartcharge-opening-hours
        .hass=${this.hass}
        .charger=${this.charger}
        .name=${r.name}
        .entity=${r.entities.enabled}
        .enabled=${r.enabled}
        .texts=${e}
      ></zmartcharge-opening-hours>
      ${r.connectors.map(e=>this.#n(r,e))}
      <zmartcharge-network-help .charger=${r} .texts=${e}></zmartcharge-network-help>
      ${this.problem?t`<p class="problem" role="alert">${this.problem}</p>`:o}
      <zmartcharge-removal
        .connection=${this.hass.connection}
        .texts=${e}
        .doomed=${{kind:`charger`,id:this.charger,name:r.name,chargers:[]}}
      ></zmartcharge-removal>`}#t({access:e,enabled:n,entities:r}){let{texts:i}=this;return t`<div class="actions">
      <label
        >${i.get(`access`)}
        <select
          name="access"
          ?disabled=${!r.access}
          .value=${e}
          @change=${async t=>{let n=t.target,i={option:n.value};await this.#a(`select`,`select_option`,i,r.access)||(n.value=this.settings.chargers[this.charger]?.access??e)}}
        >
          ${Object.entries(U).map(([n,r])=>t`<option value=${n} ?selected=${n===e}>${i.get(r)}</option>`)}
        </select></label
      >
      <label class="switch">
        <input
          name="enabled"
          type="checkbox"
          .checked=${n}
          ?disabled=${!r.enabled}
          @change=${async e=>{let t=e.target,i=t.checked?`turn_on`:`turn_off`;await this.#a(`switch`,i,{},r.enabled)||(t.checked=this.settings.chargers[this.charger]?.enabled??n)}}
        />
        <span>${i.get(`enabled`)}</span>
      </label>
      ${n?o:t`<p role="status">${i.get(`disabled`)}</p>`}
    </div>`}#n(e,n){let{texts:r}=this,{connector:i,device:a,car:o}=n,s=e.connectors.length>1&&i!==null?` · ${r.get(`outlet`,{number:i})}`:``;return t`${this.#r(n,s)}
      <zmartcharge-car-settings
        .hass=${this.hass}
        .device=${a}
        .car=${o}
        .outlet=${s}
        .texts=${r}
      ></zmartcharge-car-settings>`}#r({key:e,device:n,ready_by:r},i){let{texts:a}=this,o=new Intl.DateTimeFormat(this.hass.language,{weekday:`long`,timeZone:`UTC`});return t`<fieldset>
      <legend>${a.get(`done_by`)}${i}</legend>
      <p class="muted">${a.get(`done_by_explained`)}</p>
      <div class="days">
        ${H.map((i,a)=>t`<label
              >${o.format(new Date(W+a*G))}
              <input
                type="time"
                name=${`${e}-${i}`}
                ?disabled=${!n}
                .value=${this.#e.has(`${e}-${i}`)?s:q(r[a])}
                @change=${t=>{let r=t.target;this.#e.changed(r,()=>void this.#i(n,e,a,r))}}
                @focus=${()=>this.#e.entered(`${e}-${i}`)}
                @blur=${()=>this.#e.left(`${e}-${i}`)}
                @keydown=${t=>{t.key===`Enter`&&this.#e.count(`${e}-${i}`)}}
            /></label>`)}
      </div>
    </fieldset>`}async#i(e,t,n,r){let i=()=>{let e=this.settings.chargers[this.charger]?.connectors;return q(e?.find(e=>e.key===t)?.ready_by[n])},a={weekdays:[H[n]],...r.value?{time:r.value}:{}};e&&!r.validity.badInput&&await this.#o(`zmartcharge`,`set_ready_by`,a,{device_id:e})||(r.value=i())}async#a(e,t,n,r){return r!==void 0&&this.#o(e,t,n,{entity_id:r})}async#o(e,t,n,r){this.problem=void 0;try{return await this.hass.callService(e,t,n,r,!1),!0}catch(e){return this.problem=this.texts.failure(e),!1}}};function q(e){return e?.slice(0,5)??``}y(`zmartcharge-charger-settings`,K);var ce=class extends e{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},wanted:{},texts:{attribute:!1},format:{attribute:!1}}}#e;static{this.styles=[m,k]}updated(e){if(!this.wanted||this.#e===this.wanted||!e.has(`wanted`)&&!e.has(`settings`)&&!e.has(`overview`))return;let t=this.renderRoot.querySelector(`[data-charger="${CSS.escape(this.wanted)}"]`);t&&this.settings&&(this.#e=this.wanted,t.querySelector(`details`)?.setAttribute(`open`,``),t.scrollIntoView({block:`start`}))}render(){let{texts:e,overview:n}=this,r=new Map;for(let e of n.order){let t=n.connectors[e];if(!t)continue;let i=r.get(t.charger);i?i.push(t):r.set(t.charger,[t])}return t`<div class="row top">
        <h2>${e.get(`page_chargers`)}</h2>
        ${this.capabilities?.may_add?t`<a class="button" href=${d(this.capabilities)} @click=${f}
                >${e.get(r.size>0?`add_charger`:`first_charger`)}</a
              >`:o}
      </div>
      ${r.size===0?t`<p role="status">${e.get(`no_charger`)}</p>`:o}
      <ul class="plain">
        ${O(r,([e])=>e,([e,t])=>this.#t(e,t))}
      </ul>`}#t(e,n){let{texts:r,settings:i}=this,[a]=n;if(!a)return t``;let s=this.overview.sites[a.site??``]?.name;return t`<li class="box" data-charger=${e}>
      <div class="row">
        <div>
          <h3>${a.name}</h3>
          <p class="muted">${[s,a.label,a.model].filter(Boolean).join(` · `)}</p>
        </div>
        <a class="button" href=${v(`home`,e)} @click=${f}
          >${r.get(`show_charger`)}<span class="hidden">: ${a.name}</span></a
        >
      </div>
      ${n.map(e=>this.#n(e))}
      ${i?.chargers[e]?t`<details>
              <summary>${r.get(`settings`)}</summary>
              <zmartcharge-charger-settings
                .hass=${this.hass}
                .settings=${i}
                .charger=${e}
                .texts=${r}
              ></zmartcharge-charger-settings>
            </details>`:o}
    </li>`}#n(e){let{texts:n,format:r,overview:i}=this,s=i.sites[e.site??``]?.currency??null,c=e.status?n.status(e.status):n.get(`waiting`),l=a(e,n,r,s,new Date),u=e.connector===null?``:`${n.get(`outlet`,{number:e.connector})}: `,d=e.charging&&e.power!==null?` · ${r.power(e.power)}`:``;return t`<p class="status">
      ${u}<strong>${c}</strong>${d}
      ${l?t`<span class="muted"> ${l}</span>`:o}
    </p>`}};y(`zmartcharge-chargers-view`,ce);var J=`zmartcharge`;function le(e,t,n){return b(e,{type:`frontend/subscribe_user_data`,key:J},({value:e})=>{let n=e?.favourites,r=Array.isArray(n)?n.filter(e=>typeof e==`string`):[];t(new Set(r))},n)}async function ue(e,t){let n={favourites:[...t]};await e.sendMessagePromise({type:`frontend/set_user_data`,key:J,value:n})}var de=1e4;async function fe(){if(customElements.get(`ha-map`))return!0;let e=window;if(!e.loadCardHelpers)return!1;try{(await e.loadCardHelpers()).createCardElement({type:`map`,entities:[`zone.home`]});let t=new Promise(e=>setTimeout(()=>e(!1),de));return await Promise.race([customElements.whenDefined(`ha-map`).then(()=>!0),t])}catch{return!1}}var pe={ø:`o`,æ:`ae`,ß:`ss`,đ:`d`,ł:`l`,œ:`oe`},me=6371e3;function Y(e){return e.toLowerCase().normalize(`NFD`).replace(/\p{M}/gu,``).replace(/[øæßđłœ]/g,e=>pe[e]??e)}function he(e,t){let n=Y(t.filter(Boolean).join(` `));return Y(e).split(/\s+/).every(e=>n.includes(e))}function ge(e,t){let n=e=>e*Math.PI/180,[r,i]=[n(e.latitude),n(t.latitude)],a=Math.sin((i-r)/2)**2+Math.cos(r)*Math.cos(i)*Math.sin(n(t.longitude-e.longitude)/2)**2;return 2*me*Math.asin(Math.min(1,Math.sqrt(a)))}var _e=2e4,ve=class extends e{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},wanted:{state:!0},only:{state:!0},here:{state:!0},favourites:{state:!0},map:{state:!0},locating:{state:!0},problem:{state:!0}}}#e;#t;#n=0;static{this.styles=[m,k,n`
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
    `]}constructor(){super(),this.wanted=``,this.only=this.map=this.locating=!1}connectedCallback(){super.connectedCallback(),this.hass&&this.#r()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.(),this.#e=void 0}willUpdate(e){e.has(`hass`)&&this.isConnected&&this.#r()}#r(){this.#e||(this.#e=le(this.hass.connection,e=>{this.#t=e,this.#n===0&&(this.favourites=e)},e=>this.problem=r(e)),fe().then(e=>this.map=e))}render(){let{texts:e}=this,n=this.#i();return t`<h2>${e.get(`page_find`)}</h2>
      <form class="filter" role="search" @submit=${e=>e.preventDefault()}>
        <label class="search"
          >${e.get(`find_label`)}
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
          ${e.get(`favourites`)}
        </button>
        <button
          type="button"
          class="nearest"
          aria-pressed=${this.here!==void 0}
          ?disabled=${this.locating}
          @click=${this.#u}
        >
          ${e.get(this.locating?`locating`:`nearest`)}
        </button>
      </form>
      ${this.problem?t`<p class="problem" role="alert">${this.problem}</p>`:o}
      <p class="muted" role="status">
        ${e.get(n.length>0?`found`:`found_none`,{count:n.length})}
      </p>
      ${this.#a(n)}
      <ul class="plain">
        ${O(n,({key:e})=>e,e=>this.#o(e))}
      </ul>`}#i(){let{overview:e,favourites:t,here:n}=this,r=e.order.flatMap(t=>{let r=e.connectors[t];if(!r)return[];let i=e.sites[r.site??``],[a,o]=i?.position??[],s=a===void 0||o===void 0?void 0:{latitude:a,longitude:o},c=n&&s?ge(n,s):void 0,l=i?.address??null;return[{key:t,connector:r,site:i?.name??``,address:l,place:s,metres:c}]}),i=({key:e,metres:r})=>n?r??1/0:+!t?.has(e);return r.filter(({key:e})=>!this.only||t?.has(e)).filter(({connector:{name:e,label:t},site:n,address:r})=>he(this.wanted,[e,t,n,r])).map((e,t)=>({each:e,index:t})).sort((e,t)=>{let[n,r]=[i(e.each),i(t.each)];return n===r?e.index-t.index:n-r}).map(({each:e})=>e)}#a(e){let n=new Map;for(let{connector:t,place:r,site:i}of e)r&&n.set(t.site??``,{place:r,title:i});if(!this.map||n.size===0)return o;let r=[...n].map(([e,{place:t,title:n}])=>({id:e,title:n,location:[t.latitude,t.longitude],locationEditable:!1}));return t`<ha-map
      auto-fit
      .autoFit=${!0}
      .zoom=${14}
      .editableLocations=${r}
    ></ha-map>`}#o({key:e,connector:n,site:r,address:i,place:a,metres:s}){let{texts:c,format:l}=this,u=this.favourites?.has(e)??!1,d=n.connector===null?``:` · ${c.get(`outlet`,{number:n.connector})}`,p=n.status?c.status(n.status):c.get(`waiting`),m=s===void 0?``:l.distance(s);return t`<li class="box row" data-key=${e}>
      <div>
        <h3>${n.name}${d}</h3>
        <p class="muted">${[n.label,r,i].filter(Boolean).join(` · `)}</p>
        <p>${[p,m].filter(Boolean).join(` · `)}</p>
      </div>
      <div class="actions">
        <button
          type="button"
          class="star"
          aria-pressed=${u}
          aria-label=${c.get(`favourite`,{name:n.name})}
          ?disabled=${!this.favourites}
          @click=${()=>void this.#s(e,!u)}
        >
          <span aria-hidden="true">${u?`★`:`☆`}</span>
        </button>
        ${a?t`<a
                class="button"
                target="_blank"
                rel="noreferrer"
                href=${`https://www.openstreetmap.org/?mlat=${a.latitude}&mlon=${a.longitude}#map=17/${a.latitude}/${a.longitude}`}
                >${c.get(`on_map`)}<span class="hidden">: ${n.name}</span></a
              >`:o}
        <a class="button" href=${v(`home`,e)} @click=${f}
          >${c.get(`show_charger`)}<span class="hidden">: ${n.name}</span></a
        >
      </div>
    </li>`}async#s(e,t){let n=this.favourites;if(!n)return;let r=new Set(n);t?r.add(e):r.delete(e),this.favourites=r,this.problem=void 0,this.#l(e),this.#n+=1;try{await ue(this.hass.connection,r),this.#t=r}catch(e){this.problem=this.texts.failure(e)}finally{this.#c()}}#c(){--this.#n,this.#n===0&&(this.favourites=this.#t)}async#l(e){let t=()=>this.renderRoot.querySelector(`[data-key="${CSS.escape(e)}"] .star`);if(!t()?.matches(`:focus`))return;let n=t()?.matches(`:focus-visible`)??!1;await this.updateComplete,t()?.focus({preventScroll:!n})}#u=()=>{this.here?this.here=void 0:(this.problem=void 0,!(`geolocation`in navigator)||!window.isSecureContext?this.problem=this.texts.get(`no_position`):(this.locating=!0,navigator.geolocation.getCurrentPosition(({coords:{latitude:e,longitude:t}})=>{this.locating=!1,this.here={latitude:e,longitude:t}},()=>{this.locating=!1,this.problem=this.texts.get(`no_position`)},{timeout:_e,maximumAge:6e4})))}};y(`zmartcharge-find-view`,ve);function ye(e){if(e===null)return``;if(typeof e==`number`)return String(e);let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll(`"`,`""`)}"`:t}function be(e,t){return`\ufeff${[[t.get(`csv_start`),t.get(`csv_end`),t.get(`charger`),t.get(`label`),t.get(`csv_outlet`),t.get(`site`),`kWh`,t.get(`cost`),t.get(`csv_currency`),t.get(`csv_unpriced`)],...e.map(e=>[e.started_at,e.ended_at,e.charger,e.label,e.connector,e.site,e.energy/1e3,e.cost,e.currency,e.unpriced/1e3])].map(e=>e.map(ye).join(`,`)).join(`\r
`)}\r\n`}var xe=n`
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
      grid-template-columns: 1fr auto auto;
      padding-block: 8px;
    }
    tr > :nth-child(1) {
      grid-area: 1 / 1;
    }
    tr > :nth-child(2) {
      grid-area: 2 / 1 / 3 / 4;
    }
    tr > :nth-child(3) {
      grid-area: 3 / 1;
      text-align: start;
    }
    tr > :nth-child(4) {
      grid-area: 3 / 2;
    }
    tr > :nth-child(5) {
      grid-area: 3 / 3;
      min-inline-size: 6em;
    }
    th,
    td {
      border: 0;
      padding: 2px 4px;
    }
  }
`,Se={this_month:`period_this_month`,last_month:`period_last_month`,this_year:`period_this_year`,last_year:`period_last_year`,all:`period_all`,own:`period_own`};function Ce(e,t){let[n,r]=t.split(`-`).map(Number),i=(e,t,n)=>new Date(Date.UTC(e,t-1,n)).toISOString().slice(0,10);switch(e.period){case`this_month`:return{from:i(n,r,1)};case`last_month`:return{from:i(n,r-1,1),until:i(n,r,0)};case`this_year`:return{from:i(n,1,1)};case`last_year`:return{from:i(n-1,1,1),until:i(n-1,12,31)};case`all`:return{};case`own`:return{...e.from?{from:e.from}:{},...e.until?{until:e.until}:{}}}}var X=50,we=200,Te=5e3,Z=class extends e{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},filter:{state:!0},sessions:{state:!0},sum:{state:!0},more:{state:!0},busy:{state:!0},problem:{state:!0}}}#e=0;#t=``;#n;constructor(){super(),this.filter={charger:``,site:``,period:`this_month`,from:``,until:``},this.more=this.busy=!1}static{this.styles=[m,k,xe]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#a()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#n=void 0}willUpdate(e){let{charger:t,site:n}=this.filter,r={...t&&!this.#r.has(t)?{charger:``}:{},...n&&!this.overview.sites[n]?{site:``}:{}};if(Object.keys(r).length>0&&(this.filter={...this.filter,...r}),e.has(`filter`)&&this.#a(),e.has(`overview`)){let e=Object.values(this.overview.connectors).map(({session:e})=>`${e?.started_at} ${e?.ended_at}`).join();this.#t&&e!==this.#t&&this.#n===void 0&&(this.#n=setTimeout(()=>void this.#a(),Te)),this.#t=e}}get#r(){let{order:e,connectors:t}=this.overview;return new Map(e.map(e=>[t[e]?.charger??``,t[e]?.name??``]))}#i(e,t,n,r){let{charger:i,site:a}=e;return this.hass.connection.sendMessagePromise({type:`zmartcharge/list_sessions`,...i?{charger:i}:{},...a?{site:a}:{},...Ce(e,this.format.day(new Date)),...t?{before:t}:{},limit:n,sum:r})}async#a(){clearTimeout(this.#n),this.#n=void 0;let e=++this.#e;try{let t=await this.#i(this.filter,void 0,X,!0);if(e!==this.#e)return;this.sessions=t.sessions,this.sum=t.sum??void 0,this.more=t.more,this.problem=void 0}catch(t){e===this.#e&&(this.problem=r(t))}}async#o(){let e=this.#e,t=this.sessions??[];this.busy=!0,this.problem=void 0;try{let n=await this.#i(this.filter,t.at(-1)?.id,X,!1);if(e!==this.#e)return;this.sessions=[...t,...n.sessions],this.more=n.more}catch(e){this.problem=r(e)}finally{this.busy=!1}}async#s(){let{filter:e}=this;this.busy=!0,this.problem=void 0;try{let t=[];for(let n=!0;n;){let r=await this.#i(e,t.at(-1)?.id,we,!1);t.push(...r.sessions),n=r.more}let n=URL.createObjectURL(new Blob([be(t,this.texts)],{type:`text/csv`})),r=document.createElement(`a`);r.href=n,r.download=`zmartcharge-${this.format.day(new Date)}.csv`,r.click(),setTimeout(()=>URL.revokeObjectURL(n),6e4)}catch(e){this.problem=r(e)}finally{this.busy=!1}}render(){let{texts:e,sessions:n}=this;return t`<h2>${e.get(`all_sessions`)}</h2>
      ${this.#c()}
      ${this.problem?t`<p class="problem" role="alert">${this.problem}</p>`:o}
      ${this.#u()}
      ${n===void 0?t`<p role="status">${this.problem?``:e.get(`loading`)}</p>`:n.length===0?t`<p role="status">${e.get(`no_sessions`)}</p>`:this.#d(n)}
      ${this.more?t`<p>
              <button
                type="button"
                class="more"
                ?disabled=${this.busy}
                @click=${()=>void this.#o()}
              >
                ${e.get(`show_more`)}
              </button>
            </p>`:o}`}#c(){let{texts:e,filter:n,overview:r}=this,i=(e,r,i)=>t`<label
        >${r}
        <select
          name=${e}
          @change=${t=>this.#l(e,t.target.value)}
        >
          ${i.map(([r,i])=>t`<option value=${r} ?selected=${r===n[e]}>${i}</option>`)}
        </select></label
      >`,a=(e,r)=>t`<label
        >${r}
        <input
          type="date"
          name=${e}
          min="2000-01-01"
          max="2100-12-31"
          .value=${n[e]}
          @change=${t=>this.#l(e,t.target.value)}
      /></label>`,s=Object.entries(r.sites).map(([e,{name:t}])=>[e,t]);return t`<form class="filter" @submit=${e=>e.preventDefault()}>
      ${i(`charger`,e.get(`charger`),[[``,e.get(`all_chargers`)],...this.#r])}
      ${i(`site`,e.get(`site`),[[``,e.get(`all_sites`)],...s])}
      ${i(`period`,e.get(`period`),Object.entries(Se).map(([t,n])=>[t,e.get(n)]))}
      ${n.period===`own`?[a(`from`,e.get(`from`)),a(`until`,e.get(`to`))]:o}
      <button
        type="button"
        class="download"
        ?disabled=${this.busy||!this.sessions?.length}
        @click=${()=>void this.#s()}
      >
        ${e.get(`download`)}
      </button>
    </form>`}#l(e,t){this.filter={...this.filter,[e]:t}}#u(){let{texts:e,format:n,sum:r}=this;if(!r||r.count===0)return o;let i=Object.entries(r.costs),a=i.map(([e,t])=>i.length>1?`${n.number(t,2,2)} ${e}`:n.money(t,e));return t`<p class="sum" role="status">
        <strong>${e.get(`sessions_sum`,{count:n.number(r.count,0)})}</strong>
        · ${n.energy(r.energy,r.energy<1e4?2:1)} ·
        ${a.join(` + `)||e.get(`no_cost`)}
      </p>
      ${r.unpriced>0?t`<p class="muted">
              ${e.get(`unpriced`,{energy:n.energy(r.unpriced)})}
            </p>`:o}`}#d(e){let{texts:n}=this;return t`<table class="box">
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
        ${e.map(e=>this.#f(e))}
      </tbody>
    </table>`}#f(e){let{texts:n,format:r}=this,i=new Date(e.started_at),a=e.ended_at?Date.parse(e.ended_at):void 0,s=Math.max(0,Math.floor(((a??Date.now())-i.getTime())/6e4)),c=e.connector===null?``:` · ${n.get(`outlet`,{number:e.connector})}`;return t`<tr>
      <th scope="row">
        ${r.atHome(i,{year:`numeric`,month:`short`,day:`numeric`,hour:`2-digit`,minute:`2-digit`})}
      </th>
      <td>
        ${e.charger}${c}
        ${e.site?t`<span class="muted">${e.site}</span>`:o}
      </td>
      <td class="figure">
        ${a===void 0?n.get(`still_charging`):n.get(`minutes`,{minutes:r.number(s,0)})}
      </td>
      <td class="figure">${r.energy(e.energy,2)}</td>
      <td class="figure">${this.#p(e)}</td>
    </tr>`}#p({cost:e,currency:n,unpriced:r}){let{texts:i,format:a}=this;return e===null?t`<span class="muted">${i.get(`no_cost`)}</span>`:r===0?t`${a.money(e,n)}`:t`${a.money(e,n)}
      <span class="muted">+ ${i.get(`unpriced`,{energy:a.energy(r)})}</span>`}};y(`zmartcharge-sessions-view`,Z);var Ee=5e3,De=class extends e{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{state:!0}}}#e;constructor(){super(),this.now=new Date}connectedCallback(){super.connectedCallback(),this.now=new Date,this.#e=setInterval(()=>this.now=new Date,Ee)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#e)}static{this.styles=[m,k]}render(){let{texts:e,overview:n,capabilities:r}=this,i=Object.entries(n.sites);return t`<div class="row top">
        <h2>${e.get(`sites`)}</h2>
        ${r?.may_add?t`<a class="button" href=${d(r)} @click=${f}
                >${e.get(`add_site`)}</a
              >`:o}
      </div>
      ${i.length===0?t`<p role="status">${e.get(`no_site`)}</p>`:o}
      <ul class="plain">
        ${O(i,([e])=>e,([e,t])=>this.#t(e,t))}
      </ul>`}#t(e,n){let{texts:r,overview:i,settings:a}=this,s=Object.values(i.connectors).filter(t=>t.site===e),c=new Map(s.map(({charger:e,name:t})=>[e,t])),l=a?.sites[e],u=[r.get(`main_fuse`,{amperes:n.main_fuse}),n.address,n.metered?null:r.get(`no_meter_here`),n.currency?null:r.get(`no_price_here`)];return t`<li class="box" data-site=${e}>
      <h3>${n.name}</h3>
      <p class="muted">${u.filter(Boolean).join(` · `)}</p>
      ${c.size>0?t`<p class="actions">
              ${[...c].map(([e,n])=>t`<a class="button" href=${v(`home`,e)} @click=${f}
                    >${n}</a
                  >`)}
            </p>`:t`<p>${r.get(`site_without_charger`)}</p>`}
      ${n.metered?t`<zmartcharge-phases
              .site=${n}
              .connectors=${s}
              .offered=${null}
              .texts=${r}
              .format=${this.format}
              .now=${this.now}
            ></zmartcharge-phases>`:o}
      ${l?t`<p class="actions">
                <a class="button" href=${d(a)} @click=${f}
                  >${r.get(`change_site`)}<span class="hidden">: ${n.name}</span></a
                >
              </p>
              <zmartcharge-removal
                .connection=${this.hass.connection}
                .texts=${r}
                .doomed=${{kind:`site`,id:e,name:l.name,chargers:l.chargers}}
              ></zmartcharge-removal>`:o}
    </li>`}};y(`zmartcharge-sites-view`,De);var Oe={home:`page_home`,history:`history`,sites:`sites`,chargers:`page_chargers`,find:`page_find`},Q=class extends e{static{this.properties={narrow:{type:Boolean},route:{attribute:!1},texts:{state:!0},overview:{state:!0},settings:{state:!0},capabilities:{state:!0},problem:{state:!0},page:{state:!0}}}#e;#t;#n=[];#r=!1;#i=new l(this);#a=()=>this.#o();static{this.styles=[m,n`
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
    `]}constructor(){super(),this.narrow=!1,this.page=_(location.pathname)}set hass(e){let t=this.#e;this.#e=e,(t?.language!==e.language||t.locale!==e.locale)&&(this.#t=new u(e),this.requestUpdate(),this.#i.load(this.#e)),t?.connection!==e.connection&&this.isConnected&&this.#s()}connectedCallback(){super.connectedCallback(),this.texts||this.#i.load(this.#e),window.addEventListener(`location-changed`,this.#a),window.addEventListener(`popstate`,this.#a),this.#o(),this.#e&&this.#s()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`location-changed`,this.#a),window.removeEventListener(`popstate`,this.#a),this.#u()}#o(){c(location.pathname)&&(this.page=_(location.pathname),this.requestUpdate())}#s(){this.#u();let{connection:e}=this.#e??{};if(!e)return;let t=x(e,t=>{this.overview=t,this.#c(e)},e=>this.problem=r(e));this.#n.push(t),this.capabilities?.may_add&&this.#l(e)}#c(e){this.capabilities||this.#r||(this.#r=!0,e.sendMessagePromise({type:`zmartcharge/capabilities`}).then(t=>{this.capabilities=t,t.may_add&&this.isConnected&&this.#l(e)}).catch(()=>void 0).finally(()=>this.#r=!1))}#l(e){let t=b(e,{type:`zmartcharge/subscribe_settings`},e=>this.settings=e);this.#n.push(t)}#u(){for(let e of this.#n)e();this.#n=[]}render(){let{texts:e}=this;return e?t`
      <header>
        ${this.narrow?t`<button type="button" aria-label=${e.get(`menu`)} @click=${this.#d}>
                <span aria-hidden="true">☰</span>
              </button>`:o}
        <h1>ZmartCharge</h1>
        <nav aria-label="ZmartCharge">
          ${h.map(n=>t`<a
                class="button"
                href=${v(n)}
                aria-current=${n===this.page?`page`:o}
                @click=${f}
                >${e.get(Oe[n])}</a
              >`)}
        </nav>
      </header>
      <main class=${this.page}>${this.#f(e)}</main>
    `:t`<main><p class="muted">${this.problem??`…`}</p></main>`}#d(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}#f(e){let{overview:n}=this,r=this.#e,i=this.#t,a=n?.card&&ee(n.card)?g(e):o;return!r||!i||!n?t`<p role="status">${this.problem??e.get(`loading`)}</p>`:this.page!==`home`&&!n.loaded?t`${a}
        <p role="status">${e.get(`not_loaded`)}</p>`:t`${this.page===`home`?o:a}${this.#p(r,n,e,i)}`}#p(e,n,r,i){let{settings:a,capabilities:o}=this,s=new URLSearchParams(location.search).get(`charger`)??void 0;switch(this.page){case`history`:return t`<zmartcharge-sessions-view
          .hass=${e}
          .overview=${n}
          .texts=${r}
          .format=${i}
        ></zmartcharge-sessions-view>`;case`sites`:return t`<zmartcharge-sites-view
          .hass=${e}
          .overview=${n}
          .settings=${a}
          .capabilities=${o}
          .texts=${r}
          .format=${i}
        ></zmartcharge-sites-view>`;case`chargers`:return t`<zmartcharge-chargers-view
          .hass=${e}
          .overview=${n}
          .settings=${a}
          .capabilities=${o}
          .wanted=${s}
          .texts=${r}
          .format=${i}
        ></zmartcharge-chargers-view>`;case`find`:return t`<zmartcharge-find-view
          .hass=${e}
          .overview=${n}
          .texts=${r}
          .format=${i}
        ></zmartcharge-find-view>`;case`home`:return t`<zmartcharge-home-card-view
          .config=${ke(n,s)}
          .hass=${e}
        ></zmartcharge-home-card-view>`}}},$={type:`custom:zmartcharge-home-card`};function ke(e,t){let n=t===void 0?void 0:e.connectors[t]??Object.values(e.connectors).find(e=>e.charger===t);return n?.device?{...$,device:n.device}:$}y(`zmartcharge-panel-view`,Q);export{Q as Panel};