/**
 * What segments count. A transmission makes one copy for each other attachment of the segment (one in all when it is
 * unicast), and whatever befalls it before it reaches the medium befalls all these copies. At every moment
 * `made = delivered + filtered + dropped + inFlight`.
 *
 * The counters of all segments are rows of one typed array: what is touched for every copy lies together.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";

const MADE = 0;
const IN_FLIGHT = 1;
const DELIVERED = 2;
const FILTERED = 3;
const DROPPED = 4;
const DUPLICATED = 5;
/** From here on two for each class: datagrams and octets. */
const SENT = 6;

const NO_REASONS: ReadonlyMap<string, number> = new Map();

/** What became of the copies that were made on a segment. */
export interface Conservation {
  /** Copies made by transmissions and by duplication. */
  readonly made: number;
  /** Taken in by an endpoint or by a router. */
  readonly delivered: number;
  /** Arrived where nobody wants them: group not joined, another's address, off the tree. */
  readonly filtered: number;
  /** Lost, by whatever reason. */
  readonly dropped: number;
  /** Queued, on the medium, or held back by an impairment. */
  readonly inFlight: number;
}

/** The counters of all segments, by segment id. */
export class Counters {
  readonly #width: number;
  readonly #classes: number;
  /** Where nothing was dropped there is no map. */
  readonly #reasons: (Map<string, number> | undefined)[] = [];
  #rows = new Float64Array(64);

  /** No segments yet; each will count by `classes` classes. */
  constructor(classes: number) {
    this.#classes = classes;
    this.#width = SENT + 2 * classes;
  }

  /** Adds the row of the next segment. */
  add(): SegmentStats {
    const end = this.#reasons.push(undefined) * this.#width;
    if (end > this.#rows.length) {
      const rows = new Float64Array(2 * end);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    return new SegmentStats(this, this.#reasons.length - 1);
  }

  /** A datagram is put on the medium. */
  send(segment: number, classIndex: number, bytes: number): void {
    assert(classIndex >= 0 && classIndex < this.#classes, "a datagram is of a class that does not exist");
    const at = segment * this.#width + SENT + 2 * classIndex;
    this.#rows[at]! += 1;
    this.#rows[at + 1]! += bytes;
  }

  /** Copies leave. */
  make(segment: number, copies: number): void {
    const row = segment * this.#width;
    this.#rows[row + MADE]! += copies;
    this.#rows[row + IN_FLIGHT]! += copies;
  }

  /** An impairment makes further copies. */
  duplicate(segment: number, copies: number): void {
    this.make(segment, copies);
    this.#rows[segment * this.#width + DUPLICATED]! += copies;
  }

  /** A copy is taken in. */
  deliver(segment: number): void {
    const row = segment * this.#width;
    this.#rows[row + DELIVERED]! += 1;
    this.#rows[row + IN_FLIGHT]! -= 1;
  }

  /** Copies arrive where nobody wants them. */
  filter(segment: number, copies: number): void {
    const row = segment * this.#width;
    this.#rows[row + FILTERED]! += copies;
    this.#rows[row + IN_FLIGHT]! -= copies;
  }

  /** Copies are lost. */
  drop(segment: number, copies: number, reason: string): void {
    const row = segment * this.#width;
    this.#rows[row + DROPPED]! += copies;
    this.#rows[row + IN_FLIGHT]! -= copies;
    const reasons = this.#reasons[segment] ?? new Map<string, number>();
    this.#reasons[segment] = reasons;
    reasons.set(reason, (reasons.get(reason) ?? 0) + copies);
  }

  /** Reads one counter. */
  read(segment: number, counter: number): number {
    const value = this.#rows[segment * this.#width + counter];
    assert(value !== undefined && counter < this.#width, `segment ${segment} has no counter ${counter}`);
    return value;
  }

  /** Dropped copies by reason. */
  reasons(segment: number): ReadonlyMap<string, number> {
    return this.#reasons[segment] ?? NO_REASONS;
  }
}

/** Reads the counters of one segment. */
export class SegmentStats {
  readonly #counters: Counters;
  readonly #segment: number;

  /** Reads the row of `segment`. */
  constructor(counters: Counters, segment: number) {
    this.#counters = counters;
    this.#segment = segment;
  }

  /** Datagrams of a class that were put on the medium. */
  packets(classIndex: number): number {
    return this.#counters.read(this.#segment, SENT + 2 * classIndex);
  }

  /** Octets of a class that were put on the medium, with IP headers. */
  bytes(classIndex: number): number {
    return this.#counters.read(this.#segment, SENT + 2 * classIndex + 1);
  }

  /** Copies that impairments made. */
  get duplicated(): number {
    return this.#counters.read(this.#segment, DUPLICATED);
  }

  /** Dropped copies by reason. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#counters.reasons(this.#segment);
  }

  /** Where all copies are. */
  conservation(): Conservation {
    const read = (counter: number): number => this.#counters.read(this.#segment, counter);
    return {
      made: read(MADE),
      delivered: read(DELIVERED),
      filtered: read(FILTERED),
      dropped: read(DROPPED),
      inFlight: read(IN_FLIGHT),
    };
  }
}
