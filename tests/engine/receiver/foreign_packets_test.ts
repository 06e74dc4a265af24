/**
 * What a receiver does with packets that it does not understand, that are not meant for it, or that are forged.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  EncodeError,
  encodePacket,
  ms,
  type PacketValue,
  prngFromSeed,
  seconds,
  type Sqn,
  windowSize,
} from "../../../engine/mod.ts";
import { missingSix, receiverBench } from "../../support/benches.ts";
import { patched } from "../../support/packets.ts";
import { DPORT, GSI, nak, ncf, nla, odata, rdata, SOURCE, spm, SPORT, summary } from "../../support/rig.ts";

/** Where the first option after OPT_LENGTH begins, in data packets and in NAK and NCF. */
const DATA_OPTION = 28;
const NCF_OPTION = 40;
const OPT_END = 0x80;
const OPT_REDIRECT = 0x07;

/** A data packet with an option of a type, and what network elements should do with it if they do not know it. */
function withOption(sqn: Sqn, code: number, opx: number): Uint8Array {
  const options: PacketValue["options"] = [{ type: "UNKNOWN", code, octets: new Uint8Array(8).fill(0xee) }];
  return patched(encodePacket(odata({ sqn, options })), DATA_OPTION + 2, [opx]);
}

Deno.test("Receiver: an unknown option is skipped, whatever its OPX [OPT-008, OPT-017]", () => {
  const { rig, log } = receiverBench();
  let sqn = 0;
  for (const code of [0x55, 0x7f]) {
    for (const opx of [0, 1, 2, 3]) rig.hears(withOption(sqn++, code, opx));
  }
  assertEquals(log.delivered, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(log.messages.map((message) => [...message]), log.delivered.map((first) => [first]));
  assertEquals(rig.endpoint.stats.malformed, 0);
});

Deno.test("Receiver: an option behind an unknown one is found", () => {
  const { rig, log } = receiverBench();
  const cut = (sqn: number, offset: number) =>
    odata({
      sqn,
      payload: new Uint8Array(4).fill(sqn),
      options: [
        { type: "UNKNOWN", code: 0x7f, octets: new Uint8Array(3) },
        { type: "FRAGMENT", firstSqn: 1, offset, apduLength: 8 },
      ],
    });
  rig.hears(odata({ sqn: 0 })).hears(cut(1, 0)).hears(cut(2, 4));
  assertEquals(log.messages.slice(1).map((message) => [...message]), [[1, 1, 1, 1, 2, 2, 2, 2]]);
});

Deno.test("Receiver: OPT_REDIRECT on an NCF moves no NAK; it cannot be sent there [PKT-044]", () => {
  const elsewhere = nla("10.0.0.77");
  const redirect: PacketValue["options"] = [{ type: "REDIRECT", nla: elsewhere }];
  assertThrows(() => encodePacket(ncf({ sqn: 6, options: redirect })), EncodeError);
  const placeholder: PacketValue["options"] = [
    { type: "UNKNOWN", code: 0x55, octets: Uint8Array.of(0, 1, 0, 0, 10, 0, 0, 77) },
  ];
  const bytes = patched(encodePacket(ncf({ sqn: 6, options: placeholder })), NCF_OPTION, [OPT_END | OPT_REDIRECT]);
  const { rig } = missingSix();
  rig.hears(bytes, { source: elsewhere }).at(ms(10) + seconds(1) - 1).saysNothing();
  rig.at(ms(10) + seconds(1) + ms(50));
  const said = rig.said();
  assertEquals(said.map(summary), ["NAK 6"]);
  assertEquals(said[0]!.datagram.destination, SOURCE);
  assertEquals(rig.endpoint.stats.malformed, 0);
});

Deno.test("Receiver: a NAK echoes the TSI it heard, with the ports swapped, octet by octet [GEN-022]", () => {
  const { rig } = receiverBench();
  const sessions = [{ gsi: 0x0102_0304_0506, sourcePort: 0x1111 }, { gsi: 0xfffe_fdfc_fbfa, sourcePort: 0xeeee }];
  for (const session of sessions) {
    for (const packet of [spm({ sqn: 1, trail: 0, lead: 0 }), odata({ sqn: 0 }), spm({ sqn: 2, trail: 0, lead: 1 })]) {
      rig.hears({ ...packet, ...session });
    }
  }
  rig.at(ms(50));
  const octets = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return {
      sport: view.getUint16(0),
      dport: view.getUint16(2),
      gsi: view.getUint16(8) * 2 ** 32 + view.getUint32(10),
    };
  };
  const heard = rig.said().map(({ datagram }) => octets(datagram.bytes)).sort((a, b) => a.gsi - b.gsi);
  assertEquals(heard, sessions.map(({ gsi, sourcePort }) => ({ sport: DPORT, dport: sourcePort, gsi })));
});

