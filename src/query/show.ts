/** One event, whole: its record, and the files it came from. */

import type { Verdict } from '../cloudtrail/digest.js';
import { UsageError } from '../errors.js';
import { EVENTS_WITH_ID } from '../store/event-ids.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import { createColumn, createSources, type Source } from './event-summary.js';
import { createMarks, type Mark } from './marks.js';

export interface ShownEvent {
  /** Its `event_rowid` in `cloudtrail_logs`. */
  eventRowid: number;
  /** The record as JSON text, minified, otherwise as CloudTrail wrote it. */
  record: string;
  /** The file it was stored from, then those that held it again. */
  sources: Source[];
  /** True where another record has the same eventID and other content. */
  conflicting: boolean;
  /** `suspect` where its file's checksum does not hold, `removed` where its file holds it no longer. */
  marks: Mark[];
  /** What CloudTrail’s digests say of the file it was stored from. */
  evidence: Verdict;
}

/**
 * The events with this eventID, or with the only one that begins so: one, or several where accounts share it or copies
 * differ.
 * @throws UsageError `NO_SUCH_EVENT`, `AMBIGUOUS_ID`
 */
export function showEvent(db: Db, eventId: string): ShownEvent[] {
  const withId = (id: string): number[] => prepared(db, EVENTS_WITH_ID).pluck().all(id, id) as number[];
  const exact = withId(eventId);
  return showRows(db, exact.length > 0 ? exact : withId(wholeId(db, eventId)));
}

/** The events of these `event_rowid`s. */
export function showRows(db: Db, ids: readonly number[]): ShownEvent[] {
  const isConflicting = prepared(db, 'SELECT is_conflicting FROM event WHERE id = ?').pluck();
  const recordOf = createRebuilder(db);
  const sourcesOf = createSources(db);
  const marksOf = createMarks(db);
  const evidenceOf = createColumn(db, 'evidence');
  return ids.map(id => ({
    eventRowid: id,
    record: recordOf(id),
    sources: sourcesOf(id),
    conflicting: isConflicting.get(id) === 1,
    marks: marksOf(id),
    evidence: evidenceOf(id) as Verdict,
  }));
}

/** Fewer characters than this are not taken for the beginning of an id. */
const SHORTEST = 4;
/** Ids that are named where several begin so. */
const NAMED = 10;

function wholeId(db: Db, start: string): string {
  const ids =
    start.length < SHORTEST
      ? []
      : db
          .prepare<{ start: string; most: number }, string>(
            `SELECT DISTINCT eventid FROM event
            WHERE substr(eventid, 1, 8) >= substr(:start, 1, 8) AND substr(eventid, 1, 8) < substr(:start, 1, 8) || char(0x10ffff)
              AND eventid >= :start AND eventid < :start || char(0x10ffff)
            ORDER BY eventid LIMIT :most`,
          )
          .pluck()
          // UUIDs are written in lower case.
          .all({ start: start.toLowerCase(), most: NAMED + 1 });
  const [id] = ids;
  if (id === undefined)
    throw new UsageError(
      'NO_SUCH_EVENT',
      `no event has the id ${JSON.stringify(start)}, or one that begins so`,
      `an eventID is a UUID, the eventID column of a search; ${SHORTEST} characters of its beginning are enough where no other has them; a request id must be whole`,
    );
  if (ids.length > 1)
    throw new UsageError(
      'AMBIGUOUS_ID',
      `several events have an id that begins with ${JSON.stringify(start)}`,
      `${ids.slice(0, NAMED).join(' ')}${ids.length > NAMED ? ' …' : ''}`,
    );
  return id;
}
