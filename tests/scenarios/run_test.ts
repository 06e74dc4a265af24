import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { RunResult } from "../../scenarios/run/result.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";

function run(spec: ScenarioSpec, seed = 1): RunResult {
  return runPlan(planScenario(spec), { seed });
}

function passes(spec: ScenarioSpec, seed = 1): RunResult {
  const result = run(spec, seed);
  assertEquals([result.verdict, result.reasons], ["pass", []]);
  return result;
}

/** One source, receivers on one LAN. */
function lan(script: ScenarioSpec["script"], more: Partial<ScenarioSpec> = {}): ScenarioSpec {
  return defineScenario({
    name: "a-lan",
    about: "One source, three receivers.",
    segments: { lan: { rate: "100Mbps", delay: "1ms" } },
    nodes: {
      sender: { role: "source", on: ["lan"] },
      member: { role: "receiver", on: ["lan"], count: 3 },
    },
    script: script!,
    ...more,
  });
}

const send = { at: "0s", send: { from: "sender", messages: 200, bytes: 700, every: "5ms" } } as const;

Deno.test("runPlan: under loss, duplication, reordering and corruption nothing is lost silently or delivered twice [GEN-001, GEN-002]", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const result = passes(
      lan([
        { at: "3ms", until: "3s", impair: { on: "lan", loss: "5%", duplicate: "3%", corrupt: "2%", reorder: "4%" } },
        send,
      ]),
      seed,
    );
    const members = Object.values(result.receivers);
    assertEquals(members.map(({ delivered, lost }) => delivered + lost), [200, 200, 200]);
    assert(
      members.every(({ counters }) => counters.malformed > 0 && counters.recovered > 0 && counters.duplicates > 0),
    );
  }
});

Deno.test("runPlan: corrupted packets have no effect but a count [PKT-018]", () => {
  const clean = passes(lan([send]));
  const noisy = passes(lan([{ at: "0s", impair: { to: "sender", corrupt: "100%" } }, send]));
  assertEquals(noisy.receivers["member-0"], clean.receivers["member-0"]);
});

Deno.test("runPlan: a partition longer than the window is a reported loss, then the stream goes on [GEN-012]", () => {
  const result = passes(lan(
    [
      { at: "100ms", until: "2s", down: { interface: "member-1:lan" } },
      { at: "0s", send: { from: "sender", messages: 300, bytes: 700, every: "10ms" } },
    ],
    {
      nodes: {
        sender: { role: "source", on: ["lan"], source: { txwSecs: "500ms", txwAdvSecs: "100ms" } },
        member: { role: "receiver", on: ["lan"], count: 2 },
      },
    },
  ));
  const cut = result.receivers["member-1"]!;
  assert(cut.lost > 100 && cut.lost < 190, `${cut.lost} lost`);
  assertEquals(cut.delivered + cut.lost, 300);
  assertEquals(result.receivers["member-0"]!.delivered, 300);
});

Deno.test("runPlan: who listens does not change what a source sends without loss [GEN-003]", () => {
  const sent = (count: number) => {
    const { counters, ...source } = passes(lan([send], {
      nodes: {
        sender: { role: "source", on: ["lan"] },
        member: { role: "receiver", on: ["lan"], count },
      },
    })).sources["sender"]!;
    return { ...source, counters };
  };
  assertEquals(sent(1), sent(9));
});

Deno.test("runPlan: two sources in one group with equal numbers are kept apart [GEN-005]", () => {
  const result = passes(lan(
    [
      { at: "20ms", impair: { to: "member", loss: "5%" } },
      { at: "0s", send: { from: ["sender", "other"], messages: 150, bytes: 700, every: "8ms" } },
    ],
    {
      nodes: {
        sender: { role: "source", on: ["lan"] },
        other: { role: "source", on: ["lan"] },
        member: { role: "receiver", on: ["lan"], count: 2 },
      },
      expect: [{ delivered: 300, to: "member" }, { lost: 0, by: "member" }],
    },
  ));
  assert(result.sources["sender"]!.rdata > 0 && result.sources["other"]!.rdata > 0);
});

/** A source behind two plain routers, receivers on two LANs at the end. */
const ROUTED: ScenarioSpec = defineScenario({
  name: "routed",
  about: "Plain routers between source and receivers.",
  segments: { first: {}, middle: {}, left: {}, right: {} },
  nodes: {
    sender: { role: "source", on: ["first"] },
    near: { role: "router", on: ["first", "middle"] },
    far: { role: "router", on: ["middle", "left", "right"] },
    lefty: { role: "receiver", on: ["left"], count: 2 },
    righty: { role: "receiver", on: ["right"], count: 2 },
  },
  script: [
    { at: "20ms", until: "4s", impair: { to: ["lefty", "righty"], loss: "5%" } },
    { at: "0s", send: { from: "sender", messages: 200, bytes: 700, every: "5ms" } },
  ],
  expect: [{ delivered: 200, to: ["lefty", "righty"] }],
});

