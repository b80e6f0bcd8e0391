/** `offtrail show <eventID>`: the whole record, and where it came from. */

import { OfftrailError } from '../errors.js';
import { indented } from '../json-text.js';
import { printableJson } from '../output/escape.js';
import type { Source } from '../query/event-summary.js';
import { MARK_TEXTS } from '../query/marks.js';
import { rawRecord, showEvent } from '../query/show.js';
import type { Db } from '../store/open.js';
import { EXIT, print, say, sayError, withIndex } from './context.js';

/** Shows the events in turn; one that cannot be shown does not keep the others back. */
export async function runShow({
  db,
  eventIds,
  raw,
}: {
  db: string | undefined;
  eventIds: readonly string[];
  raw: boolean;
}): Promise<number> {
  return withIndex(db, async index => {
    let code: number = EXIT.ok;
    for (const eventId of eventIds) {
      try {
        await printEvent(index, eventId, raw);
      } catch (error) {
        if (!(error instanceof OfftrailError) || eventIds.length === 1) throw error;
        sayError(error);
        code = EXIT.failed;
      }
    }
    return code;
  });
}

async function printEvent(index: Db, eventId: string, raw: boolean): Promise<void> {
  for (const { record, sources, conflicting, marks } of showEvent(index, eventId)) {
    if (raw) {
      const bytes = await firstRaw(sources);
      if (process.stdout.isTTY) await print(`${printableJson(bytes.toString('utf8'))}\n`);
      else {
        process.stdout.write(bytes);
        await print('\n');
      }
    } else {
      await print(`${printableJson(indented(record))}\n`);
    }
    for (const mark of marks) say(MARK_TEXTS[mark]);
    if (conflicting) say('another record has this eventID and other content');
    for (const [i, { path, ordinal }] of sources.entries()) {
      say(`${i === 0 ? 'from' : 'also in'} ${path}, record ${ordinal + 1}`);
    }
  }
}

/** The bytes from the first of the record's files that still has them. */
async function firstRaw(sources: Source[]): Promise<Buffer> {
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
