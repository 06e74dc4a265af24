/**
 * A LAN of receivers that hear data and no SPM: one asks the source, for all of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, seconds } from "../../engine/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { ofType, watchPass } from "../support/runs.ts";

const GROUP_PREFIX = "239.";
/** `count` receivers on the LAN of their source, whose SPMs are lost until 2.5 s; the next one is due at 3 s. */
function withoutSpms(count: number): ScenarioSpec {
  return defineScenario({
    name: "data-without-spms",
    about: "Receivers on a LAN hear data and no SPM.",
    segments: { lan: { delay: "1ms" } },
    nodes: {
      sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "1s", ihbMin: "60s", ihbMax: "60s" } },
      // Delays so far apart that two receivers hardly ever ask within one round trip, and no second round before 3 s.
      member: { role: "receiver", on: ["lan"], count, receiver: { spmrBoIvl: "500ms", spmrSpmIvl: "5s" } },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "SPM", count: "all" }, until: "2.5s" },
      { at: "2s", send: { from: "sender", messages: 50, bytes: 500, every: "20ms" } },
    ],
    expect: [{ delivered: 50, to: "member" }, { lost: 0, by: "member" }],
  });
}

Deno.test("runPlan: of ten receivers that need an SPM one asks; the others say nothing before it comes [SPMR-011, SPMR-016]", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { trace } = watchPass(withoutSpms(10), { seed });
    const sent = ofType(trace, "SPMR").filter(({ kind }) => kind === "send");
    const unicast = sent.filter(({ datagram }) => !datagram.destination.startsWith(GROUP_PREFIX));
    assertEquals([sent.length, unicast.length], [2, 1], `seed ${seed}`);
    const asked = unicast[0]!;
    const answer = ofType(trace, "SPM").find(({ kind, node }) => kind === "deliver" && node.startsWith("member"))!;
    const between = trace.filter(({ kind, at, node }) => (
      kind === "send" && at >= asked.at && at <= answer.at && node !== "sender"
    ));
    assertEquals(between.map(({ node, packet }) => [node, packet!.type]), [[asked.node, "SPMR"], [asked.node, "SPMR"]]);
  }
});

Deno.test("runPlan: a late joiner that asks has an SPM long before the next ambient one [SPMR-001]", () => {
  const waited = (spmr: boolean) => {
    const spec = defineScenario({
      name: "late-joiner",
      about: "A receiver joins while data flows and SPMs are rare.",
      segments: { lan: { delay: "1ms" } },
      nodes: {
        sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "20s", ihbMin: "1s", ihbMax: "60s" } },
        member: { role: "receiver", on: ["lan"], receiver: { spmr } },
      },
      script: [
        { at: "0s", send: { from: "sender", messages: 300, bytes: 500, every: "100ms" } },
        { at: "0s", drop: { to: "member", count: "all" }, until: "5s" },
      ],
      expect: [{ delivered: { atLeast: 200 }, to: "member" }],
    });
    const heard = ofType(watchPass(spec).trace, "SPM").find(({ kind, node }) =>
      kind === "deliver" && node === "member"
    )!;
    return heard.at - seconds(5);
  };
  assert(waited(true) < ms(400), `${waited(true)} ns`);
  assert(waited(false) > seconds(10), `${waited(false)} ns`);
});
