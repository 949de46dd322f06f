import { css } from "lit";

/** What all parts of the card have in common; only the theme's colours. */
export const shared = css`
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
`;
