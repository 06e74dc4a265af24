/**
 * Local repairers in networks: which way the packets go (RFC 3208, section 9.5).
 */

import { assert, assertEquals } from "@std/assert";
import { type DataValue, type NakValue, type PacketValue } from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

const DLR_SCENARIOS = ["dlr-upstream", "dlr-off-tree", "dlr-dies"] as const;

function catalog(name: (typeof DLR_SCENARIOS)[number]) {
  return watchPass(CATALOG.get(name)!);
}

/** The nodes that put packets of a type and number on the network, in order, with where they do. */
function hops(trace: readonly Happening[], type: PacketValue["type"], sqn: number): string[] {
  return ofType(trace, type).filter((each) => (each.kind === "send" || each.kind === "forward") && sqnOf(each) === sqn)
    .map(({ iface }) => iface);
}

Deno.test("repairer in a network: one upstream is between two PGM hops, one off the tree below the router that uses it [DLR-002]", () => {
  const upstream = catalog("dlr-upstream");
  const offTree = catalog("dlr-off-tree");
  assertEquals(upstream.result.receivers["repairer"]!.repairer!.gauges.upstreamOf, 1);
  assertEquals(offTree.result.receivers["repairer"]!.repairer!.gauges.offTreeOf, 1);
  // To and from it there is one hop.
  assertEquals(hops(upstream.trace, "NAK", 40), ["unlucky:a", "below:middle"]);
  assertEquals(hops(upstream.trace, "RDATA", 40), ["repairer:middle", "below:a"]);
  assertEquals(hops(offTree.trace, "NAK", 40), ["unlucky:left", "root:right"]);
  assertEquals(hops(offTree.trace, "RDATA", 40), ["repairer:right", "root:left"]);
});

Deno.test("repairer in a network: the NNAK has the NAK's fields and goes hop by hop to the source, which sends no repair [DLR-005, DLR-006, DLR-039]", () => {
  const upstream = catalog("dlr-upstream");
  assertEquals(hops(upstream.trace, "NNAK", 40), ["repairer:middle", "above:trunk"]);
  // The way of the NAK that went up before there was a repairer.
  assertEquals(hops(upstream.trace, "NAK", 5).at(-1), "above:trunk");
  const offTree = catalog("dlr-off-tree");
  assertEquals(hops(offTree.trace, "NNAK", 40), ["repairer:right", "root:trunk"]);
  for (const { trace } of [upstream, offTree]) {
    const nak = ofType(trace, "NAK").filter((each) => sqnOf(each) === 40).at(-1)!.packet as NakValue;
    for (const { packet } of ofType(trace, "NNAK")) assertEquals(packet, { ...nak, type: "NNAK" });
    const fromSource = ofType(trace, "RDATA", "NCF").filter((each) => each.node === "sender" && sqnOf(each) === 40);
    assertEquals(fromSource, []);
  }
});

Deno.test("repairer in a network: its multicast POLR ends at the first PGM router below [DLR-014]", () => {
  const { trace } = catalog("dlr-upstream");
  const polrs = ofType(trace, "POLR");
  const links = new Set(polrs.filter(({ kind }) => kind !== "drop").map(({ iface }) => iface.split(":")[1]));
  assertEquals([...links], ["middle"]);
  assert(polrs.some(({ kind, node }) => kind === "deliver" && node === "below"));
});

Deno.test("repairer in a network: no NCF redirects anyone, all redirection is by POLR [DLR-051]", () => {
  for (const name of DLR_SCENARIOS) {
    const { trace } = catalog(name);
    const withOption = trace.filter(({ packet }) => packet?.options.some(({ type }) => type === "REDIRECT"));
    assert(withOption.length > 0);
    assertEquals(new Set(withOption.map(({ packet }) => packet!.type)), new Set(["POLR"]));
  }
});

