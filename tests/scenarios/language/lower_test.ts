import { assertEquals, assertThrows } from "@std/assert";
import { NEVER, seconds } from "../../../engine/base/time.ts";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import type { ActionPlan, Plan } from "../../../scenarios/plan.ts";
import { PACKET_NAMES } from "../../../scenarios/language/spec_match.ts";
import { EVERY_PACKET } from "../../support/matches.ts";
import { edited, everything, minimal, ncfSuppression, ncfSuppressionJson } from "./example_specs.ts";

const plan = planScenario(everything);

/** The actions of one kind, in order. */
function actions<K extends ActionPlan["kind"]>(kind: K, from: Plan = plan): (ActionPlan & { kind: K })[] {
  return from.script.filter((action): action is ActionPlan & { kind: K } => action.kind === kind);
}

/** `node:segment direction` of places and targets. */
function where(places: readonly { node: number; iface: number; direction?: string }[], from: Plan = plan): string[] {
  return places.map(({ node, iface, direction }) => {
    const { name, interfaces } = from.nodes[node]!;
    return `${name}:${from.segments[interfaces[iface]!.segment]!.name}${
      direction === undefined ? "" : ` ${direction}`
    }`;
  });
}

function names(nodes: readonly number[]): string[] {
  return nodes.map((node) => plan.nodes[node]!.name);
}

Deno.test("planScenario: a scenario in TypeScript and in JSON give the same plan", () => {
  assertEquals(planScenario(JSON.parse(ncfSuppressionJson)), planScenario(ncfSuppression));
  assertEquals(planScenario(JSON.parse(JSON.stringify(everything))), plan);
});

