import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { ofType, watch, watchPass } from "../support/runs.ts";

/** Ten messages of three packets each in 90 ms. */
const spec = defineScenario({
  name: "endings",
  about: "Sessions end.",
  topology: { kind: "lan", receivers: 2, source: { syn: false } },
  script: [{ at: "0s", send: { from: "sender", messages: 10, bytes: 3000, every: "10ms" } }],
});

type Action = NonNullable<ScenarioSpec["script"]>[number];
type Expectation = NonNullable<ScenarioSpec["expect"]>[number];

function ending(actions: readonly Action[], expect: readonly Expectation[] = [], more: object = {}): ScenarioSpec {
  return { ...spec, ...more, script: [...spec.script!, ...actions], expect };
}

function problem(action: unknown): string {
  return assertThrows(() => planScenario(ending([action as Action])), ScenarioError).message;
}

Deno.test("planScenario: close, abort and release: defaults, ranges and who may do it", () => {
  const plan = planScenario(ending([
    { at: "1s", close: { from: "sender" } },
    { at: "2s", abort: { from: "sender" } },
    { at: "3s", abort: { from: "sender", code: 63, nakable: false } },
  ]));
  assertEquals(plan.script.slice(1), [
    { kind: "close", at: 1_000_000_000, nodes: [0] },
    { kind: "abort", at: 2_000_000_000, nodes: [0], code: 0, nakable: true },
    { kind: "abort", at: 3_000_000_000, nodes: [0], code: 63, nakable: false },
  ]);
  assertEquals(
    problem({ at: "1s", abort: { from: "sender", code: 64 } }),
    "script.1.abort.code: 64 is out of range: 0 .. 63",
  );
  assertEquals(
    problem({ at: "1s", close: { from: "member" } }),
    'script.1.close.from: "member-0" is a receiver: a source is needed',
  );
  assertEquals(
    problem({ at: "1s", release: { from: "sender" } }),
    'script.1.release.from: "sender" has nothing to release: its txwStrategy is "advanceWithTime", not "application"',
  );
});

Deno.test("runPlan: close: what is due is sent, then the receivers see the end; nothing is sent later", () => {
  const { result } = watchPass(ending(
    [
      { at: "45ms", close: { from: "sender" } },
      { at: "50ms", close: { from: "sender" } },
    ],
    [
      { delivered: 5, to: "member" },
      { delivered: "all", to: "member" },
      { ended: "fin", by: "member", after: "45ms", before: "1s" },
      { count: "ODATA", exactly: 15 },
      { count: "SPM", option: "FIN", atLeast: 2 },
      { count: "SPM", option: "FIN", before: "45ms", exactly: 0 },
    ],
  ));
  assertEquals(result.sources["sender"]!.state, "lingering");
  assertEquals(result.receivers["member-0"]!.ends.map(({ end, errorCode }) => [end, errorCode]), [["fin", 0]]);
});

Deno.test("runPlan: close: messages that the source had no room for come first", () => {
  const segment = { mtu: 60_000, queue: "1MB" };
  const slow = { topology: { kind: "lan", receivers: 1, segment, source: { rate: "8Mbps", syn: false } } };
  const { result } = watchPass(ending(
    [{ at: "0s", send: { from: "sender", messages: 2, bytes: "3MB" } }, { at: "1s", close: { from: "sender" } }],
    [{ delivered: 12, to: "member-0" }, { ended: "fin", by: "member-0" }],
    slow,
  ));
  assert(result.receivers["member-0"]!.ends[0]!.atNs > 5_000_000_000);
});

Deno.test("runPlan: abort: what waits is owed to nobody, a message that is half sent neither", () => {
  // 100 kB/s: 3 kB messages queue up; after 170 ms, half of the thirty packets are sent.
  const slow = { topology: { kind: "lan", receivers: 2, source: { rate: "800kbps", burst: "1500B", syn: false } } };
  const { result, trace } = watchPass(ending(
    [{ at: "170ms", abort: { from: "sender", code: 5, nakable: false } }],
    [{ ended: "rst", by: "member", code: 5, after: "170ms" }],
    slow,
  ));
  const odata = ofType(trace, "ODATA").filter(({ kind }) => kind === "send");
  assert(odata.length > 3 && odata.length < 30 && odata.length % 3 !== 0, `${odata.length} packets`);
  assert(odata.every(({ at }) => at <= 170_000_000));
  assertEquals(result.receivers["member-0"]!.delivered, Math.floor(odata.length / 3));
});

