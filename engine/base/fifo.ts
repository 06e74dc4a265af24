/**
 * First in, first out, in constant time however many wait: `Array.shift` moves everything behind.
 *
 * @module
 */

/** How many places in front may be empty before they are given up. */
const MAX_EMPTY = 1024;

/** A queue. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  /** How many wait. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** What waits longest, or `undefined`. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** Puts an item at the end. */
  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes out what waits longest, or gives `undefined`. */
  shift(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head++;
    if (this.#head >= MAX_EMPTY && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
