/**
 * What an attacker can have a network element and a receiver keep, with their defaults (`docs/security.md`).
 * Heap and buffers after a collection, less those before. Needs --expose-gc.
 *
 * @module
 */

import {
  Datagram,
  ELEMENT_DEFAULTS,
  encodePacket,
  type Host,
  NetworkElement,
  type OptionValue,
  type PacketValue,
  parseNla,
  prngFromSeed,
  Receiver,
  RECEIVER_DEFAULTS,
} from "../../engine/mod.ts";

const INTERFACES = 18;
const ADDRESSES = Array.from({ length: INTERFACES }, (_, i) => parseNla(`10.${i}.0.1`)!);
const SOURCE = parseNla("10.0.0.9")!;
const GROUP = parseNla("239.192.0.1")!;
const PORT = 7500;

const DOWN = { sourcePort: 4000, destinationPort: PORT };
const UP = { sourcePort: PORT, destinationPort: 4000 };
const NLAS = { sourceNla: SOURCE, groupNla: GROUP };

/** Has something keep all that it can be made to; gives it, how many things it keeps, and what each is. */
type Attack = () => { readonly kept: unknown; readonly count: number; readonly each: string };

/** Measures and prints them all. */
export function memory(): void {
  console.log("\nmemory that a network element can be made to hold, with the defaults");
  const { maxSessions, maxRepairs } = ELEMENT_DEFAULTS;
  measure("sessions", () => keptBy(elementOf(maxSessions), maxSessions, "session"));
  for (const optionOctets of [0, 460, 3556]) {
    const extra = optionOctets > 0 ? ` with ${optionOctets} octets of options` : "";
    measure(`NAKs${extra}, unconfirmed, from 16 interfaces`, () => ofNaks(maxRepairs, 1, optionOctets));
  }
  measure("parity NAKs with 460 octets of options", () => ofNaks(maxRepairs, 1, 460, true));
  measure("NAKs for 63 numbers each", () => ofNaks(Math.floor(maxRepairs / 63), 63, 0));
  measure("NCFs for what nobody has asked for", () => ofNcfs(maxRepairs / 2));

  console.log("\nmemory that a receiver can be made to hold, with the defaults");
  const sessions = RECEIVER_DEFAULTS.maxSessions;
  measure("sessions with one packet", () => keptBy(receiverOf(sessions), sessions, "session"));
  for (const length of [0, 1400]) {
    measure(`packets of ${length} octets behind gaps`, () => ofGaps(length));
  }
  measure("missing numbers", ofMissing);
}

function measure(name: string, attack: Attack): void {
  const before = used();
  const { kept, count, each } = attack();
  const bytes = used() - before;
  // What is kept lives until here.
  if (kept === undefined) throw new Error("nothing is kept");
  const mib = (bytes / 2 ** 20).toFixed(1).padStart(6);
  console.log(`  ${name.padEnd(48)} ${mib} MiB: ${count} x ${Math.round(bytes / count)} octets, each ${each}`);
}

