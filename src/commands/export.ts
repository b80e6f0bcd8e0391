/** `offtrail export <target>`: events, or lines of access logs, as files that other programs read. */

import type { Exported, ExportProgress } from '../export/export.js';
import { ENDING_TEXTS } from '../export/target.js';
import { SINGLE_SOURCES } from '../query/log-source.js';
import { flag, given, limitOf, namesOf, order, TEXT, text } from './options.js';
import { leftText, type ProgressTexts, withProgress } from './progress.js';
import { SOURCE, sayMarks, sayNothingThere, sayOfEvents } from './source.js';
import { counted, EXIT, numberText as n, printValue, say, warn, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const exportVerb = verb({
  name: 'export',
  words: { name: 'target', description: `a file that ends in ${ENDING_TEXTS.join(', ')}, or a folder` },
  summary: 'events as files: a Parquet lake, Parquet, CSV, JSON lines, CloudTrail’s own form',
  description:
    'Writes events, or lines of S3 server access logs, into files that other programs read. The ending of the name is the form; a folder becomes a lake of Parquet files.',
  notes: [
    'A folder gets Parquet files below account=…/region=…/year=…/month=…/day=…/, statements that make a table of them for Athena, Trino, Spark, DuckDB and ClickHouse, and a README. What the lake has already stays: a further export adds only what is new. .csv and .jsonl have the columns of cloudtrail_logs, in .jsonl JSON nested as CloudTrail wrote it; .json and .json.gz are CloudTrail’s {"Records":[…]} with the bytes of each record, which offtrail ingest reads back. With --source access-logs, .log and .log.gz are the lines as they were. docs/exporting.md says which form is for what.',
    'In .csv, text that a spreadsheet could take for a formula has an apostrophe before it; all values are in quotes but NULL. The other forms hold every value as it is.',
    'A file appears whole or not at all, also where the export is stopped or the disk is full. One that is there already is replaced only with --force.',
    'Exit code: 0 written; 1 nothing found, and nothing written; 2 error, or stopped.',
  ],
  examples: [
    ["offtrail export deletes.csv --service s3 --event-name 'Delete*'", 'for a spreadsheet'],
    ['offtrail export case.jsonl --search 203.0.113.77', 'every event in which an address occurs'],
    [
      'offtrail export evidence.json.gz --user ana --from 2019-07-05',
      'in the form of CloudTrail’s own files',
    ],
    [
      'offtrail export lines.log.gz --source access-logs --bucket my-bucket',
      'lines of access logs as they were',
    ],
  ],
  hasFilters: true,
  options: {
    search: {
      type: 'string',
      array: true,
      nargs: 1,
      description: 'only events in whose record this text occurs, anywhere; each of several must',
    },
    any: flag('one of several texts is enough'),
    not: { type: 'string', array: true, nargs: 1, description: 'a text that must not occur; repeatable' },
    'case-sensitive': flag('distinguish upper and lower case of texts'),
    word: flag('texts are whole words'),
    regex: flag('texts are regular expressions (RE2: no look-around)'),
    field: text('look for texts in one column only: useragent, errormessage, …'),
    columns: {
      type: 'string',
      array: true,
      requiresArg: true,
      description: 'columns of .csv, .jsonl and .parquet, with spaces or commas between [default: all]',
    },
    source: {
      choices: SINGLE_SOURCES,
      default: 'cloudtrail',
      requiresArg: true,
      description: 'events of CloudTrail, or lines of S3 server access logs',
    },
    status: SOURCE.status,
    limit: text('maximum number of events, or all [default: all]'),
    order: { ...order, default: 'oldest' },
    force: flag('replace a file of this name'),
    ...TEXT,
  },
  async run({ words: [to], options, filters }) {
    const [{ exportTo }, { countSelected }, { saySpellings }] = await Promise.all([
      import('../export/export.js'),
      import('../export/selection.js'),
      import('./notes.js'),
    ]);
    const texts = given({
      search: options.search,
      ...{ any: options.any, not: options.not, caseSensitive: options.caseSensitive },
      ...{ word: options.word, regex: options.regex, field: options.field },
    });
    const query = {
      ...filters,
      ...texts,
      ...given({ status: options.status, columns: options.columns && namesOf(options.columns) }),
      ...limitOf(options.limit),
      ...{ source: options.source, order: options.order, force: options.force === true },
    };
    return withIndex(options.db, async index => {
      const now = new Date();
      const done = await withProgress(PROGRESS, (signal, onProgress) =>
        exportTo(index, to!, { ...query, signal, onProgress }, now),
      );
      saySpellings(done.spellings);
      report(done, to!);
      const { spellings: _, ...summary } = done;
      if (options.format !== 'text') await printValue(summary, options.format);
      if (done.interrupted) return EXIT.failed;
      if (done.rows === 0) {
        if (query.limit !== 0) await sayNothingThere(index, query, filters);
        return EXIT.nothingFound;
      }
      if (done.rows === query.limit) say(`stopped at --limit ${n(done.rows)}; there may be more`);
      await sayOfEvents(index, query, filters, more => countSelected(index, { ...query, ...more }, now));
      await sayMarks(done.marked);
      return EXIT.ok;
    });
  },
});

const PROGRESS: ProgressTexts<ExportProgress> = {
  format: '{rows}{size}  {rate}/s  {left}',
  share: ({ rows, total }) => (total === undefined ? undefined : { done: rows, total }),
  fields: ({ rows, total, bytes, seconds }) => ({
    rows: `${n(rows)}${total === undefined ? '' : ` of ${n(total)}`}`,
    rate: n(Math.round(rows / Math.max(seconds, 0.001))),
    size: megabytes(bytes),
    left: total === undefined ? '' : leftText(rows / total, seconds),
  }),
  line: ({ rows, total, bytes, seconds }) =>
    `${n(rows)}${total === undefined ? '' : ` of ${n(total)}`} written${megabytes(bytes)}, ${Math.round(seconds)} s`,
};

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? '' : `, ${n(Math.round(bytes / 1e6))} MB`;

/** What was written, and what stands out. */
function report(done: Exported, target: string): void {
  const { rows, added, kept, form, source, files, seconds, withoutEnvelope, isCovered } = done;
  const what = (count: number): string => counted(count, source === 'access-logs' ? 'line' : 'event');
  if (done.interrupted)
    warn(
      form === 'lake'
        ? 'stopped; what was written stays in the lake, run the same command again to complete it'
        : 'stopped; nothing was written',
    );
  else if (form === 'lake' && rows > 0)
    say(
      `${target}: ${what(rows)} = ${n(added)} added + ${n(kept)} that the lake had; ${counted(files.length, 'file')}, ${seconds.toFixed(1)} s`,
    );
  else
    for (const { path, bytes, sha256 } of files)
      say(`${path}: ${what(rows)}, ${counted(bytes, 'byte')}, SHA-256 ${sha256}, ${seconds.toFixed(1)} s`);
  if (withoutEnvelope > 0)
    say(
      `${counted(withoutEnvelope, 'record')} stood in something else in the log file (EventBridge, lookup-events, …), which this form does not hold: the column envelope of .jsonl does`,
    );
  if (!isCovered)
    say(
      'the index for text is not complete, so more was read: the next ingest mends it, or offtrail reindex',
    );
}
