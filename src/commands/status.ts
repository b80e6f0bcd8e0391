/** `offtrail status`: what the index holds and what it could not read. */

import type { Cell } from '../output/cell.js';
import type { Format } from '../output/rows.js';
import { runSql } from '../query/sql.js';
import { FAILED_FILES, REJECTED_RECORDS, REMOVED_EVENTS, type Status, status } from '../query/status.js';
import type { Db } from '../store/open.js';
import {
  EXIT,
  incompleteText,
  numberText as n,
  print,
  printJson,
  printRows,
  say,
  withIndex,
} from './context.js';

export interface StatusArguments {
  db: string | undefined;
  format: Format;
  /** The one list to print instead of the overview. */
  list: keyof typeof LISTS | undefined;
  /** Compares the index with itself, and with `files` the log files with it. */
  verify: boolean;
  files: boolean;
}

async function runVerify(index: Db, format: Format, files: boolean): Promise<number> {
  const { verify } = await import('../ingest/verify.js');
  const { checks, findings, more } = await verify(index, { files });
  const isSound = findings.length === 0;
  if (format === 'json' || format === 'jsonl') {
    await printJson({ isSound, checks, findings, more }, format === 'json' ? 2 : 0);
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
  if (more > 0) say(`and ${n(more)} more`);
  say('the index is damaged: keep it if you need it as it is, and ingest the log files into a new one');
  return EXIT.incomplete;
}

const LISTS = { failed: FAILED_FILES, rejected: REJECTED_RECORDS, removed: REMOVED_EVENTS };

/** Event sources that are shown. */
const SOURCES = 15;

export async function runStatus({ db, format, list, verify, files }: StatusArguments): Promise<number> {
  return withIndex(
    db,
    async index => {
      if (verify || files) return runVerify(index, format, files);
      if (list) {
        await printRows(runSql(index, { text: LISTS[list], params: [] }), format);
        return EXIT.ok;
      }
      const found = status(index);
      if (format === 'json' || format === 'jsonl') {
        await printJson(found, format === 'json' ? 2 : 0);
        return EXIT.ok;
      }
      for (const line of overview(found)) await print(`${line}\n`);
      await printSections(found, format);
      return EXIT.ok;
    },
    { saysIncomplete: true },
  );
}

/** The sums of the ledger, and a line for everything that is not as it should be. */
function overview({ files, records, incomplete }: Status): string[] {
  const notes: Array<[count: number, text: string]> = [
    [records.conflicting, 'stored records share an eventID with other content'],
    [records.untimed, 'stored records have no eventTime that can be read: no range of time has them'],
    [records.suspect, 'stored records come from files whose checksum does not hold (is_suspect)'],
    [records.removed, 'more events are no longer in their files: offtrail status --removed'],
    [
      records.rejectedBefore,
      'more records were rejected from earlier versions of files that cannot be read now',
    ],
  ];
  return [
    `files    ${n(files.total)} = ${n(files.indexed)} indexed (${n(files.damaged)} damaged) + ${n(files.skipped)} skipped + ${n(files.failed)} failed`,
    `records  ${n(records.total)} = ${n(records.stored)} stored + ${n(records.duplicate)} duplicate + ${n(records.rejected)} rejected`,
    ...notes.flatMap(([count, text]) => (count > 0 ? [`         ${n(count)} ${text}`] : [])),
    ...(incomplete ? [`         ${incompleteText(incomplete)}`] : []),
  ];
}

async function printSections({ reasons, places, sources }: Status, format: Format): Promise<void> {
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
  await section(
    ['event source', 'events'],
    sources.slice(0, SOURCES).map(s => [s.eventsource, n(s.events)]),
  );
  if (sources.length > SOURCES)
    await print(`and ${n(sources.length - SOURCES)} more: offtrail top service --limit all\n`);
}
