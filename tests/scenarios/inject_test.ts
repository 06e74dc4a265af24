import { assert, assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { InjectPlan } from "../../scenarios/plan.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { nla } from "../support/rig.ts";
import { ofType, watch, watchPass } from "../support/runs.ts";

/** A sender and a receiver behind a router, and an intruder beside each of them. */
const spec = defineScenario({
  name: "intruder",
  about: "Somebody else speaks.",
  segments: { north: { delay: "1ms" }, south: { delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["north"], source: { firstSqn: 100, syn: false } },
    router: { role: "router", on: ["north", "south"] },
    member: { role: "receiver", on: ["south"], count: 2 },
    intruder: { role: "host", on: ["south", "north"] },
  },
});

type Inject = Extract<NonNullable<ScenarioSpec["script"]>[number], { inject: unknown }>["inject"];

function withInject(inject: unknown, more: object = {}): ScenarioSpec {
  return { ...spec, script: [{ at: "1s", ...more, inject: inject as Inject }] };
}

function lowered(inject: Inject): InjectPlan {
  const [action] = planScenario(withInject(inject)).script;
  assert(action?.kind === "inject");
  return action.inject;
}

function problem(inject: unknown, more: object = {}): string {
  return assertThrows(() => planScenario(withInject(inject, more)), ScenarioError).message;
}

const base = { from: "intruder", session: "sender" };
const north = nla("10.0.0.1");
const group = nla("239.192.0.1");

Deno.test("runPlan: inject: what is drawn differs from packet to packet, within its bounds", () => {
  const naks = (seed: number, more: object) => {
    const nak = { ...base, packet: { type: "NAK", sqn: 100 }, count: 50, ...more };
    const { trace } = watch(withInject(nak), { seed });
    return ofType(trace, "NAK").filter(({ kind }) => kind === "send").map(({ packet }) => {
      assert(packet?.type === "NAK");
      return { sqn: packet.sqn, session: `${packet.gsi}.${packet.destinationPort}` };
    });
  };
  const numbers = naks(1, { drawn: ["sqn"], upTo: 103 });
  assertEquals([...new Set(numbers.map(({ sqn }) => sqn))].sort(), [100, 101, 102, 103]);
  assertEquals(new Set(numbers.map(({ session }) => session)).size, 1);
  const sessions = naks(1, { drawn: ["session"] });
  assertEquals(new Set(sessions.map(({ session }) => session)).size, 50);
  assertEquals(new Set(sessions.map(({ sqn }) => sqn)), new Set([100]));
  assertEquals(naks(1, { drawn: ["sqn", "session"] }), naks(1, { drawn: ["sqn", "session"] }));
  const wide = naks(1, { drawn: ["sqn"] });
  assertEquals(new Set(wide.map(({ sqn }) => sqn)).size, 50);
  assert(wide.every(({ sqn }, i) => sqn >= 100 && sqn !== naks(2, { drawn: ["sqn"] })[i]!.sqn));
});

Deno.test("planScenario: inject: only what a packet has can be drawn", () => {
  const at = "script.0.inject";
  assertEquals(problem({ ...base, octets: "00", drawn: ["session"] }), `${at}.drawn: has no use for "octets"`);
  assertEquals(
    problem({ ...base, packet: { type: "SPMR" }, drawn: ["sqn"] }),
    `${at}.drawn: SPMR has no sequence number`,
  );
  assertEquals(
    problem({ ...base, packet: { type: "NAK", sqn: 7 }, drawn: ["sqn"], upTo: 6 }),
    `${at}.upTo: 6 is before the sqn of the packet, 7`,
  );
  assertEquals(lowered({ ...base, packet: { type: "NAK", sqn: 7 }, drawn: ["sqn"], upTo: 7 }).upTo, 7);
});

Deno.test("planScenario: inject: defaults follow the direction in which a packet travels", () => {
  const spm = lowered({ ...base, packet: { type: "SPM" } });
  assertEquals(spm, {
    node: 4,
    iface: 0,
    session: 0,
    source: north,
    destination: group,
    ttl: 64,
    sourcePort: undefined,
    packet: {
      type: "SPM",
      sourcePort: 0,
      destinationPort: 7500,
      gsi: 0,
      options: [],
      sqn: 0,
      trail: 100,
      lead: 99,
      pathNla: north,
    },
    count: 1,
    every: 0,
    drawn: [],
    upTo: 0xffff_ffff,
  });
  const nak = lowered({ ...base, packet: { type: "NAK", sqn: 105, options: [{ type: "NAK_LIST", sqns: [107] }] } });
  assertEquals([nak.source, nak.destination], [nla("10.0.1.4"), north]);
  assertEquals(nak.packet as unknown, {
    type: "NAK",
    sourcePort: 7500,
    destinationPort: 0,
    gsi: 0,
    options: [{ type: "NAK_LIST", sqns: [107] }],
    sqn: 105,
    sourceNla: north,
    groupNla: group,
  });
});

Deno.test("planScenario: inject: nodes stand for their address on the segment, else for their first", () => {
  const packet = { type: "SPM", path: "router" } as const;
  const south = lowered({ ...base, as: "router", to: "member-1", packet });
  assertEquals([south.iface, south.source, south.destination], [0, nla("10.0.1.1"), nla("10.0.1.3")]);
  const farAway = lowered({ ...base, on: "north", as: "member-0", to: "group", packet });
  assertEquals([farAway.iface, farAway.source, farAway.destination], [1, nla("10.0.1.2"), group]);
  assertEquals("pathNla" in farAway.packet && farAway.packet.pathNla, nla("10.0.0.2"));
  const elsewhere = lowered({ ...base, as: "1.2.3.4", to: "224.0.0.1", packet: { type: "SPMR" } });
  assertEquals([elsewhere.source, elsewhere.destination], [nla("1.2.3.4"), nla("224.0.0.1")]);
});

Deno.test("planScenario: inject: octets may be anything; those of a NAK go to the source", () => {
  const odd = lowered({ ...base, octets: "0a0B 0c" });
  assertEquals([odd.packet, odd.destination], [Uint8Array.of(10, 11, 12), group]);
  assertEquals(lowered({ ...base, octets: "00 00 00 00 08" }).destination, north);
  assertEquals(lowered({ ...base, octets: "00 00 00 00 07" }).destination, group);
});

Deno.test("planScenario: inject: every slip is one line", () => {
  const packet = { type: "SPMR" };
  const cases: [inject: unknown, message: string][] = [
    [base, 'script.0.inject: does not say what: give "packet" or "octets"'],
    [{ ...base, packet, octets: "00" }, 'script.0.inject: has both "packet" and "octets": one of them'],
    [{ ...base, octets: "0" }, 'script.0.inject.octets: "0" is not octets in hexadecimal, two digits each'],
    [{ ...base, octets: "00".repeat(65_536) }, "script.0.inject.octets: 65536 octets: at most 65535"],
    [
      { ...base, from: "router", packet },
      'script.0.inject.from: "router" is a router: an end system is needed',
    ],
    [{ ...base, from: "member", packet }, 'script.0.inject.from: "member" is 2 nodes: one is needed'],
    [{ ...base, from: "member-0", on: "north", packet }, 'script.0.inject.on: "member-0" is not attached to "north"'],
    [{ ...base, session: "intruder", packet }, 'script.0.inject.session: "intruder" is a host: a source is needed'],
    [{ ...base, as: "239.1.1.1", packet }, "script.0.inject.as: 239.1.1.1 is not the address of a host"],
    [{ ...base, as: "fd00::1", packet }, "script.0.inject.as: fd00::1 is IPv6, the scenario is IPv4"],
    [{ ...base, to: "1.2.3", packet }, 'script.0.inject.to: "1.2.3" is not an IPv4 or IPv6 address'],
    [
      { ...base, packet: { type: "NAK", trail: 4 } },
      "script.0.inject.packet.trail: NAK has no such field; it has sqn",
    ],
    [
      { ...base, packet: { type: "SPMR", sqn: 4 } },
      "script.0.inject.packet.sqn: SPMR has no such field; it has nothing but options",
    ],
    [
      { ...base, packet: { type: "NAK", options: [{ type: "FIN" }] } },
      "script.0.inject.packet: Cannot encode NAK: OPT_FIN may not be on it",
    ],
    [
      { ...base, packet: { type: "SPM", options: [{ type: "RST", errorCode: 64 }] } },
      "script.0.inject.packet: Cannot encode SPM: RST errorCode 64 must be an integer in 0 .. 63",
    ],
    [
      { ...base, packet: { type: "SPM", parity: true } },
      "script.0.inject.packet: Cannot encode SPM: OPT_PARITY has no meaning here",
    ],
    [
      { ...base, packet, count: 3, every: "6min" },
      "script.0.inject: its packets take 720s, longer than the run (limits.time: 600s)",
    ],
  ];
  for (const [inject, message] of cases) assertEquals(problem(inject), message);
  assertEquals(
    problem({ ...base, packet: { type: "SPMR" } }, { until: "1s" }),
    "script.0.until: 1s is not after at (1s)",
  );
  const many = { at: "1s", inject: { ...base, packet: { type: "SPMR" }, count: 600_000 } } as const;
  assertEquals(
    assertThrows(() => planScenario({ ...spec, script: [many, many] }), ScenarioError).message,
    "script.1: more than 1000000 hand-made packets in all",
  );
});

Deno.test("runPlan: inject: packets of the session reach whom they are for, at their instants", () => {
  const { trace } = watchPass(withInject(
    { ...base, packet: { type: "NAK", sqn: 7 }, count: 5, every: "10ms" },
    { until: "1025ms" },
  ));
  const naks = ofType(trace, "NAK").filter(({ kind }) => kind === "send");
  assertEquals(naks.map(({ at, node }) => [at, node]), [
    [1_000_000_000, "intruder"],
    [1_010_000_000, "intruder"],
    [1_020_000_000, "intruder"],
  ]);
  const [spm] = ofType(trace, "SPM");
  assert(spm?.packet !== undefined);
  for (const { packet } of naks) {
    assertEquals([packet!.gsi, packet!.destinationPort], [spm.packet.gsi, spm.packet.sourcePort]);
  }
  const heard = ofType(trace, "NAK").filter(({ kind, node }) => kind === "deliver" && node === "sender");
  assertEquals(heard.length, 3);
});

Deno.test("runPlan: inject: another port is another session, octets are put as they are", () => {
  const { trace, result } = watchPass({
    ...spec,
    script: [
      { at: "1s", inject: { ...base, sourcePort: 4, packet: { type: "ODATA", sqn: 100, bytes: 3 } } },
      { at: "2s", inject: { ...base, octets: "01 02", count: 2 } },
    ],
    expect: [{ malformed: "Truncated", of: "member", exactly: 2 }, { count: "ODATA", exactly: 1 }],
  });
  const [odata] = ofType(trace, "ODATA");
  assertEquals([odata!.packet!.sourcePort, odata!.datagram.bytes.length], [4, 27]);
  assertEquals(odata!.packet!.gsi, ofType(trace, "SPM")[0]!.packet!.gsi);
  // Nobody sent that session: nobody is held to it.
  assertEquals(result.receivers["member-0"]!.delivered, 1);
});

Deno.test("runPlan: inject: what is put by hand on a source's or receiver's interface is not held against its engine", () => {
  const { result } = watch({
    ...spec,
    script: [
      { at: "0s", inject: { from: "member-0", session: "sender", packet: { type: "NAK", sqn: 9 } } },
      { at: "1s", inject: { from: "sender", session: "sender", packet: { type: "SPM", sqn: 90, lead: 500 } } },
      { at: "1s", inject: { from: "sender", session: "sender", octets: "00" } },
    ],
  });
  assertEquals([result.verdict, result.reasons], ["pass", []]);
});

Deno.test("runPlan: inject: a node that has crashed puts nothing on the network, one that restarted does", () => {
  const inject = { ...base, packet: { type: "SPMR" } } as const;
  const { trace } = watchPass({
    ...spec,
    script: [
      { at: "1s", crash: "intruder" },
      { at: "2s", inject },
      { at: "3s", restart: "intruder" },
      { at: "4s", inject },
    ],
  });
  const sent = ofType(trace, "SPMR").filter(({ kind }) => kind === "send");
  assertEquals(sent.map(({ at }) => at), [4_000_000_000]);
});

Deno.test("runPlan: were the engine itself to send such packets, the checkers would say so", () => {
  const twice = { from: "sender", session: "sender", count: 2 } as const;
  const cases: [inject: Inject, checker: string][] = [
    [{ from: "member-0", session: "sender", sourcePort: 4, packet: { type: "NAK", sqn: 9 } }, "NAK before SPM"],
    [{ from: "sender", session: "sender", packet: { type: "SPM", sqn: 90, lead: 500 } }, "source window"],
    [{ ...twice, packet: { type: "NCF" } }, "rate"],
    [{ ...twice, sourcePort: 4, packet: { type: "ODATA", sqn: 100, options: [{ type: "FIN" }] } }, "session end"],
  ];
  for (const [inject, checker] of cases) {
    const { result } = watch(withInject(inject), {
      prepare: (world) => Object.assign(world, { isInjected: () => false }),
    });
    assertEquals(result.verdict, "safety");
    const found = result.violations.some((violation) => violation.checker === checker);
    assert(found, `${checker}: ${result.reasons.join("; ")}`);
  }
});
