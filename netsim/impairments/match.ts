/**
 * Impairments that choose: an exact list of losses ({@link MatchedLoss}), and the limits in kind ({@link When}) and
 * in time ({@link Scheduled}) that any other impairment can be given.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import type { Datagram } from "../../engine/base/datagram.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

/** Whether a rule speaks of a datagram. Must depend on the datagram only. */
export type DatagramMatch = (datagram: Datagram) => boolean;

/** Drops the matching datagrams number `first`, ... `first + count - 1`, counted from 1 as they come by. */
export class MatchedLoss implements Impairment {
  readonly #matches: DatagramMatch;
  readonly #first: number;
  /** The number of the first datagram that passes again. */
  readonly #end: number;
  readonly #reason: string;
  #seen = 0;

  /** `first` is at least 1; `count` may be `Infinity`; `reason` is what the trace says of each loss. */
  constructor(matches: DatagramMatch, first: number, count: number, reason: string) {
    assert(Number.isSafeInteger(first) && first >= 1, `first ${first} must be an integer of at least 1`);
    assert(
      count === Infinity || (Number.isSafeInteger(count) && count >= 0),
      `count ${count} must be an integer of at least 0, or Infinity`,
    );
    this.#matches = matches;
    this.#first = first;
    this.#end = first + count;
    this.#reason = reason;
  }

  apply(_now: Instant, datagram: Datagram, fate: Fate): void {
    if (this.#seen + 1 >= this.#end || !this.#matches(datagram)) return;
    this.#seen++;
    if (this.#seen >= this.#first) fate.dropped = this.#reason;
  }
}

/** Applies an impairment to the matching datagrams only; the impairment does not see the others. */
export class When implements Impairment {
  readonly #matches: DatagramMatch;
  readonly #impairment: Impairment;

  /** `matches` decides for each datagram before `impairment` sees it. */
  constructor(matches: DatagramMatch, impairment: Impairment) {
    this.#matches = matches;
    this.#impairment = impairment;
  }

  apply(now: Instant, datagram: Datagram, fate: Fate): void {
    if (this.#matches(datagram)) this.#impairment.apply(now, datagram, fate);
  }
}

/** Applies an impairment from `from` on and before `until` only; the impairment does not see what comes by outside. */
export class Scheduled implements Impairment {
  readonly #from: Instant;
  readonly #until: Instant;
  readonly #impairment: Impairment;

  /** `until` may be `NEVER`. */
  constructor(from: Instant, until: Instant, impairment: Impairment) {
    assert(from <= until, `from ${from} must not be after until ${until}`);
    this.#from = from;
    this.#until = until;
    this.#impairment = impairment;
  }

  apply(now: Instant, datagram: Datagram, fate: Fate): void {
    if (now >= this.#from && now < this.#until) this.#impairment.apply(now, datagram, fate);
  }
}
