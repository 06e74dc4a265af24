/**
 * What can happen to one copy of a datagram at an attachment: the contract between the network and its impairments.
 *
 * @module
 */

import type { Datagram } from "../../engine/base/datagram.ts";
import type { Instant } from "../../engine/base/time.ts";

/** The fate of one copy. The network resets one `Fate` before each chain of impairments. */
export class Fate {
  /** Why the copy is dropped, or `undefined`. Later impairments of the chain are not asked. */
  dropped: string | undefined = undefined;
  /** Extra delay of the copy, ns. */
  delay: Instant = 0;
  /** The delays of additional copies relative to the arrival of the first without its own extra delay, ns. */
  readonly duplicates: Instant[] = [];
  /** The datagram to deliver instead, when its octets were corrupted. */
  corrupted: Datagram | undefined = undefined;

  /** Back to "arrives unharmed". */
  reset(): void {
    this.dropped = undefined;
    this.delay = 0;
    if (this.duplicates.length > 0) this.duplicates.length = 0;
    this.corrupted = undefined;
  }
}

/** One impairment of one attachment and direction. It owns its random stream, forked by name. */
export interface Impairment {
  /** Decides about one copy by changing `fate`. `datagram` is the copy, corrupted already if `fate.corrupted` is set. */
  apply(now: Instant, datagram: Datagram, fate: Fate): void;
}