/** A repairer and a PGM router with a plain router between them. */
function behindPlainRouter(): ScenarioSpec {
  return defineScenario({
    name: "behind-a-plain-router",
    about: "A repairer one PGM hop, but two links, above the router that uses it.",
    segments: { trunk: {}, near: {}, far: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"] },
      above: { role: "router", pgm: true, on: ["trunk", "near"] },
      plain: { role: "router", on: ["near", "far"] },
      below: { role: "router", pgm: true, on: ["far", "leaf"] },
      repairer: { role: "receiver", on: ["near"], repairer: {} },
      member: { role: "receiver", on: ["leaf"] },
    },
    script: [
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 40], count: 2 } },
      { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
    ],
    expect: [{ delivered: "all", to: "member" }, { counter: "naksRedirected", of: "below", exactly: 1 }],
  });
}

Deno.test("repairer in a network: POLR and RDATA bear the source's address and pass the reverse-path check of routers below [DLR-016, PKT-032]", () => {
  const { trace } = watchPass(behindPlainRouter());
  const sender = ofType(trace, "ODATA")[0]!.datagram.source;
  const own = ofType(trace, "POLR", "RDATA").filter(({ kind, node }) => kind === "send" && node === "repairer");
  assertEquals(own.map(({ packet }) => packet!.type), ["POLR", "RDATA"]);
  for (const { datagram } of own) assertEquals(datagram.source, sender);
  assertEquals(hops(trace, "RDATA", 40), ["repairer:near", "plain:far", "below:leaf"]);
  assertEquals(hops(trace, "POLR", 0), ["repairer:near", "plain:far"]);
});

/** Two losses at the end of a chain, the first to introduce the repairer where there is one. */
function twoLosses(repairer: boolean): ScenarioSpec {
  return defineScenario({
    name: "two-losses",
    about: "With and without a repairer on the way.",
    segments: { trunk: {}, middle: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { sourcePort: 4000, maxTsdu: 400 } },
      above: { role: "router", pgm: true, on: ["trunk", "middle"] },
      below: { role: "router", pgm: true, on: ["middle", "leaf"] },
      other: { role: "receiver", on: ["middle"], ...(repairer ? { repairer: {} } : {}) },
      member: { role: "receiver", on: ["leaf"] },
    },
    script: [
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 40], count: 2 } },
      { at: "0s", send: { from: "sender", messages: 30, bytes: 1000, every: "20ms" } },
    ],
    expect: [{ delivered: "all", to: "member" }, { recovered: 2, by: "member" }],
  });
}

Deno.test("repairer in a network: to a receiver its RDATA is that of the source, and so is what is delivered; its TSI is the source's [DLR-050, GEN-021]", () => {
  const [without, withOne] = [twoLosses(false), twoLosses(true)].map((spec) => {
    const { trace, result } = watchPass(spec);
    const repairs = ofType(trace, "RDATA").filter(({ kind, node }) => kind === "deliver" && node === "member");
    const senders = ofType(trace, "RDATA").filter(({ kind }) => kind === "send").map(({ node }) => node);
    const { delivered, counters } = result.receivers["member"]!;
    const packets = repairs.map(({ packet }) => packet as DataValue);
    const { gsi } = ofType(trace, "ODATA")[0]!.packet!;
    return { senders, packets, gsi, received: { delivered, bytes: counters.messageBytes } };
  });
  assertEquals([without!.senders, withOne!.senders], [["sender", "sender"], ["sender", "other"]]);
  assertEquals(withOne!.packets, without!.packets);
  for (const { gsi, sourcePort } of withOne!.packets) assertEquals([gsi, sourcePort], [withOne!.gsi, 4000]);
  assertEquals(withOne!.received, without!.received);
});

