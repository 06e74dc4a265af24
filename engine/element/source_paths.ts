/**
 * The paths to all sources that a network element knows, by TSI. Their number is bounded; a path without SPMs is
 * forgotten after a while.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Instant } from "../base/time.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import { SourcePath, type SpmArrival } from "./source_path.ts";

/** All paths of an element. */
export class SourcePaths {
  readonly #config: ElementConfig;
  readonly #alarms = new Alarms<SourcePath>();
  readonly #byGsi = new Map<number, SourcePath[]>();
  /** The path of the packet before. */
  #latest: SourcePath | undefined = undefined;
  #size = 0;

  constructor(config: ElementConfig) {
    this.#config = config;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Whether there is no room for another. */
  get full(): boolean {
    return this.#size >= this.#config.maxSessions;
  }

  /** The path of a packet's session. */
  find(view: PacketView): SourcePath | undefined {
    if (this.#latest?.matches(view)) return this.#latest;
    const found = this.#byGsi.get(view.gsi)?.find((path) => path.matches(view));
    if (found !== undefined) this.#latest = found;
    return found;
  }

  /** Opens the path of a session that has none; there must be room. */
  open(arrival: SpmArrival): SourcePath {
    assert(!this.full, "there are too many sessions");
    const path = new SourcePath(arrival);
    const { gsi } = path.tsi;
    const siblings = this.#byGsi.get(gsi);
    if (siblings === undefined) this.#byGsi.set(gsi, [path]);
    else siblings.push(path);
    this.#size++;
    return path;
  }

  /** An SPM has come: the idle timeout starts again. */
  touch(now: Instant, path: SourcePath): void {
    this.#alarms.set(path, now + this.#config.idleTimeout);
  }

  /** When the first path has to be forgotten, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Takes out a path that was idle for too long; `undefined` if there is none. */
  takeIdle(now: Instant): SourcePath | undefined {
    const path = this.#alarms.due(now);
    if (path === undefined) return undefined;
    const siblings = this.#byGsi.get(path.tsi.gsi)!;
    if (siblings.length === 1) this.#byGsi.delete(path.tsi.gsi);
    else siblings.splice(siblings.indexOf(path), 1);
    if (this.#latest === path) this.#latest = undefined;
    this.#size--;
    return path;
  }
}
