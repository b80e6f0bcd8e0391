/** Lines of access logs as columns of a lake: rows of the view, a row group at a time. */

import { ACCESS_LAKE_COLUMNS } from '../access-logs/lake.js';
import { ACCESS_COLUMNS, ACCESS_JOINS } from '../store/access-view.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { rowsAtOnce } from '../store/text/rows.js';
import { type Group, inOrder, rowsOfGroups } from './groups.js';
import type { Tree } from './parquet/shred.js';

const EXPRESSIONS = new Map(ACCESS_COLUMNS.map(({ column, expression }) => [column, expression]));
const SELECT = `SELECT l.id, ${ACCESS_LAKE_COLUMNS.map(({ source }) => (source ? EXPRESSIONS.get(source)! : 'l.line')).join(', ')}
  FROM ${ACCESS_JOINS} WHERE l.id IN (SELECT value FROM json_each(?))`;
const AT = new Map(ACCESS_LAKE_COLUMNS.map(({ name }, i) => [name, i + 1]));
const TYPES = new Map(ACCESS_LAKE_COLUMNS.map(({ name, type }) => [name, type]));

type Row = Array<string | number | Buffer | null>;
/** Rows read with one statement. */
const ROWS_AT_ONCE = 512;

/** The lines with these `access_rowid`s, in this order. */
export function createLineGroups(db: Db): (ids: readonly number[]) => Generator<Group> {
  return function* (ids) {
    for (const rows of rowsOfGroups(rowsOf(db, ids))) yield groupOf(rows);
  };
}

function* rowsOf(db: Db, ids: readonly number[]): Generator<Row> {
  const step = rowsAtOnce(db, ROWS_AT_ONCE);
  for (let from = 0; from < ids.length; from += step) {
    const part = ids.slice(from, from + step);
    const found = prepared(db, SELECT).raw().all(JSON.stringify(part)) as Row[];
    yield* inOrder(part, found, 'line');
  }
}

function groupOf(rows: readonly Row[]): Group {
  return {
    rows: rows.length,
    column(name) {
      const at = AT.get(name)!;
      const type = TYPES.get(name);
      const treeOf = (value: Row[number]): Tree => {
        if (value === null) return null;
        if (type === 'boolean') return value === 1;
        // A number that was too large for one, or had leading zeros, is text.
        if (type === 'bigint') return Number.isSafeInteger(value) ? value : null;
        return type === 'string' && typeof value !== 'string' ? String(value) : value;
      };
      return { values: rows.map(row => treeOf(row[at]!)) };
    },
  };
}
