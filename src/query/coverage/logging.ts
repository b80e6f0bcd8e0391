/** When a trail did not log, as far as the logs tell: from the call that stopped it to the one that started it again. */

import type { Db } from '../../store/open.js';
import { type Extent, extentOf } from './selectors.js';
import { type TrailChange, type TrailStory, trailStories } from './trails.js';

export interface LoggingOffOptions {
  /** The end of stretches that go on. */
  now: Date;
}

/** A stretch of time in which a trail did not log. */
export interface LoggingOff {
  /** Account of the trail; null where the records do not say it. */
  account: string | null;
  /**
   * The region that was not logged; null for all regions, or for all but `exceptRegion`. Where no event says whether the
   * trail was one of all regions, it is its home region.
   */
  region: string | null;
  /** Where a trail of all regions became one of this region alone: it logs on there. */
  exceptRegion: string | null;
  /** Whether the trail was one of all regions; null where no event says it. */
  isMultiRegion: boolean | null;
  /** Name of the trail. */
  trail: string;
  /** Region that the trail was made in. */
  homeRegion: string | null;
  /** Its ARN, where an event has it. */
  arn: string | null;
  /** When it began, `YYYY-MM-DDTHH:MM:SSZ`. */
  from: string;
  /** When it ended; null where no event says that it did. */
  to: string | null;
  /** How long it was; until now where no event says that it ended. */
  seconds: number;
  /** The change that stopped it; a CreateTrail where the trail was deleted before, unseen. */
  stopped: TrailChange;
  /** The change that started it again. */
  started: TrailChange | null;
  /** Where the trail was deleted meanwhile: the change that did it. */
  deleted: TrailChange | null;
  /** Where the trail was made again meanwhile: the change that did it. It does not start the trail. */
  recreated: TrailChange | null;
  /** Other trails of the account that logged meanwhile in the same region, or in some of the regions. */
  coveredBy: Covering[];
}

/** A trail that logged while another did not. */
export interface Covering {
  /** Its name. */
  trail: string;
  homeRegion: string | null;
  arn: string | null;
  /** The region that it logged; null for all regions. */
  region: string | null;
  /** When that began within the other's stretch. */
  from: string;
  /** When it ended; null where no event says that it did. */
  to: string | null;
  /** Which management events it recorded. */
  management: Extent;
}

/**
 * Finds when trails did not log. A stretch begins with StopLogging, DeleteTrail, or an UpdateTrail that leaves a trail of
 * all regions its own region alone, and ends with the next StartLogging, or the UpdateTrail that gives it all regions
 * back. CreateTrail does not start a trail (API Reference, StartLogging); a trail that was made for the first time and
 * not started yet was not stopped.
 * @returns in order of time
 */
export const loggingOff = (db: Db, { now }: LoggingOffOptions): LoggingOff[] =>
  loggingOffIn(trailStories(db), { now });

/** The same from what is known of the trails. */
export function loggingOffIn(stories: readonly TrailStory[], { now }: LoggingOffOptions): LoggingOff[] {
  const coveringsOf = createCoverings(stories);
  return stories
    .flatMap(story => offOf(story, now))
    .sort((a, b) => a.stopped.seconds - b.stopped.seconds)
    .map(off => ({
      ...off,
      coveredBy: coveringsOf({
        ...off,
        first: off.stopped.seconds,
        end: off.started?.seconds ?? Number.POSITIVE_INFINITY,
      }),
    }));
}

/** Trails of an account that are looked at: CloudTrail allows five for each region. */
const MOST_TRAILS = 200;
/** Coverings that are listed for one stretch. */
const MOST_COVERINGS = 100;

