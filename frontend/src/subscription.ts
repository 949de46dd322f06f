/** A subscription that holds for as long as somebody wants it. */

import type { Connection } from "./types";

/** After a refusal it is asked for again after so long, in ms: Home Assistant may be starting. */
export const AGAIN_AFTER = 5000;

/**
 * Subscribes until the returned function is called, and anew whenever the connection is back.
 *
 * Home Assistant's client does that once only: what is refused then, because the integration is not
 * there yet after a restart, is lost without a word, and so is what was asked for without a connection.
 */
export function keep<T>(
  connection: Connection,
  message: { type: string; [key: string]: unknown },
  told: (event: T) => void,
  refused: (error: unknown) => void = () => undefined,
): () => void {
  let current: Promise<() => Promise<void> | void> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const begin = () => {
    clearTimeout(again);
    const mine = connection.subscribeMessage<T>(
      (event) => {
        if (mine === current) told(event);
      },
      message,
      { resubscribe: false },
    );
    current = mine;
    mine.catch((error: unknown) => {
      if (mine !== current) return;
      again = setTimeout(begin, AGAIN_AFTER);
      refused(error);
    });
  };
  connection.addEventListener("ready", begin);
  begin();
  return () => {
    const ending = current;
    current = undefined;
    clearTimeout(again);
    connection.removeEventListener("ready", begin);
    void ending?.then((end) => end()).catch(() => undefined);
  };
}

/** Tells whether Home Assistant does not know a command: the integration is not there, or not yet. */
export function isAbsence(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "unknown_command"
  );
}
