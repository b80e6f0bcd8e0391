/**
 * Reads rows out of the leaf pages of two tables with the same ids ("Database File Format", 1.6 and 2.1), in AssemblyScript,
 * and writes them as text or as columns. `src/store/file/stored-rows.ts` brings the pages and says what is wanted.
 * Whatever is not as it should be is declined: SQLite reads it then, and says what is wrong.
 *
 * Memory: for each table the values of the row at hand, what is wanted of a row, then what the other side puts there.
 */

export {
  appendHybrid,
  appendTexts,
  fillFlat,
  numberTexts,
  present,
  rangeOf,
  setNumbers,
  spread,
} from './columns';

import { BLOB_TYPE, LEAF, LEAF_HEAD, MOST_LOCAL, PAGE, TEXT_TYPE } from './leaf';

/** Of a value: its type as it stands in the record, and where it is. */
const VALUE_BYTES: usize = 8;
const MOST_COLUMNS: i32 = 64;
const TABLE_BYTES: usize = <usize>MOST_COLUMNS * VALUE_BYTES;
/** What is wanted: numbers of four bytes, three for each value. */
const WANTED: usize = 2 * TABLE_BYTES;

const NULL: u32 = 0;
/** The types of 0 and 1, of a real number, and of bytes and texts without one. */
const ZERO: u32 = 8;
const ONE: u32 = 9;
const REAL: u32 = 7;
const BLOB: u32 = <u32>BLOB_TYPE;
const TEXT: u32 = <u32>TEXT_TYPE;
/** Bytes of the values of smaller types, four bits each. */
const LENGTHS: u64 = 0x0000_0000_8864_3210;

/** Behind the varint read last. */
let behind: usize = 0;
/** Where the record found last begins, and its length. */
let payload: usize = 0;
let size: i32 = 0;

function varint(at: usize): i64 {
  const first = load<u8>(at);
  if (first < 0x80) {
    behind = at + 1;
    return <i64>first;
  }
  let value: i64 = 0;
  for (let i = 0; i < 8; i++) {
    const byte = load<u8>(at++);
    value = (value << 7) | <i64>(byte & 0x7f);
    if (byte < 0x80) {
      behind = at;
      return value;
    }
  }
  behind = at + 1;
  return (value << 8) | <i64>load<u8>(at);
}

function u16be(at: usize): i32 {
  return ((<i32>load<u8>(at)) << 8) | <i32>load<u8>(at + 1);
}

/** The id of a cell, leaving its record's length; -1 where there is no such cell. */
function idAt(page: usize, index: i32): i64 {
  const pointer = u16be(page + LEAF_HEAD + index * 2);
  if (pointer < LEAF_HEAD || pointer > PAGE - 4) return -1;
  const length = varint(page + pointer);
  if (length < 0 || length > 0x7fffffff) return -1;
  size = <i32>length;
  const id = varint(behind);
  payload = behind;
  return id;
}

const FOUND: i32 = 1;
const NOT_THERE: i32 = 0;
/** The record goes on on other pages. */
const LONG: i32 = 2;
const DECLINED: i32 = 3;

/** Looks for a row on a leaf page. */
export function seek(page: usize, wanted: f64): i32 {
  if (load<u8>(page) !== LEAF) return DECLINED;
  const count = u16be(page + 3);
  if (LEAF_HEAD + count * 2 > PAGE) return DECLINED;
  if (count === 0) return NOT_THERE;
  const id = <i64>wanted;
  const first = idAt(page, 0);
  if (first < 0) return DECLINED;
  if (id < first) return NOT_THERE;
  // Most ids follow one another.
  const guess = id - first;
  let found = guess < count && idAt(page, <i32>guess) === id;
  for (let low = 0, high = count - 1; !found && low <= high; ) {
    const middle = (low + high) >> 1;
    const at = idAt(page, middle);
    if (at < 0) return DECLINED;
    if (at === id) found = true;
    else if (at < id) low = middle + 1;
    else high = middle - 1;
  }
  if (!found) return NOT_THERE;
  if (size > MOST_LOCAL) return LONG;
  return payload + size <= page + PAGE ? FOUND : DECLINED;
}

/** Where the record begins that `seek` found, and its length. */
export function recordStart(): usize {
  return payload;
}
export function recordLength(): i32 {
  return size;
}

