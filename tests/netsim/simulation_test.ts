import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { ms, NEVER, us } from "../../engine/base/time.ts";
import { EventQueueFull, Simulation, TopologyError } from "../../netsim/mod.ts";
import { GROUP, HOP, Lab, Log, Probe, SERIAL } from "./lab.ts";
import { nla } from "./support.ts";

const ALL = { until: NEVER, maxEvents: 1000 };

Deno.test("Simulation: events at one instant happen in the order in which they were set, whatever their kind", () => {
  const lab = new Lab();
  const link = lab.segment("link");
  const a = lab.host("a", [link]);
  const b = lab.host("b", [link]);
  const order: string[] = [];
  b.onDatagram = (_, datagram) => order.push(`datagram ${datagram.ttl}`);
  a.onTimeout = () => order.push("a");
  b.onTimeout = () => order.push("b");
  lab.sim.at(HOP, () => order.push("first action"));
  b.timeout = HOP;
  lab.sim.poke(lab.node("b"));
  a.say("x", GROUP, { ttl: 7 });
  a.timeout = HOP;
  lab.sim.poke(lab.node("a"));
  lab.sim.at(HOP, () => {
    order.push("last action");
    lab.sim.at(HOP, () => order.push("from within"));
  });
  lab.to(HOP);
  assertEquals(order, ["first action", "b", "datagram 7", "a", "last action", "from within"]);
});

Deno.test("Simulation: a deadline that stays keeps its place, one that moves away and back loses it", () => {
  for (const moves of [false, true]) {
    const lab = new Lab();
    const link = lab.segment("link");
    const [a, b] = [lab.host("a", [link]), lab.host("b", [link])];
    const order: string[] = [];
    a.onTimeout = () => order.push("a");
    b.onTimeout = () => order.push("b");
    for (const name of ["a", "b"]) {
      (name === "a" ? a : b).timeout = ms(9);
      lab.sim.poke(lab.node(name));
    }
    if (moves) {
      a.timeout = ms(8);
      lab.sim.poke(lab.node("a"));
      a.timeout = ms(9);
    }
    lab.sim.poke(lab.node("a"));
    lab.to(ms(10));
    assertEquals(order, moves ? ["b", "a"] : ["a", "b"]);
  }
});

Deno.test("Simulation: a timeout is followed after every call of the endpoint, and one that is past is due at once", () => {
  const lab = new Lab();
  const link = lab.segment("link");
  const [a, b] = [lab.host("a", [link]), lab.host("b", [link])];
  b.onDatagram = () => b.timeout = us(1);
  b.onTimeout = (now) => {
    if (b.timeouts.length < 3) b.timeout = now + ms(1);
  };
  a.say("x", GROUP);
  lab.to(ms(100));
  assertEquals(b.timeouts, [HOP, HOP + ms(1), HOP + ms(2)]);
  assertEquals(a.timeouts, []);
});

Deno.test("Simulation: a timeout that is taken back does not fire", () => {
  const lab = new Lab();
  const link = lab.segment("link");
  const [a, b] = [lab.host("a", [link]), lab.host("b", [link])];
  b.timeout = HOP + 1;
  lab.sim.poke(lab.node("b"));
  b.onDatagram = () => b.timeout = NEVER;
  a.say("x", GROUP);
  assertEquals(lab.sim.run(ALL), "idle");
  assertEquals(b.timeouts, []);
});

Deno.test("Simulation.run: handles what is due up to and at the bound, and goes on from there", () => {
  const lab = new Lab();
  const done: number[] = [];
  for (const at of [10, 20, 30]) lab.sim.at(at, () => done.push(lab.sim.now));
  assertEquals([lab.sim.run({ until: 19, maxEvents: 9 }), lab.sim.now, done], ["time", 19, [10]]);
  assertEquals([lab.sim.run({ until: 20, maxEvents: 9 }), lab.sim.now, done.length], ["time", 20, 2]);
  assertEquals([lab.sim.run({ until: 5, maxEvents: 9 }), lab.sim.now], ["time", 20]);
  assertEquals([lab.sim.run({ until: NEVER, maxEvents: 9 }), lab.sim.now, done], ["idle", 30, [10, 20, 30]]);
  assertEquals([lab.sim.run({ until: NEVER, maxEvents: 0 }), lab.sim.events], ["idle", 3]);
});

