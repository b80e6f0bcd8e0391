/** One row group: columns of values as the bytes of their leaves. */

import type { LakeType } from '../lake-types.js';
import { fillFromJson } from './json-lists.js';
import { type BloomFilter, serializeFilter } from './parquet/bloom.js';
import type { Bytes } from './parquet/bytes.js';
import { appendChunk, type ChunkNote, type Hints, releasePages } from './parquet/chunk.js';
import { type ColumnMemory, memoryOf, useMemory } from './parquet/column-memory.js';
import {
  addId,
  createDirectLeaf,
  createIndexedLeaf,
  directData,
  type IndexedLeaf,
  idOf,
  type LeafData,
  NOTHING_REPEATS,
  spread,
} from './parquet/leaf-data.js';
import type { Leaf, Schema, SchemaNode } from './parquet/schema.js';
import { releaseScratch, scratchLevels, scratchNumbers } from './parquet/scratch.js';
import { type Scalar, shred, type Tree } from './parquet/shred.js';
import type { Slices } from './slices.js';

/**
 * The values of a column: a text for each row, of a number its digits, of a boolean `0` or `1`; for each row the JSON of a
 * value of a type; or for each row the number of one of few values.
 */
export type ColumnValues =
  | { texts: Slices }
  | { json: Slices; type: LakeType }
  | { at: Int32Array; of: readonly Tree[] };

/** A row group whose bytes were made. */
export interface RowGroup {
  rows: number;
  /** Those of its chunks, and of the filters behind them. */
  bytes: number;
  /** One for each leaf. */
  chunks: ChunkNote[];
}

/** Rows as columns, in the order of the schema. */
export interface GroupColumns {
  rows: number;
  columns: readonly ColumnValues[];
  /** Where they stand, if that is in the memory of WebAssembly. */
  memory?: ColumnMemory | undefined;
}

/**
 * Appends a row group.
 * @param hints what is noted of each leaf
 */
export function appendRowGroup(
  out: Bytes,
  schema: Schema,
  group: GroupColumns,
  hints: readonly Hints[],
): RowGroup {
  useMemory(group.memory);
  try {
    return appended(out, schema, group, hints);
  } finally {
    useMemory(undefined);
    releaseScratch();
    releasePages();
  }
}

function appended(
  out: Bytes,
  schema: Schema,
  { rows, columns }: GroupColumns,
  hints: readonly Hints[],
): RowGroup {
  const start = out.length;
  const chunks: ChunkNote[] = [];
  const filters: Array<{ note: ChunkNote; filter: BloomFilter }> = [];
  for (const [i, node] of schema.nodes.entries()) {
    const column = columns[i]!;
    for (const data of leavesData(schema, node, column, rows)) {
      const { note, filter } = appendChunk(out, data, hints[chunks.length]!);
      note.dataAt -= start;
      if (note.dictionaryAt !== undefined) note.dictionaryAt -= start;
      chunks.push(note);
      if (filter) filters.push({ note, filter });
    }
    releaseScratch();
  }
  for (const { note, filter } of filters) {
    const bytes = serializeFilter(filter);
    note.filterAt = out.length - start;
    note.filterLength = bytes.length;
    out.append(bytes);
  }
  return { rows, bytes: out.length - start, chunks };
}

function leavesData(schema: Schema, node: SchemaNode, column: ColumnValues, rows: number): LeafData[] {
  if ('at' in column) return indexed(schema, node, column.at.subarray(0, rows), column.of);
  const [first] = leavesOf(node) as [number];
  if ('texts' in column) return [scalars(schema.leaves[first]!, column.texts, rows)];
  const { json, type } = column;
  const leaves = leavesOf(node).map(leaf => createDirectLeaf(schema.leaves[leaf]!, rows, json));
  fillFromJson(node, type, json, rows, { first, leaves });
  return leaves.map(directData);
}

/** The most common case: values stay where they are. */
function scalars(leaf: Leaf, texts: Slices, rows: number): LeafData {
  const { starts: from, ends: to } = texts;
  const definitions = scratchLevels(rows);
  const starts = scratchNumbers(rows);
  const ends = scratchNumbers(rows);
  const memory = memoryOf(from, to, definitions, starts, ends);
  let valueCount = 0;
  if (memory) {
    const [ofFrom, ofTo, ofDefinitions, ofStarts, ofEnds] = [from, to, definitions, starts, ends].map(
      of => of.byteOffset,
    ) as [number, number, number, number, number];
    valueCount = memory.run.present(ofFrom, ofTo, rows, ofDefinitions, ofStarts, ofEnds);
  } else
    for (let row = 0; row < rows; row++) {
      const end = to[row]!;
      definitions[row] = end < 0 ? 0 : 1;
      if (end < 0) continue;
      starts[valueCount] = from[row]!;
      ends[valueCount++] = end;
    }
  return {
    leaf,
    count: rows,
    definitions,
    repetitions: NOTHING_REPEATS,
    valueCount,
    indexed: undefined,
    values: { ...texts, starts, ends },
  };
}

/** Values of which there are few are taken apart once each. */
function indexed(schema: Schema, node: SchemaNode, at: Int32Array, of: readonly Tree[]): LeafData[] {
  const leaves = leavesOf(node);
  const taken: TakenApart = { first: leaves[0]!, leaves: [] };
  for (const leaf of leaves)
    taken.leaves.push({
      leaf: createIndexedLeaf(schema.leaves[leaf]!, at.length),
      starts: new Int32Array(of.length + 1),
      entries: [],
    });
  for (let value = 0; value < of.length; value++) {
    shred(node, of[value], takeEntry, taken);
    for (const { starts, entries } of taken.leaves) starts[value + 1] = entries.length;
  }
  const data: LeafData[] = [];
  for (const { leaf, starts, entries } of taken.leaves) {
    if (leaf.leaf.maxRepetition === 0) spread(leaf, at, entries);
    else addAll(leaf, at, starts, entries);
    data.push(leaf);
  }
  return data;
}

/** The entries of values: of each leaf where those of a value begin, and repetition, definition and number of each. */
interface TakenApart {
  /** The number of the first leaf. */
  first: number;
  leaves: Array<{ leaf: IndexedLeaf; starts: Int32Array; entries: number[] }>;
}

function takeEntry(
  { first, leaves }: TakenApart,
  leaf: number,
  repetition: number,
  definition: number,
  value: Scalar | undefined,
): void {
  const to = leaves[leaf - first]!;
  to.entries.push(repetition, definition, value === undefined ? -1 : idOf(to.leaf, value));
}

function addAll(leaf: IndexedLeaf, at: Int32Array, starts: Int32Array, entries: readonly number[]): void {
  for (let row = 0; row < at.length; row++) {
    const end = starts[at[row]! + 1]!;
    for (let e = starts[at[row]!]!; e < end; e += 3)
      addId(leaf, entries[e]!, entries[e + 1]!, entries[e + 2]!);
  }
}

const leavesOf = (node: SchemaNode): readonly number[] => (node.kind === 'leaf' ? [node.leaf] : node.leaves);
