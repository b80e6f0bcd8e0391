/** Events that are hidden since a trail did not log, or did not record them. */

import { readableSeconds } from '../../store/times.js';
import type { Hidden, Question } from './hidden-statement.js';
import { loggingOff } from './logging.js';
import { type Place, placeTest, wantedValues } from './place.js';
import { type LeftOut, unrecorded } from './unrecorded.js';
import { isCertain, unrecordedText } from './unrecorded-holes.js';

/** A trail that did not log within the time, while no other of the account did. */
export function loggingReason(question: Question): Hidden[] {
  const { db, now, first, last } = question;
  const isWanted = isAskedFor(question);
  const all = loggingOff(db, { now }).filter(({ account, region, from, to, coveredBy }) => {
    const [begin, end] = [readableSeconds(from), to === null ? undefined : readableSeconds(to)];
    if (begin === undefined || coveredBy.length > 0) return false;
    const isInTime =
      (last === undefined || begin <= last) && (first === undefined || end === undefined || end >= first);
    return isInTime && isWanted({ account, region });
  });
  const [off] = all;
  if (!off) return [];
  const { trail, from, to, stopped } = off;
  const until = to === null ? `from ${from} on` : `from ${from} to ${to}`;
  const text = `logging off: trail ${trail} did not log ${until}: ${stopped.eventName} by ${stopped.who ?? '-'} from ${stopped.sourceIPAddress ?? '-'}${moreText(all.length)}`;
  return [{ kind: 'logging off', text, from, to, count: null, name: trail }];
}

/** `, and once more`: of several only one is told. */
const moreText = (count: number): string =>
  count === 1
    ? ''
    : count === 2
      ? ', and once more'
      : `, and ${(count - 1).toLocaleString('en-US')} times more`;

/** Whether a place is asked for; a trail of all regions, which has none, hides events of each of them. */
function isAskedFor({ filters: { account, region } }: Question): (place: Place) => boolean {
  const [ofAccount, ofBoth] = [placeTest({ account }), placeTest({ account, region })];
  return place => (place.region === null ? ofAccount(place) : ofBoth(place));
}

/**
 * Management events that a trail left out within the time, by its event selectors.
 * @param certainty `certain` for those of which nothing speaks against it, `possible` for the others
 */
export function unrecordedReason(question: Question, certainty: 'certain' | 'possible'): Hidden[] {
  const { db, filters, first, last } = question;
  const isWanted = isAskedFor(question);
  const all = unrecorded(db).filter(
    one =>
      isCertain(one) === (certainty === 'certain') &&
      isWanted(one) &&
      mayAskFor(filters, one.left) &&
      (last === undefined || one.first <= last) &&
      (first === undefined || one.end >= first),
  );
  const [one] = all;
  if (!one) return [];
  const { from, to } = one;
  const until = to === null ? `from ${from} on` : `from ${from} to ${to}`;
  const text = `not recorded: ${until} ${unrecordedText(one)}${moreText(all.length)}`;
  return [{ kind: 'not recorded', text, from, to, count: null, name: one.trail }];
}

/** Whether a question can be about management events that were left out. */
function mayAskFor({ category, readOnly, key }: Question['filters'], left: LeftOut): boolean {
  if (key !== undefined) return false;
  const categories = wantedValues(category).map(value => value.toLowerCase());
  if (categories.length > 0 && !categories.includes('management')) return false;
  const wanted = wantedValues(readOnly);
  return left === 'all' || wanted.length === 0 || wanted.includes(String(left === 'read'));
}
