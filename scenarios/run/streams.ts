/**
 * What every source was given to send, and said about its session: what receivers are held against.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import { formatTsi, OptionType, PacketType, type PacketView, type Sqn, type Tsi } from "../../engine/mod.ts";
import { SentStream } from "../checkers/sent_stream.ts";

/** The streams of all sources that ever ran, by TSI. A source that restarts begins a new one. */
export class Streams {
  readonly all: SentStream[] = [];
  readonly #byTsi = new Map<string, SentStream>();

  /** Begins the stream of a source; `expected` by every receiver, or only by those that hear of it. */
  open(tsi: string, name: string, group: string, firstSqn: Sqn, expected = true): SentStream {
    assert(!this.#byTsi.has(tsi), `two sessions of a run have the TSI ${tsi}`);
    const stream = new SentStream(this.all.length, name, group, firstSqn, expected);
    this.all.push(stream);
    this.#byTsi.set(tsi, stream);
    return stream;
  }

  /** The stream of a session. */
  find(tsi: Tsi): SentStream | undefined {
    return this.#byTsi.get(formatTsi(tsi));
  }

  /** Notes what a packet that anybody puts on the network says about its session. */
  note(view: PacketView, fromSource: boolean): void {
    const data = fromSource && view.type === PacketType.ODATA;
    if (!data && !view.hasOptions) return;
    const stream = this.find({ gsi: view.gsi, port: view.sessionPort });
    if (stream === undefined) return;
    if (data && !view.parity) stream.transmitted = Math.max(stream.transmitted, stream.offsetOf(view.sqn) + 1);
    if (view.hasOption(OptionType.FIN)) stream.finSent = true;
    if (view.hasOption(OptionType.RST)) stream.rstSent = true;
  }
}
