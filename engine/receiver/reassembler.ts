/**
 * Puts fragmented APDUs together (RFC 3208, section 9.2). It sees data packets in order, after duplicates were
 * removed, so a fragment that does not continue its APDU means that the APDU cannot be completed.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Fragment } from "../wire/packet_view.ts";

/** Collects the fragments of one APDU at a time. */
export class Reassembler {
  readonly #maxApdu: number;
  #firstSqn: Sqn = 0;
  #apduLength = 0;
  #received = 0;
  #parts: Uint8Array[] = [];
  #state: "idle" | "collecting" | "broken" = "idle";

  constructor(maxApdu: number) {
    this.#maxApdu = maxApdu;
  }

  /** The first sequence number of the APDU that is being collected, if there is one. */
  get partial(): Sqn | undefined {
    return this.#state === "collecting" ? this.#firstSqn : undefined;
  }

  /** Whether an APDU is known to be incomplete while more of its fragments may still come. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /** A number of the stream is lost: what was collected so far is of no use, nor is what still comes of it. */
  break(): void {
    if (this.#state === "collecting") this.#drop("broken");
  }

  /** An unfragmented APDU comes: whatever was collected ends here. */
  end(): void {
    this.#drop("idle");
  }

  /**
   * Takes the next fragment. Gives the whole APDU when this was its last fragment, `"more"` while some are missing, or
   * `"lost"` when the fragment belongs to an APDU that cannot be completed.
   */
  add(sqn: Sqn, fragment: Fragment, payload: Uint8Array): Uint8Array | "more" | "lost" {
    if (fragment.offset === 0 && fragment.firstSqn === sqn) {
      this.#drop("idle");
      this.#state = fragment.apduLength > this.#maxApdu ? "broken" : "collecting";
      this.#firstSqn = fragment.firstSqn;
      this.#apduLength = fragment.apduLength;
    }
    if (!this.#continues(fragment)) {
      this.#drop(fragment.offset + payload.length === fragment.apduLength ? "idle" : "broken");
      return "lost";
    }
    this.#parts.push(payload);
    this.#received += payload.length;
    if (this.#received < this.#apduLength) return "more";
    const apdu = new Uint8Array(this.#apduLength);
    let at = 0;
    for (const part of this.#parts) {
      apdu.set(part, at);
      at += part.length;
    }
    this.#drop("idle");
    return apdu;
  }

  #continues(fragment: Fragment): boolean {
    return this.#state === "collecting" && fragment.firstSqn === this.#firstSqn &&
      fragment.apduLength === this.#apduLength && fragment.offset === this.#received;
  }

  #drop(state: "idle" | "broken"): void {
    this.#state = state;
    this.#received = 0;
    this.#parts = [];
  }
}
