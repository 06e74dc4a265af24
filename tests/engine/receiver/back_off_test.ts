/**
 * The NAK_BO_IVL that a receiver takes from its parent (RFC 3208, section 15.2.2).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, type Instant, ms, type OptionValue, type Receiver, seconds } from "../../../engine/mod.ts";
import { missingSix, receiverBench } from "../../support/benches.ts";
import { patched } from "../../support/packets.ts";
import { ncf, nla, odata, poll, type Rig, spm } from "../../support/rig.ts";

const SEEDS = 60;

function interval(ivlUs: number, pollSqn = 0): OptionValue {
  return { type: "NAK_BO_IVL", ivlUs, pollSqn };
}

function range(minUs: number, maxUs: number): OptionValue {
  return { type: "NAK_BO_RNG", maxUs, minUs };
}

/** The longest of the back-offs of many receivers that have heard what `hear` has them hear, then miss a packet. */
function longest(hear: (rig: Rig<Receiver>) => void): Instant {
  let most = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { rig } = receiverBench({ nakBoIvl: ms(50) }, seed);
    rig.hears(spm({ sqn: 1, trail: 0, lead: 5 }));
    for (let sqn = 0; sqn <= 5; sqn++) rig.hears(odata({ sqn }));
    hear(rig);
    rig.at(seconds(1)).hears(spm({ sqn: 100, trail: 0, lead: 6 }));
    const due = rig.endpoint.nextTimeout();
    rig.at(due).says("NAK 6");
    most = Math.max(most, due - seconds(1));
  }
  return most;
}

/** Of many back-offs the longest is nearly the interval, and never more. */
function assertInterval(expected: Instant, hear: (rig: Rig<Receiver>) => void): void {
  const most = longest(hear);
  assert(most <= expected && most > expected * 0.85, `${most} ns of ${expected} ns`);
}

/** An SPM in sequence with options. */
function spmWith(sqn: number, ...options: OptionValue[]) {
  return spm({ sqn, trail: 0, lead: 5, options });
}

Deno.test("Receiver: before any option, back-offs are drawn over NAK_BO_IVL_DEFAULT [IMP-014]", () => {
  assertInterval(ms(50), () => {});
});

Deno.test("Receiver: NAK_BO_IVL of an SPM, an NCF or a POLL counts for the next back-off [IMP-015]", () => {
  assertInterval(ms(200), (rig) => rig.hears(spmWith(2, interval(200_000))));
  assertInterval(ms(20), (rig) => rig.hears(ncf({ sqn: 2, options: [interval(20_000)] })));
  assertInterval(ms(400), (rig) => rig.hears(poll({ boIvlUs: 0, options: [interval(400_000)] })).at(0).says("POLR 1"));
});

Deno.test("Receiver: a back-off that has begun is not drawn anew", () => {
  const { rig } = missingSix();
  const due = rig.endpoint.nextTimeout();
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6, options: [interval(1_000_000)] }));
  assertEquals(rig.endpoint.nextTimeout(), due);
  rig.at(due).says("NAK 6");
  assertEquals(rig.endpoint.stats.nakBoIvlLearned, 1);
});

Deno.test("Receiver: NAK_BO_IVL of poll 7 counts only if a poll up to 7 was seen from round 0 on [RCV-042]", () => {
  assertInterval(ms(50), (rig) => rig.hears(spmWith(2, interval(200_000, 7))));
  assertInterval(
    ms(200),
    (rig) => rig.hears(poll({ sqn: 7 })).at(0).says("POLR 7").hears(spmWith(2, interval(200_000, 7))),
  );
  assertInterval(
    ms(200),
    (rig) => rig.hears(poll({ sqn: 6 })).at(0).says("POLR 6").hears(spmWith(2, interval(200_000, 7))),
  );
  assertInterval(
    ms(50),
    (rig) => rig.hears(poll({ sqn: 8 })).at(0).says("POLR 8").hears(spmWith(2, interval(200_000, 7))),
  );
  assertInterval(ms(50), (rig) => rig.hears(poll({ sqn: 7, round: 1 })).hears(spmWith(2, interval(200_000, 7))));
  assertInterval(ms(50), (rig) => {
    rig.hears(poll({ sqn: 7, pathNla: nla("10.0.0.254") })).at(0).says("POLR 7");
    rig.hears(spmWith(2, interval(200_000, 7)));
  });
});

