import { assertEquals, assertThrows } from "@std/assert";
import { ms, us } from "../../engine/base/time.ts";
import { TopologyError } from "../../netsim/mod.ts";
import { DELAY, GROUP, HOP, Lab, Log, SERIAL } from "./lab.ts";
import { nla } from "./support.ts";

const SOURCE = nla("10.1.0.1");
const MEMBER = nla("10.2.0.1");

/**
 * Two hosts with two ways between them:
 *
 * ```text
 *            left      up          right
 *  source ----+---- r1 ==== r2 ----+---- member
 *             |     down           |
 *             +---- r3 ==== r4 ----+
 * ```
 */
function diamond(costs: { r1?: number; r2?: number; r3?: number; r4?: number } = {}) {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [left, up, down, right] = ["left", "up", "down", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [{ on: left!, address: SOURCE }], null);
  const member = lab.host("member", [{ on: right!, address: MEMBER }]);
  const over = (on: typeof up, cost: number | undefined) => ({ on: on!, cost: cost ?? 1 });
  lab.router("r1", [left!, over(up, costs.r1)]);
  lab.router("r2", [over(up, costs.r2), right!]);
  lab.router("r3", [left!, over(down, costs.r3)]);
  lab.router("r4", [over(down, costs.r4), right!]);
  return { lab, log, source, member };
}

/** The routers that forwarded a text, in order. */
function way(log: Log, text: string): string[] {
  return log.of("forward").filter((line) => line.endsWith(` ${text}`)).map((line) => line.split(/[ :]/)[1]!);
}

Deno.test("Routing: unicast takes the cheapest way, and the TTL falls by one at each router", () => {
  const { lab, log, source, member } = diamond({ r1: 5 });
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals(way(log, "x"), ["r3", "r4"]);
  assertEquals(member.times, [[3 * HOP, "x"]]);
  assertEquals(member.heard[0]!.datagram.ttl, 14);
});

Deno.test("Routing: a cost counts where a node sends, so that the way back may be another", () => {
  const { lab, log, source, member } = diamond({ r1: 5, r4: 5 });
  source.say("there", MEMBER);
  member.say("back", SOURCE);
  lab.to(ms(10));
  assertEquals([way(log, "there"), way(log, "back")], [["r3", "r4"], ["r2", "r1"]]);
  assertEquals([member.texts, source.texts], [["there"], ["back"]]);
});

Deno.test("Routing: equal costs are decided by the lowest node id", () => {
  const { lab, log, source, member } = diamond();
  source.say("there", MEMBER);
  member.say("back", SOURCE);
  lab.to(ms(10));
  assertEquals([way(log, "there"), way(log, "back")], [["r1", "r2"], ["r2", "r1"]]);
});

Deno.test("Routing: the lowest node id decides even when a dearer next hop is found first", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [left, up, down, middle, right] = ["left", "up", "down", "middle", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!], null);
  // To the right: 2 from low over middle, 1 from high. From split both are 3 away.
  lab.router("low", [up!, middle!]);
  lab.router("high", [down!, middle!, right!]);
  lab.router("split", [left!, { on: down!, cost: 2 }, { on: up!, cost: 1 }]);
  lab.host("member", [{ on: right!, address: MEMBER }]);
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals(way(log, "x"), ["split", "low", "high"]);
});

Deno.test("Routing: a router on the segment delivers there itself, whatever the cost of its interface", () => {
  const lab = new Lab();
  const [near, shared, bypass] = ["near", "shared", "bypass"].map((name) => lab.segment(name));
  const log = new Log();
  lab.sim.observe(log);
  const source = lab.host("source", [near!], null);
  lab.router("r1", [near!, { on: shared!, cost: 50 }, bypass!]);
  lab.router("r2", [bypass!, shared!]);
  const target = lab.host("target", [{ on: shared!, address: MEMBER }]);
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals([way(log, "x"), target.times], [["r1"], [[2 * HOP, "x"]]]);
});

Deno.test("Routing: hosts are no way through, and what has no route is dropped where it ends", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, two, three] = ["one", "two", "three"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.host("middle", [one!, two!]);
  lab.router("r", [one!, three!]);
  lab.host("target", [{ on: two!, address: MEMBER }]);
  source.say("x", MEMBER);
  source.say("y", nla("10.99.0.1"));
  lab.to(ms(10));
  assertEquals(log.lines, [
    "send source:0 x",
    "drop source:0 x (no route)",
    "send source:0 y",
    "drop source:0 y (no route)",
  ]);
  const { made, dropped } = lab.sim.conservation(one!);
  assertEquals([made, dropped], [2, 2]);
});

Deno.test("Routing: a router drops what it has no route for", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, two, three] = ["one", "two", "three"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r", [one!, two!]);
  lab.host("target", [{ on: three!, address: MEMBER }]);
  lab.sim.routeUnicast(lab.node("source"), MEMBER, 0, lab.node("r"));
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals(log.of("drop"), ["drop r:0 x (no route)"]);
  assertEquals(lab.sim.conservation(one!).dropped, 1);
});

Deno.test("Routing: configured unicast leaves the reverse path of multicast alone [SIM-003]", () => {
  const { lab, log, source, member } = diamond();
  // Requests of the member go by the lower way; the tree and the way there stay on the upper one.
  lab.sim.routeUnicast(lab.node("member"), SOURCE, 0, lab.node("r4"));
  source.say("data", GROUP);
  source.say("there", MEMBER);
  member.say("back", SOURCE);
  lab.to(ms(10));
  assertEquals([way(log, "data"), way(log, "there"), way(log, "back")], [["r1", "r2"], ["r1", "r2"], ["r4", "r3"]]);
  assertEquals([member.texts, source.texts], [["data", "there"], ["back"]]);
});

