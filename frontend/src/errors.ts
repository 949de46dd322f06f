/** What Home Assistant's client rejects with when there is no connection. */
const NO_CONNECTION = 3;

/** An error of the integration, which has words for it in every language. */
export interface Worded {
  translation_domain: string;
  translation_key: string;
  translation_placeholders?: Record<string, string> | null;
}

/** Returns the error as one that has words, if it is such. */
export function worded(error: unknown): Worded | undefined {
  if (!error || typeof error !== "object") return undefined;
  if ("error" in error) return worded(error.error);
  return "translation_key" in error && "translation_domain" in error
    ? (error as Worded)
    : undefined;
}

/** What an error of the WebSocket says. */
export function messageOf(error: unknown): string {
  if (error === NO_CONNECTION) return "Connection lost";
  if (error && typeof error === "object") {
    if ("message" in error) return String(error.message);
    // What was on its way when the connection was lost.
    if ("error" in error) return messageOf(error.error);
  }
  return String(error);
}
