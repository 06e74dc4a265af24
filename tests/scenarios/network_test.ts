import { assert, assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { edited, type Edits, everything, minimal, ncfSuppression } from "./language/example_specs.ts";

function problem(edits: Edits, spec: unknown = ncfSuppression): string {
  return assertThrows(() => planScenario(edited(spec, edits)), ScenarioError).message;
}

function addresses(plan: Plan): string[] {
  return plan.nodes.flatMap((node) => node.interfaces.map((iface) => iface.address));
}

Deno.test("planScenario: networks that cannot be", () => {
  assertEquals(
    problem({ segments: {}, nodes: {} }),
    'the scenario has no nodes: give "topology", or "segments" and "nodes"',
  );
  assertEquals(problem({ "nodes.sender": undefined }), 'no node has the role "source"');
  assertEquals(problem({ "nodes.member": undefined }), 'no node has the role "receiver"');
  assertEquals(problem({ "segments.wan": {} }), "segments.wan: no node is attached to this segment");
  assertEquals(
    problem({ "nodes.member.on": ["lan", "lan"] }),
    'nodes.member.on.1: the node is attached to "lan" already',
  );
});

Deno.test("planScenario: a name is given once", () => {
  const router = { role: "router", on: ["lan"] };
  assertEquals(
    problem({ "nodes.member-3": router }),
    'nodes.member-3: another node or group is called "member-3"',
  );
  planScenario(edited(ncfSuppression, { "nodes.member-50": router }));
  assertEquals(
    problem({ nodes: { sender: router } }, minimal),
    'nodes.sender: another node or group is called "sender"',
  );
  assertEquals(
    problem({ nodes: { member: router } }, minimal),
    'nodes.member: another node or group is called "member"',
  );
  assertEquals(
    problem({ segments: { lan: {} } }, minimal),
    'segments.lan: the topology has a segment "lan" already',
  );
});

Deno.test("planScenario: receivers that hear no source", () => {
  const island = { "segments.wan": {}, "nodes.far": { role: "receiver", on: ["wan"] } };
  const unheard = 'nodes.far: no router connects "far" to a source of its group 239.192.0.1 port 7500';
  assertEquals(problem(island), unheard);
  assertEquals(problem({ ...island, "nodes.bridge": { role: "receiver", on: ["lan", "wan"] } }), unheard);
  planScenario(edited(ncfSuppression, { ...island, "nodes.bridge": { role: "router", on: ["lan", "wan"] } }));
  assertEquals(
    problem({ "nodes.member.port": 7501 }),
    "nodes.member: no source sends to its group 239.192.0.1 port 7501; sources send to group 239.192.0.1 port 7500",
  );
});

Deno.test("planScenario: a source is heard where it sends, a receiver hears where it joins", () => {
  const twoSegments = { "segments.wan": {}, "nodes.sender.on": ["lan", "wan"], "nodes.member.on": ["lan", "wan"] };
  planScenario(edited(ncfSuppression, twoSegments));
  planScenario(edited(ncfSuppression, { ...twoSegments, "nodes.sender.sendOn": "wan" }));
  planScenario(edited(ncfSuppression, { ...twoSegments, "nodes.member.joins": ["lan"] }));
  assertEquals(
    problem({ ...twoSegments, "nodes.sender.sendOn": "wan", "nodes.member.joins": ["lan"] }),
    'nodes.member: no router connects "member-0" to a source of its group 239.192.0.1 port 7500',
  );
});

Deno.test("planScenario: routers in a ring are a network", () => {
  const plan = planScenario({
    name: "ring",
    about: "Three routers in a ring.",
    segments: { a: {}, b: {}, c: {} },
    nodes: {
      sender: { role: "source", on: ["a"] },
      member: { role: "receiver", on: ["b"] },
      ab: { role: "router", on: ["a", "b"] },
      bc: { role: "router", on: ["b", "c"] },
      ca: { role: "router", on: ["c", "a"] },
    },
  });
  assertEquals(plan.nodes.map((node) => node.interfaces.map((iface) => iface.segment)), [[0], [1], [0, 1], [1, 2], [
    2,
    0,
  ]]);
});

Deno.test("planScenario: a counted node is a group, even of one", () => {
  const names = (count: unknown) =>
    planScenario(edited(ncfSuppression, { "nodes.member.count": count })).nodes.map((node) => node.name);
  assertEquals(names(2), ["sender", "member-0", "member-1"]);
  assertEquals(names(1), ["sender", "member-0"]);
  assertEquals(names(undefined), ["sender", "member"]);
});

Deno.test("planScenario: addresses are of one family, of hosts, and unique", () => {
  const at = "nodes.sender.on.0.address";
  const withAddress = (address: string) => ({ "nodes.sender.on": [{ segment: "lan", address }] });
  assertEquals(problem(withAddress("fd00::1")), `${at}: fd00::1 is IPv6, the scenario is IPv4: see the key "family"`);
  assertEquals(problem({ group: "ff15::2" }), 'group: ff15::2 is IPv6, the scenario is IPv4: see the key "family"');
  assertEquals(
    problem({ "nodes.sender.group": "239.1.1.1", family: 6 }),
    'nodes.sender.group: 239.1.1.1 is IPv4, the scenario is IPv6: see the key "family"',
  );
  for (const address of ["224.0.0.1", "0.0.0.0", "127.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "ff02::1"]) {
    assertEquals(problem(withAddress(address)), `${at}: ${address} is not the address of a host`);
  }
  assertEquals(
    problem({ "nodes.member.on": [{ segment: "lan", address: "10.0.0.9" }] }),
    "nodes.member.on.0: an address cannot be given to a counted node: its members need one each",
  );
  const twin = { role: "receiver", on: [{ segment: "lan", address: "10.9.9.9" }] };
  assertEquals(
    problem({ ...withAddress("10.9.9.9"), "nodes.twin": twin }),
    'nodes.twin.on.0.address: "sender" has the address 10.9.9.9 already',
  );
});

Deno.test("planScenario: generated addresses count from 1 on each segment and avoid those that users chose", () => {
  const plan = planScenario(edited(ncfSuppression, {
    "segments.wan": {},
    "nodes.member.count": 2,
    "nodes.edge": { role: "router", on: ["lan", "wan"] },
    "nodes.fixed": { role: "receiver", on: [{ segment: "lan", address: "10.0.0.2" }] },
  }));
  assertEquals(addresses(plan), ["10.0.0.1", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.1.1", "10.0.0.2"]);
  assertEquals(addresses(planScenario(edited(minimal, { family: 6 }))), ["fd00::1", "fd00::2"]);
  const star = edited(minimal, { family: 6, topology: { kind: "star", receivers: 1 } });
  assertEquals(addresses(planScenario(star)), ["fd00::1", "fd00::2", "fd00:0:0:1::1", "fd00:0:0:1::2"]);
});

Deno.test("planScenario: a segment has a block of 256 addresses, or of the least power of two that is enough", () => {
  const hub = (receivers: number) =>
    addresses(planScenario(edited(minimal, {
      topology: { kind: "lan", receivers },
      segments: { far: {} },
      nodes: { edge: { role: "router", on: ["lan", "far"] } },
    }))).at(-1);
  assertEquals(hub(252), "10.0.1.1");
  assertEquals(hub(253), "10.0.2.1");
  assertEquals(hub(508), "10.0.2.1");
  assertEquals(hub(509), "10.0.4.1");
});

Deno.test("planScenario: groups default to the family's", () => {
  const group = (edits: Edits) => {
    const [sender] = planScenario(edited(minimal, edits)).nodes;
    return sender!.role === "source" ? `${sender!.group} ${sender!.port}` : "";
  };
  assertEquals(group({}), "239.192.0.1 7500");
  assertEquals(group({ family: 6 }), "ff15::1 7500");
  assertEquals(group({ group: "239.7.7.7", port: 9 }), "239.7.7.7 9");
});

Deno.test("planScenario: 19,999 receivers on one LAN, 19,998 on links of their own, all with addresses of their own", () => {
  for (const family of [4, 6]) {
    const lan = planScenario(edited(minimal, { family, "topology.receivers": 19_999 }));
    assertEquals(new Set(addresses(lan)).size, 20_000);
    const star = planScenario(edited(minimal, { family, topology: { kind: "star", receivers: 19_998 } }));
    assertEquals(new Set(addresses(star)).size, 2 + 2 * 19_998);
    assert(addresses(star).every((address) => address.startsWith(family === 4 ? "10." : "fd00:")));
  }
});

Deno.test("planScenario: the parameters of a source follow its segment where they are not given", () => {
  const sourceOn = (segment: unknown, family = 4) => {
    const [sender] = planScenario(edited(minimal, { "topology.segment": segment, family })).nodes;
    return sender!.role === "source" ? sender!.source : undefined;
  };
  assertEquals(sourceOn({})?.maxTsdu, 1400);
  assertEquals(sourceOn({})?.burstBytes, 12_000);
  assertEquals(sourceOn({ mtu: 576 })?.maxTsdu, 576 - 28 - 24 - 24);
  assertEquals(sourceOn({ mtu: 576 }, 6)?.maxTsdu, 576 - 48 - 24 - 24);
  const joinable = edited(minimal, { "topology.segment": { mtu: 576 }, "topology.source": { lateJoin: 0.5 } });
  const [late] = planScenario(joinable).nodes;
  assertEquals(late!.role === "source" && late!.source.maxTsdu, 576 - 28 - 24 - 32);
  assertEquals(sourceOn({ mtu: 9000 })?.burstBytes, 72_000);
  const [fast] = planScenario(edited(minimal, { "topology.source": { rate: "1Gbps" } })).nodes;
  assertEquals(fast!.role === "source" && fast!.source.peakBytesPerSecond, 125_000_000);
});

Deno.test("planScenario: what would exhaust memory is refused", () => {
  assertEquals(problem({ "nodes.member.count": 20_000 }), "nodes.member: more than 20000 nodes in all");
  const crashes = (length: number) => ({
    "nodes.member.count": 19_000,
    script: Array.from({ length }, () => ({ at: "0s", crash: "member" })),
  });
  planScenario(edited(ncfSuppression, crashes(52)));
  assertEquals(problem(crashes(53)), "script.52: more than 1000000 nodes and interfaces to act on in all");
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  assertEquals(
    problem({
      segments: Object.fromEntries([["lan", {}], ...names.map((name) => [name, {}])]),
      "nodes.member.on": names,
      "nodes.member.count": 19_000,
    }),
    "nodes.member: more than 200000 interfaces in all",
  );
  assertEquals(
    problem({ topology: { kind: "tree", arity: 2, receivers: 10_000 } }, minimal),
    "the scenario has 26383 segments: at most 20000",
  );
});

Deno.test("planScenario: interfaces keep their order, cost and address", () => {
  const plan = planScenario(everything);
  const edge = plan.nodes.find((node) => node.name === "edge")!;
  assertEquals(edge.interfaces.map((iface) => plan.segments[iface.segment]!.name), ["trunk", "near", "far"]);
  assertEquals(edge.interfaces[1]!.address as string, "192.168.1.1");
  const other = plan.nodes.find((node) => node.name === "other")!;
  assertEquals(other.interfaces.map((iface) => iface.cost), [1, 5]);
  assertEquals(other.role === "source" && other.source.sendOn, 1);
  const late = plan.nodes.find((node) => node.name === "late")!;
  assertEquals(late.role === "receiver" && late.joins, [1]);
});
