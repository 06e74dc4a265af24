import { assert, assertEquals, assertMatch } from "@std/assert";
import { Datagram, encodePacket, NEVER, type PacketValue } from "../../engine/mod.ts";
import { Simulation } from "../../netsim/mod.ts";
import { checkConservation } from "../../scenarios/checkers/conservation.ts";
import { DeliveryChecker, Progress } from "../../scenarios/checkers/delivery.ts";
import { NcfMatchChecker } from "../../scenarios/checkers/ncf_match.ts";
import { checkNcfScope } from "../../scenarios/checkers/ncf_scope.ts";
import { SentStream } from "../../scenarios/checkers/sent_stream.ts";
import { SourceWindowChecker } from "../../scenarios/checkers/source_window.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { payload } from "../../scenarios/run/payload.ts";
import { GROUP, ncf, nla, odata, rdata, SOURCE, spm } from "../support/rig.ts";

/** A stream of five messages; message 2 is SQNs 102 to 104. */
function bench() {
  const violations = new Violations();
  const stream = new SentStream(3, "sender", "g", 100);
  for (const packets of [1, 1, 3, 1, 1]) stream.sent(50, packets);
  const checker = new DeliveryChecker("member", violations);
  const progress = new Progress(stream);
  const message = (index: number, sqn: number) => checker.message(0, progress, payload(3, index, 50), sqn);
  const found = () => violations.list.map(({ text }) => text);
  return { checker, progress, message, found, stream };
}

Deno.test("DeliveryChecker: messages in order, each once, are right", () => {
  const { message, progress, found } = bench();
  message(0, 100);
  message(1, 101);
  message(2, 102);
  message(3, 105);
  assertEquals([progress.complete, found()], [false, []]);
  message(4, 106);
  assert(progress.complete);
});

Deno.test("DeliveryChecker: a receiver may start anywhere, then nothing may be missing", () => {
  const { message, found } = bench();
  message(1, 101);
  message(3, 105);
  assertEquals(found(), ["SQN 105 of sender with a silent gap after SQN 101; expected SQN 102"]);
});

Deno.test("DeliveryChecker: a reported loss closes the gap, once", () => {
  const { checker, progress, message, found } = bench();
  message(1, 101);
  checker.loss(0, progress, 102, 104);
  message(3, 105);
  assertEquals(found(), []);
  checker.loss(0, progress, 102, 104);
  assertMatch(found()[0]!, /^SQN 102 of sender again/);
});

Deno.test("DeliveryChecker: a message delivered twice is found", () => {
  const { message, found } = bench();
  message(0, 100);
  message(0, 100);
  assertEquals(found(), ["SQN 100 of sender again; expected SQN 101"]);
});

Deno.test("DeliveryChecker: wrong octets, a wrong length and an unknown message are found", () => {
  const { checker, progress, message, found } = bench();
  const wrong = payload(3, 0, 50);
  wrong[49]! ^= 1;
  checker.message(0, progress, wrong, 100);
  checker.message(0, progress, payload(3, 1, 49), 101);
  message(2, 103);
  message(4, 107);
  assertEquals(found(), [
    "message at SQN 100 of sender differs from what was sent",
    "message at SQN 101 of sender differs from what was sent",
    "message at SQN 103 that sender never sent",
    "message at SQN 107 that sender never sent",
  ]);
});

Deno.test("DeliveryChecker: a loss of what was never sent is found", () => {
  const { checker, progress, found } = bench();
  checker.loss(0, progress, 100, 107);
  assertEquals(found(), ["loss of SQN 107 that sender never sent"]);
});

function datagram(value: PacketValue): Datagram {
  return new Datagram({ source: SOURCE, destination: GROUP, ttl: 1, routerAlert: false, bytes: encodePacket(value) });
}

/** What the checker finds in a sequence of packets. */
function windowFindings(...packets: PacketValue[]): string[] {
  const violations = new Violations();
  const checker = new SourceWindowChecker(violations, () => 10);
  for (const packet of packets) checker.sent(0, 0, "sender", datagram(packet));
  return violations.list.map(({ text }) => text);
}

Deno.test("SourceWindowChecker: what a source may send is right", () => {
  assertEquals(
    windowFindings(
      spm({ sqn: 0, trail: 5, lead: 4 }),
      odata({ sqn: 5, trail: 5 }),
      odata({ sqn: 6, trail: 5 }),
      rdata({ sqn: 5, trail: 5 }),
      spm({ sqn: 1, trail: 6, lead: 6 }),
      ncf({ sqn: 1 }),
    ),
    [],
  );
});

