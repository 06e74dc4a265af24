/**
 * A source that offers parity, and what it says.
 *
 * @module
 */

import { type DataValue, NEVER, type OptionValue, type ParityConfig, type SourceConfig } from "../../engine/mod.ts";
import { QUIET, sourceBench } from "./benches.ts";
import type { Rig, Said } from "./rig.ts";

/** Groups of eight and parity on demand; a group ends only when it is full. */
export const ON_DEMAND: ParityConfig = { groupSize: 8, proActive: 0, onDemand: true, truncateAfter: NEVER };
/** The same with two parity packets after each group, and none on demand. */
export const PRO_ACTIVE: ParityConfig = { ...ON_DEMAND, proActive: 2, onDemand: false };

/** A source whose first SPM is due, and which confirms every NAK. */
export function paritySource(parity: ParityConfig, config: Partial<SourceConfig> = {}) {
  return sourceBench({ ...QUIET, syn: false, ncfRepeatIvl: 0, burstBytes: 10_000_000, ...config, parity });
}

/** What was said, parity as `TYPE* SQN`, with the options. */
export function heard(rig: Rig<ReturnType<typeof paritySource>["endpoint"]>): string[] {
  return rig.said().map(({ value }) => {
    const options = value.options.map(({ type }) => ` ${type}`).join("");
    return `${value.type}${value.parity ? "*" : ""} ${"sqn" in value ? value.sqn : ""}${options}`;
  });
}

/** The parity packets of what was said. */
export function parityOf(said: readonly Said[]): DataValue[] {
  return said.map(({ value }) => value)
    .filter((value): value is DataValue => value.type === "ODATA" || value.type === "RDATA")
    .filter(({ parity }) => parity);
}

/** The option of one type, if the packet has it. */
export function optionOf<Type extends OptionValue["type"]>(
  value: { readonly options: readonly OptionValue[] },
  type: Type,
) {
  return value.options.find((option): option is Extract<OptionValue, { type: Type }> => option.type === type);
}
