/**
 * Polls and NAK_BO_IVL on the simulated network.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, type PollValue, seconds } from "../../engine/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import type { World } from "../../scenarios/run/world.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

/** A source polls the receivers on its LAN from 5 s on. */
function polled(count: number, source: Record<string, unknown>, more: Partial<ScenarioSpec> = {}): ScenarioSpec {
  return defineScenario({
    name: "polled-lan",
    about: "A source polls the receivers on its LAN.",
    segments: { lan: { rate: "1Gbps", delay: "1ms" } },
    nodes: {
      sender: { role: "source", on: ["lan"], source: { pollIvl: "5s", pollWait: "100ms", ihbMax: "1s", ...source } },
      member: { role: "receiver", on: ["lan"], count },
    },
    script: [{ at: "0s", send: { from: "sender", messages: 2, bytes: 100, every: "9s" } }],
    ...more,
  } as ScenarioSpec);
}

function sent(trace: readonly Happening[], type: "POLL" | "POLR"): Happening[] {
  return ofType(trace, type).filter(({ kind }) => kind === "send");
}

/** How many reply to the first POLL, over many seeds. */
function repliesToFirst(count: number, bits: number, seeds: number): number[] {
  return Array.from({ length: seeds }, (_, i) => {
    const spec = polled(count, { pollBits: bits, pollReplies: 100, pollAbort: 200, firstPollSqn: 41 });
    const { trace } = watchPass(spec, { seed: i + 1 });
    return sent(trace, "POLR").filter(({ packet }) =>
      packet!.type === "POLR" && packet!.sqn === 41 && packet!.round === 0
    )
      .length;
  });
}

Deno.test("runPlan: of 64 receivers so many reply as POLL_MASK says, all without one [POLL-004, POLL-011]", () => {
  assertEquals(repliesToFirst(64, 0, 3), [64, 64, 64]);
  const mean = (bits: number) => repliesToFirst(64, bits, 40).reduce((sum, replies) => sum + replies, 0) / 40;
  // Within three standard errors of 16 and 8.
  const [two, three] = [mean(2), mean(3)];
  assert(Math.abs(two - 16) < 3 * Math.sqrt(12 / 40), `${two}`);
  assert(Math.abs(three - 8) < 3 * Math.sqrt(7 / 40), `${three}`);
});

Deno.test("runPlan: who joins between two rounds of a poll is not counted in it [POLL-019]", () => {
  const spec = polled(40, { pollBits: 3, pollReplies: 100, pollAbort: 1_000, pollIvl: "5s" }, {
    nodes: {
      sender: {
        role: "source",
        on: ["lan"],
        source: { pollIvl: "5s", pollBits: 20, pollReplies: 100, pollAbort: 1_000, ihbMax: "200ms" },
      },
      member: { role: "receiver", on: ["lan"], count: 40 },
      late: { role: "receiver", on: ["lan"], count: 60, joined: false },
    },
    script: [
      { at: "0s", send: { from: "sender", messages: 4, bytes: 100, every: "9s" } },
      { at: "6s", join: { node: "late" } },
    ],
  });
  const { trace } = watchPass(spec);
  const rounds = sent(trace, "POLL").filter((poll) => sqnOf(poll) === 1);
  assert(rounds.length > 3 && rounds.at(-1)!.at > seconds(10));
  const inFirst = sent(trace, "POLR").filter((polr) => sqnOf(polr) === 1);
  assertEquals(inFirst.filter(({ node }) => node.startsWith("late")), []);
  assert(inFirst.length >= 40);
  const inSecond = sent(trace, "POLR").filter((polr) => sqnOf(polr) === 2);
  assert(inSecond.some(({ node }) => node.startsWith("late")));
});

Deno.test("runPlan: a thousand receivers, all asked to reply: the poll is aborted and few replies are lost on it [POLL-021]", () => {
  const spec = polled(1_000, { pollBits: 0, pollReplies: 32, pollAbort: 128, nakBoIvlMax: "1s" });
  const { trace, result } = watchPass(spec, { seed: 3 });
  const [first, abort] = sent(trace, "POLL") as [Happening, Happening];
  assertEquals([first.at, (abort.packet as PollValue).mask], [seconds(5), 0xffff_ffff]);
  // 128 of 1000 replies spread over 1 s.
  assert(abort.at > first.at + ms(90) && abort.at < first.at + ms(170), `${abort.at - first.at}`);
  const replies = sent(trace, "POLR").filter(({ packet }) => packet!.type === "POLR" && packet!.sqn === 1);
  // Those on the way when the 128th arrived, and those before the abort arrived.
  assert(replies.length >= 128 && replies.length < 140, `${replies.length}`);
  assertEquals(result.sources["sender"]!.counters.pollsAborted, 1);
});

