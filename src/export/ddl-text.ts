/** How statements of each engine write names, texts and types. */

import type { LakeColumn, LakeType } from '../lake-types.js';
import { athenaType } from '../lake-types.js';

/**
 * A text as a literal.
 * @param quoting how the dialect writes a quote in one: doubled as the standard has it (Trino, DuckDB), or behind a
 *   backslash, which then stands for itself only when doubled (Hive, so Athena's DDL; Spark; ClickHouse)
 */
export function literalOf(text: string, quoting: 'doubled' | 'backslash'): string {
  return quoting === 'doubled'
    ? `'${text.replaceAll("'", "''")}'`
    : `'${text.replaceAll(/['\\]/g, character => `\\${character}`)}'`;
}

/** A name of several parts, quoted. */
export const quotedName = (parts: readonly string[], quote: '"' | '`'): string =>
  parts.map(part => quote + part.replaceAll(quote, quote + quote) + quote).join('.');

/** Columns as a list for CREATE TABLE, one a line. */
export const columnList = (
  columns: readonly LakeColumn[],
  typeOf: (type: LakeType) => string,
  quote: '"' | '`',
): string => columns.map(({ name, type }) => `  ${quotedName([name], quote)} ${typeOf(type)}`).join(',\n');

export const hiveType = athenaType;

/** A text in Hive's dialect, which is that of Athena's DDL, and of Spark and ClickHouse. */
export const hive = (text: string): string => literalOf(text, 'backslash');

/** The lines of Athena's CREATE EXTERNAL TABLE. */
export function hiveTable({
  name,
  columns,
  partitions,
  storage,
  location,
  properties,
}: {
  name: readonly string[];
  columns: readonly LakeColumn[];
  partitions: readonly LakeColumn[];
  /** How its files are read, a clause a line. */
  storage: readonly string[];
  /** The folder, without a slash at its end. */
  location: string;
  properties: ReadonlyArray<readonly string[]>;
}): string[] {
  return [
    `CREATE EXTERNAL TABLE ${quotedName(name, '`')} (`,
    columnList(columns, hiveType, '`'),
    ')',
    'PARTITIONED BY (',
    columnList(partitions, hiveType, '`'),
    ')',
    ...storage,
    `LOCATION ${hive(`${location}/`)}`,
    'TBLPROPERTIES (',
    properties.map(([key, value]) => `  ${hive(key!)} = ${hive(value!)}`).join(',\n'),
    ');',
  ];
}

export function trinoType(type: LakeType): string {
  if (typeof type === 'string') return TRINO[type];
  if ('struct' in type) return `row(${type.struct.map(f => `"${f.name}" ${trinoType(f.type)}`).join(', ')})`;
  return 'array' in type ? `array(${trinoType(type.array)})` : `map(varchar, ${trinoType(type.map)})`;
}
const TRINO = { string: 'varchar', bigint: 'bigint', boolean: 'boolean', binary: 'varbinary' } as const;

/** A struct that is missing is one whose fields are all NULL here: ClickHouse has no NULL for tuples. */
export function clickhouseType(type: LakeType): string {
  if (typeof type === 'string') return `Nullable(${CLICKHOUSE[type]})`;
  if ('struct' in type)
    return `Tuple(${type.struct.map(f => `\`${f.name}\` ${clickhouseType(f.type)}`).join(', ')})`;
  return 'array' in type
    ? `Array(${clickhouseType(type.array)})`
    : `Map(String, ${clickhouseType(type.map)})`;
}
const CLICKHOUSE = { string: 'String', bigint: 'Int64', boolean: 'Bool', binary: 'String' } as const;

/** What Hive calls the folder of rows without a value. */
export const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__';

/** `{place}/account=*`, …, `/*.parquet`. */
export const filesOf = (place: string, partitions: readonly LakeColumn[]): string =>
  [...(place === '' ? [] : [place]), ...partitions.map(({ name }) => `${name}=*`), '*.parquet'].join('/');
