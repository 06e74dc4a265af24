/**
 * What sources and receivers put into the headers of every packet on every link.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  encodePacket,
  type InterfaceSet,
  isMulticast,
  NEVER,
  packetTypeName,
  type PacketValue,
  PacketView,
  viewPacket,
} from "../../engine/mod.ts";
import { captureRecords } from "../../netsim/capture_records.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { CaptureWriter } from "../../scenarios/run/observers.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { join } from "../netsim/capture_files.ts";
import { type Happening, ofType, watchPass } from "../support/runs.ts";

/** A source with two routers behind it, losses at both ends, messages in fragments. */
const SPEC: ScenarioSpec = defineScenario({
  name: "headers",
  about: "Everything that a source and its receivers send, over two routers.",
  segments: { first: {}, middle: {}, last: {} },
  nodes: {
    sender: { role: "source", on: ["first"] },
    near: { role: "router", on: ["first", "middle"] },
    far: { role: "router", on: ["middle", "last"] },
    member: { role: "receiver", on: ["last"], count: 3 },
    neighbour: { role: "receiver", on: ["first"] },
  },
  script: [
    { at: "20ms", until: "1s", impair: { to: ["member", "neighbour"], loss: "5%" } },
    { at: "0s", send: { from: "sender", messages: 60, bytes: [100, "5kB"], every: "10ms" } },
  ],
});

/** What senders and routers put on links, of some packet types. */
function onLinks(trace: readonly Happening[], ...types: PacketValue["type"][]): Happening[] {
  const put = ofType(trace, ...types).filter(({ kind }) => kind === "send" || kind === "forward");
  const segments = new Set(put.map(({ iface }) => iface.split(":")[1]));
  assertEquals([...segments].sort(), ["first", "last", "middle"]);
  return put;
}

const SENDER = planScenario(SPEC).nodes[0]!.interfaces[0]!.address;
const GROUP = "239.192.0.1";

Deno.test("runPlan: every SPM on every link is from the source, to the group, with Router Alert [PKT-023]", () => {
  const { trace } = watchPass(SPEC);
  for (const { datagram } of onLinks(trace, "SPM")) {
    assertEquals([datagram.source, datagram.destination as string, datagram.routerAlert], [SENDER, GROUP, true]);
  }
});

Deno.test("runPlan: every NCF on every link is from the source of the data, to the group, with Router Alert [PKT-041]", () => {
  const { trace } = watchPass(SPEC);
  for (const { datagram } of onLinks(trace, "NCF")) {
    assertEquals([datagram.source, datagram.destination as string, datagram.routerAlert], [SENDER, GROUP, true]);
  }
});

Deno.test("runPlan: SPM, NCF and RDATA carry Router Alert, and only what does is shown to a PGM router [GEN-015]", () => {
  const shown = new Set<string>();
  const { trace } = watchPass(SPEC, {
    prepare: (world) =>
      world.nodes.find((node) => node.name === "far")!.intercept(() => ({
        handleDatagram: () => {},
        handleTimeout: () => {},
        nextTimeout: () => NEVER,
        intercept: (_now, _iface, datagram, routed): InterfaceSet => {
          const type = packetTypeName(viewPacket(datagram).type);
          shown.add(type);
          // A PGM router keeps NCFs for itself.
          return type === "NCF" ? [] : routed;
        },
      })),
  });
  for (const { datagram, packet } of trace) {
    const alerted = packet !== undefined && ["SPM", "NCF", "RDATA"].includes(packet.type);
    assertEquals(datagram.routerAlert, alerted, packet?.type);
    if (datagram.routerAlert) assert(isMulticast(datagram.destination));
  }
  assertEquals([...shown].sort(), ["NCF", "RDATA", "SPM"]);
  const atRouter = trace.filter(({ kind, node }) => kind === "deliver" && node === "far");
  for (const { datagram, detail } of atRouter) assertEquals(detail === "intercept", datagram.routerAlert);
  assert(ofType(atRouter, "ODATA", "NAK").every(({ detail }) => detail === "switch"));
});

Deno.test("runPlan: the IP protocol number of every PGM packet is 113 [PKT-002]", () => {
  for (const family of [4, 6] as const) {
    const chunks: Uint8Array[] = [];
    let capture: CaptureWriter | undefined;
    runPlan(planScenario({ ...SPEC, family }), {
      seed: 1,
      observers: (world) => {
        capture = new CaptureWriter(world, "", { application: "", sink: (chunk) => void chunks.push(chunk.slice()) });
        return [capture];
      },
    });
    capture!.finish();
    const { trace } = watchPass({ ...SPEC, family });
    const packets = [...captureRecords(join(...chunks))].map(({ captured }) => captured);
    assertEquals(packets.length, trace.filter(({ kind }) => kind !== "duplicate" && kind !== "corrupt").length);
    for (const packet of packets) {
      assertEquals(packet[0]! >> 4, family);
      // In IPv6, Router Alert is in a hop-by-hop header (protocol 0) of its own before PGM.
      const hopByHop = family === 6 && packet[6] === 0;
      assertEquals(family === 4 ? packet[9] : packet[hopByHop ? 40 : 6], 113);
    }
  }
});

Deno.test("runPlan: options are sent with OPX 00 unless told otherwise [OPT-015]", () => {
  const { trace } = watchPass(SPEC);
  const sent = trace.filter(({ kind }) => kind === "send").map(({ packet }) => packet!);
  const options = sent.flatMap((packet) => packet.options);
  assert(options.length > 0);
  assertEquals(options.filter(({ opx }) => opx !== undefined), []);
  const carriers = sent.filter((packet) => packet.options.length > 0).map(({ type }) => type);
  assertEquals([...new Set(carriers)].sort(), ["ODATA", "RDATA"]);
  const [option] = options;
  for (const opx of [1, 2] as const) {
    const carrier = sent.find((packet) => packet.options[0] === option)!;
    const told = { ...carrier, options: [{ ...option!, opx }] } as PacketValue;
    assertEquals(new PacketView(encodePacket(told)).options()[0]!.opx, opx);
  }
});
