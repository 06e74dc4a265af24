/**
 * Parity and routers that speak PGM, on the simulated network.
 */

import { assertEquals } from "@std/assert";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

/** A source with groups of eight, a router, and two receivers; one loses numbers 2 and 4 of five that are sent at once. */
function partial(script: NonNullable<ScenarioSpec["script"]>): ScenarioSpec {
  return defineScenario({
    name: "partial-group",
    about: "A group is partial when packets of it are asked for by number, and goes on later.",
    segments: { trunk: {}, a: {}, b: {} },
    nodes: {
      sender: {
        role: "source",
        on: ["trunk"],
        source: { ihbMin: "50ms", fec: { groupSize: 8 } },
      },
      router: { role: "router", pgm: true, on: ["trunk", "a", "b"] },
      member: { role: "receiver", on: ["a"] },
      other: { role: "receiver", on: ["b"] },
    },
    script: [
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 2 } },
      { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 4 } },
      { at: "100ms", send: { from: "sender", messages: 5, bytes: 1000 } },
      ...script,
    ],
    expect: [{ delivered: "all", to: ["member", "other"] }, { counter: "rdata", of: "other", exactly: 0 }],
  });
}

const copies = (trace: readonly Happening[], node: string) =>
  ofType(trace, "RDATA").filter((event) => event.node === node && event.kind !== "deliver");

Deno.test("element in a network: packets asked for by number are repaired as the source likes, also with parity [FEC-009, GEN-006]", () => {
  const plain = watchPass(partial([]));
  assertEquals(copies(plain.trace, "router").map(({ iface, packet }) => [iface, packet!.parity]), [
    ["router:a", undefined],
    ["router:a", undefined],
  ]);
  assertEquals(copies(plain.trace, "router").map(sqnOf).sort((a, b) => a - b), [2, 4]);
  // The NAKs are lost on their way, and the group is full when the router repeats them.
  const { trace } = watchPass(partial([
    { at: "0s", until: "500ms", drop: { to: "sender", packet: "NAK", count: "all" } },
    // It asks for parity as well then, which does not arrive either.
    { at: "0s", drop: { to: "router", packet: "NAK", parity: true, count: "all" } },
    { at: "400ms", send: { from: "sender", messages: 3, bytes: 1000 } },
  ]));
  const naks = ofType(trace, "NAK").filter(({ kind, node }) => kind === "deliver" && node === "router");
  assertEquals(naks.map(({ packet }) => packet!.parity), [undefined, undefined]);
  assertEquals(copies(trace, "router").map(({ iface, packet }) => [iface, packet!.parity]), [
    ["router:a", true],
    ["router:a", true],
  ]);
});
