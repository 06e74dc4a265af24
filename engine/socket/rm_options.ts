/**
 * The fourteen RM_* options of Windows Reliable Multicast: numbers, who may use them and how, and what their values may
 * be. Nothing here acts; values are checked and given back.
 *
 * How a wrong use fails, in this order:
 *
 * ```text
 *   no such option, not for set or not for get, RM_FLUSHCACHE         WSAENOPROTOOPT
 *   an option of the other role, or of the other type of socket       WSAEOPNOTSUPP
 *   set before bind, or after connect or listen                       WSAEINVAL
 *   a value of another type, or that does not fit the structure       WSAEFAULT
 *   a value that fits and is out of range, or contradicts itself      WSAEINVAL
 * ```
 *
 * @module
 */

import { type Nla, parseNla } from "../base/nla.ts";
import { shown, structure, unsigned } from "./option_values.ts";
import type { RmReceiverStats, RmSenderStats } from "./rm_stats.ts";
import type { RmSendWindow } from "./send_window.ts";
import { WinsockError } from "./winsock_error.ts";

/** Address family: IPv4. */
export const AF_INET = 2;
/** Address family: IPv6. */
export const AF_INET6 = 23;
/** Stream mode: the boundaries of messages are not kept. */
export const SOCK_STREAM = 1;
/** Message mode: each `send` is a message. */
export const SOCK_RDM = 4;
/** Protocol and option level of reliable multicast: PGM. */
export const IPPROTO_RM = 113;

/** The number that those of all options are counted from. */
export const RM_OPTIONSBASE = 1000;
/** Rate and window of a sender: {@link RmSendWindow}. */
export const RM_RATE_WINDOW_SIZE = 1001;
/** The octets of the sender's next message, which may then be given by several `send`; set only, message mode only. */
export const RM_SET_MESSAGE_BOUNDARY = 1002;
/** Defined by Windows and not implemented there: fails. */
export const RM_FLUSHCACHE = 1003;
/** What moves a sender's window: {@link E_WINDOW_ADVANCE_BY_TIME}. */
export const RM_SENDER_WINDOW_ADVANCE_METHOD = 1004;
/** What a sender counted: {@link RmSenderStats}; get only. */
export const RM_SENDER_STATISTICS = 1005;
/** The percentage of the window that late joiners may ask for, 0 .. 75; 0 unless set. */
export const RM_LATEJOIN = 1006;
/** The address of the interface that a sender sends on. */
export const RM_SET_SEND_IF = 1007;
/** The address of an interface that a receiver listens on, besides those added before; set only. */
export const RM_ADD_RECEIVE_IF = 1008;
/** The address of an interface that was added before, and is not listened on after all; set only. */
export const RM_DEL_RECEIVE_IF = 1009;
/** The percentage of the window that one advance drops, 1 .. 50; 15 unless set. */
export const RM_SEND_WINDOW_ADV_RATE = 1010;
/** How a sender uses FEC: {@link RmFecInfo}. Receivers follow the sender. */
export const RM_USE_FEC = 1011;
/** The TTL of what a sender multicasts, 1 .. 255; 255 unless set; set only. */
export const RM_SET_MCAST_TTL = 1012;
/** What a receiver counted: {@link RmReceiverStats}; get only. */
export const RM_RECEIVER_STATISTICS = 1013;
/** A receiver's hint that the LAN carries 100 Mbit/s or more: 0 or 1. Kept, without effect here. */
export const RM_HIGH_SPEED_INTRANET_OPT = 1014;

/** RM_SENDER_WINDOW_ADVANCE_METHOD: by time. The default, and the only one. */
export const E_WINDOW_ADVANCE_BY_TIME = 1;
/** RM_SENDER_WINDOW_ADVANCE_METHOD: refused, as on Windows. */
export const E_WINDOW_USE_AS_DATA_CACHE = 2;

/** The percentage that one advance drops unless RM_SEND_WINDOW_ADV_RATE is set. */
export const DEFAULT_ADVANCE_PERCENT = 15;
/** The largest RM_SEND_WINDOW_ADV_RATE. */
export const MAX_ADVANCE_PERCENT = 50;
/** The largest RM_LATEJOIN. */
export const MAX_LATE_JOIN_PERCENT = 75;
/** RM_SET_MCAST_TTL unless set, and its largest value. */
export const MAX_MCAST_TTL = 255;
/** The octets of the largest message: the largest RM_SET_MESSAGE_BOUNDARY. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** RM_FEC_INFO: how a sender uses FEC (RFC 3208, Appendix A). */
export interface RmFecInfo {
  /** The packets sent for a group, parity included: at most 255, and more than `FECGroupSize`. */
  readonly FECBlockSize: number;
  /** The parity packets sent for each group unasked; 0 for none. */
  readonly FECProActivePackets: number;
  /** The data packets of a group: a power of two, 2 .. 128. */
  readonly FECGroupSize: number;
  /** Whether parity is sent in answer to parity NAKs. */
  readonly fFECOnDemandParityEnabled: boolean;
}

