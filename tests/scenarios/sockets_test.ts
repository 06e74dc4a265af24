/**
 * Sockets in the scenario language, and the programs that use them: what they do, what they are told, what is checked.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { PgmSocket } from "../../engine/mod.ts";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { edited, type Edits, programs } from "./language/example_specs.ts";
import { ofType, watchPass } from "../support/runs.ts";

type Action = NonNullable<ScenarioSpec["script"]>[number];
type Expectation = NonNullable<ScenarioSpec["expect"]>[number];
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Call = Without<Extract<Action, { call: unknown }>["call"], "node" | "socket">;

/** Calls of one socket of one node, all at one instant. */
function calls(at: `${number}ms`, node: string, socket: string, ...each: readonly Call[]): Action[] {
  return each.map((call) => ({ at, call: { node, socket, ...call } }) as Action);
}

/** 80 kbit/s: a packet of 1000 octets takes a bit more than 100 ms. */
const SLOW = { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000 };
/** So fast that the window is what bounds. */
const FAST = { RateKbitsPerSec: 8_000, WindowSizeInMSecs: 1000 };

function sender(type: "SOCK_RDM" | "SOCK_STREAM" = "SOCK_RDM", window: object = FAST): Action[] {
  return calls(
    "0ms",
    "a",
    "out",
    { open: { type } },
    { bind: {} },
    { set: { option: "RM_RATE_WINDOW_SIZE", value: window as never } },
    { connect: {} },
  );
}

function listener(type: "SOCK_RDM" | "SOCK_STREAM" = "SOCK_RDM"): Action[] {
  return calls("0ms", "b", "in", { open: { type } }, { bind: { address: "group" } }, { listen: {} });
}

const FINISH = [{ shutdown: { how: "SD_SEND" } }, { close: {} }] as const;

function scenario(script: readonly Action[], expect: readonly Expectation[] = [], more: object = {}): ScenarioSpec {
  return {
    name: "sockets",
    about: "Programs use sockets.",
    segments: { lan: {} },
    nodes: {
      a: { role: "sockets", on: ["lan"] },
      b: { role: "sockets", on: ["lan"] },
      r: { role: "receiver", on: ["lan"] },
    },
    script,
    expect,
    ...more,
  };
}

function failing(script: readonly Action[], expect: readonly Expectation[] = []) {
  return runPlan(planScenario(scenario(script, expect)), { seed: 1 });
}

function problem(edits: Edits): string {
  return assertThrows(() => planScenario(edited(programs, edits)), ScenarioError).message;
}

Deno.test("planScenario: what programs do is checked as strictly as everything else, but for what calls are given", () => {
  const socket = { at: "9s", call: { node: "writer", socket: "out" } };
  const call = (more: object) => problem({ "script.24": { ...socket, call: { ...socket.call, ...more } } });
  assertEquals(
    call({ set: { option: "RM_LATEJOINT", value: 1 } }).slice(0, 86),
    'script.24.call.set.option: unknown option "RM_LATEJOINT": did you mean "RM_LATEJOIN"? ',
  );
  assertEquals(call({ set: { option: 1006 } }), 'script.24.call.set: has no value: give "value" or "interface"');
  assertEquals(
    call({ set: { option: 1006, value: 1, interface: "lan" } }),
    'script.24.call.set: has both "value" and "interface": one of them',
  );
  assertEquals(
    call({ set: { option: "RM_SET_SEND_IF", interface: "lam" } }),
    'script.24.call.set.interface: unknown segment "lam": did you mean "lan"? attached to: lan, wan',
  );
  assertEquals(
    call({ close: {}, fails: "WSAEINVALID" }).slice(0, 72),
    'script.24.call.fails: unknown code "WSAEINVALID": did you mean "WSAEINVA',
  );
  assertEquals(
    call({ listen: { backlog: [1] } }),
    "script.24.call.listen.backlog: must be a text, a number, true, false or null, not an array",
  );
  assertEquals(
    call({ listen: {}, close: {} }),
    'script.24.call: has both "listen" and "close": one of them per entry',
  );
  assertEquals(
    problem({ "script.22.send.socket": undefined }),
    'script.22.send.from: "writer" is a node with sockets: a source is needed',
  );
  assertEquals(
    problem({ "script.22.send.bytes": 2 }),
    "script.22.send.parts: 3 parts of 2 octets: one octet each at least",
  );
  assertEquals(
    problem({ "script.21.read.node": "writer" }),
    'script.21.read.socket: unknown socket "in": made on "writer" by then: out',
  );
  assertEquals(
    problem({ "segments.lan": { mtu: 1499 } }),
    'nodes.writer: packets of sockets have up to 1500B: segment "lan" takes 1499B (mtu)',
  );
});

