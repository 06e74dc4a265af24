/**
 * From hand-made packets as written to packets whose session alone is still open: the run draws it. Read spec_inject.ts
 * first.
 *
 * @module
 */

import {
  EncodeError,
  encodePacket,
  isIpv6,
  isMulticast,
  isPacketType,
  isUpstream,
  type Nla,
  type OptionValue,
  PacketType,
  type PacketValue,
  parseNla,
} from "../../engine/mod.ts";
import type { Directory } from "./directory.ts";
import { list, quote, ScenarioError } from "./errors.ts";
import type { InjectPlan, Limits, NodePlan, SourceNode } from "../plan.ts";
import { join } from "./schema.ts";
import {
  MAX_INJECT_OCTETS,
  type ParsedInject,
  type ParsedInjectOption,
  type ParsedInjectPacket,
} from "./spec_inject.ts";
import { DURATION, formatQuantity } from "./units.ts";

/** Where the PGM header has the packet type. */
const TYPE_OCTET = 4;

/** Which fields a packet of each type has besides its options. */
const FIELDS: Readonly<Record<PacketValue["type"], readonly ("sqn" | "trail" | "lead" | "path" | "bytes")[]>> = {
  SPM: ["sqn", "trail", "lead", "path"],
  POLL: ["sqn", "path"],
  POLR: ["sqn"],
  ODATA: ["sqn", "trail", "bytes"],
  RDATA: ["sqn", "trail", "bytes"],
  NAK: ["sqn"],
  NNAK: ["sqn"],
  NCF: ["sqn"],
  SPMR: [],
  ACK: ["sqn"],
};

/** Packets that a script puts on the network. Throws `ScenarioError`, also for what the encoder refuses. */
export function lowerInject(inject: ParsedInject, directory: Directory, at: string, limits: Limits): InjectPlan {
  const node = oneNode(inject.from, directory, join(at, "from"));
  const role = directory.nodePlans[node]!.role;
  if (role === "router") {
    throw new ScenarioError(
      join(at, "from"),
      `${quote(inject.from)} is a router: an end system is needed`,
    );
  }
  const iface = inject.on === undefined ? 0 : directory.interfaces([inject.from], [inject.on], {
    nodes: join(at, "from"),
    segments: join(at, "on"),
  })[0]!.iface;
  const session = oneNode(inject.session, directory, join(at, "session"));
  directory.nodesOfRole("source", [inject.session], join(at, "session"));
  const addresses = new Addresses(directory, { node, iface, session });
  const packet = lowerContent(inject, addresses, at);
  const upstream = packet instanceof Uint8Array ? isUpstreamOctets(packet) : isUpstream(PacketType[packet.type]);
  const { ttl, sourcePort, count, every = 0, drawn, upTo } = inject;
  checkDrawn(inject, packet, at);
  checkSpan({ count, every, at }, limits);
  return {
    node,
    iface,
    session,
    source: inject.as === undefined
      ? upstream ? addresses.own : addresses.source
      : addresses.unicast(inject.as, join(at, "as")),
    destination: inject.to === undefined
      ? upstream ? addresses.source : addresses.group
      : addresses.destination(inject.to, join(at, "to")),
    ttl,
    sourcePort,
    packet,
    count,
    every,
    drawn,
    upTo,
  };
}

function checkDrawn({ drawn, upTo }: ParsedInject, packet: Uint8Array | PacketValue, at: string): void {
  if (drawn.length === 0) return;
  if (packet instanceof Uint8Array) throw new ScenarioError(join(at, "drawn"), 'has no use for "octets"');
  if (!drawn.includes("sqn")) return;
  if ("sqn" in packet && packet.sqn <= upTo) return;
  if ("sqn" in packet) {
    throw new ScenarioError(join(at, "upTo"), `${upTo} is before the sqn of the packet, ${packet.sqn}`);
  }
  throw new ScenarioError(join(at, "drawn"), `${packet.type} has no sequence number`);
}

function oneNode(name: string, directory: Directory, at: string): number {
  const found = directory.nodes([name], at);
  if (found.length !== 1) throw new ScenarioError(at, `${quote(name)} is ${found.length} nodes: one is needed`);
  return found[0]!;
}

function checkSpan(span: { count: number; every: number; at: string }, limits: Limits): void {
  const { count, every, at } = span;
  if (every * (count - 1) <= limits.time) return;
  const [needed, time] = [every * (count - 1), limits.time].map((instant) => formatQuantity(DURATION, instant));
  throw new ScenarioError(at, `its packets take ${needed}, longer than the run (limits.time: ${time})`);
}

function lowerContent(inject: ParsedInject, addresses: Addresses, at: string): Uint8Array | PacketValue {
  const { packet, octets } = inject;
  if (packet !== undefined && octets !== undefined) {
    throw new ScenarioError(at, 'has both "packet" and "octets": one of them');
  }
  if (octets !== undefined) {
    const bytes = fromHex(octets);
    if (bytes.length <= MAX_INJECT_OCTETS) return bytes;
    throw new ScenarioError(join(at, "octets"), `${bytes.length} octets: at most ${MAX_INJECT_OCTETS}`);
  }
  if (packet === undefined) throw new ScenarioError(at, 'does not say what: give "packet" or "octets"');
  const value = packetValue(packet, addresses, join(at, "packet"));
  try {
    encodePacket(value);
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    throw new ScenarioError(join(at, "packet"), error.message);
  }
  return value;
}

