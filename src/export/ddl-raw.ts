/**
 * Tables over the files that CloudTrail delivers: Athena's documented columns, without loading anything. The engines print
 * nested JSON anew, so that a number or an escape in requestparameters and its like may be written otherwise than in the
 * record; a lake has the text as it was.
 */

import { ATHENA_FIELDS, IDENTITY_LEAVES, TLS_LEAVES } from '../cloudtrail/fields.js';
import { LAKE_COLUMNS } from '../cloudtrail/lake.js';
import type { LakeColumn, LakeField, LakeType } from '../lake-types.js';
import type { DdlEngine, DdlWriter, Extent, Refusal } from './ddl-table.js';
import { hive, hiveTable, hiveType, literalOf, quotedName, trinoType } from './ddl-text.js';

const standard = (text: string): string => literalOf(text, 'doubled');

const COLUMNS = LAKE_COLUMNS.slice(0, ATHENA_FIELDS.length);
/** Columns that hold JSON of any type: of the others a text is the text itself. */
const JSON_TEXTS: ReadonlySet<string> = new Set(
  ATHENA_FIELDS.filter(
    ({ json, column }) => json && COLUMNS.some(c => c.name === column && c.type === 'string'),
  ).map(({ column }) => column),
);

/** Names as records write them, by the lower-case ones. */
const WRITTEN: ReadonlyMap<string, string> = new Map(
  [
    ...ATHENA_FIELDS.map(({ name }) => name),
    ...[...IDENTITY_LEAVES, ...TLS_LEAVES].flatMap(path => path.split('.')),
    ...['updatedFields', 'originalRequestID', 'originalEventID', 'webIdFederationData', 'attributes'],
  ].map(name => [name.toLowerCase(), name]),
);
const written = (name: string): string => WRITTEN.get(name) ?? name;

/** The partitions of the folders below `AWSLogs`, as tables in use have them. */
const FOLDERS = (['account', 'region', 'timestamp'] as const).map(
  (name): LakeColumn => ({ name, type: 'string', source: name, meaning: '' }),
);
const [ACCOUNT_FOLDER, ...INNER_FOLDERS] = FOLDERS.map(({ name }) => `\${${name}}`);
const FOLDER_TEMPLATE = [ACCOUNT_FOLDER, 'CloudTrail', ...INNER_FOLDERS].join('/');

const known = ({ partitions }: Extent, name: string, otherwise: string): string[] => {
  const values = (partitions[name] ?? []).filter(value => value !== null && /^[A-Za-z0-9-]+$/.test(value));
  return values.length > 0 ? (values as string[]) : [otherwise];
};
const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
/** The day of CloudTrail's first release. */
const FIRST_DAY = '2013/11/13';

const athena: DdlWriter = ({ table, location, extent }) => {
  const properties = [
    ['projection.enabled', 'true'],
    ['projection.account.type', 'enum'],
    ['projection.account.values', known(extent, 'account', ACCOUNT).join(',')],
    ['projection.region.type', 'enum'],
    ['projection.region.values', known(extent, 'region', REGION).join(',')],
    ['projection.timestamp.type', 'date'],
    ['projection.timestamp.format', 'yyyy/MM/dd'],
    ['projection.timestamp.interval', '1'],
    ['projection.timestamp.interval.unit', 'DAYS'],
    ['projection.timestamp.range', `${extent.firstDay ?? FIRST_DAY},NOW`],
    ['storage.location.template', `${location}/${FOLDER_TEMPLATE}`],
  ];
  return [
    ...hiveTable({
      ...{ name: table, columns: COLUMNS, partitions: FOLDERS, location, properties },
      storage: [
        "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'",
        "STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'",
        "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'",
      ],
    }),
    '',
  ].join('\n');
};

/** The table whose rows are files, and the view whose rows are events. */
const filesTable = (table: readonly string[]): string[] => [...table.slice(0, -1), `${table.at(-1)}_files`];

const trino: DdlWriter = ({ table, location, extent }) => {
  const list = (values: readonly string[]): string => `ARRAY[${values.map(standard).join(', ')}]`;
  const values = (name: string, otherwise: string): string => list(known(extent, name, otherwise));
  const record = `row(${COLUMNS.map(({ name, type }) => `"${name}" ${trinoType(type)}`).join(', ')})`;
  const columns = COLUMNS.map(({ name }) => `"${name}"`).join(', ');
  return [
    `CREATE TABLE ${quotedName(filesTable(table), '"')} (`,
    `  records array(${record}),`,
    `  account varchar WITH (partition_projection_type = 'ENUM', partition_projection_values = ${values('account', ACCOUNT)}),`,
    `  region varchar WITH (partition_projection_type = 'ENUM', partition_projection_values = ${values('region', REGION)}),`,
    "  \"timestamp\" varchar WITH (partition_projection_type = 'DATE', partition_projection_format = 'yyyy/MM/dd',",
    `    partition_projection_range = ${list([extent.firstDay ?? FIRST_DAY, 'NOW'])},`,
    "    partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')",
    ')',
    'WITH (',
    "  format = 'OPENX_JSON',",
    `  external_location = ${standard(`${location}/`)},`,
    "  partitioned_by = ARRAY['account', 'region', 'timestamp'],",
    '  partition_projection_enabled = true,',
    `  partition_projection_location_template = ${standard(`${location}/${FOLDER_TEMPLATE}`)}`,
    ');',
    '',
    `CREATE VIEW ${quotedName(table, '"')} AS`,
    `SELECT e.*, f.account, f.region, f."timestamp"`,
    `FROM ${quotedName(filesTable(table), '"')} AS f`,
    `CROSS JOIN UNNEST(records) AS e(${columns});`,
    '',
  ].join('\n');
};

