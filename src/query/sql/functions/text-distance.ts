/** Functions that compare texts by sound, distance or check digit. */

import { invalidArgument } from '../errors.js';
import { charactersOf } from '../text/code-points.js';
import { type SqlFunction, scalar } from './registry.js';

const MOST_CELLS = 1_000_000;

function levenshtein(left: string, right: string): bigint {
  const a = charactersOf(left);
  const b = charactersOf(right);
  if (a.length === 0) return BigInt(b.length);
  if (b.length === 0) return BigInt(a.length);
  if (a.length * (b.length - 1) > MOST_CELLS)
    invalidArgument('The combined inputs for Levenshtein distance are too large');
  let row = b.map((_, i) => i + 1);
  for (const [i, character] of a.entries()) {
    let diagonal = i;
    let before = i + 1;
    row = row.map((above, j) => {
      before = Math.min(before + 1, above + 1, diagonal + (character === b[j] ? 0 : 1));
      diagonal = above;
      return before;
    });
  }
  return BigInt(row.at(-1)!);
}

function hamming(left: string, right: string): bigint {
  const a = charactersOf(left);
  const b = charactersOf(right);
  if (a.length !== b.length)
    invalidArgument('The input strings to hamming_distance function must have the same length');
  return BigInt(a.filter((character, i) => character !== b[i]).length);
}

/** Digits of the letters A to Z; `-`: no digit, and letters before and after it count as neighbours. */
const SOUNDS = '01230120022455012623010202';

function soundex(text: string): string {
  const letters = [...text.toUpperCase()].filter(character => /\p{L}/u.test(character));
  if (letters.length === 0) return '';
  const soundOf = (letter: string): string => {
    const sound = /^[A-Z]$/.test(letter) ? SOUNDS[letter.charCodeAt(0) - 65] : undefined;
    if (sound === undefined)
      return invalidArgument(`The character is not mapped: ${letter} (index=${letter.charCodeAt(0) - 65})`);
    return sound;
  };
  let code = letters[0]!;
  let last = soundOf(code);
  for (const letter of letters.slice(1)) {
    if (code.length === 4) break;
    // H and W do not part two letters of one sound.
    if (letter === 'H' || letter === 'W') continue;
    const sound = soundOf(letter);
    if (sound !== '0' && sound !== last) code += sound;
    last = sound;
  }
  return code.padEnd(4, '0');
}

function luhn(text: string): boolean {
  if (text === '') return false;
  if (!/^[0-9]+$/.test(text)) invalidArgument('Input contains non-digit character');
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(text.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

export const TEXT_DISTANCE: readonly SqlFunction[] = [
  scalar(
    'levenshtein_distance(varchar, varchar) -> bigint',
    'The fewest characters to insert, delete or change that make one text the other.',
    levenshtein,
  ),
  scalar(
    'hamming_distance(varchar, varchar) -> bigint',
    'Number of places where two texts of one length differ.',
    hamming,
  ),
  scalar(
    'soundex(varchar) -> varchar',
    'The letter and three digits that say how an English word sounds.',
    soundex,
  ),
  scalar(
    'luhn_check(varchar) -> boolean',
    'Whether the last of the digits is right by the Luhn algorithm.',
    luhn,
  ),
];
