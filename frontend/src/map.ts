/** Home Assistant's own map, which it loads only when one of its pages needs it. */

interface Helpers {
  createCardElement(config: object): HTMLElement;
}

/** How long it may take to come, in ms. */
const PATIENCE = 10_000;

/** Tells whether there is a map, and has Home Assistant load it where it offers that. */
export async function mapElement(): Promise<boolean> {
  if (customElements.get("ha-map")) return true;
  const page = window as unknown as { loadCardHelpers?: () => Promise<Helpers> };
  // Only there once a dashboard was shown.
  if (!page.loadCardHelpers) return false;
  try {
    const helpers = await page.loadCardHelpers();
    helpers.createCardElement({ type: "map", entities: ["zone.home"] });
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE));
    return await Promise.race([customElements.whenDefined("ha-map").then(() => true), late]);
  } catch {
    return false;
  }
}
