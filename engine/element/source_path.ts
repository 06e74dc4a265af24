/**
 * Source path state (RFC 3208, sections 3.5 and 7.1): which PGM hop is next on the way to one source. SPMs make it.
 * SPM_SQN tells which are news. A change of the path is believed at once, but not another one soon after: forged SPMs
 * must not lead NAKs astray at their leisure (section 10).
 *
 * @module
 */

import type { InterfaceSet } from "../base/host.ts";
import { isIpv6, isMulticast, type Nla } from "../base/nla.ts";
import { MAX_WINDOW_SQNS, type Sqn, sqnAdd, sqnAtMost, sqnBefore, windowSize } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { Tsi } from "../base/tsi.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { tellsWindow } from "../wire/spm_window.ts";
import { Redirections } from "./redirection.ts";
import type { SessionRepairs } from "./repair_state.ts";
import { TransmissionGroups } from "./transmission_groups.ts";

/** What became of an SPM: it moved the path, confirmed it, or is to be dropped for the reason given. */
export type SpmOutcome = "changed" | "same" | "out of sequence" | "damped";

/** How an SPM came in. */
export interface SpmArrival {
  readonly iface: number;
  /** The source in the network header. */
  readonly source: Nla;
  /** The group that it was sent to. */
  readonly group: Nla;
  readonly view: PacketView;
}

/** Whether an SPM is one that nobody may send: a window of half the numbers or more, or a path that is no host. */
export function isContradictorySpm(view: PacketView, source: Nla): boolean {
  const path = view.pathNla();
  if (isMulticast(path) || isIpv6(path) !== isIpv6(source)) return true;
  // One with OPT_NBR_UNREACH tells nothing, whatever stands there.
  const tells = !view.hasOption(OptionType.NBR_UNREACH) && tellsWindow(view);
  return tells && windowSize(view.trail, view.lead) > MAX_WINDOW_SQNS;
}

/** The path to one source, and the repairs that are asked for along it. */
export class SourcePath {
  readonly tsi: Tsi;
  /** Owned by the alarms: the idle timeout. */
  slot = -1;
  /** Who has asked for what of the session. */
  readonly repairs: SessionRepairs = new Map();
  /** The upstream PGM hop: SPM_PATH of the latest SPM. */
  upstream: Nla;
  /** The interface towards it, which is also where the session's packets come from. */
  iface: number;
  /** Where the latest SPM was forwarded to. */
  downstream: InterfaceSet = [];
  /** The repairers that NAKs go to instead of upstream. */
  readonly redirections = new Redirections();
  /** What is known of its transmission groups. */
  readonly groups = new TransmissionGroups();
  /** Whether the hop upstream cannot reach its children: no NAKs until the next regular SPM (section 15.3.2). */
  silent = false;
  /** When special SPMs that say so were last sent. */
  silencedAt: Instant = -NEVER;
  /** When repairers may be looked for again. */
  searchAgainAt: Instant = 0;
  /** The source's NLA. */
  sourceNla: Nla;
  /** The session's group. */
  group: Nla;
  /** The data-destination port. */
  groupPort: number;
  #spmSqn: Sqn;
  /** The newest trailing edge, and the newest leading edge that an SPM has told; `undefined` before either. */
  #trail: Sqn | undefined = undefined;
  #lead: Sqn | undefined = undefined;
  /** When the path may change again. */
  #heldUntil: Instant = 0;

  /** The path that the first SPM of a session tells. */
  constructor({ iface, source, group, view }: SpmArrival) {
    this.tsi = { gsi: view.gsi, port: view.sessionPort };
    this.upstream = view.pathNla();
    this.iface = iface;
    this.sourceNla = source;
    this.group = group;
    this.groupPort = view.groupPort;
    this.#spmSqn = view.sqn;
    this.#learn(view);
  }

  /** Whether a packet is of the session. */
  matches(view: PacketView): boolean {
    return view.gsi === this.tsi.gsi && view.sessionPort === this.tsi.port;
  }

  /** SPM_SQN of the latest SPM. */
  get spmSqn(): Sqn {
    return this.#spmSqn;
  }

  /** Whether an SPM with OPT_NBR_UNREACH is the parent's: of the number of the latest regular one, or a later one. */
  isParents({ iface, source, view }: SpmArrival): boolean {
    return view.pathNla() === this.upstream && iface === this.iface && source === this.sourceNla &&
      sqnAtMost(this.#spmSqn, view.sqn);
  }

  /** Takes a further regular SPM of the session, which is not contradictory. What is dropped changes nothing. */
  onSpm(now: Instant, { iface, source, group, view }: SpmArrival, pathHoldIvl: Instant): SpmOutcome {
    if (!sqnBefore(this.#spmSqn, view.sqn)) return "out of sequence";
    const upstream = view.pathNla();
    const same = upstream === this.upstream && iface === this.iface && source === this.sourceNla &&
      group === this.group && view.groupPort === this.groupPort;
    if (!same && now < this.#heldUntil) return "damped";
    this.#spmSqn = view.sqn;
    this.silent = false;
    this.#learn(view);
    if (same) return "same";
    this.upstream = upstream;
    this.iface = iface;
    this.sourceNla = source;
    this.group = group;
    this.groupPort = view.groupPort;
    this.redirections.clear();
    this.#heldUntil = now + pathHoldIvl;
    return "changed";
  }

  /** Takes the trailing edge that RDATA carries. */
  onTrail(trail: Sqn): void {
    if (this.#trail !== undefined && this.#lead !== undefined && sqnAtMost(trail, sqnAdd(this.#lead, 1))) {
      if (sqnBefore(this.#trail, trail)) this.#trail = trail;
    }
  }

  /** Whether a number can be in the transmit window, `maxAhead` beyond the known leading edge included. */
  mayBeInWindow(sqn: Sqn, maxAhead: number): boolean {
    return this.mayHaveInWindow(sqn, sqn, maxAhead);
  }

  /** Whether one of the numbers `first ..= last` can be, as of a transmission group. */
  mayHaveInWindow(first: Sqn, last: Sqn, maxAhead: number): boolean {
    if (this.#trail === undefined || this.#lead === undefined) return true;
    return !sqnBefore(last, this.#trail) && sqnAtMost(first, sqnAdd(this.#lead, maxAhead));
  }

  #learn(view: PacketView): void {
    if (!tellsWindow(view)) return;
    if (this.#trail === undefined || sqnBefore(this.#trail, view.trail)) this.#trail = view.trail;
    this.#lead = view.lead;
  }
}
