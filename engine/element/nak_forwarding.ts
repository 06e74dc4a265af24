/**
 * NAKs on their way up (RFC 3208, sections 7.2 to 7.4, 9.3.3 and 11.6): each is confirmed where it came from; what is not
 * yet asked for goes to the next PGM hop at once and again until an NCF says that it has arrived there.
 *
 * A NAK with a list is forwarded as it is if any of its numbers is news, and eliminated only if none is. What is
 * repeated is what is still unconfirmed of it. A parity NAK goes up with the largest count that is known of its group.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Host } from "../base/host.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import type { AsParent } from "./as_parent.ts";
import { hopUpstream, nakBytes, ncfFor, renumbered, sendToHop } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import { octetsToForward } from "./opx.ts";
import type { Forwarding, RepairKey, RepairState } from "./repair_state.ts";
import type { RepairTable } from "./repair_table.ts";
import type { SourcePath } from "./source_path.ts";
import type { NamedGroup } from "./transmission_groups.ts";

/** A longer NAK is repeated without the options that make it long: the longest list of numbers takes 300 octets. */
const MAX_KEPT = 512;
const NOTHING = new Uint8Array(0);

/** A NAK on its way up. */
interface PendingNak extends Forwarding {
  readonly path: SourcePath;
  /** The repairer that it goes to; `undefined` for the hop upstream, whichever that is when it is repeated. */
  readonly repairer: Hop | undefined;
  /** How many `states` there were if all that the packet names was news: while all are, it is repeated itself. */
  asked: number;
  /** The packet itself, as long as it may be repeated. */
  readonly bytes: Uint8Array;
  /** When NAK_RPT_IVL is over: counted from the first copy. */
  readonly until: Instant;
}

/** What a NAK asks for. */
interface Asked {
  readonly path: SourcePath;
  readonly states: readonly RepairState[];
}

/** A NAK that goes up. */
interface Forwarded {
  /** The packet that may go up as it is, if it may. */
  readonly bytes: Uint8Array | undefined;
  /** What of it is not asked for yet, at least one. */
  readonly news: RepairState[];
  /** Whether that is all of it. */
  readonly whole: boolean;
  /** Whether some of the rest was asked of a repairer, which is not to be asked for upstream as well. */
  readonly split: boolean;
}

/** What a {@link NakForwarding} works on. */
export interface NakForwardingParts {
  /** A NAK of the session goes upstream, for want of a repairer. */
  readonly onUnredirected: (now: Instant, path: SourcePath) => void;
  readonly host: Host;
  readonly config: ElementConfig;
  readonly stats: ElementStats;
  readonly repairs: RepairTable;
  readonly asParent: AsParent;
}

/** Confirms, eliminates, forwards and repeats NAKs. */
export class NakForwarding {
  readonly #host: Host;
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  readonly #repairs: RepairTable;
  readonly #asParent: AsParent;
  readonly #alarms = new Alarms<PendingNak>();
  readonly #spacing: Instant;
  readonly #onUnredirected: (now: Instant, path: SourcePath) => void;
  #pending = 0;

  constructor({ host, config, stats, repairs, asParent, onUnredirected }: NakForwardingParts) {
    this.#asParent = asParent;
    this.#onUnredirected = onUnredirected;
    this.#host = host;
    this.#config = config;
    this.#stats = stats;
    this.#repairs = repairs;
    this.#spacing = Math.ceil(1_000_000_000 / config.nakRptRte);
  }

