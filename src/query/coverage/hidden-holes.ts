/** Events that are hidden in holes that are certain: files that were not downloaded, and trails that did not log. */

import { hasDigests } from '../../store/digest-rows.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { readableSeconds } from '../../store/times.js';
import { secondText } from '../columns/selection.js';
import type { Hidden, Question } from './hidden-statement.js';
import { missingOf } from './local-files.js';
import { loggingOff } from './logging.js';
import { type Place, placeTest } from './place.js';

/** Log files that digests list, that can hold events of the time and the places, and that are not in the index. */
export function notDownloadedReason({ db, filters, first, last }: Question): Hidden[] {
  if (!hasDigests(db) || isAllHere(db)) return [];
  const rows = suspectsWithin({ db, first, last }).filter(placeTest(filters));
  const missing = missingOf(db, [...new Set(rows.map(({ object }) => object))]);
  if (missing.size === 0) return [];
  const times = rows.filter(({ object }) => missing.has(object));
  const from = least(times.map(({ oldest }) => oldest));
  const to = least(
    times.map(({ newest }) => newest),
    -1,
  );
  const files = `${missing.size.toLocaleString('en-US')} log file${missing.size === 1 ? '' : 's'}`;
  const range = from !== null && to !== null ? ` with events from ${from} to ${to}` : '';
  const verb = missing.size === 1 ? 'is' : 'are';
  const text = `not downloaded: ${files}${range} that digests list ${verb} not in the index`;
  return [{ kind: 'not downloaded', text, from, to, count: missing.size, name: null }];
}

interface ListedLog extends Place {
  object: string;
  /** eventTime of its first and last event, as the digest has it; null where it does not say it in CloudTrail's form. */
  oldest: string | null;
  newest: string | null;
}

/** A time as digests write it. A time in another form is not a bound, so that nothing is passed over. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Whether as many files are accounted for as digests list: the usual case, in a hundredth of the time of a closer look. */
function isAllHere(db: Db): boolean {
  const sql = `SELECT (SELECT coalesce(sum(listed), 0) FROM digest)
    = (SELECT count(*) FROM evidence WHERE digest_id IS NOT NULL)`;
  return prepared(db, sql).pluck().get() === 1;
}

/**
 * What digests list of which not every log file is accounted for: `evidence` has, since the last ingest, for each file
 * that is here the digest that lists it. Two copies of one file can hide that another of the same digest is missing here;
 * `coverage` looks at each.
 */
function suspectsWithin({ db, first, last }: Pick<Question, 'db' | 'first' | 'last'>): ListedLog[] {
  const rows = prepared(
    db,
    `SELECT l.object, coalesce(d.account, f.account) AS account, coalesce(d.region, f.region) AS region,
      l.oldest_event AS oldest, l.newest_event AS newest
    FROM digest AS d JOIN file AS f ON f.id = d.file_id
      LEFT JOIN (SELECT digest_id, count(*) AS files FROM evidence GROUP BY digest_id) AS e ON e.digest_id = d.id
      JOIN listed_file AS l ON l.digest_id = d.id
    WHERE d.listed > coalesce(e.files, 0) AND NOT f.is_replaced AND l.object IS NOT NULL
      AND (? IS NULL OR d.end_second IS NULL OR d.end_second >= ?)`,
  ).all(first ?? null, first ?? null) as ListedLog[];
  const [from, to] = [first, last].map(second => (second === undefined ? undefined : secondText(second)));
  const timeOf = (text: string | null): string | null => (text !== null && TIME.test(text) ? text : null);
  return rows
    .map(row => ({ ...row, oldest: timeOf(row.oldest), newest: timeOf(row.newest) }))
    .filter(
      ({ oldest, newest }) =>
        (from === undefined || newest === null || newest >= from) &&
        (to === undefined || oldest === null || oldest <= to),
    );
}

/** The least text, or with a sign of -1 the greatest; null where one is not known. */
function least(texts: ReadonlyArray<string | null>, sign = 1): string | null {
  let best: string | null = texts[0] ?? null;
  for (const text of texts) {
    if (text === null) return null;
    if (best !== null && (text < best ? sign : -sign) > 0) best = text;
  }
  return best;
}

/** A trail that did not log within the time, while no other of the account did. */
export function loggingReason({ db, filters, now, first, last }: Question): Hidden[] {
  const isWanted = placeTest(filters);
  const all = loggingOff(db, { now }).filter(({ account, region, from, to, coveredBy }) => {
    const [begin, end] = [readableSeconds(from), to === null ? undefined : readableSeconds(to)];
    if (begin === undefined || coveredBy.length > 0) return false;
    const isInTime =
      (last === undefined || begin <= last) && (first === undefined || end === undefined || end >= first);
    // One of all regions hides events of each of them.
    return (
      isInTime &&
      (region === null
        ? placeTest({ account: filters.account })({ account, region })
        : isWanted({ account, region }))
    );
  });
  const [off] = all;
  if (!off) return [];
  const { trail, from, to, stopped } = off;
  const until = to === null ? `from ${from} on` : `from ${from} to ${to}`;
  const more = all.length > 1 ? `, and ${(all.length - 1).toLocaleString('en-US')} more times` : '';
  const text = `logging off: trail ${trail} did not log ${until}: ${stopped.eventName} by ${stopped.who ?? '-'} from ${stopped.sourceIPAddress ?? '-'}${more}`;
  return [{ kind: 'logging off', text, from, to, count: null, name: trail }];
}
