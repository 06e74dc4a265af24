/**
 * Sets the checkers on routers that speak PGM, where there are any.
 *
 * @module
 */

import type { ElementConfig, Instant } from "../../engine/mod.ts";
import { NakEliminationChecker } from "../checkers/nak_elimination.ts";
import { RepairScopeChecker } from "../checkers/repair_scope.ts";
import { CLASSES } from "./match.ts";
import type { World } from "./world.ts";

/** Repair state that is left is given this many times NAK_RDATA_IVL to go, once nobody is owed anything. */
const DRAINING = 10;

/** Checkers watch what reaches routers that speak PGM, and what these send and forward. */
export function guardElements(world: World): void {
  const configs = new Map<number, ElementConfig>();
  for (const [index, node] of world.plan.nodes.entries()) {
    if (node.role === "router" && node.element !== undefined) configs.set(index, node.element);
  }
  if (configs.size === 0) return;
  const scope = new RepairScopeChecker(world.violations, configs.keys());
  const elimination = new NakEliminationChecker(world.violations, configs);
  world.onRouterStart = (index) => elimination.forget(index);
  const classes = ["NAK", "NCF", "RDATA"].map((name) => CLASSES.indexOf(name as typeof CLASSES[number]));
  world.simulation.observe(
    {
      record: (kind, at, node, iface, datagram) => {
        // Sessions beyond the limit are none of its business: it forwards what it does not look at.
        if ((world.elements.get(node.id)?.element.stats.tooManySessions ?? 0) > 0) return;
        if (kind === "deliver") {
          scope.delivered(node, iface, datagram);
          elimination.delivered(at, node, iface, datagram);
        } else {
          scope.forwarded(at, node, iface, datagram);
          if (kind === "send") elimination.sent(at, node, iface, datagram);
        }
      },
    },
    ["deliver", "send", "forward"],
    classes,
  );
}

/** Whether no router has repair state any more. State that stays for good, from `since` on, is a violation. */
export function hasDrained(world: World, since: Instant): boolean {
  const { now } = world.simulation;
  let drained = true;
  for (const { name, element } of world.elements.values()) {
    const { repairs } = element.gauges;
    if (repairs === 0) continue;
    drained = false;
    if (now < since + DRAINING * element.config.nakRdataIvl) continue;
    const text = `still has ${repairs} repair states, though nobody is owed anything`;
    world.violations.report({ checker: "repair state", at: now, node: name, text });
  }
  return drained;
}
