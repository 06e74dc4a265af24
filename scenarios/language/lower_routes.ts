/**
 * Unicast routes and addresses that change, from names to numbers. Read spec_script.ts first.
 *
 * @module
 */

import { isIpv6, type Nla, parseNla } from "../../engine/base/nla.ts";
import type { Attachment, Directory } from "./directory.ts";
import { quote, ScenarioError } from "./errors.ts";
import type { PlacedAction } from "./lower_sockets.ts";
import type { RoutePlan } from "../plan.ts";
import { join } from "./schema.ts";
import type { ParsedReaddress, ParsedRoute } from "./spec_script.ts";

/** A way that unicast is made to take. Throws `ScenarioError`. */
export function lowerRoute(route: ParsedRoute, directory: Directory, path: string): RoutePlan {
  const one = (name: string, key: string) => oneNode(name, directory, join(path, key));
  const [node, to, nextHop] = [one(route.of, "of"), one(route.to, "to"), one(route.via, "via")];
  const { nodePlans } = directory;
  if (node === to) throw new ScenarioError(join(path, "to"), `${quote(route.to)} needs no route to itself`);
  if (nextHop !== to && nodePlans[nextHop]!.role !== "router") {
    throw new ScenarioError(join(path, "via"), `${quote(route.via)} does not forward: it is no router`);
  }
  const [on] = route.on === undefined ? [] : directory.segments([route.on], join(path, "on"));
  const iface = nodePlans[node]!.interfaces.findIndex(({ segment }) => {
    return (on === undefined || segment === on) &&
      nodePlans[nextHop]!.interfaces.some((other) => other.segment === segment);
  });
  if (iface < 0 || nextHop === node) {
    const where = route.on === undefined ? "no segment with" : `not ${quote(route.on)} with`;
    throw new ScenarioError(join(path, "via"), `${quote(route.of)} shares ${where} ${quote(route.via)}`);
  }
  return { node, iface, nextHop, destinations: nodePlans[to]!.interfaces.map(({ address }) => address) };
}

/** Another address for an interface. Throws `ScenarioError`. */
export function lowerReaddress(
  readdress: ParsedReaddress,
  directory: Directory,
  path: string,
): Attachment & { readonly address: Nla } {
  const at = join(path, "interface");
  const [name = "", segment = ""] = readdress.interface.split(":");
  const node = oneNode(name, directory, at);
  directory.nodesOfRoles(["router", "receiver"], [name], at);
  const [place] = directory.interfaces([name], [segment], { nodes: at, segments: at });
  const address = parseNla(readdress.address)!;
  const taken = directory.nodePlans.find(({ interfaces }) => interfaces.some((iface) => iface.address === address));
  const where = join(path, "address");
  if (taken !== undefined) throw new ScenarioError(where, `${address} is an address of ${quote(taken.name)}`);
  const { interfaces } = directory.nodePlans[node]!;
  if (isIpv6(interfaces[0]!.address) !== isIpv6(address)) {
    throw new ScenarioError(where, `${address} is not of the scenario's version of IP`);
  }
  return { node, iface: place!.iface, address };
}

/** No two interfaces ever get one address. Throws `ScenarioError`. */
export function checkNewAddresses(actions: readonly PlacedAction[]): void {
  const given = new Set<Nla>();
  for (const { path, action } of actions) {
    if (action.kind !== "readdress") continue;
    if (given.has(action.address)) {
      throw new ScenarioError(join(path, "readdress.address"), `${action.address} is given a second time`);
    }
    given.add(action.address);
  }
}

function oneNode(name: string, directory: Directory, at: string): number {
  const found = directory.nodes([name], at);
  if (found.length !== 1) throw new ScenarioError(at, `${quote(name)} is ${found.length} nodes: one is needed`);
  return found[0]!;
}
