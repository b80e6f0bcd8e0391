/** The pages of one column in one row group, one after the other; no more than a page and its dictionary is held. */

import { crc32 } from 'node:zlib';
import type { Scalar } from '../../cloudtrail/row-value.js';
import { lazily } from '../../lazy.js';
import type { Inflate } from './codec.js';
import { ParquetFault } from './fault.js';
import { type ByteSource, type Chunk, count } from './footer.js';
import { createHybrid, widthOf } from './levels.js';
import { createDictionary, type Dictionary } from './page-dictionary.js';
import { type Meter, scalarOf } from './scalar.js';
import type { Node } from './schema.js';
import { readStruct, type ThriftStruct, ThriftTooShort } from './thrift.js';
import { createValues, isDictionary } from './values.js';

const PAGE = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

/** Bytes of a page, inflated or not: DuckDB writes up to 100 MB, others 1 MB. */
const MAX_PAGE = 256 << 20;
/** Bytes of all pages at hand. */
const MAX_HELD = 512 << 20;
/** The head of a page is read by so many bytes; it may hold the least and the greatest value. */
const HEAD = 1 << 10;
const MAX_HEAD = 16 << 20;

/** One page: levels and values in step. */
export interface Page {
  /** How many levels, which is values with the NULLs. */
  count: number;
  /** Undefined where the column has no such levels. */
  nextRep: (() => number) | undefined;
  nextDef: (() => number) | undefined;
  nextValue: () => Scalar;
  /** Looks after the last value whether the page has more of them than its levels say. @throws ParquetFault */
  check: () => void;
}

export interface PageContext {
  source: ByteSource;
  inflate: Inflate;
  meter: Meter;
}

/**
 * Gives the next data page; undefined after the last.
 * Long: its functions share the place in the file and the dictionary.
 * @throws ParquetFault, from what is returned
 */