function offOf(story: TrailStory, now: Date): LoggingOff[] {
  const all: LoggingOff[] = [];
  /** The trail as a whole, and all regions but its own. */
  let [whole, others]: Array<LoggingOff | undefined> = [];
  let before: TrailChange | undefined;
  const begin = (stopped: TrailChange, place: Pick<LoggingOff, 'region' | 'exceptRegion'>): LoggingOff => {
    const { account, name, homeRegion, arn } = story;
    const off: LoggingOff = {
      account,
      ...place,
      isMultiRegion: before?.state.isMultiRegion ?? stopped.state.isMultiRegion,
      trail: name,
      homeRegion,
      arn,
      from: stopped.time,
      to: null,
      seconds: Math.max(0, now.getTime() / 1000 - stopped.seconds),
      stopped,
      started: null,
      deleted: stopped.eventName === 'DeleteTrail' ? stopped : null,
      recreated: null,
      coveredBy: [],
    };
    all.push(off);
    return off;
  };
  for (const change of story.changes) {
    const { eventName, state } = change;
    const wasMultiRegion = before?.state.isMultiRegion ?? state.isMultiRegion;
    if (eventName === 'StartLogging') {
      if (whole) end(whole, change);
      whole = undefined;
    } else if (isOff(change, before)) {
      whole ??= begin(change, { region: wasMultiRegion ? null : story.homeRegion, exceptRegion: null });
      if (eventName === 'DeleteTrail') whole.deleted ??= change;
    }
    if (eventName === 'CreateTrail' && whole && whole.stopped !== change) whole.recreated ??= change;
    const isNarrowed = before?.state.isMultiRegion === true && state.isMultiRegion === false;
    if (eventName === 'UpdateTrail' && isNarrowed && !whole)
      others ??= begin(change, { region: null, exceptRegion: story.homeRegion });
    if (others && state.isMultiRegion && state.isLogging !== false) {
      end(others, change);
      others = undefined;
    }
    before = change;
  }
  return all;
}

/** Whether a change says that the trail does not log from then on, though it was there before. */
function isOff({ eventName, time }: TrailChange, before: TrailChange | undefined): boolean {
  if (eventName === 'StopLogging' || eventName === 'DeleteTrail') return true;
  // A name is used once: the trail that had it was deleted, and that is not in the logs. Copies of one call have one time.
  return eventName === 'CreateTrail' && before?.state.exists === true && before.time !== time;
}

function end(off: LoggingOff, started: TrailChange): void {
  off.started = started;
  off.to = started.time;
  off.seconds = started.seconds - off.stopped.seconds;
}

interface LoggingTrail {
  story: TrailStory;
  stretches: LoggingStretch[];
}

/** A stretch in which a trail logged, with one answer to what. */
interface LoggingStretch {
  region: string | null;
  management: Extent;
  begin: TrailChange;
  end: TrailChange | null;
}

function loggingStretches(story: TrailStory): LoggingStretch[] {
  const stretches: LoggingStretch[] = [];
  let last: LoggingStretch | undefined;
  for (const change of story.changes) {
    const { isLogging, isMultiRegion } = change.state;
    const region = isMultiRegion ? null : story.homeRegion;
    const management = extentOf(change.state, { category: 'Management' });
    if (last && isLogging && last.region === region && last.management === management) continue;
    if (last) last.end = change;
    last = isLogging ? { region, management, begin: change, end: null } : undefined;
    if (last) stretches.push(last);
  }
  return stretches;
}

/** A stretch in which a trail did not log, or not everything. */
interface TrailStretch
  extends Pick<LoggingOff, 'account' | 'trail' | 'homeRegion' | 'region' | 'exceptRegion' | 'from' | 'to'> {
  /** Seconds since 1970. */
  first: number;
  /** Infinity where it goes on. */
  end: number;
}

/** Finds the other trails of an account that logged during a stretch of one. */
export function createCoverings(stories: readonly TrailStory[]): (stretch: TrailStretch) => Covering[] {
  const trailsOf = new Map<string | null, LoggingTrail[]>();
  for (const story of stories) {
    const trails = trailsOf.get(story.account) ?? [];
    trailsOf.set(story.account, trails);
    if (trails.length < MOST_TRAILS) trails.push({ story, stretches: loggingStretches(story) });
  }
  return stretch => coveringsOf(stretch, trailsOf.get(stretch.account) ?? []);
}

function coveringsOf(off: TrailStretch, trails: readonly LoggingTrail[]): Covering[] {
  const { first, end: last } = off;
  const coverings: Covering[] = [];
  for (const { story, stretches } of trails) {
    if (story.name === off.trail && story.homeRegion === off.homeRegion) continue;
    for (let i = firstEndingAfter(stretches, first); i < stretches.length; i++) {
      const { region, management, begin, end } = stretches[i]!;
      if (begin.seconds >= last || coverings.length === MOST_COVERINGS) break;
      if (region === null ? false : region === off.exceptRegion) continue;
      if (region !== null && off.region !== null && region !== off.region) continue;
      const { name, homeRegion, arn } = story;
      const from = begin.seconds > first ? begin.time : off.from;
      const to = end === null || end.seconds > last ? off.to : end.time;
      coverings.push({ trail: name, homeRegion, arn, region, from, to, management });
    }
  }
  return coverings;
}

/** A binary search: a trail may have changed a million times. */
function firstEndingAfter(stretches: readonly LoggingStretch[], seconds: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { end } = stretches[middle]!;
    if (end === null || end.seconds > seconds) high = middle;
    else low = middle + 1;
  }
  return low;
}
