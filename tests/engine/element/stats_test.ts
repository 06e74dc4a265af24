import { assertEquals } from "@std/assert";
import { ElementStats, ms, seconds } from "../../../engine/mod.ts";
import { ElementBench, UPSTREAM } from "../../support/element_bench.ts";
import { poll } from "../../support/rig.ts";

Deno.test("NetworkElement: each thing that it does is counted once, and nothing else is", () => {
  const bench = new ElementBench({ nakRptIvl: ms(250), nakRptRte: 10, nakRdataIvl: seconds(1), nakElimIvl: ms(100) });
  bench.spm().nak(1, { sqn: 5 }).at(ms(50)).nak(2, { sqn: 5 }).nak(2, { sqn: 5 });
  // Repeated at 100 and 200 ms, in vain.
  bench.at(ms(300)).ncf({ sqn: 6 });
  assertEquals([bench.rdata(5), bench.rdata(5), bench.rdata(7)], [[1, 2], [], []]);
  for (const [sqn, round] of [[9, 0], [9, 0], [8, 0], [9, 1], [9, 0]] as const) {
    bench.passes(poll({ sqn, round, pathNla: UPSTREAM }));
  }
  bench.at(seconds(2));
  assertEquals({ ...bench.element.stats }, {
    ...new ElementStats(),
    spm: 1,
    spmsForwarded: 3,
    naksReceived: 3,
    naksForwarded: 1,
    naksRepeated: 2,
    naksEliminated: 2,
    naksDuplicate: 1,
    naksUnconfirmed: 1,
    ncfsSent: 2,
    ncfsHeldBack: 1,
    ncfsReceived: 1,
    anticipated: 1,
    rdataForwarded: 1,
    rdataUnwanted: 2,
    rdataCopiesSpared: 1,
    repairsExpired: 1,
    repairsPeak: 2,
    polls: 5,
    pollsRepeated: 1,
    pollsOld: 2,
    polrsSent: 1,
    polrsCancelled: 1,
  });
});
