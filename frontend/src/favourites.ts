/** The chargers that a user has marked; Home Assistant keeps them for each user. */

import { keep } from "./subscription";
import type { Connection } from "./types";

const KEY = "zmartcharge";

interface Kept {
  value: { favourites?: unknown } | null;
}

/** Tells the favourites now and whenever they are others, also from another page; returns the end. */
export function watchFavourites(
  connection: Connection,
  listener: (favourites: ReadonlySet<string>) => void,
  failed: (error: unknown) => void,
): () => void {
  return keep<Kept>(
    connection,
    { type: "frontend/subscribe_user_data", key: KEY },
    ({ value }) => {
      const kept = value?.favourites;
      const known = Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
      listener(new Set(known));
    },
    failed,
  );
}

export async function keepFavourites(
  connection: Connection,
  favourites: ReadonlySet<string>,
): Promise<void> {
  const value = { favourites: [...favourites] };
  await connection.sendMessagePromise({ type: "frontend/set_user_data", key: KEY, value });
}
