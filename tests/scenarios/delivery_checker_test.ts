import { assert, assertEquals } from "@std/assert";
import { DeliveryChecker, Progress } from "../../scenarios/checkers/delivery.ts";
import { SentStream } from "../../scenarios/checkers/sent_stream.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { Member } from "../../scenarios/run/member.ts";
import { payload } from "../../scenarios/run/payload.ts";
import { Streams } from "../../scenarios/run/streams.ts";
import type { Session } from "../../engine/mod.ts";

/** A stream of five messages; message 2 is SQNs 102 to 104. */
function bench(ordered = false) {
  const violations = new Violations();
  const stream = new SentStream(3, "sender", "g", 100);
  for (const packets of [1, 1, 3, 1, 1]) stream.sent(50, packets);
  const checker = new DeliveryChecker("member", violations, ordered);
  const progress = new Progress(stream);
  const message = (index: number, sqn: number) => checker.message(0, progress, payload(3, index, 50), sqn);
  const loss = (first: number, last = first) => checker.loss(0, progress, first, last);
  const found = () => violations.list.map(({ text }) => text);
  return { checker, progress, message, loss, found, stream };
}

Deno.test("DeliveryChecker, unordered: messages in any order, each once, are right", () => {
  const { message, progress, found } = bench();
  for (const [index, sqn] of [[2, 102], [4, 106], [0, 100], [3, 105]] as const) message(index, sqn);
  assert(!progress.complete);
  message(1, 101);
  assertEquals([progress.complete, progress.next, found()], [true, 7, []]);
});

Deno.test("DeliveryChecker, unordered: a message delivered twice is found, behind and ahead of the first gap", () => {
  const { message, found } = bench();
  for (const [index, sqn] of [[0, 100], [3, 105], [0, 100], [3, 105]] as const) message(index, sqn);
  assertEquals(found(), ["SQN 100 of sender again", "SQN 105 of sender again"]);
});

Deno.test("DeliveryChecker, unordered: losses are reported in order; a silent gap before one is found", () => {
  const right = bench();
  right.message(0, 100);
  right.message(3, 105);
  right.loss(101);
  right.loss(102, 104);
  right.message(4, 106);
  assertEquals([right.progress.complete, right.found()], [true, []]);
  const silent = bench();
  silent.message(0, 100);
  silent.loss(102, 104);
  assertEquals(silent.found(), ["SQN 102 of sender with a silent gap after SQN 100"]);
});

Deno.test("DeliveryChecker, unordered: what was delivered is not lost, what is lost is not delivered", () => {
  const { message, loss, found } = bench();
  message(0, 100);
  message(2, 102);
  loss(101, 102);
  loss(101);
  message(1, 101);
  assertEquals(found(), ["SQN 101 to 102 of sender again", "SQN 101 of sender again"]);
});

Deno.test("DeliveryChecker, unordered: wrong octets are found", () => {
  const { checker, progress, found } = bench();
  checker.message(0, progress, payload(3, 1, 50), 100);
  assertEquals(found(), ["message at SQN 100 of sender differs from what was sent"]);
});

Deno.test("DeliveryChecker: a late joiner may begin before the first packet that it heard, then owes the rest", () => {
  const late = bench();
  late.message(4, 106);
  late.message(2, 102);
  assert(!late.progress.complete);
  late.message(3, 105);
  assertEquals([late.progress.complete, late.progress.start, late.found()], [true, 2, []]);
  const inOrder = bench(true);
  for (const [index, sqn] of [[2, 102], [3, 105], [4, 106]] as const) inOrder.message(index, sqn);
  assertEquals([inOrder.progress.complete, inOrder.found()], [true, []]);
});

Deno.test("DeliveryChecker: a beginning that was heard must be where reception begins", () => {
  const right = bench(true);
  right.checker.start(0, right.progress);
  right.message(0, 100);
  const skipped = bench(true);
  skipped.checker.start(0, skipped.progress);
  skipped.message(1, 101);
  const late = bench(true);
  late.message(1, 101);
  late.checker.start(0, late.progress);
  assertEquals([right.found(), skipped.found(), late.found()], [
    [],
    ["SQN 101 of sender with a silent gap after SQN 99; expected SQN 100"],
    ["start of sender reported, but reception began with SQN 101, not 100"],
  ]);
});

