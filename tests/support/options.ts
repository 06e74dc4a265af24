/**
 * One option of each type, where it may be, and its octets.
 *
 * @module
 */

import { assert, assertThrows } from "@std/assert";
import { EncodeError, encodePacket, type OptionValue, type PacketValue } from "../../engine/wire/mod.ts";
import { hex, nla, octets, packetOfType, patched, spliced, view } from "./packets.ts";

/** An option and the packet types, by name, with `+P` for parity packets alone. */
interface Placement {
  readonly option: OptionValue;
  readonly on: readonly string[];
  /** Those on which it is network-significant. */
  readonly network: readonly string[];
}

const V4 = nla("10.0.9.9");

/** Every option that may be sent. */
export const PLACEMENT: readonly Placement[] = [
  placed({ type: "FRAGMENT", firstSqn: 106, offset: 0, apduLength: 10 }, "ODATA RDATA"),
  placed({ type: "ENCODED_FRAGMENT", octets: new Uint8Array(13) }, "ODATA+P RDATA+P"),
  placed({ type: "NAK_LIST", sqns: [200] }, "NAK NCF", "NAK NCF"),
  placed({ type: "JOIN", minSqn: 900 }, "ODATA RDATA SPM"),
  placed({ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }, "NCF SPM POLL", "NCF SPM POLL"),
  placed({ type: "NAK_BO_RNG", maxUs: 2_000_000, minUs: 10_000 }, "SPM", "SPM"),
  placed({ type: "REDIRECT", nla: V4 }, "POLR", "POLR"),
  placed({ type: "PARITY_PRM", proActive: true, onDemand: true, tgSize: 8 }, "SPM", "SPM"),
  placed({ type: "PARITY_GRP", group: 2 }, "ODATA+P RDATA+P"),
  placed({ type: "CURR_TGSIZE", size: 5 }, "ODATA RDATA SPM", "RDATA SPM"),
  placed({ type: "NBR_UNREACH" }, "SPM NCF", "SPM NCF"),
  placed({ type: "PATH_NLA", nla: V4 }, "NCF", "NCF"),
  placed({ type: "SYN" }, "ODATA RDATA"),
  placed({ type: "FIN" }, "ODATA RDATA SPM"),
  placed({ type: "RST", noNaks: true, errorCode: 5 }, "SPM"),
  placed({ type: "CR", lead: 1000, receiver: V4 }, "NAK", "NAK"),
  placed({ type: "CRQST", neWorstLink: true, neWorstPath: false, receiverWorstPath: true }, "SPM", "SPM"),
  placed({ type: "PGMCC_DATA", timestamp: 1, acker: V4 }, "ODATA"),
  placed({ type: "PGMCC_FEEDBACK", timestamp: 1, lossRate: 0, receiver: V4, leaving: false }, "NAK ACK"),
];

function placed(option: OptionValue, on: string, network = ""): Placement {
  return { option, on: on.split(" "), network: network === "" ? [] : network.split(" ") };
}

/** A packet that may carry an option, and carries it. */
export function packetFor(option: OptionValue): PacketValue {
  return withOption(PLACEMENT.find(({ option: { type } }) => type === option.type)!.on[0]!, option);
}

/** A packet of a type, such as `ODATA` or `ODATA+P` for parity, with one option. */
export function withOption(place: string, option: OptionValue): PacketValue {
  const packet = packetOfType(place.replace("+P", "") as PacketValue["type"], [option]);
  return place.endsWith("+P") ? { ...packet, parity: true } : packet;
}

/** The octets of a packet's only option. */
export function optionOctets(packet: PacketValue): string {
  const bytes = encodePacket(packet);
  const length = bytes.length - encodePacket({ ...packet, options: [] }).length - 4;
  const end = bytes.length - view(bytes).tsduLength;
  return hex(bytes.subarray(end - length, end));
}

/** The octets of a packet as if it had been sent with one option, whatever the rules say. */
export function smuggled(packet: PacketValue, option: string): Uint8Array {
  const bare = encodePacket({ ...packet, options: [] });
  const list = octets(option);
  const withList = spliced(bare, bare.length - view(bare).tsduLength, [0, 4, 0, 4 + list.length, ...list]);
  return patched(withList, 5, [bare[5]! | 0x01]);
}

/** Whether the encoder refuses a packet. */
export function refuses(packet: PacketValue): boolean {
  try {
    encodePacket(packet);
    return false;
  } catch (error) {
    assert(error instanceof EncodeError, `${error}`);
    return true;
  }
}

/** Asserts that the encoder refuses a packet with a message. */
export function refused(packet: PacketValue, message: string): void {
  assertThrows(() => encodePacket(packet), EncodeError, message);
}
