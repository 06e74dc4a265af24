/**
 * A designated local repairer on a {@link Rig}: its parent and those who ask it are on its subnet, the source is beyond.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  DesignatedRepairer,
  type Nla,
  type PacketValue,
  RECEIVER_DEFAULTS,
  type ReceiverConfig,
  REPAIRER_DEFAULTS,
  type RepairerConfig,
} from "../../engine/mod.ts";
import { DPORT, GROUP, GSI, nak, ncf, nla, odata, Rig, type Said, SOURCE, spm, SPORT } from "./rig.ts";

/** The PGM hop above the repairer. */
export const PARENT = nla("10.0.1.1");
/** The repairer. */
export const REPAIRER = nla("10.0.1.9");
/** A PGM hop below, on the same link. */
export const BELOW = nla("10.0.1.2");

/** Runs one repairer in its own time. */
export class RepairerBench extends Rig<DesignatedRepairer> {
  readonly delivered: number[] = [];

  constructor(config: Partial<RepairerConfig> = {}, receiver: Partial<ReceiverConfig> = {}, seed = 1) {
    const delivered: number[] = [];
    super((host) =>
      new DesignatedRepairer(host, {
        repairer: { ...REPAIRER_DEFAULTS, ...config },
        receiver: { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT, ...receiver },
        listener: { onMessage: (_now, _session, _message, sqn) => delivered.push(sqn), onLoss: () => {} },
      }), { addresses: [REPAIRER, nla("10.9.0.9")], seed });
    this.delivered = delivered;
  }

  /** An SPM arrives whose path is the parent. */
  spm(fields: Partial<Parameters<typeof spm>[0]> = {}): this {
    return this.hears(spm({ sqn: 1, trail: 0, lead: 9, pathNla: PARENT, ...fields }));
  }

  /** An NCF for someone's NAK arrives from the parent. */
  ncf(fields: Parameters<typeof ncf>[0]): this {
    return this.hears(ncf(fields));
  }

  /** A NAK that is directed to the repairer arrives. */
  nak(from: Nla, fields: Parameters<typeof nak>[0]): this {
    return this.hears(nak(fields), { source: from, destination: REPAIRER });
  }

  /** A search of the parent for repairers arrives. */
  poll(fields: Partial<Extract<PacketValue, { type: "POLL" }>> = {}): this {
    const ports = { sourcePort: SPORT, destinationPort: DPORT, gsi: GSI };
    const request = { sqn: 7, round: 0, subType: 1, pathNla: PARENT, boIvlUs: 50_000, rand: 0, mask: 0 };
    return this.hears({ type: "POLL", ...ports, ...request, options: [], ...fields });
  }

  /** Asserts exactly what was said since the last look, as `TYPE SQN+... -> DESTINATION`, parity as `TYPE* ...`. */
  told(...expected: string[]): this {
    assertEquals(this.lines(), expected);
    return this;
  }

  /** The same. */
  lines(): string[] {
    return this.said().map(line);
  }
}

/** A repairer that has received 0 .. 9, knows its parent, and has said nothing. */
export function repairerBench(...args: ConstructorParameters<typeof RepairerBench>): RepairerBench {
  const bench = new RepairerBench(...args);
  for (let sqn = 0; sqn <= 9; sqn++) bench.hears(odata({ sqn }));
  return bench.spm().told();
}

const NAMES = new Map<Nla, string>([[GROUP, "group"], [PARENT, "parent"], [BELOW, "below"], [SOURCE, "source"]]);

function line({ datagram, value }: Said): string {
  const list = value.options.find((option) => option.type === "NAK_LIST");
  const sqns = "sqn" in value ? [value.sqn, ...(list?.sqns ?? [])] : [];
  return `${value.type}${value.parity ? "*" : ""} ${sqns.join("+")} -> ${
    NAMES.get(datagram.destination) ?? datagram.destination
  }`;
}
