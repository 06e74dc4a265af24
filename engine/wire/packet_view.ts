/**
 * A received packet, validated once and read in place (RFC 3208, section 8).
 *
 * {@link viewPacket} does all the validation; nothing below it can fail. A view is made once for a datagram and shared
 * by everyone who receives a copy: what all of them look at is in plain fields, the rest is read when asked for and
 * then remembered.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Datagram } from "../base/datagram.ts";
import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { isData, isUpstream, OptionsOctet, OptionType, PacketType, packetTypeName } from "./constants.ts";
import { nlaLengthByAfi, readAfiNla, readU16, readU32, readU48 } from "./octets.ts";
import { findOption, IGNORED, judgeOption, optionBit, optionCode } from "./option_scan.ts";
import { readFragment, readOption, readUnknownOption } from "./options.ts";
import { HEADER, PacketScan, scanPacket } from "./packet_scan.ts";
import { ParseError } from "./parse_error.ts";
import type { Fragment, OptionOf, OptionValue, PacketValue } from "./values.ts";

export { ParseError, parseErrorName } from "./parse_error.ts";
export type { Fragment } from "./values.ts";

/**
 * The view of a datagram: the same object for all copies of it. Never throws, whatever the octets: look at
 * {@link PacketView.error} first.
 *
 * @example
 * ```ts
 * import { Datagram, encodePacket, ParseError, parseErrorName, parseNla, viewPacket } from "@pgmlab/pgmlab";
 *
 * const bytes = encodePacket({ type: "SPMR", sourcePort: 7500, destinationPort: 4000, gsi: 0x0a0b0c, options: [] });
 * const header = { source: parseNla("10.0.0.2")!, destination: parseNla("239.192.0.1")!, ttl: 1, routerAlert: false };
 *
 * const view = viewPacket(new Datagram({ ...header, bytes }));
 * if (view.error !== ParseError.None) throw new Error(parseErrorName(view.error));
 * if (view.gsi !== 0x0a0b0c || view.toValue().type !== "SPMR") throw new Error("another packet");
 *
 * const cut = viewPacket(new Datagram({ ...header, bytes: bytes.subarray(0, 10) }));
 * if (cut.error === ParseError.None) throw new Error("ten octets are no packet");
 * ```
 */
export function viewPacket(datagram: Datagram): PacketView {
  const memo = datagram.memo;
  if (memo.view === undefined) memo.view = new PacketView(datagram.bytes);
  return memo.view as PacketView;
}

const NOTHING = new Uint8Array(0);
const NO_SQNS: readonly Sqn[] = [];
const NO_OPTIONS: readonly OptionValue[] = [];
/** What the fields of malformed packets are read from. */
const BLANK = new Uint8Array(HEADER + 12);

/** What the scan of the packet at hand found; overwritten by the next. */
const scan = new PacketScan();

/** A packet. If `error` is not `None`, only `error` and `bytes` may be used. */
export class PacketView {
  /** `ParseError.None`, or why the packet is malformed. */
  readonly error: ParseError;
  /** The whole packet. */
  readonly bytes: Uint8Array;
  /** The packet type. */
  readonly type: PacketType;
  /** The globally unique source identifier as a 48-bit integer. */
  readonly gsi: number;
  /** The upper 24 bits of the GSI: with `gsiLow`, for comparing without a 48-bit number. */
  readonly gsiHigh: number;
  /** The lower 24 bits of the GSI. */
  readonly gsiLow: number;
  /** The data-source port: with `gsi` it is the TSI. */
  readonly sessionPort: number;
  /** The data-destination port. */
  readonly groupPort: number;
  /** SPM_SQN, the data SQN, the requested SQN, POLL_SQN, POLR_SQN or RX_MAX; 0 for SPMR. */
  readonly sqn: Sqn;
  /** The trailing edge of the transmit window in SPM, ODATA and RDATA; else 0. */
  readonly trail: Sqn;
  /** The leading edge of the transmit window in SPM; else 0. */
  readonly lead: Sqn;
  /** The length of the payload. */
  readonly tsduLength: number;
  /** OPT_PARITY. */
  readonly parity: boolean;
  /** OPT_VAR_PKTLEN. */
  readonly varPktlen: boolean;
  /** Whether there are option extensions. */
  readonly hasOptions: boolean;
  /** How many options of a known type are ignored: where they may not be, or with a value that cannot be. */
  readonly ignoredOptions: number;
  readonly #optionsAt: number;
  readonly #optionsEnd: number;
  readonly #present: number;
  #payload: Uint8Array | undefined = undefined;
  #firstNla: Nla | undefined = undefined;
  #groupNla: Nla | undefined = undefined;
  #fragment: Fragment | undefined = undefined;
  #options: readonly OptionValue[] | undefined = undefined;

  /** Validates a packet. Never throws. */
  constructor(bytes: Uint8Array) {
    const error = scanPacket(bytes, scan);
    const octets = error === ParseError.None ? bytes : BLANK;
    const type = octets[4]! as PacketType;
    const upstream = isUpstream(type);
    const hasTrail = type === PacketType.SPM || isData(type);
    this.error = error;
    this.bytes = bytes;
    this.type = type;
    this.gsi = readU48(octets, 8);
    this.gsiHigh = (octets[8]! << 16) | (octets[9]! << 8) | octets[10]!;
    this.gsiLow = (octets[11]! << 16) | (octets[12]! << 8) | octets[13]!;
    this.sessionPort = readU16(octets, upstream ? 2 : 0);
    this.groupPort = readU16(octets, upstream ? 0 : 2);
    this.sqn = type === PacketType.SPMR ? 0 : readU32(octets, HEADER);
    this.trail = hasTrail ? readU32(octets, HEADER + 4) : 0;
    this.lead = type === PacketType.SPM ? readU32(octets, HEADER + 8) : 0;
    this.tsduLength = readU16(octets, 14);
    this.parity = (octets[5]! & OptionsOctet.PARITY) !== 0;
    this.varPktlen = (octets[5]! & OptionsOctet.VAR_PKTLEN) !== 0;
    this.hasOptions = (octets[5]! & OptionsOctet.PRESENT) !== 0;
    this.ignoredOptions = scan.options.ignored;
    this.#optionsAt = scan.optionsAt;
    this.#optionsEnd = scan.options.end;
    this.#present = scan.options.present;
  }

