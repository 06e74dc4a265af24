/**
 * What must hold in every run, whatever the scenario: judged from the trace that a run writes, and by the checkers that
 * watch every run.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  Datagram,
  encodePacket,
  NEVER,
  type Nla,
  type PacketValue,
  parseGsi,
  parseNla,
  sqnAdd,
  type Tsi,
} from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { TraceWriter } from "../../scenarios/run/observers.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { SessionIntake } from "../../scenarios/run/session_intake.ts";
import type { World } from "../../scenarios/run/world.ts";
import { ofType, sqnOf, sqnsOf, watchPass } from "../support/runs.ts";

/** A line of the trace file. */
interface Line {
  readonly timeNs: number;
  readonly kind: string;
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly packet: string;
}

for (const [name, scenario] of CATALOG) {
  Deno.test(`trace of ${name}: each send, receipt and drop, with time, interface, addresses and decoded packet`, () => {
    const lines: Line[] = [];
    const result = runPlan(planScenario(scenario), {
      seed: 1,
      observers: () => [new TraceWriter((line) => lines.push(JSON.parse(line)))],
    });
    const count = (...kinds: string[]) => lines.filter(({ kind }) => kinds.includes(kind)).length;
    const total = (of: (segment: (typeof segments)[number]) => number) => segments.reduce((sum, s) => sum + of(s), 0);
    const segments = Object.values(result.segments);
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
    // What a rule drops on its way out never gets onto the segment.
    const stopped = lines.filter((line, index) =>
      line.kind === "drop" && isSameLeaving(lines[index - 1]!, line)
    ).length;
    assertEquals(count("send", "forward") - stopped, total(({ packets }) => sum(packets)));
    assertEquals(count("deliver"), total(({ delivered }) => delivered));
    // There it is one line, and one for each copy that would have been made in the counts.
    const dropped = total(({ dropped }) => sum(dropped));
    assert(stopped === 0 ? count("drop") === dropped : count("drop") <= dropped);
    let before = 0;
    for (const { timeNs, kind, packet, ttl, ...line } of lines.filter(({ kind }) => kind !== "note")) {
      assert(timeNs >= before, "time goes on");
      before = timeNs;
      assert(/^[\w-]+:[\w-]+$/.test(line.interface) && ttl >= 1 && line.source !== "" && line.destination !== "");
      assert(
        /^(SPM|ODATA|RDATA|NAK|NNAK|NCF) \d+ |^POL[LR] \d+\/\d+( |$)|^SPMR$|^malformed/.test(packet),
        `${kind} ${packet}`,
      );
    }
  });

  Deno.test(`invariants of ${name}: rate bound, and an NCF before each repair [SIM-012]`, () => {
    const plan = planScenario(scenario);
    const { trace } = watchPass(scenario);
    for (const node of plan.nodes) {
      if (node.role !== "source") continue;
      const sent = trace.filter((entry) => entry.kind === "send" && entry.node === node.name);
      const { burstBytes, rateBytesPerSecond } = node.source;
      // The bucket as the instant at which it would be full: no interval of any length holds more.
      let fullAt = 0;
      for (const { at, datagram } of ofType(sent, "SPM", "ODATA")) {
        fullAt = Math.max(fullAt, at) + datagram.bytes.length * 1e9 / rateBytesPerSecond;
        assert((fullAt - at) * rateBytesPerSecond <= burstBytes * 1e9 * (1 + 1e-9), `${node.name} at ${at} ns`);
      }
      const confirmed = new Set<number>();
      for (const entry of ofType(sent, "NCF", "RDATA")) {
        if (entry.packet!.type === "NCF") { for (const sqn of sqnsOf(entry)) confirmed.add(sqn); }
        // Parity is confirmed as a count for its group.
        else if (entry.packet!.parity) assert(confirmed.size > 0);
        else assert(confirmed.has(sqnOf(entry)), `RDATA ${sqnOf(entry)} of ${node.name} without an NCF`);
      }
    }
  });

  Deno.test(`checkers of ${name}: they find a message delivered twice, and a source that goes back [SIM-012]`, () => {
    const found = (sabotage: (world: World) => void) => {
      const { took } = SessionIntake.prototype;
      try {
        const result = runPlan(planScenario(scenario), {
          seed: 1,
          observers: (world) => {
            sabotage(world as World);
            return [];
          },
        });
        assertEquals(result.verdict, "safety");
        return new Set(result.violations.map(({ checker }) => checker));
      } finally {
        SessionIntake.prototype.took = took;
      }
    };
    assertEquals(found(deliverTwice), new Set(["delivery"]));
    assert(found(goBack).has("source window"));
  });
}

/** Whether a line is about the packet of another line leaving through the same interface. */
function isSameLeaving({ kind, ...before }: Line, after: Line): boolean {
  if (kind !== "send" && kind !== "forward") return false;
  return before.timeNs === after.timeNs && before.interface === after.interface && before.packet === after.packet;
}

/** Every receiver hands every message over twice, and every socket whatever is read from it. */
function deliverTwice(world: World): void {
  const { took } = SessionIntake.prototype;
  SessionIntake.prototype.took = function (...octets) {
    took.apply(this, octets);
    took.apply(this, octets);
  };
  world.simulation.at(0, () => {
    for (const { member } of world.receivers.values()) {
      const onMessage = member.onMessage.bind(member);
      member.onMessage = (...message) => {
        onMessage(...message);
        onMessage(...message);
      };
    }
  });
}

/** A session that a node sends at 50 ms. */
interface Victim {
  readonly index: number;
  readonly tsi: Tsi;
  readonly iface: number;
  readonly group: Nla;
  readonly port: number;
  readonly trail: number;
}

/** The first source, or else the first socket that sends. */
function firstSession(world: World): Victim {
  for (const [index, { source }] of world.sources) return { index, ...source.config, trail: source.trail };
  for (const [index, host] of world.sockets) {
    for (const { tsi } of Object.values(host.results(world.simulation.now))) {
      if (tsi === null) continue;
      const [gsi, port] = tsi.split(".");
      const to = { group: parseNla("239.192.0.1")!, port: 7500 };
      return { index, tsi: { gsi: parseGsi(gsi!)!, port: Number(port) }, iface: 0, ...to, trail: 0 };
    }
  }
  throw new Error("nobody sends by then");
}

/** At 50 ms the first source sends a packet whose window lies before that of all others. */
function goBack(world: World): void {
  world.simulation.at(50_000_000, () => {
    const { index, tsi, iface, group, port, trail } = firstSession(world);
    const old = sqnAdd(trail, -10);
    const packet: PacketValue = {
      type: "ODATA",
      sourcePort: tsi.port,
      destinationPort: port,
      gsi: tsi.gsi,
      sqn: old,
      trail: old,
      payload: Uint8Array.of(1),
      options: [],
    };
    world.nodes[index]!.run((host) => {
      host.transmit(
        iface,
        new Datagram({
          source: host.address(iface),
          destination: group,
          ttl: 64,
          routerAlert: false,
          bytes: encodePacket(packet),
        }),
      );
      return { handleDatagram: () => {}, handleTimeout: () => {}, nextTimeout: () => NEVER };
    });
  });
}
