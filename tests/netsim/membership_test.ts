import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { type Instant, ms, us } from "../../engine/base/time.ts";
import { DELAY, GROUP, HOP, Lab, Log, OTHER_GROUP, type Probe, SERIAL } from "./lab.ts";
import { nla } from "./support.ts";

/** source - one - r1 - two - r2 - three - member, with segments of different delays. */
function chain() {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const one = lab.segment("one", { delay: ms(1) });
  const two = lab.segment("two", { delay: ms(2) });
  const three = lab.segment("three", { delay: ms(4) });
  const source = lab.host("source", [one], null);
  lab.router("r1", [one, two]);
  lab.router("r2", [two, three]);
  const member = lab.host("member", [three], null);
  return { lab, log, source, member };
}

/** Has a probe transmit a text that says when, at each of the instants. */
function say(lab: Lab, probe: Probe, instants: readonly Instant[]): void {
  for (const at of instants) lab.sim.at(at, () => probe.say(`${at}`, GROUP));
}

/** The routers that forward what `source` says at `at` into the void or not. */
const R1 = SERIAL + ms(1);
const R2 = R1 + SERIAL + ms(2);

Deno.test("Membership: what is joined before the run is in place for every source at once", () => {
  const { lab, source, member } = chain();
  member.host.joinGroup(0, GROUP);
  say(lab, source, [0]);
  lab.to(ms(20));
  assertEquals(member.texts, ["0"]);
});

Deno.test("Membership: a join reaches the router of the segment one segment delay later", () => {
  const { lab, log, source, member } = chain();
  const join = ms(20);
  // The tree exists already, without members: a datagram from before the join has built it.
  say(lab, source, [0]);
  lab.sim.at(join, () => member.host.joinGroup(0, GROUP));
  // r2 learns at join + 4 ms, and r1 2 ms later; what r1 takes in from then on goes all the way.
  const known = join + ms(4) + ms(2);
  say(lab, source, [known - R1 - 1, known - R1]);
  lab.to(ms(60));
  assertEquals(member.texts, [`${known - R1}`]);
  assertEquals(log.of("forward").map((line) => line.split(/[ :]/)[1]), ["r1", "r2"]);
});

Deno.test("Membership: a leave prunes hop by hop", () => {
  const { lab, log, source, member } = chain();
  member.host.joinGroup(0, GROUP);
  const leave = ms(20);
  lab.sim.at(leave, () => member.host.leaveGroup(0, GROUP));
  const r2Prunes = leave + ms(4);
  const r1Prunes = r2Prunes + ms(2);
  say(lab, source, [r2Prunes - R2 - 1, r2Prunes - R2, r1Prunes - R1 - 1, r1Prunes - R1]);
  lab.to(ms(60));
  const byR1 = log.of("forward").filter((line) => line.startsWith("forward r1"));
  const byR2 = log.of("forward").filter((line) => line.startsWith("forward r2"));
  assertEquals(byR1.map((line) => Number(line.split(" ")[2])), [r2Prunes - R2 - 1, r2Prunes - R2, r1Prunes - R1 - 1]);
  assertEquals(byR2.map((line) => Number(line.split(" ")[2])), [r2Prunes - R2 - 1]);
  // The member itself stopped listening when it left.
  assertEquals(member.texts, []);
});

Deno.test("Membership: a new tree is built at once from what the routers know", () => {
  const { lab, source, member } = chain();
  lab.sim.at(ms(20), () => member.host.joinGroup(0, GROUP));
  // Without a tree there is nothing to join: the first datagram builds it where it meets the first router.
  const first = ms(24) - R1;
  say(lab, source, [first]);
  lab.to(ms(60));
  assertEquals(member.texts, [`${first}`]);
  const again = chain();
  again.lab.sim.at(ms(20), () => again.member.host.joinGroup(0, GROUP));
  say(again.lab, again.source, [first - 1]);
  again.lab.to(ms(60));
  assertEquals(again.member.texts, []);
});

Deno.test("Membership: a join stops at the first router that is on the tree already", () => {
  const lab = new Lab();
  const [one, two, three, four] = ["one", "two", "three", "four"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r1", [one!, two!]);
  lab.router("r2", [two!, three!, four!]);
  const early = lab.host("early", [three!]);
  const late = lab.host("late", [four!], null);
  say(lab, source, [0]);
  const join = ms(20);
  lab.sim.at(join, () => late.host.joinGroup(0, GROUP));
  // r2 has it flowing already: one segment delay is enough.
  const known = join + DELAY;
  say(lab, source, [known - 2 * HOP - 1, known - 2 * HOP]);
  lab.to(ms(60));
  assertEquals([early.heard.length, late.texts], [3, [`${known - 2 * HOP}`]]);
});

Deno.test("Membership: one member's leave does not cut off another on the segment, the last one's does", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, lan] = ["one", "lan"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r", [one!, lan!]);
  const [a, b] = ["a", "b"].map((name) => lab.host(name, [lan!]));
  say(lab, source, [0, ms(20), ms(40)]);
  lab.sim.at(ms(10), () => a!.host.leaveGroup(0, GROUP));
  lab.sim.at(ms(30), () => b!.host.leaveGroup(0, GROUP));
  lab.to(ms(60));
  assertEquals([a!.texts, b!.texts, log.of("forward").length], [["0"], ["0", `${ms(20)}`], 2]);
});

