/** Requests of access logs: the narrow columns of lines, of the index that has them by bucket and time. */

import type { MetricClass } from '../../access-logs/operations.js';
import type { Db } from '../../store/open.js';
import type { Sql } from '../filter/sql-text.js';
import { eachColumns } from './line-numbers.js';
import type { Steps } from './range.js';
import { amount, CLASSES, type Requests, reserve, type Values } from './requests.js';

/** What lines are asked for. */
export interface Asked {
  /** Undefined for all buckets. */
  bucket: string | undefined;
  /** What keys begin with; undefined for requests with and without a key. */
  prefix: string | undefined;
}

/** What was read of lines beside the requests. */
export interface LinesRead {
  /** Requests whose operation is not known: they count for AllRequests alone. */
  unknown: number;
}

/** A call of access logs as the metrics need it; undefined for rows that are no request of their own. */
interface Call {
  class: number;
  hundreds: number;
  isKnown: boolean;
  /** Whether the size of the object is that of the request's body. */
  isUpload: boolean;
  /** Whether it is the read side of a copy, in the log of the source. */
  isCopySource: boolean;
}

const UPLOADS = new Set(['REST.PUT.OBJECT', 'REST.PUT.PART', 'REST.POST.OBJECT']);
const IS_REQUEST = /^(?:REST|WEBSITE|SOAP)\./;

/** The calls of an index by their id. */
export function callsOf(db: Db): Array<Call | undefined> {
  const rows = db.prepare('SELECT id, operation, httpstatus, metric FROM access_call').all() as Array<{
    id: number;
    operation: string | null;
    httpstatus: string | null;
    metric: string | null;
  }>;
  const calls: Array<Call | undefined> = [];
  for (const { id, operation, httpstatus, metric } of rows) {
    if (metric === null && !IS_REQUEST.test(operation ?? '')) continue;
    const known = CLASSES.indexOf(metric as MetricClass);
    calls[id] = {
      class: Math.max(0, known),
      hundreds: /^[1-5]\d\d$/.test(httpstatus ?? '') ? Number(httpstatus![0]) : 0,
      isKnown: known >= 0,
      isUpload: UPLOADS.has(operation ?? ''),
      isCopySource: /^REST\.COPY\.\w+_GET$/.test(operation ?? ''),
    };
  }
  return calls;
}

/** The condition on `access_log AS l` for a bucket. */
export function linesOf(bucket: string | undefined): Sql {
  if (bucket === undefined) return { text: '1', params: [] };
  return { text: 'l.bucket_id IN (SELECT id FROM access_bucket WHERE bucket_name = ?)', params: [bucket] };
}

/** The condition for a prefix of the key. */
function withPrefix(prefix: string | undefined): Sql {
  if (prefix === undefined) return { text: '1', params: [] };
  return { text: 'substr(coalesce(l.decoded_key, l.key), 1, length(?)) = ?', params: [prefix, prefix] };
}

function bucketIds(db: Db, bucket: string | undefined): number[] {
  const where = bucket === undefined ? '' : 'WHERE bucket_name = ?';
  const params = bucket === undefined ? [] : [bucket];
  return db
    .prepare(`SELECT id FROM access_bucket ${where}`)
    .pluck()
    .all(...params) as number[];
}

/** The column of each value of a request. */
const SOURCES: Readonly<Record<keyof Values, string>> = {
  sent: 'l.bytessent',
  received: 'l.objectsize',
  firstByte: 'l.turnaroundtime',
  total: 'l.totaltime',
};

/**
 * Adds the requests of lines.
 * @param received bytes of bodies that events have, by the id of their line: they stand in place of sizes of objects
 * @param needed the values that will be looked at; the others are not read
 */
export function readLines(
  db: Db,
  asked: Asked,
  { origin, width, start, end }: Steps,
  {
    requests,
    received,
    needed,
  }: { requests: Requests; received: ReadonlyMap<number, number>; needed: ReadonlySet<keyof Values> },
): LinesRead {
  const calls = callsOf(db);
  const values = [...needed];
  const hasReceived = received.size > 0 && needed.has('received');
  const columns = ['l.time', 'l.call_id', ...values.map(name => SOURCES[name])];
  if (hasReceived) columns.push('l.id');
  const rows = { columns, buckets: bucketIds(db, asked.bucket), where: withPrefix(asked.prefix), start, end };
  let unknown = 0;
  eachColumns(db, rows, ([times, callIds, ...others], count) => {
    reserve(requests, count);
    const ids = others[values.length];
    const { steps, classes, hundreds } = requests;
    const first = requests.count;
    // Where in the columns the requests are: some rows are none.
    const places = new Int32Array(count);
    let added = 0;
    for (let i = 0; i < count; i++) {
      const call = calls[callIds![i]!];
      if (call === undefined) continue;
      if (!call.isKnown) unknown++;
      const n = first + added;
      steps[n] = Math.floor((times![i]! - origin) / width);
      classes[n] = call.class;
      hundreds[n] = call.hundreds;
      places[added++] = i;
    }
    for (const [v, name] of values.entries()) {
      const from = others[v]!;
      const to = requests[name];
      for (let k = 0; k < added; k++) to[first + k] = amount(from[places[k]!]);
      if (name !== 'received') continue;
      for (let k = 0; k < added; k++) {
        const { isUpload, hundreds: of } = calls[callIds![places[k]!]!]!;
        const body = hasReceived ? received.get(ids![places[k]!]!) : undefined;
        // Only what was stored has a size, and a request without success stored nothing.
        if (body !== undefined) to[first + k] = body;
        else if (!isUpload || of !== 2) to[first + k] = Number.NaN;
      }
    }
    requests.count += added;
  });
  return { unknown };
}
