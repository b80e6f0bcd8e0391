/** Which sources have requests of a bucket, and from when to when. */

import type { Dimension } from '../../dimensions.js';
import { eventSegments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { rowMask } from '../columns/masks.js';
import { secondsOf, selectColumns } from '../columns/selection.js';
import { DATA_KINDS } from './events.js';
import type { Asked } from './lines.js';

/** Seconds since 1970; undefined where there is nothing with a time. */
export type Extent = { first: number; last: number } | undefined;

/** From the first to the last line of a bucket: two looks into an index for each bucket row. */
export function lineExtent(db: Db, bucket: string | undefined): Extent {
  const select = (where: string): string =>
    `SELECT (SELECT min(time) FROM access_log WHERE ${where}), (SELECT max(time) FROM access_log WHERE ${where})`;
  if (bucket === undefined) return extentOf(db.prepare(select('time IS NOT NULL')).raw().all());
  const ids = db
    .prepare('SELECT id FROM access_bucket WHERE bucket_name = ?')
    .pluck()
    .all(bucket) as number[];
  const statement = db.prepare(select('bucket_id = ?')).raw();
  return extentOf(ids.flatMap(id => statement.all(id, id)));
}

/** From the first to the last data event of a bucket. */
export function eventExtent(db: Db, bucket: string | undefined): Extent {
  const masks = new Map<Dimension, Uint8Array>([['kind', rowMask(db, 'kind', DATA_KINDS)]]);
  if (bucket !== undefined)
    masks.set('bucket', rowMask(db, 'bucket', { text: 'bucketname = ?', params: [bucket] }));
  const columns = selectColumns([...eventSegments(db)], {}, () => ({ masks, more: [] }));
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const segment of columns.segments) {
    if (segment.earliest >= first && segment.latest <= last && segment.oddTimes.size === 0) continue;
    for (const place of columns.passing(segment)) {
      const seconds = secondsOf(segment, place);
      if (seconds === undefined) continue;
      first = Math.min(first, seconds);
      last = Math.max(last, seconds);
    }
    segment.release();
  }
  return first <= last ? { first, last } : undefined;
}

function extentOf(rows: unknown[]): Extent {
  let extent: Extent;
  for (const [first, last] of rows as Array<[number | null, number | null]>) {
    if (first === null || last === null) continue;
    extent = {
      first: Math.min(extent?.first ?? first, first),
      last: Math.max(extent?.last ?? last, last),
    };
  }
  return extent;
}

/** Lines of a bucket whose time cannot be read: they are in no step. */
export function untimedLines(db: Db, { bucket }: Pick<Asked, 'bucket'>): number {
  const ofBucket = 'AND bucket_id IN (SELECT id FROM access_bucket WHERE bucket_name = ?)';
  const sql = `SELECT count(*) FROM access_log WHERE time IS NULL ${bucket === undefined ? '' : ofBucket}`;
  return db
    .prepare(sql)
    .pluck()
    .get(...(bucket === undefined ? [] : [bucket])) as number;
}
