/**
 * Parameters of sources, receivers and network elements: sensible but hostile. Each is drawn with some probability, from a range; the
 * rest keep their defaults. What must hold between parameters holds.
 *
 * @module
 */

import { type Dice, durationText, ms, seconds } from "./dice.ts";
import type { Fields } from "./scenario_data.ts";

/** Where the numbers of data packets and SPMs may begin: anywhere, and just before they wrap around. */
const EDGES = [0, 2 ** 31, 2 ** 32];
/** Octets of the IP and PGM headers of a data packet, and room for all options that it can have. */
const HEADERS = { 4: 28 + 44 + 16, 6: 48 + 44 + 16 };
/** What parity has on top. */
const PARITY = 22;

/** A source, and what the traffic must know of it. */
export interface DrawnSource {
  readonly source: Fields;
  readonly maxTsdu: number;
  readonly txwMaxSqns: number;
  readonly firstSqn: number;
  readonly bitsPerSecond: number;
}

/** How likely each parameter is, and how it is drawn. */
type Table = Readonly<Record<string, readonly [share: number, draw: (dice: Dice) => unknown]>>;

const SOURCE: Table = {
  ambientSpmIvl: [0.8, (dice) => dice.duration(ms(100), seconds(5))],
  ncfRepeatIvl: [0.3, (dice) => dice.chance(0.3) ? "0s" : dice.duration(1_000, ms(200))],
  rdataDelay: [0.3, (dice) => dice.duration(1_000, ms(100))],
  rdataShare: [0.3, (dice) => dice.pick(["0%", "1%", "10%", "50%", "90%", "100%"])],
  syn: [0.2, () => false],
  lateJoin: [0.3, (dice) => dice.share(0.01, 1)],
  sourcePort: [0.2, (dice) => dice.int(1, 65_535)],
  incrementRepairsFirst: [0.2, () => true],
  rateCovers: [0.3, (dice) => dice.pick(["ODATA", "ODATA+RDATA"])],
  firstSpmSqn: [0.3, drawSqn],
  nakBoIvlOn: [0.3, (dice) => dice.pick(["NCF", "NCF+SPM"])],
  nakBoRng: [0.1, () => true],
  nakProbeNum: [0.2, (dice) => dice.int(1, 10)],
  dupNakMax: [0.1, (dice) => dice.int(1, 20)],
  repairStateIvl: [0.2, (dice) => dice.chance(0.2) ? "0s" : dice.duration(ms(1), seconds(1))],
  pollIvl: [0.3, (dice) => dice.duration(ms(10), seconds(5))],
  pollBits: [0.3, (dice) => dice.int(0, 32)],
  pollWait: [0.3, (dice) => dice.chance(0.2) ? "0s" : dice.duration(1_000, seconds(1))],
  firstPollSqn: [0.3, drawSqn],
};

const RECEIVER: Table = {
  ordered: [0.2, () => false],
  lossPolicy: [0.15, () => "reset"],
  lateJoin: [0.2, () => false],
  rdataBegins: [0.2, () => false],
  nakBoIvl: [0.7, (dice) => dice.duration(1_000, ms(200))],
  nakRptIvl: [0.8, (dice) => dice.duration(ms(1), ms(500))],
  nakRdataIvl: [0.8, (dice) => dice.duration(ms(1), seconds(1))],
  nakNcfRetries: [0.5, (dice) => dice.int(0, 10)],
  nakDataRetries: [0.5, (dice) => dice.int(0, 10)],
  nakListMax: [0.4, (dice) => dice.pick([2, 3, 8, 62, 63])],
  multicastNak: [0.25, () => true],
  followRedirects: [0.1, () => true],
  spmr: [0.2, () => false],
  spmrBoIvl: [0.3, (dice) => dice.chance(0.2) ? "0s" : dice.duration(1_000, ms(500))],
  spmrSpmIvl: [0.3, (dice) => dice.duration(ms(1), seconds(1))],
  spmrRetries: [0.3, (dice) => dice.int(0, 10)],
  reorderPackets: [0.5, (dice) => dice.int(1, 5)],
  reorderTimeout: [0.4, (dice) => dice.chance(0.2) ? "0s" : dice.duration(1_000, ms(100))],
  rxwMaxSqns: [0.3, (dice) => dice.spread(1, 64)],
  bufferBytes: [0.2, (dice) => dice.spread(1, 30_000)],
  maxMissing: [0.2, (dice) => dice.spread(1, 64)],
  maxApdu: [0.1, (dice) => dice.spread(1, 20_000)],
  idleTimeout: [0.2, (dice) => dice.duration(seconds(10), seconds(60))],
  endLinger: [0.2, (dice) => dice.chance(0.2) ? "0s" : dice.duration(ms(1), seconds(5))],
  sourceTakeover: [0.2, (dice) => dice.chance(0.2) ? "0s" : dice.duration(ms(1), seconds(20))],
  maxSessions: [0.2, (dice) => dice.int(8, 20)],
};