  /** Takes a NAK of the session of `path`. */
  onNak(now: Instant, from: Hop, view: PacketView, path: SourcePath): void {
    const { iface } = from;
    const stats = this.#stats;
    const groups = view.parity ? this.#groupsInWindow(path, view) : undefined;
    const keys = groups?.map(({ key }) => key) ?? this.#inWindow(path, view);
    if (groups !== undefined) stats.parityNaksReceived++;
    if (keys.length === 0) {
      stats.naksOutOfWindow++;
      return;
    }
    if (!this.#repairs.hasRoom(path.repairs, iface, keys)) {
      stats.naksShed++;
      return;
    }
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return;
    const states = keys.map((key) => this.#stateOf(path, key));
    for (const state of states) {
      this.#repairs.list(state, iface);
      this.#refuse(state, from);
    }
    if (groups !== undefined) this.#count(groups, states, iface);
    this.#confirm(now, from, view, { path, states });
    const news = states.filter((state) => state.isOpen(now));
    if (news.length === 0) stats.naksEliminated++;
    else {
      const old = states.filter((state) => !news.includes(state));
      const named = 1 + view.nakList().length;
      const own = groups === undefined ? bytes : withCounts(view, bytes, states);
      const split = old.some(({ repairer }) => repairer !== undefined);
      this.#forward(now, path, { bytes: own, news, whole: news.length === named, split });
    }
  }

  /**
   * Takes a null NAK: forwarded once if it is news, or comes from the repairer below that was asked; never confirmed
   * (section 9.5.3.2).
   */
  onNnak(now: Instant, from: Hop, view: PacketView, path: SourcePath): void {
    if (path.silent) {
      this.#stats.naksSilenced++;
      return;
    }
    const groups = view.parity ? this.#groupsInWindow(path, view) : undefined;
    const keys = groups?.map(({ key }) => key) ?? this.#inWindow(path, view);
    const made = keys.filter((key) => !path.repairs.has(key));
    const served = keys.some((key) => isAsked(path, path.repairs.get(key), from));
    const isNews = made.length > 0
      ? this.#repairs.hasRoomToAnticipate(path.repairs, made.length)
      : groups?.some((group) => isMore(path, group)) === true;
    if (!served && !isNews) return;
    const bytes = octetsToForward(view, this.#stats);
    if (bytes === undefined) return;
    // The state is for other null NAKs alone: it never eliminates a NAK.
    for (const key of made) this.#repairs.keep(this.#repairs.make(path, key), now + this.#config.nakElimIvl);
    for (const { key, count } of groups ?? []) {
      const counts = path.repairs.get(key)!.counts!;
      counts.announced = Math.max(counts.announced, count);
    }
    this.#stats.nnaksForwarded++;
    sendToHop(this.#host, hopUpstream(path), bytes);
  }

  /** A number is confirmed, or its repair has come: its NAK is not repeated any more. */
  settle(state: RepairState): void {
    const { forwarding } = state;
    if (forwarding === undefined) return;
    const { states } = forwarding;
    states.splice(states.indexOf(state), 1);
    state.forwarding = undefined;
    this.#pending--;
    if (states.length === 0) this.#alarms.clear(forwarding);
  }

  /** Of what is PENDING, less is asked for than before: the packet itself is not repeated any more. */
  lessened({ forwarding }: RepairState): void {
    if (forwarding !== undefined) (forwarding as PendingNak).asked = 0;
  }

  /** How many numbers are PENDING. */
  get pending(): number {
    return this.#pending;
  }

  /** When {@link NakForwarding.handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Repeats what is due, and gives up what was repeated for NAK_RPT_IVL. */
  handleTimeout(now: Instant): void {
    for (let due = this.#alarms.due(now); due !== undefined; due = this.#alarms.due(now)) {
      if (now >= due.until) this.#giveUp(now, due);
      else this.#repeat(now, due);
    }
  }

  /** Of the numbers that a packet names, those that can be in the window. */
  #inWindow(path: SourcePath, view: PacketView): readonly Sqn[] {
    const { maxAhead } = this.#config;
    const first = path.mayBeInWindow(view.sqn, maxAhead) ? [view.sqn] : [];
    const list = view.nakList();
    return list.length === 0 ? first : first.concat(list.filter((sqn) => path.mayBeInWindow(sqn, maxAhead)));
  }

  /** Of the groups that a packet names, those that can have something in the window. */
  #groupsInWindow(path: SourcePath, view: PacketView): readonly NamedGroup[] {
    const { groups } = path;
    const { maxAhead } = this.#config;
    return groups.named(view).filter(({ first }) => path.mayHaveInWindow(first, groups.last(first), maxAhead));
  }

  #stateOf(path: SourcePath, key: RepairKey): RepairState {
    return path.repairs.get(key) ?? this.#repairs.make(path, key);
  }

