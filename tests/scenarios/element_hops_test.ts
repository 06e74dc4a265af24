import { assert, assertEquals } from "@std/assert";
import { type NakValue, ParseError, viewPacket } from "../../engine/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";
import { nla } from "../support/rig.ts";

const SENDER = "10.50.0.1";

/** sender - a - near - b - far - c - member, and a plain router beside near; the member loses number 5. */
function hops(script: NonNullable<ScenarioSpec["script"]> = []): ScenarioSpec {
  return defineScenario({
    name: "hops",
    about: "A source, two PGM routers and a receiver in a row, and a way around the first router.",
    segments: { a: {}, b: {}, c: {} },
    nodes: {
      sender: { role: "source", on: [{ segment: "a", address: SENDER }], source: { lateJoin: 0.5 } },
      near: {
        role: "router",
        pgm: true,
        on: [{ segment: "a", address: "10.50.0.2" }, { segment: "b", address: "10.51.0.1" }],
      },
      around: { role: "router", on: ["a", { segment: "b", address: "10.51.0.3" }] },
      far: {
        role: "router",
        pgm: true,
        on: [{ segment: "b", address: "10.51.0.2" }, { segment: "c", address: "10.52.0.1" }],
      },
      member: { role: "receiver", on: [{ segment: "c", address: "10.52.0.9" }] },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } },
      { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
      ...script,
    ],
    expect: [{ delivered: "all", to: "member" }, { recovered: 1, by: "member" }],
  });
}

const where = ({ iface, datagram: { source, destination } }: Happening) => `${iface}: ${source} to ${destination}`;

Deno.test("element in a network: hop by hop, a NAK is from who sends it and to the next PGM hop [PKT-040]", () => {
  const { trace } = watchPass(hops());
  const naks = ofType(trace, "NAK").filter(({ kind }) => kind === "send");
  assertEquals(naks.map(where), [
    "member:c: 10.52.0.9 to 10.52.0.1",
    "far:b: 10.51.0.2 to 10.51.0.1",
    `near:a: 10.50.0.2 to ${SENDER}`,
  ]);
});

Deno.test("element in a network: each NCF is for one hop, in the name of the source and its session [GEN-008, GEN-023]", () => {
  const { trace } = watchPass(hops());
  const ncfs = ofType(trace, "NCF").filter(({ kind }) => kind === "send" || kind === "forward");
  const group = ofType(trace, "ODATA")[0]!.datagram.destination;
  assertEquals(ncfs.map(where), ["far:c", "near:b", "sender:a"].map((iface) => `${iface}: ${SENDER} to ${group}`));
  const odata = viewPacket(ofType(trace, "ODATA")[0]!.datagram);
  for (const { datagram } of ncfs) {
    const view = viewPacket(datagram);
    assertEquals([view.gsi, view.sessionPort, view.groupPort], [odata.gsi, odata.sessionPort, odata.groupPort]);
  }
});

Deno.test("element in a network: what goes on is what came in, but for SPM_PATH and the checksum [GEN-014, PKT-017]", () => {
  const { trace } = watchPass(hops());
  const sentBy = (type: "SPM" | "RDATA", node: string) => {
    const copies = ofType(trace, type).filter((event) => event.node === node && event.kind !== "deliver");
    return new Map(copies.map((event) => [sqnOf(event), event.datagram]));
  };
  const [original, spms] = [sentBy("SPM", "sender"), sentBy("SPM", "far")];
  assert(spms.size >= 3);
  for (const [sqn, { bytes }] of spms) {
    const expected = original.get(sqn)!.bytes.slice();
    expected.set([10, 52, 0, 1], 32);
    expected.set(bytes.subarray(6, 8), 6);
    assertEquals(bytes, expected);
  }
  assertEquals(sentBy("RDATA", "far").get(5)!.bytes, sentBy("RDATA", "sender").get(5)!.bytes);
  for (const { datagram } of trace) assertEquals(viewPacket(datagram).error, ParseError.None);
});

Deno.test("element in a network: NAKs take the PGM hops of the data, whatever unicast prefers; SPMRs do not [GEN-009, SPMR-015]", () => {
  const run = watchPass(
    hops([{ at: "5ms", inject: { from: "member", session: "sender", packet: { type: "SPMR" } } }]),
    {
      prepare: ({ simulation, nodes, plan }) => {
        const named = (name: string) => nodes[plan.nodes.findIndex((node) => node.name === name)]!;
        simulation.routeUnicast(named("far"), nla(SENDER), 0, named("around"));
      },
    },
  );
  const passed = (type: "NAK" | "SPMR") =>
    ofType(run.trace, type).filter(({ kind }) => kind === "send" || kind === "forward").map(({ node }) => node);
  assertEquals(passed("SPMR"), ["member", "far", "around"]);
  assertEquals(passed("NAK"), ["member", "far", "near"]);
  const before = run.trace.filter(({ at, packet }) => at < 50_000_000 && packet?.type === "NCF");
  assertEquals([before, run.result.elements["far"]!.counters.repairsPeak], [[], 1]);
});

