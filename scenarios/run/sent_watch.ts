/**
 * Watches the packets that nodes put on the network for the expectations about them: how many, when, how far apart.
 *
 * @module
 */

import { type Datagram, formatDuration, type Instant, type Tsi } from "../../engine/mod.ts";
import { compileMatch } from "./match.ts";
import type { Bounds, ExpectationPlan, SentPlan } from "../plan.ts";

/** The expectations about packets that are sent. */
export type SentExpectation = Extract<ExpectationPlan, { readonly sent: SentPlan }>;

/** Watches on behalf of one expectation. */
export class SentWatch {
  readonly #sent: SentPlan;
  readonly #matches: (datagram: Datagram) => boolean;
  readonly #from: ReadonlySet<number>;
  readonly #tally: Tally;

  /** `tsiOf` gives the session of a source node. */
  constructor(expectation: SentExpectation, tsiOf: (node: number) => Tsi) {
    this.#sent = expectation.sent;
    this.#matches = compileMatch(expectation.sent.match, expectation.sent.match.sources.map(tsiOf));
    this.#from = new Set(expectation.sent.from);
    this.#tally = tallyOf(expectation);
  }

  /** A node puts a packet of its own on the network. */
  sent(at: Instant, node: number, datagram: Datagram): void {
    if (at < this.#sent.after || at >= this.#sent.before) return;
    if (this.#from.size > 0 && !this.#from.has(node)) return;
    if (this.#matches(datagram)) this.#tally.add(at);
  }

  /** What was found instead of what is expected; empty if it holds. */
  failure(): string {
    return this.#tally.failure();
  }
}

/** Adds up the instants of the packets of one expectation. */
interface Tally {
  add(at: Instant): void;
  failure(): string;
}

function tallyOf(expectation: SentExpectation): Tally {
  switch (expectation.kind) {
    case "sent":
      return new Count(expectation.count);
    case "times":
      return new Times(expectation.are, expectation.within);
    case "spacing":
      return new Spacing(expectation.bounds);
  }
}

class Count implements Tally {
  readonly #bounds: Bounds;
  #count = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  add(): void {
    this.#count++;
  }

  failure(): string {
    const { atLeast, atMost } = this.#bounds;
    return this.#count >= atLeast && this.#count <= atMost ? "" : `${this.#count}`;
  }
}

class Times implements Tally {
  readonly #are: readonly Instant[];
  readonly #within: Instant;
  #count = 0;
  /** The first packet that is not where it should be. */
  #stray = "";

  constructor(are: readonly Instant[], within: Instant) {
    this.#are = are;
    this.#within = within;
  }

  add(at: Instant): void {
    const expected = this.#are[this.#count++];
    if (this.#stray !== "") return;
    if (expected === undefined) this.#stray = `another at ${formatDuration(at)}`;
    else if (Math.abs(at - expected) > this.#within) {
      this.#stray = `one at ${formatDuration(at)} instead of ${formatDuration(expected)}`;
    }
  }

  failure(): string {
    if (this.#stray !== "") return this.#stray;
    const missing = this.#are[this.#count];
    return missing === undefined ? "" : `none at ${formatDuration(missing)}`;
  }
}

class Spacing implements Tally {
  readonly #bounds: Bounds;
  #last: Instant | undefined = undefined;
  #distances = 0;
  #wrong = "";

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  add(at: Instant): void {
    if (this.#last !== undefined) {
      const distance = at - this.#last;
      this.#distances++;
      const { atLeast, atMost } = this.#bounds;
      if (this.#wrong === "" && (distance < atLeast || distance > atMost)) {
        this.#wrong = `${formatDuration(distance)} before the one at ${formatDuration(at)}`;
      }
    }
    this.#last = at;
  }

  failure(): string {
    if (this.#wrong !== "") return this.#wrong;
    return this.#distances === 0 ? "fewer than two packets" : "";
  }
}
