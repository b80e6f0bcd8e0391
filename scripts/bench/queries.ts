/** The canned searches and the event history on a large index, beside DuckDB. */

import { openForQueries, S3_SEARCHES, s3Rows, s3Statement } from './built.js';
import type { Peer } from './duckdb.js';
import { historyBench } from './history.js';
import { best, ms, ratio } from './measure.js';
import { row } from './report.js';

export async function searches(db: string, peer: Peer): Promise<void> {
  const index = openForQueries(db);
  const buckets = index
    .prepare(
      'SELECT b.bucketname FROM event AS e JOIN bucket AS b ON b.id = e.bucket_id GROUP BY 1 ORDER BY count(*)',
    )
    .pluck()
    .all() as string[];
  const bucket = buckets[buckets.length >> 1]!;
  const key = index
    .prepare("SELECT accesskeyid FROM identity WHERE accesskeyid LIKE 'AKIA%' LIMIT 1")
    .pluck()
    .get() as string;
  for (const search of S3_SEARCHES) {
    for (const [title, filters] of [
      ['a bucket', { bucket }],
      ['a day', { from: '2026-02-10', to: '2026-02-11' }],
      ['the newest 20', { limit: 20 }],
    ] as const) {
      const options = { ...filters, ...(search.argument ? { accessKeyId: key } : {}) };
      const now = new Date();
      let found = 0;
      const ours = best(5, () => {
        const began = performance.now();
        found = [...s3Rows(index, search, options, now).rows].length;
        return performance.now() - began;
      });
      const theirs = await peer.query(s3Statement(search, options, now).athena());
      if (theirs.rows !== found)
        throw new Error(`${search.name}: ${found} rows here, ${theirs.rows} in DuckDB`);
      row(
        `s3 ${search.name}, ${title}: ${found.toLocaleString('en-US')} rows`,
        ms(ours),
        ms(theirs.ms),
        ratio(ours, theirs.ms),
        '≤ 20 ms, ≤ 0.2 ×',
        ours <= 20 && ours <= 0.2 * theirs.ms,
      );
    }
  }
  index.close();
}

export async function eventHistory(db: string, peer: Peer): Promise<void> {
  const index = openForQueries(db);
  for await (const { work, ours, peer: other, limit, times } of historyBench(index, peer)) {
    const wanted = [
      ...(limit === undefined ? [] : [`≤ ${limit} ms`]),
      ...(times === undefined ? [] : [`≤ ${times} ×`]),
    ];
    const isMet =
      (limit === undefined || ours <= limit) && (times === undefined || ours <= times * other!.ms);
    row(
      work,
      ms(ours),
      other ? `${ms(other.ms)} (${other.name})` : '',
      other ? ratio(ours, other.ms) : '',
      wanted.join(', '),
      wanted.length > 0 ? isMet : undefined,
    );
  }
  index.close();
}
