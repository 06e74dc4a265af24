/**
 * Numbers that are known from NCFs and NAKs alone.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { receiverBench } from "../../support/benches.ts";
import { ncf, odata, only, rdata, spm } from "../../support/rig.ts";

const CONFIG = { nakBoIvl: ms(10), nakRptIvl: ms(100), nakRdataIvl: ms(100), nakNcfRetries: 1, nakDataRetries: 1 };

/** A receiver that has all up to 5, and has given up 9, of which only an NCF spoke. */
function gaveUpNine() {
  const bench = receiverBench(CONFIG);
  bench.rig.hears(spm({ sqn: 1, trail: 0, lead: 5 }));
  for (let sqn = 0; sqn <= 5; sqn++) bench.rig.hears(odata({ sqn }));
  bench.rig.hears(ncf({ sqn: 9 })).at(seconds(1));
  assertEquals(only(bench.rig.said(), "NAK").length > 0, true);
  return bench;
}

Deno.test("Receiver: a number given up on hearsay is not asked for again for more of it, and not reported [RCV-060]", () => {
  const { rig, log } = gaveUpNine();
  for (let i = 0; i < 10; i++) rig.hears(ncf({ sqn: 9 })).at(rig.now + seconds(1)).saysNothing();
  assertEquals([log.lost, rig.endpoint.sessions[0]!.missing], [[], 0]);
  assertEquals(rig.endpoint.stats.ncfUnwanted, 10);
});

Deno.test("Receiver: an SPM that knows nothing of it ends what is asked for on hearsay, and nothing else [RCV-062]", () => {
  const { rig, log } = receiverBench({ ...CONFIG, nakNcfRetries: 99, nakDataRetries: 99 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 5 }));
  for (const sqn of [0, 1, 2, 3, 5, 7]) rig.hears(odata({ sqn }));
  rig.hears(ncf({ sqn: 9 })).hears(ncf({ sqn: 10 })).at(seconds(1)).said();
  assertEquals(rig.endpoint.sessions[0]!.missing, 4);
  // An old one may say less than data has; 4 and 6 are missing, 9 exists.
  rig.hears(spm({ sqn: 2, trail: 0, lead: 6 })).hears(ncf({ sqn: 9 }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 2);
  rig.hears(spm({ sqn: 3, trail: 0, lead: 9 }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 4);
  rig.at(seconds(3));
  assertEquals([...new Set(only(rig.said(), "NAK").map(({ sqn }) => sqn))].sort((a, b) => a - b), [4, 6, 8, 9]);
  assertEquals(log.lost, []);
});

Deno.test("Receiver: data and SPMs show that it exists: then it counts like any other", () => {
  const data = gaveUpNine();
  for (const sqn of [6, 7, 8, 9]) data.rig.hears(odata({ sqn }));
  assertEquals(data.log.delivered, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const lost = gaveUpNine();
  for (const sqn of [6, 7, 8]) lost.rig.hears(odata({ sqn }));
  lost.rig.hears(spm({ sqn: 2, trail: 0, lead: 9 })).at(lost.rig.now + ms(10)).says("NAK 9");
  lost.rig.hears(ncf({ sqn: 9 })).hears(rdata({ sqn: 9 }));
  assertEquals(lost.log.delivered.at(-1), 9);
});

Deno.test("Receiver: of a flood of NCFs for what nobody sent, the latest 1024 numbers are remembered", () => {
  // One microsecond to draw from: they are given up in order.
  const { rig, log } = receiverBench({ ...CONFIG, nakBoIvl: 1_000 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  const FLOOD = 40_000;
  for (let sqn = 1; sqn <= FLOOD; sqn++) rig.hears(ncf({ sqn }));
  assertEquals(rig.endpoint.sessions[0]!.missing, FLOOD);
  rig.at(seconds(10)).said();
  assertEquals([rig.endpoint.sessions[0]!.missing, log.lost], [0, []]);
  rig.hears(ncf({ sqn: FLOOD - 1_024 })).hears(ncf({ sqn: FLOOD - 1_023 })).hears(ncf({ sqn: FLOOD }));
  assertEquals([rig.endpoint.sessions[0]!.missing, rig.endpoint.stats.ncfUnwanted], [1, 2]);
});

Deno.test("Receiver: what was heard of takes no room from what transmission groups miss", () => {
  const { rig } = receiverBench({ ...CONFIG, maxMissing: 8 });
  rig.hears(odata({ sqn: 0 }));
  for (let sqn = 8; sqn < 16; sqn++) rig.hears(ncf({ sqn }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 8);
  const parity = { type: "PARITY_PRM", proActive: false, onDemand: true, tgSize: 8 } as const;
  rig.hears(spm({ sqn: 1, trail: 0, lead: 15, options: [parity] })).at(ms(10));
  // 0 was delivered, 1 to 8 are all that may be missing: of both groups, all packets are asked for.
  const naks = only(rig.said(), "NAK").map(({ sqn, parity }) => [sqn, parity]);
  assertEquals(naks.sort(), [[15, true], [7, true]]);
});
