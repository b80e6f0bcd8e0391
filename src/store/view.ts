/**
 * `cloudtrail_logs`, the face of the index: a plain view that every SQLite client reads. Unlike the tables it is computed
 * from the list of fields; docs/schema.md explains it.
 */

import type { Database } from 'better-sqlite3';
import {
  ATHENA_FIELDS,
  type Field,
  fieldsAt,
  type Home,
  IDENTITY_LEAVES,
  leafColumn,
  MORE_FIELDS,
  TLS_LEAVES,
} from '../cloudtrail/fields.js';
import { usernameOf } from '../cloudtrail/username.js';
import { accessViewSql } from './access-view.js';
import { requestsViewSql } from './requests-view.js';
import { STEP as TO_6 } from './schema/v6.js';
import { STEP as TO_7 } from './schema/v7.js';
import { STEP as TO_8 } from './schema/v8.js';
import { columnsOf } from './statements.js';

/** The day of an event, UTC; of a time that cannot be read the date it begins with, where that is one. */
const DATE = `CASE WHEN e.odd_time IS NULL THEN substr(e.eventtime, 1, 10)
    WHEN typeof(e.odd_time) <> 'text' THEN strftime('%Y-%m-%d', e.odd_time, 'unixepoch')
    WHEN date(substr(e.eventtime, 1, 10)) = substr(e.eventtime, 1, 10) THEN substr(e.eventtime, 1, 10) END`;

/** One of Athena's partition columns: of `file` where its path has it, else of the record. */
interface Partition {
  column: string;
  ofFile: string;
  ofRecord: string;
}

export const PARTITIONS: readonly Partition[] = [
  { column: 'account', ofFile: 'f.account', ofRecord: 'k.recipientaccountid' },
  { column: 'region', ofFile: 'f.region', ofRecord: 'k.awsregion' },
  { column: 'year', ofFile: 'f.year', ofRecord: `substr(${DATE}, 1, 4)` },
  { column: 'month', ofFile: 'f.month', ofRecord: `substr(${DATE}, 6, 2)` },
  { column: 'day', ofFile: 'f.day', ofRecord: `substr(${DATE}, 9, 2)` },
  {
    column: 'timestamp',
    ofFile: "f.year || '/' || f.month || '/' || f.day",
    ofRecord: `replace(${DATE}, '-', '/')`,
  },
];

/** The user name of an event, of the columns of `identity`; `alias` stands before them. */
export function usernameSql(alias = ''): string {
  return usernameOf(name => alias + leafColumn(name), 'instr');
}

/** Short names of the tables in `JOINS`, by a field's home. */
export const ALIAS = {
  kind: 'k',
  identity: 'i',
  address: 'a',
  agent: 'g',
  channel: 'c',
  event: 'e',
  detail: 'd',
} as const satisfies Record<Home, string>;

/** Columns whose values are numbers; all others are text. */
const NUMBERS = /^(is_|bytes|odd_time|file_ordinal|event_rowid)|_id$/;

/** A column of `cloudtrail_logs`. */
interface ViewColumn {
  column: string;
  expression: string;
  isNumber: boolean;
}

/** Every column of `cloudtrail_logs` in order, with the expression that gives it. */
export function viewColumns(): ViewColumn[] {
  return columnExpressions().map(of => ({ ...of, isNumber: NUMBERS.test(of.column) }));
}

