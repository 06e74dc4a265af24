import { assertEquals } from "@std/assert";
import { type Instant, ms, us } from "../../engine/base/time.ts";
import { GROUP, HOP, Lab, Log, Probe, SERIAL } from "./lab.ts";
import { nla } from "./support.ts";

const SOURCE = nla("10.1.0.1");
const MEMBER = nla("10.2.0.1");
const CONVERGENCE = ms(50);

function pair() {
  const lab = new Lab({ convergence: CONVERGENCE });
  const log = new Log();
  lab.sim.observe(log);
  const link = lab.segment("link");
  const a = lab.host("a", [link]);
  const b = lab.host("b", [{ on: link, address: MEMBER }]);
  return { lab, log, link, a, b };
}

/** source - left - {r1 (cheap), r2} - right - member */
function detour() {
  const lab = new Lab({ convergence: CONVERGENCE });
  const log = new Log();
  lab.sim.observe(log);
  const [left, right] = ["left", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [{ on: left!, address: SOURCE }], null);
  lab.router("r1", [left!, right!]);
  lab.router("r2", [left!, right!]);
  const member = lab.host("member", [{ on: right!, address: MEMBER }]);
  return { lab, log, source, member };
}

/** Has a probe say when, at each of the instants, after all else at that instant that was set before. */
function say(lab: Lab, probe: Probe, instants: readonly Instant[], to = GROUP): void {
  for (const at of instants) {
    lab.sim.at(Math.max(0, at - 1), () => lab.sim.at(at, () => probe.say(`${at}`, to)));
  }
}

Deno.test("Failures: a segment that goes down loses what is on it, to the instant", () => {
  for (const [at, lost] of [[HOP - 1, true], [HOP, false]] as const) {
    const { lab, log, link, a, b } = pair();
    a.say("x", GROUP);
    a.say("y", MEMBER);
    lab.sim.at(at, () => lab.sim.down(link));
    lab.to(ms(10));
    // At the instant itself the arrival was scheduled first.
    assertEquals(b.texts, lost ? [] : ["x"]);
    assertEquals(log.of("drop"), (lost ? ["x", "y"] : ["y"]).map((text) => `drop a:0 ${text} (segment down)`));
    const { made, delivered, dropped, inFlight } = lab.sim.conservation(link);
    assertEquals([made, delivered, dropped, inFlight], [2, lost ? 0 : 1, lost ? 2 : 1, 0]);
  }
});

Deno.test("Failures: what was on its way stays lost when the segment, the interface or the node is back in time", () => {
  const parts = [
    [(lab: Lab) => lab.attachment("a:link").segment, "drop a:0 x (segment down)"],
    [(lab: Lab) => lab.attachment("b:link"), "drop b:0 x (interface down)"],
    [(lab: Lab) => lab.node("b"), "drop b:0 x (node down)"],
  ] as const;
  for (const [part, drop] of parts) {
    for (const to of [GROUP, MEMBER]) {
      const { lab, log, a, b } = pair();
      a.say("x", to);
      lab.sim.at(us(500), () => lab.sim.down(part(lab)));
      lab.sim.at(us(510), () => lab.sim.up(part(lab)));
      lab.sim.at(us(510), () => a.say("y", to));
      lab.to(ms(10));
      assertEquals([b.texts, log.of("drop")], [["y"], [drop]]);
    }
  }
});

Deno.test("Failures: nothing goes in or out of what is down, and it says why", () => {
  const { lab, log, link, a, b } = pair();
  const reasons: [() => void, string][] = [
    [() => lab.sim.down(link), "a:0 (segment down)"],
    [() => lab.sim.up(link), ""],
    [() => lab.sim.down(lab.attachment("a:link")), "a:0 (interface down)"],
    [() => lab.sim.up(lab.attachment("a:link")), ""],
    [() => lab.sim.down(lab.node("a")), "a:0 (node down)"],
    [() => lab.sim.up(lab.node("a")), ""],
    [() => lab.sim.down(lab.attachment("b:link")), "b:0 (interface down)"],
    [() => lab.sim.down(lab.node("b")), "b:0 (interface down)"],
    [() => lab.sim.up(lab.attachment("b:link")), "b:0 (node down)"],
    [() => lab.sim.up(lab.node("b")), ""],
  ];
  for (const [i, [change, reason]] of reasons.entries()) {
    lab.sim.at(ms(10 * i), () => {
      change();
      log.lines.length = 0;
      a.say("x", MEMBER);
    });
    lab.to(ms(10 * i + 9));
    assertEquals(
      log.of("drop").map((line) => line.replace("drop ", "").replace(" x", "")),
      reason === "" ? [] : [reason],
    );
  }
  assertEquals(b.heard.length, 4);
});

