/**
 * When SPMs are due: each timer does nothing a nanosecond early, makes one SPM due, and nothing again.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Instant, ms, NEVER, seconds, type TxwStrategy } from "../../../engine/mod.ts";
import { SpmSchedule } from "../../../engine/source/spm_schedule.ts";

function schedules(
  ambientSpmIvl: Instant,
  ihbMin: Instant,
  ihbMax: Instant,
  txwStrategy: TxwStrategy = "advanceWithTime",
): SpmSchedule {
  return new SpmSchedule({ ambientSpmIvl, ihbMin, ihbMax, txwStrategy });
}

/** Waits for the next SPM and sends it at once; gives when. */
function next(schedule: SpmSchedule): Instant {
  const at = schedule.nextTimeout();
  schedule.expire(at - 1);
  assertEquals([schedule.due, schedule.nextTimeout()], [false, at]);
  schedule.expire(at);
  assertEquals(schedule.due, true);
  schedule.spmSent(at);
  schedule.expire(at);
  assertEquals(schedule.due, false);
  return at;
}

function times(schedule: SpmSchedule, count: number): Instant[] {
  return Array.from({ length: count }, () => next(schedule));
}

Deno.test("SpmSchedule: the first SPM is due at once, then they come at the ambient period", () => {
  const schedule = schedules(seconds(1), seconds(100), seconds(100));
  assertEquals(schedule.nextTimeout(), 0);
  schedule.expire(0);
  schedule.spmSent(0);
  assertEquals(times(schedule, 3), [1, 2, 3].map(seconds));
});

Deno.test("SpmSchedule: heartbeats double after data, up to IHB_MAX, and data starts them anew", () => {
  const schedule = schedules(seconds(1000), ms(100), ms(500));
  schedule.expire(0);
  schedule.spmSent(0);
  schedule.dataSent(ms(50));
  assertEquals(times(schedule, 5), [150, 350, 750, 1250, 1750].map(ms));
  schedule.dataSent(ms(2000));
  assertEquals(times(schedule, 2), [2100, 2300].map(ms));
});

Deno.test("SpmSchedule: data before a heartbeat postpones it", () => {
  const schedule = schedules(seconds(1000), ms(100), ms(500));
  schedule.expire(0);
  schedule.spmSent(0);
  for (let t = 0; t <= 1000; t += 99) {
    schedule.dataSent(ms(t));
    schedule.expire(ms(t) + ms(100) - 1);
    assertEquals(schedule.due, false);
  }
  assertEquals(next(schedule), ms(1090));
});

Deno.test("SpmSchedule: an SPM that waits serves the other timer too, and its sending moves the heartbeat", () => {
  const schedule = schedules(ms(300), ms(100), ms(500));
  schedule.expire(0);
  schedule.spmSent(0);
  schedule.dataSent(0);
  schedule.expire(ms(100));
  // The egress is closed until 400 ms; meanwhile the ambient SPM is due, too.
  schedule.expire(ms(300));
  assertEquals(schedule.due, true);
  schedule.spmSent(ms(400));
  assertEquals(schedule.due, false);
  assertEquals(times(schedule, 2), [ms(600), ms(900)]);
});

Deno.test("SpmSchedule: with data, ambient SPMs go by the other clock alone, after the first", () => {
  const schedule = schedules(seconds(1), ms(100), ms(100), "advanceWithData");
  assertEquals(schedule.nextTimeout(), 0);
  schedule.expire(0, 0);
  assertEquals([schedule.due, schedule.nextTimeout()], [true, NEVER]);
  schedule.spmSent(0);
  assertEquals(schedule.nextTimeout(), ms(100));
  schedule.dataSent(ms(50));
  schedule.expire(ms(50), seconds(1) - 1);
  assertEquals([schedule.due, schedule.nextTimeout()], [false, ms(150)]);
  schedule.expire(ms(50), seconds(1));
  assertEquals(schedule.due, true);
  schedule.spmSent(ms(50));
  schedule.expire(ms(50), seconds(2) - 1);
  assertEquals(schedule.due, false);
  schedule.expire(ms(50), seconds(2));
  assertEquals(schedule.due, true);
});

Deno.test("SpmSchedule: one SPM is solicited within IHB_MIN, and it leaves the heartbeat's interval alone", () => {
  const schedule = schedules(seconds(1000), ms(100), ms(800));
  schedule.expire(0);
  schedule.spmSent(0);
  schedule.dataSent(0);
  assertEquals(times(schedule, 2), [100, 300].map(ms));
  assertEquals([schedule.solicit(ms(350)), schedule.due], [true, true]);
  schedule.spmSent(ms(350));
  assertEquals([schedule.solicit(ms(450) - 1), schedule.due], [false, false]);
  assertEquals([schedule.solicit(ms(450)), schedule.due], [true, true]);
  schedule.spmSent(ms(450));
  assertEquals(times(schedule, 2), [850, 1650].map(ms));
});

Deno.test("SpmSchedule: an announcement is due at once, heartbeats follow it from IHB_MIN on", () => {
  const schedule = schedules(seconds(1000), ms(100), ms(800));
  schedule.expire(0);
  schedule.spmSent(0);
  schedule.dataSent(0);
  assertEquals(times(schedule, 3), [100, 300, 700].map(ms));
  schedule.announce();
  assertEquals(schedule.due, true);
  schedule.spmSent(ms(1000));
  assertEquals(times(schedule, 3), [1100, 1300, 1700].map(ms));
});
