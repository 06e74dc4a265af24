/**
 * TXW_MAX_RTE and the shares of repairs and new data.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench as bench } from "../../support/benches.ts";
import { nak } from "../../support/rig.ts";

Deno.test("Source: TXW_MAX_RTE covers repairs or not, as it is told [SRC-004]", () => {
  const sent = (rateCoversRdata: boolean) => {
    const config = { ...QUIET, txwMaxRte: 1000, burstBytes: 1000, rateCoversRdata, syn: false };
    const rig = send(bench(config).at(0), 9, 76).at(seconds(10));
    rig.said();
    for (let sqn = 0; sqn < 9; sqn++) rig.hears(nak({ sqn }), FROM_RECEIVER);
    send(rig, 5, 76);
    return rig.at(seconds(10.05)).said().filter(({ value }) => value.type !== "NCF").map(({ value }) => value.type);
  };
  const count = (types: string[]) => ["RDATA", "ODATA"].map((type) => types.filter((each) => each === type).length);
  assertEquals([count(sent(false)), count(sent(true))], [[9, 5], [9, 1]]);
});

Deno.test("Source: where repairs need tokens, both kinds of data share them, whatever their sizes; none is idle [SRC-003, SRC-008, SRC-009]", () => {
  for (const [small, large] of [["RDATA", "ODATA"], ["ODATA", "RDATA"]] as const) {
    const config = {
      ...QUIET,
      txwMaxRte: 10_000,
      burstBytes: 1000,
      rateCoversRdata: true,
      ncfRepeatIvl: 0,
      syn: false,
    };
    const rig = bench({ ...config, rdataShare: 0.25 }).at(0);
    send(rig, 40, small === "RDATA" ? 26 : 976).at(seconds(10));
    rig.said();
    for (let i = 0; i < 200; i++) send(rig, 1, small === "ODATA" ? 26 : 976);
    // Late joiners ask for the whole history again and again.
    for (let t = 10_000; t < 20_000; t += 10) rig.at(ms(t)).hears(nak({ sqn: (t / 10) % 40 }), FROM_RECEIVER);
    const said = rig.at(seconds(20)).said().filter(({ value }) => value.type !== "NCF");
    // While both wait: until the small ODATA is all sent.
    const until = small === "ODATA" ? said.findLastIndex(({ value }) => value.type === "ODATA") : said.length;
    const both = said.slice(0, until);
    const bytes = (type: string) =>
      both.filter(({ value }) => value.type === type).reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
    const share = bytes("RDATA") / (bytes("RDATA") + bytes("ODATA"));
    assert(bytes("ODATA") > 0 && share > 0, `${large} starves`);
    const total = both.reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
    const span = both.at(-1)!.at - seconds(10);
    assert(total >= 10_000 * span / 1e9 - 1000, `${total} octets in ${span} ns`);
    for (let i = 0; i < both.length; i++) {
      let octets = 0;
      for (let j = i; j < both.length; j++) {
        octets += both[j]!.datagram.bytes.length;
        assert(octets * 1e9 <= 1000 * 1e9 + 10_000 * (both[j]!.at - both[i]!.at), "TXW_MAX_RTE");
      }
    }
    // 50 octets asked for each 10 ms are less than a quarter of the rate for small repairs: they take what they need.
    if (small === "ODATA") assert(Math.abs(share - 0.25) < 0.1, `RDATA has ${share}`);
  }
});
