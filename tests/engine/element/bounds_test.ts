import { assert, assertEquals } from "@std/assert";
import {
  EncodeError,
  encodePacket,
  isUpstream,
  ms,
  PacketType,
  type PacketValue,
  ParseError,
  prngFromSeed,
  seconds,
} from "../../../engine/mod.ts";
import { randomPacket } from "../../fuzz/random_packets.ts";
import { ElementBench, elementBench, OWN } from "../../support/element_bench.ts";
import { DOWN as DOWN_PORTS, UP } from "../../support/packets.ts";
import { GROUP, nak, ncf, nla, rdata, SOURCE, spm } from "../../support/rig.ts";

Deno.test("NetworkElement: only what can be in the window makes state [SEC-003]", () => {
  const bench = new ElementBench({ maxAhead: 100 }).spm({ sqn: 1, trail: 50, lead: 99 });
  bench.rig.said();
  for (const sqn of [49, 200, 0xffff_ffff]) bench.nak(1, { sqn }).ncf({ sqn }).saysNothing();
  const { naksOutOfWindow, anticipationsRefused } = bench.element.stats;
  assertEquals([naksOutOfWindow, anticipationsRefused, bench.element.gauges.repairs], [3, 3, 0]);
  bench.nak(1, { sqn: 50 }).says("1 NCF 50", "0 NAK 50");
  bench.nak(1, { sqn: 199 }).says("1 NCF 199", "0 NAK 199");
  // Of a list, the numbers that can be; the packet stays as it is.
  bench.nak(1, { sqn: 49, options: [{ type: "NAK_LIST", sqns: [60, 300] }] }).says(
    "1 NCF 49+60+300",
    "0 NAK 49+60+300",
  );
  assertEquals(bench.element.gauges.repairs, 3);
});

Deno.test("NetworkElement: RDATA moves the trailing edge, but never beyond what SPMs have told", () => {
  const bench = elementBench();
  bench.passes({ ...rdata({ sqn: 60, trail: 50 }) });
  bench.nak(1, { sqn: 49 }).saysNothing();
  bench.nak(1, { sqn: 50 }).says("1 NCF 50", "0 NAK 50");
  bench.passes({ ...rdata({ sqn: 60, trail: 101 }) });
  bench.nak(1, { sqn: 60 }).says("1 NCF 60", "0 NAK 60");
  bench.passes({ ...rdata({ sqn: 61, trail: 100 }) });
  bench.nak(1, { sqn: 99 }).saysNothing();
});

Deno.test("NetworkElement: an interface that asks for too much is shed, the others are not [NE-042, SEC-006]", () => {
  const bench = elementBench({ maxRepairsPerInterface: 3 });
  for (const sqn of [1, 2, 3]) bench.nak(1, { sqn }).says(`1 NCF ${sqn}`, `0 NAK ${sqn}`);
  bench.nak(1, { sqn: 4 }).saysNothing();
  bench.nak(2, { sqn: 4 }).says("2 NCF 4", "0 NAK 4");
  // What it has asked for it may ask for again; what others have asked for counts as more.
  bench.at(ms(50)).nak(1, { sqn: 3 }).says("1 NCF 3");
  bench.nak(1, { sqn: 4 }).saysNothing();
  assertEquals([bench.element.stats.naksShed, bench.element.gauges.repairs], [2, 4]);
  bench.rdata(1);
  bench.nak(1, { sqn: 4 }).says("1 NCF 4");
});

Deno.test("NetworkElement: a session has its share of the state, NCFs half of that", () => {
  const bench = elementBench({ maxRepairsPerSession: 4 });
  for (const sqn of [1, 2, 3]) bench.ncf({ sqn });
  assertEquals([bench.element.gauges.repairs, bench.element.stats.anticipationsRefused], [2, 1]);
  bench.nak(1, { sqn: 8 }).nak(2, { sqn: 9 }).nak(3, { sqn: 10 });
  assertEquals([bench.element.gauges.repairs, bench.element.stats.naksShed], [4, 1]);
  const other = { ...spm({ sqn: 1, trail: 0, lead: 99 }), gsi: 7 };
  bench.passes(other);
  bench.nak(1, { sqn: 10, gsi: 7 });
  assertEquals(bench.element.gauges.repairs, 5);
});

Deno.test("NetworkElement: all sessions together have a bound", () => {
  const bench = elementBench({ maxRepairs: 3 });
  bench.passes({ ...spm({ sqn: 1, trail: 0, lead: 99 }), gsi: 7 });
  bench.nak(1, { sqn: 1 }).nak(1, { sqn: 2 }).nak(1, { sqn: 1, gsi: 7 }).nak(1, { sqn: 2, gsi: 7 }).ncf({ sqn: 9 });
  const { naksShed, anticipationsRefused } = bench.element.stats;
  assertEquals([bench.element.gauges.repairs, naksShed, anticipationsRefused], [3, 1, 1]);
});

