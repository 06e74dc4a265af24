/**
 * A receiver and local repairers (RFC 3208, section 9.5.4): off by default, and never for one on its own subnet.
 */

import { assertEquals } from "@std/assert";
import { ms, type Nla, type PacketValue, type ReceiverConfig, seconds } from "../../../engine/mod.ts";
import { missingSix, receiverBench } from "../../support/benches.ts";
import { groupOf, offer as offerParity, parity } from "../../support/parity.ts";
import { DPORT, GSI, nak, ncf, nla, odata, rdata, RECEIVER, type Rig, SOURCE, spm, SPORT } from "../../support/rig.ts";

const FAR = nla("10.0.5.7");
const NEAR = nla("10.0.0.7");

function polr(options: PacketValue["options"]): PacketValue {
  return { type: "POLR", sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, sqn: 0, round: 0, options };
}

function offer(repairer: Nla): PacketValue {
  return polr([{ type: "REDIRECT", nla: repairer }]);
}

const FOLLOWING = { followRedirects: true, nakBoIvl: ms(1), nakRptIvl: ms(100) };

/** Misses 6, and has heard a packet; gives its bench. */
function missing(packet: PacketValue, config: Partial<ReceiverConfig> = {}) {
  const { rig } = missingSix({ ...FOLLOWING, ...config });
  rig.hears(packet);
  return rig;
}

/** Where the NAKs went since the last look, as `SQN -> ADDRESS`. */
function asked(rig: Pick<Rig<never>, "said">): string[] {
  return rig.said().map(({ value, datagram }) => `${"sqn" in value ? value.sqn : ""} -> ${datagram.destination}`);
}

Deno.test("Receiver: redirecting POLRs are ignored unless followRedirects is on [DLR-044]", () => {
  const off = missing(offer(FAR), { followRedirects: false });
  assertEquals(asked(off.at(ms(20))), [`6 -> ${SOURCE}`]);
  assertEquals(off.endpoint.stats.redirectsIgnored, 1);
});

Deno.test("Receiver: a repairer beyond its subnet is asked from the next NAK on [DLR-004, DLR-013, DLR-046]", () => {
  const rig = missing(offer(FAR));
  assertEquals(asked(rig.at(ms(20))), [`6 -> ${FAR}`]);
  rig.hears(ncf({ sqn: 6 })).hears(rdata({ sqn: 6 }));
  rig.hears(spm({ sqn: 3, trail: 0, lead: 7 })).at(ms(40));
  assertEquals(asked(rig), [`7 -> ${FAR}`]);
  assertEquals([rig.endpoint.stats.redirects, rig.endpoint.stats.naksRedirected], [1, 2]);
});

Deno.test("Receiver: a repairer on its own subnet has probably lost the same: it is not asked [DLR-045]", () => {
  const rig = missing(offer(NEAR));
  assertEquals(asked(rig.at(ms(20))), [`6 -> ${SOURCE}`]);
  assertEquals(rig.endpoint.stats.redirectsIgnored, 1);
});

Deno.test("Receiver: a POLR without OPT_REDIRECT, or from elsewhere than the session's packets, redirects nothing [DLR-012]", () => {
  for (const useless of [polr([]), offer(nla("239.1.2.9")), offer(nla("fd00::7"))]) {
    assertEquals(asked(missing(useless).at(ms(20))), [`6 -> ${SOURCE}`]);
  }
  const hearings = [{ source: nla("10.0.0.66") }, { iface: 1 }, { destination: RECEIVER }];
  for (const how of hearings) {
    const { rig } = missingSix(FOLLOWING);
    rig.hears(offer(FAR), how);
    assertEquals(asked(rig.at(ms(20))), [`6 -> ${SOURCE}`]);
  }
  assertEquals(asked(missing(offer(FAR)).at(ms(20))), [`6 -> ${FAR}`]);
});

Deno.test("Receiver: a repairer that does not confirm within NAK_RPT_IVL is given up for the parent [DLR-047]", () => {
  const rig = missing(offer(FAR));
  const first = rig.endpoint.nextTimeout();
  assertEquals(asked(rig.at(first)), [`6 -> ${FAR}`]);
  rig.at(first + ms(100) - 1);
  assertEquals(rig.endpoint.stats.repairersSilent, 0);
  rig.at(first + ms(100));
  assertEquals(rig.endpoint.stats.repairersSilent, 1);
  rig.at(first + ms(101));
  assertEquals(asked(rig), [`6 -> ${SOURCE}`]);
  rig.hears(ncf({ sqn: 6 })).hears(rdata({ sqn: 6 })).hears(spm({ sqn: 3, trail: 0, lead: 7 })).at(ms(300));
  assertEquals(asked(rig)[0], `7 -> ${SOURCE}`);
});

