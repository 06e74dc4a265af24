/**
 * Advances that wait for repairs (`holdForRepairs`): the trail goes on repair by repair, and never waits for long.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  type Instant,
  ms,
  NEVER,
  prngFromSeed,
  seconds,
  type Source,
  type SourceConfig,
  sqnAdd,
  windowSize,
} from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { nak, only, type Rig } from "../../support/rig.ts";

/**
 * Packets of 100 octets take 100 ms. Sent one by one from 0 on, the increment is 0 .. 5 and due at 1 s; a repair leaves
 * when its number was asked for `rdataDelay` ago.
 */
const HELD: Partial<SourceConfig> = {
  ...QUIET,
  txwMaxRte: 1000,
  burstBytes: 1e9,
  txwSecs: seconds(1),
  txwAdvSecs: ms(600),
  holdForRepairs: true,
  rdataDelay: ms(100),
  ncfRepeatIvl: 0,
  syn: false,
};

/** Packets 0 .. `count - 1` were sent, 100 ms apart. */
function sent(config: Partial<SourceConfig> = {}, count = 8): Rig<Source> {
  const rig = sourceBench({ ...HELD, ...config });
  for (let i = 0; i < count; i++) send(rig.at(ms(100) * i), 1, 76);
  return rig;
}

function asks(rig: Rig<Source>, at: Instant, ...sqns: number[]): Rig<Source> {
  rig.at(at);
  for (const sqn of sqns) rig.hears(nak({ sqn }), FROM_RECEIVER);
  return rig;
}

/** The trail just before an instant and at it. */
function step(rig: Rig<Source>, at: Instant): [number, number] {
  const before = rig.at(at - 1).endpoint.trail;
  return [before, rig.at(at).endpoint.trail];
}

Deno.test("Source: a held advance goes up to the oldest repair that waits, and on as each leaves", () => {
  const rig = asks(asks(sent(), ms(950), 2), ms(960), 4);
  assertEquals(step(rig, seconds(1)), [0, 2]);
  assertEquals(rig.endpoint.nextTimeout(), ms(1050));
  rig.endpoint.handleTimeout(seconds(1));
  assertEquals(rig.endpoint.trail, 2);
  rig.said();
  assertEquals(step(rig, ms(1050)), [2, 4]);
  assertEquals(step(rig, ms(1060)), [4, 6]);
  // A repair says where the trail is as it leaves, and so is never behind it.
  assertEquals(only(rig.said(), "RDATA").map(({ sqn, trail }) => [sqn, trail]), [[2, 2], [4, 4]]);
  assertEquals(rig.endpoint.stats.repairsExpired, 0);
  assertEquals(rig.endpoint.nextTimeout(), ms(1600));
  assertEquals(step(rig, ms(1600)), [6, 8]);

  const plain = asks(asks(sent({ holdForRepairs: false }), ms(950), 2), ms(960), 4);
  assertEquals(step(plain, seconds(1)), [0, 6]);
  assertEquals([plain.endpoint.stats.repairsExpired, plain.endpoint.nextTimeout()], [2, ms(1600)]);
});

Deno.test("Source: an advance waits for what was asked for a nanosecond before it was due, not for what is then", () => {
  const early = asks(sent(), seconds(1) - 1, 3);
  assertEquals(step(early, seconds(1)), [0, 3]);
  assertEquals(step(early, ms(1100) - 1), [3, 6]);
  const late = asks(sent(), seconds(1), 3);
  assertEquals([late.endpoint.trail, late.endpoint.stats.naksBehindTrail], [6, 1]);
  // What the next increment has asked for holds nothing.
  assertEquals(step(asks(sent(), ms(950), 6), seconds(1)), [0, 6]);
});

Deno.test("Source: the trail does not pass an older repair because a newer one leaves first", () => {
  const rig = asks(asks(sent(), ms(950), 4), ms(960), 2);
  assertEquals(step(rig, seconds(1)), [0, 2]);
  assertEquals(step(rig, ms(1050)), [2, 2]);
  assertEquals(step(rig, ms(1060)), [2, 6]);
});

