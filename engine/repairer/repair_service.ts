/**
 * What a repairer does with the NAKs that are directed to it (RFC 3208, sections 9.5.2 and 11.7): it confirms, tells the
 * source, and repairs what it has; the rest it asks for itself. A parity NAK is for packets of whole groups, and handled
 * alike.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { packetCount } from "../fec/groups.ts";
import type { Parent } from "../receiver/redirection.ts";
import { type Due, type Repair, RepairLine } from "./repair_line.ts";
import type { RepairerConfig } from "./repairer_config.ts";
import type { Asked, RepairerPackets, Way } from "./repairer_packets.ts";
import type { RepairerStats } from "./repairer_stats.ts";
import type { ServedSession } from "./served_session.ts";

/** Serves the NAKs of all sessions of one repairer. */
export class RepairService {
  readonly #packets: RepairerPackets;
  readonly #stats: RepairerStats;
  readonly #line: RepairLine;

  /** Nothing waits. */
  constructor(config: RepairerConfig, packets: RepairerPackets, stats: RepairerStats) {
    this.#packets = packets;
    this.#stats = stats;
    this.#line = new RepairLine(config);
  }

  /** How many packets and groups wait to be repaired. */
  get waiting(): number {
    return this.#line.size;
  }

  /** When {@link send} is due. */
  nextTimeout(): Instant {
    return this.#line.nextTimeout();
  }

  /** As an upstream repairer: a source for what it has, a network element for the rest (section 9.5.2.1). */
  fromBelow(now: Instant, due: Due, { sqns, parity }: Asked): void {
    const stats = this.#stats;
    const [held, lacking] = repairsOf(due, { sqns, parity });
    if (held.length > 0) {
      const asked = { sqns: held.map(({ asked }) => asked), parity };
      if (this.#line.confirms(now, due, asked)) {
        stats.ncfsToGroup++;
        this.#packets.ncf(due.served.session, due.way, asked);
      } else stats.ncfsNotRepeated++;
    }
    for (const each of held) this.#takeOn(each);
    if (lacking.length === 0) return;
    stats.naksPassedOn++;
    // The NCF that comes back confirms the NAK of those below as well: they hear it on the same subnet.
    this.#ask(due.served, { sqns: lacking, parity });
  }

  /** As an off-tree repairer: all is confirmed; what it lacks, it asks its parent for (section 9.5.2.2). */
  fromParent(now: Instant, due: Due, { sqns, parity }: Asked): void {
    const stats = this.#stats;
    if (this.#line.confirms(now, due, { sqns, parity })) {
      stats.ncfsToParent++;
      this.#packets.ncf(due.served.session, due.way, { sqns, parity });
    } else stats.ncfsNotRepeated++;
    const [held, lacking] = repairsOf(due, { sqns, parity });
    for (const each of held) this.#takeOn(each);
    if (lacking.length === 0) return;
    stats.naksReturned++;
    this.#ask(due.served, { sqns: lacking, parity });
  }

  /** Sends the repairs that may leave now. */
  send(now: Instant): void {
    for (let repair = this.#line.shift(now); repair !== undefined; repair = this.#line.shift(now)) {
      const { served, way } = repair;
      const bytes = served.serves ? this.#octetsOf(repair) : undefined;
      if (bytes === undefined) {
        this.#line.drop(repair);
        this.#stats.repairsOutOfWindow++;
        continue;
      }
      this.#line.sent(now, bytes.length);
      if (way.to === undefined) this.#stats.repairsToGroup++;
      else this.#stats.repairsToParent++;
      this.#packets.rdata(served.session, way, bytes);
    }
  }

  /** A repair is to be sent; the source is told that it need not. */
  #takeOn({ repair, asked }: Held): void {
    const stats = this.#stats;
    const { served, group } = repair;
    switch (this.#line.add(repair, group === undefined ? 0 : packetCount(asked, group.maxSize))) {
      case "merged":
        stats.repairsMerged++;
        return;
      case "full":
        stats.repairsShed++;
        return;
      case "new":
        stats.nnaksSent++;
        this.#packets.nnak(served.session, towards(served.session.parent!), {
          sqns: [asked],
          parity: group !== undefined,
        });
    }
  }

  #ask(served: ServedSession, asked: Asked): void {
    served.asks(asked);
    this.#packets.nak(served.session, towards(served.session.parent!), asked);
  }

  /** The packet that leaves now; `undefined` if it is out of the window. */
  #octetsOf({ served, sqn, group }: Repair): Uint8Array | undefined {
    const { trail, session } = served;
    if (group === undefined) {
      const packet = served.packet(sqn);
      return packet && this.#packets.repair(packet, trail);
    }
    if (served.isBehind(group)) return undefined;
    this.#stats.parityRepairs++;
    return this.#packets.parity(session, group, { index: served.parity!.takeIndex(group), trail });
  }
}

/** A repair that can be made, and the number that asked for it. */
interface Held {
  readonly repair: Repair;
  readonly asked: Sqn;
}

/** What can be made of what is asked for, and what is lacking. */
function repairsOf(due: Due, { sqns, parity }: Asked): [held: Held[], lacking: Sqn[]] {
  const held: Held[] = [];
  const lacking: Sqn[] = [];
  for (const asked of sqns) {
    const group = parity ? due.served.group(asked) : undefined;
    if (group !== undefined) held.push({ repair: { ...due, sqn: group.first, group }, asked });
    else if (!parity && due.served.packet(asked) !== undefined) held.push({ repair: { ...due, sqn: asked }, asked });
    else lacking.push(asked);
  }
  return [held, lacking];
}

function towards({ iface, nla: to }: Parent): Way {
  return { iface, to };
}