Deno.test("runPlan: the estimate follows a population that grows [POLL-017]", () => {
  const spec = polled(20, { pollBits: 0, pollReplies: 100, pollAbort: 200, pollIvl: "4s" }, {
    nodes: {
      sender: {
        role: "source",
        on: ["lan"],
        source: { pollIvl: "4s", pollBits: 0, pollReplies: 100, pollAbort: 200, ihbMax: "200ms" },
      },
      member: { role: "receiver", on: ["lan"], count: 20 },
      late: { role: "receiver", on: ["lan"], count: 60, joined: false },
    },
    script: [
      { at: "0s", send: { from: "sender", messages: 5, bytes: 100, every: "10s" } },
      { at: "10s", join: { node: "late" } },
    ],
  });
  const populations = new Map<number, number | undefined>();
  const result = runPlan(planScenario(spec), {
    seed: 1,
    observers: (world) => [{
      record: () => {
        const { now } = world.simulation;
        const { source } = (world as World).sources.get(0)!;
        populations.set(Math.floor(now / seconds(1)), source.gauges(now).population);
      },
    }],
  });
  assertEquals(result.verdict, "pass");
  assertEquals([populations.get(3), populations.get(9)], [undefined, 20]);
  // Half of the way with each poll: 50, 65, 72.5, ...
  assertEquals([populations.get(15), populations.get(19)], [50, 65]);
  const last = result.sources["sender"]!.gauges.population!;
  assert(last > 79 && last <= 80, `${last}`);
});

Deno.test("runPlan: a hundred that join silently raise NAK_BO_IVL before the first loss [IMP-018]", () => {
  const source = {
    pollIvl: "4s",
    pollBits: 0,
    pollReplies: 200,
    pollAbort: 400,
    nakBoIvlOn: "NCF+SPM",
    ihbMax: "200ms",
  };
  const spec = polled(4, {}, {
    nodes: {
      sender: { role: "source", on: ["lan"], source },
      member: { role: "receiver", on: ["lan"], count: 4 },
      late: { role: "receiver", on: ["lan"], count: 100, joined: false },
    },
    script: [
      { at: "0s", send: { from: "sender", messages: 4, bytes: 100, every: "7s" } },
      { at: "9s", join: { node: "late" } },
    ],
  } as Partial<ScenarioSpec>);
  const { trace } = watchPass(spec);
  assertEquals(ofType(trace, "NAK"), []);
  const told = (after: number) => {
    const spm = ofType(trace, "SPM").find(({ kind, at }) => kind === "send" && at > after)!;
    const option = spm.packet!.options.find(({ type }) => type === "NAK_BO_IVL") as { ivlUs: number; pollSqn: number };
    return [option.ivlUs, option.pollSqn];
  };
  assertEquals([told(seconds(1)), told(seconds(7))], [[50_000, 0], [50_000, 1]]);
  // 54 on average after one poll that counts 104; then 79.
  assertEquals([told(seconds(11)), told(seconds(15)), told(seconds(19))], [[50_000, 2], [337_500, 3], [493_750, 4]]);
});

Deno.test("runPlan: every repairer replies to a search, which has no POLL_MASK, and offers itself; who is counted says no more than that it is there [POLL-012, POLL-036]", () => {
  const spec = defineScenario({
    name: "three-repairers",
    about: "A network element counts its children, and looks for repairers after the first loss on its left.",
    segments: { trunk: {}, left: {}, right: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { ihbMax: "1s" } },
      root: {
        role: "router",
        on: ["trunk", "left", "right"],
        pgm: true,
        element: { dlrPollIvl: "10s", pollIvl: "5s", pollBits: 0 },
      },
      unlucky: { role: "receiver", on: ["left"] },
      member: { role: "receiver", on: ["right"], count: 2 },
      repairer: { role: "receiver", on: ["right"], count: 3, repairer: { answerNcfs: false } },
    },
    script: [
      { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: 2 } },
      { at: "0s", send: { from: "sender", messages: 8, bytes: 100, every: "1s" } },
    ],
  });
  const { trace, result } = watchPass(spec, { seed: 1 });
  const searches = sent(trace, "POLL").filter(({ packet }) => (packet as PollValue).subType === 1);
  assertEquals(searches.map(({ iface }) => iface), ["root:left", "root:right"]);
  assertEquals(searches.map(({ packet }) => (packet as PollValue).mask), [0, 0]);
  const replies = (offers: boolean) =>
    sent(trace, "POLR").filter(({ packet }) => packet!.options.length > 0 === offers).map(({ node }) => node).sort();
  const offers = sent(trace, "POLR").flatMap(({ packet }) => packet!.options.map(({ type }) => type));
  assertEquals(replies(true), ["repairer-0", "repairer-1", "repairer-2"]);
  assertEquals(offers, ["REDIRECT", "REDIRECT", "REDIRECT"]);
  assertEquals(replies(false), ["member-0", "member-1", ...replies(true), "unlucky"]);
  // The first is asked from then on.
  const { redirects, redirectsIgnored } = result.elements["root"]!.counters;
  assertEquals([redirects, redirectsIgnored], [1, 2]);
});
