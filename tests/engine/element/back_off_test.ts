/**
 * NAK_BO_IVL as a network element tells it to its children (RFC 3208, section 15.2.1).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, type OptionOf, type OptionValue, type PollValue, seconds } from "../../../engine/mod.ts";
import { ElementBench, elementBench, OWN } from "../../support/element_bench.ts";
import { nak, ncf, nla, polr, type Said, spm } from "../../support/rig.ts";

const TUNED = {
  nakBoIvlOn: "NCF+SPM",
  nakBoIvl: ms(50),
  nakBoIvlMin: ms(20),
  nakBoIvlMax: ms(400),
  ncfRepeatIvl: 0,
} as const;

function interval(said: Said | undefined): OptionOf<"NAK_BO_IVL"> | undefined {
  return said?.value.options.find((option) => option.type === "NAK_BO_IVL") as OptionOf<"NAK_BO_IVL"> | undefined;
}

/** What the NCF for a NAK tells, ms. */
function told(bench: ElementBench, iface: number, sqn: number): number | undefined {
  bench.rig.said();
  bench.nak(iface, { sqn });
  const option = interval(bench.rig.said().find(({ value }) => value.type === "NCF"));
  return option === undefined ? undefined : option.ivlUs / 1_000;
}

/** What the SPM that comes now tells on each interface, ms and POLL_SQN. */
function toldBySpm(bench: ElementBench, sqn: number, options: OptionValue[] = []): (number[] | undefined)[] {
  bench.rig.said();
  bench.spm({ sqn, options });
  return bench.rig.said().map((said) => {
    const option = interval(said);
    return option && [option.ivlUs / 1_000, option.pollSqn];
  });
}

Deno.test("NetworkElement: each interface has a NAK_BO_IVL of its own, on NCFs and SPMs [IMP-002, IMP-008, IMP-009]", () => {
  const bench = elementBench(TUNED);
  assertEquals([told(bench, 2, 5), told(bench, 2, 5), told(bench, 3, 5)], [50, 100, 50]);
  assertEquals(toldBySpm(bench, 2), [[50, 0], [100, 0], [50, 0]]);
});

Deno.test("NetworkElement: the first duplicate doubles it, NAK_PROBE_NUM losses without one halve it [IMP-004, IMP-005, IMP-006]", () => {
  const bench = elementBench({ ...TUNED, nakProbeNum: 3 });
  assertEquals([5, 5, 5, 5].map((sqn) => told(bench, 1, sqn)), [50, 100, 100, 100]);
  assertEquals([6, 7, 8].map((sqn) => told(bench, 1, sqn)), [100, 100, 50]);
  assertEquals([9, 10].map((sqn) => told(bench, 1, sqn)), [50, 50]);
  assertEquals(told(bench, 1, 11), 25);
  const { stats } = bench.element;
  assertEquals([stats.nakBoIvlRaised, stats.nakBoIvlLowered, stats.naksDuplicate], [1, 2, 3]);
});

Deno.test("NetworkElement: it stays within its limits [IMP-007]", () => {
  const bench = elementBench({ ...TUNED, nakProbeNum: 1 });
  for (let sqn = 0; sqn < 20; sqn++) {
    const tells = told(bench, 1, sqn)!;
    assert(tells >= 20, `${tells}`);
  }
  assertEquals(told(bench, 1, 20), 20);
  const dense = elementBench({ ...TUNED, nakProbeNum: 1_000 });
  for (let sqn = 0; sqn < 20; sqn++) for (let i = 0; i < 2; i++) told(dense, 1, sqn);
  assertEquals(told(dense, 1, 30), 400);
});

Deno.test("NetworkElement: NAKs are counted until the repair state ends, then anew [IMP-003]", () => {
  const bench = elementBench({ ...TUNED, dupNakMax: 3 });
  for (let i = 0; i < 3; i++) bench.nak(2, { sqn: 5 });
  assertEquals(bench.rdata(5), [2]);
  bench.rig.said();
  // As many once more: the fourth of seven would have shown the children to be out of reach.
  for (let i = 0; i < 3; i++) bench.nak(2, { sqn: 5 });
  assertEquals(bench.element.stats.unreachable, 0);
  bench.nak(2, { sqn: 5 });
  assertEquals(bench.element.stats.unreachable, 1);
  // An interface that asks later has a count of its own.
  bench.nak(3, { sqn: 5 });
  assertEquals(bench.element.stats.naksDuplicate, 2 + 3);
});

