/**
 * Which chunks of events may hold a text: asked of the index for text, without reading an event.
 *
 * The nouns of searching for text, from what is stored to what is found ("Searching for text" in docs/architecture.md):
 * - area: a dimension, or the events; `store/text/rows.ts` gives its rows, a row set of them, as bytes
 * - chunk: some 14 neighbouring rows, with one signature, and the times between which its events lie
 * - block: up to 64,000 chunks; slice: one bit of all their signatures
 * - view: a text in which a record is searched: as written, unescaped, composed (`views.ts`)
 * - pattern: what a user looks for; form: one way in which it may stand in a record; piece: the part of a form that lies
 *   inside one value (`pattern.ts`)
 * - mask: what the bits of a chunk must be for a pattern to be possible; candidates: the chunks that a mask lets through
 * - matching: reads rows and tells which events match; matcher: a mask and a matching for one query (`matching.ts`)
 */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { coverage, createBlockReader, knownChunks } from '../../store/text/block-reader.js';
import { type IdRange, rowCount } from '../../store/text/row-set.js';
import { type Area, dimensionTexts, ROWS_AT_ONCE, readRows } from '../../store/text/rows.js';
import { type Chunk, memberBits, textBits } from '../../store/text/signature.js';
import { fold, isPlain, type View, viewOf } from '../../views.js';
import { EVERYTHING, type Mask, passing, passingRows, rowsWithin } from './block-masks.js';
import { type Corpus, EVENTS } from './corpus.js';

/** Rows of a dimension are looked at before the events are, where they are no more than this, or few beside the events. */
const FEW_ROWS = 20_000;
const FEW_BESIDE_EVENTS = 1 / 10;
/** Where a text is in rows that more events than this point to, it is in most chunks anyway. */
const MANY_EVENTS = 20_000;
/** The same for rows that are told apart by their bits. */
const MANY_MEMBERS = 100;

/** A row of a dimension with the views of its text. */
export interface DimensionRow {
  id: number;
  views: View[];
}

export interface Candidates {
  /** The last row of events: about how many there are. */
  readonly events: number;
  /** Number of dimensions: where one is meant, it is by its place among them. */
  readonly dimensions: number;
  /** Rows of a dimension. */
  rows(dimension: number, ranges: readonly IdRange[]): Iterable<DimensionRow>;
  /** The rows of a dimension for which `holds`; undefined where too many may hold the text to look at all of them. */
  rowsWith(
    dimension: number,
    text: string,
    holds: (views: readonly View[]) => boolean,
  ): ReadonlySet<number> | undefined;
  /**
   * The mask for events that hold a text, in their own values or in a row they point to.
   * @param rows what `rowsWith` gave, in the order of the dimensions
   */
  maskOf(text: string, rows: ReadonlyArray<ReadonlySet<number> | undefined>): Mask;
  /** How many ids are in chunks that a mask lets through, or such that the index says nothing about. */
  rowsPassing(mask: Mask): number;
  /** The chunks that a mask lets through; those among them that the index says nothing about may hold anything. */
  chunks(mask: Mask): Chunk[];
  /**
   * Says which rows of a range are in chunks that a mask lets through, or are such that the index says nothing about: a 1
   * for each. What is of other ranges is not looked at.
   */
  rowsWithin(mask: Mask): (range: IdRange) => Uint8Array;
  /** False where the index for text turned out to be incomplete or damaged. */
  isComplete(): boolean;
}