Deno.test("runPlan: through plain routers every loss is repaired; repairs and NCFs reach every member [GEN-010, GEN-007]", () => {
  const result = passes(ROUTED);
  const { left, right, first } = result.segments;
  assert(first!.packets["NAK"]! > 0);
  for (const type of ["ODATA", "SPM", "NCF", "RDATA"]) {
    assertEquals(left!.packets[type], first!.packets[type], type);
    assertEquals(right!.packets[type], first!.packets[type], type);
  }
});

Deno.test("runPlan: the same over IPv6 gives the same deliveries", () => {
  const four = passes(ROUTED);
  const six = passes({ ...ROUTED, family: 6 });
  for (const name of ["lefty-0", "righty-1"]) {
    assertEquals(six.receivers[name]!.delivered, four.receivers[name]!.delivered);
    assertEquals(six.receivers[name]!.recovered, four.receivers[name]!.recovered);
  }
});

Deno.test("runPlan: a receiver that leaves does not disturb the others [GEN-004]", () => {
  const stay = passes(lan([send]));
  const go = passes(lan([{ at: "300ms", leave: { node: "member-2" } }, send]));
  assertEquals(go.receivers["member-0"], stay.receivers["member-0"]);
  assert(go.receivers["member-2"]!.delivered < 70);
});

Deno.test("runPlan: a receiver that joins late gets everything from there on", () => {
  const result = passes(lan([{ at: "500ms", join: { node: "late" } }, send], {
    nodes: {
      sender: { role: "source", on: ["lan"] },
      late: { role: "receiver", on: ["lan"], joined: false },
    },
    expect: [{ delivered: "all", to: "late" }],
  }));
  const { delivered } = result.receivers["late"]!;
  assert(delivered >= 98 && delivered <= 101, `${delivered}`);
});

Deno.test("runPlan: crash and restart: a source begins a new session, a receiver begins anew", () => {
  const result = passes(lan([
    { at: "200ms", crash: "member-0" },
    { at: "400ms", restart: "member-0" },
    { at: "600ms", crash: "sender" },
    { at: "700ms", restart: "sender" },
    send,
    { at: "800ms", send: { from: "sender", messages: 50, bytes: 700, every: "5ms" } },
  ], { expect: [{ delivered: "all", to: "member" }] }));
  assertEquals(result.receivers["member-1"]!.delivered, 120 + 50);
  const restarted = result.receivers["member-0"]!.delivered;
  assert(restarted >= 40 + 39 + 50 && restarted <= 40 + 41 + 50, `${restarted}`);
});

Deno.test("runPlan: what misses data at the limit is a liveness failure that names it", () => {
  const result = run(lan([{ at: "50ms", down: { interface: "member-2:lan" } }, send], { limits: { time: "3s" } }));
  assertEquals(result.verdict, "liveness");
  assertStringIncludes(result.reasons[0]!, "member-2 has neither got nor reported SQN 10 of sender");
  assertEquals(result.settledNs, null);
});

Deno.test("runPlan: an expectation that does not hold says what was found", () => {
  const result = run(lan([send], { expect: [{ delivered: 7, to: "member" }, { count: "ODATA", exactly: 200 }] }));
  assertEquals(result.verdict, "expectation");
  assertEquals(result.expectations.map(({ pass, found }) => [pass, found]), [[false, "member-0: 200"], [true, ""]]);
});

Deno.test("runPlan: more messages than the source's buffer takes are sent as room comes", () => {
  const messages = 8000;
  const result = passes(lan([{ at: "0s", send: { from: "sender", messages, bytes: 1400 } }], {
    nodes: {
      sender: { role: "source", on: ["lan"], source: { rate: "80Mbps", peak: "90Mbps" } },
      member: { role: "receiver", on: ["lan"] },
    },
    expect: [{ delivered: messages, to: "member" }],
  }));
  assertEquals(result.sources["sender"]!.odata, messages);
});

Deno.test("runPlan: adding a node to another network leaves the others' draws as they were [SIM-001]", () => {
  const impaired = { at: "10ms", impair: { to: "member", loss: "10%" } } as const;
  const alone = passes(lan([impaired, send]));
  const spec = lan([impaired, send]);
  const more = passes({
    ...spec,
    segments: { ...spec.segments, elsewhere: {} },
    nodes: { stranger: { role: "source", on: ["elsewhere"], group: "239.9.9.9" }, ...spec.nodes },
  });
  assertEquals(more.receivers, alone.receivers);
});
