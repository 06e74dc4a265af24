/**
 * The catalog: the scenarios that come with pgmlab, by name. One idea each.
 *
 * @module
 */

import type { ScenarioSpec } from "../spec.ts";
import burstLoss from "./burst-loss.ts";
import fragmentation from "./fragmentation.ts";
import lossless from "./lossless.ts";
import multihomedReceiver from "./multihomed-receiver.ts";
import ncfSuppression from "./ncf-suppression.ts";
import reordering from "./reordering.ts";
import singleLoss from "./single-loss.ts";
import tailLoss from "./tail-loss.ts";
import twoSources from "./two-sources.ts";
import unrecoverable from "./unrecoverable.ts";
import wraparound from "./wraparound.ts";

/** Every scenario of the catalog. */
export const CATALOG: ReadonlyMap<string, ScenarioSpec> = new Map(
  [
    lossless,
    singleLoss,
    burstLoss,
    reordering,
    tailLoss,
    ncfSuppression,
    multihomedReceiver,
    unrecoverable,
    fragmentation,
    twoSources,
    wraparound,
  ].map((scenario) => [scenario.name, scenario]),
);
