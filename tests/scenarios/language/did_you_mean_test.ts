import { assertEquals } from "@std/assert";
import { closest, unknown } from "../../../scenarios/language/did_you_mean.ts";

Deno.test("closest: one edit, a swap of neighbours, and case", () => {
  const keys = ["nakBoIvl", "nakRptIvl", "rxwMaxSqns"];
  assertEquals(closest("nakBoIvel", keys), "nakBoIvl");
  assertEquals(closest("nakBIovl", keys), "nakBoIvl");
  assertEquals(closest("nakrptivl", keys), "nakRptIvl");
  assertEquals(closest("Mb", ["bps", "Mbps"]), "Mbps");
});

Deno.test("closest: the nearest wins, the first of equals, and far is nothing", () => {
  assertEquals(closest("member", ["members", "member"]), "member");
  assertEquals(closest("cat", ["bat", "hat"]), "bat");
  assertEquals(closest("delay", ["segments", "nodes"]), undefined);
  assertEquals(closest("x", ["y"]), undefined);
  assertEquals(closest("", ["ab"]), undefined);
  assertEquals(closest("a".repeat(65), ["a".repeat(65)]), undefined);
});

Deno.test("closest: a third of a long word may differ, no more", () => {
  assertEquals(closest("abcdefXXX", ["abcdefghi"]), "abcdefghi");
  assertEquals(closest("abcdeXXXX", ["abcdefghi"]), undefined);
});

Deno.test("unknown: lists what is allowed, and counts long lists", () => {
  assertEquals(unknown("key", "a", []), 'unknown key "a": allowed: none');
  assertEquals(unknown("key", "zzz", ["one", "two"]), 'unknown key "zzz": allowed: one, two');
  const names = Array.from({ length: 25 }, (_, i) => `n${i}`);
  assertEquals(
    unknown("node", "zzzzzz", names, { label: "nodes" }),
    `unknown node "zzzzzz": nodes: ${names.slice(0, 24).join(", ")}, ... (25 in all)`,
  );
});
