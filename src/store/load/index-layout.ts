/** Lays out indexes whose columns are known as numbers: sorted as such, not as the texts and rows that they stand for. */

import { isoSecond } from '../../cloudtrail/time.js';
import { createIndexPages } from '../pages/index-pages.js';
import type { PageFile } from '../pages/table-pages.js';
import { TIME_LENGTH } from '../times.js';

/** What an index is on. */
export interface IndexParts {
  name: string;
  columns: readonly string[];
  /** True where rows whose first column is NULL are not in it. */
  isPartial: boolean;
}

/** A column of an index: at each row's place what stands for its value, in the order of the values. */
export interface IndexColumn {
  /**
   * `number`: a whole number, with `less` added so that 0 is NULL; `time`: seconds, a text in CloudTrail's form; `text`: its
   * first bytes, four to a word, followed by zeros, of which NULL has no other.
   */
  kind: 'number' | 'time' | 'text';
  /** Of each value the words of 32 bits, the most significant first: of a number at most two. */
  words: readonly Uint32Array[];
  less: number;
  /** Texts of more bytes than words have, by place. */
  long?: ReadonlyMap<number, Buffer>;
}

/** Values that are sorted at a time, 4 bytes each and more: an index of more is built by a statement. */
const MOST_VALUES = 40_000_000;

/** @param on a table and its columns, as in `CREATE INDEX … ON` */
export function partsOf(name: string, on: string): IndexParts {
  const [, columns = '', where] = /\((.*?)\)( WHERE \w+ IS NOT NULL)?$/.exec(on) ?? [];
  return { name, columns: columns.split(', '), isPartial: where !== undefined };
}

/**
 * @param file where the pages go
 * @param count rows, whose ids are 1 to `count`
 * @param column undefined for one whose values are not numbers: its indexes are not laid out
 * @returns the content of each index's root, by name
 */
export function layOutIndexes(
  file: PageFile,
  indexes: readonly IndexParts[],
  count: number,
  column: (name: string) => IndexColumn | undefined,
): Map<string, Buffer> {
  const roots = new Map<string, Buffer>();
  for (const { name, columns, isPartial } of indexes) {
    if (columns.length * count > MOST_VALUES) continue;
    const all = columns.map(column);
    if (all.every(of => of !== undefined)) roots.set(name, layOut(file, sorted(all, count), all, isPartial));
  }
  return roots;
}

/** Long: a function of its own, with plain loops: every row passes here once for each index. */
function layOut(
  file: PageFile,
  order: Uint32Array,
  columns: readonly IndexColumn[],
  isPartial: boolean,
): Buffer {
  const index = createIndexPages(file);
  const { leaf } = index;
  const putTime = timeWriter(leaf);
  const head = 2 + columns.length;
  const isNumber = columns.map(({ kind }) => kind === 'number');
  const highs = columns.map(({ words }) => words[words.length - 2]);
  const lows = columns.map(({ words }) => words.at(-1)!);
  /** The values of the row at hand, and how many bytes each takes; the last is its id. */
  const values = new Float64Array(columns.length + 1);
  const sizes = new Uint8Array(columns.length + 1);
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    if (isPartial && lows[0]![place] === 0) continue;
    let length = head;
    for (let c = 0; c <= columns.length; c++) {
      let size = TIME_LENGTH;
      if (c === columns.length || isNumber[c]) {
        const raw =
          c === columns.length ? place + 1 : lows[c]![place]! + (highs[c] ? highs[c]![place]! * 2 ** 32 : 0);
        const value = c === columns.length ? raw : raw === 0 ? NULL : raw - columns[c]!.less;
        values[c] = value;
        size = sizeOf(value);
      } else if (columns[c]!.kind === 'text') size = textLength(columns[c]!, place);
      sizes[c] = size;
      length += size;
    }
    // A record: the type of each value, then the values ("Database File Format", 2.1).
    let type = index.add(length);
    let at = type + head;
    leaf.setUint8(type++, head);
    for (let c = 0; c <= columns.length; c++) {
      const size = sizes[c]!;
      if (c === columns.length || isNumber[c]) {
        leaf.setUint8(type++, typeOf(values[c]!, size));
        putNumber(leaf, at, values[c]!, size);
      } else {
        leaf.setUint8(type++, size === 0 ? 0 : size * 2 + TEXT);
        if (columns[c]!.kind === 'time') putTime(at, lows[c]![place]!);
        else putText(leaf, at, columns[c]!, place, size);
      }
      at += size;
    }
  }
  return index.finish();
}

