/**
 * The PGM engine: RFC 3208 as state machines without I/O, clock or randomness of their own.
 *
 * @module
 */

export { AssertionError } from "./base/assert.ts";
export { Datagram, type DatagramInit, DatagramMemo, IP_PROTOCOL_PGM } from "./base/datagram.ts";
export { drawSourcePort, gsiFromHostname } from "./base/gsi.ts";
export type { Endpoint, Host, Interceptor, InterfaceSet } from "./base/host.ts";
export { isIpv6, isMulticast, type Nla, parseNla } from "./base/nla.ts";
export { chanceThreshold, type Prng, prngFromSeed } from "./base/prng.ts";
export { Slab } from "./base/slab.ts";
export { MAX_WINDOW_SQNS, type Sqn, sqnAdd, sqnAtMost, sqnBefore, sqnDistance, windowSize } from "./base/sqn.ts";
export { formatDuration, type Instant, ms, NEVER, seconds, us } from "./base/time.ts";
export { formatGsi, formatTsi, parseGsi, type Tsi } from "./base/tsi.ts";
export { MAX_FEC_BLOCK, ReedSolomon } from "./fec/reed_solomon.ts";
export { cutTsdu, padTsdu, TSDU_LENGTH_BYTES } from "./fec/variable_length.ts";
export { ELEMENT_DEFAULTS, type ElementConfig } from "./element/element_config.ts";
export { type ElementGauges, ElementStats } from "./element/element_stats.ts";
export { NetworkElement } from "./element/network_element.ts";
export type { NakBoIvlOn, ParentConfig } from "./poll/parent_config.ts";
export { DesignatedRepairer, type DesignatedRepairerInit } from "./repairer/designated_repairer.ts";
export { REPAIRER_DEFAULTS, type RepairerConfig } from "./repairer/repairer_config.ts";
export { type RepairerGauges, RepairerStats } from "./repairer/repairer_stats.ts";
export type { ReceiveBudget } from "./receiver/receive_budget.ts";
export { Receiver } from "./receiver/receiver.ts";
export { type LossPolicy, RECEIVER_DEFAULTS, type ReceiverConfig } from "./receiver/receiver_config.ts";
export { ReceiverStats, type SessionGauges } from "./receiver/receiver_stats.ts";
export type { ParityOffer } from "./receiver/parity_offer.ts";
export type { ReceptionContext, ReceptionWitness } from "./receiver/reception_owner.ts";
export type { Parent } from "./receiver/redirection.ts";
export type { ReceiverListener, Session, SessionContext } from "./receiver/session.ts";
export type { SessionEnd, SessionListener } from "./receiver/session_listener.ts";
export type { SocketClock, WaitOptions } from "./socket/async_calls.ts";
export { AsyncSocket } from "./socket/async_socket.ts";
export { AsyncStack } from "./socket/async_stack.ts";
export type { StackInit } from "./socket/network.ts";
export { PgmSocket } from "./socket/pgm_socket.ts";
export {
  AF_INET,
  AF_INET6,
  E_WINDOW_ADVANCE_BY_TIME,
  E_WINDOW_USE_AS_DATA_CACHE,
  IPPROTO_RM,
  RM_ADD_RECEIVE_IF,
  RM_DEL_RECEIVE_IF,
  RM_FLUSHCACHE,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_LATEJOIN,
  RM_OPTIONSBASE,
  RM_RATE_WINDOW_SIZE,
  RM_RECEIVER_STATISTICS,
  RM_SEND_WINDOW_ADV_RATE,
  RM_SENDER_STATISTICS,
  RM_SENDER_WINDOW_ADVANCE_METHOD,
  RM_SET_MCAST_TTL,
  RM_SET_MESSAGE_BOUNDARY,
  RM_SET_SEND_IF,
  RM_USE_FEC,
  type RmFecInfo,
  type RmGetValues,
  type RmSetValues,
  SOCK_RDM,
  SOCK_STREAM,
} from "./socket/rm_options.ts";
export type { Peer, Readiness, Received, SentSession } from "./socket/role.ts";
export type { RmReceiverStats, RmSenderStats } from "./socket/rm_stats.ts";
export type { RmSendWindow } from "./socket/send_window.ts";
export { Stack } from "./socket/stack.ts";
export { FIONBIO, MSG_PARTIAL, SD_BOTH, SD_RECEIVE, SD_SEND } from "./socket/winsock.ts";
export { WinsockError, WSA, type WsaName } from "./socket/winsock_error.ts";
export { type Abort, type SendResult, Source, type SourceListener, type SourceState } from "./source/source.ts";
export type { ParityConfig } from "./source/parity_config.ts";
export { SOURCE_DEFAULTS, type SourceConfig, type TxwStrategy } from "./source/source_config.ts";
export { type SourceGauges, SourceStats } from "./source/source_stats.ts";
export {
  type TransmitWindowBasis,
  type TransmitWindowEdges,
  transmitWindowEdges,
  type TransmitWindowSize,
  transmitWindowSize,
} from "./source/window_size.ts";
export * from "./wire/mod.ts";
