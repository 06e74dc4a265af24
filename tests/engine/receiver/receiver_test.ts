import { assert, assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { missingSix, nextNak, receiverBench as bench } from "../../support/benches.ts";
import { GROUP, GSI, nak, ncf, nla, odata, rdata, RECEIVER, SOURCE, spm, SPORT } from "../../support/rig.ts";

Deno.test("Receiver: in-order data is delivered at once, each packet once [RCV-005, RCV-006]", () => {
  const { rig, log } = bench();
  rig.hears(odata({ sqn: 0 })).hears(odata({ sqn: 1 })).hears(odata({ sqn: 1 })).hears(rdata({ sqn: 0 }));
  assertEquals(log.delivered, [0, 1]);
  assertEquals(rig.endpoint.stats.duplicates, 2);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 2 })).hears(rdata({ sqn: 2 }));
  assertEquals(log.delivered, [0, 1, 2]);
  rig.at(seconds(5)).saysNothing();
});

Deno.test("Receiver: only contiguous data is delivered, in order [RCV-008, RCV-009, WIN-010]", () => {
  const { rig, log } = bench();
  rig.hears(odata({ sqn: 5 })).hears(odata({ sqn: 7 }));
  assertEquals(log.delivered, [5]);
  assertEquals(rig.endpoint.sessions[0]!.frontier, 8);
  rig.hears(odata({ sqn: 6 }));
  assertEquals(log.delivered, [5, 6, 7]);
  assertEquals(rig.endpoint.sessions[0]!.frontier, 8);
});

Deno.test("Receiver: reception starts with the first packet, nothing older is asked for [RCV-001, RCV-002]", () => {
  const { rig, log } = bench();
  rig.hears(spm({ sqn: 1, trail: 500, lead: 1000 })).hears(odata({ sqn: 1000, trail: 500 }));
  rig.hears(odata({ sqn: 999, trail: 500 })).hears(spm({ sqn: 2, trail: 500, lead: 1000 }));
  rig.at(seconds(20)).saysNothing();
  assertEquals(log.delivered, [1000]);
});

Deno.test("Receiver: after the trail passes the starting point the window follows it [RCV-003, WIN-008]", () => {
  const { rig } = bench();
  rig.hears(odata({ sqn: 10, trail: 5 }));
  assertEquals(rig.endpoint.sessions[0]!.trail, 10);
  rig.hears(odata({ sqn: 11, trail: 10 })).hears(odata({ sqn: 12, trail: 11 }));
  assertEquals(rig.endpoint.sessions[0]!.trail, 11);
});

Deno.test("Receiver: no NAK before the first SPM; then every gap backs off [RCV-015, RCV-016]", () => {
  const { rig } = bench({ spmr: false });
  for (const sqn of [0, 1, 3, 4, 6, 7, 8]) rig.hears(odata({ sqn }));
  rig.at(seconds(2)).saysNothing();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 8 })).saysNothing();
  rig.at(seconds(2) + ms(50));
  assertEquals(rig.said().map((said) => said.value.type), ["NAK", "NAK"]);
});

Deno.test("Receiver: an NCF or NAK before the first SPM is heeded, but leads to no NAK of its own [RCV-015]", () => {
  const { rig } = bench({ spmr: false });
  for (const sqn of [0, 2, 4, 5]) rig.hears(odata({ sqn }));
  rig.hears(ncf({ sqn: 1 })).hears(nak({ sqn: 3 }), { source: nla("10.0.0.7") });
  rig.at(seconds(5)).saysNothing();
  assertEquals(rig.endpoint.sessions[0]!.missing, 2);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 5 })).at(seconds(5) + ms(50));
  assertEquals(rig.said().length, 2);
});

Deno.test("Receiver: two later packets make a gap a loss, one does not [RCV-018, RCV-023]", () => {
  const { rig } = bench({ reorderTimeout: seconds(1) });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  rig.at(ms(100)).saysNothing();
  rig.hears(odata({ sqn: 3 }));
  rig.at(ms(150)).says("NAK 1");
});

Deno.test("Receiver: a gap before a quiet period counts after the reorder timeout [RCV-024]", () => {
  const { rig } = bench({ reorderTimeout: ms(20), nakBoIvl: ms(5) });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  rig.at(ms(20)).saysNothing();
  rig.at(ms(25)).says("NAK 1");
});

