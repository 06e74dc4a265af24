/**
 * Receivers that share a LAN, sit on two, or come late: what they ask for, and what reaches the source.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import ncfSuppression from "../../scenarios/catalog/ncf-suppression.ts";
import type { Parent, ReceiverListener } from "../../engine/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import type { World } from "../../scenarios/run/world.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

/** `count` receivers on a LAN behind a router; all of them lose the packets `sqn` of the stream. */
function behindRouter(count: number, sqn: number): ScenarioSpec {
  return defineScenario({
    name: "lan-behind-a-router",
    about: "A LAN of receivers behind a link.",
    segments: { link: { delay: "2ms" }, lan: { delay: "1ms" } },
    nodes: {
      sender: { role: "source", on: ["link"] },
      router: { role: "router", on: ["link", "lan"] },
      // So long that two receivers hardly ever ask within one round trip.
      member: { role: "receiver", on: ["lan"], count, receiver: { nakBoIvl: "5s" } },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn } },
      { at: "0s", send: { from: "sender", messages: 30, bytes: 500, every: "10ms" } },
    ],
    expect: [{ delivered: 30, to: "member" }, { recovered: 1, by: "member" }, { lost: 0, by: "member" }],
  });
}

function on(trace: readonly Happening[], kind: Happening["kind"], segment: string): Happening[] {
  return trace.filter((entry) => entry.kind === kind && entry.iface.endsWith(`:${segment}`));
}

Deno.test("runPlan: two receivers lose the same packet: exactly one NAK leaves the LAN [GEN-018]", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { trace, result } = watchPass(behindRouter(2, 12), { seed });
    assertEquals(ofType(on(trace, "forward", "link"), "NAK").map(sqnOf), [12], `seed ${seed}`);
    const members = Object.values(result.receivers);
    assertEquals(members.map(({ naksSent, naksSuppressed }) => naksSent + naksSuppressed), [1, 1]);
  }
});

