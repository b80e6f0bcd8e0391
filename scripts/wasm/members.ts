/**
 * The scan that finds the members of a record, in AssemblyScript: in WebAssembly it looks at sixteen bytes of a string at
 * once. It takes what `src/read/json-scan.ts` takes; what it does not take is looked at there, which says what is wrong.
 * `scripts/make-wasm.ts` builds it.
 *
 * Memory: what was found, tables of names, the bytes to look at, what is written, what is kept (`src/read/scan-memory.ts`).
 */

import { LIST, MEMBER_BYTES, RESULT } from './memory';

export { idOf } from './dictionary';
export { hash } from './record';
export { row } from './row';

/** An object of more members is left to the other scanner. */
const MOST_MEMBERS: i32 = 1024;

/** A table: slot + 1 by hash, two bytes each, then the place and the length of each name, four bytes each. */
const TABLE_MASK: u32 = 1023;
const TABLE_NAMES: usize = 2048;

const MAX_DEPTH: i32 = 500;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

let loose: i32 = 0;
let cut: i32 = 0;
let escaped: bool = false;

function cutOff(): usize {
  cut = 1;
  return 0;
}

function skipSpace(i: usize, end: usize): usize {
  while (i < end) {
    const c = load<u8>(i);
    if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) break;
    loose = 1;
    i++;
  }
  return i;
}

function isHex(c: u8): bool {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

/** `i` stands behind the opening quote; the place behind the closing one, or 0. */
function stringEnd(i: usize, end: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const backslashes = i8x16.splat(BACKSLASH);
  const spaces = i8x16.splat(0x20);
  while (true) {
    const bytes = v128.load(i);
    const marks = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_u(bytes, spaces)),
    );
    if (marks === 0) {
      i += 16;
      if (i >= end) return cutOff();
      continue;
    }
    i += <usize>ctz(marks);
    if (i >= end) return cutOff();
    const c = load<u8>(i);
    if (c === QUOTE) return i + 1;
    if (c !== BACKSLASH) return 0;
    escaped = true;
    i = escapeEnd(i + 1, end);
    if (i === 0) return 0;
    if (i >= end) return cutOff();
  }
}

function escapeEnd(i: usize, end: usize): usize {
  if (i >= end) return cutOff();
  const c = load<u8>(i);
  if (c === 0x75) {
    if (i + 5 > end) return cutOff();
    for (let k: usize = 1; k < 5; k++) if (!isHex(load<u8>(i + k))) return 0;
    return i + 5;
  }
  const isKnown =
    c === QUOTE ||
    c === BACKSLASH ||
    c === 0x2f ||
    c === 0x62 ||
    c === 0x66 ||
    c === 0x6e ||
    c === 0x72 ||
    c === 0x74;
  return isKnown ? i + 1 : 0;
}

function digitsEnd(i: usize, end: usize): usize {
  while (i < end && <u32>load<u8>(i) - 0x30 <= 9) i++;
  return i;
}

function numberEnd(i: usize, end: usize): usize {
  if (load<u8>(i) === 0x2d) i++;
  const first = i;
  i = digitsEnd(i, end);
  if (i === first || (i > first + 1 && load<u8>(first) === 0x30)) return 0;
  if (i < end && load<u8>(i) === 0x2e) {
    const dot = i + 1;
    i = digitsEnd(dot, end);
    if (i === dot) return 0;
  }
  if (i < end && (load<u8>(i) | 0x20) === 0x65) {
    i++;
    if (i < end && (load<u8>(i) === 0x2b || load<u8>(i) === 0x2d)) i++;
    const exponent = i;
    i = digitsEnd(exponent, end);
    if (i === exponent) return 0;
  }
  return i >= end ? cutOff() : i;
}

/** The place behind a value that begins at `i`, or 0. */
function valueEnd(i: usize, end: usize, depth: i32): usize {
  if (i >= end) return cutOff();
  const c = load<u8>(i);
  if (c === QUOTE) return stringEnd(i + 1, end);
  if (c === 0x7b) return depth < MAX_DEPTH ? objectEnd(i + 1, end, depth + 1) : 0;
  if (c === 0x5b) return depth < MAX_DEPTH ? arrayEnd(i + 1, end, depth + 1) : 0;
  if (c === 0x74) return wordEnd(i, end, 0x65757274);
  if (c === 0x6e) return wordEnd(i, end, 0x6c6c756e);
  // `false` is `f` and a word of four.
  if (c === 0x66) return wordEnd(i + 1, end, 0x65736c61);
  return numberEnd(i, end);
}

function wordEnd(i: usize, end: usize, word: u32): usize {
  if (i + 4 > end) return cutOff();
  return load<u32>(i) === word ? i + 4 : 0;
}

