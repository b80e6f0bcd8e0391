/** The tail of a line: version id and what follows, S3's own text after the last quote. */

import { MINUS, QUOTE, SPACE } from '../bytes/ascii.js';
import { ACCESS_FIELDS, type AccessFieldName, FIELD_COUNTS, placeOf } from './fields.js';

const VERSION_ID = placeOf('versionid');
const LONGEST_TAIL = ACCESS_FIELDS.length - VERSION_ID;
/** By a number of fields: true where S3 has written lines with as many from the version id on. Longer ones may come. */
const IS_COUNT = Array.from({ length: LONGEST_TAIL + 1 }, (_, count) =>
  FIELD_COUNTS.includes(VERSION_ID + count),
);
const isTailCount = (count: number): boolean => IS_COUNT[count] ?? count > LONGEST_TAIL;

/** Spaces of a tail that are remembered: more than there are checks. */
const REMEMBERED = 16;

/** The last quote of a line that a space follows, and the spaces after it. */
export interface Tail {
  /** Index of that quote, -1 where there is none. */
  lastQuote: number;
  /** Number of spaces after the one that follows the quote. */
  spaces: number;
  /** Where the first of these are; that with number n, counted from the end, at n modulo the length. */
  places: Int32Array;
  /** True where there is a quote among the fields after it. */
  hasQuote: boolean;
  /** True where two spaces follow each other. */
  hasEmpty: boolean;
}

/** True where a tail begins at `from`. */
export type IsTail = (bytes: Uint8Array, from: number, end: number, tail: Tail) => boolean;

/** Finds the tail of `[at, end)`, from its end. */
export function findTail(bytes: Uint8Array, at: number, end: number): Tail {
  const places = new Int32Array(REMEMBERED);
  let spaces = 0;
  let hasQuote = bytes[end - 1] === QUOTE;
  let hasEmpty = false;
  let next = -1;
  for (let i = end - 1; i >= at; i--) {
    const byte = bytes[i];
    if (byte === SPACE) {
      if (next === SPACE) hasEmpty = true;
      places[spaces++ % REMEMBERED] = i;
    } else if (byte === QUOTE) {
      if (next === SPACE) return { lastQuote: i, spaces: spaces - 1, places, hasQuote, hasEmpty };
      hasQuote = true;
    }
    next = byte!;
  }
  return { lastQuote: -1, spaces, places, hasQuote, hasEmpty };
}

/** Values of fields of the tail, a `-` aside. A value that begins like one of them is taken, so that `SigV4A` is. */
const KNOWN_VALUES: ReadonlyArray<readonly [name: AccessFieldName, ...begins: string[]]> = [
  ['sigv', 'SigV'],
  ['authtype', 'AuthHeader', 'QueryString'],
  ['tlsversion', 'TLS'],
  ['aclrequired', 'Yes'],
];
const CHECKS = KNOWN_VALUES.map(([name, ...begins]) => ({
  place: placeOf(name) - VERSION_ID,
  begins: begins.map(text => Buffer.from(text)),
}));

function beginsWith(bytes: Uint8Array, from: number, to: number, value: Buffer): boolean {
  if (to - from < value.length) return false;
  for (let i = 0; i < value.length; i++) if (bytes[from + i] !== value[i]) return false;
  return true;
}

function isOneOf(bytes: Uint8Array, from: number, to: number, begins: readonly Buffer[]): boolean {
  if (to - from === 1 && bytes[from] === MINUS) return true;
  for (const value of begins) if (beginsWith(bytes, from, to, value)) return true;
  return false;
}

/** Like `isProperTail`, of text that does not begin after the last quote. */
function isProperText(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  let count = 0;
  while (at < end) {
    let to = at;
    while (to < end && bytes[to] !== SPACE) if (bytes[to++] === QUOTE) return false;
    const check = CHECKS.find(({ place }) => place === count);
    if (to === at || (check !== undefined && !isOneOf(bytes, at, to, check.begins))) return false;
    count++;
    at = to + 1;
  }
  return isTailCount(count);
}

/** True where `[from, end)` is the tail of a line as S3 writes it: fields without quotes, each of its own form. */
export const isProperTail: IsTail = (bytes, from, end, tail) => {
  // One field later where the user agent is a bare `-`.
  const skipped = from - tail.lastQuote === 2 ? 0 : 1;
  if (tail.lastQuote < 0 || from - tail.lastQuote !== 2 + 2 * skipped) return isProperText(bytes, from, end);
  const count = tail.spaces + 1 - skipped;
  if (tail.hasQuote || tail.hasEmpty || !isTailCount(count)) return false;
  for (const { place, begins } of CHECKS) {
    if (place >= count) break;
    const space = tail.spaces - skipped - place;
    const to = space === 0 ? end : tail.places[(space - 1) % REMEMBERED]!;
    if (!isOneOf(bytes, tail.places[space % REMEMBERED]! + 1, to, begins)) return false;
  }
  return true;
};

/** True where `[from, end)` has the number of fields that a tail has, whatever stands in them. */
export const isPossibleTail: IsTail = (bytes, from, end) => {
  if (from >= end) return false;
  let count = 1;
  for (let i = from; i < end; i++) {
    if (bytes[i] !== SPACE) continue;
    if (i === from || bytes[i - 1] === SPACE) return false;
    count++;
  }
  return isTailCount(count);
};
