/**
 * Which kinds of events can be in an index, by account and stretch of time: as far as the logs tell of trails, and by
 * what is there. A kind that no trail records is not in the logs, whatever happened.
 */

import { grouped } from '../../grouped.js';
import type { Db } from '../../store/open.js';
import { compareText } from '../columns/order.js';
import { inSnapshot } from '../snapshot.js';
import { type AccountChanges, createStretchCounter } from './recorded-events.js';
import { type PresentKind, presentKinds } from './recorded-present.js';
import {
  createTrailRecorder,
  KIND_NAMES,
  type RecordedKindName,
  type RecordedResources,
  type TrailExtent,
  type TrailRecorder,
  type TrailRecording,
} from './recorded-trail.js';
import type { Answer, Extent } from './selectors.js';
import type { TrailEvent, TrailName } from './trail-events.js';
import { type TrailChange, type TrailStory, trailStories } from './trails.js';

/** What is recorded in an account. */
export interface Recorded {
  /** Account of the trails and of the events; null where the records do not say it. */
  account: string | null;
  /** From the first change of a trail on, without gaps; none where no trail of the account changed in these logs. */
  stretches: RecordedStretch[];
  /** Number of later changes of trails, which are left out after a thousand stretches. */
  changesLeftOut: number;
  /** Kinds of events that the index has: they were recorded, whatever trails are known. */
  present: PresentKind[];
}

/** What is recorded from one change of a trail to the next. */
export interface RecordedStretch extends Record<RecordedKindName, RecordedKind> {
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  from: string;
  /** Null for the last one, where no changes are left out. */
  to: string | null;
  /** Resources whose data events are recorded, and services whose network activity is. */
  resources: RecordedResources[];
  /** Further ones, where there are more than a thousand. */
  resourcesLeftOut: number;
}

/** Whether a kind of events is recorded. */
export interface RecordedKind {
  /**
   * `yes` where a trail records it, or where it is not known and there are such events; `no` where none does of which the
   * logs tell, and there are no such events: a trail that nobody changed is not among those; else `unknown`.
   */
  answer: Answer;
  /** Number of such events in the index, but for those in the seconds of changes. */
  events: number;
  /** Whether a yes is for some of these events only: what the selectors of the trails say. */
  isPartial: boolean;
  /** Of a yes the regions; null for all. */
  regions: string[] | null;
  /** The trail that decides, also where events contradict its no; null where it is not known. */
  trail: TrailName | null;
  /** The change that says so: of selectors, or of logging; null where none does. */
  event: TrailEvent | null;
}

const MOST_STRETCHES = 1000;
const MOST_RESOURCES = 1000;
/** Trails of an account that are looked at at once: CloudTrail allows five for each region. */
const MOST_TRAILS = 200;

/**
 * What was recorded, as far as the logs tell, and which kinds of events are there.
 * @returns by account
 */
export function recorded(db: Db): Recorded[] {
  return inSnapshot(db, () => {
    const stories = grouped(trailStories(db), ({ account }) => account);
    const accounts = new Map<string | null, Recorded>();
    for (const [account, ofAccount] of stories)
      accounts.set(account, { account, ...stretchesOf(ofAccount), present: [] });
    const known = [...accounts.values()];
    const counter = createStretchCounter(db, known.map(changesOf));
    const present = presentKinds(db, counter.add);
    for (const [index, { stretches }] of known.entries())
      for (const [i, stretch] of stretches.entries())
        for (const name of KIND_NAMES) addEvents(stretch[name], counter.eventsOf(index, i, name));
    for (const kind of present) {
      const { account } = kind;
      const one = accounts.get(account) ?? { account, stretches: [], changesLeftOut: 0, present: [] };
      accounts.set(account, one);
      one.present.push(kind);
    }
    return [...accounts.values()].sort((a, b) => compareText(a.account, b.account));
  });
}

function changesOf({ account, stretches }: Recorded): AccountChanges {
  const times = stretches.map(({ from }) => from);
  const end = stretches.at(-1)?.to ?? null;
  if (end !== null) times.push(end);
  return { account, seconds: times.map(time => Date.parse(time) / 1000) };
}

