/**
 * How sessions begin and end: OPT_SYN, OPT_FIN and OPT_RST (RFC 3208, sections 9.6 to 9.8).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type PacketValue, type Receiver, type ReceiverConfig, seconds, type Sqn } from "../../../engine/mod.ts";
import { fragment } from "../../support/apdus.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { ncf, odata, only, rdata, type Rig, spm } from "../../support/rig.ts";

const SYN: PacketValue["options"] = [{ type: "SYN" }];
const FIN: PacketValue["options"] = [{ type: "FIN" }];

function rst(errorCode: number, noNaks: boolean): PacketValue["options"] {
  return [{ type: "RST", noNaks, errorCode }];
}

/** A receiver that heard an SPM, 1, and the data `sqns` of a stream from 0 on. */
function heard(sqns: readonly Sqn[], config: Partial<ReceiverConfig> = {}): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench(config);
  bench.rig.hears(spm({ sqn: 1, trail: 0, lead: 0 }));
  for (const sqn of sqns) bench.rig.hears(odata({ sqn }));
  return bench;
}

/** The numbers that are asked for until `time`, each once. */
function asksUntil(rig: Rig<Receiver>, time: number): number[] {
  return [...new Set(only(rig.at(time).said(), "NAK").map(({ sqn }) => sqn))].sort((a, b) => a - b);
}

Deno.test("Receiver: OPT_SYN is told, once, to who got the packet that carries it [OPT-045]", () => {
  const early = receiverBench();
  early.rig.hears(odata({ sqn: 0, options: SYN })).hears(odata({ sqn: 0, options: SYN })).hears(odata({ sqn: 1 }));
  const late = receiverBench();
  late.rig.hears(odata({ sqn: 1 })).hears(rdata({ sqn: 0, options: SYN }));
  const repaired = receiverBench();
  repaired.rig.hears(spm({ sqn: 1, trail: 0, lead: 1, options: [{ type: "JOIN", minSqn: 0 }] }));
  repaired.rig.hears(odata({ sqn: 1 }));
  assertEquals(repaired.log.starts, 0);
  repaired.rig.hears(rdata({ sqn: 0, options: SYN }));
  assertEquals([early, late, repaired].map(({ log }) => log.starts), [1, 0, 1]);
});

Deno.test("Receiver: OPT_FIN on an SPM: what is missing up to SPM_LEAD is recovered first, then the end is told once [OPT-049, OPT-052]", () => {
  const { rig, log } = heard([0, 1]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 4, options: FIN }));
  assertEquals([log.ends, rig.endpoint.sessions[0]!.ended], [[], undefined]);
  assertEquals(asksUntil(rig, ms(50)), [2, 3, 4]);
  rig.hears(rdata({ sqn: 4 })).hears(rdata({ sqn: 2 }));
  assertEquals([log.ends, log.delivered], [[], [0, 1, 2]]);
  rig.hears(rdata({ sqn: 3 }));
  assertEquals([log.ends, log.delivered, log.lost], [["fin"], [0, 1, 2, 3, 4], []]);
  assertEquals(rig.endpoint.sessions[0]!.ended, "fin");
  rig.hears(spm({ sqn: 3, trail: 0, lead: 4, options: FIN })).at(seconds(25)).saysNothing();
  assertEquals(log.ends, ["fin"]);
});

Deno.test("Receiver: OPT_FIN: what cannot be recovered is reported before the end [OPT-052]", () => {
  const order: string[] = [];
  const { rig, log } = heard([0, 2], { nakNcfRetries: 0 });
  rig.hears(spm({ sqn: 2, trail: 0, lead: 3, options: FIN }));
  for (let time = ms(10); time <= seconds(2); time += ms(10)) {
    rig.at(time);
    order.push(`${log.lost.join()} ${log.ends.join()}`);
  }
  assertEquals([...new Set(order)].at(-1), "1-1,3-3 fin");
  assertEquals(order.filter((each) => each.includes("fin") && !each.startsWith("1-1,3-3")), []);
  assertEquals([log.lost, log.ends, log.delivered], [["1-1", "3-3"], ["fin"], [0, 2]]);
});

Deno.test("Receiver: the trailing edge on the last SPM ends what is missing, and the session", () => {
  const { rig, log } = heard([0]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 2, options: FIN })).hears(spm({ sqn: 3, trail: 3, lead: 2, options: FIN }));
  assertEquals([log.lost, log.ends], [["1-2"], ["fin"]]);
});

