/**
 * A deterministic, protocol-agnostic discrete-event multicast internetwork. Read {@link Simulation} first.
 *
 * @module
 */

export { EventQueueFull } from "./event_queue.ts";
export type { Fallible } from "./failures.ts";
export { type Program, type ProgramsEnd, ProgramsStuck, type ProgramTime, simulatePrograms } from "./programs.ts";
export type { Conservation, Counters, SegmentStats } from "./segment_stats.ts";
export { type RunEnd, type RunOptions, Simulation, type SimulationInit } from "./simulation.ts";
export {
  type Attachment,
  type Installer,
  type Node,
  type OutageReason,
  type Segment,
  type SegmentInit,
  TopologyError,
} from "./topology.ts";
export type { TraceKind, TraceObserver } from "./trace.ts";
export { datagramBytes } from "./wire.ts";
export { type Capture, type CapturedFrame, CaptureError, type CaptureOptions, readCapture } from "./capture_reader.ts";
export { Corrupt } from "./impairments/corrupt.ts";
export { ExtraDelay } from "./impairments/delay.ts";
export { Duplicate } from "./impairments/duplicate.ts";
export { Fate, type Impairment } from "./impairments/impairment.ts";
export { BernoulliLoss, GilbertElliottLoss, type GilbertElliottParameters } from "./impairments/loss.ts";
export { type DatagramMatch, MatchedLoss, When } from "./impairments/match.ts";
export { Reorder } from "./impairments/reorder.ts";
export { type PcapngInterface, type PcapngOptions, type PcapngPacketInfo, PcapngWriter } from "./pcapng.ts";
