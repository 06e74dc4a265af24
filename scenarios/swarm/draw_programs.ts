/**
 * Programs on nodes with sockets: some that make sense, and calls that do not, in any order. Every call may fail with a
 * code of Windows Sockets; nothing else may happen, and no octet may be lost or come twice without a word to its reader.
 *
 * ```text
 *   out   sends:    open bind set ... connect, send while faults act and when all is well, shutdown, close
 *   in    reads:    open bind set ... listen, read; or takes one session, for odd calls
 *   odd   neither:  open; whatever else is called is called at random, on out, in and a session of in, too
 * ```
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";
import { type Dice, durationText, ms, seconds } from "./dice.ts";
import type { EntryData, Fields, NodeData } from "./scenario_data.ts";
import { parseDuration } from "../language/units.ts";

/** When and where. */
export interface ProgramStage {
  /** The segments that hosts may be on. */
  readonly segments: readonly string[];
  /** When faults have ended. */
  readonly healed: Instant;
  /** When routes have followed. */
  readonly calm: Instant;
}

/** Nodes with programs, and what these do. */
export interface DrawnPrograms {
  readonly nodes: Readonly<Record<string, NodeData>>;
  readonly script: readonly EntryData[];
}

/** A call, without `at` and node. */
interface Call {
  readonly socket: string;
  readonly call: Fields;
}

/** Octets that a program sends before the network has healed: runs must be short. */
const MOST_OCTETS = 60_000;
const MOST_MESSAGE = 20_000;
const MOST_ODD_CALLS = 24;
const SESSION = "session";
/** As often as that among the sockets for odd calls. */
const SESSIONS = [SESSION, SESSION, SESSION, SESSION];
const WRONG: readonly unknown[] = [-1, 0.5, 2 ** 32, "text", true, null, {}];

/** Up to three nodes with programs. */
export function drawPrograms(dice: Dice, stage: ProgramStage): DrawnPrograms {
  const nodes: Record<string, NodeData> = {};
  const script: EntryData[] = [];
  const count = dice.fork("count").pick([1, 2, 2, 3]);
  for (let i = 0; i < count; i++) {
    const own = dice.fork(`program/${i}`);
    const node = `program-${i}`;
    const on = own.fork("on").several(
      stage.segments,
      Math.min(own.fork("homes").pick([1, 1, 2]), stage.segments.length),
    );
    nodes[node] = { role: "sockets", on };
    const sends = own.fork("sends").chance(0.6);
    const entries = sends ? drawSender(own.fork("out"), { node, on, stage }) : [];
    const reads = !sends || own.fork("reads").chance(0.6);
    if (reads) entries.push(...drawReader(own.fork("in"), { node, on, stage }));
    script.push(...entries, ...drawOddCalls(own.fork("odd"), { node, on, stage, sends, reads, entries }));
  }
  return { nodes, script };
}

/** A program and its surroundings. */
interface Program {
  readonly node: string;
  readonly on: readonly string[];
  readonly stage: ProgramStage;
}

function callEntry(at: Instant, node: string, { socket, call }: Call): EntryData {
  return { at: durationText(at), call: { node, socket, fails: "any", ...call } };
}

function drawType(dice: Dice): string {
  return dice.chance(0.3) ? "SOCK_STREAM" : "SOCK_RDM";
}

/** When a program begins: at once, or while faults act. */
function drawBegin(dice: Dice, { healed }: ProgramStage): Instant {
  return dice.chance(0.7) ? 0 : dice.int(0, Math.floor(healed / 2));
}

function drawSender(dice: Dice, { node, on, stage }: Program): EntryData[] {
  const { healed, calm } = stage;
  const socket = "out";
  const begin = drawBegin(dice.fork("begin"), stage);
  const end = calm + dice.fork("end").spread(seconds(1), seconds(5));
  const call = (at: Instant, fields: Fields) => callEntry(at, node, { socket, call: fields });
  const entries = [
    call(0, { open: { type: drawType(dice.fork("type")) } }),
    call(begin, { bind: {} }),
    call(begin, { set: { option: "RM_RATE_WINDOW_SIZE", value: drawWindow(dice.fork("window")) } }),
    ...drawSettings(dice.fork("settings"), SENDER_SETTINGS, on).map((set) => call(begin, { set })),
    call(begin, { connect: {} }),
  ];
  const streams = dice.fork("streams").pick([1, 1, 2]);
  for (let i = 0; i < streams; i++) {
    const own = dice.fork(`stream/${i}`);
    const bytes = own.fork("bytes").spread(1, MOST_MESSAGE);
    const messages = own.fork("messages").spread(1, Math.max(1, Math.floor(MOST_OCTETS / streams / (bytes + 100))));
    const at = begin + own.fork("at").int(0, healed);
    const every = durationText(own.fork("every").int(0, Math.floor(healed / messages)));
    entries.push({
      at: durationText(at),
      send: { from: node, socket, messages, bytes, every, ...drawParts(own, bytes) },
    });
  }
  entries.push(drawLast(dice.fork("last"), node, socket, calm));
  if (dice.fork("shutdown").chance(0.7)) entries.push(call(end, { shutdown: { how: "SD_SEND" } }));
  if (dice.fork("close").chance(0.6)) entries.push(call(end, { close: {} }));
  return entries;
}

