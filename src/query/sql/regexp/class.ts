/** Reads a character class: `[a-z&&[^aeiou]]`. */

import { invalidArgument } from '../errors.js';
import { escapedPoint, escapedSet, type Reader } from './escape.js';
import { intersect, invert, property, type Ranges, tidy } from './ranges.js';

const DEEPEST = 50;

/** The code points of a class; its `[` is read. */
export function readClass(reader: Reader, depth = 0): Ranges {
  if (depth > DEEPEST) invalidArgument('too deep nest level');
  const isNegative = reader.characters[reader.at] === '^';
  if (isNegative) reader.at++;
  let left: Ranges | undefined;
  let ranges: Array<readonly [number, number]> = [];
  const start = reader.at;
  for (;;) {
    const character = reader.characters[reader.at++];
    if (character === undefined) return invalidArgument('premature end of char-class');
    if (character === ']') {
      // The first `]` is a character where another one closes the class.
      if (reader.at - 1 !== start) break;
      if (!reader.characters.includes(']', reader.at)) invalidArgument('empty char-class');
      ranges.push(...rangeFrom(reader, 0x5d));
    } else if (character === '[') ranges.push(...(posixClass(reader) ?? readClass(reader, depth + 1)));
    else if (character === '&' && reader.characters[reader.at] === '&') {
      reader.at++;
      left = left ? intersect(left, tidy(ranges)) : tidy(ranges);
      ranges = [];
    } else ranges.push(...readMember(reader, character));
  }
  const all = left ? intersect(left, tidy(ranges)) : tidy(ranges);
  return isNegative ? invert(all) : all;
}

/** `[:alpha:]` inside of a class. */
function posixClass(reader: Reader): Ranges | undefined {
  const name = /^:(\^?)([a-z]+):\]/.exec(reader.characters.slice(reader.at, reader.at + 12).join(''));
  const ranges = name && property(name[2]!);
  if (!ranges) return undefined;
  reader.at += name[0].length;
  return name[1] === '^' ? invert(ranges) : ranges;
}

/** A character, a range that it begins, or the set of an escape. */
function readMember(reader: Reader, character: string): Ranges {
  if (character !== '\\') return rangeFrom(reader, character.codePointAt(0)!);
  const escaped = reader.characters[reader.at++];
  if (escaped === undefined) return invalidArgument('end pattern at escape');
  return escapedSet(reader, escaped) ?? rangeFrom(reader, classPoint(reader, escaped));
}

/** In a class `\b` is the backspace, and there are no references to groups. */
function classPoint(reader: Reader, escaped: string): number {
  if (escaped === 'b') return 8;
  if (!/[1-7]/.test(escaped)) return escapedPoint(reader, escaped);
  const digits = /^[0-7]{0,2}/.exec(reader.characters.slice(reader.at, reader.at + 2).join(''))![0];
  reader.at += digits.length;
  return Number.parseInt(escaped + digits, 8);
}

/** The range that starts with a code point, or that alone. */
function rangeFrom(reader: Reader, first: number): Ranges {
  const next = reader.characters[reader.at + 1];
  if (reader.characters[reader.at] !== '-' || next === undefined || next === ']') return [[first, first]];
  if (next === '[' || (next === '&' && reader.characters[reader.at + 2] === '&')) return [[first, first]];
  reader.at += 2;
  let last = next.codePointAt(0)!;
  if (next === '\\') {
    const escaped = reader.characters[reader.at++];
    if (escaped === undefined) return invalidArgument('end pattern at escape');
    if (/[dDwWsSpP]/.test(escaped)) invalidArgument('char-class value at end of range');
    last = classPoint(reader, escaped);
  }
  if (last < first) invalidArgument('empty range in char class');
  return [[first, last]];
}
