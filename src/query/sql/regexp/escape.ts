/** Reads what stands after a backslash in a pattern. */

import { invalidArgument } from '../errors.js';
import { DIGIT, invert, property, type Ranges, SPACE, WORD } from './ranges.js';

/** Where the reader stands. */
export interface Reader {
  readonly characters: readonly string[];
  at: number;
}

/** Whether a text comes next. */
export const looksAt = (reader: Reader, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (reader.characters[reader.at + i] !== text[i]) return false;
  return true;
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

/** The sets that a letter after `\` stands for, inside of classes and out of them. */
export function escapedSet(reader: Reader, character: string): Ranges | undefined {
  switch (character) {
    case 'd':
      return DIGIT;
    case 'D':
      return invert(DIGIT);
    case 'w':
      return WORD;
    case 'W':
      return invert(WORD);
    case 's':
      return SPACE;
    case 'S':
      return invert(SPACE);
    case 'p':
    case 'P':
      return looksAt(reader, '{') ? readProperty(reader, character === 'P') : undefined;
    default:
      return undefined;
  }
}

function readProperty(reader: Reader, isNegative: boolean): Ranges {
  const end = reader.characters.indexOf('}', reader.at);
  const name = reader.characters.slice(reader.at + 1, end < 0 ? undefined : end).join('');
  const ranges = end < 0 ? undefined : property(name);
  if (!ranges) return invalidArgument(`invalid character property name <${name}>`);
  reader.at = end + 1;
  return isNegative ? invert(ranges) : ranges;
}

/** The code point that an escape stands for; the letter after `\` is read. */
export function escapedPoint(reader: Reader, character: string): number {
  const take = (pattern: RegExp, base: number): number | undefined => {
    const digits = pattern.exec(reader.characters.slice(reader.at, reader.at + 11).join(''))?.[0];
    if (digits === undefined) return undefined;
    reader.at += digits.length;
    const point = Number.parseInt(digits.replace(/[{}]/g, ''), base);
    if (point > 0x10ffff) invalidArgument('too big wide-char value');
    return point;
  };
  if (Object.hasOwn(CONTROLS, character)) return CONTROLS[character]!;
  if (character === 'x') return take(/^\{[0-9A-Fa-f]{1,8}\}/, 16) ?? take(/^[0-9A-Fa-f]{1,2}/, 16) ?? 0;
  if (character === 'u') return take(/^[0-9A-Fa-f]{4}/, 16) ?? 0x75;
  if (character === '0') return take(/^[0-7]{1,2}/, 8) ?? 0;
  if (character === 'c')
    return (
      (reader.characters[reader.at++] ?? invalidArgument('end pattern at control')).codePointAt(0)! & 0x1f
    );
  return character.codePointAt(0)!;
}
