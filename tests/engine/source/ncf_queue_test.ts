import { assertEquals } from "@std/assert";
import { ms, type Nla, seconds, SOURCE_DEFAULTS, type SourceConfig } from "../../../engine/mod.ts";
import { NcfQueue } from "../../../engine/source/ncf_queue.ts";
import { GROUP, GSI, nla, SPORT } from "../../support/rig.ts";

/** The queue of a source whose line is without end unless given. */
function queueOf(config: Partial<SourceConfig>, group: Nla = GROUP): NcfQueue {
  const session = { tsi: { gsi: GSI, port: SPORT }, group, port: 7500, iface: 0 };
  return new NcfQueue({ ...SOURCE_DEFAULTS, ...session, peakRte: Infinity, ...config });
}

const plain = (sqn: number, iface = 0) => ({ iface, sqn, list: [] });

Deno.test("NcfQueue: the first goes in, a repeat only when the interval is over, on each interface by itself", () => {
  const queue = queueOf({ ncfRepeatIvl: ms(20) });
  const tries = [queue.push(0, plain(7)), queue.push(ms(20) - 1, plain(7)), queue.push(ms(20) - 1, plain(7, 1))];
  assertEquals(tries, [true, false, true]);
  assertEquals([queue.push(ms(20), plain(7)), queue.push(ms(20), plain(7, 1)), queue.size], [true, false, 3]);
  assertEquals([queue.shift(), queue.shift(), queue.shift(), queue.shift()], [
    plain(7),
    plain(7, 1),
    plain(7),
    undefined,
  ]);
});

Deno.test("NcfQueue: with an interval of 0 nothing is held back", () => {
  const queue = queueOf({ ncfRepeatIvl: 0 });
  assertEquals([queue.push(0, plain(7)), queue.push(0, plain(7)), queue.size], [true, true, 2]);
  queue.clear();
  assertEquals(queue.size, 0);
});

Deno.test("NcfQueue: what waits is bounded, and so is what is remembered", () => {
  const queue = queueOf({ ncfRepeatIvl: ms(20) });
  for (let sqn = 0; sqn < 65_536; sqn++) assertEquals(queue.push(0, plain(sqn)), true);
  assertEquals([queue.push(0, plain(65_536)), queue.size], [false, 65_536]);
  // One leaves, another is remembered in the place of the oldest.
  queue.shift();
  assertEquals(queue.push(0, plain(65_536)), true);
  queue.shift();
  assertEquals([queue.push(0, plain(1)), queue.push(0, plain(0))], [false, true]);
});

Deno.test("NcfQueue: NCFs take at most half of the line, to the octet, whatever asks for them [SRC-022]", () => {
  const list = { iface: 0, sqn: 1000, list: [1001, 1002, 1003] };
  for (const [group, bytes] of [[GROUP, 36], [nla("ff15::1"), 60]] as const) {
    const queue = queueOf({ ncfRepeatIvl: 0, peakRte: 2_000, burstBytes: 10 * bytes }, group);
    let taken = 0;
    for (let sqn = 0; sqn < 20; sqn++) if (queue.push(0, plain(sqn))) taken++;
    assertEquals(taken, 10);
    const another = bytes * ms(1);
    assertEquals([queue.push(another - 1, plain(20)), queue.push(another, plain(20))], [false, true]);
    const room = another + (bytes + 20) * ms(1);
    assertEquals([queue.push(room - 1, list), queue.push(room, list)], [false, true]);
    assertEquals(queue.push(seconds(10), plain(20)), true);
  }
});

Deno.test("NcfQueue: the options of an NCF take their part of the line, too", () => {
  const [child, child6] = [nla("10.0.0.9"), nla("fd00::9")];
  // OPT_LENGTH, OPT_NAK_BO_IVL; OPT_NBR_UNREACH and OPT_PATH_NLA; OPT_NAK_LIST.
  const sizes = [
    [GROUP, child, [36 + 4 + 12, 36 + 4 + 12 + 12, 36 + 4 + 12 + 12 + 8]],
    [nla("ff15::1"), child6, [60 + 4 + 12, 60 + 4 + 12 + 24, 60 + 4 + 12 + 24 + 8]],
  ] as const;
  for (const [group, to, expected] of sizes) {
    const ncfs = [plain(1), { ...plain(2), to }, { ...plain(3), list: [4], to }];
    for (const [index, ncf] of ncfs.entries()) {
      const bytes = expected[index]!;
      for (const [burstBytes, room] of [[10 * bytes, 10], [10 * bytes - 1, 9]] as const) {
        const queue = queueOf({ nakBoIvlOn: "NCF", ncfRepeatIvl: 0, peakRte: 2_000, burstBytes }, group);
        let taken = 0;
        while (queue.push(0, ncf)) taken++;
        assertEquals(taken, room, `${bytes} octets`);
      }
    }
  }
});
