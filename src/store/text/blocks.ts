/**
 * The index for text: signatures of all rows with text of records, in blocks. It is derived data: whatever is missing
 * or damaged is read instead, and built again by the next ingest.
 */

import { jsonViews, plainViews } from '../../views.js';
import type { Db } from '../open.js';
import { TEXT_TABLES } from '../schema/v5.js';
import { orUndefined, sealed } from '../seal.js';
import { prepared } from '../statements.js';
import {
  CHUNK_FIELDS,
  coverage,
  createBlockReader,
  type KnownBlock,
  rowWords,
  seedOf,
} from './block-reader.js';
import { createSignature, type Signature } from './grams.js';
import type { IdRange } from './row-set.js';
import { type Area, areasIn, isOfLines, readRows } from './rows.js';
import { type Block, createBlockBuilder, SLICES } from './signature.js';

/** Words of a slice of the largest block, 32 chunks a word: it fits on a page. */
const BLOCK_WORDS = 2000;

/** Rows of one area whose signatures are missing. */
export interface TextTask {
  area: Area;
  range: IdRange;
}

/** Rows of a task: ordinary records give one part of a block. */
const TASK_ROWS = 48 << 10;
/** Rows that are read at a time for their signatures. */
const BUILT_AT_ONCE = 256;

/**
 * Drops what of the index for text is damaged, and says which rows are to be read to make it whole.
 * @param db an index opened for writing, outside a transaction
 * @returns also the number of blocks that were damaged or of an older form
 */
export function planText(db: Db): { tasks: TextTask[]; damaged: number } {
  const areThere = orUndefined(() => {
    db.prepare('SELECT id, area, first_id, last_id, chunk_count, seal, chunks FROM text_block');
    return db.prepare('SELECT id, slices FROM text_slices');
  });
  if (!areThere) dropTextIndex(db);
  db.exec(TEXT_TABLES);
  const damaged = areThere ? dropUnsound(db) : 1;
  const tasks = areasIn(db).flatMap(area =>
    coverage(db, area).uncovered.flatMap(uncovered => {
      const { first, last } = mergeInto(db, area, uncovered);
      const tasks: TextTask[] = [];
      for (let at = first; at <= last; at += TASK_ROWS)
        tasks.push({ area, range: { first: at, last: Math.min(at + TASK_ROWS - 1, last) } });
      return tasks;
    }),
  );
  return { tasks, damaged };
}

/** Drops the whole index for text, so that it is built again. */
export function dropTextIndex(db: Db): void {
  db.exec('DROP TABLE IF EXISTS text_block; DROP TABLE IF EXISTS text_slices;');
}

/** Forgets blocks past row `last` of the events, or of the lines: their ids will be given again. */
export function forgetTextAfter(db: Db, last: number, area: Area = 'event'): void {
  const blocks = coverage(db, area).blocks.filter(block => block.last > last);
  dropBlocks(db, blocks);
}

function dropBlocks(db: Db, blocks: readonly KnownBlock[]): void {
  const dropSlices = db.prepare('DELETE FROM text_slices WHERE id BETWEEN ? AND ?');
  const dropBlock = db.prepare('DELETE FROM text_block WHERE id = ?');
  for (const { id } of blocks) {
    dropSlices.run(id * SLICES, id * SLICES + SLICES - 1);
    dropBlock.run(id);
  }
}

/** The ids of all blocks, and of those that are what they were when they were built. */
export function soundBlocks(db: Db): { all: number[]; sound: number[] } {
  const { isSound } = createBlockReader(db);
  const listed = areasIn(db).flatMap(area => coverage(db, area).blocks);
  return {
    all: prepared(db, 'SELECT id FROM text_block').pluck().all() as number[],
    sound: listed.filter(isSound).map(block => block.id),
  };
}

/** @returns how many blocks there were that were not what they were when they were built */
function dropUnsound(db: Db): number {
  const blocks = soundBlocks(db);
  const sound = JSON.stringify(blocks.sound);
  const none = 'NOT IN (SELECT value FROM json_each(?))';
  db.prepare(`DELETE FROM text_block WHERE id ${none}`).run(sound);
  db.prepare(`DELETE FROM text_slices WHERE id / ${SLICES} ${none}`).run(sound);
  return blocks.all.length - blocks.sound.length;
}

/**
 * Drops the blocks just before `range` that are no larger than it and gives the range with theirs: small ingests do not
 * leave ever more small blocks, and each row is read again only as often as its block doubles.
 */