Deno.test("DeliveryChecker: fin comes when all is delivered or reported, and only if the source said so", () => {
  for (const ordered of [true, false]) {
    const early = bench(ordered);
    early.stream.closed = true;
    early.stream.finSent = true;
    early.message(0, 100);
    early.checker.end(0, early.progress, "fin");
    assertEquals(early.found(), [
      "session of sender ended with fin, but SQN 101 is neither delivered nor reported lost",
    ]);
    const right = bench(ordered);
    right.stream.closed = true;
    right.stream.finSent = true;
    right.message(3, 105);
    right.loss(106);
    right.checker.end(0, right.progress, "fin");
    assertEquals(right.found(), []);
  }
  const made = bench();
  made.checker.end(0, made.progress, "fin");
  assertEquals(made.found(), ["session of sender ended with fin, but no packet had OPT_FIN"]);
});

Deno.test("DeliveryChecker: rst follows OPT_RST, loss follows a loss, idle follows nothing", () => {
  const { checker, progress, stream, loss, found } = bench();
  checker.end(0, progress, "rst");
  checker.end(0, progress, "loss");
  checker.end(0, progress, "idle");
  assertEquals(found(), [
    "session of sender ended with rst, but no packet had OPT_RST",
    "session of sender ended with loss, but no loss was reported",
  ]);
  stream.rstSent = true;
  loss(100);
  checker.end(0, progress, "rst");
  checker.end(0, progress, "loss");
  assertEquals(found().length, 2);
});

Deno.test("SentStream: an aborted stream owes whole messages that were sent, and nothing else can come of it", () => {
  const whole = bench(true);
  whole.stream.transmitted = 5;
  whole.stream.abort();
  assertEquals([whole.stream.owed, whole.stream.available], [5, 5]);
  const half = bench(true);
  half.stream.transmitted = 4;
  half.stream.abort();
  assertEquals([half.stream.owed, half.stream.available], [2, 4]);
  half.message(0, 100);
  half.message(1, 101);
  assert(half.progress.complete);
  half.loss(102, 103);
  assertEquals(half.found(), []);
  half.message(2, 102);
  half.loss(104);
  assertEquals(half.found(), ["message at SQN 102 that sender never sent", "loss of SQN 104 that sender never sent"]);
  const none = bench(true);
  none.stream.abort();
  assertEquals([none.stream.owed, none.progress.complete], [0, true]);
});

Deno.test("Member: whatever a session reports after its end is found", () => {
  const violations = new Violations();
  const streams = new Streams();
  const tsi = { gsi: 1, port: 2 };
  const session = { tsi } as Session;
  const stream = streams.open("000000000001.2", "sender", "g", 100);
  stream.sent(50, 1);
  const member = new Member("member", streams, { violations, ladder: undefined, ordered: true });
  member.onEnd(5, session, "idle", 0);
  assertEquals([violations.total, member.ends], [0, [{ tsi: "000000000001.2", end: "idle", errorCode: 0, atNs: 5 }]]);
  member.onStart(6, session);
  member.onMessage(6, session, payload(0, 0, 50), 100);
  member.onRepair(6, session, 100, 1);
  member.onEnd(6, session, "idle", 0);
  member.onLoss(6, session, 100, 100);
  const after = violations.list.map(({ text }) => text).filter((text) => text.endsWith("after its end"));
  assertEquals(
    after,
    ["a start", "a repair", "an end", "a loss"].map((what) => {
      return `${what} of session 000000000001.2 after its end`;
    }),
  );
});

Deno.test("DeliveryChecker, unordered: the beginning may be heard after a message from further on was delivered", () => {
  const { checker, message, progress, found } = bench();
  message(1, 101);
  checker.start(0, progress);
  message(0, 100);
  assertEquals([progress.next, found()], [2, []]);
});
