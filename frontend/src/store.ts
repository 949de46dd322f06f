/** What all cards of a page share: one subscription to the overview, whoever looks. */

import { isAbsence, keep } from "./subscription";
import type { Connection, Connector, Overview, OverviewEvent, Site } from "./types";

type Listener = (overview: Overview) => void;

interface Shared {
  overview: Overview | undefined;
  /** And whom to tell why nothing can be told. */
  listeners: Map<Listener, (error: unknown) => void>;
  end: (() => void) | undefined;
}

const NOTHING: Overview = { card: undefined, loaded: false, sites: {}, connectors: {}, order: [] };

const shared = new WeakMap<Connection, Shared>();

/** Puts what changed into what was known; what did not change stays the same object. */
export function merged(before: Overview | undefined, event: OverviewEvent): Overview {
  // The first event comes again when the connection was lost: Home Assistant may be another one.
  const known = event.card === undefined ? before : undefined;
  return {
    card: event.card ?? known?.card,
    loaded: event.loaded,
    sites: patched<Site>(known?.sites ?? {}, event.sites),
    connectors: patched<Connector>(known?.connectors ?? {}, event.connectors),
    order: event.order,
  };
}

function patched<T extends object>(
  known: Record<string, T>,
  changes: Record<string, Partial<T> | null>,
): Record<string, T> {
  const entries = Object.entries(changes);
  if (entries.length === 0) return known;
  const result = new Map(Object.entries(known));
  for (const [key, change] of entries) {
    if (change === null) result.delete(key);
    else result.set(key, { ...result.get(key), ...change } as T);
  }
  return Object.fromEntries(result);
}

/** Tells a listener the overview now and after each change, until the returned function is called. */
export function watch(
  connection: Connection,
  listener: Listener,
  failed: (error: unknown) => void,
): () => void {
  const found = shared.get(connection) ?? {
    overview: undefined,
    listeners: new Map<Listener, (error: unknown) => void>(),
    end: undefined,
  };
  shared.set(connection, found);
  found.listeners.set(listener, failed);
  if (found.overview) listener(found.overview);
  found.end ??= subscribe(connection, found);
  return () => {
    found.listeners.delete(listener);
    if (found.listeners.size === 0) {
      found.end?.();
      found.end = found.overview = undefined;
    }
  };
}

function subscribe(connection: Connection, found: Shared): () => void {
  const tell = (overview: Overview) => {
    found.overview = overview;
    for (const listener of [...found.listeners.keys()]) listener(overview);
  };
  return keep<OverviewEvent>(
    connection,
    { type: "zmartcharge/subscribe_overview" },
    (event) => tell(merged(found.overview, event)),
    (error) => {
      // What was known of it holds no more.
      if (isAbsence(error)) tell({ ...NOTHING, card: found.overview?.card });
      else for (const failed of [...found.listeners.values()]) failed(error);
    },
  );
}

/** Tells whether a card that shows a connector shows another picture by now. */
export function concerns(before: Overview, now: Overview, key: string | undefined): boolean {
  if (
    before.card !== now.card ||
    before.loaded !== now.loaded ||
    before.order.join() !== now.order.join()
  )
    return true;
  const connector = now.connectors[key ?? ""];
  if (!connector || before.connectors[key ?? ""] !== connector) return true;
  const { site } = connector;
  if (site === null) return false;
  return (
    before.sites[site] !== now.sites[site] ||
    // What others of the site draw is in the gauges.
    Object.entries(now.connectors).some(
      ([other, each]) => each.site === site && before.connectors[other]?.draw !== each.draw,
    )
  );
}
