import { assert, assertEquals } from "@std/assert";
import type { Datagram } from "../../engine/base/datagram.ts";
import type { Endpoint, Host } from "../../engine/base/host.ts";
import { type Prng, prngFromSeed } from "../../engine/base/prng.ts";
import { type Instant, ms, NEVER, us } from "../../engine/base/time.ts";
import { type Impairment, Simulation } from "../../netsim/mod.ts";
import { DELAY, GROUP, HOP, Lab, mail, SERIAL, textOf } from "./lab.ts";
import { Naive, type Plan } from "./naive.ts";
import { nla } from "./support.ts";

const END = ms(12);

/** Speaks and answers at random, at instants that many share, and writes everything down. */
class Chatter implements Endpoint {
  readonly #host: Host;
  readonly #name: string;
  readonly #log: string[];
  #next: Instant;
  #said = 0;

  constructor(host: Host, name: string, log: string[]) {
    this.#host = host;
    this.#name = name;
    this.#log = log;
    host.joinGroup(0, GROUP);
    this.#next = us(100 * host.random.below(4));
  }

  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    this.#log.push(`${now} ${this.#name}:${iface} ${textOf(datagram)} ${datagram.ttl} ${datagram.source}`);
    if (this.#host.random.below(8) === 0) this.#next = now + us(100 * this.#host.random.below(3));
  }

  handleTimeout(now: Instant): void {
    this.#log.push(`${now} ${this.#name} timeout`);
    const ttl = 1 + this.#host.random.below(6);
    const text = `${this.#name}/${this.#said++}`;
    this.#host.transmit(
      0,
      mail(text, this.#host.address(0), GROUP, { ttl, size: 50 * (1 + this.#host.random.below(2)) }),
    );
    this.#next = this.#said < 8 ? now + us(100 * (1 + this.#host.random.below(10))) : NEVER;
  }

  nextTimeout(): Instant {
    return this.#next;
  }
}

/** Delays, duplicates and drops at instants that many share. */
class Mess implements Impairment {
  readonly #random: Prng;

  constructor(random: Prng) {
    this.#random = random;
  }

