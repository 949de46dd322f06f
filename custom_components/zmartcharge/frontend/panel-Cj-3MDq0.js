import{a as e,c as t,i as n,n as r,o as i,r as a,t as o}from"./errors-hZWICanf.js";import{S as s,_ as c,a as l,b as u,f as d,g as f,h as p,l as m,m as h,p as g,v as _,x as ee,y as v}from"./sections-D0w1B1TU.js";import{t as y}from"./define-Cei0lYwU.js";import{i as b,n as te,r as ne}from"./store-D7TWg2sA.js";import"./home-card-Wg-97lvv.js";
/**
* @license
* Copyright 2017 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
var x={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},S=e=>(...t)=>({_$litDirective$:e,values:t}),C=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:w}=i,T=e=>e,E=()=>document.createComment(``),D=(e,t,n)=>{
/**
* @license
* Copyright 2020 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new w(r.insertBefore(E(),i),r.insertBefore(E(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=T(e).nextSibling;T(r).insertBefore(e,i),e=t}}}return n},O=(e,t,n=e)=>(e._$AI(t,n),e),re={},ie=(e,t=re)=>e._$AH=t,ae=e=>e._$AH,k=e=>{e._$AR(),e._$AA.remove()},A=(e,t,n)=>{
/**
* @license
* Copyright 2017 Google LLC
* SPDX-License-Identifier: BSD-3-Clause
*/
let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},j=S(class extends C{constructor(e){if(super(e),e.type!==x.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,r,i]){let a=ae(e),{values:o,keys:s}=this.dt(t,r,i);if(!Array.isArray(a))return this.ut=s,o;let c=this.ut??=[],l=[],u,d,f=0,p=a.length-1,m=0,h=o.length-1;for(;f<=p&&m<=h;)if(a[f]===null)f++;else if(a[p]===null)p--;else if(c[f]===s[m])l[m]=O(a[f],o[m]),f++,m++;else if(c[p]===s[h])l[h]=O(a[p],o[h]),p--,h--;else if(c[f]===s[h])l[h]=O(a[f],o[h]),D(e,l[h+1],a[f]),f++,h--;else if(c[p]===s[m])l[m]=O(a[p],o[m]),D(e,a[f],a[p]),p--,m++;else if(u===void 0&&(u=A(s,m,h),d=A(c,f,p)),u.has(c[f])){if(u.has(c[p])){let t=d.get(s[m]),n=t===void 0?null:a[t];if(n===null){let t=D(e,a[f]);O(t,o[m]),l[m]=t}else l[m]=O(n,o[m]),D(e,a[f],n),a[t]=null;m++}else k(a[p]),p--}else k(a[f]),f++;for(;m<=h;){let t=D(e,l[h+1]);O(t,o[m]),l[m++]=t}for(;f<=p;){let e=a[f++];e!==null&&k(e)}return this.ut=s,ie(e,l),n}}),M=t`
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
`,N=class extends r{static{this.properties={connection:{attribute:!1},texts:{attribute:!1},doomed:{attribute:!1},typed:{state:!0},busy:{state:!0},problem:{state:!0}}}static{this.styles=[l,M,t`
      input {
        inline-size: 100%;
      }
    `]}constructor(){super(),this.typed=``,this.busy=!1}render(){let{texts:t,doomed:n}=this,r=n.chargers.length>0,i=n.kind===`charger`?`remove_charger`:`remove_site`;return e`<button type="button" class="danger remove" @click=${this.#n}>
        ${t.get(i)}
      </button>
      <dialog aria-labelledby="question" @close=${this.#r}>
        <h2 id="question">${t.get(`remove_question`,{name:n.name})}</h2>
        ${r?e`<p>
                ${t.get(`site_has_chargers`,{chargers:n.chargers.join(`, `)})}
              </p>`:this.#e()}
        <form method="dialog" class="actions" @submit=${this.#i}>
          <button class="cancel" value="cancel" formnovalidate>${t.get(`cancel`)}</button>
          ${r?a:e`<button
                  class="danger confirm"
                  value="remove"
                  ?disabled=${!this.#t||this.busy}
                >
                  ${t.get(`remove_yes`)}
                </button>`}
        </form>
      </dialog>`}#e(){let{texts:t,doomed:n}=this,r=n.kind===`charger`;return e`<p>${t.get(r?`remove_charger_explained`:`remove_site_explained`)}</p>
      <label
        >${t.get(`type_name`,{name:n.name})}
        <input
          type="text"
          autocomplete="off"
          .value=${this.typed}
          @input=${e=>this.typed=e.target.value}
      /></label>
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:a}`}get#t(){return this.typed.trim()===this.doomed.name.trim()}#n=()=>{this.renderRoot.querySelector(`dialog`)?.showModal()};#r=()=>{this.typed=``,this.problem=void 0};#i=e=>{e.submitter?.value===`remove`&&(e.preventDefault(),this.#t&&this.#a())};async#a(){let{kind:e,id:t}=this.doomed;this.busy=!0,this.problem=void 0;try{await this.connection.sendMessagePromise({type:e===`charger`?`zmartcharge/remove_charger`:`zmartcharge/remove_site`,subentry_id:t,name:this.typed.trim()}),this.renderRoot.querySelector(`dialog`)?.close()}catch(e){this.problem=this.texts.get(`failed`,{error:o(e)})}finally{this.busy=!1}}};y(`zmartcharge-removal`,N);var P=1500,F=class{#e=new Map;#t;has(e){return this.#e.has(e)}changed(e,t){clearTimeout(this.#e.get(e.name)?.timer);let n=setTimeout(()=>{e.validity.badInput||this.count(e.name)},P);this.#e.set(e.name,{timer:n,done:t}),this.#t!==e.name&&this.count(e.name)}entered(e){this.#t=e}left(e){this.#t=void 0,this.count(e)}count(e){let t=this.#e.get(e);this.#e.delete(e),clearTimeout(t?.timer),t?.done()}end(){for(let e of[...this.#e.keys()])this.count(e)}},I=[`monday`,`tuesday`,`wednesday`,`thursday`,`friday`,`saturday`,`sunday`],L={open:`access_open`,registered:`access_registered`},R=Date.UTC(2024,0,1),z=864e5,B=class extends r{static{this.properties={hass:{attribute:!1},settings:{attribute:!1},charger:{},texts:{attribute:!1},problem:{state:!0}}}#e=new F;disconnectedCallback(){super.disconnectedCallback(),this.#e.end()}static{this.styles=[l,M,t`
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
    `]}render(){let{texts:t,settings:n}=this,r=n.chargers[this.charger];if(!r)return a;let i=n.sites[r.site??``]?.name??`–`,o=[[t.get(`name`),r.name],[t.get(`label`),r.label],[t.get(`site`),i],[t.get(`circuit_fuse`),`${r.circuit_fuse} A`]];return r.circuit&&o.push([t.get(`circuit`),r.circuit]),e`<dl class="facts">
        ${o.map(([t,n])=>e`<div>
              <dt class="muted">${t}:</dt>
              <dd>${n}</dd>
            </div>`)}
      </dl>
      <p class="actions">
        <a class="button" href=${p(n)} @click=${h}
          >${t.get(`change_in_form`)}</a
        >
        ${r.device?e`<a class="button" href=${g(r.device)} @click=${h}
                >${t.get(`all_values`)}</a
              >`:a}
      </p>
      ${this.#t(r)} ${r.connectors.map(e=>this.#n(r,e))}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:a}
      <zmartcharge-removal
        .connection=${this.hass.connection}
        .texts=${t}
        .doomed=${{kind:`charger`,id:this.charger,name:r.name,chargers:[]}}
      ></zmartcharge-removal>`}#t({access:t,enabled:n,entities:r}){let{texts:i}=this;return e`<div class="actions">
      <label
        >${i.get(`access`)}
        <select
          name="access"
          ?disabled=${!r.access}
          .value=${t}
          @change=${async e=>{let n=e.target,i={option:n.value};await this.#i(`select`,`select_option`,i,r.access)||(n.value=this.settings.chargers[this.charger]?.access??t)}}
        >
          ${Object.entries(L).map(([n,r])=>e`<option value=${n} ?selected=${n===t}>${i.get(r)}</option>`)}
        </select></label
      >
      <button
        type="button"
        class="enabled"
        aria-pressed=${n}
        ?disabled=${!r.enabled}
        @click=${()=>void this.#i(`switch`,n?`turn_off`:`turn_on`,{},r.enabled)}
      >
        ${i.get(n?`enabled`:`disabled`)}
      </button>
    </div>`}#n(t,{key:r,connector:i,device:a,ready_by:o}){let{texts:s}=this,c=t.connectors.length>1&&i!==null?` · ${s.get(`outlet`,{number:i})}`:``,l=new Intl.DateTimeFormat(this.hass.language,{weekday:`long`,timeZone:`UTC`});return e`<fieldset>
      <legend>${s.get(`done_by`)}${c}</legend>
      <p class="muted">${s.get(`done_by_explained`)}</p>
      <div class="days">
        ${I.map((t,i)=>e`<label
              >${l.format(new Date(R+i*z))}
              <input
                type="time"
                name=${`${r}-${t}`}
                ?disabled=${!a}
                .value=${this.#e.has(`${r}-${t}`)?n:V(o[i])}
                @change=${e=>{let t=e.target;this.#e.changed(t,()=>void this.#r(a,r,i,t))}}
                @focus=${()=>this.#e.entered(`${r}-${t}`)}
                @blur=${()=>this.#e.left(`${r}-${t}`)}
                @keydown=${e=>{e.key===`Enter`&&this.#e.count(`${r}-${t}`)}}
            /></label>`)}
      </div>
    </fieldset>`}async#r(e,t,n,r){let i=()=>{let e=this.settings.chargers[this.charger]?.connectors;return V(e?.find(e=>e.key===t)?.ready_by[n])},a={weekdays:[I[n]],...r.value?{time:r.value}:{}};e&&!r.validity.badInput&&await this.#a(`zmartcharge`,`set_ready_by`,a,{device_id:e})||(r.value=i())}async#i(e,t,n,r){return r!==void 0&&this.#a(e,t,n,{entity_id:r})}async#a(e,t,n,r){this.problem=void 0;try{return await this.hass.callService(e,t,n,r),!0}catch(e){return this.problem=this.texts.get(`failed`,{error:o(e)}),!1}}};function V(e){return e?.slice(0,5)??``}y(`zmartcharge-charger-settings`,B);var H=class extends r{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},wanted:{},texts:{attribute:!1},format:{attribute:!1}}}#e;static{this.styles=[l,M]}updated(e){if(!this.wanted||this.#e===this.wanted||!e.has(`wanted`)&&!e.has(`settings`)&&!e.has(`overview`))return;let t=this.renderRoot.querySelector(`[data-charger="${CSS.escape(this.wanted)}"]`);t&&this.settings&&(this.#e=this.wanted,t.querySelector(`details`)?.setAttribute(`open`,``),t.scrollIntoView({block:`start`}))}render(){let{texts:t,overview:n}=this,r=new Map;for(let e of n.order){let t=n.connectors[e];if(!t)continue;let i=r.get(t.charger);i?i.push(t):r.set(t.charger,[t])}return e`<div class="row top">
        <h2>${t.get(`page_chargers`)}</h2>
        ${this.capabilities?.may_add?e`<a class="button" href=${p(this.capabilities)} @click=${h}
                >${t.get(r.size>0?`add_charger`:`first_charger`)}</a
              >`:a}
      </div>
      ${r.size===0?e`<p role="status">${t.get(`no_charger`)}</p>`:a}
      <ul class="plain">
        ${j(r,([e])=>e,([e,t])=>this.#t(e,t))}
      </ul>`}#t(t,n){let{texts:r,settings:i}=this,[o]=n;if(!o)return e``;let s=this.overview.sites[o.site??``]?.name;return e`<li class="box" data-charger=${t}>
      <div class="row">
        <div>
          <h3>${o.name}</h3>
          <p class="muted">${[s,o.label,o.model].filter(Boolean).join(` · `)}</p>
        </div>
        <a class="button" href=${_(`home`,t)} @click=${h}
          >${r.get(`show_charger`)}<span class="hidden">: ${o.name}</span></a
        >
      </div>
      ${n.map(e=>this.#n(e))}
      ${i?.chargers[t]?e`<details>
              <summary>${r.get(`settings`)}</summary>
              <zmartcharge-charger-settings
                .hass=${this.hass}
                .settings=${i}
                .charger=${t}
                .texts=${r}
              ></zmartcharge-charger-settings>
            </details>`:a}
    </li>`}#n(t){let{texts:n,format:r,overview:i}=this,o=i.sites[t.site??``]?.currency??null,s=t.status?n.status(t.status):n.get(`waiting`),c=u(t,n,r,o,new Date),l=t.connector===null?``:`${n.get(`outlet`,{number:t.connector})}: `,d=t.charging&&t.power!==null?` · ${r.power(t.power)}`:``;return e`<p class="status">
      ${l}<strong>${s}</strong>${d}
      ${c?e`<span class="muted"> ${c}</span>`:a}
    </p>`}};y(`zmartcharge-chargers-view`,H);var U=`zmartcharge`;function W(e,t,n){return b(e,{type:`frontend/subscribe_user_data`,key:U},({value:e})=>{let n=e?.favourites,r=Array.isArray(n)?n.filter(e=>typeof e==`string`):[];t(new Set(r))},n)}async function G(e,t){let n={favourites:[...t]};await e.sendMessagePromise({type:`frontend/set_user_data`,key:U,value:n})}var K=1e4;async function q(){if(customElements.get(`ha-map`))return!0;let e=window;if(!e.loadCardHelpers)return!1;try{(await e.loadCardHelpers()).createCardElement({type:`map`,entities:[`zone.home`]});let t=new Promise(e=>setTimeout(()=>e(!1),K));return await Promise.race([customElements.whenDefined(`ha-map`).then(()=>!0),t])}catch{return!1}}var J={ø:`o`,æ:`ae`,ß:`ss`,đ:`d`,ł:`l`,œ:`oe`},oe=6371e3;function Y(e){return e.toLowerCase().normalize(`NFD`).replace(/\p{M}/gu,``).replace(/[øæßđłœ]/g,e=>J[e]??e)}function se(e,t){let n=Y(t.filter(Boolean).join(` `));return Y(e).split(/\s+/).every(e=>n.includes(e))}function ce(e,t){let n=e=>e*Math.PI/180,[r,i]=[n(e.latitude),n(t.latitude)],a=Math.sin((i-r)/2)**2+Math.cos(r)*Math.cos(i)*Math.sin(n(t.longitude-e.longitude)/2)**2;return 2*oe*Math.asin(Math.min(1,Math.sqrt(a)))}var le=2e4,ue=class extends r{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},wanted:{state:!0},only:{state:!0},here:{state:!0},favourites:{state:!0},map:{state:!0},locating:{state:!0},problem:{state:!0}}}#e;#t;#n=0;static{this.styles=[l,M,t`
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
    `]}constructor(){super(),this.wanted=``,this.only=this.map=this.locating=!1}connectedCallback(){super.connectedCallback(),this.hass&&this.#r()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.(),this.#e=void 0}willUpdate(e){e.has(`hass`)&&this.isConnected&&this.#r()}#r(){this.#e||(this.#e=W(this.hass.connection,e=>{this.#t=e,this.#n===0&&(this.favourites=e)},e=>this.problem=o(e)),q().then(e=>this.map=e))}render(){let{texts:t}=this,n=this.#i();return e`<h2>${t.get(`page_find`)}</h2>
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
          @click=${this.#u}
        >
          ${t.get(this.locating?`locating`:`nearest`)}
        </button>
      </form>
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:a}
      <p class="muted" role="status">
        ${t.get(n.length>0?`found`:`found_none`,{count:n.length})}
      </p>
      ${this.#a(n)}
      <ul class="plain">
        ${j(n,({key:e})=>e,e=>this.#o(e))}
      </ul>`}#i(){let{overview:e,favourites:t,here:n}=this,r=e.order.flatMap(t=>{let r=e.connectors[t];if(!r)return[];let i=e.sites[r.site??``],[a,o]=i?.position??[],s=a===void 0||o===void 0?void 0:{latitude:a,longitude:o},c=n&&s?ce(n,s):void 0,l=i?.address??null;return[{key:t,connector:r,site:i?.name??``,address:l,place:s,metres:c}]}),i=({key:e,metres:r})=>n?r??1/0:+!t?.has(e);return r.filter(({key:e})=>!this.only||t?.has(e)).filter(({connector:{name:e,label:t},site:n,address:r})=>se(this.wanted,[e,t,n,r])).map((e,t)=>({each:e,index:t})).sort((e,t)=>{let[n,r]=[i(e.each),i(t.each)];return n===r?e.index-t.index:n-r}).map(({each:e})=>e)}#a(t){let n=new Map;for(let{connector:e,place:r,site:i}of t)r&&n.set(e.site??``,{place:r,title:i});if(!this.map||n.size===0)return a;let r=[...n].map(([e,{place:t,title:n}])=>({id:e,title:n,location:[t.latitude,t.longitude],locationEditable:!1}));return e`<ha-map
      auto-fit
      .autoFit=${!0}
      .zoom=${14}
      .editableLocations=${r}
    ></ha-map>`}#o({key:t,connector:n,site:r,address:i,place:o,metres:s}){let{texts:c,format:l}=this,u=this.favourites?.has(t)??!1,d=n.connector===null?``:` · ${c.get(`outlet`,{number:n.connector})}`,f=n.status?c.status(n.status):c.get(`waiting`),p=s===void 0?``:l.distance(s);return e`<li class="box row" data-key=${t}>
      <div>
        <h3>${n.name}${d}</h3>
        <p class="muted">${[n.label,r,i].filter(Boolean).join(` · `)}</p>
        <p>${[f,p].filter(Boolean).join(` · `)}</p>
      </div>
      <div class="actions">
        <button
          type="button"
          class="star"
          aria-pressed=${u}
          aria-label=${c.get(`favourite`,{name:n.name})}
          ?disabled=${!this.favourites}
          @click=${()=>void this.#s(t,!u)}
        >
          <span aria-hidden="true">${u?`★`:`☆`}</span>
        </button>
        ${o?e`<a
                class="button"
                target="_blank"
                rel="noreferrer"
                href=${`https://www.openstreetmap.org/?mlat=${o.latitude}&mlon=${o.longitude}#map=17/${o.latitude}/${o.longitude}`}
                >${c.get(`on_map`)}<span class="hidden">: ${n.name}</span></a
              >`:a}
        <a class="button" href=${_(`home`,t)} @click=${h}
          >${c.get(`show_charger`)}<span class="hidden">: ${n.name}</span></a
        >
      </div>
    </li>`}async#s(e,t){let n=this.favourites;if(!n)return;let r=new Set(n);t?r.add(e):r.delete(e),this.favourites=r,this.problem=void 0,this.#l(e),this.#n+=1;try{await G(this.hass.connection,r),this.#t=r}catch(e){this.problem=this.texts.get(`failed`,{error:o(e)})}finally{this.#c()}}#c(){--this.#n,this.#n===0&&(this.favourites=this.#t)}async#l(e){let t=()=>this.renderRoot.querySelector(`[data-key="${CSS.escape(e)}"] .star`);if(!t()?.matches(`:focus`))return;let n=t()?.matches(`:focus-visible`)??!1;await this.updateComplete,t()?.focus({preventScroll:!n})}#u=()=>{this.here?this.here=void 0:(this.problem=void 0,!(`geolocation`in navigator)||!window.isSecureContext?this.problem=this.texts.get(`no_position`):(this.locating=!0,navigator.geolocation.getCurrentPosition(({coords:{latitude:e,longitude:t}})=>{this.locating=!1,this.here={latitude:e,longitude:t}},()=>{this.locating=!1,this.problem=this.texts.get(`no_position`)},{timeout:le,maximumAge:6e4})))}};y(`zmartcharge-find-view`,ue);function de(e){if(e===null)return``;if(typeof e==`number`)return String(e);let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll(`"`,`""`)}"`:t}function fe(e,t){return`\ufeff${[[t.get(`csv_start`),t.get(`csv_end`),t.get(`charger`),t.get(`label`),t.get(`csv_outlet`),t.get(`site`),`kWh`,t.get(`cost`),t.get(`csv_currency`),t.get(`csv_unpriced`)],...e.map(e=>[e.started_at,e.ended_at,e.charger,e.label,e.connector,e.site,e.energy/1e3,e.cost,e.currency,e.unpriced/1e3])].map(e=>e.map(de).join(`,`)).join(`\r
`)}\r\n`}var pe={this_month:`period_this_month`,last_month:`period_last_month`,this_year:`period_this_year`,last_year:`period_last_year`,all:`period_all`,own:`period_own`};function me(e,t){let[n,r]=t.split(`-`).map(Number),i=(e,t,n)=>new Date(Date.UTC(e,t-1,n)).toISOString().slice(0,10);switch(e.period){case`this_month`:return{from:i(n,r,1)};case`last_month`:return{from:i(n,r-1,1),until:i(n,r,0)};case`this_year`:return{from:i(n,1,1)};case`last_year`:return{from:i(n-1,1,1),until:i(n-1,12,31)};case`all`:return{};case`own`:return{...e.from?{from:e.from}:{},...e.until?{until:e.until}:{}}}}var X=50,he=200,Z=5e3,ge=class extends r{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},filter:{state:!0},sessions:{state:!0},sum:{state:!0},more:{state:!0},busy:{state:!0},problem:{state:!0}}}#e=0;#t=``;#n;constructor(){super(),this.filter={charger:``,site:``,period:`this_month`,from:``,until:``},this.more=this.busy=!1}static{this.styles=[l,M,t`
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
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#a()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#n=void 0}willUpdate(e){let{charger:t,site:n}=this.filter,r={...t&&!this.#r.has(t)?{charger:``}:{},...n&&!this.overview.sites[n]?{site:``}:{}};if(Object.keys(r).length>0&&(this.filter={...this.filter,...r}),e.has(`filter`)&&this.#a(),e.has(`overview`)){let e=Object.values(this.overview.connectors).map(({session:e})=>`${e?.started_at} ${e?.ended_at}`).join();this.#t&&e!==this.#t&&this.#n===void 0&&(this.#n=setTimeout(()=>void this.#a(),Z)),this.#t=e}}get#r(){let{order:e,connectors:t}=this.overview;return new Map(e.map(e=>[t[e]?.charger??``,t[e]?.name??``]))}#i(e,t,n,r){let{charger:i,site:a}=e;return this.hass.connection.sendMessagePromise({type:`zmartcharge/list_sessions`,...i?{charger:i}:{},...a?{site:a}:{},...me(e,this.format.day(new Date)),...t?{before:t}:{},limit:n,sum:r})}async#a(){clearTimeout(this.#n),this.#n=void 0;let e=++this.#e;try{let t=await this.#i(this.filter,void 0,X,!0);if(e!==this.#e)return;this.sessions=t.sessions,this.sum=t.sum??void 0,this.more=t.more,this.problem=void 0}catch(t){e===this.#e&&(this.problem=o(t))}}async#o(){let e=this.#e,t=this.sessions??[];this.busy=!0,this.problem=void 0;try{let n=await this.#i(this.filter,t.at(-1)?.id,X,!1);if(e!==this.#e)return;this.sessions=[...t,...n.sessions],this.more=n.more}catch(e){this.problem=o(e)}finally{this.busy=!1}}async#s(){let{filter:e}=this;this.busy=!0,this.problem=void 0;try{let t=[];for(let n=!0;n;){let r=await this.#i(e,t.at(-1)?.id,he,!1);t.push(...r.sessions),n=r.more}let n=URL.createObjectURL(new Blob([fe(t,this.texts)],{type:`text/csv`})),r=document.createElement(`a`);r.href=n,r.download=`zmartcharge-${this.format.day(new Date)}.csv`,r.click(),setTimeout(()=>URL.revokeObjectURL(n),6e4)}catch(e){this.problem=o(e)}finally{this.busy=!1}}render(){let{texts:t,sessions:n}=this;return e`<h2>${t.get(`all_sessions`)}</h2>
      ${this.#c()}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:a}
      ${this.#u()}
      ${n===void 0?e`<p role="status">${this.problem?``:t.get(`loading`)}</p>`:n.length===0?e`<p role="status">${t.get(`no_sessions`)}</p>`:this.#d(n)}
      ${this.more?e`<p>
              <button
                type="button"
                class="more"
                ?disabled=${this.busy}
                @click=${()=>void this.#o()}
              >
                ${t.get(`show_more`)}
              </button>
            </p>`:a}`}#c(){let{texts:t,filter:n,overview:r}=this,i=(t,r,i)=>e`<label
        >${r}
        <select
          name=${t}
          @change=${e=>this.#l(t,e.target.value)}
        >
          ${i.map(([r,i])=>e`<option value=${r} ?selected=${r===n[t]}>${i}</option>`)}
        </select></label
      >`,o=(t,r)=>e`<label
        >${r}
        <input
          type="date"
          name=${t}
          min="2000-01-01"
          max="2100-12-31"
          .value=${n[t]}
          @change=${e=>this.#l(t,e.target.value)}
      /></label>`,s=Object.entries(r.sites).map(([e,{name:t}])=>[e,t]);return e`<form class="filter" @submit=${e=>e.preventDefault()}>
      ${i(`charger`,t.get(`charger`),[[``,t.get(`all_chargers`)],...this.#r])}
      ${i(`site`,t.get(`site`),[[``,t.get(`all_sites`)],...s])}
      ${i(`period`,t.get(`period`),Object.entries(pe).map(([e,n])=>[e,t.get(n)]))}
      ${n.period===`own`?[o(`from`,t.get(`from`)),o(`until`,t.get(`to`))]:a}
      <button
        type="button"
        class="download"
        ?disabled=${this.busy||!this.sessions?.length}
        @click=${()=>void this.#s()}
      >
        ${t.get(`download`)}
      </button>
    </form>`}#l(e,t){this.filter={...this.filter,[e]:t}}#u(){let{texts:t,format:n,sum:r}=this;if(!r||r.count===0)return a;let i=Object.entries(r.costs).map(([e,t])=>n.money(t,e));return e`<p class="sum" role="status">
        <strong>${t.get(`sessions_sum`,{count:n.number(r.count,0)})}</strong>
        · ${n.energy(r.energy,r.energy<1e4?2:1)} ·
        ${i.join(` + `)||t.get(`no_cost`)}
      </p>
      ${r.unpriced>0?e`<p class="muted">
              ${t.get(`unpriced`,{energy:n.energy(r.unpriced)})}
            </p>`:a}`}#d(t){let{texts:n}=this;return e`<table class="box">
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
        ${t.map(e=>this.#f(e))}
      </tbody>
    </table>`}#f(t){let{texts:n,format:r}=this,i=new Date(t.started_at),o=t.ended_at?Date.parse(t.ended_at):void 0,s=Math.max(0,Math.round(((o??Date.now())-i.getTime())/6e4)),c=t.connector===null?``:` · ${n.get(`outlet`,{number:t.connector})}`;return e`<tr>
      <th scope="row">
        ${r.atHome(i,{year:`numeric`,month:`short`,day:`numeric`,hour:`2-digit`,minute:`2-digit`})}
      </th>
      <td>
        ${t.charger}${c}
        ${t.site?e`<span class="muted">${t.site}</span>`:a}
      </td>
      <td class="figure">
        ${o===void 0?n.get(`still_charging`):n.get(`minutes`,{minutes:r.number(s,0)})}
      </td>
      <td class="figure">${r.energy(t.energy,2)}</td>
      <td class="figure">${this.#p(t)}</td>
    </tr>`}#p({cost:t,currency:n,unpriced:r}){let{texts:i,format:a}=this;return t===null?e`<span class="muted">${i.get(`no_cost`)}</span>`:r===0?e`${a.money(t,n)}`:e`${a.money(t,n)}
      <span class="muted">+ ${i.get(`unpriced`,{energy:a.energy(r)})}</span>`}};y(`zmartcharge-sessions-view`,ge);var _e=5e3,ve=class extends r{static{this.properties={hass:{attribute:!1},overview:{attribute:!1},settings:{attribute:!1},capabilities:{attribute:!1},texts:{attribute:!1},format:{attribute:!1},now:{state:!0}}}#e;constructor(){super(),this.now=new Date}connectedCallback(){super.connectedCallback(),this.now=new Date,this.#e=setInterval(()=>this.now=new Date,_e)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#e)}static{this.styles=[l,M]}render(){let{texts:t,overview:n,capabilities:r}=this,i=Object.entries(n.sites);return e`<div class="row top">
        <h2>${t.get(`sites`)}</h2>
        ${r?.may_add?e`<a class="button" href=${p(r)} @click=${h}
                >${t.get(`add_site`)}</a
              >`:a}
      </div>
      ${i.length===0?e`<p role="status">${t.get(`no_site`)}</p>`:a}
      <ul class="plain">
        ${j(i,([e])=>e,([e,t])=>this.#t(e,t))}
      </ul>`}#t(t,n){let{texts:r,overview:i,settings:o}=this,s=Object.values(i.connectors).filter(e=>e.site===t),c=new Map(s.map(({charger:e,name:t})=>[e,t])),l=o?.sites[t],u=[r.get(`main_fuse`,{amperes:n.main_fuse}),n.address,n.metered?null:r.get(`no_meter_here`),n.currency?null:r.get(`no_price_here`)];return e`<li class="box" data-site=${t}>
      <h3>${n.name}</h3>
      <p class="muted">${u.filter(Boolean).join(` · `)}</p>
      ${c.size>0?e`<p class="actions">
              ${[...c].map(([t,n])=>e`<a class="button" href=${_(`home`,t)} @click=${h}
                    >${n}</a
                  >`)}
            </p>`:e`<p>${r.get(`site_without_charger`)}</p>`}
      ${n.metered?e`<zmartcharge-phases
              .site=${n}
              .connectors=${s}
              .offered=${null}
              .texts=${r}
              .format=${this.format}
              .now=${this.now}
            ></zmartcharge-phases>`:a}
      ${l?e`<p class="actions">
                <a class="button" href=${p(o)} @click=${h}
                  >${r.get(`change_site`)}<span class="hidden">: ${n.name}</span></a
                >
              </p>
              <zmartcharge-removal
                .connection=${this.hass.connection}
                .texts=${r}
                .doomed=${{kind:`site`,id:t,name:l.name,chargers:l.chargers}}
              ></zmartcharge-removal>`:a}
    </li>`}};y(`zmartcharge-sites-view`,ve);var ye={home:`page_home`,history:`history`,sites:`sites`,chargers:`page_chargers`,find:`page_find`},Q=class extends r{static{this.properties={narrow:{type:Boolean},route:{attribute:!1},texts:{state:!0},overview:{state:!0},settings:{state:!0},capabilities:{state:!0},problem:{state:!0},page:{state:!0}}}#e;#t;#n=[];#r=!1;#i;#a=()=>this.#s();static{this.styles=[l,t`
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
    `]}constructor(){super(),this.narrow=!1,this.page=c(location.pathname)}set hass(e){let t=this.#e;this.#e=e,(t?.language!==e.language||t.locale!==e.locale)&&(this.#t=new ee(e),this.requestUpdate(),this.#o()),t?.connection!==e.connection&&this.isConnected&&this.#c()}#o(){let e=this.#e;e&&v.load(e).then(t=>{this.#e?.language===e.language&&(this.texts=t,this.#i&&=this.problem=void 0)},e=>{this.#i=this.problem=o(e),setTimeout(()=>{this.isConnected&&!this.texts&&this.#o()},ne)})}connectedCallback(){super.connectedCallback(),this.texts||this.#o(),window.addEventListener(`location-changed`,this.#a),window.addEventListener(`popstate`,this.#a),this.#s(),this.#e&&this.#c()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener(`location-changed`,this.#a),window.removeEventListener(`popstate`,this.#a),this.#d()}#s(){f(location.pathname)&&(this.page=c(location.pathname),this.requestUpdate())}#c(){this.#d();let{connection:e}=this.#e??{};if(!e)return;let t=te(e,t=>{this.overview=t,this.#l(e)},e=>this.problem=o(e));this.#n.push(t),this.capabilities?.may_add&&this.#u(e)}#l(e){this.capabilities||this.#r||(this.#r=!0,e.sendMessagePromise({type:`zmartcharge/capabilities`}).then(t=>{this.capabilities=t,t.may_add&&this.isConnected&&this.#u(e)}).catch(()=>void 0).finally(()=>this.#r=!1))}#u(e){let t=b(e,{type:`zmartcharge/subscribe_settings`},e=>this.settings=e);this.#n.push(t)}#d(){for(let e of this.#n)e();this.#n=[]}render(){let{texts:t}=this;return t?e`
      <header>
        ${this.narrow?e`<button type="button" aria-label=${t.get(`menu`)} @click=${this.#f}>
                <span aria-hidden="true">☰</span>
              </button>`:a}
        <h1>ZmartCharge</h1>
        <nav aria-label="ZmartCharge">
          ${d.map(n=>e`<a
                class="button"
                href=${_(n)}
                aria-current=${n===this.page?`page`:a}
                @click=${h}
                >${t.get(ye[n])}</a
              >`)}
        </nav>
      </header>
      <main class=${this.page}>${this.#p(t)}</main>
    `:e`<main><p class="muted">${this.problem??`…`}</p></main>`}#f(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}#p(t){let{overview:n}=this,r=this.#e,i=this.#t,o=n?.card&&s(n.card)?m(t):a;return!r||!i||!n?e`<p role="status">${this.problem??t.get(`loading`)}</p>`:this.page!==`home`&&!n.loaded?e`${o}
        <p role="status">${t.get(`not_loaded`)}</p>`:e`${this.page===`home`?a:o}${this.#m(r,n,t,i)}`}#m(t,n,r,i){let{settings:a,capabilities:o}=this,s=new URLSearchParams(location.search).get(`charger`)??void 0;switch(this.page){case`history`:return e`<zmartcharge-sessions-view
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
          .config=${be(n,s)}
          .hass=${t}
        ></zmartcharge-home-card-view>`}}},$={type:`custom:zmartcharge-home-card`};function be(e,t){let n=t===void 0?void 0:e.connectors[t]??Object.values(e.connectors).find(e=>e.charger===t);return n?.device?{...$,device:n.device}:$}y(`zmartcharge-panel-view`,Q);export{Q as Panel};