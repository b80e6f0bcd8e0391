/**
 * The tables a statement can name: CloudTrail's as Athena documents it, S3 access logs, requests to S3 with both sides, and
 * what CREATE TABLE says of them.
 */

import { FIELDS, IDENTITY_LEAVES, leafColumn, TLS_LEAVES } from '../../../cloudtrail/fields.js';
import { LAKE_COLUMNS } from '../../../cloudtrail/lake.js';
import type { ColumnDefinition, Identifier, Statement } from '../parse/ast.js';
import { isText, type Type, typeText } from '../types.js';
import { ACCESS_LOGS, accessColumn, accessSource } from './access-logs.js';
import type { Leaf } from './bound.js';
import type { TableColumn, TableDefinition } from './definition.js';
import { CLOUDTRAIL, DATA_COLUMNS, partition } from './documented.js';
import { REQUESTS, requestColumn } from './requests.js';
import type { Context, Field } from './scope.js';

const ACCESS_LOG_NAME = /access_?logs?/;

/** Columns that only tables of S3 server access logs have. */
const ACCESS_LOG_ONLY =
  'bucketowner bucket_name requestdatetime remoteip requester request_uri requesturi_operation requesturi_key httpstatus bytessent objectsize totaltime turnaroundtime hostid sigv authtype'.split(
    ' ',
  );

/** Whether a statement names columns of access logs, and none that only CloudTrail's tables have. */
function namesAccessLogs({ names: { words } }: Context): boolean {
  if (!ACCESS_LOG_ONLY.some(name => words.has(name))) return false;
  const isOther = (name: string): boolean => ACCESS_LOGS.columns.some(column => column.name === name);
  return !DATA_COLUMNS.some(({ name }) => words.has(name) && !isOther(name));
}

/** The table of a name: any name stands for the index. */
export function tableFor(name: readonly Identifier[], at: number, context: Context): TableDefinition {
  const last = name.at(-1)!;
  const shown = name.map(part => part.name).join('.');
  if (last.name.includes('$') || name.some(part => part.name === 'information_schema'))
    context.fail(
      at,
      'TABLE_NOT_FOUND',
      `Table '${shown}' does not exist`,
      'SHOW TABLES and SHOW PARTITIONS say what is there',
    );
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-|^\$?eds(_?id)?\d*$/.test(last.name))
    context.fail(
      at,
      'TABLE_NOT_FOUND',
      `Table '${shown}' does not exist: it is named like an event data store of CloudTrail Lake`,
      'name a table, cloudtrail_logs',
    );
  const defined = context.tables.get(last.name);
  if (defined) return defined;
  if (last.name === 's3_requests') return REQUESTS;
  if (!name.some(part => ACCESS_LOG_NAME.test(part.name)) && !namesAccessLogs(context)) return CLOUDTRAIL;
  return ACCESS_LOGS;
}

/** The columns of a table, of which only those that the statement uses will be read. */
export function tableFields(
  table: TableDefinition,
  alias: string,
  qualifiers: readonly string[],
  context: Context,
): Field[] {
  return table.columns.map(column => ({
    name: column.name,
    qualifiers,
    bound: leafOf(table, column, alias, context),
    ...(column.isHidden && { isHidden: true }),
  }));
}

function leafOf({ kind }: TableDefinition, column: TableColumn, alias: string, context: Context): Leaf {
  switch (kind) {
    case 'access logs':
      return accessColumn(column, alias);
    case 'requests':
      return requestColumn(column, alias);
    case 'cloudtrail':
      return columnOf(column, alias, context);
  }
}

const leafMap = (prefix: string, leaves: readonly string[], alias: string): ReadonlyMap<string, string> =>
  new Map(leaves.map(leaf => [leaf.toLowerCase(), `${alias}."${prefix}_${leafColumn(leaf)}"`]));

const SOURCES = new Set<string>(FIELDS.map(({ column }) => column));
/** Columns of a lake that the index has as well, and the column of the view that each is. */
const OF_LAKE: ReadonlyMap<string, string> = new Map(
  LAKE_COLUMNS.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source] as const])),
);
const JSON_TEXTS = new Set([
  'requestparameters',
  'responseelements',
  'additionaleventdata',
  'serviceeventdetails',
  'edgedevicedetails',
]);

/** Members of JSON texts that are columns as well, the same values. */
const SCALARS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  requestparameters: { bucketName: 'bucketname', key: 'objectkey' },
  additionaleventdata: { SignatureVersion: 'signatureversion' },
};

