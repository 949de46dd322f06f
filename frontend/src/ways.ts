/** Where things are in Home Assistant. */

import type { Capabilities } from "./types";

export const PANEL = "/zmartcharge";
export const PAGES = ["home", "history", "sites", "chargers", "find"] as const;
export type Page = (typeof PAGES)[number];

/** The integration's page. No address begins a flow, but there are the buttons that do. */
export function integrationPage(capabilities: Pick<Capabilities, "entry"> | undefined): string {
  const page = "/config/integrations/integration/zmartcharge";
  return capabilities?.entry ? `${page}#config_entry=${capabilities.entry}` : page;
}

export function devicePage(device: string): string {
  return `/config/devices/device/${device}`;
}

/** A page of the panel, with a charger that is looked for on it. */
export function panelPage(page: Page, charger?: string): string {
  return `${PANEL}/${page}${charger ? `?charger=${encodeURIComponent(charger)}` : ""}`;
}

export function isOurs(path: string): boolean {
  return path === PANEL || path.startsWith(`${PANEL}/`);
}

/** The page that an address of the panel stands for; one that is not known is the first. */
export function pageOf(path: string): Page {
  return PAGES.find((page) => path.startsWith(`${PANEL}/${page}`)) ?? "home";
}

/** Goes to another page of Home Assistant without loading it anew. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
}

/** Follows a link so. With a key held down the browser does as always. */
export function goes(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const link = event.currentTarget as HTMLAnchorElement;
  navigate(link.getAttribute("href") ?? PANEL);
}