Deno.test("planScenario: a socket is known from the call on that makes it, in order of time", () => {
  assertEquals(
    problem({ "script.6.at": "1ms" }),
    'script.7.call.socket: unknown socket "out": made on "writer" by then: none',
  );
  assertEquals(
    problem({ "script.17.at": "2001ms" }),
    'script.18.call.socket: unknown socket "session": made on "reader-0" by then: in',
  );
  // "exactly 0" of a socket that there never is would always hold.
  const told = (socket: string, by: string) =>
    problem({ "expect.0": { told: "WSAECONNRESET", by, socket, exactly: 0 } });
  assertEquals(
    told("sesion", "reader-0"),
    'expect.0.socket: unknown socket "sesion": did you mean "session"? made on "reader-0" in the script: in, session',
  );
  assertEquals(
    told("session", "reader"),
    'expect.0.socket: unknown socket "session": made on "reader-1" in the script: in',
  );
});

Deno.test("runPlan: every call does what it is expected to do, and programs write and read", () => {
  const { result } = watchPass(programs);
  const { writer, ["reader-0"]: first, ["reader-1"]: second } = result.sockets;
  assertEquals(writer!["out"]!.messagesSent, 6);
  assertEquals(Object.keys(first!), ["in", "session"]);
  assertEquals(Object.keys(second!), ["in", "in/1"]);
  assertEquals([first!["session"]!.octetsReceived, second!["in/1"]!.octetsReceived], [
    writer!["out"]!.octetsSent,
    writer!["out"]!.octetsSent,
  ]);
  assertEquals(second!["in/1"]!.failures, [{
    call: "recv",
    code: "WSAEDISCON",
    atNs: second!["in/1"]!.failures[0]!.atNs,
  }]);
});

Deno.test("runPlan: a call that fails otherwise than expected, or does not fail, fails the run", () => {
  const cases: [Call, string][] = [
    [{ listen: {} }, "socket out: listen does not fail: WSAEOPNOTSUPP: listen is not for a socket in this state"],
    [{ listen: {}, fails: "WSAEINVAL" }, "listen fails with WSAEINVAL: WSAEOPNOTSUPP: listen is not for a socket"],
    [{ shutdown: { how: "SD_SEND" }, fails: "WSAENOTCONN" }, "SD_SEND fails with WSAENOTCONN: it did not fail"],
    [{ get: { option: "RM_LATEJOIN", is: 5 } }, "get RM_LATEJOIN gives 5: 0 instead of 5"],
    [{ recv: { gives: 1 }, fails: "WSAEOPNOTSUPP" }, "socket out: recv gives 1 octets: 0 octets"],
    [
      { get: { option: "RM_RATE_WINDOW_SIZE", is: { ...FAST, WindowSizeInMSecs: 999 } } },
      "gives RateKbitsPerSec 8000, WindowSizeInMSecs 999: WindowSizeInMSecs 1000 instead of 999",
    ],
  ];
  for (const [call, reason] of cases) {
    const { verdict, reasons } = failing([...sender(), ...calls("5ms", "a", "out", call)]);
    assertEquals([verdict, reasons.length], ["expectation", 1], reason);
    assert(reasons[0]!.startsWith("a, 5 ms: ") && reasons[0]!.includes(reason), reasons[0]);
  }
});