/** Stands for NULL among numbers from 0. */
const NULL = -1;
/** Type of an empty text; each byte adds two. */
const TEXT = 13;

/** Bytes of a whole number; NULL, 0 and 1 are types of their own. */
function sizeOf(value: number): number {
  if (value < 2) return 0;
  if (value < 0x800000) return value < 0x80 ? 1 : value < 0x8000 ? 2 : 3;
  return value < 0x80000000 ? 4 : value < 2 ** 47 ? 6 : 8;
}

function typeOf(value: number, size: number): number {
  if (size === 0) return value === NULL ? 0 : 8 + value;
  return size <= 4 ? size : size === 6 ? 5 : 6;
}

function putNumber(to: DataView, at: number, value: number, size: number): void {
  if (size === 1) to.setUint8(at, value);
  else if (size === 2) to.setUint16(at, value);
  else if (size === 3) {
    to.setUint16(at, value >>> 8);
    to.setUint8(at + 2, value & 0xff);
  } else if (size === 4) to.setUint32(at, value);
  else if (size === 6) {
    to.setUint16(at, value / 2 ** 32);
    to.setUint32(at + 2, value);
  } else if (size === 8) {
    to.setUint32(at, value / 2 ** 32);
    to.setUint32(at + 4, value);
  }
}

function textLength({ words, long }: IndexColumn, place: number): number {
  let w = words.length;
  if (words[w - 1]![place] !== 0 && long?.has(place)) return long.get(place)!.length;
  // The bytes before the zeros at the end.
  while (w > 0 && words[w - 1]![place] === 0) w--;
  if (w === 0) return 0;
  const last = words[w - 1]![place]!;
  return w * 4 - (last & 0xff ? 0 : last & 0xff00 ? 1 : last & 0xff0000 ? 2 : 3);
}

function putText(to: DataView, at: number, { words, long }: IndexColumn, place: number, size: number): void {
  let i = 0;
  for (let w = 0; i + 4 <= size && w < words.length; w++, i += 4) to.setUint32(at + i, words[w]![place]!);
  for (; i < size; i++)
    to.setUint8(
      at + i,
      i < words.length * 4 ? words[i >> 2]![place]! >>> (24 - (i & 3) * 8) : long!.get(place)![i]!,
    );
}

const SECONDS_OF_DAY = 24 * 3600;

/** Writes times as `YYYY-MM-DDTHH:MM:SSZ`, a few characters at a time. */
function timeWriter(to: DataView): (at: number, seconds: number) => void {
  const text = Buffer.alloc(TIME_LENGTH);
  const two = (value: number): number => (0x30 + Math.floor(value / 10)) * 256 + 0x30 + (value % 10);
  let day = -1;
  let [year, month, dayOfMonth] = [0, 0, 0];
  return (at, seconds) => {
    // Neighbours are mostly of one day.
    if (Math.floor(seconds / SECONDS_OF_DAY) !== day) {
      day = Math.floor(seconds / SECONDS_OF_DAY);
      text.write(isoSecond(seconds), 'latin1');
      [year, month, dayOfMonth] = [text.readUInt32BE(0), text.readUInt32BE(4), text.readUInt16BE(8)];
    }
    const second = seconds - day * SECONDS_OF_DAY;
    const hours = two(Math.floor(second / 3600));
    to.setUint32(at, year);
    to.setUint32(at + 4, month);
    to.setUint16(at + 8, dayOfMonth);
    to.setUint16(at + 10, T * 256 + (hours >>> 8));
    to.setUint16(at + 12, (hours & 0xff) * 256 + COLON);
    to.setUint16(at + 14, two(Math.floor(second / 60) % 60));
    to.setUint8(at + 16, COLON);
    to.setUint16(at + 17, two(second % 60));
    to.setUint8(at + 19, Z);
  };
}

