/**
 * A run as a time ladder for people: who sent, dropped, missed, asked, kept quiet and repaired what, in order. What
 * several nodes do at one instant is one line.
 *
 * @module
 */

import type { Instant } from "../engine/mod.ts";

/** Marks of the receiver's NAK machine, in words; those that are not here would repeat another line. */
const MARKS: Readonly<Record<string, string>> = {
  REORDER: "misses SQN",
  WAIT_SPM: "waits for an SPM to ask for SQN",
  BACK_OFF: "backs off before a NAK for SQN",
  WAIT_DATA: "hears the NCF, waits for SQN",
  CANCELLED: "gives up SQN",
};

const NAME_WIDTH = 14;

/** Writes the lines of one run to a sink. */
export class Ladder {
  readonly #sink: (line: string) => void;
  #at: Instant = -1;
  #lines = new Map<string, string[]>();

  constructor(sink: (line: string) => void) {
    this.#sink = sink;
  }

  /** Something happened at a node. */
  event(at: Instant, node: string, text: string): void {
    if (at !== this.#at) this.flush();
    this.#at = at;
    const nodes = this.#lines.get(text);
    if (nodes === undefined) this.#lines.set(text, [node]);
    else nodes.push(node);
  }

  /** A state transition at a node. */
  mark(at: Instant, node: string, mark: string, sqn: number): void {
    const words = MARKS[mark];
    if (words !== undefined) this.event(at, node, `${words} ${sqn}`);
  }

  /** Writes what is still held back; to be called at the end. */
  flush(): void {
    for (const [text, nodes] of this.#lines) {
      const time = (this.#at / 1e6).toFixed(3).padStart(12);
      this.#sink(`${time} ms  ${summarise(nodes).padEnd(NAME_WIDTH)}  ${text}`);
    }
    this.#lines = new Map();
  }
}

/** `member-3`, or `48 x member` for members of a group. */
function summarise(nodes: readonly string[]): string {
  const first = nodes[0]!;
  if (nodes.length === 1) return first;
  const group = first.replace(/-\d+$/, "");
  const same = nodes.every((node) => node.replace(/-\d+$/, "") === group);
  return same ? `${nodes.length} x ${group}` : `${first} + ${nodes.length - 1}`;
}
