/** The rows of a canned S3 search. */

import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { createPages, type Position } from './columns/page.js';
import { select } from './columns/selection.js';
import type { Spelling } from './columns/spelling.js';
import { AT_ONCE } from './events.js';
import type { S3Search } from './s3-searches.js';
import { type S3SearchOptions, s3Statement } from './s3-statement.js';
import { beginReading } from './snapshot.js';
import { columnsOf, type Rows, runSql, type Value } from './sqlite.js';

/** Events read by one statement. */
const READ_AT_ONCE = 512;

/**
 * Runs a search: the rows of its statement, in its order. Of a time, or up to a limit, the columns of the index say which
 * events they are, and these alone are read; all events of a bucket, a key or an address are what SQLite's indexes know.
 * @throws as `s3Statement`
 */
export function s3Rows(
  db: Db,
  search: S3Search,
  options: S3SearchOptions,
  now: Date,
): Rows & { spellings: readonly Spelling[] } {
  const { sqlite, byEvent, spellings } = s3Statement(search, options, now, { db });
  const { from, to, order = 'newest', limit = Number.POSITIVE_INFINITY } = options;
  const areAllMeant = from === undefined && to === undefined && limit === Number.POSITIVE_INFINITY;
  if (!byEvent || areAllMeant) return { ...runSql(db, sqlite), spellings };
  const { filters, more } = byEvent;
  const reading = prepared(db, byEvent.sqlite).raw(true);

  function* rows(): Generator<Value[], undefined> {
    const end = beginReading(db);
    try {
      const pages = createPages(db, select(db, filters, now, more), { order });
      let last: Position | undefined;
      for (let left = limit; left > 0; ) {
        const found = pages.next(Math.min(left, AT_ONCE), last);
        for (let at = 0; at < found.length; at += READ_AT_ONCE) {
          const ids = found.slice(at, at + READ_AT_ONCE).map(({ id }) => id);
          yield* reading.all(JSON.stringify(ids)) as Value[][];
        }
        if (found.length < AT_ONCE) return;
        left -= found.length;
        last = found.at(-1);
      }
    } finally {
      end();
    }
  }

  return { ...columnsOf(reading), rows: rows(), spellings };
}
