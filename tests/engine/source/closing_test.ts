/**
 * How a session begins and ends: OPT_SYN, OPT_FIN, OPT_RST, and what is left to do after them.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  encodePacket,
  type Instant,
  ms,
  NEVER,
  type PacketValue,
  seconds,
  type Source,
  type SourceConfig,
} from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { DPORT, GSI, nak, odata, only, type Rig, type Said, spm, SPORT, summary } from "../../support/rig.ts";

const SPMR: PacketValue = { type: "SPMR", sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, options: [] };
const LONG = { txwSecs: seconds(3), txwAdvSecs: seconds(1) };

/** `TYPE SQN+OPTION+OPTION`. */
function withOptions(said: readonly Said[]): string[] {
  return said.map((each) => [summary(each), ...each.value.options.map(({ type }) => type)].join("+"));
}

/** A source that said its first SPM. */
function opened(config: Partial<SourceConfig> = {}, onClosed: (now: Instant) => void = () => {}): Rig<Source> {
  const rig = sourceBench({ ...QUIET, ...LONG, ...config }, { onClosed }).at(0);
  rig.said();
  return rig;
}

Deno.test("Source: the first packet has OPT_SYN, and its repair, no other [OPT-044]", () => {
  const rig = send(opened({ maxTsdu: 100 }), 2, 150);
  assertEquals(withOptions(rig.said()), [
    "ODATA 0+FRAGMENT+SYN",
    "ODATA 1+FRAGMENT",
    "ODATA 2+FRAGMENT",
    "ODATA 3+FRAGMENT",
  ]);
  for (const sqn of [0, 1]) rig.hears(nak({ sqn }), FROM_RECEIVER);
  assertEquals(withOptions(rig.said()), ["NCF 0", "RDATA 0+FRAGMENT+SYN", "NCF 1", "RDATA 1+FRAGMENT"]);
  assertEquals(withOptions(send(opened({ syn: false }), 1).said()), ["ODATA 0"]);
});

Deno.test("Source: a close with an empty queue sends SPM and OPT_FIN at once, heartbeats begin anew [OPT-047, OPT-050, OPT-079]", () => {
  const rig = send(opened({ ihbMin: ms(100), ihbMax: ms(1600) }), 2);
  assertEquals(withOptions(rig.at(seconds(1)).said()).slice(2), ["SPM 1", "SPM 2", "SPM 3"]);
  rig.endpoint.close(seconds(1));
  assertEquals([withOptions(rig.said()), rig.endpoint.state], [["SPM 4+FIN"], "lingering"]);
  const said = rig.at(ms(3600)).said();
  assertEquals(withOptions(said), ["SPM 5+FIN", "SPM 6+FIN", "SPM 7+FIN", "SPM 8+FIN"]);
  assertEquals(said.map(({ at }) => at - seconds(1)), [100, 300, 700, 1500].map(ms));
  rig.hears(SPMR, FROM_RECEIVER);
  assertEquals(withOptions(rig.said()), ["SPM 9+FIN"]);
  rig.endpoint.close(rig.now);
  rig.saysNothing();
});

Deno.test("Source: a close before the end of the data puts OPT_FIN on the last, and on SPMs from then on [OPT-047, OPT-048, OPT-049, OPT-079]", () => {
  // 124 octets a second: an SPM goes between any two packets.
  const slow = { txwMaxRte: 124, burstBytes: 128, ambientSpmIvl: seconds(1), syn: false, txwSecs: seconds(30) };
  const rig = send(opened(slow), 3);
  rig.endpoint.close(0);
  assertEquals([rig.endpoint.state, rig.endpoint.waiting], ["closing", 3]);
  const said = rig.at(seconds(7)).said();
  const last = said.findIndex(({ value }) => value.type === "ODATA" && value.sqn === 2);
  assertEquals(withOptions(said.filter(({ value }) => value.type === "ODATA")), ["ODATA 0", "ODATA 1", "ODATA 2+FIN"]);
  const spms = (part: Said[]) => withOptions(part.filter(({ value }) => value.type === "SPM"));
  assert(spms(said.slice(0, last)).length > 0);
  assert(spms(said.slice(0, last)).every((each) => !each.endsWith("FIN")));
  assert(spms(said.slice(last)).length > 0);
  assert(spms(said.slice(last)).every((each) => each.endsWith("+FIN")));
  for (const { lead, options } of only(said, "SPM")) if (options.length > 0) assertEquals(lead, 2);
  assertEquals(rig.endpoint.state, "lingering");
  rig.hears(nak({ sqn: 2 }), FROM_RECEIVER);
  const repair = rig.at(seconds(12)).said().filter(({ value }) => value.type === "RDATA");
  assertEquals(withOptions(repair), ["RDATA 2+FIN"]);
});