/** @param corpus what is searched; default the events */
export function createCandidates(db: Db, { area, dimensions }: Corpus = EVENTS): Candidates {
  const reader = createBlockReader(db, knownChunks(db));
  const indexes = new Set(prepared(db, "SELECT name FROM sqlite_schema WHERE type = 'index'").pluck().all());

  const events = prepared(db, `SELECT coalesce(max(id), 0) FROM ${area}`).pluck().get() as number;
  let complete = true;
  const onUnknown = (): void => {
    complete = false;
  };

  function chunksOf(area: Area, mask: Mask): Chunk[] {
    const { blocks, uncovered } = coverage(db, area);
    const chunks: Chunk[] = [];
    const unread = [...uncovered];
    for (const block of blocks) {
      const found = passing(reader, block, mask);
      if (found) for (const chunk of found) chunks.push(chunk);
      else unread.push(block);
    }
    if (unread.length > 0) onUnknown();
    for (const range of unread) for (const chunk of inPieces(range)) chunks.push(chunk);
    return chunks;
  }

  /** Masks for the events that point to one of the rows; undefined where there are too many. */
  function pointingTo(
    { column, index, number }: Corpus['dimensions'][number],
    rows: ReadonlySet<number> | undefined,
  ): Mask[] | undefined {
    if (!rows) return undefined;
    if (rows.size === 0) return [];
    if (index === undefined) {
      if (rows.size > MANY_MEMBERS) return undefined;
      return [...rows].map(id => ({ bits: memberBits(number, id) }));
    }
    // A first ingest builds the indexes at its end.
    if (!indexes.has(index)) return undefined;
    const found = prepared(
      db,
      `SELECT id FROM ${area} INDEXED BY ${index}
      WHERE ${column} IN (SELECT value FROM json_each(?)) LIMIT ${MANY_EVENTS + 1}`,
    )
      .pluck()
      .all(JSON.stringify([...rows])) as number[];
    return found.length > MANY_EVENTS ? undefined : [{ events: found.sort((a, b) => a - b) }];
  }

  return {
    events,
    dimensions: dimensions.length,
    rows: (dimension, ranges) => dimensionRows(db, dimensions[dimension]!, ranges),
    rowsWith(dimension, text, holds) {
      const of = dimensions[dimension]!;
      const chunks = chunksOf(of.area, { bits: textBits(text) });
      if (rowCount(chunks) > Math.max(FEW_ROWS, events * FEW_BESIDE_EVENTS)) return undefined;
      const found = new Set<number>();
      for (const { id, views } of dimensionRows(db, of, chunks, fold(text))) if (holds(views)) found.add(id);
      return found;
    },
    maskOf(text, rows) {
      const own = textBits(text);
      // A text of one or two bytes has no bits.
      if (own.length === 0) return EVERYTHING;
      const masks: Mask[] = [{ bits: own }];
      for (const [i, dimension] of dimensions.entries()) {
        const mask = pointingTo(dimension, rows[i]);
        if (!mask) return EVERYTHING;
        masks.push(...mask);
      }
      return { any: masks };
    },
    rowsPassing: mask => passingRows(coverage(db, area), reader, mask, onUnknown),
    chunks: mask => chunksOf(area, mask),
    rowsWithin: mask => rowsWithin(coverage(db, area), reader, mask, onUnknown),
    isComplete: () => complete,
  };
}

function* allRows(db: Db, table: Area, ranges: readonly IdRange[]): Generator<Buffer> {
  for (const range of ranges) yield* readRows(db, table, range);
}

/** @param folded a text without which a row is not wanted */
function* dimensionRows(
  db: Db,
  { area, viewsOf }: Corpus['dimensions'][number],
  ranges: readonly IdRange[],
  folded = '',
): Generator<DimensionRow> {
  for (const bytes of allRows(db, area, ranges)) {
    for (const { id, text } of dimensionTexts(bytes.toString(), isPlain(bytes) ? folded : ''))
      yield { id, views: viewsOf(text).map(viewOf) };
  }
}

/** Rows that no signature speaks of, as chunks that may hold anything. */
function* inPieces({ first, last }: IdRange): Generator<Chunk> {
  for (let at = first; at <= last; at += ROWS_AT_ONCE) {
    yield {
      first: at,
      last: Math.min(at + ROWS_AT_ONCE - 1, last),
      earliest: Number.NEGATIVE_INFINITY,
      latest: Number.POSITIVE_INFINITY,
    };
  }
}
