/** The patterns of a query, with what is known of the rows of dimensions that hold them. */

import type { IdRange } from '../../store/text/row-set.js';
import { TEXT_DIMENSIONS } from '../../store/text/rows.js';
import { type Chunk, textBits } from '../../store/text/signature.js';
import { fold, type View } from '../../views.js';
import type { Mask } from './block-masks.js';
import type { Candidates } from './candidates.js';
import type { Form, Pattern } from './pattern.js';

/** What a search wants of an event. */
export interface QueryOf<P> {
  wanted: readonly P[];
  /** One of the wanted is enough. */
  any: boolean;
  unwanted: readonly P[];
}
export type Query = QueryOf<Pattern>;

/** A text that a match holds, and what is known of the rows that hold it. */
export interface Piece {
  folded: string;
  mask: Mask;
  /** The chunks that may have it in events' own values. */
  ownChunks(): Chunk[];
  /** A 1 for each row of a range that is in such a chunk. */
  ownRows(): (range: IdRange) => Uint8Array;
  /** The rows of each dimension that hold it; undefined where too many would have to be looked at. */
  rows: ReadonlyArray<ReadonlySet<number> | undefined>;
  /** False where no row of a dimension holds it. */
  isInRows: boolean;
  holds(views: readonly View[]): boolean;
  isInRow(dimension: number, id: number): boolean;
}

/** @param form the form whose only piece this is, where the piece found is the form found */
export function createPiece(candidates: Candidates, text: string, form: Form | undefined): Piece {
  const folded = fold(text);
  const holds = form
    ? (views: readonly View[]) => views.some(view => form.find(view) !== undefined)
    : (views: readonly View[]) => views.some(view => view.folded.includes(folded));
  const rows = Array.from({ length: candidates.dimensions }, (_, dimension) =>
    candidates.rowsWith(dimension, text, holds),
  );
  const lookedUp = rowMemory(candidates, holds);
  return {
    folded,
    mask: candidates.maskOf(text, rows),
    ownChunks: () => candidates.chunks({ bits: textBits(text) }),
    ownRows: () => candidates.rowsWithin({ bits: textBits(text) }),
    rows,
    isInRows: rows.some(set => set?.size !== 0),
    holds,
    isInRow(dimension, id) {
      // Where there were too many rows to look at all, each is looked at when it comes.
      return rows[dimension]?.has(id) ?? lookedUp(dimension, id);
    },
  };
}

/** Tells of a row of a dimension whether it holds something; reads each row once. */
function rowMemory(
  { dimensions, rows }: Candidates,
  holds: (views: readonly View[]) => boolean,
): (dimension: number, id: number) => boolean {
  const seen = Array.from({ length: dimensions }, () => new Map<number, boolean>());
  return (dimension, id) => {
    let known = seen[dimension]!.get(id);
    if (known === undefined) {
      const [row] = rows(dimension, [{ first: id, last: id }]);
      known = row !== undefined && holds(row.views);
      seen[dimension]!.set(id, known);
    }
    return known;
  };
}

export interface BoundForm {
  form: Form;
  pieces: Piece[];
  /** Tells of a row of a dimension whether the whole form stands in it. */
  isInRow(dimension: number, id: number): boolean;
}

/** Looks up which rows hold the pieces of a query. */
export function bind(candidates: Candidates, query: Query): QueryOf<BoundForm[]> {
  const bound = (pattern: Pattern): BoundForm[] =>
    pattern.map(form => ({
      form,
      pieces: form.pieces.map(text => createPiece(candidates, text, form.isWhole ? form : undefined)),
      isInRow: rowMemory(candidates, views => views.some(view => form.find(view))),
    }));
  return { wanted: query.wanted.map(bound), any: query.any, unwanted: query.unwanted.map(bound) };
}

/** A channel, and the members without a field of their own, stand in a record in several places. */
export const CHANNEL = TEXT_DIMENSIONS.indexOf('channel');
