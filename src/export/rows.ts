/** Events and lines as rows with named columns: those of `cloudtrail_logs` and of `s3_access_logs`. */

import { JSON_COLUMNS } from '../cloudtrail/fields.js';
import { findLineColumn } from '../query/access/line-columns.js';
import { createLineReader } from '../query/access/log-events.js';
import { findColumn, named } from '../query/columns/column.js';
import type { LogSource } from '../query/log-source.js';
import type { Value } from '../query/sqlite.js';
import { ACCESS_COLUMNS } from '../store/access-view.js';
import type { Db } from '../store/open.js';
import { noSuchRow } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import { viewColumns } from '../store/view.js';

/** Keys of rows and of dimensions: outside the index they say nothing. `vpcendpointid` has no underscore, and stays. */
const isKey = (column: string): boolean => /_rowid$|^(kind|identity|address|agent|file)_id$/.test(column);

export interface RowsOfExport {
  /** Names of the columns, in lower case as Athena has them. */
  columns: string[];
  /** Which of them hold JSON text. */
  nested: boolean[];
  rowOf(id: number): Value[];
}

/**
 * Reads columns of events or lines.
 * @param names of columns; default all but keys of the index
 * @throws UsageError `NO_COLUMN`, `NO_SUCH_COLUMN`
 */
export function createRows(db: Db, source: LogSource, names: readonly string[] | undefined): RowsOfExport {
  return source === 'access-logs' ? lineRows(db, names) : eventRows(db, names);
}

function eventRows(db: Db, names: readonly string[] | undefined): RowsOfExport {
  const all = viewColumns().map(({ column }) => column);
  // A column's own name comes first: `account` is the partition, where the filters mean the record's account.
  const columnOf = (name: string): string =>
    all.find(column => column === name.toLowerCase()) ?? findColumn(name).column;
  const columns = names ? named(names).map(columnOf) : all.filter(column => !isKey(column));
  const statement = prepared(
    db,
    `SELECT ${columns.map(column => `"${column}"`).join(', ')} FROM cloudtrail_logs WHERE event_rowid = ?`,
  );
  return {
    columns,
    nested: columns.map(column => JSON_COLUMNS.has(column)),
    rowOf(id) {
      const values = statement.raw(true).get(id) as Value[] | undefined;
      if (!values) throw noSuchRow(id);
      return values;
    },
  };
}

function lineRows(db: Db, names: readonly string[] | undefined): RowsOfExport {
  const all = ACCESS_COLUMNS.map(({ column }) => column).filter(column => !isKey(column));
  const columns = named(names ?? all).map(findLineColumn);
  return {
    columns: columns.map(({ name }) => name),
    nested: columns.map(() => false),
    rowOf: createLineReader(db, columns),
  };
}
