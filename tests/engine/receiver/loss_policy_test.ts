/**
 * What a loss that cannot be repaired does to a session: it goes on, or ends (RFC 3208, section 6.3, leaves it open).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type Receiver, type ReceiverConfig, seconds } from "../../../engine/mod.ts";
import { apduPackets, fragment } from "../../support/apdus.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { odata, rdata, type Rig, spm } from "../../support/rig.ts";

/** A receiver that got 0 and 2 .. 9, and knows since the start that 1 is missing; nobody answers its one NAK. */
function held(config: Partial<ReceiverConfig>): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench({ nakNcfRetries: 0, ...config });
  bench.rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (let sqn = 2; sqn <= 9; sqn++) bench.rig.hears(odata({ sqn }));
  return bench;
}

Deno.test("Receiver: policy continue: the loss is reported and delivery goes on behind it [RCV-061]", () => {
  const { rig, log } = held({ lossPolicy: "continue" });
  rig.at(seconds(1)).hears(odata({ sqn: 10 }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 2, 3, 4, 5, 6, 7, 8, 9, 10], ["1-1"], []]);
  assertEquals(rig.endpoint.sessions[0]!.ended, undefined);
});

Deno.test("Receiver: policy reset: the loss is reported, the session ends, and of all that waited nothing is delivered [RCV-061]", () => {
  const { rig, log } = held({ lossPolicy: "reset" });
  rig.at(ms(500)).said();
  assertEquals([log.delivered, log.ends], [[0], []]);
  rig.at(ms(600)).hears(odata({ sqn: 10 })).hears(rdata({ sqn: 1 })).hears(spm({ sqn: 2, trail: 5, lead: 20 }));
  rig.at(seconds(20)).saysNothing();
  assertEquals([log.delivered, log.lost, log.ends], [[0], ["1-1"], ["loss"]]);
  const { lost, afterEnd, messages } = rig.endpoint.stats;
  assertEquals([lost, afterEnd, messages], [1, 3, 1]);
  assertEquals(rig.endpoint.sessions[0]!.ended, "loss");
  const gauges = rig.endpoint.sessions[0]!.gauges(rig.now)!;
  assertEquals([gauges.missing, gauges.bufferedPackets, gauges.bufferedBytes], [0, 0, 0]);
  rig.at(ms(600) + seconds(30) - 1);
  assertEquals(rig.endpoint.sessions.length, 1);
  rig.at(ms(600) + seconds(30));
  assertEquals([rig.endpoint.sessions, log.ends], [[], ["loss"]]);
});

Deno.test("Receiver: policy reset in the middle of what waits: what lies before the loss is delivered, nothing behind it", () => {
  const { rig, log } = held({ lossPolicy: "reset", nakNcfRetries: 5 });
  rig.hears(odata({ sqn: 11 })).hears(odata({ sqn: 12 })).hears(rdata({ sqn: 1 }));
  assertEquals(log.delivered, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // The trailing edge passes 10, which is missing; 11, 12 and 14 wait behind it.
  rig.hears(odata({ sqn: 14, trail: 11 }));
  assertEquals([log.delivered.length, log.lost, log.ends], [10, ["10-10"], ["loss"]]);

  const passed = held({ lossPolicy: "reset" });
  passed.rig.hears(odata({ sqn: 11 })).hears(spm({ sqn: 2, trail: 12, lead: 12 }));
  assertEquals([passed.log.delivered, passed.log.lost, passed.log.ends], [[0], ["1-1"], ["loss"]]);
});

Deno.test("Receiver: policy reset: two losses at one instant are one report and one end", () => {
  const { rig, log } = receiverBench({ lossPolicy: "reset", nakNcfRetries: 0, nakListMax: 63 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (const sqn of [2, 4, 5]) rig.hears(odata({ sqn }));
  rig.hears(spm({ sqn: 2, trail: 0, lead: 8 })).at(seconds(5));
  assertEquals([log.delivered, log.lost, log.ends], [[0], ["1-1"], ["loss"]]);
});

Deno.test("Receiver: policy reset without order: what came before the loss was certain stays delivered, nothing comes after", () => {
  const { rig, log } = held({ lossPolicy: "reset", ordered: false });
  assertEquals(log.delivered, [0, 2, 3, 4, 5, 6, 7, 8, 9]);
  rig.at(seconds(1)).hears(odata({ sqn: 10 }));
  assertEquals([log.delivered.length, log.lost, log.ends], [9, ["1-1"], ["loss"]]);
});

Deno.test("Receiver: policy reset: a message whose fragments contradict each other is a loss", () => {
  const { rig, log } = receiverBench({ lossPolicy: "reset" });
  rig.hears(odata({ sqn: 0 })).hears(fragment({ sqn: 1, firstSqn: 1, offset: 0, apduLength: 12 }));
  rig.hears(fragment({ sqn: 2, firstSqn: 1, offset: 6, apduLength: 12, length: 6 })).hears(odata({ sqn: 3 }));
  assertEquals([log.delivered, log.lost, log.ends], [[0], ["1-2"], ["loss"]]);
});

Deno.test("Receiver: policy reset: the packet that shows that a message has no end is not delivered after it", () => {
  for (const lossPolicy of ["reset", "continue"] as const) {
    const { rig, log } = receiverBench({ lossPolicy });
    rig.hears(odata({ sqn: 0 })).hears(fragment({ sqn: 1, firstSqn: 1, offset: 0, apduLength: 12 }));
    rig.hears(odata({ sqn: 2 }));
    assertEquals([log.delivered, log.lost], [lossPolicy === "reset" ? [0] : [0, 2], ["1-1"]]);
    assertEquals(log.ends, lossPolicy === "reset" ? ["loss"] : []);
  }
});

Deno.test("Receiver: policy reset: a late joiner is not reset by the rest of a message that began before it", () => {
  for (const lossPolicy of ["reset", "continue"] as const) {
    const { rig, log } = receiverBench({ lossPolicy });
    const packets = apduPackets({ firstSqn: 0, lengths: [4, 4, 4, 4] }, 0);
    rig.hears(packets[2]!).hears(packets[3]!).hears(odata({ sqn: 4 }));
    assertEquals([log.delivered, log.ends], [[4], []]);
    assertEquals(log.lost.join(), lossPolicy === "reset" ? "2-2,3-3" : "2-3");
    assertEquals(rig.endpoint.stats.lost, 2);
  }
});

Deno.test("Receiver: policy reset: after its end the source may begin anew", () => {
  const { rig, log } = held({ lossPolicy: "reset", endLinger: seconds(5) });
  rig.at(seconds(10)).hears(odata({ sqn: 20, trail: 20 })).hears(odata({ sqn: 21, trail: 20 }));
  assertEquals([log.delivered, log.lost, log.ends], [[0, 20, 21], ["1-1"], ["loss"]]);
});