Deno.test("planScenario: the suppression scenario, number by number", () => {
  const { nodes, ...rest } = planScenario(ncfSuppression, ["receivers=2"]);
  assertEquals(rest, {
    name: "ncf-suppression",
    about: "Fifty receivers on one LAN lose the same packet: one asks, the NCF silences the others.",
    rfc: ["5.2", "6.3"],
    params: { receivers: 2 },
    limits: { time: seconds(600), events: 200_000_000, settle: seconds(1) },
    convergence: 100_000_000,
    segments: [{ name: "lan", bitsPerSecond: 100_000_000, delay: 1_000_000, queueBytes: 256_000, mtu: 1500 }],
    script: [
      { kind: "send", at: 0, send: { from: [0], messages: 20, minBytes: 1000, maxBytes: 1000, every: 0 } },
      {
        kind: "drop",
        at: 0,
        until: NEVER,
        places: [{ node: 1, iface: 0, direction: "in" }, { node: 2, iface: 0, direction: "in" }],
        match: { ...EVERY_PACKET, types: ["ODATA"], sqns: [[7, 7]] },
        first: 1,
        count: 1,
      },
    ],
    expect: [
      { kind: "delivered", by: [1, 2], count: "all", after: 0, before: NEVER, text: "member: all messages delivered" },
      {
        kind: "sent",
        sent: {
          from: [1, 2],
          match: { ...EVERY_PACKET, types: ["NAK"], sqns: [[7, 7]] },
          after: 0,
          before: NEVER,
        },
        count: { atLeast: 0, atMost: 3 },
        text: "at most 3 NAK for sqn 7 from member",
      },
      {
        kind: "sent",
        sent: {
          from: [0],
          match: { ...EVERY_PACKET, types: ["RDATA"], sqns: [[7, 7]] },
          after: 0,
          before: NEVER,
        },
        count: { atLeast: 1, atMost: 1 },
        text: "exactly 1 RDATA for sqn 7 from sender",
      },
    ],
  } as Omit<Plan, "nodes">);
  assertEquals(nodes[0] as unknown, {
    name: "sender",
    role: "source",
    interfaces: [{ segment: 0, address: "10.0.0.1", cost: 1 }],
    group: "239.192.0.1",
    port: 7500,
    source: {
      sendOn: 0,
      rateBytesPerSecond: 1_000_000,
      burstBytes: 12_000,
      peakBytesPerSecond: 12_500_000,
      rateCoversRdata: false,
      txwStrategy: "advanceWithTime",
      txwSecs: seconds(30),
      txwAdvSecs: seconds(5),
      txwAdvIvl: 0,
      incrementRepairsFirst: false,
      holdForRepairs: false,
      txwMaxSqns: 65_536,
      ambientSpmIvl: seconds(5),
      ihbMin: 100_000_000,
      ihbMax: seconds(30),
      ncfRepeatIvl: seconds(0.02),
      parity: undefined,
      rdataDelay: 0,
      rdataShare: 0.5,
      syn: true,
      lateJoin: 0,
      maxTsdu: 1400,
      firstSqn: 0,
      firstSpmSqn: 0,
      sourcePort: 0,
      ttl: 64,
      nakBoIvlOn: "none",
      nakBoIvl: 50_000_000,
      nakBoIvlMin: 10_000_000,
      nakBoIvlMax: seconds(2),
      nakBoRng: false,
      nakProbeNum: 8,
      dupNakMax: 0,
      repairStateIvl: 200_000_000,
      pollIvl: 0,
      pollReplies: 32,
      pollAbort: 128,
      pollBits: 16,
      pollWait: 500_000_000,
      firstPollSqn: 1,
    },
  });
  assertEquals(nodes[2] as unknown, {
    name: "member-1",
    role: "receiver",
    interfaces: [{ segment: 0, address: "10.0.0.3", cost: 1 }],
    group: "239.192.0.1",
    port: 7500,
    joins: [0],
    joined: true,
    receiver: {
      ordered: true,
      lossPolicy: "continue",
      lateJoin: true,
      rdataBegins: true,
      nakBoIvl: 50_000_000,
      nakBoIvlMin: 10_000_000,
      nakBoIvlMax: seconds(2),
      nakRptIvl: 500_000_000,
      nakRdataIvl: seconds(1),
      nakNcfRetries: 10,
      nakDataRetries: 10,
      nakListMax: 1,
      multicastNak: false,
      followRedirects: false,
      spmr: true,
      spmrBoIvl: seconds(0.25),
      spmrSpmIvl: seconds(1),
      spmrRetries: 10,
      reorderPackets: 2,
      reorderTimeout: 20_000_000,
      rxwMaxSqns: 65_536,
      bufferBytes: 64 * 1024 * 1024,
      maxMissing: 131_072,
      maxApdu: 64 * 1024 * 1024,
      idleTimeout: seconds(300),
      endLinger: seconds(30),
      sourceTakeover: seconds(15),
      maxSessions: 256,
    },
  });
});

Deno.test("planScenario: actions are in order of time, equal times in the order of the file", () => {
  assertEquals(
    plan.script.map(({ at, kind }) => `${at / seconds(1)}s ${kind}`),
    [
      "0s send",
      "0s drop",
      "0s drop",
      "0s impair",
      "0s impair",
      "1s send",
      "3s down",
      "4s up",
      "5s down",
      "6s up",
      "7s down",
      "8s up",
      "9s crash",
      "10s restart",
      "11s leave",
      "12s join",
      "13s release",
      "14s close",
      "15s abort",
      "16s inject",
      "18s inject",
      "19s route",
      "20s readdress",
      "21s inject",
    ],
  );
  const until = planScenario(edited(minimal, {
    script: [{ at: "1s", until: "3s", down: { node: "sender" } }, { at: "3s", crash: "sender" }, {
      at: "2s",
      restart: "sender",
    }],
  }));
  assertEquals(until.script.map((action) => action.kind), ["down", "restart", "up", "crash"]);
});

Deno.test("planScenario: messages are spaced by every, or by the rate of their bits", () => {
  const [periodic, rated] = actions("send");
  assertEquals(names(periodic!.send.from), ["sender", "other"]);
  assertEquals([periodic!.send.minBytes, periodic!.send.maxBytes, periodic!.send.every], [1000, 1000, 10_000_000]);
  assertEquals([rated!.send.minBytes, rated!.send.maxBytes, rated!.send.every], [100, 2000, 8_400_000]);
  const thirds = planScenario(edited(ncfSuppression, { "script.0.send.rate": "3Mbps" }));
  assertEquals(actions("send", thirds)[0]!.send.every, 2_666_667);
});

