/** What was probably meant by an unknown word. */

import { nearest } from '../nearest.js';
import { brief } from '../output/escape.js';

/** @param what what the word should have been: command, search, option */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  // Another command may have it.
  const meant = nearest(
    word,
    known.filter(name => name !== word),
  );
  const dash = what !== 'option' ? '' : word.length === 1 ? '-' : '--';
  return `unknown ${what} ${dash}${brief(word)}${meant ? `; did you mean ${what === 'option' ? '--' : ''}${meant}?` : ''}`;
}
