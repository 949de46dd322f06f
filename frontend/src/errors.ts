/** What Home Assistant's client rejects with when there is no connection. */
const NO_CONNECTION = 3;

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