Deno.test("Source: a session of one message, of none, and one of fragments", () => {
  const slow = { txwMaxRte: 200, burstBytes: 200 };
  const one = send(opened(slow), 2, 100);
  one.endpoint.close(0);
  assertEquals(withOptions(one.at(seconds(2)).said()), ["ODATA 0+SYN", "ODATA 1+FIN"]);
  assertEquals(one.endpoint.state, "lingering");
  const only = opened({ ...slow, burstBytes: 36 });
  send(only, 1, 5);
  only.endpoint.close(0);
  assertEquals(withOptions(only.at(seconds(2)).said()), ["ODATA 0+SYN+FIN"]);
  const none = opened();
  none.endpoint.close(0);
  assertEquals(withOptions(none.said()), ["SPM 1+FIN"]);
  const cut = send(opened({ ...slow, maxTsdu: 100 }), 1, 250);
  cut.endpoint.close(0);
  assertEquals(withOptions(cut.at(seconds(3)).said()), [
    "ODATA 0+FRAGMENT+SYN",
    "ODATA 1+FRAGMENT",
    "ODATA 2+FRAGMENT+FIN",
  ]);
});

Deno.test("Source: after OPT_FIN it serves NAKs for TXW_SECS, then it is silent for good [OPT-051]", () => {
  for (const txwStrategy of ["advanceWithTime", "advanceWithData", "application"] as const) {
    const closed: Instant[] = [];
    const txwAdvIvl = txwStrategy === "advanceWithData" ? ms(1) : 0;
    const rig = send(opened({ txwStrategy, txwAdvIvl, ihbMin: ms(100) }, (now) => closed.push(now)), 1);
    rig.said();
    rig.endpoint.close(0);
    assertEquals(rig.endpoint.send(0, new Uint8Array(1)), "closed");
    rig.at(seconds(3) - ms(1)).said();
    rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0", "RDATA 0");
    rig.at(seconds(3) - 1).hears(SPMR, FROM_RECEIVER);
    assertEquals([rig.said().length > 0, closed, rig.endpoint.state], [true, [], "lingering"]);
    rig.at(seconds(3));
    assertEquals([closed, rig.endpoint.state, rig.endpoint.nextTimeout()], [[seconds(3)], "closed", NEVER]);
    rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).hears(SPMR, FROM_RECEIVER).hears(new Uint8Array(3), FROM_RECEIVER);
    rig.endpoint.handleTimeout(seconds(4));
    rig.endpoint.close(seconds(4));
    rig.endpoint.abort(seconds(4), { errorCode: 0, nakable: true });
    rig.at(seconds(1000)).saysNothing();
    const { ignored, malformed, naksReceived } = rig.endpoint.stats;
    assertEquals([ignored, malformed, naksReceived, closed.length], [3, 0, 1, 1]);
    assertEquals(rig.endpoint.send(rig.now, new Uint8Array(1)), "closed");
  }
});

