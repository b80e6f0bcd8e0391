/** SHOW and DESCRIBE: what a statement can name. */

import type { Db } from '../../store/open.js';
import type { TableDefinition } from './bind/definition.js';
import type { Context } from './bind/scope.js';
import { tableFor } from './bind/table.js';
import { FUNCTIONS } from './functions/functions.js';
import type { Statement } from './parse/ast.js';
import { likeMatcher } from './text/like.js';
import { type Type, typeText, VARCHAR } from './types.js';
import type { Value } from './values.js';

interface Shown {
  columns: string[];
  types: Type[];
  rows: IterableIterator<Value[]>;
}

type Showing = Extract<Statement, { kind: `show ${string}` }>;

/** The rows of a SHOW statement. */
export function describe(db: Db, statement: Showing, context: Context): Shown {
  switch (statement.kind) {
    case 'show tables':
      return shown(
        ['tab_name'],
        liked(
          [
            ...['cloudtrail_logs', 's3_access_logs', 's3_requests'],
            ...context.tables.keys(),
            ...context.views.keys(),
          ],
          statement.like,
        ),
      );
    case 'show databases':
      return shown(['database_name'], liked(['default'], statement.like));
    case 'show functions':
      return shown(
        ['function', 'kind', 'meaning'],
        [...FUNCTIONS.values()]
          .flat()
          .filter(({ name }) => !name.startsWith('$'))
          .map(({ signature, kind, meaning }) => [signature, kind, meaning])
          .filter(
            ([signature]) =>
              statement.like === undefined ||
              likeMatcher(statement.like, undefined)(signature!.slice(0, signature!.indexOf('('))),
          ),
      );
    case 'show columns':
      return shown(
        ['column', 'type', 'partition'],
        open(tableFor(statement.name, statement.at, context)).map(({ name, type, isPartition }) => [
          name,
          typeText(type),
          isPartition ? 'partition key' : null,
        ]),
      );
    case 'show partitions':
      return shown(
        ['partition'],
        (db.prepare(PARTITIONS).raw().all() as string[][]).map(([account, region, year, month, day]) => [
          `account=${account}/region=${region}/year=${year}/month=${month}/day=${day}`,
        ]),
      );
    case 'show create table':
      return shown(
        ['createtab_stmt'],
        createTable(
          statement.name.map(({ name }) => name).join('.'),
          tableFor(statement.name, statement.at, context),
        ),
      );
  }
}

const PARTITIONS = `SELECT DISTINCT account, region, year, month, day FROM cloudtrail_logs ORDER BY 1, 2, 3, 4, 5`;

const open = (table: TableDefinition) => table.columns.filter(({ isHidden }) => !isHidden);

function liked(names: readonly string[], pattern: string | undefined): Value[][] {
  // Hive's patterns: * is any text.
  const matches = pattern === undefined ? () => true : likeMatcher(pattern.replaceAll('*', '%'), undefined);
  return [...new Set(names)].filter(matches).map(name => [name]);
}

function createTable(name: string, table: TableDefinition): Value[][] {
  const line = ({ name: of, type }: { name: string; type: Type }): string => `  \`${of}\` ${hiveType(type)}`;
  const columns = open(table);
  const partitions = columns.filter(({ isPartition }) => isPartition);
  const data = columns.filter(({ isPartition }) => !isPartition);
  return [
    `CREATE EXTERNAL TABLE \`${name}\`(`,
    ...data.map((column, i) => `${line(column)}${i < data.length - 1 ? ',' : ')'}`),
    ...(partitions.length > 0
      ? [
          'PARTITIONED BY (',
          ...partitions.map((column, i) => `${line(column)}${i < partitions.length - 1 ? ',' : ')'}`),
        ]
      : []),
  ].map(text => [text]);
}

/** A type as CREATE EXTERNAL TABLE writes it. */
function hiveType(type: Type): string {
  switch (type.kind) {
    case 'varchar':
      return 'string';
    case 'array':
      return `array<${hiveType(type.element)}>`;
    case 'map':
      return `map<${hiveType(type.key)},${hiveType(type.value)}>`;
    case 'row':
      return `struct<${type.fields.map(({ name, type: of }) => `${name}:${hiveType(of)}`).join(',')}>`;
    default:
      return typeText(type);
  }
}

function shown(columns: string[], rows: Value[][]): Shown {
  return { columns, types: columns.map(() => VARCHAR), rows: rows.values() as IterableIterator<Value[]> };
}
