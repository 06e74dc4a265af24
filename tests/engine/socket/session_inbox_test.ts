/**
 * How much waits for a reader.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Session } from "../../../engine/mod.ts";
import { SessionInbox } from "../../../engine/socket/session_inbox.ts";

const MIB = 1024 * 1024;
/** What is counted for a message besides its octets. */
const OVERHEAD = 256;

/** An inbox, and messages of one packet each. */
function bench(): { inbox: SessionInbox; push: (octets: Uint8Array) => boolean } {
  const session = { trail: 0, next: 0 };
  const inbox = new SessionInbox(session as unknown as Session);
  return { inbox, push: (octets) => inbox.push(octets, session.next++) };
}

Deno.test("SessionInbox: 128 MiB wait for a reader, and no octet more", () => {
  for (const more of [0, 1]) {
    const { push } = bench();
    const half = new Uint8Array(64 * MIB - OVERHEAD + more);
    assertEquals([push(half.subarray(more)), push(half)], [true, more === 0]);
  }
});

Deno.test("SessionInbox: what was read costs nothing any more", () => {
  const { inbox, push } = bench();
  const buffer = new Uint8Array(10);
  const octets = new Uint8Array(1);
  let taken = 0;
  // More than would fit if a message left anything behind.
  for (let i = 0; i < 128 * MIB / OVERHEAD + 2; i++) {
    if (push(octets)) taken++;
    inbox.readMessage(buffer);
  }
  assertEquals(taken, 128 * MIB / OVERHEAD + 2);
});
