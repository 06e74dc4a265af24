/**
 * Sets the checkers on routers that speak PGM, where there are any.
 *
 * @module
 */

import type { ElementConfig, Instant } from "../../engine/mod.ts";
import { NakConfirmationChecker } from "../checkers/nak_confirmation.ts";
import { NakDirectionChecker } from "../checkers/nak_direction.ts";
import { NakEliminationChecker } from "../checkers/nak_elimination.ts";
import { RepairLifeChecker } from "../checkers/repair_life.ts";
import { RepairScopeChecker } from "../checkers/repair_scope.ts";
import { CLASSES } from "./match.ts";
import type { World } from "./world.ts";

/** For how many NAK_RDATA_IVL a run waits for repair state to go: receivers may go on asking for what nobody has. */
const DRAINING = 10;

/** Watches what reaches routers that speak PGM, what these send and forward, and what is left of their state. */
export class ElementGuards {
  readonly #world: World;
  readonly #life: RepairLifeChecker;

  /** To be made before the start. */
  constructor(world: World) {
    this.#world = world;
    this.#life = new RepairLifeChecker(world.violations);
    const configs = new Map<number, ElementConfig>();
    for (const [index, node] of world.plan.nodes.entries()) {
      if (node.role === "router" && node.element !== undefined) configs.set(index, node.element);
    }
    if (configs.size > 0) this.#watch(configs);
  }

  /** Whether no router has repair state any more, or has had time enough since `since`. */
  hasDrained(since: Instant): boolean {
    const { now } = this.#world.simulation;
    let drained = true;
    for (const [id, { name, element }] of this.#world.elements) {
      const { repairs } = element.gauges;
      this.#life.left(now, { id, name }, repairs, element.config);
      if (repairs > 0 && now < since + DRAINING * element.config.nakRdataIvl) drained = false;
    }
    return drained;
  }

  #watch(configs: ReadonlyMap<number, ElementConfig>): void {
    const world = this.#world;
    const life = this.#life;
    const scope = new RepairScopeChecker(world.violations, configs.keys());
    const elimination = new NakEliminationChecker(world.violations, configs);
    const confirmation = new NakConfirmationChecker(world.violations, configs, (node) => refusedBy(world, node));
    const direction = new NakDirectionChecker(world.violations, configs.keys());
    world.onRouterStart = (index) => {
      for (const checker of [elimination, confirmation, direction]) checker.forget(index);
    };
    world.simulation.observe(
      {
        record: (kind, at, node, iface, datagram) => {
          if (!configs.has(node.id)) return;
          if (kind === "deliver") life.delivered(at, node.id, datagram);
          if (overflows(world, node.id)) return;
          if (kind === "deliver") {
            scope.delivered(node, iface, datagram);
            elimination.delivered(at, node, iface, datagram);
            confirmation.delivered(at, node, iface, datagram);
            direction.delivered(node, iface, datagram);
          } else {
            scope.forwarded(at, node, iface, datagram);
            if (kind !== "send") return;
            elimination.sent(at, node, iface, datagram);
            confirmation.sent(at, node, iface, datagram);
            direction.sent(at, node, iface, datagram);
          }
        },
      },
      ["deliver", "send", "forward"],
      (["NAK", "NNAK", "NCF", "RDATA", "SPM", "POLR"] as const).map((type) => CLASSES.indexOf(type)),
    );
  }
}

/** Whether a router follows all sessions that it can: it forwards those that come on top as a plain router would. */
export function overflows(world: World, node: number): boolean {
  const element = world.elements.get(node)?.element;
  if (element === undefined) return false;
  return element.stats.tooManySessions > 0 || element.gauges.sessions >= element.config.maxSessions;
}

/** How many NAKs a router has counted among those that it neither confirms nor forwards. */
function refusedBy(world: World, node: number): number {
  const { stats } = world.elements.get(node)!.element;
  return stats.naksWithoutPath + stats.naksForeign + stats.naksFromUpstream + stats.naksOutOfWindow + stats.naksShed +
    stats.parityUnkeyed + stats.optionsFatal;
}
