/**
 * What holds for all option extensions: where each may be, its header, its flags.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, type OptionType, PacketType, type PacketValue, ParseError } from "../../../engine/wire/mod.ts";
import { isNetworkSignificant } from "../../../engine/wire/option_rules.ts";
import { codeOfOption } from "../../../engine/wire/options.ts";
import { optionOctets, packetFor, PLACEMENT, refused, refuses, smuggled, withOption } from "../../support/options.ts";
import { ALL_TYPES, nla, octets, odata, packetOfType, rdata, roundTrip, spm, view } from "../../support/packets.ts";

/** The options that may be on a packet type, by trying. */
function accepted(type: PacketValue["type"]): string[] {
  return PLACEMENT.filter(({ option }) => !refuses(withOption(type, option))).map(({ option }) => option.type);
}

Deno.test("options: placement, tried in every packet type: refused or sent, ignored or taken [OPT-080, OPT-081]", () => {
  for (const { option, on, network } of PLACEMENT) {
    const octetsOfOption = optionOctets(packetFor(option));
    for (const type of ALL_TYPES) {
      const places = type.endsWith("DATA") ? [type, `${type}+P`] : [type];
      for (const place of places) {
        const packet = withOption(place, option);
        // On parity packets data options go with the data they stand for, but for OPT_FRAGMENT, which is encoded.
        const may = on.includes(place) ||
          (place.endsWith("+P") && option.type !== "FRAGMENT" && on.includes(type));
        const name = `${option.type} on ${place}`;
        assertEquals(refuses(packet), !may, name);
        // The same octets on a packet without OPT_PARITY are an OPT_FRAGMENT.
        if (option.type === "ENCODED_FRAGMENT" && type === place) continue;
        const received = view(smuggled(packet, octetsOfOption));
        assertEquals(received.error, ParseError.None, name);
        assertEquals(received.hasOption(codeOfOption(option) as OptionType), may, name);
        assertEquals(received.ignoredOptions, may ? 0 : 1, name);
        assertEquals(received.options()[0]!.type, may ? option.type : "UNKNOWN", name);
        const significant = network.includes(type);
        assertEquals(isNetworkSignificant(PacketType[type], codeOfOption(option)), significant, name);
        if (may) assertEquals((encodePacket(packet)[5]! & 0x03) === 0x03, significant, name);
      }
    }
  }
});

Deno.test("encodePacket: the options of SPMs [PKT-028]", () => {
  const listed = "JOIN NAK_BO_IVL NAK_BO_RNG PARITY_PRM CURR_TGSIZE NBR_UNREACH FIN RST CRQST";
  assertEquals(accepted("SPM").join(" "), listed);
});

Deno.test("encodePacket: the options of data, OPT_PARITY_GRP on parity packets [PKT-035]", () => {
  assertEquals(accepted("ODATA").join(" "), "FRAGMENT JOIN CURR_TGSIZE SYN FIN PGMCC_DATA");
  assertEquals(accepted("RDATA").join(" "), "FRAGMENT JOIN CURR_TGSIZE SYN FIN");
  assert(refuses(withOption("ODATA", { type: "PARITY_GRP", group: 1 })));
  assert(!refuses(withOption("ODATA+P", { type: "PARITY_GRP", group: 1 })));
});

Deno.test("encodePacket: the options of NAKs and NCFs [PKT-045]", () => {
  assertEquals(accepted("NAK").join(" "), "NAK_LIST CR PGMCC_FEEDBACK");
  assertEquals(accepted("NCF").join(" "), "NAK_LIST NAK_BO_IVL NBR_UNREACH PATH_NLA");
  assertEquals(accepted("NNAK"), []);
});

