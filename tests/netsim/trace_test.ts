import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ms } from "../../engine/base/time.ts";
import { GROUP, Lab, Log, type Mail } from "./lab.ts";
import { nla } from "./support.ts";

/** The hash after one datagram over one router. */
function hashOf(text: string, how: Mail & { to?: string; drop?: string; seed?: number } = {}): string {
  const lab = new Lab({ seed: how.seed ?? 1 });
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.router("r", [one!, two!]);
  lab.host("member", [two!]);
  if (how.drop !== undefined) {
    lab.attachment("member:two").addImpairment("in", { apply: (_now, _datagram, fate) => fate.dropped = how.drop });
  }
  source.say(text, how.to === undefined ? GROUP : nla(how.to), how);
  lab.to(ms(10));
  return lab.sim.traceHash();
}

Deno.test("Trace: the hash covers octets, addresses, TTL, Router Alert, fate and reason", () => {
  const base = hashOf("x");
  assertEquals(hashOf("x"), base);
  const others = [
    hashOf("y"),
    hashOf("x", { size: 101 }),
    hashOf("x", { ttl: 15 }),
    hashOf("x", { routerAlert: true, size: 104 }),
    hashOf("x", { to: "239.1.1.2" }),
    hashOf("x", { source: nla("10.0.0.77") }),
    hashOf("x", { drop: "loss" }),
    hashOf("x", { drop: "rule" }),
  ];
  assertEquals(new Set([base, ...others]).size, 9);
});

Deno.test("Trace: the hash covers the header fields of what is sent", () => {
  const sent = (how: Mail) => {
    const lab = new Lab();
    lab.host("source", [lab.segment("s")], null).say("x", GROUP, how);
    return lab.sim.traceHash();
  };
  const hashes = [{}, { ttl: 15 }, { routerAlert: true, size: 104 }, { source: nla("10.0.0.77") }].map(sent);
  assertEquals(new Set(hashes).size, 4);
});

Deno.test("Trace: the hash covers every octet of a datagram", () => {
  const lab = new Lab();
  const hashes = new Set<string>();
  for (let length = 1; length <= 35; length++) {
    const fresh = new Lab();
    const source = fresh.host("source", [fresh.segment("s")], null);
    source.say("a".repeat(length), GROUP, { size: 60 });
    hashes.add(fresh.sim.traceHash());
  }
  assertEquals(hashes.size, 35);
  assertNotEquals(lab.sim.traceHash(), [...hashes][0]);
});

Deno.test("Trace: the hash covers instants beyond 32 bits", () => {
  const after = (at: number) => {
    const lab = new Lab();
    lab.sim.at(at, () => {});
    lab.to(at);
    return lab.sim.traceHash();
  };
  const instants = [0, 1, 0x1_0000_0000, 0x2_0000_0000, 0x2_0000_0001, 0x1f_0000_0000_0000];
  assertEquals(new Set(instants.map(after)).size, instants.length);
});

Deno.test("Trace: observers are told every send, forwarding, delivery and drop, in order", () => {
  const lab = new Lab();
  const [first, second] = [new Log(), new Log()];
  lab.sim.observe(first);
  lab.sim.observe(second);
  const [one, two] = ["one", "two"].map((name) => lab.segment(name));
  const source = lab.host("source", [one!], null);
  lab.gate("g", [one!, two!]);
  const member = lab.host("member", [two!]);
  source.say("x", GROUP);
  source.say("y", GROUP, { routerAlert: true });
  member.host.note("MARK", 3, 4);
  lab.to(ms(10));
  assertEquals(first.lines, [
    "send source:0 x",
    "send source:0 y",
    "deliver g:0 x (switch)",
    "forward g:1 x",
    "deliver g:0 y (intercept)",
    "forward g:1 y",
    "deliver member:0 x",
    "deliver member:0 y",
  ]);
  assertEquals(first.notes, ["0 member MARK 3 4"]);
  assertEquals([second.lines, second.notes], [first.lines, first.notes]);
});

Deno.test("Trace: onEvent is called after each event with its index and a hash that ends as the trace hash begins", () => {
  const steps: [number, number][] = [];
  const lab = new Lab({ onEvent: (index, hash32) => steps.push([index, hash32]) });
  const link = lab.segment("link");
  const a = lab.host("a", [link]);
  lab.host("b", [link]);
  a.say("x", GROUP);
  a.say("y", GROUP);
  lab.sim.at(ms(5), () => a.say("z", GROUP));
  lab.to(ms(10));
  assertEquals(steps.map(([index]) => index), [0, 1, 2, 3]);
  assertEquals(new Set(steps.map(([, hash]) => hash)).size, 4);
  assertEquals(steps.at(-1)![1].toString(16).padStart(8, "0"), lab.sim.traceHash().slice(0, 8));
  assert(lab.sim.events === 4);
});
