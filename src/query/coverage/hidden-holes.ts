/** Events that are hidden since CloudTrail's files are not here: those that digests list, and digests themselves. */

import { hasDigests } from '../../store/digest-rows.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { secondText } from '../columns/selection.js';
import type { Hidden, Question } from './hidden-statement.js';
import { missingOf } from './local-files.js';
import { metadataDigests } from './metadata-digests.js';
import { type Place, placeTest } from './place.js';

/** Digests that are not here and of which the metadata is: what they list was delivered, and may not be here either. */
export function digestReason({ db, filters, first, last }: Question): Hidden[] {
  const missing = metadataDigests(db)
    .filter(placeTest(filters))
    .filter(
      ({ start, end }) => (last === undefined || start <= last) && (first === undefined || end > first),
    );
  if (missing.length === 0) return [];
  const seconds = (of: 'start' | 'end'): number[] => missing.map(digest => digest[of]);
  const from = secondText(seconds('start').reduce((least, second) => Math.min(least, second)));
  const to = secondText(seconds('end').reduce((most, second) => Math.max(most, second)));
  const places = [...new Set(missing.map(({ account, region }) => `${account} ${region}`))];
  const of = places.length === 1 ? ` of ${places[0]}` : '';
  const [digests, are] = missing.length === 1 ? ['digest', 'is'] : ['digests', 'are'];
  const text = `not downloaded: ${missing.length.toLocaleString('en-US')} ${digests}${of} from ${from} to ${to} ${are} not in the index, though CloudTrail wrote ${missing.length === 1 ? 'it: its' : 'them: their'} metadata is`;
  return [{ kind: 'not downloaded', text, from, to, count: missing.length, name: null }];
}

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
