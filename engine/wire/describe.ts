/**
 * Packets in one line for people: traces, captures, test failures.
 *
 * @module
 */

import { optionTypeName, packetRange } from "./constants.ts";
import { type PacketView, ParseError, parseErrorName } from "./packet_view.ts";
import { type OptionValue, shareFromReport } from "./values.ts";

/** `NAK 104 src 10.0.0.1 grp 239.1.2.3`; `malformed: <cause>` for what is not a packet. Without the TSI. */
export function describePacket(view: PacketView): string {
  if (view.error !== ParseError.None) return `malformed: ${describeError(view)}`;
  const options = view.options().map(describeOption);
  return [describeHeader(view), ...options].join(" ");
}

function describeError(view: PacketView): string {
  const name = parseErrorName(view.error);
  if (view.error !== ParseError.UnknownType) return name;
  const type = view.bytes[4]!;
  return `${name} ${hex(type)} (${packetRange(type)})`;
}

function describeHeader(view: PacketView): string {
  const packet = view.toValue();
  const parity = packet.varPktlen ? " parity varlen" : packet.parity ? " parity" : "";
  switch (packet.type) {
    case "SPM":
      return `SPM ${packet.sqn}${parity} trail ${packet.trail} lead ${packet.lead} path ${packet.pathNla}`;
    case "POLL":
      return `POLL ${packet.sqn}/${packet.round}${parity} type ${packet.subType} path ${packet.pathNla} ` +
        `ivl ${packet.boIvlUs}us rand ${hex(packet.rand, 8)} mask ${hex(packet.mask, 8)}`;
    case "POLR":
      return `POLR ${packet.sqn}/${packet.round}${parity}`;
    case "ODATA":
    case "RDATA":
      return `${packet.type} ${packet.sqn}${parity} trail ${packet.trail} len ${packet.payload.length}`;
    case "NAK":
    case "NNAK":
    case "NCF":
      return `${packet.type} ${packet.sqn}${parity} src ${packet.sourceNla} grp ${packet.groupNla}`;
    case "SPMR":
      return `SPMR${parity}`;
    case "ACK":
      return `ACK ${packet.rxMax}${parity} bitmap ${hex(packet.bitmap, 8)}`;
  }
}

function describeOption(option: OptionValue): string {
  if (option.type === "UNKNOWN") {
    const name = optionTypeName(option.code);
    return name === undefined || name === "INVALID"
      ? `${name ?? `OPT_${hex(option.code)}`}(${option.octets.length} octets)`
      : `${name}(ignored)`;
  }
  const details = describeDetails(option);
  return details === "" ? option.type : `${option.type}(${details})`;
}

function describeDetails(option: OptionValue): string {
  switch (option.type) {
    case "FRAGMENT":
      return `first ${option.firstSqn} off ${option.offset} of ${option.apduLength}`;
    case "NAK_LIST":
      return option.sqns.join(",");
    case "JOIN":
      return `min ${option.minSqn}`;
    case "NAK_BO_IVL":
      return `${option.ivlUs}us,poll ${option.pollSqn}`;
    case "NAK_BO_RNG":
      return `${option.minUs}us..${option.maxUs}us`;
    case "REDIRECT":
    case "PATH_NLA":
      return option.nla;
    case "PARITY_PRM":
      return `${option.proActive ? "P," : ""}${option.onDemand ? "O," : ""}tgs ${option.tgSize}`;
    case "PARITY_GRP":
      return `${option.group}`;
    case "CURR_TGSIZE":
      return `${option.size}`;
    case "RST":
      return `${option.noNaks ? "N," : ""}code ${option.errorCode}`;
    case "CR":
      return `lead ${option.lead}${describeReports(option)} worst ${option.receiver}`;
    case "CRQST":
      return [option.neWorstLink && "L", option.neWorstPath && "P", option.receiverWorstPath && "R"]
        .filter((report) => report !== false).join(",");
    case "PGMCC_DATA":
      return `ts ${option.timestamp} acker ${option.acker}`;
    case "PGMCC_FEEDBACK":
      return `ts ${option.timestamp} loss ${percent(option.lossRate)} rcvr ${option.receiver}` +
        (option.leaving ? " leaving" : "");
    default:
      return "";
  }
}

function describeReports(option: Extract<OptionValue, { type: "CR" }>): string {
  const report = (name: string, value: number | undefined) => value === undefined ? "" : ` ${name} ${percent(value)}`;
  return report("L", option.neWorstLink) + report("P", option.neWorstPath) + report("R", option.receiverWorstPath);
}

function percent(report: number): string {
  return `${(shareFromReport(report) * 100).toFixed(2)}%`;
}

function hex(value: number, digits = 2): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
