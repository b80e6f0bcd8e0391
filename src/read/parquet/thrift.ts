/**
 * Thrift's compact protocol, in which Parquet writes its footer and the heads of its pages.
 * Every count is compared with the bytes there are, and every number has an end: a file decides neither how much is
 * allocated nor how long is read.
 */

import { ParquetFault } from './fault.js';

export type Thrift = number | boolean | Uint8Array | Thrift[] | ThriftStruct;
/** Members by their field id. */
export type ThriftStruct = Map<number, Thrift>;

const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const;

const MAX_DEPTH = 24;
/** Structs, lists and texts of one footer; a thousand row groups of a hundred columns have some 600,000. */
const MAX_VALUES = 3_000_000;

/**
 * Reads the struct at `at`. Integers become numbers: those beyond 2^53 lose digits, and are too large for any place or
 * count.
 * @throws ParquetFault; ThriftTooShort where it goes on after the bytes at hand
 */
export function readStruct(bytes: Uint8Array, at: number): { struct: ThriftStruct; end: number } {
  const reader: Reader = { bytes, at, values: 0 };
  const struct = structAt(reader, 0);
  return { struct, end: reader.at };
}

/** The bytes at hand end inside a struct. */
export class ThriftTooShort extends ParquetFault {}

interface Reader {
  bytes: Uint8Array;
  at: number;
  values: number;
}

function byte(r: Reader): number {
  if (r.at >= r.bytes.length) throw new ThriftTooShort('a Thrift struct has no end');
  return r.bytes[r.at++]!;
}

function structAt(r: Reader, depth: number): ThriftStruct {
  note(r, depth);
  const struct: ThriftStruct = new Map();
  let id = 0;
  for (;;) {
    const head = byte(r);
    const type = head & 0x0f;
    if (type === TYPE.stop) return struct;
    id = head >> 4 ? id + (head >> 4) : zigzag(r);
    struct.set(id, type === TYPE.true || type === TYPE.false ? type === TYPE.true : valueAt(r, type, depth));
  }
}

function valueAt(r: Reader, type: number, depth: number): Thrift {
  switch (type) {
    case TYPE.true:
    case TYPE.false:
      return byte(r) === TYPE.true;
    case TYPE.byte:
      return byte(r);
    case TYPE.i16:
    case TYPE.i32:
    case TYPE.i64:
      return zigzag(r);
    case TYPE.double:
      need(r, 8);
      r.at += 8;
      return Number.NaN;
    case TYPE.binary: {
      note(r, depth);
      const length = varint(r);
      need(r, length);
      r.at += length;
      return r.bytes.subarray(r.at - length, r.at);
    }
    case TYPE.list: {
      note(r, depth);
      const head = byte(r);
      const count = head >> 4 === 15 ? varint(r) : head >> 4;
      // An element takes a byte at least.
      need(r, count);
      const list: Thrift[] = [];
      for (let i = 0; i < count; i++) list.push(valueAt(r, head & 0x0f, depth + 1));
      return list;
    }
    case TYPE.struct:
      return structAt(r, depth + 1);
    default:
      throw new ParquetFault('a Thrift struct with a member of a type that Parquet does not use');
  }
}

function note(r: Reader, depth: number): void {
  if (depth > MAX_DEPTH) throw new ParquetFault('Thrift structs nested too deep');
  if (++r.values > MAX_VALUES) throw new ParquetFault('more Thrift values than a footer has');
}

function need(r: Reader, count: number): void {
  if (count > r.bytes.length - r.at) throw new ThriftTooShort('a Thrift value is longer than what holds it');
}

/** An unsigned number of at most ten bytes, as Thrift writes 64 bits. */
function varint(r: Reader): number {
  let value = 0;
  let unit = 1;
  for (let i = 0; i < 10; i++, unit *= 128) {
    const next = byte(r);
    value += (next & 0x7f) * unit;
    if (next < 0x80) return value;
  }
  throw new ParquetFault('a Thrift number of more than 64 bits');
}

function zigzag(r: Reader): number {
  const value = varint(r);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
