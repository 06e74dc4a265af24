/**
 * A parent's search for repairers, and the repairers (RFC 3208, sections 9.5.3.1 and 14.3.2): what network elements are
 * to use, without one.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, ms, NEVER, type PollValue, prngFromSeed } from "../../../engine/mod.ts";
import { Poller } from "../../../engine/poll/poller.ts";
import { PollResponder } from "../../../engine/poll/responder.ts";
import { PollSubType } from "../../../engine/wire/constants.ts";
import { nla, poll } from "../../support/rig.ts";

const [PARENT, DLR, OTHER] = [nla("10.0.0.1"), nla("10.0.0.5"), nla("10.0.0.6")];

function poller(): Poller {
  return new Poller({ abortAt: 10, wait: ms(100), firstSqn: 7 }, prngFromSeed(1));
}

/** A POLL as it is heard. */
function heard(from: Poller, now: number): PollValue {
  return poll({ ...from.shift(now), pathNla: PARENT }) as PollValue;
}

Deno.test("Poller, PollResponder: a search for repairers is for all of them, and for nobody else", () => {
  const parent = poller();
  parent.start({ subType: PollSubType.DLR, bits: 0, boIvl: ms(20), expected: 2 });
  const asked = heard(parent, 0);
  assertEquals([asked.subType, asked.mask, asked.boIvlUs, asked.sqn], [1, 0, 20_000, 7]);
  const repairer = new PollResponder(0x1234_5678, [PollSubType.GENERAL, PollSubType.DLR], prngFromSeed(2));
  const receiver = new PollResponder(0x1234_5678, [PollSubType.GENERAL], prngFromSeed(2));
  assertEquals([repairer.take(0, 3, asked), receiver.take(0, 0, asked)], ["scheduled", "others"]);
  const at = repairer.nextTimeout();
  assert(at >= 0 && at <= ms(20) && receiver.nextTimeout() === NEVER);
  const polrs = repairer.expire(at);
  assertEquals(polrs, [{ path: PARENT, iface: 3, sqn: 7, round: 0, subType: PollSubType.DLR }]);
  assertEquals([repairer.expire(at), repairer.nextTimeout()], [[], NEVER]);
  assertEquals(parent.reply(DLR, 7, 0), "counted");
  assertEquals(parent.expire(ms(120) - 1), undefined);
  const { replies, subType, abort } = parent.expire(ms(120))!;
  assertEquals({ replies, subType, abort }, { replies: 1, subType: PollSubType.DLR, abort: false });
  assertEquals([parent.expire(ms(120)), parent.nextTimeout()], [undefined, NEVER]);
});

Deno.test("PollResponder: a repairer is still subject to the random condition", () => {
  const repairer = new PollResponder(0xa5a5_a5a5, [PollSubType.DLR], prngFromSeed(2));
  const asks = { subType: 1, rand: 0xa5a5_0000 };
  assertEquals(repairer.take(0, 0, poll({ ...asks, sqn: 1, mask: 0x0000_ffff }) as PollValue), "unmatched");
  assertEquals(repairer.take(0, 0, poll({ ...asks, sqn: 2, mask: 0xffff_0000 }) as PollValue), "scheduled");
});

Deno.test("Poller: a POLL that has not left yet has no replies", () => {
  const parent = poller();
  parent.start({ subType: PollSubType.GENERAL, bits: 0, boIvl: ms(20) });
  assertEquals([parent.reply(DLR, 7, 0), parent.nextTimeout(), parent.due], ["late", NEVER, true]);
  parent.shift(ms(5));
  assertEquals([parent.reply(DLR, 7, 0), parent.nextTimeout(), parent.due], ["counted", ms(125), false]);
  assertThrows(() => parent.shift(ms(5)), AssertionError, "no POLL waits");
});

Deno.test("Poller: a poll that is begun while another goes on makes its replies void", () => {
  const parent = poller();
  const general = { subType: PollSubType.GENERAL, bits: 0, boIvl: ms(20) };
  parent.start(general);
  parent.shift(0);
  parent.reply(DLR, 7, 0);
  parent.start(general);
  parent.shift(ms(1));
  assertEquals([parent.reply(OTHER, 7, 0), parent.reply(OTHER, 8, 0)], ["late", "counted"]);
  assertEquals(parent.expire(ms(121))!.replies, 1);
});

Deno.test("Poller: nobody counts who replies to an abort", () => {
  const parent = poller();
  parent.start({ subType: PollSubType.GENERAL, bits: 0, boIvl: ms(20) });
  parent.shift(0);
  const outcomes = Array.from({ length: 10 }, (_, i) => parent.reply(nla(`10.0.1.${i}`), 7, 0));
  assertEquals(outcomes, [...Array(9).fill("counted"), "aborted"]);
  parent.shift(ms(1));
  for (let i = 0; i < 20; i++) assertEquals(parent.reply(nla(`10.0.1.${i}`), 8, 0), "late");
  const { abort, replies } = parent.expire(ms(121))!;
  assertEquals([abort, replies, parent.due], [true, 0, false]);
});
