/**
 * Lays rows of a batch out on leaf pages of tables with the same ids ("Database File Format", 1.6 and 2.1), in
 * AssemblyScript: the same bytes as `src/store/pages/` makes of them. `src/store/pages/batch-pages.ts` brings the batch
 * and says what the columns are; where a row is not as most are, it is left to the other side.
 */

import { BLOB_TYPE, LEAF, LEAF_HEAD, MOST_LOCAL, PAGE, TEXT_TYPE } from './leaf';

/** What a column has: a code and two positions in the row of the batch, four bytes each. */
const COLUMN_BYTES: usize = 12;
const MOST_COLUMNS: i32 = 64;

const NULL: i32 = 0;
/** The text whose start and length stand at the position; NULL where it starts below 0. */
const TEXT: i32 = 1;
/** The number at the position. */
const INT: i32 = 2;
/** The hash whose halves stand there: 53 bits of it. */
const HASH: i32 = 3;
/** The number that such a text writes out. */
const NUMBER: i32 = 4;
/** A number that comes with the row; NULL where it is below 0. */
const VALUE: i32 = 5;
/** The text, or the bytes, whose start and length stand at the position, where the number at the second is not 0. */
const TEXT_IF: i32 = 6;
const BLOB_IF: i32 = 7;
/** Two halves of 2^20; NULL where the first is below 0. */
const TIME: i32 = 8;

/** A whole number of a column for numbers has no more digits. */
const MOST_DIGITS: i32 = 15;

/** Of a table: how many columns, the rows on its page, where they begin there, the last id; its columns, the page. */
const TABLE_HEAD: usize = 16;
const PAGE_AT: usize = TABLE_HEAD + <usize>MOST_COLUMNS * COLUMN_BYTES;
/** The header of the record at hand behind the page: its length, then its types. */
const HEADER_AT: usize = PAGE_AT + <usize>PAGE;
const TABLE_BYTES: usize = HEADER_AT + 4 + <usize>MOST_COLUMNS * 5 + 12;

let tables: usize = 0;
let tableCount: i32 = 0;
let rows: usize = 0;
let rowBytes: usize = 0;
let payload: usize = 0;

/** Where the tables are, and the batch. */
export function setBatch(tablesAt: usize, count: i32, rowsAt: usize, bytes: usize, payloadAt: usize): void {
  tables = tablesAt;
  tableCount = count;
  rows = rowsAt;
  rowBytes = bytes;
  payload = payloadAt;
}

function varintLength(value: i32): i32 {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** Writes a varint; returns where it ends. */
function putVarint(at: usize, value: i32): usize {
  if (value < 0x80) {
    store<u8>(at, <u8>value);
    return at + 1;
  }
  const length = varintLength(value);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    store<u8>(at + <usize>i, <u8>((rest & 0x7f) | (i === length - 1 ? 0 : 0x80)));
    rest >>= 7;
  }
  return at + <usize>length;
}

/** Bytes of a whole number in a record. */
function intBytes(value: i64): i32 {
  if (value === 0 || value === 1) return 0;
  if (value >= -0x80 && value < 0x80) return 1;
  if (value >= -0x8000 && value < 0x8000) return 2;
  if (value >= -0x80_0000 && value < 0x80_0000) return 3;
  if (value >= -0x8000_0000 && value < 0x8000_0000) return 4;
  return value >= -0x8000_0000_0000 && value < 0x8000_0000_0000 ? 6 : 8;
}

function intType(value: i64): u8 {
  if (value === 0) return 8;
  if (value === 1) return 9;
  const bytes = intBytes(value);
  return <u8>(bytes <= 4 ? bytes : bytes === 6 ? 5 : 6);
}

/** Writes its last bytes, the highest first. */
function putInt(at: usize, value: i64): usize {
  const bytes = intBytes(value);
  for (let i = 0, shift = (bytes - 1) * 8; i < bytes; i++, shift -= 8)
    store<u8>(at + <usize>i, <u8>(value >> <i64>shift));
  return at + <usize>bytes;
}

