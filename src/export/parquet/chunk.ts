/** A leaf of one row group as bytes: a dictionary where values repeat, then pages. */

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { type Slices, sliceNumber } from '../slices.js';
import { addTexts, type BloomFilter, createFilter } from './bloom.js';
import { type Bytes, createBytes } from './bytes.js';
import { memoryInUse } from './column-memory.js';
import type { Indexed, LeafData } from './leaf-data.js';
import { appendHybrid, appendRun, bitWidth } from './levels.js';
import { type Range, rangeOf, rangeOfSlices } from './range.js';
import type { Leaf } from './schema.js';
import { scratchNumbers } from './scratch.js';
import type { Scalar } from './shred.js';
import { sliceIds } from './slice-dictionary.js';
import { compress } from './snappy.js';

/**
 * What the footer says of a chunk; places are counted from the beginning of its row group. Its range is undefined where no
 * statement would be spared by it.
 */
export interface ChunkNote extends Range {
  dictionaryAt: number | undefined;
  dataAt: number;
  compressedBytes: number;
  uncompressedBytes: number;
  entries: number;
  nulls: number;
  /** Where its Bloom filter stands, and how many bytes that takes; undefined where it has none. */
  filterAt: number | undefined;
  filterLength: number | undefined;
}

/** What is noted of a leaf beside its values. */
export interface Hints {
  /** Its least and greatest value. */
  range: boolean;
  /** Which values it has, in a Bloom filter. */
  filter: boolean;
}

/** Bytes of values worth a page. */
const PAGE_BYTES = 1 << 20;
/** Entries of a page at most: readers take whole pages. */
const PAGE_ENTRIES = 1 << 16;
/** Values that tell whether a leaf repeats itself. */
const SAMPLE = 512;
/** Above this part of distinct values in a sample, or of bytes in its dictionary, a leaf has none. */
const MOST_DISTINCT = 0.7;

/** Where a page is made: of its own, or behind the rows in the memory of WebAssembly. */
const ownRoom = createBytes(PAGE_BYTES * 2);
const roomBehind = createBytes();
let page = ownRoom;

const NO_ROOM = Buffer.alloc(0);
/** Lets go of the memory in which pages were made. */
export const releasePages = (): void => roomBehind.clearInto(NO_ROOM, 0);

