/** The statements that make tables of a lake, or of log files as CloudTrail delivers them, for each engine. */

import { ACCESS_LAKE_COLUMNS, ACCESS_LAKE_PARTITIONS } from '../access-logs/lake.js';
import { LAKE_COLUMNS, LAKE_PARTITIONS } from '../cloudtrail/lake.js';
import { UsageError } from '../errors.js';
import type { LogSource } from '../query/log-source.js';
import { LAKE_TABLES } from './ddl-lake.js';
import { RAW_TABLES } from './ddl-raw.js';
import { RAW_LINE_TABLES } from './ddl-raw-lines.js';
import {
  DDL_ENGINES,
  type DdlEngine,
  type DdlForm,
  type DdlWriter,
  type Extent,
  type Refusal,
} from './ddl-table.js';

export interface DdlOptions {
  engine: DdlEngine;
  /** Default `lake`. */
  of?: DdlForm | undefined;
  /** Default `cloudtrail`. */
  source?: LogSource | undefined;
  /** Name of the table, with dots between its parts. Default: that of the view of the index. */
  table?: string | undefined;
  /** Where the files are: `s3://bucket/prefix`, or a folder. */
  location: string;
  extent: Extent;
}

/** Where the files are when nobody says. */
export const PLACEHOLDER = 's3://amzn-s3-demo-bucket/';

/** The name of the table of each source. */
export const TABLE_NAMES: Readonly<Record<LogSource, string>> = {
  cloudtrail: 'cloudtrail_logs',
  'access-logs': 's3_access_logs',
};

const WRITERS: Readonly<
  Record<DdlForm, Readonly<Record<LogSource, Record<DdlEngine, DdlWriter | Refusal>>>>
> = {
  lake: { cloudtrail: LAKE_TABLES, 'access-logs': LAKE_TABLES },
  raw: { cloudtrail: RAW_TABLES, 'access-logs': RAW_LINE_TABLES },
};

/**
 * The statements that make a table.
 * @throws UsageError `BAD_VALUE` for a name or a place that no statement can hold, `NOT_IN_ENGINE` for what the engine
 *   cannot read
 */
export function createTable(options: DdlOptions): string {
  const { engine, of = 'lake', source = 'cloudtrail', extent } = options;
  const writer = WRITERS[of][source][engine];
  if (typeof writer !== 'function') throw new UsageError('NOT_IN_ENGINE', writer.refusal, writer.hint);
  const isOfEvents = source === 'cloudtrail';
  const all = isOfEvents ? LAKE_COLUMNS : ACCESS_LAKE_COLUMNS;
  return writer({
    table: tableName(options.table ?? TABLE_NAMES[source]),
    location: locationOf(options.location),
    columns: all.filter(({ isPartition }) => !isPartition),
    partitions: isOfEvents ? LAKE_PARTITIONS : ACCESS_LAKE_PARTITIONS,
    extent,
  });
}

const ENGINE_TITLES: Readonly<Record<DdlEngine, string>> = {
  athena: 'Athena: put the folder of the lake in place of s3://amzn-s3-demo-bucket',
  trino:
    'Trino: a catalog of the Hive connector named hive, with a schema named logs; the folder as for Athena',
  spark: 'Spark SQL: the folder as for Athena, or a path that all workers see',
  duckdb: 'DuckDB: run it in the folder of the lake',
  clickhouse:
    'ClickHouse: run it in the folder of the lake with clickhouse-local, or put another place into file(…), s3(…)',
};

/** `_create-table.sql` of a lake: the statements for every engine, each under its name. */
export function createTableSql(source: LogSource, extent: Extent): string {
  const parts = DDL_ENGINES.map(engine => {
    const isLocal = engine === 'duckdb' || engine === 'clickhouse';
    const name = TABLE_NAMES[source];
    const statements = createTable({
      ...{ engine, source, extent, location: isLocal ? '' : PLACEHOLDER },
      table: engine === 'trino' ? `hive.logs.${name}` : name,
    });
    return `-- ${ENGINE_TITLES[engine]}\n\n${statements}`;
  });
  return `-- A table of this lake, for each of several engines: run the statements of yours.\n\n${parts.join('\n\n')}`;
}

/** @throws UsageError `BAD_VALUE` */
function tableName(text: string): string[] {
  const parts = text.split('.');
  if (parts.length <= 3 && parts.every(part => /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(part))) return parts;
  throw new UsageError(
    'BAD_VALUE',
    `${JSON.stringify(text)} is not the name of a table`,
    'letters, digits, _ and -, with a database and a catalog before it if need be: hive.logs.cloudtrail_logs',
  );
}

/** @throws UsageError `BAD_VALUE` */
function locationOf(text: string): string {
  // A glob would take some of them for patterns, and a template $ for the name of a partition.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (!/[\u0000-\u001f\u007f*?[\]{}$]/.test(text)) return text.replace(/\/+$/, '');
  throw new UsageError(
    'BAD_VALUE',
    `no statement can name the place ${JSON.stringify(text)}`,
    'name one without * ? [ ] { } $ and control characters',
  );
}

/** What is in the folders of a lake: from the partition of each of its files. */
export function extentOf(partitions: Iterable<Readonly<Record<string, string | null>>>): Extent {
  const values = new Map<string, Set<string | null>>();
  let firstDay: string | undefined;
  for (const partition of partitions) {
    for (const [name, value] of Object.entries(partition)) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(value));
    }
    const { year, month, day } = partition;
    const date = `${year}/${month}/${day}`;
    if (/^\d{4}\/\d\d\/\d\d$/.test(date) && (firstDay === undefined || date < firstDay)) firstDay = date;
  }
  const sorted = [...values].map(([name, known]) => [name, inOrder(known)] as const);
  return { partitions: Object.fromEntries(sorted), firstDay };
}

/** Values in order, the missing one last. */
export const inOrder = (values: Iterable<string | null>): Array<string | null> =>
  [...values].sort((a, b) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
