/** The short way through a pattern of numbers: reads a text that has every digit where it is expected. */

import type { ParsedTime } from './bucket.js';
import { DAY_MS, daysFromCivil, daysInMonth, MINUTE_MS } from './calendar.js';

/** A part of a pattern that can be read so. */
export type Plain =
  | { kind: 'literal'; text: string }
  | { kind: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' }
  | { kind: 'fraction'; most: number }
  | { kind: 'offset' };

const KINDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** A step: the place of a number of some digits, the most digits of a fraction, or a literal text. */
interface Step {
  slot: number;
  digits: number;
  text: string;
}

const FRACTION = 6;
const OFFSET = 7;
const LITERAL = 8;

function stepOf(part: Plain): Step {
  if (part.kind === 'literal') return { slot: LITERAL, digits: 0, text: part.text };
  if (part.kind === 'fraction') return { slot: FRACTION, digits: part.most, text: '' };
  if (part.kind === 'offset') return { slot: OFFSET, digits: 0, text: '' };
  return { slot: KINDS.indexOf(part.kind), digits: part.kind === 'year' ? 4 : 2, text: '' };
}

/**
 * Makes a parser of a pattern that has a date in numbers, and a time or none.
 * @returns undefined for another pattern; its result is undefined for a text that has to be read in full
 */
export function plainParser(
  parts: ReadonlyArray<Plain | undefined>,
): ((text: string) => ParsedTime | undefined) | undefined {
  if (parts.some(part => part === undefined)) return undefined;
  const steps = (parts as readonly Plain[]).map(stepOf);
  const slots = steps.map(({ slot }) => slot).filter(slot => slot !== LITERAL);
  if (new Set(slots).size !== slots.length || ![0, 1, 2].every(slot => slots.includes(slot)))
    return undefined;
  const hasOffset = slots.includes(OFFSET);
  return text => {
    const values = [0, 0, 0, 0, 0, 0, 0, 0];
    if (readAll(steps, text, values) !== text.length) return undefined;
    const local = millis(values);
    if (local === undefined) return undefined;
    return hasOffset
      ? { ms: local - values[OFFSET]!, offset: values[OFFSET]!, zone: undefined }
      : { ms: local, offset: undefined, zone: undefined };
  };
}

const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
};

/** Reads `Z` or `+02:00`; gives the end, or -1. */
function readOffset(text: string, at: number, values: number[]): number {
  if (text[at] === 'Z') return at + 1;
  if ((text[at] !== '+' && text[at] !== '-') || text[at + 3] !== ':') return -1;
  if (![1, 2, 4, 5].every(i => isDigitAt(text, at + i)) || text[at + 6] === ':') return -1;
  const hours = Number(text.slice(at + 1, at + 3));
  const minutes = Number(text.slice(at + 4, at + 6));
  if (hours > 23 || minutes > 59) return -1;
  const size = (hours * 60 + minutes) * MINUTE_MS;
  values[OFFSET] = text[at] === '-' ? -size : size;
  return at + 6;
}

/** Reads the steps; gives the end, or -1. */
function readAll(steps: readonly Step[], text: string, values: number[]): number {
  let at = 0;
  for (const { slot, digits, text: expected } of steps) {
    if (slot === LITERAL) {
      if (!text.startsWith(expected, at)) return -1;
      at += expected.length;
      continue;
    }
    if (slot === OFFSET) {
      at = readOffset(text, at, values);
      if (at < 0) return -1;
      continue;
    }
    const isFraction = slot === FRACTION;
    let value = 0;
    let unit = isFraction ? 100 : 1;
    let read = 0;
    for (; read < digits; read++) {
      const digit = text.charCodeAt(at + read) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      if (isFraction) {
        value += digit * unit;
        unit = Math.floor(unit / 10);
      } else value = value * 10 + digit;
    }
    if (read === 0 || (!isFraction && read < digits)) return -1;
    values[slot] = value;
    at += read;
  }
  return at;
}

function millis(values: readonly number[]): number | undefined {
  const [year, month, day, hour, minute, second, fraction] = values as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return daysFromCivil(year, month, day) * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000 + fraction;
}
