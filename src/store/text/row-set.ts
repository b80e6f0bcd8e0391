/** Sets of rows, by their ids. */

/** Ids of rows, both included. */
export interface IdRange {
  first: number;
  last: number;
}

/** Number of ids in ranges. */
export function rowCount(ranges: readonly IdRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Rows of an area, by their ids. */
export type RowSet = IdRange | readonly number[];

/** Rows in parts of at most `size`. */
export function* inParts(rows: RowSet, size: number): Generator<RowSet> {
  if ('first' in rows) {
    for (let first = rows.first; first <= rows.last; first += size)
      yield { first, last: Math.min(first + size - 1, rows.last) };
  } else {
    for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
  }
}
