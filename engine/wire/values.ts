/**
 * PGM packets as plain values: for building, comparing and printing them. What is absent has its default, so that a
 * value is short and two values of the same packet are deeply equal. Numbers are unsigned; `...Us` is microseconds.
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";

/** A packet (RFC 3208, section 8). */
export type PacketValue =
  | SpmValue
  | PollValue
  | PolrValue
  | DataValue
  | NakValue
  | SpmrValue
  | AckValue;

/** What all packets have. */
export interface PacketBase {
  /** As on the wire: the data-source port downstream (SPM, POLL, ODATA, RDATA, NCF), else the data-destination port. */
  readonly sourcePort: number;
  /** As on the wire: the data-destination port downstream, else the data-source port. */
  readonly destinationPort: number;
  /** The globally unique source identifier as a 48-bit integer. */
  readonly gsi: number;
  /** OPT_PARITY. On data packets, NAK, NNAK, NCF and POLR. */
  readonly parity?: true;
  /** OPT_VAR_PKTLEN. Only with `parity`, on data packets. */
  readonly varPktlen?: true;
  /** The option extensions without OPT_LENGTH, in wire order: the network-significant ones first. */
  readonly options: readonly OptionValue[];
}

/** Source path message (section 8.1). */
export interface SpmValue extends PacketBase {
  /** The packet type. */
  readonly type: "SPM";
  /** SPM_SQN, a sequence of its own. */
  readonly sqn: Sqn;
  /** SPM_TRAIL. */
  readonly trail: Sqn;
  /** SPM_LEAD. */
  readonly lead: Sqn;
  /** SPM_PATH: the interface of the PGM element that sent or forwarded it. */
  readonly pathNla: Nla;
}

/** Poll request (section 14.7.1). */
export interface PollValue extends PacketBase {
  /** The packet type. */
  readonly type: "POLL";
  /** POLL_SQN. */
  readonly sqn: Sqn;
  /** POLL_ROUND, 16 bits. */
  readonly round: number;
  /** POLL_S_TYPE, 16 bits: a {@link PollSubType} or one that is not known. */
  readonly subType: number;
  /** POLL_PATH: where replies go. */
  readonly pathNla: Nla;
  /** POLL_BO_IVL. */
  readonly boIvlUs: number;
  /** POLL_RAND, a string of 32 bits. */
  readonly rand: number;
  /** POLL_MASK, a string of 32 bits. */
  readonly mask: number;
}

/** Poll response (section 14.7.2). */
export interface PolrValue extends PacketBase {
  /** The packet type. */
  readonly type: "POLR";
  /** POLR_SQN: that of the poll. */
  readonly sqn: Sqn;
  /** POLR_ROUND, 16 bits: that of the poll. */
  readonly round: number;
}

/** Original data and repair data, with or without OPT_PARITY (section 8.2). */
export interface DataValue extends PacketBase {
  /** The packet type. */
  readonly type: "ODATA" | "RDATA";
  /** OD_SQN or RD_SQN. */
  readonly sqn: Sqn;
  /** OD_TRAIL or RD_TRAIL: the trailing edge of the transmit window. */
  readonly trail: Sqn;
  /** At most 65535 octets. */
  readonly payload: Uint8Array;
}

/** Negative acknowledgement, null NAK, NAK confirmation (section 8.3). */
export interface NakValue extends PacketBase {
  /** The packet type. */
  readonly type: "NAK" | "NNAK" | "NCF";
  /** The sequence number requested or confirmed; with `parity`, TG_SQN + PKT_CNT. */
  readonly sqn: Sqn;
  /** The source of the missing data. */
  readonly sourceNla: Nla;
  /** The multicast group. */
  readonly groupNla: Nla;
}

/** SPM request (section 13.6). */
export interface SpmrValue extends PacketBase {
  /** The packet type. */
  readonly type: "SPMR";
}

/** Acknowledgement of PGMCC. */
export interface AckValue extends PacketBase {
  /** The packet type. */
  readonly type: "ACK";
  /** RX_MAX: the newest sequence number received. */
  readonly rxMax: Sqn;
  /** Bit i (the least significant is 0) tells whether `rxMax - i` was received. */
  readonly bitmap: number;
}

/** What a network element does with an option that it does not know: ignore (absent), invalidate, discard, reserved. */
export type Opx = 1 | 2 | 3;

/** The flags of every option. */
export interface OptionFlags {
  /** OPX. 3 is reserved: it is received, never sent. */
  readonly opx?: Opx;
  /** F, OP_ENCODED. Sent on parity packets only; tolerated elsewhere. */
  readonly encoded?: true;
  /** U, OP_ENCODED_NULL. Sent on parity packets only; tolerated elsewhere. */
  readonly encodedNull?: true;
}

/** The position of a fragment in its APDU (section 9.2). */
export interface Fragment {
  /** The sequence number of the fragment at offset 0. */
  readonly firstSqn: Sqn;
  /** The offset of the fragment in the APDU, octets. */
  readonly offset: number;
  /** The length of the whole APDU, octets. */
  readonly apduLength: number;
}

