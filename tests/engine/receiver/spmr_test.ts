/**
 * Soliciting an SPM (RFC 3208, section 13): when, how, and what makes it needless.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Instant, ms, type Receiver, type ReceiverConfig, seconds } from "../../../engine/mod.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { GROUP, nla, odata, rdata, RECEIVER, type Rig, SOURCE, spm, spmr } from "../../support/rig.ts";

const NEIGHBOUR = { source: nla("10.0.0.7") };
const SECOND = nla("10.1.0.9");

/** A receiver that hears its first packet, ODATA 0, at 1 s. */
function dataOnly(config: Partial<ReceiverConfig> = {}, seed = 1): { rig: Rig<Receiver>; log: Log; due: Instant } {
  const bench = receiverBench(config, seed);
  bench.rig.at(seconds(1)).hears(odata({ sqn: 0 }));
  return { ...bench, due: bench.rig.endpoint.nextTimeout() };
}

/** When the SPMRs left; each must be the copy for the neighbours and then the one for the source. */
function rounds(rig: Rig<Receiver>): Instant[] {
  const said = rig.said();
  for (const [i, { datagram: { source, destination, ttl }, value }] of said.entries()) {
    assertEquals([value.type, source, destination], ["SPMR", RECEIVER, i % 2 === 0 ? GROUP : SOURCE]);
    assertEquals(ttl === 1, i % 2 === 0);
  }
  const [copies, own] = [0, 1].map((odd) => said.filter((_, i) => i % 2 === odd).map(({ at }) => at));
  assertEquals(copies, own);
  return own!;
}

Deno.test("Receiver: data without an SPM: one SPMR to the neighbours and one to the source of the data, at one instant [SPMR-002, SPMR-010, PKT-048]", () => {
  const { rig, due } = dataOnly();
  rig.at(due - 1).saysNothing();
  rig.at(due);
  const said = rig.said();
  assertEquals(
    said.map(({ at, iface, datagram: { source, destination, ttl, routerAlert } }) => (
      { at, iface, source, destination, ttl, routerAlert }
    )),
    [
      { at: due, iface: 0, source: RECEIVER, destination: GROUP, ttl: 1, routerAlert: false },
      { at: due, iface: 0, source: RECEIVER, destination: SOURCE, ttl: 64, routerAlert: false },
    ],
  );
  assertEquals(said.map(({ value }) => value), [spmr(), spmr()]);
  rig.endpoint.handleTimeout(due);
  rig.saysNothing();
  assertEquals(rig.endpoint.stats.spmrsSent, 1);
});

Deno.test("Receiver: an SPMR leaves by the interface that the data came in on, to where that came from [SPMR-002]", () => {
  const { rig } = receiverBench();
  const elsewhere = nla("10.77.0.1");
  rig.hears(rdata({ sqn: 0 }), { iface: 1, source: elsewhere }).at(ms(250));
  assertEquals(
    rig.said().map(({ iface, datagram: { source, destination } }) => [iface, source, destination]),
    [[1, SECOND, GROUP], [1, SECOND, elsewhere]],
  );
});

Deno.test("Receiver: the back-off of an SPMR is uniform over [0, SPMR_BO_IVL] in microseconds [SPMR-009]", () => {
  const RUNS = 2_000;
  const quarters = [0, 0, 0, 0];
  for (let seed = 0; seed < RUNS; seed++) {
    const backOff = dataOnly({}, seed).due - seconds(1);
    assert(backOff >= 0 && backOff <= ms(250) && backOff % 1_000 === 0, `${backOff}`);
    quarters[Math.min(3, Math.floor(backOff / ms(62.5)))]!++;
  }
  // Four standard deviations of a binomial with p = 1/4.
  for (const count of quarters) assert(Math.abs(count - RUNS / 4) < 4 * Math.sqrt(RUNS * 3 / 16), quarters.join());
  const ends = new Set(Array.from({ length: 40 }, (_, seed) => dataOnly({ spmrBoIvl: 1_000 }, seed).due - seconds(1)));
  assertEquals([...ends].sort((a, b) => a - b), [0, 1_000]);
  assertEquals(dataOnly({ spmrBoIvl: 0 }).due, seconds(1));
});

Deno.test("Receiver: another's SPMR during the back-off silences its own; it waits, and tries again [SPMR-011, SPMR-013]", () => {
  const { rig, due } = dataOnly({ spmrSpmIvl: seconds(3) });
  rig.at(due - 1).hears(spmr(), NEIGHBOUR).at(due - 1 + seconds(3) - 1).saysNothing();
  assertEquals([rig.endpoint.stats.spmrsSent, rig.endpoint.stats.spmrsSuppressed], [0, 1]);
  rig.at(due - 1 + seconds(3) + ms(250));
  const [again] = rounds(rig);
  assert(again! >= due - 1 + seconds(3), `${again}`);
  // On time it is too late: the SPMR is out.
  const late = dataOnly();
  late.rig.at(late.due).hears(spmr(), NEIGHBOUR);
  assertEquals([rounds(late.rig), late.rig.endpoint.stats.spmrsSuppressed], [[late.due], 0]);
});

