/**
 * Random packets that may be sent, over the whole range of every field, with a preference for its ends.
 *
 * @module
 */

import { type Nla, nlaFromBytes } from "../../engine/base/nla.ts";
import type { Prng } from "../../engine/base/prng.ts";
import {
  isData,
  type OptionOf,
  type OptionValue,
  PacketType,
  type PacketTypeName,
  type PacketValue,
} from "../../engine/wire/mod.ts";
import { isNetworkSignificant } from "../../engine/wire/option_rules.ts";
import { codeOfOption } from "../../engine/wire/options.ts";

const U32 = 0xffff_ffff;
const TYPES = Object.keys(PacketType) as PacketTypeName[];
const MAY_HAVE_PARITY: readonly PacketTypeName[] = ["ODATA", "RDATA", "NAK", "NNAK", "NCF", "POLR"];

/** A packet that the encoder takes, its options in wire order. */
export function randomPacket(random: Prng): PacketValue {
  const type = pick(random, TYPES);
  const parity = MAY_HAVE_PARITY.includes(type) && random.below(4) === 0;
  const varPktlen = parity && isData(PacketType[type]) && random.below(2) === 0;
  const packet = randomFields(random, type, {
    sourcePort: uint(random, 0xffff),
    destinationPort: uint(random, 0xffff),
    gsi: uint(random, 0xffff_ffff_ffff),
    ...(parity ? { parity: true } : {}),
    ...(varPktlen ? { varPktlen: true } : {}),
    options: [],
  });
  return { ...packet, options: randomOptions(random, packet) };
}

/** The same packet with its options and lists in disorder, and list entries repeated: the encoder mends that. */
export function disordered(random: Prng, packet: PacketValue): PacketValue {
  const type = PacketType[packet.type];
  const isNetwork = (option: OptionValue) => isNetworkSignificant(type, codeOfOption(option));
  const network = packet.options.filter(isNetwork).map((option) =>
    option.type === "NAK_LIST"
      ? { ...option, sqns: shuffled(random, [...option.sqns, pick(random, option.sqns)]) }
      : option
  );
  const others = packet.options.filter((option) => !isNetwork(option));
  // A riffle: the order within each of the two kinds stays.
  const options: OptionValue[] = [];
  for (let n = 0, o = 0; n < network.length || o < others.length;) {
    const takeNetwork = o === others.length || (n < network.length && random.below(2) === 0);
    options.push(takeNetwork ? network[n++]! : others[o++]!);
  }
  return { ...packet, options };
}

/** An unsigned integer up to `max`, often at or near one of its ends. */
export function uint(random: Prng, max: number): number {
  switch (random.below(6)) {
    case 0:
      return 0;
    case 1:
      return max;
    case 2:
      return random.below(Math.min(max, 255) + 1);
    default:
      return random.below(max + 1);
  }
}