Deno.test("NetworkElement: a flood of NAKs stays within bounds, and others are still served [SEC-001, SEC-003]", () => {
  const bench = elementBench({ maxRepairs: 1000, maxRepairsPerSession: 500, maxRepairsPerInterface: 200 });
  const random = prngFromSeed(1);
  for (let i = 0; i < 20_000; i++) {
    bench.nak(1, { sqn: random.u32(), ...(i % 2 === 0 ? {} : { gsi: random.u32() }) });
    if (i % 100 === 0) bench.at(ms(i / 100));
  }
  bench.nak(1, { sqn: 77 }).nak(2, { sqn: 77 });
  const { repairs } = bench.element.gauges;
  assert(repairs <= 201, `${repairs} states`);
  assertEquals(bench.element.stats.repairsPeak <= 201, true);
  bench.rig.said();
  bench.nak(2, { sqn: 78 }).says("2 NCF 78", "0 NAK 78");
  assert(bench.rdata(77).includes(2));
  assertEquals(bench.rdata(78), [2]);
  bench.at(seconds(10)).rig.said();
  assertEquals([bench.element.gauges.repairs, bench.element.gauges.pending], [0, 0]);
  bench.nak(1, { sqn: 79 }).says("1 NCF 79", "0 NAK 79");
});

Deno.test("NetworkElement: a NAK is repeated as it is up to 512 octets; of a longer one, the numbers [SEC-001]", () => {
  const nakOctets = (extra: number) => {
    const bench = elementBench();
    // 36 octets of a NAK, 4 of OPT_LENGTH, then options of at most 254 octets with a header of 3.
    const options = [250, extra].map((octets, i) => {
      return { type: "UNKNOWN", code: 100 + i, octets: new Uint8Array(octets) } as const;
    });
    bench.nak(1, { sqn: 5, options });
    const lengths = () =>
      bench.rig.said().filter(({ iface }) => iface === 0).map(({ datagram }) => datagram.bytes.length);
    const first = lengths();
    bench.at(ms(100) - 1).saysNothing();
    bench.at(ms(100));
    return [...first, ...lengths()];
  };
  const [length] = nakOctets(100);
  const atBound = 100 + 512 - length!;
  assertEquals(nakOctets(atBound), [512, 512]);
  assertEquals(nakOctets(atBound + 1), [513, 36]);
});

Deno.test("NetworkElement: malformed packets are counted by cause and go nowhere", () => {
  const bench = elementBench();
  const damaged = encodePacket(nak({ sqn: 5 }));
  damaged[17]! ^= 1;
  bench.rig.hears(damaged, { iface: 1, destination: OWN[1]! });
  const short = encodePacket(spm({ sqn: 2, trail: 0, lead: 5 })).subarray(0, 12);
  assertEquals(bench.passes(short), []);
  bench.saysNothing();
  assertEquals([...bench.element.malformed], [[ParseError.BadChecksum, 1], [ParseError.Truncated, 1]]);
  assertEquals(bench.element.stats.malformed, 2);
});

/** The octets of a packet, unless a list of numbers does not fit the one in its header any more. */
function octetsOf(packet: PacketValue): Uint8Array | undefined {
  try {
    return encodePacket(packet);
  } catch (error) {
    if (error instanceof EncodeError) return undefined;
    throw error;
  }
}

Deno.test("NetworkElement: no packet makes it throw, nothing lasts", () => {
  const random = prngFromSeed(7);
  const parent = { nakBoIvlOn: "NCF+SPM", pollIvl: seconds(1), dupNakMax: 2 } as const;
  const bench = elementBench({ maxSessions: 8, idleTimeout: seconds(60), ...parent });
  for (let i = 0; i < 4_000; i++) {
    const packet = randomPacket(random);
    // Most are of the known session, with numbers of its window.
    const known = random.chance(0xc000_0000);
    const ports = known ? isUpstream(PacketType[packet.type]) ? UP : DOWN_PORTS : {};
    const numbers = !known || !("sqn" in packet)
      ? {}
      : packet.type === "SPM"
      ? { sqn: i + 2, trail: 0, lead: 99 }
      : { sqn: random.below(120) };
    const nlas = known && "sourceNla" in packet ? { sourceNla: SOURCE, groupNla: GROUP } : {};
    const bytes = octetsOf({ ...packet, ...numbers, ...ports, ...nlas } as PacketValue) ?? encodePacket(packet);
    if (random.chance(0x4000_0000)) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    const iface = random.below(4);
    if (random.chance(0x8000_0000)) bench.passes(bytes, { iface: random.below(2) * iface });
    else bench.rig.hears(bytes, { iface, source: nla("10.9.9.9"), destination: OWN[iface]! });
    if (i % 10 === 0) bench.at(bench.rig.now + ms(random.below(50)));
    bench.rig.said();
  }
  bench.passes(ncf({ sqn: 1 }));
  bench.at(bench.rig.now + seconds(70));
  assertEquals(bench.element.gauges, { sessions: 0, repairs: 0, pending: 0, children: 0, unreachable: 0 });
  assertEquals(bench.element.nextTimeout(), Infinity);
  // It was worth the trouble: much of what was drawn got somewhere.
  const { spm: spms, naksForwarded, ncfsReceived, anticipated } = bench.element.stats;
  assert([spms, naksForwarded, ncfsReceived, anticipated].every((count) => count > 5), "the draw reaches nothing");
});