Deno.test("Source: who asks while the advance is held does not extend it", () => {
  const rig = asks(asks(sent(), ms(950), 1), ms(980), 5);
  // 5 again after it waits, 3 for the first time: 3 is due long after 5, which ends it.
  asks(rig, ms(1010), 5, 3);
  assertEquals(step(rig, ms(1050)), [1, 5]);
  assertEquals(step(rig, ms(1080)), [5, 6]);
  assertEquals([rig.endpoint.stats.repairsExpired, rig.endpoint.stats.naksMerged], [1, 1]);

  const stubborn = asks(sent({ rdataDelay: 0 }), ms(999), 3);
  for (let t = 1000; t < 1100; t += 5) asks(stubborn, ms(t), 0, 1, 2, 3, 4, 5);
  assertEquals([stubborn.endpoint.trail, stubborn.endpoint.stats.naksBehindTrail], [6, 120]);
});

Deno.test("Source: a number that is repaired and asked for again holds the trail once", () => {
  const rig = asks(asks(sent(), ms(950), 5), ms(995), 1);
  asks(rig, ms(1060), 5);
  assertEquals(rig.endpoint.stats.naksAfterRdata, 1);
  assertEquals(step(rig, ms(1095)), [1, 6]);
  assertEquals(rig.endpoint.stats.repairsExpired, 1);
});

Deno.test("Source: after TXW_ADV_SECS the increment is dropped, whatever waits", () => {
  const rig = asks(sent({ rdataDelay: seconds(10) }, 10), ms(950), 2, 4);
  assertEquals(step(rig, seconds(1)), [0, 2]);
  assertEquals(rig.endpoint.nextTimeout(), ms(1600));
  // The next is due at once: 6 was sent at 600 ms. Nobody asked for it.
  assertEquals(step(rig, ms(1600)), [2, 10]);
  assertEquals(rig.endpoint.stats.repairsExpired, 2);
  assertEquals(rig.endpoint.nextTimeout() > seconds(5), true);
  // Woken up too late, it does not hold at all.
  const late = asks(sent({ rdataDelay: seconds(10) }, 6), ms(950), 2);
  late.endpoint.handleTimeout(ms(1600));
  assertEquals([late.endpoint.trail, late.endpoint.stats.repairsExpired], [6, 1]);
});

Deno.test("Source: an advance that becomes due while another is held follows it, and is held for its own repairs", () => {
  // Packets are sent 150 ms apart, and 100 ms is all that an advance drops: each packet is an increment.
  const spaced = (...asked: [Instant, number][]) => {
    const rig = sourceBench({ ...HELD, txwAdvSecs: ms(200), rdataDelay: ms(190) });
    for (let i = 0; i < 3; i++) send(rig.at(ms(150) * i), 1, 76);
    for (const [at, sqn] of asked) asks(rig, at, sqn);
    return rig;
  };
  const alone = spaced([ms(999), 0]);
  assertEquals(step(alone, seconds(1)), [0, 0]);
  assertEquals(step(alone, ms(1150)), [0, 0]);
  alone.at(ms(1189) - 1).endpoint.handleTimeout(ms(1189));
  assertEquals(alone.endpoint.trail, 2);
  assertEquals(alone.endpoint.nextTimeout(), ms(1300));
  const both = spaced([ms(995), 0], [ms(999), 1]);
  assertEquals(step(both, ms(1185)), [0, 1]);
  assertEquals(step(both, ms(1189)), [1, 2]);
  assertEquals(both.endpoint.stats.repairsExpired, 0);
});

