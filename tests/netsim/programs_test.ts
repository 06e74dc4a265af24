/**
 * Programs in simulated time: when they run, how a run ends, and that it is the same every time.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { type Instant, ms, NEVER, us } from "../../engine/base/time.ts";
import { type Program, ProgramsStuck, simulatePrograms } from "../../netsim/mod.ts";
import { GROUP, HOP, Lab, Log, type Probe } from "./lab.ts";

const BOUNDS = { until: NEVER, maxEvents: 10_000 };

/** A segment with two hosts; `next` waits for what the second hears. */
function lab(seed = 1) {
  const lab = new Lab({ seed });
  const lan = lab.segment("lan");
  const [a, b] = [lab.host("a", [lan]), lab.host("b", [lan])];
  const program = (name: string, node: "a" | "b", main: Program["main"]): Program => ({
    name,
    node: lab.node(node),
    main,
  });
  return { lab, sim: lab.sim, a, b, program };
}

/** Waits for the next datagram of a probe, as software would let a program do. */
function next(probe: Probe, changed: () => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  probe.onDatagram = () => {
    resolve(probe.texts.at(-1)!);
    changed();
  };
  return promise;
}

Deno.test("simulatePrograms: sleep takes exactly its time, and programs run in their order", async () => {
  const { sim, program } = lab();
  const ran: [string, Instant][] = [];
  const sleeper = (name: string, naps: number[]) =>
    program(name, "a", async (time) => {
      ran.push([name, time.now()]);
      for (const nap of naps) {
        await time.sleep(nap);
        ran.push([name, time.now()]);
      }
    });
  const end = await simulatePrograms(sim, [sleeper("x", [0, ms(2)]), sleeper("y", [1, ms(2) - 1])], BOUNDS);
  assertEquals(end, "finished");
  assertEquals(ran, [["x", 0], ["y", 0], ["x", 0], ["y", 1], ["x", ms(2)], ["y", ms(2)]]);
  assertEquals(sim.now, ms(2));
});

Deno.test("simulatePrograms: time stands still until no reaction is left, however many, streams included", async () => {
  const { sim, a, program } = lab();
  let heard = 0;
  sim.at(ms(1) + 1, () => heard++);
  const main = async (time: { now(): Instant; sleep(ns: Instant): Promise<void> }) => {
    await time.sleep(ms(1));
    for (let i = 0; i < 5_000; i++) await null;
    const octets = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 100; i++) controller.enqueue(new Uint8Array(1_000));
        controller.close();
      },
    }).pipeThrough(new TransformStream()).pipeThrough(new TransformStream());
    let total = 0;
    for await (const chunk of octets) total += chunk.length;
    assertEquals([total, time.now(), heard, sim.now], [100_000, ms(1), 0, ms(1)]);
  };
  assertEquals(await simulatePrograms(sim, [program("deep", "a", main)], BOUNDS), "finished");
  assertEquals(a.heard.length, 0);
});

Deno.test("simulatePrograms: what a program waits for wakes it at that instant, and its node is poked", async () => {
  const { sim, a, b, program } = lab();
  const said: [string, Instant][] = [];
  await simulatePrograms(sim, [
    program("reader", "b", async ({ now, changed }) => {
      said.push([await next(b, changed), now()]);
      // A deadline that only a poke makes known.
      b.timeout = now() + us(7);
      const { promise, resolve } = Promise.withResolvers<void>();
      b.onTimeout = () => {
        resolve();
        changed();
      };
      changed();
      await promise;
      said.push(["timeout", now()]);
    }),
    program("writer", "a", async ({ sleep, changed }) => {
      await sleep(ms(5));
      a.say("hello", GROUP);
      changed();
    }),
  ], BOUNDS);
  assertEquals(said, [["hello", ms(5) + HOP], ["timeout", ms(5) + HOP + us(7)]]);
  assertEquals(b.timeouts, [ms(5) + HOP + us(7)]);
});

