/**
 * The polls of a source (RFC 3208, section 14.4).
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  type Instant,
  ms,
  type OptionOf,
  type PollValue,
  prngFromSeed,
  seconds,
  type Source,
  type SourceConfig,
  us,
} from "../../../engine/mod.ts";
import { Poller } from "../../../engine/poll/poller.ts";
import { QUIET, send, sourceBench } from "../../support/benches.ts";
import { GROUP, nak, nla, only, polr, type Rig, type Said, SOURCE } from "../../support/rig.ts";

/** Polls every 10 s; a round takes NAK_BO_IVL and another half a second. */
const POLLS: Partial<SourceConfig> = { ...QUIET, pollIvl: seconds(10), pollBits: 6, pollWait: ms(500) };

function polling(config: Partial<SourceConfig> = {}): Rig<Source> {
  const rig = sourceBench({ ...POLLS, ...config }).at(0);
  rig.said();
  return rig;
}

/** Goes on until the next POLL. */
function nextPoll(rig: Rig<Source>): PollValue {
  for (;;) {
    const [poll] = only(rig.at(rig.endpoint.nextTimeout()).said(), "POLL");
    if (poll !== undefined) return poll;
  }
}

/** Children reply to a poll at once. */
function replied(rig: Rig<Source>, { sqn, round }: { sqn: number; round: number }, children: number): Rig<Source> {
  for (let i = 0; i < children; i++) {
    rig.hears(polr({ sqn, round }), { source: nla(`10.0.${1 + (i >> 8)}.${i & 0xff}`), destination: SOURCE });
  }
  return rig;
}

function bits({ mask }: PollValue): number {
  return [...mask.toString(2)].filter((bit) => bit === "1").length;
}

/** The source until it has counted so many children: a search without a mask, and every one replies. */
function counted(children: number, config: Partial<SourceConfig> = {}): Rig<Source> {
  const rig = polling({ pollBits: 0, pollReplies: 1_000, pollAbort: 2_000, nakBoIvlOn: "NCF+SPM", ...config });
  replied(rig, nextPoll(rig), children).at(rig.now + seconds(3));
  assertEquals(rig.endpoint.gauges(rig.now).population, children);
  rig.said();
  return rig;
}

/** OPT_NAK_BO_IVL of the SPM that an SPMR asks for. */
function advertised(rig: Rig<Source>): Omit<OptionOf<"NAK_BO_IVL">, "type"> {
  rig.hears({ type: "SPMR", sourcePort: 7500, destinationPort: 0x1234, gsi: 0x52aa_a6ae_cb1a, options: [] });
  const [spm] = only(rig.said(), "SPM");
  const option = spm!.options.find((each) => each.type === "NAK_BO_IVL")!;
  return { ivlUs: option.ivlUs, pollSqn: option.pollSqn };
}

Deno.test("Source: without pollIvl nobody is polled", () => {
  const rig = polling({ pollIvl: 0 });
  assertEquals(only(rig.at(seconds(900)).said(), "POLL"), []);
});

Deno.test("Source: polls begin pollIvl after it and are as far apart", () => {
  const rig = polling({ pollBits: 0 });
  const times: Instant[] = [];
  for (let i = 0; i < 3; i++) {
    nextPoll(rig);
    times.push(rig.now);
  }
  assertEquals(times, [seconds(10), seconds(20), seconds(30)]);
  const again = polling({ pollBits: 0 });
  assertEquals(only(again.at(seconds(10) - 1).said(), "POLL"), []);
  assertEquals(only(again.at(seconds(10)).said(), "POLL").length, 1);
  again.endpoint.handleTimeout(again.now);
  again.saysNothing();
});

Deno.test("Source: a POLL goes to the group from the source, with Router Alert, and names its interface", () => {
  const rig = polling({ iface: 1 });
  const said = (): Said[] => rig.at(rig.endpoint.nextTimeout()).said();
  const [{ datagram, value, iface }] = said() as [Said];
  assertEquals([datagram.source, datagram.destination, datagram.routerAlert], [nla("10.1.0.1"), GROUP, true]);
  assertEquals([iface, (value as PollValue).pathNla, (value as PollValue).subType], [1, nla("10.1.0.1"), 0]);
  assertEquals([...datagram.bytes.subarray(22, 24)], [0, 0]);
});

