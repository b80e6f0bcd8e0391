/** The values of one page, one at a time, in each of the encodings of the format (Encodings.md). */

import { createDeltas } from './delta.js';
import { ParquetFault } from './fault.js';
import { createHybrid } from './levels.js';
import type { Raw } from './scalar.js';
import { type Node, PHYSICAL } from './schema.js';

const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinary: 5,
  deltaLengths: 6,
  deltaBytes: 7,
  dictionary: 8,
  splitBytes: 9,
} as const;

/** True for pages whose values are numbers of the dictionary. */
export const isDictionary = (encoding: number): boolean =>
  encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary;

/** Lengths that are read before the first text of a page. */
const MAX_LENGTHS = 1 << 24;

const TOO_FEW = 'a page with fewer values than its head says';

/** Gives the next value of a page. */
export interface Values {
  (): Raw;
  /** Bytes that no value has taken, where an encoding has no padding: after the last value there are none. */
  left?: () => number;
}

/**
 * @returns gives the next value of `bytes[at, end)`
 * @throws ParquetFault, here and from what is returned
 */
export function createValues(encoding: number, bytes: Uint8Array, at: number, leaf: Node): Values {
  const end = bytes.length;
  switch (encoding) {
    case ENCODING.plain:
      return plainValues(bytes, at, leaf);
    case ENCODING.rle: {
      if (leaf.type !== PHYSICAL.boolean) break;
      if (end - at < 4) throw new ParquetFault(TOO_FEW);
      const next = createHybrid(bytes, at + 4, end, 1);
      return () => next() === 1;
    }
    case ENCODING.deltaBinary: {
      if (leaf.type !== PHYSICAL.int32 && leaf.type !== PHYSICAL.int64) break;
      const deltas = createDeltas(bytes, at, end, leaf.type === PHYSICAL.int32 ? 32 : 64);
      return deltas.next;
    }
    case ENCODING.deltaLengths:
      if (leaf.type !== PHYSICAL.byteArray) break;
      return texts(bytes, ...lengthsAt(bytes, at, end));
    case ENCODING.deltaBytes:
      if (leaf.type !== PHYSICAL.byteArray && leaf.type !== PHYSICAL.fixedBytes) break;
      return prefixed(bytes, at);
    case ENCODING.splitBytes:
      return split(bytes, at, leaf);
  }
  throw new ParquetFault(`values in an encoding that is not read (${encoding})`);
}

/** Bytes of a plain value; 0 where it says itself. */
function widthOfPlain({ type, length }: Node): number {
  switch (type) {
    case PHYSICAL.int32:
    case PHYSICAL.float:
      return 4;
    case PHYSICAL.int64:
    case PHYSICAL.double:
      return 8;
    case PHYSICAL.int96:
      return 12;
    case PHYSICAL.fixedBytes:
      if (length === 0) throw new ParquetFault('values of a fixed length of 0');
      return length;
    default:
      return 0;
  }
}

/** Values one after the other. */
export function plainValues(bytes: Uint8Array, start: number, leaf: Node): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = start;
  const take = (count: number): number => {
    if (count > bytes.length - at) throw new ParquetFault(TOO_FEW);
    at += count;
    return at - count;
  };
  const left = (): number => bytes.length - at;
  if (leaf.type === PHYSICAL.byteArray) {
    const next = (): Raw => {
      const length = view.getUint32(take(4), true);
      const from = take(length);
      return bytes.subarray(from, from + length);
    };
    return Object.assign(next, { left });
  }
  if (leaf.type === PHYSICAL.boolean) {
    let bit = start * 8;
    return () => {
      const byte = bytes[Math.floor(bit / 8)];
      if (byte === undefined) throw new ParquetFault(TOO_FEW);
      return ((byte >> (bit++ % 8)) & 1) === 1;
    };
  }
  const width = widthOfPlain(leaf);
  if (width === 0) throw new ParquetFault(`values of a type that is not known (${leaf.type})`);
  return Object.assign(() => fixed(view, take(width), width, leaf.type), { left });
}

function fixed(view: DataView, at: number, width: number, type: number): Raw {
  switch (type) {
    case PHYSICAL.int32:
      return view.getInt32(at, true);
    case PHYSICAL.int64:
      return view.getBigInt64(at, true);
    case PHYSICAL.float:
      return view.getFloat32(at, true);
    case PHYSICAL.double:
      return view.getFloat64(at, true);
    default:
      return new Uint8Array(view.buffer, view.byteOffset + at, width);
  }
}

/** Lengths, and where what they are of begins. */
function lengthsAt(bytes: Uint8Array, at: number, end: number): [lengths: Int32Array, start: number] {
  const deltas = createDeltas(bytes, at, end, 32);
  if (deltas.count > MAX_LENGTHS) throw new ParquetFault(`a page of ${deltas.count} texts`);
  const lengths = new Int32Array(deltas.count);
  for (let i = 0; i < lengths.length; i++) {
    lengths[i] = Number(deltas.next());
    if (lengths[i]! < 0) throw new ParquetFault('a text of negative length');
  }
  return [lengths, deltas.at()];
}

function texts(bytes: Uint8Array, lengths: Int32Array, start: number): () => Uint8Array {
  let at = start;
  let i = 0;
  return () => {
    const length = lengths[i++];
    if (length === undefined || length > bytes.length - at) throw new ParquetFault(TOO_FEW);
    at += length;
    return bytes.subarray(at - length, at);
  };
}

/** Texts that begin as the one before them does. */
function prefixed(bytes: Uint8Array, at: number): () => Uint8Array {
  const [prefixes, suffixesAt] = lengthsAt(bytes, at, bytes.length);
  const suffix = texts(bytes, ...lengthsAt(bytes, suffixesAt, bytes.length));
  let last: Uint8Array = new Uint8Array(0);
  let i = 0;
  return () => {
    const prefix = prefixes[i++];
    const rest = suffix();
    if (prefix === undefined || prefix > last.length) throw new ParquetFault(TOO_FEW);
    if (prefix > 0) {
      const whole = new Uint8Array(prefix + rest.length);
      whole.set(last.subarray(0, prefix));
      whole.set(rest, prefix);
      last = whole;
    } else last = rest;
    return last;
  };
}

/** First bytes of all values, then their second bytes, and so on. */
function split(bytes: Uint8Array, at: number, leaf: Node): () => Raw {
  const width = widthOfPlain(leaf);
  if (width === 0) throw new ParquetFault('split values of a type without a width');
  const count = Math.floor((bytes.length - at) / width);
  let i = 0;
  return () => {
    if (i >= count) throw new ParquetFault(TOO_FEW);
    const value = new Uint8Array(width);
    for (let k = 0; k < width; k++) value[k] = bytes[at + k * count + i]!;
    i++;
    return fixed(new DataView(value.buffer), 0, width, leaf.type);
  };
}