Deno.test("Receiver: OPT_FIN on the last data ends the session after it, and after what is missing before it", () => {
  const whole = heard([0, 1]);
  whole.rig.hears(odata({ sqn: 2, options: FIN }));
  assertEquals([whole.log.delivered, whole.log.ends], [[0, 1, 2], ["fin"]]);

  for (const ordered of [true, false]) {
    const { rig, log } = heard([0], { ordered });
    rig.hears(odata({ sqn: 2, options: FIN }));
    assertEquals([log.delivered, log.ends], [ordered ? [0] : [0, 2], []]);
    rig.hears(rdata({ sqn: 1 }));
    assertEquals([log.delivered, log.ends], [ordered ? [0, 1, 2] : [0, 2, 1], ["fin"]]);
  }
});

Deno.test("Receiver: SPM_LEAD beside OPT_FIN counts more than the data that carried it first [OPT-049]", () => {
  const { rig, log } = heard([0]);
  rig.hears(odata({ sqn: 3, options: FIN })).hears(spm({ sqn: 2, trail: 0, lead: 4, options: FIN }));
  assertEquals(asksUntil(rig, ms(50)), [1, 2, 4]);
  for (const sqn of [1, 2]) rig.hears(rdata({ sqn }));
  assertEquals(log.ends, []);
  rig.hears(rdata({ sqn: 4 }));
  assertEquals([log.delivered, log.ends], [[0, 1, 2, 3, 4], ["fin"]]);
});

Deno.test("Receiver: after the end its state is kept for endLinger, each receiver its own, and then removed [OPT-052, OPT-053]", () => {
  for (const endLinger of [seconds(3), seconds(30)]) {
    const { rig, log } = heard([0], { endLinger });
    rig.at(seconds(1)).hears(spm({ sqn: 2, trail: 0, lead: 0, options: FIN }));
    assertEquals(rig.endpoint.nextTimeout(), seconds(1) + endLinger);
    rig.at(seconds(1) + endLinger - 1);
    assertEquals(rig.endpoint.sessions.map(({ ended }) => ended), ["fin"]);
    rig.at(seconds(1) + endLinger);
    assertEquals([rig.endpoint.sessions, rig.endpoint.nextTimeout(), log.ends], [[], Infinity, ["fin"]]);
    assertEquals(rig.endpoint.stats.odata, 1);
  }
});

Deno.test("Receiver: packets after the end are counted, change nothing, and put its removal off", () => {
  const { rig, log } = heard([0], { endLinger: seconds(10) });
  rig.hears(spm({ sqn: 2, trail: 0, lead: 0, options: FIN }));
  const late = [odata({ sqn: 1 }), rdata({ sqn: 0 }), spm({ sqn: 3, trail: 0, lead: 5 }), ncf({ sqn: 4 })];
  for (const packet of late) rig.at(rig.now + seconds(2)).hears(packet);
  assertEquals([rig.endpoint.stats.afterEnd, log.delivered, log.ends], [late.length, [0], ["fin"]]);
  const { odata: count, spm: spms } = rig.endpoint.stats;
  assertEquals([count, spms], [1, 2]);
  rig.at(seconds(18) - 1).saysNothing();
  assertEquals(rig.endpoint.sessions.length, 1);
  rig.at(seconds(18)).saysNothing();
  assertEquals(rig.endpoint.sessions.length, 0);
});

Deno.test("Receiver: an old SPM with OPT_FIN or OPT_RST, sent again, ends nothing", () => {
  for (const options of [FIN, rst(5, true)]) {
    const { rig, log } = heard([0, 1]);
    rig.hears(spm({ sqn: 1, trail: 0, lead: 1, options })).hears(spm({ sqn: 0, trail: 0, lead: 1, options }));
    rig.hears(odata({ sqn: 2 }));
    assertEquals([log.ends, log.delivered, rig.endpoint.stats.spmOutOfSequence], [[], [0, 1, 2], 2]);
  }
});

Deno.test("Receiver: an SPM with OPT_FIN or OPT_RST opens no session", () => {
  for (const options of [FIN, rst(5, false), rst(0, true)]) {
    const { rig, log } = receiverBench();
    rig.hears(spm({ sqn: 1, trail: 0, lead: 1, options }));
    assertEquals([rig.endpoint.sessions, rig.endpoint.stats.withoutSession, log.ends], [[], 1, []]);
  }
});

Deno.test("Receiver: a session of which no data came ends with its OPT_FIN or OPT_RST at once", () => {
  for (const [options, end] of [[FIN, "fin"], [rst(5, false), "rst 5"]] as const) {
    const { rig, log } = heard([]);
    rig.hears(spm({ sqn: 2, trail: 0, lead: 1, options }));
    assertEquals([log.ends, log.lost], [[end], []]);
  }
});

