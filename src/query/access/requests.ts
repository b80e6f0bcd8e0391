/**
 * Requests to S3 with both sides: the CloudTrail events and the access log lines of one request id. Faster than the view
 * `s3_requests` for one request, and for a bucket and a window of time: what is read is what an index leads to.
 */

import type { Db } from '../../store/open.js';
import {
  eventsOfRequests,
  IS_CURRENT,
  isFirstLine,
  REQUEST_JOINS,
  REQUEST_SELECT,
  S3_SOURCES,
} from '../../store/requests-view.js';
import { prepared } from '../../store/statements.js';
import { textBits } from '../../store/text/signature.js';
import { secondText } from '../columns/selection.js';
import { inSnapshot } from '../snapshot.js';
import { EVERYTHING } from '../text/block-masks.js';
import { createCandidates } from '../text/candidates.js';

/** A line of an access log. */
export interface RequestLine {
  /** Its `access_rowid` in `s3_access_logs`. */
  accessRowid: number;
  /** The line as it was written. */
  line: string;
  /** The file it was stored from. */
  path: string;
  /** Place of the line in that file, from 0. */
  ordinal: number;
}

/** What two sides of a request say differently. */
export interface RequestDifference {
  /** What it is. */
  of: 'bytes' | 'status' | 'requester';
  /** What the access log says. */
  accessLog: string | null;
  /** What CloudTrail says. */
  cloudTrail: string | null;
}

/** A row of `s3_requests`, as far as it is used here. */
export interface RequestRow {
  requestid: string | null;
  seen: 'both' | 'CloudTrail' | 'access log';
  requesttime: string | null;
  eventtime: string | null;
  bucket_name: string | null;
  objectkey: string | null;
  eventname: string | null;
  operation: string | null;
  requester: string | null;
  useridentity_arn: string | null;
  accesskeyid: string | null;
  remoteip: string | null;
  sourceipaddress: string | null;
  useragent: string | null;
  awsregion: string | null;
  httpstatus: string | null;
  log_errorcode: string | null;
  errorcode: string | null;
  bytessent: number | null;
  bytestransferredout: number | null;
  objectsize: number | null;
  bytestransferredin: number | null;
  is_bytes_different: number | null;
  is_status_different: number | null;
  is_requester_different: number | null;
  events: number;
  log_lines: number;
  event_rowid: number | null;
  access_rowid: number | null;
}

/** Ids of the events with a request id, in the order they were stored. The index for text leads to them. */
export function eventsOfRequest(db: Db, requestId: string): number[] {
  const bits = textBits(requestId);
  const chunks = createCandidates(db).chunks(bits.length === 0 ? EVERYTHING : { bits });
  const find = prepared(db, 'SELECT id FROM detail WHERE id BETWEEN ? AND ? AND requestid = ?').pluck();
  return chunks
    .flatMap(({ first, last }) => find.all(first, last, requestId) as number[])
    .sort((a, b) => a - b);
}

/** The lines with a request id: most requests have one, copies and batches several. */
export function linesOfRequest(db: Db, requestId: string): RequestLine[] {
  return prepared(
    db,
    `SELECT access_rowid AS accessRowid, line, file_path AS path, file_ordinal AS ordinal
    FROM s3_access_logs WHERE requestid = ? ORDER BY access_rowid`,
  ).all(requestId) as RequestLine[];
}

/** The request id of an event; null where it has none. */
export function requestIdOf(db: Db, eventRowid: number): string | null {
  const found = prepared(db, 'SELECT requestid FROM detail WHERE id = ?').pluck().get(eventRowid);
  return typeof found === 'string' && found !== '' ? found : null;
}

/** A request before its columns are read. */
interface Pair {
  requestid: string | null;
  event_id: number | null;
  events: number;
  access_id: number | null;
}

function rowsOf(db: Db, pairs: readonly Pair[]): RequestRow[] {
  if (pairs.length === 0) return [];
  const value = (name: string): string => `json_extract(j.value, '$.${name}') AS ${name}`;
  return prepared(
    db,
    `WITH q AS (
      SELECT j.key AS place, NULL AS lines, ${['requestid', 'event_id', 'events', 'access_id'].map(value).join(', ')}
      FROM json_each(?) AS j
    )
    SELECT ${REQUEST_SELECT} FROM q ${REQUEST_JOINS} ORDER BY q.place`,
  ).all(JSON.stringify(pairs)) as RequestRow[];
}

const FIRST_LINE = `SELECT l.id FROM access_log AS l WHERE l.requestid = ? AND ${isFirstLine('l')}`;

/** Where its derived tables are not up to date, the view would read all events for it. */
function requestInView(db: Db, requestId: string): RequestRow | undefined {
  return prepared(db, 'SELECT * FROM s3_requests WHERE requestid = ?').get(requestId) as
    | RequestRow
    | undefined;
}

