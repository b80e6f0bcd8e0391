/** What the index has of S3 server access logs. */

import type { Db } from '../store/open.js';
import { secondText } from './columns/selection.js';

/** The access logs of an index, or of one of its buckets. */
export interface AccessExtent {
  /** Number of lines. */
  lines: number;
  /** Time of the first line, to the second; null where none has a time. */
  first: string | null;
  /** Time of the last one. */
  last: string | null;
}

/** All lines, and those of each bucket. */
export interface AccessStatus extends AccessExtent {
  /** The most lines first; `bucket` is null for lines with a `-` in its place. */
  buckets: Array<{ bucket: string | null } & AccessExtent>;
}

interface Counted {
  bucket: string | null;
  lines: number;
  first: number | null;
  last: number | null;
}

/** Counts the lines of access logs; an index on buckets and times answers. */
export function accessStatus(db: Db): AccessStatus {
  const buckets = db
    .prepare(
      `SELECT b.bucket_name AS bucket, sum(t.lines) AS lines, min(t.first) AS first, max(t.last) AS last
      FROM (
        SELECT bucket_id, count(*) AS lines, min(time) AS first, max(time) AS last FROM access_log GROUP BY bucket_id
      ) AS t JOIN access_bucket AS b ON b.id = t.bucket_id
      GROUP BY 1 ORDER BY 2 DESC, 1`,
    )
    .all() as Counted[];
  const ends = (side: 'first' | 'last'): number[] => buckets.flatMap(bucket => bucket[side] ?? []);
  const [first, last] = [ends('first'), ends('last')];
  return {
    lines: buckets.reduce((sum, { lines }) => sum + lines, 0),
    first: textOf(first.length > 0 ? first.reduce((a, b) => Math.min(a, b)) : null),
    last: textOf(last.length > 0 ? last.reduce((a, b) => Math.max(a, b)) : null),
    buckets: buckets.map(bucket => ({
      ...bucket,
      first: textOf(bucket.first),
      last: textOf(bucket.last),
    })),
  };
}

const textOf = (seconds: number | null): string | null => (seconds === null ? null : secondText(seconds));