Deno.test("repairer in a network: with losses below and beside it, it serves both sides for one number [DLR-025]", () => {
  const { trace } = watchPass(defineScenario({
    name: "both-sides",
    about: "One packet is lost above the left side and below the repairer on the right.",
    segments: { trunk: {}, left: {}, right: {}, "right-leaf": {} },
    nodes: {
      sender: { role: "source", on: ["trunk"] },
      root: { role: "router", pgm: true, on: ["trunk", "left", "right"], element: { dlrPollIvl: "10s" } },
      below: { role: "router", pgm: true, on: ["right", "right-leaf"] },
      repairer: { role: "receiver", on: ["right"], repairer: {} },
      lefty: { role: "receiver", on: ["left"] },
      righty: { role: "receiver", on: ["right-leaf"] },
    },
    script: [
      { at: "0s", drop: { to: ["lefty", "below"], packet: "ODATA", sqn: 5, count: 2 } },
      { at: "0s", drop: { to: ["lefty", "below"], packet: "ODATA", sqn: 40, count: 2 } },
      { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
    ],
    expect: [{ delivered: "all", to: ["lefty", "righty", "repairer"] }, {
      count: "RDATA",
      from: "sender",
      sqn: 40,
      exactly: 0,
    }],
  }));
  const own = ofType(trace, "RDATA").filter(({ kind, node }) => kind === "send" && node === "repairer");
  const casts = own.filter((each) => sqnOf(each) === 40).map(({ datagram }) => datagram.multicast);
  assertEquals(casts.toSorted(), [false, true]);
});

Deno.test("repairer in a network: a receiver behind a plain router asks one beyond its subnet, and its parent when that is gone [DLR-046, DLR-047]", () => {
  const { trace, result } = watchPass(defineScenario({
    name: "receiver-redirects",
    about: "No PGM router between the repairer and the receiver.",
    segments: { trunk: {}, near: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"] },
      above: { role: "router", pgm: true, on: ["trunk", "near"] },
      plain: { role: "router", on: ["near", "leaf"] },
      repairer: { role: "receiver", on: ["near"], repairer: {} },
      member: { role: "receiver", on: ["leaf"], receiver: { followRedirects: true } },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: [5, 40, 80], count: 3 } },
      { at: "0s", send: { from: "sender", messages: 150, bytes: 1000, every: "10ms" } },
      { at: "700ms", crash: "repairer" },
    ],
    expect: [{ delivered: "all", to: "member" }, { counter: "repairersSilent", of: "member", exactly: 1 }],
  }));
  const naks = ofType(trace, "NAK").filter(({ kind, node }) => kind === "send" && node === "member");
  const [parent, repairer] = [naks[0]!, naks[1]!].map(({ datagram }) => datagram.destination);
  const expected = [[5, parent], [40, repairer], [80, repairer], [80, parent]];
  assertEquals(naks.map((each) => [sqnOf(each), each.datagram.destination]), expected);
  assert(parent !== repairer);
  assertEquals(result.receivers["member"]!.counters.naksRedirected, 2);
});

Deno.test("repairer in a network: one that restarts has nothing, and offers nothing until it has", () => {
  const { result } = watchPass(defineScenario({
    name: "restart",
    about: "A repairer crashes and comes back.",
    segments: { trunk: {}, middle: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"], source: { ambientSpmIvl: "200ms" } },
      above: { role: "router", pgm: true, on: ["trunk", "middle"] },
      below: { role: "router", pgm: true, on: ["middle", "leaf"] },
      repairer: { role: "receiver", on: ["middle"], repairer: {} },
      member: { role: "receiver", on: ["leaf"] },
    },
    script: [
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 40, 99], count: 3 } },
      { at: "0s", send: { from: "sender", messages: 150, bytes: 1000, every: "10ms" } },
      { at: "250ms", crash: "repairer" },
      { at: "700ms", restart: "repairer" },
    ],
    expect: [{ delivered: "all", to: "member" }, { lost: 0, by: "member" }],
  }));
  const { repairer } = result.receivers["repairer"]!;
  // Both lives count.
  assert(repairer!.counters.redirectsToGroup >= 1 && repairer!.gauges.cachedPackets < 100);
});