/** `i` stands behind the brace. */
function objectEnd(i: usize, end: usize, depth: i32): usize {
  i = skipSpace(i, end);
  if (i < end && load<u8>(i) === 0x7d) return i + 1;
  while (true) {
    if (i >= end) return cutOff();
    if (load<u8>(i) !== QUOTE) return 0;
    i = stringEnd(i + 1, end);
    if (i === 0) return 0;
    i = skipSpace(i, end);
    if (i >= end) return cutOff();
    if (load<u8>(i) !== 0x3a) return 0;
    i = valueEnd(skipSpace(i + 1, end), end, depth);
    if (i === 0) return 0;
    i = skipSpace(i, end);
    if (i >= end) return cutOff();
    const next = load<u8>(i);
    if (next === 0x7d) return i + 1;
    if (next !== 0x2c) return 0;
    i = skipSpace(i + 1, end);
  }
}

/** `i` stands behind the bracket. */
function arrayEnd(i: usize, end: usize, depth: i32): usize {
  i = skipSpace(i, end);
  if (i < end && load<u8>(i) === 0x5d) return i + 1;
  while (true) {
    i = valueEnd(i, end, depth);
    if (i === 0) return 0;
    i = skipSpace(i, end);
    if (i >= end) return cutOff();
    const next = load<u8>(i);
    if (next === 0x5d) return i + 1;
    if (next !== 0x2c) return 0;
    i = skipSpace(i + 1, end);
  }
}

function hashOf(from: usize, length: usize): u32 {
  if (length === 0) return 0;
  const to = from + length;
  let h: u32 = <u32>length * 31 + load<u8>(from);
  h = h * 31 + load<u8>(to - 1);
  h = h * 31 + load<u8>(from + (length >> 1));
  h = h * 31 + load<u8>(from + (length >> 2));
  h = h * 31 + load<u8>(to - 1 - (length >> 2));
  return (h ^ (h >>> 10)) & TABLE_MASK;
}

function isSame(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false;
  const rest = <u64>(length - i);
  return rest === 0 || (load<u64>(a + i) ^ load<u64>(b + i)) << (64 - rest * 8) === 0;
}

function slotOf(table: usize, from: usize, length: usize): i32 {
  let h = hashOf(from, length);
  while (true) {
    const entry = load<u16>(table + ((<usize>h) << 1));
    if (entry === 0) return -1;
    const name = table + TABLE_NAMES + ((<usize>entry - 1) << 3);
    if (<usize>load<u32>(name, 4) === length && isSame(<usize>load<u32>(name), from, length))
      return entry - 1;
    h = (h + 1) & TABLE_MASK;
  }
}

/**
 * The place behind the object that begins at `start`, or 0 where it is left to the other scanner.
 * @param shift what is added to the places in the list
 */
export function members(start: usize, end: usize, table: usize, shift: i32): usize {
  loose = 0;
  cut = 0;
  const found = membersEnd(start, end, table, shift);
  store<i32>(RESULT, loose);
  store<i32>(RESULT, cut, 4);
  return found;
}

function membersEnd(start: usize, end: usize, table: usize, shift: i32): usize {
  let count: i32 = 0;
  store<i32>(RESULT, 0, 8);
  if (start >= end) return cutOff();
  if (load<u8>(start) !== 0x7b) return 0;
  let i = skipSpace(start + 1, end);
  if (i < end && load<u8>(i) === 0x7d) return i + 1;
  while (true) {
    if (i >= end) return cutOff();
    if (load<u8>(i) !== QUOTE || count >= MOST_MEMBERS) return 0;
    const name = i + 1;
    escaped = false;
    i = stringEnd(name, end);
    if (i === 0 || escaped) return 0;
    const nameEnd = i - 1;
    i = skipSpace(i, end);
    if (i >= end) return cutOff();
    if (load<u8>(i) !== 0x3a) return 0;
    const from = skipSpace(i + 1, end);
    i = valueEnd(from, end, 1);
    if (i === 0) return 0;
    const at = LIST + <usize>count * MEMBER_BYTES;
    store<i32>(at, slotOf(table, name, nameEnd - name));
    store<i32>(at, <i32>name + shift, 4);
    store<i32>(at, <i32>nameEnd + shift, 8);
    store<i32>(at, <i32>from + shift, 12);
    store<i32>(at, <i32>i + shift, 16);
    count++;
    i = skipSpace(i, end);
    if (i >= end) return cutOff();
    const next = load<u8>(i);
    if (next === 0x7d) {
      store<i32>(RESULT, count, 8);
      return i + 1;
    }
    if (next !== 0x2c) return 0;
    i = skipSpace(i + 1, end);
  }
}
