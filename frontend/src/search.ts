/** Looking for a charger: by words, and by how far it is. */

export interface Place {
  latitude: number;
  longitude: number;
}

/** Letters that are no other letter with a mark on it. */
const ALIKE: Record<string, string> = { ø: "o", æ: "ae", ß: "ss", đ: "d", ł: "l", œ: "oe" };
const EARTH = 6_371_000;

/** A text in which neither case nor marks count. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[øæßđłœ]/g, (letter) => ALIKE[letter] ?? letter);
}

/** Tells whether every word that is looked for begins somewhere in one of the texts. */
export function matches(wanted: string, texts: readonly (string | null | undefined)[]): boolean {
  const all = plain(texts.filter(Boolean).join(" "));
  return plain(wanted)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** The metres between two places, on a sphere. */
export function distance(a: Place, b: Place): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const [from, to] = [rad(a.latitude), rad(b.latitude)];
  const h =
    Math.sin((to - from) / 2) ** 2 +
    Math.cos(from) * Math.cos(to) * Math.sin(rad(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}
