/**
 * No source is faster than it says (RFC 3208, section 5.1.1): over any interval of t seconds, the octets that TXW_MAX_RTE
 * covers are at most the burst and rate x t; and a packet of s octets keeps the line for s / peak.
 *
 * The bucket is computed anew here, in billionths of an octet, which are whole numbers: nothing is rounded.
 *
 * @module
 */

import {
  type Datagram,
  type Instant,
  PacketType,
  packetTypeName,
  ParseError,
  type Tsi,
  viewPacket,
} from "../../engine/mod.ts";
import type { SourcePlan } from "../plan.ts";
import type { Violations } from "./violation.ts";

const NS_PER_SECOND = 1_000_000_000;

/** What a source may do. */
export type RatePlan = Pick<
  SourcePlan,
  "rateBytesPerSecond" | "burstBytes" | "peakBytesPerSecond" | "rateCoversRdata"
>;

/** One life of a source. */
interface Meter {
  readonly tsi: Tsi;
  /** How far the bucket is from being full, in billionths of an octet, when the packet at `coveredAt` had left. */
  spent: number;
  coveredAt: Instant;
  /** The latest packet of any type. */
  sentAt: Instant;
  sentBytes: number;
}

/** Watches everything that sources put on the network. */
export class RateChecker {
  readonly #violations: Violations;
  readonly #planOf: (node: number) => RatePlan;
  readonly #meters = new Map<number, Meter>();

  constructor(violations: Violations, planOf: (node: number) => RatePlan) {
    this.#violations = violations;
    this.#planOf = planOf;
  }

  /** A source puts a packet of its own on the network. */
  sent(at: Instant, node: number, name: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    const fail = (text: string) => this.#violations.report({ checker: "rate", at, node: name, text });
    const plan = this.#planOf(node);
    const bytes = view.bytes.length;
    const what = () => `${packetTypeName(view.type)} ${view.sqn}`;
    let meter = this.#meters.get(node);
    if (meter === undefined || meter.tsi.port !== view.sessionPort || meter.tsi.gsi !== view.gsi) {
      meter = { tsi: { gsi: view.gsi, port: view.sessionPort }, spent: 0, coveredAt: at, sentAt: at, sentBytes: 0 };
      this.#meters.set(node, meter);
    }
    // Exact where it matters: a product beyond 2^53 is far larger than the other side.
    if ((at - meter.sentAt) * plan.peakBytesPerSecond < meter.sentBytes * NS_PER_SECOND) {
      const after = `${at - meter.sentAt} ns after a packet of ${meter.sentBytes} octets`;
      fail(`${what()} left ${after}: faster than the peak of ${plan.peakBytesPerSecond} B/s`);
    }
    meter.sentAt = at;
    meter.sentBytes = bytes;
    if (!isCovered(view.type, plan)) return;
    const refilled = (at - meter.coveredAt) * plan.rateBytesPerSecond;
    meter.spent = Math.max(0, meter.spent - refilled) + bytes * NS_PER_SECOND;
    meter.coveredAt = at;
    const burst = plan.burstBytes * NS_PER_SECOND;
    // Only a burst of more than 9 MB is beyond the whole numbers: one octet is far more than what is rounded then.
    const slack = Number.isSafeInteger(burst) ? 0 : NS_PER_SECOND;
    if (meter.spent <= burst + slack) return;
    const excess = Math.ceil((meter.spent - burst) / NS_PER_SECOND);
    fail(`${what()} is ${excess} octets more than ${plan.rateBytesPerSecond} B/s and ${plan.burstBytes} B allow`);
    meter.spent = burst;
  }
}

function isCovered(type: PacketType, plan: RatePlan): boolean {
  if (type === PacketType.RDATA) return plan.rateCoversRdata;
  return type === PacketType.SPM || type === PacketType.ODATA;
}
