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