Deno.test("Receiver: OPT_RST with N: no NAK any more, what is missing is reported, then the end with its code [OPT-057]", () => {
  const { rig, log } = heard([0, 2, 3]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 5, options: rst(5, true) }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 2, 3], ["1-1", "4-5"], ["rst 5"]]);
  rig.at(seconds(100)).saysNothing();
  assertEquals([rig.endpoint.stats.naksSent, log.ends.length], [0, 1]);
});

Deno.test("Receiver: OPT_RST with N stops a recovery that is under way [OPT-057]", () => {
  const { rig, log } = heard([0, 2]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 2 }));
  assertEquals(asksUntil(rig, ms(60)), [1]);
  rig.hears(ncf({ sqn: 1 })).hears(spm({ sqn: 3, trail: 0, lead: 2, options: rst(63, true) }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 2], ["1-1"], ["rst 63"]]);
  rig.at(seconds(100)).saysNothing();
});

Deno.test("Receiver: OPT_RST without N: recovery goes on up to SPM_LEAD, then the end with its code [OPT-058]", () => {
  const { rig, log } = heard([0, 2]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 3, options: rst(9, false) }));
  assertEquals([asksUntil(rig, ms(50)), log.ends], [[1, 3], []]);
  rig.hears(rdata({ sqn: 3 })).hears(rdata({ sqn: 1 }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 1, 2, 3], [], ["rst 9"]]);
});

Deno.test("Receiver: OPT_RST counts more than OPT_FIN, whichever came first", () => {
  const first = heard([0]);
  first.rig.hears(spm({ sqn: 2, trail: 0, lead: 1, options: rst(7, false) }));
  first.rig.hears(spm({ sqn: 3, trail: 0, lead: 1, options: FIN })).hears(rdata({ sqn: 1 }));
  const second = heard([0]);
  second.rig.hears(spm({ sqn: 2, trail: 0, lead: 1, options: FIN }));
  second.rig.hears(spm({ sqn: 3, trail: 0, lead: 1, options: rst(7, false) })).hears(rdata({ sqn: 1 }));
  assertEquals([first.log.ends, second.log.ends], [["rst 7"], ["rst 7"]]);
});

Deno.test("Receiver: OPT_FIN and OPT_RST on an SPM that tells of no window end what is known, and jump nowhere", () => {
  for (const [options, end] of [[FIN, "fin"], [rst(5, true), "rst 5"], [rst(5, false), "rst 5"]] as const) {
    const { rig, log } = heard([0, 1]);
    rig.hears(spm({ sqn: 2, trail: 0, lead: 0x8000_0000, options }));
    assertEquals([log.ends, log.lost, rig.endpoint.stats.lost], [[end], [], 0]);
  }
});

Deno.test("Receiver: a source that falls silent: what is missing is reported, what waits delivered, then the end told [GEN-001]", () => {
  // Without an SPM there is nobody to ask: the gap stays open until the end.
  const { rig, log } = receiverBench({ idleTimeout: seconds(60), spmr: false });
  for (const sqn of [0, 2, 3, 6]) rig.hears(odata({ sqn }));
  rig.at(seconds(60) - 1);
  assertEquals([log.delivered, log.lost, log.ends], [[0], [], []]);
  rig.at(seconds(60));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 2, 3, 6], ["1-1", "4-5"], ["idle"]]);
  assertEquals(rig.endpoint.sessions, []);
});

Deno.test("Receiver: the end comes in the middle of a message: its packets are reported [GEN-001]", () => {
  for (const [last, end] of [[spm({ sqn: 2, trail: 0, lead: 2, options: FIN }), "fin"], [undefined, "idle"]] as const) {
    const { rig, log } = heard([0]);
    for (const sqn of [1, 2]) rig.hears(fragment({ sqn, firstSqn: 1, offset: 4 * (sqn - 1), apduLength: 12 }));
    if (last !== undefined) rig.hears(last);
    rig.at(seconds(300));
    assertEquals([log.delivered, log.lost, log.ends], [[0], ["1-2"], [end]]);
    assertEquals(rig.endpoint.stats.lost, 2);
  }
});

Deno.test("Receiver: OPT_FIN whose SPM_LEAD lies before data that came: that is delivered or reported all the same", () => {
  const { rig, log } = heard([0, 2]);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 0, options: FIN }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 2], ["1-1"], ["fin"]]);
});

Deno.test("Receiver: with the policy to reset, an end that leaves something missing is a loss", () => {
  const { rig, log } = heard([0, 2], { lossPolicy: "reset" });
  rig.hears(spm({ sqn: 2, trail: 0, lead: 0, options: FIN }));
  assertEquals([log.delivered, log.lost, log.ends, rig.endpoint.sessions[0]!.ended], [[0], ["1-1"], ["loss"], "loss"]);
});
