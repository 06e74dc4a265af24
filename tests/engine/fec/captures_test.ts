/**
 * Parity that a real stack sent (tests/golden/captures/README.md): ours is the same, and decodes every loss that it can
 * repair.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PacketType, type PacketView, ParseError, ReedSolomon, viewPacket } from "../../../engine/mod.ts";
import { readCapture } from "../../../netsim/capture_reader.ts";
import { hex, view, withChecksum } from "../../support/packets.ts";
import { capturedPayload } from "../../support/replay.ts";

const CAPTURES = new URL("../../golden/captures/", import.meta.url);

/** A transmission group on the wire. */
interface Group {
  readonly code: ReedSolomon;
  readonly data: readonly Uint8Array[];
  /** By parity index. */
  readonly parity: readonly Uint8Array[];
}

function packetsOf(name: string): PacketView[] {
  const file = Deno.readFileSync(new URL(`${name}.pcap`, CAPTURES));
  return readCapture(file, { udpPorts: [3056], protocol: 113 }).frames.map(({ datagram }) => viewPacket(datagram!));
}

/** All groups, with the octets of a message as the sender had them. */
function groupsOf(name: string, length: number): Group[] {
  const packets = packetsOf(name).filter(({ error }) => error === ParseError.None);
  const k = packets.find(({ type }) => type === PacketType.SPM)!.option("PARITY_PRM")!.tgSize;
  const data: Uint8Array[] = [];
  const parity: Uint8Array[][] = [];
  for (const packet of packets) {
    if (packet.type !== PacketType.ODATA && packet.type !== PacketType.RDATA) continue;
    if (packet.parity) (parity[Math.floor(packet.sqn / k)] ??= [])[packet.sqn % k] = packet.payload();
    else data[packet.sqn] = packet.payload();
  }
  for (const [sqn, payload] of data.entries()) assertEquals(payload, capturedPayload(sqn, length));
  return Array.from({ length: data.length / k }, (_, group) => ({
    code: new ReedSolomon(k),
    data: data.slice(group * k, (group + 1) * k),
    parity: parity[group] ?? [],
  }));
}

/** Decodes with every set of losses that some of the parity repairs, with every choice of parity; returns how many. */
function decodeAll({ code, data, parity }: Group): number {
  let patterns = 0;
  for (let lost = 0; lost < 1 << code.k; lost++) {
    for (let used = 0; used < 1 << parity.length; used++) {
      const isLost = (i: number) => (lost >> i & 1) === 1;
      const indexes = [...parity.keys()].filter((index) => used >> index & 1);
      const missing = data.filter((_, i) => isLost(i));
      if (missing.length === 0 || missing.length !== indexes.length) continue;
      const recovered = missing.map(({ length }) => new Uint8Array(length));
      const holes = data.map((packet, i) => isLost(i) ? undefined : packet);
      code.decode(holes, indexes.map((index) => parity[index]!), indexes, recovered);
      assertEquals(recovered.map(hex), missing.map(hex), `lost ${lost.toString(2)} used ${used.toString(2)}`);
      patterns++;
    }
  }
  return patterns;
}

/** Our parity for the same data. */
function ourParity({ code, data, parity }: Group): string[] {
  const ours = parity.map(({ length }) => new Uint8Array(length));
  code.encode(data, 0, ours);
  return ours.map(hex);
}

Deno.test("captures: 20, on-demand parity is ours, and repairs each of four packets", () => {
  const groups = groupsOf("20-fec-ondemand-k4", 64);
  assertEquals(groups.map(({ code, parity }) => [code.k, parity.length]), [[4, 1], [4, 0]]);
  for (const group of groups) assertEquals(ourParity(group), group.parity.map(hex));
  assertEquals(groups.map(decodeAll), [4, 0]);
});

Deno.test("captures: 23, pro-active parity is ours, and repairs every loss of one or two of eight packets", () => {
  const groups = groupsOf("23-fec-proactive-k8-h2-odata", 128);
  assertEquals(groups.map(({ code, parity }) => [code.k, parity.length]), [[8, 2], [8, 2]]);
  for (const group of groups) assertEquals(ourParity(group), group.parity.map(hex));
  // Eight single losses with either parity packet, 28 pairs with both.
  assertEquals(groups.map(decodeAll), [44, 44]);
});

Deno.test("captures: 19, the broken parity shows in its checksum, and were that right, in its TSI alone", () => {
  const packets = packetsOf("19-shipped-parity-rdata-broken");
  const broken = packets.filter(({ error }) => error !== ParseError.None);
  assertEquals(broken.map(({ error }) => error), [ParseError.BadChecksum]);
  // With the checksum mended it is a whole packet, of a session that nobody announced: its source port is 0.
  const mended = view(withChecksum(broken[0]!.bytes));
  assertEquals(mended.error, ParseError.None);
  assert(mended.parity);
  assertEquals([mended.gsi, mended.sessionPort, mended.groupPort], [packets[0]!.gsi, 0, 0]);
  assertEquals(packets[0]!.sessionPort, 20001);
  // Its payload is right. Had it been wrong, a group of one packet length would have had no way to tell.
  const [group] = groupsOf("19-shipped-parity-rdata-broken", 64);
  assertEquals(ourParity({ ...group!, parity: [mended.payload()] }), [hex(mended.payload())]);
});
