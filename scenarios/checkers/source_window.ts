/**
 * What a source says about its window must hold together (RFC 3208, sections 3.3 and 5): data numbered by one, trailing
 * edges that never go back, repairs only inside the window, SPM_SQN by one, windows no larger than configured.
 *
 * @module
 */

import {
  type Datagram,
  formatTsi,
  type Instant,
  packetTypeName,
  type PacketView,
  ParseError,
  type Sqn,
  sqnAdd,
  sqnAtMost,
  sqnBefore,
  sqnDistance,
  viewPacket,
  windowSize,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

interface Advertised {
  trail: Sqn;
  lead: Sqn;
  spmSqn: Sqn;
  /** The size of its transmission groups; 1 without parity. */
  tgSize: number;
}

/** Watches everything that sources put on the network. */
export class SourceWindowChecker {
  readonly #violations: Violations;
  readonly #maxSqns: (node: number) => number;
  readonly #sessions = new Map<string, Advertised>();

  /** `maxSqns` gives the configured window of a source node. */
  constructor(violations: Violations, maxSqns: (node: number) => number) {
    this.#violations = violations;
    this.#maxSqns = maxSqns;
  }

  /** A source puts a packet of its own on the network. */
  sent(at: Instant, node: number, name: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    const fail = (text: string) => this.#violations.report({ checker: "source window", at, node: name, text });
    if (view.error !== ParseError.None) return fail("sent a malformed packet");
    const type = packetTypeName(view.type);
    if (type !== "SPM" && type !== "ODATA" && type !== "RDATA") return;
    const key = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    const known = this.#sessions.get(key);
    if (known === undefined) {
      const lead = type === "SPM" ? view.lead : view.sqn;
      this.#sessions.set(key, {
        trail: view.trail,
        lead,
        spmSqn: type === "SPM" ? view.sqn : -1,
        tgSize: view.option("PARITY_PRM")?.tgSize ?? 1,
      });
      return;
    }
    if (sqnBefore(view.trail, known.trail)) fail(`${type} ${view.sqn}: trail ${view.trail} after ${known.trail}`);
    known.trail = view.trail;
    this.#checkNumbers(type, view, known, fail);
    const size = windowSize(known.trail, known.lead);
    // The rest of a truncated group is in the window, too.
    if (size > this.#maxSqns(node) + known.tgSize - 1) {
      fail(`window of ${size} packets, at most ${this.#maxSqns(node)} allowed`);
    }
  }

  #checkNumbers(type: string, view: PacketView, known: Advertised, fail: (text: string) => void): void {
    switch (type) {
      case "ODATA":
        if (view.parity) return this.#checkParity(view, known, fail);
        if (view.sqn !== sqnAdd(known.lead, 1) && !this.#beginsGroup(view, known)) {
          fail(`ODATA ${view.sqn} after ${known.lead}`);
        }
        known.lead = view.sqn;
        return;
      case "RDATA":
        if (view.parity) return this.#checkParity(view, known, fail);
        if (!sqnAtMost(view.trail, view.sqn) || !sqnAtMost(view.sqn, known.lead)) {
          fail(`RDATA ${view.sqn} outside the window ${view.trail} to ${known.lead}`);
        }
        return;
      case "SPM":
        if (known.spmSqn >= 0 && view.sqn !== sqnAdd(known.spmSqn, 1)) fail(`SPM ${view.sqn} after ${known.spmSqn}`);
        if (view.lead !== known.lead) fail(`SPM ${view.sqn}: lead ${view.lead}, newest data is ${known.lead}`);
        known.spmSqn = view.sqn;
        known.tgSize = view.option("PARITY_PRM")?.tgSize ?? known.tgSize;
        return;
    }
  }

  /** Whether data goes on with the next transmission group, after one that was truncated. */
  #beginsGroup({ sqn }: PacketView, { lead, tgSize }: Advertised): boolean {
    return sqn % tgSize === 0 && sqnBefore(lead, sqn) && sqnDistance(lead, sqn) <= tgSize;
  }

  /** Parity is of a group of which everything was sent and something is in the window. */
  #checkParity(view: PacketView, { lead, trail, tgSize }: Advertised, fail: (text: string) => void): void {
    const first = view.sqn - view.sqn % tgSize;
    const size = view.option("CURR_TGSIZE")?.size ?? tgSize;
    const last = sqnAdd(first, size - 1);
    if (tgSize === 1 || !sqnAtMost(last, lead) || sqnBefore(last, trail)) {
      fail(`parity ${view.sqn} of a group that is not in the window ${trail} to ${lead}`);
    }
  }
}