/** RM_USE_FEC unless set: off. */
export const FEC_OFF: RmFecInfo = {
  FECBlockSize: 255,
  FECProActivePackets: 0,
  FECGroupSize: 0,
  fFECOnDemandParityEnabled: false,
};

/** What each option takes. */
export interface RmSetValues {
  /** Rate and window. */
  [RM_RATE_WINDOW_SIZE]: Partial<RmSendWindow>;
  /** Octets, 1 .. 64 Mi. */
  [RM_SET_MESSAGE_BOUNDARY]: number;
  /** {@link E_WINDOW_ADVANCE_BY_TIME}. */
  [RM_SENDER_WINDOW_ADVANCE_METHOD]: number;
  /** Percent, 0 .. 75. */
  [RM_LATEJOIN]: number;
  /** The address of one of the host's interfaces. */
  [RM_SET_SEND_IF]: string;
  /** The address of one of the host's interfaces. */
  [RM_ADD_RECEIVE_IF]: string;
  /** An address that was added. */
  [RM_DEL_RECEIVE_IF]: string;
  /** Percent, 1 .. 50. */
  [RM_SEND_WINDOW_ADV_RATE]: number;
  /** The parameters of FEC. */
  [RM_USE_FEC]: RmFecInfo;
  /** Hops, 1 .. 255. */
  [RM_SET_MCAST_TTL]: number;
  /** 0 or 1. */
  [RM_HIGH_SPEED_INTRANET_OPT]: number;
}

/** What each option gives. RM_SET_SEND_IF gives `0.0.0.0` or `::` as long as none was set. */
export interface RmGetValues {
  /** Rate and window. */
  [RM_RATE_WINDOW_SIZE]: RmSendWindow;
  /** {@link E_WINDOW_ADVANCE_BY_TIME}. */
  [RM_SENDER_WINDOW_ADVANCE_METHOD]: number;
  /** What was counted, now. */
  [RM_SENDER_STATISTICS]: RmSenderStats;
  /** Percent, 0 .. 75. */
  [RM_LATEJOIN]: number;
  /** The address of one of the host's interfaces. */
  [RM_SET_SEND_IF]: string;
  /** Percent, 1 .. 50. */
  [RM_SEND_WINDOW_ADV_RATE]: number;
  /** The parameters of FEC. */
  [RM_USE_FEC]: RmFecInfo;
  /** What was counted, now. */
  [RM_RECEIVER_STATISTICS]: RmReceiverStats;
  /** 0 or 1. */
  [RM_HIGH_SPEED_INTRANET_OPT]: number;
}

/** What a bound socket is. */
export type RmRole = "sender" | "receiver";

/** Who may use an option, and how. */
export interface RmOptionRule {
  /** `RM_LATEJOIN`. */
  readonly name: string;
  /** Whose option it is. */
  readonly role: RmRole;
  /** Whether it can be read. */
  readonly get: boolean;
  /** Whether it can be set. */
  readonly set: boolean;
  /** Whether it works at any time from bind on; otherwise it is set between bind and connect or listen. */
  readonly anyTime: boolean;
}

/** Every option that Windows implements, by number. */
export const RM_OPTIONS: ReadonlyMap<number, RmOptionRule> = new Map([
  [RM_RATE_WINDOW_SIZE, rule("RM_RATE_WINDOW_SIZE", "sender", "get set")],
  [RM_SET_MESSAGE_BOUNDARY, rule("RM_SET_MESSAGE_BOUNDARY", "sender", "set any time")],
  [RM_SENDER_WINDOW_ADVANCE_METHOD, rule("RM_SENDER_WINDOW_ADVANCE_METHOD", "sender", "get set")],
  [RM_SENDER_STATISTICS, rule("RM_SENDER_STATISTICS", "sender", "get any time")],
  [RM_LATEJOIN, rule("RM_LATEJOIN", "sender", "get set")],
  [RM_SET_SEND_IF, rule("RM_SET_SEND_IF", "sender", "get set")],
  [RM_ADD_RECEIVE_IF, rule("RM_ADD_RECEIVE_IF", "receiver", "set")],
  [RM_DEL_RECEIVE_IF, rule("RM_DEL_RECEIVE_IF", "receiver", "set")],
  [RM_SEND_WINDOW_ADV_RATE, rule("RM_SEND_WINDOW_ADV_RATE", "sender", "get set")],
  [RM_USE_FEC, rule("RM_USE_FEC", "sender", "get set")],
  [RM_SET_MCAST_TTL, rule("RM_SET_MCAST_TTL", "sender", "set")],
  [RM_RECEIVER_STATISTICS, rule("RM_RECEIVER_STATISTICS", "receiver", "get any time")],
  [RM_HIGH_SPEED_INTRANET_OPT, rule("RM_HIGH_SPEED_INTRANET_OPT", "receiver", "get set")],
]);

