/**
 * The border between a protocol engine and whatever runs it: a simulated node, a capture, a real socket.
 * An engine owns no clock, socket, timer or random source: it is told the time and gives back datagrams.
 *
 * @module
 */

import type { Datagram } from "./datagram.ts";
import type { Nla } from "./nla.ts";
import type { Prng } from "./prng.ts";
import type { Instant } from "./time.ts";

/** What a node gives to the engine that lives on it. */
export interface Host {
  /** The node's own stream of random numbers. */
  readonly random: Prng;
  /** The node's address on an interface. */
  address(iface: number): Nla;
  /** Whether `nla` is on the same subnet as an interface: no router lies in between. */
  isLocal(iface: number, nla: Nla): boolean;
  /** Hands a datagram to an interface. Synchronous; never calls back into the engine. */
  transmit(iface: number, datagram: Datagram): void;
  /** Starts to receive a multicast group on an interface. */
  joinGroup(iface: number, group: Nla): void;
  /** Stops receiving a multicast group on an interface. */
  leaveGroup(iface: number, group: Nla): void;
  /** A state transition for traces, such as `("BACK_OFF", sqn, 0)`. Costs nothing when nobody listens. */
  note(mark: string, a: number, b: number): void;
}

/** A protocol engine on an end system. */
export interface Endpoint {
  /** Takes a datagram that arrived on an interface. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void;
  /** Fires everything that is due at `now`. A spurious call does nothing. */
  handleTimeout(now: Instant): void;
  /** When `handleTimeout` wants to be called next, or `NEVER`. Pure. */
  nextTimeout(): Instant;
  /**
   * An interface has gone: nothing goes in or out. Called for an interface that was there, and on what starts for one
   * that is not.
   */
  interfaceDown?(now: Instant, iface: number): void;
  /** An interface that had gone is back. */
  interfaceUp?(now: Instant, iface: number): void;
}

/** A set of interface indexes; serves nodes with any number of interfaces. Iterates in ascending order. */
export type InterfaceSet = readonly number[];

/** An engine inside a router: asked before a datagram is forwarded. */
export interface Interceptor extends Endpoint {
  /**
   * Decides about a datagram that arrived on `iface` and would be forwarded to `routed`.
   * Gives the interfaces to forward it to; the empty set consumes it.
   */
  intercept(now: Instant, iface: number, datagram: Datagram, routed: InterfaceSet): InterfaceSet;
}
