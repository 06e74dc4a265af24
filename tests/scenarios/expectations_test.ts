import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Datagram, encodePacket, OptionType, type PacketValue } from "../../engine/mod.ts";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { compileMatch } from "../../scenarios/run/match.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { OPTION_NAMES } from "../../scenarios/language/spec_match.ts";
import { EVERY_PACKET } from "../support/matches.ts";
import { GROUP, nak, nla, odata, rdata, SOURCE, spm } from "../support/rig.ts";

/** Five messages, 10 ms apart; the session is closed at 1 s. */
const spec = defineScenario({
  name: "expected",
  about: "What is expected is found, or what is instead.",
  topology: { kind: "lan", receivers: 2, source: { syn: false } },
  nodes: { intruder: { role: "host", on: ["lan"] } },
  script: [
    { at: "0s", send: { from: "sender", messages: 5, bytes: 1000, every: "10ms" } },
    { at: "1s", close: { from: "sender" } },
    { at: "1s", inject: { from: "intruder", session: "sender", octets: "00" } },
  ],
});

type Expectation = NonNullable<ScenarioSpec["expect"]>[number];

/** What the run says of an expectation: "" if it holds. */
function found(expectation: Expectation): string {
  return runPlan(planScenario({ ...spec, expect: [expectation] }), { seed: 1 }).expectations[0]!.found;
}

function problem(expectation: unknown): string {
  return assertThrows(() => planScenario({ ...spec, expect: [expectation as Expectation] }), ScenarioError).message;
}

Deno.test("times: exactly these instants, each within its tolerance", () => {
  const late = { times: "ODATA", after: "10ms" } as const;
  assertEquals(found({ ...late, are: ["10ms", "20ms", "30ms", "40ms"] }), "");
  assertEquals(found({ ...late, are: ["10ms", "20001us", "30ms", "40ms"] }), "");
  assertEquals(found({ ...late, are: ["10ms", "20001001ns", "30ms", "40ms"] }), "one at 20ms instead of 20.001001ms");
  assertEquals(found({ ...late, within: "2ms", are: ["10ms", "22ms", "30ms", "40ms"] }), "");
  assertEquals(found({ ...late, are: ["10ms", "20ms", "30ms"] }), "another at 40ms");
  assertEquals(found({ ...late, are: ["10ms", "20ms", "30ms", "40ms", "50ms"] }), "none at 50ms");
  assertEquals(found({ times: "NAK", are: [] }), "");
  assertEquals(found({ times: "ODATA", from: "member", are: [] }), "");
  assertEquals(found({ ...late, before: "25ms", sqn: "2..9", are: ["20ms"] }), "");
});

Deno.test("spacing: the time from each packet to the next", () => {
  const late = { spacing: "ODATA", after: "10ms" } as const;
  assertEquals(found({ ...late, atLeast: "10ms", atMost: "10ms" }), "");
  assertEquals(found({ ...late, atLeast: "10001us" }), "10ms before the one at 20ms");
  assertEquals(found({ ...late, atMost: "9999us" }), "10ms before the one at 20ms");
  assertEquals(found({ ...late, sqn: 3, atMost: "1s" }), "fewer than two packets");
});

Deno.test("delivered: how many messages, by when and from when on", () => {
  // They arrive at 1.089, 11.084, ... 41.084 ms.
  const to = "member";
  assertEquals(found({ delivered: 3, to, before: "31ms" }), "");
  assertEquals(found({ delivered: 2, to, after: "31ms" }), "");
  assertEquals(found({ delivered: 1, to, after: "21ms", before: "31ms" }), "");
  assertEquals(found({ delivered: 5, to, before: "41ms" }), "member-0: 4");
  assertEquals(found({ delivered: 0, to, after: "2s" }), "");
});

