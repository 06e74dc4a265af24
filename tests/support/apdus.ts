/**
 * APDUs in fragments, with octets that tell where they belong.
 *
 * @module
 */

import { type PacketValue, type Sqn, sqnAdd } from "../../engine/mod.ts";
import { odata } from "./rig.ts";

/** `count` octets of the packet `sqn`. */
export function octetsOf(sqn: Sqn, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (sqn * 31 + i * 7 + 1) & 0xff);
}

/** An APDU whose packets have `lengths` octets, from `firstSqn` on. */
export interface Apdu {
  readonly firstSqn: Sqn;
  readonly lengths: readonly number[];
}

/** The octets of an APDU. */
export function apduOctets({ firstSqn, lengths }: Apdu): number[] {
  return lengths.flatMap((length, i) => [...octetsOf(sqnAdd(firstSqn, i), length)]);
}

/** The packets of an APDU in order: one without OPT_FRAGMENT, or several with it. */
export function apduPackets({ firstSqn, lengths }: Apdu, trail: Sqn): PacketValue[] {
  const apduLength = lengths.reduce((sum, length) => sum + length, 0);
  let offset = 0;
  return lengths.map((length, i) => {
    const sqn = sqnAdd(firstSqn, i);
    const options = lengths.length === 1 ? [] : [{ type: "FRAGMENT", firstSqn, offset, apduLength } as const];
    offset += length;
    return odata({ sqn, trail, payload: octetsOf(sqn, length), options });
  });
}

/** One fragment of an APDU of `apduLength` octets, of four octets unless given. */
export function fragment(
  fields: { sqn: Sqn; firstSqn: Sqn; offset: number; apduLength: number; length?: number; trail?: Sqn },
): PacketValue {
  const { sqn, firstSqn, offset, apduLength, length = 4, trail = 0 } = fields;
  return odata({
    sqn,
    trail,
    payload: octetsOf(sqn, length),
    options: [{ type: "FRAGMENT", firstSqn, offset, apduLength }],
  });
}