function mergeInto(db: Db, area: Area, range: IdRange): IdRange {
  const { blocks } = coverage(db, area);
  let { first } = range;
  const merged: KnownBlock[] = [];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    if (block.last >= first) continue;
    if (block.last !== first - 1 || block.count > BLOCK_WORDS * 16) break;
    if (block.last - block.first > range.last - first) break;
    merged.push(block);
    first = block.first;
  }
  if (merged.length > 0) db.transaction(() => dropBlocks(db, merged)).immediate();
  return { first, last: range.last };
}

/** Part of a block, and the rows it covers. */
export interface BlockPart {
  range: IdRange;
  block: Block;
}

/** Reads the rows of a task; gives parts of blocks, one or, where the records are long, several. */
export function* buildParts(db: Db, { area, range }: TextTask): Generator<BlockPart> {
  const signature = spareSignatures.pop() ?? createSignature();
  const builder = createBlockBuilder(signature, isOfLines(area) ? plainViews : jsonViews);
  let first = range.first;
  for (let at = range.first; at <= range.last; at += BUILT_AT_ONCE) {
    const last = Math.min(at + BUILT_AT_ONCE - 1, range.last);
    for (const rows of readRows(db, area, { first: at, last })) builder.add(rows);
    if (builder.isFull() || last === range.last) {
      yield { range: { first, last }, block: builder.take() };
      first = last + 1;
    }
  }
  spareSignatures.push(signature);
}

/** Those of tasks that ended, which are empty: one takes gigabytes of addresses, if not of memory. */
const spareSignatures: Signature[] = [];

export interface BlockWriter {
  /** Takes the parts in the order of their rows. */
  add(area: Area, part: BlockPart): void;
  /** Stores what was taken and is not stored yet. */
  finish(): void;
}

/** Stores blocks of neighbouring parts, each in a transaction: the larger a block, the fewer reads answer a search. */
export function createBlockWriter(db: Db): BlockWriter {
  let area: Area | undefined;
  let parts: BlockPart[] = [];
  const finish = (): void => {
    if (area !== undefined && parts.length > 0) storeBlock(db, area, parts);
    parts = [];
  };
  return {
    add(of, part) {
      const isNext = of === area && parts.at(-1)?.range.last === part.range.first - 1;
      if (!isNext || wordsOf([...parts, part]) > BLOCK_WORDS) finish();
      area = of;
      parts.push(part);
    },
    finish,
  };
}

function wordsOf(parts: readonly BlockPart[]): number {
  return parts.reduce((sum, { block }) => sum + block.words, 0);
}

function storeBlock(db: Db, area: Area, parts: readonly BlockPart[]): void {
  const words = wordsOf(parts);
  // Every part begins with a word of its own; the places between are chunks without rows.
  const count = words * 32;
  const chunks = new Float64Array(count * CHUNK_FIELDS);
  for (let i = 0; i < count; i++) chunks.set(NO_CHUNK, i * CHUNK_FIELDS);
  let offset = 0;
  for (const { block } of parts) {
    chunks.set(block.chunks, offset * 32 * CHUNK_FIELDS);
    offset += block.words;
  }
  const range = { first: parts[0]!.range.first, last: parts.at(-1)!.range.last };
  const nextId = db.prepare('SELECT coalesce(max(id), 0) + 1 FROM text_block').pluck();
  const insertBlock = db.prepare(
    'INSERT INTO text_block (id, area, first_id, last_id, chunk_count, seal, chunks) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertSlices = db.prepare('INSERT INTO text_slices (id, slices) VALUES (?, ?)');
  db.transaction(() => {
    const id = nextId.get() as number;
    const place = seedOf({ id, area, ...range, count });
    insertBlock.run(id, area, range.first, range.last, count, place, sealed(chunks, place));
    for (const [number, row] of rowsOf(parts, rowWords(words)))
      insertSlices.run(id * SLICES + number, sealed(row, place + number));
  }).immediate();
}

/** The slices of neighbouring parts, one after the other, in numbered rows of so many words. */
function* rowsOf(
  parts: readonly BlockPart[],
  width: number,
): Generator<[number: number, row: Int32Array<ArrayBuffer>]> {
  const row = new Int32Array(width);
  let number = 0;
  let used = 0;
  for (let bit = 0; bit < SLICES; bit++)
    for (const { block } of parts) {
      const end = (bit + 1) * block.words;
      for (let at = bit * block.words; at < end; ) {
        const length = Math.min(end - at, width - used);
        row.set(block.slices.subarray(at, at + length), used);
        at += length;
        used += length;
        if (used < width) continue;
        yield [number++, row];
        used = 0;
      }
    }
  if (used > 0) yield [number, row.subarray(0, used)];
}

const NO_CHUNK = [0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
