/**
 * The NAK machine by itself: each timer does nothing a nanosecond early, one thing on time, and nothing again.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Instant, ms, NEVER, prngFromSeed, seconds, type Sqn } from "../../../engine/mod.ts";
import { NakMachine, NakState, nakStateName } from "../../../engine/receiver/nak_machine.ts";
import { ReceiveBudget } from "../../../engine/receiver/receive_budget.ts";
import { RECEIVER_DEFAULTS, type ReceiverConfig } from "../../../engine/receiver/receiver_config.ts";
import { DPORT, GROUP } from "../../support/rig.ts";

interface Bench {
  readonly machine: NakMachine;
  /** What the machine asked for since the last look, such as `NAK 7`. */
  done(): string[];
  /** Fires at `time` as a session would, and looks. */
  at(time: Instant): string[];
  /** The states passed through, such as `BACK_OFF 7`. */
  readonly notes: string[];
}

function bench(config: Partial<ReceiverConfig> = {}, spmSeen = true): Bench {
  const log: string[] = [];
  const notes: string[] = [];
  const actions = {
    nakBoIvl: config.nakBoIvl ?? RECEIVER_DEFAULTS.nakBoIvl,
    sendNak: (_now: Instant, sqns: readonly Sqn[]) => void log.push(`NAK ${sqns.join(" ")}`),
    giveUp: (_now: Instant, sqn: Sqn) => void log.push(`lost ${sqn}`),
    suppressed: (_now: Instant, sqn: Sqn) => void log.push(`quiet ${sqn}`),
    unconfirmed: () => {},
    note: (state: string, sqn: Sqn) => void notes.push(`${state} ${sqn}`),
  };
  const all = { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT, ...config };
  const machine = new NakMachine(all, prngFromSeed(1).fork("nak"), actions, new ReceiveBudget(1_000, 1_000));
  const done = () => log.splice(0);
  return {
    machine,
    done,
    notes,
    at: (time) => {
      machine.handleTimeout(time, spmSeen);
      return done();
    },
  };
}

/** Asserts that what is due next does nothing early, `expected` on time, and nothing again; gives when. */
function fires(b: Bench, ...expected: string[]): Instant {
  const at = b.machine.nextTimeout();
  assert(at < NEVER, "nothing is due");
  assertEquals(b.at(at - 1), []);
  assertEquals(b.machine.nextTimeout(), at);
  assertEquals(b.at(at), expected);
  assert(b.machine.nextTimeout() > at);
  assertEquals(b.at(at), []);
  return at;
}

Deno.test("NakMachine: REORDER turns into BACK_OFF after the timeout, which sends nothing yet", () => {
  const b = bench({ reorderTimeout: ms(20) });
  b.machine.suspect(ms(100), 7, true);
  assertEquals([b.machine.state(7), b.machine.nextTimeout()], [NakState.Reorder, ms(120)]);
  fires(b);
  assertEquals(b.machine.state(7), NakState.BackOff);
});

Deno.test("NakMachine: BACK_OFF sends one NAK, within NAK_BO_IVL", () => {
  const b = bench({ nakBoIvl: ms(50) });
  b.machine.lose(ms(100), 7, true);
  assertEquals(b.machine.state(7), NakState.BackOff);
  const at = fires(b, "NAK 7");
  assert(at > ms(100) && at <= ms(150), `${at}`);
  assertEquals([b.machine.state(7), b.machine.nextTimeout()], [NakState.WaitNcf, at + ms(500)]);
});

Deno.test("NakMachine: WAIT_NCF backs off again, and after the retries gives up once", () => {
  const b = bench({ nakNcfRetries: 2 });
  b.machine.lose(0, 7, true);
  for (let retry = 0; retry < 2; retry++) {
    const sent = fires(b, "NAK 7");
    assertEquals(fires(b), sent + ms(500));
  }
  fires(b, "NAK 7");
  fires(b, "lost 7");
  assertEquals([b.machine.size, b.machine.nextTimeout(), b.machine.state(7)], [0, NEVER, undefined]);
});

