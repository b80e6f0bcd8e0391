/** A leaf of one row group as bytes: a dictionary where values repeat, then pages. */

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { type Bytes, createBytes } from './bytes.js';
import type { LeafData } from './leaf-data.js';
import { appendHybrid, bitWidth } from './levels.js';
import type { Leaf } from './schema.js';
import type { Scalar } from './shred.js';
import { compress } from './snappy.js';

/** What the footer says of a chunk; places are counted from the beginning of its row group. */
export interface ChunkNote {
  dictionaryAt: number | undefined;
  dataAt: number;
  compressedBytes: number;
  uncompressedBytes: number;
  entries: number;
  nulls: number;
  /** Undefined where no statement would be spared by it. */
  least: Scalar | undefined;
  most: Scalar | undefined;
}

/** Bytes of values worth a page. */
const PAGE_BYTES = 1 << 20;
/** Entries of a page at most: readers take whole pages. */
const PAGE_ENTRIES = 1 << 16;
/** Values that tell whether a leaf repeats itself. */
const SAMPLE = 512;
/** Above this part of distinct values in a sample, or of bytes in its dictionary, a leaf has none. */
const MOST_DISTINCT = 0.7;

const page = createBytes(PAGE_BYTES * 2);

/**
 * Appends a leaf's chunk to a row group.
 * @param isRanged whether the least and greatest value are noted
 */
export function appendChunk(out: Bytes, given: LeafData, isRanged: boolean): ChunkNote {
  const data = given.leaf.physical === 'BOOLEAN' ? listed(given) : given;
  const dictionary = data.indexed ?? dictionaryOf(data);
  // Readers miss the dictionary of pages that have no value.
  const indexed = data.valueCount > 0 ? dictionary : undefined;
  const note: ChunkNote = {
    dictionaryAt: undefined,
    dataAt: 0,
    compressedBytes: 0,
    uncompressedBytes: 0,
    entries: data.count,
    nulls: data.count - data.valueCount,
    ...(isRanged && rangeOf(indexed?.dictionary ?? data.values)),
  } as ChunkNote;
  const start = out.length;
  if (indexed) {
    note.dictionaryAt = out.length;
    page.clear();
    for (const value of indexed.dictionary) appendPlain(page, value);
    appendPage(out, note, {
      type: 'DICTIONARY_PAGE',
      dictionary_page_header: { num_values: indexed.dictionary.length, encoding: 'PLAIN' },
    });
  }
  note.dataAt = out.length;
  const encoding = indexed ? 'RLE_DICTIONARY' : 'PLAIN';
  let value = 0;
  for (let entry = 0; entry === 0 || entry < data.count; ) {
    const { end, valueEnd } = pageEnd(data, indexed !== undefined, entry, value);
    page.clear();
    appendLevels(data.repetitions, data.leaf.maxRepetition, entry, end);
    appendLevels(data.definitions, data.leaf.maxDefinition, entry, end);
    if (indexed) {
      const width = bitWidth(indexed.dictionary.length - 1);
      page.byte(width);
      appendHybrid(page, indexed.ids, value, valueEnd, width);
    } else appendValues(data.leaf, data.values, value, valueEnd);
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
  return note;
}

/** Booleans have no dictionary: each is a bit. */
function listed(data: LeafData): LeafData {
  const { indexed, valueCount } = data;
  if (!indexed) return data;
  const values = Array.from(indexed.ids.subarray(0, valueCount), id => indexed.dictionary[id]!);
  return { ...data, indexed: undefined, values };
}

/** Where a page ends that begins at an entry: at the beginning of a row. */
function pageEnd(
  { count, definitions, repetitions, values, leaf }: LeafData,
  isIndexed: boolean,
  entry: number,
  value: number,
): { end: number; valueEnd: number } {
  let end = entry;
  let valueEnd = value;
  let bytes = 0;
  while (end < count) {
    if (end > entry && (repetitions[end] ?? 0) === 0 && (bytes >= PAGE_BYTES || end - entry >= PAGE_ENTRIES))
      break;
    if (definitions[end++] === leaf.maxDefinition) {
      if (!isIndexed) bytes += sizeOf(values[valueEnd]!);
      valueEnd++;
    }
  }
  return { end, valueEnd };
}

function appendLevels(levels: Uint8Array, most: number, from: number, to: number): void {
  if (most === 0) return;
  const at = page.length;
  page.uint32(0);
  appendHybrid(page, levels, from, to, bitWidth(most));
  page.setUint32(at, page.length - at - 4);
}

function appendValues(leaf: Leaf, values: readonly Scalar[], from: number, to: number): void {
  if (leaf.physical !== 'BOOLEAN') {
    for (let i = from; i < to; i++) appendPlain(page, values[i]!);
    return;
  }
  for (let i = from; i < to; i += 8) {
    let bits = 0;
    for (let bit = 0; bit < 8 && i + bit < to; bit++) if (values[i + bit]) bits |= 1 << bit;
    page.byte(bits);
  }
}

function appendPlain(out: Bytes, value: Scalar): void {
  if (typeof value === 'string') out.text(value);
  else if (value instanceof Uint8Array) {
    out.uint32(value.length);
    out.append(value);
  } else out.int64(BigInt(value));
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
function dictionaryOf({ values, leaf }: LeafData): LeafData['indexed'] {
  if (leaf.physical === 'BOOLEAN' || values.length === 0) return undefined;
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const sample = new Set<Scalar>();
  let sampled = 0;
  for (let i = 0; i < values.length; i += step, sampled++) sample.add(values[i]!);
  if (values.length > 16 && sample.size > sampled * MOST_DISTINCT) return undefined;
  const known = new Map<Scalar, number>();
  const dictionary: Scalar[] = [];
  const ids = new Int32Array(values.length);
  let bytes = 0;
  let distinctBytes = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const size = sizeOf(value);
    bytes += size;
    let id = known.get(value);
    if (id === undefined) {
      id = dictionary.length;
      known.set(value, id);
      dictionary.push(value);
      distinctBytes += size;
    }
    ids[i] = id;
  }
  return distinctBytes > bytes * MOST_DISTINCT ? undefined : { ids, dictionary };
}

/** Of a text the number of its UTF-16 units: it decides, and nothing is stored of it. */
function sizeOf(value: Scalar): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length + 4 : 8;
}

/** The least and the greatest value, in the order of bytes. */
function rangeOf(values: readonly Scalar[]): Pick<ChunkNote, 'least' | 'most'> {
  let [least, most] = [values[0], values[0]];
  for (const value of values) {
    if (isBefore(value, least!)) least = value;
    if (isBefore(most!, value)) most = value;
  }
  return { least, most };
}

function isBefore(a: Scalar, b: Scalar): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a < b;
  if (a === b) return false;
  let i = 0;
  while (a.charCodeAt(i) === b.charCodeAt(i)) i++;
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
  // A surrogate stands for what comes after every other unit, which its number does not say.
  const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
  if (Number.isNaN(x) || Number.isNaN(y)) return a.length < b.length;
  return isHigh(x) === isHigh(y) ? x < y : isHigh(y);
}
