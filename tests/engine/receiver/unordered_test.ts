/**
 * Delivery without order (RFC 3208, section 6.1): each message as soon as it is whole, and only then.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type Receiver, type ReceiverConfig } from "../../../engine/mod.ts";
import { type Apdu, apduOctets, apduPackets, fragment } from "../../support/apdus.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { odata, rdata, type Rig, spm } from "../../support/rig.ts";

/** A receiver that got 0 .. 4 of a source of which it knows no SPM. */
function unordered(config: Partial<ReceiverConfig> = {}): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench({ ordered: false, spmr: false, ...config });
  for (let sqn = 0; sqn <= 4; sqn++) bench.rig.hears(odata({ sqn }));
  bench.log.delivered.length = 0;
  bench.log.messages.length = 0;
  return bench;
}

/** The packets of an APDU of three, four octets each. */
function three(firstSqn: number) {
  const apdu: Apdu = { firstSqn, lengths: [4, 4, 4] };
  return { apdu, packets: apduPackets(apdu, 0) };
}

Deno.test("Receiver: without order, messages come as they arrive [RCV-010]", () => {
  const { rig, log } = unordered();
  for (const sqn of [5, 7, 6]) {
    rig.hears(odata({ sqn }));
    assertEquals(log.delivered.at(-1), sqn);
  }
  assertEquals(log.delivered, [5, 7, 6]);
  assertEquals(log.messages.map((message) => [...message]), [[5], [7], [6]]);

  const inOrder = receiverBench({ spmr: false });
  for (const sqn of [5, 7, 6]) inOrder.rig.hears(odata({ sqn }));
  assertEquals(inOrder.log.delivered, [5, 6, 7]);
});

Deno.test("Receiver: without order, what was delivered is not delivered again, by its turn or by a duplicate", () => {
  const { rig, log } = unordered();
  rig.hears(odata({ sqn: 6 })).hears(odata({ sqn: 6 })).hears(rdata({ sqn: 6 }));
  assertEquals([log.delivered, rig.endpoint.stats.duplicates], [[6], 2]);
  rig.hears(odata({ sqn: 5 })).hears(odata({ sqn: 6 })).hears(odata({ sqn: 7 }));
  assertEquals([log.delivered, rig.endpoint.stats.duplicates], [[6, 5, 7], 3]);
  assertEquals([rig.endpoint.sessions[0]!.next, rig.endpoint.stats.messages], [8, 8]);
});

Deno.test("Receiver: without order, a message in fragments behind a gap comes with its last one, whichever that is [RCV-011]", () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]]) {
    const { rig, log } = unordered();
    const { apdu, packets } = three(6);
    rig.hears(packets[order[0]!]!).hears(packets[order[1]!]!).hears(packets[order[1]!]!);
    assertEquals(log.delivered, []);
    rig.hears(packets[order[2]!]!);
    assertEquals([log.delivered, log.messages.map((message) => [...message])], [[6], [apduOctets(apdu)]]);
    rig.hears(odata({ sqn: 5 })).hears(odata({ sqn: 9 }));
    assertEquals(log.delivered, [6, 5, 9]);
  }
});

Deno.test("Receiver: without order, a message that a gap cuts in two comes when the gap is filled", () => {
  const { rig, log } = unordered();
  const { apdu, packets } = three(5);
  rig.hears(packets[0]!).hears(packets[2]!).hears(odata({ sqn: 8 }));
  assertEquals(log.delivered, [8]);
  rig.hears(packets[1]!);
  assertEquals([log.delivered, [...log.messages[1]!]], [[8, 5], apduOctets(apdu)]);
  assertEquals(rig.endpoint.sessions[0]!.gauges(0)!.bufferedPackets, 0);
});

Deno.test("Receiver: without order, fragments that contradict each other behind a gap are lost in their turn, once", () => {
  const { rig, log } = unordered();
  // 6 says that the APDU has twelve octets, 7 and 8 that it has sixteen; 12 octets are there all the same.
  rig.hears(fragment({ sqn: 6, firstSqn: 6, offset: 0, apduLength: 12 }));
  rig.hears(fragment({ sqn: 7, firstSqn: 6, offset: 4, apduLength: 16 }));
  rig.hears(fragment({ sqn: 8, firstSqn: 6, offset: 8, apduLength: 12 })).hears(odata({ sqn: 9 }));
  assertEquals([log.delivered, log.lost], [[9], []]);
  rig.hears(odata({ sqn: 5 }));
  assertEquals([log.delivered, log.lost, rig.endpoint.stats.lost], [[9, 5], ["6-8"], 3]);
  assertEquals(rig.endpoint.stats.fragmentsContradictory, 1);
});

Deno.test("Receiver: without order, an overlap that makes up the length is no message", () => {
  const { rig, log } = unordered();
  rig.hears(fragment({ sqn: 6, firstSqn: 6, offset: 0, apduLength: 12 }));
  rig.hears(fragment({ sqn: 7, firstSqn: 6, offset: 2, apduLength: 12 }));
  rig.hears(fragment({ sqn: 8, firstSqn: 6, offset: 8, apduLength: 12 }));
  assertEquals(log.delivered, []);
  rig.hears(odata({ sqn: 5 })).hears(odata({ sqn: 9 }));
  assertEquals([log.delivered, log.lost], [[5, 9], ["6-8"]]);
});

Deno.test("Receiver: without order, losses are reported once and in order, though later messages came before them", () => {
  const { rig, log } = unordered({ nakNcfRetries: 0 });
  for (const sqn of [6, 8, 9, 11]) rig.hears(odata({ sqn }));
  rig.hears(spm({ sqn: 1, trail: 0, lead: 12 }));
  assertEquals([log.delivered, log.lost], [[6, 8, 9, 11], []]);
  rig.at(ms(1000));
  assertEquals([log.lost, rig.endpoint.stats.lost], [["5-5", "7-7", "10-10", "12-12"], 4]);
  rig.hears(rdata({ sqn: 5 })).hears(odata({ sqn: 13 }));
  assertEquals([log.delivered, log.lost.length], [[6, 8, 9, 11, 13], 4]);
});

for (const ordered of [true, false]) {
  Deno.test(`Receiver: the largest message, and one octet more, behind a gap, ${ordered ? "" : "not "}in order`, () => {
    for (const [maxApdu, expected] of [[12, [[5, 6, 9], []]], [11, [[5, 9], ["6-8"]]]] as const) {
      const { rig, log } = unordered({ ordered, maxApdu });
      for (const packet of three(6).packets) rig.hears(packet);
      rig.hears(odata({ sqn: 5 })).hears(odata({ sqn: 9 }));
      assertEquals([log.delivered.sort((a, b) => a - b), log.lost], expected as unknown as unknown[]);
      assertEquals(rig.endpoint.stats.apdusTooLong, maxApdu === 12 ? 0 : 1);
    }
  });
}
