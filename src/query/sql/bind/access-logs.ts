/**
 * Tables of S3 server access logs, as Athena's guides have them ("Use Amazon S3 server access logs to identify requests"):
 * what their columns hold, from `s3_access_logs`.
 *
 * In Athena a regular expression makes the columns, so that a `-` is a text and quotes stand inside request_uri, referrer
 * and useragent. So they do here, but `IS NULL` holds for a `-` as well: the guide's own query for requests without
 * authentication needs that.
 */

import { ACCESS_FIELDS } from '../../../access-logs/fields.js';
import { BIGINT, type Type, VARCHAR } from '../types.js';
import type { Leaf } from './bound.js';
import type { TableColumn, TableDefinition } from './definition.js';

/** Number of fields of the shortest line that has a column. */
const SINCE = new Map<string, number>(ACCESS_FIELDS.map(({ name, since }) => [name, since]));
const FIELDS = new Set(SINCE.keys());

/** Fields that are quoted in a line, and the bit of `form` that says where one is not. */
const QUOTED: Readonly<Record<string, number>> = { request_uri: 32, referrer: 64, useragent: 128 };

/** Columns of older tables: by their name, what they are of `s3_access_logs`. */
const OLDER: Readonly<Record<string, (alias: string) => string>> = {
  bucket: alias => `${alias}."bucket_name"`,
  requesturi_operation: alias => `${alias}."httpmethod"`,
  requesturi_key: alias => {
    const uri = `${alias}."request_uri"`;
    const after = `substr(${uri}, instr(${uri}, ' ') + 1)`;
    return `CASE WHEN instr(${after}, ' HTTP/') > 0 THEN substr(${after}, 1, instr(${after}, ' HTTP/') - 1) ELSE ${after} END`;
  },
  requesturi_httpprotoversion: alias => {
    const uri = `${alias}."request_uri"`;
    return `CASE WHEN instr(${uri}, ' HTTP/') > 0 THEN substr(${uri}, instr(${uri}, ' HTTP/') + 1) END`;
  },
};

/** Partition columns of the published tables, and what the names in use stand for. */
const PARTITIONS: Readonly<Record<string, string>> = {
  timestamp: 'timestamp',
  dt: 'timestamp',
  date: 'timestamp',
  partition_date: 'timestamp',
  year: 'year',
  month: 'month',
  day: 'day',
};

/** Columns of ours that no table of Athena's has; they are not part of `*`. */
const OURS: ReadonlyArray<[name: string, source: string, type: Type]> = [
  ['$path', 'file_path', VARCHAR],
  ['$eventtime', 'eventtime', VARCHAR],
  ['$eventname', 'eventname', VARCHAR],
  ['$objectkey', 'objectkey', VARCHAR],
  ['$line', 'line', VARCHAR],
  ['$is_anonymous', 'is_anonymous', BIGINT],
  ['$is_ambiguous', 'is_ambiguous', BIGINT],
  ['$form', 'form', BIGINT],
];

const hidden = (name: string, source: string, type: Type = VARCHAR): TableColumn => ({
  name,
  type,
  source,
  isHidden: true,
});

/** The documented table. */
export const ACCESS_LOGS: TableDefinition = {
  kind: 'access logs',
  columns: [
    ...ACCESS_FIELDS.map(({ name, athenaType }) => ({
      name,
      type: athenaType === 'BIGINT' ? BIGINT : VARCHAR,
      source: name,
    })),
    ...Object.keys(OLDER).map(name => hidden(name, name)),
    ...Object.entries(PARTITIONS).map(([name, source]) => ({ ...hidden(name, source), isPartition: true })),
    ...OURS.map(([name, source, type]) => hidden(name, source, type)),
  ],
};

/** Where a column of a table that a statement declares comes from; undefined for one that says nothing of a line. */
export function accessSource(name: string): string | undefined {
  return FIELDS.has(name) || Object.hasOwn(OLDER, name)
    ? name
    : Object.hasOwn(PARTITIONS, name)
      ? PARTITIONS[name]
      : undefined;
}

/** A column of `s3_access_logs` under an alias, as Athena has it. */
export function accessColumn({ type, source }: TableColumn, alias: string): Leaf {
  if (source === undefined) return { kind: 'leaf', type, sql: 'NULL' };
  const older = Object.hasOwn(OLDER, source) ? OLDER[source]!(alias) : undefined;
  const value = older ?? `${alias}."${source}"`;
  if (type.kind !== 'varchar') return { kind: 'leaf', type, sql: value };
  if (!FIELDS.has(source) && older === undefined)
    return { kind: 'leaf', type, sql: `CAST(${value} AS TEXT)` };
  const text = `coalesce(CAST(${value} AS TEXT), '-')`;
  const bit = QUOTED[source];
  const quoted =
    bit === undefined ? text : `CASE WHEN ${alias}."form" & ${bit} THEN '-' ELSE '"' || ${text} || '"' END`;
  const since = SINCE.get(source) ?? 0;
  return {
    kind: 'leaf',
    type,
    sql: since > 18 ? `CASE WHEN ${alias}."field_count" >= ${since} THEN ${quoted} END` : quoted,
    whetherNull: value,
  };
}