const ELEMENT: Table = {
  nakRptIvl: [0.5, (dice) => dice.duration(ms(1), seconds(2))],
  nakRptRte: [0.4, (dice) => dice.spread(1, 100)],
  nakRdataIvl: [0.5, (dice) => dice.duration(ms(400), seconds(4))],
  // At most a quarter of the shortest nakRdataIvl.
  nakElimIvl: [0.6, (dice) => dice.duration(ms(1), ms(100))],
  ncfRepeatIvl: [0.4, (dice) => dice.chance(0.3) ? "0s" : dice.duration(1_000, ms(100))],
  followRedirects: [0.1, () => false],
  dlrPollIvl: [0.5, (dice) => dice.duration(ms(1), seconds(5))],
  dlrPollBoIvl: [0.3, (dice) => dice.chance(0.2) ? "0s" : dice.duration(ms(1), seconds(1))],
  pathHoldIvl: [0.4, (dice) => dice.chance(0.3) ? "0s" : dice.duration(ms(1), seconds(1))],
  idleTimeout: [0.2, (dice) => dice.duration(seconds(10), seconds(60))],
  maxSessions: [0.15, (dice) => dice.int(1, 3)],
  maxRepairs: [0.15, (dice) => dice.spread(8, 200)],
  maxRepairsPerSession: [0.15, (dice) => dice.spread(8, 100)],
  maxRepairsPerInterface: [0.15, (dice) => dice.spread(4, 100)],
  maxAhead: [0.1, (dice) => dice.spread(1_000, 100_000)],
  nakBoIvlOn: [0.3, (dice) => dice.pick(["NCF", "NCF+SPM"])],
  nakProbeNum: [0.2, (dice) => dice.int(1, 10)],
  dupNakMax: [0.1, (dice) => dice.int(1, 20)],
  pollIvl: [0.3, (dice) => dice.duration(ms(10), seconds(5))],
  pollBits: [0.3, (dice) => dice.int(0, 32)],
  pollWait: [0.3, (dice) => dice.chance(0.2) ? "0s" : dice.duration(1_000, seconds(1))],
};

