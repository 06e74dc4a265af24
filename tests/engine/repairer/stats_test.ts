import { assertEquals } from "@std/assert";
import { ms, RepairerStats, seconds } from "../../../engine/mod.ts";
import { BELOW, PARENT, repairerBench } from "../../support/repairer_bench.ts";

Deno.test("DesignatedRepairer: what it does for those below, for its parent, and to be found is counted", () => {
  const bench = repairerBench({ repairRte: 1_000_000 });
  // Below: two numbers with one NAK. The parent: one that it has.
  bench.nak(BELOW, { sqn: 2, options: [{ type: "NAK_LIST", sqns: [3] }] });
  bench.at(ms(10)).nak(PARENT, { sqn: 4 }).at(ms(20));
  // An NCF that it answers, a search that it answers, two that are not for it.
  bench.ncf({ sqn: 5 }).poll({ sqn: 7 }).at(seconds(1));
  bench.poll({ sqn: 8, pathNla: BELOW }).poll({ sqn: 6 }).at(seconds(2));
  bench.told(
    "NCF 2+3 -> group",
    "NNAK 2 -> parent",
    "NNAK 3 -> parent",
    "RDATA 2 -> group",
    "RDATA 3 -> group",
    "NCF 4 -> parent",
    "NNAK 4 -> parent",
    "RDATA 4 -> parent",
    "POLR 0 -> group",
    "POLR 7 -> parent",
  );
  assertEquals({ ...bench.endpoint.stats }, {
    ...new RepairerStats(),
    naksFromBelow: 1,
    naksFromParent: 1,
    ncfsToGroup: 1,
    ncfsToParent: 1,
    nnaksSent: 3,
    repairsToGroup: 2,
    repairsToParent: 1,
    redirectsToGroup: 1,
    redirectsToParent: 1,
    dlrPollsUnanswered: 2,
  });
});
