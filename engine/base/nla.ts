/**
 * Network-layer addresses (NLAs): IPv4 and IPv6 addresses in canonical text, so that `===` is equality and a
 * `Map` can be keyed by them (docs/decisions/0003-nla-as-text.md).
 *
 * @module
 */

const DOT = 0x2e;
const DIGIT_0 = 0x30;

/**
 * An IPv4 address in dotted decimal or an IPv6 address in the canonical form of RFC 5952. {@link parseNla} makes one of
 * a text. Only the type checker knows of the property: at run time this is a string.
 */
export type Nla = string & { readonly __brand: "Nla" };

/** Whether the address is IPv6. */
export function isIpv6(nla: Nla): boolean {
  return nla.includes(":");
}

/** The number of octets of the address: 4 or 16. */
export function nlaLength(nla: Nla): 4 | 16 {
  return isIpv6(nla) ? 16 : 4;
}

/** Whether the address is an IPv4 (224.0.0.0/4) or IPv6 (ff00::/8) multicast group. */
export function isMulticast(nla: Nla): boolean {
  if (nla.charCodeAt(0) === 0x66 && nla.charCodeAt(1) === 0x66) return nla.indexOf(":") === 4;
  if (nla.charCodeAt(0) !== 0x32 || nla.charCodeAt(3) !== 0x2e) return false;
  const tens = nla.charCodeAt(1);
  if (tens === 0x33) return true;
  return tens === 0x32 && nla.charCodeAt(2) >= 0x34;
}

/** The address in canonical form, or `undefined` when the text is not an IPv4 or IPv6 address. */
export function parseNla(text: string): Nla | undefined {
  const octets = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return octets === undefined ? undefined : nlaFromBytes(Uint8Array.from(octets), 0, octets.length as 4 | 16);
}

/** The address whose 4 or 16 octets start at `offset`. */
export function nlaFromBytes(bytes: Uint8Array, offset: number, length: 4 | 16): Nla {
  if (length === 4) {
    return `${bytes[offset]!}.${bytes[offset + 1]!}.${bytes[offset + 2]!}.${bytes[offset + 3]!}` as Nla;
  }
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[offset + i]! << 8) | bytes[offset + i + 1]!);
  return formatIpv6(groups) as Nla;
}

/** Writes the octets of the address at `offset`; gives how many. */
export function writeNla(nla: Nla, bytes: Uint8Array, offset: number): 4 | 16 {
  if (isIpv6(nla)) {
    bytes.set(parseIpv6(nla)!, offset);
    return 16;
  }
  // Every packet that is sent or captured carries some: digit by digit is a tenth of the cost of splitting.
  let at = offset;
  let octet = 0;
  for (let i = 0; i < nla.length; i++) {
    const unit = nla.charCodeAt(i);
    if (unit === DOT) {
      bytes[at++] = octet;
      octet = 0;
    } else {
      octet = octet * 10 + unit - DIGIT_0;
    }
  }
  bytes[at] = octet;
  return 4;
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const octets: number[] = [];
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    octets.push(Number(part));
  }
  return octets;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = ipv6Groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? ipv6Groups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const zeros = 8 - head.length - tail.length;
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const octets: number[] = [];
  for (const group of [...head, ...new Array<number>(zeros).fill(0), ...tail]) octets.push(group >> 8, group & 0xff);
  return octets;
}

/** The groups of one side of `::`; the last of an address may be written as IPv4. */
function ipv6Groups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes(".")) {
      const octets = parseIpv4(part);
      if (octets === undefined) return undefined;
      groups.push((octets[0]! << 8) | octets[1]!, (octets[2]! << 8) | octets[3]!);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** RFC 5952: lower case, no leading zeros, the longest run of at least two zero groups as `::`. */
function formatIpv6(groups: readonly number[]): string {
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    if (end > i) i = end - 1;
  }
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}
