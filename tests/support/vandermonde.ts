/**
 * The erasure code once more, as slow and plain as its definition: products digit by digit, a Vandermonde matrix made
 * systematic by inversion, sums octet by octet. It shares nothing with `engine/fec`.
 *
 * @module
 */

/** A product in GF(2^8) over 0x11D: shifts and sums. */
export function plainMultiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if (b >> bit & 1) product ^= a;
    a <<= 1;
    if (a & 0x100) a ^= 0x11d;
  }
  return product;
}

/** All products: the matrices need millions of them. */
const PRODUCTS = Array.from({ length: 256 }, (_, a) => Uint8Array.from({ length: 256 }, (_, b) => plainMultiply(a, b)));

/** Rows `k` to `n - 1` of the systematic matrix: the factors of the data in each parity packet. */
export function plainGenerator(k: number, n: number): Uint8Array[] {
  const vandermonde = Array.from({ length: n }, (_, row) => {
    const powers = new Uint8Array(k);
    const point = row === 0 ? 0 : power(2, row - 1);
    for (let column = 0; column < k; column++) powers[column] = power(point, column);
    return powers;
  });
  const inverse = invert(vandermonde.slice(0, k));
  return vandermonde.slice(k).map((row) => plainProduct([row], inverse)[0]!);
}

/** The product of a matrix and packets, all in buffers of their own. */
export function plainProduct(matrix: readonly Uint8Array[], packets: readonly Uint8Array[]): Uint8Array[] {
  return matrix.map((row) =>
    packets[0]!.map((_, i) => packets.reduce((sum, packet, c) => sum ^ PRODUCTS[row[c]!]![packet[i]!]!, 0))
  );
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = PRODUCTS[result]![base]!;
  return result;
}

/** Gauss and Jordan, on the matrix beside the identity. */
function invert(matrix: readonly Uint8Array[]): Uint8Array[] {
  const size = matrix.length;
  const rows = matrix.map((row, r) =>
    Uint8Array.from({ length: 2 * size }, (_, c) => c < size ? row[c]! : +(c - size === r))
  );
  for (let pivot = 0; pivot < size; pivot++) {
    const from = rows.findIndex((row, r) => r >= pivot && row[pivot] !== 0);
    [rows[pivot], rows[from]] = [rows[from]!, rows[pivot]!];
    const scale = power(rows[pivot]![pivot]!, 254);
    rows[pivot] = rows[pivot]!.map((value) => PRODUCTS[value]![scale]!);
    for (let r = 0; r < size; r++) {
      const factor = rows[r]![pivot]!;
      if (r !== pivot) rows[r] = rows[r]!.map((value, c) => value ^ PRODUCTS[factor]![rows[pivot]![c]!]!);
    }
  }
  return rows.map((row) => row.slice(size));
}
