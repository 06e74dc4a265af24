/**
 * The code points of PGM (RFC 3208, sections 8, 9 and 14.7). ACK, PGMCC_DATA and PGMCC_FEEDBACK are not in the RFC:
 * they are what deployed implementations of PGMCC use.
 *
 * @module
 */

/** The packet types. */
export const PacketType = {
  SPM: 0x00,
  POLL: 0x01,
  POLR: 0x02,
  ODATA: 0x04,
  RDATA: 0x05,
  NAK: 0x08,
  NNAK: 0x09,
  NCF: 0x0a,
  SPMR: 0x0c,
  ACK: 0x0d,
} as const;
/** A member of {@link PacketType}. */
export type PacketType = (typeof PacketType)[keyof typeof PacketType];
/** The name of a packet type, as the RFC writes it. */
export type PacketTypeName = keyof typeof PacketType;

const PACKET_TYPE_NAMES: readonly (PacketTypeName | undefined)[] = [
  "SPM",
  "POLL",
  "POLR",
  undefined,
  "ODATA",
  "RDATA",
  undefined,
  undefined,
  "NAK",
  "NNAK",
  "NCF",
  undefined,
  "SPMR",
  "ACK",
  undefined,
  undefined,
];

/** The name of a packet type. */
export function packetTypeName(type: PacketType): PacketTypeName {
  return PACKET_TYPE_NAMES[type]!;
}

/** Whether a type octet names a packet type. */
export function isPacketType(octet: number): octet is PacketType {
  return PACKET_TYPE_NAMES[octet] !== undefined;
}

/** Whether the type is ODATA or RDATA, the only ones with a payload. */
export function isData(type: PacketType): boolean {
  return type === PacketType.ODATA || type === PacketType.RDATA;
}

/** A set of packet types: bit n stands for type n. */
export function packetTypeSet(...types: readonly PacketType[]): number {
  return types.reduce<number>((set, type) => set | (1 << type), 0);
}

const UPSTREAM = packetTypeSet(PacketType.NAK, PacketType.NNAK, PacketType.SPMR, PacketType.POLR, PacketType.ACK);

/**
 * Whether packets of the type travel towards the source: then the destination port is the data-source port, and the
 * source port the data-destination port. A property of each type, not of the range it is in (POLR).
 */
export function isUpstream(type: PacketType): boolean {
  return ((UPSTREAM >> type) & 1) !== 0;
}

/** The four ranges of the type nibble (section 8). They describe; they decide nothing. */
export type PacketRange = "SPM-like" | "DATA-like" | "NAK-like" | "SPMR-like";

const PACKET_RANGES: readonly PacketRange[] = ["SPM-like", "DATA-like", "NAK-like", "SPMR-like"];

/** The range that a type nibble, `0 .. 15`, is in. */
export function packetRange(nibble: number): PacketRange {
  return PACKET_RANGES[(nibble >> 2) & 3]!;
}

/** The bits of the options octet, in the order of every deployed implementation (decision 0001). */
export const OptionsOctet = {
  /** Option extensions are present. */
  PRESENT: 0x01,
  /** One of them is network-significant. */
  NETWORK: 0x02,
  /** OPT_VAR_PKTLEN: the parity packet stands for data packets of different lengths. */
  VAR_PKTLEN: 0x40,
  /** OPT_PARITY: a parity packet, or a request for or confirmation of some. */
  PARITY: 0x80,
} as const;

/** The option types. */
export const OptionType = {
  LENGTH: 0x00,
  FRAGMENT: 0x01,
  NAK_LIST: 0x02,
  JOIN: 0x03,
  NAK_BO_IVL: 0x04,
  NAK_BO_RNG: 0x05,
  REDIRECT: 0x07,
  PARITY_PRM: 0x08,
  PARITY_GRP: 0x09,
  CURR_TGSIZE: 0x0a,
  NBR_UNREACH: 0x0b,
  PATH_NLA: 0x0c,
  SYN: 0x0d,
  FIN: 0x0e,
  RST: 0x0f,
  CR: 0x10,
  CRQST: 0x11,
  PGMCC_DATA: 0x12,
  PGMCC_FEEDBACK: 0x13,
  INVALID: 0x7f,
} as const;
/** A member of {@link OptionType}. */
export type OptionType = (typeof OptionType)[keyof typeof OptionType];
/** The name of an option type, as the RFC writes it, without `OPT_`. */
export type OptionTypeName = keyof typeof OptionType;

const OPTION_TYPE_NAMES: ReadonlyMap<number, OptionTypeName> = new Map(
  (Object.keys(OptionType) as OptionTypeName[]).map((name) => [OptionType[name], name]),
);

/** The name of an option type, or `undefined` when the code is not assigned. */
export function optionTypeName(code: number): OptionTypeName | undefined {
  return OPTION_TYPE_NAMES.get(code);
}

/** What a POLL asks for: POLL_S_TYPE (section 14.7.1). */
export const PollSubType = { GENERAL: 0, DLR: 1 } as const;
/** A member of {@link PollSubType}. */
export type PollSubType = (typeof PollSubType)[keyof typeof PollSubType];
