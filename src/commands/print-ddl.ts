/** `offtrail print-ddl [engine]`: statements that make tables of logs where they are, or of a lake. */

import { UsageError } from '../errors.js';
import type { DdlOptions } from '../export/ddl.js';
import { DDL_ENGINES, DDL_FORMS, type DdlEngine, type Extent } from '../export/ddl-table.js';
import { SINGLE_SOURCES } from '../query/log-source.js';
import { COMMON, text } from './options.js';
import { unknownWord } from './suggestion.js';
import { EXIT, print, withIndex } from './terminal.js';
import { verb } from './verb.js';

const list = (description: string) => ({ type: 'string', array: true, nargs: 1, description }) as const;

export const printDdl = verb({
  name: 'print-ddl',
  words: { name: 'engine', optional: true, description: `one of ${DDL_ENGINES.join(', ')}; default: all` },
  summary: 'statements that make tables for Athena, Trino, Spark, DuckDB and ClickHouse',
  description:
    'Prints the statements that make a table of a lake that offtrail export wrote, or of log files as CloudTrail and S3 deliver them.',
  notes: [
    'Athena, and Trino over log files, are told which accounts, regions and years to look for (partition projection): those of the index, or of --account and --region. A lake has the statements for itself in _create-table.sql.',
    'Over log files as they are (--of raw) the table has Athena’s documented columns. The engines write nested JSON anew there, so numbers and escapes in requestparameters may look otherwise than in the record; in a lake they are as CloudTrail wrote them.',
    'Exit code: 0 printed; 2 error.',
  ],
  examples: [
    [
      'offtrail print-ddl athena --of raw --location s3://amzn-s3-demo-bucket/AWSLogs',
      'a trail’s bucket in Athena',
    ],
    ['offtrail print-ddl trino --of raw --table hive.logs.cloudtrail_logs', 'the same in Trino'],
    ['offtrail print-ddl duckdb --location ./lake', 'a lake in DuckDB'],
  ],
  options: {
    of: {
      choices: DDL_FORMS,
      default: 'lake',
      requiresArg: true,
      description: 'a lake that offtrail export wrote, or raw: log files as they are delivered',
    },
    location: text(
      'where the files are: s3://BUCKET/PREFIX or a folder; of log files the one that holds the accounts [default: a bucket to be put in]',
    ),
    table: text(
      'name of the table, with database and catalog where it needs them [default: cloudtrail_logs]',
    ),
    source: {
      choices: SINGLE_SOURCES,
      default: 'cloudtrail',
      requiresArg: true,
      description: 'events of CloudTrail, or lines of S3 server access logs',
    },
    account: list('an account to look for, in place of those of the index; repeatable'),
    region: list('a region to look for, in place of those of the index; repeatable'),
    ...COMMON,
  },
  async run({ words: [engine], options }) {
    const { of, source, table, account, region } = options;
    const named = engine === undefined ? undefined : engineOf(engine);
    const { createTable, createTableSql, PLACEHOLDER } = await import('../export/ddl.js');
    const location =
      options.location ?? (of === 'raw' && source === 'cloudtrail' ? `${PLACEHOLDER}AWSLogs` : PLACEHOLDER);
    const write = async (extent: Extent): Promise<number> => {
      const all: DdlOptions = { engine: named ?? 'athena', of, source, location, table, extent };
      await print(named ? createTable(all) : createTableSql(source, extent));
      return EXIT.ok;
    };
    if (!named && (of === 'raw' || table !== undefined || options.location !== undefined))
      throw new UsageError(
        'MISSING_ARGUMENT',
        'all engines at once are for a lake where it is',
        `name one: ${DDL_ENGINES.join(', ')}`,
      );
    const given = {
      partitions: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
      firstDay: undefined,
    };
    const isKnown = of === 'raw' && account !== undefined && region !== undefined;
    if (isKnown || (named && !readsPartitions(named, of))) return write(given);
    const { indexExtent } = await import('../export/index-extent.js');
    return withIndex(options.db, index => {
      const { partitions, firstDay } = indexExtent(index, source);
      return write({ partitions: { ...partitions, ...given.partitions }, firstDay });
    });
  },
});

/** Engines that are told the partitions; the others look, or have a catalog that does. */
const readsPartitions = (engine: DdlEngine, of: string): boolean =>
  engine === 'athena' || (engine === 'trino' && of === 'raw');

/** @throws UsageError `BAD_VALUE` */
function engineOf(word: string): DdlEngine {
  const engine = DDL_ENGINES.find(name => name === word.toLowerCase());
  if (engine) return engine;
  throw new UsageError(
    'BAD_VALUE',
    unknownWord('engine', word, DDL_ENGINES),
    `one of ${DDL_ENGINES.join(', ')}`,
  );
}
