/**
 * What Wireshark's dissector and ours say of one frame, and where they differ. Pure: tshark.ts runs the programs.
 *
 * @module
 */

/** The fields that tshark is asked for, in this order, tab-separated. */
export const TSHARK_FIELDS = [
  "frame.number",
  "_ws.malformed",
  "pgm.hdr.type",
  "pgm.hdr.cksum.status",
  "pgm.hdr.sport",
  "pgm.hdr.dport",
  "pgm.hdr.gsi",
  "pgm.hdr.tsdulen",
  "pgm.spm.sqn",
  "pgm.spm.trail",
  "pgm.spm.lead",
  "pgm.nak.sqn",
  "pgm.poll.sqn",
  "pgm.polr.sqn",
  "pgm.ack.maxsqn",
] as const;

/** A frame as both programs see it. `undefined`: not said. */
export interface Frame {
  readonly frame: number;
  /** Why the frame could not be decoded. */
  readonly error: string | undefined;
  readonly type: string | undefined;
  readonly checksum: string | undefined;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  readonly gsi: string | undefined;
  readonly tsduLength: number | undefined;
  readonly sqn: number | undefined;
  readonly trail: number | undefined;
  readonly lead: number | undefined;
}

/** What a capture may hold beside good packets. */
export interface Allowance {
  /** Whether octets were damaged on purpose. */
  readonly damaged: boolean;
  /** Whether packets were made malformed on purpose: tshark looks at less of a packet than we do. */
  readonly malformed: boolean;
}

/** How far two dissections agree. */
export interface Comparison {
  /** PGM packets that both decoded. */
  readonly packets: number;
  readonly differences: readonly string[];
}

const TYPES = new Map([
  [0x00, "SPM"],
  [0x01, "POLL"],
  [0x02, "POLR"],
  [0x04, "ODATA"],
  [0x05, "RDATA"],
  [0x08, "NAK"],
  [0x09, "NNAK"],
  [0x0a, "NCF"],
  [0x0c, "SPMR"],
  [0x0d, "ACK"],
]);
const CHECKSUMS = new Map([["0", "bad"], ["Bad", "bad"], ["1", "good"], ["Good", "good"], ["3", "none"]]);
const COMPARED = ["type", "sourcePort", "destinationPort", "gsi", "tsduLength", "sqn", "trail", "lead"] as const;

/** Reads the lines of `tshark -T fields` with {@link TSHARK_FIELDS}. */
export function parseTshark(text: string): Frame[] {
  return lines(text).map((line) => {
    const cells = line.split("\t");
    const cell = (field: typeof TSHARK_FIELDS[number]) => cells[TSHARK_FIELDS.indexOf(field)] || undefined;
    const number = (field: typeof TSHARK_FIELDS[number]) => toNumber(cell(field)?.split(",")[0]);
    const type = number("pgm.hdr.type");
    // tshark 4.0 files an octet of the checksum itself under the status, too: the status is the last value.
    const status = cell("pgm.hdr.cksum.status")?.split(",").at(-1);
    return {
      frame: number("frame.number")!,
      error: cell("_ws.malformed") === undefined ? undefined : "malformed",
      type: type === undefined ? undefined : TYPES.get(type) ?? `type ${type}`,
      checksum: status === undefined ? undefined : CHECKSUMS.get(status) ?? `status ${status}`,
      sourcePort: number("pgm.hdr.sport"),
      destinationPort: number("pgm.hdr.dport"),
      gsi: cell("pgm.hdr.gsi")?.replaceAll(":", ""),
      tsduLength: number("pgm.hdr.tsdulen"),
      sqn: number("pgm.spm.sqn") ?? number("pgm.nak.sqn") ?? number("pgm.poll.sqn") ?? number("pgm.polr.sqn") ??
        number("pgm.ack.maxsqn"),
      trail: number("pgm.spm.trail"),
      lead: number("pgm.spm.lead"),
    };
  });
}

/** Reads the lines of `inspect --json`. */
export function parseInspect(text: string): Frame[] {
  return lines(text).map((line) => {
    const raw = JSON.parse(line) as Record<string, unknown>;
    const number = (key: string) => typeof raw[key] === "number" ? raw[key] : undefined;
    const string = (key: string) => typeof raw[key] === "string" ? raw[key] : undefined;
    return {
      frame: number("frame") ?? -1,
      error: string("error"),
      type: string("type"),
      checksum: string("checksum"),
      sourcePort: number("sourcePort"),
      destinationPort: number("destinationPort"),
      gsi: string("gsi"),
      tsduLength: number("tsduLength"),
      sqn: number("sqn"),
      trail: number("trail"),
      lead: number("lead"),
    };
  });
}

/** Compares two dissections of one capture. */
export function compareFrames(
  theirs: readonly Frame[],
  ours: readonly Frame[],
  allowance: Allowance,
): Comparison {
  const ourFrames = new Map(ours.map((frame) => [frame.frame, frame]));
  const differences: string[] = [];
  let packets = 0;
  for (const their of theirs) {
    const our = ourFrames.get(their.frame);
    ourFrames.delete(their.frame);
    const found = frameDifferences(their, our, allowance);
    if (found.length === 0 && our?.type !== undefined) packets++;
    differences.push(...found.map((difference) => `frame ${their.frame}: ${difference}`));
  }
  for (const frame of ourFrames.keys()) differences.push(`frame ${frame}: inspect has it, tshark does not`);
  return { packets, differences };
}

function frameDifferences(their: Frame, our: Frame | undefined, { damaged, malformed }: Allowance): string[] {
  // tshark 4.0 takes nothing shorter than 18 octets for PGM: an SPMR without options has 16.
  const undissected = their.type === undefined && their.error === undefined;
  if (undissected && (our?.type === undefined || our.type === "SPMR")) {
    return our?.checksum === "bad" && !damaged ? ["inspect finds a bad checksum"] : [];
  }
  if (their.error !== undefined || their.checksum === "bad") {
    if (!damaged) return [`tshark finds it ${their.error ?? "damaged: bad checksum"}`];
    if (our === undefined || our.error !== undefined || our.checksum === "bad") return [];
    return [`tshark finds it ${their.error ?? "damaged"}, inspect does not`];
  }
  if (malformed && our?.error !== undefined) return [];
  if (our === undefined || our.error !== undefined) {
    return [`tshark dissects ${their.type}, inspect says ${our?.error ?? "nothing"}`];
  }
  const differences = COMPARED.filter((key) => their[key] !== undefined && their[key] !== (our[key] ?? implied(key)))
    .map((key) => `${key} is ${their[key]} in tshark, ${our[key]} in inspect`);
  if (their.checksum !== our.checksum) {
    differences.push(`checksum is ${their.checksum} in tshark, ${our.checksum} in inspect`);
  }
  return differences;
}

/** What inspect may leave out. */
function implied(key: typeof COMPARED[number]): number | undefined {
  return key === "tsduLength" ? 0 : undefined;
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
