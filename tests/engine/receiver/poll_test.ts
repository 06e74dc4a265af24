/**
 * What a receiver says to polls (RFC 3208, section 14.5).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Instant, ms, type PollValue, type Receiver, us } from "../../../engine/mod.ts";
import { missingSix, receiverBench } from "../../support/benches.ts";
import {
  DPORT,
  GROUP,
  GSI,
  nla,
  odata,
  only,
  poll,
  RECEIVER,
  type Rig,
  SOURCE,
  spm,
  SPORT,
} from "../../support/rig.ts";

const ELEMENT = nla("10.0.0.254");
const ALL = 0xffff_ffff;

/** A receiver that knows the session and has nothing to do. */
function bench(seed = 1): Rig<Receiver> {
  const { rig } = receiverBench({}, seed);
  return rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
}

/** Whether the receiver replies to a poll at once. */
function replies(rig: Rig<Receiver>, fields: Partial<PollValue>): boolean {
  rig.hears(poll(fields)).at(rig.now);
  return only(rig.said(), "POLR").length > 0;
}

/** RAND_NODE_ID, a bit by each poll from `sqn` on. */
function nodeId(rig: Rig<Receiver>, sqn: number): number {
  let id = 0;
  for (let bit = 0; bit < 32; bit++) {
    const mask = 1 << bit >>> 0;
    if (replies(rig, { sqn: sqn + bit, mask, rand: mask })) id = (id | mask) >>> 0;
  }
  return id;
}

Deno.test("Receiver: a reply names the poll and its round, goes to POLL_PATH, from itself [POLL-032, PKT-052, PKT-057]", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 7, pathNla: ELEMENT })).at(rig.now);
  rig.hears(poll({ sqn: 7, round: 1, pathNla: ELEMENT })).at(rig.now);
  rig.said();
  rig.hears(poll({ sqn: 7, round: 2, pathNla: ELEMENT })).at(rig.now);
  const [said, ...others] = rig.said();
  assertEquals(others, []);
  const { datagram, value, iface } = said!;
  const ports = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI };
  assertEquals(value, { type: "POLR", ...ports, sqn: 7, round: 2, options: [] });
  assertEquals([iface, datagram.source, datagram.destination], [0, RECEIVER, ELEMENT]);
  assertEquals([datagram.routerAlert, datagram.ttl > 1], [false, true]);
});

Deno.test("Receiver: the reply leaves on the interface that the POLL came in on", () => {
  const rig = bench();
  rig.hears(poll({ pathNla: nla("10.1.0.1") }), { iface: 1 }).at(rig.now);
  const [said] = rig.said();
  assertEquals([said!.iface, said!.datagram.source], [1, nla("10.1.0.9")]);
});

Deno.test("Receiver: one reply to a poll, at a random time up to POLL_BO_IVL [POLL-031]", () => {
  const delays: Instant[] = [];
  for (let seed = 1; seed <= 400; seed++) {
    const rig = bench(seed);
    rig.hears(poll({ boIvlUs: 3 }));
    const due = rig.endpoint.nextTimeout();
    if (due > rig.now) rig.at(due - 1).saysNothing();
    rig.at(due).says("POLR 1").at(ms(100)).saysNothing();
    delays.push(due);
  }
  assertEquals([...new Set(delays)].sort((a, b) => a - b), [0, us(1), us(2), us(3)]);
  for (const delay of [0, us(1), us(2), us(3)]) {
    const share = delays.filter((each) => each === delay).length / delays.length;
    assert(share > 0.18 && share < 0.32, `${delay} ns: ${share}`);
  }
});

Deno.test("Receiver: the longest POLL_BO_IVL is waited for", () => {
  const rig = bench();
  rig.hears(poll({ boIvlUs: 0xffff_ffff }));
  const due = rig.endpoint.nextTimeout();
  assert(due > ms(1) && due <= us(0xffff_ffff));
  // It is due long after the session has fallen silent.
  assertEquals(rig.endpoint.stats.polls, 1);
});

Deno.test("Receiver: RAND_NODE_ID is its own, the same for its whole life [POLL-023]", () => {
  const ids = [1, 2, 3].map((seed) => {
    const rig = bench(seed);
    const id = nodeId(rig, 1);
    assertEquals(nodeId(rig, 100), id);
    return id;
  });
  assertEquals(new Set(ids).size, 3);
  assertEquals(nodeId(bench(1), 1), ids[0]);
});

