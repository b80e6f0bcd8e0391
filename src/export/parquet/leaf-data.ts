/** The entries of one leaf in one row group, as they are collected. */

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
  indexed: { ids: Int32Array; dictionary: readonly Scalar[] } | undefined;
  values: readonly Scalar[];
}

/** Collects entries whose values are told one by one. */
export interface DirectLeaf {
  add(repetition: number, definition: number, value: Scalar | undefined): void;
  done(): LeafData;
}

/** @param rows expected */
export function createDirectLeaf(leaf: Leaf, rows: number): DirectLeaf {
  let definitions = new Uint8Array(rows);
  let repetitions = new Uint8Array(leaf.maxRepetition > 0 ? rows : 0);
  let count = 0;
  const values: Scalar[] = [];
  return {
    add(repetition, definition, value) {
      if (count === definitions.length) {
        definitions = wider(definitions);
        if (leaf.maxRepetition > 0) repetitions = wider(repetitions);
      }
      definitions[count] = definition;
      if (leaf.maxRepetition > 0) repetitions[count] = repetition;
      count++;
      if (value !== undefined) values.push(value);
    },
    done: () => ({
      leaf,
      count,
      definitions,
      repetitions,
      valueCount: values.length,
      indexed: undefined,
      values,
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
        values: [],
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
        const more = new Int32Array(definitions.length);
        more.set(ids);
        ids = more;
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
      values: [],
    }),
  };
}

function wider(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(16, array.length * 2));
  more.set(array);
  return more;
}
