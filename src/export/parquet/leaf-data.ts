/**
 * The entries of one leaf in one row group, as they are collected. Functions of the module on plain objects: V8 forgets
 * the machine code of a function that was made for a row group with it, and would compile it again for the next.
 */

import type { Slices } from '../slices.js';
import { memoryOf } from './column-memory.js';
import type { Leaf } from './schema.js';
import { scratchLevels, scratchNumbers } from './scratch.js';
import type { Scalar } from './shred.js';

/** Entries of a leaf: levels for each, values for those that are there. */
export interface LeafData {
  leaf: Leaf;
  count: number;
  definitions: Uint8Array;
  /** Empty where nothing repeats. */
  repetitions: Uint8Array;
  /** Values that are there. */
  valueCount: number;
  /** Undefined where values are listed one by one. */
  indexed: Indexed | undefined;
  /** Values one by one, none of which is NULL; numbers in digits, and `0` or `1` for a boolean. */
  values: Slices;
}

/** Values by their numbers in a dictionary. */
export interface Indexed {
  ids: Int32Array;
  dictionary: readonly Scalar[];
}

const NO_VALUES: Slices = { bytes: Buffer.alloc(0), starts: new Int32Array(), ends: new Int32Array() };

/** Collects texts that are told one by one: stretches of a buffer, and texts that stand nowhere in it. */
export interface DirectLeaf extends LeafData {
  own: Buffer[];
  /** Where the next text of its own would begin, if they stood behind the buffer. */
  end: number;
}

/**
 * @param rows expected
 * @param of what stretches are of
 */
export function createDirectLeaf(leaf: Leaf, rows: number, of: Slices): DirectLeaf {
  const entries = entriesOf(leaf, rows);
  return {
    ...emptyLeaf(leaf, rows),
    values: { ...of, starts: scratchNumbers(entries), ends: scratchNumbers(entries) },
    own: [],
    end: of.bytes.length,
  };
}

/** An entry without a value. */
export function addAbsent(to: LeafData, repetition: number, definition: number): void {
  if (to.count === to.definitions.length) {
    to.definitions = wider(to.definitions);
    if (to.leaf.maxRepetition > 0) to.repetitions = wider(to.repetitions);
  }
  to.definitions[to.count] = definition;
  if (to.leaf.maxRepetition > 0) to.repetitions[to.count] = repetition;
  to.count++;
}

/** A stretch of the buffer. */
export function addSlice(
  to: DirectLeaf,
  repetition: number,
  definition: number,
  start: number,
  end: number,
): void {
  addAbsent(to, repetition, definition);
  const { values } = to;
  if (to.valueCount === values.starts.length) {
    values.starts = widerNumbers(values.starts);
    values.ends = widerNumbers(values.ends);
  }
  values.starts[to.valueCount] = start;
  values.ends[to.valueCount++] = end;
}

export function addText(to: DirectLeaf, repetition: number, definition: number, text: string): void {
  const own = Buffer.from(text);
  to.own.push(own);
  addSlice(to, repetition, definition, to.end, to.end + own.length);
  to.end += own.length;
}

/** What was collected. */
export function directData({ own, values, ...data }: DirectLeaf): LeafData {
  if (own.length === 0) return { ...data, values };
  const { bytes, starts, ends } = values;
  return { ...data, values: { bytes: Buffer.concat([bytes, ...own]), starts, ends } };
}

/** Collects entries whose values are numbers of an own dictionary. */
export interface IndexedLeaf extends LeafData {
  indexed: { ids: Int32Array; dictionary: Scalar[] };
  numbers: Map<Scalar, number>;
}

/** @param rows expected */
export function createIndexedLeaf(leaf: Leaf, rows: number): IndexedLeaf {
  return {
    ...emptyLeaf(leaf, rows),
    indexed: { ids: scratchNumbers(entriesOf(leaf, rows)), dictionary: [] },
    values: NO_VALUES,
    numbers: new Map(),
  };
}

/** The number of a value. */
export function idOf({ indexed: { dictionary }, numbers }: IndexedLeaf, value: Scalar): number {
  let id = numbers.get(value);
  if (id === undefined) {
    id = dictionary.length;
    numbers.set(value, id);
    dictionary.push(value);
  }
  return id;
}

/** @param id -1 where there is no value */
export function addId(to: IndexedLeaf, repetition: number, definition: number, id: number): void {
  addAbsent(to, repetition, definition);
  if (id < 0) return;
  const { indexed } = to;
  if (to.valueCount === indexed.ids.length) indexed.ids = widerNumbers(indexed.ids);
  indexed.ids[to.valueCount++] = id;
}

/**
 * Adds all entries at once, to a leaf where nothing repeats: each value has one.
 * @param at the number of the value of each row
 * @param entries of the values: repetition, definition and number, one after another
 */
export function spread(to: IndexedLeaf, at: Int32Array, entries: readonly number[]): void {
  const values = entries.length / 3;
  const definition = scratchLevels(values);
  const id = scratchNumbers(values);
  for (let value = 0; value < values; value++) {
    definition[value] = entries[value * 3 + 1]!;
    id[value] = entries[value * 3 + 2]!;
  }
  const { definitions } = to;
  const { ids } = to.indexed;
  to.count = at.length;
  if (id.every(one => one < 0) && definition.every(one => one === definition[0])) {
    definitions.fill(definition[0] ?? 0, 0, at.length);
    return;
  }
  const memory = memoryOf(at, definition, id, definitions, ids);
  if (memory) {
    const [ofAt, ...places] = [at, definition, id, definitions, ids].map(of => of.byteOffset);
    to.valueCount = memory.run.spread(ofAt!, at.length, ...(places as [number, number, number, number]));
    return;
  }
  let valueCount = 0;
  for (let row = 0; row < at.length; row++) {
    const value = at[row]!;
    definitions[row] = definition[value]!;
    if (id[value]! >= 0) ids[valueCount++] = id[value]!;
  }
  to.valueCount = valueCount;
}

/** Room for the entries of a leaf: lists are taken to have a few. */
const entriesOf = (leaf: Leaf, rows: number): number => (leaf.maxRepetition > 0 ? rows * 4 : rows);

/** Repetitions of a leaf where nothing repeats. */
export const NOTHING_REPEATS = new Uint8Array();

const emptyLeaf = (leaf: Leaf, rows: number) => ({
  leaf,
  count: 0,
  definitions: scratchLevels(entriesOf(leaf, rows)),
  repetitions: leaf.maxRepetition > 0 ? scratchLevels(entriesOf(leaf, rows)) : NOTHING_REPEATS,
  valueCount: 0,
  indexed: undefined,
});

function wider(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(16, array.length * 2));
  more.set(array);
  return more;
}

function widerNumbers(array: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(Math.max(16, array.length * 2));
  more.set(array);
  return more;
}