Deno.test("Receiver: reordering by one place provokes no NAK [RCV-023]", () => {
  const { rig, log } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  rig.at(ms(19)).hears(odata({ sqn: 1 }));
  rig.at(seconds(5)).saysNothing();
  assertEquals(log.delivered, [0, 1, 2]);
  assertEquals(rig.endpoint.stats.recovered, 0);
});

Deno.test("Receiver: SPM_LEAD reveals the loss of the last packet [RCV-019, RCV-025]", () => {
  const { rig } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.at(ms(100)).hears(spm({ sqn: 2, trail: 0, lead: 1 }));
  rig.at(ms(150)).says("NAK 1");
});

Deno.test("Receiver: a clean recovery passes BACK_OFF, WAIT_NCF, WAIT_DATA [RCV-026, RCV-027, RCV-030]", () => {
  const { rig, log } = missingSix();
  const at = nextNak(rig);
  assert(at > ms(10) && at <= ms(60), `NAK at ${at}`);
  rig.at(at + ms(2)).hears(ncf({ sqn: 6 }));
  rig.at(at + ms(900)).saysNothing().hears(rdata({ sqn: 6 }));
  assertEquals(log.delivered, [0, 1, 2, 3, 4, 5, 6]);
  assertEquals(log.repairs, [at + ms(900) - ms(10)]);
  assertEquals(rig.marks.map(({ mark }) => mark), ["BACK_OFF", "WAIT_NCF", "WAIT_DATA"]);
  rig.at(seconds(60)).saysNothing();
});

Deno.test("Receiver: the back-off is uniform over (0, NAK_BO_IVL] in microseconds [RCV-040, RCV-041]", () => {
  const runs = 2000;
  const ivl = ms(50);
  const quarters = [0, 0, 0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const { rig } = missingSix({}, seed);
    const backOff = rig.endpoint.nextTimeout() - ms(10);
    assert(backOff > 0 && backOff <= ivl && backOff % 1000 === 0, `back-off ${backOff}`);
    quarters[Math.min(3, Math.floor(backOff / (ivl / 4)))]!++;
  }
  // Four standard deviations of a binomial with p = 1/4.
  for (const count of quarters) assert(Math.abs(count - runs / 4) < 4 * Math.sqrt(runs * 3 / 16), quarters.join());
});

Deno.test("Receiver: an NCF during the back-off silences the NAK for NAK_RDATA_IVL [RCV-028, RCV-048]", () => {
  const { rig } = missingSix();
  rig.hears(ncf({ sqn: 6 }));
  rig.at(ms(10) + seconds(1) - 1).saysNothing();
  rig.at(ms(10) + seconds(1) + ms(50)).says("NAK 6");
  assertEquals(rig.endpoint.stats.naksSuppressed, 1);
});

Deno.test("Receiver: another's NAK during the back-off leads to WAIT_NCF [RCV-029, RCV-049]", () => {
  const { rig } = missingSix();
  rig.hears(nak({ sqn: 6 }), { source: nla("10.0.0.7") });
  rig.at(ms(10) + ms(500) - 1).saysNothing();
  rig.at(ms(10) + ms(500) + ms(50)).says("NAK 6");
});

Deno.test("Receiver: another's NAK in WAIT_NCF restarts the wait [RCV-031]", () => {
  const { rig } = missingSix();
  const at = nextNak(rig);
  rig.at(at + ms(400)).hears(nak({ sqn: 6 }), { source: nla("10.0.0.7") });
  rig.at(at + ms(900) - 1).saysNothing();
  rig.at(at + ms(900) + ms(50)).says("NAK 6");
});

Deno.test("Receiver: without NCF the NAK is repeated, then the loss is reported once [RCV-032, RCV-033, RCV-055, RCV-067]", () => {
  const { rig, log } = missingSix({ nakNcfRetries: 3 });
  rig.hears(odata({ sqn: 7 }));
  rig.at(seconds(60));
  const naks = rig.said();
  assertEquals(naks.length, 4);
  for (let i = 1; i < naks.length; i++) {
    const gap = naks[i]!.at - naks[i - 1]!.at;
    assert(gap > ms(500) && gap <= ms(550), `NAK after ${gap}`);
  }
  assertEquals(log.lost, ["6-6"]);
  assertEquals(log.delivered.at(-1), 7);
});

