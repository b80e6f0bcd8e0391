/** The word that was probably meant by an unknown one. */

import { levenshtein } from './lazy.js';

/** The nearest of the known words, if it is near; from one letter nothing can be told. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length < 2 || known.length === 0) return undefined;
  // A long word is near to none, and takes long to compare.
  if (word.length > 100) return undefined;
  const { closest, distance } = levenshtein();
  const meant = closest(word, known);
  const most = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  return distance(word, meant) <= most ? meant : undefined;
}
