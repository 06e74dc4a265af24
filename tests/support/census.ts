/**
 * A parent that counts its children, and the children, without a network: replies arrive when they are sent.
 *
 * @module
 */

import { type Instant, NEVER, type Nla, parseNla, type PollValue, prngFromSeed } from "../../engine/mod.ts";
import { PARENT_DEFAULTS, type ParentConfig } from "../../engine/poll/parent_config.ts";
import { type Census, PopulationPolls } from "../../engine/poll/population.ts";
import { PollResponder } from "../../engine/poll/responder.ts";

const PARENT = parseNla("10.0.0.1")!;

/** Polls `children` children until the parent has counted them `times` times. */
export function census(
  children: number,
  options: { readonly seed: number; readonly times?: number; readonly config?: Partial<ParentConfig> },
): Census[] {
  const { seed, times = 1, config } = options;
  const all = { ...PARENT_DEFAULTS, pollIvl: 60_000_000_000, ...config };
  const random = prngFromSeed(seed);
  const polls = new PopulationPolls(0, all, random.fork("parent"));
  const responders = Array.from({ length: children }, (_, i) => {
    const own = random.fork(`child/${i}`);
    return { nla: addressOf(i), responder: new PollResponder(own.fork("node-id").u32(), [0], own.fork("polr")) };
  });
  const counted: Census[] = [];
  let now: Instant = 0;
  for (;;) {
    now = polls.nextTimeout();
    if (now === NEVER) return counted;
    const result = polls.expire(now, all.nakBoIvl);
    if (result !== undefined) counted.push(result);
    if (counted.length === times) return counted;
    while (polls.poller.due) {
      const poll: PollValue = { type: "POLL", ...SESSION, ...polls.poller.shift(now), pathNla: PARENT, options: [] };
      for (const { responder } of responders) responder.take(now, 0, poll);
      now = replyUntilAborted(polls, responders);
    }
  }
}

const SESSION = { sourcePort: 1, destinationPort: 2, gsi: 3 };

interface Child {
  readonly nla: Nla;
  readonly responder: PollResponder;
}

/** The replies in the order of time, until there are too many of them; gives when the last was sent. */
function replyUntilAborted(polls: PopulationPolls, children: readonly Child[]): Instant {
  const due = children.filter(({ responder }) => responder.nextTimeout() !== NEVER);
  due.sort((a, b) => a.responder.nextTimeout() - b.responder.nextTimeout());
  let now = 0;
  for (const { nla, responder } of due) {
    now = responder.nextTimeout();
    for (const { sqn, round } of responder.expire(now)) {
      if (polls.reply(nla, sqn, round) === "aborted") return now;
    }
  }
  return now;
}

function addressOf(i: number): Nla {
  return parseNla(`10.1.${i >> 8}.${i & 0xff}`)!;
}

/** The mean and the standard deviation of a sample. */
export function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
