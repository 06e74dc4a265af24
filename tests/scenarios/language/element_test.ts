import { assertEquals, assertThrows } from "@std/assert";
import { ELEMENT_DEFAULTS, ms } from "../../../engine/mod.ts";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import type { ScenarioSpec } from "../../../scenarios/language/spec.ts";
import type { RouterNode } from "../../../scenarios/plan.ts";

/** A source, a receiver and a router between them, as written. */
function scenario(router: object, more: object = {}): unknown {
  return {
    name: "routers",
    about: "A router between a source and a receiver.",
    segments: { a: {}, b: {} },
    nodes: {
      sender: { role: "source", on: ["a"] },
      edge: { role: "router", on: ["a", "b"], ...router },
      member: { role: "receiver", on: ["b"] },
    },
    ...more,
  };
}

function elementOf(router: object): RouterNode["element"] {
  return (planScenario(scenario(router) as ScenarioSpec).nodes[1] as RouterNode).element;
}

function problem(written: unknown): string {
  return assertThrows(() => planScenario(written as ScenarioSpec), ScenarioError).message;
}

Deno.test("router: pgm makes it a network element, with the defaults of the engine", () => {
  assertEquals(elementOf({}), undefined);
  assertEquals(elementOf({ pgm: false }), undefined);
  assertEquals(elementOf({ pgm: true }), ELEMENT_DEFAULTS);
  assertEquals(elementOf({ pgm: true, element: {} }), ELEMENT_DEFAULTS);
  assertEquals(elementOf({ pgm: true, element: { nakElimIvl: "10ms" } })?.nakElimIvl, ms(10));
});

Deno.test("router: what makes no sense is one clear line", () => {
  assertEquals(
    problem(scenario({ element: {} })),
    'nodes.edge.element: the router does not speak PGM: give "pgm": true',
  );
  assertEquals(
    problem(scenario({ pgm: true, element: { nakElimIvl: "501ms" } })),
    "nodes.edge.element.nakElimIvl: 501ms must be at most a quarter of nakRdataIvl 2s",
  );
  const expect = [{ counter: "naksForwarded", of: "edge", exactly: 0 }];
  assertEquals(
    problem(scenario({}, { expect })),
    'expect.0.of: "edge" is a router: a source, a receiver or a router with "pgm" is needed',
  );
  planScenario(scenario({ pgm: true }, { expect }) as ScenarioSpec);
  const typo = [{ counter: "naksForwardet", of: "edge", exactly: 0 }];
  assertEquals(
    problem(scenario({ pgm: true }, { expect: typo })).slice(0, 80),
    'expect.0.counter: unknown counter "naksForwardet": did you mean "naksForwarded"?'.slice(0, 80),
  );
});

Deno.test("topologies: pgmRouters is the share that speaks PGM, the first of them included", () => {
  const speakers = (topology: object) => {
    const plan = planScenario(
      { name: "shape", about: "A network of usual shape.", topology } as unknown as ScenarioSpec,
    );
    const routers = plan.nodes.filter((node) => node.role === "router");
    return routers.map(({ element }) => element === undefined ? "-" : "P").join("");
  };
  const chain = (pgmRouters?: unknown) => speakers({ kind: "chain", hops: 8, pgmRouters });
  assertEquals(chain(), "--------");
  assertEquals(chain(0), "--------");
  assertEquals(chain("1%"), "P-------");
  assertEquals(chain("50%"), "P-P-P-P-");
  assertEquals(chain(1), "PPPPPPPP");
  assertEquals(speakers({ kind: "star", receivers: 3, pgmRouters: 1 }), "P");
  assertEquals(speakers({ kind: "tree", arity: 2, receivers: 8, pgmRouters: 0.5 }), "P-P-P-P");
});