Deno.test("NetworkElement: what the parent tells its children goes no further [IMP-010, IMP-011]", () => {
  const parents: OptionValue[] = [
    { type: "NAK_BO_IVL", ivlUs: 7_000, pollSqn: 3 },
    { type: "NAK_BO_RNG", maxUs: 90_000, minUs: 1_000 },
    { type: "JOIN", minSqn: 3 },
  ];
  for (const config of [TUNED, { nakBoIvl: ms(50) }]) {
    const bench = elementBench(config);
    bench.spm({ sqn: 2, options: parents });
    const said = bench.rig.said();
    assertEquals(said.map(({ iface }) => iface), [1, 2, 3]);
    for (const { iface, value } of said) {
      const options: OptionValue[] = [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }, ...parents.slice(1)];
      assertEquals(value, spm({ sqn: 2, trail: 0, lead: 99, pathNla: OWN[iface]!, options }));
    }
  }
});

Deno.test("NetworkElement: it tells its own where the parent tells nothing, among other options or alone", () => {
  for (const others of [[], [{ type: "JOIN", minSqn: 3 }, { type: "NAK_BO_RNG", maxUs: 9, minUs: 1 }]] as const) {
    const bench = elementBench(TUNED).spm({ sqn: 2, options: [...others] });
    for (const { iface, value } of bench.rig.said()) {
      const own = { type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 } as const;
      const network = others.filter(({ type }) => type === "NAK_BO_RNG");
      const options = [own, ...network, ...others.filter(({ type }) => type === "JOIN")];
      assertEquals(value, spm({ sqn: 2, trail: 0, lead: 99, pathNla: OWN[iface]!, options }));
    }
  }
});

Deno.test("NetworkElement: an SPM without room for one more option goes on without", () => {
  const bench = elementBench(TUNED);
  const unknown = (code: number): OptionValue => ({ type: "UNKNOWN", code, octets: Uint8Array.of(1, 2, 3, 4) });
  for (const [count, tells] of [[14, true], [15, false]] as const) {
    const options = Array.from({ length: count }, (_, i) => unknown(0x40 + i));
    bench.rig.said();
    bench.spm({ sqn: count, options });
    const said = bench.rig.said();
    assertEquals(said.map((each) => interval(each) !== undefined), [tells, tells, tells]);
  }
});

Deno.test("NetworkElement: by default it tells nothing, and with NCF not on SPMs", () => {
  const bench = elementBench();
  assertEquals([told(bench, 1, 5), told(bench, 1, 5)], [undefined, undefined]);
  assertEquals(toldBySpm(bench, 2), [undefined, undefined, undefined]);
  const onNcfs = elementBench({ ...TUNED, nakBoIvlOn: "NCF" });
  assertEquals([told(onNcfs, 1, 5), toldBySpm(onNcfs, 2)[0]], [50, undefined]);
});

Deno.test("NetworkElement: the NCF for a list NAK has its numbers, source and group, and OPT_NAK_BO_IVL besides [IMP-012]", () => {
  const bench = elementBench(TUNED);
  const options: OptionValue[] = [{ type: "NAK_LIST", sqns: [6, 9] }];
  bench.rig.hears(nak({ sqn: 5, options }), { iface: 1, source: nla("10.1.0.9"), destination: OWN[1]! });
  const own: OptionValue = { type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 };
  const { value } = bench.rig.said()[0]!;
  assertEquals({ ...value, options: [] }, ncf({ sqn: 5 }));
  assertEquals(value.options.toSorted((a, b) => a.type < b.type ? -1 : 1), [own, options[0]!]);
});

Deno.test("NetworkElement: many children counted raise it before the first loss, with the number of the poll [POLL-037, IMP-018]", () => {
  const polls = { pollIvl: seconds(10), pollBits: 0, pollReplies: 50, pollAbort: 100, pollWait: ms(100) };
  const bench = new ElementBench({ ...TUNED, ...polls }).spm();
  bench.rig.said();
  const asked = bench.at(seconds(10)).rig.said().map(({ value }) => value as PollValue);
  for (let i = 0; i < 32; i++) {
    bench.rig.hears(polr({ sqn: asked[1]!.sqn }), { iface: 2, source: nla(`10.2.0.${i + 10}`), destination: OWN[2]! });
  }
  // 32 are four times as many as NAK_BO_IVL_DEFAULT is for. POLL_BO_IVL of the first poll is NAK_BO_IVL_MAX.
  const end = seconds(10) + ms(400) + ms(100);
  bench.at(end - 1);
  assertEquals(toldBySpm(bench, 2)[1], [50, 0]);
  bench.at(end);
  assertEquals(toldBySpm(bench, 3), [[50, asked[0]!.sqn], [200, asked[1]!.sqn], [50, asked[2]!.sqn]]);
});