/** How many columns each of the tables has. */
let columns0: i32 = 0;
let columns1: i32 = 0;
export function setColumns(first: i32, second: i32): void {
  columns0 = first;
  columns1 = second;
}

/** Takes the record that `seek` found apart. */
export function take(table: i32): i32 {
  return takeAt(table, payload, size);
}

/** Takes a record apart into the values of a table: what it lacks at its end is NULL. 0 where it is none, or has more. */
export function takeAt(table: i32, record: usize, length: i32): i32 {
  const columns = table === 0 ? columns0 : columns1;
  return takeFirst(table, columns, record, length) && isAll ? 1 : 0;
}

/** Whether the columns that were taken last are all of the record. */
let isAll: bool = false;

/** The same for the first columns. False where it is no record. */
function takeFirst(table: i32, columns: i32, record: usize, length: i32): bool {
  const end = record + <usize>length;
  let at = record + 1;
  let head: i64 = <i64>load<u8>(record);
  if (head >= 0x80) {
    head = varint(record);
    at = behind;
  }
  if (head > <i64>length) return false;
  const headEnd = record + <usize>head;
  let body = headEnd;
  let value = <usize>table * TABLE_BYTES;
  const valuesEnd = value + <usize>columns * VALUE_BYTES;
  for (; at < headEnd && value < valuesEnd; value += VALUE_BYTES) {
    let type = <u32>load<u8>(at++);
    if (type >= 0x80) {
      const long = varint(at - 1);
      at = behind;
      if (long < 0 || long > 0x7fffffff) return false;
      type = <u32>long;
    }
    store<u64>(value, <u64>type | ((<u64>body) << 32));
    body += type >= BLOB ? <usize>((type - BLOB) >> 1) : <usize>((LENGTHS >> ((<u64>type) << 2)) & 15);
  }
  if (at > headEnd || body > end) return false;
  for (; value < valuesEnd; value += VALUE_BYTES) store<u64>(value, <u64>NULL);
  isAll = at === headEnd && body === end;
  return true;
}

function typeOf(value: usize): u32 {
  return load<u32>(value);
}

function isText(type: u32): bool {
  return type >= TEXT && (type & 1) === 1;
}

/** A whole number, but those whose type is what they are; the types 10 and 11 are none of anything. */
function isWhole(type: u32): bool {
  return type >= 1 && type <= ONE && type !== REAL;
}

function wholeOf(value: usize): i64 {
  const type = typeOf(value);
  if (type >= ZERO) return <i64>(type - ZERO);
  const at = <usize>load<u32>(value, 4);
  const length = <i32>((LENGTHS >> ((<u64>type) << 2)) & 15);
  let number = <i64>load<i8>(at);
  for (let i = 1; i < length; i++) number = (number << 8) | <i64>load<u8>(at + i);
  return number;
}

function putDigits(at: usize, value: u64): usize {
  let rest = value;
  let length: usize = 1;
  for (let least: u64 = 10; length < 20 && rest >= least; length++) least *= 10;
  for (let i = at + length; i > at; rest /= 10) store<u8>(--i, <u8>(0x30 + (rest % 10)));
  return at + length;
}

/** A whole number as SQLite writes it. */
function putWhole(at: usize, value: i64): usize {
  if (value >= 0) return putDigits(at, <u64>value);
  store<u8>(at, 0x2d);
  return putDigits(at + 1, <u64>-value);
}

/** Bytes, up to sixteen too many behind them. */
function put(at: usize, from: usize, to: usize): usize {
  const end = at + (to - from);
  if (to - from > 256) memory.copy(at, from, to - from);
  else for (; at < end; at += 16, from += 16) v128.store(at, v128.load(from));
  return end;
}

function putText(at: usize, value: usize): usize {
  const from = <usize>load<u32>(value, 4);
  return put(at, from, from + <usize>((typeOf(value) - TEXT) >> 1));
}

/** How a value of a text is wanted: as it is, in quotes, or marked as one without a name. */
const IN_QUOTES: u32 = 1;
const AFTER_MARK: u32 = 2;

/**
 * Writes the row at hand as `src/store/text/rows.ts` has the text of one.
 * @param at where, with room for the row
 * @param pointers how many of the values wanted are pointers; behind them are the time, its other form and the whole
 *   record, and then the values of the text, each with how it is wanted
 * @returns where it ends; 0 where a value is of another kind than it should be
 */
