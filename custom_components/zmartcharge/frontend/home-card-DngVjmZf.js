import{c as e,n as t,o as n,u as r}from"./texts-Ded3w1V2.js";import{n as i}from"./preload-helper-BocTNAXX.js";import{c as a,d as o,f as s,i as c,l,n as u,r as d,s as f,t as p}from"./sections-D1U5bvnN.js";var m={starting:12e4,plug_in:3e5,stopping:12e4,unplug:9e5};function h(e,t,n){if(!t||n.getTime()-e.since.getTime()>m[e.kind])return!0;switch(e.kind){case`starting`:case`plug_in`:return t.charging;case`stopping`:return!t.charging;case`unplug`:return t.plugged!==!0||t.charging}}function g(e,t,n){if(e.kind===`stopping`&&t&&!t.charging&&e.key===n&&t.plugged!==!1)return{...e,kind:`unplug`}}function _({status:e,plugged:t,charging:n}){return r`<svg class="picture" viewBox="0 0 160 96" aria-hidden="true">
    <rect class="case" x="20" y="8" width="48" height="72" rx="12"></rect>
    <path class="lamp ${e===`fault`||e===`offline`?`alarm`:e===`charging`?`on`:`idle`}" d="M48 20 34 46h9l-3 20 15-28h-9z"></path>
    ${t?r`<path class="cable ${n&&e===`charging`?`flows`:``}"
            d="M44 80c0 16 24 12 48 6s20-22 12-30"></path>
          <path class="car" d="M92 56v-10l10-14h30l10 12 8 4v12h-8a8 8 0 0 1-16 0h-12a8 8 0 0 1-16 0z"></path>`:r`<path class="cable" d="M44 80c0 14 30 10 30-2V60"></path>`}
  </svg>`}var v=48,y=class{#e;begin({touches:e}){let t=e.length===1?e[0]:void 0;this.#e=t&&{x:t.clientX,y:t.clientY}}end({changedTouches:e},t){let n=this.#e,r=e[0];if(this.#e=void 0,!n||!r)return 0;let[i,a]=[r.clientX-n.x,r.clientY-n.y];return Math.abs(i)<v||Math.abs(i)<2*Math.abs(a)?0:i<0===t?-1:1}},b=class extends c{static{this.properties={pending:{state:!0},copied:{state:!0}}}#e=new y;#t;#n=new Set;get showsPlan(){return!0}willUpdate(){super.willUpdate();let{key:e,shown:t}=this;this.pending&&(this.pending.key!==e||h(this.pending,t,this.now))&&(this.pending=g(this.pending,t,e))}updated(){let e=this.renderRoot.querySelector(`dialog`);e?.open&&this.#t!==this.key&&e.close()}charger(r){let{key:i,connector:c,overview:m,texts:h,format:g}=r,v=c.site?m.sites[c.site]:void 0,y=t(c,h,g,v?.currency??null,this.now),b=c.status?h.status(c.status):h.get(`waiting`),x=e=>!this.config?.hide?.includes(e);return e`
      <div
        class="head"
        @touchstart=${e=>this.#e.begin(e)}
        @touchend=${e=>this.#f(e)}
      >
        ${l(c,v?.name,h,{number:this.order.indexOf(i)+1,count:this.config?.single?1:this.order.length,go:e=>this.#p(e)})}
        ${_(c)}
        <div class="status" aria-live="polite">
          <p class="message">${b}</p>
          ${y?e`<p class="reason">${y}</p>`:n} ${this.#r(h)}
        </div>
      </div>
      ${c.error?f(c,h,{version:this.capabilities?.version??``,now:this.now,copied:this.copied,copy:e=>void this.#d(e)}):n}
      ${c.may_control?this.#i(c,h):n}
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:n}
      ${s(c,h,g,this.now)}
      ${x(`prices`)?d(r,this.plan,this.now):n}
      ${x(`phases`)?u(r,this.now):n}
      ${x(`history`)&&this.home?p(r,this.home.connection,this.now):n}
      ${a(c,h,this.capabilities)}
      ${o(c,h,()=>void this.#s())}
    `}#r(t){if(!this.pending)return n;let{kind:r}=this.pending;return e`<p class="note ${r}">${t.get(r)}</p>`}#i(t,r){let i=t.mode===`smart`,a=t.entities.charging_mode,o=t.charging&&t.plugged!==!1,s=!t.online||!o&&t.status===`fault`;return e`<div class="buttons">
      ${a&&t.priced?e`<button
              type="button"
              class="big smart ${i?`on`:``}"
              @click=${()=>this.#l(a,i?`full_now`:`smart`)}
            >
              ${r.get(i?`smart_off`:`smart_on`)}
            </button>`:n}
      <button
        type="button"
        class="big run ${o?`stop`:`start`}"
        ?disabled=${s}
        @click=${()=>o?this.#a():void this.#o()}
      >
        <span aria-hidden="true">${o?`▐▐`:`▶`}</span>
        ${r.get(o?`stop`:`start`)}
      </button>
    </div>`}#a(){this.#t=this.key,this.renderRoot.querySelector(`dialog`)?.showModal()}async#o(){let e=this.shown?.plugged;await this.#c(`start_charging`,e===!1?`plug_in`:`starting`)}async#s(){this.#t===this.key&&await this.#c(`stop_charging`,`stopping`)}async#c(e,t){let n=this.key,r=this.shown?.device;if(!n||!r||this.#n.has(`${e} ${r}`))return;let i={kind:t,key:n,since:new Date};this.pending=i,this.#n.add(`${e} ${r}`);let a=await this.#u(`zmartcharge`,e,{},{device_id:r});this.#n.delete(`${e} ${r}`),!a&&this.pending===i&&(this.pending=void 0)}async#l(e,t){await this.#u(`select`,`select_option`,{option:t},{entity_id:e})}async#u(e,t,n,r){this.problem=void 0;try{return await this.home?.callService(e,t,n,r,!1),!0}catch(e){return this.problem=this.texts?.failure(e),!1}}async#d(e){try{await navigator.clipboard.writeText(e),this.copied=`yes`}catch{this.copied=`no`}}#f(e){let t=this.#e.end(e,getComputedStyle(this).direction===`rtl`);t!==0&&!this.config?.single&&this.#p(t)}#p(e){let t=this.order,n=t.indexOf(this.key??``);this.chosen=t[(n+e+t.length)%t.length],this.problem=this.copied=void 0}};i(`zmartcharge-home-card-view`,b);export{b as HomeCard};