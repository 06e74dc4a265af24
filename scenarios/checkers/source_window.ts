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
  viewPacket,
  windowSize,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

interface Advertised {
  trail: Sqn;
  lead: Sqn;
  spmSqn: Sqn;
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
      this.#sessions.set(key, { trail: view.trail, lead, spmSqn: type === "SPM" ? view.sqn : -1 });
      return;
    }
    if (sqnBefore(view.trail, known.trail)) fail(`${type} ${view.sqn}: trail ${view.trail} after ${known.trail}`);
    known.trail = view.trail;
    this.#checkNumbers(type, view, known, fail);
    const size = windowSize(known.trail, known.lead);
    if (size > this.#maxSqns(node)) fail(`window of ${size} packets, at most ${this.#maxSqns(node)} allowed`);
  }

  #checkNumbers(type: string, view: PacketView, known: Advertised, fail: (text: string) => void): void {
    switch (type) {
      case "ODATA":
        if (view.sqn !== sqnAdd(known.lead, 1)) fail(`ODATA ${view.sqn} after ${known.lead}`);
        known.lead = view.sqn;
        return;
      case "RDATA":
        if (!sqnAtMost(view.trail, view.sqn) || !sqnAtMost(view.sqn, known.lead)) {
          fail(`RDATA ${view.sqn} outside the window ${view.trail} to ${known.lead}`);
        }
        return;
      case "SPM":
        if (known.spmSqn >= 0 && view.sqn !== sqnAdd(known.spmSqn, 1)) fail(`SPM ${view.sqn} after ${known.spmSqn}`);
        if (view.lead !== known.lead) fail(`SPM ${view.sqn}: lead ${view.lead}, newest data is ${known.lead}`);
        known.spmSqn = view.sqn;
        return;
    }
  }
}