Deno.test("Source: the rounds of a poll count from 0; the next poll has the next number and round 0 [POLL-006, POLL-018]", () => {
  const rig = polling();
  const polls = [1, 2, 3, 4, 5, 6].map(() => nextPoll(rig));
  assertEquals(polls.map(({ sqn, round }) => [sqn, round]), [[1, 0], [1, 1], [1, 2], [2, 0], [3, 0], [4, 0]]);
  // Nobody replies: each round asks more of them, until all are asked.
  assertEquals(polls.map(bits), [6, 3, 0, 0, 0, 0]);
});

Deno.test("Source: the search for the number of children begins with few of them [POLL-018]", () => {
  const rig = polling({ pollBits: 20 });
  assertEquals(bits(nextPoll(rig)), 20);
  assertEquals(bits(nextPoll(rig)), 17);
  // Four replies at 1/2^17: half a million children, of which 32 are to reply.
  replied(rig, { sqn: 1, round: 1 }, 4);
  assertEquals(bits(nextPoll(rig)), 14);
});

Deno.test("Source: POLL_BO_IVL is the longest while the number is unknown, then NAK_BO_IVL [POLL-008, POLL-009]", () => {
  const rig = polling({ nakBoIvlMax: ms(1_500), nakBoIvl: ms(40), pollReplies: 16 });
  const first = nextPoll(rig);
  replied(rig, first, 16);
  const second = nextPoll(rig);
  replied(rig, second, 16);
  assertEquals([first.boIvlUs, second.boIvlUs, nextPoll(rig).boIvlUs], [1_500_000, 40_000, 40_000]);
});

Deno.test("Source: POLL_RAND is another each time [POLL-010]", () => {
  const rig = polling();
  const rands = Array.from({ length: 20 }, () => nextPoll(rig).rand);
  assertEquals(new Set(rands).size, 20);
});

Deno.test("Source: replies count until POLL_BO_IVL and a round trip are over, then there is another round [POLL-015]", () => {
  const rig = polling({ pollBits: 2, pollReplies: 16 });
  const poll = nextPoll(rig);
  const end = rig.now + us(poll.boIvlUs) + ms(500);
  const due = rig.endpoint.nextTimeout();
  assertEquals(due, end);
  replied(rig.at(end - 1), poll, 4).saysNothing();
  assertEquals(only(rig.at(end).said(), "POLL").length, 1);
  replied(rig, poll, 16);
  const { polrs, polrsLate } = rig.endpoint.stats;
  assertEquals({ polrs, polrsLate }, { polrs: 4, polrsLate: 16 });
});

Deno.test("Source: replies to other polls or rounds, before the first poll, or of another session do not count [POLL-015]", () => {
  const rig = polling({ pollBits: 0 });
  replied(rig, { sqn: 1, round: 0 }, 1);
  replied(rig, { sqn: 0, round: 0 }, 1);
  const poll = nextPoll(rig);
  for (const other of [{ sqn: 2, round: 0 }, { sqn: 0, round: 0 }, { sqn: 1, round: 1 }]) replied(rig, other, 5);
  rig.hears({ ...polr({ sqn: 1 }), gsi: 1 }, { source: nla("10.0.0.9"), destination: SOURCE });
  replied(rig, poll, 3);
  nextPoll(rig);
  const { polrs, polrsLate, foreign } = rig.endpoint.stats;
  assertEquals({ polrs, polrsLate, foreign }, { polrs: 3, polrsLate: 17, foreign: 1 });
  assertEquals(rig.endpoint.gauges(rig.now).population, 3);
});

