/**
 * The packets of one source (RFC 3208, section 8): what all of them have in common, and the options that it adds.
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import { isIpv6, type Nla } from "../base/nla.ts";
import { Slab } from "../base/slab.ts";
import { type Sqn, sqnAdd, sqnBefore } from "../base/sqn.ts";
import type { ParityHead } from "../fec/parity_packets.ts";
import type { Poll } from "../poll/poller.ts";
import { PacketType } from "../wire/constants.ts";
import { dataHeaderLength, encodeData, encodePacket, encodeRepair } from "../wire/encode.ts";
import { lengthOfOption } from "../wire/options.ts";
import type { OptionValue } from "../wire/values.ts";
import type { EgressClass } from "./egress.ts";
import type { Tsdu } from "./fragmenter.ts";
import type { Ncf } from "./ncf_queue.ts";
import type { SourceConfig } from "./source_config.ts";
import type { TransmitWindow } from "./transmit_window.ts";

const SPM_BYTES = { ipv4: 36, ipv6: 48 } as const;
const OPT_LENGTH_BYTES = 4;
const JOIN_BYTES = 8;

/** What else is said on a data packet. */
export interface OdataFlags {
  /** It is the first of the session. */
  readonly syn: boolean;
  /** It is the last. */
  readonly fin: boolean;
  /** It is the last of a transmission group that is truncated to this size. */
  readonly currTgSize?: number | undefined;
}

/** Encodes what a source sends. */
export class SourcePackets {
  readonly #host: Host;
  readonly #config: SourceConfig;
  readonly #window: TransmitWindow;
  readonly #slab = new Slab();
  #spmSqn: Sqn;

  /** `window` gives the edges that every packet carries. */
  constructor(host: Host, config: SourceConfig, window: TransmitWindow) {
    this.#host = host;
    this.#config = config;
    this.#window = window;
    this.#spmSqn = config.firstSpmSqn;
  }

  /** The source's own NLA: the network source of all its packets, on whatever interface (section 3.1). */
  get nla(): Nla {
    return this.#host.address(this.#config.iface);
  }

  /** The octets of the next SPM; `options` as {@link spm} takes them. */
  spmBytes(options: readonly OptionValue[]): number {
    const { group, lateJoin } = this.#config;
    let bytes = lateJoin > 0 ? JOIN_BYTES : 0;
    for (const option of options) bytes += lengthOfOption(option);
    return (isIpv6(group) ? SPM_BYTES.ipv6 : SPM_BYTES.ipv4) + (bytes === 0 ? 0 : OPT_LENGTH_BYTES + bytes);
  }

  /** The next SPM; `options` are all but OPT_JOIN. */
  spm(options: readonly OptionValue[]): Uint8Array {
    const sqn = this.#spmSqn;
    this.#spmSqn = sqnAdd(sqn, 1);
    const { trail, lead, size } = this.#window;
    const all: OptionValue[] = [];
    if (this.#config.lateJoin > 0) all.push({ type: "JOIN", minSqn: this.#joinMin(lead, size) });
    all.push(...options);
    return encodePacket({ type: "SPM", ...this.#session(), sqn, trail, lead, pathNla: this.nla, options: all });
  }

  /** The NCF for a NAK; `options` are those besides OPT_NAK_LIST. */
  ncf({ sqn, list, parity }: Ncf, options: readonly OptionValue[]): Uint8Array {
    const nlas = { sourceNla: this.nla, groupNla: this.#config.group };
    const all: readonly OptionValue[] = list.length === 0 ? options : [{ type: "NAK_LIST", sqns: list }, ...options];
    return encodePacket({
      type: "NCF",
      ...this.#session(),
      ...(parity ? { parity: true as const } : {}),
      sqn,
      ...nlas,
      options: all,
    });
  }

  /** A POLL. */
  poll(poll: Poll): Uint8Array {
    return encodePacket({ type: "POLL", ...this.#session(), ...poll, pathNla: this.nla, options: [] });
  }

  /** The octets of an ODATA packet to be; `flags` as {@link odata} takes them. */
  odataBytes(tsdu: Tsdu, flags: OdataFlags): number {
    const join = this.#config.lateJoin > 0 ? 0 : undefined;
    return dataHeaderLength({ fragment: tsdu.fragment, join, ...flags }) + tsdu.payload.length;
  }

  /** The ODATA packet that will be the window's next. */
  odata(tsdu: Tsdu, flags: OdataFlags): Uint8Array {
    const { tsi, port, lateJoin } = this.#config;
    return encodeData(this.#slab, {
      type: PacketType.ODATA,
      gsi: tsi.gsi,
      sourcePort: tsi.port,
      destinationPort: port,
      sqn: tsdu.sqn,
      // An empty window's trail is the packet that is sent now.
      trail: this.#window.trail,
      payload: tsdu.payload,
      fragment: tsdu.fragment,
      // What begins with this packet has it.
      join: lateJoin > 0 ? sqnMin(this.#joinMin(tsdu.sqn, this.#window.size + 1), tsdu.sqn) : undefined,
      ...flags,
    });
  }

  /** What parity packets have in common. */
  parityHead(type: "ODATA" | "RDATA"): ParityHead {
    return { type, ...this.#session(), trail: this.#window.trail };
  }

  /** RDATA for a packet in the window: its options and all, even an OPT_JOIN whose minimum has left the window. */
  rdata(sqn: Sqn): Uint8Array {
    return encodeRepair(this.#slab, this.#window.packet(sqn)!, this.#window.trail);
  }

  /**
   * A datagram to the group, or to the address `to`. SPM, POLL, NCF and RDATA are for network elements too (section 4);
   * ODATA is merely switched.
   */
  datagram(kind: EgressClass, bytes: Uint8Array, to?: Nla): Datagram {
    const { group, ttl } = this.#config;
    const destination = to ?? group;
    return new Datagram({ source: this.nla, destination, ttl, routerAlert: kind !== "ODATA", bytes });
  }

  #session(): { readonly sourcePort: number; readonly destinationPort: number; readonly gsi: number } {
    const { tsi, port } = this.#config;
    return { sourcePort: tsi.port, destinationPort: port, gsi: tsi.gsi };
  }

  /** The oldest of the newest `lateJoin` x `size` packets up to `lead` (rounded down); `lead + 1` when there is none. */
  #joinMin(lead: Sqn, size: number): Sqn {
    return sqnAdd(lead, 1 - Math.floor(this.#config.lateJoin * size));
  }
}

function sqnMin(x: Sqn, y: Sqn): Sqn {
  return sqnBefore(x, y) ? x : y;
}