Deno.test("planScenario: to is inbound, from is outbound, on narrows, on alone is inbound everywhere", () => {
  const [toListener, fromSender] = actions("drop");
  assertEquals(where(toListener!.places), ["listener-0:far in", "listener-1:far in", "listener-2:far in"]);
  assertEquals(where(fromSender!.places), ["sender:trunk out"]);
  const [onLinks, toLate] = actions("impair");
  assertEquals(where(onLinks!.impair.places), [
    "hub:link-0 in",
    "member-0:link-0 in",
    "hub:link-1 in",
    "member-1:link-1 in",
  ]);
  assertEquals(where(toLate!.impair.places), ["late:near in", "late:far in"]);
});

Deno.test("planScenario: what a drop matches", () => {
  const [toListener, fromSender] = actions("drop");
  assertEquals(toListener!.match, {
    ...EVERY_PACKET,
    types: ["ODATA", "RDATA"],
    sqns: [[3, 3], [7, 9]],
    trails: [[0, 2]],
  });
  assertEquals([toListener!.first, toListener!.count, toListener!.until], [2, Infinity, NEVER]);
  assertEquals([fromSender!.first, fromSender!.count, fromSender!.until], [1, 1, seconds(2)]);
  assertEquals(names(fromSender!.match.sources), ["sender"]);
});

Deno.test("planScenario: impairments with their defaults", () => {
  const [onLinks, toLate] = actions("impair");
  const { places: _links, ...random } = onLinks!.impair;
  assertEquals(random, {
    match: EVERY_PACKET,
    loss: 0.01,
    burst: undefined,
    duplicate: 0.01,
    duplicateDelay: 0,
    corrupt: 0,
    delay: 0,
    jitter: 0,
    reorder: 0.5,
    reorderDelay: 5_000_000,
  });
  assertEquals(toLate!.impair.burst, { goodToBad: 0.01, badToGood: 0.2, lossInGood: 0, lossInBad: 1 });
});

Deno.test("planScenario: what goes down, comes up, crashes, joins and leaves", () => {
  const far = plan.segments.findIndex((segment) => segment.name === "far");
  const edge = plan.nodes.findIndex((node) => node.name === "edge");
  const [segment, node, interfaces] = actions("down");
  assertEquals(segment!.targets, [{ kind: "segment", segment: far }]);
  assertEquals(actions("up")[0]!.targets, segment!.targets);
  assertEquals(node!.targets, [{ kind: "node", node: edge }]);
  assertEquals(
    where(interfaces!.targets.flatMap((target) => target.kind === "interface" ? [target] : [])),
    ["edge:near", "listener-0:far", "listener-1:far", "listener-2:far"],
  );
  assertEquals(actions("up")[2]!.targets.length, 3);
  assertEquals(names(actions("crash")[0]!.nodes), ["member-0"]);
  assertEquals(names(actions("restart")[0]!.nodes), ["member-0", "member-1"]);
  assertEquals(where(actions("leave")[0]!.places), ["late:far"]);
  assertEquals(where(actions("join")[0]!.places), ["late:near"]);
});

Deno.test("planScenario: an interface that is named twice counts once", () => {
  const twice = planScenario(edited(everything, {
    "script.9.down.interface": ["edge:near", "edge:*", "edge:near"],
  }));
  assertEquals(actions("down", twice)[2]!.targets.length, 3);
});

Deno.test("planScenario: selectors are names, groups, beginnings and lists; each node counts once", () => {
  const selected = (to: unknown) => {
    const [first] = planScenario(edited(everything, { expect: [{ delivered: "all", to }] })).expect;
    return first!.kind === "delivered" ? names(first!.by) : [];
  };
  assertEquals(selected("late"), ["late"]);
  assertEquals(selected("member"), ["member-0", "member-1"]);
  assertEquals(selected("member-1"), ["member-1"]);
  assertEquals(selected("l*"), ["listener-0", "listener-1", "listener-2", "late"]);
  assertEquals(selected(["late", "member-1", "member", "late"]), ["member-0", "member-1", "late"]);
});

