/**
 * When a receiver reports what cannot be recovered, and how far it looks ahead.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Instant, Receiver, RECEIVER_DEFAULTS, type Session, type Sqn } from "../../../engine/mod.ts";
import { DPORT, GROUP, odata, rdata, Rig, spm } from "../../support/rig.ts";

function bench(rxwMaxSqns: number) {
  const lost: string[] = [];
  const delivered: number[] = [];
  const listener = {
    onMessage: (_now: Instant, _session: Session, _message: Uint8Array, sqn: Sqn) => delivered.push(sqn),
    onLoss: (_now: Instant, _session: Session, first: Sqn, last: Sqn) => lost.push(`${first}-${last}`),
  };
  const config = { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT, rxwMaxSqns };
  return { rig: new Rig((host) => new Receiver(host, config, listener)), lost, delivered };
}

function fragment(sqn: number, firstSqn: number, trail = 0) {
  const offset = (sqn - firstSqn) * 4;
  const options = [{ type: "FRAGMENT", firstSqn, offset, apduLength: 16 }] as const;
  return odata({ sqn, trail, payload: new Uint8Array(4), options });
}

Deno.test("Receiver: a message cut short by the trail is reported when nothing of it is left to come", () => {
  const { rig, lost } = bench(64);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(fragment(1, 1)).hears(fragment(3, 1));
  assertEquals(lost, []);
  // The window empties: fragments 2 and 4 can no longer be repaired.
  rig.hears(spm({ sqn: 2, trail: 5, lead: 4 }));
  assertEquals(lost, ["1-4"]);
});

Deno.test("Receiver: what SPM_LEAD announced beyond the window is asked for as the window moves", () => {
  const { rig, delivered } = bench(2);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  rig.hears(spm({ sqn: 2, trail: 0, lead: 5 }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 2);
  for (const sqn of [1, 2, 3, 4]) {
    rig.hears(rdata({ sqn }));
    assertEquals(rig.endpoint.sessions[0]!.missing, Math.min(2, 5 - sqn));
  }
  rig.hears(rdata({ sqn: 5 }));
  assertEquals(delivered, [0, 1, 2, 3, 4, 5]);
});
