import { assert, assertEquals } from "@std/assert";
import { type Prng, prngFromSeed } from "../../engine/base/prng.ts";
import { ms, us } from "../../engine/base/time.ts";
import type { Fallible } from "../../netsim/mod.ts";
import { GROUP, Lab, type Probe } from "./lab.ts";

const SHAKEN = ms(400);
/** Longer than any convergence and any join takes. */
const SETTLED = ms(600);

/** A ring of routers with shortcuts, and a host on every segment; everything joins, leaves, fails and speaks. */
function shakenNetwork(seed: number) {
  const random = prngFromSeed(seed).fork("plan");
  const lab = new Lab({ seed, convergence: us(random.below(30_000)) });
  const count = 4 + random.below(5);
  const segments = Array.from(
    { length: count },
    (_, i) => lab.segment(`s${i}`, { delay: us(random.below(9_000)), queueBytes: 1_000_000 }),
  );
  const place = (index: number) => ({ on: segments[index % count]!, cost: 1 + random.below(3) });
  for (let i = 0; i < count; i++) {
    const chord = random.below(3) === 0 ? [place(i + 2)] : [];
    lab.router(`r${i}`, [place(i), place(i + 1), ...chord]);
  }
  const probes = segments.map((segment, i) => lab.host(`h${i}`, [segment], random.below(2) === 0 ? GROUP : null));
  const hosts = lab.sim.nodes.filter((node) => !node.forwards).map((node) => node.attachments[0]!);
  for (let i = 0; i < 150; i++) lab.sim.at(us(random.below(SHAKEN / 1000)), () => shake(lab, random, probes));
  return { lab, probes, hosts };
}

function shake(lab: Lab, random: Prng, probes: readonly Probe[]): void {
  const probe = probes[random.below(probes.length)]!;
  const node = lab.sim.nodes[random.below(lab.sim.nodes.length)]!;
  const attachment = node.attachments[random.below(node.attachments.length)]!;
  const parts: Fallible[] = [node, attachment, attachment.segment];
  const part = parts[random.below(3)]!;
  const draw = random.below(8);
  if (draw < 2) probe.host.joinGroup(0, GROUP);
  else if (draw < 4) probe.host.leaveGroup(0, GROUP);
  else if (draw < 6) probe.say("noise", GROUP);
  else if (draw === 6) lab.sim.down(part);
  else lab.sim.up(part);
}

Deno.test("Membership: when all is settled, every member hears every source once, whatever went before", () => {
  let copies = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { lab, probes, hosts } = shakenNetwork(seed);
    lab.sim.at(SHAKEN, () => {
      for (const node of lab.sim.nodes) [node, ...node.attachments].forEach((part) => lab.sim.up(part));
      lab.sim.segments.forEach((segment) => lab.sim.up(segment));
    });
    lab.to(SETTLED);
    for (const probe of probes) probe.heard.length = 0;
    for (const [i, probe] of probes.entries()) probe.say(`from ${i}`, GROUP);
    lab.to(2 * SETTLED);
    for (const [i, probe] of probes.entries()) {
      const others = hosts[i]!.groups.includes(GROUP)
        ? probes.flatMap((_, from) => from === i ? [] : [`from ${from}`])
        : [];
      assertEquals([seed, i, [...probe.texts].sort((a, b) => (a < b ? -1 : 1))], [seed, i, others]);
      copies += others.length;
    }
  }
  assert(copies > 500, `${copies} copies`);
});

Deno.test("Membership: joins and leaves alone leave no trace in the trees", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { lab, probes } = shakenNetwork(seed);
    lab.sim.at(SHAKEN, () => {
      for (const node of lab.sim.nodes) [node, ...node.attachments].forEach((part) => lab.sim.up(part));
      lab.sim.segments.forEach((segment) => lab.sim.up(segment));
    });
    lab.sim.at(SETTLED, () => probes.forEach((probe) => probe.host.leaveGroup(0, GROUP)));
    lab.to(2 * SETTLED);
    const before = lab.sim.segments.map((segment) => lab.sim.conservation(segment).made);
    probes.forEach((probe) => probe.say("nobody", GROUP));
    lab.to(3 * SETTLED);
    // Each host's own transmission is all that happens on its segment: nothing is forwarded.
    const made = lab.sim.segments.map((segment, i) => lab.sim.conservation(segment).made - before[i]!);
    assertEquals(made, lab.sim.segments.map((segment) => segment.attachments.length - 1));
  }
});