/** Appends a leaf's chunk to a row group. The filter is made, and stands nowhere yet. */
export function appendChunk(
  out: Bytes,
  given: LeafData,
  hints: Hints,
): { note: ChunkNote; filter: BloomFilter | undefined } {
  const data = given.leaf.physical === 'BOOLEAN' ? listed(given) : given;
  // Readers miss the dictionary of pages that have no value.
  const indexed = data.valueCount > 0 ? (data.indexed ?? dictionaryOf(data)) : undefined;
  const note: ChunkNote = {
    dictionaryAt: undefined,
    dataAt: 0,
    compressedBytes: 0,
    uncompressedBytes: 0,
    entries: data.count,
    nulls: data.count - data.valueCount,
    ...(hints.range && data.valueCount > 0 && (indexed ? rangeOf(indexed.dictionary) : rangeOfSlices(data))),
  } as ChunkNote;
  const filter =
    hints.filter && data.valueCount > 0
      ? createFilter(indexed ? indexed.dictionary.length : data.valueCount)
      : undefined;
  const start = out.length;
  const memory = memoryInUse();
  page = memory ? roomBehind : ownRoom;
  if (memory) page.clearInto(memory.bytes, memory.free);
  if (indexed) {
    note.dictionaryAt = out.length;
    page.clear();
    for (const value of indexed.dictionary) appendPlain(page, value);
    if (filter) addTexts(filter, page.view());
    appendPage(out, note, {
      type: 'DICTIONARY_PAGE',
      dictionary_page_header: { num_values: indexed.dictionary.length, encoding: 'PLAIN' },
    });
  }
  note.dataAt = out.length;
  const encoding = indexed ? 'RLE_DICTIONARY' : 'PLAIN';
  const isFull = data.valueCount === data.count;
  let value = 0;
  for (let entry = 0; entry === 0 || entry < data.count; ) {
    const { end, valueEnd } = pageEnd(data, indexed !== undefined, entry, value);
    page.clear();
    appendLevels(data.repetitions, data.leaf.maxRepetition, entry, end);
    appendLevels(data.definitions, data.leaf.maxDefinition, entry, end, isFull);
    if (indexed) {
      const width = bitWidth(indexed.dictionary.length - 1);
      page.byte(width);
      appendHybrid(page, indexed.ids, value, valueEnd, width);
    } else {
      const before = page.length;
      appendValues(data, value, valueEnd);
      if (filter) addTexts(filter, page.view().subarray(before));
    }
    appendPage(out, note, {
      type: 'DATA_PAGE',
      data_page_header: {
        num_values: end - entry,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    });
    if (data.count === 0) break;
    entry = end;
    value = valueEnd;
  }
  note.compressedBytes = out.length - start;
  return { note, filter };
}

const FALSE_TRUE = Buffer.from('01');

/** Booleans have no dictionary: each is a bit. */
function listed(data: LeafData): LeafData {
  const { indexed, valueCount } = data;
  if (!indexed) return data;
  const bits = Int32Array.from(indexed.dictionary, Number);
  const starts = scratchNumbers(valueCount);
  const ends = scratchNumbers(valueCount);
  for (let i = 0; i < valueCount; i++) {
    starts[i] = bits[indexed.ids[i]!]!;
    ends[i] = starts[i]! + 1;
  }
  return { ...data, indexed: undefined, values: { bytes: FALSE_TRUE, starts, ends } };
}

/** Where a page ends that begins at an entry: at the beginning of a row. */
function pageEnd(
  { count, definitions, repetitions, values, valueCount, leaf }: LeafData,
  isIndexed: boolean,
  entry: number,
  value: number,
): { end: number; valueEnd: number } {
  // Most chunks are one page.
  if (entry === 0 && count <= PAGE_ENTRIES && (isIndexed || bytesOf(leaf, values, valueCount) < PAGE_BYTES))
    return { end: count, valueEnd: valueCount };
  let end = entry;
  let valueEnd = value;
  let bytes = 0;
  const isFlat = repetitions.length === 0;
  while (end < count) {
    const isFull = bytes >= PAGE_BYTES || end - entry >= PAGE_ENTRIES;
    if (isFull && (isFlat || repetitions[end] === 0)) break;
    if (definitions[end++] === leaf.maxDefinition) {
      if (!isIndexed) bytes += sizeOf(leaf, values, valueEnd);
      valueEnd++;
    }
  }
  return { end, valueEnd };
}

/** @param isFull whether each is the highest that there is */
function appendLevels(levels: Uint8Array, most: number, from: number, to: number, isFull = false): void {
  if (most === 0) return;
  const at = page.length;
  page.uint32(0);
  if (isFull && to - from >= 8) appendRun(page, most, to - from, bitWidth(most));
  else appendHybrid(page, levels, from, to, bitWidth(most));
  page.setUint32(at, page.length - at - 4);
}

function appendValues({ leaf, values }: LeafData, from: number, to: number): void {
  const { bytes, starts } = values;
  if (leaf.physical === 'BYTE_ARRAY') page.texts(values, from, to);
  else if (leaf.physical === 'INT64') for (let i = from; i < to; i++) page.int64(sliceNumber(values, i));
  else
    for (let i = from; i < to; i += 8) {
      let bits = 0;
      for (let bit = 0; bit < 8 && i + bit < to; bit++) bits |= (bytes[starts[i + bit]!]! & 1) << bit;
      page.byte(bits);
    }
}

function appendPlain(out: Bytes, value: Scalar): void {
  if (typeof value === 'string') out.text(value);
  else if (value instanceof Uint8Array) {
    out.uint32(value.length);
    out.append(value);
  } else out.int64(value as number | bigint);
}

type PageHeader = Omit<
  Parameters<typeof writePageHeader>[1],
  'uncompressed_page_size' | 'compressed_page_size'
>;

/** Appends what stands in `page`. */
function appendPage(out: Bytes, note: ChunkNote, header: PageHeader): void {
  const plain = page.view();
  const packed = compress(plain);
  const writer = new ByteWriter(64);
  writePageHeader(writer, {
    ...header,
    uncompressed_page_size: plain.length,
    compressed_page_size: packed.length,
  });
  out.append(writer.getBytes());
  out.append(packed);
  note.uncompressedBytes += writer.offset + plain.length;
}

/** The dictionary of listed values, where they repeat enough. */
function dictionaryOf({ values, leaf, valueCount }: LeafData): Indexed | undefined {
  if (leaf.physical === 'BOOLEAN') return undefined;
  const step = Math.max(1, Math.floor(valueCount / SAMPLE));
  const sample = sliceIds(values, valueCount, step);
  if (valueCount > 16 && sample.firsts.length > Math.ceil(valueCount / step) * MOST_DISTINCT)
    return undefined;
  const { ids, firsts } = step === 1 ? sample : sliceIds(values, valueCount);
  const bytes = bytesOf(leaf, values, valueCount);
  let distinctBytes = 0;
  for (let i = 0; i < firsts.length; i++) distinctBytes += sizeOf(leaf, values, firsts[i]!);
  if (distinctBytes > bytes * MOST_DISTINCT) return undefined;
  const dictionary: Scalar[] = [];
  for (let i = 0; i < firsts.length; i++) dictionary.push(scalarAt(leaf, values, firsts[i]!));
  return { ids, dictionary };
}

const scalarAt = (leaf: Leaf, values: Slices, at: number): Scalar =>
  leaf.physical === 'INT64'
    ? sliceNumber(values, at)
    : values.bytes.subarray(values.starts[at], values.ends[at]);

/** Bytes of all values. */
function bytesOf(leaf: Leaf, values: Slices, count: number): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += sizeOf(leaf, values, i);
  return bytes;
}

const sizeOf = (leaf: Leaf, { starts, ends }: Slices, at: number): number =>
  leaf.physical === 'BYTE_ARRAY' ? ends[at]! - starts[at]! + 4 : 8;
