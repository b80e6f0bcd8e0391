/** Events that are hidden since the logs of a place stop while those of others go on: a download that was not finished. */

import { prepared } from '../../store/statements.js';
import { readableSeconds } from '../../store/times.js';
import type { Hidden, Question } from './hidden-statement.js';
import { coverageMap } from './map.js';
import { placeTest } from './place.js';
import { DIGESTS_BEHIND } from './stopping.js';

/** Accounts and regions of the question that stop within its time, or before it. */
export function incompleteReason({ db, filters, now, last }: Question): Hidden[] {
  const isWanted = placeTest(filters);
  const stops = new Map<string, { text: string; from: string | null }>();
  for (const { kind, account, region, from, reason } of coverageMap(db, {}, now).holes) {
    const place = `${account ?? '-'} ${region ?? '-'}`;
    if (kind !== 'download incomplete' || stops.has(place) || !isWanted({ account, region })) continue;
    const begin = from === null ? undefined : readableSeconds(from);
    if (begin === undefined || (last !== undefined && last < begin)) continue;
    stops.set(place, { text: `download incomplete: ${place}: ${reason}`, from });
  }
  const [first] = stops.values();
  if (!first) return [];
  const more = stops.size - 1;
  const others = `${more.toLocaleString('en-US')} more account${more === 1 ? ' or region stops' : 's or regions stop'} early`;
  const text = more === 0 ? first.text : `${first.text}; ${others}`;
  return [{ kind: 'download incomplete', text, from: first.from, to: null, count: null, name: null }];
}

/** Whether the digests of any place end hours before those of another: the map has the rest of the rule, and takes longer. */
export function digestsStopEarly({ db }: Question): boolean {
  const ends = prepared(
    db,
    `SELECT max(d.end_second) FROM digest AS d JOIN file AS f ON f.id = d.file_id
    WHERE NOT f.is_replaced AND d.end_second IS NOT NULL
    GROUP BY coalesce(d.account, f.account), coalesce(d.region, f.region)`,
  )
    .pluck()
    .all() as number[];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const end of ends) [least, most] = [Math.min(least, end), Math.max(most, end)];
  return most - least > DIGESTS_BEHIND;
}