  /** Takes note of how much a NAK asks for; what is more than is known is news whatever was asked for before. */
  #count(groups: readonly NamedGroup[], states: readonly RepairState[], iface: number): void {
    for (const [i, { count }] of groups.entries()) {
      const state = states[i]!;
      const counts = state.counts!;
      if (counts.ask(iface, count)) state.askAnew(iface);
      if (count <= counts.largest) continue;
      if (counts.largest > 0) this.#stats.countsRaised++;
      counts.largest = count;
      this.settle(state);
      state.reopen();
    }
  }

  /** The NCF names all that the NAK does. Identical ones to the group are kept apart; by unicast each NAK has its own. */
  #confirm(now: Instant, { iface, nla }: Hop, view: PacketView, asked: Asked): void {
    const { path, states } = asked;
    const isUnicast = this.#asParent.nak(now, path, iface, states.map((state) => state.countNak(iface)));
    const since = now - this.#config.ncfRepeatIvl;
    if (!isUnicast && states.every((state) => state.isConfirmedSince(iface, since))) {
      this.#stats.ncfsHeldBack++;
      return;
    }
    for (const state of states) state.confirm(iface, now);
    this.#stats.ncfsSent++;
    if (isUnicast) this.#stats.ncfsUnicast++;
    const options = this.#asParent.ncfOptions(now, path, iface, isUnicast);
    const sqns = view.parity ? confirmedCounts(path, iface, view) : [view.sqn, ...view.nakList()];
    this.#host.transmit(iface, ncfFor(path, { sqns, parity: view.parity }, options, isUnicast ? nla : undefined));
  }

  /** The repairer's side asks for what the repairer was asked for: it is asked for upstream, and nothing else is. */
  #refuse(state: RepairState, from: Hop): void {
    const { repairer } = state;
    if (repairer === undefined || repairer.iface !== from.iface) return;
    // A NAK of others there leaves what the repairer has confirmed to it.
    if (repairer.nla !== from.nla && state.forwarding === undefined) return;
    this.settle(state);
    state.refuse();
    this.#stats.repairersRefused++;
  }

  /** Sends what is news to the hops that it is to be asked of: as it is, if that is one. */
  #forward(now: Instant, path: SourcePath, { bytes, news, whole, split }: Forwarded): void {
    const { followRedirects } = this.#config;
    const byRepairer = new Map<Hop | undefined, RepairState[]>();
    for (const state of news) {
      const repairer = followRedirects ? path.redirections.repairerFor(state) : undefined;
      const states = byRepairer.get(repairer);
      if (states === undefined) byRepairer.set(repairer, [state]);
      else states.push(state);
    }
    for (const [repairer, states] of byRepairer) {
      // Upstream it goes as it is; of a repairer nothing is asked that is on its way already.
      const intact = bytes !== undefined && byRepairer.size === 1 && (whole || (repairer === undefined && !split));
      const own = intact ? bytes : bytesFor(path, states);
      this.#send(now, { path, repairer, states, bytes: own, asked: intact && !whole ? 0 : states.length });
    }
  }

  #send(now: Instant, nak: Pick<PendingNak, "path" | "repairer" | "states" | "bytes" | "asked">): void {
    const { path, repairer, states: news, bytes } = nak;
    const { nakRptIvl, nakRdataIvl } = this.#config;
    const hop = repairer ?? hopUpstream(path);
    if (isSilenced(path, hop)) return this.#keepOpen(now, news);
    const until = now + nakRptIvl;
    const kept = nak.asked > 0 && bytes.length <= MAX_KEPT;
    const own = kept ? { asked: nak.asked, bytes } : { asked: 0, bytes: NOTHING };
    const forwarding: PendingNak = { ...nak, ...own, slot: -1, until };
    for (const state of news) {
      state.forwarding = forwarding;
      state.repairer = repairer;
      this.#repairs.keep(state, now + nakRdataIvl);
      this.#host.note(state.mark("PENDING"), state.sqn, hop.iface);
    }
    this.#pending += news.length;
    this.#alarms.set(forwarding, Math.min(now + this.#spacing, until));
    this.#stats.naksForwarded++;
    if (repairer !== undefined) this.#stats.naksRedirected++;
    sendToHop(this.#host, hop, bytes);
    if (repairer === undefined && path.redirections.size === 0) this.#onUnredirected(now, path);
  }

  /** What may not be asked for upstream is asked for by the next NAK for it after the silence. */
  #keepOpen(now: Instant, states: readonly RepairState[]): void {
    this.#stats.naksSilenced++;
    for (const state of states) {
      state.forwarding = undefined;
      state.repairer = undefined;
      this.#repairs.keep(state, now + this.#config.nakRdataIvl);
    }
  }

  #repeat(now: Instant, forwarding: PendingNak): void {
    const { path, repairer, states, asked, until } = forwarding;
    assert(states.length > 0, "a NAK is repeated that asks for nothing");
    this.#alarms.set(forwarding, Math.min(now + this.#spacing, until));
    for (const state of states) this.#repairs.keep(state, now + this.#config.nakRdataIvl);
    const hop = repairer ?? hopUpstream(path);
    if (isSilenced(path, hop)) return;
    this.#stats.naksRepeated++;
    sendToHop(this.#host, hop, states.length === asked ? forwarding.bytes : bytesFor(path, states));
  }

  /** No NCF came. A repairer that is silent is forgotten, and the hop upstream gets the NAK. */
  #giveUp(now: Instant, { path, repairer, states }: PendingNak): void {
    this.#pending -= states.length;
    // A repairer that was not asked may well be there.
    if (repairer !== undefined && !isSilenced(path, repairer)) {
      if (path.redirections.discard(repairer)) this.#stats.repairersSilent++;
      const bytes = bytesFor(path, states);
      this.#send(now, { path, repairer: undefined, states, bytes, asked: states.length });
      return;
    }
    this.#stats.naksUnconfirmed++;
    for (const state of states) {
      state.forwarding = undefined;
      this.#host.note(state.mark("OPEN"), state.sqn, 0);
    }
  }
}

