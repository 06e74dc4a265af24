import { assert, assertEquals, assertThrows } from "@std/assert";
import { ms } from "../../engine/mod.ts";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { nla } from "../support/rig.ts";
import { ofType, sqnOf, watchPass } from "../support/runs.ts";

type Action = NonNullable<ScenarioSpec["script"]>[number];
type Expectation = NonNullable<ScenarioSpec["expect"]>[number];

/** sender - a - near - b - far - c - member, and a plain router from c to a. */
function ways(script: readonly Action[], expect: readonly Expectation[] = []): ScenarioSpec {
  return defineScenario({
    name: "ways",
    about: "Two ways from the receiver to the source.",
    segments: { a: {}, b: {}, c: {} },
    nodes: {
      sender: { role: "source", on: ["a"], source: { ambientSpmIvl: "200ms" } },
      near: { role: "router", pgm: true, on: ["a", "b"] },
      far: { role: "router", pgm: true, on: ["b", "c"] },
      around: { role: "router", on: [{ segment: "a", cost: 9 }, { segment: "c", cost: 9 }] },
      member: { role: "receiver", on: ["c"] },
      host: { role: "host", on: ["c"], count: 2 },
    },
    script: [{ at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } }, ...script],
    expect: [...expect],
  });
}

function problem(action: unknown): string {
  return assertThrows(() => planScenario(ways([action as Action])), ScenarioError).message;
}

const nakOf = (sqn: number): Action => ({
  at: "100ms",
  inject: { from: "host-0", session: "sender", packet: { type: "NAK", sqn } },
});

Deno.test("runPlan: route: unicast goes the way that the script says, from its instant on", () => {
  const { trace } = watchPass(ways([
    nakOf(1),
    { at: "200ms", route: { of: "host-0", to: "sender", via: "around" } },
    { ...nakOf(2), at: "201ms" },
  ]));
  const seen = (sqn: number) => {
    return ofType(trace, "NAK").filter((event) => sqnOf(event) === sqn && event.kind === "forward").map((e) => e.iface);
  };
  assertEquals(seen(1), ["far:b", "near:a"]);
  assertEquals(seen(2), ["around:a"]);
});

Deno.test("runPlan: readdress: the next SPM tells those below; NAKs on their way are repeated to the new address [SIM-008]", () => {
  const moved = "10.7.7.7";
  const { trace } = watchPass(ways(
    [
      { at: "0s", drop: { to: "far", packet: "ODATA", sqn: 25 } },
      { at: "255ms", readdress: { interface: "near:b", address: moved } },
    ],
    [
      { delivered: "all", to: "member" },
      { recovered: 1, by: "member" },
      { lost: 0, by: "member" },
      { counter: "pathChanges", of: "far", exactly: 1 },
      { count: "NAK", from: "member", exactly: 1 },
    ],
  ));
  const naks = ofType(trace, "NAK").filter(({ kind, node }) => kind === "send" && node === "far");
  const to = naks.map(({ at, datagram }) => [at < ms(404), datagram.destination === nla(moved)]);
  // SPMs leave at 400 ms; the repeats before go to nobody.
  assert(naks.length >= 2 && to[0]![0]);
  for (const [before, right] of to) assertEquals(before, !right);
  assertEquals(to.filter(([, right]) => right).length, 1);
});

Deno.test("planScenario: route and readdress: names that are not there, ways that are none, addresses that are taken", () => {
  const route = (more: object) => problem({ at: "1s", route: { of: "far", to: "sender", via: "near", ...more } });
  const at = "script.1.route";
  assertEquals(route({ to: "far" }), `${at}.to: "far" needs no route to itself`);
  assertEquals(route({ via: "member" }), `${at}.via: "member" does not forward: it is no router`);
  assertEquals(route({ via: "near", on: "c" }), `${at}.via: "far" shares not "c" with "near"`);
  assertEquals(route({ of: "host" }), `${at}.of: "host" is 2 nodes: one is needed`);
  assertEquals(route({ of: "member" }), `${at}.via: "member" shares no segment with "near"`);
  const readdress = (more: object) =>
    problem({ at: "1s", readdress: { interface: "near:b", address: "10.7.7.7", ...more } });
  const where = "script.1.readdress";
  assertEquals(
    readdress({ interface: "sender:a" }),
    `${where}.interface: "sender" is a source: a router or receiver is needed`,
  );
  assertEquals(readdress({ address: "10.0.0.1" }), `${where}.address: 10.0.0.1 is an address of "sender"`);
  assertEquals(readdress({ address: "fd00::7" }), `${where}.address: fd00::7 is not of the scenario's version of IP`);
  const twice = ["near:b", "far:c"].map((name): Action => {
    return { at: "1s", readdress: { interface: name, address: "10.7.7.7" } };
  });
  assertEquals(
    assertThrows(() => planScenario(ways(twice)), ScenarioError).message,
    "script.2.readdress.address: 10.7.7.7 is given a second time",
  );
});

Deno.test("runPlan: a NAK that reaches the next PGM hop beside the tree has its repair go there: in vain, and reported", () => {
  // What RFC 3208 does not provide for: repairs go where NAKs came from, and the tree does not.
  const { trace } = watchPass(defineScenario({
    ...ways([]),
    segments: { a: {}, b: {}, c: {}, d: {}, e: {} },
    nodes: {
      sender: { role: "source", on: ["a"], source: { ambientSpmIvl: "200ms" } },
      near: { role: "router", pgm: true, on: ["a", "b", { segment: "d", cost: 5 }] },
      down: { role: "router", on: ["b", "c"] },
      up: { role: "router", on: [{ segment: "c", cost: 5 }, { segment: "d", cost: 5 }] },
      far: { role: "router", pgm: true, on: ["c", "e"] },
      member: { role: "receiver", on: ["e"], receiver: { nakDataRetries: 1, nakRdataIvl: "200ms" } },
    },
    script: [
      { at: "0s", route: { of: "far", to: "near", via: "up" } },
      { at: "0s", route: { of: "up", to: "near", via: "near", on: "d" } },
      { at: "0s", drop: { to: "far", packet: "ODATA", sqn: 5 } },
      { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
    ],
    expect: [
      { lost: 1, by: "member" },
      { recovered: 0, by: "member" },
      { counter: "naksReceived", of: "near", atLeast: 2 },
      { counter: "ncfsReceived", of: "far", exactly: 0 },
    ],
  }));
  const ncfs = ofType(trace, "NCF").filter(({ kind, node }) => kind === "send" && node === "near");
  assertEquals(new Set(ncfs.map(({ iface }) => iface)), new Set(["near:d"]));
});
