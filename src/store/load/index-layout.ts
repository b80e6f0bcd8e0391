/** Lays out indexes whose columns are known as numbers. */

import { isoSecond } from '../../cloudtrail/time.js';
import { createIndexPages } from '../pages/index-pages.js';
import type { PageFile } from '../pages/table-pages.js';
import { TIME_LENGTH } from '../times.js';
import { createRoom, type IndexColumn, type Room } from './index-order.js';
import { createSorter } from './sorter.js';

/** What an index is on. */
export interface IndexParts {
  name: string;
  columns: readonly string[];
  /** True where rows whose first column is NULL are not in it. */
  isPartial: boolean;
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
 * @param column has `count` values, in arrays from `room`; undefined for one whose values are not numbers: its indexes are
 *   not laid out
 * @returns the content of each index's root, by name
 */
export function layOutIndexes(
  file: PageFile,
  indexes: readonly IndexParts[],
  count: number,
  column: (name: string, room: Room) => IndexColumn | undefined,
): Map<string, Buffer> {
  const roots = new Map<string, Buffer>();
  const sorter = createSorter(count);
  const room = createRoom(count, sorter.isAhead);
  function* jobs(): Generator<Job, undefined> {
    for (const index of indexes) {
      if (index.columns.length * count > MOST_VALUES) continue;
      const all = index.columns.map(name => column(name, room));
      if (!all.every(of => of !== undefined)) continue;
      const order = room.take();
      yield { index, columns: all, order, wait: sorter.begin(all, order) };
    }
  }
  try {
    const rest = jobs();
    let job = rest.next().value;
    while (job) {
      // The next one is sorted while this one is laid out.
      const following = sorter.isAhead ? rest.next().value : undefined;
      const { index, columns, order, wait } = job;
      wait();
      roots.set(index.name, layOut(file, order, columns, index.isPartial));
      for (const words of [order, ...columns.flatMap(of => of.words)]) room.give(words);
      job = following ?? rest.next().value;
    }
  } finally {
    sorter.close();
  }
  return roots;
}

/** An index that is to be laid out. */
interface Job {
  index: IndexParts;
  columns: IndexColumn[];
  /** Its rows, once they were waited for. */
  order: Uint32Array;
  wait: () => void;
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