Deno.test("runPlan: a call of a socket that was never made fails with WSAENOTSOCK, and so it is after a crash", () => {
  const { result } = watchPass(scenario([
    ...calls("0ms", "a", "out", { open: { type: 5 }, fails: "WSAESOCKTNOSUPPORT" }, { bind: {}, fails: "WSAENOTSOCK" }),
    ...calls("1ms", "a", "out", { open: { type: "SOCK_RDM" } }, { bind: {} }),
    { at: "2ms", crash: "a" },
    { at: "3ms", restart: "a" },
    ...calls("4ms", "a", "out", { connect: {}, fails: "WSAENOTSOCK" }),
  ], [{ told: "WSAENOTSOCK", by: "a", socket: "out", exactly: 2 }]));
  assertEquals(Object.keys(result.sockets["a"]!), ["out"]);
});

Deno.test("runPlan: a message in parts is one message, of as many sends; receivers of both kinds get it whole", () => {
  const { trace, result } = watchPass(scenario([
    ...sender(),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in", buffer: 100 } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 3, bytes: 1000, parts: 7 } },
  ], [{ delivered: 3, to: ["b", "r"] }, { delivered: "all", to: ["b", "r"] }]));
  assertEquals(ofType(trace, "ODATA").filter(({ kind }) => kind === "send").length, 3);
  assertEquals(result.sockets["b"]!["in/1"]!.octetsReceived, 3000);
});

Deno.test("runPlan: a window that is full is waited out; what was written comes complete and in order", () => {
  const { result } = watchPass(scenario([
    ...sender("SOCK_RDM", SLOW),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    // The window holds 10,000 octets: ten seconds of data.
    { at: "10ms", send: { from: "a", socket: "out", messages: 100, bytes: 1000 } },
  ], [{ delivered: 100, to: ["b", "r"] }, { delivered: { atMost: 12 }, to: "b", before: "1s" }]));
  assertEquals(result.sockets["a"]!["out"]!.failures, []);
});

Deno.test("runPlan: a stream is read as it comes, whatever was written at once and however it is read", () => {
  for (const buffer of [1, 999, 5000]) {
    const { result } = watchPass(scenario([
      ...sender("SOCK_STREAM"),
      ...listener("SOCK_STREAM"),
      { at: "0ms", read: { node: "b", socket: "in", buffer, rate: "10Mbps" } },
      { at: "10ms", send: { from: "a", socket: "out", messages: 4, bytes: [1, 4000], parts: 1 } },
      { at: "50ms", send: { from: "a", socket: "out", messages: 2, bytes: 3000, parts: 5 } },
      { at: "10ms", drop: { to: "b", packet: "ODATA", sqn: 2 } },
      ...calls("5000ms", "a", "out", ...FINISH),
    ], [{ delivered: "all", to: ["b", "r"] }, { told: "WSAEDISCON", by: "b" }]));
    assertEquals(result.sockets["b"]!["in/1"]!.octetsReceived, result.sockets["a"]!["out"]!.octetsSent);
  }
});

Deno.test("runPlan: an ordinary source feeds sockets; a session that ended is closed, and the next one is served", () => {
  const { result } = watchPass(scenario(
    [
      ...listener(),
      { at: "0ms", read: { node: "b", socket: "in" } },
      { at: "10ms", send: { from: ["s"], messages: 10, bytes: 3000, every: "10ms" } },
      { at: "1s", crash: "s" },
      { at: "2s", restart: "s" },
      { at: "3s", send: { from: "s", messages: 5, bytes: 100 } },
      { at: "4s", close: { from: "s" } },
    ],
    [{ delivered: 15, to: "b" }, { told: "WSAEDISCON", by: "b", after: "4s" }],
    { nodes: { s: { role: "source", on: ["lan"] }, b: { role: "sockets", on: ["lan"] } } },
  ));
  const { ["in/1"]: first, ["in/2"]: second } = result.sockets["b"]!;
  assertEquals([first!.messagesReceived, second!.messagesReceived], [10, 5]);
});

