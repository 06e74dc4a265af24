import { assertEquals } from "@std/assert";
import { type Instant, ms } from "../../engine/base/time.ts";
import { GROUP, Lab, Probe } from "./lab.ts";

/** A probe that writes down when its interfaces go and come back. */
class Aware extends Probe {
  /** `down 0 at 5`, with milliseconds. */
  readonly carrier: string[] = [];
  /** Told of every change, by any probe, in order. */
  onCarrier: (what: string) => void = () => {};

  interfaceDown(now: Instant, iface: number): void {
    this.#note(now, `down ${iface}`);
  }

  interfaceUp(now: Instant, iface: number): void {
    this.#note(now, `up ${iface}`);
  }

  #note(now: Instant, what: string): void {
    this.carrier.push(`${what} at ${now / ms(1)}`);
    this.onCarrier(what);
  }
}

/** `a` on `left` and `right`, `b` on both in the other order. */
function lab() {
  const lab = new Lab();
  const [left, right] = [lab.segment("left"), lab.segment("right")];
  lab.host("a", [left, right]);
  lab.host("b", [right, left]);
  const a = lab.start(lab.node("a"), (host) => new Aware(host));
  const b = lab.start(lab.node("b"), (host) => new Aware(host));
  return { lab, left, right, a, b };
}

Deno.test("Simulation: software is told at the instant when its interface goes, and when it is back, once each", () => {
  const { lab: { sim }, lab: bench, a, b } = lab();
  const iface = bench.attachment("a:left");
  sim.at(ms(5), () => sim.down(iface));
  sim.at(ms(6), () => sim.down(iface));
  sim.at(ms(7), () => sim.up(iface));
  sim.at(ms(8), () => sim.up(iface));
  bench.to(ms(5) - 1);
  assertEquals(a.carrier, []);
  bench.to(ms(5));
  assertEquals(a.carrier, ["down 0 at 5"]);
  bench.to(ms(10));
  assertEquals(a.carrier, ["down 0 at 5", "up 0 at 7"]);
  assertEquals(b.carrier, []);
});

Deno.test("Simulation: a segment, or a node, takes all its interfaces along, in order of attachment", () => {
  const { lab: { sim }, lab: bench, right, a, b } = lab();
  const order: string[] = [];
  a.onCarrier = (what) => order.push(`a ${what}`);
  b.onCarrier = (what) => order.push(`b ${what}`);
  sim.at(ms(1), () => sim.down(right));
  sim.at(ms(2), () => sim.up(right));
  sim.at(ms(3), () => sim.down(bench.node("a")));
  sim.at(ms(4), () => sim.up(bench.node("a")));
  bench.to(ms(10));
  assertEquals(order, ["a down 1", "b down 0", "a up 1", "b up 0", "a down 0", "a down 1", "a up 0", "a up 1"]);
});

Deno.test("Simulation: what is down for several reasons goes once, and is back when the last is over", () => {
  const { lab: { sim }, lab: bench, left, a } = lab();
  const iface = bench.attachment("a:left");
  for (
    const [at, act] of [
      [1, () => sim.down(left)],
      [2, () => sim.down(iface)],
      [3, () => sim.down(bench.node("a"))],
      [4, () => sim.up(left)],
      [5, () => sim.up(bench.node("a"))],
      [6, () => sim.up(iface)],
    ] as const
  ) sim.at(ms(at), act);
  bench.to(ms(10));
  assertEquals(a.carrier, ["down 0 at 1", "down 1 at 3", "up 1 at 5", "up 0 at 6"]);
});

Deno.test("Simulation: what software wants to do about it is done: its next timeout is asked for anew", () => {
  const { lab: { sim }, lab: bench, a } = lab();
  a.onCarrier = () => a.timeout = ms(6);
  sim.at(ms(5), () => sim.down(bench.attachment("a:right")));
  a.onTimeout = () => a.say("the other way", GROUP);
  bench.to(ms(10));
  assertEquals(a.timeouts, [ms(6)]);
});

Deno.test("Simulation: software that starts is told of the interfaces that are down then; who crashes is told nothing", () => {
  const { lab: { sim }, lab: bench, left, a } = lab();
  sim.at(ms(1), () => sim.crash(bench.node("a")));
  sim.at(ms(2), () => sim.down(left));
  let again: Aware | undefined;
  sim.at(ms(3), () => again = bench.start(bench.node("a"), (host) => new Aware(host)));
  sim.at(ms(4), () => sim.up(left));
  bench.to(ms(10));
  assertEquals(a.carrier, []);
  assertEquals(again!.carrier, ["down 0 at 3", "up 0 at 4"]);
});
