/**
 * Segments, interfaces and nodes go down and come back. What is on its way is lost at once; routes and trees follow
 * `convergence` later, each change on its own, so that routing sees exactly what happened, that much later. The software
 * on a node sees at once that an interface of its own has lost its carrier.
 *
 * @module
 */

import type { Instant } from "../engine/base/time.ts";
import type { Agenda } from "./agenda.ts";
import type { Machinery } from "./machinery.ts";
import type { Membership } from "./membership.ts";
import type { Routing } from "./routing.ts";
import { type Attachment, Node, type OutageReason, Segment } from "./topology.ts";
import type { Wire } from "./wire.ts";

/** What can go down and come back; an attachment stands for the interface. */
export type Fallible = Segment | Attachment | Node;

/** The state of all that can fail. */
export class Failures {
  readonly #agenda: Agenda;
  readonly #wire: Wire;
  readonly #routing: Routing;
  readonly #membership: Membership;
  readonly #attachments: readonly Attachment[];
  readonly #convergence: Instant;
  /** Tells the software on the node that an interface has gone or is back. */
  readonly #tell: (attachment: Attachment) => void;
  /** What routing does not know yet, in order of `due`. */
  #news: { readonly due: Instant; readonly target: Fallible; readonly up: boolean }[] = [];

  constructor(
    machinery: Machinery,
    attachments: readonly Attachment[],
    how: { readonly convergence: Instant; readonly tell: (attachment: Attachment) => void },
  ) {
    this.#agenda = machinery.agenda;
    this.#wire = machinery.wire;
    this.#routing = machinery.routing;
    this.#membership = machinery.membership;
    this.#attachments = attachments;
    this.#convergence = how.convergence;
    this.#tell = how.tell;
  }

  /** Takes a part down or brings it up; nothing happens when it is so already. */
  set(target: Fallible, up: boolean): void {
    if (target.up === up) return;
    const concerned = target instanceof Segment || target instanceof Node ? target.attachments : [target];
    const worked = concerned.filter((attachment) => attachment.works);
    target.up = up;
    this.#change(concerned, reasonOf(target), up);
    const due = this.#agenda.now + this.#convergence;
    const announced = this.#news.at(-1)?.due === due;
    this.#news.push({ due, target, up });
    if (!announced) this.#agenda.act(due, () => this.#converge());
    // Last, when all is as it will be: what software does about it may depend on the other interfaces.
    for (const attachment of up ? concerned.filter(({ works }) => works) : worked) this.#tell(attachment);
  }

  #change(attachments: readonly Attachment[], reason: OutageReason, up: boolean): void {
    const order = this.#agenda.takeOrder();
    for (const attachment of attachments) {
      if (up) {
        attachment.recover(reason, order);
      } else {
        attachment.fail(reason, this.#agenda.now);
        this.#wire.flush(attachment);
      }
    }
  }

  #converge(): void {
    const known = this.#news.filter((change) => change.due <= this.#agenda.now);
    this.#news = this.#news.slice(known.length);
    for (const { target, up } of known) target.routedUp = up;
    this.#routing.changed();
    this.#membership.rebuild(this.#attachments);
  }
}

function reasonOf(target: Fallible): OutageReason {
  if (target instanceof Segment) return "segment down";
  return target instanceof Node ? "node down" : "interface down";
}