Deno.test("Routing: configured routes of routers count too, and only on the interface they name", () => {
  const { lab, log, source } = diamond();
  const [r1] = [lab.node("r1")];
  // Back over the segment it came from, to the other router there.
  lab.sim.routeUnicast(r1, MEMBER, 0, lab.node("r3"));
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals(way(log, "x"), ["r1", "r3", "r4"]);
  assertThrows(() => lab.sim.routeUnicast(r1, MEMBER, 1, lab.node("r4")), TopologyError, "r4 is not there");
  assertThrows(() => lab.sim.routeUnicast(r1, MEMBER, 2, lab.node("r4")), TopologyError, "no interface 2");
});

Deno.test("Routing: a configured route does not touch what a host sends through another interface", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [left, up, right] = ["left", "up", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!, up!], null);
  lab.router("r1", [left!, right!]);
  lab.router("r2", [up!, right!]);
  lab.host("member", [{ on: right!, address: MEMBER }]);
  lab.sim.routeUnicast(lab.node("source"), MEMBER, 1, lab.node("r2"));
  source.say("x", MEMBER, { iface: 0 });
  source.say("y", MEMBER, { iface: 1 });
  lab.to(ms(10));
  assertEquals([way(log, "x"), way(log, "y")], [["r1"], ["r2"]]);
});

Deno.test("Routing: a host takes in nothing for another's address, and passes nothing on", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const source = lab.host("source", [lan], null);
  const wrong = lab.host("wrong", [lan]);
  const member = lab.host("member", [{ on: lan, address: MEMBER }]);
  lab.sim.routeUnicast(lab.node("source"), MEMBER, 0, lab.node("wrong"));
  source.say("x", MEMBER);
  lab.to(ms(10));
  assertEquals([wrong.texts, member.texts, lab.sim.conservation(lan).filtered], [[], [], 1]);
});

Deno.test("Routing: IPv4 and IPv6 live side by side on the same nodes", () => {
  const lab = new Lab();
  const group6 = nla("ff3e::1234");
  const [left, right] = ["left", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!, { on: left!, address: nla("2001:db8::1") }], null);
  lab.router("r", [left!, right!, { on: right!, address: nla("2001:db8:1::1") }]);
  const member = lab.host("member", [right!, { on: right!, address: nla("2001:db8:1::2") }]);
  member.host.joinGroup(1, group6);
  assertEquals(member.host.address(1), "2001:db8:1::2");
  source.say("multicast", group6, { iface: 1 });
  source.say("unicast", nla("2001:db8:1::2"), { iface: 1, routerAlert: true });
  source.say("four", nla("10.0.1.3"));
  lab.to(ms(10));
  assertEquals(member.heard.map(({ iface }) => iface), [1, 0, 1]);
  assertEquals(member.times, [[2 * HOP, "multicast"], [2 * HOP + SERIAL, "four"], [2 * HOP + 2 * SERIAL, "unicast"]]);
  assertEquals(lab.node("member").attachments.map(({ name }) => name), ["member:right", "member:right#2"]);
});

Deno.test("Routing: an interface that changes its address is found under the new one only", () => {
  const { lab, log, source, member } = diamond();
  const moved = nla("10.2.0.77");
  source.say("on its way", MEMBER);
  lab.sim.at(3 * HOP - us(1), () => lab.sim.readdress(lab.node("member"), 0, moved));
  lab.sim.at(ms(20), () => {
    source.say("old", MEMBER);
    source.say("new", moved);
    member.say("group", GROUP);
    assertEquals(member.host.address(0), moved);
  });
  lab.to(ms(30));
  assertEquals([member.texts, log.of("drop")], [["new"], ["drop source:0 old (no route)"]]);
  assertEquals(lab.sim.conservation(lab.attachment("member:right").segment).filtered > 0, true);
  assertThrows(() => lab.sim.readdress(lab.node("member"), 0, SOURCE), TopologyError, "source:left has it");
  assertThrows(() => lab.sim.readdress(lab.node("member"), 0, GROUP), TopologyError, "is a group");
});

Deno.test("Routing: a source whose address moves to another segment gets a new tree", () => {
  const lab = new Lab();
  const [left, middle, right] = ["left", "middle", "right"].map((name) => lab.segment(name));
  const a = lab.host("a", [{ on: left!, address: SOURCE }], null);
  const b = lab.host("b", [{ on: right!, address: MEMBER }], null);
  lab.router("r", [left!, middle!, right!]);
  const member = lab.host("member", [middle!]);
  a.say("1", GROUP);
  lab.sim.at(ms(10), () => {
    lab.sim.readdress(lab.node("a"), 0, nla("10.1.0.9"));
    lab.sim.readdress(lab.node("b"), 0, SOURCE);
    b.say("2", GROUP);
  });
  lab.to(ms(20));
  assertEquals(member.times, [[2 * HOP, "1"], [ms(10) + 2 * HOP, "2"]]);
});

Deno.test("Routing: among routers that are equally near, a LAN uses the one with the lowest id", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [core, lan] = ["core", "lan"].map((name) => lab.segment(name));
  const source = lab.host("source", [{ on: core!, address: SOURCE }], null);
  for (const name of ["r1", "r2", "r3"]) lab.router(name, [core!, lan!]);
  const members = ["m1", "m2"].map((name) => lab.host(name, [lan!]));
  source.say("data", GROUP);
  members[0]!.say("request", SOURCE);
  lab.to(ms(10));
  assertEquals([way(log, "data"), way(log, "request")], [["r1"], ["r1"]]);
  assertEquals(members[1]!.times, [[2 * SERIAL + 2 * DELAY, "data"]]);
});