/** A few messages when all is well: who heard nothing of a session before is owed it, and must learn of it. */
function drawLast(dice: Dice, node: string, socket: string, calm: Instant): EntryData {
  const messages = dice.fork("messages").int(1, 3);
  const every = durationText(dice.fork("every").spread(ms(1), ms(100)));
  const send = { from: node, socket, messages, bytes: dice.fork("bytes").spread(1, 1_000), every };
  return { at: durationText(calm), send };
}

function drawParts(dice: Dice, bytes: number): Fields {
  const parts = dice.fork("parts");
  return bytes >= 5 && parts.chance(0.25) ? { parts: parts.int(2, 5) } : {};
}

/** Rate and window, two of the three, so that neither is so small that runs take minutes. */
function drawWindow(dice: Dice): Fields {
  const RateKbitsPerSec = dice.fork("rate").spread(200, 5_000);
  const WindowSizeInMSecs = dice.fork("msecs").spread(200, 5_000);
  const WindowSizeInBytes = Math.floor(RateKbitsPerSec * WindowSizeInMSecs / 8);
  return dice.fork("which").pick<Fields>([
    { RateKbitsPerSec, WindowSizeInMSecs },
    { RateKbitsPerSec, WindowSizeInBytes },
    { WindowSizeInMSecs, WindowSizeInBytes },
  ]);
}

/** Values of options that make sense. */
type Settings = Readonly<Record<string, (dice: Dice, on: readonly string[]) => Fields>>;

const SENDER_SETTINGS: Settings = {
  RM_LATEJOIN: (dice) => ({ value: dice.int(0, 75) }),
  RM_SEND_WINDOW_ADV_RATE: (dice) => ({ value: dice.int(1, 50) }),
  RM_SENDER_WINDOW_ADVANCE_METHOD: () => ({ value: 1 }),
  RM_SET_MCAST_TTL: (dice) => ({ value: dice.int(16, 255) }),
  RM_SET_SEND_IF: (dice, on) => ({ interface: dice.pick(on) }),
  RM_USE_FEC: (dice) => ({
    value: {
      FECBlockSize: dice.int(40, 255),
      FECProActivePackets: dice.int(0, 2),
      FECGroupSize: 2 ** dice.int(1, 5),
      fFECOnDemandParityEnabled: true,
    },
  }),
};

const RECEIVER_SETTINGS: Settings = {
  RM_ADD_RECEIVE_IF: (dice, on) => ({ interface: dice.pick(on) }),
  RM_DEL_RECEIVE_IF: (dice, on) => ({ interface: dice.pick(on) }),
  RM_HIGH_SPEED_INTRANET_OPT: (dice) => ({ value: dice.int(0, 1) }),
};

function drawSettings(dice: Dice, settings: Settings, on: readonly string[]): Fields[] {
  return Object.entries(settings)
    .filter(([option]) => dice.fork(option).chance(0.4))
    .map(([option, draw]) => ({ option, ...draw(dice.fork(`${option}/value`), on) }));
}

function drawReader(dice: Dice, { node, on, stage }: Program): EntryData[] {
  const socket = "in";
  const begin = drawBegin(dice.fork("begin"), stage);
  const call = (fields: Fields) => callEntry(begin, node, { socket, call: fields });
  const rate = dice.fork("rate");
  const read: Fields = { node, socket, buffer: dice.fork("buffer").spread(1, 65_536) };
  if (rate.chance(0.3)) read["rate"] = rate.rate(100_000, 10_000_000);
  const adds = on.filter((segment) => dice.fork(`add/${segment}`).chance(0.5));
  return [
    callEntry(0, node, { socket, call: { open: { type: drawType(dice.fork("type")) } } }),
    call({ bind: { address: "group" } }),
    ...adds.map((segment) => call({ set: { option: "RM_ADD_RECEIVE_IF", interface: segment } })),
    ...drawSettings(dice.fork("settings"), RECEIVER_SETTINGS, on).map((set) => call({ set })),
    call({ listen: { backlog: dice.fork("backlog").int(0, 3) } }),
    drawAccept(dice.fork("accept"), { begin, node, socket }, stage) ?? { at: durationText(begin), read },
  ];
}

/** Now and then a program does not read, but takes one session. */
function drawAccept(
  dice: Dice,
  { begin, node, socket }: { readonly begin: Instant; readonly node: string; readonly socket: string },
  { calm }: ProgramStage,
): EntryData | undefined {
  if (!dice.fork("whether").chance(0.3)) return undefined;
  return callEntry(dice.fork("at").int(begin, calm), node, { socket, call: { accept: { as: SESSION } } });
}

/** What a node does besides odd calls. */
interface OddProgram extends Program {
  readonly sends: boolean;
  readonly reads: boolean;
  readonly entries: readonly EntryData[];
}