Deno.test("Simulation.run: handles at most so many events in one call", () => {
  const lab = new Lab();
  for (const at of [10, 20, 30]) lab.sim.at(at, () => {});
  assertEquals([lab.sim.run({ until: NEVER, maxEvents: 2 }), lab.sim.events, lab.sim.now], ["events", 2, 20]);
  assertEquals([lab.sim.run({ until: NEVER, maxEvents: 1 }), lab.sim.events], ["idle", 3]);
});

Deno.test("Simulation.run: asks whether to stop after each event", () => {
  const lab = new Lab();
  for (const at of [10, 20, 30]) lab.sim.at(at, () => {});
  assertEquals([lab.sim.run({ ...ALL, stop: () => lab.sim.now >= 20 }), lab.sim.events], ["stopped", 2]);
  assertEquals([lab.sim.run({ ...ALL, stop: () => true }), lab.sim.events], ["stopped", 3]);
  assertEquals(lab.sim.run({ ...ALL, stop: () => true }), "idle");
});

Deno.test("Simulation.run: passes on what software throws, and cannot be entered twice", () => {
  const lab = new Lab();
  lab.sim.at(1, () => {
    throw new Error("broken");
  });
  lab.sim.at(2, () => lab.sim.run(ALL));
  assertThrows(() => lab.sim.run(ALL), Error, "broken");
  assertThrows(() => lab.sim.run(ALL), AssertionError, "from within");
});

Deno.test("Simulation.at: takes the present, not the past, and whole nanoseconds", () => {
  const lab = new Lab();
  lab.sim.at(10, () => {});
  lab.to(10);
  lab.sim.at(10, () => {});
  assertThrows(() => lab.sim.at(9, () => {}), AssertionError, "it is 10 ns");
  assertThrows(() => lab.sim.at(10.5, () => {}), AssertionError);
  assertThrows(() => lab.sim.at(NEVER, () => {}), AssertionError);
});

Deno.test("Simulation: pending events are bounded", () => {
  const lab = new Lab({ pendingEvents: 3 });
  for (let i = 0; i < 3; i++) lab.sim.at(i, () => {});
  assertThrows(() => lab.sim.at(3, () => {}), EventQueueFull, "3 are pending");
});

Deno.test("Simulation: networks that do not fit together are refused", () => {
  const sim = new Simulation({ seed: 1 });
  const fine = { bitsPerSecond: 1, delay: 0, queueBytes: 1, mtu: 1 };
  const segment = sim.addSegment("s", fine);
  const node = sim.addNode("n", { forwards: false });
  const address = nla("10.0.0.1");
  assertEquals(sim.attach(node, segment, { address, cost: 1 }), 0);
  const refused = (what: () => void, why: string) => assertThrows(what, TopologyError, why);
  refused(() => sim.addSegment("s", fine), "segment s: the name is taken");
  refused(() => sim.addNode("n", { forwards: true }), "node n: the name is taken");
  sim.addNode("s", { forwards: true });
  refused(() => sim.attach(node, segment, { address, cost: 1 }), "n:s has it");
  refused(() => sim.attach(node, segment, { address: GROUP, cost: 1 }), "is a group");
  for (const cost of [0, -1, 1.5, NaN, Infinity]) {
    refused(() => sim.attach(node, segment, { address: nla("10.0.0.2"), cost }), "positive integer");
  }
  refused(() => sim.addSegment("t", { ...fine, bitsPerSecond: 0 }), "the rate of t");
  refused(() => sim.addSegment("u", { ...fine, queueBytes: 0 }), "the queue of u");
  refused(() => sim.addSegment("v", { ...fine, mtu: 0 }), "the MTU of v");
  refused(() => sim.addSegment("w", { ...fine, delay: -1 }), "the delay of w");
  sim.run(ALL);
  refused(() => sim.addNode("late", { forwards: false }), "the run has begun");
});

Deno.test("Simulation: attachments come before the first datagram", () => {
  const lab = new Lab();
  const link = lab.segment("link");
  lab.host("a", [link]).say("x", GROUP);
  assertThrows(() => lab.host("b", [link]), TopologyError, "datagrams are under way");
});

Deno.test("Simulation: what was counted stays counted while segments are added", () => {
  const lab = new Lab();
  const [first, second] = [lab.segment("first"), lab.segment("second")];
  const a = lab.host("a", [first, second]);
  lab.host("b", [first, second]);
  a.say("x", GROUP);
  a.say("y", GROUP, { iface: 1 });
  for (let i = 0; i < 100; i++) lab.segment(`more ${i}`);
  lab.to(ms(10));
  for (const segment of [first, second]) {
    const { made, delivered, inFlight } = lab.sim.conservation(segment);
    assertEquals([made, delivered, inFlight, segment.stats.packets(0)], [1, 1, 0, 1]);
  }
});

