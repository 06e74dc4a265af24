/**
 * What watches a run from outside: the capture, the trace file and the ladder. None of them changes the run.
 *
 * @module
 */

import {
  type Datagram,
  describePacket,
  type Instant,
  IP_PROTOCOL_PGM,
  isUpstream,
  PacketType,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import { type Node, PcapngWriter, type TraceKind, type TraceObserver } from "../../netsim/mod.ts";
import type { Ladder } from "./ladder.ts";
import type { RunNetwork } from "./world.ts";

/** Where text or octets go. */
export type Sink<T> = (data: T) => void;

/** The name of an interface, `NODE:SEGMENT`. */
function interfaceName(node: Node, iface: number): string {
  return node.attachments[iface]!.name;
}

/** Writes a run as a ladder for people. */
export class LadderObserver implements TraceObserver {
  readonly #ladder: Ladder;
  readonly #isInjected: (datagram: Datagram) => boolean;

  /** `isInjected` tells the datagrams that no engine has sent. */
  constructor(ladder: Ladder, isInjected: (datagram: Datagram) => boolean) {
    this.#ladder = ladder;
    this.#isInjected = isInjected;
  }

  record(kind: TraceKind, time: Instant, node: Node, iface: number, datagram: Datagram, detail: string): void {
    const what = () => ladderText(datagram);
    const segment = () => node.attachments[iface]!.segment.name;
    switch (kind) {
      case "send":
        return this.#ladder.event(
          time,
          node.name,
          `${this.#isInjected(datagram) ? "injects" : "sends"} ${what()} on ${segment()}`,
        );
      case "drop":
        return this.#ladder.event(time, node.name, `loses ${what()} (${detail})`);
      case "duplicate":
        return this.#ladder.event(time, node.name, `gets ${what()} twice`);
      case "corrupt":
        return this.#ladder.event(time, node.name, `gets ${what()} corrupted`);
      case "forward":
      case "deliver":
        return;
    }
  }

  note(time: Instant, node: Node, mark: string, a: number): void {
    this.#ladder.mark(time, node.name, mark, a);
  }
}

/**
 * A packet for the ladder: a NAK or NCF with all its sequence numbers in one list, and where a packet goes if its type
 * alone does not say.
 */
function ladderText(datagram: Datagram): string {
  const view = viewPacket(datagram);
  const text = describePacket(view);
  if (view.error !== ParseError.None) return text;
  const list = view.nakList();
  const listed = list.length === 0
    ? text
    : text.replace(` ${view.sqn} `, ` ${[view.sqn, ...list].join(", ")} `).replace(/ NAK_LIST\([^)]*\)/, "");
  const upstream = isUpstream(view.type);
  if (datagram.multicast) return upstream ? `${listed} to the group` : listed;
  return upstream && view.type !== PacketType.SPMR ? listed : `${listed} to ${datagram.destination}`;
}

/** Writes one JSON object a line for everything that happens. */
export class TraceWriter implements TraceObserver {
  readonly #sink: Sink<string>;

  constructor(sink: Sink<string>) {
    this.#sink = sink;
  }

  record(kind: TraceKind, time: Instant, node: Node, iface: number, datagram: Datagram, detail: string): void {
    const { source, destination, ttl } = datagram;
    const packet = describePacket(viewPacket(datagram));
    const where = interfaceName(node, iface);
    this.#write({
      timeNs: time,
      kind,
      interface: where,
      source,
      destination,
      ttl,
      packet,
      ...(detail === "" ? {} : { detail }),
    });
  }

  note(time: Instant, node: Node, mark: string, a: number, b: number): void {
    this.#write({ timeNs: time, kind: "note", node: node.name, mark, a, b });
  }

  #write(entry: Record<string, unknown>): void {
    this.#sink(`${JSON.stringify(entry)}\n`);
  }
}

/** Writes a capture with one interface for each interface of the network; the fate of each copy is a comment. */
export class CaptureWriter implements TraceObserver {
  readonly #writer: PcapngWriter;
  readonly #indexOf = new Map<string, number>();

  constructor(
    network: RunNetwork,
    comment: string,
    options: { readonly application: string; readonly sink: Sink<Uint8Array> },
  ) {
    const names = network.nodes.flatMap((node) => node.attachments.map((attachment) => attachment.name));
    for (const [index, name] of names.entries()) this.#indexOf.set(name, index);
    this.#writer = new PcapngWriter({
      protocol: IP_PROTOCOL_PGM,
      interfaces: names.map((name) => ({ name })),
      comment,
      application: options.application,
      sink: options.sink,
    });
  }

  record(kind: TraceKind, time: Instant, node: Node, iface: number, datagram: Datagram, detail: string): void {
    // A copy that arrives twice is two deliveries; that it was duplicated is in the trace file.
    if (kind === "duplicate" || kind === "corrupt") return;
    const comment = COMMENTS[kind](detail);
    this.#writer.write(this.#indexOf.get(interfaceName(node, iface))!, time, datagram, {
      ...DIRECTIONS[kind],
      ...(comment === "" ? {} : { comment }),
    });
  }

  /** Writes what is still held back. */
  finish(): void {
    this.#writer.finish();
  }
}

/** A drop may happen on the way out, on the way in, or on the segment in between: it has none. */
const DIRECTIONS = {
  send: { direction: "outbound" },
  forward: { direction: "outbound" },
  deliver: { direction: "inbound" },
  drop: {},
} as const;

const COMMENTS: Readonly<Record<"send" | "forward" | "deliver" | "drop", (detail: string) => string>> = {
  send: () => "",
  forward: () => "forwarded",
  deliver: () => "delivered",
  drop: (reason) => `dropped: ${reason}`,
};