export function writeText(at: usize, id: f64, pointers: i32, values: i32): usize {
  let wanted = WANTED;
  at = putDigits(at, <u64>id);
  for (let i = 0; i < pointers; i++, wanted += 4) {
    const value = <usize>load<u32>(wanted);
    const type = typeOf(value);
    store<u8>(at++, 0x2c);
    if (isWhole(type)) at = putWhole(at, wholeOf(value));
    else if (type !== NULL) return 0;
  }
  const time = <usize>load<u32>(wanted);
  const odd = <usize>load<u32>(wanted, 4);
  const whole = <usize>load<u32>(wanted, 8);
  wanted += 12;
  const isKept = typeOf(whole) !== NULL;
  store<u8>(at++, 0x2c);
  if (isKept) store<u8>(at++, 0x31);
  store<u8>(at++, 0x2c);
  if (typeOf(odd) !== NULL) return 0;
  if (isText(typeOf(time))) at = putText(at, time);
  else if (typeOf(time) !== NULL) return 0;
  store<u8>(at++, 0x0a);
  if (isKept) return isText(typeOf(whole)) ? putText(at, whole) : 0;
  let isFirst = true;
  for (let i = 0; i < values; i++, wanted += 8) {
    const value = <usize>load<u32>(wanted);
    const type = typeOf(value);
    if (type === NULL) continue;
    if (!isText(type)) return 0;
    const how = load<u32>(wanted, 4);
    if (!isFirst) store<u8>(at++, 0x0a);
    isFirst = false;
    if (how === IN_QUOTES) store<u8>(at++, 0x22);
    if (how === AFTER_MARK) store<u8>(at++, 0x03);
    at = putText(at, value);
    if (how === IN_QUOTES) store<u8>(at++, 0x22);
  }
  return at;
}

/** How a column of texts is wanted: as it is, or the digits of a whole number where it is one. */
const DIGITS: u32 = 1;

/**
 * Writes the row at hand into columns: first those of whole numbers, then where each text begins and where it ends, -1 for
 * none.
 * @param row its place in each column
 * @param columns where the first column is; each is `stride` bytes long
 * @param at where texts go, with room for the row
 * @returns where they end; 0 where a value is of another kind than it should be
 */
export function writeColumns(
  row: i32,
  columns: usize,
  stride: usize,
  at: usize,
  numbers: i32,
  texts: i32,
): usize {
  let wanted = WANTED;
  let column = columns + ((<usize>row) << 2);
  for (let i = 0; i < numbers; i++, wanted += 4, column += stride) {
    const value = <usize>load<u32>(wanted);
    const type = typeOf(value);
    const number: i64 = isWhole(type) ? wholeOf(value) : 0;
    if ((number === 0 && type !== NULL && type !== ZERO) || number !== <i64>(<i32>number)) return 0;
    store<i32>(column, <i32>number);
  }
  for (let i = 0; i < texts; i++, wanted += 8, column += 2 * stride) {
    const value = <usize>load<u32>(wanted);
    const type = typeOf(value);
    store<i32>(column, <i32>at);
    let isThere = type !== NULL;
    if (load<u32>(wanted, 4) === DIGITS) {
      isThere = isWhole(type);
      if (isThere) at = putWhole(at, wholeOf(value));
    } else if (isThere) {
      // A text that begins inside a character would make one with what is before it.
      if (!isText(type) || (type > TEXT && (load<u8>(<usize>load<u32>(value, 4)) & 0xc0) === 0x80)) return 0;
      at = putText(at, value);
    }
    store<i32>(column + stride, isThere ? <i32>at : -1);
  }
  return at;
}

const BACKSLASH: u8 = 0x5c;
/** Texts in lower case: how many, at least one, then of each its length, in four bytes each, and its bytes. */
const NEEDLES: usize = WANTED + 2048;

/** A byte in lower case, where it is of ASCII. */
function lower(c: u8): u8 {
  return c - 0x41 < 26 ? c | 0x20 : c;
}

/** Whether a text in lower case stands at `at`, in whichever case. */
function isAt(at: usize, needle: usize, length: usize): bool {
  for (let k: usize = 0; k < length; k++) if (lower(load<u8>(at + k)) !== load<u8>(needle + k)) return false;
  return true;
}

/** 0x20 where a letter is in upper case and in lower. */
function caseBit(c: u8): u8 {
  return c - 0x61 < 26 ? 0x20 : 0;
}

