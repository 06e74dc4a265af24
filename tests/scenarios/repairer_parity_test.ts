/**
 * Local repairers that serve parity, in networks of plain routers (RFC 3208, sections 9.5.4 and 11.7).
 */

import { assert, assertEquals } from "@std/assert";
import type { DataValue, NakValue, PacketValue } from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

/** What a node sends of some types. */
function sentBy(trace: readonly Happening[], node: string, ...types: PacketValue["type"][]): Happening[] {
  return ofType(trace, ...types).filter((each) => each.kind === "send" && each.node === node);
}

Deno.test("repairer in a network: a parity NAK for two packets, to one that has offered parity: parity NCF, NNAK to the source, two parity RDATA [DLR-007, DLR-008]", () => {
  const { trace } = watchPass(CATALOG.get("fec-repairer")!);
  const [polr, ...others] = sentBy(trace, "repairer", "POLR");
  assertEquals([polr!.packet!.parity, others], [true, []]);
  const later = trace.filter(({ at }) => at > polr!.at);
  const [nak, ...more] = sentBy(later, "member-0", "NAK").map(({ packet }) => packet as NakValue);
  // For two packets of the group at 32.
  assertEquals([nak!.sqn, nak!.parity, more], [33, true, []]);
  const own = sentBy(later, "repairer", "NCF", "NNAK", "RDATA").map(({ packet }) => packet!);
  assertEquals(own.map(({ type, parity }) => `${type}${parity ? "*" : ""}`), ["NCF*", "NNAK*", "RDATA*", "RDATA*"]);
  assertEquals(own[1], { ...nak!, type: "NNAK" });
  assertEquals(ofType(later, "NNAK").filter(({ kind, node }) => kind === "deliver" && node === "sender").length, 1);
});

/** A repairer two links above a receiver, and no PGM router anywhere. */
function behindPlainRouters(more: {
  readonly repairer: { readonly parity?: boolean };
  readonly script: NonNullable<ScenarioSpec["script"]>;
  readonly delivered?: "member";
}): ScenarioSpec {
  return defineScenario({
    name: "parity-behind-plain-routers",
    about: "A repairer two links above a receiver.",
    segments: { trunk: { delay: "10ms" }, near: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", fec: { groupSize: 8 } } },
      upper: { role: "router", on: ["trunk", "near"] },
      lower: { role: "router", on: ["near", "leaf"] },
      repairer: { role: "receiver", on: ["near"], repairer: more.repairer },
      member: { role: "receiver", on: ["leaf"], receiver: { followRedirects: true, nakRptIvl: "100ms" } },
    },
    script: more.script,
    expect: [{ delivered: "all", to: more.delivered ?? ["member", "repairer"] }],
  });
}

/** Where the NAKs of the receiver went, as `SQN -> NODE`, parity with a star. */
function asked(trace: readonly Happening[]): string[] {
  const source = ofType(trace, "ODATA")[0]!.datagram.source;
  return sentBy(trace, "member", "NAK").map((each) => {
    const whom = each.datagram.destination === source ? "sender" : "repairer";
    return `${sqnOf(each)}${each.packet!.parity ? "*" : ""} -> ${whom}`;
  });
}

Deno.test("repairer in a network: one that serves no parity is not asked for any, though it has offered itself; one that does is [DLR-030]", () => {
  const [without, withParity] = [false, true].map((parity) => {
    const { trace } = watchPass(behindPlainRouters({
      repairer: { parity },
      script: [
        { at: "0s", drop: { to: "member", packet: "ODATA", sqn: [1, 10, 19], count: 3 } },
        // The first is lost of a group that the source leaves open: it is asked for by its number.
        { at: "0s", send: { from: "sender", messages: 3, bytes: 1000, every: "10ms" } },
        { at: "5s", send: { from: "sender", messages: 21, bytes: 1000, every: "10ms" } },
      ],
    }));
    return asked(trace);
  });
  assertEquals(without, ["1 -> sender", "8* -> sender", "16* -> sender"]);
  assertEquals(withParity, ["1 -> sender", "8* -> repairer", "16* -> repairer"]);
});

Deno.test("repairer in a network: with losses everywhere it recovers its own and repairs those below, packets of all lengths", () => {
  const { trace, result } = watchPass(behindPlainRouters({
    repairer: { parity: true },
    script: [
      { at: "1ms", until: "3s", impair: { to: "member", loss: "20%", packet: ["ODATA", "RDATA"] } },
      { at: "1ms", until: "3s", impair: { to: "repairer", loss: "5%", packet: ["ODATA", "RDATA"] } },
      { at: "1ms", until: "3s", impair: { to: "upper", loss: "2%", packet: ["ODATA", "RDATA"] } },
      { at: "0s", send: { from: "sender", messages: 300, bytes: [1, 1000], every: "10ms" } },
    ],
  }));
  const { repairer, counters } = result.receivers["repairer"]!;
  assert(counters.parityRecovered > 0);
  assert(repairer!.counters.parityRepairs > 20);
  assert(repairer!.counters.naksForParity > repairer!.counters.naksPassedOn);
  // No index twice in a group, and none that the source has used.
  const parity = ofType(trace, "RDATA").filter(({ kind, packet }) => kind === "send" && packet!.parity);
  const keys = parity.map(({ packet }) => {
    const { sqn, options } = packet as DataValue;
    return `${sqn}/${options.find((option) => option.type === "PARITY_GRP")?.group ?? 0}`;
  });
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("repairer in a network: one that dies is given up, and the parity comes from the source [DLR-047]", () => {
  const { trace, result } = watchPass(behindPlainRouters({
    repairer: { parity: true },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: [1, 10, 19], count: 3 } },
      { at: "0s", send: { from: "sender", messages: 24, bytes: 1000, every: "10ms" } },
      { at: "160ms", crash: "repairer" },
    ],
    delivered: "member",
  }));
  assertEquals(asked(trace).slice(0, 2), ["0* -> sender", "8* -> repairer"]);
  assertEquals(asked(trace).at(-1), "16* -> sender");
  assertEquals(result.receivers["member"]!.counters.repairersSilent, 1);
});