Deno.test("NakMachine: WAIT_DATA backs off again, and after the retries gives up once", () => {
  const b = bench({ nakDataRetries: 1 });
  b.machine.lose(0, 7, true);
  const sent = fires(b, "NAK 7");
  b.machine.heardNcf(sent + ms(3), 7);
  assertEquals(fires(b), sent + ms(3) + seconds(1));
  const again = fires(b, "NAK 7");
  b.machine.heardNcf(again, 7);
  assertEquals(fires(b, "lost 7"), again + seconds(1));
  assertEquals([b.machine.size, b.machine.nextTimeout()], [0, NEVER]);
});

Deno.test("NakMachine: a NAK is pending in BACK_OFF and outstanding after it; an NCF suspends both [RCV-039]", () => {
  const pending = bench();
  pending.machine.lose(0, 7, true);
  const outstanding = bench();
  outstanding.machine.lose(0, 7, true);
  const sent = fires(outstanding, "NAK 7");
  assertEquals([pending.machine.state(7), outstanding.machine.state(7)], [NakState.BackOff, NakState.WaitNcf]);
  pending.machine.heardNcf(sent, 7);
  outstanding.machine.heardNcf(sent, 7);
  // Only the pending one is a NAK less.
  assertEquals([pending.done(), outstanding.done()], [["quiet 7"], []]);
  for (const b of [pending, outstanding]) {
    assertEquals([b.machine.state(7), b.machine.nextTimeout()], [NakState.WaitData, sent + seconds(1)]);
  }
});

Deno.test("NakMachine: another's NAK counts as one's own in every state", () => {
  const b = bench();
  b.machine.heardNak(ms(1), 7);
  assertEquals([b.machine.state(7), b.machine.nextTimeout(), b.done()], [NakState.WaitNcf, ms(501), ["quiet 7"]]);
  b.machine.heardNak(ms(2), 7);
  assertEquals([b.machine.state(7), b.machine.nextTimeout(), b.done()], [NakState.WaitNcf, ms(502), []]);
  b.machine.heardNcf(ms(3), 7);
  b.machine.heardNak(ms(4), 7);
  assertEquals([b.machine.state(7), b.machine.nextTimeout(), b.done()], [NakState.WaitData, ms(1004), []]);
});

Deno.test("NakMachine: before the first SPM nothing is due, after it every loss backs off", () => {
  const b = bench({}, false);
  b.machine.lose(0, 7, false);
  b.machine.suspect(0, 9, false);
  fires(b);
  assertEquals([b.machine.state(7), b.machine.state(9)], [NakState.WaitSpm, NakState.WaitSpm]);
  assertEquals(b.machine.nextTimeout(), NEVER);
  b.machine.firstSpm(seconds(3));
  assertEquals([b.machine.state(7), b.machine.state(9)], [NakState.BackOff, NakState.BackOff]);
  assert(b.machine.nextTimeout() > seconds(3));
});

Deno.test("NakMachine: the last packet that is reordering, and the first that makes it a loss", () => {
  const b = bench({ reorderPackets: 3 });
  b.machine.suspect(0, 7, true);
  b.machine.laterData(0, 6, true);
  b.machine.laterData(0, 9, true);
  assertEquals(b.machine.state(7), NakState.Reorder);
  b.machine.laterData(0, 10, true);
  assertEquals(b.machine.state(7), NakState.BackOff);
  const alone = bench({ reorderPackets: 1 });
  alone.machine.suspect(0, 7, true);
  assertEquals(alone.machine.state(7), NakState.BackOff);
});

Deno.test("NakMachine: SPM_LEAD settles suspicions up to it, not beyond", () => {
  const b = bench();
  for (const sqn of [0xffff_ffff, 0, 1]) b.machine.suspect(0, sqn, true);
  b.machine.leadKnown(0, 0);
  const states = [0xffff_ffff, 0, 1].map((sqn) => b.machine.state(sqn));
  assertEquals(states, [NakState.BackOff, NakState.BackOff, NakState.Reorder]);
});

Deno.test("NakMachine: data ends any state; how long it took is told of losses, not of late packets", () => {
  const b = bench();
  b.machine.suspect(ms(1), 5, true);
  b.machine.lose(ms(2), 6, true);
  assertEquals([b.machine.received(ms(9), 5), b.machine.received(ms(9), 6), b.machine.received(ms(9), 7)], [
    -1,
    ms(7),
    -1,
  ]);
  assertEquals([b.machine.size, b.machine.nextTimeout()], [0, NEVER]);
});

