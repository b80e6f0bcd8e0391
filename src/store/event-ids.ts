/** Events by their eventID, of which the index `event_eventid` has the beginning alone. */

import type { Db } from './open.js';

/** The condition on `event` for an eventID, which is given twice. */
export const HAS_EVENT_ID = 'substr(eventid, 1, 8) = substr(?, 1, 8) AND eventid = ?';

/** The statement that gives the ids of events with an eventID, which is given twice. */
export const EVENTS_WITH_ID = `SELECT id FROM event WHERE ${HAS_EVENT_ID} ORDER BY id`;

/** More eventIDs than this that begin alike are found by an index on all of each: they are not random, as CloudTrail's are. */
const MOST_ALIKE = 200;

/**
 * Looks stored events up by their eventIDs, however many begin alike.
 * @param columns of `event AS e JOIN kind AS k`, `e.eventid` among them
 * @param most events that are given at most
 */
export function createIdFinder<Row extends { eventid: string | null }>(
  db: Db,
  columns: string,
  most: number,
): (eventId: string) => Row[] {
  const statement = (condition: string, limit: number) =>
    db.prepare<[string], Row>(
      `SELECT ${columns} FROM event AS e JOIN kind AS k ON k.id = e.kind_id WHERE ${condition} LIMIT ${limit}`,
    );
  const byStart = statement('substr(e.eventid, 1, 8) = substr(?, 1, 8)', MOST_ALIKE + 1);
  let byId: ReturnType<typeof statement> | undefined;
  return eventId => {
    if (!byId) {
      const found = byStart.all(eventId);
      if (found.length <= MOST_ALIKE) return found.filter(row => row.eventid === eventId).slice(0, most);
      // Few indexes need it, so the first ingest that does builds it.
      db.exec('CREATE INDEX IF NOT EXISTS event_whole_id ON event (eventid)');
      byId = statement('e.eventid = ?', most);
    }
    return byId.all(eventId);
  };
}
