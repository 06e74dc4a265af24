/**
 * A run in words: who lost what, who asked, who kept quiet, what was repaired, and the verdict.
 *
 * @module
 */

import { ElementStats, formatDuration } from "../../engine/mod.ts";
import { type EndResult, type ExpectationResult, latencyText, type ReceiverResult, type RunResult } from "./result.ts";
import type { SocketResult } from "./socket_result.ts";

/** Receivers that are listed one by one before they are only summed up. */
const LISTED_RECEIVERS = 8;
/** The same for sockets. */
const LISTED_SOCKETS = 16;
/** The same for routers that speak PGM. */
const LISTED_ELEMENTS = 4;

/** The lines of a report. */
export function report(result: RunResult): string[] {
  return [
    `${result.scenario}  seed ${result.seed}`,
    `  ${result.about}`,
    "",
    ...sourceLines(result),
    ...elementLines(result),
    ...dropLines(result),
    ...receiverLines(result),
    ...socketLines(result),
    "",
    ...result.expectations.map(expectationLine),
    ...(result.expectations.length === 0 ? [] : [""]),
    `  verdict   ${result.verdict}`,
    ...result.reasons.map((reason) => `            ${reason}`),
    `  trace     ${result.traceHash}  ${result.events} events, ${formatDuration(result.simulatedNs)} simulated`,
  ];
}

function sourceLines(result: RunResult): string[] {
  return Object.entries(result.sources).map(([name, s]) =>
    `  ${name}: ${s.messages} messages in ${s.odata} ODATA; ${s.naksReceived} NAKs heard, ${s.ncf} NCF, ` +
    `${s.rdata} RDATA, ${s.spm} SPM sent${s.state === "open" ? "" : `; ${s.state}`}`
  );
}

function elementLines(result: RunResult): string[] {
  const elements = Object.entries(result.elements);
  const sum = (name: keyof ElementStats) => elements.reduce((total, [, { counters }]) => total + counters[name], 0);
  if (elements.length <= LISTED_ELEMENTS) return elements.map(([name, { counters }]) => elementLine(name, counters));
  const total = Object.fromEntries(
    Object.keys(new ElementStats()).map((name) => [name, sum(name as keyof ElementStats)]),
  );
  return [elementLine(`${elements.length} PGM routers`, total as unknown as ElementStats)];
}

function elementLine(name: string, e: ElementStats): string {
  return `  ${name}: ${e.naksReceived} NAKs heard, ${e.naksForwarded} forwarded, ${e.naksRepeated} repeated, ` +
    `${e.naksEliminated} eliminated; ${e.ncfsSent} NCF sent; ${e.rdataForwarded} RDATA forwarded, ` +
    `${e.rdataUnwanted} stopped`;
}

function dropLines(result: RunResult): string[] {
  const lines: string[] = [];
  for (const [name, segment] of Object.entries(result.segments)) {
    for (const [reason, count] of Object.entries(segment.dropped)) {
      if (count > 0) lines.push(`  ${name}: ${count} copies dropped: ${reason}`);
    }
  }
  return lines;
}

function receiverLines(result: RunResult): string[] {
  const receivers = Object.entries(result.receivers);
  if (receivers.length <= LISTED_RECEIVERS) return receivers.map(([name, r]) => receiverLine(name, r));
  const sum = (count: (receiver: ReceiverResult) => number) => receivers.reduce((total, [, r]) => total + count(r), 0);
  const asked = receivers.filter(([, r]) => r.naksSent > 0).map(([name, r]) => `${name} (${r.naksSent})`);
  const worst = Math.max(0, ...receivers.map(([, r]) => r.repairLatencyNs.max ?? 0));
  return [
    `  ${receivers.length} receivers: ${sum((r) => r.delivered)} messages delivered, ` +
    `${sum((r) => r.recovered)} packets recovered, ${sum((r) => r.lost)} lost, ${sum((r) => r.duplicates)} duplicates`,
    `  asked: ${asked.length === 0 ? "nobody" : asked.slice(0, LISTED_RECEIVERS).join(", ")}` +
    (asked.length > LISTED_RECEIVERS ? ` and ${asked.length - LISTED_RECEIVERS} more` : ""),
    `  kept quiet: ${sum((r) => r.naksSuppressed)} NAKs suppressed; slowest repair ${latencyText(worst)}` +
    endsText(receivers.flatMap(([, r]) => r.ends)),
  ];
}

function receiverLine(name: string, r: ReceiverResult): string {
  const repair = r.repairLatencyNs.max === null
    ? ""
    : `; repair ${latencyText(r.repairLatencyNs.median)} median, ${latencyText(r.repairLatencyNs.max)} max`;
  return `  ${name}: ${r.delivered} messages, ${r.recovered} recovered, ${r.lost} lost, ${r.duplicates} duplicates; ` +
    `${r.naksSent} NAKs sent, ${r.naksSuppressed} suppressed${repair}${endsText(r.ends)}${repairerText(r.repairer)}`;
}

/** What went through each socket, and how its calls failed; sockets that did nothing are left out. */
function socketLines(result: RunResult): string[] {
  const sockets = Object.entries(result.sockets).flatMap(([node, each]) =>
    Object.entries(each).map(([label, socket]) => ({ name: `${node}, socket ${label}`, socket }))
  ).filter(({ socket }) => socket.octetsSent + socket.octetsReceived + socket.failures.length > 0);
  const listed = sockets.slice(0, LISTED_SOCKETS).map(({ name, socket }) => socketLine(name, socket));
  return sockets.length <= LISTED_SOCKETS
    ? listed
    : [...listed, `  and ${sockets.length - LISTED_SOCKETS} more sockets`];
}

function socketLine(name: string, socket: SocketResult): string {
  const { octetsSent, octetsReceived, messagesSent, messagesReceived, failures } = socket;
  const traffic = octetsSent > 0
    ? `${messagesSent} messages, ${octetsSent} octets sent`
    : octetsReceived > 0
    ? `${messagesReceived} messages, ${octetsReceived} octets read`
    : "nothing sent or read";
  const shown = failures.slice(-3).map(({ call, code }) => `${call} ${code}`);
  const more = failures.length - shown.length;
  const failed = shown.length === 0 ? "" : `; failed: ${more > 0 ? `${more} calls, then ` : ""}${shown.join(", ")}`;
  return `  ${name}: ${traffic}${failed}`;
}

/** `; as repairer: 2 NAKs heard, 1 NNAK, 1 RDATA sent`; empty where it is none. */
function repairerText(repairer: ReceiverResult["repairer"]): string {
  if (repairer === null) return "";
  const { naksFromBelow, naksFromParent, nnaksSent, repairsToGroup, repairsToParent } = repairer.counters;
  const heard = naksFromBelow + naksFromParent;
  return `; as repairer: ${heard} NAKs heard, ${nnaksSent} NNAK, ${repairsToGroup + repairsToParent} RDATA sent`;
}

/** `; ended: fin`, `; ended: 3 fin, 1 idle`; empty where no session has. */
function endsText(ends: readonly EndResult[]): string {
  if (ends.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { end, errorCode } of ends) {
    const how = end === "rst" ? `rst ${errorCode}` : end;
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  const texts = Array.from(counts, ([how, count]) => ends.length === 1 ? how : `${count} ${how}`);
  return `; ended: ${texts.join(", ")}`;
}

function expectationLine(expectation: ExpectationResult): string {
  return expectation.pass ? `  ok        ${expectation.text}` : `  FAILED    ${expectation.text}: ${expectation.found}`;
}