/** Exactly these bytes: what stands behind them is there already. */
function copy(to: usize, from: usize, length: i32): usize {
  const end = to + <usize>length;
  if (length >= 16) {
    let at = to;
    let i = from;
    for (; at + 16 <= end; at += 16, i += 16) v128.store(at, v128.load(i));
    if (at < end) v128.store(end - 16, v128.load(from + <usize>length - 16));
  } else if (length >= 8) {
    store<u64>(to, load<u64>(from));
    store<u64>(end - 8, load<u64>(from + <usize>length - 8));
  } else for (let i: usize = 0; i < <usize>length; i++) store<u8>(to + i, load<u8>(from + i));
  return end;
}

/** Whether `digitsAt` has found a number. */
let isWhole: bool = false;

/** The number of a text of digits without leading zeros. */
function digitsAt(start: usize, length: i32): i64 {
  const end = start + <usize>length;
  const isNegative = length > 0 && load<u8>(start) === 0x2d;
  const from = isNegative ? start + 1 : start;
  isWhole = false;
  if (from === end || <i32>(end - from) > MOST_DIGITS || (load<u8>(from) === 0x30 && length > 1)) return 0;
  let value: i64 = 0;
  for (let i = from; i < end; i++) {
    const digit = <i64>load<u8>(i) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    value = value * 10 + digit;
  }
  isWhole = true;
  return isNegative ? -value : value;
}

/** The value of a column for whole numbers. */
function intOf(code: i32, row: usize, values: usize, position: usize): i64 {
  if (code === VALUE) return <i64>load<i32>(values + position * 4);
  const at = row + position * 4;
  if (code === INT) return <i64>load<i32>(at);
  if (code === NUMBER) return digitsAt(payload + <usize>load<i32>(at), load<i32>(at, 4));
  const low = load<i32>(at, 4);
  if (code === TIME) return ((<i64>load<i32>(at)) << 20) + <i64>low;
  return ((<i64>(load<i32>(at) & 0x1f_ffff)) << 32) | <i64>(<u32>low);
}

/** True where the column has no value in this row. */
function isNull(code: i32, row: usize, values: usize, column: usize): bool {
  if (code === NULL) return true;
  if (code === INT || code === HASH) return false;
  const position = <usize>load<i32>(column, 4);
  if (code === VALUE) return load<i32>(values + position * 4) < 0;
  if (code === TEXT_IF || code === BLOB_IF) return load<i32>(row + <usize>load<i32>(column, 8) * 4) === 0;
  return load<i32>(row + position * 4) < 0;
}

/** Writes the header of a row's record; returns the record's length, or -1 where it is left to the other side. */
function measure(table: usize, row: usize, values: usize): i32 {
  const header = table + HEADER_AT;
  const types = header + 4;
  let at = types;
  /** Behind the last value that is not NULL: those at the end are left out, all but the first. */
  let used = types + 1;
  let length: i32 = 0;
  const end = table + TABLE_HEAD + <usize>load<i32>(table) * COLUMN_BYTES;
  for (let column = table + TABLE_HEAD; column < end; column += COLUMN_BYTES) {
    const code = load<i32>(column);
    if (isNull(code, row, values, column)) {
      store<u8>(at++, 0);
      continue;
    }
    const position = <usize>load<i32>(column, 4);
    if (code === TEXT || code === TEXT_IF || code === BLOB_IF) {
      const bytes = load<i32>(row + position * 4, 4);
      if (bytes > MOST_LOCAL) return -1;
      at = putVarint(at, bytes * 2 + (code === BLOB_IF ? BLOB_TYPE : TEXT_TYPE));
      length += bytes;
    } else {
      const value = intOf(code, row, values, position);
      if (code === NUMBER && !isWhole) return -1;
      store<u8>(at++, intType(value));
      length += intBytes(value);
    }
    used = at;
  }
  const headerLength = <i32>(used - types);
  store<i32>(header, headerLength);
  const record = headerLength + (headerLength + 1 < 128 ? 1 : 2) + length;
  return record > MOST_LOCAL ? -1 : record;
}