/** A member of a list that is not empty. */
export function pick<T>(random: Prng, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

/** Random octets. */
export function randomOctets(random: Prng, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  for (let i = 0; i < length; i++) octets[i] = random.u32();
  return octets;
}

function shuffled<T>(random: Prng, list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

function randomNla(random: Prng): Nla {
  const length = random.below(2) === 0 ? 4 : 16;
  const octets = randomOctets(random, length);
  // Runs of zeros are what the text of IPv6 addresses turns on.
  if (random.below(2) === 0) octets.fill(0, random.below(length), length - random.below(2));
  return nlaFromBytes(octets, 0, length);
}

/** What all packets have. */
type Common = Omit<Extract<PacketValue, { type: "SPMR" }>, "type">;

function randomFields(random: Prng, type: PacketTypeName, common: Common): PacketValue {
  const u16 = () => uint(random, 0xffff);
  const u32 = () => uint(random, U32);
  switch (type) {
    case "SPM":
      return { type, ...common, sqn: u32(), trail: u32(), lead: u32(), pathNla: randomNla(random) };
    case "POLL": {
      const poll = { round: u16(), subType: u16(), boIvlUs: u32(), rand: u32(), mask: u32() };
      return { type, ...common, sqn: u32(), pathNla: randomNla(random), ...poll };
    }
    case "POLR":
      return { type, ...common, sqn: u32(), round: u16() };
    case "ODATA":
    case "RDATA":
      return { type, ...common, sqn: u32(), trail: u32(), payload: randomOctets(random, random.below(40)) };
    case "NAK":
    case "NNAK":
    case "NCF":
      return { type, ...common, sqn: u32(), sourceNla: randomNla(random), groupNla: randomNla(random) };
    case "SPMR":
      return { type, ...common };
    case "ACK":
      return { type, ...common, rxMax: u32(), bitmap: u32() };
  }
}

function randomOptions(random: Prng, packet: PacketValue): OptionValue[] {
  if (random.below(3) === 0) return [];
  const makers = OPTION_MAKERS[packet.type].filter(() => random.below(2) === 0);
  const options = makers.map((maker) => maker(random, packet)).filter((option) => option !== undefined);
  while (random.below(3) === 0 && options.length < 15) options.push(randomUnknown(random, packet));
  for (const [index, option] of options.entries()) {
    if (random.below(8) === 0) options[index] = { ...option, opx: pick(random, [1, 2] as const) };
  }
  fitTgSize(random, options);
  const type = PacketType[packet.type];
  const network = (option: OptionValue) => isNetworkSignificant(type, codeOfOption(option)) ? 0 : 1;
  return options.sort((a, b) => network(a) - network(b));
}

type OptionMaker = (random: Prng, packet: PacketValue) => OptionValue | undefined;

const join: OptionMaker = (random) => ({ type: "JOIN", minSqn: uint(random, U32) });
const fin: OptionMaker = () => ({ type: "FIN" });
const syn: OptionMaker = () => ({ type: "SYN" });
const unreachable: OptionMaker = () => ({ type: "NBR_UNREACH" });
const tgSize: OptionMaker = (random) => ({ type: "CURR_TGSIZE", size: 1 + random.below(8) });
const nakBoIvl: OptionMaker = (random) => ({
  type: "NAK_BO_IVL",
  ivlUs: uint(random, U32),
  pollSqn: uint(random, U32),
});
const feedback: OptionMaker = (random) => ({
  type: "PGMCC_FEEDBACK",
  timestamp: uint(random, U32),
  lossRate: uint(random, 0xffff),
  receiver: randomNla(random),
  leaving: random.below(2) === 0,
});
const flag = (random: Prng) => random.below(2) === 0;

const OPTION_MAKERS: Record<PacketTypeName, readonly OptionMaker[]> = {
  SPM: [
    join,
    nakBoIvl,
    (random) => {
      const maxUs = Math.max(1, uint(random, U32));
      return { type: "NAK_BO_RNG", maxUs, minUs: 1 + random.below(maxUs) };
    },
    (random) => {
      const proActive = flag(random);
      const tgSize = 2 ** random.below(32);
      return { type: "PARITY_PRM", proActive, onDemand: !proActive || flag(random), tgSize };
    },
    tgSize,
    unreachable,
    fin,
    (random) => ({ type: "RST", noNaks: flag(random), errorCode: random.below(64) }),
    (random) => ({
      type: "CRQST",
      neWorstLink: flag(random),
      neWorstPath: flag(random),
      receiverWorstPath: flag(random),
    }),
  ],
  POLL: [nakBoIvl],
  POLR: [(random) => ({ type: "REDIRECT", nla: randomNla(random) })],
  ODATA: [
    randomFragment,
    join,
    tgSize,
    syn,
    fin,
    randomParityGroup,
    (random) => ({ type: "PGMCC_DATA", timestamp: uint(random, U32), acker: randomNla(random) }),
  ],
  RDATA: [randomFragment, join, tgSize, syn, fin, randomParityGroup],
  NAK: [randomNakList, feedback, randomReport],
  NNAK: [],
  NCF: [randomNakList, nakBoIvl, unreachable, (random) => ({ type: "PATH_NLA", nla: randomNla(random) })],
  SPMR: [],
  ACK: [feedback],
};

/** OPT_FRAGMENT that the packet can be; on parity packets an encoded one. */
function randomFragment(random: Prng, packet: PacketValue): OptionValue | undefined {
  if (packet.type !== "ODATA" && packet.type !== "RDATA") return undefined;
  if (packet.parity) return { type: "ENCODED_FRAGMENT", octets: randomOctets(random, 13) };
  if (packet.payload.length === 0) return undefined;
  const before = random.below(4);
  const offset = before === 0 ? 0 : before + random.below(U32 - before - packet.payload.length);
  const least = offset + packet.payload.length;
  return {
    type: "FRAGMENT",
    firstSqn: (packet.sqn - before) >>> 0,
    offset,
    apduLength: least + random.below(U32 - least + 1),
  };
}

function randomParityGroup(random: Prng, packet: PacketValue): OptionValue | undefined {
  return packet.parity ? { type: "PARITY_GRP", group: Math.max(1, uint(random, U32)) } : undefined;
}

function randomNakList(random: Prng, packet: PacketValue): OptionOf<"NAK_LIST"> | undefined {
  if (!("sqn" in packet)) return undefined;
  const count = random.below(4) === 0 ? 62 : 1 + random.below(5);
  const sqns: number[] = [];
  let distance = 0;
  for (let i = 0; i < count; i++) {
    distance += 1 + random.below(random.below(4) === 0 ? 0x1ff_ffff : 3);
    sqns.push((packet.sqn + distance) >>> 0);
  }
  return { type: "NAK_LIST", sqns };
}

function randomReport(random: Prng): OptionOf<"CR"> {
  return {
    type: "CR",
    lead: uint(random, U32),
    ...(flag(random) ? { neWorstLink: uint(random, 0xffff) } : {}),
    ...(flag(random) ? { neWorstPath: uint(random, 0xffff) } : {}),
    ...(flag(random) ? { receiverWorstPath: uint(random, 0xffff) } : {}),
    receiver: randomNla(random),
  };
}

function randomUnknown(random: Prng, packet: PacketValue): OptionOf<"UNKNOWN"> {
  const bits = random.below(0x80);
  const encoded = packet.parity === true && isData(PacketType[packet.type]) && flag(random);
  return {
    type: "UNKNOWN",
    ...(encoded ? { encoded: true, ...(flag(random) ? { encodedNull: true } : {}) } : {}),
    code: pick(random, [0x06, 0x14, 0x55, 0x7e, 0x7f]),
    ...(bits === 0 ? {} : { bits }),
    octets: randomOctets(random, random.below(8) === 0 ? 251 : random.below(9)),
  };
}

/** Makes CURR_TGSIZE fit the PARITY_PRM beside it. */
function fitTgSize(random: Prng, options: OptionValue[]): void {
  const prm = options.find((option) => option.type === "PARITY_PRM");
  if (prm === undefined) return;
  for (const [index, option] of options.entries()) {
    if (option.type === "CURR_TGSIZE") options[index] = { ...option, size: 1 + random.below(prm.tgSize) };
  }
}
