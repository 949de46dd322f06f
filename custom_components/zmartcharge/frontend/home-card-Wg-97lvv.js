import{a as e,r as t,s as n,t as r}from"./errors-hZWICanf.js";import{t as i}from"./define-Cei0lYwU.js";import{b as a,c as o,d as s,i as c,n as l,o as u,r as d,s as f,t as p,u as m}from"./sections-D0w1B1TU.js";var h={starting:12e4,plug_in:3e5,stopping:12e4,unplug:9e5};function g(e,t,n){if(!t||n.getTime()-e.since.getTime()>h[e.kind])return!0;switch(e.kind){case`starting`:case`plug_in`:return t.charging;case`stopping`:return!t.charging;case`unplug`:return t.plugged!==!0||t.charging}}function _(e,t,n){if(e.kind===`stopping`&&t&&!t.charging&&e.key===n&&t.plugged!==!1)return{...e,kind:`unplug`}}function v({status:e,plugged:t,charging:r}){return n`<svg class="picture" viewBox="0 0 160 96" aria-hidden="true">
    <rect class="case" x="20" y="8" width="48" height="72" rx="12"></rect>
    <path class="lamp ${e===`fault`||e===`offline`?`alarm`:e===`charging`?`on`:`idle`}" d="M48 20 34 46h9l-3 20 15-28h-9z"></path>
    ${t?n`<path class="cable ${r&&e===`charging`?`flows`:``}"
            d="M44 80c0 16 24 12 48 6s20-22 12-30"></path>
          <path class="car" d="M92 56v-10l10-14h30l10 12 8 4v12h-8a8 8 0 0 1-16 0h-12a8 8 0 0 1-16 0z"></path>`:n`<path class="cable" d="M44 80c0 14 30 10 30-2V60"></path>`}
  </svg>`}var y=48,b=class{#e;begin({touches:e}){let t=e.length===1?e[0]:void 0;this.#e=t&&{x:t.clientX,y:t.clientY}}end({changedTouches:e},t){let n=this.#e,r=e[0];if(this.#e=void 0,!n||!r)return 0;let[i,a]=[r.clientX-n.x,r.clientY-n.y];return Math.abs(i)<y||Math.abs(i)<2*Math.abs(a)?0:i<0===t?-1:1}},x=class extends c{static{this.properties={pending:{state:!0},copied:{state:!0}}}#e=new b;#t;#n=new Set;get showsPlan(){return!0}willUpdate(){super.willUpdate();let{key:e,shown:t}=this;this.pending&&(this.pending.key!==e||g(this.pending,t,this.now))&&(this.pending=_(this.pending,t,e))}updated(){let e=this.renderRoot.querySelector(`dialog`);e?.open&&this.#t!==this.key&&e.close()}charger(n){let{key:r,connector:i,overview:c,texts:h,format:g}=n,_=i.site?c.sites[i.site]:void 0,y=a(i,h,g,_?.currency??null,this.now),b=i.status?h.status(i.status):h.get(`waiting`),x=e=>!this.config?.hide?.includes(e);return e`
      <div
        class="head"
        @touchstart=${e=>this.#e.begin(e)}
        @touchend=${e=>this.#f(e)}
      >
        ${o(i,_?.name,h,{number:this.order.indexOf(r)+1,count:this.config?.single?1:this.order.length,go:e=>this.#p(e)})}
        ${v(i)}
        <div class="status" aria-live="polite">
          <p class="message">${b}</p>
          ${y?e`<p class="reason">${y}</p>`:t} ${this.#r(h)}
        </div>
      </div>
      ${i.error?u(i,h,{version:this.capabilities?.version??``,now:this.now,copied:this.copied,copy:e=>void this.#d(e)}):t}
      ${i.may_control?this.#i(i,h):t}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:t}
      ${s(i,h,g,this.now)}
      ${x(`prices`)?d(n,this.plan,this.now):t}
      ${x(`phases`)?l(n,this.now):t}
      ${x(`history`)&&this.home?p(n,this.home.connection,this.now):t}
      ${f(i,h,this.capabilities)}
      ${m(i,h,()=>void this.#s())}
    `}#r(n){if(!this.pending)return t;let{kind:r}=this.pending;return e`<p class="note ${r}">${n.get(r)}</p>`}#i(n,r){let i=n.mode===`smart`,a=n.entities.charging_mode,o=n.charging&&n.plugged!==!1;return e`<div class="buttons">
      ${a&&n.priced?e`<button
              type="button"
              class="big smart ${i?`on`:``}"
              @click=${()=>this.#l(a,i?`full_now`:`smart`)}
            >
              ${r.get(i?`smart_off`:`smart_on`)}
            </button>`:t}
      <button
        type="button"
        class="big run ${o?`stop`:`start`}"
        ?disabled=${!n.online}
        @click=${()=>o?this.#a():void this.#o()}
      >
        <span aria-hidden="true">${o?`▐▐`:`▶`}</span>
        ${r.get(o?`stop`:`start`)}
      </button>
    </div>`}#a(){this.#t=this.key,this.renderRoot.querySelector(`dialog`)?.showModal()}async#o(){let e=this.shown?.plugged;await this.#c(`start_charging`,e===!1?`plug_in`:`starting`)}async#s(){this.#t===this.key&&await this.#c(`stop_charging`,`stopping`)}async#c(e,t){let n=this.key,r=this.shown?.device;if(!n||!r||this.#n.has(`${e} ${r}`))return;let i={kind:t,key:n,since:new Date};this.pending=i,this.#n.add(`${e} ${r}`);let a=await this.#u(`zmartcharge`,e,{},{device_id:r});this.#n.delete(`${e} ${r}`),!a&&this.pending===i&&(this.pending=void 0)}async#l(e,t){await this.#u(`select`,`select_option`,{option:t},{entity_id:e})}async#u(e,t,n,i){this.problem=void 0;try{return await this.home?.callService(e,t,n,i),!0}catch(e){return this.problem=this.texts?.get(`failed`,{error:r(e)}),!1}}async#d(e){try{await navigator.clipboard.writeText(e),this.copied=`yes`}catch{this.copied=`no`}}#f(e){let t=this.#e.end(e,getComputedStyle(this).direction===`rtl`);t!==0&&!this.config?.single&&this.#p(t)}#p(e){let t=this.order,n=t.indexOf(this.key??``);this.chosen=t[(n+e+t.length)%t.length],this.problem=this.copied=void 0}};i(`zmartcharge-home-card-view`,x);export{x as HomeCard};