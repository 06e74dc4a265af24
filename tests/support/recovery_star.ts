/**
 * How often a source sends until all receivers of a star have got everything: the real engines on the simulated network,
 * and an account of what each receiver lost.
 *
 * ```text
 * warm-up, no loss | data, lost by each receiver on its own         | repairs, lost as well
 * 0s               | 1s, one packet every millisecond               | until everybody has everything
 * ```
 *
 * The source gathers the NAKs of a round before it repairs: `rdataDelay` is longer than it takes all receivers to notice
 * a loss (IHB_MIN at the end of the data), to back off and to be heard, and NAK_RDATA_IVL is longer than that. Receivers
 * whose NAKs were confirmed at different times ask again at different times, but within `nakBoIvl` of each other.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import { type Datagram, type Instant, PacketType, viewPacket } from "../../engine/mod.ts";
import type { Node, TraceKind } from "../../netsim/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";

/** What is sent to whom. */
export interface Star {
  /** How many receivers. */
  readonly receivers: number;
  /** Loss on the link of each receiver, of data and repairs, percent. */
  readonly lossPercent: number;
  /** Data packets of a transmission group with parity on demand; 1 for none: whole packets are repeated. */
  readonly groupSize: number;
  /** How many packets are counted: a multiple of `groupSize`. */
  readonly packets: number;
  /** How long the source gathers NAKs before it repairs, ms; 250 unless given. */
  readonly gatherMs?: number;
  /** How far apart SPMs are while data is sent, ms; none then unless given. */
  readonly spmMs?: number;
}

/** What came of one run. */
export interface Recovery {
  /** ODATA and RDATA, parity or not, that the source sent for each data packet. */
  readonly sent: number;
  /** How many of them were sent when everybody had enough already, for each data packet. */
  readonly surplus: number;
}

/** One run; throws unless everything is delivered to everybody. */
export function recover(star: Star, seed: number): Recovery {
  assert(star.packets % star.groupSize === 0, "groups must be full");
  const account = new Account(star.groupSize);
  const result = runPlan(planScenario(starScenario(star)), {
    seed,
    observers: ({ simulation }) => {
      simulation.observe(account, ["send", "drop"]);
      return [];
    },
  });
  if (result.verdict !== "pass") throw new Error(`${result.verdict}: ${result.reasons[0]}`);
  const { odata, rdata, parityWrapped } = Object.values(result.sources)[0]!.counters;
  assert(parityWrapped === 0, "each parity packet is another");
  const sent = odata + rdata - WARM_UP;
  assert(account.sent === sent, "what the source counts left it");
  return { sent: sent / star.packets, surplus: (sent - account.needed()) / star.packets };
}

/** The scenario of a run. */
export function starScenario(star: Star): ScenarioSpec {
  const { receivers, lossPercent, groupSize, packets, gatherMs = 250, spmMs = 3_600_000 } = star;
  return defineScenario({
    name: "recovery-star",
    about: "A source and receivers with independent loss around a router that only forwards.",
    topology: {
      kind: "star",
      receivers,
      trunk: { rate: "1Gbps", delay: "1ms", queue: "16MB" },
      link: { rate: "1Gbps", delay: "1ms", queue: "16MB" },
      source: {
        rate: "100Mbps",
        peak: "1Gbps",
        txwSecs: "300s",
        ihbMin: "50ms",
        // One that comes while data is sent makes receivers ask for single packets of the open group.
        ambientSpmIvl: `${spmMs}ms`,
        rdataDelay: `${gatherMs}ms`,
        ...(groupSize === 1 ? {} : { fec: { groupSize } }),
      },
      receiver: { nakBoIvl: "50ms", nakRdataIvl: "600ms", nakDataRetries: 100 },
    },
    script: [
      { at: "0s", send: { from: "sender", messages: WARM_UP, bytes: PAYLOAD_BYTES, every: "1ms" } },
      { at: "900ms", impair: { to: "member", loss: `${lossPercent}%`, packet: ["ODATA", "RDATA"] } },
      { at: "1s", send: { from: "sender", messages: packets, bytes: PAYLOAD_BYTES, every: "1ms" } },
    ],
    expect: [{ delivered: "all", to: "member" }, { lost: 0, by: "member" }],
  });
}

/**
 * Packets before anything is lost: reception begins with the first packet that a receiver hears, and everybody must begin
 * with the same one. They fill a group of any size that is measured.
 */
const WARM_UP = 32;
const PAYLOAD_BYTES = 64;

/** What was sent of one group, and who lost what of it. */
class Sendings {
  /** By transmission: who lost it. */
  readonly lostBy: Node[][] = [];

  /** How many transmissions it took until everybody had `enough` packets. */
  needed(enough: number): number {
    const lost = new Map<Node, number>();
    let most = 0;
    for (const [index, nodes] of this.lostBy.entries()) {
      for (const node of nodes) {
        const losses = (lost.get(node) ?? 0) + 1;
        lost.set(node, losses);
        most = Math.max(most, losses);
      }
      if (index + 1 - most >= enough) return index + 1;
    }
    throw new Error("everything was delivered, but somebody got too little");
  }
}

/** Watches a run: what the source sends of each group, in order, and which receivers lose it. */
class Account {
  readonly #groupSize: number;
  readonly #groups = new Map<number, Sendings>();
  /** Who loses the transmission of these octets: copies share them. */
  readonly #lostBy = new Map<Uint8Array, Node[]>();
  /** How many packets of data and parity the source has sent since the warm-up. */
  sent = 0;

  constructor(groupSize: number) {
    this.#groupSize = groupSize;
  }

  record(kind: TraceKind, _at: Instant, node: Node, _iface: number, datagram: Datagram): void {
    if (kind === "drop") {
      this.#lostBy.get(datagram.bytes)!.push(node);
      return;
    }
    const { type, sqn } = viewPacket(datagram);
    if ((type !== PacketType.ODATA && type !== PacketType.RDATA) || sqn < WARM_UP) return;
    const first = sqn - sqn % this.#groupSize;
    let group = this.#groups.get(first);
    if (group === undefined) this.#groups.set(first, group = new Sendings());
    const lostBy: Node[] = [];
    group.lostBy.push(lostBy);
    this.#lostBy.set(datagram.bytes, lostBy);
    this.sent++;
  }

  /** How many transmissions would have been enough, with these losses. */
  needed(): number {
    let sum = 0;
    for (const group of this.#groups.values()) sum += group.needed(this.#groupSize);
    return sum;
  }
}
