/**
 * The polls that a network element sends to its children, and its replies to those of its parent (RFC 3208, section 14).
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ms, type PollValue, seconds } from "../../../engine/mod.ts";
import { type ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { GROUP, nla, only, poll, polr, type Said, SOURCE, spm } from "../../support/rig.ts";

/** An element that has everyone below reply, every 10 s. */
const POLLS = { pollIvl: seconds(10), pollBits: 0, pollReplies: 8, pollAbort: 16, pollWait: ms(500) } as const;
/** The time to reply to a poll of an unknown number of children. */
const ROUND = seconds(2) + ms(500);

function polls(said: readonly Said[]): { iface: number; value: PollValue }[] {
  return said.flatMap(({ iface, value }) => value.type === "POLL" ? [{ iface, value }] : []);
}

/** Children on an interface reply to a poll. */
function replied(bench: ElementBench, iface: number, to: { sqn: number; round?: number }, children: number): void {
  const { sqn, round = 0 } = to;
  for (let i = 0; i < children; i++) {
    bench.rig.hears(polr({ sqn, round }), { iface, source: nla(`10.${iface}.0.${10 + i}`), destination: OWN[iface]! });
  }
}

/** RAND_NODE_ID, a bit by each poll of the parent from `sqn` on. */
function nodeId(bench: ElementBench, sqn: number): number {
  bench.rig.said();
  let id = 0;
  for (let bit = 0; bit < 32; bit++) {
    const mask = 1 << bit >>> 0;
    bench.passes(poll({ sqn: sqn + bit, pathNla: UPSTREAM, mask, rand: mask }));
    if (only(bench.at(bench.rig.now).rig.said(), "POLR").length > 0) id = (id | mask) >>> 0;
  }
  return id;
}

Deno.test("NetworkElement: polls each interface with a number of its own, in the name of the source [POLL-005, POLL-007, POLL-013, PKT-051]", () => {
  const bench = elementBench(POLLS);
  bench.at(seconds(10) - 1).saysNothing();
  assertEquals(bench.element.nextTimeout(), seconds(10));
  const said = bench.at(seconds(10)).rig.said();
  bench.element.handleTimeout(seconds(10));
  bench.saysNothing();
  const sent = polls(said);
  assertEquals(sent.map(({ iface, value }) => [iface, value.pathNla]), [1, 2, 3].map((iface) => [iface, OWN[iface]!]));
  for (const { datagram } of said) {
    assertEquals([datagram.source, datagram.destination, datagram.routerAlert], [SOURCE, GROUP, true]);
  }
  const sqns = sent.map(({ value }) => value.sqn);
  assertEquals(new Set(sqns).size, 3);
  for (const { iface, value } of sent) replied(bench, iface, value, 2);
  bench.at(seconds(20) - 1);
  const next = polls(bench.at(seconds(20)).rig.said());
  assertEquals(
    next.map(({ iface, value }) => [iface, value.sqn]),
    [1, 2, 3].map((iface, at) => [iface, sqns[at]! + 1]),
  );
});

Deno.test("NetworkElement: RAND_NODE_ID is its own, the same for its whole life [POLL-023]", () => {
  const element = (seed: number) => elementBench({}, seed);
  const ids = [1, 2, 3].map((seed) => {
    const bench = element(seed);
    const id = nodeId(bench, 1);
    assertEquals(nodeId(bench.at(seconds(60)).spm({ sqn: 2 }), 100), id);
    return id;
  });
  assertEquals(new Set(ids).size, 3);
  assertEquals(nodeId(element(1), 1), ids[0]);
});

Deno.test("NetworkElement: does not poll unless asked to, nor where nobody is", () => {
  assertEquals(elementBench().element.nextTimeout(), seconds(300));
  const bench = elementBench(POLLS).at(seconds(1));
  bench.spm({ sqn: 2 }).rig.said();
  bench.passes(spm({ sqn: 3, trail: 0, lead: 99, pathNla: UPSTREAM }), { routed: [2] });
  bench.rig.said();
  assertEquals(polls(bench.at(seconds(11)).rig.said()).map(({ iface }) => iface), [2]);
});

