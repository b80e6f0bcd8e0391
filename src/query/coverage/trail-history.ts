/** The trails as the logs tell, and what can be in these logs because of them: one answer for `coverage`. */

import type { Db } from '../../store/open.js';
import { readableSeconds } from '../../store/times.js';
import { resolveFilters } from '../columns/spelling.js';
import type { Filters } from '../filter/filter.js';
import { parseTime } from '../filter/time.js';
import { placeTest } from './place.js';
import { type Recorded, recorded } from './recorded.js';
import { changeText } from './trail-words.js';
import { readTrails, type TrailChange, type TrailStory } from './trails.js';

/** A call that changed a trail. */
export interface TrailHistoryChange extends TrailChange {
  /** What it changed, in words. Names in it come from logs: escape them before they reach a terminal. */
  change: string;
}

/** A trail with the calls that changed it, in order of time. */
export interface TrailHistory extends Omit<TrailStory, 'changes'> {
  /** Those of the time that was asked for, in order. */
  changes: TrailHistoryChange[];
}

/** What the logs tell of trails. */
export interface TrailHistories {
  /** Trails that somebody changed while these logs were written; others are not known. */
  trails: TrailHistory[];
  /** Which kinds of events can be in these logs, by account. */
  recorded: Recorded[];
  /** Calls that are left out: without a time that can be read. */
  untimed: number;
  /** Calls that are left out: they do not say which trail they are about. */
  unnamed: number;
}

/**
 * The trails of some accounts and regions, the changes of a time, and what is recorded then. A trail of all regions counts
 * for each of them.
 * @throws UsageError `BAD_TIME`
 */
export function trailHistories(
  db: Db,
  { account: accounts, region: regions, from, to }: Pick<Filters, 'account' | 'region' | 'from' | 'to'>,
  now: Date,
): TrailHistories {
  const { account, region } = resolveFilters(db, { account: accounts, region: regions }).filters;
  const [first, last] = [from, to].map(time => (time === undefined ? undefined : parseTime(time, now)));
  const [ofAccount, ofBoth] = [placeTest({ account }), placeTest({ account, region })];
  const { stories, untimed, unnamed } = readTrails(db);
  const trails = stories
    .filter(story =>
      story.changes.some(({ state }) => state.isMultiRegion)
        ? ofAccount({ account: story.account, region: null })
        : ofBoth({ account: story.account, region: story.homeRegion }),
    )
    .map(story => historyOf(story, { first, last }))
    .filter(({ changes }) => changes.length > 0);
  const isInTime = (begin: string | null, end: string | null): boolean =>
    (first === undefined || end === null || end >= first) &&
    (last === undefined || begin === null || begin <= last);
  const ofAccounts = recorded(db)
    .filter(one => ofAccount({ account: one.account, region: null }))
    .map(one => ({
      ...one,
      stretches: one.stretches.filter(stretch => isInTime(stretch.from, stretch.to)),
      present: one.present.filter(kind => isInTime(kind.first, kind.last)),
    }));
  return { trails, recorded: ofAccounts, untimed, unnamed };
}

function historyOf(
  { changes, ...story }: TrailStory,
  { first, last }: { first: string | undefined; last: string | undefined },
): TrailHistory {
  const all = changes.map((change, i) => ({ ...change, change: changeText(change, changes[i - 1]?.state) }));
  const bound = (time: string | undefined, fallback: number): number =>
    (time === undefined ? undefined : readableSeconds(time)) ?? fallback;
  const [begin, end] = [bound(first, Number.NEGATIVE_INFINITY), bound(last, Number.POSITIVE_INFINITY)];
  return {
    ...story,
    changes: all.filter(({ seconds }) => Math.floor(seconds) >= begin && Math.floor(seconds) <= end),
  };
}