Deno.test("element in a network: ODATA passes a PGM router unseen [GEN-016]", () => {
  const { trace, result } = watchPass(hops());
  const details = new Set(
    ofType(trace, "ODATA").filter(({ kind, node }) => kind === "deliver" && node === "far").map(({ detail }) => detail),
  );
  assertEquals([...details], ["switch"]);
  assertEquals(result.receivers["member"]!.counters.odata, 19);
});

Deno.test("element in a network: five receivers, a loss that three share: one NAK at the source, repairs where they are missed [GEN-019]", () => {
  const { trace, result } = watchPass(defineScenario({
    name: "five",
    about: "Two PGM routers below one; the left one and a receiver on the right lose a packet.",
    segments: { t: {}, l: {}, r: {}, a: {}, b: {}, c: {}, d: {}, e: {} },
    nodes: {
      sender: { role: "source", on: ["t"], source: { rdataDelay: "100ms" } },
      root: { role: "router", pgm: true, on: ["t", "l", "r"] },
      left: { role: "router", pgm: true, on: ["l", "a", "b"] },
      right: { role: "router", pgm: true, on: ["r", "c", "d", "e"] },
      m1: { role: "receiver", on: ["a"] },
      m2: { role: "receiver", on: ["b"] },
      m3: { role: "receiver", on: ["c"] },
      m4: { role: "receiver", on: ["d"] },
      m5: { role: "receiver", on: ["e"] },
    },
    script: [
      { at: "0s", drop: { to: ["left", "m3"], packet: "ODATA", sqn: 5 } },
      { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
    ],
    expect: [{ delivered: "all", to: "m*" }, { recovered: 1, by: ["m1", "m2", "m3"] }],
  }));
  assertEquals(result.sources["sender"]!.naksReceived, 1);
  const repaired = ofType(trace, "RDATA").filter(({ kind }) => kind === "send" || kind === "forward");
  assertEquals(repaired.map(({ iface }) => iface).sort((a, b) => a < b ? -1 : 1), [
    "left:a",
    "left:b",
    "right:c",
    "root:l",
    "root:r",
    "sender:t",
  ]);
});

Deno.test("element in a network: next to a PGM router or behind a plain one, the same is delivered [GEN-011]", () => {
  const run = (pgm: boolean) =>
    watchPass(defineScenario({
      name: "next-to",
      about: "A router with receivers on links of their own.",
      topology: { kind: "star", receivers: 20, pgmRouters: pgm ? 1 : 0, source: { rdataDelay: "100ms" } },
      script: [
        { at: "0s", drop: { to: "hub", packet: "ODATA", sqn: 5 } },
        { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
      ],
      expect: [{ delivered: 20, to: "member" }, { lost: 0, by: "member" }],
    })).result.sources["sender"]!.naksReceived;
  assertEquals(run(true), 1);
  assert(run(false) > 1);
});

Deno.test("element in a network: after a change of the tree NAKs go unconfirmed until an SPM crosses the new one [SRC-011]", () => {
  const { trace, result } = watchPass(defineScenario({
    name: "re-route",
    about: "The upstream PGM router fails in mid-stream; another takes over.",
    segments: { a: {}, b: {}, c: {} },
    nodes: {
      sender: { role: "source", on: ["a"], source: { ambientSpmIvl: "500ms" } },
      first: { role: "router", pgm: true, on: ["a", "b"] },
      second: { role: "router", pgm: true, on: ["a", { segment: "b", cost: 5 }] },
      far: { role: "router", pgm: true, on: ["b", "c"] },
      member: { role: "receiver", on: ["c"], receiver: { nakBoIvl: "1ms" } },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 15 } },
      { at: "0s", send: { from: "sender", messages: 100, bytes: 1000, every: "10ms" } },
      { at: "100ms", down: { node: "first" } },
    ],
    expect: [{ delivered: "all", to: "member" }, { recovered: { atLeast: 1 }, by: "member" }],
  }));
  const spm = ofType(trace, "SPM").find(({ kind, node, at }) =>
    kind === "deliver" && node === "far" && at > 150_000_000
  )!;
  const naks = ofType(trace, "NAK").filter(({ kind, node, packet }) =>
    kind === "send" && node === "far" && (packet as NakValue).sqn === 15
  );
  const ncf = ofType(trace, "NCF").find(({ kind, node, at }) =>
    kind === "deliver" && node === "far" && at > 150_000_000
  )!;
  const before = naks.filter(({ at }) => at < spm.at);
  const after = naks.filter(({ at }) => at >= spm.at);
  assert(before.length > 1 && after.length === 1 && ncf.at > after[0]!.at);
  assertEquals(new Set(before.map(({ datagram }) => datagram.destination)).size, 1);
  assertEquals(before[0]!.datagram.destination === after[0]!.datagram.destination, false);
  assertEquals(result.elements["far"]!.counters.pathChanges, 1);
});
