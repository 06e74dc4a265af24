/**
 * Parity that waits at a source (RFC 3208, section 11.4): for others' requests, for the rate, for the end of its group;
 * and what becomes of it when the window or the session goes on without it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { FROM_RECEIVER, send } from "../../support/benches.ts";
import { heard, ON_DEMAND, paritySource as bench, PRO_ACTIVE } from "../../support/parity_source.ts";
import { nak } from "../../support/rig.ts";

const BOTH = { ...PRO_ACTIVE, onDemand: true };
/** The data of a group leaves at once, its parity waits for the rate. */
const SLOW = { txwMaxRte: 1_000, burstBytes: 1_050 };

/** A source that has sent a group, and nothing of its parity. */
function behind(parity: Parameters<typeof bench>[0], config: Parameters<typeof bench>[1] = {}) {
  const rig = send(bench(parity, { ...SLOW, ...config }).at(0), 8);
  const said = heard(rig);
  assertEquals([said.length, rig.endpoint.stats.parity], [9, 0]);
  return rig;
}

Deno.test("Source: the first request for a group sets the time for all that come before it, the next one begins anew", () => {
  const rig = send(bench(ON_DEMAND, { rdataDelay: ms(50) }).at(0), 8);
  rig.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  rig.at(ms(20)).hears(nak({ sqn: 2, parity: true }), FROM_RECEIVER).hears(
    nak({ sqn: 1, parity: true }),
    FROM_RECEIVER,
  );
  rig.said();
  rig.at(ms(50) - 1).saysNothing();
  assertEquals(heard(rig.at(ms(50))), ["RDATA* 0", "RDATA* 1", "RDATA* 2"]);
  assertEquals(rig.endpoint.stats.naksMerged, 1);
  rig.at(ms(60)).hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER).said();
  rig.at(ms(110) - 1).saysNothing();
  assertEquals(heard(rig.at(ms(110))), ["RDATA* 3"]);
});

Deno.test("Source: each packet of a full group that is asked for by number takes a parity packet, once", () => {
  const rig = send(bench(ON_DEMAND, { rdataDelay: ms(50) }).at(0), 8);
  for (const sqn of [3, 4, 3]) rig.hears(nak({ sqn }), FROM_RECEIVER);
  rig.said();
  assertEquals([heard(rig.at(ms(50))), rig.endpoint.stats.naksMerged], [["RDATA* 0", "RDATA* 1"], 1]);
  rig.at(seconds(1)).saysNothing();
});

Deno.test("Source: within ncfRepeatIvl a parity NAK is confirmed though a packet of the same number was, and once", () => {
  const rig = send(bench(ON_DEMAND, { ncfRepeatIvl: ms(100), rdataDelay: seconds(1) }).at(0), 8);
  rig.said();
  for (let i = 0; i < 2; i++) {
    rig.hears(nak({ sqn: 2 }), FROM_RECEIVER).hears(nak({ sqn: 2, parity: true }), FROM_RECEIVER);
  }
  assertEquals(heard(rig), ["NCF 2", "NCF* 2"]);
});

Deno.test("Source: requests for parity hold off the window's advance as those for packets do", () => {
  const config = {
    txwStrategy: "advanceWithData",
    txwMaxRte: 1_000,
    burstBytes: 1e9,
    txwSecs: seconds(1),
    txwAdvSecs: ms(300),
    txwAdvIvl: ms(200),
    rateCoversRdata: true,
  } as const;
  // 100 octets a packet, of which the window has ten and the increment three. Its timer runs from 800 octets on.
  for (const asked of [{ sqn: 2 }, { sqn: 0, parity: true }] as const) {
    const rig = send(bench(ON_DEMAND, config).at(0), 8, 76);
    rig.hears(nak(asked), FROM_RECEIVER);
    assertEquals(rig.endpoint.stats.advancesHeldOff, 1);
    rig.hears(nak({ sqn: 8, parity: true }), FROM_RECEIVER);
    assertEquals(rig.endpoint.stats.advancesHeldOff, 1);
  }
  // The group of the trailing edge began before it: then the edge holds off the advance for it.
  const rig = send(bench({ ...ON_DEMAND, groupSize: 4 }, config).at(0), 10, 76);
  assertEquals(rig.endpoint.trail, 3);
  send(rig, 1, 76).hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals([rig.endpoint.trail, rig.endpoint.stats.advancesHeldOff], [3, 1]);
});

