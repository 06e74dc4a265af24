import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { DatagramMemo } from "../../engine/base/datagram.ts";
import { Datagram } from "../../engine/base/datagram.ts";
import { type Instant, ms, us } from "../../engine/base/time.ts";
import { datagramBytes, type Fate, type Impairment, type Segment } from "../../netsim/mod.ts";
import { DELAY, GROUP, HOP, Lab, Log, mail, SERIAL, textOf } from "./lab.ts";
import { nla } from "./support.ts";

const A = nla("10.0.0.1");
const B = nla("10.0.0.2");

/** Two hosts on one segment. */
function pair(how: Parameters<Lab["segment"]>[1] = {}) {
  const lab = new Lab({ classes: ["small", "big"], classify: (datagram) => datagram.bytes.length > 500 ? 1 : 0 });
  const log = new Log();
  lab.sim.observe(log);
  const segment = lab.segment("lan", how);
  const a = lab.host("a", [segment]);
  const b = lab.host("b", [segment]);
  return { lab, log, segment, a, b };
}

/** An impairment that does what a function says. */
function impairment(apply: (fate: Fate, datagram: Datagram, now: Instant) => void): Impairment {
  return { apply: (now, datagram, fate) => apply(fate, datagram, now) };
}

function balance(lab: Lab, segment: Segment): number[] {
  const { made, delivered, filtered, dropped, inFlight } = lab.sim.conservation(segment);
  assertEquals(made, delivered + filtered + dropped + inFlight);
  return [made, delivered, filtered, dropped, inFlight];
}

Deno.test("datagramBytes: transport octets and the IP header, longer with IPv6 and with Router Alert", () => {
  const six = nla("2001:db8::1");
  const bytes = new Uint8Array(10);
  const sizeOf = (address: typeof A, routerAlert: boolean) =>
    datagramBytes(new Datagram({ source: address, destination: address, ttl: 1, routerAlert, bytes }));
  assertEquals([sizeOf(A, false), sizeOf(A, true), sizeOf(six, false), sizeOf(six, true)], [30, 34, 50, 58]);
});

Deno.test("Wire: a datagram arrives after serialisation and propagation", () => {
  const { lab, a, b } = pair();
  a.say("x", B);
  lab.to(SERIAL + DELAY - 1);
  assertEquals(b.times, []);
  lab.to(SERIAL + DELAY);
  assertEquals(b.times, [[SERIAL + DELAY, "x"]]);
  assertEquals(b.heard[0]!.datagram.ttl, 16);
});

Deno.test("Wire: serialisation rounds up to a nanosecond, once for a whole burst", () => {
  // 800 bits at 3 bit/ns: 266.67 ns each; three take exactly 800 ns.
  const { lab, a, b } = pair({ bitsPerSecond: 3_000_000_000, delay: 0 });
  for (const text of ["x", "y", "z"]) a.say(text, B);
  lab.to(ms(1));
  assertEquals(b.times, [[267, "x"], [534, "y"], [800, "z"]]);
});

Deno.test("Wire: datagrams of one transmitter follow each other, those of two do not wait for each other", () => {
  const { lab, a, b } = pair();
  a.say("x", B);
  a.say("y", B);
  b.say("z", A);
  lab.to(ms(10));
  assertEquals(b.times, [[HOP, "x"], [HOP + SERIAL, "y"]]);
  assertEquals(a.times, [[HOP, "z"]]);
});

Deno.test("Wire: the queue takes what fills it exactly and drops one octet more", () => {
  for (const [size, expected] of [[100, ["x", "y", "z"]], [101, ["x", "y"]]] as const) {
    const { lab, log, segment, a, b } = pair({ queueBytes: 300 });
    a.say("x", B);
    a.say("y", B);
    a.say("z", B, { size });
    lab.to(ms(10));
    assertEquals(b.texts, [...expected]);
    assertEquals(log.of("drop"), size === 100 ? [] : ["drop a:0 z (queue)"]);
    assertEquals(balance(lab, segment), size === 100 ? [3, 3, 0, 0, 0] : [3, 2, 0, 1, 0]);
  }
});

Deno.test("Wire: the queue drains at the rate of the segment, to the octet", () => {
  for (const [at, fits] of [[us(50) - 1, false], [us(50), true]] as const) {
    const { lab, a, b } = pair({ queueBytes: 200 });
    a.say("x", B);
    a.say("y", B);
    lab.sim.at(at, () => a.say("z", B, { size: 50 }));
    lab.to(ms(10));
    assertEquals(b.texts, fits ? ["x", "y", "z"] : ["x", "y"]);
    if (fits) assertEquals(b.times[2]![0], us(250) + DELAY);
  }
});

