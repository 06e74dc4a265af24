/**
 * Specific polls between those that count (RFC 3208, sections 14.3.2 and 14.4).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, NEVER, parseNla, prngFromSeed, seconds } from "../../../engine/mod.ts";
import { PARENT_DEFAULTS, type ParentConfig } from "../../../engine/poll/parent_config.ts";
import { PopulationPolls } from "../../../engine/poll/population.ts";

const CHILD = parseNla("10.0.0.9")!;
/** A search for repairers: all of them reply within 50 ms, and a round trip is 500 ms. */
const SEARCH = { subType: 1, bits: 0, boIvl: ms(50), expected: 1 } as const;
const OVER = ms(550);

function polling(config: Partial<ParentConfig> = {}): PopulationPolls {
  const all = { ...PARENT_DEFAULTS, pollIvl: seconds(10), pollBits: 0, pollReplies: 2, pollAbort: 4, ...config };
  return new PopulationPolls(0, all, prngFromSeed(1));
}

Deno.test("PopulationPolls: a search begins at once when nobody is counted, and counts nobody", () => {
  const polls = polling({ pollIvl: 0 });
  assertEquals(polls.nextTimeout(), NEVER);
  polls.search(SEARCH);
  const { sqn, subType, mask } = polls.poller.shift(seconds(1));
  assertEquals([sqn, subType, mask], [1, 1, 0]);
  assertEquals([polls.searching, polls.reply(CHILD, sqn, 0)], [true, "counted"]);
  assertEquals(polls.expire(seconds(1) + OVER - 1, ms(50)), undefined);
  assertEquals(polls.searching, true);
  assertEquals(polls.nextTimeout(), seconds(1) + OVER);
  assertEquals(polls.expire(seconds(1) + OVER, ms(50)), undefined);
  assertEquals([polls.searching, polls.population, polls.nextTimeout()], [false, undefined, NEVER]);
});

Deno.test("PopulationPolls: a search waits for the end of the poll that counts, whose replies it would cancel", () => {
  const polls = polling();
  polls.expire(seconds(10), ms(50));
  const { sqn } = polls.poller.shift(seconds(10));
  polls.search(SEARCH);
  assertEquals([polls.searching, polls.poller.due], [false, false]);
  polls.reply(CHILD, sqn, 0);
  const end = polls.nextTimeout();
  assertEquals(polls.expire(end, ms(50))?.estimate, 1);
  assertEquals([polls.searching, polls.poller.due], [true, true]);
  assertEquals(polls.poller.shift(end).sqn, sqn + 1);
  polls.expire(end + OVER, ms(50));
  // The time to the next count is what it would have been.
  assertEquals([polls.searching, polls.population, polls.nextTimeout()], [false, 1, seconds(20)]);
});

Deno.test("PopulationPolls: too many that are found end the search, and the number of children stays known", () => {
  const polls = polling();
  polls.expire(seconds(10), ms(50));
  polls.reply(CHILD, polls.poller.shift(seconds(10)).sqn, 0);
  const end = polls.nextTimeout();
  polls.expire(end, ms(50));
  polls.search(SEARCH);
  const { sqn } = polls.poller.shift(end);
  const outcomes = [1, 2, 3, 4].map((i) => polls.reply(parseNla(`10.0.0.${i}`)!, sqn, 0));
  assertEquals(outcomes, ["counted", "counted", "counted", "aborted"]);
  assertEquals(polls.poller.shift(end).mask, 0xffff_ffff);
  polls.expire(end + OVER, ms(50));
  assertEquals([polls.searching, polls.population, polls.nextTimeout()], [false, 1, seconds(20)]);
});

Deno.test("PopulationPolls: no search begins after the session has ended", () => {
  const polls = polling();
  polls.expire(seconds(10), ms(50));
  polls.poller.shift(seconds(10));
  polls.search(SEARCH);
  polls.stop();
  assertEquals([polls.expire(seconds(99), ms(50)), polls.poller.due, polls.nextTimeout()], [undefined, false, NEVER]);
});