Deno.test("simulatePrograms: no macrotask for events that wake nobody", async () => {
  const { sim, a, program } = lab();
  let turns = 0;
  let counting = true;
  const count = () => {
    turns++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  for (let i = 0; i < 1_000; i++) sim.at(ms(i), () => a.say("x", GROUP));
  await simulatePrograms(sim, [program("one", "a", ({ sleep }) => sleep(ms(2_000)))], BOUNDS);
  counting = false;
  assertEquals(turns <= 4, true, `${turns} turns for ${sim.events} events`);
});

Deno.test("simulatePrograms: what a program throws or rejects with ends the run at that instant", async () => {
  for (const how of ["throws", "rejects", "at once"]) {
    const { sim, program } = lab();
    const error = new Error(how);
    const main: Program["main"] = how === "at once"
      ? () => {
        throw error;
      }
      : ({ sleep }) => sleep(ms(3)).then(() => how === "throws" ? thrower(error) : Promise.reject(error));
    const other = program("other", "a", ({ sleep }) => sleep(ms(10)));
    const thrown = await assertRejects(() => simulatePrograms(sim, [other, program("bad", "b", main)], BOUNDS));
    assertEquals([thrown === error, sim.now], [true, how === "at once" ? 0 : ms(3)]);
  }
});

Deno.test("simulatePrograms: of programs that fail at one instant, the first ends the run", async () => {
  const { sim, program } = lab();
  const both = Promise.withResolvers<void>();
  const after = program("z", "a", () => both.promise.then(() => thrower(new Error("z"))));
  const first = program("y", "a", async ({ sleep }) => {
    await sleep(1);
    both.resolve();
    throw new Error("y");
  });
  await assertRejects(() => simulatePrograms(sim, [after, first], BOUNDS), Error, "y");
});

Deno.test("simulatePrograms: pokes the nodes that were used since the last time, and no other", async () => {
  const { sim, a, program } = lab();
  await simulatePrograms(sim, [
    program("uses", "a", async ({ sleep, changed }) => {
      changed();
      await sleep(ms(1));
      a.timeout = ms(2);
      await sleep(ms(2));
      assertEquals(a.timeouts, []);
      changed();
      await sleep(1);
      assertEquals(a.timeouts, [ms(3)]);
    }),
  ], BOUNDS);
});

Deno.test("simulatePrograms: what the network's software throws ends the run, too", async () => {
  const { sim, b, a, program } = lab();
  b.onDatagram = () => thrower(new AssertionError("broken"));
  await assertRejects(
    () =>
      simulatePrograms(sim, [
        program("writer", "a", ({ changed, sleep }) => {
          a.say("x", GROUP);
          changed();
          return sleep(ms(5));
        }),
      ], BOUNDS),
    AssertionError,
    "broken",
  );
});

Deno.test("simulatePrograms: programs that wait while nothing is left to happen are named", async () => {
  const { sim, program } = lab();
  const forever = () => new Promise<void>(() => {});
  const stuck = await assertRejects(
    () =>
      simulatePrograms(sim, [
        program("ends", "a", ({ sleep }) => sleep(ms(1_500))),
        program("reader", "a", forever),
        { node: sim.nodes[1]!, main: forever },
      ], BOUNDS),
    ProgramsStuck,
  );
  assertEquals(stuck.message, "Nothing is left to happen at 1.5s, but programs wait: reader, b");
  assertEquals([stuck.name, stuck.waiting], ["ProgramsStuck", ["reader", "b"]]);
});

Deno.test("simulatePrograms: what was not told is seen when nothing else is left to happen", async () => {
  const { sim, a, program } = lab();
  const { promise, resolve } = Promise.withResolvers<void>();
  sim.at(ms(2), resolve);
  const end = await simulatePrograms(sim, [
    program("waits", "a", async ({ changed, sleep }) => {
      await promise;
      a.timeout = ms(9);
      changed();
      await sleep(ms(20));
    }),
  ], BOUNDS);
  assertEquals([end, a.timeouts, sim.now], ["finished", [ms(9)], ms(22)]);
});

Deno.test("simulatePrograms: bounds leave programs where they wait, on both sides of each", async () => {
  const run = async (bounds: { until?: Instant; maxEvents?: number }) => {
    const { sim, program } = lab();
    let naps = 0;
    const end = await simulatePrograms(sim, [
      program("naps", "a", async ({ sleep }) => {
        for (; naps < 3; naps++) await sleep(ms(1));
      }),
    ], { ...BOUNDS, ...bounds });
    return [end, naps, sim.now, sim.events];
  };
  assertEquals(await run({ until: ms(3) }), ["finished", 3, ms(3), 3]);
  assertEquals(await run({ until: ms(3) - 1 }), ["time", 2, ms(3) - 1, 2]);
  assertEquals(await run({ maxEvents: 3 }), ["finished", 3, ms(3), 3]);
  assertEquals(await run({ maxEvents: 2 }), ["events", 2, ms(2), 2]);
  assertEquals(await run({ maxEvents: 0 }), ["events", 0, 0, 0]);
});

Deno.test("simulatePrograms: the same seed gives the same trace, with any number of programs", async () => {
  const run = async (seed: number, count: number) => {
    const { sim, a, program } = lab(seed);
    const log = new Log();
    sim.observe(log);
    const programs = Array.from({ length: count }, (_, i) =>
      program(`p${i}`, "a", async ({ sleep, changed }) => {
        for (let round = 0; round < 20; round++) {
          await sleep(us(a.host.random.below(500)));
          a.say(`${i}.${round}`, GROUP);
          changed();
        }
      }));
    await simulatePrograms(sim, programs, BOUNDS);
    sim.run(BOUNDS);
    return { hash: sim.traceHash(), lines: log.lines };
  };
  for (const count of [1, 2, 30]) {
    const first = await run(1, count);
    assertEquals(await run(1, count), first);
    assertEquals((await run(2, count)).hash === first.hash, false);
    assertEquals(first.lines.length, count * 20 * 2);
  }
});

Deno.test("simulatePrograms: a program leaves the same trace as the same actions without programs", async () => {
  const one = lab();
  await simulatePrograms(one.sim, [
    one.program("writer", "a", async ({ sleep, changed }) => {
      for (let i = 0; i < 5; i++) {
        await sleep(ms(3));
        one.a.say(`${i}`, GROUP);
        changed();
      }
    }),
  ], BOUNDS);
  one.sim.run(BOUNDS);
  const two = lab();
  const act = (i: number) => {
    two.a.say(`${i}`, GROUP);
    two.sim.poke(two.lab.node("a"));
    if (i < 4) two.sim.at(two.sim.now + ms(3), () => act(i + 1));
  };
  two.sim.at(ms(3), () => act(0));
  two.sim.run(BOUNDS);
  assertEquals(one.sim.traceHash(), two.sim.traceHash());
});

Deno.test("sleep: a duration that is no duration rejects", async () => {
  const { sim, program } = lab();
  for (const duration of [-1, 0.5, NaN]) {
    await assertRejects(
      () => simulatePrograms(sim, [program("bad", "a", ({ sleep }) => sleep(duration))], BOUNDS),
      AssertionError,
    );
  }
  assertThrows(() => sim.at(-1, () => {}), AssertionError);
});

function thrower(error: Error): never {
  throw error;
}
