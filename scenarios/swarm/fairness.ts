/**
 * When the swarm may call a run a failure. A scenario is fair when its faults heal, so that everything must come to an
 * end; {@link settleLimit} is by when. Both look at the plan, where every default is filled in: they judge scenarios as
 * they were drawn and as they are shrunk.
 *
 * @module
 */

import { type Instant, NEVER, RECEIVER_DEFAULTS, SOURCE_DEFAULTS } from "../../engine/mod.ts";
import { allHeard } from "../language/reachable.ts";
import type { ActionPlan, Plan, ReceiverPlan, SourceNode } from "../plan.ts";
import { seconds } from "./dice.ts";

/** Octets of a packet without its payload, and of the control packets that go with it. */
const OVERHEAD = 200;
/** Data, its repairs, and repairs that are lost in full queues. */
const TRANSMISSIONS = 4;
const SLACK = seconds(10);
/** Packets of a transmission group wait for their turn and for the group; what each costs besides its payload, octets. */
const GROUP_COPIES = 2;
const HELD_BYTES = 1_000;
/** Of sockets: the slowest rate, octets per second, and the longest window that programs are drawn with. */
const SLOWEST_SOCKET = 7_000;
const LONGEST_WINDOW = seconds(5);

/**
 * The simulated time by which every run of a fair plan has settled, ns. Generous: no run waits for it that does settle.
 */
export function settleLimit(plan: Plan): Instant {
  let sending = 0;
  let spm = 0;
  let packets = 0;
  let packet = 0;
  let group = 0;
  for (const [index, node] of plan.nodes.entries()) {
    if (node.role !== "source") continue;
    const { parity, maxTsdu } = node.source;
    packet = Math.max(packet, maxTsdu + HELD_BYTES);
    if (parity !== undefined) group = Math.max(group, parity.groupSize * GROUP_COPIES * (maxTsdu + HELD_BYTES));
    const load = loadOf(plan, index, node);
    packets += load.packets;
    sending += load.duration;
    spm = Math.max(spm, node.source.ihbMax + 2 * node.source.ambientSpmIvl);
  }
  for (const action of plan.script) {
    if (action.kind !== "write") continue;
    const { messages, maxBytes, nodes } = action.write;
    const octets = nodes.length * messages * (maxBytes + OVERHEAD * Math.ceil(maxBytes / SOURCE_DEFAULTS.maxTsdu));
    sending += octets * TRANSMISSIONS / SLOWEST_SOCKET * 1e9 + 2 * LONGEST_WINDOW;
  }
  // A receiver with a small window cannot know of all its losses at once; another's NAKs put its own off.
  const learned = learnedBackOff(plan);
  const isCutOff = plan.script.some(({ kind }) => kind === "route");
  let recovery = 0;
  let patience = 0;
  for (const node of plan.nodes) {
    if (node.role !== "receiver") continue;
    const { idleTimeout, rxwMaxSqns, maxMissing, bufferBytes } = node.receiver;
    patience = Math.max(patience, idleTimeout);
    const places = Math.floor(bufferBytes / packet);
    const room = Math.max(1, Math.min(rxwMaxSqns, maxMissing, places));
    // Who has no room for a transmission group, or whose NAKs go astray, gives up one window after another: parity is all
    // that is sent again. Who has none for packets behind a gap takes one repair after another.
    const isHelped = !isCutOff && bufferBytes >= group && places >= Math.min(rxwMaxSqns, maxMissing, packets);
    const windows = Math.ceil((packets + 1) / room);
    recovery += recoveryOf(node.receiver, learned) * (isHelped ? Math.min(8, windows) : windows);
  }
  // Who hears nothing of a session's end sees it when the silence has lasted long enough.
  const ends = plan.script.some(({ kind }) => kind === "close" || kind === "abort" || kind === "call");
  if (plan.nodes.some(({ role }) => role === "sockets")) patience = Math.max(patience, RECEIVER_DEFAULTS.idleTimeout);
  return Math.ceil(endOf(plan.script) + SLACK + sending + 2 * spm + 2 * recovery + (ends ? patience : 0));
}

/** Why a run of this plan may rightly not settle, or have no meaning; `undefined` for a fair one. */
export function unfairness(plan: Plan): string | undefined {
  const healed = healingInstant(plan.script);
  if (healed === NEVER) return "a fault does not end";
  if (!allHeard(plan.nodes, plan.segments.length)) return "a receiver is cut off from a source";
  if (plan.nodes.some(({ role }) => role === "sockets") && plan.script.some(({ kind }) => kind === "route")) {
    return "a program may ask without end, in a circle";
  }
  if (joinsAgain(plan)) return "a receiver begins one session again and again";
  const gone = new Set<number>();
  const crashed = new Set<number>();
  for (const action of plan.script) {
    if (action.kind === "crash") { for (const node of action.nodes) gone.add(node), crashed.add(node); }
    if (action.kind === "restart" && !action.nodes.every((node) => gone.delete(node))) {
      return "a restart without a crash";
    }
  }
  for (const action of plan.script) {
    const touched = action.kind === "join" || action.kind === "leave"
      ? action.places.map(({ node }) => node)
      : action.kind === "down"
      ? action.targets.map((target) => target.kind === "node" ? target.node : -1)
      : [];
    if (touched.some((node) => crashed.has(node))) return "something is done to a node that crashes";
  }
  for (const [index, node] of plan.nodes.entries()) {
    if (node.role === "router" && gone.has(index)) return "a router does not restart";
    if (node.role !== "source" || gone.has(index)) continue;
    const heard = plan.script.some((action) => {
      return action.kind === "send" && action.send.from.includes(index) && action.at > healed + plan.convergence;
    });
    if (!heard) return "a source does not send when all is well";
  }
  return undefined;
}