Deno.test("Receiver: with no retries there is one NAK, then the loss is reported [RCV-056, RCV-057]", () => {
  const { rig, log } = missingSix({ nakNcfRetries: 0 });
  const at = nextNak(rig);
  rig.at(at + ms(500) - 1);
  assertEquals(log.lost, []);
  rig.at(at + ms(500)).saysNothing();
  assertEquals(log.lost, ["6-6"]);
});

Deno.test("Receiver: NCFs and NAKs heard while waiting for data restart the wait [RCV-034, RCV-058]", () => {
  const { rig } = missingSix();
  const at = nextNak(rig);
  for (let i = 0; i < 5; i++) {
    rig.at(at + ms(1) + i * ms(500)).hears(i % 2 === 0 ? ncf({ sqn: 6 }) : nak({ sqn: 6 }), {});
  }
  rig.at(at + ms(1) + 4 * ms(500) + seconds(1) - 1).saysNothing();
  rig.at(at + ms(1) + 4 * ms(500) + seconds(1) + ms(50)).says("NAK 6");
});

Deno.test("Receiver: without data the NAK cycle starts again, then the loss is reported [RCV-035, RCV-036]", () => {
  const { rig, log } = missingSix({ nakDataRetries: 1 });
  const first = nextNak(rig);
  rig.at(first + ms(1)).hears(ncf({ sqn: 6 }));
  rig.at(first + ms(1) + seconds(1)).saysNothing();
  const second = rig.endpoint.nextTimeout();
  assert(second > first + ms(1) + seconds(1) && second <= first + ms(51) + seconds(1));
  rig.at(second).says("NAK 6").hears(ncf({ sqn: 6 }));
  rig.at(second + seconds(1) - 1);
  assertEquals(log.lost, []);
  rig.at(second + seconds(1)).saysNothing();
  assertEquals(log.lost, ["6-6"]);
});

Deno.test("Receiver: late ODATA ends the recovery in any state, no timer is left [RCV-037, RCV-059]", () => {
  const { rig, log } = missingSix();
  nextNak(rig);
  rig.hears(odata({ sqn: 6 }));
  assertEquals(log.delivered.at(-1), 6);
  assertEquals(rig.endpoint.sessions[0]!.missing, 0);
  rig.at(seconds(60)).saysNothing();
});

Deno.test("Receiver: the trail passing a missing packet ends its recovery at once [RCV-038, WIN-007, WIN-009, WIN-011]", () => {
  const { rig, log } = missingSix();
  nextNak(rig);
  rig.hears(odata({ sqn: 9, trail: 7 }));
  assertEquals(log.lost, ["6-6"]);
  assertEquals(rig.endpoint.sessions[0]!.trail, 7);
  rig.hears(odata({ sqn: 7, trail: 7 })).hears(odata({ sqn: 8, trail: 7 }));
  assertEquals(log.delivered.slice(-3), [7, 8, 9]);
  rig.at(seconds(60)).saysNothing();
});

Deno.test("Receiver: the trailing edge on RDATA counts too [WIN-014]", () => {
  const { rig, log } = missingSix();
  rig.hears(rdata({ sqn: 8, trail: 7 }));
  assertEquals(log.lost, ["6-6"]);
});

Deno.test("Receiver: without SPMs the trail on data shows what cannot be repaired [RCV-068, WIN-017]", () => {
  const { rig, log } = missingSix();
  rig.hears(odata({ sqn: 500, trail: 480 }));
  assertEquals(log.lost, ["6-479"]);
  rig.hears(odata({ sqn: 480, trail: 480 }));
  assertEquals(log.delivered.at(-1), 480);
});

Deno.test("Receiver: a burst of losses is asked for oldest first [RCV-020, RCV-046]", () => {
  // A back-off of one microsecond makes all expire together.
  const { rig } = bench({ nakBoIvl: 1_000 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 4 }));
  for (let sqn = 0; sqn <= 4; sqn++) rig.hears(odata({ sqn }));
  rig.at(ms(1)).hears(spm({ sqn: 2, trail: 0, lead: 9 }));
  rig.at(ms(1) + 1_000).says("NAK 5", "NAK 6", "NAK 7", "NAK 8", "NAK 9");
});

