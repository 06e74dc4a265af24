/**
 * Who is owed what: whether everything was delivered or reported lost, since when, and if not, who waits for what.
 *
 * @module
 */

import { formatTsi, type Instant, NEVER } from "../../engine/mod.ts";
import type { ReceiverRun, SourceRun } from "./applications.ts";
import type { Progress } from "../checkers/delivery.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import type { SessionIntake } from "./session_intake.ts";
import type { SocketHost } from "./socket_host.ts";
import type { World } from "./world.ts";

/** When the last thing owed to a receiver was delivered or reported, or its session ended; `null` while one is owed. */
export function settledAt(world: World): Instant | null {
  for (const run of world.sources.values()) if (hasMoreToSend(run)) return null;
  for (const host of world.sockets.values()) if (host.hasMoreToSend) return null;
  let at = 0;
  for (const host of world.sockets.values()) {
    for (const intake of host.reading()) {
      if (!isRead(intake)) return null;
      at = Math.max(at, intake.progress.stream.resolvedAt);
    }
  }
  for (const run of world.receivers.values()) {
    for (const { progress, stream } of followed(world, run)) {
      if (!isDone(world, progress, stream)) return null;
      at = Math.max(at, stream.resolvedAt);
    }
  }
  return at;
}

/** Whether a receiver has got everything of its streams, from its starting points on; an early end is not everything. */
export function isComplete(world: World, run: ReceiverRun): boolean {
  return [...followed(world, run, () => true)].every(({ progress, stream }) => progress?.complete ?? stream.owed === 0);
}

/** Whether the programs of a node have read all of what they began to read, and began at all. */
export function isAllRead(host: SocketHost): boolean {
  const all = [...host.sessions()];
  return all.length > 0 && all.every((intake) => intake.complete);
}

/** Why a run has not settled: the source that is stuck, or the first receiver that misses something. */
export function owedReason(world: World, over: string): string {
  const { now } = world.simulation;
  for (const run of world.sources.values()) {
    const { txwStrategy, txwMaxSqns } = run.source.config;
    if (txwStrategy !== "application" || !hasMoreToSend(run)) continue;
    if (run.source.gauges(now).windowPackets < txwMaxSqns) continue;
    const full = `its transmit window of ${txwMaxSqns} packets is full and nothing releases them`;
    return `${over}: ${run.name} still has data to send, but ${full}`;
  }
  for (const run of world.receivers.values()) {
    for (const { progress, stream } of followed(world, run)) {
      if (isDone(world, progress, stream)) continue;
      const sqn = stream.sqnAt(progress === undefined || progress.next < 0 ? 0 : progress.next);
      return `${over}: ${run.name} has neither got nor reported SQN ${sqn} of ${stream.name}`;
    }
  }
  for (const host of world.sockets.values()) {
    for (const intake of host.reading()) {
      if (isRead(intake)) continue;
      const { stream, next } = intake.progress;
      const sqn = stream.sqnAt(Math.max(next, 0));
      return `${over}: ${host.name} has neither read SQN ${sqn} of ${stream.name} nor been told of an end`;
    }
  }
  return `${over}: a source still has data to send`;
}

/** Whether the sessions that a receiver follows, and that it `concerns`, have all ended, and there was one. */
export function hasSeenEnds({ member, receiver }: ReceiverRun, concerns: (tsi: string) => boolean): boolean {
  if (!member.ends.some(({ tsi }) => concerns(tsi))) return false;
  return receiver.sessions.every(({ tsi, ended }) => ended !== undefined || !concerns(formatTsi(tsi)));
}

function hasMoreToSend({ sender, source }: SourceRun): boolean {
  if (sender.stream.ended || sender.stream.aborted) return false;
  return sender.blocked || source.waiting > 0;
}

/**
 * Nothing more comes of a session that has ended, however much of it is missing; nor of one that ends without a
 * receiver having heard any data of it: reception never began (RFC 3208, section 6.1).
 */
function isDone(world: World, progress: Progress | undefined, stream: SentStream): boolean {
  if (progress === undefined) return stream.owed === 0 || isEnding(world, stream);
  return progress.end !== undefined || progress.complete;
}

/** Whether nothing more is owed to the reader of a session. */
function isRead(intake: SessionIntake): boolean {
  const { end, closed, stream } = intake.progress;
  return end !== undefined || closed || stream.ended || intake.complete;
}

function isEnding(world: World, stream: SentStream): boolean {
  for (const host of world.sockets.values()) {
    for (const sent of host.sent()) if (sent === stream) return stream.closed;
  }
  for (const { sender, source } of world.sources.values()) {
    if (sender.stream === stream) return source.state === "lingering" || source.state === "closed";
  }
  return false;
}

/**
 * The streams that a receiver has to get all of, from its starting point on. A receiver that joined before the run is
 * owed every stream of its group, but for those of programs, which send where and when they like; a later one only those
 * that it has heard data of.
 */
function* followed(
  world: World,
  run: ReceiverRun,
  expected = (stream: SentStream) => stream.expected,
): Iterable<{ progress: Progress | undefined; stream: SentStream }> {
  if (run.member.since === NEVER) return;
  for (const stream of world.streams.all) {
    if (stream.ended || stream.group !== run.group) continue;
    const progress = run.member.progressOf(stream);
    if (progress === undefined ? run.member.since < 0 && expected(stream) : !progress.closed) {
      yield { progress, stream };
    }
  }
}
