/** Gives an element its texts, however long that takes. */

import { messageOf } from "./errors";
import { AGAIN_AFTER } from "./subscription";
import { Texts } from "./texts";
import type { HomeAssistant } from "./types";

interface Host {
  readonly isConnected: boolean;
  texts: Texts | undefined;
  problem: string | undefined;
}

export class Wording {
  readonly #host: Host;
  #hass: HomeAssistant | undefined;
  /** Why there are no texts, while that is so. */
  #missing: string | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads the texts of the user's language. Without a connection they do not come: then again later. */
  load(hass: HomeAssistant | undefined): void {
    this.#hass = hass;
    if (!hass) return;
    const host = this.#host;
    Texts.load(hass).then(
      (texts) => {
        if (this.#hass?.language !== hass.language) return;
        host.texts = texts;
        if (this.#missing) this.#missing = host.problem = undefined;
      },
      (error: unknown) => {
        this.#missing = host.problem = messageOf(error);
        setTimeout(() => {
          if (host.isConnected && !host.texts) this.load(this.#hass);
        }, AGAIN_AFTER);
      },
    );
  }
}
