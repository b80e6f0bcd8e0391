/** Lines of access logs as columns of a lake: rows of the view, a row group at a time. */

import { ACCESS_LAKE_COLUMNS } from '../access-logs/lake.js';
import { ACCESS_COLUMNS, ACCESS_JOINS } from '../store/access-view.js';
import type { Db } from '../store/open.js';
import type { Group } from './groups.js';
import { createRowReader } from './row-reader.js';

const EXPRESSIONS = new Map(ACCESS_COLUMNS.map(({ column, expression }) => [column, expression]));
const AT = new Map(ACCESS_LAKE_COLUMNS.map(({ name }, i) => [name, i]));

/** Makes what reads lines by their `access_rowid`s, in this order. */
export function createLineGroups(db: Db): (ids: ArrayLike<number>) => Generator<Group> {
  const read = createRowReader(db, {
    what: 'line',
    id: 'l.id',
    keys: [],
    texts: ACCESS_LAKE_COLUMNS.map(({ source, type }) => {
      const sql = source ? EXPRESSIONS.get(source)! : 'l.line';
      // A number that was too large for one, or had leading zeros, is text.
      return type === 'bigint' ? `CASE WHEN ${isSafe(sql)} THEN ${sql} END` : sql;
    }),
    binary: ACCESS_LAKE_COLUMNS.flatMap(({ type }, i) => (type === 'binary' ? [i] : [])),
    from: ACCESS_JOINS,
  });
  return function* (ids) {
    for (const { rows, texts, memory } of read(ids))
      yield { rows, column: name => ({ texts: texts[AT.get(name)!]! }), memory };
  };
}

const isSafe = (sql: string): string =>
  `typeof(${sql}) = 'integer' AND ${sql} BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`;
