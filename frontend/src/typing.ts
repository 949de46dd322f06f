/** For how long somebody pauses who goes on typing, in ms. */
const PAUSE = 1500;

/**
 * What is typed into fields for times: it counts when the field is left, or after a pause.
 *
 * Browsers tell of a change with every key: of none while an hour has but its first digit, and of
 * 08:04 on the way to 08:45.
 */
export class Typing {
  readonly #waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; done: () => void }>();

  /** The field that somebody is in; going from its hour to its minute it has no focus for a moment. */
  #entered: string | undefined;

  /** Tells whether somebody is typing into the field of a name. */
  has(name: string): boolean {
    return this.#waiting.has(name);
  }

  /** A field changed: it counts later, or now where nobody is in it. */
  changed(field: HTMLInputElement, done: () => void): void {
    clearTimeout(this.#waiting.get(field.name)?.timer);
    const timer = setTimeout(() => {
      // Half a time is none.
      if (!field.validity.badInput) this.count(field.name);
    }, PAUSE);
    this.#waiting.set(field.name, { timer, done });
    if (this.#entered !== field.name) this.count(field.name);
  }

  entered(name: string): void {
    this.#entered = name;
  }

  left(name: string): void {
    this.#entered = undefined;
    this.count(name);
  }

  /** What was typed so far is what is meant. */
  count(name: string): void {
    const waiting = this.#waiting.get(name);
    this.#waiting.delete(name);
    clearTimeout(waiting?.timer);
    waiting?.done();
  }

  /** All fields are taken away. */
  end(): void {
    for (const name of [...this.#waiting.keys()]) this.count(name);
  }
}
