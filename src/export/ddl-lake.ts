/** Tables over a lake that `export` wrote. */

import type { DdlEngine, DdlWriter, Extent, TableDdl } from './ddl-table.js';
import {
  clickhouseType,
  columnList,
  filesOf,
  HIVE_NULL,
  hive,
  hiveTable,
  hiveType,
  literalOf,
  quotedName,
  trinoType,
} from './ddl-text.js';

const standard = (text: string): string => literalOf(text, 'doubled');

/** Months, or days, as folders have them. */
const upTo = (last: number): string[] =>
  Array.from({ length: last }, (_, i) => String(i + 1).padStart(2, '0'));

/**
 * The values that Athena is to look for: those that are there, and all months and days, as a lake is added to. Undefined
 * where a value cannot stand in a list with commas or is written otherwise in a path: then the catalog has to list them.
 */
function projection(
  { partitions }: TableDdl,
  extent: Extent,
): Array<[name: string, values: string[]]> | undefined {
  const all = partitions.map(({ name }): [string, string[]] => {
    const there = extent.partitions[name] ?? [];
    const missing = there.includes(null) ? [HIVE_NULL] : [];
    const known = there.filter(value => value !== null);
    const fixed = { month: upTo(12), day: upTo(31) }[name];
    return [name, [...(fixed ?? known), ...missing]];
  });
  const isPlain = all.every(
    ([, values]) => values.length > 0 && values.every(value => /^[A-Za-z0-9_.-]+$/.test(value)),
  );
  return isPlain ? all : undefined;
}

/** Athena, with partition projection: it asks no catalog which partitions there are. */
const athena: DdlWriter = table => {
  const { columns, partitions, location } = table;
  const projected = projection(table, table.extent);
  const folders = partitions.map(({ name }) => `${name}=\${${name}}`).join('/');
  const properties = [
    ['parquet.compression', 'SNAPPY'],
    ...(projected
      ? [
          ['projection.enabled', 'true'],
          ...projected.flatMap(([name, values]) => [
            [`projection.${name}.type`, 'enum'],
            [`projection.${name}.values`, values.join(',')],
          ]),
          ['storage.location.template', `${location}/${folders}/`],
        ]
      : []),
  ];
  return [
    ...(projected
      ? ['-- After an export of further accounts, regions or years: drop the table and make it again.']
      : []),
    ...hiveTable({
      ...{ name: table.table, columns, partitions, location, properties },
      storage: ['STORED AS PARQUET'],
    }),
    ...(projected
      ? []
      : [
          '',
          '-- Projection cannot express the partitions of this lake. After every export:',
          `MSCK REPAIR TABLE ${quotedName(table.table, '`')};`,
        ]),
    '',
  ].join('\n');
};

const trino: DdlWriter = ({ table, columns, partitions, location }) => {
  const schema = table.at(-2) ?? 'default';
  const procedure = quotedName([...table.slice(0, -2), 'system', 'sync_partition_metadata'], '"');
  return [
    `CREATE TABLE ${quotedName(table, '"')} (`,
    columnList([...columns, ...partitions], trinoType, '"'),
    ')',
    'WITH (',
    "  format = 'PARQUET',",
    `  external_location = ${standard(`${location}/`)},`,
    `  partitioned_by = ARRAY[${partitions.map(({ name }) => standard(name)).join(', ')}]`,
    ');',
    '',
    '-- After every export:',
    `CALL ${procedure}(${standard(schema)}, ${standard(table.at(-1)!)}, 'FULL');`,
    '',
  ].join('\n');
};

const spark: DdlWriter = ({ table, columns, partitions, location }) =>
  [
    `CREATE TABLE ${quotedName(table, '`')} (`,
    columnList([...columns, ...partitions], hiveType, '`'),
    ')',
    'USING PARQUET',
    `PARTITIONED BY (${partitions.map(({ name }) => quotedName([name], '`')).join(', ')})`,
    `LOCATION ${hive(`${location}/`)};`,
    '',
    '-- After every export:',
    `MSCK REPAIR TABLE ${quotedName(table, '`')};`,
    '',
  ].join('\n');

/** Partitions are texts: as numbers, accounts and months would lose their zeros. */
const duckdb: DdlWriter = ({ table, columns, partitions, location }) =>
  [
    `CREATE OR REPLACE VIEW ${quotedName(table, '"')} AS`,
    'SELECT',
    [...columns, ...partitions].map(({ name }) => `  ${quotedName([name], '"')}`).join(',\n'),
    'FROM read_parquet(',
    `  ${standard(filesOf(location, partitions))},`,
    '  hive_partitioning = true,',
    `  hive_types = {${partitions.map(({ name }) => `${standard(name)}: VARCHAR`).join(', ')}}`,
    ');',
    '',
  ].join('\n');

/** Partitions from the path: as ClickHouse reads them, accounts and months would be numbers. */
const clickhouse: DdlWriter = ({ table, columns, partitions, location }) => {
  const structure = columns.map(({ name, type }) => `${quotedName([name], '`')} ${clickhouseType(type)}`);
  const isS3 = /^s3:\/\//i.test(location);
  const files = filesOf(location, partitions);
  const values = partitions.map(
    ({ name }) =>
      `  nullIf(decodeURLComponent(extract(_path, ${hive(`${name}=([^/]*)`)})), ${hive(HIVE_NULL)}) AS ${quotedName([name], '`')}`,
  );
  return [
    `CREATE OR REPLACE VIEW ${quotedName(table, '`')} AS`,
    'SELECT',
    [...columns.map(({ name }) => `  ${quotedName([name], '`')}`), ...values].join(',\n'),
    `FROM ${isS3 ? 's3' : 'file'}(`,
    `  ${hive(files)},`,
    "  'Parquet',",
    `  ${hive(structure.join(', '))}`,
    ')',
    'SETTINGS use_hive_partitioning = 0;',
    '',
  ].join('\n');
};

export const LAKE_TABLES: Record<DdlEngine, DdlWriter> = { athena, trino, spark, duckdb, clickhouse };