Deno.test("Wire: a full queue counts exactly at rates that are no whole number of bits per nanosecond", () => {
  const { lab, a, b, segment } = pair({ bitsPerSecond: 9_999_999_937, queueBytes: 100 * 1000, delay: 0 });
  for (let i = 0; i < 1001; i++) a.say("x", B);
  lab.to(ms(10));
  assertEquals(b.heard.length, 1000);
  assertEquals(segment.stats.dropped.get("queue"), 1);
});

Deno.test("Wire: the MTU bounds the datagram with its IP header", () => {
  for (const [size, routerAlert, fits] of [[600, false, true], [601, false, false], [600, true, true]] as const) {
    const { lab, log, a, b } = pair({ mtu: 600 });
    a.say("x", B, { size, routerAlert });
    lab.to(ms(10));
    assertEquals(b.texts, fits ? ["x"] : []);
    assertEquals(log.of("drop"), fits ? [] : ["drop a:0 x (mtu)"]);
  }
});

Deno.test("Wire: segments count packets and octets by class, and ask for the class once for all copies", () => {
  const { lab, segment, a, b } = pair();
  a.say("x", B, { size: 100 });
  a.say("y", B, { size: 520 });
  a.say("z", B, { size: 521 });
  lab.to(ms(10));
  const { stats } = segment;
  assertEquals([stats.packets(0), stats.bytes(0), stats.packets(1), stats.bytes(1)], [2, 620, 1, 521]);
  assertEquals(b.heard.map(({ datagram }) => datagram.memo.class), [0, 0, 1]);
  // A class that is remembered already is not asked for again.
  const memo = new DatagramMemo();
  memo.class = 1;
  const { source, destination, ttl, routerAlert, bytes } = mail("w", A, B);
  a.host.transmit(0, new Datagram({ source, destination, ttl, routerAlert, bytes }, memo));
  assertEquals([stats.packets(0), stats.packets(1)], [2, 2]);
});

Deno.test("Wire: dropped datagrams are not counted as sent", () => {
  const { lab, segment, a } = pair({ queueBytes: 100 });
  a.say("x", B);
  a.say("y", B);
  lab.to(ms(10));
  assertEquals([segment.stats.packets(0), segment.stats.bytes(0)], [1, 100]);
});

Deno.test("Wire: multicast reaches every other member of a LAN, unicast only the one addressed", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const members = Array.from({ length: 11 }, (_, i) => lab.host(`m${i}`, [lan]));
  const deaf = lab.host("deaf", [lan], null);
  members[3]!.say("all", GROUP, { ttl: 1 });
  members[0]!.say("one", nla("10.0.0.6"));
  lab.to(ms(10));
  for (const [i, member] of members.entries()) {
    assertEquals(member.times, i === 3 ? [] : i === 5 ? [[HOP, "all"], [HOP, "one"]] : [[HOP, "all"]]);
  }
  assertEquals(deaf.texts, []);
  assertEquals(balance(lab, lan), [12, 11, 1, 0, 0]);
});

Deno.test("Wire: the arrival of all copies on a segment is one event", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const members = Array.from({ length: 20 }, (_, i) => lab.host(`m${i}`, [lan]));
  members[0]!.say("x", GROUP);
  lab.to(ms(10));
  assertEquals([lab.sim.events, members[19]!.texts], [1, ["x"]]);
});

Deno.test("Impairments: a drop has its reason and spares what else is on the segment", () => {
  for (const direction of ["in", "out"] as const) {
    const { lab, log, segment, a, b } = pair();
    const loss = impairment((fate, datagram) => {
      if (textOf(datagram) === "5") fate.dropped = "bad luck";
    });
    lab.attachment(direction === "in" ? "b:lan" : "a:lan").addImpairment(direction, loss);
    for (const text of ["4", "5", "6"]) a.say(text, B);
    b.say("5", A);
    lab.to(ms(10));
    assertEquals(b.texts, ["4", "6"]);
    assertEquals(a.texts, ["5"]);
    assertEquals(log.of("drop"), [`drop ${direction === "in" ? "b" : "a"}:0 5 (bad luck)`]);
    assertEquals([...segment.stats.dropped], [["bad luck", 1]]);
    // What is dropped on its way out never takes the transmitter's time.
    assertEquals(b.times[1]![0], direction === "in" ? HOP + 2 * SERIAL : HOP + SERIAL);
  }
});

Deno.test("Impairments: a delay on the way in holds one receiver's copy back, and only that", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const [a, b, c] = ["a", "b", "c"].map((name) => lab.host(name, [lan]));
  lab.attachment("b:lan").addImpairment("in", impairment((fate) => fate.delay = us(7)));
  a!.say("x", GROUP);
  lab.to(HOP);
  assertEquals(balance(lab, lan), [2, 1, 0, 0, 1]);
  lab.to(HOP + us(7));
  assertEquals([b!.times, c!.times], [[[HOP + us(7), "x"]], [[HOP, "x"]]]);
  assertEquals(balance(lab, lan), [2, 2, 0, 0, 0]);
});