function columnExpressions(): Array<Omit<ViewColumn, 'isNumber'>> {
  const of = (f: Field) => ({ column: f.column, expression: `${ALIAS[f.home]}.${f.column}` });
  return [
    ...ATHENA_FIELDS.map(of),
    ...PARTITIONS.map(({ column, ofFile, ofRecord }) => ({
      column,
      expression: `coalesce(${ofFile}, ${ofRecord})`,
    })),
    ...MORE_FIELDS.map(of),
    { column: 'additional_fields', expression: 'd.additional_fields' },
    { column: 'bucketname', expression: 'b.bucketname' },
    ...['objectkey', 'signatureversion', 'bytestransferredin', 'bytestransferredout'].map(column => ({
      column,
      expression: `e.${column}`,
    })),
    { column: 'is_anonymous', expression: 'coalesce(i.is_anonymous, 0)' },
    { column: 'username', expression: usernameSql('i.') },
    ...IDENTITY_LEAVES.map(leaf => ({
      column: `useridentity_${leafColumn(leaf)}`,
      expression: `i.${leafColumn(leaf)}`,
    })),
    ...TLS_LEAVES.map(leaf => ({
      column: `tlsdetails_${leafColumn(leaf)}`,
      expression: `c.${leafColumn(leaf)}`,
    })),
    { column: 'odd_time', expression: 'e.odd_time' },
    { column: 'is_conflicting', expression: 'e.is_conflicting' },
    { column: 'is_suspect', expression: 'coalesce(f.is_suspect, 0)' },
    { column: 'is_removed', expression: 'coalesce(f.is_replaced, 0)' },
    { column: 'evidence', expression: "coalesce(v.verdict, 'none')" },
    { column: 'envelope', expression: 'd.envelope' },
    { column: 'file_path', expression: 'f.path' },
    { column: 'file_ordinal', expression: 'e.ordinal' },
    { column: 'event_rowid', expression: 'e.id' },
    // Keys of the dimensions: `identity_id IN (SELECT id FROM identity WHERE …)` finds events through an index.
    ...['kind_id', 'identity_id', 'address_id', 'agent_id', 'file_id'].map(column => ({
      column,
      expression: `e.${column}`,
    })),
  ];
}

/** The joins behind the view. Those a statement needs no column of cost nothing: SQLite leaves them out. */
export const JOINS = `event AS e
  JOIN kind AS k ON k.id = e.kind_id
  LEFT JOIN detail AS d ON d.id = e.id
  LEFT JOIN identity AS i ON i.id = e.identity_id
  LEFT JOIN address AS a ON a.id = e.address_id
  LEFT JOIN agent AS g ON g.id = e.agent_id
  LEFT JOIN channel AS c ON c.id = e.channel_id
  LEFT JOIN bucket AS b ON b.id = e.bucket_id
  LEFT JOIN file AS f ON f.id = e.file_id
  LEFT JOIN evidence AS v ON v.file_id = e.file_id`;

/** The statement that makes the view. */
export function viewSql(kind: 'VIEW' | 'TEMP VIEW' = 'VIEW'): string {
  const columns = viewColumns().map(({ column, expression }) => `  ${expression} AS "${column}"`);
  return `CREATE ${kind} cloudtrail_logs AS SELECT\n${columns.join(',\n')}\nFROM ${JOINS};`;
}

/** The columns that fields and their leaves have in each table. */
const FIELD_COLUMNS: Readonly<Record<Home, readonly string[]>> = {
  kind: columnNames('kind'),
  identity: [...columnNames('identity'), ...IDENTITY_LEAVES.map(leafColumn)],
  address: columnNames('address'),
  agent: columnNames('agent'),
  channel: [...columnNames('channel'), ...TLS_LEAVES.map(leafColumn)],
  event: columnNames('event'),
  detail: columnNames('detail'),
};

function columnNames(home: Home): string[] {
  return fieldsAt(home).map(({ column }) => column);
}

/**
 * The statements that let an index of an older version be read as one of today: the tables it has not, empty, for its
 * tables the columns that they lack, as NULL, and today's view. All of it is in the connection alone.
 */
export function standIns(db: Database): string[] {
  const tables = Object.entries(FIELD_COLUMNS).flatMap(([table, columns]) => {
    const there = columnsOf(db, table);
    const lacking = columns.filter(column => !there.includes(column));
    return lacking.length > 0
      ? [
          `CREATE TEMP VIEW ${table} AS SELECT *, ${lacking.map(name => `NULL AS ${name}`).join(', ')} FROM main.${table}`,
        ]
      : [];
  });
  const steps = [
    ['digest', TO_6],
    ['access_log', TO_7],
    ['request_state', TO_8],
  ] as const;
  const later = steps
    .filter(([table]) => columnsOf(db, table).length === 0)
    .map(([, step]) =>
      step
        .replaceAll('CREATE TABLE ', 'CREATE TEMP TABLE ')
        .replaceAll('CREATE INDEX ', 'CREATE INDEX temp.'),
    );
  return [
    ...later,
    ...tables,
    viewSql('TEMP VIEW'),
    accessViewSql('TEMP VIEW'),
    requestsViewSql('TEMP VIEW'),
  ];
}

const EXPRESSIONS: ReadonlyMap<string, string> = new Map(
  viewColumns().map(({ column, expression }) => [column, expression]),
);

/** The expression of a column of the view. */
export const expressionOf = (column: string): string | undefined => EXPRESSIONS.get(column);
