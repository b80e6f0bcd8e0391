/** Requests of access logs: the narrow columns of lines, in one pass through the index on bucket and time. */

import type { MetricClass } from '../../access-logs/operations.js';
import type { Db } from '../../store/open.js';
import type { Sql } from '../filter/sql-text.js';
import { eachRow } from './line-numbers.js';
import type { Steps } from './range.js';
import { addRequest, amount, CLASSES, type Requests } from './requests.js';

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

/**
 * Adds the requests of lines.
 * @param received bytes of bodies that events have, by the id of their line: they stand in place of sizes of objects
 */
export function readLines(
  db: Db,
  asked: Asked,
  { origin, width, start, end }: Steps,
  { requests, received }: { requests: Requests; received: ReadonlyMap<number, number> },
): LinesRead {
  const calls = callsOf(db);
  const hasReceived = received.size > 0;
  const columns = ['time', 'call_id', 'bytessent', 'objectsize', 'turnaroundtime', 'totaltime'];
  let unknown = 0;
  eachRow(
    db,
    {
      columns: [...columns, ...(hasReceived ? ['id'] : [])].map(name => `l.${name}`),
      among: linesOf(asked.bucket),
      where: withPrefix(asked.prefix),
      ...{ start, end },
    },
    row => {
      const call = calls[row[1]!];
      if (call === undefined) return;
      if (!call.isKnown) unknown++;
      const body = hasReceived ? received.get(row[6]!) : undefined;
      addRequest(requests, {
        step: Math.floor((row[0]! - origin) / width),
        class: call.class,
        hundreds: call.hundreds,
        sent: amount(row[2]),
        // Only what was stored has a size, and a request without success stored nothing.
        received: body ?? (call.isUpload && call.hundreds === 2 ? amount(row[3]) : Number.NaN),
        firstByte: amount(row[4]),
        total: amount(row[5]),
      });
    },
  );
  return { unknown };
}