Deno.test("Receiver: packets of a kind that it has no use for change nothing", () => {
  const { rig } = missingSix();
  const due = rig.endpoint.nextTimeout();
  const upstream = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, options: [] } as const;
  const others: PacketValue[] = [
    { type: "ACK", ...upstream, rxMax: 6, bitmap: 0 },
    { ...nak({ sqn: 6 }), type: "NNAK" } as PacketValue,
  ];
  for (const packet of others) rig.hears(packet);
  assertEquals(rig.endpoint.stats.ignored, others.length);
  rig.hears({ type: "POLR", ...upstream, sqn: 6, round: 0 });
  assertEquals(rig.endpoint.stats.redirectsIgnored, 1);
  for (const type of ["ODATA", "NCF"] as const) {
    rig.hears({ ...(type === "ODATA" ? odata({ sqn: 6 }) : ncf({ sqn: 6 })), parity: true } as PacketValue);
  }
  assertEquals(rig.endpoint.stats.parity, 2);
  assertEquals([rig.endpoint.nextTimeout(), rig.endpoint.sessions[0]!.missing], [due, 1]);
});

Deno.test("Receiver: upstream packets and NCFs of unknown sessions open none", () => {
  const { rig } = receiverBench();
  rig.hears(ncf({ sqn: 6 })).hears(nak({ sqn: 6 }));
  assertEquals(rig.endpoint.sessions, []);
});

Deno.test("Receiver: forged packets of many sessions leave its state bounded, and gone after the idle timeout [GEN-026]", () => {
  const config = { maxSessions: 8, rxwMaxSqns: 64, idleTimeout: seconds(10), nakNcfRetries: 3 };
  const { rig, log } = receiverBench(config);
  const random = prngFromSeed(1).fork("forger");
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (let i = 0; i < 20_000; i++) {
    if (i % 50 === 0) rig.at(rig.now + ms(random.below(40)));
    const own = random.below(3) > 0;
    const session = own ? {} : { gsi: random.u32(), sourcePort: random.below(65_536) };
    const sqn = random.below(2) === 0 ? random.u32() : random.below(200);
    rig.hears({ ...forged(random.below(6), sqn, random.u32()), ...session } as PacketValue);
    assert(rig.endpoint.sessions.length <= config.maxSessions);
    for (const { missing, next, frontier } of rig.endpoint.sessions) {
      if (next === undefined || frontier === undefined) continue;
      assert(windowSize(next, frontier - 1) <= config.rxwMaxSqns, `window ${next} .. ${frontier}`);
      assert(missing <= config.rxwMaxSqns, `${missing} missing`);
    }
  }
  assert(rig.endpoint.stats.tooManySessions > 0);
  rig.at(rig.now + seconds(20));
  assertEquals(rig.endpoint.sessions, []);
  assertEquals(rig.endpoint.nextTimeout(), Infinity);
  log.delivered.length = 0;
  rig.said();
  rig.hears(spm({ sqn: 9, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(spm({ sqn: 10, trail: 0, lead: 1 }));
  rig.at(rig.now + ms(50)).says("NAK 1").hears(rdata({ sqn: 1 }));
  assertEquals(log.delivered, [0, 1]);
});

/** A packet such as a forger might send: plausible in form, false in content. */
function forged(kind: number, sqn: Sqn, other: number): PacketValue {
  switch (kind) {
    case 0:
      return spm({ sqn: other, trail: sqn, lead: (sqn + (other & 0xffff)) >>> 0, pathNla: nla("10.66.6.6") });
    case 1:
      return nak({ sqn });
    case 2:
      return ncf({ sqn, options: [{ type: "NAK_LIST", sqns: [(sqn + 1) >>> 0, (sqn + 1 + (other & 0xff)) >>> 0] }] });
    case 3:
      return rdata({ sqn, trail: (sqn - (other & 0xff)) >>> 0 });
    case 4:
      return odata({ sqn, trail: (sqn - (other & 0xff)) >>> 0 });
    default:
      return { type: "POLR", sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, sqn, round: 0, options: [] };
  }
}