Deno.test("NakMachine: the trail cancels what it passes, without a word to the session", () => {
  const b = bench();
  for (const sqn of [0xffff_fffe, 0, 3, 4]) b.machine.lose(0, sqn, true);
  b.machine.cancelBefore(0xffff_fffe, 3);
  assertEquals([0xffff_fffe, 0, 3, 4].map((sqn) => b.machine.has(sqn)), [false, false, true, true]);
  assertEquals(b.done(), []);
  assertEquals(b.notes.filter((note) => note.startsWith("CANCELLED")), ["CANCELLED 4294967294", "CANCELLED 0"]);
  b.at(seconds(1));
  assertEquals(b.machine.size, 2);
});

Deno.test("NakMachine: a trail that advances step by step cancels what it passes, as one that jumps", () => {
  const b = bench();
  for (let sqn = 10; sqn < 20; sqn++) b.machine.lose(0, sqn, true);
  b.machine.cancelBefore(8, 10);
  assertEquals(b.machine.size, 10);
  b.machine.cancelBefore(10, 12);
  b.machine.cancelBefore(12, 13);
  assertEquals([10, 11, 12, 13].map((sqn) => b.machine.has(sqn)), [false, false, false, true]);
  b.machine.cancelBefore(13, 20);
  assertEquals([b.machine.size, b.machine.nextTimeout()], [0, NEVER]);
});

Deno.test("NakMachine: a burst of suspicions is confirmed, or taken back, in time that grows with it only", () => {
  // Quadratic, this takes a minute.
  const COUNT = 300_000;
  const machine = new NakMachine(
    { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT },
    prngFromSeed(1),
    {
      nakBoIvl: ms(50),
      sendNak: () => {},
      giveUp: () => {},
      suppressed: () => {},
      unconfirmed: () => {},
      note: () => {},
    },
    new ReceiveBudget(0, COUNT),
  );
  for (let sqn = 0; sqn < COUNT; sqn++) machine.suspect(0, sqn, true);
  for (let sqn = COUNT - 1; sqn >= COUNT / 2; sqn--) machine.received(0, sqn);
  machine.laterData(0, COUNT, true);
  assertEquals([machine.size, machine.pending], [COUNT / 2, COUNT / 2]);
});

Deno.test("NakMachine: what is due together goes oldest first, across the end of the space", () => {
  const b = bench({ nakBoIvl: 1_000 });
  for (const sqn of [1, 0xffff_ffff, 2, 0, 0xffff_fffe]) b.machine.lose(0, sqn, true);
  fires(b, "NAK 4294967294", "NAK 4294967295", "NAK 0", "NAK 1", "NAK 2");
});

Deno.test("NakMachine: a loss noticed again is the same loss", () => {
  const b = bench();
  b.machine.suspect(0, 7, true);
  b.machine.suspect(ms(5), 7, true);
  assertEquals([b.machine.size, b.machine.nextTimeout()], [1, ms(20)]);
  b.machine.lose(ms(10), 7, true);
  const due = b.machine.nextTimeout();
  b.machine.lose(ms(11), 7, true);
  b.machine.leadKnown(ms(11), 7);
  assertEquals([b.machine.size, b.machine.nextTimeout(), b.machine.received(ms(12), 7)], [1, due, ms(12)]);
});

Deno.test("NakMachine: places of gaps that closed are used again, each with its own timer", () => {
  const b = bench({ nakBoIvl: 1_000 });
  for (let round = 0; round < 50; round++) {
    const now = ms(10 * round);
    for (let sqn = 0; sqn < 8; sqn++) b.machine.lose(now, 100 * round + sqn, true);
    for (const sqn of [1, 5]) b.machine.received(now, 100 * round + sqn);
    const rest = [0, 2, 3, 4, 6, 7].map((sqn) => 100 * round + sqn);
    fires(b, ...rest.map((sqn) => `NAK ${sqn}`));
    for (const sqn of rest) b.machine.received(now, sqn);
    assertEquals([b.machine.size, b.machine.nextTimeout()], [0, NEVER]);
  }
});

Deno.test("nakStateName: every state as the RFC writes it", () => {
  assertEquals(Object.values(NakState).map(nakStateName), ["REORDER", "WAIT_SPM", "BACK_OFF", "WAIT_NCF", "WAIT_DATA"]);
});
