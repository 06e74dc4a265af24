/**
 * Octets and packets for tests.
 *
 * @module
 */

import { Datagram } from "../../engine/base/datagram.ts";
import { type Nla, parseNla } from "../../engine/base/nla.ts";
import {
  type DataValue,
  encodePacket,
  type NakValue,
  type OptionValue,
  PacketType,
  type PacketValue,
  PacketView,
  pgmChecksum,
  type SpmValue,
} from "../../engine/wire/mod.ts";

/** The address of a text that is known to be one. */
export function nla(text: string): Nla {
  const parsed = parseNla(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** The octets of hexadecimal digits; blanks are ignored. */
export function octets(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`not octets: ${text}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The hexadecimal digits of octets. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** The octets of a text. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A copy with the checksum put right. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const checksum = pgmChecksum(copy);
  copy[6] = checksum >> 8;
  copy[7] = checksum;
  return copy;
}

/** A copy with octets replaced from an offset on, and the checksum put right. */
export function patched(bytes: Uint8Array, at: number, replacement: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(replacement, at);
  return withChecksum(copy);
}

/** A copy with octets inserted at an offset, and the checksum put right. */
export function spliced(bytes: Uint8Array, at: number, inserted: readonly number[]): Uint8Array {
  return withChecksum(Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)]));
}

/** The view of octets. */
export function view(bytes: Uint8Array): PacketView {
  return new PacketView(bytes);
}

/** A datagram of octets, whose addresses do not matter. */
export function datagram(bytes: Uint8Array): Datagram {
  return new Datagram({ source: nla("10.0.0.1"), destination: nla("239.1.2.3"), ttl: 16, routerAlert: false, bytes });
}

/** The GSI of the examples: the last six octets of the MD5 digest of `pgm.example.com`. */
export const GSI = 0x52aa_a6ae_cb1a;
/** The ports of the examples in downstream and in upstream packets. */
export const DOWN = { sourcePort: 0x1234, destinationPort: 7500, gsi: GSI } as const;
export const UP = { sourcePort: 7500, destinationPort: 0x1234, gsi: GSI } as const;

/** The packets of the examples, by type; `options` and other fields may be given. */
export function spm(fields: Partial<SpmValue> = {}): SpmValue {
  return { type: "SPM", ...DOWN, sqn: 1, trail: 100, lead: 105, pathNla: nla("10.0.0.1"), options: [], ...fields };
}

export function odata(fields: Partial<DataValue> = {}): DataValue {
  return { type: "ODATA", ...DOWN, sqn: 106, trail: 100, payload: ascii("hello"), options: [], ...fields };
}

export function rdata(fields: Partial<DataValue> = {}): DataValue {
  return odata({ type: "RDATA", ...fields });
}

export function nak(fields: Partial<NakValue> = {}): NakValue {
  const nlas = { sourceNla: nla("10.0.0.1"), groupNla: nla("239.1.2.3") };
  return { type: "NAK", ...UP, sqn: 104, ...nlas, options: [], ...fields };
}

export function ncf(fields: Partial<NakValue> = {}): NakValue {
  return nak({ type: "NCF", ...DOWN, ...fields });
}

/** A packet of each type, without options. */
export function packetOfType(type: PacketValue["type"], options: readonly OptionValue[] = []): PacketValue {
  switch (type) {
    case "SPM":
      return spm({ options });
    case "POLL":
      return {
        type,
        ...DOWN,
        sqn: 7,
        round: 0,
        subType: 0,
        pathNla: nla("10.0.0.1"),
        boIvlUs: 250_000,
        rand: 0xa5a5_0000,
        mask: 0xffff_0000,
        options,
      };
    case "POLR":
      return { type, ...UP, sqn: 7, round: 0, options };
    case "ODATA":
    case "RDATA":
      return odata({ type, options });
    case "NAK":
    case "NNAK":
      return nak({ type, options });
    case "NCF":
      return ncf({ options });
    case "SPMR":
      return { type, ...UP, options };
    case "ACK":
      return { type, ...UP, rxMax: 106, bitmap: 0xffff_fff7, options };
  }
}

/** All packet types. */
export const ALL_TYPES = Object.keys(PacketType) as PacketValue["type"][];

/** Encodes a packet and looks at the octets. */
export function roundTrip(packet: PacketValue): PacketView {
  return new PacketView(encodePacket(packet));
}
