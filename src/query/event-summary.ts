/** What one line says about an event: when, what, who, from where. */

import type { Db } from '../store/open.js';

export interface EventSummary {
  /** As it was written: `YYYY-MM-DDTHH:MM:SSZ` but for odd records. */
  eventTime: string | null;
  /** The service, `s3.amazonaws.com`. */
  eventSource: string | null;
  /** The API action. */
  eventName: string | null;
  /** The ARN, else whatever names the caller best. */
  who: string | null;
  /** Address of the caller, or the service that called. */
  sourceIPAddress: string | null;
  /** Region of the request. */
  awsRegion: string | null;
  /** The error; null on success. */
  errorCode: string | null;
  /** The id that CloudTrail gave. */
  eventID: string | null;
}

/** What names a caller best, the best first: members of userIdentity. */
export const SUMMARY_WHO = ['arn', 'username', 'invokedby', 'principalid', 'accountid', 'type'];

/** Gives the summary of the event with an `event_rowid`. */
export function createSummaries(db: Db): (id: number) => EventSummary {
  const find = db.prepare<[number], EventSummary>(`
    SELECT eventtime AS eventTime, eventsource AS eventSource, eventname AS eventName,
      coalesce(${SUMMARY_WHO.map(leaf => `nullif(useridentity_${leaf}, '')`).join(', ')}) AS who,
      sourceipaddress AS sourceIPAddress, awsregion AS awsRegion, errorcode AS errorCode, eventid AS eventID
    FROM cloudtrail_logs WHERE event_rowid = ?`);
  return id => find.get(id)!;
}

/** Where an event stands in a log file. */
export interface Source {
  /** The file, as an absolute path. */
  path: string;
  /** Place of the record in the file, from 0. */
  ordinal: number;
  /** SHA-256 of the file's inflated bytes when it was indexed, or null. */
  sha256: string | null;
}

/** Gives the places of an event: the one it was stored from, then those that repeated it. */
export function createSources(db: Db): (id: number) => Source[] {
  const find = db.prepare<{ id: number }, Source>(`
    SELECT f.path, s.ordinal, f.sha256 FROM (
      SELECT 0 AS again, file_id, ordinal FROM event WHERE id = :id
      UNION ALL
      SELECT 1, file_id, ordinal FROM duplicate WHERE event_id = :id
    ) AS s JOIN file AS f ON f.id = s.file_id
    ORDER BY s.again, f.path, s.ordinal`);
  return id => find.all({ id });
}

/** Gives one column of an event as text, or null. */
export function createColumn(db: Db, column: string): (id: number) => string | null {
  const find = db
    .prepare<[number], string | null>(
      `SELECT CAST("${column}" AS TEXT) FROM cloudtrail_logs WHERE event_rowid = ?`,
    )
    .pluck();
  return id => find.get(id) ?? null;
}