/** Members whose numbers are columns, not always as they are written. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  additionaleventdata: ['bytesTransferredIn', 'bytesTransferredOut'],
};

const pathsOf = (member: string): [string, string] => [`$.${member}`, `$["${member}"]`];

function columnOf({ name, type, source, dateForm }: TableColumn, alias: string, context: Context): Leaf {
  if (source === undefined) return { kind: 'leaf', type, sql: 'NULL' };
  const sql = `${alias}."${source}"`;
  const leaf: Leaf = {
    kind: 'leaf',
    type,
    sql: typed(dated(sql, name, dateForm, context), type),
    column: source,
  };
  if (SOURCES.has(source) && (type.kind === 'row' || type.kind === 'array' || type.kind === 'map'))
    leaf.isSource = true;
  if (source === 'useridentity' && type.kind === 'row')
    leaf.members = leafMap('useridentity', IDENTITY_LEAVES, alias);
  if (source === 'tlsdetails' && type.kind === 'row') leaf.members = leafMap('tlsdetails', TLS_LEAVES, alias);
  if (JSON_TEXTS.has(source) && isText(type)) {
    const scalars = Object.entries(SCALARS[source] ?? {});
    leaf.scalars = new Map(
      scalars.flatMap(([member, column]) => pathsOf(member).map(path => [path, `${alias}."${column}"`])),
    );
    leaf.numbers = new Map(
      (NUMBERS[source] ?? []).flatMap(name => {
        const column = `${alias}."${name.toLowerCase()}"`;
        return pathsOf(name).map(path => [path, { name, column }]);
      }),
    );
  }
  return leaf;
}

/** A partition of days, in the form that the statement compares it with. */
function dated(sql: string, name: string, form: TableColumn['dateForm'], context: Context): string {
  if (form === undefined || form === '/') return sql;
  const given = context.names.dates.get(name) ?? [];
  const isIso = form === '-' || (given.length > 0 && given.every(text => /^\d{4}-\d\d?(-\d\d?)?/.test(text)));
  return isIso ? `replace(${sql}, '/', '-')` : sql;
}

/** A text of the index as a column of the type that CREATE TABLE gives it. */
function typed(sql: string, type: Type): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE lower(${sql}) WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END`;
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return `CAST(${sql} AS INTEGER)`;
    default:
      return sql;
  }
}

/** The table that CREATE EXTERNAL TABLE describes. */
export function definedTable(
  statement: Statement & { kind: 'create table' },
  context: Pick<Context, 'notes' | 'fail'>,
): TableDefinition {
  const { columns, partitions, properties, serde, name } = statement;
  const isAccessLog =
    columns.some(column => column.name.name === 'bucketowner' || column.name.name === 'bucket_name') ||
    (serde?.includes('RegexSerDe') === true && name.some(part => ACCESS_LOG_NAME.test(part.name)));
  if (isAccessLog)
    return {
      kind: 'access logs',
      columns: [...columns, ...partitions].map(({ name: of, type }) => ({
        name: of.name,
        type,
        source: accessSource(of.name),
      })),
    };
  const data = columns.map(column => dataColumn(column, context));
  const own = partitions.map(({ name: { name: of }, type }): TableColumn => {
    const found = partition(of, type);
    if (!found) context.notes.add(`partition column ${of} says nothing of a record: it is null`);
    const form = properties.get(`projection.${of}.format`);
    const dateForm = form?.includes('/') ? '/' : form?.includes('-') ? '-' : found?.dateForm;
    return found ? { ...found, dateForm } : { name: of, type, source: undefined, isPartition: true };
  });
  const names = new Set([...data, ...own].map(column => column.name));
  const hidden = CLOUDTRAIL.columns.filter(
    column => column.isHidden && column.name.startsWith('$') && !names.has(column.name),
  );
  return { kind: 'cloudtrail', columns: [...data, ...own, ...hidden] };
}

const READABLE = new Set([
  'boolean',
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'varchar',
  'row',
  'array',
  'map',
]);

function dataColumn({ name, type }: ColumnDefinition, context: Pick<Context, 'notes' | 'fail'>): TableColumn {
  if (!READABLE.has(type.kind))
    context.fail(
      name.at,
      'NOT_SUPPORTED',
      `column ${name.name} of type ${typeText(type)}: CloudTrail's records hold texts`,
      'declare it as string',
    );
  const source = SOURCES.has(name.name) ? name.name : OF_LAKE.get(name.name);
  if (source !== undefined) return { name: name.name, type, source };
  context.notes.add(`column ${name.name} is no field of CloudTrail's records: it is null`);
  return { name: name.name, type, source: undefined };
}