Deno.test("Source: what arrives at the instant of the end is too late, whoever notices the end", () => {
  let closed = 0;
  const rig = send(opened({}, () => closed++), 1);
  rig.endpoint.close(0);
  rig.at(seconds(3) - 1).said();
  rig.now = seconds(3);
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).saysNothing();
  assertEquals([closed, rig.endpoint.state, rig.endpoint.stats.ignored], [1, "closed", 1]);
});

Deno.test("Source: an abort sends SPM and OPT_RST at once and on every SPM, then falls silent [OPT-055, OPT-078]", () => {
  const closed: Instant[] = [];
  const config = { ihbMin: ms(100), ihbMax: ms(1600), txwMaxRte: 1000, burstBytes: 200, maxTsdu: 100 };
  const rig = send(opened(config, (now) => closed.push(now)), 3, 150);
  rig.at(ms(150));
  const { messages, odata: sent } = rig.endpoint.stats;
  assertEquals([messages, sent, rig.endpoint.waiting], [3, 2, 4]);
  rig.said();
  rig.at(ms(200)).said();
  rig.endpoint.abort(ms(200), { errorCode: 7, nakable: true });
  const said = rig.at(seconds(3.2)).said();
  assertEquals([said[0]!.value.type, said[0]!.at], ["SPM", ms(200)]);
  assertEquals(only(said, "SPM").length, said.length, "no data follows");
  for (const { options } of only(said, "SPM")) {
    assertEquals(options, [{ type: "RST", noNaks: false, errorCode: 7 }]);
  }
  assertEquals(said.map(({ at }) => at - ms(200)), [0, 100, 300, 700, 1500].map(ms));
  assertEquals([rig.endpoint.waiting, rig.endpoint.stats.messagesAborted, closed], [0, 2, [seconds(3.2)]]);
  rig.at(seconds(100)).saysNothing();
});

Deno.test("Source: the N bit says whether NAKs are served after an abort, 0 is an unknown cause [OPT-056]", () => {
  const rst = (nakable: boolean, errorCode: number) => {
    const rig = send(opened({ rdataDelay: ms(10) }), 1);
    rig.hears(nak({ sqn: 0 }), FROM_RECEIVER);
    rig.said();
    rig.endpoint.abort(0, { errorCode, nakable });
    const [announcement] = only(rig.said(), "SPM");
    rig.hears(nak({ sqn: 0, options: [{ type: "NAK_LIST", sqns: [1] }] }), FROM_RECEIVER);
    rig.at(seconds(1)).hears(nak({ sqn: 0 }), FROM_RECEIVER).at(seconds(2));
    return { options: announcement!.options, said: rig.said().map(summary), after: rig.endpoint.stats.naksAfterAbort };
  };
  assertEquals(rst(true, 7), {
    options: [{ type: "RST", noNaks: false, errorCode: 7 }],
    said: ["NCF 0", "RDATA 0", "NCF 0", "RDATA 0"],
    after: 0,
  });
  assertEquals(rst(false, 0), { options: [{ type: "RST", noNaks: true, errorCode: 0 }], said: [], after: 2 });
  for (const errorCode of [0, 63]) rst(true, errorCode);
  for (const errorCode of [-1, 64, 0.5]) assertThrows(() => rst(true, errorCode), AssertionError, "errorCode");
});

Deno.test("Source: an abort after a close takes its place and lingers anew; a second abort and a late close do nothing", () => {
  const closed: Instant[] = [];
  const rig = send(opened({}, (now) => closed.push(now)), 1);
  rig.endpoint.close(0);
  rig.at(seconds(2)).said();
  rig.endpoint.abort(seconds(2), { errorCode: 1, nakable: true });
  assertEquals(withOptions(rig.said()), ["SPM 2+RST"]);
  rig.at(seconds(4));
  rig.endpoint.abort(seconds(4), { errorCode: 2, nakable: false });
  rig.endpoint.close(seconds(4));
  rig.saysNothing();
  rig.hears(SPMR, FROM_RECEIVER);
  assertEquals(only(rig.said(), "SPM")[0]!.options, [{ type: "RST", noNaks: false, errorCode: 1 }]);
  rig.at(seconds(5) - 1);
  assertEquals([rig.endpoint.state, closed], ["lingering", []]);
  rig.at(seconds(5));
  assertEquals(closed, [seconds(5)]);
});

