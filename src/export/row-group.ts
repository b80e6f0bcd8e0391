/** One row group: columns of values as the bytes of their leaves. */

import type { LakeType } from '../lake-types.js';
import { fillFromJson } from './json-lists.js';
import type { Bytes } from './parquet/bytes.js';
import { appendChunk, type ChunkNote } from './parquet/chunk.js';
import { createDirectLeaf, createIndexedLeaf, type LeafData } from './parquet/leaf-data.js';
import type { Leaf, Schema, SchemaNode } from './parquet/schema.js';
import { shred, type Tree } from './parquet/shred.js';
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
  bytes: number;
  /** One for each leaf. */
  chunks: ChunkNote[];
}

/**
 * Appends a row group.
 * @param columns in the order of the schema
 * @param isRanged whether the least and the greatest value of a column are noted
 */
export function appendRowGroup(
  out: Bytes,
  schema: Schema,
  rows: number,
  columns: readonly ColumnValues[],
  isRanged: (column: number) => boolean,
): RowGroup {
  const start = out.length;
  const chunks: ChunkNote[] = [];
  for (const [i, node] of schema.nodes.entries()) {
    const column = columns[i]!;
    for (const data of leavesData(schema, node, column, rows)) {
      const note = appendChunk(out, data, isRanged(i));
      note.dataAt -= start;
      if (note.dictionaryAt !== undefined) note.dictionaryAt -= start;
      chunks.push(note);
    }
  }
  return { rows, bytes: out.length - start, chunks };
}

function leavesData(schema: Schema, node: SchemaNode, column: ColumnValues, rows: number): LeafData[] {
  if ('at' in column) return indexed(schema, node, column.at.subarray(0, rows), column.of);
  const [first] = leavesOf(node) as [number];
  if ('texts' in column) return [scalars(schema.leaves[first]!, column.texts, rows)];
  const leaves = leavesOf(node).map(leaf => createDirectLeaf(schema.leaves[leaf]!, rows));
  fillFromJson(node, column.type, column.json, rows, leaf => leaves[leaf - first]!);
  return leaves.map(leaf => leaf.done());
}

/** The most common case: values stay where they are. */
function scalars(leaf: Leaf, { bytes, starts: from, ends: to }: Slices, rows: number): LeafData {
  const definitions = new Uint8Array(rows);
  const starts = new Int32Array(rows);
  const ends = new Int32Array(rows);
  let valueCount = 0;
  for (let row = 0; row < rows; row++) {
    const end = to[row]!;
    if (end < 0) continue;
    definitions[row] = 1;
    starts[valueCount] = from[row]!;
    ends[valueCount++] = end;
  }
  return {
    leaf,
    count: rows,
    definitions,
    repetitions: NONE,
    valueCount,
    indexed: undefined,
    values: { bytes, starts, ends },
  };
}

const NONE = new Uint8Array();

/** Values of which there are few are taken apart once each. */
function indexed(schema: Schema, node: SchemaNode, at: Int32Array, of: readonly Tree[]): LeafData[] {
  const leaves = leavesOf(node).map(leaf => createIndexedLeaf(schema.leaves[leaf]!, at.length));
  const first = leavesOf(node)[0]!;
  // Of each leaf: where the entries of a value begin, and the entries as repetition, definition and number.
  const entries = leaves.map(() => ({ starts: new Int32Array(of.length + 1), list: [] as number[] }));
  for (const [i, value] of of.entries()) {
    shred(node, value, (leaf, repetition, definition, scalar) => {
      const id = scalar === undefined ? -1 : leaves[leaf - first]!.idOf(scalar);
      entries[leaf - first]!.list.push(repetition, definition, id);
    });
    for (const { starts, list } of entries) starts[i + 1] = list.length;
  }
  return leaves.map((leaf, l) => {
    const { starts, list } = entries[l]!;
    if (leaf.isFlat) return leaf.spread(at, list);
    for (let row = 0; row < at.length; row++) {
      const value = at[row]!;
      for (let e = starts[value]!; e < starts[value + 1]!; e += 3)
        leaf.add(list[e]!, list[e + 1]!, list[e + 2]!);
    }
    return leaf.done();
  });
}

const leavesOf = (node: SchemaNode): readonly number[] => (node.kind === 'leaf' ? [node.leaf] : node.leaves);