Deno.test("NetworkElement: a poll counts the children on its interface, and no others", () => {
  const bench = elementBench(POLLS).at(seconds(10));
  const [first, second] = polls(bench.rig.said());
  replied(bench, 1, first!.value, 5);
  replied(bench, 2, second!.value, 3);
  // Twice the same, the poll of another interface, and a round that is not.
  replied(bench, 2, second!.value, 1);
  replied(bench, 3, second!.value, 2);
  replied(bench, 1, { ...first!.value, round: 1 }, 9);
  const { stats } = bench.element;
  assertEquals([stats.polrs, stats.polrsRepeated, stats.polrsLate], [8, 1, 11]);
  bench.at(seconds(10) + ROUND - 1);
  assertEquals([bench.element.gauges.children, stats.pollsCounted], [0, 0]);
  bench.at(seconds(10) + ROUND);
  assertEquals([bench.element.gauges.children, stats.pollsCounted], [8, 3]);
});

Deno.test("NetworkElement: too many replies, and the poll is aborted by one that nobody answers", () => {
  const bench = elementBench(POLLS).at(seconds(10));
  const { value: first } = polls(bench.rig.said())[0]!;
  replied(bench, 1, first, 15);
  bench.saysNothing();
  replied(bench, 1, first, 16);
  const [abort, ...more] = polls(bench.rig.said());
  assertEquals(more, []);
  assertEquals([abort!.iface, abort!.value.mask, abort!.value.sqn], [1, 0xffff_ffff, first.sqn + 1]);
  assertEquals(bench.element.stats.pollsAborted, 1);
  replied(bench, 1, abort!.value, 100);
  assertEquals(bench.element.gauges.children, 0);
});

Deno.test("NetworkElement: an interface that has no members any more is not polled, and anew when it has some again", () => {
  const bench = elementBench(POLLS).at(seconds(10));
  const { value: before } = polls(bench.rig.said())[0]!;
  replied(bench, 1, before, 5);
  const routedTo = (sqn: number, routed: number[]) =>
    bench.passes(spm({ sqn, trail: 0, lead: 99, pathNla: UPSTREAM }), { routed });
  const polledOn = () => polls(bench.rig.said()).map(({ iface }) => iface);
  bench.at(seconds(15));
  assertEquals(bench.element.gauges.children, 5);
  routedTo(2, [2, 3]);
  assertEquals(bench.element.gauges.children, 0);
  bench.at(seconds(25));
  assertEquals(polledOn(), [2, 3]);
  routedTo(3, [1, 2, 3]);
  bench.at(seconds(35) - 1);
  assertEquals(polledOn(), [2, 3]);
  const [{ iface, value: after }, ...more] = polls(bench.at(seconds(35)).rig.said()) as [ReturnType<typeof polls>[0]];
  assertEquals([iface, more], [1, []]);
  assertNotEquals(after.sqn, before.sqn + 1);
});

Deno.test("NetworkElement: its state goes with the session; polls that begin anew begin with other numbers", () => {
  const bench = elementBench({ ...POLLS, idleTimeout: seconds(15) }).at(seconds(10));
  const { value: before } = polls(bench.rig.said())[0]!;
  bench.at(seconds(15));
  assertEquals([bench.element.gauges.sessions, bench.element.nextTimeout()], [0, Infinity]);
  replied(bench, 1, before, 1);
  assertEquals(bench.element.gauges.children, 0);
  bench.at(seconds(20)).spm().rig.said();
  const { value: after } = polls(bench.at(seconds(30)).rig.said())[0]!;
  assertNotEquals(after.sqn, before.sqn);
  assertNotEquals(after.sqn, before.sqn + 1);
});

Deno.test("NetworkElement: replies to its parent, and passes no POLL on [POLL-002, POLL-032]", () => {
  const bench = elementBench();
  assertEquals(bench.passes(poll({ sqn: 7, round: 0, pathNla: UPSTREAM, boIvlUs: 1_000 })), []);
  bench.at(ms(1));
  const [reply, ...more] = bench.rig.said();
  assertEquals(more, []);
  assertEquals([reply!.iface, reply!.datagram.source, reply!.datagram.destination], [0, OWN[0]!, UPSTREAM]);
  assertEquals(reply!.value, polr({ sqn: 7, round: 0 }));
  bench.element.handleTimeout(ms(1));
  bench.saysNothing();
  assertEquals(bench.element.stats.polrsSent, 1);
});