const REPAIRER: Table = {
  answerNcfs: [0.2, () => false],
  parity: [0.5, () => true],
  redirectIvl: [0.4, (dice) => dice.chance(0.3) ? "0s" : dice.duration(ms(1), seconds(3))],
  ncfRepeatIvl: [0.3, (dice) => dice.chance(0.3) ? "0s" : dice.duration(1_000, ms(100))],
  repairRte: [0.4, (dice) => dice.rate(50_000, 10_000_000)],
  maxWaiting: [0.3, (dice) => dice.spread(1, 50)],
  maxServed: [0.2, (dice) => dice.int(1, 3)],
  cachePackets: [0.3, (dice) => dice.spread(1, 200)],
  cacheBytes: [0.3, (dice) => dice.spread(1, 100_000)],
};
/** Parity for one source in four; gives the group size, or 1. */
function drawFec(dice: Dice, source: Fields): number {
  if (!dice.chance(0.25)) return 1;
  const groupSize = dice.pick([2, 4, 8, 8, 16, 32, 128]);
  const onDemand = dice.chance(0.7);
  const proActive = onDemand && dice.chance(0.4) ? 0 : dice.int(1, 3 * groupSize);
  source["fec"] = {
    groupSize,
    proActive: Math.min(proActive, 127),
    onDemand,
    ...(dice.chance(0.6) ? { truncateAfter: dice.chance(0.2) ? "0s" : dice.duration(1_000, ms(500)) } : {}),
  };
  return groupSize;
}

/** The parameters of a source on a network with this mtu, behind at most so many routers. */
export function drawSource(dice: Dice, network: { mtu: number; hops: number; family: 4 | 6 }): DrawnSource {
  const source = drawTable(dice, SOURCE);
  const groupSize = drawFec(dice.fork("fec"), source);
  const more = groupSize > 1 ? PARITY : 0;
  const fits = network.mtu - HEADERS[network.family] - more;
  const size = drawPacketSize(dice.fork("maxTsdu"), fits, network.mtu < 1500);
  if (size.written) source["maxTsdu"] = size.maxTsdu;
  const bitsPerSecond = 8 * dice.fork("rate").spread(30_000, 5_000_000);
  source["rate"] = `${bitsPerSecond}bps`;
  const peak = dice.fork("peak");
  if (peak.chance(0.3)) source["peak"] = `${bitsPerSecond * peak.pick([1, 2, 10])}bps`;
  const burst = dice.fork("burst");
  if (burst.chance(0.4)) source["burst"] = burst.spread(Math.max(120, size.maxTsdu + 60 + more), 100_000);
  const txwMaxSqns = drawWindow(dice, source);
  // Who resets after a loss and joins late again would lose the same for ever, where the window does not pass it in time.
  if ("txwStrategy" in source) delete source["lateJoin"];
  drawHeartbeats(dice, source);
  drawBackOffs(dice, source);
  const first = dice.fork("firstSqn");
  const anySqn = first.chance(0.6) ? drawSqn(first) : 0;
  const firstSqn = anySqn - anySqn % groupSize;
  if (firstSqn !== 0) source["firstSqn"] = firstSqn;
  const ttl = dice.fork("ttl");
  if (ttl.chance(0.3)) source["ttl"] = ttl.pick([network.hops + 1, network.hops + 2, 255]);
  return { source, maxTsdu: size.maxTsdu, txwMaxSqns, firstSqn, bitsPerSecond };
}

/** The parameters of a receiver. */
export function drawReceiver(dice: Dice): Fields {
  const receiver = drawTable(dice, RECEIVER);
  const limits = dice.fork("nakBoIvlLimits");
  if (limits.chance(0.2)) {
    const nakBoIvlMin = limits.spread(1_000, ms(100));
    receiver["nakBoIvlMin"] = durationText(nakBoIvlMin);
    receiver["nakBoIvlMax"] = durationText(limits.spread(nakBoIvlMin, ms(500)));
  }
  const impatience = dice.fork("impatience");
  if (!impatience.chance(0.04)) return receiver;
  // Its sessions end between two heartbeats. OPT_JOIN would have it begin them anew with old data, for ever.
  return { ...receiver, idleTimeout: impatience.duration(ms(100), seconds(1)), lateJoin: false };
}

/** The parameters of a receiver that repairs for others. */
export function drawRepairer(dice: Dice): Fields {
  return drawTable(dice, REPAIRER);
}

/** The parameters of a network element. */
export function drawElement(dice: Dice): Fields {
  const element = drawTable(dice, ELEMENT);
  drawBackOffs(dice, element);
  // The default would be too long for a shorter nakRdataIvl.
  if ("nakRdataIvl" in element && !("nakElimIvl" in element)) element["nakElimIvl"] = "50ms";
  return element;
}

