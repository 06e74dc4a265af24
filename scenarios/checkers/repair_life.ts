/**
 * Repair state is short-lived (RFC 3208, sections 7.3 and 7.8): it ends NAK_RDATA_IVL after the last NAK was forwarded or
 * confirmed. The last one is forwarded NAK_RPT_IVL after the last NAK or NCF came at the latest, or twice that where a
 * repairer was asked before the hop upstream (section 9.5.3.2). What a null NAK makes lives NAK_ELIM_IVL.
 *
 * @module
 */

import {
  type Datagram,
  type ElementConfig,
  type Instant,
  PacketType,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

/** What makes repair state, or prolongs it. */
const MAKERS: readonly number[] = [PacketType.NAK, PacketType.NNAK, PacketType.NCF];

/** Watches when NAKs, null NAKs and NCFs reach network elements, and how much state these have left. */
export class RepairLifeChecker {
  readonly #violations: Violations;
  /** When the last of them came, by the id of the node. */
  readonly #heardAt = new Map<number, Instant>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A copy reached a node. */
  delivered(at: Instant, node: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    if (MAKERS.includes(view.type)) this.#heardAt.set(node, at);
  }

  /** How many repair states an element has left at an instant. */
  left(
    at: Instant,
    node: { readonly id: number; readonly name: string },
    repairs: number,
    config: ElementConfig,
  ): void {
    const heardAt = this.#heardAt.get(node.id) ?? 0;
    const life = (config.followRedirects ? 2 : 1) * config.nakRptIvl + config.nakRdataIvl;
    if (repairs === 0 || at <= heardAt + Math.max(life, config.nakElimIvl)) return;
    const text = `still has ${repairs} repair states, though no NAK, null NAK or NCF has come since ${
      heardAt / 1e6
    } ms`;
    this.#violations.report({ checker: "repair life", at, node: node.name, text });
  }
}