/**
 * Whether a receiver may end a session that it begins again with what OPT_JOIN offers, for ever: one that forgets it
 * between two SPMs, or one that resets it after losses, where the window does not leave these behind in time.
 */
function joinsAgain({ nodes }: Plan): boolean {
  let quiet = 0;
  let stays = false;
  for (const node of nodes) {
    if (node.role !== "source" || node.source.lateJoin === 0) continue;
    quiet = Math.max(quiet, Math.min(node.source.ihbMax, node.source.ambientSpmIvl));
    if (node.source.txwStrategy !== "advanceWithTime") stays = true;
  }
  return nodes.some((node) => {
    if (node.role !== "receiver" || !node.receiver.lateJoin) return false;
    return node.receiver.idleTimeout < 2 * quiet || (stays && node.receiver.lossPolicy === "reset");
  });
}

/** When the script has nothing more to do. */
function endOf(script: readonly ActionPlan[]): Instant {
  let end = 0;
  for (const action of script) {
    const { messages, every } = action.kind === "send"
      ? action.send
      : action.kind === "write"
      ? action.write
      : { messages: 1, every: 0 };
    const lasts = (messages - 1) * every;
    const until = "until" in action && action.until !== NEVER ? action.until : 0;
    end = Math.max(end, action.at + lasts, until);
  }
  return end;
}

/** When the last fault ends; `NEVER` if one does not. */
function healingInstant(script: readonly ActionPlan[]): Instant {
  let healed = 0;
  const down = new Set<string>();
  for (const action of script) {
    switch (action.kind) {
      case "down":
        for (const target of action.targets) down.add(JSON.stringify(target));
        break;
      case "up":
        for (const target of action.targets) down.delete(JSON.stringify(target));
        healed = Math.max(healed, action.at);
        break;
      case "drop":
      case "impair":
        healed = Math.max(healed, action.until);
        break;
      case "crash":
      case "restart":
      case "join":
      case "leave":
        healed = Math.max(healed, action.at);
    }
  }
  return down.size > 0 ? NEVER : healed;
}

/** What a source has to send, and how long that takes it at most. */
function loadOf(plan: Plan, index: number, { source }: SourceNode): { packets: number; duration: Instant } {
  let packets = 0;
  let octets = 0;
  for (const action of plan.script) {
    if (action.kind !== "send" || !action.send.from.includes(index)) continue;
    const { messages, maxBytes } = action.send;
    const each = Math.ceil(maxBytes / source.maxTsdu);
    packets += messages * each;
    octets += messages * (maxBytes + each * OVERHEAD);
  }
  // A full window waits until its oldest data may go.
  const windows = Math.ceil(packets / source.txwMaxSqns);
  const stalls = windows > 1 ? windows * (source.txwSecs + 2 * source.txwAdvSecs) : 0;
  return { packets, duration: octets * TRANSMISSIONS / source.rateBytesPerSecond * 1e9 + stalls };
}

/** From a gap to its end: repaired or given up. */
function recoveryOf(receiver: ReceiverPlan, learned: Instant): Instant {
  const { reorderTimeout, nakRptIvl, nakRdataIvl, nakNcfRetries, nakDataRetries } = receiver;
  const nakBoIvl = Math.max(receiver.nakBoIvl, learned);
  return reorderTimeout + (nakNcfRetries + 1) * (nakBoIvl + nakRptIvl) +
    (nakDataRetries + 1) * (nakBoIvl + nakRdataIvl);
}

/** The longest NAK_BO_IVL that a source or network element tells its receivers to use; 0 where none does. */
function learnedBackOff(plan: Plan): Instant {
  let longest = 0;
  for (const node of plan.nodes) {
    if (node.role !== "source" || (node.source.nakBoIvlOn === "none" && !node.source.nakBoRng)) continue;
    longest = Math.max(longest, node.source.nakBoIvlMax);
  }
  const isTold = longest > 0;
  for (const node of plan.nodes) {
    if (node.role !== "router" || node.element === undefined) continue;
    // Where a source tells one, an element that tunes none tells its own in its place.
    const { nakBoIvlOn, nakBoIvl, nakBoIvlMax } = node.element;
    if (nakBoIvlOn !== "none") longest = Math.max(longest, nakBoIvlMax);
    else if (isTold) longest = Math.max(longest, nakBoIvl);
  }
  return longest;
}
