/**
 * Programs that use sockets in scenarios: what becomes of them when nodes crash, sockets are closed and names are used
 * again, and that what is judged about them is judged exactly.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { IPPROTO_RM, PgmSocket, RM_RATE_WINDOW_SIZE } from "../../engine/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { calls, listener, rateAndWindow, sender } from "../../scenarios/socket_calls.ts";
import { watchPass } from "../support/runs.ts";

type Action = NonNullable<ScenarioSpec["script"]>[number];
type Expectation = NonNullable<ScenarioSpec["expect"]>[number];

const SENDER = calls("0s", "a", "out", ...sender("SOCK_RDM", rateAndWindow(8000, 1000)));
const LISTENER = calls("0s", "b", "in", ...listener("SOCK_RDM"));
const READER = [...LISTENER, { at: "0s", read: { node: "b", socket: "in" } }] as const;

/** A sender `a` on two segments, a reader `b` on the first. */
function scenario(script: readonly Action[], expect: readonly Expectation[] = []): ScenarioSpec {
  return {
    name: "programs",
    about: "Programs use sockets.",
    segments: { lan: {}, other: {} },
    nodes: { a: { role: "sockets", on: ["lan", "other"] }, b: { role: "sockets", on: ["lan"] } },
    script,
    expect,
  };
}

function sends(messages: number, at: Action["at"] = "10ms", every: Action["at"] = "1ms"): Action {
  return { at, send: { from: "a", socket: "out", messages, bytes: 1000, every } };
}

function verdict(script: readonly Action[], expect: readonly Expectation[] = []) {
  const { verdict, reasons } = runPlan(planScenario(scenario(script, expect)), { seed: 1 });
  return [verdict, ...reasons];
}

Deno.test("runPlan: told: at after counts, at before does not, to the nanosecond", () => {
  const script = [...SENDER, ...READER, sends(1), ...calls("500ms", "a", "out", { shutdown: { how: "SD_SEND" } })];
  const { result } = watchPass(scenario(script));
  const at = result.sockets["b"]!["in/1"]!.failures[0]!.atNs;
  const told = { told: "WSAEDISCON", by: "b" } as const;
  watchPass(scenario(script, [
    { ...told, after: `${at}ns`, exactly: 1 },
    { ...told, after: `${at + 1}ns`, exactly: 0 },
    { ...told, before: `${at}ns`, exactly: 0 },
    { ...told, before: `${at + 1}ns`, exactly: 1 },
  ]));
});

Deno.test("runPlan: recv gives as many octets as expected, not more and not fewer", () => {
  const read = (gives: number) => [
    ...SENDER,
    ...LISTENER,
    sends(1),
    ...calls("1s", "b", "in", { accept: { as: "session" } }),
    ...calls("1s", "b", "session", { recv: { gives } }),
  ];
  assertEquals(verdict(read(1000)), ["pass"]);
  for (const gives of [999, 1001]) {
    assertEquals(verdict(read(gives)), [
      "expectation",
      `b, 1000 ms: socket session: recv gives ${gives} octets: 1000 octets`,
    ]);
  }
});

Deno.test("runPlan: a name that is used again is another socket in the result", () => {
  const { result } = watchPass(scenario([
    ...SENDER,
    sends(2),
    ...calls("1s", "a", "out", { close: {} }, ...sender("SOCK_RDM"), { send: { bytes: 10 } }),
  ]));
  const { out, ["out#2"]: again } = result.sockets["a"]!;
  assertEquals([out!.octetsSent, again!.octetsSent], [2000, 10]);
});

Deno.test("runPlan: a session that ended is closed: when the listener is, too, the group is free", () => {
  const script = [
    ...SENDER,
    ...READER,
    sends(1),
    ...calls("1s", "a", "out", { shutdown: { how: "SD_SEND" } }),
    ...calls("3s", "b", "in", { close: {} }),
  ];
  watchPass(scenario([...script, ...calls("3s", "b", "again", ...listener("SOCK_RDM"))]));
});

Deno.test("runPlan: a program that has crashed calls nothing and reads nothing, before and after it starts again", () => {
  const script = [
    ...SENDER,
    ...LISTENER,
    { at: "0s", read: { node: "b", socket: "in", rate: "80kbps" } },
    sends(30),
    // By then it has read ten messages of the thirty.
    { at: "1050ms", crash: "b" },
    ...calls("2s", "b", "new", { open: { type: "SOCK_RDM" } }, { accept: { as: "none" } }),
    { at: "3s", restart: "b" },
    ...calls("4s", "b", "in", { accept: { as: "none" }, fails: "WSAENOTSOCK" }),
    sends(1, "10s"),
  ] satisfies Action[];
  const { result } = watchPass(scenario(script, [{ told: "WSAENOTSOCK", by: "b", exactly: 1 }]));
  assertEquals(Object.keys(result.sockets["b"]!), ["in", "in/1"]);
  assertEquals(result.sockets["b"]!["in/1"]!.messagesReceived, 11);
});

Deno.test("runPlan: an interface that a sender does not use is not its end", () => {
  const down = { at: "100ms", down: { interface: "a:other" } } as const;
  const { result } = watchPass(scenario([...SENDER, ...READER, sends(10), down, sends(5, "200ms")], [
    { delivered: 15, to: "b" },
    { delivered: "all", to: "b" },
  ]));
  assertEquals(result.sockets["a"]!["out"]!.failures, []);
});

Deno.test("runPlan: senders are held to the rate that they were given, within one packet", () => {
  const { getsockopt } = PgmSocket.prototype;
  const run = (claimed: number) => {
    PgmSocket.prototype.getsockopt = function (now, level, option) {
      const value = getsockopt.call(this, now, level, option);
      const lies = level === IPPROTO_RM && option === RM_RATE_WINDOW_SIZE;
      return (lies ? { ...value as object, RateKbitsPerSec: claimed } : value) as never;
    };
    try {
      return verdict([...calls("0s", "a", "out", ...sender("SOCK_RDM", rateAndWindow(80, 1000))), sends(150)]);
    } finally {
      PgmSocket.prototype.getsockopt = getsockopt;
    }
  };
  assertEquals(run(80), ["pass"]);
  // In fifteen seconds it sends 1,900 octets more than at this rate.
  const [name, reason] = run(79);
  assertEquals(name, "safety");
  assert(reason!.startsWith("rate, "), reason);
});