Deno.test("Source: lingering begins when OPT_FIN or OPT_RST leaves, not when it is asked for", () => {
  for (const end of ["close", "abort"] as const) {
    const closed: Instant[] = [];
    // The message takes all the tokens: the SPM waits for 40 ms.
    const config = { txwMaxRte: 1000, burstBytes: 128, txwSecs: seconds(1), syn: false };
    const rig = opened({ ...config, txwAdvSecs: seconds(1) }, (now) => closed.push(now)).at(seconds(1));
    send(rig, 1);
    rig.said();
    if (end === "close") rig.endpoint.close(seconds(1));
    else rig.endpoint.abort(seconds(1), { errorCode: 0, nakable: true });
    assertEquals([rig.endpoint.state, rig.said().length], ["closing", 0]);
    rig.at(seconds(1.04) - 1).saysNothing();
    assertEquals(withOptions(rig.at(seconds(1.04)).said()), [`SPM 1+${end === "close" ? "FIN" : "RST"}`]);
    assertEquals(rig.endpoint.state, "lingering");
    rig.at(seconds(3));
    assertEquals(closed, [seconds(2.04)]);
  }
});

Deno.test("Source: an abort that has yet to be announced keeps a lingering session from falling silent", () => {
  const closed: Instant[] = [];
  const config = { txwMaxRte: 100, burstBytes: 128, rateCoversRdata: true, syn: false };
  const rig = send(opened(config, (now) => closed.push(now)), 1, 76);
  rig.endpoint.close(0);
  assertEquals(withOptions(rig.at(seconds(0.16)).said()), ["ODATA 0+FIN"]);
  // The repair takes the tokens that the SPM needs: it leaves after the linger of the close would be over.
  rig.at(seconds(3)).hears(nak({ sqn: 0 }), FROM_RECEIVER).at(seconds(3.1));
  rig.endpoint.abort(rig.now, { errorCode: 1, nakable: true });
  const said = rig.at(seconds(4)).said().filter(({ value }) => value.type === "SPM");
  assertEquals([withOptions(said), said[0]!.at], [["SPM 1+RST"], seconds(3.24)]);
  assertEquals([rig.at(seconds(7)).endpoint.state, closed], ["closed", [seconds(6.24)]]);
});

Deno.test("Source: nobody is told of room after the end", () => {
  let writable = 0;
  const config = { sendBufferBytes: 100, txwMaxRte: 1000, burstBytes: 200 };
  const rig = sourceBench({ ...QUIET, ...config }, { onWritable: () => writable++ }).at(0);
  const accepted = [1, 2, 3, 4].map(() => rig.endpoint.send(0, new Uint8Array(60)));
  assertEquals(accepted.slice(-1), ["would-block"]);
  rig.endpoint.close(0);
  rig.at(seconds(10));
  assertEquals([writable, rig.endpoint.waiting], [0, 0]);
});

Deno.test("Source: replayed ends of its own session do not end it", () => {
  const rig = send(opened(), 1);
  rig.said();
  rig.hears(spm({ sqn: 9, trail: 0, lead: 5, options: [{ type: "FIN" }] }));
  rig.hears(spm({ sqn: 10, trail: 0, lead: 5, options: [{ type: "RST", noNaks: true, errorCode: 1 }] }));
  rig.hears(odata({ sqn: 77, options: [{ type: "FIN" }] }));
  rig.hears(encodePacket(spm({ sqn: 11, trail: 9, lead: 8 })));
  assertEquals([rig.endpoint.state, rig.endpoint.stats.ignored], ["open", 4]);
  assertEquals([rig.endpoint.trail, rig.endpoint.lead], [0, 0]);
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0", "RDATA 0");
});