  /** The offset of OPT_LENGTH, if there are options. */
  get optionsAt(): number {
    return this.#optionsAt;
  }

  /** The offset after the last option: that of the payload. */
  get optionsEnd(): number {
    return this.#optionsEnd;
  }

  /** The payload of ODATA and RDATA, else empty; the same object at each call. */
  payload(): Uint8Array {
    return this.#payload ??= isData(this.type) ? this.bytes.subarray(this.#optionsEnd) : NOTHING;
  }

  /** SPM_PATH or POLL_PATH. Of SPM and POLL. */
  pathNla(): Nla {
    const { type } = this;
    assert(type === PacketType.SPM || type === PacketType.POLL, `${packetTypeName(type)} has no path NLA`);
    return this.#firstNla ??= readAfiNla(this.bytes, type === PacketType.SPM ? 28 : 24);
  }

  /** The NLA of the source. Of NAK, NNAK and NCF. */
  sourceNla(): Nla {
    this.#assertNakLike();
    return this.#firstNla ??= readAfiNla(this.bytes, 20);
  }

  /** The NLA of the group. Of NAK, NNAK and NCF. */
  groupNla(): Nla {
    this.#assertNakLike();
    return this.#groupNla ??= readAfiNla(this.bytes, 24 + nlaLengthByAfi(this.bytes, 20));
  }

  /** Whether the packet has an option of a type that is not ignored. */
  hasOption(type: OptionType): boolean {
    return (this.#present & optionBit(type)) !== 0;
  }

  /** OPT_FRAGMENT of a data packet without OPT_PARITY; the same object at each call. */
  fragment(): Fragment | undefined {
    if (this.parity || !this.hasOption(OptionType.FRAGMENT)) return undefined;
    return this.#fragment ??= readFragment(
      this.bytes,
      findOption(this.bytes, this.#optionsAt, OptionType.FRAGMENT),
    );
  }

  /** The sequence numbers of OPT_NAK_LIST in wire order, which ascends, or none; the same object at each call. */
  nakList(): readonly Sqn[] {
    return this.hasOption(OptionType.NAK_LIST) ? this.option("NAK_LIST")!.sqns : NO_SQNS;
  }

  /** The first option of a type that is not ignored. */
  option<Type extends OptionValue["type"]>(type: Type): OptionOf<Type> | undefined {
    return this.options().find((option): option is OptionOf<Type> => option.type === type);
  }

  /** All options without OPT_LENGTH in wire order; the ignored ones as `UNKNOWN`. The same array at each call. */
  options(): readonly OptionValue[] {
    return this.#options ??= this.hasOptions ? this.#readOptions() : NO_OPTIONS;
  }

  /** The packet as a plain value. Payloads and unknown options share the octets of the packet. */
  toValue(): PacketValue {
    const { bytes, sqn } = this;
    const common = {
      sourcePort: readU16(bytes, 0),
      destinationPort: readU16(bytes, 2),
      gsi: this.gsi,
      ...(this.parity ? { parity: true as const } : {}),
      ...(this.varPktlen ? { varPktlen: true as const } : {}),
      options: this.options(),
    };
    const type = packetTypeName(this.type);
    switch (type) {
      case "SPM":
        return { type, ...common, sqn, trail: this.trail, lead: this.lead, pathNla: this.pathNla() };
      case "POLL": {
        const afterPath = 28 + nlaLengthByAfi(bytes, 24);
        return {
          type,
          ...common,
          sqn,
          round: readU16(bytes, 20),
          subType: readU16(bytes, 22),
          pathNla: this.pathNla(),
          boIvlUs: readU32(bytes, afterPath),
          rand: readU32(bytes, afterPath + 4),
          mask: readU32(bytes, afterPath + 8),
        };
      }
      case "POLR":
        return { type, ...common, sqn, round: readU16(bytes, 20) };
      case "ODATA":
      case "RDATA":
        return { type, ...common, sqn, trail: this.trail, payload: this.payload() };
      case "NAK":
      case "NNAK":
      case "NCF":
        return { type, ...common, sqn, sourceNla: this.sourceNla(), groupNla: this.groupNla() };
      case "SPMR":
        return { type, ...common };
      case "ACK":
        return { type, ...common, rxMax: sqn, bitmap: readU32(bytes, 20) };
    }
  }

  #assertNakLike(): void {
    const { type } = this;
    const nakLike = type === PacketType.NAK || type === PacketType.NNAK || type === PacketType.NCF;
    assert(nakLike, `${packetTypeName(type)} has no source and group NLA`);
  }

  /** An option counts if it is neither ignored by itself nor struck out for what is beside it. */
  #readOptions(): OptionValue[] {
    const { bytes } = this;
    const options: OptionValue[] = [];
    for (let at = this.#optionsAt + 4; at < this.#optionsEnd; at += bytes[at + 1]!) {
      const counts = judgeOption(bytes, at, this) !== IGNORED && this.hasOption(optionCode(bytes, at) as OptionType);
      options.push(counts ? readOption(bytes, at, this.parity) : readUnknownOption(bytes, at));
    }
    return options;
  }
}