Deno.test("lost: how many sequence numbers, by when and from when on", () => {
  const script = [
    { at: "0s", drop: { to: "member-1", packet: ["ODATA", "RDATA"], sqn: "1..2", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 5, bytes: 1000, every: "10ms" } },
  ] as const;
  const topology = {
    kind: "lan",
    receivers: 2,
    receiver: { nakDataRetries: 0, nakRdataIvl: "1s", nakBoIvl: "1us" },
  } as const;
  const foundLost = (expectation: Expectation) =>
    runPlan(planScenario({ ...spec, topology, script, expect: [expectation] }), { seed: 1 }).expectations[0]!.found;
  // Missed at 31.084 and 41.084 ms, asked for at once, confirmed 2 ms and given up 1 s later.
  assertEquals(foundLost({ lost: 2, by: "member-1" }), "");
  assertEquals(foundLost({ lost: 0, by: "member-1", before: "1s" }), "");
  assertEquals(foundLost({ lost: 2, by: "member-1", after: "1s", before: "1100ms" }), "");
  assertEquals(foundLost({ lost: 2, by: "member", after: "1s" }), "member-0: 0");
  assertEquals(foundLost({ lost: 2, by: "member-1", before: "1s" }), "member-1: 0");
});

Deno.test("delivered, lost: a run goes on until the end of their times", () => {
  const plan = planScenario({ ...spec, expect: [{ delivered: 5, to: "member", before: "7s" }] });
  assertEquals(runPlan(plan, { seed: 1 }).simulatedNs, 7e9);
  assertEquals(
    problem({ delivered: "all", to: "member", before: "1s" }),
    'expect.0.delivered: "all" is known at the end only: give a number with after or before',
  );
  assertEquals(
    problem({ lost: 0, by: "member", after: "2s", before: "1s" }),
    "expect.0.before: 1s is not later than after (2s)",
  );
});

Deno.test("ended: every session of every receiver, its cause, code and time", () => {
  assertEquals(found({ ended: "fin", by: "member", after: "1s", before: "1100ms" }), "");
  assertMatch(found({ ended: "rst", by: "member" }), /^member-0: session \S+: fin at 1\.00\d+s$/);
  assertMatch(found({ ended: "fin", by: "member", after: "1100ms" }), /^member-0: session \S+: fin at 1\.00\d+s$/);
  assertMatch(found({ ended: "fin", by: "member", before: "900ms" }), /^member-0: session \S+: fin at 1\.00\d+s$/);
  assertEquals(found({ ended: "fin", by: "member", source: "sender" }), "");
  const deaf = { ...spec, script: [{ at: "0s", leave: { node: "member-1" } }, ...spec.script!] } as ScenarioSpec;
  const plan = planScenario({ ...deaf, limits: { time: "5s" }, expect: [{ ended: "fin", by: "member" }] });
  assertEquals(runPlan(plan, { seed: 1 }).expectations[0]!.found, "member-1: it followed no session");
});

Deno.test("ended: only the sessions of some sources", () => {
  const two = {
    ...spec,
    nodes: { ...spec.nodes, other: { role: "source", on: ["lan"] } },
    script: [...spec.script!, { at: "5ms", send: { from: "other", messages: 3, bytes: 10 } }],
  } as ScenarioSpec;
  const outcome = (expectation: Expectation) => {
    const { simulatedNs, expectations } = runPlan(
      planScenario({ ...two, limits: { settle: "10ms" }, expect: [expectation] }),
      { seed: 1 },
    );
    return [expectations[0]!.found.replace(/session \S+/, "session"), Math.round(simulatedNs / 1e9)];
  };
  assertEquals(outcome({ ended: "fin", by: "member", before: "2s" }), ["member-0: session goes on", 2]);
  assertEquals(outcome({ ended: "fin", by: "member", source: "sender" }), ["", 1]);
  assertEquals(outcome({ ended: "fin", by: "member", source: "other", before: "2s" }), [
    "member-0: session goes on",
    2,
  ]);
  // The session of the other source has ended when its silence is noticed, 300 s later: the run waits for that.
  const crash = { ...two, script: [...two.script!, { at: "1s", crash: "other" }] } as ScenarioSpec;
  const plan = planScenario({ ...crash, expect: [{ ended: "idle", by: "member", source: "other", after: "300s" }] });
  assertEquals(runPlan(plan, { seed: 1 }).reasons, []);
});