Deno.test("runPlan: every node of a LAN hears what is multicast there; one of ten asks, nine keep quiet [SIM-006]", () => {
  const { trace, result } = watchPass(behindRouter(10, 12));
  const repair = ofType(on(trace, "forward", "lan"), "RDATA", "NCF");
  assertEquals(repair.map(({ packet }) => packet!.type), ["NCF", "RDATA"]);
  for (const type of ["ODATA", "NCF", "RDATA"] as const) {
    const put = ofType(on(trace, "forward", "lan"), type).length;
    for (let i = 0; i < 10; i++) {
      const reached = ofType(on(trace, "deliver", "lan"), type).filter(({ node }) => node === `member-${i}`);
      const dropped = ofType(on(trace, "drop", "lan"), type).filter(({ node }) => node === `member-${i}`);
      assertEquals(reached.length + dropped.length, put, `${type} at member-${i}`);
    }
  }
  const members = Object.values(result.receivers);
  assertEquals(members.map(({ naksSent }) => naksSent).sort(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals(members.map(({ naksSuppressed }) => naksSuppressed).sort(), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  // The link has two ends: what the source sends has one taker.
  assertEquals(new Set(on(trace, "deliver", "link").map(({ node }) => node)), new Set(["router", "sender"]));
});

/** A receiver on two networks; it loses SQN 20 on both, then one of its interfaces, then SQN 150 on the other. */
const MULTIHOMED: ScenarioSpec = defineScenario({
  name: "two-networks",
  about: "One session on two interfaces.",
  segments: { backbone: {}, north: { delay: "2ms" }, south: { delay: "5ms" } },
  nodes: {
    sender: { role: "source", on: ["backbone"], source: { ambientSpmIvl: "200ms" } },
    router: { role: "router", on: ["backbone", "north", "south"] },
    dual: { role: "receiver", on: ["north", "south"] },
  },
  script: [
    { at: "0s", drop: { to: "dual", packet: "ODATA", sqn: 20 } },
    { at: "400ms", drop: { to: "dual", packet: "ODATA", sqn: 150 } },
    { at: "1s", down: { interface: "dual:north" } },
    { at: "0s", send: { from: "sender", messages: 300, bytes: 1000, every: "10ms" } },
  ],
});

Deno.test("runPlan: one session on two interfaces: no message twice, NAKs follow the interface of the latest SPM [SIM-014]", () => {
  const cut = 1e9;
  const messages: number[] = [];
  const parents: (Parent | undefined)[] = [];
  const look = (world: World) => {
    const { receiver, member } = world.receivers.get(world.plan.nodes.findIndex(({ name }) => name === "dual"))!;
    tap(member, (sqn) => messages.push(sqn));
    for (const at of [cut - 1, 2 * cut]) {
      world.simulation.at(at, () => parents.push(receiver.sessions[0]!.parent));
    }
  };
  const { trace, result } = watchPass(MULTIHOMED, { prepare: (world) => world.simulation.at(0, () => look(world)) });
  assertEquals(messages, Array.from({ length: 300 }, (_, i) => i));
  assert(result.receivers["dual"]!.duplicates > 50);
  const naks = ofType(trace, "NAK").filter(({ kind, node }) => kind === "send" && node === "dual");
  assertEquals(naks.map((nak) => `${nak.iface} ${sqnOf(nak)}`), ["dual:north 20", "dual:south 150"]);
  assertEquals(parents.map((parent) => parent!.iface), [0, 1]);
});

/** Also tells `hear` of each message. */
function tap(listener: ReceiverListener, hear: (firstSqn: number) => void): void {
  const onMessage = listener.onMessage.bind(listener);
  listener.onMessage = (now, session, message, firstSqn) => {
    hear(firstSqn);
    onMessage(now, session, message, firstSqn);
  };
}

Deno.test("runPlan: a source offers no history, so a late receiver asks for none, only for what it loses later [OPT-038]", () => {
  const { trace, result } = watchPass({
    name: "late-joiner",
    about: "A receiver joins in mid-stream.",
    segments: { lan: {} },
    nodes: {
      sender: { role: "source", on: ["lan"] },
      member: { role: "receiver", on: ["lan"] },
      late: { role: "receiver", on: ["lan"], joined: false },
    },
    script: [
      { at: "500ms", join: { node: "late" } },
      { at: "0s", drop: { to: "late", packet: "ODATA", sqn: 80 } },
      { at: "0s", send: { from: "sender", messages: 100, bytes: 500, every: "10ms" } },
    ],
  });
  const naks = ofType(trace, "NAK").filter(({ kind, node }) => kind === "send" && node === "late");
  assertEquals(naks.map(sqnOf), [80]);
  assertEquals(result.receivers["late"]!.delivered, 50);
  assertEquals(trace.filter(({ packet }) => packet?.options.some(({ type }) => type === "JOIN")), []);
});

Deno.test("runPlan: a repair that waits for further NAKs waits two propagation delays at most [SRC-027]", () => {
  const { trace } = watchPass(ncfSuppression);
  const sent = new Map(ofType(trace, "ODATA").filter(({ kind }) => kind === "send").map((e) => [sqnOf(e), e.at]));
  const delays = ofType(trace, "ODATA").filter(({ kind }) => kind === "deliver").map((e) => e.at - sent.get(sqnOf(e))!);
  const dmax = Math.max(...delays);
  let asked = -1;
  let waits = 0;
  for (const entry of ofType(trace, "NAK", "RDATA")) {
    if (entry.kind === "deliver" && entry.node === "sender" && asked < 0) asked = entry.at;
    if (entry.kind !== "send" || entry.packet!.type !== "RDATA") continue;
    assert(asked >= 0 && entry.at - asked <= 2 * dmax, `RDATA ${entry.at - asked} ns after the NAK, delay ${dmax} ns`);
    if (entry.at > asked) waits++;
    asked = -1;
  }
  assert(waits > 0);
});
