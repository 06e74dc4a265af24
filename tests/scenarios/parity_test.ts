/**
 * Sessions with parity on the simulated network (RFC 3208, section 11).
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../scenarios/language/errors.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

type Fields = Record<string, unknown>;

/** A source and some receivers on a LAN; all is delivered. */
function lan(source: Fields, count: number, script: readonly Fields[], segment: Fields = {}): ScenarioSpec {
  return defineScenario({
    name: "parity-on-a-lan",
    about: "Receivers of a session with parity.",
    segments: { lan: { rate: "100Mbps", delay: "100us", ...segment } },
    nodes: { sender: { role: "source", on: ["lan"], source }, member: { role: "receiver", on: ["lan"], count } },
    script: script as unknown as NonNullable<ScenarioSpec["script"]>,
    expect: [{ delivered: "all", to: "member" }, { lost: 0, by: "member" }],
  });
}

/** What the nodes sent, by type. */
function sent(trace: readonly Happening[], ...types: Parameters<typeof ofType>[1][]): Happening[] {
  return ofType(trace, ...types).filter(({ kind }) => kind === "send");
}

function isParity({ packet }: Happening): boolean {
  return packet !== undefined && "parity" in packet && packet.parity === true;
}

Deno.test("runPlan: three receivers of a session use unasked parity, parity on demand and selective repair [FEC-003]", () => {
  const { trace } = watchPass(lan({ fec: { groupSize: 8, proActive: 1 } }, 3, [
    { at: "0s", send: { from: "sender", messages: 20, bytes: 500, every: "1ms" } },
    // Nothing of member-0 reaches the source. The last group stays partial.
    { at: "0s", drop: { to: "member-0", packet: "ODATA", parity: false, sqn: 9 } },
    { at: "0s", drop: { to: "member-1", packet: "ODATA", parity: false, sqn: "9..11", count: 3 } },
    { at: "0s", drop: { to: "member-2", packet: "ODATA", parity: false, sqn: 17 } },
  ]));
  const naks = sent(trace, "NAK");
  const kinds = (node: string) => naks.filter((nak) => nak.node === node).map((nak) => [isParity(nak), sqnOf(nak)]);
  assertEquals([kinds("member-0"), kinds("member-1"), kinds("member-2")], [[], [[true, 9]], [[false, 17]]]);
  assertEquals(sent(trace, "RDATA").map((repair) => [isParity(repair), sqnOf(repair)]), [
    [true, 9],
    [true, 10],
    [false, 17],
  ]);
});

Deno.test("runPlan: without a way back to the source, no NAK is sent for up to h losses of a group [FEC-004]", () => {
  const GROUPS = 30;
  for (const proActive of [1, 2, 4]) {
    // Groups of 8 and their parity: each receiver loses h packets of each group, every time others.
    const script: Fields[] = [{ at: "0s", drop: { to: "sender", count: "all" } }];
    for (let group = 1; group < GROUPS; group++) {
      for (const member of [0, 1, 2]) {
        for (let lost = 0; lost < proActive; lost++) {
          const at = (group * (member + 3) + lost * (member + 2)) % (8 + proActive);
          const [sqn, parity] = at < 8 ? [8 * group + at, false] : [8 * group + at - 8, true];
          script.push({ at: "0s", drop: { to: `member-${member}`, packet: "ODATA", parity, sqn } });
        }
      }
    }
    script.push({ at: "0s", send: { from: "sender", messages: 8 * GROUPS, bytes: 1000, every: "5ms" } });
    const { trace } = watchPass(lan({ fec: { groupSize: 8, proActive, onDemand: false } }, 3, script));
    assertEquals(sent(trace, "NAK", "RDATA"), []);
    assert(ofType(trace, "ODATA").filter(({ kind }) => kind === "drop").length >= 3 * (GROUPS - 1));
  }
});

Deno.test("runPlan: twenty receivers lose a packet each, of one group: one parity packet repairs all [FEC-005]", () => {
  const losses = [...Array(20).keys()].map((i) => {
    return { at: "0s", drop: { to: `member-${i}`, packet: "ODATA", parity: false, sqn: 32 + i } };
  });
  const send = { at: "0s", send: { from: "sender", messages: 96, bytes: 500, every: "1ms" } };
  for (let seed = 1; seed <= 5; seed++) {
    const source = { fec: { groupSize: 32 }, rdataDelay: "5ms" };
    const { trace } = watchPass(lan(source, 20, [...losses, send]), { seed });
    const repairs = sent(trace, "RDATA");
    assertEquals(repairs.map((repair) => [isParity(repair), sqnOf(repair)]), [[true, 32]], `seed ${seed}`);
  }
});

Deno.test("runPlan: where parity comes on demand, all that is asked for in full groups is parity [FEC-006]", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { trace } = watchPass(
      lan({ fec: { groupSize: 16 } }, 5, [
        { at: "1ms", until: "2s", impair: { to: "member", loss: "10%" } },
        { at: "0s", send: { from: "sender", messages: 320, bytes: 500, every: "2ms" } },
      ]),
      { seed },
    );
    const naks = sent(trace, "NAK");
    assert(naks.length > 20);
    assertEquals(naks.filter((nak) => !isParity(nak)), []);
  }
});

