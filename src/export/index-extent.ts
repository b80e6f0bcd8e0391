/** Which partitions a lake of an index has, without reading its events. */

import { chosen, secondsOf, select } from '../query/columns/selection.js';
import type { LogSource } from '../query/log-source.js';
import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';
import { inOrder } from './ddl.js';
import type { Extent } from './ddl-table.js';

/**
 * Accounts, regions and years of the index: of some of them there may be no event together. Null is among the accounts
 * where a record has none, and so on, as a lake has a folder for these.
 */
export function indexExtent(db: Db, source: LogSource): Extent {
  const values = (sql: string): Array<string | null> =>
    inOrder(new Set(prepared(db, sql).pluck().all() as Array<string | null>));
  const days = source === 'cloudtrail' ? eventDays(db) : lineDays(db);
  const dates = [...days].sort((a, b) => a - b).map(dateOf);
  const years = dates.map(date => date.slice(0, 4));
  const firstDay = dates[0];
  if (source === 'access-logs')
    return { partitions: { year: inOrder(new Set(years)), month: [], day: [] }, firstDay };
  const missing = hasOddTimes(db) ? [null] : [];
  const ofFiles = values('SELECT DISTINCT year FROM file WHERE year IS NOT NULL');
  return {
    partitions: {
      account: values(
        'SELECT recipientaccountid FROM kind UNION SELECT account FROM file WHERE account IS NOT NULL',
      ),
      region: values('SELECT awsregion FROM kind UNION SELECT region FROM file WHERE region IS NOT NULL'),
      // An event whose time cannot be read has no date but that of its path, which may have none.
      year: inOrder(new Set([...years, ...ofFiles, ...missing])),
      ...{ month: missing, day: missing },
    },
    firstDay,
  };
}

const DAY = 86_400;
/** After it a year has five digits. */
const LAST_DAY = Math.floor(Date.UTC(9999, 11, 31) / 1000 / DAY);

/** `2024/03/01`. */
const dateOf = (day: number): string =>
  new Date(day * DAY * 1000).toISOString().slice(0, 10).replaceAll('-', '/');

/** Days since 1970 on which there are events. */
function eventDays(db: Db): Set<number> {
  const days = new Set<number>();
  let last: number | undefined;
  const add = (seconds: number): void => {
    const day = Math.floor(seconds / DAY);
    if (day !== last && Math.abs(day) <= LAST_DAY) days.add(day);
    last = day;
  };
  for (const { segment, places } of chosen(select(db, {}, new Date()))) {
    const times = segment.times();
    for (const place of places) {
      const seconds = segment.oddTimes.size > 0 ? secondsOf(segment, place) : times[place]!;
      if (seconds !== undefined) add(seconds);
    }
    segment.release();
  }
  return days;
}

const lineDays = (db: Db): Set<number> =>
  new Set(prepared(db, `SELECT DISTINCT time / ${DAY} FROM access_log`).pluck().all() as number[]);

const hasOddTimes = (db: Db): boolean =>
  prepared(db, 'SELECT 1 FROM event WHERE odd_time IS NOT NULL LIMIT 1').get() !== undefined;