/** What is looked for, as `has` needs it: its first byte and its last in every place, and the case bits of both. */
let firsts: v128 = i8x16.splat(0);
let lasts: v128 = i8x16.splat(0);
let firstCase: v128 = i8x16.splat(0);
let lastCase: v128 = i8x16.splat(0);

/** Where among sixteen bytes the text may begin: a bit for each. */
function marksAt(a: v128, b: v128): v128 {
  return v128.and(i8x16.eq(v128.or(a, firstCase), firsts), i8x16.eq(v128.or(b, lastCase), lasts));
}

/** Whether the text begins in one of the marked places from `at` on. */
function isAtOne(marks: i32, at: usize, to: usize, needle: usize, length: usize): bool {
  for (; marks !== 0; marks &= marks - 1) {
    const from = at + <usize>ctz(marks);
    if (from + length <= to && isAt(from, needle, length)) return true;
  }
  return false;
}

/**
 * Whether a text of at least two bytes stands in `[from, to)`, in whichever case, or there is an escape or what is not
 * ASCII: then a text has more views than this one. The first byte and the last are looked for first.
 */
function has(from: usize, to: usize, needle: usize, length: usize): bool {
  const slashes = i8x16.splat(BACKSLASH);
  if (to < from + 16) {
    for (let i = from; i < to; i++) {
      const c = load<u8>(i);
      if (c >= 0x80 || c === BACKSLASH) return true;
      if (i + length <= to && isAt(i, needle, length)) return true;
    }
    return false;
  }
  const behind = length - 1;
  let views = i8x16.splat(0);
  let i = from;
  for (; i + 32 <= to; i += 32) {
    const a0 = v128.load(i);
    const a1 = v128.load(i, 16);
    views = v128.or(views, v128.or(v128.or(a0, i8x16.eq(a0, slashes)), v128.or(a1, i8x16.eq(a1, slashes))));
    const marks0 = marksAt(a0, v128.load(i + behind));
    const marks1 = marksAt(a1, v128.load(i + behind, 16));
    if (!v128.any_true(v128.or(marks0, marks1))) continue;
    if (isAtOne(i8x16.bitmask(marks0), i, to, needle, length)) return true;
    if (isAtOne(i8x16.bitmask(marks1), i + 16, to, needle, length)) return true;
  }
  // The rest in steps of which the last begins before its turn.
  for (; i < to; i += 16) {
    if (i + 16 > to) i = to - 16;
    const a = v128.load(i);
    views = v128.or(views, v128.or(a, i8x16.eq(a, slashes)));
    if (isAtOne(i8x16.bitmask(marksAt(a, v128.load(i + behind))), i, to, needle, length)) return true;
  }
  return i8x16.bitmask(views) !== 0;
}

function hasOne(from: usize, to: usize): bool {
  let needle = NEEDLES + 4;
  for (let left = load<u32>(NEEDLES); left > 0; left--) {
    const length = <usize>load<u32>(needle);
    needle += 4;
    const first = load<u8>(needle);
    const last = load<u8>(needle + length - 1);
    firsts = i8x16.splat(first);
    lasts = i8x16.splat(last);
    firstCase = i8x16.splat(caseBit(first));
    lastCase = i8x16.splat(caseBit(last));
    if (has(from, to, needle, length)) return true;
    needle += length;
  }
  return false;
}

/** 1 where a row that was written may hold one of the texts. */
export function mayHold(from: usize, to: usize): i32 {
  // Behind the head, which is digits.
  while (from < to && load<u8>(from) !== 0x0a) from++;
  return hasOne(from, to) ? 1 : 0;
}