Deno.test("runPlan: a source that truncates its groups is asked for parity alone, if it does before its heartbeat [FEC-102]", () => {
  const run = (truncateAfter: string | undefined, seed: number) => {
    const fec = { groupSize: 32, ...(truncateAfter === undefined ? {} : { truncateAfter }) };
    const { trace } = watchPass(
      lan({ fec, ihbMin: "100ms" }, 5, [
        { at: "2ms", until: "3s", impair: { to: "member", loss: "10%" } },
        { at: "0s", send: { from: "sender", messages: 150, bytes: 500, every: "4ms" } },
        { at: "1s", send: { from: "sender", messages: 45, bytes: 500, every: "4ms" } },
      ]),
      { seed },
    );
    const naks = sent(trace, "NAK");
    return [naks.filter(isParity).length, naks.filter((nak) => !isParity(nak)).length];
  };
  for (let seed = 1; seed <= 5; seed++) {
    const [parity, selective] = run("60ms", seed);
    assert(parity! > 5);
    assertEquals(selective, 0, `seed ${seed}`);
    // One that does not is asked for single packets of the groups in which it pauses.
    assert(run(undefined, seed)[1]! > 0);
  }
});

Deno.test("runPlan: parity changes neither the types of packets nor the numbers of data [FEC-012, FEC-096]", () => {
  const run = (fec: Fields) => {
    const { trace } = watchPass(lan({ ...fec, maxTsdu: 400 }, 3, [
      { at: "1ms", until: "1s", impair: { to: "member", loss: "10%" } },
      { at: "0s", send: { from: "sender", messages: 64, bytes: [1, 1500], every: "7ms" } },
      { at: "2s", close: { from: "sender" } },
    ]));
    const all = trace.filter(({ kind }) => kind === "send").map(({ datagram }) => datagram.bytes[4]! & 0x0f);
    const data = sent(trace, "ODATA").filter((each) => !isParity(each)).map(({ packet }) => packet);
    return { types: new Set(all), data, parity: trace.filter(isParity).length };
  };
  const plain = run({});
  for (const fec of [{ groupSize: 8, proActive: 2 }, { groupSize: 32 }]) {
    const helped = run({ fec });
    assert(helped.parity > 0);
    assertEquals([...helped.types].filter((type) => !plain.types.has(type)), []);
    const numbers = ({ data }: typeof plain) =>
      data.map((packet) => packet !== undefined && "sqn" in packet && packet.sqn);
    assertEquals(numbers(helped), numbers(plain));
  }
});

Deno.test("runPlan: where the indexes of a group run out, and begin anew, everything is recovered all the same [FEC-052]", () => {
  // 127 parity packets for groups of 128, all sent unasked: what more is asked for was sent before.
  const { trace, result } = watchPass(lan({ fec: { groupSize: 128, proActive: 127 } }, 3, [
    { at: "2ms", until: "3s", impair: { to: "member", loss: "60%", packet: ["ODATA", "RDATA"] } },
    { at: "0s", send: { from: "sender", messages: 256, bytes: 100, every: "1ms" } },
  ]));
  assert(result.sources["sender"]!.counters.parityWrapped >= 2);
  assert(sent(trace, "RDATA").filter(isParity).length > 10);
});

Deno.test("runPlan: the largest payload leaves room for the length that parity adds, and for its options [FEC-037]", () => {
  const MTU = 576;
  const source = (
    maxTsdu?: number,
    fec: Fields | undefined = { groupSize: 8, proActive: 20, truncateAfter: "20ms" },
  ) => {
    return { ...(maxTsdu === undefined ? {} : { maxTsdu }), ...(fec === undefined ? {} : { fec }) };
  };
  const fits = (each: Fields) => {
    try {
      return planScenario(lan(each, 1, [], { mtu: MTU })) !== undefined;
    } catch (error) {
      if (error instanceof ScenarioError) return false;
      throw error;
    }
  };
  // With all options that data and parity can have. Without parity, there is room for its own options and two octets more.
  const largest = MTU - 28 - 48 - 20 - 2;
  assertEquals([fits(source(largest)), fits(source(largest + 1))], [true, false]);
  assertThrows(() => planScenario(lan(source(largest + 1), 1, [], { mtu: MTU })), ScenarioError, "maxTsdu");

  // Fragments, SYN and FIN, parity past k, in groups that are truncated: the largest packets that there are.
  const { trace } = watchPass(lan(source(), 2, [
    { at: "0s", send: { from: "sender", messages: 3, bytes: [1, 2 * largest], every: "50ms" } },
    { at: "1s", send: { from: "sender", messages: 1, bytes: 3 * largest - 5 } },
    { at: "1s", close: { from: "sender" } },
  ], { mtu: MTU }));
  const data = sent(trace, "ODATA", "RDATA");
  const payloads = data.map(({ packet }) => packet !== undefined && "payload" in packet ? packet.payload.length : 0);
  assertEquals(Math.max(...payloads.filter((_, i) => !isParity(data[i]!))), largest);
  assertEquals(Math.max(...payloads), largest + 2);
  assert(data.every(({ datagram }) => datagram.bytes.length + 28 <= MTU));
  assertEquals(trace.filter(({ kind }) => kind === "drop"), []);
});
