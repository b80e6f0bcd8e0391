/** `offtrail show <eventID>`: the whole record, and where it came from. */

import { indented } from '../json-text.js';
import { printableJson } from '../output/escape.js';
import type { Source } from '../query/event-summary.js';
import { rawRecord, showEvent } from '../query/show.js';
import { EXIT, print, say, withIndex } from './context.js';

export async function runShow({
  db,
  eventId,
  raw,
}: {
  db: string | undefined;
  eventId: string;
  raw: boolean;
}): Promise<number> {
  return withIndex(db, async index => {
    for (const { record, sources, conflicting } of showEvent(index, eventId)) {
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
      if (conflicting) say('another record has this eventID and other content');
      for (const [i, { path, ordinal }] of sources.entries()) {
        say(`${i === 0 ? 'from' : 'also in'} ${path}, record ${ordinal + 1}`);
      }
    }
    return EXIT.ok;
  });
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
