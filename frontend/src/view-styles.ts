import { css } from "lit";

/** What the panel's pages have in common. */
export const viewStyles = css`
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
`;
