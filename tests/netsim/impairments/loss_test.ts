/**
 * Random loss against its theory: shares, bursts, and streams that do not disturb each other.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { BernoulliLoss, GilbertElliottLoss, type GilbertElliottParameters } from "../../../netsim/impairments/loss.ts";
import { fateOf, losses, ones, sigmas, SILENT, stream } from "./support.ts";

const COUNT = 100_000;

Deno.test("BernoulliLoss: the share lost is the probability", () => {
  for (const probability of [0.001, 0.01, 0.2, 0.5, 0.9]) {
    const lost = ones(losses(new BernoulliLoss(stream(`share ${probability}`), probability), COUNT));
    assert(sigmas(lost, COUNT, probability) < 4, `${lost} of ${COUNT} at ${probability}`);
  }
});

Deno.test("BernoulliLoss: a loss says nothing about the next datagram", () => {
  const lost = losses(new BernoulliLoss(stream("pairs"), 0.1), COUNT);
  let pairs = 0;
  for (let i = 1; i < COUNT; i++) pairs += lost[i]! & lost[i - 1]!;
  assert(sigmas(pairs, COUNT - 1, 0.01) < 4, `${pairs} pairs`);
});

Deno.test("BernoulliLoss: probability 0 loses nothing and draws nothing, 1 loses all", () => {
  assertEquals(ones(losses(new BernoulliLoss(SILENT, 0), 10)), 0);
  assertEquals(ones(losses(new BernoulliLoss(stream("all"), 1), 10_000)), 10_000);
});

Deno.test("BernoulliLoss: the reason names the rule and the share, and nothing else happens", () => {
  const reason = (probability: number) => {
    const impairment = new BernoulliLoss({ ...SILENT, chance: () => true }, probability);
    return fateOf(impairment).dropped;
  };
  assertEquals(reason(0.01), "loss rule bernoulli 1%");
  assertEquals(reason(0.07), "loss rule bernoulli 7%");
  assertEquals(reason(0.005), "loss rule bernoulli 0.5%");
  const { delay, duplicates, corrupted } = fateOf(new BernoulliLoss(stream("only"), 1));
  assertEquals({ delay, duplicates, corrupted }, { delay: 0, duplicates: [], corrupted: undefined });
});

Deno.test("BernoulliLoss: probabilities outside 0 .. 1 are refused", () => {
  for (const probability of [-0.01, 1.01, NaN]) {
    assertThrows(() => new BernoulliLoss(SILENT, probability), AssertionError, "must be in 0 .. 1");
  }
});

Deno.test("BernoulliLoss: the same stream loses the same, whatever others draw; another stream differs", () => {
  const alone = losses(new BernoulliLoss(stream("a"), 0.3), 1_000);
  const a = new BernoulliLoss(stream("a"), 0.3);
  const b = new BernoulliLoss(stream("b"), 0.3);
  const together = Uint8Array.from({ length: 1_000 }, () => {
    const lost = losses(a, 1)[0]!;
    losses(b, 3);
    return lost;
  });
  assertEquals(together, alone);
  assertNotEquals(losses(new BernoulliLoss(stream("b"), 0.3), 1_000), alone);
});

Deno.test("BernoulliLoss: forks of one stream lose independently", () => {
  const root = stream("root");
  const a = losses(new BernoulliLoss(root.fork("a"), 0.2), COUNT);
  const b = losses(new BernoulliLoss(root.fork("b"), 0.2), COUNT);
  const both = ones(a.map((lost, i) => lost & b[i]!));
  assert(sigmas(both, COUNT, 0.04) < 4, `${both} lost by both`);
});

Deno.test("GilbertElliottLoss: the share lost is that of the stationary chain", () => {
  const chains: GilbertElliottParameters[] = [
    { goodToBad: 0.01, badToGood: 0.25, lossInGood: 0, lossInBad: 1 },
    { goodToBad: 0.05, badToGood: 0.2, lossInGood: 0.01, lossInBad: 0.6 },
    { goodToBad: 0.7, badToGood: 0.8, lossInGood: 0.5, lossInBad: 0.1 },
  ];
  for (const chain of chains) {
    const lost = ones(losses(new GilbertElliottLoss(stream(JSON.stringify(chain)), chain), COUNT));
    const { mean, deviation } = stationary(chain);
    assert(Math.abs(lost - COUNT * mean) < 4 * deviation * Math.sqrt(COUNT), `${lost} of ${COUNT}, mean ${mean}`);
  }
});

Deno.test("GilbertElliottLoss: a burst lasts 1 / badToGood datagrams on average", () => {
  const badToGood = 0.2;
  const chain = { goodToBad: 0.02, badToGood, lossInGood: 0, lossInBad: 1 };
  const lost = losses(new GilbertElliottLoss(stream("bursts"), chain), COUNT);
  let bursts = 0;
  for (let i = 1; i < COUNT; i++) if (lost[i] === 1 && lost[i - 1] === 0) bursts++;
  const mean = ones(lost) / bursts;
  const deviation = Math.sqrt(1 - badToGood) / badToGood / Math.sqrt(bursts);
  assert(bursts > 1_000 && Math.abs(mean - 1 / badToGood) < 4 * deviation, `${bursts} bursts of ${mean}`);
});

Deno.test("GilbertElliottLoss: starts in GOOD, steps once before each datagram", () => {
  const lossOf = (
    goodToBad: number,
    badToGood: number,
    lossInGood: number,
    lossInBad: number,
  ) => [...losses(new GilbertElliottLoss(stream("exact"), { goodToBad, badToGood, lossInGood, lossInBad }), 6)];
  assertEquals(lossOf(1, 1, 0, 1), [1, 0, 1, 0, 1, 0]);
  assertEquals(lossOf(1, 1, 1, 0), [0, 1, 0, 1, 0, 1]);
  assertEquals(lossOf(1, 0, 0, 1), [1, 1, 1, 1, 1, 1]);
  assertEquals(lossOf(0, 1, 0, 1), [0, 0, 0, 0, 0, 0]);
});

Deno.test("GilbertElliottLoss: probability 0 draws nothing; the reason names the rule", () => {
  const never = { goodToBad: 0, badToGood: 0.5, lossInGood: 0, lossInBad: 1 };
  assertEquals(ones(losses(new GilbertElliottLoss(SILENT, never), 10)), 0);
  const always = { goodToBad: 1, badToGood: 0.25, lossInGood: 0, lossInBad: 1 };
  assertEquals(fateOf(new GilbertElliottLoss(stream("why"), always)).dropped, "loss rule gilbert-elliott 100%/25%");
});

/** The mean loss of a datagram, and the deviation of a sum of n of them over sqrt(n), for n without end. */
function stationary(chain: GilbertElliottParameters): { mean: number; deviation: number } {
  const { goodToBad, badToGood, lossInGood, lossInBad } = chain;
  const bad = goodToBad / (goodToBad + badToGood);
  const mean = bad * lossInBad + (1 - bad) * lossInGood;
  // The covariance of datagrams k apart is spread * memory^k.
  const memory = 1 - goodToBad - badToGood;
  const spread = (lossInBad - lossInGood) * (lossInBad - lossInGood) * bad * (1 - bad);
  return { mean, deviation: Math.sqrt(mean * (1 - mean) + 2 * spread * memory / (1 - memory)) };
}
