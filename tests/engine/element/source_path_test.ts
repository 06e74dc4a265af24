import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { encodePacket, ms, type Nla, ParseError, seconds, viewPacket } from "../../../engine/mod.ts";
import { ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { DPORT, GROUP, nak, ncf, nla, poll, polr, rdata, SOURCE, spm } from "../../support/rig.ts";
import { view } from "../../support/packets.ts";

/** Whom the element asks for a number now. */
function asks(bench: ElementBench, sqn: number): string {
  bench.rig.said();
  bench.nak(1, { sqn });
  const naks = bench.rig.said().filter(({ value }) => value.type === "NAK");
  return naks.map(({ iface, datagram }) => `${datagram.destination} via ${iface}`).join();
}

Deno.test("NetworkElement: an SPM leads NAKs to its SPM_PATH; an older one does not [NE-001, NE-002, NE-003]", () => {
  const bench = elementBench();
  assertEquals(asks(bench, 5), `${UPSTREAM} via 0`);
  bench.spm({ sqn: 2, pathNla: nla("10.0.9.3") });
  bench.says("1 SPM 2", "2 SPM 2", "3 SPM 2");
  assertEquals(asks(bench, 6), "10.0.9.3 via 0");
  bench.at(seconds(5));
  bench.rig.said();
  for (const sqn of [2, 1, 0x8000_0002]) bench.spm({ sqn, pathNla: nla("10.0.9.4") });
  bench.saysNothing();
  assertEquals(asks(bench, 7), "10.0.9.3 via 0");
  assertEquals(bench.element.stats.spmOutOfSequence, 3);
  bench.spm({ sqn: 0x8000_0001, pathNla: nla("10.0.9.4") });
  assertEquals(asks(bench, 8), "10.0.9.4 via 0");
});

Deno.test("NetworkElement: an SPM goes on with the address of each interface as its path, else as it was [NE-005, NE-006, NE-007]", () => {
  const bench = new ElementBench();
  const options = [{ type: "JOIN", minSqn: 3 }] as const;
  bench.spm({ sqn: 9, trail: 2, lead: 7, options });
  const said = bench.rig.said();
  assertEquals(said.map(({ iface }) => iface), [1, 2, 3]);
  for (const { iface, datagram, value } of said) {
    assertEquals(value, spm({ sqn: 9, trail: 2, lead: 7, pathNla: OWN[iface]!, options }));
    assertEquals([datagram.source, datagram.destination, datagram.ttl, datagram.routerAlert], [
      SOURCE,
      GROUP,
      15,
      true,
    ]);
    const damaged = datagram.bytes.slice();
    damaged[35]! ^= 1;
    assertEquals(view(damaged).error, ParseError.BadChecksum);
  }
});

Deno.test("NetworkElement: an SPM without checksum goes on with one [NE-006]", () => {
  const bytes = encodePacket(spm({ sqn: 1, trail: 0, lead: 5 }));
  bytes[6] = bytes[7] = 0;
  const bench = new ElementBench();
  assertEquals(bench.passes(bytes), []);
  const said = bench.rig.said();
  assertEquals(said.map(({ iface }) => iface), [1, 2, 3]);
  for (const { datagram } of said) {
    assertEquals(viewPacket(datagram).error, ParseError.None);
    assertNotEquals([datagram.bytes[6], datagram.bytes[7]], [0, 0]);
  }
});

Deno.test("NetworkElement: an SPM that is routed nowhere still tells the path", () => {
  const bench = new ElementBench();
  assertEquals(bench.passes(spm({ sqn: 1, trail: 0, lead: 9, pathNla: UPSTREAM }), { routed: [] }), []);
  bench.saysNothing();
  assertEquals(asks(bench, 5), `${UPSTREAM} via 0`);
});

Deno.test("NetworkElement: a path that has just changed does not change again for pathHoldIvl [SEC-002]", () => {
  const bench = elementBench({ pathHoldIvl: ms(500) });
  const forged = nla("10.0.9.66");
  bench.at(ms(100)).spm({ sqn: 2, pathNla: forged });
  assertEquals(asks(bench, 1), `${forged} via 0`);
  // Each SPM is newer than all before: only the damping holds them off.
  bench.at(ms(600) - 1).rig.said();
  bench.spm({ sqn: 3 }).saysNothing();
  assertEquals(asks(bench, 2), `${forged} via 0`);
  bench.spm({ sqn: 3, pathNla: forged });
  bench.at(ms(600)).spm({ sqn: 4 });
  assertEquals(asks(bench, 3), `${UPSTREAM} via 0`);
  // Alternating, one every 10 ms for 10 s: each change but the first waits for its turn.
  const { stats } = bench.element;
  const before = stats.pathChanges;
  for (let i = 1; i <= 1000; i++) {
    bench.at(ms(600 + 10 * i)).spm({ sqn: 4 + i, pathNla: i % 2 === 0 ? UPSTREAM : forged });
  }
  assert(stats.pathChanges - before <= 10_000 / 500 + 1, `${stats.pathChanges - before} changes`);
  assertEquals(stats.spmDamped > 400, true);
});

Deno.test("NetworkElement: a source that moves is known by its new address and port from then on", () => {
  const bench = elementBench();
  const moved = nla("10.0.0.77");
  const told = spm({ sqn: 2, trail: 0, lead: 99, pathNla: UPSTREAM });
  bench.passes({ ...told, destinationPort: DPORT + 1 }, { source: moved });
  bench.rig.said();
  const asks = (sourceNla: Nla, sourcePort: number) =>
    bench.rig.hears({ ...nak({ sqn: 5, sourceNla }), sourcePort }, { iface: 1, destination: OWN[1]! });
  asks(SOURCE, DPORT + 1);
  asks(moved, DPORT);
  bench.saysNothing();
  asks(moved, DPORT + 1);
  const [confirmed, ...more] = bench.rig.said();
  assertEquals([confirmed!.datagram.source, more.length], [moved, 1]);
  assertEquals([bench.element.stats.pathChanges, bench.element.stats.naksForeign], [1, 2]);
});

Deno.test("NetworkElement: a damped SPM leaves no mark: the next one in sequence is believed", () => {
  const bench = elementBench();
  bench.spm({ sqn: 2, pathNla: nla("10.0.9.3") });
  bench.spm({ sqn: 1000, pathNla: nla("10.0.9.66") });
  bench.rig.said();
  bench.spm({ sqn: 3, pathNla: nla("10.0.9.3") }).says("1 SPM 3", "2 SPM 3", "3 SPM 3");
});

Deno.test("NetworkElement: the path outlives SPMs until the idle timeout; then nothing is left of the session [NE-057]", () => {
  const bench = elementBench({ idleTimeout: seconds(60), nakRdataIvl: seconds(100) });
  bench.at(seconds(30)).spm({ sqn: 2 });
  bench.at(seconds(90) - 1);
  assertEquals(asks(bench, 5), `${UPSTREAM} via 0`);
  bench.ncf({ sqn: 5 });
  assertEquals([bench.element.nextTimeout(), bench.element.gauges], [
    seconds(90),
    { sessions: 1, repairs: 1, pending: 0, children: 0, unreachable: 0 },
  ]);
  bench.at(seconds(90));
  assertEquals(bench.element.gauges, { sessions: 0, repairs: 0, pending: 0, children: 0, unreachable: 0 });
  assertEquals(bench.element.nextTimeout(), Infinity);
  bench.nak(1, { sqn: 5 }).saysNothing();
  assertEquals([bench.element.stats.naksWithoutPath, bench.element.stats.sessionsForgotten], [1, 1]);
});

Deno.test("NetworkElement: an SPM whose path or window cannot be is dropped", () => {
  const bench = elementBench();
  bench.spm({ sqn: 2, pathNla: GROUP }).spm({ sqn: 2, pathNla: nla("fe80::1") });
  bench.spm({ sqn: 2, trail: 0, lead: 0x7fff_ffff });
  bench.saysNothing();
  assertEquals(bench.element.stats.spmContradictory, 3);
  // The largest window, none at all, and the one that says nothing.
  bench.spm({ sqn: 2, trail: 0, lead: 0x7fff_fffe }).spm({ sqn: 3, trail: 1, lead: 0 });
  bench.spm({ sqn: 4, trail: 0, lead: 0x8000_0000 });
  assertEquals(bench.rig.said().length, 9);
});

Deno.test("NetworkElement: sessions beyond the limit pass as through a plain router, known ones are served", () => {
  const bench = new ElementBench({ maxSessions: 2 });
  const other = (sqn: number, gsi: number) => ({ ...spm({ sqn, trail: 0, lead: 9, pathNla: UPSTREAM }), gsi });
  bench.spm();
  assertEquals(bench.passes(other(1, 7)), []);
  bench.rig.said();
  assertEquals(bench.passes(other(1, 8)), [1, 2, 3]);
  bench.saysNothing();
  assertEquals([bench.element.stats.tooManySessions, bench.element.gauges.sessions], [1, 2]);
  assertEquals(bench.passes({ ...ncf({ sqn: 5 }), gsi: 8 }), [1, 2, 3]);
  assertEquals(bench.passes({ ...rdata({ sqn: 5 }), gsi: 8 }), [1, 2, 3]);
  // Those below are the children of the hop above, and hear of its repairers.
  assertEquals(bench.passes({ ...poll({ sqn: 5, pathNla: UPSTREAM }), gsi: 8 }), [1, 2, 3]);
  assertEquals(bench.passes({ ...polr({ sqn: 5 }), gsi: 8 }), [1, 2, 3]);
  bench.saysNothing();
  // Of a session that is followed they end here.
  assertEquals(bench.passes(poll({ sqn: 5, pathNla: UPSTREAM })), []);
  assertEquals(bench.passes(polr({ sqn: 5 })), []);
  assertEquals(asks(bench, 5), `${UPSTREAM} via 0`);
});

Deno.test("NetworkElement: sessions of one host are told apart, also when one of them is forgotten", () => {
  const bench = elementBench({ idleTimeout: seconds(60) });
  const other = { ...spm({ sqn: 1, trail: 0, lead: 9, pathNla: nla("10.0.9.3") }), sourcePort: 99 };
  bench.at(seconds(10));
  bench.passes(other);
  bench.at(seconds(30)).spm({ sqn: 2 });
  assertEquals([bench.element.gauges.sessions, asks(bench, 5)], [2, `${UPSTREAM} via 0`]);
  bench.at(seconds(70));
  assertEquals([bench.element.gauges.sessions, asks(bench, 6)], [1, `${UPSTREAM} via 0`]);
  bench.rig.said();
  bench.passes(other);
  assertEquals(bench.rig.said().length, 3);
});