Deno.test("options: OPT_NAK_BO_IVL on POLL and OPT_REDIRECT on POLR, nothing else there [OPT-074]", () => {
  assertEquals(accepted("POLL"), ["NAK_BO_IVL"]);
  assertEquals(accepted("POLR"), ["REDIRECT"]);
  const poll = packetOfType("POLL", [{ type: "NAK_BO_IVL", ivlUs: 1, pollSqn: 6 }]);
  const polr = packetOfType("POLR", [{ type: "REDIRECT", nla: nla("10.0.9.9") }]);
  for (const packet of [poll, polr]) assertEquals(roundTrip(packet).toValue(), packet);
});

Deno.test("options: the octets of each type, its code in the low 7 bits [OPT-005]", () => {
  for (const { option } of PLACEMENT) {
    const packet = packetFor(option);
    const bits = octets(optionOctets(packet))[0]!;
    assertEquals(bits, 0x80 | codeOfOption(option), option.type);
    assertEquals(roundTrip(packet).options(), [option]);
  }
  const unassigned = view(smuggled(spm(), "86040000"));
  assertEquals(unassigned.options(), [{ type: "UNKNOWN", code: 0x06, octets: octets("") }]);
  refused(spm({ options: [{ type: "UNKNOWN", code: 0x07, octets: octets("") }] }), "OPT_REDIRECT may not be sent");
  refused(spm({ options: [{ type: "UNKNOWN", code: 0x00, octets: octets("") }] }), "OPT_LENGTH may not be sent");
});

Deno.test("options: E, type, OPX, U and the option-specific bits [OPT-001]", () => {
  const packet = spm({ options: [{ type: "RST", opx: 1, noNaks: true, errorCode: 5 }] });
  assertEquals(optionOctets(packet), "8f040145");
  assertEquals(roundTrip(packet).toValue(), packet);
  const all = view(smuggled(spm(), "8f0407c5")).options();
  assertEquals(all, [{ type: "RST", opx: 3, encoded: true, encodedNull: true, noNaks: true, errorCode: 5 }]);
});

Deno.test("options: OPX is 00 unless told otherwise", () => {
  for (const { option } of PLACEMENT) {
    for (const opx of [undefined, 1, 2] as const) {
      const flags = opx === undefined ? {} : { opx };
      const packet = packetFor({ ...option, ...flags });
      assertEquals(octets(optionOctets(packet))[2]! & 0x03, opx ?? 0, option.type);
      assertEquals(roundTrip(packet).options(), [{ ...option, ...flags }]);
    }
  }
});

Deno.test("encodePacket: OPX 11 is never sent [OPT-012]", () => {
  for (const { option } of PLACEMENT) refused(packetFor({ ...option, opx: 3 }), "with the reserved OPX 3");
});

Deno.test("encodePacket: F is bit 0x04 of octet 2 [OPT-002]", () => {
  const packet = rdata({ parity: true, options: [{ type: "ENCODED_FRAGMENT", octets: new Uint8Array(13) }] });
  assertEquals(octets(optionOctets(packet))[2], 0x04);
  assertEquals(view(smuggled(spm(), "8e040800")).options(), [{ type: "FIN" }]);
});

Deno.test("encodePacket: F and U only for encoded options of parity packets [OPT-016]", () => {
  for (const { option } of PLACEMENT.filter(({ option }) => option.type !== "ENCODED_FRAGMENT")) {
    assertEquals([
      octets(optionOctets(packetFor(option)))[2]! & 0x04,
      octets(optionOctets(packetFor(option)))[3]! & 0x80,
    ], [
      0,
      0,
    ]);
    refused(packetFor({ ...option, encoded: true }), "OP_ENCODED");
    refused(packetFor({ ...option, encodedNull: true }), "OP_ENCODED");
  }
  refused(
    odata({ options: [{ type: "ENCODED_FRAGMENT", octets: new Uint8Array(13) }] }),
    "must be 13 octets on a parity",
  );
  const unknown = { type: "UNKNOWN", code: 0x55, encoded: true, encodedNull: true, octets: octets("01") } as const;
  assertEquals(roundTrip(odata({ parity: true, options: [unknown] })).options(), [unknown]);
  refused(odata({ options: [unknown] }), "OPT_0x55 with OP_ENCODED");
});
