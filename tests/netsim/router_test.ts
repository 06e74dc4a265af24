import { assertEquals, assertThrows } from "@std/assert";
import { ms } from "../../engine/base/time.ts";
import { TopologyError } from "../../netsim/mod.ts";
import { Gate, GROUP, HOP, Lab, Log, OTHER_GROUP } from "./lab.ts";
import { nla } from "./support.ts";

const SOURCE = nla("10.1.0.1");
const GATE = nla("10.1.0.2");
const MEMBER = nla("10.2.0.1");

/** source - gate - {m1, m2, idle}, one segment each. */
function star() {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [top, one, two, three] = ["top", "one", "two", "three"].map((name) => lab.segment(name));
  const source = lab.host("source", [{ on: top!, address: SOURCE }], null);
  const gate = lab.gate("gate", [{ on: top!, address: GATE }, one!, two!, three!]);
  const m1 = lab.host("m1", [{ on: one!, address: MEMBER }]);
  const m2 = lab.host("m2", [two!]);
  const idle = lab.host("idle", [three!], null);
  return { lab, log, source, gate, m1, m2, idle };
}

Deno.test("Router: without Router Alert the software is not asked, and every member gets the datagram [GEN-016]", () => {
  const { lab, source, gate, m1, m2, idle } = star();
  for (let i = 0; i < 10; i++) source.say(`data ${i}`, GROUP);
  lab.to(ms(10));
  assertEquals([gate.asked, gate.heard], [[], []]);
  assertEquals([m1.heard.length, m2.heard.length, idle.heard.length], [10, 10, 0]);
  assertEquals(m1.times[0], [2 * HOP, "data 0"]);
});

Deno.test("Router: with Router Alert the software is asked and told where the datagram would go", () => {
  const { lab, log, source, gate, m1, m2 } = star();
  source.say("alert", GROUP, { routerAlert: true });
  source.say("nobody's", OTHER_GROUP, { routerAlert: true });
  source.say("unicast", MEMBER, { routerAlert: true });
  lab.to(ms(10));
  assertEquals(gate.asked, [[0, "alert", [1, 2]], [0, "nobody's", []], [0, "unicast", [1]]]);
  assertEquals([m1.texts, m2.texts], [["alert", "unicast"], ["alert"]]);
  assertEquals(m1.heard[0]!.datagram.ttl, 15);
  assertEquals(m1.heard[0]!.datagram.routerAlert, true);
  assertEquals(log.of("deliver").slice(0, 1), ["deliver gate:0 alert (intercept)"]);
});

Deno.test("Router: the software consumes a datagram, narrows it, or widens it", () => {
  const { lab, source, gate, m1, m2, idle } = star();
  const answers: Record<string, number[]> = { none: [], one: [2], more: [1, 3] };
  gate.decide = (datagram, routed) => answers[gate.asked.at(-1)![1]] ?? (datagram.multicast ? routed : []);
  idle.host.joinGroup(0, OTHER_GROUP);
  for (const text of ["none", "one"]) source.say(text, GROUP, { routerAlert: true });
  source.say("more", OTHER_GROUP, { routerAlert: true });
  source.say("taken", MEMBER, { routerAlert: true });
  lab.to(ms(10));
  assertEquals([m1.texts, m2.texts, idle.texts], [[], ["one"], ["more"]]);
});

Deno.test("Router: what the software transmits when asked leaves before the datagram it was asked about", () => {
  const { lab, source, gate, m1 } = star();
  gate.decide = (_, routed) => {
    gate.say("first", GROUP, { iface: 1, source: SOURCE });
    return routed;
  };
  source.say("second", GROUP, { routerAlert: true });
  lab.to(ms(10));
  assertEquals(m1.texts, ["first", "second"]);
});

Deno.test("Router: unicast to one of its addresses goes to its software, Router Alert or not", () => {
  const { lab, source, gate, m1 } = star();
  source.say("near", GATE);
  source.say("alert", GATE, { routerAlert: true });
  m1.say("far side", GATE);
  lab.to(ms(10));
  assertEquals(gate.heard.map(({ iface }) => iface), [0, 1, 0]);
  assertEquals([gate.texts, gate.asked], [["near", "far side", "alert"], []]);
});

Deno.test("Router: a plain router takes in nothing for itself", () => {
  const lab = new Lab();
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r", [{ on: one!, address: GATE }, two!]);
  lab.host("m", [two!]);
  source.say("x", GATE);
  source.say("y", GROUP, { routerAlert: true });
  lab.to(ms(10));
  const { made, delivered, filtered } = lab.sim.conservation(one!);
  assertEquals([made, delivered, filtered], [2, 1, 1]);
  assertThrows(() => lab.node("m").intercept((host) => new Gate(host)), TopologyError, "m: it is not a router");
});

