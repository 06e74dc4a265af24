/**
 * NAKs for several numbers (RFC 3208, section 9.3), and NAKs that the neighbours hear too (section 6.3).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, type Receiver, type ReceiverConfig, seconds, type Sqn } from "../../../engine/mod.ts";
import { MAX_NAK_SQNS } from "../../../engine/receiver/receiver_config.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { GROUP, ncf, nla, odata, rdata, RECEIVER, type Rig, type Said, SOURCE, spm } from "../../support/rig.ts";

/** A receiver that got 0 and knows since the start that `count` packets after it are missing. */
function burst(count: number, config: Partial<ReceiverConfig> = {}, seed = 1): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench({ nakListMax: MAX_NAK_SQNS, ...config }, seed);
  bench.rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  bench.rig.hears(spm({ sqn: 2, trail: 0, lead: count }));
  return bench;
}

/** All numbers that NAKs ask for, by NAK. */
function asked(said: readonly Said[]): Sqn[][] {
  return said.map(({ value }) => {
    assert(value.type === "NAK", value.type);
    const list = value.options.find((option) => option.type === "NAK_LIST");
    return [value.sqn, ...(list?.type === "NAK_LIST" ? list.sqns : [])];
  });
}

/** Goes to the next NAKs, which are due at one instant, and gives them. */
function nextNaks(rig: Rig<Receiver>): Sqn[][] {
  for (let i = 0; i < 3; i++) {
    const at = rig.endpoint.nextTimeout();
    rig.at(at - 1).saysNothing();
    const said = asked(rig.at(at).said());
    rig.endpoint.handleTimeout(at);
    rig.saysNothing();
    if (said.length > 0) return said;
  }
  return [];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

Deno.test("Receiver: a burst of ten is one NAK with nine listed, oldest first [OPT-031, RCV-046]", () => {
  const { rig } = burst(10);
  const at = rig.endpoint.nextTimeout();
  rig.at(at);
  const said = rig.said();
  assertEquals(asked(said), [range(1, 10)]);
  assertEquals(said[0]!.value.options, [{ type: "NAK_LIST", sqns: range(2, 10) }]);
  const { naksSent, nakListsSent, sqnsRequested } = rig.endpoint.stats;
  assertEquals([naksSent, nakListsSent, sqnsRequested], [1, 1, 10]);
});

Deno.test("Receiver: without lists each number is asked for by itself", () => {
  const { rig } = burst(10, { nakListMax: 1 });
  const naks = asked(rig.at(ms(50)).said());
  assertEquals(naks.toSorted((a, b) => a[0]! - b[0]!), range(1, 10).map((sqn) => [sqn]));
  assertEquals([rig.endpoint.stats.naksSent, rig.endpoint.stats.nakListsSent], [10, 0]);
});

Deno.test("Receiver: 63 numbers fit in one NAK, 64 do not; the list may be limited further [OPT-031]", () => {
  assertEquals(nextNaks(burst(63).rig), [range(1, 63)]);
  assertEquals(nextNaks(burst(64).rig), [range(1, 63), [64]]);
  assertEquals(nextNaks(burst(5, { nakListMax: 2 }).rig), [[1, 2], [3, 4], [5]]);
});

Deno.test("Receiver: a list may cross the end of the sequence space, oldest first", () => {
  const { rig } = receiverBench({ nakListMax: MAX_NAK_SQNS });
  rig.hears(spm({ sqn: 1, trail: 0xffff_fffd, lead: 0xffff_fffd })).hears(
    odata({ sqn: 0xffff_fffd, trail: 0xffff_fffd }),
  );
  rig.hears(spm({ sqn: 2, trail: 0xffff_fffd, lead: 1 }));
  assertEquals(nextNaks(rig), [[0xffff_fffe, 0xffff_ffff, 0, 1]]);
});

Deno.test("Receiver: the back-off of a list is drawn as that of one number; other losses draw their own [OPT-035]", () => {
  const single: number[] = [];
  const list: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    single.push(burst(1, { nakListMax: 1 }, seed).rig.endpoint.nextTimeout());
    list.push(burst(10, {}, seed).rig.endpoint.nextTimeout());
  }
  assertEquals(list, single);
  assert(list.every((at) => at > 0 && at <= ms(50)));

  const { rig } = burst(2);
  rig.at(1).hears(spm({ sqn: 3, trail: 0, lead: 4 }));
  assertEquals([nextNaks(rig), nextNaks(rig)].flat().toSorted((a, b) => a[0]! - b[0]!), [[1, 2], [3, 4]]);
});