/** The first cell of a leaf page whose id is at least `id`; -1 where it is no such page. */
function firstFrom(page: usize, id: i64): i32 {
  const count = u16be(page + 3);
  if (load<u8>(page) !== LEAF || LEAF_HEAD + count * 2 > PAGE) return -1;
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >> 1;
    const at = idAt(page, middle);
    if (at < 0) return -1;
    if (at < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bytes that a row takes at most besides its records. */
const ROW_ROOM: usize = 2048;
/** The row with which `scan` stopped. */
let stopped: i64 = 0;
export function stoppedAt(): f64 {
  return <f64>stopped;
}

/** The leaf pages of the two tables on which rows are that are scanned. */
let page0: usize = 0;
let page1: usize = 0;
export function setPages(first: usize, second: usize): void {
  page0 = first;
  page1 = second;
}

/** How many columns of the first table have all values of the text that stand in it. */
function firstColumns(values: usize, count: i32): i32 {
  let columns: usize = 0;
  for (let i = 0; i < count; i++) {
    const value = <usize>load<u32>(values + <usize>i * 8);
    if (value < TABLE_BYTES) columns = max(columns, value / VALUE_BYTES + 1);
  }
  return <i32>columns;
}

/** True where one of the values of the text that stand in the first table, between others, may hold one of the texts. */
function mayFirstHold(values: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    const value = <usize>load<u32>(values + <usize>i * 8);
    if (value >= TABLE_BYTES || !isText(typeOf(value))) continue;
    const from = <usize>load<u32>(value, 4);
    if (hasOne(from, from + <usize>((typeOf(value) - TEXT) >> 1))) return true;
  }
  return false;
}

/** The same for those of the second, at `record`: after its head there is nothing but texts. */
function maySecondHold(record: usize, length: i32): bool {
  const head = load<u8>(record);
  return head >= 0x80 || hasOne(record + <usize>head, record + <usize>length);
}

/**
 * Writes the text of rows on two leaf pages, with a byte of 1 in front of each. Stops before a row whose record goes on on
 * other pages.
 * @param isSelective rows that hold none of the texts are left out
 * @returns where they end; 0 where SQLite is to read them
 */
export function scan(first: f64, last: f64, at: usize, pointers: i32, values: i32, isSelective: i32): usize {
  const end = <i64>last;
  const count = u16be(page0 + 3);
  const count1 = u16be(page1 + 3);
  let index = firstFrom(page0, <i64>first);
  let index1 = firstFrom(page1, <i64>first);
  if (index < 0 || index1 < 0) return 0;
  const own = WANTED + (<usize>pointers + 3) * 4;
  const columns = firstColumns(own, values);
  for (; index < count; index++) {
    const id = idAt(page0, index);
    if (id < 0) return 0;
    if (id > end) break;
    const record0 = payload;
    const size0 = size;
    let id1: i64 = -1;
    for (; index1 < count1; index1++) {
      id1 = idAt(page1, index1);
      if (id1 < 0 || id1 >= id) break;
    }
    if (id1 !== id) return 0;
    if (size0 > MOST_LOCAL || size > MOST_LOCAL) {
      stopped = id;
      return at;
    }
    if (record0 + <usize>size0 > page0 + PAGE || payload + <usize>size > page1 + PAGE) return 0;
    if (isSelective && !maySecondHold(payload, size)) {
      if (!takeFirst(0, columns, record0, size0)) return 0;
      if (!mayFirstHold(own, values)) continue;
    }
    if (takeAt(0, record0, size0) === 0 || takeAt(1, payload, size) === 0) return 0;
    // As it is, there is room for more rows than a page can have, but for one that has some twice.
    if (at + <usize>(size0 + size) + ROW_ROOM > (<usize>memory.size()) << 16) return 0;
    store<u8>(at, 1);
    at = writeText(at + 1, <f64>id, pointers, values);
    if (at === 0) return 0;
  }
  stopped = end + 1;
  return at;
}

/**
 * Says where the texts of a column of the first table stand on its page.
 * @param value the column's
 * @param starts of the texts of the ids from `first` on, four bytes each, as `ends`: -1 for NULL, where there is no row
 *   they stay as they are
 * @returns the id to go on with, that of a row whose record goes on on other pages or the one after `last`; -1 where SQLite
 *   is to read it
 */
export function readColumn(first: f64, last: f64, value: usize, starts: usize, ends: usize): f64 {
  const begin = <i64>first;
  const count = u16be(page0 + 3);
  let index = firstFrom(page0, begin);
  if (index < 0) return -1;
  let before = begin - 1;
  for (; index < count; index++) {
    const id = idAt(page0, index);
    if (id <= before) return -1;
    before = id;
    if (id > <i64>last) break;
    if (size > MOST_LOCAL) return <f64>id;
    if (payload + <usize>size > page0 + PAGE || takeAt(0, payload, size) === 0) return -1;
    const at = (<usize>(id - begin)) << 2;
    const type = typeOf(value);
    if (isText(type)) {
      const from = load<u32>(value, 4);
      store<u32>(starts + at, from);
      store<u32>(ends + at, from + ((type - TEXT) >> 1));
    } else if (type === NULL) store<i32>(ends + at, -1);
    else return -1;
  }
  return last + 1;
}
