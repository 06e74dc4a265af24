/**
 * What sources send: up to three streams each while faults act, of tiny, usual or many-fragment messages, paced or all
 * at once; and a few messages when the network has healed, without which a receiver that lost the end of everything
 * would never learn of it.
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";
import { type Dice, durationText, ms } from "./dice.ts";
import type { DrawnSource } from "./draw_parameters.ts";
import type { EntryData } from "./scenario_data.ts";

/** Packets that a source may send before the network has healed: runs must be short. */
const MOST_PACKETS = 400;
/** Octets, as a share of what the source's rate allows in a second. */
const MOST_SECONDS = 3;
const MOST_FRAGMENTS = 20;
const MOST_MESSAGE = 60_000;

/** The streams of a source before `healed`. */
export function drawTraffic(dice: Dice, name: string, drawn: DrawnSource, healed: Instant): EntryData[] {
  const streams = dice.fork("streams").pick([1, 1, 1, 2, 3]);
  return Array.from({ length: streams }, (_, i) => {
    const own = dice.fork(`stream/${i}`);
    return drawStream(own, { name, drawn, healed, packets: Math.floor(MOST_PACKETS / streams) });
  });
}

/** A few messages at `at`, when no fault is left. */
export function drawFinale(dice: Dice, name: string, drawn: DrawnSource, at: Instant): EntryData {
  const messages = dice.fork("messages").int(1, 4);
  const bytes = dice.fork("bytes").spread(1, Math.min(drawn.maxTsdu, 1_000));
  const send = { from: name, messages, bytes, every: durationText(dice.fork("every").spread(ms(1), ms(100))) };
  return { at: durationText(at), send };
}

interface StreamRoom {
  readonly name: string;
  readonly drawn: DrawnSource;
  readonly healed: Instant;
  readonly packets: number;
}

function drawStream(dice: Dice, { name, drawn, healed, packets }: StreamRoom): EntryData {
  const bytes = drawBytes(dice.fork("bytes"), drawn);
  const largest = typeof bytes === "number" ? bytes : bytes[1];
  const octets = drawn.bitsPerSecond / 8 * MOST_SECONDS;
  const room = Math.min(packets / Math.ceil(largest / drawn.maxTsdu), octets / (largest + 100));
  const messages = dice.fork("messages").spread(1, Math.max(1, Math.floor(room)));
  const begin = dice.fork("at");
  const at = begin.chance(0.6) ? 0 : begin.int(0, Math.floor(healed / 2));
  const send: Record<string, unknown> = { from: name, messages, bytes };
  const pace = dice.fork("pace");
  const span = Math.floor((healed - at) / messages);
  const mode = pace.pick(["every", "every", "rate", "burst"]);
  if (mode === "every") send["every"] = durationText(pace.spread(Math.max(1, Math.floor(span / 8)), span));
  if (mode === "rate") send["rate"] = `${pace.pick([1, 2]) * drawn.bitsPerSecond}bps`;
  return { at: durationText(at), send };
}

/** One length or a range of lengths; no message needs more than a window. */
function drawBytes(dice: Dice, { maxTsdu, txwMaxSqns }: DrawnSource): number | [number, number] {
  const most = Math.min(MOST_MESSAGE, maxTsdu * Math.min(MOST_FRAGMENTS, txwMaxSqns));
  switch (dice.pick(["tiny", "packet", "packet", "fragments", "range"])) {
    case "tiny":
      return dice.int(1, Math.min(most, 20));
    case "packet":
      return dice.spread(1, Math.min(most, maxTsdu));
    case "fragments":
      return dice.spread(Math.min(most, maxTsdu + 1), most);
    default: {
      const largest = dice.spread(1, most);
      return [dice.int(1, largest), largest];
    }
  }
}
