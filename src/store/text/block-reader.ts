/** The index for text as it is read: its blocks, chunks and slices, and what of an area they cover. */

import type { Db } from '../open.js';
import { orUndefined, sealSeed, unsealed } from '../seal.js';
import { prepared } from '../statements.js';
import type { IdRange } from './row-set.js';
import type { Area } from './rows.js';
import { type Chunk, SLICES, sliceWords } from './signature.js';

/** Words of slices in a row of `text_slices`: as many as fit on a page. */
const ROW_WORDS = 2025;
/**
 * Words in each row of a block but the last; its rows have ids from `block * SLICES`. A slice that takes more than half a
 * page has a row of its own, so that it is one read; others follow one another, over the ends of rows, so that pages are
 * full.
 */
export const rowWords = (words: number): number => (words > ROW_WORDS / 2 ? words : ROW_WORDS);
/** Numbers of a chunk, as they are stored. */
export const CHUNK_FIELDS = 4;
/** To be raised with every change in signatures or in the text they are made of: older blocks then count as damaged. */
const FORMAT = 3;

/** A block as the table lists it; its chunks and slices are read when they are needed. */
export interface KnownBlock {
  id: number;
  area: Area;
  first: number;
  last: number;
  /** Number of its chunks. */
  count: number;
}

/** What of an area the index covers, and what has to be read. */
export function coverage(db: Db, area: Area): { blocks: KnownBlock[]; uncovered: IdRange[] } {
  const listed =
    orUndefined(
      () =>
        prepared(
          db,
          `SELECT id, area, first_id AS first, last_id AS last, chunk_count AS count, seal
          FROM text_block WHERE area = ? ORDER BY first_id, last_id`,
        ).all(area) as Array<KnownBlock & { seal: number }>,
    ) ?? [];
  const blocks = listed.filter(({ seal, ...block }) => seal === seedOf(block));
  const end = prepared(db, `SELECT coalesce(max(id), 0) FROM ${area}`).pluck().get() as number;
  const uncovered: IdRange[] = [];
  let next = 1;
  for (const { first, last } of blocks) {
    if (first > next) uncovered.push({ first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= end) uncovered.push({ first: next, last: end });
  return { blocks, uncovered };
}

/** Reads blocks; undefined where one is missing or damaged. */
export interface BlockReader {
  /** Every chunk as four numbers: first, last, earliest, latest. */
  chunks(block: KnownBlock): Float64Array | undefined;
  /** The slice of one bit: one bit a chunk. */
  slice(block: KnownBlock, bit: number): Int32Array | undefined;
  /** True where all of a block is what it was when it was built. */
  isSound(block: KnownBlock): boolean;
}

/** Blocks whose chunks a reader keeps, two megabytes each, and rows of slices, eight kilobytes each. */
const KEPT_BLOCKS = 16;
const KEPT_ROWS = 1000;

/** Chunks of blocks, by their ids. */
type KnownChunks = Map<number, Float64Array>;
const known = new WeakMap<Db, { version: unknown; chunks: KnownChunks }>();

/** Chunks that searches on a connection have read: every search needs them, whatever it looks for. */
export function knownChunks(db: Db): KnownChunks {
  // A version says nothing of what the connection writes itself.
  if (!db.readonly) return new Map();
  const version = prepared(db, 'PRAGMA data_version').pluck().get();
  const before = known.get(db);
  if (before && before.version === version) return before.chunks;
  const chunks: KnownChunks = new Map();
  known.set(db, { version, chunks });
  return chunks;
}

/** @param kept chunks that need not be read again; those that are read are added */
export function createBlockReader(db: Db, kept: KnownChunks = new Map()): BlockReader {
  // Texts that are looked for together, as keys are, begin alike.
  const keptRows = new Map<number, ArrayBuffer>();
  const keptWidths = new Map<number, number>();
  const read = (sql: string, id: number): unknown => orUndefined(() => prepared(db, sql).pluck().get(id));

  function chunks(block: KnownBlock): Float64Array | undefined {
    const known = kept.get(block.id);
    if (known) return known;
    const blob = read('SELECT chunks FROM text_block WHERE id = ?', block.id);
    const bytes = unsealed(blob, seedOf(block));
    if (bytes?.byteLength !== block.count * CHUNK_FIELDS * 8) return undefined;
    const numbers = new Float64Array(bytes);
    if (kept.size < KEPT_BLOCKS) kept.set(block.id, numbers);
    return numbers;
  }

  function row(block: KnownBlock, number: number): ArrayBuffer | undefined {
    const id = block.id * SLICES + number;
    const known = keptRows.get(id);
    if (known) return known;
    const bytes = unsealed(read('SELECT slices FROM text_slices WHERE id = ?', id), seedOf(block) + number);
    if (bytes && keptRows.size < KEPT_ROWS) keptRows.set(id, bytes);
    return bytes;
  }

  /** Bytes of a block's rows, as its first has them: those of older blocks have whole slices only. 0 where it is not there. */
  function widthOf(block: KnownBlock): number {
    const width = keptWidths.get(block.id) ?? row(block, 0)?.byteLength ?? 0;
    if (width > 0) keptWidths.set(block.id, width);
    return width;
  }

  return {
    chunks,
    slice(block, bit) {
      const width = widthOf(block);
      const length = sliceWords(block.count) * 4;
      if (width === 0) return undefined;
      const number = Math.floor((bit * length) / width);
      const at = (bit * length) % width;
      const bytes = row(block, number);
      if (bytes && at + length <= bytes.byteLength) return new Int32Array(bytes, at, length / 4);
      // It goes on in the next row.
      const rest = row(block, number + 1);
      if (!bytes || !rest || bytes.byteLength !== width || rest.byteLength < at + length - width)
        return undefined;
      const slice = new Uint8Array(length);
      slice.set(new Uint8Array(bytes, at));
      slice.set(new Uint8Array(rest, 0, at + length - width), width - at);
      return new Int32Array(slice.buffer);
    },
    isSound(block) {
      if (!chunks(block)) return false;
      const total = SLICES * sliceWords(block.count) * 4;
      const width = widthOf(block);
      for (let at = 0, number = 0; at < total; at += width, number++)
        if (width === 0 || row(block, number)?.byteLength !== Math.min(width, total - at)) return false;
      return true;
    },
  };
}

/** A number for what a block covers: where that is changed, or another block has its id, no seal of it holds. */
export function seedOf({ id, area, first, last, count }: KnownBlock): number {
  return sealSeed(FORMAT, id, area, first, last, count);
}

/** The chunk at `index` of what `BlockReader.chunks` gave. */
export function chunkAt(chunks: Float64Array, index: number): Chunk {
  const at = index * CHUNK_FIELDS;
  return { first: chunks[at]!, last: chunks[at + 1]!, earliest: chunks[at + 2]!, latest: chunks[at + 3]! };
}
