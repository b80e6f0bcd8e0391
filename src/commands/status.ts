/** `offtrail status`: what the index holds and what it could not read. */

import type { Cell } from '../output/cell.js';
import { printableJson } from '../output/escape.js';
import type { Format } from '../output/rows.js';
import { runSql } from '../query/run.js';
import { FAILED_FILES, REJECTED_RECORDS, status } from '../query/status.js';
import type { Db } from '../store/open.js';
import { EXIT, numberText, print, printRows, say, withIndex } from './context.js';

export interface StatusArguments {
  db: string | undefined;
  format: Format;
  failed: boolean;
  rejected: boolean;
  /** Compares the index with itself, and with `files` the log files with it. */
  verify: boolean;
  files: boolean;
}

async function runVerify(index: Db, format: Format, files: boolean): Promise<number> {
  const { verify } = await import('../ingest/verify.js');
  const { checks, findings, more } = await verify(index, { files });
  const isSound = findings.length === 0;
  if (format === 'json' || format === 'jsonl') {
    const text = JSON.stringify({ isSound, checks, findings, more }, null, format === 'json' ? 2 : 0);
    await print(`${printableJson(text)}\n`);
    return isSound ? EXIT.ok : EXIT.incomplete;
  }
  const n = numberText;
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

/** Event sources that are shown. */
const SOURCES = 15;

export async function runStatus({
  db,
  format,
  failed,
  rejected,
  verify,
  files: withFiles,
}: StatusArguments): Promise<number> {
  return withIndex(db, async index => {
    if (verify || withFiles) return runVerify(index, format, withFiles);
    if (failed || rejected) {
      await printRows(runSql(index, { text: failed ? FAILED_FILES : REJECTED_RECORDS, params: [] }), format);
      return EXIT.ok;
    }
    const { files, reasons, records, places, sources, run } = status(index);
    if (format === 'json' || format === 'jsonl') {
      await print(
        `${printableJson(JSON.stringify({ files, reasons, records, places, sources, run }, null, format === 'json' ? 2 : 0))}\n`,
      );
      return EXIT.ok;
    }
    const n = numberText;
    const section = (columns: string[], rows: Cell[][]) =>
      printRows({ columns, rows: rows.values() }, format);
    await print(
      `files    ${n(files.total)} = ${n(files.indexed)} indexed (${n(files.damaged)} damaged) + ${n(files.skipped)} skipped + ${n(files.failed)} failed\n`,
    );
    await print(
      `records  ${n(records.total)} = ${n(records.stored)} stored + ${n(records.duplicate)} duplicate + ${n(records.rejected)} rejected\n`,
    );
    if (records.conflicting > 0)
      await print(`         ${n(records.conflicting)} stored records share an eventID with other content\n`);
    if (records.untimed > 0)
      await print(
        `         ${n(records.untimed)} stored records have no eventTime that can be read: no range of time has them\n`,
      );
    if (run && !run.finished)
      await print('         the last ingest did not finish: run it again to complete the index\n');
    await print('\n');
    await section(
      ['state', 'reason or shape', 'files'],
      reasons.map(r => [r.state, r.reason, n(r.files)]),
    );
    await print('\n');
    await section(
      ['account', 'region', 'events', 'first event', 'last event'],
      places.map(p => [p.account, p.region, n(p.events), p.first, p.last]),
    );
    await print('\n');
    await section(
      ['event source', 'events'],
      sources.slice(0, SOURCES).map(s => [s.eventsource, n(s.events)]),
    );
    if (sources.length > SOURCES)
      await print(`and ${n(sources.length - SOURCES)} more: offtrail top service --limit all\n`);
    return EXIT.ok;
  });
}