Deno.test("Source: parity that waits when the window passes its group is not sent, and what was asked for is counted", () => {
  const config = { txwSecs: seconds(2), txwAdvSecs: ms(1), rdataDelay: seconds(3) };
  const rig = send(bench(ON_DEMAND, config).at(0), 8);
  rig.hears(nak({ sqn: 2, parity: true }), FROM_RECEIVER).said();
  rig.at(seconds(2) - 1);
  assertEquals([rig.endpoint.stats.repairsExpired, rig.endpoint.gauges(rig.now).outstandingNaks], [0, 1]);
  rig.at(seconds(2));
  assertEquals([rig.endpoint.stats.repairsExpired, rig.endpoint.gauges(rig.now).outstandingNaks], [1, 0]);
  rig.at(seconds(9)).saysNothing();

  const unasked = behind(PRO_ACTIVE, { txwStrategy: "application" });
  assertEquals(unasked.endpoint.release(0, 8), 8);
  unasked.at(seconds(9)).saysNothing();
  assertEquals(unasked.endpoint.nextTimeout() > seconds(9), true);
});

Deno.test("Source: a group goes on, and is repaired with parity, though the window has passed all that was sent of it", () => {
  const rig = send(bench(ON_DEMAND, { txwSecs: seconds(2), txwAdvSecs: ms(1) }).at(0), 3).at(seconds(5));
  assertEquals(rig.endpoint.trail, 3);
  send(rig, 5).said();
  rig.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 0", "RDATA* 0"]);
});

Deno.test("Source: of a group that ends behind the window no parity is sent unasked", () => {
  for (const [truncateAfter, parity] of [[seconds(2) - 1, 2], [seconds(2), 0]] as const) {
    const rig = send(bench({ ...PRO_ACTIVE, truncateAfter }, { txwSecs: seconds(2), txwAdvSecs: ms(1) }).at(0), 3);
    rig.at(seconds(9));
    assertEquals([rig.endpoint.stats.parity, rig.endpoint.nextSqn], [parity, 8]);
  }
});

Deno.test("Source: a group that ends early says so with its parity, and needs no SPM [FEC-028]", () => {
  const rig = send(bench({ ...PRO_ACTIVE, truncateAfter: ms(50) }).at(0), 3);
  rig.said();
  assertEquals(heard(rig.at(ms(50))), ["ODATA* 0 CURR_TGSIZE", "ODATA* 1 CURR_TGSIZE"]);
});

Deno.test("Source: with truncateAfter 0, what is last in line ends its group and says so [FEC-027]", () => {
  const rig = bench({ ...ON_DEMAND, truncateAfter: 0 }, { maxTsdu: 100 }).at(0);
  rig.said();
  rig.endpoint.send(0, new Uint8Array(300));
  assertEquals(heard(rig), ["ODATA 0 FRAGMENT", "ODATA 1 FRAGMENT", "ODATA 2 CURR_TGSIZE FRAGMENT"]);
  assertEquals(rig.endpoint.nextSqn, 8);
});

Deno.test("Source: a group does not end while data waits for the window", () => {
  const config = { txwStrategy: "application", txwMaxSqns: 3 } as const;
  const rig = send(bench({ ...ON_DEMAND, truncateAfter: ms(50) }, config).at(0), 5);
  rig.said();
  rig.at(ms(50)).saysNothing();
  assertEquals([rig.endpoint.nextTimeout() > seconds(1), rig.endpoint.waiting], [true, 2]);
  rig.at(ms(60));
  rig.endpoint.release(rig.now, 3);
  assertEquals(heard(rig), ["ODATA 3", "ODATA 4"]);
  rig.at(ms(110) - 1).saysNothing();
  assertEquals(heard(rig.at(ms(110))), ["SPM 1 PARITY_PRM CURR_TGSIZE"]);
});

Deno.test("Source: after an abort no parity is sent unasked and no group ends; what is asked for is served if NAKs are", () => {
  const rig = behind(BOTH);
  rig.endpoint.abort(0, { errorCode: 1, nakable: true });
  assertEquals(heard(rig.at(seconds(2))), ["SPM 1 PARITY_PRM RST"]);
  rig.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig.at(seconds(3))), ["NCF* 0", "RDATA* 0"]);

  const deaf = send(bench(ON_DEMAND, { rdataDelay: ms(50) }).at(0), 8);
  deaf.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER).said();
  deaf.endpoint.abort(0, { errorCode: 1, nakable: false });
  assertEquals(heard(deaf.at(seconds(2))), ["SPM 1 PARITY_PRM RST"]);
  assertEquals(deaf.endpoint.gauges(deaf.now).outstandingNaks, 0);

  const idle = send(bench({ ...PRO_ACTIVE, truncateAfter: ms(50) }).at(0), 3);
  idle.said();
  idle.endpoint.abort(0, { errorCode: 1, nakable: true });
  assertEquals([heard(idle.at(seconds(2))), idle.endpoint.stats.parity], [["SPM 1 PARITY_PRM RST"], 0]);
});