Deno.test("runPlan: abort of a session that is closed already says so instead", () => {
  watchPass(ending(
    [{ at: "1s", close: { from: "sender" } }, { at: "1500ms", abort: { from: "sender", code: 9 } }],
    [
      { ended: "fin", by: "member" },
      { count: "SPM", option: "RST", after: "1500ms", atLeast: 1 },
      { count: "SPM", option: "RST", before: "1500ms", exactly: 0 },
    ],
  ));
});

Deno.test("runPlan: a source that has crashed can be told nothing", () => {
  const { result } = watch(ending(
    [
      { at: "1s", crash: "sender" },
      { at: "2s", close: { from: "sender" } },
      { at: "3s", abort: { from: "sender" } },
    ],
    [{ count: "SPM", after: "1s", exactly: 0 }],
  ));
  assertEquals(result.reasons, []);
});

Deno.test("runPlan: a run goes on until those who shall have seen the end, within its limits", () => {
  const lost: Action = { at: "0s", until: "5s", drop: { to: "member-1", packet: "SPM", option: "FIN", count: "all" } };
  const actions: Action[] = [lost, { at: "1s", close: { from: "sender" } }];
  const { result } = watchPass(ending(actions, [{ ended: "fin", by: "member" }]));
  assert(result.receivers["member-1"]!.ends[0]!.atNs >= 5_000_000_000);
  const early = watch(ending(actions, [{ ended: "fin", by: "member", before: "4s" }])).result;
  assertEquals(early.verdict, "expectation");
  assertMatch(early.reasons[0]!, /^member: every session ended with fin before 4s: member-1: session \S+ goes on$/);
  const cut = watch(ending(actions, [{ ended: "fin", by: "member" }], { limits: { time: "3s" } })).result;
  assertEquals([cut.verdict, cut.simulatedNs], ["expectation", 3_000_000_000]);
});

Deno.test("runPlan: all sources closed, all quiet: the run ends", () => {
  const quiet = { topology: { kind: "lan", receivers: 1, source: { txwSecs: "5s", syn: false } } };
  const { result } = watchPass(ending(
    [{ at: "100ms", close: { from: "sender" } }],
    [{ ended: "fin", by: "member-0" }, { count: "SPM", before: "1h", atLeast: 1 }],
    quiet,
  ));
  assertEquals(result.sources["sender"]!.state, "closed");
});

Deno.test("runPlan: a window that is full and never released is a liveness failure that says so", () => {
  const manual = {
    ...spec,
    limits: { time: "30s" },
    topology: { kind: "lan", receivers: 1, source: { txwStrategy: "application", txwMaxSqns: 6, syn: false } },
  } as const;
  const result = runPlan(planScenario(manual), { seed: 1 });
  assertEquals([result.verdict, result.reasons], [
    "liveness",
    [
      "limit of 30 s of simulated time reached: sender still has data to send, but its transmit window of 6 packets is " +
      "full and nothing releases them",
    ],
  ]);
});

Deno.test("runPlan: the ladder says who closes, aborts, injects, and who sees which end", () => {
  const lines: string[] = [];
  const plan = planScenario(ending([
    { at: "1s", close: { from: "sender" } },
    { at: "2s", abort: { from: "sender", code: 3, nakable: false } },
    {
      at: "3s",
      inject: {
        from: "member-0",
        session: "sender",
        packet: { type: "NAK", sqn: 4, options: [{ type: "NAK_LIST", sqns: [5, 9] }] },
      },
    },
    // Twice the same at one instant is one line of one node.
    { at: "2500ms", inject: { from: "member-1", session: "sender", packet: { type: "SPMR" }, count: 2 } },
    { at: "3s", inject: { from: "member-0", session: "sender", packet: { type: "SPMR" }, to: "group", ttl: 1 } },
    { at: "3s", inject: { from: "member-0", session: "sender", packet: { type: "SPMR" } } },
  ]));
  runPlan(plan, { seed: 1, ladder: (line) => lines.push(line.replace(/^ +/, "").replaceAll(/ +/g, " ")) });
  const text = lines.join("\n");
  for (
    const line of [
      /^1000\.000 ms sender closes its session$/m,
      /^10\d\d\.\d+ ms 2 x member sees the end of session \S+: finished$/m,
      /^2000\.000 ms sender aborts its session with code 3, takes no NAKs any more$/m,
      /^2500\.000 ms member-1 injects SPMR to 10\.0\.0\.1 on lan, 2 times$/m,
      /^3000\.000 ms member-0 injects NAK 4, 5, 9 src 10\.0\.0\.1 grp 239\.192\.0\.1 on lan$/m,
      /^3000\.000 ms member-0 injects SPMR to the group on lan$/m,
      /^3000\.000 ms member-0 injects SPMR to 10\.0\.0\.1 on lan$/m,
    ]
  ) assertMatch(text, line);
});
