/**
 * Why a packet is malformed: a closed set, so that every cause can be counted by itself.
 *
 * @module
 */

/** The causes for which a packet is discarded (RFC 3208, sections 8 and 9), in the order in which they are looked for. */
export const ParseError = {
  /** The packet is well-formed. */
  None: 0,
  /** It ends before its headers do. */
  Truncated: 1,
  /** Its checksum is not 0 and does not verify. */
  BadChecksum: 2,
  /** A version or reserved bit of the type octet is set. */
  BadVersion: 3,
  /** No packet type has this code. */
  UnknownType: 4,
  /** ODATA or RDATA without a checksum. */
  ChecksumMissing: 5,
  /** OPT_VAR_PKTLEN without OPT_PARITY. */
  VarPktlenWithoutParity: 6,
  /** An address family other than IPv4 and IPv6. */
  UnknownAfi: 7,
  /** The extensions do not begin with a well-formed OPT_LENGTH. */
  OptLengthMissing: 8,
  /** OPT_LENGTH goes beyond the end of the packet. */
  OptionsOverrun: 9,
  /** OPT_LENGTH with no option after it. */
  NoOptions: 10,
  /** More than 16 options besides OPT_LENGTH. */
  TooManyOptions: 11,
  /** An option shorter than its own header. */
  OptionTooShort: 12,
  /** An option that goes beyond the total length that OPT_LENGTH states. */
  OptionOverrun: 13,
  /** OPT_END on an option that is not the last. */
  OptEndEarly: 14,
  /** No OPT_END on the last option. */
  OptEndMissing: 15,
  /** A second OPT_LENGTH. */
  OptLengthRepeated: 16,
  /** An option whose length is not one that its type can have. */
  BadOptionLength: 17,
  /** OPT_NAK_LIST that does not ascend strictly from the sequence number in the header. */
  NakListOrder: 18,
  /** OPT_FRAGMENT that contradicts itself or the packet that carries it. */
  FragmentContradiction: 19,
  /** OPT_PARITY_GRP with group 0. */
  ParityGroupZero: 20,
  /** TSDU length other than the length of the payload, or not 0 where there is none. */
  TsduLength: 21,
  /** Octets after the end of a packet that has no payload. */
  TrailingOctets: 22,
} as const;
/** A member of {@link ParseError}. */
export type ParseError = (typeof ParseError)[keyof typeof ParseError];

const PARSE_ERROR_NAMES: readonly string[] = [
  "well-formed",
  "truncated",
  "bad checksum",
  "version or reserved bits set in the type octet",
  "unknown packet type",
  "data packet without checksum",
  "OPT_VAR_PKTLEN without OPT_PARITY",
  "unknown address family",
  "OPT_LENGTH missing",
  "OPT_LENGTH beyond the packet",
  "OPT_LENGTH without options",
  "more than 16 options",
  "option shorter than its header",
  "option beyond OPT_LENGTH",
  "OPT_END before the last option",
  "OPT_END missing",
  "OPT_LENGTH repeated",
  "wrong option length",
  "OPT_NAK_LIST out of order",
  "contradictory OPT_FRAGMENT",
  "OPT_PARITY_GRP 0",
  "wrong TSDU length",
  "trailing octets",
];

/** The cause in a few words, for counters and people. */
export function parseErrorName(error: ParseError): string {
  return PARSE_ERROR_NAMES[error]!;
}