/** The octets of a NAK for what these states are of: numbers, or groups. */
function bytesFor(path: SourcePath, states: readonly RepairState[]): Uint8Array {
  return nakBytes(path, { sqns: states.map(({ asks }) => asks), parity: states[0]!.counts !== undefined });
}

/** A parity NAK with the largest known counts; `undefined` if what it names is not just these groups, each once. */
function withCounts(view: PacketView, octets: Uint8Array, states: readonly RepairState[]): Uint8Array | undefined {
  const isExact = states.length === 1 + view.nakList().length;
  return isExact ? renumbered(view, octets, states.map(({ asks }) => asks)) : undefined;
}

/** What the NCF for a parity NAK names: of each group the larger of its own count and the interface's. */
function confirmedCounts(path: SourcePath, iface: number, view: PacketView): Sqn[] {
  return path.groups.named(view).map(({ key, first, count }) => {
    const known = path.repairs.get(key)?.counts?.known(iface) ?? 0;
    return sqnAdd(first, Math.max(count, known) - 1);
  });
}

/** Whether a null NAK names as much of a group as is known, or more (section 11.6). */
function isMore(path: SourcePath, { key, count }: NamedGroup): boolean {
  const counts = path.repairs.get(key)?.counts;
  return counts === undefined || count >= Math.max(counts.largest, counts.announced);
}

/** Whether a hop is upstream, and nothing may go there (section 15.3.2); a repairer off the tree may be asked. */
function isSilenced({ silent, iface }: SourcePath, hop: Hop): boolean {
  return silent && hop.iface === iface;
}

/** Whether `from` is the repairer off the tree that was asked for a number. */
export function isAsked(path: SourcePath, state: RepairState | undefined, from: Hop): boolean {
  const { offTree } = path.redirections;
  if (offTree === undefined || offTree.nla !== from.nla || offTree.iface !== from.iface) return false;
  return state?.repairer === offTree;
}
