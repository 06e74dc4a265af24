/**
 * Packets in words. Each well-formed type and option is in tests/golden/wire_vectors.ts; here is the rest.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { describePacket, encodePacket, ParseError, parseErrorName } from "../../../engine/wire/mod.ts";
import { smuggled } from "../../support/options.ts";
import { ncf, odata, patched, rdata, spm, view } from "../../support/packets.ts";

Deno.test("describePacket: malformed packets by their cause, unknown types by their range", () => {
  const bytes = encodePacket(spm());
  const texts = [bytes.subarray(0, 15), patched(bytes, 4, [0x06]), patched(bytes, 4, [0x0f]), patched(bytes, 4, [0x40])]
    .map((octets) => describePacket(view(octets)));
  assertEquals(texts, [
    "malformed: truncated",
    "malformed: unknown packet type 0x06 (DATA-like)",
    "malformed: unknown packet type 0x0f (SPMR-like)",
    "malformed: version or reserved bits set in the type octet",
  ]);
});

Deno.test("describePacket: options that are ignored say so", () => {
  const onNcf = view(smuggled(ncf(), "870c0000 00010000 0a000909"));
  assertEquals(describePacket(onNcf), "NCF 104 src 10.0.0.1 grp 239.1.2.3 REDIRECT(ignored)");
  const onParity = view(smuggled(rdata({ parity: true }), "81100000 0000006a 00000000 0000000a"));
  assertEquals(describePacket(onParity), "RDATA 106 parity trail 100 len 5 FRAGMENT(ignored)");
  assertEquals(describePacket(view(smuggled(odata(), "86040000"))), "ODATA 106 trail 100 len 5 OPT_0x06(0 octets)");
});

Deno.test("parseErrorName: every cause has its own name", () => {
  const names = Object.values(ParseError).map(parseErrorName);
  assertEquals(names.filter((name) => typeof name !== "string" || name === ""), []);
  assertEquals(new Set(names).size, Object.keys(ParseError).length);
});
