/**
 * SPMs that receivers ask for (RFC 3208, section 13).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type PacketValue, seconds } from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { DPORT, GROUP, GSI, only, SPORT } from "../../support/rig.ts";

function spmr(fields: { gsi?: number; sourcePort?: number; destinationPort?: number } = {}): PacketValue {
  return { type: "SPMR", sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, options: [], ...fields };
}

Deno.test("Source: an SPMR is answered with an SPM at once, one within IHB_MIN [SPMR-005, SPMR-006]", () => {
  const rig = sourceBench({ ...QUIET, ihbMin: ms(100) }).at(0);
  rig.at(ms(50)).said();
  rig.hears(spmr(), FROM_RECEIVER).says("SPM 1");
  rig.at(ms(100)).hears(spmr(), FROM_RECEIVER);
  // The heartbeat comes one interval after the solicited SPM; the surplus SPMR added nothing.
  rig.at(ms(150) - 1).hears(spmr(), FROM_RECEIVER).saysNothing();
  rig.at(ms(150)).says("SPM 2");
  rig.hears(spmr(), FROM_RECEIVER).says("SPM 3");
  assertEquals([rig.endpoint.stats.spmrsReceived, rig.endpoint.stats.spmrsHeldBack], [4, 2]);
});

Deno.test("Source: an SPMR that was dropped is not answered later [SPMR-006]", () => {
  const rig = sourceBench({ ...QUIET, ihbMin: ms(100), ihbMax: seconds(1000) }).at(0);
  send(rig, 1);
  // Heartbeats at 100, 300, 700 ms; the next is due at 1500 ms.
  rig.at(seconds(1)).said();
  rig.hears(spmr(), FROM_RECEIVER).says("SPM 4");
  rig.at(seconds(1.05)).hears(spmr(), FROM_RECEIVER);
  rig.at(seconds(1.8) - 1).saysNothing();
});

Deno.test("Source: a solicited SPM has the next SPM_SQN, goes to the group, and leaves the interval [SPMR-004, SPMR-007]", () => {
  const rig = sourceBench({ ...QUIET, ihbMin: ms(100), ihbMax: ms(1600), firstSpmSqn: 0xffff_fffc }).at(0);
  send(rig, 1).at(ms(350));
  assertEquals(only(rig.said(), "SPM").map(({ sqn }) => sqn), [0xffff_fffc, 0xffff_fffd, 0xffff_fffe]);
  rig.hears(spmr(), FROM_RECEIVER);
  const [solicited] = rig.said();
  assertEquals([solicited!.value.type, solicited!.at, solicited!.datagram.destination], ["SPM", ms(350), GROUP]);
  assertEquals(only([solicited!], "SPM")[0]!.sqn, 0xffff_ffff);
  // 400 ms was the interval that ran.
  rig.at(ms(750) - 1).saysNothing();
  rig.at(ms(750)).says("SPM 0");
  rig.at(ms(1550) - 1).saysNothing();
  rig.at(ms(1550)).says("SPM 1");
});

Deno.test("Source: SPMRs for another session or data-destination port are ignored [SPMR-008]", () => {
  const rig = sourceBench(QUIET).at(0);
  rig.said();
  rig.hears(spmr({ sourcePort: DPORT + 1 }), FROM_RECEIVER);
  rig.hears(spmr({ destinationPort: SPORT + 1 }), FROM_RECEIVER);
  rig.hears(spmr({ gsi: GSI + 1 }), FROM_RECEIVER);
  // The ports as in the SPM, not swapped.
  rig.hears(spmr({ sourcePort: SPORT, destinationPort: DPORT }), FROM_RECEIVER);
  rig.at(seconds(1)).saysNothing();
  assertEquals([rig.endpoint.stats.foreign, rig.endpoint.stats.spmrsReceived], [4, 0]);
  rig.hears(spmr(), { ...FROM_RECEIVER, destination: GROUP }).says("SPM 1");
});

Deno.test("Source: a flood of SPMRs costs one SPM in IHB_MIN and nothing else", () => {
  const rig = send(sourceBench({ ...QUIET, ihbMin: ms(100), txwMaxRte: 1000, burstBytes: 200 }).at(0), 10, 76);
  rig.said();
  for (let i = 0; i < 10_000; i++) rig.at(i * 100_000).hears(spmr(), FROM_RECEIVER);
  const said = rig.at(seconds(5)).said();
  const during = only(said.filter(({ at }) => at < seconds(1)), "SPM").length;
  assertEquals(during <= 11, true, `${during} SPMs in a second`);
  assertEquals([only(said, "ODATA").length, rig.endpoint.stats.spmrsReceived], [9, 10_000]);
});