Deno.test("runPlan: a reader is slow if it must be, and the run waits for it", () => {
  const { result } = watchPass(scenario([
    ...sender(),
    ...listener(),
    // Each message keeps it busy for 100 ms.
    { at: "0ms", read: { node: "b", socket: "in", rate: "80kbps" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 50, bytes: 1000 } },
  ], [{ delivered: 10, to: "b", before: "1000ms" }, { delivered: 50, to: "b" }]));
  assert(result.settledNs! > 4.9e9, `${result.settledNs}`);
});

Deno.test("runPlan: told: how often, by whom, on which socket, when; without a number at least once", () => {
  const script = [
    ...sender(),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 3, bytes: 1000 } },
    ...calls("500ms", "a", "out", ...FINISH),
  ] satisfies Action[];
  const holds: Expectation[] = [
    { told: "WSAEDISCON", by: "b" },
    { told: "WSAEDISCON", by: "b", socket: "in", exactly: 1, after: "500ms", before: "510ms" },
    { told: "WSAEDISCON", by: "a", exactly: 0 },
  ];
  watchPass(scenario(script, holds));
  const broken: [Expectation, string][] = [
    [{ told: "WSAECONNRESET", by: "b", before: "1s" }, "b: told WSAECONNRESET before 1s: b: 0"],
    [{ told: "WSAEDISCON", by: "b", after: "501ms", before: "510ms", exactly: 0 }, ""],
    [{ told: "WSAEDISCON", by: "a", socket: "out", before: "1s" }, "on socket out before 1s: a: 0"],
  ];
  for (const [expectation, reason] of broken) {
    const { verdict, reasons } = failing(script, [expectation]);
    assertEquals(verdict, "expectation", JSON.stringify(expectation));
    assert(reasons[0]!.includes(reason), reasons[0]);
  }
});

Deno.test("runPlan: a sender that is closed without shutdown, crashes or loses its interface owes nothing more", () => {
  const ends: Action[][] = [
    calls("500ms", "a", "out", { close: {} }),
    [{ at: "500ms", crash: "a" }],
    [{ at: "500ms", down: { interface: "a:lan" } }],
  ];
  for (const end of ends) {
    watchPass(scenario([
      ...sender("SOCK_RDM", SLOW),
      ...listener(),
      { at: "0ms", read: { node: "b", socket: "in" } },
      { at: "10ms", send: { from: "a", socket: "out", messages: 50, bytes: 1000 } },
      ...end,
    ], [{ delivered: { atLeast: 5, atMost: 6 }, to: ["b", "r"] }]));
  }
});

Deno.test("runPlan: two sessions of a node keep their own rates, and every run repeats itself", () => {
  const spec = scenario([
    ...sender("SOCK_RDM", SLOW),
    ...calls("0ms", "a", "more", { open: { type: "SOCK_STREAM" } }, { bind: {} }, {
      set: { option: "RM_RATE_WINDOW_SIZE", value: FAST },
    }, { connect: {} }),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 9, bytes: 1000 } },
    { at: "10ms", send: { from: "a", socket: "more", messages: 9, bytes: 5000, every: "5ms" } },
    { at: "10ms", impair: { to: ["b", "r"], loss: "10%" } },
  ], [{ delivered: "all", to: "r" }]);
  const [first, again] = [watchPass(spec).result, watchPass(spec).result];
  assertEquals(first.traceHash, again.traceHash);
  assertEquals(first.sockets, again.sockets);
});

