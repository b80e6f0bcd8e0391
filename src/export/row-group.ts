/** One row group: columns of values as the bytes of their leaves. */

import type { Bytes } from './parquet/bytes.js';
import { appendChunk, type ChunkNote } from './parquet/chunk.js';
import { createDirectLeaf, createIndexedLeaf, type LeafData } from './parquet/leaf-data.js';
import type { Leaf, Schema, SchemaNode } from './parquet/schema.js';
import { type Scalar, shred, type Tree } from './parquet/shred.js';

/** The values of a column: one for each row, or for each row the number of one of few. */
export type ColumnValues = { values: readonly Tree[] } | { at: Int32Array; of: readonly Tree[] };

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
    const leaves =
      'values' in column
        ? direct(schema, node, column.values)
        : indexed(schema, node, column.at.subarray(0, rows), column.of);
    for (const data of leaves) {
      const note = appendChunk(out, data, isRanged(i));
      note.dataAt -= start;
      if (note.dictionaryAt !== undefined) note.dictionaryAt -= start;
      chunks.push(note);
    }
  }
  return { rows, bytes: out.length - start, chunks };
}

function direct(schema: Schema, node: SchemaNode, values: readonly Tree[]): LeafData[] {
  if (node.kind === 'leaf') return [scalars(schema.leaves[node.leaf]!, values)];
  const leaves = leavesOf(node).map(leaf => createDirectLeaf(schema.leaves[leaf]!, values.length));
  const first = leavesOf(node)[0]!;
  for (const value of values)
    shred(node, value, (leaf, repetition, definition, scalar) =>
      leaves[leaf - first]!.add(repetition, definition, scalar),
    );
  return leaves.map(leaf => leaf.done());
}

/** The most common case without a call for each value. */
function scalars(leaf: Leaf, values: readonly Tree[]): LeafData {
  const definitions = new Uint8Array(values.length);
  const there: Scalar[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    definitions[i] = 1;
    there.push(value as Scalar);
  }
  return {
    leaf,
    count: values.length,
    definitions,
    repetitions: NONE,
    valueCount: there.length,
    indexed: undefined,
    values: there,
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