Deno.test("repairer in a network: what router and repairer say to each other is offers, requests, confirmations and repairs; no handshake [SEC-007]", () => {
  for (const name of DLR_SCENARIOS) {
    const { trace } = catalog(name);
    const own = trace.filter(({ kind, node }) => kind === "send" && node === "repairer");
    assert(own.every(({ packet }) => ["POLR", "NCF", "NNAK", "RDATA", "NAK"].includes(packet!.type)));
    const address = own.find(({ datagram }) => !datagram.multicast)?.datagram.source;
    const toIt = trace.filter(({ kind, datagram }) => kind === "send" && datagram.destination === address);
    assert(toIt.every(({ packet }) => packet!.type === "NAK"));
  }
});

Deno.test("repairer in a network: it has no part in OPT_RST: an abort while it repairs is the source's alone [OPT-059]", () => {
  const { trace } = watchPass(defineScenario({
    name: "abort",
    about: "The source aborts while repairs wait at the repairer.",
    segments: { trunk: {}, middle: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"] },
      above: { role: "router", pgm: true, on: ["trunk", "middle"] },
      below: { role: "router", pgm: true, on: ["middle", "leaf"] },
      repairer: { role: "receiver", on: ["middle"], repairer: { repairRte: "80kbps" } },
      member: { role: "receiver", on: ["leaf"] },
    },
    script: [
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: 5, count: 1 } },
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: "40..44", count: 5 } },
      { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
      { at: "620ms", abort: { from: "sender", code: 3 } },
    ],
    expect: [{ ended: "rst", by: ["member", "repairer"], code: 3 }],
  }));
  const rst = ofType(trace, "SPM", "RDATA", "NCF", "POLR", "NNAK", "NAK").filter(({ packet }) =>
    packet!.options.some(({ type }) => type === "RST")
  );
  const aborted = rst[0]!.at;
  const repairs = ofType(trace, "RDATA").filter(({ kind, node }) => kind === "send" && node === "repairer");
  assert(repairs.length >= 1 && repairs[0]!.at < aborted);
  assertEquals(new Set(rst.filter(({ kind }) => kind === "send").map(({ packet }) => packet!.type)), new Set(["SPM"]));
  assertEquals(rst.filter(({ node, kind }) => node === "repairer" && kind === "send"), []);
});

Deno.test("repairer in a network: after the end of its session it serves others, and passes on what it lacks", () => {
  const { result } = watchPass(defineScenario({
    name: "after-the-end",
    about: "The repairer has seen the end; the router below asks it for the last packets but one.",
    segments: { trunk: {}, middle: {}, leaf: {} },
    nodes: {
      sender: { role: "source", on: ["trunk"] },
      above: { role: "router", pgm: true, on: ["trunk", "middle"] },
      below: { role: "router", pgm: true, on: ["middle", "leaf"] },
      repairer: { role: "receiver", on: ["middle"], repairer: { cachePackets: 2 } },
      member: { role: "receiver", on: ["leaf"], receiver: { nakBoIvl: "500ms" } },
    },
    script: [
      { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 62, 63], count: 3 } },
      { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
      { at: "2900ms", send: { from: "sender", messages: 5, bytes: 1000 } },
      { at: "2900ms", close: { from: "sender" } },
    ],
    expect: [
      { delivered: "all", to: "member" },
      { ended: "fin", by: "repairer", before: "2950ms" },
      { count: "NAK", from: "member", sqn: [62, 63], after: "2950ms", exactly: 2 },
      { count: "RDATA", from: "repairer", sqn: 63, exactly: 1 },
      { count: "RDATA", from: "sender", sqn: 62, exactly: 1 },
    ],
  }));
  assertEquals(result.receivers["repairer"]!.repairer!.counters.naksPassedOn, 1);
});