/** Which reports OPT_CRQST asks for (section 12.7.2). */
export interface ReportRequest {
  /** L: the worst link, as network elements measure it. */
  readonly neWorstLink: boolean;
  /** P: the worst path, as network elements measure it. */
  readonly neWorstPath: boolean;
  /** R: the worst path, as receivers measure it. */
  readonly receiverWorstPath: boolean;
}

/** An option extension (section 9; 11.8 for parity, 12.7 for congestion reports, 15.4 for implosion prevention). */
export type OptionValue =
  & OptionFlags
  & (
    | { readonly type: "FRAGMENT" } & Fragment
    /** OPT_FRAGMENT of a parity packet: octets 3 to 15 are a combination of those of the data packets (11.2). */
    | { readonly type: "ENCODED_FRAGMENT"; readonly octets: Uint8Array }
    /** `1 ..= 62` sequence numbers, ascending from the one in the packet's header, which is not among them. */
    | { readonly type: "NAK_LIST"; readonly sqns: readonly Sqn[] }
    | { readonly type: "JOIN"; readonly minSqn: Sqn }
    /** `pollSqn` is 0 when the interval is not derived from a poll. */
    | { readonly type: "NAK_BO_IVL"; readonly ivlUs: number; readonly pollSqn: Sqn }
    /** `1 <= minUs <= maxUs`. */
    | { readonly type: "NAK_BO_RNG"; readonly maxUs: number; readonly minUs: number }
    | { readonly type: "REDIRECT"; readonly nla: Nla }
    /** `tgSize` is a power of two; at least one of the two kinds of parity is offered. */
    | { readonly type: "PARITY_PRM"; readonly proActive: boolean; readonly onDemand: boolean; readonly tgSize: number }
    /** At least 1. */
    | { readonly type: "PARITY_GRP"; readonly group: number }
    /** At least 1, at most the `tgSize` of a PARITY_PRM in the same packet. */
    | { readonly type: "CURR_TGSIZE"; readonly size: number }
    | { readonly type: "NBR_UNREACH" }
    | { readonly type: "PATH_NLA"; readonly nla: Nla }
    | { readonly type: "SYN" }
    | { readonly type: "FIN" }
    /** `noNaks` is the N bit: the source takes no NAKs any more. `errorCode` is `0 ..= 63`. */
    | { readonly type: "RST"; readonly noNaks: boolean; readonly errorCode: number }
    | CongestionReport
    | { readonly type: "CRQST" } & ReportRequest
    /** `acker` is the all-zero address while there is none. */
    | { readonly type: "PGMCC_DATA"; readonly timestamp: number; readonly acker: Nla }
    | PgmccFeedback
    | UnknownOption
  );

/** OPT_CR (section 12.7.1). A report that is absent is not made: its bit and its field are 0. */
export interface CongestionReport {
  /** The option type. */
  readonly type: "CR";
  /** The leading edge of the transmit window known to the reporter. */
  readonly lead: Sqn;
  /** NE_WL, as {@link reportFromShare} gives it. */
  readonly neWorstLink?: number;
  /** NE_WP, likewise. */
  readonly neWorstPath?: number;
  /** RX_WP, likewise. */
  readonly receiverWorstPath?: number;
  /** The worst receiver. */
  readonly receiver: Nla;
}

/** OPT_PGMCC_FEEDBACK. */
export interface PgmccFeedback {
  /** The option type. */
  readonly type: "PGMCC_FEEDBACK";
  /** The time stamp echoed, 32 bits. */
  readonly timestamp: number;
  /** As {@link reportFromShare} gives it. */
  readonly lossRate: number;
  /** Who reports. */
  readonly receiver: Nla;
  /** ACKER_LEAVING: the acker leaves the session. */
  readonly leaving: boolean;
}

/** An option that is not interpreted: not assigned, OPT_INVALID, or one that has to be ignored where it was found. */
export interface UnknownOption {
  /** No option type of the RFC. */
  readonly type: "UNKNOWN";
  /** The option type without OPT_END, 7 bits. */
  readonly code: number;
  /** The 7 option-specific bits; absent when 0. */
  readonly bits?: number;
  /** The value after the 4 octets of the option header, at most 251 octets. */
  readonly octets: Uint8Array;
}

/** The option of a type. */
export type OptionOf<Type extends OptionValue["type"]> = Extract<OptionValue, { readonly type: Type }>;

/** A loss or load share in `0 .. 1` as the 16 bits of OPT_CR and OPT_PGMCC_FEEDBACK: 0xffff is 100 %. */
export function reportFromShare(share: number): number {
  return Math.round(share * 0xffff);
}

/** The share in `0 .. 1` that 16 bits of OPT_CR or OPT_PGMCC_FEEDBACK stand for. */
export function shareFromReport(report: number): number {
  return report / 0xffff;
}
