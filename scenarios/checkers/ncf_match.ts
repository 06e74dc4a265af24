/**
 * Only an NCF for the same sequence number confirms a NAK (RFC 3208, section 6.3): no receiver may wait for a repair
 * that nobody has announced.
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

/** Watches the NCFs on the network, and the state transitions of receivers. */
export class NcfMatchChecker {
  readonly #violations: Violations;
  /** Of all sessions together: which session a receiver waits for, it does not tell. */
  readonly #confirmed = new Set<number>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A node puts a packet of its own on the network. */
  sent(datagram: Datagram): void {
    const view = viewPacket(datagram);
    // One for parity names groups, and confirms no number.
    if (view.error !== ParseError.None || view.type !== PacketType.NCF || view.parity) return;
    this.#confirmed.add(view.sqn);
    for (const sqn of view.nakList()) this.#confirmed.add(sqn);
  }

  /** A receiver goes from one state to another for a sequence number. */
  moved(at: Instant, node: string, state: string, sqn: number): void {
    if (state !== "WAIT_DATA" || this.#confirmed.has(sqn)) return;
    this.#violations.report({ checker: "NCF match", at, node, text: `waits for SQN ${sqn}, which no NCF has named` });
  }
}
