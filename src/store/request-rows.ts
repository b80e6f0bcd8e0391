/**
 * Which events and which lines of access logs are of one request: the tables that `s3_requests` is read from. They are
 * derived, and made at the end of an ingest, of what is new; an index without access logs has none of it.
 */

import type { Db } from './open.js';
import { eventsOfRequests, IS_CURRENT, LINE_ORDER, S3_SOURCES } from './requests-view.js';

const TABLES = ['request_event', 'request_event_alone', 'request_line'] as const;

/** The rows of the tables, made of events after some, and of the lines with some request ids. */
const ROWS = {
  request_event: `SELECT requestid, place, events
    FROM (${eventsOfRequests(`e.id > :event AND k.eventsource IN ${S3_SOURCES} AND d.requestid <> ''`)})`,
  request_event_alone: `SELECT e.id FROM event AS e
      JOIN kind AS k ON k.id = e.kind_id JOIN detail AS d ON d.id = e.id
    WHERE e.id > :event AND k.eventsource IN ${S3_SOURCES} AND nullif(d.requestid, '') IS NULL`,
  request_line: linesAmong('requestid IS NOT NULL'),
};

/** Those of new lines: in a first ingest all are, and to name each would cost three times as much. */
const NEW_LINES = linesAmong('requestid IN (SELECT requestid FROM access_log WHERE id > :line)');

function linesAmong(condition: string): string {
  return `SELECT x.requestid, min(${LINE_ORDER}), count(*)
    FROM access_log AS x JOIN access_call AS xc ON xc.id = x.call_id
    WHERE x.requestid IN (
      SELECT requestid FROM access_log WHERE ${condition} GROUP BY requestid HAVING count(*) > 1)
    GROUP BY x.requestid`;
}

/** Says that the tables are of no use any more; to be called where events or lines are deleted. */
export function forgetRequests(db: Db): void {
  db.exec('DELETE FROM request_state');
}

/**
 * Brings the tables up to date; does nothing where the index has no access logs.
 * @param db an index opened for writing, outside a transaction, with its indexes on lines
 */
export function updateRequests(db: Db): void {
  const line = db.prepare('SELECT max(id) FROM access_log').pluck().get() as number | null;
  if (line === null || db.prepare(`SELECT ${IS_CURRENT}`).pluck().get() === 1) return;
  db.transaction(() => {
    const event = db.prepare('SELECT coalesce(max(id), 0) FROM event').pluck().get() as number;
    const state = db.prepare('SELECT last_event AS event, last_line AS line FROM request_state').get() as
      | { event: number; line: number }
      | undefined;
    if (!state) for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
    const after = state ?? { event: 0, line: 0 };
    if (event > after.event) addEvents(db, after.event);
    const insertLines = 'INSERT OR REPLACE INTO request_line';
    if (after.line === 0) db.exec(`${insertLines} ${ROWS.request_line}`);
    else if (line > after.line) db.prepare(`${insertLines} ${NEW_LINES}`).run({ line: after.line });
    forgetRequests(db);
    db.prepare('INSERT INTO request_state (last_event, last_line) VALUES (?, ?)').run(event, line);
  }).immediate();
}

function addEvents(db: Db, event: number): void {
  db.prepare(
    `INSERT INTO request_event ${ROWS.request_event} WHERE true
    ON CONFLICT (requestid) DO UPDATE SET place = min(place, excluded.place), events = events + excluded.events`,
  ).run({ event });
  // Hardly an event of S3 has no request id: to look for them is to read all texts again.
  const count = (sql: string): number => db.prepare(sql).pluck().get() as number;
  const known = count('SELECT coalesce(sum(events), 0) FROM request_event');
  const all = count(
    `SELECT count(*) FROM event WHERE kind_id IN (SELECT id FROM kind WHERE eventsource IN ${S3_SOURCES})`,
  );
  if (known + count('SELECT count(*) FROM request_event_alone') < all)
    db.prepare(`INSERT INTO request_event_alone ${ROWS.request_event_alone}`).run({ event });
}

/**
 * How many rows of each table are not what events and lines say; none where the tables are not in use.
 * @returns by table
 */
export function wrongRequests(db: Db): Array<{ table: string; rows: number }> {
  if (db.prepare(`SELECT ${IS_CURRENT}`).pluck().get() !== 1) return [];
  return TABLES.map(table => {
    const made = ROWS[table].replace(':event', '0');
    const rows = db
      .prepare(
        `WITH made AS (${made}), kept AS (SELECT * FROM ${table})
        SELECT (SELECT count(*) FROM (SELECT * FROM made EXCEPT SELECT * FROM kept))
          + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM made))`,
      )
      .pluck()
      .get() as number;
    return { table, rows };
  }).filter(({ rows }) => rows > 0);
}
