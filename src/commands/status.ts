/** `offtrail status`: what the index holds and what it could not read. */

import type { Cell } from '../output/cell.js';
import { printableJson } from '../output/escape.js';
import type { Format } from '../output/rows.js';
import { runSql } from '../query/run.js';
import { FAILED_FILES, REJECTED_RECORDS, status } from '../query/status.js';
import { EXIT, numberText, print, printRows, withIndex } from './context.js';

export interface StatusArguments {
  db: string | undefined;
  format: Format;
  failed: boolean;
  rejected: boolean;
}

/** Event sources that are shown. */
const SOURCES = 15;

export async function runStatus({ db, format, failed, rejected }: StatusArguments): Promise<number> {
  return withIndex(db, async index => {
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