Deno.test("Receiver: detecting the same gap twice starts one cycle [RCV-047]", () => {
  const { rig } = missingSix();
  rig.hears(odata({ sqn: 7 })).hears(odata({ sqn: 8 })).hears(spm({ sqn: 3, trail: 0, lead: 8 }));
  rig.at(ms(60)).says("NAK 6");
  assertEquals(rig.endpoint.sessions[0]!.missing, 1);
});

Deno.test("Receiver: the NAK goes to SPM_PATH and names source and group [RCV-051, RCV-053, RCV-054, RCV-014]", () => {
  const { rig } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0, pathNla: nla("10.0.0.254") })).hears(odata({ sqn: 0 }));
  rig.hears(spm({ sqn: 2, trail: 0, lead: 1, pathNla: nla("10.0.0.253") }));
  rig.at(ms(50));
  const [said] = rig.said();
  assertEquals(said!.datagram.destination, nla("10.0.0.253"));
  assertEquals(said!.datagram.source, RECEIVER);
  assertEquals(said!.value, nak({ sqn: 1, sourceNla: SOURCE, groupNla: GROUP }));
});

Deno.test("Receiver: an SPM out of sequence changes nothing [RCV-012, RCV-013]", () => {
  const { rig } = bench();
  const b = nla("10.0.0.253");
  rig.hears(odata({ sqn: 0 })).hears(spm({ sqn: 0xffff_ffff, trail: 0, lead: 0, pathNla: nla("10.0.0.254") }));
  rig.hears(spm({ sqn: 0, trail: 0, lead: 0, pathNla: b }));
  rig.hears(spm({ sqn: 0xffff_fffe, trail: 0, lead: 9, pathNla: nla("10.0.0.252") }));
  rig.hears(spm({ sqn: 0, trail: 0, lead: 9, pathNla: nla("10.0.0.252") }));
  assertEquals(rig.endpoint.sessions[0]!.parent, { nla: b, iface: 0 });
  assertEquals(rig.endpoint.stats.spmOutOfSequence, 2);
  rig.at(seconds(5)).saysNothing();
});

Deno.test("Receiver: older window edges in an SPM are ignored, its path is not [RCV-017]", () => {
  const { rig } = bench();
  rig.hears(odata({ sqn: 5, trail: 3 })).hears(odata({ sqn: 6, trail: 6 }));
  rig.hears(spm({ sqn: 1, trail: 2, lead: 4, pathNla: nla("10.0.0.254") }));
  const session = rig.endpoint.sessions[0]!;
  assertEquals([session.trail, session.frontier], [6, 7]);
  assertEquals(session.parent?.nla, nla("10.0.0.254"));
});

Deno.test("Receiver: an SPM without window information moves no edge [PKT-026]", () => {
  const { rig, log } = bench();
  rig.hears(odata({ sqn: 500, trail: 500 }));
  rig.hears(spm({ sqn: 9, trail: 0, lead: 0x8000_0000, pathNla: nla("10.0.0.254") }));
  const session = rig.endpoint.sessions[0]!;
  assertEquals([session.trail, session.frontier, session.parent?.nla], [500, 501, nla("10.0.0.254")]);
  assertEquals(log.lost, []);
  rig.hears(spm({ sqn: 9, trail: 500, lead: 500 }));
  assertEquals(rig.endpoint.stats.spmOutOfSequence, 1);
});

Deno.test("Receiver: an NCF reveals the loss of the newest packet; a NAK is not needed [RCV-021, RCV-022]", () => {
  const { rig, log } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.at(ms(5)).hears(ncf({ sqn: 1 }));
  rig.at(ms(5) + seconds(1)).saysNothing();
  rig.at(ms(55) + seconds(1)).says("NAK 1");
  rig.hears(rdata({ sqn: 1 }));
  assertEquals(log.delivered, [0, 1]);
});