Deno.test("Source: an abort without repairs, and the end of the session, end a hold", () => {
  for (const nakable of [false, true]) {
    const rig = asks(sent(), ms(950), 2).at(seconds(1));
    rig.said();
    rig.endpoint.abort(rig.now, { errorCode: 1, nakable });
    assertEquals(rig.endpoint.trail, nakable ? 2 : 6);
    assertEquals(only(rig.said(), "SPM").map(({ trail }) => trail), [nakable ? 2 : 6]);
  }
  const closed = sent({ rdataDelay: seconds(10) }, 3);
  closed.endpoint.close(ms(200));
  asks(closed, ms(950), 0);
  assertEquals(step(closed, seconds(1)), [0, 0]);
  assertEquals(step(closed, ms(1200)), [0, 3]);
  assertEquals([closed.endpoint.state, closed.endpoint.nextTimeout()], ["closed", NEVER]);
});

Deno.test("Source: a full window that is held lets data out as each repair leaves", () => {
  const rig = send(asks(asks(sent({ txwMaxSqns: 8 }), ms(950), 2), ms(960), 4), 8, 76);
  assertEquals([rig.endpoint.lead, rig.endpoint.waiting], [7, 8]);
  const leads = [seconds(1), ms(1050), ms(1060)].map((at) => rig.at(at).endpoint.lead);
  assertEquals(leads, [9, 11, 13]);
});

Deno.test("SourceConfig: holdForRepairs is for windows that advance with time", () => {
  sourceBench({ holdForRepairs: true });
  for (const strategy of [{ txwStrategy: "application" }, { txwStrategy: "advanceWithData", txwAdvIvl: 1 }] as const) {
    sourceBench({ ...strategy, holdForRepairs: false });
    assertThrows(() => sourceBench({ ...strategy, holdForRepairs: true }), AssertionError, "holdForRepairs");
  }
});

Deno.test("Source: whatever is asked for, held data is kept for TXW_ADV_SECS more, and nextTimeout is exact", () => {
  let [held, repaired] = [0, 0];
  for (let seed = 0; seed < 40; seed++) {
    const random = prngFromSeed(seed).fork("held advance");
    const firstSqn = 0xffff_fff0;
    const rdataDelay = ms(random.below(300));
    const incrementRepairsFirst = random.below(2) === 0;
    const rig = sourceBench({
      ...HELD,
      burstBytes: 300,
      rateCoversRdata: true,
      firstSqn,
      rdataDelay,
      incrementRepairsFirst,
    });
    const sentAt: Instant[] = [];
    for (let pass = 0; pass < 300; pass++) {
      rig.at(rig.now + ms(random.below(120)));
      if (random.below(2) === 0) send(rig, 1, 1 + random.below(200));
      const { trail, lead } = rig.endpoint;
      if (random.below(2) === 0) rig.hears(nak({ sqn: sqnAdd(trail, random.below(8) - 2) }), FROM_RECEIVER);
      for (const { at, value } of rig.said()) {
        if (value.type === "ODATA") sentAt.push(at);
        if (value.type === "RDATA") {
          assert(windowSize(value.trail, value.sqn) > 0, `seed ${seed}: a repair behind the trail that it says`);
          const age = at - sentAt[windowSize(firstSqn, value.sqn) - 1]!;
          if (age >= seconds(1)) repaired++;
        }
      }
      const oldest = sentAt[windowSize(firstSqn, trail) - 1];
      if (windowSize(trail, lead) > 0 && oldest !== undefined) {
        assert(rig.now - oldest < ms(1600), `seed ${seed}: ${trail} is ${rig.now - oldest} ns old`);
        if (rig.now - oldest >= seconds(1)) held++;
      }
      const next = rig.endpoint.nextTimeout();
      const trailNow = rig.endpoint.trail;
      assert(next > rig.now, `due at ${next}, it is ${rig.now}`);
      rig.endpoint.handleTimeout(rig.now);
      assertEquals([rig.endpoint.nextTimeout(), rig.endpoint.trail, rig.said()], [next, trailNow, []]);
    }
    rig.at(rig.now + seconds(100));
    assertEquals([rig.endpoint.waiting, rig.endpoint.gauges(rig.now).windowPackets], [0, 0]);
  }
  assert(held > 100 && repaired > 50, `${held} ${repaired}`);
});
