import { assertEquals } from "@std/assert";
import { encodePacket, type OptionValue, type Opx, ParseError, viewPacket } from "../../../engine/mod.ts";
import { ElementBench, elementBench, UPSTREAM } from "../../support/element_bench.ts";
import { nak, rdata, spm } from "../../support/rig.ts";

/** An option of an unknown type. */
function unknown(opx: 0 | Opx, code = 0x55): OptionValue {
  return { type: "UNKNOWN", code, octets: Uint8Array.of(1, 2, 3, 4), ...(opx === 0 ? {} : { opx }) };
}

/** An SPM with two such options around one of a known type: the encoder refuses OPX 11, so it is put in by hand. */
function spmWith(opx: 0 | Opx, sqn = 2): Uint8Array {
  const written = opx === 3 ? 0 : opx;
  const options = [unknown(written), { type: "JOIN", minSqn: 9 } as const, unknown(written, 0x56)];
  const fields = { sqn, trail: 0, lead: 99, pathNla: UPSTREAM };
  const bytes = encodePacket(spm({ ...fields, options }));
  if (opx !== 3) return bytes;
  const at = 36 + 4 + 2;
  for (const octet of [at, at + 16]) bytes[octet] = 3;
  bytes[6] = bytes[7] = 0;
  return bytes;
}

Deno.test("NetworkElement: an unknown option with OPX 00 goes on unchanged [OPT-009, NE-056]", () => {
  const bench = new ElementBench();
  const bytes = spmWith(0);
  assertEquals(bench.passes(bytes), []);
  const said = bench.rig.said();
  assertEquals(said.length, 3);
  for (const { datagram } of said) assertEquals(datagram.bytes.subarray(36), bytes.subarray(36));
});

Deno.test("NetworkElement: an unknown option with OPX 01 is invalidated; OPT_END and value stay [OPT-010, OPT-014, NE-056]", () => {
  const bench = new ElementBench();
  const bytes = spmWith(1);
  assertEquals(bench.passes(bytes), []);
  const expected = bytes.slice(36);
  assertEquals([expected[4], expected[20]], [0x55, 0xd6]);
  expected[4] = 0x7f;
  expected[20] = 0xff;
  for (const { datagram } of bench.rig.said()) {
    assertEquals(datagram.bytes.subarray(36), expected);
    const view = viewPacket(datagram);
    assertEquals([view.error, view.option("JOIN")?.minSqn], [ParseError.None, 9]);
  }
  assertEquals(bench.element.stats.optionsInvalidated, 2);
});

Deno.test("NetworkElement: a packet with an unknown option with OPX 10 ends here [OPT-011, NE-056]", () => {
  const bench = new ElementBench();
  assertEquals(bench.passes(spmWith(2)), []);
  bench.saysNothing();
  assertEquals([bench.element.stats.optionsFatal, bench.element.gauges.sessions], [1, 0]);
});

Deno.test("NetworkElement: the reserved OPX 11 is taken as 00 and counted [OPT-013]", () => {
  const bench = new ElementBench();
  const bytes = spmWith(3);
  assertEquals(bench.passes(bytes), []);
  const said = bench.rig.said();
  assertEquals(said.length, 3);
  for (const { datagram } of said) assertEquals(datagram.bytes.subarray(36), bytes.subarray(36));
  assertEquals(bench.element.stats.optionsReserved, 2);
});

Deno.test("NetworkElement: NAKs and RDATA with such options: as they are, changed, or dropped", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5, options: [unknown(1)] });
  const request = bench.rig.said()[1]!;
  assertEquals(request.value, { ...nak({ sqn: 5 }), options: [unknown(1, 0x7f)] });
  bench.nak(1, { sqn: 6, options: [unknown(2)] }).saysNothing();
  assertEquals(bench.element.gauges.repairs, 1);

  // What has changed the network must not forward as it came: the element sends the copies itself.
  assertEquals(bench.passes(rdata({ sqn: 5, options: [unknown(1)] })), []);
  const copies = bench.rig.said();
  assertEquals(copies.map(({ iface, datagram }) => [iface, datagram.ttl]), [[1, 15]]);
  assertEquals(copies[0]!.value, { ...rdata({ sqn: 5 }), options: [unknown(1, 0x7f)] });
  bench.nak(1, { sqn: 7 });
  assertEquals(bench.passes(rdata({ sqn: 7, options: [unknown(2)] })), []);
  assertEquals(bench.rdata(7), [1]);
});
