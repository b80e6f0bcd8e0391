/** What is shown of a line: in the form of events, in its own columns, its text, and where it stands in files. */

import { LINE_SQL } from '../../store/access-view.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { EventSummary, Source } from '../event-summary.js';
import { LINE_SERVICE } from './line-filters.js';
import { LINE_JOINS } from './statement.js';

export interface LineSummary extends EventSummary {
  /** The id of the request, which events of CloudTrail have too. */
  requestId: string | null;
}

/**
 * Gives the summary of the line with an `access_rowid`, as an event’s: the call by CloudTrail’s name for it, else the
 * operation. A line has no region and no eventID.
 */
export function createLineSummaries(db: Db): (id: number) => LineSummary {
  const find = prepared(
    db,
    `SELECT strftime('%Y-%m-%dT%H:%M:%SZ', l.time, 'unixepoch') AS eventTime, '${LINE_SERVICE}' AS eventSource,
      coalesce(c.eventname, c.operation) AS eventName, r.requester AS who, a.remoteip AS sourceIPAddress,
      NULL AS awsRegion, c.errorcode AS errorCode, NULL AS eventID, l.requestid AS requestId
    FROM ${LINE_JOINS} WHERE l.id = ?`,
  );
  return id => find.get(id) as LineSummary;
}

/** What one line says about a line. */
export const LINE_SUMMARY = [
  'eventtime',
  'bucket_name',
  'operation',
  'requester',
  'remoteip',
  'httpstatus',
  'errorcode',
  'requestid',
] as const;

/** Gives the text of a line, as it was written. */
export function createLines(db: Db): (id: number) => string {
  const find = prepared(db, `SELECT ${LINE_SQL} FROM ${LINE_JOINS} WHERE l.id = ?`).pluck();
  return id => find.get(id) as string;
}

/** Gives the places of a line: the one it was stored from, then those that repeated it. */
export function createLineSources(db: Db): (id: number) => Source[] {
  const find = prepared(
    db,
    `SELECT f.path, s.ordinal, f.sha256 FROM (
      SELECT 0 AS again, file_id, ordinal FROM access_log WHERE id = :id
      UNION ALL
      SELECT 1, file_id, ordinal FROM access_duplicate WHERE access_id = :id
    ) AS s JOIN file AS f ON f.id = s.file_id
    ORDER BY s.again, f.path, s.ordinal`,
  );
  return id => find.all({ id }) as Source[];
}