const [T, COLON, Z] = Buffer.from('T:Z') as unknown as [number, number, number];

/** Bits of a word that are sorted by at a time. */
const DIGIT = 11;
/** Rows that are alike in the first words with so many bits are few, and compared. */
const BITS = 20;

/** Places in the order of the values of their columns; equal ones stay as they were. */
function sorted(columns: readonly IndexColumn[], count: number): Uint32Array {
  const words = columns.flatMap(column => column.words);
  const ranges = words.map(rangeOf);
  let first = 0;
  for (let bits = 0; first < words.length && bits < BITS; first++)
    bits += 32 - Math.clz32(ranges[first]!.most - ranges[first]!.least);
  let from = Uint32Array.from({ length: count }, (_, i) => i);
  let to = new Uint32Array(count);
  // The values at hand move with their places: to look each up again would miss the processor's cache.
  let keys = new Uint32Array(count);
  let keysTo = new Uint32Array(count);
  for (let w = first - 1; w >= 0; w--) {
    const { least, most } = ranges[w]!;
    for (let i = 0; i < count; i++) keys[i] = words[w]![from[i]!]! - least;
    for (let shift = 0; shift < 32 && (most - least) >>> shift > 0; shift += DIGIT) {
      sortDigit({ keys, places: from }, { keys: keysTo, places: to }, shift);
      [from, to] = [to, from];
      [keys, keysTo] = [keysTo, keys];
    }
  }
  if (first < words.length || columns.some(({ long }) => long)) sortRuns(from, columns, words, first);
  return from;
}

interface Keyed {
  keys: Uint32Array;
  places: Uint32Array;
}

/** A function of its own, with plain loops: every row passes here several times for each index. */
function sortDigit({ keys, places }: Keyed, to: Keyed, shift: number): void {
  const { keys: keysTo, places: placesTo } = to;
  const mask = (1 << DIGIT) - 1;
  const starts = new Uint32Array(mask + 2);
  for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & mask) + 1]!++;
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  for (let i = 0; i < keys.length; i++) {
    const at = starts[(keys[i]! >>> shift) & mask]!++;
    keysTo[at] = keys[i]!;
    placesTo[at] = places[i]!;
  }
}

function rangeOf(values: Uint32Array): { least: number; most: number } {
  let [least, most] = [0xffffffff, 0];
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least) least = values[i]!;
    if (values[i]! > most) most = values[i]!;
  }
  return { least, most };
}

/** Sorts what is alike in the words before `first` by the others. */
function sortRuns(
  order: Uint32Array,
  columns: readonly IndexColumn[],
  words: readonly Uint32Array[],
  first: number,
): void {
  const long = columns.find(column => column.long)?.long;
  function compare(a: number, b: number): number {
    for (let w = first; w < words.length; w++) {
      const values = words[w]!;
      if (values[a] !== values[b]) return values[a]! - values[b]!;
    }
    return (long && compareLong(long.get(a), long.get(b))) || a - b;
  }
  function isAlike(a: number, b: number): boolean {
    for (let w = 0; w < first; w++) if (words[w]![a] !== words[w]![b]) return false;
    return true;
  }
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && isAlike(order[start]!, order[end]!)) end++;
    if (end - start > FEW) order.subarray(start, end).sort(compare);
    else
      for (let i = start + 1; i < end; i++) {
        const place = order[i]!;
        let at = i;
        for (; at > start && compare(order[at - 1]!, place) > 0; at--) order[at] = order[at - 1]!;
        order[at] = place;
      }
    start = end;
  }
}

/** So many are quicker put in order one by one. */
const FEW = 40;

/** Texts with the same first bytes: one that is not long is these alone. */
function compareLong(a: Buffer | undefined, b: Buffer | undefined): number {
  return a && b ? a.compare(b) : (a ? 1 : 0) - (b ? 1 : 0);
}
