/**
 * When a trail logged and did not record management events, since its event selectors leave them out: all of them, those
 * that only read, or those that write.
 */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { CATEGORY_SQLITE } from '../filter/category.js';
import { createCoverings } from './logging.js';
import { RECORDED_KINDS } from './recorded-trail.js';
import { extentOf } from './selectors.js';
import type { TrailEvent } from './trail-events.js';
import { type TrailState, type TrailStory, trailStories } from './trails.js';

/** A stretch of time in which a trail did not record management events. */
export interface Unrecorded {
  /** Account of the trail; null where the records do not say it. */
  account: string | null;
  /** The region whose events it left out; null for all regions. */
  region: string | null;
  /** Name of the trail. */
  trail: string;
  homeRegion: string | null;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  from: string;
  /** Null where no event says that it ended. */
  to: string | null;
  /** Seconds since 1970. */
  first: number;
  /** Infinity where it goes on. */
  end: number;
  /** The management events that it left out. */
  left: LeftOut;
  /** The change of its selectors. */
  changed: TrailEvent;
  /** Other trails of the account that recorded management events meanwhile in one of its regions. */
  coveredBy: string[];
  /** Such events of that time that are in the index; undefined where they were not counted. */
  events: number | undefined;
}

/** Management events that selectors leave out. */
export type LeftOut = 'all' | 'read' | 'write';

/** Stretches of which it is looked up what else recorded them: trails that change more often are a flood. */
const MOST_JUDGED = 200;

/** The stretches in which trails that log did not record management events, in order of time. */
export function unrecorded(db: Db): Unrecorded[] {
  const stories = trailStories(db);
  const coveringsOf = createCoverings(stories);
  return stories
    .flatMap(stretchesOf)
    .sort((a, b) => a.first - b.first)
    .map((one, i) => {
      if (i >= MOST_JUDGED) return one;
      const coverings = coveringsOf({ ...one, exceptRegion: null });
      const others = coverings.filter(({ management }) => management !== 'none').map(({ trail }) => trail);
      return { ...one, coveredBy: [...new Set(others)], events: eventsDuring(db, one) };
    });
}

function stretchesOf({ account, homeRegion, name, changes }: TrailStory): Unrecorded[] {
  const stretches: Unrecorded[] = [];
  let current: Unrecorded | undefined;
  let before: TrailState | undefined;
  let left: LeftOut | undefined;
  let changed: TrailEvent | undefined;
  for (const { state, ...event } of changes) {
    // Selectors are long, and seldom changed.
    if (state.selectors !== before?.selectors) {
      left = leftOutBy(state);
      changed = event;
    }
    before = state;
    const now = state.isLogging === false || state.exists === false ? undefined : left;
    const region = state.isMultiRegion ? null : homeRegion;
    if (current && now === current.left && region === current.region) continue;
    if (current) Object.assign(current, { to: event.time, end: event.seconds });
    current = undefined;
    if (now === undefined) continue;
    current = {
      ...{ account, region, trail: name, homeRegion },
      ...{ from: event.time, to: null, first: event.seconds, end: Number.POSITIVE_INFINITY },
      ...{ left: now, changed: changed!, coveredBy: [], events: undefined },
    };
    stretches.push(current);
  }
  return stretches.filter(({ first, end }) => first < end);
}

function leftOutBy(state: TrailState): LeftOut | undefined {
  const [read, write] = [RECORDED_KINDS.managementRead, RECORDED_KINDS.managementWrite].map(
    question => extentOf(state, question) === 'none',
  );
  return read && write ? 'all' : read ? 'read' : write ? 'write' : undefined;
}

/** Values of readOnly that an event has which was left out. */
const READ_ONLY: Readonly<Record<LeftOut, readonly string[]>> = {
  all: ['true', 'false'],
  read: ['true'],
  write: ['false'],
};

/** Counts the events between the two changes; those of their very seconds are the changes themselves. */
function eventsDuring(db: Db, { account, region, from, to, left }: Unrecorded): number {
  return prepared(
    db,
    `SELECT count(*) FROM event
    WHERE eventtime > ? AND (? IS NULL OR eventtime < ?) AND kind_id IN (
      SELECT id FROM kind
      WHERE recipientaccountid IS ? AND (? IS NULL OR awsregion = ?) AND ${CATEGORY_SQLITE} = 'Management'
        AND readonly IN (SELECT value FROM json_each(?)))`,
  )
    .pluck()
    .get(from, to, to, account, region, region, JSON.stringify(READ_ONLY[left])) as number;
}
