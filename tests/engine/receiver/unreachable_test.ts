/**
 * Receivers whose parent cannot reach them by multicast (RFC 3208, section 15.3.2): OPT_NBR_UNREACH stops their NAKs
 * until the next regular SPM.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, type Nla, type OptionValue, type PacketValue, type Receiver, seconds } from "../../../engine/mod.ts";
import { missingSix, receiverBench } from "../../support/benches.ts";
import { GROUP, nak, ncf, nla, odata, only, poll, rdata, RECEIVER, type Rig, SOURCE, spm } from "../../support/rig.ts";

const ELSEWHERE = nla("10.0.0.77");
const UNREACHABLE: OptionValue = { type: "NBR_UNREACH" };

/** An NCF that says that the parent at `path` cannot reach its children. */
function ncfUnreachable(sqn: number, path: Nla = SOURCE): PacketValue {
  return ncf({ sqn, options: [UNREACHABLE, { type: "PATH_NLA", nla: path }] });
}

/** A special SPM: no window, whatever its fields say. */
function special(sqn: number, fields: Partial<{ trail: number; lead: number; pathNla: Nla }> = {}): PacketValue {
  return spm({ sqn, trail: 0, lead: 0x8000_0000, options: [UNREACHABLE], ...fields });
}

/** A receiver that misses 6, whose NAK is due between 10 and 60 ms; its latest SPM had the number 2. */
function backingOff(config: Parameters<typeof missingSix>[0] = {}): Rig<Receiver> {
  return missingSix(config).rig;
}

const UNICAST = { destination: RECEIVER };

Deno.test("Receiver: an NCF with OPT_NBR_UNREACH stops all NAKs until a regular SPM, then recovery goes on [IMP-033]", () => {
  const { rig, log } = missingSix();
  rig.hears(odata({ sqn: 8 })).hears(odata({ sqn: 9 }));
  rig.hears(ncfUnreachable(6)).at(seconds(20)).saysNothing();
  rig.hears(odata({ sqn: 10 })).hears(odata({ sqn: 12 })).hears(odata({ sqn: 13 })).at(seconds(40)).saysNothing();
  rig.hears(spm({ sqn: 3, trail: 0, lead: 13 })).at(seconds(40) + ms(50));
  assertEquals(only(rig.said(), "NAK").map(({ sqn }) => sqn).sort((a, b) => a - b), [6, 7, 11]);
  for (const sqn of [6, 7, 11]) rig.hears(rdata({ sqn }));
  assertEquals([log.lost, log.delivered.length], [[], 14]);
});

Deno.test("Receiver: so does a special SPM of the same number as the latest; a regular one is then in sequence [IMP-029]", () => {
  const rig = backingOff();
  rig.hears(special(2)).at(seconds(5)).saysNothing();
  rig.hears(spm({ sqn: 2, trail: 0, lead: 6 })).at(seconds(10)).saysNothing();
  assertEquals(rig.endpoint.stats.spmOutOfSequence, 1);
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6 })).at(seconds(10) + ms(50)).says("NAK 6");
});

Deno.test("Receiver: a special SPM does not end the stop, the next regular one does [IMP-040]", () => {
  const rig = backingOff();
  rig.hears(special(2)).at(seconds(1));
  for (const sqn of [2, 3, 4]) rig.hears(special(sqn)).at(rig.now + seconds(1)).saysNothing();
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6 })).at(rig.now + ms(50)).says("NAK 6");
});

Deno.test("Receiver: a special SPM older than the latest regular one is ignored", () => {
  const rig = backingOff();
  rig.hears(special(1)).at(ms(60)).says("NAK 6");
  assertEquals(rig.endpoint.stats.unreachableForeign, 1);
});

Deno.test("Receiver: the window of a special SPM is ignored, whatever it says [IMP-037]", () => {
  const { rig, log } = missingSix();
  rig.hears(special(5, { trail: 7, lead: 20 }));
  const session = rig.endpoint.sessions[0]!;
  assertEquals([session.trail, session.next, session.frontier], [0, 6, 7]);
  rig.hears(special(6, { trail: 0, lead: 0xffff_fff0 })).at(seconds(1)).saysNothing();
  assertEquals([session.trail, session.next, session.frontier], [0, 6, 7]);
  assertEquals([log.lost, rig.endpoint.stats.spmContradictory], [[], 0]);
});

Deno.test("Receiver: NCFs and SPMs that name another parent are ignored: the next NAK is on time [IMP-038]", () => {
  const others: PacketValue[] = [
    ncfUnreachable(6, ELSEWHERE),
    ncf({ sqn: 6, options: [UNREACHABLE] }),
    special(2, { pathNla: ELSEWHERE }),
    special(9, { pathNla: ELSEWHERE }),
  ];
  for (const other of others) {
    const rig = backingOff();
    const due = rig.endpoint.nextTimeout();
    rig.hears(other);
    assertEquals([rig.endpoint.nextTimeout(), rig.endpoint.stats.unreachableForeign], [due, 1]);
    rig.at(due).says("NAK 6");
  }
});