Deno.test("runPlan: the ladder shows calls, sessions, failures and interfaces, not every octet", () => {
  const lines: string[] = [];
  const spec = scenario([
    ...sender(),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 3, bytes: 1000 } },
    { at: "500ms", down: { interface: "b:lan" } },
    ...calls("600ms", "a", "out", { listen: {}, fails: "any" }, { close: {} }),
  ]);
  runPlan(planScenario(spec), { seed: 1, ladder: (line) => lines.push(line) });
  const told = lines.filter((line) => /socket |interface /.test(line)).map((line) => line.trim().replace(/ +/g, " "));
  const tsi = /session ([0-9a-f]+\.[0-9]+)/.exec(lines.join())![1];
  assertEquals(told, [
    "0.000 ms a socket out: open SOCK_RDM",
    "0.000 ms a socket out: bind 0.0.0.0:0",
    "0.000 ms a socket out: set RM_RATE_WINDOW_SIZE RateKbitsPerSec 8000, WindowSizeInMSecs 1000",
    "0.000 ms a socket out: connect 239.192.0.1:7500",
    "0.000 ms b socket in: open SOCK_RDM",
    "0.000 ms b socket in: bind 239.192.0.1:7500",
    "0.000 ms b socket in: listen",
    `11.084 ms b socket in/1: session ${tsi}`,
    "500.000 ms b interface 10.0.0.2 is gone",
    "500.000 ms b socket in/1: recv fails with WSAECONNRESET",
    "600.000 ms a socket out: listen",
    "600.000 ms a socket out: listen fails with WSAEOPNOTSUPP",
    "600.000 ms a socket out: close",
  ]);
});

Deno.test("runPlan: a session that begins in the middle of a message owes what follows it, if anything does", () => {
  const begin = [
    ...sender(),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 1, bytes: 3000 } },
    // Of the first message it hears the second packet first, and nobody has the first for it.
    { at: "0ms", drop: { to: "b", packet: "ODATA", sqn: 0 } },
  ] satisfies Action[];
  watchPass(scenario(begin, [{ delivered: 0, to: "b" }, { delivered: "all", to: ["b", "r"] }]));
  watchPass(scenario([...begin, { at: "1s", send: { from: "a", socket: "out", messages: 2, bytes: 3000 } }], [
    { delivered: 2, to: "b" },
    { delivered: "all", to: ["b", "r"] },
  ]));
});

Deno.test("runPlan: what a program has not written when it says shutdown, it never writes", () => {
  const { result } = watchPass(scenario([
    ...sender("SOCK_RDM", SLOW),
    ...listener(),
    { at: "0ms", read: { node: "b", socket: "in" } },
    { at: "10ms", send: { from: "a", socket: "out", messages: 50, bytes: 1000 } },
    ...calls("20ms", "a", "out", ...FINISH),
  ], [{ delivered: "all", to: ["b", "r"] }, { told: "WSAEDISCON", by: "b" }]));
  assertEquals(result.sockets["a"]!["out"]!.messagesSent, 9);
});

Deno.test("runPlan: a receiver that no packet of a program reaches is owed nothing, and has not got all", () => {
  const elsewhere = {
    segments: { lan: {}, wan: {} },
    nodes: {
      a: { role: "sockets", on: ["lan"] },
      r: { role: "receiver", on: ["wan"] },
      s: { role: "source", on: ["wan"] },
    },
  };
  const script = [...sender(), {
    at: "10ms",
    send: { from: "a", socket: "out", messages: 3, bytes: 1000 },
  }] as Action[];
  watchPass(scenario(script, [{ delivered: 0, to: "r" }], elsewhere));
  const { reasons } = runPlan(planScenario(scenario(script, [{ delivered: "all", to: "r" }], elsewhere)), { seed: 1 });
  assertEquals(reasons, ["r: all messages delivered: r: has not got everything"]);
});

Deno.test("runPlan: a call that throws anything but a code of Windows is a violation", () => {
  const { listen } = PgmSocket.prototype;
  PgmSocket.prototype.listen = () => {
    throw new TypeError("not a code");
  };
  try {
    const { verdict, reasons } = failing(listener());
    assertEquals([verdict, reasons], ["safety", ["sockets, 0 ms, b: socket in: listen threw TypeError: not a code"]]);
  } finally {
    PgmSocket.prototype.listen = listen;
  }
});
