import { assertEquals } from "@std/assert";
import { DeliveryChecker } from "../../scenarios/checkers/delivery.ts";
import { SentStream } from "../../scenarios/checkers/sent_stream.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { payload } from "../../scenarios/run/payload.ts";
import { SessionIntake } from "../../scenarios/run/session_intake.ts";

const LENGTH = 50;

/**
 * A sender that has sent, and finished, three messages of 50 octets: SQN 100, 101 and 102 to 104 (in stream mode the last
 * is one packet). A session of it was accepted when `lead` was the newest; its first message was `first`, or has
 * not come.
 */
function bench({ stream = false, lead = 104, first = 100 } = {}) {
  const violations = new Violations();
  const sent = new SentStream(3, "sender", "g", 100);
  for (const packets of [1, 1, stream ? 1 : 3]) sent.sent(LENGTH, packets);
  sent.closed = sent.finSent = true;
  const checker = new DeliveryChecker("reader", violations);
  const intake = new SessionIntake(checker, sent, { stream, lead, firstSqn: () => first < 0 ? undefined : first });
  const octets = Uint8Array.from([0, 1, 2].flatMap((index) => [...payload(3, index, LENGTH)]));
  /** Reads octets `from ..< to` of all that was sent. */
  const reads = (from: number, to: number, partial = false) => intake.took(0, octets.slice(from, to), partial);
  return { intake, sent, octets, reads, found: () => violations.list.map(({ text }) => text) };
}

Deno.test("SessionIntake: messages are put together from their parts, and compared", () => {
  const { intake, reads, found } = bench();
  reads(0, 20, true);
  reads(20, 50);
  reads(50, 100);
  assertEquals([intake.messages, intake.complete], [2, false]);
  reads(100, 149, true);
  reads(149, 150);
  intake.ended(0, true);
  assertEquals([intake.messages, intake.complete, found()], [3, true, []]);
});

Deno.test("SessionIntake: a message that is missing, comes twice or differs is found", () => {
  const missing = bench();
  missing.reads(0, 50);
  missing.reads(100, 150);
  const twice = bench();
  for (let i = 0; i < 2; i++) twice.reads(0, 50);
  const short = bench();
  short.reads(0, 49);
  // What comes is taken for the next message, so its octets are wrong.
  const second = "message at SQN 101 of sender differs from what was sent";
  assertEquals([missing.found(), twice.found(), short.found()], [
    [second],
    [second],
    ["message at SQN 100 of sender differs from what was sent"],
  ]);
});

Deno.test("SessionIntake: in stream mode packets are cut out of whatever was read at once", () => {
  const { intake, reads, found } = bench({ stream: true });
  reads(0, 1);
  assertEquals(intake.messages, 0);
  reads(1, 101);
  assertEquals([intake.messages, intake.complete], [2, false]);
  reads(101, 150);
  intake.ended(0, true);
  assertEquals([intake.messages, intake.complete, found()], [3, true, []]);
  const shifted = bench({ stream: true });
  shifted.reads(1, 120);
  assertEquals(shifted.found().length, 2);
});

Deno.test("SessionIntake: a stream that ends in the middle of a packet: only a reset may do that, and with the right octets", () => {
  const leaves = (graceful: boolean, edit: (octets: Uint8Array) => void = () => {}) => {
    const { intake, octets, reads, found } = bench({ stream: true });
    edit(octets);
    reads(0, 107);
    intake.ended(0, graceful);
    return found();
  };
  const never = "7 octets that sender never sent so";
  assertEquals(leaves(false), []);
  assertEquals(leaves(false, (octets) => octets[106]! ^= 1), [never]);
  assertEquals(leaves(true), [
    never,
    "session of sender ended with fin, but SQN 102 is neither delivered nor reported lost",
  ]);
});

Deno.test("SessionIntake: a session that ends well has brought everything; one that was reset need not", () => {
  const ends = (graceful: boolean) => {
    const { intake, reads, found } = bench();
    reads(0, 50);
    intake.ended(0, graceful);
    return found();
  };
  assertEquals(ends(true), ["session of sender ended with fin, but SQN 101 is neither delivered nor reported lost"]);
  assertEquals(ends(false), []);
});

Deno.test("SessionIntake: what began before the session was accepted is owed from its first message on", () => {
  // SQN 102 to 104 are one message: of a session that began in it, nothing more may come.
  for (const lead of [102, 103, 104]) assertEquals(bench({ lead, first: -1 }).intake.complete, true, `${lead}`);
  assertEquals(bench({ lead: 101, first: -1 }).intake.complete, false);
  assertEquals(bench({ lead: 104, first: 101 }).intake.complete, false);
  const closed = bench({ lead: 104, first: -1 });
  closed.intake.progress.closed = true;
  assertEquals(closed.intake.complete, false);
});