Deno.test("NetworkElement: replies within 0 .. POLL_BO_IVL, at the instant that was drawn and not before", () => {
  const drawn: number[] = [];
  for (let sqn = 1; sqn <= 40; sqn++) {
    const bench = elementBench().at(ms(sqn));
    bench.passes(poll({ sqn, pathNla: UPSTREAM, boIvlUs: 50_000 }));
    for (let i = 0; i < sqn; i++) bench.passes(poll({ sqn: sqn + 1 + i, pathNla: UPSTREAM, boIvlUs: 50_000 }));
    const due = bench.element.nextTimeout();
    bench.at(due - 1).saysNothing();
    assertEquals(bench.at(due).rig.said().map(({ value }) => value.type), ["POLR"]);
    drawn.push(due - ms(sqn));
  }
  assert(drawn.every((delay) => delay >= 0 && delay <= ms(50)));
  assert(Math.max(...drawn) - Math.min(...drawn) > ms(25));
});

Deno.test("NetworkElement: a POLL that replaces one cancels its reply, whether it is to be replied to or not", () => {
  const bench = elementBench();
  bench.passes(poll({ sqn: 7, pathNla: UPSTREAM, boIvlUs: 50_000 }));
  // One bit of the mask at a time: both values of a bit cannot match.
  for (const rand of [0, 1]) bench.passes(poll({ sqn: 8 + rand, rand, mask: 1, pathNla: UPSTREAM, boIvlUs: 50_000 }));
  const { stats } = bench.element;
  bench.at(ms(50));
  const replies = only(bench.rig.said(), "POLR");
  assertEquals([replies.length + stats.pollsUnmatched + stats.polrsCancelled], [3]);
  assertEquals(stats.pollsUnmatched, 1);
});

Deno.test("NetworkElement: a reply that is due after the session is forgotten is not sent", () => {
  const bench = elementBench({ idleTimeout: seconds(1) });
  bench.passes(poll({ sqn: 7, pathNla: UPSTREAM, boIvlUs: 0xffff_ffff }));
  assert(bench.element.nextTimeout() === seconds(1));
  bench.at(seconds(1));
  assertEquals(bench.element.nextTimeout(), Infinity);
  bench.at(seconds(5_000)).saysNothing();
});

Deno.test("NetworkElement: POLLs that are not the parent's, or not for elements, are counted and not replied to", () => {
  const bench = elementBench();
  bench.passes(poll({ sqn: 7, pathNla: UPSTREAM }), { iface: 1 });
  bench.passes(poll({ sqn: 7, pathNla: UPSTREAM }), { source: nla("10.0.0.66") });
  bench.passes(poll({ sqn: 7, pathNla: GROUP }));
  bench.passes(poll({ sqn: 8, pathNla: UPSTREAM, subType: 99 }));
  bench.passes(poll({ sqn: 9, pathNla: UPSTREAM, subType: 1 }));
  bench.passes(poll({ sqn: 10, round: 1, pathNla: UPSTREAM }));
  bench.at(seconds(1)).saysNothing();
  const { stats } = bench.element;
  assertEquals([stats.polls, stats.pollsElsewhere, stats.pollsBadPath, stats.pollsUnknownType], [6, 2, 1, 1]);
  assertEquals([stats.pollsForOthers, stats.pollsLateRound], [1, 1]);
});

Deno.test("NetworkElement: the polls that it sends and those that it answers have nothing to do with each other [POLL-039]", () => {
  const bench = elementBench(POLLS).at(seconds(10));
  const [first] = polls(bench.rig.said());
  // The parent's number is that of a poll of its own: neither ends the other.
  bench.passes(poll({ sqn: first!.value.sqn, pathNla: UPSTREAM, boIvlUs: 1_000 }));
  replied(bench, 1, first!.value, 4);
  // Another child of the parent replies: its reply is for somebody else, and only passes by.
  bench.at(seconds(10) + ms(1));
  assertEquals(only(bench.rig.said(), "POLR").length, 1);
  bench.at(seconds(10) + ROUND);
  assertEquals([bench.element.gauges.children, bench.element.stats.polrsSent], [4, 1]);
});
