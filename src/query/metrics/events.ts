/** Requests of CloudTrail's data events, each once, and the line of access logs that is the same request. */

import { S3_SOURCES } from '../../cloudtrail/categories.js';
import { type StatusClass, statusClassOf } from '../../cloudtrail/s3-status.js';
import type { Db } from '../../store/open.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import { literals, type Sql } from '../filter/sql-text.js';
import { EVENT_SECONDS, hasOddTimes, timeCondition } from '../filter/time.js';
import { EVENT_CLASSES } from './definitions.js';
import { type Asked, callsOf, linesOf } from './lines.js';
import type { Steps } from './range.js';
import { addRequest, amount, CLASSES, type Requests } from './requests.js';

/** Of `kind`: whether its events are object-level events of S3. */
export const DATA_KINDS: Sql = {
  text: `eventsource IN (${literals(S3_SOURCES)}) AND ${CATEGORY_SQLITE} = 'Data'`,
  params: [],
};
const DATA_KIND_IDS = `SELECT id FROM kind WHERE ${DATA_KINDS.text}`;

/** The condition on `event` for data events of a bucket within times, and of keys that begin with a prefix. */
function eventsOf(db: Db, { bucket, prefix }: Asked, times: Sql): Sql {
  const parts: Sql[] = [{ text: `+kind_id IN (${DATA_KIND_IDS})`, params: [] }, times];
  if (bucket !== undefined) {
    const ofBucket = { text: 'bucket_id = (SELECT id FROM bucket WHERE bucketname = ?)', params: [bucket] };
    const inBucket = countOf(db, ofBucket, -1);
    // One of the two indexes: that which leads to fewer events.
    const isByTime = countOf(db, times, inBucket) < inBucket;
    parts.push(isByTime ? { ...ofBucket, text: `+${ofBucket.text}` } : ofBucket);
  }
  if (prefix !== undefined)
    parts.push({ text: 'substr(objectkey, 1, length(?)) = ?', params: [prefix, prefix] });
  return { text: parts.map(({ text }) => text).join(' AND '), params: parts.flatMap(({ params }) => params) };
}

/** @param most how far it counts; below 0 to the end */
const countOf = (db: Db, { text, params }: Sql, most: number): number =>
  db
    .prepare(`SELECT count(*) FROM (SELECT 1 FROM event WHERE ${text} LIMIT ${most})`)
    .pluck()
    .get(...params) as number;

interface Kind {
  class: number;
  hundreds: StatusClass;
  isBatch: boolean;
}

function kindsOf(db: Db): Map<number, Kind> {
  const rows = db
    .prepare(`SELECT id, eventname, errorcode FROM kind WHERE ${DATA_KINDS.text}`)
    .all() as Array<{ id: number; eventname: string | null; errorcode: string | null }>;
  return new Map(
    rows.map(({ id, eventname, errorcode }) => [
      id,
      {
        class: Math.max(0, CLASSES.indexOf(EVENT_CLASSES.get(eventname ?? '') ?? 'other')),
        hundreds: statusClassOf(errorcode),
        isBatch: eventname === 'DeleteObjects',
      },
    ]),
  );
}

/** Numbers in additionalEventData that some records have since 2026. */
const member = (name: string): string =>
  `CASE WHEN instr(d.additionaleventdata, '"${name}"') > 0 AND json_valid(d.additionaleventdata) THEN json_extract(d.additionaleventdata, '$.${name}') END`;

interface Row {
  id: number;
  time: number | null;
  kind_id: number;
  sent: unknown;
  received: unknown;
  requestid: string | null;
  status: unknown;
  turnaround: unknown;
  began: unknown;
  ended: unknown;
}

/** What was read of events beside the requests. */
export interface EventsRead {
  /** Requests that only events have; all of them where no lines were looked for. */
  alone: number;
  /** Events that are part of a request that was counted before: keys of a batch, copies for another account. */
  collapsed: number;
  /** Bytes of bodies by the id of the line of the same request. */
  received: Map<number, number>;
}

/** How much later than its line an event may be: it has the time when the request was complete. */
const LONGEST_REQUEST = 86_400;

/**
 * Adds the requests of events that no line is the same request of.
 * @param joins whether lines are looked for by request id
 */