Deno.test("Failures: a transmitter that goes down loses its queue, but not what has left it", () => {
  for (const part of ["interface", "node"] as const) {
    for (const [at, heard] of [[SERIAL - 1, []], [SERIAL, ["x"]], [2 * SERIAL, ["x", "y"]]] as const) {
      const { lab, log, a, b } = pair();
      const target = part === "node" ? lab.node("a") : lab.attachment("a:link");
      for (const text of ["x", "y"]) a.say(text, GROUP);
      lab.sim.at(at, () => {
        lab.sim.down(target);
        lab.sim.up(target);
        // The queue is empty: this one waits for nobody.
        a.say("z", GROUP);
      });
      lab.to(ms(10));
      assertEquals(b.texts.filter((text) => text !== "z"), [...heard]);
      assertEquals(b.times.find(([, text]) => text === "z")![0], at + HOP);
      assertEquals(log.of("drop"), ["x", "y"].slice(heard.length).map((text) => `drop a:0 ${text} (${part} down)`));
    }
  }
});

Deno.test("Failures: what an impairment holds back is lost too", () => {
  for (const direction of ["in", "out"] as const) {
    const { lab, log, link, a, b } = pair();
    const holder = direction === "in" ? lab.attachment("b:link") : lab.attachment("a:link");
    holder.addImpairment(direction, { apply: (_now, _datagram, fate) => fate.delay = ms(5) });
    a.say("x", GROUP);
    lab.sim.at(ms(4), () => lab.sim.down(holder));
    lab.sim.at(ms(4), () => lab.sim.up(holder));
    lab.to(ms(20));
    assertEquals([b.texts, log.of("drop")], [[], [`drop ${holder.node.name}:0 x (interface down)`]]);
    assertEquals(lab.sim.conservation(link).inFlight, 0);
  }
});

Deno.test("Failures: routes follow after the convergence time, to the instant", () => {
  const { lab, log, source, member } = detour();
  const follows = ms(100) + CONVERGENCE;
  lab.sim.at(ms(100), () => lab.sim.down(lab.node("r1")));
  // A host picks the next hop when it transmits.
  say(lab, source, [ms(10), follows - 1, follows], MEMBER);
  lab.to(ms(300));
  assertEquals(member.texts, [`${ms(10)}`, `${follows}`]);
  assertEquals(log.of("drop"), [`drop r1:0 ${follows - 1} (node down)`]);
});

Deno.test("Failures: trees follow after the convergence time, to the instant", () => {
  for (const part of ["r1:right", "r1:left"]) {
    const { lab, log, source, member } = detour();
    const follows = ms(100) + CONVERGENCE;
    lab.sim.at(ms(100), () => lab.sim.down(lab.attachment(part)));
    // The tree counts when the datagram is at the routers.
    say(lab, source, [ms(10), follows - HOP - 1, follows - HOP]);
    lab.to(ms(300));
    assertEquals(member.texts, [`${ms(10)}`, `${follows - HOP}`]);
    const down = log.of("drop").filter((line) => line.endsWith("(interface down)"));
    const iface = part === "r1:right" ? 1 : 0;
    assertEquals(down, [follows - HOP - 1, follows - HOP].map((at) => `drop r1:${iface} ${at} (interface down)`));
    assertEquals(log.of("forward").at(-1), `forward r2:1 ${follows - HOP}`);
  }
});

Deno.test("Failures: a segment that is down has no routes through it after convergence", () => {
  const lab = new Lab({ convergence: CONVERGENCE });
  const [left, up, down, right] = ["left", "up", "down", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!], null);
  lab.router("r1", [left!, up!, { on: down!, cost: 9 }]);
  lab.router("r2", [up!, down!, right!]);
  const member = lab.host("member", [right!]);
  lab.sim.at(ms(100), () => lab.sim.down(up!));
  const follows = ms(100) + CONVERGENCE;
  say(lab, source, [ms(10), follows - HOP - 1, follows - HOP]);
  lab.to(ms(300));
  assertEquals(member.texts, [`${ms(10)}`, `${follows - HOP}`]);
  assertEquals(up!.stats.dropped.get("segment down"), 1);
});

