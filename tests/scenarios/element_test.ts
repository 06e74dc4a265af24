import { assert, assertEquals } from "@std/assert";
import { ms } from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { ofType, sqnOf, watchPass } from "../support/runs.ts";

/** A source, a PGM router, and two receivers on links of their own; the first loses number 5. */
function pair(script: ScenarioSpec["script"], more: Partial<ScenarioSpec["nodes"]> = {}): ScenarioSpec {
  return defineScenario({
    name: "pair",
    about: "A PGM router between a source and two receivers.",
    segments: { trunk: {}, west: {}, east: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { rdataDelay: "100ms" } },
      router: { role: "router", pgm: true, on: ["trunk", "west", "east"] },
      member: { role: "receiver", on: ["west"], receiver: { nakBoIvl: "1ms" } },
      other: { role: "receiver", on: ["east"] },
      ...more,
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } },
      { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
      ...(script ?? []),
    ],
    expect: [{ delivered: 20, to: ["member", "other"] }, { recovered: 1, by: "member" }],
  });
}

Deno.test("element in a network: beyond plain routers the path is the first PGM hop upstream [NE-004]", () => {
  const { trace } = watchPass(defineScenario({
    name: "mixed",
    about: "Two PGM routers with two plain ones between them.",
    segments: { a: {}, b: {}, c: {}, d: {}, e: {} },
    nodes: {
      sender: { role: "source", on: ["a"] },
      near: { role: "router", pgm: true, on: ["a", { segment: "b", address: "10.77.0.1" }] },
      plain: { role: "router", on: ["b", "c"] },
      dull: { role: "router", on: ["c", "d"] },
      far: { role: "router", pgm: true, on: ["d", "e"] },
      member: { role: "receiver", on: ["e"] },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } },
      { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
    ],
    expect: [{ delivered: "all", to: "member" }, { counter: "naksReceived", of: "near", exactly: 1 }],
  }));
  const naks = ofType(trace, "NAK").filter(({ kind }) => kind === "send");
  assertEquals(naks.map(({ node, datagram }) => [node, datagram.destination].join()).slice(1, 2), ["far,10.77.0.1"]);
  // Its NCF takes the way of the data, through both plain routers.
  const ncfs = ofType(trace, "NCF").filter(({ kind, node }) => kind === "forward" && node !== "near");
  assertEquals(ncfs.map(({ node }) => node), ["plain", "dull"]);
});

Deno.test("element in a network: RDATA and NCFs from elsewhere than the source's direction do nothing [NE-049, SEC-005]", () => {
  const from = { from: "intruder", as: "sender", session: "sender" } as const;
  const { result, trace } = watchPass(pair([
    // The NAK for number 5 is on its way up, and nobody has confirmed it yet.
    { at: "73500us", inject: { ...from, packet: { type: "NCF", sqn: 5 } } },
    { at: "100ms", inject: { ...from, packet: { type: "RDATA", sqn: 5, bytes: 1000 } } },
  ], { intruder: { role: "host", on: ["east"] } }));
  const dropped = trace.filter(({ kind, node, detail }) => kind === "drop" && node === "router" && detail === "rpf");
  assertEquals(dropped.map(({ packet }) => packet?.type), ["NCF", "RDATA"]);
  // The receiver's only repair is the source's, 100 ms after its NAK; the link that has not asked sees the forged one only.
  const repairs = ofType(trace, "RDATA").filter(({ kind, node }) => kind === "deliver" && node === "member");
  assertEquals([repairs.length, repairs[0]!.at > ms(170)], [1, true]);
  const { counters } = result.elements["router"]!;
  assertEquals([counters.rdataForwarded, counters.ncfsReceived, counters.naksForwarded], [1, 1, 1]);
});

Deno.test("element in a network: a router that forgets between NAK and repair costs time, not data [NE-048]", () => {
  const { trace } = watchPass(CATALOG.get("router-restart")!);
  const of = (type: "NAK" | "RDATA", node: string, kind: string) =>
    ofType(trace, type).filter((event) => event.node === node && event.kind === kind && sqnOf(event) === 5);
  const asked = ofType(trace, "NAK").filter(({ kind, node, packet }) => {
    return kind === "send" && node.startsWith("member") && packet !== undefined && "sqn" in packet && packet.sqn === 5;
  });
  const [first, second] = asked;
  // The repair that was under way ends at the router that has forgotten; then the receivers ask again.
  const [stopped] = of("RDATA", "router-1", "deliver");
  const [passed] = of("RDATA", "router-1", "forward");
  assert(first!.at < ms(200) && stopped!.at > ms(201) && stopped!.at < second!.at);
  assert(second!.at > first!.at + 1_000_000_000 && passed!.at > second!.at);
});

Deno.test("element in a network: POLLs and NCFs stop at the first PGM hop", () => {
  const { result, trace } = watchPass(pair(
    [
      { at: "5ms", inject: { from: "sender", session: "sender", packet: { type: "POLL", sqn: 1 } } },
      { at: "6ms", inject: { from: "sender", session: "sender", packet: { type: "NCF", sqn: 3 } } },
    ] as ScenarioSpec["script"],
  ));
  assertEquals(result.elements["router"]!.counters.polls, 1);
  assertEquals(ofType(trace, "POLL").map(({ kind, node }) => [kind, node]), [["send", "sender"], [
    "deliver",
    "router",
  ]]);
});

Deno.test("element in a network: repair state is gone at the end; the run waits for it", () => {
  // An NCF for what nobody misses: the state that anticipates a NAK has 2 s to live.
  const { result } = watchPass(pair([
    { at: "400ms", inject: { from: "sender", session: "sender", packet: { type: "NCF", sqn: 19 } } },
  ]));
  assertEquals(result.elements["router"]!.gauges, { sessions: 1, repairs: 0, pending: 0, children: 0, unreachable: 0 });
  assertEquals(result.elements["router"]!.counters.repairsExpired, 1);
  assert(result.simulatedNs >= ms(2400), `${result.simulatedNs}`);
});

Deno.test("element in a network: one NAK reaches the source for a loss above a tree, many without PGM routers", () => {
  const naks = (pgmRouters: number) => {
    const result = runPlan(
      planScenario(defineScenario({
        name: "shared-loss",
        about: "Everybody loses the same packet.",
        topology: { kind: "tree", arity: 4, receivers: 64, pgmRouters, source: { rdataDelay: "200ms" } },
        script: [
          { at: "0s", drop: { to: "root", packet: "ODATA", sqn: 5 } },
          { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
        ],
        expect: [{ delivered: "all", to: "member" }],
      })),
      { seed: 1 },
    );
    assertEquals([result.verdict, result.reasons], ["pass", []]);
    return result.sources["sender"]!.naksReceived;
  };
  assertEquals(naks(1), 1);
  assert(naks(0) > 10);
});
