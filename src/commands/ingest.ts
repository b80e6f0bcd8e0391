/** `offtrail ingest`: index log files, show how it goes, say what could not be read. */

import { UsageError } from '../errors.js';
import type { Flaws } from '../ingest/flaws.js';
import type { IngestSummary, Limits, Progress, Timings } from '../ingest/ingest.js';
import { flag, TEXT, text } from './options.js';
import { leftText, type ProgressTexts, withProgress } from './progress.js';
import { counted, EXIT, indexPath, numberText as n, printValue, say, warn } from './terminal.js';
import { verb } from './verb.js';

export const ingest = verb({
  name: 'ingest',
  words: { name: 'inputs', many: true, description: 'files, folders and globs' },
  summary: 'index log files, folders or globs',
  description: 'Index log files, folders or globs.',
  notes: [
    'Reads .json.gz, .json, .gz and .jsonl, whatever their names: trail files in any part of an AWSLogs tree, JSON lines, lookup-events output, Event history downloads, EventBridge and CloudWatch Logs forms. A second run reads only files that are new or have changed, by size and modification time; --check also compares the content.',
    'Digest files are kept with every member, and their signatures where they are found: as <digest>.json.gz.metadata.json beside the digest, or with --metadata in files whose objects have the Key of their digest. offtrail verify says what they prove.',
    'Events stay when their file is cut, damaged or replaced: they are marked (is_removed) and listed by offtrail status --removed.',
    'Exit code: 0 everything was read; 1 finished, but some of the files, unchanged ones included, could not be read, are damaged, gave records that could not be stored, or lack events they once held (see offtrail status); 2 could not run, or was stopped.',
  ],
  examples: [
    ['offtrail ingest ./AWSLogs', 'index a downloaded tree, or bring the index up to date with it'],
    [
      "offtrail ingest 'AWSLogs/*/CloudTrail/us-east-1/2019/**/*.json.gz' --db case.db",
      'one region and year',
    ],
  ],
  options: {
    jobs: {
      type: 'number',
      requiresArg: true,
      description: 'reading threads [default: number of cores; none for little]',
    },
    'max-record-mb': {
      type: 'number',
      default: 16,
      requiresArg: true,
      description: 'reject longer records',
    },
    'max-file-gb': {
      type: 'number',
      default: 16,
      requiresArg: true,
      description: 'stop reading a file after this much inflated text',
    },
    metadata: {
      ...text('what aws s3api head-object printed for digest files: a file, or a folder of them'),
      array: true,
    },
    check: flag('also read files that look unchanged, and index those again whose content differs'),
    replace: flag('delete the events that the files no longer hold'),
    'only-new': flag('let messages and exit code speak only of what this run read, not of unchanged files'),
    timings: flag('say how long each part took'),
    ...TEXT,
  },
  /** Runs an ingest; Ctrl-C stops it and leaves a sound index. */
  async run({ words: inputs, options }) {
    const { ingest } = await import('../ingest/ingest.js');
    const limits: Limits = {
      maxRecordBytes: Math.round(positive(options.maxRecordMb, '--max-record-mb') * 2 ** 20),
      maxFileBytes: Math.round(positive(options.maxFileGb, '--max-file-gb') * 2 ** 30),
    };
    const index = indexPath(options.db);
    const summary: IngestSummary = await withProgress(PROGRESS, (signal, onProgress) =>
      ingest({
        inputs: [...inputs, ...(options.metadata ?? [])],
        db: index,
        limits,
        check: options.check === true,
        replace: options.replace === true,
        signal,
        onProgress,
        ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      }),
    );
    const onlyNew = options.onlyNew === true;
    report(summary, index, onlyNew);
    if (options.timings) sayTimings(summary);
    if (options.format !== 'text') await printValue({ index, ...summary }, options.format);
    if (summary.interrupted) return EXIT.failed;
    const flaws = [summary, ...(onlyNew ? [] : [summary.known])];
    const isSound =
      summary.failed + summary.unreadable.length === 0 &&
      flaws.every(({ damaged, rejected, suspect, removed }) => damaged + rejected + suspect + removed === 0);
    return isSound ? EXIT.ok : EXIT.incomplete;
  },
});

function positive(value: number, name: string): number {
  if (!(value > 0)) throw new UsageError('BAD_LIMIT', `${name} must be a number above 0`);
  return value;
}

