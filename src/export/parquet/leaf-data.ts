/** The entries of one leaf in one row group, as they are collected. */

import type { Slices } from '../slices.js';
import { createBytes } from './bytes.js';
import type { Leaf } from './schema.js';
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

/** Collects texts that are told one by one. */
export interface DirectLeaf {
  /** An entry without a value. */
  addAbsent(repetition: number, definition: number): void;
  add(repetition: number, definition: number, text: string): void;
  addSlice(repetition: number, definition: number, bytes: Buffer, start: number, end: number): void;
  done(): LeafData;
}

/**
 * Long: its functions share what is collected.
 * @param rows expected
 */
export function createDirectLeaf(leaf: Leaf, rows: number): DirectLeaf {
  let definitions = new Uint8Array(rows);
  let repetitions = new Uint8Array(leaf.maxRepetition > 0 ? rows : 0);
  let count = 0;
  const bytes = createBytes();
  let starts = new Int32Array(rows);
  let ends = new Int32Array(rows);
  let valueCount = 0;
  const addAbsent = (repetition: number, definition: number): void => {
    if (count === definitions.length) {
      definitions = wider(definitions);
      if (leaf.maxRepetition > 0) repetitions = wider(repetitions);
    }
    definitions[count] = definition;
    if (leaf.maxRepetition > 0) repetitions[count] = repetition;
    count++;
  };
  const addSlice: DirectLeaf['addSlice'] = (repetition, definition, from, start, end) => {
    addAbsent(repetition, definition);
    if (valueCount === starts.length) {
      starts = widerNumbers(starts);
      ends = widerNumbers(ends);
    }
    starts[valueCount] = bytes.length;
    bytes.slice(from, start, end);
    ends[valueCount++] = bytes.length;
  };
  return {
    addAbsent,
    addSlice,
    add(repetition, definition, text) {
      const from = Buffer.from(text);
      addSlice(repetition, definition, from, 0, from.length);
    },
    done: () => ({
      ...{ leaf, count, definitions, repetitions, valueCount, indexed: undefined },
      values: { bytes: bytes.view(), starts, ends },
    }),
  };
}

/** Collects entries whose values are numbers of an own dictionary. */
export interface IndexedLeaf {
  /** True where nothing repeats: each value has one entry. */
  readonly isFlat: boolean;
  /**
   * All entries at once, of a flat leaf.
   * @param at the number of the value of each row
   * @param entries of the values, as the arguments of `add` one after another
   */
  spread(at: Int32Array, entries: readonly number[]): LeafData;
  /** The number of a value. */
  idOf(value: Scalar): number;
  /** @param id -1 where there is no value */
  add(repetition: number, definition: number, id: number): void;
  done(): LeafData;
}

/**
 * Long: its functions share what is collected.
 * @param rows expected
 */
export function createIndexedLeaf(leaf: Leaf, rows: number): IndexedLeaf {
  let definitions = new Uint8Array(rows);
  let repetitions = new Uint8Array(leaf.maxRepetition > 0 ? rows : 0);
  let ids = new Int32Array(rows);
  let count = 0;
  let valueCount = 0;
  const dictionary: Scalar[] = [];
  const known = new Map<Scalar, number>();
  return {
    isFlat: leaf.maxRepetition === 0,
    spread(at, entries) {
      const definition = Uint8Array.from({ length: entries.length / 3 }, (_, i) => entries[i * 3 + 1]!);
      const id = Int32Array.from({ length: entries.length / 3 }, (_, i) => entries[i * 3 + 2]!);
      let values = 0;
      for (let row = 0; row < at.length; row++) {
        const value = at[row]!;
        definitions[row] = definition[value]!;
        if (id[value]! >= 0) ids[values++] = id[value]!;
      }
      return {
        leaf,
        count: at.length,
        definitions,
        repetitions,
        valueCount: values,
        indexed: { ids, dictionary },
        values: NO_VALUES,
      };
    },
    idOf(value) {
      let id = known.get(value);
      if (id === undefined) {
        id = dictionary.length;
        known.set(value, id);
        dictionary.push(value);
      }
      return id;
    },
    add(repetition, definition, id) {
      if (count === definitions.length) {
        definitions = wider(definitions);
        if (leaf.maxRepetition > 0) repetitions = wider(repetitions);
        ids = widerNumbers(ids);
      }
      definitions[count] = definition;
      if (leaf.maxRepetition > 0) repetitions[count] = repetition;
      count++;
      if (id >= 0) ids[valueCount++] = id;
    },
    done: () => ({
      leaf,
      count,
      definitions,
      repetitions,
      valueCount,
      indexed: { ids, dictionary },
      values: NO_VALUES,
    }),
  };
}

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