Deno.test("Receiver: a packet known only from a NAK is not reported lost when nobody ever sends it [RCV-022]", () => {
  const { rig, log } = bench({ nakNcfRetries: 0 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(nak({ sqn: 40 }), { source: nla("10.0.0.7") });
  rig.at(seconds(5)).saysNothing();
  assertEquals(log.lost, []);
  for (let sqn = 1; sqn <= 41; sqn++) rig.hears(odata({ sqn }));
  assertEquals(log.delivered.length, 42);
});

Deno.test("Receiver: NCFs and NAKs for packets it holds or that left the window make no state [RCV-062, RCV-050]", () => {
  const { rig } = missingSix();
  rig.hears(ncf({ sqn: 3 })).hears(nak({ sqn: 4 })).hears(ncf({ sqn: 0xffff_fff0 }));
  assertEquals(rig.endpoint.stats.ncfUnwanted, 3);
  assertEquals(rig.endpoint.sessions[0]!.missing, 1);
  rig.hears(ncf({ sqn: 6, gsi: GSI + 1 }));
  rig.at(ms(60)).says("NAK 6");
});

Deno.test("Receiver: an NCF is matched whoever sent it [RCV-063]", () => {
  const { rig } = missingSix();
  rig.hears(ncf({ sqn: 6 }), { source: nla("10.0.0.254") });
  rig.at(seconds(1)).saysNothing();
});

Deno.test("Receiver: a list NCF suspends every number in it [OPT-036]", () => {
  const { rig } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 4 }));
  for (let sqn = 0; sqn <= 4; sqn++) rig.hears(odata({ sqn }));
  for (const sqn of [6, 8, 10]) rig.hears(odata({ sqn }));
  rig.hears(spm({ sqn: 2, trail: 0, lead: 10 }));
  rig.hears(ncf({ sqn: 5, options: [{ type: "NAK_LIST", sqns: [7, 9] }] }));
  rig.at(seconds(1) - 1).saysNothing();
  rig.at(seconds(1) + ms(50));
  assertEquals(rig.said().length, 3);
});

Deno.test("Receiver: one window per source however many interfaces; the first copy of an SPM names the parent [RCV-064, RCV-065]", () => {
  const { rig, log } = bench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0, pathNla: nla("10.0.0.254") }), { iface: 0 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0, pathNla: nla("10.1.0.254") }), { iface: 1 });
  for (const sqn of [0, 2, 3]) rig.hears(odata({ sqn }), { iface: 0 }).hears(odata({ sqn }), { iface: 1 });
  rig.at(ms(50));
  const [first] = rig.said();
  assertEquals([first!.iface, first!.datagram.destination], [0, nla("10.0.0.254")]);
  assertEquals(first!.datagram.source, RECEIVER);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 3, pathNla: nla("10.1.0.254") }), { iface: 1 });
  rig.at(ms(50) + ms(550));
  const [second] = rig.said();
  assertEquals([second!.iface, second!.datagram.destination], [1, nla("10.1.0.254")]);
  assertEquals(second!.datagram.source, nla("10.1.0.9"));
  rig.hears(rdata({ sqn: 1 }), { iface: 1 });
  assertEquals(log.delivered, [0, 1, 2, 3]);
  assertEquals(rig.endpoint.sessions.length, 1);
});

Deno.test("Receiver: other ports, groups and sessions are not delivered as this one [RCV-066, GEN-005]", () => {
  const { rig, log } = bench();
  rig.hears({ ...odata({ sqn: 0 }), destinationPort: 7501 } as never);
  rig.hears(odata({ sqn: 0 }), { destination: nla("239.1.2.4") });
  assertEquals(log.delivered, []);
  assertEquals(rig.endpoint.stats.foreign, 2);
  rig.hears(odata({ sqn: 0 })).hears({ ...odata({ sqn: 0 }), gsi: GSI + 1 } as never);
  assertEquals(log.delivered, [0, 0]);
  assertEquals(rig.endpoint.sessions.map((s) => s.tsi), [{ gsi: GSI, port: SPORT }, { gsi: GSI + 1, port: SPORT }]);
});

