/**
 * What tells sessions apart (RFC 3208, section 3.1): the TSI, which is the GSI followed by the data-source port.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { formatTsi } from "../../../engine/mod.ts";
import { receiverBench } from "../../support/benches.ts";
import { GSI, nla, odata, rdata, spm, SPORT } from "../../support/rig.ts";

Deno.test("Receiver: each of the 64 bits of GSI and data-source port makes another session [GEN-021]", () => {
  const { rig, log } = receiverBench();
  const tsis = [{ gsi: GSI, port: SPORT }];
  // 2 ** bit is exact: bits of a 48-bit integer are beyond the reach of shifts.
  for (let bit = 0; bit < 48; bit++) {
    const set = Math.floor(GSI / 2 ** bit) % 2 === 1;
    tsis.push({ gsi: GSI + (set ? -1 : 1) * 2 ** bit, port: SPORT });
  }
  for (let bit = 0; bit < 16; bit++) tsis.push({ gsi: GSI, port: SPORT ^ (1 << bit) });
  const of = (tsi: { gsi: number; port: number }) => ({ gsi: tsi.gsi, sourcePort: tsi.port });
  for (const tsi of tsis) rig.hears({ ...odata({ sqn: 0 }), ...of(tsi) } as never);
  assertEquals(rig.endpoint.sessions.map(({ tsi }) => formatTsi(tsi)), tsis.map(formatTsi));
  assertEquals(log.delivered.length, 65);

  // Whatever else differs between packets, the TSI alone finds the session.
  const elsewhere = { source: nla("10.0.0.77"), iface: 1 };
  for (const tsi of tsis) {
    rig.hears({ ...rdata({ sqn: 1 }), ...of(tsi) } as never);
    rig.hears({ ...spm({ sqn: 9, trail: 0, lead: 1, pathNla: nla("10.0.0.5") }), ...of(tsi) } as never, elsewhere);
  }
  assertEquals(rig.endpoint.sessions.length, 65);
  assertEquals(log.delivered.length, 2 * 65);
});