Deno.test("Membership: leave and join again in one instant leave the tree as it was", () => {
  const { lab, source, member } = chain();
  member.host.joinGroup(0, GROUP);
  say(lab, source, [0, ms(60)]);
  lab.sim.at(ms(20), () => {
    member.host.leaveGroup(0, GROUP);
    member.host.joinGroup(0, GROUP);
    member.host.joinGroup(0, GROUP);
  });
  lab.sim.at(ms(80), () => member.host.leaveGroup(0, GROUP));
  say(lab, source, [ms(100)]);
  lab.to(ms(200));
  assertEquals(member.texts, ["0", `${ms(60)}`]);
  assertEquals(lab.sim.conservation(lab.attachment("r1:one").segment).filtered, 1);
});

Deno.test("Membership: a host takes in the groups that it joined, where it joined them, and not its own", () => {
  const lab = new Lab();
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const multi = lab.host("multi", [one!, two!], null);
  const [a, b] = [lab.host("a", [one!]), lab.host("b", [two!])];
  multi.host.joinGroup(1, GROUP);
  multi.host.joinGroup(0, OTHER_GROUP);
  for (const [probe, text] of [[a, "a"], [b, "b"]] as const) {
    probe.say(text, GROUP);
    probe.say(`${text} other`, OTHER_GROUP);
  }
  multi.say("own", GROUP, { iface: 1 });
  lab.to(ms(10));
  assertEquals(multi.heard.map(({ iface }) => iface), [1, 0]);
  assertEquals(multi.texts, ["b", "a other"]);
  assertEquals([a.texts, b.texts], [[], ["own"]]);
});

Deno.test("Membership: a host that is attached twice to a segment does not hear itself on the other interface", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const twice = lab.host("twice", [lan, lan]);
  const other = lab.host("other", [lan]);
  const loop = lab.segment("loop");
  const alone = lab.host("alone", [loop, loop]);
  twice.say("own", GROUP);
  other.say("theirs", GROUP);
  alone.say("own", GROUP);
  lab.to(ms(10));
  assertEquals(alone.texts, []);
  assertEquals(twice.heard.map(({ iface }) => iface), [0, 1]);
  assertEquals([twice.texts, other.texts], [["theirs", "theirs"], ["own"]]);
});

Deno.test("Membership: a multihomed member gets one copy over each of its interfaces", () => {
  const lab = new Lab();
  const [top, left, right] = ["top", "left", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [top!], null);
  lab.router("r1", [top!, left!]);
  lab.router("r2", [top!, right!]);
  const member = lab.host("member", [left!, right!]);
  say(lab, source, [0, ms(20)]);
  lab.sim.at(ms(10), () => member.host.leaveGroup(0, GROUP));
  lab.to(ms(60));
  assertEquals(member.heard.map(({ iface }) => iface), [0, 1, 1]);
});

Deno.test("Membership: each source has a tree of its own", () => {
  const lab = new Lab();
  const segments = ["a", "b", "c"].map((name) => lab.segment(name));
  const mid = lab.segment("mid");
  segments.forEach((segment, i) => lab.router(`r${i}`, [segment, mid]));
  const hosts = segments.map((segment, i) => lab.host(`h${i}`, [segment]));
  hosts.forEach((host, i) => host.say(`from ${i}`, GROUP));
  lab.to(ms(20));
  assertEquals(hosts.map((host) => host.texts), [["from 1", "from 2"], ["from 0", "from 2"], ["from 0", "from 1"]]);
});

Deno.test("Membership: a member that hears a source on its own segment joins nothing upstream", () => {
  const lab = new Lab();
  const log = new Log();
  lab.sim.observe(log);
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r", [one!, two!]);
  const neighbour = lab.host("neighbour", [one!]);
  source.say("x", GROUP);
  lab.to(ms(10));
  assertEquals([neighbour.times, log.of("forward")], [[[HOP, "x"]], []]);
});

Deno.test("Membership: only groups can be joined", () => {
  const { member } = chain();
  assertThrows(() => member.host.joinGroup(0, nla("10.0.0.1")), AssertionError, "10.0.0.1 is not a group");
  assertThrows(() => member.host.joinGroup(1, GROUP), AssertionError, "no such interface");
});

Deno.test("Membership: a copy that is on its way when the member joins is heard", () => {
  const lab = new Lab();
  const lan = lab.segment("lan");
  const a = lab.host("a", [lan]);
  const b = lab.host("b", [lan], null);
  a.say("x", GROUP);
  a.say("y", GROUP);
  lab.sim.at(HOP + us(1), () => b.host.joinGroup(0, GROUP));
  lab.to(ms(10));
  assertEquals(b.texts, ["y"]);
});