Deno.test("Router: TTL 1 stays on its segment, TTL 2 goes one router further [SIM-005]", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, two, three] = ["one", "two", "three"].map((name) => lab.segment(name));
  const source = lab.host("source", [{ on: one!, address: SOURCE }], null);
  lab.router("r1", [one!, two!]);
  lab.router("r2", [two!, three!]);
  const members = [one, two, three].map((segment, i) => lab.host(`m${i + 1}`, [segment!]));
  members.forEach((member, i) => member.say("unicast", SOURCE, { ttl: i + 1 }));
  for (const ttl of [1, 2, 3]) source.say(`ttl ${ttl}`, GROUP, { ttl });
  lab.to(ms(20));
  assertEquals(members.map((member) => member.texts), [["ttl 1", "ttl 2", "ttl 3"], ["ttl 2", "ttl 3"], ["ttl 3"]]);
  assertEquals(source.heard.map(({ datagram }) => datagram.ttl), [1, 1, 1]);
  assertEquals(log.of("drop"), ["drop r1:0 ttl 1 (ttl)", "drop r2:0 ttl 2 (ttl)"]);
  log.lines.length = 0;
  members[1]!.say("short", SOURCE, { ttl: 1 });
  members[1]!.say("dead", SOURCE, { ttl: 0 });
  members[1]!.say("dead", GROUP, { ttl: 0 });
  lab.to(ms(30));
  assertEquals(log.of("drop"), ["drop m2:0 dead (ttl)", "drop m2:0 dead (ttl)", "drop r1:1 short (ttl)"]);
});

Deno.test("Router: the software is asked about TTL 1 too, but the datagram does not leave the segment", () => {
  const { lab, source, gate, m1, m2 } = star();
  gate.decide = () => [1, 2];
  source.say("m", GROUP, { routerAlert: true, ttl: 1 });
  source.say("u", MEMBER, { routerAlert: true, ttl: 1 });
  lab.to(ms(10));
  assertEquals(gate.asked, [[0, "m", []], [0, "u", []]]);
  assertEquals([m1.texts, m2.texts], [[], []]);
});

Deno.test("Router: one that is attached twice to the source's segment takes in one copy", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [lan, away] = ["lan", "away"].map((name) => lab.segment(name));
  const source = lab.host("source", [lan!], null);
  const gate = lab.gate("gate", [{ on: lan!, cost: 2 }, lan!, away!]);
  const member = lab.host("member", [away!]);
  source.say("short", GROUP, { ttl: 1, routerAlert: true });
  source.say("long", GROUP, { routerAlert: true });
  lab.to(ms(10));
  assertEquals(gate.asked, [[1, "short", []], [1, "long", [2]]]);
  assertEquals([member.texts, log.of("drop")], [["long"], ["drop gate:0 short (rpf)", "drop gate:0 long (rpf)"]]);
});

Deno.test("Router: a host's own network neighbour with TTL 1 costs no tree and reaches the members there", () => {
  const { lab, log, m1 } = star();
  const segment = lab.attachment("m1:one").segment;
  m1.say("request", GROUP, { ttl: 1 });
  lab.to(ms(10));
  assertEquals(log.lines, ["send m1:0 request", "drop gate:1 request (ttl)"]);
  assertEquals(lab.sim.conservation(segment).dropped, 1);
});

Deno.test("Router: multicast that does not come from the source's direction is dropped", () => {
  const { lab, log, source, gate, m1, m2 } = star();
  // The member speaks with the address of the source, from the wrong side.
  m1.say("forged", GROUP, { source: SOURCE });
  m1.say("forged alert", GROUP, { source: SOURCE, routerAlert: true });
  m1.say("forged short", GROUP, { source: SOURCE, ttl: 1 });
  m1.say("unknown", GROUP, { source: nla("10.99.0.1") });
  m1.say("unknown short", GROUP, { source: nla("10.99.0.1"), ttl: 1 });
  source.say("true", GROUP);
  lab.to(ms(10));
  assertEquals([m2.texts, gate.asked], [["true"], []]);
  assertEquals(
    log.of("drop"),
    ["forged", "forged alert", "forged short", "unknown", "unknown short"].map((text) => `drop gate:1 ${text} (rpf)`),
  );
});

Deno.test("Router: what a router sends in the source's name passes the check below it and not above [SIM-004]", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [top, mid, low, bottom] = ["top", "mid", "low", "bottom"].map((name) => lab.segment(name));
  lab.host("source", [{ on: top!, address: SOURCE }], null);
  lab.router("above", [top!, mid!]);
  const gate = lab.gate("gate", [mid!, low!]);
  lab.router("below", [low!, bottom!]);
  const member = lab.host("member", [bottom!]);
  gate.say("down", GROUP, { iface: 1, source: SOURCE });
  gate.say("up", GROUP, { iface: 0, source: SOURCE });
  lab.to(ms(10));
  assertEquals(member.texts, ["down"]);
  assertEquals(log.of("drop"), ["drop above:1 up (rpf)"]);
});

Deno.test("Router: its own endpoint hears the groups that it joined, and still forwards", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  const gate = lab.gate("gate", [one!, two!]);
  const member = lab.host("member", [two!]);
  gate.host.joinGroup(0, GROUP);
  gate.host.joinGroup(0, OTHER_GROUP);
  source.say("both", GROUP);
  source.say("own", OTHER_GROUP);
  source.say("short", GROUP, { ttl: 1 });
  source.say("alert", GROUP, { routerAlert: true });
  lab.to(ms(10));
  assertEquals([gate.texts, member.texts], [["both", "own", "short"], ["both", "alert"]]);
  assertEquals(gate.asked, [[0, "alert", [1]]]);
});

Deno.test("Router: transmits unicast through the interface that its software names", () => {
  const { lab, log, gate, m1, m2 } = star();
  gate.say("down", MEMBER, { iface: 1 });
  gate.say("wrong way", MEMBER, { iface: 2 });
  lab.to(ms(10));
  assertEquals([m1.texts, m2.texts], [["down"], []]);
  assertEquals(log.of("drop"), ["drop gate:2 wrong way (no route)"]);
});
