/**
 * What a router that speaks PGM can be given (RFC 3208, section 7). Read spec.ts first.
 *
 * @module
 */

import type { ElementConfig } from "../../engine/mod.ts";
import { ScenarioError } from "./errors.ts";
import { checkParent } from "./lower_parent.ts";
import { boolean, duration, integer, share } from "./scalars.ts";
import { byDefault, join, named, object, type Parsed } from "./schema.ts";
import { parentKeys } from "./spec_parent.ts";
import { DURATION, formatQuantity } from "./units.ts";

const interval = duration("1ns", "24h");
const delay = duration("0s", "24h");
const count = integer(1, 2 ** 24);

const { nakBoRng: _nakBoRng, repairStateIvl: _repairStateIvl, firstPollSqn: _firstPollSqn, ...elementAsParent } =
  parentKeys;

/** The parameters of a network element. */
export const elementSchema = named(
  "Element",
  object({
    nakRptIvl: byDefault(interval, "1s", "NAK_RPT_IVL: how long a NAK is repeated while no NCF comes"),
    nakRptRte: byDefault(integer(1, 1_000_000), 10, "NAK_RPT_RTE: copies per second while it is repeated"),
    nakRdataIvl: byDefault(interval, "2s", "NAK_RDATA_IVL: how long repair state waits for the repair"),
    nakElimIvl: byDefault(
      interval,
      "200ms",
      "NAK_ELIM_IVL: how long after an NCF further NAKs are eliminated; at most a quarter of nakRdataIvl",
    ),
    ncfRepeatIvl: byDefault(delay, "20ms", "how far apart repeats of one NCF on one interface are, against NAK storms"),
    followRedirects: byDefault(boolean(), true, "whether NAKs go to local repairers that offer themselves"),
    dlrPollIvl: byDefault(
      delay,
      "0s",
      "while no repairer is known, how often one is looked for below (PGM_POLL_DLR) after a loss, at most; 0s for never",
    ),
    dlrPollBoIvl: byDefault(
      duration("0s", "4294s"),
      "50ms",
      "POLL_BO_IVL of these polls: repairers reply within 0 .. dlrPollBoIvl",
    ),
    pathHoldIvl: byDefault(delay, "500ms", "how long after a change of the path to a source it does not change again"),
    idleTimeout: byDefault(interval, "300s", "how long the path to a source is remembered without an SPM"),
    maxSessions: byDefault(integer(1, 65_536), 256, "how many sources a path is kept for"),
    maxRepairs: byDefault(count, 65_536, "repair states in all"),
    maxRepairsPerSession: byDefault(count, 16_384, "repair states of one session; anticipated ones fill half of them"),
    maxRepairsPerInterface: byDefault(count, 4_096, "repair states that one interface asks for; more NAKs are shed"),
    maxAhead: byDefault(integer(1, 2 ** 30), 65_536, "how far beyond the last SPM_LEAD a NAK may ask"),
    ...elementAsParent,
  }),
);

/** What the routers of the networks of usual shape can be given. */
export const routerKeys = {
  pgmRouters: byDefault(share(), 0, "the share of the routers that speak PGM, spread evenly from the sender on"),
  element: byDefault(elementSchema, {}, "parameters of the routers that speak PGM"),
};

export type ParsedElement = Parsed<typeof elementSchema>;

/** What takes more than one parameter to check. Throws `ScenarioError`. */
export function checkElement(element: ElementConfig, at: string): ElementConfig {
  checkParent(element, at);
  const { nakElimIvl, nakRdataIvl } = element;
  if (nakElimIvl * 4 <= nakRdataIvl) return element;
  const [elim, rdata] = [nakElimIvl, nakRdataIvl].map((ns) => formatQuantity(DURATION, ns));
  throw new ScenarioError(join(at, "nakElimIvl"), `${elim} must be at most a quarter of nakRdataIvl ${rdata}`);
}