/** Spark takes names in records as they are written, and gives a text for JSON of any type. */
const spark: DdlWriter = ({ table, location }) => {
  const typeOf = (type: LakeType): string => {
    if (typeof type === 'string') return type;
    if ('struct' in type)
      return `STRUCT<${type.struct.map(f => `\`${writtenIn(type, f)}\`: ${typeOf(f.type)}`).join(', ')}>`;
    return 'array' in type ? `ARRAY<${typeOf(type.array)}>` : `MAP<string, ${typeOf(type.map)}>`;
  };
  const record = COLUMNS.map(({ name, type }) => `\`${written(name)}\`: ${typeOf(type)}`);
  const columns = COLUMNS.map(({ name, type }) =>
    typeof type === 'string'
      ? `  r.\`${written(name)}\` AS \`${name}\``
      : `  CAST(r.\`${written(name)}\` AS ${hiveType(type)}) AS \`${name}\``,
  );
  return [
    `CREATE TABLE ${quotedName(filesTable(table), '`')} (`,
    `  Records ARRAY<STRUCT<${record.join(', ')}>>`,
    ')',
    'USING JSON',
    `OPTIONS (path ${hive(`${location}/`)}, recursiveFileLookup 'true', pathGlobFilter '*_CloudTrail_*.json.gz');`,
    '',
    `CREATE VIEW ${quotedName(table, '`')} AS`,
    'SELECT',
    columns.join(',\n'),
    `FROM (SELECT explode(Records) AS r FROM ${quotedName(filesTable(table), '`')});`,
    '',
  ].join('\n');
};

/** `ARN` of resources is the one name that is written otherwise elsewhere. */
function writtenIn({ struct }: { struct: readonly LakeField[] }, { name }: LakeField): string {
  const isResource = struct.length === 3 && struct.some(field => field.name === 'arn');
  return name === 'arn' && isResource ? 'ARN' : written(name);
}

/** The value at a place of a JSON text in a column's type. */
function duckdbValue(json: string, type: LakeType): string {
  if (type === 'string') return `${json} ->> '$'`;
  if (typeof type === 'string') throw new Error(`no field of a record is ${type}`);
  if ('struct' in type) {
    const fields = type.struct.map(
      f => `"${f.name}" := ${duckdbValue(`(${json} -> ${standard(`$.${writtenIn(type, f)}`)})`, f.type)}`,
    );
    return `CASE json_type(${json}) WHEN 'OBJECT' THEN struct_pack(${fields.join(', ')}) END`;
  }
  if ('array' in type)
    return `CASE json_type(${json}) WHEN 'ARRAY' THEN list_transform(CAST(${json} AS JSON[]), lambda x: ${duckdbValue('x', type.array)}) END`;
  return `CASE json_type(${json}) WHEN 'OBJECT' THEN CAST(${json} AS MAP(VARCHAR, VARCHAR)) END`;
}

/** Files up to this many bytes, inflated. */
const LARGEST_DOCUMENT = 1 << 27;

const duckdb: DdlWriter = ({ table, location }) => {
  const columns = COLUMNS.map(({ name, type }) => {
    const json = `(r -> ${standard(`$.${written(name)}`)})`;
    const value = JSON_TEXTS.has(name) ? `nullif(CAST(${json} AS VARCHAR), 'null')` : duckdbValue(json, type);
    return `  ${value} AS "${name}"`;
  });
  const files = `${location === '' ? '' : `${location}/`}**/CloudTrail/*/*/*/*/*.json.gz`;
  return [
    `CREATE OR REPLACE VIEW ${quotedName(table, '"')} AS`,
    'SELECT',
    columns.join(',\n'),
    'FROM (',
    '  SELECT unnest("Records") AS r FROM read_json(',
    `    ${standard(files)},`,
    `    format = 'unstructured', columns = {Records: 'JSON[]'}, maximum_object_size = ${LARGEST_DOCUMENT}`,
    '  )',
    ');',
    '',
  ].join('\n');
};

const clickhouse: Refusal = {
  refusal: 'ClickHouse has no table for the records within CloudTrail’s files that keeps their types',
  hint: 'offtrail export writes a lake, which it reads',
};

export const RAW_TABLES: Record<DdlEngine, DdlWriter | Refusal> = {
  athena,
  trino,
  spark,
  duckdb,
  clickhouse,
};