Deno.test("Simulation: names interfaces after node and segment", () => {
  const lab = new Lab();
  const [one, two] = [lab.segment("one"), lab.segment("two")];
  lab.host("n", [one, two, one, one]);
  assertEquals(lab.node("n").attachments.map(({ name }) => name), ["n:one", "n:two", "n:one#2", "n:one#3"]);
  assertEquals([lab.sim.nodes.length, lab.sim.segments], [1, [one, two]]);
});

/** A network in which nodes draw, speak and answer at random. */
function chatter(seed: number, options: { extra?: boolean; observer?: Log; runs?: number } = {}) {
  const lab = new Lab({ seed });
  if (options.observer !== undefined) lab.sim.observe(options.observer);
  const [top, left, right] = ["top", "left", "right"].map((name) => lab.segment(name, { queueBytes: 150 }));
  if (options.extra === true) {
    const elsewhere = lab.segment("elsewhere");
    start("x", lab.host("x", [elsewhere]));
    start("y", lab.host("y", [elsewhere]));
  }
  lab.router("r", [top!, left!, right!]);
  const draws = new Map<string, number[]>();
  for (const [name, on] of [["a", top], ["b", left], ["c", right], ["d", right]] as const) {
    start(name, lab.host(name, [on!]));
  }
  for (let i = 1; i <= (options.runs ?? 1); i++) lab.to(ms(100 * i / (options.runs ?? 1)));
  return { lab, draws };

  function start(name: string, probe: Probe): void {
    const mine: number[] = [];
    const draw = () => {
      mine.push(probe.host.random.u32());
      return mine.at(-1)!;
    };
    probe.onTimeout = (now) => {
      probe.host.note("SPEAKS", draw(), now);
      probe.say(`${name}${draw() % 100}`, GROUP);
      probe.timeout = now + 1 + draw() % ms(2);
    };
    probe.timeout = draw() % ms(1);
    lab.sim.poke(lab.node(name));
    if (name !== "x" && name !== "y") draws?.set(name, mine);
  }
}

Deno.test("Simulation: the same seed gives the same trace, another seed another one [SIM-001]", () => {
  const traces = [1, 1, 2].map((seed) => {
    const log = new Log();
    const { lab } = chatter(seed, { observer: log });
    return { hash: lab.sim.traceHash(), text: [...log.lines, ...log.notes].join("\n") };
  });
  assertMatch(traces[0]!.hash, /^[0-9a-f]{16}$/);
  assertEquals(traces[1], traces[0]);
  assertNotEquals(traces[2]!.hash, traces[0]!.hash);
  assertNotEquals(traces[2]!.text, traces[0]!.text);
  assert(traces[0]!.text.includes("(queue)"));
});

Deno.test("Simulation: the hash depends on neither observers nor the portions in which it runs", () => {
  const { lab } = chatter(3);
  assertEquals(chatter(3, { observer: new Log() }).lab.sim.traceHash(), lab.sim.traceHash());
  assertEquals(chatter(3, { runs: 7 }).lab.sim.traceHash(), lab.sim.traceHash());
});

Deno.test("Simulation: a node more, elsewhere, does not change what the others draw [SIM-001]", () => {
  const [without, withExtra] = [chatter(4), chatter(4, { extra: true })];
  assert(without.draws.get("a")!.length > 10);
  assertEquals(withExtra.draws, without.draws);
});

Deno.test("Simulation: hosts draw from streams named after their nodes", () => {
  const lab = new Lab({ seed: 9 });
  const probe = lab.host("a", [lab.segment("s")]);
  assertEquals(probe.host.random.u32(), new Simulation({ seed: 9 }).random.fork("node/a").u32());
});

Deno.test("Simulation: software may be replaced while it runs; the old one is cut off", () => {
  const lab = new Lab();
  const link = lab.segment("link");
  const [a, b] = [lab.host("a", [link]), lab.host("b", [link])];
  const next = lab.start(lab.node("b"), (host) => {
    host.joinGroup(0, GROUP);
    return new Probe(host);
  });
  b.say("old", GROUP);
  next.say("new", GROUP);
  a.say("x", GROUP);
  lab.to(ms(10));
  assertEquals([b.texts, next.texts, a.times], [[], ["x"], [[HOP, "new"]]]);
  assertEquals(a.heard[0]!.at, SERIAL + ms(1));
});
