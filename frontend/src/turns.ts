/** Which cards draw at once, and which when there is time: a page of many cards has to answer meanwhile. */

/** A card out of sight waits no longer than this, in ms, however busy the page is. */
const LONGEST = 1000;
/** So many draw before the page gets to answer. */
const AT_ONCE = 6;
/** What is about to be scrolled into sight is drawn as if it was. */
const AROUND = "300px";

interface Drawn extends Element {
  requestUpdate(): void;
}

const inSight = new WeakSet<Element>();
const watched = new WeakSet<Element>();
const waiting = new Set<Drawn>();
let asked = false;

const idle: (drain: () => void) => void =
  typeof requestIdleCallback === "function"
    ? (drain) => requestIdleCallback(drain, { timeout: LONGEST })
    : (drain) => setTimeout(drain, 16);

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) inSight.delete(target);
      else {
        inSight.add(target);
        const found = target as Drawn;
        if (waiting.delete(found)) found.requestUpdate();
      }
    }
  },
  { rootMargin: AROUND },
);

/** Notices from now on whether a card is in sight; until that is known it counts as such. */
export function attend(card: Drawn): void {
  inSight.add(card);
  watched.add(card);
  observer.observe(card);
}

/** Notices it no more. */
export function leave(card: Drawn): void {
  observer.unobserve(card);
  watched.delete(card);
  waiting.delete(card);
}

/** Has a card drawn: at once where it is in sight, else soon. */
export function draw(card: Drawn): void {
  if (inSight.has(card) || !watched.has(card)) {
    waiting.delete(card);
    card.requestUpdate();
    return;
  }
  waiting.add(card);
  ask();
}

function ask(): void {
  if (asked || waiting.size === 0) return;
  asked = true;
  idle(drain);
}

function drain(): void {
  asked = false;
  for (const card of [...waiting].slice(0, AT_ONCE)) {
    waiting.delete(card);
    card.requestUpdate();
  }
  ask();
}