Deno.test("Receiver: the repair of one listed number leaves the others outstanding [OPT-035]", () => {
  const { rig, log } = burst(4);
  nextNaks(rig);
  rig.hears(ncf({ sqn: 1, options: [{ type: "NAK_LIST", sqns: [2, 3, 4] }] })).hears(rdata({ sqn: 2 }));
  const gauges = rig.endpoint.sessions[0]!.gauges(rig.now)!;
  assertEquals([gauges.missing, gauges.outstandingNaks, gauges.firstNakSqn, log.delivered], [3, 3, 1, [0]]);
  assertEquals(nextNaks(rig), [[1, 3, 4]]);
  rig.hears(rdata({ sqn: 1 })).hears(rdata({ sqn: 3 }));
  assertEquals([log.delivered, nextNaks(rig)], [[0, 1, 2, 3], [[4]]]);
  rig.hears(rdata({ sqn: 4 })).at(seconds(100)).saysNothing();
  assertEquals([log.delivered, log.lost], [[0, 1, 2, 3, 4], []]);
});

Deno.test("Receiver: a list is repeated as one until the retries are over, then lost in one report", () => {
  const { rig, log } = burst(3, { nakNcfRetries: 2 });
  assertEquals([nextNaks(rig), nextNaks(rig), nextNaks(rig)], [[[1, 2, 3]], [[1, 2, 3]], [[1, 2, 3]]]);
  assertEquals(log.lost, []);
  rig.at(seconds(100)).saysNothing();
  assertEquals(log.lost, ["1-3"]);
});

Deno.test("Receiver: a list NCF silences all that it lists, and only that", () => {
  const { rig } = burst(4);
  rig.hears(ncf({ sqn: 1, options: [{ type: "NAK_LIST", sqns: [2, 3] }] }));
  assertEquals([nextNaks(rig), rig.endpoint.stats.naksSuppressed], [[[4]], 3]);
  rig.at(ms(550)).said();
  rig.at(seconds(1) - 1).saysNothing();
  assertEquals(asked(rig.at(seconds(1) + ms(50)).said()).flat().filter((sqn) => sqn < 4), [1, 2, 3]);
});

/** A receiver whose parent has the address `parent` and that misses packet 1; gives what it says in 50 ms. */
function nakTowards(parent: string, multicastNak: boolean): { said: Said[]; rig: Rig<Receiver> } {
  const { rig } = receiverBench({ multicastNak });
  const pathNla = nla(parent);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0, pathNla })).hears(odata({ sqn: 0 }));
  rig.hears(spm({ sqn: 2, trail: 0, lead: 1, pathNla }));
  return { said: rig.at(ms(50)).said(), rig };
}

Deno.test("Receiver: a NAK to a parent beyond the subnet is also multicast there with TTL 1 [RCV-052]", () => {
  const { said, rig } = nakTowards("10.0.5.1", true);
  assertEquals(
    said.map(({ at, iface, datagram: { source, destination, ttl, routerAlert } }) => ({
      late: at - said[0]!.at,
      iface,
      source,
      destination,
      ttl,
      routerAlert,
    })),
    [nla("10.0.5.1"), GROUP].map((destination, i) => (
      { late: 0, iface: 0, source: RECEIVER, destination, ttl: [64, 1][i]!, routerAlert: false }
    )),
  );
  assertEquals(said[1]!.datagram.bytes, said[0]!.datagram.bytes);
  assertEquals([rig.endpoint.stats.naksSent, rig.endpoint.stats.naksMulticast], [1, 1]);
});

Deno.test("Receiver: a NAK to a parent on the subnet is not multicast, nor where that is not wanted [RCV-052]", () => {
  for (const [parent, wanted] of [[SOURCE, true], ["10.0.5.1", false], [SOURCE, false]] as const) {
    const { said, rig } = nakTowards(parent, wanted);
    assertEquals(said.map(({ datagram }) => datagram.destination), [parent]);
    assertEquals(rig.endpoint.stats.naksMulticast, 0);
  }
});
