import { assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import { edited, type Edits, everything, ncfSuppression } from "./example_specs.ts";

/** The message for the suppression scenario, or another, with other values at some paths. */
function problem(edits: Edits, spec: unknown = ncfSuppression): string {
  return assertThrows(() => planScenario(edited(spec, edits)), ScenarioError).message;
}

Deno.test("planScenario: a misspelt key is named, with the nearest right one and all that are allowed", () => {
  assertEquals(
    problem({ "nodes.member.receiver.nakBoIvel": "10ms" }),
    'nodes.member.receiver: unknown key "nakBoIvel": did you mean "nakBoIvl"? allowed: ordered, lossPolicy, ' +
      "lateJoin, rdataBegins, nakBoIvl, nakBoIvlMin, nakBoIvlMax, nakRptIvl, nakRdataIvl, nakNcfRetries, " +
      "nakDataRetries, nakListMax, multicastNak, followRedirects, spmr, spmrBoIvl, spmrSpmIvl, spmrRetries, " +
      "reorderPackets, reorderTimeout, rxwMaxSqns, bufferBytes, maxMissing, maxApdu, ... (28 in all)",
  );
  assertEquals(
    problem({ "segments.lan.dleay": "10ms" }),
    'segments.lan: unknown key "dleay": did you mean "delay"? allowed: rate, delay, queue, mtu',
  );
  assertEquals(
    problem({ "script.1": { at: "0s", dorp: { on: "lan" } } }),
    'script.1: unknown key "dorp": did you mean "drop"? allowed: at, send, call, read, until, drop, impair, down, up, crash, ' +
      "restart, join, leave, close, abort, release, route, readdress, inject",
  );
});

Deno.test("planScenario: a missing key is named, with what it is for", () => {
  assertEquals(problem({ name: undefined }), 'missing key "name": the name, in kebab-case');
  assertEquals(
    problem({ about: undefined }),
    'missing key "about": what happens and why it matters, in a sentence or two',
  );
  assertEquals(
    problem({ "nodes.member.role": undefined }),
    'nodes.member: missing key "role": "source", "receiver", "sockets", "router" or "host"',
  );
  assertEquals(
    problem({ "script.0": { at: "0s" } }),
    "script.0: needs one of these keys: send, call, read, drop, impair, down, up, crash, restart, join, leave, close, abort, " +
      "release, route, readdress, inject",
  );
});

Deno.test("planScenario: a key of another role is no key of this one", () => {
  assertEquals(
    problem({ "nodes.sender.receiver": {} }),
    'nodes.sender: unknown key "receiver": allowed: role, on, count, group, port, sendOn, source',
  );
  assertEquals(
    problem({ "nodes.member.role": "reciever" }),
    'nodes.member.role: unknown role "reciever": did you mean "receiver"? allowed: source, receiver, sockets, router, host',
  );
});

Deno.test("planScenario: one action per entry", () => {
  assertEquals(problem({ "script.1.send": {} }), 'script.1: has both "send" and "drop": one of them per entry');
});

Deno.test("planScenario: wrong types say what would be right", () => {
  const cases: [path: string, raw: unknown, message: string][] = [
    [
      "segments.lan.rate",
      "10Mbs",
      '"10Mbs": unknown unit "Mbs": did you mean "Mbps"? allowed: bps, kbps, Mbps, ' +
      "Gbps, B/s, kB/s, MB/s",
    ],
    ["segments.lan.delay", 5, '5 has no unit: write a duration such as "20ms" (ns, us, ms, s, min, h)'],
    ["segments.lan.delay", null, 'must be a duration such as "20ms", not null'],
    ["segments", [], "must be an object, not an array"],
    ["nodes.member.on", "lan", 'must be an array, not "lan"'],
    ["nodes.member.on", [], "needs at least 1 entry"],
    ["nodes.member.joined", "yes", 'must be true or false, not "yes"'],
    ["nodes.member.count", 1.5, "must be an integer in 1 .. 20000, not 1.5"],
    ["nodes.member.count", NaN, "must be an integer in 1 .. 20000, not NaN"],
    ["about", "", "must not be empty"],
    ["about", 7, "must be a text, not 7"],
    ["name", "Ncf Suppression", '"Ncf Suppression" is not a name in kebab-case, such as ncf-suppression'],
    ["family", 5, "must be 4 or 6, not 5"],
    [
      "script.1.drop.packet",
      "ODTA",
      'unknown packet type "ODTA": did you mean "ODATA"? allowed: SPM, POLL, POLR, ' +
      "ODATA, RDATA, NAK, NNAK, NCF, SPMR, ACK",
    ],
    ["script.1.drop.sqn", "7-9", 'must be a sequence number such as 7 or a range such as "7..9", not "7-9"'],
    ["script.1.drop.sqn", "9..7", '"9..7" runs backwards: write "7..9"'],
    ["script.1.drop.count", "al", 'must be an integer or "all", not "al"'],
    [
      "script.1.drop.to",
      "mem ber",
      '"mem ber" is not the name of a node or group, or a beginning of names such as ' +
      '"link-*"',
    ],
    ["group", "239.1.2", '"239.1.2" is not an IPv4 or IPv6 address'],
    ["group", "10.0.0.1", "10.0.0.1 is not the address of a multicast group"],
  ];
  for (const [path, raw, message] of cases) assertEquals(problem({ [path]: raw }), `${path}: ${message}`);
  assertEquals(
    problem({ "nodes.1st": {} }),
    'nodes: "1st" is not a name: a letter, then at most 63 letters, digits, - or _',
  );
});

Deno.test("planScenario: shares are percent or 0 .. 1", () => {
  const loss = (raw: unknown) => ({ "script.1": { at: "0s", impair: { on: "lan", loss: raw } } });
  for (const raw of [1, "100%", 0.001]) planScenario(edited(ncfSuppression, loss(raw)));
  assertEquals(problem(loss(1.5)), 'script.1.impair.loss: 1.5 is not a share: "1%" or a number in 0 .. 1');
  assertEquals(problem(loss("101%")), 'script.1.impair.loss: "101%" is too large: at most 100%');
  assertEquals(problem(loss([])), 'script.1.impair.loss: must be a share ("1%" or a number in 0 .. 1), not an array');
});

Deno.test("planScenario: what is not an object is no scenario", () => {
  for (const [raw, shown] of [[null, "null"], [7, "7"], ["x", '"x"'], [[], "an array"], [undefined, "undefined"]]) {
    const error = assertThrows(() => planScenario(raw), ScenarioError);
    assertEquals(error.message, `a scenario must be an object, not ${shown}`);
    assertEquals(error.at, "");
  }
});

Deno.test("ScenarioError: says where apart from what", () => {
  const error = assertThrows(
    () => planScenario(edited(ncfSuppression, { "nodes.sender.source.ttl": 0 })),
    ScenarioError,
  );
  assertEquals(error.name, "ScenarioError");
  assertEquals(error.at, "nodes.sender.source.ttl");
  assertEquals(error.message, "nodes.sender.source.ttl: 0 is out of range: 1 .. 255");
});

Deno.test("planScenario: parameters of a strategy that the source does not follow", () => {
  const source = "nodes.sender.source";
  const cases: [parameter: string, value: unknown, strategy: string, other: string][] = [
    ["txwAdvIvl", "1s", "advanceWithData", "advanceWithTime"],
    ["txwAdvIvl", "1s", "advanceWithData", "application"],
    ["holdForRepairs", true, "advanceWithTime", "advanceWithData"],
    ["holdForRepairs", true, "advanceWithTime", "application"],
  ];
  for (const [parameter, value, strategy, other] of cases) {
    const edits = (txwStrategy: string) => ({
      [`${source}.${parameter}`]: value,
      [`${source}.txwStrategy`]: txwStrategy,
    });
    planScenario(edited(ncfSuppression, edits(strategy)));
    assertEquals(problem(edits(other)), `${source}.${parameter}: has no use with txwStrategy "${other}"`);
  }
});

Deno.test("planScenario: ranges, on both sides of each end", () => {
  const source = "nodes.sender.source";
  const receiver = "nodes.member.receiver";
  const cases: [path: string, good: unknown, bad: unknown, message: string][] = [
    [`${source}.ttl`, 1, 0, "0 is out of range: 1 .. 255"],
    [`${source}.ttl`, 255, 256, "256 is out of range: 1 .. 255"],
    [`${source}.sourcePort`, 0, -1, "-1 is out of range: 0 .. 65535"],
    [`${source}.sourcePort`, 65535, 65536, "65536 is out of range: 0 .. 65535"],
    [`${source}.firstSqn`, 4294967295, 4294967296, "4294967296 is out of range: 0 .. 4294967295"],
    [`${source}.rate`, "8bps", "7bps", '"7bps" is too small: at least 8bps'],
    [`${source}.rate`, "16bps", "9bps", "9bps is not a whole number of bytes per second"],
    [`${source}.peak`, "8Mbps", "7999992bps", "7999992bps is less than rate (8Mbps)"],
    [`${source}.txwAdvSecs`, "30s", "30001ms", "30.001s is more than txwSecs (30s)"],
    [`${source}.ihbMin`, "30s", "30001ms", "30.001s is more than ihbMax (30s)"],
    [`${source}.ihbMin`, "1ns", "0ns", '"0ns" is too small: at least 1ns'],
    [
      `${source}.maxTsdu`,
      1424,
      1425,
      '1425 is too large: packets of segment "lan" (mtu 1500) take at most 1424 bytes ' +
      "of payload",
    ],
    [`${source}.burst`, 1448, 1447, "1447B is too small: one full packet has 1448 bytes"],
    [`${receiver}.nakBoIvl`, "1us", "999ns", '"999ns" is too small: at least 1us'],
    [`${receiver}.nakBoIvl`, "24h", "25h", '"25h" is too large: at most 24h'],
    [`${receiver}.reorderPackets`, 1, 0, "0 is out of range: 1 .. 65536"],
    ["port", 1, 0, "0 is out of range: 1 .. 65535"],
    ["port", 65535, 65536, "65536 is out of range: 1 .. 65535"],
    ["segments.lan.mtu", 65535, 65536, "65536 is out of range: 576 .. 65535"],
    ["segments.lan.mtu", "576B", "575B", '"575B" is too small: at least 576B'],
    ["script.1.drop.sqn", "4294967295..1", "0..2147483648", '"0..2147483648" runs backwards: write "2147483648..0"'],
  ];
  for (const [path, good, bad, message] of cases) {
    planScenario(edited(ncfSuppression, { [path]: good }));
    assertEquals(problem({ [path]: bad }), `${path}: ${message}`);
  }
  planScenario(edited(ncfSuppression, { "segments.lan.queue": 1500 }));
  assertEquals(
    problem({ "segments.lan.queue": 1499 }),
    "segments.lan: queue 1499B does not hold one packet of mtu 1500B",
  );
});

Deno.test("planScenario: where an impairment acts must be said once", () => {
  assertEquals(
    problem({ "script.1.drop.from": "sender" }),
    'script.1.drop: has both "to" and "from": one of them, and "on" to narrow it',
  );
  assertEquals(
    problem({ "script.1.drop": { packet: "NAK" } }),
    'script.1.drop: does not say where: give "to", "from" or "on"',
  );
  assertEquals(
    problem({ "script.1": { at: "0s", impair: { on: "lan", loss: "0%" } } }),
    "script.1.impair: does nothing: give loss, burst, duplicate, corrupt, delay, jitter or reorder",
  );
});

Deno.test("planScenario: names that nothing has", () => {
  const cases: [path: string, raw: unknown, message: string][] = [
    ["script.1.drop.to", "membr", 'unknown node "membr": did you mean "member"? nodes: sender, member'],
    ["script.1.drop.on", "lna", 'unknown segment "lna": did you mean "lan"? segments: lan'],
    ["script.1.drop.to", "x*", '"x*" matches no node'],
    ["nodes.sender.sendOn", "wan", 'unknown segment "wan": did you mean "lan"? attached to: lan'],
    ["script.1.drop.source", "member", '"member-0" is a receiver: a source is needed'],
    ["script.0.send.from", "member", '"member-0" is a receiver: a source is needed'],
    ["expect.0.to", "sender", '"sender" is a source: a receiver or node with sockets is needed'],
  ];
  for (const [path, raw, message] of cases) assertEquals(problem({ [path]: raw }), `${path}: ${message}`);
  assertEquals(
    problem({ "nodes.member.on": ["lam"] }),
    'nodes.member.on.0: unknown segment "lam": did you mean "lan"? segments: lan',
  );
  assertEquals(
    problem({ "nodes.member.joins": ["lan", "wan"] }),
    'nodes.member.joins.1: unknown segment "wan": did you mean "lan"? attached to: lan',
  );
  assertEquals(
    problem({ "script.2.drop.on": "trunk" }, everything),
    'script.2.drop.on: "listener" is not attached to "trunk"',
  );
  assertEquals(
    problem({ "script.13.leave.node": "edge" }, everything),
    'script.13.leave.node: "edge" is a router: a receiver is needed',
  );
  assertEquals(
    problem({ "script.9.down.interface": "edge:link-0" }, everything),
    'script.9.down.interface: "edge" is not attached to "link-0"',
  );
});

Deno.test("planScenario: times that cannot be", () => {
  planScenario(edited(ncfSuppression, { "script.0.at": "10min" }));
  assertEquals(
    problem({ "script.0.at": "600001ms" }),
    "script.0.at: 600.001s is after the end of the run (limits.time: 600s)",
  );
  planScenario(edited(ncfSuppression, { "script.1.at": "5s", "script.1.until": "5001ms" }));
  assertEquals(
    problem({ "script.1.at": "5s", "script.1.until": "5s" }),
    "script.1.until: 5s is not after at (5s)",
  );
  assertEquals(
    problem({ "expect.1.after": "5s", "expect.1.before": "5s" }),
    "expect.1.before: 5s is not later than after (5s)",
  );
  planScenario(edited(ncfSuppression, { "script.0.send.every": "31s" }));
  assertEquals(
    problem({ "script.0.send.every": "32s" }),
    "script.0.send: its messages take 608s, longer than the run (limits.time: 600s)",
  );
});

Deno.test("planScenario: messages that cannot be sent", () => {
  assertEquals(
    problem({ "script.0.send.every": "1ms", "script.0.send.rate": "1Mbps" }),
    'script.0.send: has both "every" and "rate": one of them',
  );
  assertEquals(problem({ "script.0.send.bytes": [2, 1] }), "script.0.send.bytes: [least, most] is [2, 1]");
  assertEquals(problem({ "script.0.send.bytes": [2] }), "script.0.send.bytes: needs at least 2 entries");
  planScenario(edited(ncfSuppression, { "nodes.sender.source.txwMaxSqns": 2, "script.0.send.bytes": 2800 }));
  assertEquals(
    problem({ "nodes.sender.source.txwMaxSqns": 2, "script.0.send.bytes": 2801 }),
    "script.0.send.bytes: a message of 2801B takes 3 packets: " +
      'the transmit window of "sender" holds 2 (txwMaxSqns)',
  );
  const send = (messages: number) => ({ at: "0s", send: { from: "sender", messages, bytes: 1 } });
  planScenario(edited(ncfSuppression, { "script.0": send(500_000), "script.1": send(500_000) }));
  assertEquals(
    problem({ "script.0": send(500_000), "script.1": send(500_001) }),
    "script.1: more than 1000000 messages in all",
  );
});

Deno.test("planScenario: bounds that say nothing, or too much", () => {
  assertEquals(
    problem({ "expect.1.atMost": undefined }),
    "expect.1: does not say how many: give exactly, atLeast or atMost",
  );
  assertEquals(
    problem({ "expect.1.exactly": 1 }),
    'expect.1: "exactly" says it all: take away "atLeast" and "atMost"',
  );
  planScenario(edited(ncfSuppression, { "expect.1.atLeast": 3 }));
  assertEquals(problem({ "expect.1.atLeast": 4 }), "expect.1: atLeast 4 is more than atMost 3");
  assertEquals(
    problem({ "expect.0.delivered": {} }),
    "expect.0.delivered: does not say how many: give exactly, atLeast or atMost",
  );
});

Deno.test("planScenario: a burst holds an SPM as well as a data packet", () => {
  const source = "nodes.sender.source";
  const small = (burst: number) => ({ [`${source}.maxTsdu`]: 1, [`${source}.burst`]: burst });
  planScenario(edited(ncfSuppression, small(100)));
  assertEquals(problem(small(99)), `${source}.burst: 99B is too small: one full packet has 100 bytes`);
});
