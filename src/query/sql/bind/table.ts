/** The tables a statement can name: CloudTrail's as Athena documents it, S3 access logs, and what CREATE TABLE says of them. */

import {
  ATHENA_FIELDS,
  FIELDS,
  IDENTITY_LEAVES,
  leafColumn,
  TLS_LEAVES,
} from '../../../cloudtrail/fields.js';
import type { ColumnDefinition, Identifier, Statement } from '../parse/ast.js';
import { BIGINT, INTEGER, isText, mapOf, rowOf, type Type, typeText, VARCHAR } from '../types.js';
import type { Leaf } from './bound.js';
import type { TableColumn, TableDefinition } from './definition.js';
import type { Context, Field } from './scope.js';

const texts = (...names: string[]) => names.map(name => ({ name, type: VARCHAR }));
const struct = (...fields: Array<{ name: string; type: Type }>): Type => rowOf(...fields);

/** Types of the columns that are no text, as "Create a table for CloudTrail logs in Athena" has them. */
const STRUCTS: Readonly<Record<string, Type>> = {
  useridentity: struct(
    ...texts('type', 'principalid', 'arn', 'accountid', 'invokedby', 'accesskeyid', 'username'),
    { name: 'onbehalfof', type: struct(...texts('userid', 'identitystorearn')) },
    {
      name: 'sessioncontext',
      type: struct(
        { name: 'attributes', type: struct(...texts('mfaauthenticated', 'creationdate')) },
        {
          name: 'sessionissuer',
          type: struct(...texts('type', 'principalid', 'arn', 'accountid', 'username')),
        },
        ...texts('ec2roledelivery'),
        {
          name: 'webidfederationdata',
          type: struct(...texts('federatedprovider'), { name: 'attributes', type: mapOf(VARCHAR, VARCHAR) }),
        },
      ),
    },
  ),
  resources: { kind: 'array', element: struct(...texts('arn', 'accountid', 'type')) },
  addendum: struct(...texts('reason', 'updatedfields', 'originalrequestid', 'originaleventid')),
  tlsdetails: struct(...texts('tlsversion', 'ciphersuite', 'clientprovidedhostheader')),
};

const DATA_COLUMNS: readonly TableColumn[] = ATHENA_FIELDS.map(({ column }) => ({
  name: column,
  type: STRUCTS[column] ?? VARCHAR,
  source: column,
}));

/** Names that tables in use give to partitions, and the column of `cloudtrail_logs` that answers. */
const PARTITIONS: ReadonlyArray<[source: string, names: string]> = [
  [
    'account',
    'account accountid account_id account_partition aws_account aws_account_id accountnumber account_number',
  ],
  ['region', 'region region_partition aws_region regionname'],
  ['year', 'year year_partition'],
  ['month', 'month month_partition'],
  ['day', 'day day_partition'],
  [
    'timestamp',
    'timestamp date_partition dt date eventdate event_date ingest_date log_date logdate partition_date ymd datestamp day_date',
  ],
];

function partition(name: string, type: Type = VARCHAR): TableColumn | undefined {
  const known =
    PARTITIONS.find(([, names]) => names.split(' ').includes(name))?.[0] ??
    ['account', 'region', 'year', 'month', 'day'].find(part => name.includes(part));
  if (!known) return undefined;
  return {
    name,
    type,
    source: known,
    isPartition: true,
    ...(known === 'timestamp' && { dateForm: 'unknown' }),
  };
}

const KNOWN_PARTITIONS: readonly TableColumn[] = PARTITIONS.flatMap(([, names]) => names.split(' '))
  .map(name => partition(name)!)
  .map(column => ({ ...column, isHidden: true }));