Deno.test("Source: a child that replies twice counts once", () => {
  const rig = polling({ pollBits: 0 });
  const poll = nextPoll(rig);
  replied(replied(rig, poll, 5), poll, 7);
  nextPoll(rig);
  assertEquals([rig.endpoint.stats.polrs, rig.endpoint.stats.polrsRepeated], [7, 5]);
  assertEquals(rig.endpoint.gauges(rig.now).population, 7);
});

Deno.test("Source: 15 replies to a mask of two bits are 60 children [POLL-016]", () => {
  const rig = polling({ pollBits: 2, pollReplies: 16 });
  replied(rig, nextPoll(rig), 15);
  const measuring = nextPoll(rig);
  assertEquals(bits(measuring), 2);
  assertEquals(rig.endpoint.gauges(rig.now).population, undefined);
  replied(rig, measuring, 15);
  nextPoll(rig);
  assertEquals(rig.endpoint.gauges(rig.now).population, 60);
});

Deno.test("Source: the estimate follows a change, one half with each poll [POLL-017]", () => {
  const rig = counted(10);
  const seen: (number | undefined)[] = [];
  for (let i = 0; i < 10; i++) {
    replied(rig, nextPoll(rig), 90).at(rig.now + seconds(3));
    seen.push(rig.endpoint.gauges(rig.now).population);
  }
  assertEquals(seen.slice(0, 3), [50, 70, 80]);
  assert(seen.at(-1)! > 89.9 && seen.at(-1)! <= 90);
});

Deno.test("Source: too many replies, and the poll is aborted at once by one that hardly anyone replies to [POLL-021, POLL-020]", () => {
  const rig = polling({ pollBits: 0, pollReplies: 10, pollAbort: 50 });
  const poll = nextPoll(rig);
  replied(rig.at(rig.now + ms(10)), poll, 49).saysNothing();
  rig.hears(polr({ sqn: poll.sqn }), { source: nla("10.9.9.9"), destination: SOURCE });
  const [abort] = only(rig.said(), "POLL");
  assertEquals([abort!.sqn, abort!.round, abort!.mask], [poll.sqn + 1, 0, 0xffff_ffff]);
  assertEquals(rig.now, seconds(10) + ms(10));
  replied(rig, poll, 60).saysNothing();
  assertEquals(rig.endpoint.stats.pollsAborted, 1);
  // Then the search begins anew, with fewer children.
  const next = nextPoll(rig);
  assertEquals([next.sqn, next.round, bits(next)], [poll.sqn + 2, 0, 8]);
  assertEquals(rig.endpoint.gauges(rig.now).population, undefined);
});

Deno.test("Source: all children are asked while no more than pollReplies are expected, which must not abort [POLL-022]", () => {
  const limits = (pollReplies: number) => ({ pollReplies, pollAbort: 50 });
  assertThrows(() => polling(limits(50)), AssertionError, "pollReplies");
  assertEquals(nextPoll(counted(40, limits(40))).mask, 0);
  assertEquals(bits(nextPoll(counted(40, limits(39)))), 1);
});

Deno.test("Poller: a poll to which too many are expected to reply is refused", () => {
  const poller = new Poller({ abortAt: 100, wait: 0, firstSqn: 1 }, prngFromSeed(1));
  const ask = (bits: number, expected: number) => poller.start({ subType: 0, bits, boIvl: ms(10), expected });
  ask(0, 99);
  assertThrows(() => ask(0, 100), AssertionError, "a poll must not be expected to be aborted");
  ask(1, 199);
  assertThrows(() => ask(1, 200), AssertionError);
});

Deno.test("Source: NAK_BO_IVL that follows from a poll has its number, while the next poll runs [POLL-037]", () => {
  const rig = polling({
    pollBits: 0,
    pollReplies: 100,
    pollAbort: 200,
    firstPollSqn: 7,
    nakBoIvlOn: "NCF",
    ihbMin: ms(1),
  });
  const seven = nextPoll(rig);
  assertEquals(seven.sqn, 7);
  replied(rig, seven, 40);
  const eight = nextPoll(rig);
  assertEquals([eight.sqn, advertised(rig)], [8, { ivlUs: 250_000, pollSqn: 7 }]);
  replied(rig, eight, 40).at(rig.now + seconds(3));
  assertEquals(advertised(rig), { ivlUs: 250_000, pollSqn: 8 });
});

