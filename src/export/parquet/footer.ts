/** The end of a Parquet file: what is in it, and where. */

import type { ColumnChunk, FileMetaData, Statistics } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { RowGroup } from '../row-group.js';
import type { ChunkNote } from './chunk.js';
import type { Leaf, Schema } from './schema.js';

export const MAGIC = Buffer.from('PAR1');

/** Bytes of the least and the greatest value that are kept: they only have to tell row groups apart. */
const RANGE_BYTES = 64;
/**
 * Named as parquet-mr wants it: it believes no statistics of texts where it cannot read who wrote them. The same for
 * every release, so that the same events give the same files.
 */
const createdBy = (version: number): string => `offtrail version ${version} (build lake)`;

/**
 * The footer of a file, from its beginning to the magic.
 * @param starts where each row group begins
 * @param note what readers of ours are told: text under names
 */
export function footerOf(
  { elements, leaves }: Schema,
  groups: readonly RowGroup[],
  starts: readonly number[],
  note: { version: number; values: Readonly<Record<string, string>> },
): Uint8Array {
  const writer = new ByteWriter(1 << 14);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const metadata: Omit<FileMetaData, 'metadata_length'> = {
    version: 2,
    created_by: createdBy(note.version),
    schema: elements,
    num_rows: BigInt(rows),
    row_groups: groups.map((group, g) => ({
      columns: group.chunks.map((chunk, i) => chunkOf(leaves[i]!, chunk, starts[g]!)),
      total_byte_size: BigInt(group.chunks.reduce((sum, chunk) => sum + chunk.uncompressedBytes, 0)),
      total_compressed_size: BigInt(group.chunks.reduce((sum, chunk) => sum + chunk.compressedBytes, 0)),
      num_rows: BigInt(group.rows),
      file_offset: BigInt(starts[g]!),
    })),
    key_value_metadata: Object.entries(note.values).map(([key, value]) => ({ key, value })),
  };
  writeMetadata(writer, metadata as FileMetaData, RANGE_BYTES);
  writer.appendBytes(MAGIC);
  return writer.getBytes();
}

function chunkOf(leaf: Leaf, chunk: ChunkNote, start: number): ColumnChunk {
  const statistics: Statistics = { null_count: BigInt(chunk.nulls) };
  if (chunk.least !== undefined) {
    const value = (of: ChunkNote['least']) => (leaf.physical === 'INT64' ? BigInt(of as number) : of);
    Object.assign(statistics, { min_value: value(chunk.least), max_value: value(chunk.most) });
  }
  return {
    file_offset: 0n,
    meta_data: {
      type: leaf.physical,
      encodings: chunk.dictionaryAt === undefined ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', 'RLE_DICTIONARY'],
      path_in_schema: leaf.path,
      codec: 'SNAPPY',
      num_values: BigInt(chunk.entries),
      total_uncompressed_size: BigInt(chunk.uncompressedBytes),
      total_compressed_size: BigInt(chunk.compressedBytes),
      data_page_offset: BigInt(start + chunk.dataAt),
      ...(chunk.dictionaryAt !== undefined && {
        dictionary_page_offset: BigInt(start + chunk.dictionaryAt),
      }),
      statistics,
      ...(chunk.filterAt !== undefined && {
        bloom_filter_offset: BigInt(start + chunk.filterAt),
        bloom_filter_length: chunk.filterLength,
      }),
    },
  } as ColumnChunk;
}