Deno.test("Receiver: so are NCFs of other addresses than the source's, and all before the first SPM", () => {
  const rig = backingOff();
  rig.hears(ncfUnreachable(6), { source: ELSEWHERE }).at(ms(60)).says("NAK 6");
  const { rig: early } = receiverBench();
  early.hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 })).hears(ncfUnreachable(1)).hears(special(5));
  early.hears(ncf({ sqn: 1, options: [UNREACHABLE] }), UNICAST);
  assertEquals(early.endpoint.stats.unreachableForeign, 3);
  early.hears(spm({ sqn: 1, trail: 0, lead: 2 })).at(ms(50)).says("NAK 1");
});

Deno.test("Receiver: the stop loses nothing: no retries are counted, in whatever state it finds a loss [IMP-034]", () => {
  for (const before of ["BACK_OFF", "WAIT_NCF", "WAIT_DATA"]) {
    const { rig, log } = missingSix({ nakNcfRetries: 0, nakDataRetries: 0 });
    if (before !== "BACK_OFF") rig.hears(nak({ sqn: 6 }));
    if (before === "WAIT_DATA") rig.hears(ncf({ sqn: 6 }));
    rig.hears(special(2)).at(seconds(30)).saysNothing();
    for (let i = 0; i < 5; i++) {
      rig.hears(nak({ sqn: 6 })).hears(ncf({ sqn: 6 })).at(rig.now + seconds(5)).saysNothing();
    }
    assertEquals(log.lost, [], before);
    rig.hears(spm({ sqn: 3, trail: 0, lead: 6 })).at(rig.now + ms(50)).says("NAK 6");
    rig.hears(rdata({ sqn: 6 }));
    assertEquals([log.delivered.at(-1), log.lost], [6, []], before);
  }
});

Deno.test("Receiver: retries that were counted before the stop still are after it", () => {
  const { rig, log } = missingSix({ nakNcfRetries: 1 });
  rig.at(ms(70)).says("NAK 6");
  rig.at(ms(700)).says("NAK 6");
  rig.hears(special(2)).at(seconds(5)).saysNothing();
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6 })).at(rig.now + ms(50)).says("NAK 6");
  rig.at(rig.now + ms(600));
  assertEquals(log.lost, ["6-6"]);
});

Deno.test("Receiver: a window that advances during the stop still cancels", () => {
  const { rig, log } = missingSix();
  rig.hears(special(2)).hears(odata({ sqn: 9, trail: 8 }));
  assertEquals(log.lost, ["6-7"]);
});

Deno.test("Receiver: the NCF confirms its number as any does", () => {
  const rig = backingOff({ nakRdataIvl: ms(200) });
  rig.hears(ncfUnreachable(6));
  assert(rig.marks.some(({ mark, a }) => mark === "WAIT_DATA" && a === 6));
});

Deno.test("Receiver: a unicast NCF with OPT_NBR_UNREACH goes on to the subnet, as it is, with TTL 1 [IMP-035]", () => {
  const rig = backingOff();
  rig.hears(ncfUnreachable(6), UNICAST);
  const [copy, ...others] = rig.said();
  assertEquals(others, []);
  const { datagram, iface, value } = copy!;
  assertEquals(value, ncfUnreachable(6));
  assertEquals([iface, datagram.source, datagram.destination, datagram.ttl], [0, SOURCE, GROUP, 1]);
  rig.at(seconds(1)).saysNothing();
});

Deno.test("Receiver: a copy is not copied again, nor is what concerns another parent [IMP-036]", () => {
  const rig = backingOff();
  rig.hears(ncfUnreachable(6)).hears(ncfUnreachable(6, ELSEWHERE), UNICAST).hears(ncf({ sqn: 6 }), UNICAST)
    .saysNothing();
  assertEquals(rig.endpoint.stats.ncfsCopied, 0);
  rig.hears(ncfUnreachable(6), UNICAST).says("NCF 6");
});

Deno.test("Receiver: while its NAKs are stopped it takes data and replies to polls", () => {
  const { rig, log } = missingSix();
  rig.hears(special(2)).hears(odata({ sqn: 6 })).hears(odata({ sqn: 7 }));
  assertEquals(log.delivered.slice(-2), [6, 7]);
  rig.hears(poll()).at(rig.now).says("POLR 1");
});

Deno.test("Receiver: a session without data that is told to stop does not begin with a NAK", () => {
  const { rig } = receiverBench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 5 })).hears(special(1));
  rig.hears(odata({ sqn: 6 })).hears(odata({ sqn: 8 })).hears(odata({ sqn: 9 })).at(seconds(5)).saysNothing();
  rig.hears(spm({ sqn: 2, trail: 0, lead: 9 })).at(rig.now + ms(50)).says("NAK 7");
});