Deno.test("Source: the more children, the longer NAK_BO_IVL, within its limits [POLL-038]", () => {
  const found = [0, 1, 8, 9, 16, 40, 319, 320, 321, 1_500].map((children) => advertised(counted(children)).ivlUs);
  assertEquals(found, [50_000, 50_000, 50_000, 56_250, 100_000, 250_000, 1_993_750, 2_000_000, 2_000_000, 2_000_000]);
});

/** NAKs for a number, one of which is a duplicate; then the repair. */
function duplicate(rig: Rig<Source>, sqn: number): void {
  for (let i = 0; i < 2; i++) rig.hears(nak({ sqn }), { source: nla("10.0.1.1"), destination: SOURCE });
  rig.at(rig.now + ms(20));
  rig.said();
}

Deno.test("Source: duplicates take NAK_BO_IVL up from what a poll says, clean losses never below it", () => {
  const config = { nakProbeNum: 1, repairStateIvl: 0, rdataDelay: ms(10), ihbMin: ms(1), nakBoIvlMin: ms(10) };
  const rig = counted(40, { ...config, pollIvl: seconds(10) });
  send(rig, 100).at(rig.now + ms(300));
  rig.said();
  const ivl = () => rig.endpoint.gauges(rig.now).nakBoIvl;
  assertEquals(ivl(), ms(250));
  duplicate(rig, 1);
  assertEquals([ivl(), advertised(rig)], [ms(500), { ivlUs: 500_000, pollSqn: 1 }]);
  // The factor of two stays where the next poll counts as many, or more.
  replied(rig, nextPoll(rig), 40).at(rig.now + seconds(3));
  assertEquals(ivl(), ms(500));
  replied(rig, nextPoll(rig), 120).at(rig.now + seconds(3));
  assertEquals(ivl(), ms(1_000));
  for (let sqn = 10; sqn < 20; sqn++) {
    rig.hears(nak({ sqn }), { source: nla("10.0.1.1"), destination: SOURCE }).at(rig.now + ms(20));
  }
  assertEquals(ivl(), ms(500));
  replied(rig, nextPoll(rig), 80).at(rig.now + seconds(3));
  assertEquals(ivl(), ms(500));
});

Deno.test("Source: a poll numbered 0 derives nothing: 0 stands for no poll", () => {
  const rig = polling({
    pollBits: 0,
    pollReplies: 100,
    pollAbort: 200,
    firstPollSqn: 0xffff_ffff,
    nakBoIvlOn: "NCF+SPM",
    ihbMin: ms(1),
  });
  for (const [sqn, expected] of [[0xffff_ffff, 0xffff_ffff], [0, 0xffff_ffff], [1, 1]] as const) {
    const poll = nextPoll(rig);
    assertEquals(poll.sqn, sqn);
    replied(rig, poll, 40).at(rig.now + seconds(3));
    assertEquals(advertised(rig).pollSqn, expected);
  }
});

Deno.test("Source: no polls once its end is announced", () => {
  const rig = polling({ pollBits: 0, txwSecs: seconds(100) });
  nextPoll(rig);
  rig.at(seconds(15));
  rig.endpoint.close(rig.now);
  rig.said();
  assertEquals(only(rig.at(seconds(200)).said(), "POLL"), []);
  assertEquals(rig.endpoint.state, "closed");
});

Deno.test("Source: an aborting POLL does not wait behind an SPM that has no tokens", () => {
  const rig = polling({
    pollBits: 0,
    pollReplies: 2,
    pollAbort: 3,
    txwMaxRte: 150,
    burstBytes: 1_500,
    ambientSpmIvl: seconds(1),
  });
  send(rig, 1, 1_400);
  const poll = nextPoll(rig);
  send(rig, 3, 1_400);
  rig.said();
  replied(rig, poll, 3);
  assertEquals(only(rig.said(), "POLL").length, 1);
});
