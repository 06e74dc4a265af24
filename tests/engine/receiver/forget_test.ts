/**
 * Receiver.forget: an application has enough of a session.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError, ms, NEVER, seconds } from "../../../engine/mod.ts";
import { receiverBench } from "../../support/benches.ts";
import { odata, only, spm } from "../../support/rig.ts";

/** What one packet that waits costs, at least: two of them do not fit. */
const ROOM_FOR_ONE = 900;

Deno.test("forget: nothing is told of the session, nothing asked for; its next data opens it anew", () => {
  const { rig, log } = receiverBench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  const receiver = rig.endpoint;
  receiver.forget(receiver.sessions[0]!);
  assertEquals([receiver.sessions.length, receiver.nextTimeout()], [0, NEVER]);
  assertEquals(only(rig.at(seconds(1)).said(), "NAK"), []);
  assertEquals([log.delivered, log.lost, log.ends], [[0], [], []]);
  rig.hears(odata({ sqn: 3 }));
  assertEquals([log.delivered, receiver.stats.odata, receiver.sessions.length], [[0, 3], 3, 1]);
});

Deno.test("forget: what the session kept is free for others", () => {
  const { rig, log } = receiverBench({ bufferBytes: ROOM_FOR_ONE });
  rig.hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  rig.endpoint.forget(rig.endpoint.sessions[0]!);
  rig.hears(odata({ sqn: 10 })).hears(odata({ sqn: 12 })).hears(odata({ sqn: 11 }));
  assertEquals([log.delivered, rig.endpoint.stats.buffersFull], [[0, 10, 11, 12], 0]);
});

Deno.test("forget: a session that is not known is a mistake of the caller", () => {
  const { rig } = receiverBench();
  rig.at(ms(1)).hears(odata({ sqn: 0 }));
  const session = rig.endpoint.sessions[0]!;
  rig.endpoint.forget(session);
  assertThrows(() => rig.endpoint.forget(session), AssertionError);
});
