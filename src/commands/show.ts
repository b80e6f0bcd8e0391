/** `offtrail show <eventID>`: the whole record, and where it came from. */

import { OfftrailError, UsageError } from '../errors.js';
import type { Source } from '../query/event-summary.js';
import type { ShownEvent } from '../query/show.js';
import type { Value } from '../query/sqlite.js';
import { flag, SCREEN, TEXT } from './options.js';
import { EXIT, print, printRows, say, sayError, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const show = verb({
  name: 'show',
  words: {
    name: 'event-id',
    many: true,
    description: 'an eventID, or enough of its beginning that no other has it; several are shown in turn',
  },
  summary: 'events, whole, and the files they came from',
  description: 'Events, whole, and the files they came from.',
  examples: [
    ['offtrail show 4e618bc4', 'by the beginning of its eventID'],
    ['offtrail show 4e618bc4 --raw', 'the exact bytes of the original file'],
  ],
  options: {
    raw: flag('the exact bytes from the original file, if it is still there with the recorded hash'),
    ...TEXT,
    pager: SCREEN.pager,
  },
  async run({ words: eventIds, options: { db, raw, format } }) {
    if (raw && format !== 'text')
      throw new UsageError(
        'BAD_ARGUMENTS',
        '--raw prints bytes as they are, without a --format',
        'leave out one of them',
      );
    const [{ showEvent }, { sayHidden }] = await Promise.all([
      import('../query/show.js'),
      import('./notes.js'),
    ]);
    return withIndex(db, async index => {
      const rows: Value[][] = [];
      let code: number = EXIT.ok;
      let isMissing = false;
      for (const eventId of eventIds) {
        try {
          for (const event of showEvent(index, eventId)) {
            if (format === 'text') await printEvent(event, raw === true);
            else rows.push(rowOf(event));
          }
        } catch (error) {
          // One that cannot be shown does not keep the others back.
          if (!(error instanceof OfftrailError)) throw error;
          sayError(error);
          isMissing ||= error.code === 'NO_SUCH_EVENT';
          code = EXIT.failed;
        }
      }
      if (isMissing) await sayHidden(index, {}, { found: false, isWhole: false });
      if (code !== EXIT.ok && eventIds.length === 1) return code;
      if (format !== 'text')
        await printRows({ columns: COLUMNS, nested: NESTED, rows: rows.values() }, format);
      return code;
    });
  },
});

const COLUMNS = ['record', 'sources', 'is_conflicting', 'marks', 'evidence'];
const NESTED = COLUMNS.map(name => name !== 'is_conflicting' && name !== 'evidence');

/** The record as it was written: a number that is read and printed again could be another one. */
function rowOf({ record, sources, conflicting, marks, evidence }: ShownEvent): Value[] {
  return [record, JSON.stringify(sources), conflicting ? 1 : 0, JSON.stringify(marks), evidence];
}

async function printEvent(event: ShownEvent, raw: boolean): Promise<void> {
  const [{ MARK_TEXTS }, { VERDICTS }] = await Promise.all([
    import('../query/marks.js'),
    import('../cloudtrail/digest.js'),
  ]);
  await printRecord(event, raw);
  for (const mark of event.marks) say(MARK_TEXTS[mark]);
  if (event.conflicting) say('another record has this eventID and other content');
  for (const [i, { path, ordinal }] of event.sources.entries())
    say(`${i === 0 ? 'from' : 'also in'} ${path}, record ${ordinal + 1}`);
  if (event.evidence !== 'none')
    say(`  that file is ${event.evidence}: ${VERDICTS[event.evidence]}; see offtrail verify`);
}

async function printRecord({ record, sources }: ShownEvent, raw: boolean): Promise<void> {
  const [{ printableJson }, { indented }] = await Promise.all([
    import('../output/escape.js'),
    import('../json-text.js'),
  ]);
  if (!raw) return print(`${printableJson(indented(record))}\n`);
  const bytes = await firstRaw(sources);
  if (process.stdout.isTTY) return print(`${printableJson(bytes.toString('utf8'))}\n`);
  process.stdout.write(bytes);
  return print('\n');
}

/** The bytes from the first of the record's files that still has them. */
async function firstRaw(sources: readonly Source[]): Promise<Buffer> {
  const { rawRecord } = await import('../query/show.js');
  let failure: unknown;
  for (const source of sources) {
    try {
      return await rawRecord(source);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}
