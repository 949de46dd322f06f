import { css } from "lit";

/** The table of sessions; on a phone each is a small block. */
export const sessionsStyles = css`
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
`;