Deno.test("Receiver: who was there for poll 6 was there for poll 7, even after it has heard poll 9", () => {
  assertInterval(ms(200), (rig) => {
    for (const sqn of [6, 9]) rig.hears(poll({ sqn })).at(0).says(`POLR ${sqn}`);
    rig.hears(spmWith(2, interval(200_000, 7)));
  });
});

Deno.test("Receiver: half the number space around: a poll far ahead of NAK_BO_IVL_SQN is not one before it", () => {
  const after = (seen: number, pollSqn: number) => (rig: Rig<Receiver>) => {
    rig.hears(poll({ sqn: seen })).at(0).says(`POLR ${seen}`).hears(spmWith(2, interval(200_000, pollSqn)));
  };
  assertInterval(ms(200), after(0xffff_fff0, 7));
  assertInterval(ms(200), after(8, 0x8000_0007));
  assertInterval(ms(50), after(8, 0x8000_0009));
});

Deno.test("Receiver: with a NAK_BO_IVL that it may not use it goes on with what it had, and is not silent [RCV-043]", () => {
  assertInterval(ms(100), (rig) => rig.hears(spmWith(2, interval(100_000))).hears(spmWith(3, interval(400_000, 9))));
  const { rig } = missingSix();
  rig.hears(spm({ sqn: 3, trail: 0, lead: 6, options: [interval(400_000, 9)] }));
  rig.at(ms(60)).says("NAK 6");
  assertEquals([rig.endpoint.stats.nakBoIvlUncounted, rig.endpoint.stats.nakBoIvlLearned], [1, 0]);
});

Deno.test("Receiver: OPT_NAK_BO_RNG sets the limits of what it uses [IMP-016]", () => {
  const learn = (ivlUs: number) => (rig: Rig<Receiver>) => {
    rig.hears(spmWith(2, range(30_000, 300_000))).hears(spmWith(3, interval(ivlUs)));
  };
  assertInterval(ms(30), learn(1_000));
  assertInterval(ms(30), learn(30_000));
  assertInterval(ms(300), learn(300_000));
  assertInterval(ms(300), learn(900_000));
  assertInterval(ms(100), (rig) => rig.hears(spmWith(2, range(100_000, 300_000))));
  assertInterval(ms(40), (rig) => rig.hears(spmWith(2, range(10_000, 40_000))));
  // In one SPM, too.
  assertInterval(ms(300), (rig) => rig.hears(spmWith(2, interval(900_000), range(30_000, 300_000))));
});

Deno.test("Receiver: without it, its own limits", () => {
  assertInterval(ms(10), (rig) => rig.hears(spmWith(2, interval(0))));
  assertInterval(seconds(2), (rig) => rig.hears(spmWith(2, interval(0xffff_ffff))));
});

Deno.test("Receiver: an impossible OPT_NAK_BO_RNG changes no limits and is counted [IMP-017]", () => {
  for (const [min, max] of [[100_000, 10_000], [0, 500_000], [0, 0]] as const) {
    // Maximum first; the encoder would refuse it.
    const good = encodePacket(spmWith(2, range(30_000, 300_000)));
    const bad = patched(good, good.length - 8, [...u32(max), ...u32(min)]);
    assertInterval(seconds(2), (rig) => {
      rig.hears(bad).hears(spmWith(3, interval(3_000_000)));
      assertEquals([rig.endpoint.stats.optionsIgnored, rig.endpoint.stats.malformed], [1, 0]);
    });
  }
});

function u32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

Deno.test("Receiver: it learns from its parent alone: from the source's address, on the interface towards it", () => {
  const option = interval(400_000);
  assertInterval(ms(50), (rig) => rig.hears(ncf({ sqn: 2, options: [option] }), { source: nla("10.0.0.66") }));
  assertInterval(ms(50), (rig) => rig.hears(ncf({ sqn: 2, options: [option] }), { iface: 1 }));
  assertInterval(ms(50), (rig) => rig.hears(spmWith(1, option)));
});