function drawTable(dice: Dice, table: Table): Fields {
  const fields: Fields = {};
  for (const [name, [share, draw]] of Object.entries(table)) {
    const own = dice.fork(name);
    if (own.chance(share)) fields[name] = draw(own);
  }
  return fields;
}

/** Must be written where a segment further on takes less than the source's own. */
function drawPacketSize(dice: Dice, fits: number, needed: boolean): { maxTsdu: number; written: boolean } {
  if (dice.chance(0.5)) return { maxTsdu: dice.spread(1, fits), written: true };
  return { maxTsdu: Math.min(1400, fits), written: needed };
}

/** The transmit window: its size, how long it keeps data, and what moves it. */
function drawWindow(dice: Dice, source: Fields): number {
  const size = dice.fork("txwMaxSqns");
  const txwMaxSqns = size.chance(0.4) ? size.spread(1, 100) : 65_536;
  if (txwMaxSqns !== 65_536) source["txwMaxSqns"] = txwMaxSqns;
  const secs = dice.fork("txwSecs");
  // Data waits for a full window to advance: one that holds little must not keep it for long.
  const longest = Math.min(seconds(30), seconds(1) + txwMaxSqns * ms(500));
  const txwSecs = secs.chance(0.4) ? secs.spread(ms(20), seconds(1)) : secs.spread(seconds(1), longest);
  source["txwSecs"] = durationText(txwSecs);
  const advance = dice.fork("txwAdvSecs");
  const txwAdvSecs = advance.spread(ms(1), txwSecs);
  source["txwAdvSecs"] = durationText(txwAdvSecs);
  // A window that only the application moves must not fill up: it has room for everything.
  const application = txwMaxSqns === 65_536;
  const strategy = dice.fork("txwStrategy").pick(["", "", "", "advanceWithData", application ? "application" : ""]);
  if (strategy !== "") source["txwStrategy"] = strategy;
  else if (dice.fork("holdForRepairs").chance(0.3)) source["holdForRepairs"] = true;
  if (strategy === "advanceWithData") {
    const interval = dice.fork("txwAdvIvl");
    if (interval.chance(0.5)) source["txwAdvIvl"] = durationText(interval.spread(1_000, txwAdvSecs - 1));
  }
  return txwMaxSqns;
}

function drawHeartbeats(dice: Dice, source: Fields): void {
  const ihbMin = dice.fork("ihbMin").spread(ms(5), ms(500));
  source["ihbMin"] = durationText(ihbMin);
  source["ihbMax"] = durationText(dice.fork("ihbMax").spread(Math.max(ihbMin, ms(200)), seconds(10)));
}

/** NAK_BO_IVL and its limits; how many replies polls want. */
function drawBackOffs(dice: Dice, parent: Fields): void {
  const back = dice.fork("nakBoIvl");
  if (back.chance(0.3)) {
    const nakBoIvlMin = back.spread(1_000, ms(50));
    const nakBoIvl = back.spread(nakBoIvlMin, ms(200));
    parent["nakBoIvlMin"] = durationText(nakBoIvlMin);
    parent["nakBoIvl"] = durationText(nakBoIvl);
    parent["nakBoIvlMax"] = durationText(back.spread(nakBoIvl, ms(500)));
  }
  const replies = dice.fork("pollReplies");
  if (!replies.chance(0.3)) return;
  const pollReplies = replies.spread(1, 32);
  parent["pollReplies"] = pollReplies;
  parent["pollAbort"] = pollReplies + replies.spread(1, 32);
}

function drawSqn(dice: Dice): number {
  return dice.chance(0.3) ? dice.int(0, 2 ** 32 - 1) : (dice.pick(EDGES) + 2 ** 32 - dice.int(0, 40)) % 2 ** 32;
}
