/**
 * A receiver where the receiver of a capture sat: it hears, at the recorded times, what that one heard.
 *
 * The capture's NCFs and RDATA answer the NAKs of the real receiver, at its times. So that ours asks at the same times,
 * its back-offs are those that the real one drew: each draw is such that it ends when the capture holds the packet that
 * it delayed. That the real packet lies within the interval to draw from is checked on the way: the two state machines
 * agree on when the back-off began and on how long it may be.
 *
 * @module
 */

import { assert } from "@std/assert";
import {
  Datagram,
  describePacket,
  encodePacket,
  type Instant,
  IP_PROTOCOL_PGM,
  ms,
  PacketType,
  type Prng,
  prngFromSeed,
  Receiver,
  RECEIVER_DEFAULTS,
  type ReceiverConfig,
  viewPacket,
} from "../../engine/mod.ts";
import { type CapturedFrame, readCapture } from "../../netsim/mod.ts";
import { nla } from "./rig.ts";

/** Where the receiver of every capture sat. */
const RECEIVER = nla("10.9.0.2");
const UDP_PORTS = [3056];

/** What a receiver sent: `TYPE SQN ... to ADDRESS ttl TTL`, and its octets in hexadecimal. */
export interface Sent {
  readonly at: Instant;
  readonly text: string;
  readonly octets: string;
}

/** How a capture is played. */
export interface ReplayOptions {
  /** Frames that the receiver did not hear, by number. */
  readonly lost: readonly number[];
  /** Where its parameters differ from {@link OPENPGM}. */
  readonly config?: Partial<ReceiverConfig>;
  /** The payload of a packet, number -1, that the receiver hears before all frames: its session begins before them. */
  readonly before?: Uint8Array;
  /** Draws of its own, from this seed, instead of those of the real receiver. */
  readonly seed?: number;
}

/** What came of it. */
export interface Replayed {
  /** What our receiver sent. */
  readonly ours: readonly Sent[];
  /** What the real receiver sent. */
  readonly real: readonly Sent[];
  /** When each frame was captured; index 0 is not used. */
  readonly times: readonly Instant[];
  /** The messages delivered: first sequence number and when. */
  readonly delivered: readonly (readonly [sqn: number, at: Instant])[];
  readonly messages: readonly Uint8Array[];
  /** `FIRST-LAST` of each report, and when. */
  readonly lost: readonly (readonly [range: string, at: Instant])[];
  readonly receiver: Receiver;
}

/** The real receiver asks as soon as later data shows a gap; its back-off is up to 50 ms. */
export const OPENPGM: Partial<ReceiverConfig> = { reorderPackets: 1, nakBoIvl: ms(50) };

/** Plays a capture of `tests/golden/captures`, and lets the receiver run until it waits for nothing but its idle time. */
export function replay(file: string, options: ReplayOptions): Replayed {
  const bytes = Deno.readFileSync(`tests/golden/captures/${file}.pcap`);
  const { frames } = readCapture(bytes, { udpPorts: UDP_PORTS, protocol: IP_PROTOCOL_PGM });
  const real = frames.filter(({ datagram }) => datagram!.source === RECEIVER);
  const ours: Sent[] = [];
  const delivered: [number, Instant][] = [];
  const messages: Uint8Array[] = [];
  const lost: [string, Instant][] = [];
  let now: Instant = 0;
  const first = viewPacket(frames[0]!.datagram!);
  const receiver = new Receiver(
    {
      random: options.seed === undefined ? recordedDraws(real, () => now) : prngFromSeed(options.seed),
      address: () => RECEIVER,
      isLocal: () => true,
      transmit: (_iface, datagram) => ours.push(sent(now, { ...frames[0]!, datagram })),
      joinGroup: () => {},
      leaveGroup: () => {},
      note: () => {},
    },
    {
      ...RECEIVER_DEFAULTS,
      ...OPENPGM,
      ...options.config,
      group: frames[0]!.datagram!.destination,
      port: first.groupPort,
    },
    {
      onMessage: (at, _session, message, sqn) => {
        delivered.push([sqn, at]);
        messages.push(message);
      },
      onLoss: (at, _session, from, to) => lost.push([`${from}-${to}`, at]),
    },
  );
  const runUntil = (end: Instant) => {
    for (; receiver.nextTimeout() <= end; receiver.handleTimeout(now)) now = receiver.nextTimeout();
    now = end;
  };
  if (options.before !== undefined) {
    const { gsi, sessionPort, groupPort } = first;
    const session = { gsi, sourcePort: sessionPort, destinationPort: groupPort };
    const zeroth = { type: "ODATA", ...session, sqn: 0xffff_ffff, trail: 0xffff_ffff, options: [] } as const;
    const bytes = encodePacket({ ...zeroth, payload: options.before });
    receiver.handleDatagram(now, 0, new Datagram({ ...frames[0]!.datagram!, bytes }));
  }
  for (const frame of frames) {
    runUntil(frame.timeNs);
    if (frame.datagram!.source === RECEIVER || options.lost.includes(frame.number)) continue;
    receiver.handleDatagram(now, 0, frame.datagram!);
  }
  runUntil(now + RECEIVER_DEFAULTS.idleTimeout / 2);
  const times = [NaN, ...frames.map(({ timeNs }) => timeNs)];
  return { ours, real: real.map((frame) => sent(frame.timeNs, frame)), times, delivered, messages, lost, receiver };
}

/** The payload of message `m` of the captures, which has this many octets. */
export function capturedPayload(m: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (m * 31 + i * 7 + (i >> 8) * 13 + 5) & 0xff);
}

function sent(at: Instant, { datagram }: CapturedFrame): Sent {
  const text = `${describePacket(viewPacket(datagram!))} to ${datagram!.destination} ttl ${datagram!.ttl}`;
  return { at, text, octets: datagram!.bytes.toHex() };
}

/** A stream whose every draw of a back-off ends when the real receiver sent its next packet. */
function recordedDraws(real: readonly CapturedFrame[], now: () => Instant): Prng {
  const stream: Prng = {
    u32: () => 0,
    chance: () => false,
    fork: () => stream,
    below(bound) {
      const next = real.find(({ timeNs }) => timeNs > now());
      // The real receiver was not to ask again: neither is ours, if what stops it comes in time.
      if (next === undefined) return bound - 1;
      // The engine draws microseconds: from 1 for a NAK, from 0 for an SPMR.
      const least = viewPacket(next.datagram!).type === PacketType.SPMR ? 0 : 1;
      const draw = (next.timeNs - now()) / 1_000 - least;
      assert(draw < bound, `frame ${next.number} of the real receiver came ${draw - bound + 1} us after our interval`);
      return draw;
    },
  };
  return stream;
}
