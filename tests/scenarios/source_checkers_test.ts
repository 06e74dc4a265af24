import { assertEquals } from "@std/assert";
import { Datagram, encodePacket, type Instant, type OptionValue, type PacketValue } from "../../engine/mod.ts";
import { NakBeforeSpmChecker } from "../../scenarios/checkers/nak_before_spm.ts";
import { RateChecker } from "../../scenarios/checkers/rate.ts";
import { SessionEndChecker } from "../../scenarios/checkers/session_end.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { GROUP, nak, ncf, odata, rdata, SOURCE, spm, SPORT } from "../support/rig.ts";

function datagram(value: PacketValue): Datagram {
  return new Datagram({ source: SOURCE, destination: GROUP, ttl: 1, routerAlert: false, bytes: encodePacket(value) });
}

/** ODATA of `octets` in all. */
function sized(type: "ODATA" | "RDATA", octets: number, port = SPORT): Datagram {
  const payload = new Uint8Array(octets - 24);
  return datagram(
    { ...(type === "ODATA" ? odata : rdata)({ sqn: 1, trail: 1 }), payload, sourcePort: port } as PacketValue,
  );
}

/** 1000 B/s after a burst of 300 octets; 10 kB/s at most: 100 octets in 100 ms, or in 10 ms. */
function rateFindings(rateCoversRdata: boolean, ...packets: [at: Instant, packet: Datagram][]): string[] {
  const violations = new Violations();
  const plan = { rateBytesPerSecond: 1_000, burstBytes: 300, peakBytesPerSecond: 10_000, rateCoversRdata };
  const checker = new RateChecker(violations, () => plan);
  for (const [at, packet] of packets) checker.sent(at, 0, "sender", packet);
  return violations.list.map(({ text }) => text);
}

const MS = 1_000_000;

Deno.test("RateChecker: a burst and what the rate gives back are right, a nanosecond sooner is not", () => {
  const burst: [Instant, Datagram][] = [0, 10, 20].map((at) => [at * MS, sized("ODATA", 100)]);
  assertEquals(rateFindings(false, ...burst, [100 * MS, sized("ODATA", 100)], [200 * MS, sized("ODATA", 100)]), []);
  assertEquals(rateFindings(false, ...burst, [100 * MS - 1, sized("ODATA", 100)]), [
    "ODATA 1 is 1 octets more than 1000 B/s and 300 B allow",
  ]);
});

Deno.test("RateChecker: a bucket does not fill beyond its size", () => {
  const late = [0, 10, 20, 30].map((at): [Instant, Datagram] => [3_600_000 * MS + at * MS, sized("ODATA", 100)]);
  assertEquals(rateFindings(false, [0, sized("ODATA", 100)], ...late), [
    "ODATA 1 is 70 octets more than 1000 B/s and 300 B allow",
  ]);
});

Deno.test("RateChecker: RDATA counts only where the rate covers it, NCFs never", () => {
  const packets = [0, 10, 20, 30].map((at): [Instant, Datagram] => [at * MS, sized("RDATA", 100)]);
  assertEquals(rateFindings(false, ...packets), []);
  assertEquals(rateFindings(true, ...packets), ["RDATA 1 is 70 octets more than 1000 B/s and 300 B allow"]);
  const ncfs = Array.from({ length: 20 }, (_, i): [Instant, Datagram] => [i * 10 * MS, datagram(ncf({ sqn: 1 }))]);
  assertEquals(rateFindings(true, ...ncfs), []);
});

Deno.test("RateChecker: any packet keeps the line for its octets at the peak rate, to the nanosecond", () => {
  const ncfAt = (at: Instant): [Instant, Datagram] => [at, datagram(ncf({ sqn: 1 }))];
  assertEquals(rateFindings(false, [0, sized("ODATA", 100)], ncfAt(10 * MS)), []);
  assertEquals(rateFindings(false, [0, sized("ODATA", 100)], ncfAt(10 * MS - 1)), [
    "NCF 1 left 9999999 ns after a packet of 100 octets: faster than the peak of 10000 B/s",
  ]);
});

Deno.test("RateChecker: a source that restarts has a full bucket and a free line", () => {
  assertEquals(rateFindings(false, [0, sized("ODATA", 300)], [1, sized("ODATA", 300, SPORT + 1)]), []);
});

function endFindings(...packets: PacketValue[]): string[] {
  const violations = new Violations();
  const checker = new SessionEndChecker(violations);
  for (const packet of packets) checker.sent(0, "sender", datagram(packet));
  return violations.list.map(({ text }) => text);
}

const fin: OptionValue = { type: "FIN" };
const rst: OptionValue = { type: "RST", noNaks: false, errorCode: 0 };
const announcement = (sqn: number, ...options: OptionValue[]) => ({ ...spm({ sqn, trail: 0, lead: 0 }), options });
const data = (sqn: number, ...options: OptionValue[]) => ({ ...odata({ sqn, trail: 0 }), options });

Deno.test("SessionEndChecker: data and SPMs that end a session, once and for all, are right", () => {
  assertEquals(
    endFindings(announcement(0), data(0), data(1, fin), announcement(1, fin), rdata({ sqn: 1, trail: 0 })),
    [],
  );
  assertEquals(endFindings(data(0), announcement(0, fin), announcement(1, rst), announcement(2, rst)), []);
});

Deno.test("SessionEndChecker: ODATA after the end, and an SPM that takes it back, are found", () => {
  assertEquals(endFindings(announcement(0, fin), data(0)), ["ODATA 0 after OPT_FIN"]);
  assertEquals(endFindings(data(0, fin), announcement(1)), ["SPM 1 without OPT_FIN, which an earlier packet had"]);
  assertEquals(endFindings(announcement(0, rst), data(0), announcement(1), announcement(2, fin)), [
    "ODATA 0 after OPT_RST",
    "SPM 1 without OPT_RST, which an earlier packet had",
    "SPM 2 without OPT_RST, which an earlier packet had",
  ]);
  const other = { ...data(0), sourcePort: 9 } as PacketValue;
  assertEquals(endFindings(announcement(0, fin), other), []);
});

Deno.test("NakBeforeSpmChecker: a NAK before the first SPM of its session at its receiver is found", () => {
  const violations = new Violations();
  const checker = new NakBeforeSpmChecker(violations);
  const asks = (node: number) => checker.sent(7, node, `member-${node}`, datagram(nak({ sqn: 3 })));
  checker.delivered(1, datagram(odata({ sqn: 1, trail: 1 })));
  checker.delivered(1, datagram({ ...announcement(0), sourcePort: 9 } as PacketValue));
  asks(1);
  const tsi = violations.list[0]!.text.split(" ")[4]!;
  assertEquals(violations.list.map(({ node, text }) => [node, text]), [
    ["member-1", `NAK 3 for session ${tsi} of which it has heard no SPM`],
  ]);
  const announced = datagram(announcement(0));
  checker.delivered(1, announced);
  checker.delivered(2, announced);
  asks(1);
  asks(2);
  assertEquals(violations.total, 1);
  asks(3);
  checker.forget(1);
  asks(1);
  const { gsi, sourcePort: port } = announcement(0);
  checker.forget(2, { gsi, port: port + 1 });
  asks(2);
  checker.forget(2, { gsi, port });
  asks(2);
  assertEquals(violations.list.slice(1).map(({ node }) => node), ["member-3", "member-1", "member-2"]);
});