/** Octets of live heap and buffers. */
function used(): number {
  const { gc } = globalThis as { gc?: () => void };
  for (let round = 0; round < 3; round++) gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function keptBy(kept: unknown, count: number, each: string): ReturnType<Attack> {
  return { kept, count, each };
}

const host: Host = {
  random: prngFromSeed(1),
  address: (iface) => ADDRESSES[iface]!,
  isLocal: () => true,
  transmit: () => {},
  joinGroup: () => {},
  leaveGroup: () => {},
  note: () => {},
};

function datagram(value: PacketValue, destination = GROUP): Datagram {
  return new Datagram({ source: SOURCE, destination, ttl: 9, routerAlert: true, bytes: encodePacket(value) });
}

/** An element that knows the paths of so many sessions. */
function elementOf(sessions: number): NetworkElement {
  const element = new NetworkElement(host, ELEMENT_DEFAULTS);
  for (let gsi = 0; gsi < sessions; gsi++) {
    const spm = {
      type: "SPM",
      ...DOWN,
      gsi,
      sqn: 1,
      trail: 0,
      lead: 0x3fff_ffff,
      pathNla: SOURCE,
      options: [{ type: "PARITY_PRM", proActive: false, onDemand: true, tgSize: 2 }],
    } as const;
    element.intercept(0, 0, datagram(spm), [1, 2]);
  }
  return element;
}

/** NAKs for `numbers` numbers each, or one group, which nobody else asks for, with options that nobody knows. */
function ofNaks(count: number, numbers: number, optionOctets: number, parity = false): ReturnType<Attack> {
  const element = elementOf(4);
  for (let n = 0; n < count; n++) {
    const [sqn, ...sqns] = Array.from({ length: numbers }, (_, i) => n * numbers + i);
    const list: OptionValue[] = sqns.length === 0 ? [] : [{ type: "NAK_LIST", sqns }];
    const options = [...list, ...unknownOptions(optionOctets)];
    const iface = 1 + n % 16;
    const named = parity ? { sqn: 2 * sqn!, parity: true as const } : { sqn: sqn! };
    const nak = { type: "NAK", ...UP, ...NLAS, gsi: n & 3, ...named, options } as const;
    element.handleDatagram(0, iface, datagram(nak, ADDRESSES[iface]));
  }
  return keptBy(element, element.gauges.repairs, "repair state");
}

/** Options of so many octets in all that a PGM hop is to leave as they are. */
function unknownOptions(octets: number): OptionValue[] {
  const options: OptionValue[] = [];
  for (let left = octets - 4; left > 4; left -= 252) {
    options.push({ type: "UNKNOWN", code: 0x70, octets: new Uint8Array(Math.min(248, left - 4)) });
  }
  return options;
}

function ofNcfs(count: number): ReturnType<Attack> {
  const element = elementOf(4);
  for (let n = 0; n < count; n++) {
    const ncf = { type: "NCF", ...DOWN, ...NLAS, gsi: n & 3, sqn: n, options: [] } as const;
    element.intercept(0, 0, datagram(ncf), [1, 2]);
  }
  return keptBy(element, element.gauges.repairs, "repair state");
}

/** A receiver of so many sessions; packet 0 of each has come. */
function receiverOf(sessions: number): Receiver {
  const receiver = new Receiver(host, { ...RECEIVER_DEFAULTS, group: GROUP, port: PORT }, {
    onMessage: () => {},
    onLoss: () => {},
  });
  for (let gsi = 0; gsi < sessions; gsi++) hearData(receiver, gsi, 0, 100);
  return receiver;
}

function hearData(receiver: Receiver, gsi: number, sqn: number, length: number): void {
  const payload = new Uint8Array(length);
  receiver.handleDatagram(0, 0, datagram({ type: "ODATA", ...DOWN, gsi, sqn, trail: 0, payload, options: [] }));
}

/** Every second packet of each session, as many as are kept. */
function ofGaps(length: number): ReturnType<Attack> {
  const receiver = receiverOf(8);
  let count = 0;
  for (let sqn = 2; receiver.stats.buffersFull === 0 && sqn < RECEIVER_DEFAULTS.rxwMaxSqns; sqn += 2) {
    for (let gsi = 0; gsi < 8; gsi++) hearData(receiver, gsi, sqn, length);
    count += 8;
  }
  return keptBy(receiver, count, "packet, and a missing number");
}

/** Two packets far apart in each of a few sessions. */
function ofMissing(): ReturnType<Attack> {
  const { maxMissing, rxwMaxSqns } = RECEIVER_DEFAULTS;
  const sessions = maxMissing / rxwMaxSqns;
  const receiver = receiverOf(sessions);
  for (let gsi = 0; gsi < sessions; gsi++) hearData(receiver, gsi, rxwMaxSqns - 2, 0);
  // Reordering is tolerated for a moment; then all are missing.
  receiver.handleTimeout(RECEIVER_DEFAULTS.reorderTimeout);
  return keptBy(receiver, sessions * (rxwMaxSqns - 3), "missing number");
}
