/**
 * A receiver and a source on a {@link Rig}, with what their applications are told.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type Instant,
  ms,
  Receiver,
  RECEIVER_DEFAULTS,
  type ReceiverConfig,
  seconds,
  type Session,
  type SessionEnd,
  Source,
  SOURCE_DEFAULTS,
  type SourceConfig,
  type SourceListener,
  type Sqn,
} from "../../engine/mod.ts";
import { DPORT, GROUP, GSI, nla, odata, RECEIVER, Rig, SOURCE, spm, SPORT } from "./rig.ts";

/** What a receiver told its application. */
export interface Log {
  /** The first sequence number of each message. */
  readonly delivered: number[];
  /** `FIRST-LAST` of each report. */
  readonly lost: string[];
  readonly messages: Uint8Array[];
  /** The latency of each repair. */
  readonly repairs: Instant[];
  /** How often a start was seen. */
  starts: number;
  /** Why sessions ended: `fin`, `rst CODE`, `loss`, `idle`. */
  readonly ends: string[];
}

/** A receiver with two interfaces that has heard nothing yet. */
export function receiverBench(config: Partial<ReceiverConfig> = {}, seed = 1): { rig: Rig<Receiver>; log: Log } {
  const log: Log = { delivered: [], lost: [], messages: [], repairs: [], starts: 0, ends: [] };
  const listener = {
    onMessage: (_now: Instant, _session: Session, message: Uint8Array, sqn: Sqn) => {
      log.delivered.push(sqn);
      log.messages.push(message);
    },
    onLoss: (_now: Instant, _session: Session, first: Sqn, last: Sqn) => log.lost.push(`${first}-${last}`),
    onRepair: (_now: Instant, _session: Session, _sqn: Sqn, latency: Instant) => log.repairs.push(latency),
    onStart: () => log.starts++,
    onEnd: (_now: Instant, _session: Session, end: SessionEnd, code: number) => {
      log.ends.push(end === "rst" ? `rst ${code}` : end);
    },
  };
  const rig = new Rig(
    (host) => new Receiver(host, { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT, ...config }, listener),
    { seed, addresses: [RECEIVER, nla("10.1.0.9")] },
  );
  return { rig, log };
}

/** A receiver that got 0..5 and an SPM, and has just noticed at 10 ms that 6 is missing, beyond doubt. */
export function missingSix(config: Partial<ReceiverConfig> = {}, seed = 1): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench(config, seed);
  bench.rig.hears(spm({ sqn: 1, trail: 0, lead: 5 }));
  for (let sqn = 0; sqn <= 5; sqn++) bench.rig.hears(odata({ sqn }));
  bench.rig.at(ms(10)).hears(spm({ sqn: 2, trail: 0, lead: 6 }));
  return bench;
}

/** Waits for the NAK for 6 that is due; gives when it went. */
export function nextNak(rig: Rig<Receiver>): Instant {
  const at = rig.endpoint.nextTimeout();
  rig.at(at - 1).saysNothing();
  rig.at(at).says("NAK 6");
  return at;
}

/** SPMs so rare that a test does not see any but the first. */
export const QUIET = { ambientSpmIvl: seconds(1000), ihbMin: seconds(1000), ihbMax: seconds(1000) };

/** How a packet from a receiver reaches the source. */
export const FROM_RECEIVER = { source: RECEIVER, destination: SOURCE };

/** A source with two interfaces that has sent nothing yet. What is due at one instant leaves at it: nothing spaces packets. */
export function sourceBench(config: Partial<SourceConfig> = {}, listener: SourceListener = {}): Rig<Source> {
  const session = { tsi: { gsi: GSI, port: SPORT }, group: GROUP, port: DPORT, iface: 0 };
  return new Rig(
    (host) => new Source(host, { ...SOURCE_DEFAULTS, ...session, peakRte: Infinity, ...config }, listener),
    { addresses: [SOURCE, nla("10.1.0.1")] },
  );
}

/** Submits `count` messages of `bytes` octets now. */
export function send(rig: Rig<Source>, count: number, bytes = 100): Rig<Source> {
  for (let i = 0; i < count; i++) assertEquals(rig.endpoint.send(rig.now, new Uint8Array(bytes).fill(i)), "accepted");
  return rig;
}
