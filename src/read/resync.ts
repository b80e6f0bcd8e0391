/**
 * Going on after a broken item. A record may hold any JSON that a caller sent, so what looks like a record inside a
 * lost one is text of an attacker: reading goes on only where the container itself goes on.
 *
 * Two ways, the first that works:
 * - `passedItem`: the item's own end. Brackets and quotes still pair in an item that is nested too deep, too long, or
 *   has a raw control character, NaN or an unknown escape.
 * - Where a quote or a bracket itself is broken: the next sibling from which the container reads on to its end
 *   (`restOf`). Where the file is cut or broken again before that, the depth decides (`createDepth`).
 */

import { scanValue, skipSpace } from './json-scan.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** 1: a string may begin after it; 2: may stand after a string's end. */
const AROUND = new Uint8Array(256);
for (const c of [OPEN_OBJECT, OPEN_ARRAY, COMMA, COLON]) AROUND[c]! |= 1;
for (const c of [COMMA, COLON, CLOSE_ARRAY, CLOSE_OBJECT]) AROUND[c]! |= 2;
/** +1 and -1 for brackets that open and close. */
const NESTING = new Int8Array(256);
NESTING[OPEN_OBJECT] = NESTING[OPEN_ARRAY] = 1;
NESTING[CLOSE_OBJECT] = NESTING[CLOSE_ARRAY] = -1;

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** The byte after `i` that is not white space; 0 at the end. */
function after(b: Uint8Array, i: number, end: number): number {
  let k = i + 1;
  while (k < end && isSpace(b[k]!)) k++;
  return k < end ? b[k]! : 0;
}

/**
 * What the quote at `i` must be, whatever a string around it holds: quotes inside strings are escaped, so that a quote
 * that begins a string always follows one of `{[,:`, and one that ends a string always precedes one of `,:]}`.
 * @param before the last byte before it that is not white space
 */
function roleOf(b: Uint8Array, i: number, end: number, before: number): 'begins' | 'ends' | 'either' {
  const next = after(b, i, end);
  if (next === 0) return 'either';
  const mayBegin = (AROUND[before]! & 1) !== 0;
  const mayEnd = (AROUND[next]! & 2) !== 0;
  return mayBegin === mayEnd ? 'either' : mayBegin ? 'begins' : 'ends';
}

/** Looks for the end of a broken item; keeps its place, because an item may come in many pieces. */
export interface Passing {
  /** Reads `b[from, end)`; returns the offset after the item, -1 where it goes on, -2 where its quotes or brackets do not pair. */
  read(b: Uint8Array, from: number, end: number): number;
}

/** Passes an object, array or string, whose brackets and quotes are all that is believed. */
export function createPassing(): Passing {
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let before = COMMA;
  /** The bracket that ends the item. */
  let close = 0;
  return {
    read(b, from, end) {
      for (let i = from; i < end; i++) {
        const c = b[i]!;
        if (close === 0) close = c === OPEN_ARRAY ? CLOSE_ARRAY : CLOSE_OBJECT;
        if (isEscaped) {
          isEscaped = false;
        } else if (c === BACKSLASH) {
          isEscaped = true;
        } else if (c === QUOTE) {
          const role = roleOf(b, i, end, before);
          if (role === (isString ? 'begins' : 'ends')) return -2;
          isString = !isString;
          if (!isString && depth === 0) return i + 1;
        } else if (!isString && NESTING[c] !== 0) {
          depth += NESTING[c]!;
          if (depth <= 0) return c === close ? i + 1 : -2;
        }
        if (!isSpace(c)) before = c;
      }
      return -1;
    },
  };
}

/** How deep the bytes after a lost item's beginning are, as far as its damage lets one tell. */
export interface Depth {
  /** Takes in one byte. */
  step(b: Uint8Array, i: number, end: number): void;
  /** The last byte that was not white space; a comma at the beginning. */
  before(): number;
  isInString(): boolean;
  /** Brackets that are open at `i`, the next byte. */
  at(b: Uint8Array, i: number, end: number): number;
}

export function createDepth(): Depth {
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let before = COMMA;
  /** Brackets that stand side by side before the byte at hand: of a string that was not closed they are no content. */
  let swallowed = 0;
  return {
    step(b, i, end) {
      const c = b[i]!;
      const isPunctuation = NESTING[c] !== 0 || c === COMMA || c === COLON || isSpace(c);
      if (isEscaped) {
        isEscaped = false;
      } else if (c === BACKSLASH) {
        isEscaped = true;
      } else if (c === QUOTE) {
        const role = roleOf(b, i, end, before);
        // A quote of the other kind says that one before it was lost.
        if (isString && role === 'begins') depth = Math.max(0, depth + swallowed);
        else if (isString || role !== 'ends') isString = !isString;
      } else if (!isString) {
        depth = Math.max(0, depth + NESTING[c]!);
      }
      swallowed = isString && isPunctuation ? swallowed + NESTING[c]! : 0;
      if (!isSpace(c)) before = c;
    },
    before: () => before,
    isInString: () => isString,
    at(b, i, end) {
      if (!isString) return depth;
      const quote = b.indexOf(QUOTE, i);
      const isLost = quote >= 0 && quote < end && roleOf(b, quote, end, b[quote - 1] ?? 0) === 'begins';
      return isLost ? Math.max(0, depth + swallowed) : Number.POSITIVE_INFINITY;
    },
  };
}