export function readEvents(
  db: Db,
  asked: Asked,
  steps: Steps,
  { requests, joins }: { requests: Requests; joins: boolean },
): EventsRead {
  const kinds = kindsOf(db);
  const lineOf = joins ? lineFinder(db, asked.bucket) : () => undefined;
  const read: EventsRead = { alone: 0, collapsed: 0, received: new Map() };
  const byRequest = new Map<string, number>();
  for (const row of eventRows(db, asked, steps, joins)) {
    const kind = kinds.get(row.kind_id);
    if (kind === undefined || row.time === null) continue;
    const { requestid } = row;
    const line = requestid === null ? undefined : lineOf(requestid);
    if (line !== undefined) {
      const bytes = amount(row.received);
      // One event of several is that of the request itself, the others are of its keys. No bytes are no body.
      if (bytes > 0) read.received.set(line, bytes);
      else if (bytes === 0 && !read.received.has(line)) read.received.set(line, Number.NaN);
      continue;
    }
    if (row.time < steps.start || row.time >= steps.end) continue;
    const before = requestid === null ? undefined : byRequest.get(requestid);
    if (before === undefined) {
      const number = addRequest(requests, requestOf(row, kind, steps));
      if (requestid !== null) byRequest.set(requestid, number);
      read.alone++;
      continue;
    }
    read.collapsed++;
    mergeInto(requests, before, row, kind);
  }
  return read;
}

function eventRows(db: Db, asked: Asked, { start, end }: Steps, joins: boolean): IterableIterator<Row> {
  const iso = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
  const isOdd = hasOddTimes(db);
  const from = timeCondition('>=', iso(start), isOdd);
  const to = timeCondition('<=', iso(Math.min(end - 1 + (joins ? LONGEST_REQUEST : 0), LAST)), isOdd);
  const { text, params } = eventsOf(db, asked, {
    text: `${from.text} AND ${to.text}`,
    params: [...from.params, ...to.params],
  });
  // Ids are sorted, not rows: SQLite keeps the order of the first table where it may not change that of the tables.
  const sql = `SELECT e.id, ${EVENT_SECONDS} AS time, e.kind_id,
  e.bytestransferredout AS sent, e.bytestransferredin AS received, d.requestid,
  ${member('httpStatusCode')} AS status, ${member('turnAroundTime')} AS turnaround,
  ${member('startTime')} AS began, ${member('endTime')} AS ended
FROM (SELECT id FROM event WHERE ${text} ORDER BY eventtime, id LIMIT -1) AS o
  CROSS JOIN event AS e ON e.id = o.id LEFT JOIN detail AS d ON d.id = e.id`;
  return db.prepare<unknown[], Row>(sql).iterate(...params);
}

/** The last second that times have. */
const LAST = 253_402_300_799;

function requestOf(row: Row, kind: Kind, { origin, width }: Steps) {
  const sent = amount(row.sent);
  const received = amount(row.received);
  return {
    step: Math.floor((row.time! - origin) / width),
    class: kind.class,
    hundreds: hundredsOf(row, kind),
    // No body, where there are no bytes.
    sent: sent > 0 ? sent : Number.NaN,
    received: received > 0 ? received : Number.NaN,
    firstByte: amount(row.turnaround),
    total:
      typeof row.began === 'number' && typeof row.ended === 'number'
        ? amount(row.ended - row.began)
        : Number.NaN,
  };
}

function hundredsOf({ status }: Row, kind: Kind): number {
  const hundreds = typeof status === 'number' ? Math.floor(status / 100) : 0;
  return hundreds >= 1 && hundreds <= 5 ? hundreds : kind.hundreds;
}

/** A second event of a request: that of a batch is of the request itself; those of its keys say nothing of its status. */
function mergeInto(requests: Requests, i: number, row: Row, kind: Kind): void {
  if (kind.isBatch) {
    requests.classes[i] = kind.class;
    requests.hundreds[i] = hundredsOf(row, kind);
  }
  const [sent, received] = [amount(row.sent), amount(row.received)];
  if (sent > 0 && !(requests.sent[i]! >= sent)) requests.sent[i] = sent;
  if (received > 0 && !(requests.received[i]! >= received)) requests.received[i] = received;
}

/** Finds the line of a request: not that of the source of a copy, nor those of the keys of a batch. */
function lineFinder(db: Db, bucket: string | undefined): (requestId: string) => number | undefined {
  const calls = callsOf(db);
  const { text, params } = linesOf(bucket);
  const statement = db
    .prepare<unknown[], [number, number]>(
      `SELECT l.id, l.call_id FROM access_log AS l WHERE l.requestid = ? AND l.time IS NOT NULL AND ${unindexed(text)}`,
    )
    .raw();
  // Events of the keys of a batch have one request id, and so have its lines.
  const known = new Map<string, number | undefined>();
  return requestId => {
    if (known.has(requestId)) return known.get(requestId);
    let line: number | undefined;
    for (const [id, call] of statement.all(requestId, ...params)) {
      const of = calls[call];
      if (of !== undefined && !of.isCopySource) line ??= id;
    }
    known.set(requestId, line);
    return line;
  };
}

/** So that the request id is what the line is looked up by. */
const unindexed = (condition: string): string => condition.replace('l.bucket_id', '+l.bucket_id');
