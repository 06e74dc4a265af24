import { assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import { edited, everything, minimal, ncfSuppression } from "./example_specs.ts";

function problem(overrides: readonly string[], spec: unknown = ncfSuppression): string {
  return assertThrows(() => planScenario(spec, overrides), ScenarioError).message;
}

Deno.test("planScenario: --set gives a parameter another value, which the plan shows", () => {
  assertEquals(planScenario(ncfSuppression).params, { receivers: 50 });
  const plan = planScenario(ncfSuppression, ["receivers=200"]);
  assertEquals(plan.params, { receivers: 200 });
  assertEquals(plan.nodes.length, 201);
  assertEquals(planScenario(ncfSuppression, ["receivers=200", "receivers=3"]).nodes.length, 4);
});

Deno.test("planScenario: values of parameters are read by type", () => {
  const plan = planScenario(everything, ["receivers=2", "delay=7ms", "loss=0.5", "bytes=2kB", "joined=false"]);
  assertEquals(plan.params, { receivers: 2, delay: "7ms", loss: 0.5, bytes: "2kB", joined: false });
  assertEquals(plan.segments.find((segment) => segment.name === "far")!.delay, 7_000_000);
  const late = plan.nodes.find((node) => node.name === "late")!;
  assertEquals(late.role === "receiver" && late.joined, false);
  assertEquals(planScenario(everything, ["bytes=512"]).params["bytes"], 512);
});

Deno.test("planScenario: the type of a parameter is what its value looks like, unless given", () => {
  const read = (value: unknown, text: string, type?: string) => {
    const param = { value, about: "a value", ...(type === undefined ? {} : { type }) };
    return planScenario({ ...minimal, params: { x: param } }, [`x=${text}`]).params["x"];
  };
  assertEquals(read(1, "2"), 2);
  assertEquals(read(1.5, "2"), 2);
  assertEquals(read("1ms", "2s"), "2s");
  assertEquals(read("1Mbps", "2kB/s"), "2kB/s");
  assertEquals(read("1kB", "2"), 2);
  assertEquals(read("1%", "0.5"), 0.5);
  assertEquals(read("1%", "2%"), "2%");
  assertEquals(read("lan", "wan"), "wan");
  assertEquals(read("lan", "7"), "7");
  assertEquals(read("1ms", "7", "string"), "7");
  assertEquals(read(1, "0.5", "share"), 0.5);
  assertEquals(read(1, "1e-3", "number"), 0.001);
});

Deno.test("planScenario: a value that is not of the parameter's type", () => {
  const withParam = (value: unknown, type?: string) => {
    const param = { value, about: "a value", ...(type === undefined ? {} : { type }) };
    return { ...minimal, params: { x: param } };
  };
  const set = (value: unknown, text: string, type?: string) => problem([`x=${text}`], withParam(value, type));
  assertEquals(set(1, "0.5"), "--set x: must be an integer, not 0.5");
  assertEquals(set(1, "many"), '--set x: must be an integer, not "many"');
  assertEquals(set(1, "9007199254740993"), "--set x: must be an integer, not 9007199254740992");
  assertEquals(set(1.5, "1e999"), "--set x: must be a number, not Infinity");
  assertEquals(set(true, "yes"), '--set x: must be true or false, not "yes"');
  assertEquals(
    set("1ms", "1m"),
    '--set x: "1m": unknown unit "m": did you mean "ms"? allowed: ns, us, ms, s, min, h',
  );
  assertEquals(set("1%", "1.5"), '--set x: must be a share ("1%" or a number in 0 .. 1), not 1.5');
  assertEquals(problem([], withParam("many", "integer")), 'params.x.value: must be an integer, not "many"');
  assertEquals(problem([], withParam(5, "duration")), 'params.x.value: must be a duration such as "20ms", not 5');
  assertEquals(problem([], withParam(null)), "params.x.value: must be a number, a text, true or false, not null");
});

Deno.test("planScenario: a reference stands for the value, and messages name it", () => {
  assertEquals(
    problem(["receivers=30000"]),
    "nodes.member.count ($receivers): 30000 is out of range: 1 .. 20000",
  );
  assertEquals(
    problem([], edited(ncfSuppression, { "nodes.member.count": "$recievers" })),
    'nodes.member.count: unknown parameter "$recievers": did you mean "$receivers"? declared in params: $receivers',
  );
  assertEquals(
    problem([], edited(minimal, { "topology.receivers": "$__proto__" })),
    'topology.receivers: unknown parameter "$__proto__": declared in params: none',
  );
});

Deno.test("planScenario: --set writes at any path", () => {
  const plan = planScenario(ncfSuppression, [
    "segments.lan.delay=5ms",
    "nodes.member.receiver.nakBoIvl=10ms",
    "script.0.send.messages=3",
    "family=6",
    'expect.0.delivered={"atLeast":2}',
  ]);
  assertEquals(plan.segments[0]!.delay, 5_000_000);
  assertEquals(plan.nodes[1]!.role === "receiver" && plan.nodes[1]!.receiver.nakBoIvl, 10_000_000);
  assertEquals(plan.script[0]!.kind === "send" && plan.script[0]!.send.messages, 3);
  assertEquals(plan.nodes[0]!.interfaces[0]!.address as string, "fd00::1");
  assertEquals(plan.expect[0]!.kind === "delivered" && plan.expect[0]!.count, { atLeast: 2, atMost: Infinity });
  assertEquals(planScenario(minimal, ["topology.receivers=10"]).nodes.length, 11);
});

Deno.test("planScenario: --set makes keys that a scenario leaves out", () => {
  assertEquals(planScenario(minimal, ["limits.time=5s"]).limits.time, 5_000_000_000);
  const sender = planScenario(minimal, ["topology.source.ttl=3"]).nodes[0]!;
  assertEquals(sender.role === "source" && sender.source.ttl, 3);
});

Deno.test("planScenario: --set changes a copy", () => {
  const before = structuredClone(ncfSuppression);
  planScenario(ncfSuppression, ["segments.lan.delay=5ms", "script.0.send.messages=3", "receivers=2"]);
  assertEquals(ncfSuppression, before);
});

Deno.test("planScenario: --set that leads nowhere", () => {
  const cases: [override: string, message: string][] = [
    ["receivers", '--set "receivers": must be name=value'],
    ["=5", '--set "=5": must be name=value'],
    ["recievers=4", '--set: unknown parameter "recievers": did you mean "receivers"? parameters: receivers'],
    ["famliy=6", '--set: unknown parameter "famliy": did you mean "family"? parameters: receivers'],
    [
      "nodes.membr.count=4",
      '--set nodes.membr.count: unknown name "membr": did you mean "member"? ' +
      "in nodes: sender, member",
    ],
    [
      "params.reciever.value=4",
      '--set params.reciever.value: unknown name "reciever": did you mean "receivers"? ' +
      "in params: receivers",
    ],
    [
      "nodes.member.recever.ttl=4",
      'nodes.member: unknown key "recever": did you mean "receiver"? ' +
      "allowed: role, on, count, group, port, joins, joined, receiver, repairer",
    ],
    ["script.2.at=4s", '--set script.2.at: script has no entry "2": 0 .. 1'],
    ["script.length=4", '--set script.length: script has no entry "length": 0 .. 1'],
    ["name.x=4", '--set name.x: name is "ncf-suppression", which has no "x"'],
    ["nodes..x=4", '--set "nodes..x": has an empty name in its path'],
    [`${"a.".repeat(20)}a=4`, `--set "${"a.".repeat(20)}a": leads deeper than any scenario`],
  ];
  for (const [override, message] of cases) assertEquals(problem([override]), message);
  assertEquals(problem(["receivers=4", "params={}"]), "--set receivers: another --set took this parameter away");
});

Deno.test("planScenario: --set knows no magic names", () => {
  assertEquals(problem(["__proto__.polluted=1"]).split(":")[0], 'unknown key "__proto__"');
  assertEquals(problem(["nodes.sender.__proto__.polluted=1"]).split(":")[0], "nodes.sender");
  assertEquals(problem(["nodes.sender.constructor.prototype.polluted=1"]).split(":")[0], "nodes.sender");
  assertEquals(problem(["__proto__=1"]).split(":")[0], "--set");
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
});