/** Calls at any time, of any socket, right or wrong. */
function drawOddCalls(dice: Dice, { node, on, stage, sends, reads, entries: before }: OddProgram): EntryData[] {
  if (dice.fork("none").chance(0.3)) return [];
  const names = ["odd", "odd", ...sends ? ["out"] : [], ...reads ? ["in"] : []];
  const count = dice.fork("count").spread(1, MOST_ODD_CALLS);
  const end = stage.calm + seconds(2);
  const times = Array.from({ length: count }, (_, i) => dice.fork(`at/${i}`).int(0, end)).sort((a, b) => a - b);
  const entries = [callEntry(0, node, { socket: "odd", call: { open: { type: drawType(dice.fork("type")) } } })];
  let sessionFrom = Math.min(...before.filter(isAccept).map(({ at }) => parseDuration(at)));
  for (const [i, at] of times.entries()) {
    const own = dice.fork(`call/${i}`);
    const socket = own.fork("socket").pick(sessionFrom < at ? [...names, ...SESSIONS] : names);
    const kind = own.fork("kind").pick(Object.keys(ODD_CALLS));
    entries.push(callEntry(at, node, { socket, call: { [kind]: ODD_CALLS[kind]!(own.fork(kind), on) } }));
    if (kind === "accept") sessionFrom = Math.min(sessionFrom, at);
  }
  return [...entries, drawLast(dice.fork("last"), node, "odd", stage.calm)];
}

const ODD_CALLS: Readonly<Record<string, (dice: Dice, on: readonly string[]) => Fields>> = {
  bind: (dice) => ({
    address: dice.pick<unknown>(["any", "group", "group", "10.0.0.1", "239.9.9.9", "ff05::9", "", ...WRONG]),
    ...dice.chance(0.3) ? { port: dice.pick<unknown>([0, 1, 65_535, 65_536, ...WRONG]) } : {},
  }),
  connect: (dice) => ({
    group: dice.pick<unknown>(["group", "group", "239.9.9.9", "10.0.0.1", ...WRONG]),
    ...dice.chance(0.3) ? { port: dice.pick<unknown>([0, 1, 65_535, 65_536, ...WRONG]) } : {},
  }),
  listen: (dice) => ({ backlog: dice.pick<unknown>([0, 1, 5, 2 ** 31, ...WRONG]) }),
  accept: () => ({ as: SESSION }),
  set: drawOddOption,
  get: (dice) => ({ option: drawOption(dice) }),
  send: (dice) => ({ bytes: dice.chance(0.2) ? 0 : dice.spread(1, MOST_MESSAGE) }),
  recv: (dice) => ({ buffer: dice.chance(0.2) ? 0 : dice.spread(1, MOST_MESSAGE) }),
  shutdown: (dice) => ({ how: dice.pick<unknown>(["SD_RECEIVE", "SD_SEND", "SD_BOTH", 3, ...numbersOf(WRONG)]) }),
  ioctl: (dice) => ({ command: dice.pick<unknown>(["FIONBIO", 1]), argument: dice.pick<unknown>([0, 1, ...WRONG]) }),
  close: () => ({}),
};

const OPTIONS = [
  ...Object.keys(SENDER_SETTINGS),
  ...Object.keys(RECEIVER_SETTINGS),
  ...["RM_SET_MESSAGE_BOUNDARY", "RM_FLUSHCACHE", "RM_SENDER_STATISTICS", "RM_RECEIVER_STATISTICS"],
  "RM_RATE_WINDOW_SIZE",
];

function drawOption(dice: Dice): unknown {
  return dice.chance(0.1) ? dice.pick<unknown>([0, 1000, 1015, ...numbersOf(WRONG)]) : dice.pick(OPTIONS);
}

/** An option with a value of its own, of another, or a wrong one. A small TTL would rightly keep data from receivers. */
function drawOddOption(dice: Dice, on: readonly string[]): Fields {
  const option = drawOption(dice.fork("option"));
  const level = dice.fork("level").chance(0.05) ? { level: dice.fork("levels").pick([0, 6]) } : {};
  const values = dice.fork("value");
  const sense = { ...SENDER_SETTINGS, ...RECEIVER_SETTINGS }[option as string];
  if (sense !== undefined && values.chance(0.5)) return { ...level, option, ...sense(values, on) };
  if (option === "RM_RATE_WINDOW_SIZE" && values.chance(0.5)) return { ...level, option, value: drawWindow(values) };
  const odd: unknown[] = [0, 256, 2 ** 31, "10.9.9.9", { RateKbitsPerSec: 0 }, { WindowSizeInBytes: -1 }, ...WRONG];
  if (option === "RM_SET_MESSAGE_BOUNDARY") odd.push(1, 100, MOST_MESSAGE);
  return { ...level, option, value: values.pick(odd) };
}

function isAccept(entry: EntryData): boolean {
  return "accept" in ((entry["call"] ?? {}) as Fields);
}

/** What may stand where the language wants a name or a number. */
function numbersOf(values: readonly unknown[]): unknown[] {
  return values.filter((value) => typeof value !== "string");
}
