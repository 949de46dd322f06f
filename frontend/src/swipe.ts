/** How far a finger goes at least, in px. */
const LEAST = 48;

/** Tells swipes to the side from taps and from scrolling. */
export class Swipe {
  #from: { x: number; y: number } | undefined;

  begin({ touches }: TouchEvent): void {
    const touch = touches.length === 1 ? touches[0] : undefined;
    this.#from = touch && { x: touch.clientX, y: touch.clientY };
  }

  /** Returns 1 for a swipe to the next, -1 to the previous, 0 for none. */
  end({ changedTouches }: TouchEvent, fromRight: boolean): -1 | 0 | 1 {
    const from = this.#from;
    const to = changedTouches[0];
    this.#from = undefined;
    if (!from || !to) return 0;
    const [x, y] = [to.clientX - from.x, to.clientY - from.y];
    if (Math.abs(x) < LEAST || Math.abs(x) < 2 * Math.abs(y)) return 0;
    return x < 0 === fromRight ? -1 : 1;
  }
}
