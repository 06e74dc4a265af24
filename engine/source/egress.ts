/**
 * What a source may send, and when (RFC 3208, section 5.1.1 and 5.1.2): strictly NCFs before SPMs before data, RDATA
 * and ODATA by share, everything spaced by the leaky bucket, SPM and ODATA bounded by the token bucket. POLLs, of which
 * there are few, go before SPMs: one that aborts a poll must not wait.
 *
 * What TXW_MAX_RTE covers is a matter of strategy (section 16): SPM and ODATA, so that repairs do not slow down new
 * data, or RDATA as well.
 *
 * @module
 */

import { type Instant, NEVER } from "../base/time.ts";
import { LeakyBucket, TokenBucket } from "../base/token_bucket.ts";
import type { SourceConfig } from "./source_config.ts";

/** The classes of packets that wait for their turn. */
export type EgressClass = "NCF" | "POLL" | "SPM" | "RDATA" | "ODATA";

/** What waits: whether there is an NCF, or a POLL, and the octets of the packet that is first in line in each other class. */
export interface EgressHeads {
  readonly ncf: boolean;
  readonly poll: boolean;
  readonly spm: number | undefined;
  readonly rdata: number | undefined;
  readonly odata: number | undefined;
}

/** The packet to send next: of which class, and not before when. */
export interface Turn {
  readonly class: EgressClass;
  readonly at: Instant;
}

/** Gates everything that a source sends. */
export class Egress {
  readonly #tokens: TokenBucket;
  readonly #spacing: LeakyBucket;
  readonly #rdataShare: number;
  readonly #coversRdata: boolean;
  /** Octets sent as RDATA minus the octets that its share allows, while both kinds of data wait. */
  #rdataExcess = 0;

  constructor(config: SourceConfig) {
    this.#tokens = new TokenBucket(config.txwMaxRte, config.burstBytes);
    this.#spacing = new LeakyBucket(config.peakRte);
    this.#rdataShare = config.rdataShare;
    this.#coversRdata = config.rateCoversRdata;
  }

  /** Whose turn it is, or `undefined` when nothing waits. */
  next(now: Instant, heads: EgressHeads): Turn | undefined {
    const spaced = this.#spacing.earliest(now);
    if (heads.ncf) return { class: "NCF", at: spaced };
    if (heads.poll) return { class: "POLL", at: spaced };
    if (heads.spm !== undefined) return { class: "SPM", at: Math.max(spaced, this.#tokens.earliest(now, heads.spm)) };
    const { rdata, odata } = heads;
    const odataAt = odata === undefined ? NEVER : Math.max(spaced, this.#tokens.earliest(now, odata));
    if (rdata === undefined) return odata === undefined ? undefined : { class: "ODATA", at: odataAt };
    const rdataAt = this.#coversRdata ? Math.max(spaced, this.#tokens.earliest(now, rdata)) : spaced;
    if (odata === undefined || this.#rdataFirst(spaced, odataAt)) return { class: "RDATA", at: rdataAt };
    return { class: "ODATA", at: odataAt };
  }

  /** Whether RDATA goes before ODATA, where both wait. */
  #rdataFirst(spaced: Instant, odataAt: Instant): boolean {
    // Repairs that need no tokens use the time that new data cannot use. Those that do take them from new data: if the
    // smaller packet went whenever it could, the larger would starve. No token is lost while the one in turn waits.
    if (!this.#coversRdata && odataAt > spaced) return true;
    return this.#rdataShare > 0 && this.#rdataExcess <= 0;
  }

  /** Notes that a packet leaves. `contended` says that both RDATA and ODATA waited. */
  sent(now: Instant, kind: EgressClass, bytes: number, contended: boolean): void {
    this.#spacing.spend(now, bytes);
    if (kind === "SPM" || kind === "ODATA" || (kind === "RDATA" && this.#coversRdata)) this.#tokens.spend(now, bytes);
    if (!contended) this.#rdataExcess = 0;
    else if (kind === "RDATA") this.#rdataExcess += bytes * (1 - this.#rdataShare);
    else if (kind === "ODATA") this.#rdataExcess -= bytes * this.#rdataShare;
  }
}