/** How an option is about to be used. */
export interface RmOptionUse {
  readonly level: number;
  readonly option: number;
  readonly use: "get" | "set";
  readonly role: RmRole;
  /** Whether it is too late to set what must be set right after bind. */
  readonly late: boolean;
}

/** Throws unless the option may be used like that. */
export function checkOptionUse({ level, option, use, role, late }: RmOptionUse): void {
  const found = level === IPPROTO_RM ? RM_OPTIONS.get(option) : undefined;
  if (found === undefined) {
    throw new WinsockError("WSAENOPROTOOPT", `there is no option ${shown(option)} of level ${shown(level)}`);
  }
  const { name } = found;
  if (!found[use]) throw new WinsockError("WSAENOPROTOOPT", `${name} has no ${use}`);
  if (found.role !== role) throw new WinsockError("WSAEOPNOTSUPP", `${name} is for ${found.role}s`);
  if (use === "set" && late && !found.anyTime) {
    throw new WinsockError(
      "WSAEINVAL",
      `${name} must be set between bind and ${role === "sender" ? "connect" : "listen"}`,
    );
  }
}

/** A ULONG in `from ..= to`. */
export function checkNumber(what: string, value: unknown, range: { from: number; to: number }): number {
  const number = unsigned(what, value, 0xffff_ffff);
  if (number >= range.from && number <= range.to) return number;
  throw new WinsockError("WSAEINVAL", `${what} ${number} must be in ${range.from} .. ${range.to}`);
}

/** RM_SENDER_WINDOW_ADVANCE_METHOD. */
export function checkAdvanceMethod(value: unknown): number {
  const method = unsigned("RM_SENDER_WINDOW_ADVANCE_METHOD", value, 0xffff_ffff);
  if (method === E_WINDOW_ADVANCE_BY_TIME) return method;
  throw new WinsockError("WSAEINVAL", "the window advances by time only: E_WINDOW_ADVANCE_BY_TIME");
}

/** The address of an interface, of the family that `any` is of. Whether the host has it is not known here. */
export function checkAddress(what: string, value: unknown, any: Nla): Nla {
  const nla = typeof value === "string" ? parseNla(value) : undefined;
  if (nla !== undefined && nla.includes(":") === any.includes(":")) return nla;
  throw new WinsockError("WSAEFAULT", `${what} ${shown(value)} must be an IPv${any.includes(":") ? 6 : 4} address`);
}

/** RM_USE_FEC. */
export function checkFec(value: unknown): RmFecInfo {
  const given = structure("RM_FEC_INFO", value);
  const FECBlockSize = unsigned("FECBlockSize", given["FECBlockSize"], 0xffff);
  const FECProActivePackets = unsigned("FECProActivePackets", given["FECProActivePackets"], 0xffff);
  const FECGroupSize = unsigned("FECGroupSize", given["FECGroupSize"], 0xff);
  const fFECOnDemandParityEnabled = given["fFECOnDemandParityEnabled"];
  if (typeof fFECOnDemandParityEnabled !== "boolean") {
    throw new WinsockError("WSAEFAULT", "fFECOnDemandParityEnabled must be a boolean");
  }
  if (FECBlockSize > 255) throw new WinsockError("WSAEINVAL", `FECBlockSize ${FECBlockSize} must be at most 255`);
  if (FECGroupSize < 2 || (FECGroupSize & (FECGroupSize - 1)) !== 0) {
    throw new WinsockError("WSAEINVAL", `FECGroupSize ${FECGroupSize} must be a power of two, 2 .. 128`);
  }
  if (FECBlockSize <= FECGroupSize) {
    throw new WinsockError("WSAEINVAL", `FECBlockSize ${FECBlockSize} must be more than FECGroupSize ${FECGroupSize}`);
  }
  if (FECProActivePackets > FECBlockSize - FECGroupSize) {
    throw new WinsockError("WSAEINVAL", "FECProActivePackets must be at most FECBlockSize - FECGroupSize");
  }
  if (FECProActivePackets === 0 && !fFECOnDemandParityEnabled) {
    throw new WinsockError("WSAEINVAL", "FEC must send parity unasked, on demand, or both");
  }
  return { FECBlockSize, FECProActivePackets, FECGroupSize, fFECOnDemandParityEnabled };
}

function rule(name: string, role: RmRole, uses: "get set" | "get any time" | "set any time" | "set"): RmOptionRule {
  return { name, role, get: uses.includes("get"), set: uses.includes("set"), anyTime: uses.includes("any") };
}
