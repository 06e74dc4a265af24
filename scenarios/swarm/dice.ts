/**
 * Draws for scenarios: integers, quantities with their units, choices. Each thing that is drawn has a stream of its
 * own, forked by name, so that a new ingredient does not move what the others draw.
 *
 * @module
 */

import { chanceThreshold, type Instant, type Prng } from "../../engine/mod.ts";
import { DURATION, type DurationText, formatQuantity, RATE, type RateText, type ShareText } from "../language/units.ts";

/** A named stream of draws. */
export class Dice {
  readonly #random: Prng;

  /** Draws from `random`. */
  constructor(random: Prng) {
    this.#random = random;
  }

  /** The stream of something, by its name. */
  fork(name: string): Dice {
    return new Dice(this.#random.fork(name));
  }

  /** True with the probability `share`, 0 .. 1. */
  chance(share: number): boolean {
    return this.#random.chance(chanceThreshold(share));
  }

  /** An integer in `least ..= most`, all alike. */
  int(least: number, most: number): number {
    return least + this.#random.below(most - least + 1);
  }

  /** An integer in `least ..= most`, `least` at least 1, every order of magnitude alike, two digits long. */
  spread(least: number, most: number): number {
    const octaves = [least];
    while (octaves.at(-1)! * 2 <= most) octaves.push(octaves.at(-1)! * 2);
    const low = this.pick(octaves);
    const value = this.int(low, Math.min(most, low * 2 - 1));
    let unit = 1;
    while (unit * 100 <= value) unit *= 10;
    return Math.max(least, value - value % unit);
  }

  /** One of several values. */
  pick<T>(values: readonly T[]): T {
    return values[this.#random.below(values.length)]!;
  }

  /** Each of the values with the probability `share`; one at least. */
  some<T>(values: readonly T[], share: number): T[] {
    const chosen = values.filter(() => this.chance(share));
    return chosen.length > 0 ? chosen : [this.pick(values)];
  }

  /** `count` different values, in their order. */
  several<T>(values: readonly T[], count: number): T[] {
    let left = values.length;
    let wanted = count;
    return values.filter(() => {
      const chosen = this.int(1, left) <= wanted;
      left--;
      if (chosen) wanted--;
      return chosen;
    });
  }

  /** A duration between two, every order of magnitude alike. */
  duration(least: Instant, most: Instant): DurationText {
    return durationText(this.spread(least, most));
  }

  /** A rate of whole bytes per second between two in bit/s, every order of magnitude alike. */
  rate(least: number, most: number): RateText {
    return formatQuantity(RATE, 8 * this.spread(least / 8, most / 8)) as RateText;
  }

  /** A share between two, in whole per mille. */
  share(least: number, most: number): ShareText {
    return `${this.int(Math.ceil(least * 1000), Math.floor(most * 1000)) / 10}%`;
  }
}

/** A duration as text. */
export function durationText(duration: Instant): DurationText {
  return duration === 0 ? "0s" : formatQuantity(DURATION, duration) as DurationText;
}

/** Milliseconds in ns. */
export function ms(count: number): Instant {
  return count * 1_000_000;
}

/** Seconds in ns. */
export function seconds(count: number): Instant {
  return count * 1_000_000_000;
}