Deno.test("Receiver: the window opens no further than configured", () => {
  const { rig, log } = bench({ rxwMaxSqns: 8 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(odata({ sqn: 9 })).hears(odata({ sqn: 8 }));
  assertEquals(rig.endpoint.stats.beyondWindow, 1);
  rig.hears(spm({ sqn: 2, trail: 0, lead: 1_000_000 }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 7);
  for (let sqn = 1; sqn <= 7; sqn++) rig.hears(rdata({ sqn }));
  assertEquals(log.delivered, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("Receiver: a sequence space that wraps is nothing special [GEN-024]", () => {
  const { rig, log } = bench();
  const first = 0xffff_fffe;
  rig.hears(spm({ sqn: 1, trail: first, lead: first })).hears(odata({ sqn: first, trail: first }));
  rig.hears(odata({ sqn: 1, trail: first })).hears(odata({ sqn: 2, trail: first }));
  rig.at(ms(50));
  assertEquals(rig.said().map((said) => "sqn" in said.value && said.value.sqn).sort(), [0, 0xffff_ffff]);
  rig.hears(rdata({ sqn: 0, trail: first })).hears(rdata({ sqn: 0xffff_ffff, trail: first }));
  assertEquals(log.delivered, [first, 0xffff_ffff, 0, 1, 2]);
});

Deno.test("Receiver: a silent session is forgotten after the idle timeout [GEN-028]", () => {
  const { rig, log } = bench({ idleTimeout: seconds(10) });
  rig.hears(odata({ sqn: 0 }));
  rig.at(seconds(7)).hears(odata({ sqn: 1 }));
  rig.at(seconds(17) - 1);
  assertEquals([log.ends.length, rig.endpoint.sessions.length], [0, 1]);
  rig.at(seconds(17));
  assertEquals([log.ends.length, rig.endpoint.sessions.length], [1, 0]);
});

function fragments(count: number, firstSqn: number, size = 4) {
  const apdu = Uint8Array.from({ length: count * size }, (_, i) => i + firstSqn);
  return {
    apdu,
    packets: Array.from({ length: count }, (_, i) =>
      odata({
        sqn: firstSqn + i,
        payload: apdu.slice(i * size, (i + 1) * size),
        options: [{ type: "FRAGMENT", firstSqn, offset: i * size, apduLength: apdu.length }],
      })),
  };
}

Deno.test("Receiver: fragments come out as one message after the last of them [OPT-026, RCV-011]", () => {
  const { rig, log } = bench();
  const { apdu, packets } = fragments(3, 1);
  rig.hears(odata({ sqn: 0 })).hears(packets[0]!).hears(packets[2]!);
  assertEquals(log.delivered, [0]);
  rig.hears(packets[1]!);
  assertEquals(log.delivered, [0, 1]);
  assertEquals(log.messages[1], apdu);
});

Deno.test("Receiver: a message may span an advance of the window [OPT-027]", () => {
  const { rig, log } = bench();
  const { packets } = fragments(3, 0);
  rig.hears(packets[0]!).hears(packets[1]!);
  rig.hears({ ...packets[2]!, trail: 2 } as never);
  assertEquals(log.delivered, [0]);
  assertEquals(log.lost, []);
});

Deno.test("Receiver: one lost fragment loses its message, with one report, and nothing of it is delivered [OPT-028]", () => {
  const { rig, log } = bench({ nakNcfRetries: 0 });
  const { packets } = fragments(4, 1);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (const i of [0, 1, 3]) rig.hears(packets[i]!);
  rig.hears(odata({ sqn: 5 }));
  rig.at(seconds(2));
  assertEquals(log.delivered, [0, 5]);
  assertEquals(log.lost, ["1-4"]);
  assertEquals(rig.endpoint.stats.lost, 4);
});

Deno.test("Receiver: fragments that contradict each other are lost, not delivered [OPT-029]", () => {
  const { rig, log } = bench();
  const { packets } = fragments(3, 1);
  const liar = { ...packets[1]!, options: [{ type: "FRAGMENT", firstSqn: 1, offset: 4, apduLength: 13 }] };
  rig.hears(odata({ sqn: 0 })).hears(packets[0]!).hears(liar as never).hears(packets[2]!).hears(odata({ sqn: 4 }));
  assertEquals(log.delivered, [0, 4]);
  assertEquals(log.lost, ["1-3"]);
});
