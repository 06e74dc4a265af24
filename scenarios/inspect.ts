/**
 * Captures for people and programs: every packet of a capture, decoded. The shape of {@link InspectedPacket} is what
 * `inspect --json` prints, one object a line.
 *
 * @module
 */

import {
  Datagram,
  describePacket,
  formatGsi,
  type OptionValue,
  packetTypeName,
  type PacketView,
  ParseError,
  parseErrorName,
  pgmChecksum,
  viewPacket,
} from "../engine/mod.ts";
import type { CapturedFrame } from "../netsim/mod.ts";

/** A packet of a capture. Numbers are those of the wire; `trail` and `lead` are absent where the type has none. */
export interface InspectedPacket {
  readonly frame: number;
  /** Since the first frame of the file. */
  readonly timeNs: number;
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly type: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Twelve hexadecimal digits. */
  readonly gsi: string;
  readonly checksum: "good" | "bad" | "none";
  /** SPM_SQN, the data SQN, the requested SQN, POLL_SQN, POLR_SQN or RX_MAX; absent on SPMR. */
  readonly sqn?: number;
  readonly trail?: number;
  readonly lead?: number;
  readonly tsduLength: number;
  /** Whether OPT_PARITY is set. */
  readonly parity: boolean;
  readonly options: readonly Record<string, unknown>[];
  /** Path, source and group addresses and the other fields of the type, where it has them. */
  readonly [field: string]: unknown;
}

/** A frame that holds no packet that can be decoded. */
export interface InspectedError {
  readonly frame: number;
  readonly error: string;
}

/** Decodes one frame. A packet whose only fault is its checksum is decoded, with `checksum: "bad"`. */
export function inspectFrame(frame: CapturedFrame): InspectedPacket | InspectedError {
  if (frame.datagram === undefined) return { frame: frame.number, error: frame.error! };
  const { view, checksum } = viewWhateverChecksum(frame.datagram);
  if (view.error !== ParseError.None) return { frame: frame.number, error: parseErrorName(view.error) };
  const { type, sourcePort, destinationPort, gsi, options, parity, ...fields } = view.toValue();
  const { payload: _, rxMax, varPktlen: __, ...rest } = fields as Record<string, unknown>;
  return {
    frame: frame.number,
    timeNs: frame.timeNs,
    source: frame.datagram.source,
    destination: frame.datagram.destination,
    ttl: frame.datagram.ttl,
    type,
    sourcePort,
    destinationPort,
    gsi: formatGsi(gsi),
    checksum,
    ...(rxMax === undefined ? {} : { sqn: rxMax as number }),
    ...rest,
    tsduLength: view.tsduLength,
    parity: parity ?? false,
    options: options.map(plainOption),
  };
}

/** One line about a frame: time, addresses, what it is. */
export function describeFrame(frame: CapturedFrame): string {
  const number = String(frame.number).padStart(6);
  if (frame.datagram === undefined) return `${number}  ${frame.error}`;
  const { source, destination } = frame.datagram;
  const { view, checksum } = viewWhateverChecksum(frame.datagram);
  const time = (frame.timeNs / 1e9).toFixed(6).padStart(12);
  const fault = checksum === "bad" ? "  [bad checksum]" : "";
  return `${number} ${time}  ${source} > ${destination}  ${describePacket(view)}${fault}`;
}

/** Whether a captured packet came down from a source: what a receiver in its place would have heard. */
export function isDownstream(view: PacketView): boolean {
  return ["SPM", "ODATA", "RDATA", "NCF", "POLL"].includes(packetTypeName(view.type));
}

function viewWhateverChecksum(datagram: Datagram): { view: PacketView; checksum: "good" | "bad" | "none" } {
  const view = viewPacket(datagram);
  if (view.error !== ParseError.BadChecksum) {
    const sent = datagram.bytes.length >= 8 ? (datagram.bytes[6]! << 8) | datagram.bytes[7]! : 0;
    return { view, checksum: sent === 0 ? "none" : "good" };
  }
  const bytes = datagram.bytes.slice();
  const checksum = pgmChecksum(bytes);
  bytes[6] = checksum >> 8;
  bytes[7] = checksum & 0xff;
  return { view: viewPacket(new Datagram({ ...datagram, bytes })), checksum: "bad" };
}

function plainOption(option: OptionValue): Record<string, unknown> {
  const fields = Object.entries(option).map((
    [name, value],
  ) => [name, value instanceof Uint8Array ? hex(value) : value]);
  return Object.fromEntries(fields);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