Deno.test("planScenario: expectations in words", () => {
  assertEquals(plan.expect.map((expectation) => expectation.text), [
    "member, late: at least 5 messages delivered",
    "listener: exactly 10 messages delivered",
    "listener: exactly 0 packets lost",
    "listener: 1 to 9 packets recovered",
    "listener: exactly 2 NAKs suppressed",
    "member: at most 5 duplicates received",
    "at least 1 NAK or NCF for sqn 7..9 of source other from 1s on before 2s",
    "listener: p99 repair latency at most 200ms",
    "settled before 30s",
    "member: every session of sender ended with rst 7 from 15s on before 20s",
    "member: at least 1 session heard from the beginning",
    "multicast SPM with OPT_FIN or OPT_RST with trail 0..2 with lead 9 from sender at 14s, 15s",
    "SPM or ODATA from sender from 1s on 1ms to 3600s apart",
    "sender, member: spm at least 1",
    "late: at most 1 malformed packet (Truncated)",
    "member: exactly 3 messages delivered before 2s",
    "late: at most 4 packets lost from 1s on before 20s",
  ]);
});

Deno.test("planScenario: an expectation says whether it is about parity", () => {
  const words = (parity: object) =>
    planScenario(edited(minimal, { expect: [{ count: "ODATA", exactly: 1, ...parity }] })).expect[0]!.text;
  assertEquals(
    [{}, { parity: true }, { parity: false }].map(words),
    ["exactly 1 ODATA", "exactly 1 ODATA with parity", "exactly 1 ODATA without parity"],
  );
});

Deno.test("planScenario: expectations of one thing are in the singular", () => {
  const words = (recovered: unknown) =>
    planScenario(edited(minimal, { expect: [{ recovered, by: "member" }] })).expect[0]!.text;
  assertEquals(words(0), "member: exactly 0 packets recovered");
  assertEquals(words(1), "member: exactly 1 packet recovered");
  assertEquals(words(2), "member: exactly 2 packets recovered");
  assertEquals(words({ atLeast: 1 }), "member: at least 1 packet recovered");
  assertEquals(words({ atMost: 1 }), "member: at most 1 packet recovered");
  assertEquals(words({ atLeast: 1, atMost: 2 }), "member: 1 to 2 packets recovered");
});

Deno.test("planScenario: expectations in numbers", () => {
  const [atLeast, number, lost, , suppressed, , count, latency, settled] = plan.expect;
  assertEquals(atLeast!.kind === "delivered" && atLeast!.count, { atLeast: 5, atMost: Infinity });
  assertEquals(number!.kind === "delivered" && number!.count, { atLeast: 10, atMost: 10 });
  assertEquals(lost!.kind === "lost" && lost!.count, { atLeast: 0, atMost: 0 });
  assertEquals(suppressed!.kind === "suppressed" && suppressed!.count, { atLeast: 2, atMost: 2 });
  assertEquals(
    count!.kind === "sent" && [count!.sent.from, count!.sent.after, count!.sent.before],
    [[], seconds(1), seconds(2)],
  );
  assertEquals(latency!.kind === "repairLatency" && [latency!.statistic, latency!.atMost], ["p99", 200_000_000]);
  assertEquals(settled!.kind === "settled" && settled!.before, seconds(30));
});

Deno.test("PACKET_NAMES: each is accepted, nothing else", () => {
  for (const packet of PACKET_NAMES) planScenario(edited(ncfSuppression, { "script.1.drop.packet": packet }));
  for (const packet of ["odata", "DATA", ""]) {
    assertThrows(() => planScenario(edited(ncfSuppression, { "script.1.drop.packet": packet })), ScenarioError);
  }
});
