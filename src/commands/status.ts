/** `offtrail status`: what the index holds and what it could not read. */

import type { Cell } from '../output/cell.js';
import type { Format } from '../output/rows.js';
import type { Db } from '../query/open.js';
import type { Status } from '../query/status.js';
import { flag, limit, numberOf, ROWS } from './options.js';
import {
  counted,
  EXIT,
  incompleteText,
  numberText as n,
  print,
  printRows,
  printValue,
  say,
  warn,
  withIndex,
} from './terminal.js';
import { verb } from './verb.js';

export const status = verb({
  name: 'status',
  summary: 'what the index holds, and what could not be read',
  description: 'What the index holds, and what could not be read.',
  examples: [
    ['offtrail status', 'files, records, accounts, regions and event sources'],
    ['offtrail status --failed --format csv', 'every file that could not be read, with the reason'],
  ],
  options: {
    failed: flag(
      'every file that was skipped, failed or is damaged, and every path that the last ingest passed over, with the reason',
    ),
    rejected: flag('every rejected record, with its reason and its text'),
    removed: flag('every event that its file once held and no longer holds'),
    verify: flag(
      'compare every record, column and count of the index with what was read; exit code 1 where one differs',
    ),
    files: flag('the same, and read the log files again: whether they are still those that were indexed'),
    limit: { ...limit, default: 'all', description: 'maximum number of rows of a list, or all' },
    ...ROWS,
  },
  conflicts: {
    failed: ['rejected', 'removed', 'verify', 'files'],
    rejected: ['removed', 'verify', 'files'],
    removed: ['verify', 'files'],
  },
  async run({ options }) {
    const { format, verify, files } = options;
    const { ledgerList, status } = await import('../query/status.js');
    const most = numberOf(options.limit);
    return withIndex(
      options.db,
      async index => {
        if (verify || files) return printVerification(index, format, files === true);
        const list = (['failed', 'rejected', 'removed'] as const).find(name => options[name]);
        if (list) {
          await printRows(ledgerList(index, list), format, most);
          return EXIT.ok;
        }
        const answer = status(index);
        if (format === 'json' || format === 'jsonl') {
          await printValue(answer, format);
          return EXIT.ok;
        }
        for (const line of overview(answer)) await print(`${line}\n`);
        await printSections(answer, format);
        return EXIT.ok;
      },
      { saysIncomplete: true },
    );
  },
});

/** Compares the index with itself, and with `files` the log files with it. */
async function printVerification(index: Db, format: Format, files: boolean): Promise<number> {
  const { LOG_FILES, verify } = await import('../ingest/verify.js');
  const { checks, findings, more } = await verify(index, { files });
  const isSound = findings.length === 0;
  if (format === 'json' || format === 'jsonl') {
    await printValue({ isSound, checks, findings, more }, format);
    return isSound ? EXIT.ok : EXIT.incomplete;
  }
  await printRows(
    {
      columns: ['check', 'checked', 'findings'],
      rows: checks.map(c => [c.check, n(c.checked), n(c.findings)]).values(),
    },
    format,
  );
  if (isSound) {
    say('nothing was found');
    return EXIT.ok;
  }
  await print('\n');
  await printRows(
    { columns: ['where', 'problem'], rows: findings.map(f => [f.where, f.problem]).values() },
    format,
  );
  if (more > 0) warn(`and ${n(more)} more`);
  const isDamaged = checks.some(c => c.findings > 0 && c.check !== LOG_FILES);
  if (isDamaged)
    warn('the index is damaged: keep it if you need it as it is, and ingest the log files into a new one');
  else
    warn(
      'the index is sound; what was indexed of these log files is in it: offtrail verify says what digests say of them',
    );
  return EXIT.incomplete;
}

/** Event sources that are shown. */
const SOURCES = 15;

/** The sums of the ledger, and a line for everything that is not as it should be. */
function overview({ files, records, passedOver, repaired, incomplete }: Status): string[] {
  const notes: Array<[count: number, text: string]> = [
    [records.conflicting, 'stored records share an eventID with other content'],
    [records.untimed, 'stored records have no eventTime that can be read: no range of time has them'],
    [records.suspect, 'stored records come from files whose checksum does not hold (is_suspect)'],
    [records.removed, 'more events are no longer in their files: offtrail status --removed'],
    [
      records.rejectedBefore,
      'more records were rejected from earlier versions of files that cannot be read now',
    ],
    [
      repaired,
      'parts of the indexes for text and columns were found damaged or of an older form by an ingest, which builds them again',
    ],
  ];
  return [
    `files    ${n(files.total)} = ${n(files.indexed)} indexed (${n(files.damaged)} damaged) + ${n(files.skipped)} skipped + ${n(files.failed)} failed`,
    `records  ${n(records.total)} = ${n(records.stored)} stored + ${n(records.duplicate)} duplicate + ${n(records.rejected)} rejected`,
    ...notes.flatMap(([count, text]) => (count > 0 ? [`         ${n(count)} ${text}`] : [])),
    ...(passedOver.length > 0
      ? [
          `         ${counted(passedOver.length, 'path was', 'paths were')} passed over by the last ingest: offtrail status --failed`,
        ]
      : []),
    ...(incomplete ? [`         ${incompleteText(incomplete)}`] : []),
  ];
}

/** Buckets of access logs that are shown. */
const BUCKETS = 15;

async function printSections(
  { reasons, places, sources, evidence, accessLogs }: Status,
  format: Format,
): Promise<void> {
  const section = async (columns: string[], rows: Cell[][]): Promise<void> => {
    await print('\n');
    await printRows({ columns, rows: rows.values() }, format);
  };
  await section(
    ['state', 'reason or shape', 'files'],
    reasons.map(r => [r.state, r.reason, n(r.files)]),
  );
  await section(
    ['account', 'region', 'events', 'first event', 'last event'],
    places.map(p => [p.account, p.region, n(p.events), p.first, p.last]),
  );
  await printAccessLogs(accessLogs, section);
  if (evidence.length > 0)
    await section(
      ['evidence', 'files', 'events'],
      evidence.map(e => [e.verdict, n(e.files), n(e.events)]),
    );
  await section(
    ['event source', 'events'],
    sources.slice(0, SOURCES).map(s => [s.eventsource, n(s.events)]),
  );
  if (sources.length > SOURCES)
    await print(`and ${n(sources.length - SOURCES)} more: offtrail top service --limit all\n`);
}

/** Lines of access logs by bucket; nothing where there are none. */
async function printAccessLogs(
  { buckets }: Status['accessLogs'],
  section: (columns: string[], rows: Cell[][]) => Promise<void>,
): Promise<void> {
  if (buckets.length === 0) return;
  await section(
    ['bucket with access logs', 'lines', 'first line', 'last line'],
    buckets.slice(0, BUCKETS).map(b => [b.bucket, n(b.lines), b.first, b.last]),
  );
  const left = buckets.slice(BUCKETS);
  if (left.length > 0)
    await print(
      `and ${n(left.length)} more with ${n(left.reduce((sum, { lines }) => sum + lines, 0))} lines: offtrail status --format json\n`,
    );
}
