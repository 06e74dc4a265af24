import { assert, assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import type { Plan } from "../../../scenarios/plan.ts";
import { edited, minimal } from "./example_specs.ts";

function planOf(topology: unknown): Plan {
  return planScenario(edited(minimal, { topology }));
}

/** `node: segment segment` per node. */
function picture(plan: Plan): string[] {
  return plan.nodes.map((node) =>
    `${node.name}: ${node.interfaces.map((iface) => plan.segments[iface.segment]!.name).join(" ")}`
  );
}

function members(plan: Plan): string[] {
  return plan.nodes.filter((node) => node.role === "receiver").map((node) => node.name);
}

Deno.test("lan: sender and members on one segment", () => {
  const plan = planOf({ kind: "lan", receivers: 3, segment: { rate: "1Gbps" } });
  assertEquals(picture(plan), ["sender: lan", "member-0: lan", "member-1: lan", "member-2: lan"]);
  assertEquals(plan.segments.map((segment) => [segment.name, segment.bitsPerSecond]), [["lan", 1_000_000_000]]);
  assertEquals(picture(planOf({ kind: "lan", receivers: 1 })), ["sender: lan", "member-0: lan"]);
});

Deno.test("star: a hub with a trunk to the sender and a link to each member", () => {
  const plan = planOf({ kind: "star", receivers: 2, trunk: { delay: "5ms" }, link: { delay: "2ms" } });
  assertEquals(picture(plan), ["sender: trunk", "hub: trunk link-0 link-1", "member-0: link-0", "member-1: link-1"]);
  assertEquals(plan.segments.map((segment) => segment.delay), [5_000_000, 2_000_000, 2_000_000]);
  assertEquals(picture(planOf({ kind: "star", receivers: 1 })), [
    "sender: trunk",
    "hub: trunk link-0",
    "member-0: link-0",
  ]);
});

Deno.test("chain: routers in a row, members on the last link", () => {
  assertEquals(picture(planOf({ kind: "chain", hops: 2, receivers: 2 })), [
    "sender: link-0",
    "router-1: link-0 link-1",
    "router-2: link-1 link-2",
    "member-0: link-2",
    "member-1: link-2",
  ]);
  assertEquals(picture(planOf({ kind: "chain", hops: 1 })), [
    "sender: link-0",
    "router-1: link-0 link-1",
    "member-0: link-1",
  ]);
});

Deno.test("chain: members on every hop, counted from the sender outwards", () => {
  const plan = planOf({ kind: "chain", hops: 3, receivers: 1, receiversPerHop: 2 });
  assertEquals(picture(plan).slice(4), [
    "member-0: link-1",
    "member-1: link-1",
    "member-2: link-2",
    "member-3: link-2",
    "member-4: link-3",
  ]);
});

Deno.test("tree: leaves that are no power of the arity are spread evenly, more to the left", () => {
  assertEquals(picture(planOf({ kind: "tree", arity: 2, receivers: 3 })), [
    "sender: link-root",
    "root: link-root link-router-1-0 link-router-1-1",
    "router-1-0: link-router-1-0 link-member-0 link-member-1",
    "member-0: link-member-0",
    "member-1: link-member-1",
    "router-1-1: link-router-1-1 link-member-2",
    "member-2: link-member-2",
  ]);
});

Deno.test("tree: the depth is the least that holds the leaves, and at least one", () => {
  const routers = (arity: number, receivers: number) =>
    planOf({ kind: "tree", arity, receivers }).nodes.filter((node) => node.role === "router").length;
  assertEquals(routers(10, 1), 1);
  assertEquals(routers(10, 10), 1);
  assertEquals(routers(10, 11), 1 + 10);
  assertEquals(routers(10, 100), 1 + 10);
  assertEquals(routers(10, 101), 1 + 10 + 100);
  assertEquals(routers(10, 10_000), 1 + 10 + 100 + 1000);
});

Deno.test("tree: every leaf is there once, equally deep, and no router has more links than the arity", () => {
  for (const arity of [2, 3, 7]) {
    for (let receivers = 1; receivers <= 60; receivers++) {
      const plan = planOf({ kind: "tree", arity, receivers });
      assertEquals(members(plan), Array.from({ length: receivers }, (_, i) => `member-${i}`));
      const parent = new Map<number, number>();
      for (const [index, { role, interfaces }] of plan.nodes.entries()) {
        if (role !== "router") continue;
        assert(interfaces.length >= 2 && interfaces.length <= arity + 1);
        for (const { segment } of interfaces.slice(1)) parent.set(segment, index);
      }
      const depths = plan.nodes.filter((node) => node.role === "receiver").map((leaf) => {
        let depth = 0;
        let router = parent.get(leaf.interfaces[0]!.segment);
        for (; router !== undefined; depth++) router = parent.get(plan.nodes[router]!.interfaces[0]!.segment);
        return depth;
      });
      let least = 1;
      while (arity ** least < receivers) least++;
      assertEquals(new Set(depths), new Set([least]));
    }
  }
});

Deno.test("topologies: the group member is all members, with the parameters given", () => {
  for (
    const topology of [
      { kind: "lan", receivers: 5 },
      { kind: "star", receivers: 5 },
      { kind: "chain", hops: 3, receivers: 1, receiversPerHop: 2 },
      { kind: "tree", arity: 2, receivers: 5 },
    ]
  ) {
    const plan = planScenario(edited(minimal, {
      topology: { ...topology, source: { ttl: 9 }, receiver: { nakBoIvl: "7ms" } },
      expect: [{ delivered: "all", to: "member" }],
    }));
    const [expectation] = plan.expect;
    const to = expectation!.kind === "delivered" ? expectation!.by : [];
    assertEquals(to.map((node) => plan.nodes[node]!.name), members(plan));
    assertEquals(to.length, 5);
    for (const node of plan.nodes) {
      if (node.role === "receiver") assertEquals(node.receiver.nakBoIvl, 7_000_000);
      if (node.role === "source") assertEquals(node.source.ttl, 9);
    }
  }
});

Deno.test("topologies: segments and nodes can be added", () => {
  const plan = planScenario(edited(minimal, {
    topology: { kind: "star", receivers: 1 },
    segments: { far: {} },
    nodes: {
      edge: { role: "router", on: ["link-0", "far"] },
      guest: { role: "receiver", on: ["far"] },
    },
  }));
  assertEquals(picture(plan), [
    "sender: trunk",
    "hub: trunk link-0",
    "member-0: link-0",
    "edge: link-0 far",
    "guest: far",
  ]);
});

Deno.test("topologies: what a topology needs", () => {
  const problem = (topology: unknown) => assertThrows(() => planOf(topology), ScenarioError).message;
  assertEquals(
    problem({ kind: "ring" }),
    'topology.kind: unknown kind "ring": allowed: lan, star, chain, tree',
  );
  assertEquals(problem({ kind: "lan", receivers: 0 }), "topology.receivers: 0 is out of range: 1 .. 20000");
  assertEquals(problem({ kind: "tree", arity: 1, receivers: 2 }), "topology.arity: 1 is out of range: 2 .. 20000");
  assertEquals(problem({ kind: "chain", hops: 0 }), "topology.hops: 0 is out of range: 1 .. 1000");
  assertEquals(
    problem({ kind: "star" }),
    'topology: missing key "receivers": how many receivers: "member-0" on "link-0", "member-1" on "link-1", ...',
  );
  assertEquals(problem({ kind: "lan", receivers: 20_000 }), "topology: more than 20000 nodes in all");
});
