import { assert, assertEquals } from "@std/assert";
import type { Datagram } from "../../engine/base/datagram.ts";
import type { Host, Interceptor, InterfaceSet } from "../../engine/base/host.ts";
import { type Prng, prngFromSeed } from "../../engine/base/prng.ts";
import { type Instant, ms, us } from "../../engine/base/time.ts";
import { type Fallible, type Impairment, type Node, type Segment, Simulation } from "../../netsim/mod.ts";
import { GROUP, mail, OTHER_GROUP } from "./lab.ts";
import { nla } from "./support.ts";

const END = ms(300);

/** Software of a host or a router that does everything at random. */
class Busy implements Interceptor {
  readonly #host: Host;
  readonly #network: Network;
  readonly #interfaces: number;
  #next: Instant;

  constructor(host: Host, network: Network, interfaces: number) {
    this.#host = host;
    this.#network = network;
    this.#interfaces = interfaces;
    this.#next = network.sim.now + us(host.random.below(3000));
    for (let iface = 0; iface < interfaces; iface++) if (host.random.below(2) === 0) host.joinGroup(iface, GROUP);
  }

  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    if (this.#host.random.below(20) === 0) this.#say(iface, datagram.source);
    if (this.#host.random.below(20) === 0) this.#next = now + us(this.#host.random.below(500));
  }

  handleTimeout(now: Instant): void {
    const { random } = this.#host;
    this.#next = now + us(200 + random.below(4000));
    if (this.#interfaces === 0) return;
    const iface = random.below(this.#interfaces);
    const group = random.below(4) === 0 ? OTHER_GROUP : GROUP;
    const draw = random.below(10);
    if (draw === 0) this.#host.joinGroup(iface, group);
    if (draw === 1) this.#host.leaveGroup(iface, group);
    const addresses = this.#network.addresses;
    this.#say(iface, random.below(3) > 0 ? group : addresses[random.below(addresses.length)]!);
  }

  nextTimeout(): Instant {
    return this.#next;
  }

  intercept(_now: Instant, _iface: number, datagram: Datagram, routed: InterfaceSet): InterfaceSet {
    if (this.#host.random.below(4) === 0 && this.#interfaces > 0) this.#say(0, datagram.source);
    return routed.filter(() => this.#host.random.below(4) > 0);
  }

  #say(iface: number, to: Datagram["destination"]): void {
    const { random } = this.#host;
    const source = random.below(10) === 0 ? nla("10.250.0.1") : this.#host.address(iface);
    const how = { ttl: random.below(8), routerAlert: random.below(3) === 0, size: 60 + random.below(500) };
    this.#host.transmit(iface, mail("x", source, to, how));
  }
}

/** All that an impairment can do, sometimes. */
class Havoc implements Impairment {
  readonly #random: Prng;

  constructor(random: Prng) {
    this.#random = random;
  }

  apply(_now: Instant, datagram: Datagram, fate: Parameters<Impairment["apply"]>[2]): void {
    const random = this.#random;
    if (random.below(8) === 0) fate.dropped = random.below(2) === 0 ? "havoc" : "chaos";
    if (random.below(8) === 0) fate.delay = us(random.below(3000));
    for (let i = random.below(6); i > 4; i--) fate.duplicates.push(us(random.below(2000)));
    if (random.below(8) === 0) fate.corrupted = mail("y", datagram.source, datagram.destination, { ttl: datagram.ttl });
  }
}

/** Routers in a mesh with loops, hosts anywhere, everything small enough to be in each other's way. */
class Network {
  readonly sim: Simulation;
  readonly addresses: Datagram["destination"][] = [];
  readonly #random: Prng;

  constructor(seed: number) {
    this.#random = prngFromSeed(seed).fork("network");
    this.sim = new Simulation({ seed, convergence: ms(seed % 3 * 5), classes: ["x"], classify: () => 0 });
    const random = this.#random;
    const segments = Array.from({ length: 4 + random.below(6) }, (_, i) =>
      this.sim.addSegment(`s${i}`, {
        bitsPerSecond: 1_000_000 + random.below(20_000_000),
        delay: us(random.below(2000)),
        queueBytes: 400 + random.below(3000),
        mtu: 300 + random.below(400),
      }));
    for (let i = 0; i < 4 + random.below(16); i++) {
      const forwards = random.below(2) === 0;
      const node = this.sim.addNode(`n${i}`, { forwards });
      for (let left = 1 + random.below(forwards ? 4 : 2); left > 0; left--) this.#attach(node, segments);
      this.#start(node);
    }
    for (let i = 0; i < 60; i++) this.sim.at(us(random.below(300_000)), () => this.#shake());
  }

  #attach(node: Node, segments: readonly Segment[]): void {
    const segment = segments[this.#random.below(segments.length)]!;
    const address = nla(`10.0.${this.addresses.length}.1`);
    this.addresses.push(address);
    this.sim.attach(node, segment, { address, cost: 1 + this.#random.below(3) });
  }

  #start(node: Node): void {
    const factory = (host: Host) => new Busy(host, this, node.attachments.length);
    const draw = this.#random.below(3);
    if (!node.forwards || draw === 0) node.run(factory);
    else if (draw === 1) node.intercept(factory);
  }

  /** Something goes down, comes up, crashes, starts or is impaired. */
  #shake(): void {
    const { sim } = this;
    const random = this.#random;
    const node = sim.nodes[random.below(sim.nodes.length)]!;
    const attachment = node.attachments[random.below(node.attachments.length)]!;
    const parts: Fallible[] = [node, attachment, attachment.segment];
    switch (random.below(6)) {
      case 0:
        return sim.down(parts[random.below(3)]!);
      case 1:
        return sim.crash(node);
      case 2:
        return this.#start(node);
      case 3:
        return attachment.addImpairment(random.below(2) === 0 ? "in" : "out", new Havoc(random.fork(`${sim.now}`)));
      default:
        for (const part of parts) sim.up(part);
        sim.segments.forEach((segment) => random.below(2) === 0 && sim.up(segment));
    }
  }

  /** Asserts that no copy came from nowhere or went to nowhere. */
  balance(): void {
    for (const segment of this.sim.segments) {
      const { made, delivered, filtered, dropped, inFlight } = this.sim.conservation(segment);
      const fine = made === delivered + filtered + dropped + inFlight && inFlight >= 0;
      if (!fine) assertEquals([made, inFlight], [delivered + filtered + dropped + inFlight, 0], segment.name);
    }
  }
}

/** Runs a network to its end, checking after every event; then silences it, so that every copy must land. */
function soak(
  seed: number,
): { readonly hash: string; readonly events: number; readonly totals: number[]; readonly reasons: string[] } {
  const network = new Network(seed);
  const { sim } = network;
  const stop = () => {
    network.balance();
    return false;
  };
  sim.run({ until: END, maxEvents: 1_000_000, stop });
  for (const node of sim.nodes) sim.crash(node);
  assertEquals(sim.run({ until: END + ms(1000), maxEvents: 1_000_000, stop }), "idle");
  const totals = [0, 0, 0, 0];
  for (const segment of sim.segments) {
    const { made, delivered, filtered, dropped, inFlight } = sim.conservation(segment);
    assertEquals(inFlight, 0, segment.name);
    assertEquals([...segment.stats.dropped.values()].reduce((sum, copies) => sum + copies, 0), dropped);
    [made, delivered, filtered, dropped].forEach((count, i) => totals[i]! += count);
  }
  const reasons = sim.segments.flatMap((segment) => [...segment.stats.dropped.keys()]);
  return { hash: sim.traceHash(), events: sim.events, totals, reasons };
}

Deno.test("Conservation: no copy is lost or made up, whatever fails, and every run can be repeated", () => {
  const reasons = new Set<string>();
  const totals = [0, 0, 0, 0];
  let events = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const first = soak(seed);
    events += first.events;
    if (seed <= 6) assertEquals(soak(seed), first);
    first.totals.forEach((count, i) => totals[i]! += count);
    first.reasons.forEach((reason) => reasons.add(reason));
  }
  assert(events > 50_000 && totals.every((count) => count > 5000), `${events} events, copies: ${totals}`);
  const known = [
    "chaos",
    "havoc",
    "interface down",
    "mtu",
    "no route",
    "node down",
    "queue",
    "rpf",
    "segment down",
    "ttl",
  ];
  assertEquals([...reasons].sort((a, b) => (a < b ? -1 : 1)), known);
});
