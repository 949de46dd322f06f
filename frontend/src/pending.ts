/** What the user asked for, until the charger has done it. */

import type { Connector } from "./types";

export interface Pending {
  kind: "starting" | "plug_in" | "stopping" | "unplug";
  /** Of which connector. */
  key: string;
  since: Date;
}

/** After so long nobody waits for it any more, in ms. */
const LIMITS: Record<Pending["kind"], number> = {
  starting: 120_000,
  plug_in: 300_000,
  stopping: 120_000,
  unplug: 900_000,
};

/** Tells whether what was asked for has come to pass, or has been waited for long enough. */
export function settled(pending: Pending, connector: Connector | undefined, now: Date): boolean {
  if (!connector || now.getTime() - pending.since.getTime() > LIMITS[pending.kind]) return true;
  switch (pending.kind) {
    case "starting":
    case "plug_in":
      return connector.charging;
    case "stopping":
      return !connector.charging;
    case "unplug":
      return connector.plugged !== true || connector.charging;
  }
}

/** What is told after that: when charging has stopped, the cable is still in. */
export function fromNowOn(
  pending: Pending,
  connector: Connector | undefined,
  key: string | undefined,
): Pending | undefined {
  const stopped = pending.kind === "stopping" && connector && !connector.charging;
  if (!stopped || pending.key !== key || connector.plugged === false) return undefined;
  return { ...pending, kind: "unplug" };
}