Deno.test("Receiver: it replies if the bits of its id that POLL_MASK names are those of POLL_RAND [POLL-024, POLL-003]", () => {
  const rig = bench();
  const id = nodeId(rig, 1);
  let sqn = 100;
  const half = 0xffff_0000;
  const other = (id ^ 0x0000_0001) >>> 0;
  const cases: readonly [subType: number, rand: number, mask: number, expected: boolean][] = [
    [0, id, ALL, true],
    [0, other, ALL, false],
    [0, other, half, true],
    [0, other, 0x0000_ffff, false],
    [0, (~id) >>> 0, 0, true],
    [99, id, ALL, false],
    [99, other, ALL, false],
  ];
  for (const [subType, rand, mask, expected] of cases) {
    assertEquals(replies(rig, { sqn: sqn++, subType, rand, mask }), expected, `${subType} ${rand} ${mask}`);
  }
});

Deno.test("Receiver: who misses in round 0 may reply in round 1 [POLL-025]", () => {
  const rig = bench();
  const id = nodeId(rig, 1);
  const before = rig.endpoint.stats.pollsUnmatched;
  assertEquals(replies(rig, { sqn: 100, rand: ~id >>> 0, mask: ALL }), false);
  assertEquals(rig.endpoint.stats.pollsUnmatched, before + 1);
  assertEquals(replies(rig, { sqn: 100, round: 1, rand: id, mask: ALL }), true);
});

Deno.test("Receiver: no round counts without round 0 [POLL-026, POLL-019]", () => {
  const rig = bench();
  assertEquals(replies(rig, { sqn: 5, round: 1 }), false);
  assertEquals(replies(rig, { sqn: 5, round: 2 }), false);
  assertEquals(rig.endpoint.stats.pollsLateRound, 2);
  assertEquals(replies(rig, { sqn: 6 }), true);
  assertEquals(replies(rig, { sqn: 6, round: 1 }), true);
  // Round 0 of another parent, and of another poll, is no help.
  assertEquals(replies(rig, { sqn: 6, round: 1, pathNla: ELEMENT }), false);
  assertEquals(replies(rig, { sqn: 7, round: 1 }), false);
});

Deno.test("Receiver: a general poll is replied to whatever its options [POLL-027]", () => {
  const rig = bench();
  const strange: PollValue["options"] = [{ type: "UNKNOWN", code: 0x55, octets: new Uint8Array(8), opx: 2 }];
  assertEquals(replies(rig, { sqn: 1, options: strange }), true);
});

Deno.test("Receiver: a POLL of an unknown sub-type is ignored and counted [POLL-028]", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 3, boIvlUs: 1_000 }));
  rig.hears(poll({ sqn: 4, subType: 99 })).at(ms(10)).says("POLR 3");
  assertEquals(rig.endpoint.stats.pollsUnknownType, 1);
  assertEquals(replies(rig, { sqn: 4, round: 1 }), false);
});

Deno.test("Receiver: a POLL for repairers is none of its business, but replaces the poll before", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 3, boIvlUs: 1_000 })).hears(poll({ sqn: 4, subType: 1 })).at(ms(10)).saysNothing();
  const { pollsForOthers, polrsCancelled, polrsSent } = rig.endpoint.stats;
  assertEquals({ pollsForOthers, polrsCancelled, polrsSent }, { pollsForOthers: 1, polrsCancelled: 1, polrsSent: 0 });
});

Deno.test("Receiver: another POLL_SQN cancels the reply that is pending [POLL-020, POLL-033]", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 3, boIvlUs: 50_000 })).hears(poll({ sqn: 4, boIvlUs: 50_000 })).at(ms(60)).says("POLR 4");
  assertEquals(rig.endpoint.stats.polrsCancelled, 1);
});

Deno.test("Receiver: so does one that it does not match: that is how polls are aborted [POLL-034]", () => {
  const rig = bench();
  const id = nodeId(rig, 1);
  rig.hears(poll({ sqn: 100, boIvlUs: 50_000 }));
  rig.hears(poll({ sqn: 101, rand: ~id >>> 0, mask: ALL })).at(ms(60)).saysNothing();
});

Deno.test("Receiver: a later round replaces the reply to an earlier one", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 3, boIvlUs: 50_000 })).hears(poll({ sqn: 3, round: 1, boIvlUs: 50_000 })).at(ms(60));
  assertEquals(only(rig.said(), "POLR").map(({ round }) => round), [1]);
});

