/**
 * Feeds the downstream packets of a real capture, at their real times, to our receiver engine, as if it had sat beside
 * the capturing machine. Its NAKs go nowhere: what the capture does not hold is reported lost.
 *
 * @module
 */

import {
  type Endpoint,
  formatTsi,
  type Host,
  type Instant,
  isMulticast,
  type Nla,
  ParseError,
  parseNla,
  prngFromSeed,
  Receiver,
  RECEIVER_DEFAULTS,
  type Session,
  type Sqn,
  viewPacket,
} from "../engine/mod.ts";
import type { CapturedFrame } from "../netsim/mod.ts";
import { isDownstream } from "./inspect.ts";

/** A message that the receiver delivered. */
export interface ReceivedMessage {
  /** The session: GSI and data-source port. */
  readonly tsi: string;
  /** Counts the messages of the capture in the order of their delivery, from 0. */
  readonly index: number;
  readonly octets: Uint8Array;
  /** Since the first frame of the file. */
  readonly timeNs: Instant;
}

/** Sequence numbers that could not be recovered. */
export interface ReceivedLoss {
  readonly tsi: string;
  /** First and last, inclusive. */
  readonly lost: readonly [Sqn, Sqn];
}

/** What is told as it happens. */
export interface ReceiveSink {
  message(message: ReceivedMessage): void;
  loss(loss: ReceivedLoss): void;
}

/** Long enough for every retry to run out after the last packet, and for the session to end. */
const AFTERMATH: Instant = 2 * RECEIVER_DEFAULTS.idleTimeout;

/** Receives a capture. Groups and ports are those of the SPMs and data in it. */
export function receiveCapture(frames: readonly CapturedFrame[], sink: ReceiveSink): void {
  const receivers = new Map<string, Receiver>();
  let index = 0;
  const listener = {
    onMessage(now: Instant, session: Session, octets: Uint8Array): void {
      sink.message({ tsi: formatTsi(session.tsi), index: index++, octets, timeNs: now });
    },
    onLoss(_now: Instant, session: Session, first: Sqn, last: Sqn): void {
      sink.loss({ tsi: formatTsi(session.tsi), lost: [first, last] });
    },
  };
  let now = 0;
  for (const { datagram, timeNs } of frames) {
    if (datagram === undefined) continue;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || !isDownstream(view) || !isMulticast(datagram.destination)) continue;
    const key = `${datagram.destination}:${view.groupPort}`;
    let receiver = receivers.get(key);
    if (receiver === undefined) {
      const config = { ...RECEIVER_DEFAULTS, group: datagram.destination, port: view.groupPort };
      receiver = new Receiver(new DeafHost(), config, listener);
      receivers.set(key, receiver);
    }
    now = Math.max(now, timeNs);
    for (const each of receivers.values()) runUntil(each, now);
    receiver.handleDatagram(now, 0, datagram);
  }
  for (const each of receivers.values()) runUntil(each, now + AFTERMATH);
}

function runUntil(endpoint: Endpoint, end: Instant): void {
  for (let at = endpoint.nextTimeout(); at <= end; at = endpoint.nextTimeout()) endpoint.handleTimeout(at);
}

/** A host whose transmissions reach nobody. */
class DeafHost implements Host {
  readonly random = prngFromSeed(0);

  address(): Nla {
    return parseNla("0.0.0.0")!;
  }

  isLocal(): boolean {
    return true;
  }

  transmit(): void {}
  joinGroup(): void {}
  leaveGroup(): void {}
  note(): void {}
}
