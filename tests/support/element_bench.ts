/**
 * A network element on a {@link Rig}: interface 0 leads to the source, 1 to 3 lead down.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  Datagram,
  ELEMENT_DEFAULTS,
  type ElementConfig,
  encodePacket,
  type Instant,
  NetworkElement,
  type Nla,
  type OptionValue,
  type PacketValue,
} from "../../engine/mod.ts";
import { GROUP, nak, ncf, nla, rdata, Rig, type Said, SOURCE, spm } from "./rig.ts";

/** The next PGM hop towards the source. */
export const UPSTREAM = nla("10.0.9.1");
/** The element's own addresses. */
export const OWN = ["10.0.9.2", "10.1.0.1", "10.2.0.1", "10.3.0.1"].map(nla);
/** Where multicast from the source is routed. */
export const DOWN = [1, 2, 3];

/** The size of transmission groups, where there are any. */
export const TG_SIZE = 8;

type NakFields = Parameters<typeof nak>[0];

/** Runs one element in its own time. */
export class ElementBench {
  readonly rig: Rig<NetworkElement>;

  constructor(config: Partial<ElementConfig> = {}, seed = 1) {
    this.rig = new Rig((host) => new NetworkElement(host, { ...ELEMENT_DEFAULTS, ...config }), {
      addresses: OWN,
      seed,
    });
  }

  get element(): NetworkElement {
    return this.rig.endpoint;
  }

  /** Goes to `time`, firing every timeout up to and at it. */
  at(time: Instant): this {
    this.rig.at(time);
    return this;
  }

  /** A packet to the group arrives; gives where it may go. */
  passes(packet: PacketValue | Uint8Array, how: { iface?: number; source?: Nla; routed?: number[] } = {}): number[] {
    const bytes = packet instanceof Uint8Array ? packet : encodePacket(packet);
    const datagram = new Datagram({
      source: how.source ?? SOURCE,
      destination: GROUP,
      ttl: 16,
      routerAlert: true,
      bytes,
    });
    return [...this.element.intercept(this.rig.now, how.iface ?? 0, datagram, how.routed ?? DOWN)];
  }

  /** An SPM arrives from the source's direction; window 0 .. 99 and path {@link UPSTREAM} unless given. */
  spm(fields: Partial<Parameters<typeof spm>[0]> = {}, how: { iface?: number; source?: Nla } = {}): this {
    assertEquals(this.passes(spm({ sqn: 1, trail: 0, lead: 99, pathNla: UPSTREAM, ...fields }), how), []);
    return this;
  }

  /** A NAK to the element arrives on an interface. */
  nak(iface: number, fields: NakFields): this {
    this.rig.hears(nak(fields), { iface, source: nla(`10.${iface}.0.9`), destination: OWN[iface]! });
    return this;
  }

  /** An NCF arrives, from the source's direction unless given. */
  ncf(fields: Parameters<typeof ncf>[0], iface = 0): this {
    assertEquals(this.passes(ncf(fields), { iface }), []);
    return this;
  }

  /** RDATA arrives from the source's direction; gives where it may go. */
  rdata(sqn: number): number[] {
    return this.passes(rdata({ sqn }));
  }

  /** A parity NAK arrives that asks for `count` packets of the group that begins at `first`. */
  asks(iface: number, first: number, count: number, options: NakFields["options"] = []): this {
    return this.nak(iface, { sqn: first + count - 1, parity: true, options });
  }

  /** A parity NCF arrives from the source's direction. */
  confirms(first: number, count: number, options: NakFields["options"] = []): this {
    return this.ncf({ sqn: first + count - 1, parity: true, options });
  }

  /** A parity packet of a group arrives from the source's direction; gives where it may go. */
  repairs(first: number, options: NakFields["options"] = []): number[] {
    return this.passes(rdata({ sqn: first, parity: true, options }));
  }

  /** Asserts exactly what was said since the last look, as `IFACE TYPE SQN`. */
  says(...expected: string[]): this {
    assertEquals(this.rig.said().map(summary), expected);
    return this;
  }

  /** Asserts that nothing was said since the last look. */
  saysNothing(): this {
    return this.says();
  }
}

/** An element that knows the way to the source, and has said what there was to say about it. */
export function elementBench(...args: ConstructorParameters<typeof ElementBench>): ElementBench {
  const bench = new ElementBench(...args).spm();
  bench.rig.said();
  return bench;
}

/** An element that knows the way to a source that offers parity. */
export function parityBench(config: Partial<ElementConfig> = {}): ElementBench {
  const bench = new ElementBench(config).spm({ options: [parityPrm()] });
  bench.rig.said();
  return bench;
}

/** OPT_PARITY_PRM. */
export function parityPrm(tgSize = TG_SIZE): OptionValue {
  return { type: "PARITY_PRM", proActive: false, onDemand: true, tgSize };
}

/** `2 NCF 5+6+9`; of parity `2 NCF 8*3+16*1`: groups, and how many packets of each. */
function summary({ iface, value }: Said): string {
  const list = value.options.find((option) => option.type === "NAK_LIST");
  const sqns = "sqn" in value ? [value.sqn, ...(list?.sqns ?? [])] : [];
  const named = value.parity ? sqns.map((sqn) => `${sqn - sqn % TG_SIZE}*${sqn % TG_SIZE + 1}`) : sqns;
  return `${iface} ${value.type} ${named.join("+")}`;
}