/** Bytes that are looked at to tell whether a container reads on: more than CloudTrail's longest records. */
export const LOOK_AHEAD = 2 << 20;

/** Whether a container reads on, and up to where that was looked at. */
export interface Rest {
  verdict: 'sound' | 'unsound' | 'unknown';
  at: number;
}

/**
 * Whether what follows an item, from `i` on, reads as the rest of the array it is in, the object around that array and
 * the end of the document. `unknown` where it is cut, broken again, or goes on beyond `LOOK_AHEAD`.
 * @param options.isLast true where the document ends at `end`
 * @param options.isInObject true where the array is a member of an object
 */
export function restOf(
  b: Uint8Array,
  i: number,
  end: number,
  { isLast, isInObject }: { isLast: boolean; isInObject: boolean },
): Rest {
  let rest = membersOf(b, i, end, CLOSE_ARRAY);
  if (rest.verdict === 'sound' && isInObject) rest = membersOf(b, rest.at, end, CLOSE_OBJECT);
  if (rest.verdict !== 'sound') return rest;
  let { at } = rest;
  while (at < end && b[at]! <= 0x20) at++;
  if (at >= end) return { verdict: isLast ? 'sound' : 'unknown', at };
  // Another document may follow.
  const isLine = b.subarray(rest.at, at).includes(LINE_FEED);
  if (b[at] !== OPEN_OBJECT && !(b[at] === OPEN_ARRAY && isLine)) return { verdict: 'unsound', at };
  const to = scanValue(b, at, end);
  if (to < 0) return { verdict: 'unknown', at };
  return { verdict: lineMayEndAt(b, to, end) ? 'sound' : 'unsound', at: to };
}

/** Reads commas, each with a member after it, up to the bracket `close`. */
function membersOf(b: Uint8Array, from: number, end: number, close: number): Rest {
  const isObject = close === CLOSE_OBJECT;
  let at = from;
  const rest = (verdict: Rest['verdict']): Rest => ({ verdict, at: Math.min(at, end) });
  while (at - from <= LOOK_AHEAD) {
    at = skipSpace(b, at, end);
    if (at >= end) return rest('unknown');
    if (b[at] === close) {
      at++;
      return rest('sound');
    }
    if (b[at] !== COMMA) return rest('unsound');
    at = skipSpace(b, at + 1, end);
    let to = at < end ? scanValue(b, at, end) : -1;
    if (to < 0) return rest('unknown');
    const next = skipSpace(b, to, end);
    if (next >= end) return rest('unknown');
    // A name stands before each value of an object, and before none of an array.
    const isName = b[next] === COLON;
    if (isName !== isObject) return rest('unsound');
    if (isName) {
      at = skipSpace(b, next + 1, end);
      to = at < end ? scanValue(b, at, end) : -1;
      if (to < 0) return rest('unknown');
    }
    at = to;
  }
  return rest('unknown');
}

/** Whether an element of an array may end at `i`: a sibling or the array's end follows. Less than `restOf` knows. */
export function elementMayEndAt(b: Uint8Array, i: number, end: number): boolean {
  const next = after(b, i - 1, end);
  if (next !== COMMA) return next === CLOSE_ARRAY;
  const sibling = skipSpace(b, b.indexOf(COMMA, i) + 1, end);
  if (b[sibling] !== QUOTE) return sibling < end && (b[sibling] === OPEN_OBJECT || b[sibling] === OPEN_ARRAY);
  const to = scanValue(b, sibling, end);
  return to < 0 || after(b, to - 1, end) !== COLON;
}

/** Whether a line, or one of several objects without line breaks, may end at `i`. */
export function lineMayEndAt(b: Uint8Array, i: number, end: number): boolean {
  let k = i;
  while (k < end && isSpace(b[k]!)) k++;
  if (k >= end) return true;
  if (b[i - 1] === CLOSE_OBJECT && b[k] === OPEN_OBJECT) return true;
  // Inside an indented value the next line is indented, or closes it.
  return k > i && b[k - 1] === LINE_FEED && (AROUND[b[k]!]! & 2) === 0;
}
