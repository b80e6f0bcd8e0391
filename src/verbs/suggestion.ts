/** What was probably meant by an unknown word. */

import { levenshtein } from '../lazy.js';

/** @param what what the word should have been: command, search, option */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const { closest, distance } = levenshtein();
  // Another command may have it.
  const meant = closest(
    word,
    known.filter(name => name !== word),
  );
  const near = distance(word, meant) <= Math.max(2, Math.floor(word.length / 3));
  const dash = what === 'option' ? '--' : '';
  return `unknown ${what} ${dash}${word}${near ? `; did you mean ${dash}${meant}?` : ''}`;
}
