/** Rows that become one row group, whatever they are of. */

import { IndexError } from '../errors.js';
import type { ColumnValues } from './row-group.js';

/** Rows of a row group at most, and characters of the text they have of their own. */
export const GROUP_ROWS = 1 << 13;
export const GROUP_BYTES = 8 << 20;

/** Rows of one group, as columns by their names. */
export interface Group {
  rows: number;
  column(name: string): ColumnValues;
}

/** Rows in the order of `ids`, each of which begins with its id. @throws IndexError `INDEX_DAMAGED` where one is gone */
export function* inOrder<Row extends readonly unknown[]>(
  ids: readonly number[],
  found: readonly Row[],
  what: 'event' | 'line',
): Generator<Row> {
  const byId = new Map(found.map(row => [row[0], row]));
  for (const id of ids) {
    const row = byId.get(id);
    if (!row)
      throw new IndexError(
        'INDEX_DAMAGED',
        `${what} ${id} went from the index while it was exported`,
        'an ingest with `replace` was at work: run the same export again',
      );
    yield row;
  }
}

/** Cuts rows into those of one row group each. */
export function* rowsOfGroups<Row extends readonly unknown[]>(rows: Iterable<Row>): Generator<Row[]> {
  let group: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    group.push(row);
    bytes += lengthOf(row);
    if (group.length < GROUP_ROWS && bytes < GROUP_BYTES) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

function lengthOf(row: readonly unknown[]): number {
  let length = 0;
  for (const value of row)
    if (typeof value === 'string' || value instanceof Uint8Array) length += value.length;
    else if (Array.isArray(value)) length += lengthOf(value);
  return length;
}