/** One request as `s3_requests` has it, of any service; undefined where neither side knows it. */
export function requestOf(db: Db, requestId: string): RequestRow | undefined {
  const ofView =
    prepared(db, `SELECT ${IS_CURRENT}`).pluck().get() === 1 ? requestInView(db, requestId) : undefined;
  if (ofView) return ofView;
  const ids = JSON.stringify(eventsOfRequest(db, requestId));
  const event = prepared(db, eventsOfRequests('e.id IN (SELECT value FROM json_each(?))')).get(ids) as
    | Omit<Pair, 'access_id'>
    | undefined;
  const line = (prepared(db, FIRST_LINE).pluck().get(requestId) as number | undefined) ?? null;
  if (!event && line === null) return undefined;
  const { event_id = null, events = 0 } = event ?? {};
  return rowsOf(db, [{ requestid: requestId, event_id, events, access_id: line }])[0];
}

/**
 * Seconds between the arrival of a request and the time that its event has: requests that take longer have a longer
 * `totaltime`, which is added.
 */
const SLACK = 60;

/** Where lines are looked for: in a bucket or everywhere, between two times, both in seconds since 1970 and inclusive. */
export interface RequestWindow {
  bucket?: string | undefined;
  from: number;
  to: number;
}

/**
 * The requests of a window, of one bucket or of all, in order of time: as `s3_requests` has them. A request belongs to
 * the window by its line, and by its event where it has no line. Events with times in a form of their own are passed over.
 */
export function requestsIn(db: Db, { bucket, from, to }: RequestWindow): RequestRow[] {
  return inSnapshot(db, () => {
    const bucketId = (table: string, name: string): string =>
      bucket === undefined ? '' : `AND bucket_id IN (SELECT id FROM ${table} WHERE ${name} = :bucket)`;
    const lines = prepared(
      db,
      `SELECT l.id, l.requestid, l.time, coalesce(l.totaltime, 0) / 1000 AS seconds,
        l.requestid IS NULL OR ${isFirstLine('l')} AS isFirst
      FROM access_log AS l
      WHERE l.time BETWEEN :from AND :to ${bucketId('access_bucket', 'bucket_name')}
      ORDER BY l.time, l.id`,
    ).all({ from, to, ...(bucket === undefined ? {} : { bucket }) }) as Array<{
      id: number;
      requestid: string | null;
      time: number;
      seconds: number;
      isFirst: number;
    }>;
    const last = lines.reduce((latest, { time, seconds }) => Math.max(latest, time + seconds), to);
    const events = prepared(
      db,
      eventsOfRequests(
        `k.eventsource IN ${S3_SOURCES} AND e.odd_time IS NULL AND e.eventtime BETWEEN :from AND :to
        ${bucketId('bucket', 'bucketname')}`,
      ),
    ).all({
      from: secondText(from - SLACK),
      to: secondText(last + SLACK),
      ...(bucket === undefined ? {} : { bucket }),
    }) as Array<Omit<Pair, 'access_id'>>;
    return rowsOf(db, pairsOf(db, { lines: lines.filter(({ isFirst }) => isFirst === 1), events, from, to }));
  });
}

function pairsOf(
  db: Db,
  {
    lines,
    events,
    from,
    to,
  }: {
    lines: ReadonlyArray<{ id: number; requestid: string | null; time: number }>;
    events: ReadonlyArray<Omit<Pair, 'access_id'>>;
    from: number;
    to: number;
  },
): Pair[] {
  const byRequest = new Map(
    events.flatMap(event => (event.requestid === null ? [] : [[event.requestid, event] as const])),
  );
  const pairs: Array<Pair & { time: string }> = lines.map(({ id, requestid, time }) => {
    const event = requestid === null ? undefined : byRequest.get(requestid);
    return {
      requestid,
      event_id: event?.event_id ?? null,
      events: event?.events ?? 0,
      access_id: id,
      time: secondText(time),
    };
  });
  const timeOf = prepared(db, 'SELECT eventtime FROM event WHERE id = ?').pluck();
  const hasLine = prepared(db, 'SELECT 1 FROM access_log WHERE requestid = ?');
  for (const event of events) {
    const time = timeOf.get(event.event_id) as string;
    if (time < secondText(from) || time > secondText(to)) continue;
    // A line outside the window, or in another bucket's log: the request belongs there.
    if (event.requestid !== null && hasLine.get(event.requestid) !== undefined) continue;
    pairs.push({ ...event, access_id: null, time });
  }
  return pairs.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

const text = (value: string | number | null): string | null => (value === null ? null : String(value));

/** What the sides of a request say differently. */
export function differencesOf(row: RequestRow): RequestDifference[] {
  const differences: RequestDifference[] = [];
  if (row.is_bytes_different === 1) {
    const isSent = row.bytestransferredout !== (row.bytessent ?? 0);
    differences.push({
      of: 'bytes',
      accessLog: isSent ? `${row.bytessent ?? 0} sent` : `object of ${row.objectsize ?? '-'}`,
      cloudTrail: isSent ? `${row.bytestransferredout ?? '-'} out` : `${row.bytestransferredin ?? '-'} in`,
    });
  }
  if (row.is_status_different === 1)
    differences.push({
      of: 'status',
      accessLog: [row.httpstatus, row.log_errorcode].filter(Boolean).join(' ') || null,
      cloudTrail: row.errorcode ?? 'no error',
    });
  if (row.is_requester_different === 1)
    differences.push({
      of: 'requester',
      accessLog: row.requester ?? 'anonymous',
      cloudTrail: text(row.useridentity_arn) ?? 'anonymous',
    });
  return differences;
}