/** The two sums that hold by construction, and what stands out. */
function report(summary: IngestSummary, index: string, onlyNew: boolean): void {
  const { files, indexed, unchanged, skipped, failed, records, stored, duplicate, rejected, known } = summary;
  say(
    `${counted(files, 'file')} = ${n(indexed)} indexed + ${n(unchanged)} unchanged + ${n(skipped)} skipped + ${n(failed)} failed`,
  );
  say(
    `${counted(records, 'record')} read = ${n(stored)} stored + ${n(duplicate)} duplicate + ${n(rejected)} rejected`,
  );
  if (skipped > 0) say(`${counted(skipped, 'file')} skipped, with the reason: see offtrail status --failed`);
  if (failed > 0) warn(`${counted(failed, 'file')} could not be read: see offtrail status --failed`);
  sayFlaws(summary, {
    damaged: count => `${counted(count, 'of the indexed files is', 'of the indexed files are')} damaged`,
    rejected: count => `${counted(count, 'record')} could not be stored`,
    suspect: count =>
      `${counted(count, 'stored record comes', 'stored records come')} from files whose checksum does not hold (is_suspect)`,
    removed: count =>
      `${counted(count, 'event is no longer in its file; it is', 'events are no longer in their files; they are')} kept (is_removed)`,
  });
  if (!onlyNew)
    sayFlaws(known, {
      damaged: count =>
        `${counted(count, 'of the unchanged files is', 'of the unchanged files are')} damaged`,
      rejected: count => `${counted(count, 'record')} of the unchanged files could not be stored`,
      suspect: count =>
        `${counted(count, 'record of the unchanged files comes', 'records of the unchanged files come')} with a checksum that does not hold (is_suspect)`,
      removed: count =>
        `${counted(count, 'event is no longer in the unchanged files; it is', 'events are no longer in the unchanged files; they are')} kept (is_removed)`,
    });
  if (summary.conflicting > 0) {
    say(
      `${counted(summary.conflicting, 'record has', 'records have')} the eventID of another record with other content; both are kept (is_conflicting)`,
    );
  }
  if (summary.repaired > 0)
    say(
      `${counted(summary.repaired, 'part of the indexes for text and columns was', 'parts of the indexes for text and columns were')} damaged or of an older form${summary.interrupted ? '' : ', and built again'}`,
    );
  for (const { path, reason } of summary.unreadable) warn(`passed over: ${path}: ${reason}`);
  if (summary.interrupted) warn('stopped; what was stored stays, run the same command again to go on');
  else say(`${index} is ready, ${summary.seconds.toFixed(1)} s`);
}

const PARTS: Readonly<Record<keyof Timings, string>> = {
  walk: 'looking for files',
  compare: 'comparing them with the ledger',
  read: 'reading and storing',
  store: 'storing, while files are read',
  link: 'bringing what was loaded into the index',
  index: 'building indexes',
  settle: 'writing to the disk for good',
};

function sayTimings({ timings, records }: IngestSummary): void {
  for (const [part, text] of Object.entries(PARTS) as Array<[keyof Timings, string]>) {
    const rate =
      part === 'read' && timings.read > 0 ? `, ${n(Math.round(records / timings.read))} records/s` : '';
    say(`${timings[part].toFixed(2).padStart(8)} s  ${text}${rate}`);
  }
}

/** Where each flaw is listed. */
const SEE: Readonly<Record<keyof Flaws, string>> = {
  damaged: ': see offtrail status --failed',
  rejected: ': see offtrail status --rejected',
  suspect: '',
  removed: ': see offtrail status --removed; ingest --replace deletes them',
};

function sayFlaws(flaws: Flaws, texts: Readonly<Record<keyof Flaws, (count: number) => string>>): void {
  for (const flaw of ['damaged', 'rejected', 'suspect', 'removed'] as const)
    if (flaws[flaw] > 0) warn(`${texts[flaw](flaws[flaw])}${SEE[flaw]}`);
}

const PROGRESS: ProgressTexts<Progress> = {
  format: '{percentage}%  {files} files  {records} records  {rate} records/s  {left}',
  share: ({ bytes, bytesDone }) => ({ done: bytesDone, total: Math.max(bytes, 1) }),
  fields({ phase, bytes, bytesDone, filesDone, files, records, seconds }) {
    const share = bytesDone / Math.max(bytes, 1);
    return {
      files: `${n(filesDone)}/${n(files)}`,
      records: n(records),
      rate: n(Math.round(records / Math.max(seconds, 0.001))),
      left: phase === 'index' ? 'building indexes' : leftText(share, seconds),
    };
  },
  line: ({ files, filesDone, records, seconds }) =>
    `${n(filesDone)} of ${n(files)} files, ${n(records)} records, ${Math.round(seconds)} s`,
  now: ({ phase }) => (phase === 'index' ? 'building indexes' : undefined),
};
