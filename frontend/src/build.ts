/** Which build of the card this is: its address has a digest of it (custom_components/zmartcharge/card.py). */

export function buildOf(url: string): string | undefined {
  return /\/zmartcharge_card\/([0-9a-f]{16})\//.exec(url)?.[1];
}

/** Tells whether another build is installed by now than the one that this page has loaded. */
export function isOutdated(installed: string, url: string = import.meta.url): boolean {
  const own = buildOf(url);
  return own !== undefined && own !== installed;
}
