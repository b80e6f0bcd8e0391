/** Events that are hidden since the logs of a place stop while those of others go on: a download that was not finished. */

import { prepared } from '../../store/statements.js';
import { secondText } from '../columns/selection.js';
import type { Hidden, Question } from './hidden-statement.js';
import { coverageMap } from './map.js';
import { type Place, placeTest } from './place.js';
import { DIGESTS_BEHIND, stopText } from './stopping.js';

/** Accounts and regions of the question that stop within its time, or before it. */
export function incompleteReason({ db, filters, now, last }: Question): Hidden[] {
  const isWanted = placeTest(filters);
  const stops = coverageMap(db, {}, now).stops.filter(
    stop => isWanted(stop) && (last === undefined || last >= stop.last),
  );
  const [first] = stops.toSorted((a, b) => a.last - b.last);
  if (!first) return [];
  const more = stops.length - 1;
  const others =
    more === 0
      ? ''
      : `; ${more.toLocaleString('en-US')} more ${more === 1 ? 'place stops' : 'places stop'} early`;
  const text = `download incomplete: ${first.account ?? '-'} ${first.region ?? '-'}: ${stopText(first)}${others}`;
  return [
    { kind: 'download incomplete', text, from: secondText(first.last), to: null, count: null, name: null },
  ];
}

/** Whether the digests of any place end hours before those of another: the map has the rest of the rule, and takes longer. */
export function digestsStopEarly({ db }: Question): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { end } of digestEnds(db)) [least, most] = [Math.min(least, end), Math.max(most, end)];
  return most - least > DIGESTS_BEHIND;
}

/** Whether there may be a place that stops early: one of several whose digests end early, or that has none. */
export function mayStopEarly(question: Question): boolean {
  if (digestsStopEarly(question)) return true;
  const places = prepared(
    question.db,
    'SELECT DISTINCT recipientaccountid AS account, awsregion AS region FROM kind',
  ).all() as Place[];
  const nameOf = ({ account, region }: Place): string => JSON.stringify([account, region]);
  const withDigests = new Set(digestEnds(question.db).map(nameOf));
  return places.length > 1 && places.some(place => !withDigests.has(nameOf(place)));
}

/** The end of the last digest of each place, in seconds since 1970. */
const digestEnds = (db: Question['db']): Array<Place & { end: number }> =>
  prepared(
    db,
    `SELECT coalesce(d.account, f.account) AS account, coalesce(d.region, f.region) AS region,
      max(d.end_second) AS end
    FROM digest AS d JOIN file AS f ON f.id = d.file_id
    WHERE NOT f.is_replaced AND d.end_second IS NOT NULL
    GROUP BY 1, 2`,
  ).all() as Array<Place & { end: number }>;
