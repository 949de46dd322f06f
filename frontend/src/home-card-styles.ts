import { css } from "lit";

export const cardStyles = css`
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
`;