Deno.test("SourceWindowChecker: each rule that is broken is found", () => {
  const begin = [spm({ sqn: 7, trail: 5, lead: 4 }), odata({ sqn: 5, trail: 5 })];
  assertEquals(windowFindings(...begin, odata({ sqn: 7, trail: 5 })), ["ODATA 7 after 5"]);
  assertEquals(windowFindings(...begin, odata({ sqn: 6, trail: 4 })), ["ODATA 6: trail 4 after 5"]);
  assertEquals(windowFindings(...begin, rdata({ sqn: 6, trail: 5 })), ["RDATA 6 outside the window 5 to 5"]);
  assertEquals(windowFindings(...begin, rdata({ sqn: 5, trail: 6 })), ["RDATA 5 outside the window 6 to 5"]);
  assertEquals(windowFindings(...begin, spm({ sqn: 9, trail: 5, lead: 5 })), ["SPM 9 after 7"]);
  assertEquals(windowFindings(...begin, spm({ sqn: 8, trail: 5, lead: 6 })), ["SPM 8: lead 6, newest data is 5"]);
  const data = Array.from({ length: 11 }, (_, i) => odata({ sqn: i, trail: 0 }));
  assertEquals(windowFindings(...data.slice(0, 10)), []);
  assertEquals(windowFindings(...data), ["window of 11 packets, at most 10 allowed"]);
});

Deno.test("checkNcfScope: a PGM router that forwards an NCF is found, a plain one is not", () => {
  const violations = new Violations();
  const simulation = new Simulation({ seed: 1 });
  const lan = (name: string) =>
    simulation.addSegment(name, { bitsPerSecond: 1e9, delay: 1000, queueBytes: 9000, mtu: 1500 });
  const [north, south] = [lan("north"), lan("south")];
  const host = simulation.addNode("host", { forwards: false });
  const plain = simulation.addNode("plain", { forwards: true });
  const pgm = simulation.addNode("pgm", { forwards: true });
  const member = simulation.addNode("member", { forwards: false });
  simulation.attach(host, north, { address: SOURCE, cost: 1 });
  simulation.attach(plain, north, { address: nla("10.0.0.2"), cost: 1 });
  const middle = lan("middle");
  simulation.attach(plain, middle, { address: nla("10.0.1.2"), cost: 1 });
  simulation.attach(pgm, middle, { address: nla("10.0.1.3"), cost: 1 });
  simulation.attach(pgm, south, { address: nla("10.0.2.3"), cost: 1 });
  simulation.attach(member, south, { address: nla("10.0.2.4"), cost: 1 });
  const silent = { handleDatagram: () => {}, handleTimeout: () => {}, nextTimeout: () => NEVER };
  let forwarded = 0;
  simulation.observe({
    record: (_kind, at, node, _iface, packet) => {
      forwarded++;
      checkNcfScope(violations, at, node, packet);
    },
  }, ["forward"]);
  member.run((h) => {
    h.joinGroup(0, GROUP);
    return silent;
  });
  pgm.intercept(() => ({ ...silent, intercept: (_now, _iface, _packet, routed) => routed }));
  host.run((h) => {
    simulation.at(10, () => h.transmit(0, new Datagram({ ...datagram(ncf({ sqn: 7 })), ttl: 9, routerAlert: true })));
    simulation.at(
      20,
      () => h.transmit(0, new Datagram({ ...datagram(spm({ sqn: 7, trail: 0, lead: 0 })), ttl: 9, routerAlert: true })),
    );
    return silent;
  });
  simulation.run({ until: 1e9, maxEvents: 1000 });
  assertEquals(forwarded, 4);
  assertEquals(violations.list.map(({ node, text }) => [node, text]), [["pgm", "forwarded NCF 7"]]);
  checkConservation(violations, simulation.now, simulation, simulation.segments);
  assertEquals(violations.total, 1);
});

Deno.test("checkConservation: a copy that is nowhere is found", () => {
  const violations = new Violations();
  const simulation = new Simulation({ seed: 1 });
  const segment = simulation.addSegment("lan", { bitsPerSecond: 1, delay: 0, queueBytes: 1, mtu: 1 });
  const books = { made: 3, delivered: 1, filtered: 0, dropped: 1, inFlight: 0 };
  const cooked = { conservation: () => books } as unknown as Simulation;
  checkConservation(violations, 0, cooked, [segment]);
  assertEquals(violations.list.map(({ node, text }) => [node, text]), [
    ["lan", "3 copies made, but 1 delivered + 0 filtered + 1 dropped + 0 in flight"],
  ]);
  checkConservation(violations, 0, simulation, [segment]);
  assertEquals(violations.total, 1);
});

Deno.test("NcfMatchChecker: a receiver waits for what an NCF has named, alone or in a list", () => {
  const violations = new Violations();
  const checker = new NcfMatchChecker(violations);
  const put = (packet: PacketValue) => {
    checker.sent(
      new Datagram({ source: SOURCE, destination: GROUP, ttl: 1, routerAlert: true, bytes: encodePacket(packet) }),
    );
  };
  put(ncf({ sqn: 7, options: [{ type: "NAK_LIST", sqns: [9, 12] }] }));
  put(rdata({ sqn: 8 }));
  for (const sqn of [7, 9, 12]) checker.moved(0, "member", "WAIT_DATA", sqn);
  checker.moved(0, "member", "WAIT_NCF", 8);
  assertEquals(violations.total, 0);
  checker.moved(5, "member", "WAIT_DATA", 8);
  assertEquals(violations.list, [
    { checker: "NCF match", at: 5, node: "member", text: "waits for SQN 8, which no NCF has named" },
  ]);
});
