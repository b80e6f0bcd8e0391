/** The table of an engine that questions are put to: its columns, and whether it is one of CloudTrail's or of access logs. */

import { UsageError } from '../errors.js';
import { literal } from '../query/filter/sql-text.js';
import { type EngineAddress, quotedName, tableName } from './address.js';
import type { Engine, EngineConnection, EngineTable } from './engine.js';

/** Names of partition columns in use; CloudTrail has no field of such a name. */
const PARTITIONS: ReadonlySet<string> = new Set(
  'account account_id accountid region year month day hour date dt timestamp date_partition org org_id'.split(
    ' ',
  ),
);

/** Columns that a table of each kind cannot be without. */
const NEEDED: ReadonlyArray<readonly [EngineTable['source'], readonly string[]]> = [
  ['cloudtrail', ['eventtime', 'eventsource', 'eventname', 'useridentity', 'requestparameters']],
  ['access-logs', ['requestdatetime', 'operation', 'httpstatus', 'requester']],
];

/**
 * Looks at the table of a connection.
 * @throws UsageError `BAD_ENGINE` where the address names none, `NOT_THIS_TABLE` where there is none, or another kind of one
 */
export async function withTable(
  connection: EngineConnection,
  address: EngineAddress,
  signal?: AbortSignal,
): Promise<Engine> {
  const name = tableName(address);
  if (name === undefined)
    throw new UsageError(
      'BAD_ENGINE',
      `${connection.describe}: the URL names no table`,
      address.kind === 'trino'
        ? 'trino://…/CATALOG/SCHEMA/TABLE'
        : 'athena://REGION/WORKGROUP/DATABASE.TABLE',
    );
  const columns = await columnsOf(connection, address, signal);
  if (columns.size === 0)
    throw new UsageError(
      'NOT_THIS_TABLE',
      `${connection.describe}: there is no such table, or its columns may not be seen`,
      'names are as SHOW TABLES has them; `sql` with the same engine can ask it',
    );
  const source = NEEDED.find(([, needed]) => needed.every(column => columns.has(column)))?.[0];
  if (source === undefined) {
    const [, needed] = NEEDED[0]!;
    throw new UsageError(
      'NOT_THIS_TABLE',
      `${connection.describe}: it has not the columns of CloudTrail’s table: ${needed.filter(one => !columns.has(one)).join(', ')}`,
      'docs/other-engines.md says which tables work; a statement of your own runs with `sql`',
    );
  }
  const partitions = new Set([...columns.keys()].filter(column => PARTITIONS.has(column)));
  return { ...connection, table: { name, columns, partitions, source } };
}

async function columnsOf(
  connection: EngineConnection,
  address: EngineAddress,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const { catalog, table = '' } = address;
  const schema = (address.kind === 'trino' ? address.schema : address.database) ?? '';
  // A name that an engine looks for is in lower case there, however it was created.
  const names = [schema, table].map(name => literal(name.toLowerCase()));
  const { rows } = await connection.run(
    `SELECT column_name, data_type FROM ${catalog === undefined ? '' : `${quotedName(catalog)}.`}information_schema.columns
WHERE table_schema = ${names[0]} AND table_name = ${names[1]} ORDER BY ordinal_position`,
    signal ? { signal } : {},
  );
  const columns = new Map<string, string>();
  for await (const [column, type] of rows) columns.set(String(column).toLowerCase(), String(type));
  return columns;
}