/** Writes a row's record, whose header is there. */
function put(table: usize, row: usize, values: usize, to: usize): void {
  const header = table + HEADER_AT;
  const headerLength = load<i32>(header);
  let at = putVarint(to, headerLength + (headerLength + 1 < 128 ? 1 : 2));
  at = copy(at, header + 4, headerLength);
  const end = table + TABLE_HEAD + <usize>load<i32>(table) * COLUMN_BYTES;
  for (let column = table + TABLE_HEAD; column < end; column += COLUMN_BYTES) {
    const code = load<i32>(column);
    if (isNull(code, row, values, column)) continue;
    const position = <usize>load<i32>(column, 4);
    if (code === TEXT || code === TEXT_IF || code === BLOB_IF) {
      const text = row + position * 4;
      at = copy(at, payload + <usize>load<i32>(text), load<i32>(text, 4));
    } else at = putInt(at, intOf(code, row, values, position));
  }
}

function putU16(at: usize, value: i32): void {
  store<u8>(at, <u8>(value >> 8));
  store<u8>(at + 1, <u8>value);
}

let output: usize = 0;
let mostPages: i32 = 0;
let notes: usize = 0;
/** Full pages so far. */
let pages: i32 = 0;

/** Where full pages go, at most so many, and two numbers for each: its table, and the last id on it. */
export function setOutput(at: usize, most: i32, notesAt: usize): void {
  output = at;
  mostPages = most;
  notes = notesAt;
}

export function pageCount(): i32 {
  return pages;
}

/** Puts the full page of a table behind the others. */
function flush(number: i32): void {
  const table = tables + <usize>number * TABLE_BYTES;
  const page = table + PAGE_AT;
  store<u8>(page, LEAF);
  putU16(page + 3, load<i32>(table, 4));
  putU16(page + 5, load<i32>(table, 8));
  memory.copy(output + <usize>pages * <usize>PAGE, page, PAGE);
  memory.fill(page, 0, PAGE);
  store<i32>(notes + <usize>pages * 8, number);
  store<i32>(notes + <usize>pages * 8, load<i32>(table, 12), 4);
  pages++;
  store<i32>(table, 0, 4);
  store<i32>(table, PAGE, 8);
}

/** Puts a row on the page of a table. */
function add(number: i32, id: i32, length: i32, row: usize, values: usize): void {
  const table = tables + <usize>number * TABLE_BYTES;
  const size = varintLength(length) + varintLength(id) + length;
  if (LEAF_HEAD + (load<i32>(table, 4) + 1) * 2 + size > load<i32>(table, 8)) flush(number);
  const count = load<i32>(table, 4);
  const content = load<i32>(table, 8) - size;
  const page = table + PAGE_AT;
  put(table, row, values, putVarint(putVarint(page + <usize>content, length), id));
  putU16(page + <usize>(LEAF_HEAD + count * 2), content);
  store<i32>(table, count + 1, 4);
  store<i32>(table, content, 8);
  store<i32>(table, id, 12);
}

/**
 * Lays rows out, one after the other, each in every table.
 * @param entries of each the row of the batch, its id, and the values that come with it
 * @returns how many of them: the next one is left to the other side, unless there is no room for its pages
 */
export function layOut(entries: usize, count: i32, entryBytes: usize): i32 {
  pages = 0;
  const lengths = notes + <usize>mostPages * 8;
  for (let e = 0; e < count; e++) {
    if (pages + tableCount > mostPages) return e;
    const entry = entries + <usize>e * entryBytes;
    const row = rows + <usize>load<i32>(entry) * rowBytes;
    const id = load<i32>(entry, 4);
    const values = entry + 8;
    for (let t = 0; t < tableCount; t++) {
      const length = measure(tables + <usize>t * TABLE_BYTES, row, values);
      if (length < 0) return e;
      store<i32>(lengths + <usize>t * 4, length);
    }
    for (let t = 0; t < tableCount; t++) add(t, id, load<i32>(lengths + <usize>t * 4), row, values);
  }
  return count;
}