Deno.test("Impairments: a delay on the way out comes before the queue", () => {
  const { lab, segment, a, b } = pair();
  lab.attachment("a:lan").addImpairment(
    "out",
    impairment((fate, datagram) => fate.delay = textOf(datagram) === "x" ? us(30) : 0),
  );
  a.say("x", B);
  a.say("y", B);
  assertEquals(balance(lab, segment), [2, 0, 0, 0, 2]);
  lab.to(ms(10));
  // y is in the transmitter when x enters the queue.
  assertEquals(b.times, [[HOP, "y"], [HOP + SERIAL, "x"]]);
});

Deno.test("Impairments: duplicates come after their delays, with an event and a count of their own", () => {
  for (const direction of ["in", "out"] as const) {
    const { lab, log, segment, a, b } = pair();
    lab.attachment(direction === "in" ? "b:lan" : "a:lan")
      .addImpairment(direction, impairment((fate) => fate.duplicates.push(0, us(500))));
    a.say("x", B);
    lab.to(ms(10));
    const second = direction === "in" ? HOP : HOP + SERIAL;
    assertEquals(b.times, [[HOP, "x"], [second, "x"], [HOP + us(500), "x"]]);
    assertEquals(log.of("duplicate").length, 2);
    assertEquals(segment.stats.duplicated, 2);
    assertEquals(balance(lab, segment), [3, 3, 0, 0, 0]);
  }
});

Deno.test("Impairments: a drop takes the duplicates of earlier impairments with it and ends the chain", () => {
  const { lab, segment, a, b } = pair();
  let asked = 0;
  const attachment = lab.attachment("b:lan");
  attachment.addImpairment("in", impairment((fate) => fate.duplicates.push(us(1))));
  attachment.addImpairment("in", impairment((fate) => fate.dropped = "no"));
  attachment.addImpairment("in", impairment(() => asked++));
  a.say("x", B);
  lab.to(ms(10));
  assertEquals([b.texts, asked], [[], 0]);
  assertEquals(balance(lab, segment), [1, 0, 0, 1, 0]);
});

Deno.test("Impairments: a corrupted copy is another datagram, and later impairments see it", () => {
  for (const direction of ["in", "out"] as const) {
    const { lab, log, a, b } = pair();
    const seen: string[] = [];
    const attachment = lab.attachment(direction === "in" ? "b:lan" : "a:lan");
    attachment.addImpairment(direction, impairment((fate) => fate.corrupted = mail("bad", A, B)));
    attachment.addImpairment(direction, impairment((_, datagram) => seen.push(textOf(datagram))));
    a.say("good", B);
    lab.to(ms(10));
    assertEquals([b.texts, seen], [["bad"], ["bad"]]);
    assertEquals(log.of("corrupt"), [`corrupt ${direction === "in" ? "b" : "a"}:0 good`]);
  }
});

Deno.test("Impairments: act from when they are added until they are removed", () => {
  const { lab, a, b } = pair();
  const attachment = lab.attachment("b:lan");
  const loss = impairment((fate) => fate.dropped = "lost");
  lab.sim.at(ms(10), () => attachment.addImpairment("in", loss));
  lab.sim.at(ms(20), () => attachment.removeImpairment("in", loss));
  for (let i = 0; i < 3; i++) lab.sim.at(ms(5 + 10 * i), () => a.say(`${i}`, B));
  lab.to(ms(100));
  assertEquals(b.texts, ["0", "2"]);
  assertThrows(() => attachment.removeImpairment("in", loss), AssertionError, "b:lan");
});

Deno.test("Impairments: are told the instant, and one that delays by a broken number stops the run", () => {
  const { lab, a } = pair();
  const told: Instant[] = [];
  lab.attachment("b:lan").addImpairment("in", impairment((_, __, now) => told.push(now)));
  a.say("x", B);
  lab.to(ms(10));
  assertEquals(told, [HOP]);
  lab.attachment("a:lan").addImpairment("out", impairment((fate) => fate.delay = 0.5));
  assertThrows(() => a.say("y", B), AssertionError, "not a whole one");
});

Deno.test("Impairments: are not asked for copies that nobody wants", () => {
  const { lab, segment, b } = pair();
  let asked = 0;
  lab.attachment("a:lan").addImpairment("in", impairment(() => asked++));
  b.say("x", nla("239.9.9.9"));
  lab.to(ms(10));
  assertEquals(asked, 0);
  assertEquals(balance(lab, segment), [1, 0, 1, 0, 0]);
});

Deno.test("Impairments: a member that leaves while its copy is held back does not get it", () => {
  const { lab, segment, a, b } = pair();
  lab.attachment("b:lan").addImpairment("in", impairment((fate) => fate.delay = us(10)));
  a.say("x", GROUP);
  lab.sim.at(HOP + us(5), () => b.host.leaveGroup(0, GROUP));
  lab.to(ms(10));
  assertEquals(b.texts, []);
  assert(lab.sim.conservation(segment).filtered === 1);
});
