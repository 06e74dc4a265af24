/**
 * Runs of scenarios, with everything that happened on the network.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Datagram, type Instant, type PacketValue, ParseError, viewPacket } from "../../engine/mod.ts";
import type { TraceKind } from "../../netsim/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { RunResult } from "../../scenarios/run/result.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import type { ScenarioSpec } from "../../scenarios/language/spec.ts";
import type { World } from "../../scenarios/run/world.ts";

/** One record of the trace. */
export interface Happening {
  readonly kind: TraceKind;
  readonly at: Instant;
  readonly node: string;
  /** `NODE:SEGMENT`. */
  readonly iface: string;
  readonly datagram: Datagram;
  /** `undefined` for what is malformed. */
  readonly packet: PacketValue | undefined;
  readonly detail: string;
}

/** A run and its trace. `prepare` may add to the network before it starts. */
export function watch(
  spec: ScenarioSpec,
  options: { readonly seed?: number; readonly prepare?: (world: World) => void } = {},
): { result: RunResult; trace: Happening[] } {
  const trace: Happening[] = [];
  const record = (
    kind: TraceKind,
    at: Instant,
    node: World["nodes"][number],
    iface: number,
    datagram: Datagram,
    detail: string,
  ) => {
    const view = viewPacket(datagram);
    const packet = view.error === ParseError.None ? view.toValue() : undefined;
    trace.push({ kind, at, node: node.name, iface: node.attachments[iface]!.name, datagram, packet, detail });
  };
  const result = runPlan(planScenario(spec), {
    seed: options.seed ?? 1,
    observers: (world) => {
      options.prepare?.(world as World);
      return [{ record }];
    },
  });
  return { result, trace };
}

/** The same, of a run that must pass. */
export function watchPass(...args: Parameters<typeof watch>): ReturnType<typeof watch> {
  const run = watch(...args);
  assertEquals([run.result.verdict, run.result.reasons], ["pass", []]);
  return run;
}

/** What of a trace concerns packets of some types. */
export function ofType(trace: readonly Happening[], ...types: PacketValue["type"][]): Happening[] {
  return trace.filter(({ packet }) => packet !== undefined && types.includes(packet.type));
}

/** The sequence number of a record's packet; -1 where it has none. */
export function sqnOf({ packet }: Happening): number {
  return packet !== undefined && "sqn" in packet ? packet.sqn : -1;
}

/** The sequence numbers of a record's packet: that of its header, and those of OPT_NAK_LIST. */
export function sqnsOf(happening: Happening): number[] {
  const list = happening.packet?.options.find((option) => option.type === "NAK_LIST");
  return [sqnOf(happening), ...(list?.sqns ?? [])];
}