/** Adds what the index has: events that are there were recorded, by a trail that the logs do not tell of where need be. */
function addEvents(kind: RecordedKind, events: number): void {
  kind.events = events;
  if (events === 0) return;
  if (kind.answer === 'unknown') kind.answer = 'yes';
  // A few events may come after a trail was stopped: this is not a yes.
  if (kind.answer === 'no') kind.answer = 'unknown';
}

interface Step {
  change: TrailChange;
  recorder: TrailRecorder;
}

function stretchesOf(stories: readonly TrailStory[]): Pick<Recorded, 'stretches' | 'changesLeftOut'> {
  const current = new Map<TrailRecorder, TrailRecording>();
  const steps: Step[] = [];
  for (const story of stories) {
    const recorder = createTrailRecorder(story);
    if (recorder.before) current.set(recorder, recorder.before);
    for (const change of story.changes) steps.push({ change, recorder });
  }
  // The changes of a trail are in order already, and stay so.
  steps.sort((a, b) => compareText(a.change.time, b.change.time));
  const stretches: RecordedStretch[] = [];
  let step = 0;
  while (step < steps.length && stretches.length < MOST_STRETCHES) {
    const { time } = steps[step]!.change;
    let hasChanged = false;
    for (; steps[step]?.change.time === time; step++) {
      const { change, recorder } = steps[step]!;
      const recording = recorder.after(change);
      if (recording) current.set(recorder, recording);
      hasChanged ||= recording !== undefined;
    }
    if (!hasChanged) continue;
    const last = stretches.at(-1);
    if (last) last.to = time;
    stretches.push(stretchFrom(time, current));
  }
  const last = stretches.at(-1);
  if (last) last.to = steps[step]?.change.time ?? null;
  return { stretches, changesLeftOut: steps.length - step };
}

function stretchFrom(from: string, current: ReadonlyMap<TrailRecorder, TrailRecording>): RecordedStretch {
  const recordings: TrailRecording[] = [];
  for (const recording of current.values()) if (recordings.push(recording) === MOST_TRAILS) break;
  const isAll = recordings.length === current.size;
  const resources: RecordedResources[] = [];
  let count = 0;
  for (const recording of recordings) {
    count += recording.resources.length;
    resources.push(...recording.resources.slice(0, MOST_RESOURCES - resources.length));
  }
  const kinds = Object.fromEntries(KIND_NAMES.map(name => [name, kindOf(name, recordings, isAll)]));
  return {
    from,
    to: null,
    ...(kinds as Record<RecordedKindName, RecordedKind>),
    resources,
    resourcesLeftOut: count - resources.length,
  };
}

/** An event is recorded where any trail records it. */
const RANK: Readonly<Record<Extent, number>> = { none: 0, unknown: 1, some: 2, all: 3 };

/** @param isAll false where there are more trails than these */
function kindOf(name: RecordedKindName, recordings: readonly TrailRecording[], isAll: boolean): RecordedKind {
  let best: TrailExtent = { extent: isAll ? 'none' : 'unknown', event: null };
  let trail: TrailName | null = null;
  let regions: Set<string> | null = new Set();
  for (const recording of recordings) {
    const { extent, event } = recording.kinds[name];
    if (RANK[extent] >= RANK.some) {
      if (recording.region === null) regions = null;
      else regions?.add(recording.region);
    }
    const isLater = extent === 'none' && (event?.seconds ?? 0) > (best.event?.seconds ?? 0);
    if (RANK[extent] < RANK[best.extent] || (RANK[extent] === RANK[best.extent] && trail && !isLater))
      continue;
    best = { extent, event };
    trail = recording.trail;
  }
  const answer = best.extent === 'none' ? 'no' : best.extent === 'unknown' ? 'unknown' : 'yes';
  const isYes = answer === 'yes';
  return {
    answer,
    events: 0,
    isPartial: best.extent === 'some',
    regions: isYes && regions ? [...regions] : null,
    trail: answer === 'unknown' ? null : trail,
    event: answer === 'unknown' ? null : best.event,
  };
}