Deno.test("Failures: routes and trees come back after the convergence time, to the instant", () => {
  const { lab, log, source, member } = detour();
  lab.sim.at(ms(100), () => lab.sim.down(lab.node("r1")));
  lab.sim.at(ms(200), () => lab.sim.up(lab.node("r1")));
  say(lab, source, [ms(200) + CONVERGENCE - 1, ms(200) + CONVERGENCE], MEMBER);
  lab.to(ms(300));
  assertEquals(log.of("forward").map((line) => line.split(/[ :]/)[1]), ["r2", "r1"]);
  assertEquals(member.heard.length, 2);
});

Deno.test("Failures: routing learns of each change on its own, that much later", () => {
  const { lab, log, source } = detour();
  lab.sim.at(ms(100), () => lab.sim.down(lab.node("r1")));
  lab.sim.at(ms(120), () => lab.sim.down(lab.attachment("r2:right")));
  lab.sim.at(ms(130), () => lab.sim.up(lab.node("r1")));
  // 150: r2 takes over. 170: nobody does. 180: r1 again.
  say(lab, source, [ms(150) - 1, ms(150), ms(170) - 1, ms(170), ms(180) - 1, ms(180)], MEMBER);
  lab.to(ms(300));
  const fate = (at: Instant) =>
    log.lines.filter((line) => line.includes(` ${at}`)).slice(1).map((line) => line.replace(` ${at}`, ""));
  // r1 is back, but until 180 it has no routes.
  assertEquals(fate(ms(150) - 1), ["drop r1:0 (no route)"]);
  assertEquals(fate(ms(150)), ["deliver r2:0 (switch)", "forward r2:1", "drop r2:1 (interface down)"]);
  assertEquals(fate(ms(170) - 1).at(-1), "drop r2:0 (no route)");
  assertEquals(fate(ms(170)), ["drop source:0 (no route)"]);
  assertEquals(fate(ms(180) - 1), ["drop source:0 (no route)"]);
  assertEquals(fate(ms(180)).at(-1), "deliver member:0");
});

Deno.test("Failures: without convergence time routing follows at once", () => {
  const lab = new Lab();
  const [left, right] = ["left", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!], null);
  for (const name of ["r1", "r2"]) lab.router(name, [left!, right!]);
  const member = lab.host("member", [{ on: right!, address: MEMBER }]);
  lab.sim.at(ms(10), () => lab.sim.down(lab.node("r1")));
  say(lab, source, [ms(10)]);
  say(lab, source, [ms(20)], MEMBER);
  lab.to(ms(50));
  assertEquals(member.texts, [`${ms(10)}`, `${ms(20)}`]);
});

Deno.test("Failures: a member that is down is pruned at convergence and restored after it is back", () => {
  const lab = new Lab({ convergence: CONVERGENCE });
  const log = new Log();
  lab.sim.observe(log);
  const [left, right] = ["left", "right"].map((name) => lab.segment(name));
  const source = lab.host("source", [left!], null);
  lab.router("r", [left!, right!]);
  const member = lab.host("member", [right!]);
  const down = ms(100);
  const up = ms(300);
  lab.sim.at(down, () => lab.sim.down(lab.node("member")));
  lab.sim.at(up, () => lab.sim.up(lab.node("member")));
  const edges = [down + CONVERGENCE, up + CONVERGENCE].flatMap((at) => [at - HOP - 1, at - HOP]);
  say(lab, source, [0, ...edges]);
  lab.to(ms(500));
  assertEquals(log.of("forward").map((line) => Number(line.split(" ")[2])), [0, edges[0], edges[3]]);
  assertEquals(member.texts, ["0", `${edges[3]}`]);
});

Deno.test("Failures: a join while cut off takes effect when routing follows the return", () => {
  const { lab, source, member } = detour();
  say(lab, source, [0]);
  lab.sim.at(ms(10), () => {
    member.host.leaveGroup(0, GROUP);
    lab.sim.down(lab.node("member"));
  });
  lab.sim.at(ms(100), () => member.host.joinGroup(0, GROUP));
  lab.sim.at(ms(200), () => lab.sim.up(lab.node("member")));
  const follows = ms(200) + CONVERGENCE;
  say(lab, source, [follows - HOP - 1, follows - HOP]);
  lab.to(ms(400));
  assertEquals(member.texts, ["0", `${follows - HOP}`]);
});

