/**
 * The code points of PGM (RFC 3208, sections 8, 9 and 14.7). ACK, PGMCC_DATA and PGMCC_FEEDBACK are not in the RFC:
 * they are what deployed implementations of PGMCC use.
 *
 * @module
 */

/** The packet types. */
export const PacketType = {
  /** Source path message (section 8.1). */
  SPM: 0x00,
  /** Poll request (section 14.7.1). */
  POLL: 0x01,
  /** Poll response (section 14.7.2). */
  POLR: 0x02,
  /** Original data (section 8.2). */
  ODATA: 0x04,
  /** Repair data (section 8.2). */
  RDATA: 0x05,
  /** Negative acknowledgement (section 8.3). */
  NAK: 0x08,
  /** Null NAK, which repairers send to the source (section 8.3). */
  NNAK: 0x09,
  /** NAK confirmation (section 8.3). */
  NCF: 0x0a,
  /** SPM request (section 13.6). */
  SPMR: 0x0c,
  /** Acknowledgement of PGMCC; not in the RFC. */
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
  /** The total length of the options; always the first (section 9.1). */
  LENGTH: 0x00,
  /** The place of a fragment in its APDU (section 9.2). */
  FRAGMENT: 0x01,
  /** Further sequence numbers of a NAK or NCF (section 9.3). */
  NAK_LIST: 0x02,
  /** How far back a late joiner may ask (section 9.4). */
  JOIN: 0x03,
  /** The back-off interval of NAKs (section 15.4.1). */
  NAK_BO_IVL: 0x04,
  /** The range of that interval (section 15.4.2). */
  NAK_BO_RNG: 0x05,
  /** The repairer to send NAKs to (section 9.5). */
  REDIRECT: 0x07,
  /** Which parity the source offers, and its group size (section 11.8.1). */
  PARITY_PRM: 0x08,
  /** The transmission group of a parity packet (section 11.8.2). */
  PARITY_GRP: 0x09,
  /** The size of a group that is shorter than the others (section 11.8.3). */
  CURR_TGSIZE: 0x0a,
  /** The sender cannot reach downstream neighbours by multicast (section 15.4.3). */
  NBR_UNREACH: 0x0b,
  /** The interface that the sender of an NCF reaches the recipient through (section 15.4.4). */
  PATH_NLA: 0x0c,
  /** The session begins (section 9.6). */
  SYN: 0x0d,
  /** The session ends (section 9.7). */
  FIN: 0x0e,
  /** The session is broken off (section 9.8). */
  RST: 0x0f,
  /** Congestion report (section 12.7.1). */
  CR: 0x10,
  /** Which congestion reports are wanted (section 12.7.2). */
  CRQST: 0x11,
  /** Time stamp and acker of PGMCC; not in the RFC. */
  PGMCC_DATA: 0x12,
  /** Feedback of a receiver for PGMCC; not in the RFC. */
  PGMCC_FEEDBACK: 0x13,
  /** What a network element that does not know an option may turn it into (section 9). */
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
export const PollSubType = {
  /** Each PGM child replies, with a probability that POLL_MASK sets (section 14.3). */
  GENERAL: 0,
  /** Repairers reply (section 9.5.2). */
  DLR: 1,
} as const;
/** A member of {@link PollSubType}. */
export type PollSubType = (typeof PollSubType)[keyof typeof PollSubType];