  apply(_now: Instant, _datagram: Datagram, fate: Parameters<Impairment["apply"]>[2]): void {
    const draw = this.#random.below(10);
    if (draw === 0) fate.dropped = "mess";
    if (draw === 1 || draw === 2) fate.delay = us(100 * this.#random.below(3));
    if (draw === 2 || draw === 3) fate.duplicates.push(us(100 * this.#random.below(3)));
  }
}

/** A tree of segments: routers below routers, hosts everywhere, equal links and unequal ones. */
function randomPlan(random: Prng): Plan {
  const segments: { delay: number; queueBytes: number }[] = [];
  const nodes: { forwards: boolean; on: number[] }[] = [];
  const segment = () => {
    const queueBytes = random.below(3) === 0 ? 120 : 100_000;
    return segments.push({ delay: us(100 * random.below(3)), queueBytes }) - 1;
  };
  const grow = (on: number, depth: number): void => {
    for (let i = 0; i < 1 + random.below(2); i++) nodes.push({ forwards: false, on: [on] });
    if (depth === 0) return;
    for (let i = 0; i < 1 + random.below(2); i++) {
      const router = { forwards: true, on: [on] };
      nodes.push(router);
      const children = 1 + random.below(depth === 2 ? 12 : 4);
      // Interfaces first, then what is below them: fan-outs of many interfaces, some to leaves and some deeper.
      for (let child = 0; child < children; child++) router.on.push(segment());
      for (const below of router.on.slice(1)) grow(below, random.below(3) === 0 ? depth - 1 : 0);
    }
  };
  grow(segment(), 2);
  return { segments, nodes };
}

function addressOf(segment: number, member: number) {
  return nla(`10.${segment >> 8}.${segment & 255}.${member}`);
}

/** Which interfaces have a mess, in which direction. */
function messes(plan: Plan, random: Prng): [number, number, "in" | "out"][] {
  return plan.nodes.flatMap(({ on }, node) =>
    on.flatMap((_, iface): [number, number, "in" | "out"][] =>
      random.below(6) === 0 ? [[node, iface, random.below(2) === 0 ? "in" : "out"]] : []
    )
  );
}

function runFast(plan: Plan, seed: number, impaired: readonly [number, number, "in" | "out"][]) {
  const sim = new Simulation({ seed });
  const log: string[] = [];
  const segments = plan.segments.map((how, id) =>
    sim.addSegment(`s${id}`, { ...how, bitsPerSecond: 8_000_000, mtu: 1500 })
  );
  const counts = segments.map(() => 0);
  const nodes = plan.nodes.map(({ forwards, on }, id) => {
    const node = sim.addNode(`n${id}`, { forwards });
    for (const index of on) {
      counts[index]! += 1;
      sim.attach(node, segments[index]!, { address: addressOf(index, counts[index]!), cost: 1 });
    }
    return node;
  });
  for (const [node, iface, direction] of impaired) {
    const random = prngFromSeed(seed).fork(`mess/${node}/${iface}`);
    nodes[node]!.attachments[iface]!.addImpairment(direction, new Mess(random));
  }
  for (const node of nodes) if (!node.forwards) node.run((host) => new Chatter(host, node.name, log));
  sim.run({ until: END, maxEvents: 10_000_000 });
  return { log, events: sim.events };
}

function runNaive(plan: Plan, seed: number, impaired: readonly [number, number, "in" | "out"][]): string[] {
  const naive = new Naive(plan, seed, addressOf);
  const log: string[] = [];
  for (const [node, iface, direction] of impaired) {
    naive.impair(node, iface, direction, new Mess(prngFromSeed(seed).fork(`mess/${node}/${iface}`)));
  }
  for (const [id, { forwards }] of plan.nodes.entries()) {
    if (!forwards) naive.run(id, (host) => new Chatter(host, `n${id}`, log));
  }
  naive.to(END);
  return log;
}

Deno.test("Fan-out: sharing events gives exactly what one event for each copy gives", () => {
  let deliveries = 0;
  let events = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const random = prngFromSeed(seed).fork("plan");
    const plan = randomPlan(random);
    const impaired = seed % 3 === 0 ? [] : messes(plan, random);
    const fast = runFast(plan, seed, impaired);
    const naive = runNaive(plan, seed, impaired);
    const differs = fast.log.findIndex((line, i) => line !== naive[i]);
    assertEquals([seed, differs, fast.log[differs]], [seed, -1, undefined], `instead of ${naive[differs]}`);
    assertEquals(fast.log.length, naive.length);
    deliveries += fast.log.length;
    events += fast.events;
  }
  // Otherwise nothing was shared and the comparison is idle.
  assert(deliveries > 20_000 && events < deliveries, `${deliveries} deliveries in ${events} events`);
});

Deno.test("Fan-out: a router that forwards to equal links makes one event, to unequal ones one for each instant", () => {
  const delays: [number[], number][] = [[[1, 1, 1, 1], 2], [[1, 2, 1, 2], 3], [[1, 2, 3, 4], 5]];
  for (const [delay, events] of delays) {
    const lab = new Lab();
    const top = lab.segment("top");
    const links = delay.map((times, i) => lab.segment(`link${i}`, { delay: times * DELAY }));
    const source = lab.host("source", [top], null);
    lab.router("r", [top, ...links]);
    const members = links.map((link, i) => lab.host(`m${i}`, [link]));
    source.say("x", GROUP);
    lab.to(ms(20));
    assertEquals(lab.sim.events, events);
    assertEquals(members.map((member) => member.times), delay.map((times) => [[HOP + SERIAL + times * DELAY, "x"]]));
  }
});

Deno.test("Fan-out: a full queue on one of the links spares the others", () => {
  const lab = new Lab();
  const top = lab.segment("top");
  const links = [1000, 149, 1000].map((queueBytes, i) =>
    lab.segment(`link${i}`, { queueBytes, bitsPerSecond: 4_000_000 })
  );
  const source = lab.host("source", [top], null);
  lab.router("r", [top, ...links]);
  const members = links.map((link, i) => lab.host(`m${i}`, [link]));
  source.say("x", GROUP);
  source.say("y", GROUP);
  lab.to(ms(20));
  assertEquals(members.map((member) => member.texts), [["x", "y"], ["x"], ["x", "y"]]);
});