Deno.test("Receiver: the polls of two parents do not cancel each other [POLL-035]", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 3, boIvlUs: 50_000 })).hears(poll({ sqn: 9, boIvlUs: 50_000, pathNla: ELEMENT })).at(ms(60));
  const said = rig.said().map(({ datagram, value }) => [datagram.destination, "sqn" in value && value.sqn]);
  assertEquals(said.sort(), [[SOURCE, 3], [ELEMENT, 9]].sort());
});

Deno.test("Receiver: a POLL that it has received, or that is older, changes nothing and is counted", () => {
  const rig = bench();
  rig.hears(poll({ sqn: 20, boIvlUs: 50_000 }));
  const due = rig.endpoint.nextTimeout();
  rig.hears(poll({ sqn: 20, boIvlUs: 50_000 })).hears(poll({ sqn: 19 })).hears(poll({ sqn: 4 }));
  assertEquals(rig.endpoint.nextTimeout(), due);
  rig.at(due).says("POLR 20");
  rig.hears(poll({ sqn: 20 })).hears(poll({ sqn: 20, round: 2 })).at(rig.now).says("POLR 20");
  rig.hears(poll({ sqn: 20, round: 1 })).at(ms(100)).saysNothing();
  const { pollsRepeated, pollsOld, polls } = rig.endpoint.stats;
  assertEquals({ pollsRepeated, pollsOld, polls }, { pollsRepeated: 2, pollsOld: 3, polls: 7 });
});

Deno.test("Receiver: POLL_SQN may wrap around; one that is far back is of a parent that began anew", () => {
  const rig = bench();
  for (const sqn of [0xffff_ffff, 0, 1]) assertEquals(replies(rig, { sqn }), true);
  assertEquals(replies(rig, { sqn: 0xffff_ffff }), false);
  assertEquals(replies(rig, { sqn: 0xffff_fff0 }), true);
  assertEquals(replies(rig, { sqn: 0xffff_fff0 - 16 }), false);
  assertEquals(replies(rig, { sqn: 0xffff_fff0 - 17 }), true);
});

Deno.test("Receiver: nobody can have replies sent to a group, or as someone else, or for a session that is not known", () => {
  const { rig } = receiverBench();
  rig.hears(poll()).at(ms(1)).saysNothing();
  assertEquals(rig.endpoint.stats.withoutSession, 1);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(poll({ pathNla: GROUP })).at(ms(2)).saysNothing();
  rig.hears(poll({ sqn: 2 }), { source: nla("10.0.0.66") }).at(ms(3)).saysNothing();
  rig.hears(poll({ sqn: 2 }), { destination: nla("239.1.2.4") }).at(ms(4)).saysNothing();
  rig.hears(poll({ sqn: 2 }), { destination: RECEIVER }).at(ms(5)).saysNothing();
  const { pollsBadPath, otherSource, foreign, polrsSent } = rig.endpoint.stats;
  assertEquals({ pollsBadPath, otherSource, foreign, polrsSent }, {
    pollsBadPath: 1,
    otherSource: 1,
    foreign: 2,
    polrsSent: 0,
  });
});

Deno.test("Receiver: polls of many parents are remembered, of too many the longest silent is forgotten", () => {
  const rig = bench();
  const path = (i: number) => nla(`10.0.9.${i}`);
  for (let i = 0; i < 9; i++) assertEquals(replies(rig, { sqn: 1, pathNla: path(i) }), true);
  assertEquals(replies(rig, { sqn: 1, round: 1, pathNla: path(1) }), true);
  assertEquals(replies(rig, { sqn: 1, round: 1, pathNla: path(0) }), false);
});

Deno.test("Receiver: a poll delays no NAK, and a session that has ended says nothing to it", () => {
  const { rig } = missingSix();
  const due = rig.endpoint.nextTimeout();
  rig.hears(poll({ boIvlUs: 500_000 }));
  assertEquals(rig.endpoint.nextTimeout(), due);
  rig.at(due);
  assertEquals(only(rig.said(), "NAK").length, 1);
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6, options: [{ type: "RST", noNaks: true, errorCode: 0 }] }));
  rig.at(ms(600)).saysNothing();
  rig.hears(poll({ sqn: 2 })).at(ms(700)).saysNothing();
});
