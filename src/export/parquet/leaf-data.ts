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
  /** The number of a value. */
  idOf(value: Scalar): number;
  /** @param id -1 where there is no value */
  add(repetition: number, definition: number, id: number): void;
  done(): LeafData;
}

/** @param rows expected */
export function createIndexedLeaf(leaf: Leaf, rows: number): IndexedLeaf {
  let definitions = new Uint8Array(rows);
  let repetitions = new Uint8Array(leaf.maxRepetition > 0 ? rows : 0);
  let ids = new Int32Array(rows);
  let count = 0;
  let valueCount = 0;
  const dictionary: Scalar[] = [];
  const known = new Map<Scalar, number>();
  return {
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
