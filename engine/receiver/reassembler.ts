/**
 * Puts fragmented APDUs together (RFC 3208, section 9.2). It sees data packets in order, after duplicates were
 * removed, so a fragment that does not continue its APDU means that the APDU cannot be completed.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Fragment } from "../wire/packet_view.ts";
import type { ReceiveBudget } from "./receive_budget.ts";

/**
 * What became of a fragment that did not complete its APDU: more are needed (`more`); the rest of an APDU that is lost
 * already (`lost`); it does not fit to the fragments before it (`contradiction`); the APDU is larger than allowed
 * (`too-long`) or than what may still be kept (`no-room`).
 */
export type FragmentFate = "more" | "lost" | "contradiction" | "too-long" | "no-room";

const NOTHING = new Uint8Array(0);
/** The first buffer of an APDU, octets: most need no second. */
const FIRST_BUFFER_BYTES = 8_192;

/**
 * Collects the fragments of one APDU at a time. They are copied: kept as they come, fragments of one octet each would
 * hold hundreds of octets of packets and objects for each.
 */
export class Reassembler {
  readonly #maxApdu: number;
  readonly #budget: ReceiveBudget;
  #firstSqn: Sqn = 0;
  #apduLength = 0;
  #received = 0;
  #parts = 0;
  /** The octets received, at the head of a buffer that grows with them. */
  #apdu = NOTHING;
  #state: "idle" | "collecting" | "broken" = "idle";

  constructor(maxApdu: number, budget: ReceiveBudget) {
    this.#maxApdu = maxApdu;
    this.#budget = budget;
  }

  /** The first sequence number of the APDU that is being collected, if there is one. */
  get partial(): Sqn | undefined {
    return this.#state === "collecting" ? this.#firstSqn : undefined;
  }

  /** Whether no fragment is waited for. */
  get idle(): boolean {
    return this.#state === "idle";
  }

  /** Whether an APDU is known to be incomplete while more of its fragments may still come. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /** What the octets collected so far cost. */
  get bytes(): number {
    return this.#apdu.length;
  }

  /** How many fragments were collected so far. */
  get parts(): number {
    return this.#parts;
  }

  /** A number of the stream is lost: what was collected so far is of no use, nor is what still comes of it. */
  break(): void {
    if (this.#state === "collecting") this.#drop("broken");
  }

  /** An unfragmented APDU comes: whatever was collected ends here. */
  end(): void {
    this.#drop("idle");
  }

  /** Takes the next fragment. Gives the whole APDU when this was its last fragment, else what became of it. */
  add(sqn: Sqn, fragment: Fragment, payload: Uint8Array): Uint8Array | FragmentFate {
    if (fragment.offset === 0 && fragment.firstSqn === sqn) {
      this.#drop("idle");
      if (fragment.apduLength > this.#maxApdu) return this.#fail("too-long", fragment, payload);
      this.#state = "collecting";
      this.#firstSqn = fragment.firstSqn;
      this.#apduLength = fragment.apduLength;
    }
    if (!this.#continues(fragment)) {
      return this.#fail(this.#state === "collecting" ? "contradiction" : "lost", fragment, payload);
    }
    if (!this.#reserve(this.#received + payload.length)) return this.#fail("no-room", fragment, payload);
    this.#apdu.set(payload, this.#received);
    this.#received += payload.length;
    this.#parts++;
    if (this.#received < this.#apduLength) return "more";
    const apdu = this.#apdu;
    assert(apdu.length === this.#apduLength, "the buffer of a whole APDU is full");
    this.#drop("idle");
    return apdu;
  }

  /** Makes room for `octets` in all; each octet is copied twice at most on the average. Gives whether there is room. */
  #reserve(octets: number): boolean {
    const old = this.#apdu.length;
    if (octets <= old) return true;
    const size = Math.min(this.#apduLength, Math.max(octets, 2 * old, FIRST_BUFFER_BYTES));
    if (size - old > this.#budget.bytes) return false;
    this.#budget.bytes -= size - old;
    const apdu = new Uint8Array(size);
    apdu.set(this.#apdu.subarray(0, this.#received));
    this.#apdu = apdu;
    return true;
  }

  #continues(fragment: Fragment): boolean {
    return this.#state === "collecting" && fragment.firstSqn === this.#firstSqn &&
      fragment.apduLength === this.#apduLength && fragment.offset === this.#received;
  }

  #fail(fate: FragmentFate, fragment: Fragment, payload: Uint8Array): FragmentFate {
    this.#drop(fragment.offset + payload.length === fragment.apduLength ? "idle" : "broken");
    return fate;
  }

  #drop(state: "idle" | "broken"): void {
    this.#state = state;
    this.#budget.bytes += this.#apdu.length;
    this.#apdu = NOTHING;
    this.#received = 0;
    this.#parts = 0;
  }
}
