/** The footer of a Parquet file: its schema, and where in the file the columns of each row group stand. */

import { ParquetFault } from './fault.js';
import { type Node, schemaOf } from './schema.js';
import { readStruct, type Thrift, type ThriftStruct, ThriftTooShort } from './thrift.js';

/** Bytes that can be read in any order. */
export interface ByteSource {
  size: number;
  /** @returns exactly these bytes @throws where they are not there */
  read(at: number, length: number): Buffer;
}

/** Where the values of one leaf in one row group stand. */
export interface Chunk {
  codec: number;
  /** Offset of its first page. */
  start: number;
  end: number;
  values: number;
}

export interface RowGroup {
  rows: number;
  /** In the order of the schema's leaves. */
  chunks: Chunk[];
}

export interface Footer {
  rows: number;
  root: Node;
  leaves: Node[];
  rowGroups: RowGroup[];
  /** What the writer said of the file. */
  notes: Map<string, string>;
}

const MAGIC = Buffer.from('PAR1', 'latin1');
const ENCRYPTED = Buffer.from('PARE', 'latin1');
/** A thousand row groups of a hundred columns take some 15 MB. */
const MAX_FOOTER = 64 << 20;

/** True for the beginning, or the end, of a Parquet file. */
export const isMagic = (bytes: Uint8Array): boolean =>
  bytes.length === 4 && (MAGIC.equals(bytes) || ENCRYPTED.equals(bytes));

/** @throws ParquetFault where the file has no footer that can be believed */
export function readFooter(source: ByteSource): Footer {
  if (source.size < 12) throw new ParquetFault('Parquet file that is cut off: too short for a footer');
  const tail = source.read(source.size - 8, 8);
  if (ENCRYPTED.equals(tail.subarray(4)))
    throw new ParquetFault('encrypted Parquet file: write it again without encryption');
  if (!MAGIC.equals(tail.subarray(4)))
    throw new ParquetFault('Parquet file that is cut off: it does not end with a footer');
  const length = tail.readUInt32LE(0);
  const end = source.size - 8;
  if (length > end - 4) throw new ParquetFault('Parquet file whose footer would be longer than the file');
  if (length > MAX_FOOTER)
    throw new ParquetFault(`Parquet file with a footer of more than ${MAX_FOOTER} bytes`);
  try {
    const { struct } = readStruct(source.read(end - length, length), 0);
    return footerOf(struct, end - length);
  } catch (error) {
    if (error instanceof ThriftTooShort)
      throw new ParquetFault(`Parquet footer is damaged: ${error.message}`);
    throw error;
  }
}

function footerOf(struct: ThriftStruct, end: number): Footer {
  const { root, leaves } = schemaOf(list(struct, 2).map(asStruct));
  const rowGroups = list(struct, 4).map(group => rowGroupOf(asStruct(group), leaves, end));
  const rows = count(struct, 3);
  const sum = rowGroups.reduce((total, group) => total + group.rows, 0);
  if (sum !== rows)
    throw new ParquetFault(`Parquet footer is damaged: ${rows} rows, and ${sum} in its row groups`);
  const notes = new Map<string, string>();
  for (const entry of optionalList(struct, 5).map(asStruct)) notes.set(text(entry, 1), text(entry, 2));
  return { rows, root, leaves, rowGroups, notes };
}

function rowGroupOf(group: ThriftStruct, leaves: readonly Node[], end: number): RowGroup {
  const columns = list(group, 1).map(asStruct);
  if (columns.length !== leaves.length)
    throw new ParquetFault(
      `Parquet footer is damaged: a row group of ${columns.length} columns, not ${leaves.length}`,
    );
  const chunks = columns.map((column, i) => chunkOf(column, leaves[i]!, end));
  return { rows: count(group, 3), chunks };
}

function chunkOf(column: ThriftStruct, leaf: Node, end: number): Chunk {
  // Never followed: text of a file decides no path.
  if (column.has(1)) throw new ParquetFault('Parquet file whose columns stand in other files');
  const meta = column.get(3);
  if (!(meta instanceof Map) || column.has(8)) throw new ParquetFault('Parquet file with encrypted columns');
  const path = list(meta, 3).map(name =>
    name instanceof Uint8Array ? Buffer.from(name).toString('utf8') : '',
  );
  if (path.length !== leaf.path.length || path.some((name, i) => name !== leaf.path[i]))
    throw new ParquetFault('Parquet footer is damaged: columns that are not in the order of the schema');
  if (count(meta, 1) !== leaf.type)
    throw new ParquetFault('Parquet footer is damaged: a column of another type than the schema says');
  const data = count(meta, 9);
  const dictionary = meta.has(11) ? count(meta, 11) : 0;
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const chunk = { codec: count(meta, 4), start, end: start + count(meta, 7), values: count(meta, 5) };
  // Some writers count no dictionary page in the size of a column without values.
  if (chunk.start < 4 || chunk.end > end)
    throw new ParquetFault('Parquet footer is damaged: a column beyond the file');
  return chunk;
}

/** A number of 0 or more. */
export function count(struct: ThriftStruct, id: number): number {
  const value = struct.get(id);
  if (typeof value !== 'number' || !(value >= 0) || !Number.isSafeInteger(value))
    throw new ParquetFault(`Parquet metadata is damaged: field ${id} is not a count`);
  return value;
}

function optionalList(struct: ThriftStruct, id: number): Thrift[] {
  return struct.has(id) ? list(struct, id) : [];
}

function list(struct: ThriftStruct, id: number): Thrift[] {
  const value = struct.get(id);
  if (!Array.isArray(value)) throw new ParquetFault(`Parquet metadata is damaged: field ${id} is not a list`);
  return value;
}

function asStruct(value: Thrift): ThriftStruct {
  if (!(value instanceof Map)) throw new ParquetFault('Parquet metadata is damaged: a struct is missing');
  return value;
}

function text(struct: ThriftStruct, id: number): string {
  const value = struct.get(id);
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}
