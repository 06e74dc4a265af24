/**
 * What a source says about its transmission groups must hold together (RFC 3208, sections 11.2 and 11.4): who truncates a
 * group says so with its parity and with every SPM of its last packet, sends no more data of it, and sends no parity
 * packet a second time before all others of the group.
 *
 * @module
 */

import {
  type Datagram,
  formatTsi,
  type Instant,
  MAX_FEC_BLOCK,
  PacketType,
  type PacketView,
  ParseError,
  type Sqn,
  sqnAdd,
  sqnBefore,
  viewPacket,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

/** A group of which something was sent. */
interface Group {
  readonly first: Sqn;
  /** Data packets so far. */
  size: number;
  /** Whether the source has said that these are all. */
  isTruncated: boolean;
  /** The parity that was sent, by index, since all indexes were used. */
  readonly used: Set<number>;
}

interface Session {
  readonly tgSize: number;
  /** Those in the window, the oldest first. */
  readonly groups: Map<Sqn, Group>;
  newest: Group | undefined;
}

/** Watches everything that sources put on the network. */
export class SourceGroupsChecker {
  readonly #violations: Violations;
  readonly #sessions = new Map<string, Session>();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A source puts a packet of its own on the network. */
  sent(at: Instant, node: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    const { type } = view;
    if (type !== PacketType.SPM && type !== PacketType.ODATA && type !== PacketType.RDATA) return;
    const session = this.#sessionOf(view);
    if (session === undefined) return;
    const fail = (text: string) => this.#violations.report({ checker: "source groups", at, node, text });
    if (type === PacketType.SPM) checkSpm(session, view, fail);
    else if (view.parity) checkParity(session, view, fail);
    else if (type === PacketType.ODATA) takeData(session, view, fail);
  }

  /** Groups are known from the first SPM on, which comes before all data. */
  #sessionOf(view: PacketView): Session | undefined {
    const key = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    const known = this.#sessions.get(key);
    if (known !== undefined || !view.hasOptions) return known;
    const tgSize = view.option("PARITY_PRM")?.tgSize;
    if (tgSize === undefined) return undefined;
    const session = { tgSize, groups: new Map<Sqn, Group>(), newest: undefined };
    this.#sessions.set(key, session);
    return session;
  }
}

type Fail = (text: string) => void;

function takeData(session: Session, view: PacketView, fail: Fail): void {
  const { tgSize, groups } = session;
  const first = view.sqn - view.sqn % tgSize;
  let group = groups.get(first);
  if (group === undefined) {
    for (const old of groups.keys()) {
      if (!sqnBefore(sqnAdd(old, tgSize - 1), view.trail)) break;
      groups.delete(old);
    }
    // What is left of the group before will never be sent.
    if (session.newest !== undefined) session.newest.isTruncated = session.newest.size < tgSize;
    group = { first, size: 0, isTruncated: false, used: new Set() };
    groups.set(first, group);
    session.newest = group;
  }
  if (group.isTruncated) fail(`ODATA ${view.sqn} of a group that was truncated after ${group.size} packets`);
  group.size++;
  checkSize(session, group, view, fail);
}

function checkSpm(session: Session, view: PacketView, fail: Fail): void {
  const { tgSize, newest } = session;
  if (view.option("PARITY_PRM")?.tgSize !== tgSize) {
    fail(`SPM ${view.sqn} does not say that groups have ${tgSize} packets`);
  }
  if (newest !== undefined) checkSize(session, newest, view, fail);
}

function checkParity(session: Session, view: PacketView, fail: Fail): void {
  const { tgSize, groups } = session;
  const place = view.sqn % tgSize;
  const group = groups.get(view.sqn - place);
  // That it is of no group in the window is for another checker to say.
  if (group === undefined) return;
  if (view.option("CURR_TGSIZE") === undefined && group.size < tgSize) {
    fail(`parity ${view.sqn} does not say that its group has ${group.size} packets`);
  }
  checkSize(session, group, view, fail);
  const index = (view.option("PARITY_GRP")?.group ?? 0) * tgSize + place;
  if (group.used.has(index)) fail(`parity ${index} of the group at ${group.first} again`);
  group.used.add(index);
  if (group.used.size === MAX_FEC_BLOCK - group.size) group.used.clear();
}

/** What a packet of a group, or an SPM of its last packet, says of its size. */
function checkSize({ tgSize }: Session, group: Group, view: PacketView, fail: Fail): void {
  const said = view.option("CURR_TGSIZE")?.size;
  const name = view.type === PacketType.SPM ? "SPM" : view.parity ? "parity" : "ODATA";
  if (said === undefined) {
    if (group.isTruncated && name === "SPM") {
      fail(`SPM ${view.sqn} does not say that its group has ${group.size} packets`);
    }
  } else if (said !== group.size) fail(`${name} ${view.sqn}: a group of ${said} packets, ${group.size} were sent`);
  else if (said < tgSize) group.isTruncated = true;
}
