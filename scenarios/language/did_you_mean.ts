/**
 * Suggestions for misspelt names: the nearest of the names that would have been right.
 *
 * @module
 */

import { list, quote } from "./errors.ts";

/** Longer words are not compared: nobody misspells them, and the comparison is quadratic. */
const COMPARED_CHARACTERS = 64;

/**
 * The problem text for a name that does not exist:
 * `unknown key "nakBoIvel": did you mean "nakBoIvl"? allowed: nakBoIvl, nakRptIvl`.
 * `known` is what is compared; `shown`, by default the same, is what is listed after `label`.
 */
export function unknown(
  what: string,
  word: string,
  known: readonly string[],
  options: { readonly label?: string; readonly shown?: readonly string[] } = {},
): string {
  const nearest = closest(word, known);
  const question = nearest === undefined ? "" : ` did you mean ${quote(nearest)}?`;
  const shown = options.shown ?? known;
  const names = shown.length === 0 ? "none" : list(shown);
  return `unknown ${what} ${quote(word)}:${question} ${options.label ?? "allowed"}: ${names}`;
}

/** The candidate that is the fewest edits away from `word`, or `undefined` when none is near. The first of equals. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > COMPARED_CHARACTERS) return undefined;
  const folded = word.toLowerCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const longer = Math.max(word.length, candidate.length);
    const allowed = Math.min(Math.max(2, Math.floor(longer / 3)), longer - 1, least - 1);
    if (Math.abs(word.length - candidate.length) > allowed) continue;
    const edits = distance(folded, candidate.toLowerCase());
    if (edits > allowed) continue;
    nearest = candidate;
    least = edits;
  }
  return nearest;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, beforeLast[j - 2]! + 1);
      }
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
