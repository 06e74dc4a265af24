/**
 * OPT_FRAGMENT through parity (RFC 3208, section 11.2): what is recovered is as if it had come.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { receiverBench } from "../../support/benches.ts";
import { type Fragments, groupOf, offer, parity } from "../../support/parity.ts";
import { odata } from "../../support/rig.ts";

const SESSION = { sqn: 1, lead: 0xffff_ffff, tgSize: 4 };

/** What the application is told of a group of four, of which some packets are lost, and of the next packet. */
function told(lengths: readonly number[], fragments: Fragments, ...lost: number[]) {
  const { rig, log } = receiverBench();
  rig.hears(offer(SESSION)).hears(odata({ sqn: 3 }));
  for (const [at, packet] of groupOf(4, lengths, fragments).entries()) if (!lost.includes(at)) rig.hears(packet);
  for (const index of lost.keys()) rig.hears(parity({ first: 4, lengths, fragments, index, tgSize: 4 }));
  rig.hears(odata({ sqn: 8 }));
  assertEquals([rig.endpoint.stats.parityRecovered, rig.endpoint.stats.parityContradictory], [lost.length, 0]);
  return { delivered: log.delivered, messages: log.messages, lost: log.lost };
}

/** All ways to lose packets of a group of four. */
const LOSSES = [...Array(16).keys()].map((set) => [0, 1, 2, 3].filter((at) => (set >> at & 1) === 1));

Deno.test("receiver: recovered fragments make up their message, and what is none stays a message [FEC-043]", () => {
  // A message of three fragments, and one that is not in fragments.
  const fragments = {
    0: { firstSqn: 4, offset: 0, apduLength: 50 },
    1: { firstSqn: 4, offset: 20, apduLength: 50 },
    2: { firstSqn: 4, offset: 40, apduLength: 50 },
  };
  const lengths = [20, 20, 10, 20];
  const all = told(lengths, fragments);
  assertEquals([all.delivered, all.lost, all.messages[1]!.length], [[3, 4, 7, 8], [], 50]);
  for (const lost of LOSSES) assertEquals(told(lengths, fragments, ...lost), all, `${lost} lost`);
});

Deno.test("receiver: of packets with OPT_FRAGMENT and without, each is recovered with its own, or with none [FEC-044]", () => {
  for (const lengths of [[20, 20, 20, 20], [20, 7, 20, 12]]) {
    // The second has a message of its own, or one that goes on and is broken off: that is told by its OPT_FRAGMENT alone.
    for (
      const [apduLength, delivered, reported] of [[20, [3, 4, 5, 6, 7, 8], []], [21, [3, 4, 5, 7, 8], ["6-6"]]] as const
    ) {
      const fragments = {
        0: { firstSqn: 4, offset: 0, apduLength: 20 },
        2: { firstSqn: 6, offset: 0, apduLength },
      };
      const all = told(lengths, fragments);
      assertEquals([all.delivered, all.lost], [[...delivered], [...reported]]);
      for (const lost of LOSSES) assertEquals(told(lengths, fragments, ...lost), all, `${lost} lost`);
    }
  }
});