/** The packet without the GSI and the data-source port, which the run draws. */
function packetValue(written: ParsedInjectPacket, addresses: Addresses, at: string): PacketValue {
  const { type } = written;
  for (const field of ["sqn", "trail", "lead", "path", "bytes"] as const) {
    if (written[field] === undefined || FIELDS[type].includes(field)) continue;
    const allowed = FIELDS[type].length === 0 ? "nothing but options" : list(FIELDS[type]);
    throw new ScenarioError(join(at, field), `${type} has no such field; it has ${allowed}`);
  }
  const { groupPort, firstSqn } = addresses;
  const { sqn = 0, trail = firstSqn } = written;
  const ports = isUpstream(PacketType[type])
    ? { sourcePort: groupPort, destinationPort: 0 }
    : { sourcePort: 0, destinationPort: groupPort };
  const parity = written.parity ? { parity: true as const } : {};
  const common = { ...ports, gsi: 0, ...parity, options: written.options.map(optionValue) };
  const path = () => written.path === undefined ? addresses.source : addresses.address(written.path, join(at, "path"));
  switch (type) {
    case "SPM":
      return { type, ...common, sqn, trail, lead: written.lead ?? (trail - 1) >>> 0, pathNla: path() };
    case "POLL":
      return { type, ...common, sqn, round: 0, subType: 0, pathNla: path(), boIvlUs: 0, rand: 0, mask: 0 };
    case "POLR":
      return { type, ...common, sqn, round: 0 };
    case "ODATA":
    case "RDATA":
      return { type, ...common, sqn, trail, payload: new Uint8Array(written.bytes ?? 0) };
    case "NAK":
    case "NNAK":
    case "NCF":
      return { type, ...common, sqn, sourceNla: addresses.source, groupNla: addresses.group };
    case "SPMR":
      return { type, ...common };
    case "ACK":
      return { type, ...common, rxMax: sqn, bitmap: 0 };
  }
}

function optionValue(written: ParsedInjectOption): OptionValue {
  if (written.type !== "UNKNOWN") return written;
  const { type, code, opx, octets } = written;
  const flags = opx === undefined ? {} : { opx: opx as 1 | 2 | 3 };
  return { type, code, ...flags, octets: octets === undefined ? new Uint8Array(0) : fromHex(octets) };
}

function isUpstreamOctets(octets: Uint8Array): boolean {
  const type = octets[TYPE_OCTET];
  return type !== undefined && isPacketType(type) && isUpstream(type);
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.fromHex(digits.replaceAll(" ", ""));
}

/** Who is where, seen from the interface that a packet leaves through. */
class Addresses {
  readonly #directory: Directory;
  readonly #segment: number;
  readonly #session: SourceNode;
  /** Of the interface. */
  readonly own: Nla;

  constructor(directory: Directory, place: { node: number; iface: number; session: number }) {
    this.#directory = directory;
    const iface = directory.nodePlans[place.node]!.interfaces[place.iface]!;
    this.#segment = iface.segment;
    this.own = iface.address;
    this.#session = directory.nodePlans[place.session] as SourceNode;
  }

  /** Of the session's source. */
  get source(): Nla {
    return this.#session.interfaces[this.#session.source.sendOn]!.address;
  }

  get group(): Nla {
    return this.#session.group;
  }

  get groupPort(): number {
    return this.#session.port;
  }

  get firstSqn(): number {
    return this.#session.source.firstSqn;
  }

  /** What a datagram is sent to. */
  destination(written: string, at: string): Nla {
    return written === "group" ? this.group : this.#ofFamily(this.address(written, at), at);
  }

  /** The address of one interface. */
  unicast(written: string, at: string): Nla {
    const nla = this.#ofFamily(this.address(written, at), at);
    if (isMulticast(nla)) throw new ScenarioError(at, `${nla} is not the address of a host`);
    return nla;
  }

  /** That of a node: on the segment of the packet if it is there, else its first. */
  address(written: string, at: string): Nla {
    if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(written)) {
      const { interfaces }: NodePlan = this.#directory.nodePlans[oneNode(written, this.#directory, at)]!;
      return (interfaces.find(({ segment }) => segment === this.#segment) ?? interfaces[0]!).address;
    }
    const nla = parseNla(written);
    if (nla === undefined) throw new ScenarioError(at, `${quote(written)} is not an IPv4 or IPv6 address`);
    return nla;
  }

  #ofFamily(nla: Nla, at: string): Nla {
    if (isIpv6(nla) === isIpv6(this.own)) return nla;
    throw new ScenarioError(
      at,
      `${nla} is ${isIpv6(nla) ? "IPv6, the scenario is IPv4" : "IPv4, the scenario is IPv6"}`,
    );
  }
}