Deno.test("Receiver: a NAK to the parent that stays without an NCF does not discredit the repairer", () => {
  const { rig } = missingSix(FOLLOWING);
  const first = rig.endpoint.nextTimeout();
  assertEquals(asked(rig.at(first)), [`6 -> ${SOURCE}`]);
  rig.hears(offer(FAR)).at(first + ms(101));
  assertEquals(asked(rig), [`6 -> ${FAR}`]);
  // Confirmed, and then without the data: it was not silent.
  rig.hears(ncf({ sqn: 6 })).hears(odata({ sqn: 6 })).at(ms(900));
  assertEquals(rig.endpoint.stats.repairersSilent, 0);
});

Deno.test("Receiver: another receiver's NAK without an NCF does not discredit a repairer that has confirmed before", () => {
  const rig = missing(offer(FAR), { nakRdataIvl: ms(200) });
  rig.at(ms(20)).hears(ncf({ sqn: 6 }));
  assertEquals(asked(rig), [`6 -> ${FAR}`]);
  // The repair has not come: back-off, in which a neighbour is first.
  rig.at(ms(220)).hears(nak({ sqn: 6 })).at(ms(320));
  assertEquals(asked(rig), []);
  assertEquals(rig.endpoint.stats.repairersSilent, 0);
  assertEquals(asked(rig.at(ms(322))), [`6 -> ${FAR}`]);
});

/** What a repairer says that serves parity. */
function offerWithParity(repairer: Nla): PacketValue {
  return { ...offer(repairer), parity: true } as PacketValue;
}

const EIGHT = new Array<number>(8).fill(20);

/** Misses two packets of a transmission group, and has heard packets. */
function missingOfGroup(...heard: readonly PacketValue[]) {
  const { rig } = receiverBench(FOLLOWING);
  rig.hears(offerParity({ sqn: 1, lead: 0xffff_ffff }));
  for (const packet of heard) rig.hears(packet);
  for (const packet of groupOf(0, EIGHT)) if ("sqn" in packet && ![2, 5].includes(packet.sqn)) rig.hears(packet);
  return rig;
}

Deno.test("Receiver: a repairer that has not offered parity is asked for none: parity NAKs go to the parent [DLR-030]", () => {
  for (const heard of [[offer(FAR)], [offerWithParity(FAR), offer(FAR)], [offerWithParity(NEAR)]]) {
    const rig = missingOfGroup(...heard).at(ms(20));
    assertEquals(asked(rig), [`1 -> ${SOURCE}`]);
    assertEquals(rig.endpoint.stats.naksRedirected, 0);
  }
  // It is asked for what may be asked for by itself: of a group that the source has left open.
  const rig = missingOfGroup(offer(FAR)).at(ms(20));
  rig.said();
  rig.hears(odata({ sqn: 9, payload: new Uint8Array(20) }));
  for (const sqn of [3, 4]) rig.hears(offerParity({ sqn, lead: 9 }));
  assertEquals(asked(rig.at(ms(60))), [`8 -> ${FAR}`]);
});

Deno.test("Receiver: a repairer that has offered parity is asked for it, until it does not confirm within NAK_RPT_IVL [DLR-030, DLR-046, DLR-047]", () => {
  const rig = missingOfGroup(offerWithParity(FAR));
  const first = rig.endpoint.nextTimeout();
  assertEquals(asked(rig.at(first)), [`1 -> ${FAR}`]);
  // For fewer packets than it misses: that confirms nothing.
  rig.hears(ncf({ sqn: 0, parity: true })).at(first + ms(100) - 1);
  assertEquals(rig.endpoint.stats.repairersSilent, 0);
  rig.at(first + ms(100));
  assertEquals(rig.endpoint.stats.repairersSilent, 1);
  rig.at(first + ms(101));
  assertEquals(asked(rig), [`1 -> ${SOURCE}`]);
});

Deno.test("Receiver: a repairer that has confirmed a parity NAK is asked again, for as much as is still missing [DLR-046]", () => {
  const rig = missingOfGroup(offerWithParity(FAR)).at(ms(20));
  assertEquals(asked(rig), [`1 -> ${FAR}`]);
  rig.hears(ncf({ sqn: 1, parity: true })).hears(parity({ first: 0, lengths: EIGHT, index: 200 })).at(seconds(3));
  assertEquals(asked(rig)[0], `0 -> ${FAR}`);
});

Deno.test("Receiver: another receiver's parity NAK without an NCF does not discredit a repairer that has confirmed before", () => {
  const rig = missingOfGroup(offerWithParity(FAR)).at(ms(20));
  rig.hears(ncf({ sqn: 1, parity: true }));
  assertEquals(asked(rig), [`1 -> ${FAR}`]);
  // The repair has not come: back-off, in which a neighbour is first.
  const again = rig.endpoint.nextTimeout();
  rig.at(again).hears(nak({ sqn: 1, parity: true })).at(again + ms(100));
  assertEquals([asked(rig), rig.endpoint.stats.repairersSilent], [[], 0]);
  assertEquals(asked(rig.at(again + ms(102))), [`1 -> ${FAR}`]);
});