export function createPages(
  leaf: Node,
  chunk: Chunk,
  { source, inflate, meter }: PageContext,
): () => Page | undefined {
  const toScalar = scalarOf(leaf, meter);
  let at = chunk.start;
  let dictionary: Dictionary | undefined;
  let heldPage = 0;
  /** Of the page at hand. */
  let left = NONE_LEFT;
  let seen = 0;

  function head(): ThriftStruct {
    for (let length = HEAD; ; length *= 8) {
      const bytes = source.read(at, Math.min(length, chunk.end - at));
      try {
        const { struct, end } = readStruct(bytes, 0);
        at += end;
        return struct;
      } catch (error) {
        if (!(error instanceof ThriftTooShort) || length >= chunk.end - at || length > MAX_HEAD) throw error;
      }
    }
  }

  /** The bytes of a page as they are stored, with their checksum where it was written. */
  function body(header: ThriftStruct): Buffer {
    const size = count(header, 3);
    if (size > chunk.end - at || size > MAX_PAGE)
      throw new ParquetFault('a page that goes beyond its column');
    const bytes = source.read(at, size);
    at += size;
    const checksum = header.get(4);
    if (typeof checksum === 'number' && crc32(bytes) !== checksum >>> 0)
      throw new ParquetFault('a page whose checksum does not hold');
    return bytes;
  }

  function hold(bytes: number): void {
    if (bytes > MAX_PAGE) throw new ParquetFault(`a page of more than ${MAX_PAGE} bytes`);
    meter.held += bytes;
    meter.inflated += bytes;
    if (meter.held > MAX_HELD) throw new ParquetFault(`pages of more than ${MAX_HELD} bytes at a time`);
  }

  function inflatedBody(header: ThriftStruct): Uint8Array {
    const size = count(header, 2);
    hold(size);
    return inflate(chunk.codec, body(header), size);
  }

  function readDictionary(header: ThriftStruct): void {
    if (dictionary) throw new ParquetFault('a column with two dictionaries');
    dictionary = createDictionary(inflatedBody(header), count(member(header, 7), 1), leaf, toScalar);
  }

  function valuesOf(encoding: number, bytes: Uint8Array, from: number): () => Scalar {
    if (!isDictionary(encoding)) {
      const next = createValues(encoding, bytes, from, leaf);
      left = next.left ?? NONE_LEFT;
      return () => toScalar(next());
    }
    left = NONE_LEFT;
    if (!dictionary) throw new ParquetFault('a page of numbers of a dictionary that is not there');
    const { at: entry } = dictionary;
    // A page of NULLs alone may end before the width.
    const next = createHybrid(bytes, from + 1, bytes.length, bytes[from] ?? 0);
    return () => entry(next());
  }

  function dataPage(header: ThriftStruct): Page {
    const info = member(header, 5);
    const bytes = inflatedBody(header);
    heldPage = bytes.length;
    let from = 0;
    function levels(most: number, encodingId: number): (() => number) | undefined {
      if (most === 0) return undefined;
      if (count(info, encodingId) !== 3) throw new ParquetFault('levels in an encoding that is not read');
      if (from + 4 > bytes.length) throw new ParquetFault('a page that ends inside its levels');
      const length = Buffer.from(bytes.buffer, bytes.byteOffset + from, 4).readUInt32LE(0);
      const start = from + 4;
      if (length > bytes.length - start) throw new ParquetFault('a page that ends inside its levels');
      from = start + length;
      return createHybrid(bytes, start, from, widthOf(most));
    }
    const nextRep = levels(leaf.maxRep, 4);
    const nextDef = levels(leaf.maxDef, 3);
    return {
      count: count(info, 1),
      nextRep,
      nextDef,
      nextValue: valuesWhenAsked(() => valuesOf(count(info, 2), bytes, from)),
      check,
    };
  }

  function dataPageV2(header: ThriftStruct): Page {
    const info = member(header, 8);
    hold(count(header, 2));
    const stored = body(header);
    const defBytes = count(info, 5);
    const repBytes = count(info, 6);
    const levelBytes = defBytes + repBytes;
    const size = count(header, 2) - levelBytes;
    if (levelBytes > stored.length || size < 0) throw new ParquetFault('a page that ends inside its levels');
    const rest = stored.subarray(levelBytes);
    heldPage = size + levelBytes;
    const isPlain = info.get(7) === false;
    const bytes = inflate(isPlain ? 0 : chunk.codec, rest, size);
    return {
      count: count(info, 1),
      nextRep: leaf.maxRep > 0 ? createHybrid(stored, 0, repBytes, widthOf(leaf.maxRep)) : undefined,
      nextDef: leaf.maxDef > 0 ? createHybrid(stored, repBytes, levelBytes, widthOf(leaf.maxDef)) : undefined,
      nextValue: valuesWhenAsked(() => valuesOf(count(info, 4), bytes, 0)),
      check,
    };
  }

  function check(): void {
    // Levels that were changed would give values to other rows than theirs.
    if (left() > 0) throw new ParquetFault('a page of more values than its levels say');
  }

  return () => {
    meter.held -= heldPage;
    heldPage = 0;
    left = NONE_LEFT;
    while (seen < chunk.values) {
      if (at >= chunk.end)
        throw new ParquetFault(`${seen} of the ${chunk.values} values that the footer says`);
      const header = head();
      const type = count(header, 1);
      if (type === PAGE.dictionary) readDictionary(header);
      else if (type === PAGE.data || type === PAGE.dataV2) {
        const page = type === PAGE.data ? dataPage(header) : dataPageV2(header);
        if (page.count > chunk.values - seen)
          throw new ParquetFault('a page of more values than its column has');
        seen += page.count;
        if (page.count > 0) return page;
      } else if (type === PAGE.index) at += count(header, 3);
      else throw new ParquetFault(`a page of a type that is not known (${type})`);
    }
    return undefined;
  };
}

const NONE_LEFT = (): number => 0;

/** A page of NULLs alone may have no values to look at. */
function valuesWhenAsked(make: () => () => Scalar): () => Scalar {
  const next = lazily(make);
  return () => next()();
}

function member(header: ThriftStruct, id: number): ThriftStruct {
  const info = header.get(id);
  if (!(info instanceof Map)) throw new ParquetFault('a page without the head of its type');
  return info;
}