Deno.test("counter, malformed, started: of each node", () => {
  assertEquals(found({ counter: "odata", of: ["sender", "member"], exactly: 5 }), "");
  assertEquals(found({ counter: "odata", of: ["sender", "member"], atMost: 4 }), "sender: 5");
  assertEquals(found({ malformed: "Truncated", of: "member", exactly: 1 }), "");
  assertEquals(found({ malformed: "Truncated", of: ["member", "sender"], exactly: 1 }), "sender: 0");
  assertEquals(found({ malformed: "BadChecksum", of: "member", atLeast: 1 }), "member-0: 0");
  assertEquals(found({ started: 0, by: "member" }), "");
  assertEquals(found({ started: { atLeast: 1 }, by: "member" }), "member-0: 0");
});

Deno.test("planScenario: expectations that make no sense are one line each", () => {
  const cases: [expectation: unknown, message: string][] = [
    [
      { times: "SPM", are: ["2s", "1s"] },
      "expect.0.are.1: 1s is before the one before it",
    ],
    [
      { times: "SPM", after: "2s", are: ["1s"] },
      "expect.0.are.0: 1s is not between after and before",
    ],
    [{ times: "SPM" }, 'expect.0: missing key "are": the instants, in order: no more and no fewer'],
    [{ spacing: "SPM" }, "expect.0: does not say how far apart: give atLeast or atMost"],
    [{ spacing: "SPM", atLeast: "2s", atMost: "1s" }, "expect.0.atLeast: 2s is more than atMost (1s)"],
    [{ spacing: "SPM", atLeast: "2s", after: "1s", before: "1s" }, "expect.0.before: 1s is not later than after (1s)"],
    [
      { ended: "fin", by: "member", code: 3 },
      'expect.0.code: a session that ends with "fin" has no error code: only "rst" has',
    ],
    [
      { ended: "finn", by: "member" },
      'expect.0.ended: unknown end "finn": did you mean "fin"? allowed: fin, rst, loss, idle',
    ],
    [{ ended: "fin", by: "sender" }, 'expect.0.by: "sender" is a source: a receiver is needed'],
    [
      { ended: "fin", by: "member", source: "member-0" },
      'expect.0.source: "member-0" is a receiver: a source is needed',
    ],
    [
      { counter: "spm", of: "intruder", exactly: 1 },
      'expect.0.of: "intruder" is a host: a source, a receiver or a router with "pgm" is needed',
    ],
    [{ counter: "spm", of: "sender" }, "expect.0: does not say how many: give exactly, atLeast or atMost"],
    [
      { count: "SPM", option: "FINN", exactly: 1 },
      `expect.0.option: unknown option "FINN": did you mean "FIN"? allowed: ${OPTION_NAMES.join(", ")}`,
    ],
    [
      { count: "SPM", cast: "broadcast", exactly: 1 },
      'expect.0.cast: unknown cast "broadcast": allowed: unicast, multicast',
    ],
  ];
  for (const [expectation, message] of cases) assertEquals(problem(expectation), message);
  assertMatch(
    problem({ counter: "naksSend", of: "member", exactly: 1 }),
    /^expect\.0\.counter: unknown counter "naksSend": did you mean "naksSent"\? allowed: odata, /,
  );
  assertMatch(
    problem({ counter: "naksSent", of: ["member", "sender"], exactly: 1 }),
    /^expect\.0\.counter: unknown counter "naksSent": .*allowed: messages, /,
  );
  assertMatch(
    problem({ malformed: "Truncate", of: "member", exactly: 1 }),
    /^expect\.0\.malformed: unknown cause "Truncate": did you mean "Truncated"\? allowed: Truncated, BadChecksum, /,
  );
});

