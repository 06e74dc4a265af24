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
export type { ReceiveBudget } from "./receiver/receive_budget.ts";
export { Receiver } from "./receiver/receiver.ts";
export { type LossPolicy, RECEIVER_DEFAULTS, type ReceiverConfig } from "./receiver/receiver_config.ts";
export { ReceiverStats, type SessionGauges } from "./receiver/receiver_stats.ts";
export type { Parent, ReceiverListener, Session, SessionContext } from "./receiver/session.ts";
export type { SessionEnd, SessionListener } from "./receiver/session_listener.ts";
export { type Abort, type SendResult, Source, type SourceListener, type SourceState } from "./source/source.ts";
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