Deno.test("Failures: a join that is spreading when trees are made anew does not count twice", () => {
  const { lab, log, source, member } = detour();
  member.host.leaveGroup(0, GROUP);
  say(lab, source, [0]);
  // Routing follows while the join is between the segment's router and the next.
  lab.sim.at(ms(100), () => lab.sim.down(lab.node("r2")));
  lab.sim.at(ms(100) + CONVERGENCE - us(1500), () => member.host.joinGroup(0, GROUP));
  lab.sim.at(ms(300), () => member.host.leaveGroup(0, GROUP));
  say(lab, source, [ms(200), ms(400)]);
  lab.to(ms(500));
  assertEquals([member.texts, log.of("forward").length], [[`${ms(200)}`], 1]);
});

Deno.test("Failures: down and up again are no news when they are so already", () => {
  const { lab, link, a, b } = pair();
  lab.sim.down(link);
  lab.sim.down(link);
  lab.sim.up(link);
  a.say("x", GROUP);
  lab.sim.up(link);
  lab.to(ms(10));
  assertEquals(b.texts, ["x"]);
});

Deno.test("Failures: software on a node that is down runs on, cut off", () => {
  const { lab, a, b } = pair();
  b.timeout = ms(5);
  lab.sim.poke(lab.node("b"));
  b.onTimeout = () => b.say("lost", GROUP);
  lab.sim.down(lab.node("b"));
  lab.to(ms(10));
  assertEquals([b.timeouts, a.texts], [[ms(5)], []]);
});

Deno.test("Failures: a crash forgets software, timers and memberships; a restart begins anew", () => {
  const { lab, log, link, a, b } = pair();
  b.timeout = ms(30);
  lab.sim.poke(lab.node("b"));
  say(lab, a, [ms(8), ms(9) + us(500), ms(25), ms(40)]);
  lab.sim.at(ms(10), () => lab.sim.crash(lab.node("b")));
  let second: Probe | undefined;
  lab.sim.at(ms(20), () => {
    second = lab.start(lab.node("b"), (host) => new Probe(host));
    b.say("from the grave", GROUP);
    b.host.joinGroup(0, GROUP);
    b.host.note("MARK", 0, 0);
  });
  lab.sim.at(ms(30), () => second!.host.joinGroup(0, GROUP));
  lab.to(ms(50));
  assertEquals([b.texts, b.timeouts], [[`${ms(8)}`], []]);
  assertEquals([second!.texts, a.texts, log.notes], [[`${ms(40)}`], [], []]);
  assertEquals(log.of("drop"), []);
  const { made, delivered, filtered, dropped } = lab.sim.conservation(link);
  assertEquals([made, delivered, filtered, dropped], [4, 2, 2, 0]);
});

Deno.test("Failures: unicast to a crashed node is lost; on a node without software nobody wants it", () => {
  const { lab, log, link, a } = pair();
  lab.sim.at(ms(10), () => lab.sim.crash(lab.node("b")));
  lab.sim.at(ms(20), () => lab.sim.up(lab.node("b")));
  say(lab, a, [ms(15), ms(25)], MEMBER);
  lab.to(ms(50));
  assertEquals(log.of("drop"), [`drop b:0 ${ms(15)} (node down)`]);
  assertEquals(lab.sim.conservation(link).filtered, 1);
});

Deno.test("Failures: the network learns of a crashed member's leaving one segment delay later", () => {
  const { lab, log, source } = detour();
  const crash = ms(100);
  lab.sim.at(crash, () => lab.sim.crash(lab.node("member")));
  const known = crash + ms(1);
  say(lab, source, [known - HOP - 1, known - HOP]);
  lab.to(ms(300));
  assertEquals(log.of("forward").map((line) => Number(line.split(" ")[2])), [known - HOP - 1]);
});

Deno.test("Failures: a restarted node draws from another stream than before, the same in every run", () => {
  const draws = () => {
    const { lab, b } = pair();
    lab.sim.crash(lab.node("b"));
    const second = lab.start(lab.node("b"), (host) => new Probe(host));
    const third = lab.start(lab.node("b"), (host) => new Probe(host));
    return [b, second, third].map((probe) => probe.host.random.u32());
  };
  const [first, second, third] = draws();
  assertEquals(new Set([first, second, third]).size, 3);
  assertEquals(draws(), [first, second, third]);
});