/** Columns of the index beyond Athena's, under a name that no table of Athena's has. */
const OWN_COLUMNS: ReadonlyArray<[name: string, source: string, type: Type]> = [
  ['$path', 'file_path', VARCHAR],
  ['$bucketname', 'bucketname', VARCHAR],
  ['$objectkey', 'objectkey', VARCHAR],
  ['$username', 'username', VARCHAR],
  ['$managementevent', 'managementevent', VARCHAR],
  ['$insightdetails', 'insightdetails', VARCHAR],
  ['$eventcontext', 'eventcontext', VARCHAR],
  ['$additional_fields', 'additional_fields', VARCHAR],
  ['$is_anonymous', 'is_anonymous', INTEGER],
  ['$is_suspect', 'is_suspect', INTEGER],
  ['$is_removed', 'is_removed', INTEGER],
  ['$is_conflicting', 'is_conflicting', INTEGER],
  ['$event_rowid', 'event_rowid', BIGINT],
];

/** The documented table, with the partition columns that tables in use have. */
export const CLOUDTRAIL: TableDefinition = {
  kind: 'cloudtrail',
  columns: [
    ...DATA_COLUMNS,
    ...KNOWN_PARTITIONS,
    ...OWN_COLUMNS.map(([name, source, type]) => ({ name, source, type, isHidden: true })),
  ],
};

/** Columns of "Use Amazon S3 server access logs to identify requests", with the types given there. */
const ACCESS_LOG_COLUMNS =
  'bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri httpstatus errorcode bytessent:bigint objectsize:bigint totaltime turnaroundtime referrer useragent versionid hostid sigv ciphersuite authtype endpoint tlsversion accesspointarn aclrequired';

export const ACCESS_LOGS: TableDefinition = {
  kind: 'access logs',
  columns: [
    ...ACCESS_LOG_COLUMNS.split(' ').map(text => {
      const [name, type] = text.split(':') as [string, string?];
      return { name, type: type ? BIGINT : VARCHAR, source: undefined };
    }),
    // An older table of the guide's calls bucket_name so; the others are partitions.
    ...['bucket', 'timestamp', 'year', 'month', 'day'].map(name => ({
      name,
      type: VARCHAR,
      source: undefined,
      isHidden: true,
    })),
  ],
};

const ACCESS_LOG_NAME = /access_?logs?/;

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
  if (!name.some(part => ACCESS_LOG_NAME.test(part.name))) return CLOUDTRAIL;
  context.notes.add(
    `${shown} is taken for S3 server access logs: they are not indexed yet, so it has no rows`,
  );
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
    bound: columnOf(column, alias, context),
    ...(column.isHidden && { isHidden: true }),
  }));
}

const leafMap = (prefix: string, leaves: readonly string[], alias: string): ReadonlyMap<string, string> =>
  new Map(leaves.map(leaf => [leaf.toLowerCase(), `${alias}."${prefix}_${leafColumn(leaf)}"`]));

const SOURCES = new Set<string>(FIELDS.map(({ column }) => column));
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
      scalars.flatMap(([member, column]) => [
        [`$.${member}`, `${alias}."${column}"`],
        [`$["${member}"]`, `${alias}."${column}"`],
      ]),
    );
  }
  return leaf;
}

/** A partition of days, in the form that the statement compares it with. */
function dated(sql: string, name: string, form: TableColumn['dateForm'], context: Context): string {
  if (form === undefined || form === '/') return sql;
  const given = context.datesByColumn.get(name) ?? [];
  const isIso = form === '-' || (given.length > 0 && given.every(text => /^\d{4}-\d\d?(-\d\d?)?/.test(text)));
  return isIso ? `replace(${sql}, '/', '-')` : sql;
}

/** A text of the index as a column of the type that CREATE TABLE gives it. */
function typed(sql: string, type: Type): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE lower(${sql}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`;
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
        source: undefined,
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
  if (SOURCES.has(name.name)) return { name: name.name, type, source: name.name };
  context.notes.add(`column ${name.name} is no field of CloudTrail's records: it is null`);
  return { name: name.name, type, source: undefined };
}
