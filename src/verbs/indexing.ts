/** The verbs that make and keep an index: ingest, reindex, status. */

import type { Argv, Options } from 'yargs';
import { InputError } from '../errors.js';
import type { Format } from '../output/rows.js';
import { type Command, db, format, words } from './shared.js';

const INGEST_EPILOGUE = `Reads .json.gz, .json, .gz and .jsonl whatever their names: trail files in any part of an AWSLogs tree, JSON lines, lookup-events output, Event history downloads, EventBridge and CloudWatch Logs forms. A second run reads only what is new or has changed.

Exit code: 0 everything was read; 1 finished, but something could not be read (see offtrail status); 2 could not run, or was stopped.`;

const ingestOptions: Record<string, Options> = {
  db,
  jobs: { type: 'number', requiresArg: true, description: 'reading threads [default: the cores]' },
  'max-record-mb': {
    type: 'number',
    default: 16,
    requiresArg: true,
    description: 'a longer record is rejected',
  },
  'max-file-gb': {
    type: 'number',
    default: 16,
    requiresArg: true,
    description: 'reading a file stops after so much inflated text',
  },
};
const statusOptions: Record<string, Options> = {
  failed: {
    type: 'boolean',
    description: 'every file that was skipped, failed or is damaged, with its reason',
  },
  rejected: { type: 'boolean', description: 'every rejected record, with its reason and its text' },
  verify: {
    type: 'boolean',
    description:
      'compare every record, column and count of the index with what was read; exit code 1 where one differs',
  },
  files: {
    type: 'boolean',
    description: 'the same, and read the log files again: whether they are still those that were indexed',
  },
  db,
  format,
};
export const INDEXING_OPTIONS = { ...ingestOptions, ...statusOptions };

/** Adds them to the parser. */
export function indexingVerbs(y: Argv, command: Command): Argv {
  return y
    .command(
      'ingest [inputs..]',
      'index log files, folders or globs',
      y =>
        y
          .positional('inputs', { type: 'string', array: true, description: 'files, folders and globs' })
          .options(ingestOptions)
          .usage('offtrail ingest <inputs..> [options]\n\nIndex log files, folders or globs.')
          .epilogue(INGEST_EPILOGUE),
      command(async args => {
        const { runIngest } = await import('../commands/ingest.js');
        return runIngest({
          inputs: words(args, 'inputs'),
          db: args.db as string | undefined,
          jobs: args.jobs as number | undefined,
          maxRecordMb: positive(args.maxRecordMb, '--max-record-mb'),
          maxFileGb: positive(args.maxFileGb, '--max-file-gb'),
        });
      }),
    )
    .command(
      'reindex',
      'build the indexes anew from the stored events',
      y =>
        y
          .options({ db })
          .usage(
            'offtrail reindex [options]\n\nBuild the indexes, that for text included, anew from the stored events.',
          ),
      command(async args => {
        const { runReindex } = await import('../commands/reindex.js');
        return runReindex({ db: args.db as string | undefined });
      }),
    )
    .command(
      'status',
      'what the index holds, and what could not be read',
      y =>
        y
          .options(statusOptions)
          .conflicts('failed', ['rejected', 'verify', 'files'])
          .conflicts('rejected', ['verify', 'files'])
          .usage('offtrail status [options]\n\nWhat the index holds, and what could not be read.'),
      command(async args => {
        const { runStatus } = await import('../commands/status.js');
        return runStatus({
          db: args.db as string | undefined,
          format: args.format as Format,
          failed: args.failed === true,
          rejected: args.rejected === true,
          verify: args.verify === true,
          files: args.files === true,
        });
      }),
    );
}

function positive(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value > 0))
    throw new InputError('BAD_LIMIT', `${name} must be a number above 0`);
  return value;
}
