/** One event, whole: its record, and the files it came from. */

import type { FileResult } from '../batch.js';
import { QueryError } from '../errors.js';
import { BAD_UTF8, readLogFile } from '../read/file.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { createSources, type Source } from './event-summary.js';

export interface ShownEvent {
  /** The record as JSON text, minified, otherwise as CloudTrail wrote it. */
  record: string;
  /** The file it was stored from, then those that held it again. */
  sources: Source[];
  /** True where another record has the same eventID and other content. */
  conflicting: boolean;
}

/**
 * The events with this eventID: one, or several where accounts share it or copies differ.
 * @throws QueryError `NO_SUCH_EVENT`
 */
export function showEvent(db: Db, eventId: string): ShownEvent[] {
  const found = db
    .prepare('SELECT id, is_conflicting AS conflicting FROM event WHERE eventid = ? ORDER BY id')
    .all(eventId) as Array<{ id: number; conflicting: number }>;
  if (found.length === 0) {
    throw new QueryError(
      'NO_SUCH_EVENT',
      `no event has the id ${JSON.stringify(eventId)}`,
      'an eventID is the whole UUID; it is the eventID column of a search',
    );
  }
  const recordOf = createRebuilder(db);
  const sourcesOf = createSources(db);
  return found.map(({ id, conflicting }) => ({
    record: recordOf(id),
    sources: sourcesOf(id),
    conflicting: conflicting === 1,
  }));
}

/**
 * The record's exact bytes from its original file.
 * @throws QueryError `SOURCE_NOT_TEXT`, `SOURCE_GONE`, `SOURCE_CHANGED` where the file is not there, or not as it was indexed
 */
export async function rawRecord({ path, ordinal, sha256 }: Source): Promise<Buffer> {
  let found: Buffer | undefined;
  let file: FileResult | undefined;
  await readLogFile(
    path,
    0,
    {
      add(b, start, end, _members, _minified, origin) {
        if (origin.ordinal === ordinal) found = Buffer.from(b.subarray(start, end));
      },
      reject() {},
      finish(result) {
        file = result;
      },
      waiting: () => 0,
      take: () => [],
    },
    // Whatever was stored was within the limits of its time.
    { maxRecordBytes: Number.MAX_SAFE_INTEGER, maxFileBytes: Number.MAX_SAFE_INTEGER },
    async () => {},
  );
  if (file?.state === 'failed') {
    throw new QueryError('SOURCE_GONE', `cannot read the original file ${path}: ${file.reason}`, WITHOUT_RAW);
  }
  if (sha256 === null) {
    throw new QueryError(
      'SOURCE_CHANGED',
      `${path} has no recorded hash: it was not read to its end`,
      WITHOUT_RAW,
    );
  }
  if (file?.damage === BAD_UTF8) {
    throw new QueryError(
      'SOURCE_NOT_TEXT',
      `${path} has bytes that are not UTF-8; its record was stored with U+FFFD in their place`,
      WITHOUT_RAW,
    );
  }
  if (file?.sha256 !== sha256 || !found) {
    throw new QueryError(
      'SOURCE_CHANGED',
      `${path} has changed since it was indexed: its SHA-256 is not the recorded one`,
      WITHOUT_RAW,
    );
  }
  return found;
}

const WITHOUT_RAW = 'without --raw the record comes from the index';
