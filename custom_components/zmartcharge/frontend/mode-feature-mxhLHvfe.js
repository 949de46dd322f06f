import{a as e,c as t,d as n,i as r,o as i,t as a}from"./texts-Ded3w1V2.js";import{n as o}from"./preload-helper-BocTNAXX.js";var s=class extends e{static{this.properties={hass:{attribute:!1},context:{attribute:!1},asked:{state:!0},problem:{state:!0}}}static{this.styles=n`
    .modes {
      display: flex;
      gap: 8px;
      inline-size: 100%;
    }
    button {
      align-items: center;
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      box-sizing: border-box;
      color: var(--primary-text-color);
      cursor: pointer;
      display: flex;
      flex: 1 1 auto;
      font: inherit;
      font-size: 0.875rem;
      justify-content: center;
      line-height: 1.15;
      min-block-size: 44px;
      min-inline-size: 44px;
      overflow: hidden;
      padding: 2px 4px;
    }
    button span {
      overflow-wrap: break-word;
    }
    button[aria-checked="true"] {
      background: color-mix(in srgb, var(--primary-color, #009ac7) 22%, transparent);
      border-color: var(--primary-color, #009ac7);
      font-weight: 500;
    }
    button:focus-visible {
      outline: 3px solid var(--primary-color, #009ac7);
      outline-offset: 1px;
    }
    button:disabled {
      cursor: default;
      opacity: 0.5;
    }
    p {
      color: var(--primary-text-color);
      font-size: 0.875rem;
      margin: 4px 0 0;
    }
  `}#e(){let{entities:e={},states:t={}}=this.hass??{},n=e[this.context?.entity_id??``];if(n?.platform===`zmartcharge`)return t[Object.entries(e).find(([,e])=>e?.platform===`zmartcharge`&&e.device_id===n.device_id&&e.translation_key===`charging_mode`)?.[0]??``]}shouldUpdate(e){if(e.size>1||!e.has(`hass`))return!0;let t=e.get(`hass`),n=this.#e()?.entity_id??``;return t?.states?.[n]!==this.hass?.states?.[n]||t?.language!==this.hass?.language}render(){let e=this.#e(),{hass:n}=this;if(!e||!n)return i;let r=e.state===`unavailable`,a=this.asked??e.state,o=e.attributes.friendly_name??e.entity_id,s=e.attributes.options??[];return t`<div
        class="modes"
        role="radiogroup"
        aria-label=${o}
        @keydown=${e=>this.#t(e,s,a)}
      >
        ${s.map(i=>{let o=n.formatEntityState?.(e,i)??i;return t`<button
            type="button"
            role="radio"
            aria-checked=${i===a}
            aria-label=${o}
            tabindex=${i===a||!s.includes(a)&&i===s[0]?0:-1}
            ?disabled=${r}
            @click=${()=>void this.#n(e.entity_id,i)}
          >
            <span>${o}</span>
          </button>`})}
      </div>
      ${this.problem?t`<p role="alert">${this.problem}</p>`:i}`}#t(e,t,n){let r={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1}[e.key];if(r===void 0)return;e.preventDefault();let i=[...this.renderRoot.querySelectorAll(`button`)],a=i.findIndex(e=>e.matches(`:focus`));i[((a<0?t.indexOf(n):a)+r+t.length)%t.length]?.focus()}async#n(e,t){this.problem=void 0,this.asked=t;try{let n={entity_id:e};await this.hass?.callService(`select`,`select_option`,{option:t},n,!1)}catch(e){let t=this.hass&&await a.load(this.hass);this.problem=t?.failure(e)??r(e)}finally{this.asked=void 0}}};o(`zmartcharge-mode-feature-view`,s);export{s as ModeFeature};