/** Where packets of a group of eight went, as `TYPE INTERFACE`, parity with a star. */
function hops(trace: readonly Happening[], first: number, ...types: PacketValue["type"][]): string[] {
  return ofType(trace, ...types)
    .filter((each) => (each.kind === "send" || each.kind === "forward") && inGroup(each, first))
    .map(({ packet, iface }) => `${packet!.type}${packet!.parity ? "*" : ""} ${iface}`);
}

function inGroup(each: Happening, first: number): boolean {
  return sqnOf(each) >= first && sqnOf(each) < first + 8;
}

Deno.test("repairer in a network: the router below one that serves parity asks it, and takes what comes down where it was asked for [DLR-007, DLR-008, DLR-030]", () => {
  const [withParity, without] = [true, false].map((parity) => {
    return watchPass(defineScenario({
      name: "parity-upstream",
      about: "A repairer between two PGM routers.",
      segments: { trunk: { delay: "20ms" }, middle: {}, a: {}, b: {} },
      nodes: {
        sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", fec: { groupSize: 8 } } },
        above: { role: "router", pgm: true, on: ["trunk", "middle"] },
        below: { role: "router", pgm: true, on: ["middle", "a", "b"] },
        repairer: { role: "receiver", on: ["middle"], repairer: { parity } },
        unlucky: { role: "receiver", on: ["a"] },
        lucky: { role: "receiver", on: ["b"] },
      },
      script: [
        { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: [1, 33, 34], count: 3 } },
        { at: "0s", send: { from: "sender", messages: 48, bytes: [1, 1000], every: "10ms" } },
      ],
      expect: [{ delivered: "all", to: ["unlucky", "lucky", "repairer"] }, { lost: 0, by: "unlucky" }],
    })).trace;
  });
  const served = (trace: readonly Happening[] | undefined) => hops(trace!, 32, "NAK", "NCF", "NNAK", "RDATA");
  assertEquals(served(withParity), [
    "NAK* unlucky:a",
    "NCF* below:a",
    "NAK* below:middle",
    "NCF* repairer:middle",
    "NNAK* repairer:middle",
    "RDATA* repairer:middle",
    "RDATA* repairer:middle",
    "NNAK* above:trunk",
    "RDATA* below:a",
    "RDATA* below:a",
  ]);
  // One that has not offered parity is not asked: the source repairs.
  assertEquals(served(without).filter((hop) => hop.includes("repairer")), []);
  assertEquals(hops(without!, 32, "RDATA").filter((hop) => hop === "RDATA* sender:trunk").length, 2);
});

Deno.test("repairer in a network: one off the tree serves parity by unicast to the router that asks it [DLR-008, DLR-021, DLR-030]", () => {
  const { trace } = watchPass(defineScenario({
    name: "parity-off-tree",
    about: "A repairer beside the losses.",
    segments: { trunk: { delay: "20ms" }, left: {}, right: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", fec: { groupSize: 8 } } },
      root: { role: "router", pgm: true, on: ["trunk", "left", "right"], element: { dlrPollIvl: "10s" } },
      repairer: { role: "receiver", on: ["right"], repairer: { parity: true } },
      unlucky: { role: "receiver", on: ["left"] },
    },
    script: [
      { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: [1, 33, 34], count: 3 } },
      { at: "0s", send: { from: "sender", messages: 48, bytes: [1, 1000], every: "10ms" } },
    ],
    expect: [{ delivered: "all", to: ["unlucky", "repairer"] }, { lost: 0, by: "unlucky" }],
  }));
  assertEquals(hops(trace, 32, "NAK", "NCF", "NNAK", "RDATA"), [
    "NAK* unlucky:left",
    "NCF* root:left",
    "NAK* root:right",
    "NCF* repairer:right",
    "NNAK* repairer:right",
    "RDATA* repairer:right",
    "RDATA* repairer:right",
    "NNAK* root:trunk",
    "RDATA* root:left",
    "RDATA* root:left",
  ]);
  const unicast = sentBy(trace, "repairer", "NCF", "RDATA").map(({ datagram }) => datagram.multicast);
  assertEquals(new Set(unicast), new Set([false]));
});
