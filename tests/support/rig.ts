/**
 * An endpoint on a bench: tests read as a timed ladder of what it hears and what it says.
 *
 * ```ts ignore
 * rig.at(ms(100)).hears(ncf({ sqn: 7 }));
 * rig.at(ms(150)).saysNothing();
 * ```
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  Datagram,
  type DataValue,
  encodePacket,
  type Endpoint,
  type Host,
  type Instant,
  type Nla,
  type PacketValue,
  parseNla,
  type PollValue,
  prngFromSeed,
  viewPacket,
} from "../../engine/mod.ts";

/** An address literal. */
export function nla(text: string): Nla {
  const parsed = parseNla(text);
  if (parsed === undefined) throw new Error(`"${text}" is not an address`);
  return parsed;
}

/** The session that the packets of a bench belong to. */
export const GSI = 0x52aa_a6ae_cb1a;
export const SPORT = 0x1234;
export const DPORT = 7500;
export const GROUP = nla("239.1.2.3");
export const SOURCE = nla("10.0.0.1");
export const RECEIVER = nla("10.0.0.9");

/** Something that the endpoint transmitted. */
export interface Said {
  readonly at: Instant;
  readonly iface: number;
  readonly datagram: Datagram;
  readonly value: PacketValue;
}

/** How a packet reaches the endpoint. */
export interface Hearing {
  readonly iface?: number;
  readonly source?: Nla;
  readonly destination?: Nla;
}

/** Runs one endpoint in its own time. */
export class Rig<E extends Endpoint> {
  readonly endpoint: E;
  readonly joined: { iface: number; group: Nla; join: boolean }[] = [];
  readonly marks: { at: Instant; mark: string; a: number }[] = [];
  now: Instant = 0;
  #said: Said[] = [];

  constructor(make: (host: Host) => E, options: { seed?: number; addresses?: readonly Nla[] } = {}) {
    const addresses = options.addresses ?? [RECEIVER];
    this.endpoint = make({
      random: prngFromSeed(options.seed ?? 1),
      address: (iface) => addresses[iface]!,
      // The subnets of a bench are /24.
      isLocal: (iface, other) => subnet(addresses[iface]!) === subnet(other),
      transmit: (iface, datagram) =>
        this.#said.push({ at: this.now, iface, datagram, value: viewPacket(datagram).toValue() }),
      joinGroup: (iface, group) => this.joined.push({ iface, group, join: true }),
      leaveGroup: (iface, group) => this.joined.push({ iface, group, join: false }),
      note: (mark, a) => this.marks.push({ at: this.now, mark, a }),
    });
  }

  /** Goes to `time`, firing every timeout up to and at it. */
  at(time: Instant): this {
    for (;;) {
      const next = this.endpoint.nextTimeout();
      if (next > time) break;
      this.now = Math.max(this.now, next);
      this.endpoint.handleTimeout(this.now);
    }
    this.now = time;
    return this;
  }

  /** Takes in a packet. */
  hears(packet: PacketValue | Uint8Array, how: Hearing = {}): this {
    const bytes = packet instanceof Uint8Array ? packet : encodePacket(packet);
    const datagram = new Datagram({
      source: how.source ?? SOURCE,
      destination: how.destination ?? GROUP,
      ttl: 16,
      routerAlert: false,
      bytes,
    });
    this.endpoint.handleDatagram(this.now, how.iface ?? 0, datagram);
    return this;
  }

  /** What was said since the last look. */
  said(): Said[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  /** Asserts that nothing was said since the last look. */
  saysNothing(): this {
    assertEquals(this.said().map(summary), []);
    return this;
  }

  /** Asserts exactly what was said since the last look, as `TYPE SQN`. */
  says(...expected: string[]): this {
    assertEquals(this.said().map(summary), expected);
    return this;
  }
}

function subnet(address: Nla): string {
  return address.slice(0, address.lastIndexOf("."));
}

/** The values of packets of a type. */
type PacketOf<Type, Packet = PacketValue> = Packet extends PacketValue ? Type extends Packet["type"] ? Packet : never
  : never;

/** The packets of one kind among what was said. */
export function only<Type extends PacketValue["type"]>(said: readonly Said[], type: Type): PacketOf<Type>[] {
  return said.map((s) => s.value).filter((value) => value.type === type) as PacketOf<Type>[];
}

/** `NAK 7`. */
export function summary(said: Said): string {
  return "sqn" in said.value ? `${said.value.type} ${said.value.sqn}` : said.value.type;
}

const downstream = { sourcePort: SPORT, destinationPort: DPORT, gsi: GSI } as const;
const upstream = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI } as const;

/** What of a data packet may be given. */
type DataFields = { sqn: number } & Partial<Pick<DataValue, "trail" | "payload" | "parity" | "varPktlen" | "options">>;

/** An ODATA packet of the bench's session. */
export function odata(
  fields: DataFields,
): PacketValue {
  return {
    type: "ODATA",
    ...downstream,
    trail: 0,
    payload: new Uint8Array([fields.sqn & 0xff]),
    options: [],
    ...fields,
  };
}

/** An RDATA packet. */
export function rdata(
  fields: DataFields,
): PacketValue {
  return {
    type: "RDATA",
    ...downstream,
    trail: 0,
    payload: new Uint8Array([fields.sqn & 0xff]),
    options: [],
    ...fields,
  };
}

/** An SPM whose path is the source unless given. */
export function spm(
  fields: { sqn: number; trail: number; lead: number; pathNla?: Nla; options?: PacketValue["options"] },
): PacketValue {
  return { type: "SPM", ...downstream, pathNla: SOURCE, options: [], ...fields };
}

/** An NCF. */
export function ncf(
  fields: { sqn: number; gsi?: number; parity?: true; options?: PacketValue["options"] },
): PacketValue {
  return { type: "NCF", ...downstream, sourceNla: SOURCE, groupNla: GROUP, options: [], ...fields };
}

/** A NAK. */
export function nak(
  fields: {
    sqn: number;
    gsi?: number;
    parity?: true;
    sourceNla?: Nla;
    groupNla?: Nla;
    options?: PacketValue["options"];
  },
): PacketValue {
  return { type: "NAK", ...upstream, sourceNla: SOURCE, groupNla: GROUP, options: [], ...fields };
}

/** A POLL whose path is the source unless given; everyone is to reply at once. */
export function poll(fields: Partial<PollValue> = {}): PacketValue {
  const asks = { sqn: 1, round: 0, subType: 0, boIvlUs: 0, rand: 0, mask: 0 };
  return { type: "POLL", ...downstream, ...asks, pathNla: SOURCE, options: [], ...fields };
}

/** A POLR. */
export function polr(fields: { sqn: number; round?: number }): PacketValue {
  return { type: "POLR", ...upstream, round: 0, options: [], ...fields };
}

/** An SPMR. */
export function spmr(): PacketValue {
  return { type: "SPMR", ...upstream, options: [] };
}