Deno.test("Receiver: an SPMR for another session, or another port, silences nothing [SPMR-009]", () => {
  const { rig, due } = dataOnly();
  rig.hears({ ...spmr(), gsi: 99 } as never, NEIGHBOUR).hears({ ...spmr(), destinationPort: 99 } as never, NEIGHBOUR);
  rig.hears({ ...spmr(), sourcePort: 99 } as never, NEIGHBOUR);
  assertEquals(rounds(rig.at(due)), [due]);
  assertEquals([rig.endpoint.stats.withoutSession, rig.endpoint.stats.foreign], [2, 1]);
});

Deno.test("Receiver: the SPM during the back-off makes the SPMR needless, at any later time too [SPMR-012]", () => {
  const { rig, due } = dataOnly();
  rig.at(due - 1).hears(spm({ sqn: 1, trail: 0, lead: 0 })).at(seconds(60)).saysNothing();
  assertEquals([rig.endpoint.stats.spmrsSent, rig.endpoint.stats.spmrsSuppressed], [0, 1]);
  const asked = dataOnly();
  asked.rig.at(asked.due).hears(spm({ sqn: 1, trail: 0, lead: 0 }));
  assertEquals(rounds(asked.rig), [asked.due]);
  asked.rig.at(seconds(60)).saysNothing();
});

Deno.test("Receiver: an SPM that is dropped leaves the SPMR due", () => {
  const { rig, due } = dataOnly();
  rig.hears(spm({ sqn: 1, trail: 1, lead: 0x8000_0000 }));
  assertEquals([rig.endpoint.stats.spmContradictory, rounds(rig.at(due))], [1, [due]]);
});

Deno.test("Receiver: unanswered, SPMRs are repeated SPMR_SPM_IVL and a back-off apart, as often as configured [SPMR-013, SPMR-014]", () => {
  for (const [spmrSpmIvl, spmrRetries] of [[seconds(1), 10], [ms(300), 2], [seconds(4), 0]] as const) {
    const { rig } = dataOnly({ spmrSpmIvl, spmrRetries });
    for (let second = 2; second < 100; second++) rig.at(seconds(second)).hears(odata({ sqn: second - 1 }));
    const times = rounds(rig);
    assertEquals(times.length, 1 + spmrRetries);
    const waits = times.slice(1).map((time, i) => time - times[i]!);
    assert(waits.every((wait) => wait >= spmrSpmIvl && wait <= spmrSpmIvl + ms(250)), `${waits}`);
    assertEquals(new Set(waits).size, waits.length);
  }
});

Deno.test("Receiver: the wait after an SPMR ends to the nanosecond [SPMR-013]", () => {
  const { rig, due } = dataOnly({ spmrBoIvl: 0, spmrRetries: 2 });
  rig.at(due).said();
  for (let round = 1; round <= 2; round++) {
    rig.at(due + round * seconds(1) - 1).saysNothing();
    rig.at(due + round * seconds(1)).says("SPMR", "SPMR");
  }
  rig.at(seconds(60)).saysNothing();
});

Deno.test("Receiver: with SPMRs off there is none; a source whose SPM came first needs none", () => {
  dataOnly({ spmr: false }).rig.at(seconds(60)).saysNothing();
  const { rig } = receiverBench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).at(seconds(60)).saysNothing();
});

Deno.test("Receiver: another's SPMR provokes no packet and opens no session [SPMR-016]", () => {
  const { rig } = receiverBench();
  rig.hears(spmr(), NEIGHBOUR).at(seconds(10)).saysNothing();
  assertEquals([rig.endpoint.sessions.length, rig.endpoint.stats.withoutSession], [0, 1]);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(spmr(), NEIGHBOUR).at(seconds(70)).saysNothing();
});

Deno.test("Receiver: the solicited SPM tells whom to ask: NAKs go to its path, not to where the SPMR went [SPMR-003]", () => {
  const { rig, due } = dataOnly();
  const parent = nla("10.0.0.254");
  rig.hears(odata({ sqn: 2 })).at(due);
  assertEquals(rounds(rig), [due]);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 2, pathNla: parent })).at(due + ms(50));
  assertEquals(
    rig.said().map(({ datagram, value }) => [value.type, datagram.destination]),
    [["NAK", parent]],
  );
});
