import { assertEquals } from "@std/assert";
import { ms } from "../../../engine/mod.ts";
import { ElementBench, elementBench } from "../../support/element_bench.ts";

const list = (...sqns: number[]) => [{ type: "NAK_LIST", sqns }] as const;

Deno.test("NetworkElement: a list NAK is confirmed with its list and forwarded as it is [NE-051]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5, options: list(6, 9) }).says("1 NCF 5+6+9", "0 NAK 5+6+9");
  assertEquals(bench.element.gauges.pending, 3);
  for (const sqn of [9, 5, 6]) assertEquals(bench.rdata(sqn), [1]);
});

Deno.test("NetworkElement: a list NAK goes up intact while any of its numbers is news, else not [NE-052, NE-053]", () => {
  const bench = elementBench({ nakElimIvl: ms(200), ncfRepeatIvl: 0 });
  bench.nak(1, { sqn: 5 }).nak(1, { sqn: 9 }).ncf({ sqn: 5 }).ncf({ sqn: 9 }).rig.said();
  bench.at(ms(50)).nak(2, { sqn: 5, options: list(6, 9) }).says("2 NCF 5+6+9", "0 NAK 5+6+9");
  bench.ncf({ sqn: 5, options: list(6, 9) });
  bench.at(ms(250) - 1).nak(1, { sqn: 5, options: list(6, 9) }).says("1 NCF 5+6+9");
  bench.at(ms(250)).nak(1, { sqn: 5, options: list(6, 9) }).says("1 NCF 5+6+9", "0 NAK 5+6+9");
  assertEquals(bench.rdata(6), [1, 2]);
});

Deno.test("NetworkElement: a list of numbers that are all pending is eliminated [NE-055]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5, options: list(6) }).nak(1, { sqn: 7 }).rig.said();
  bench.nak(2, { sqn: 5, options: list(6, 7) }).says("2 NCF 5+6+7");
  // One pending, one outstanding: still nothing new.
  bench.ncf({ sqn: 7 }).nak(3, { sqn: 5, options: list(7) }).says("3 NCF 5+7");
});

Deno.test("NetworkElement: what is repeated of a list is what is still unconfirmed", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5, options: list(6, 7, 9) }).rig.said();
  bench.at(ms(100)).says("0 NAK 5+6+7+9");
  bench.ncf({ sqn: 6 });
  assertEquals(bench.rdata(5), [1]);
  bench.at(ms(200)).says("0 NAK 7+9");
  bench.ncf({ sqn: 7, options: list(9) });
  bench.at(ms(900)).saysNothing();
});

Deno.test("NetworkElement: what another NAK is repeated for already is not repeated twice", () => {
  const bench = elementBench({ nakRptIvl: ms(250) });
  bench.nak(1, { sqn: 6 }).at(ms(50)).nak(1, { sqn: 5, options: list(6) }).says(
    "1 NCF 6",
    "0 NAK 6",
    "1 NCF 5+6",
    "0 NAK 5+6",
  );
  bench.at(ms(100)).says("0 NAK 6").at(ms(150)).says("0 NAK 5");
});

Deno.test("NetworkElement: a list may cross the wrap", () => {
  const bench = new ElementBench().spm({ sqn: 1, trail: 0xffff_fff0, lead: 5 });
  bench.rig.said();
  bench.nak(1, { sqn: 0xffff_ffff, options: list(0, 3) }).says("1 NCF 4294967295+0+3", "0 NAK 4294967295+0+3");
  bench.at(ms(50)).ncf({ sqn: 0xffff_ffff });
  bench.at(ms(100)).says("0 NAK 0+3");
  assertEquals(bench.rdata(0), [1]);
});

Deno.test("NetworkElement: an unsolicited list NCF anticipates every number [NE-054]", () => {
  const bench = elementBench();
  bench.ncf({ sqn: 5, options: list(6, 9) });
  assertEquals([bench.element.gauges.repairs, bench.element.stats.anticipated], [3, 3]);
  for (const sqn of [5, 6, 9]) bench.nak(1, { sqn }).says(`1 NCF ${sqn}`);
  bench.nak(1, { sqn: 7 }).says("1 NCF 7", "0 NAK 7");
});

Deno.test("NetworkElement: an NCF is held back only if all that it names was just confirmed", () => {
  const bench = elementBench({ ncfRepeatIvl: ms(20) });
  bench.nak(1, { sqn: 5, options: list(6) }).rig.said();
  bench.at(ms(5)).nak(1, { sqn: 6 }).saysNothing();
  bench.nak(1, { sqn: 5, options: list(7) }).says("1 NCF 5+7", "0 NAK 5+7");
});
