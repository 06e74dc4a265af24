/**
 * Hosts with sockets on a simulated network, and programs that read as programs do.
 *
 * @module
 */

import {
  AF_INET,
  type Instant,
  IPPROTO_RM,
  ms,
  type Node,
  type PgmSocket,
  RM_RATE_WINDOW_SIZE,
  type RmSendWindow,
  seconds,
  type Segment,
  Simulation,
  SOCK_RDM,
  Stack,
  WinsockError,
} from "../../mod.ts";
import { nla } from "./rig.ts";

export const STACK_GROUP = "239.192.0.1";
export const STACK_PORT = 7500;

/** A host and its stack. */
export interface SocketHost {
  readonly node: Node;
  readonly stack: Stack;
}

/** A network whose segments are named by numbers: the address of host 2 on segment 1 is 10.1.0.2. */
export class SocketNetwork {
  readonly simulation: Simulation;
  readonly segments: Segment[] = [];
  #hosts = 0;

  constructor(segments: number, seed = 1) {
    this.simulation = new Simulation({ seed });
    for (let i = 0; i < segments; i++) {
      const how = { bitsPerSecond: 100_000_000, delay: ms(1), queueBytes: 1_000_000, mtu: 1500 };
      this.segments.push(this.simulation.addSegment(`segment-${i}`, how));
    }
  }

  /** Adds a host with an interface on each of some segments. */
  host(...segments: readonly number[]): SocketHost {
    const node = this.#attach(segments, false);
    let stack: Stack | undefined;
    node.run((host) => stack = new Stack(host, { interfaces: segments.length }));
    return { node, stack: stack! };
  }

  /** Adds a router. */
  router(...segments: readonly number[]): Node {
    return this.#attach(segments, true);
  }

  /** Does something with a host's sockets at an instant. */
  at(time: Instant, { node }: SocketHost, action: (now: Instant) => void): void {
    this.simulation.at(time, () => {
      action(time);
      this.simulation.poke(node);
    });
  }

  /** Runs until `time`. */
  run(time: Instant): void {
    this.simulation.run({ until: time, maxEvents: 10_000_000 });
  }

  #attach(segments: readonly number[], forwards: boolean): Node {
    const number = ++this.#hosts;
    const node = this.simulation.addNode(`host-${number}`, { forwards });
    for (const segment of segments) {
      this.simulation.attach(node, this.segments[segment]!, { address: nla(`10.${segment}.0.${number}`), cost: 1 });
    }
    return node;
  }
}

/** A socket that is connected to the group and paces itself by its window. */
export function sender({ stack }: SocketHost, window: Partial<RmSendWindow>, type = SOCK_RDM): PgmSocket {
  const socket = stack.socket(AF_INET, type, IPPROTO_RM);
  socket.bind("0.0.0.0", 0);
  socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, window);
  socket.connect(0, STACK_GROUP, STACK_PORT);
  return socket;
}

/** What a reader was told, and when. */
export interface Reading {
  octets: number;
  messages: number;
  /** The code that ended a session, the instant, and how many messages were read by then. */
  readonly ends: { readonly name: string; readonly at: Instant; readonly messages: number }[];
}

/**
 * Listens, accepts every session and reads it: `perSecond` messages a second, evenly, or as fast as they come. `before`
 * sets options.
 */
export function reader(
  network: SocketNetwork,
  host: SocketHost,
  { perSecond, before = () => {} }: { perSecond?: number; before?: (socket: PgmSocket) => void } = {},
): Reading {
  const reading: Reading = { octets: 0, messages: 0, ends: [] };
  const buffer = new Uint8Array(100_000);
  const listener = host.stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  listener.bind(STACK_GROUP, STACK_PORT);
  before(listener);
  listener.listen(0, 5);
  const readOne = (session: PgmSocket, now: Instant): boolean => {
    try {
      reading.octets += session.recv(now, buffer);
      reading.messages++;
      return true;
    } catch (error) {
      if (!(error instanceof WinsockError)) throw error;
      if (error.name === "WSAEWOULDBLOCK") return false;
      reading.ends.push({ name: error.name, at: now, messages: reading.messages });
      session.closesocket(now);
      return false;
    }
  };
  const readAll = (session: PgmSocket, now: Instant) => {
    while (readOne(session, now));
  };
  const pace = (session: PgmSocket, every: Instant) => {
    readOne(session, network.simulation.now);
    network.simulation.poke(host.node);
    if (!session.closed) network.simulation.at(network.simulation.now + every, () => pace(session, every));
  };
  listener.onReadiness = (now, { acceptable }) => {
    while (acceptable && listener.readiness(now).acceptable) {
      const session = listener.accept(now);
      if (perSecond !== undefined) {
        const every = Math.round(seconds(1) / perSecond);
        network.simulation.at(now + every, () => pace(session, every));
      } else {
        session.onReadiness = (at, { readable }) => readable && readAll(session, at);
        readAll(session, now);
      }
    }
  };
  return reading;
}
