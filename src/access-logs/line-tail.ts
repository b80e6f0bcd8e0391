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

/**
 * Values of fields of the tail: what they begin with, so that `SigV4A` is one. A `-` is one as well, but for the host id,
 * which every row has that S3 writes and which may be anything else.
 */
const KNOWN_VALUES: ReadonlyArray<readonly [name: AccessFieldName, ...begins: string[]]> = [
  ['hostid'],
  ['sigv', 'SigV'],
  ['authtype', 'AuthHeader', 'QueryString'],
  ['tlsversion', 'TLS'],
  ['aclrequired', 'Yes'],
];
const CHECKS = KNOWN_VALUES.map(([name, ...begins]) => ({
  place: placeOf(name) - VERSION_ID,
  begins: begins.map(text => Buffer.from(text)),
}));

/** Values that are not known, above which text is not a tail: S3 may write a new one some day, but not all at once. */
const MOST_UNKNOWN = 1;
/** More unknown values than any tail has. */
export const NO_TAIL = MOST_UNKNOWN + 1;

function beginsWith(bytes: Uint8Array, from: number, to: number, value: Buffer): boolean {
  if (to - from < value.length) return false;
  for (let i = 0; i < value.length; i++) if (bytes[from + i] !== value[i]) return false;
  return true;
}

function isKnown(bytes: Uint8Array, from: number, to: number, begins: readonly Buffer[]): boolean {
  const isDash = to - from === 1 && bytes[from] === MINUS;
  if (isDash || begins.length === 0) return isDash !== (begins.length === 0);
  for (const value of begins) if (beginsWith(bytes, from, to, value)) return true;
  return false;
}

/**
 * How many values are not known in `[from, end)`, read as the tail of a line; `NO_TAIL` where it is none: a quote, an
 * empty field, another number of fields than lines have had, or too many such values.
 */
export function unknownInText(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  let count = 0;
  let unknown = 0;
  while (at < end) {
    let to = at;
    while (to < end && bytes[to] !== SPACE) if (bytes[to++] === QUOTE) return NO_TAIL;
    if (to === at) return NO_TAIL;
    const check = CHECKS.find(({ place }) => place === count);
    if (check !== undefined && !isKnown(bytes, at, to, check.begins)) unknown++;
    count++;
    at = to + 1;
  }
  return isTailCount(count) ? Math.min(unknown, NO_TAIL) : NO_TAIL;
}

/** Like `unknownInText`, of what follows the last quote of a line, without its first `skipped` (0 or 1) fields. */
export function unknownInTail(bytes: Uint8Array, end: number, tail: Tail, skipped: number): number {
  const count = tail.spaces + 1 - skipped;
  if (tail.lastQuote < 0 || tail.hasQuote || tail.hasEmpty || !isTailCount(count)) return NO_TAIL;
  let unknown = 0;
  for (const { place, begins } of CHECKS) {
    if (place >= count) break;
    const space = tail.spaces - skipped - place;
    const to = space === 0 ? end : tail.places[(space - 1) % REMEMBERED]!;
    if (!isKnown(bytes, tail.places[space % REMEMBERED]! + 1, to, begins) && ++unknown >= NO_TAIL)
      return NO_TAIL;
  }
  return unknown;
}
