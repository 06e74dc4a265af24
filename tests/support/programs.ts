/**
 * A network for programs with sockets: a sender on a backbone, and a receiver with an interface on each of two segments
 * behind a router, which lose a share of what comes in.
 *
 * @module
 */

import { type Host, ms, Stack } from "../../engine/mod.ts";
import { BernoulliLoss, type Node, Simulation } from "../../netsim/mod.ts";
import { nla } from "./rig.ts";

/** A host and its sockets. */
export interface SocketHost {
  readonly node: Node;
  readonly stack: Stack;
}

/** The addresses of the receiver. */
export const RECEIVE_IFS = ["10.1.0.2", "10.2.0.2"] as const;

/** The network, and what runs on it. */
export function socketNetwork({ seed = 1, loss = 0 } = {}): {
  network: Simulation;
  sender: SocketHost;
  receiver: SocketHost;
} {
  const network = new Simulation({ seed });
  const segment = (name: string, delay: number) =>
    network.addSegment(name, { bitsPerSecond: 100_000_000, delay, queueBytes: 262_144, mtu: 1500 });
  const [backbone, north, south] = [segment("backbone", ms(1)), segment("north", ms(1)), segment("south", ms(2))];
  const router = network.addNode("router", { forwards: true });
  [backbone, north, south].forEach((on, i) => network.attach(router, on, { address: nla(`10.${i}.0.254`), cost: 1 }));
  const sender = network.addNode("sender", { forwards: false });
  network.attach(sender, backbone, { address: nla("10.0.0.1"), cost: 1 });
  const receiver = network.addNode("receiver", { forwards: false });
  [north, south].forEach((on, i) => network.attach(receiver, on, { address: nla(RECEIVE_IFS[i]!), cost: 1 }));
  for (const attachment of receiver.attachments) {
    attachment.addImpairment("in", new BernoulliLoss(network.random.fork(`loss/${attachment.name}`), loss));
  }
  return { network, sender: socketHost(sender), receiver: socketHost(receiver) };
}

function socketHost(node: Node): SocketHost {
  let stack: Stack | undefined;
  node.run((host: Host) => stack = new Stack(host, { interfaces: node.attachments.length }));
  return { node, stack: stack! };
}
