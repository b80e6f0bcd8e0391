/** `offtrail show <eventID or request id>`: the whole record, where it came from, and the access log’s side of the request. */

import { OfftrailError, UsageError } from '../errors.js';
import type { RequestDifference, RequestLine } from '../query/access/requests.js';
import type { RequestSides } from '../query/access/sides.js';
import type { Source } from '../query/event-summary.js';
import type { Db } from '../query/open.js';
import type { ShownEvent } from '../query/show.js';
import type { Value } from '../query/sqlite.js';
import { flag, SCREEN, TEXT } from './options.js';
import { EXIT, print, printRows, say, sayError, withIndex } from './terminal.js';
import { verb } from './verb.js';

export const show = verb({
  name: 'show',
  words: {
    name: 'id',
    many: true,
    description:
      'an eventID, or enough of its beginning that no other has it; or a whole request id; several are shown in turn',
  },
  summary: 'events and access log lines, whole, and the files they came from',
  description:
    'Events, whole, and the files they came from; with the S3 access log lines of the same request, and what the two say differently.',
  examples: [
    ['offtrail show 4e618bc4', 'by the beginning of its eventID'],
    ['offtrail show 4e618bc4 --raw', 'the exact bytes of the original file'],
    ['offtrail show 764396BAF9DDDC58', 'both sides of a request to S3, by its request id'],
  ],
  options: {
    raw: flag('the exact bytes from the original file, if it is still there with the recorded hash'),
    ...TEXT,
    pager: SCREEN.pager,
  },
  async run({ words: ids, options: { db, raw, format } }) {
    if (raw && format !== 'text')
      throw new UsageError(
        'BAD_ARGUMENTS',
        '--raw prints bytes as they are, without a --format',
        'leave out one of them',
      );
    const { sayHidden } = await import('./notes.js');
    return withIndex(db, async index => {
      const rows: Value[][] = [];
      let code: number = EXIT.ok;
      let isMissing = false;
      for (const id of ids) {
        try {
          for (const shown of await shownBy(index, id)) {
            if (format === 'text') await printShown(shown, raw === true);
            else rows.push(rowOf(shown));
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
      if (code !== EXIT.ok && ids.length === 1) return code;
      if (format !== 'text')
        await printRows({ columns: COLUMNS, nested: NESTED, rows: rows.values() }, format);
      return code;
    });
  },
});

/** An event, with the access log lines of its request; or lines that no event goes with. */
interface Shown extends Pick<RequestSides, 'lines' | 'differences'> {
  event: ShownEvent | undefined;
}

/**
 * What an id stands for: events by their eventID, else a request.
 * @throws UsageError `NO_SUCH_EVENT`, `AMBIGUOUS_ID`
 */
async function shownBy(index: Db, id: string): Promise<Shown[]> {
  const [{ showEvent }, { otherSide, requestSides }] = await Promise.all([
    import('../query/show.js'),
    import('../query/access/sides.js'),
  ]);
  try {
    return showEvent(index, id).map(event => ({ event, ...otherSide(index, event.eventRowid) }));
  } catch (error) {
    if (!(error instanceof OfftrailError)) throw error;
    const sides = requestSides(index, id);
    if (!sides) throw error;
    const { events, lines, differences } = sides;
    if (events.length === 0) return [{ event: undefined, lines, differences }];
    // What the request has once stands with the last of its events.
    return events.map((event, i) =>
      i < events.length - 1 ? { event, lines: [], differences: [] } : { event, lines, differences },
    );
  }
}

const COLUMNS = ['record', 'sources', 'is_conflicting', 'marks', 'evidence', 'access_log', 'differences'];
const NESTED = COLUMNS.map(name => name !== 'is_conflicting' && name !== 'evidence');

/** The record as it was written: a number that is read and printed again could be another one. */
function rowOf({ event, lines, differences }: Shown): Value[] {
  const sides = [JSON.stringify(lines), JSON.stringify(differences)];
  if (!event) return [null, null, null, null, null, ...sides];
  const { record, sources, conflicting, marks, evidence } = event;
  return [record, JSON.stringify(sources), conflicting ? 1 : 0, JSON.stringify(marks), evidence, ...sides];
}

async function printShown({ event, lines, differences }: Shown, raw: boolean): Promise<void> {
  if (event) await printEvent(event, raw);
  // The exact bytes of a record are followed by nothing else.
  if (!event || !raw) await printLines(lines, differences);
}

async function printLines(
  lines: readonly RequestLine[],
  differences: readonly RequestDifference[],
): Promise<void> {
  const { printable } = await import('../output/escape.js');
  for (const { line, path, ordinal } of lines) {
    await print(`${printable(line)}\n`);
    say(`from ${path}, line ${ordinal + 1}`);
  }
  for (const { of, accessLog, cloudTrail } of differences)
    say(`they differ in ${of}: ${accessLog ?? '-'} in the access log, ${cloudTrail ?? '-'} in CloudTrail`);
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
  const { rawRecord } = await import('../query/raw-record.js');
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
