/** What the name of an export says: one file in the form of its ending, or a folder. */

import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { LogSource } from '../query/log-source.js';

/**
 * - `lake`: a folder of Parquet files, in Hive's partitions
 * - `parquet`: one Parquet file
 * - `csv`, `jsonl`: a row for each event or line
 * - `records`: CloudTrail's own form, `{"Records":[…]}`
 * - `lines`: lines of access logs as they were written
 */
export type ExportForm = 'lake' | 'parquet' | 'csv' | 'jsonl' | 'records' | 'lines';

interface Ending {
  ending: string;
  form: ExportForm;
  /** The one source that has this form; both have where it is absent. */
  only?: LogSource;
  /** Whether `.gz` may follow. */
  canGzip: boolean;
}

/** The one list of the endings of files. */
export const ENDINGS: readonly Ending[] = [
  { ending: '.parquet', form: 'parquet', canGzip: false },
  { ending: '.csv', form: 'csv', canGzip: true },
  { ending: '.jsonl', form: 'jsonl', canGzip: true },
  { ending: '.json', form: 'records', only: 'cloudtrail', canGzip: true },
  { ending: '.log', form: 'lines', only: 'access-logs', canGzip: true },
];

/** The endings, as messages name them. */
export const ENDING_TEXTS: readonly string[] = ENDINGS.flatMap(({ ending, canGzip }) =>
  canGzip ? [ending, `${ending}.gz`] : [ending],
);

export interface Target {
  path: string;
  form: ExportForm;
  isGzip: boolean;
}

/**
 * What is to be written, and where.
 * @throws UsageError `BAD_VALUE` for a name that says no form, or one that the source does not have
 */
export function targetOf(to: string, source: LogSource): Target {
  if (to === '' || to === '-')
    throw new UsageError(
      'BAD_VALUE',
      `an export is a file or a folder, not ${JSON.stringify(to)}`,
      'name one; offtrail events prints to stdout',
    );
  const there = lstatSync(to, { throwIfNoEntry: false });
  const name = basename(to).toLowerCase();
  const isFolder = /[\\/]$/.test(to) || there?.isDirectory() === true;
  const isGzip = name.endsWith('.gz');
  const plain = isGzip ? name.slice(0, -'.gz'.length) : name;
  const known = ENDINGS.find(
    ({ ending, canGzip }) => plain.endsWith(ending) && plain !== ending && (canGzip || !isGzip),
  );
  if (known && isFolder && there)
    throw new UsageError('BAD_VALUE', `${to} is a folder, and its name that of a file`, 'name another');
  if (!known || isFolder) {
    const ending = /.(\.[a-z][a-z0-9]*)+$/.exec(name)?.[0].slice(1);
    if (!isFolder && ending !== undefined) throw unknownEnding(to, ending);
    if (there && !isFolder)
      throw new UsageError('BAD_VALUE', `${to} is a file, and not a folder`, 'name another folder');
    return { path: to, form: 'lake', isGzip: false };
  }
  if (known.only !== undefined && known.only !== source)
    throw new UsageError(
      'BAD_VALUE',
      known.only === 'cloudtrail'
        ? `${known.ending} is CloudTrail’s own form, which lines of access logs do not have`
        : `${known.ending} is lines of access logs as they were written, which events are not`,
      known.only === 'cloudtrail'
        ? 'name a file that ends in .log, .jsonl, .csv or .parquet'
        : 'ask `source` access-logs, or name a file that ends in .json.gz, .jsonl, .csv or .parquet',
    );
  return { path: to, form: known.form, isGzip };
}

function unknownEnding(to: string, ending: string): UsageError {
  const near = nearest(ending, ENDING_TEXTS);
  return new UsageError(
    'BAD_VALUE',
    `no form of export ends in ${ending}`,
    `${near === undefined ? '' : `did you mean ${near}? `}one of ${ENDING_TEXTS.join(', ')}; for a folder of this name write ${to}/`,
  );
}