function datagram(value: PacketValue, destination = GROUP): Datagram {
  return new Datagram({ source: SOURCE, destination, ttl: 1, routerAlert: false, bytes: encodePacket(value) });
}

Deno.test("compileMatch: trail, lead, cast and option", () => {
  const plain = datagram(spm({ sqn: 0, trail: 0, lead: 0 }));
  const fin = datagram({ ...spm({ sqn: 0, trail: 0, lead: 0 }), options: [{ type: "FIN" }] });
  const asked = datagram(nak({ sqn: 3 }), nla("10.0.0.1"));
  const broken = new Datagram({ ...asked, bytes: new Uint8Array(3) });
  const chosen = (match: Partial<Parameters<typeof compileMatch>[0]>) => {
    const matches = compileMatch({ ...EVERY_PACKET, ...match }, []);
    return [plain, fin, asked, broken].map((packet) => matches(packet) ? 1 : 0).join("");
  };
  assertEquals(chosen({}), "1111");
  assertEquals(chosen({ cast: "multicast" }), "1100");
  assertEquals(chosen({ cast: "unicast" }), "0011");
  assertEquals(chosen({ options: ["FIN"] }), "0100");
  assertEquals(chosen({ options: ["SYN", "FIN"], cast: "unicast" }), "0000");
  assertEquals([chosen({ trails: [[0, 0]] }), chosen({ leads: [[0, 0]] })], ["1100", "1100"]);
  assertEquals([chosen({ trails: [[1, 2]] }), chosen({ leads: [[1, 2]] })], ["0000", "0000"]);
  const numbers = { sqn: 5, trail: 0xffff_fffe };
  for (const packet of [datagram(odata(numbers)), datagram(rdata(numbers))]) {
    const matches = (match: Partial<Parameters<typeof compileMatch>[0]>) =>
      compileMatch({ ...EVERY_PACKET, ...match }, [])(packet);
    assertEquals([matches({ trails: [[0xffff_fff0, 0]] }), matches({ trails: [[0, 5]] })], [true, false]);
    assertEquals(matches({ leads: [[0, 0]] }), false);
  }
});

Deno.test("OPTION_NAMES: all options of the engine but those that say nothing", () => {
  const named = Object.keys(OptionType).filter((name) => name !== "LENGTH" && name !== "INVALID");
  assertEquals([...OPTION_NAMES] as string[], named);
});

Deno.test("runPlan: drop: an option and a cast narrow what is lost", () => {
  const { expectations, reasons } = runPlan(
    planScenario({
      ...spec,
      script: [
        ...spec.script!,
        { at: "0s", until: "1500ms", drop: { to: "member-1", option: "FIN", cast: "multicast", count: "all" } },
        { at: "0s", drop: { to: "member-0", cast: "unicast", count: "all" } },
      ],
      expect: [{ ended: "fin", by: "member-1", after: "1500ms" }, { ended: "fin", by: "member-0", before: "1100ms" }],
    }),
    { seed: 1 },
  );
  assertEquals([expectations.map(({ pass }) => pass), reasons], [[true, true], []]);
});

Deno.test("RunResult: ends, sessions, states and malformed packets by cause", () => {
  const { receivers, sources } = runPlan(planScenario(spec), { seed: 1 });
  const member = receivers["member-0"]!;
  assertEquals([member.malformed, member.counters.malformed], [{ Truncated: 1 }, 1]);
  assertEquals(member.ends.map(({ end, errorCode }) => [end, errorCode]), [["fin", 0]]);
  assertEquals(member.sessions.map(({ tsi, ended }) => [tsi, ended]), [[member.ends[0]!.tsi, "fin"]]);
  const { state, gauges, malformed } = sources["sender"]!;
  assertEquals([state, gauges.trail, gauges.lead, gauges.waitingPackets, malformed], ["lingering", 0, 4, 0, {}]);
});
