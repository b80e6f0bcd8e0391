/** Trails as the logs themselves tell: every change of every trail, and what is known of it after each. */

import { grouped } from '../../grouped.js';
import type { Db } from '../../store/open.js';
import { inSnapshot } from '../snapshot.js';
import { DEFAULT_SELECTORS, type Recording, selectorsOf } from './selectors.js';
import {
  readTrailRecords,
  type TrailEvent,
  type TrailName,
  type TrailRecord,
  type TrailRecords,
} from './trail-events.js';
import { type Json, objectsIn, textIn, truthIn } from './trail-json.js';

/** What is known of a trail after a change. Null is what no event says. */
export interface TrailState extends Recording {
  /** Whether there is a trail of this name. */
  exists: boolean | null;
  /** Whether it records events. */
  isLogging: boolean | null;
  /** Whether it records those of all regions. */
  isMultiRegion: boolean | null;
  /** Whether it records those of all accounts of the organization. */
  isOrganization: boolean | null;
  /** Whether there are digest files for its log files. */
  validatesFiles: boolean | null;
  /** Whether it records events of global services. */
  includesGlobalEvents: boolean | null;
  /** Bucket that it writes to. */
  bucket: string | null;
  /** What the keys of its files begin with; empty where they begin with `AWSLogs/`. */
  prefix: string | null;
  /** KMS key of its files; empty where it has none. */
  kmsKey: string | null;
}

/** An event that changed a trail, and what is known of it after that. */
export interface TrailChange extends TrailEvent {
  state: TrailState;
}

/** What the logs tell of a trail. */
export interface TrailStory extends TrailName {
  /** Its ARN, where an event has it. */
  arn: string | null;
  /** In order of time. */
  changes: TrailChange[];
}

/** All that the logs tell of trails. */
export interface Trails extends Omit<TrailRecords, 'records'> {
  /** Those that changed first come first. */
  stories: TrailStory[];
}

/** A trail before the first event about it. */
export const UNKNOWN_STATE: Readonly<TrailState> = {
  exists: null,
  isLogging: null,
  isMultiRegion: null,
  isOrganization: null,
  validatesFiles: null,
  includesGlobalEvents: null,
  bucket: null,
  prefix: null,
  kmsKey: null,
  selectors: null,
  insightTypes: null,
};

/**
 * Reads what the logs tell of trails: the calls that changed one and succeeded. A trail that nobody changed while these
 * logs were written is not among them.
 */
export function readTrails(db: Db): Trails {
  const { records, untimed, unnamed } = inSnapshot(db, () => readTrailRecords(db));
  return { stories: storiesOf(records), untimed, unnamed };
}

/** What the logs tell of each trail. */
export const trailStories = (db: Db): TrailStory[] => readTrails(db).stories;

function storiesOf(records: readonly TrailRecord[]): TrailStory[] {
  const byTrail = grouped(records, ({ trail: { account, homeRegion, name } }) =>
    JSON.stringify([account, homeRegion, name]),
  );
  return [...byTrail.values()].map(storyOf);
}

/** @param records those of one trail, in order of time */
function storyOf(records: readonly TrailRecord[]): TrailStory {
  const changes: TrailChange[] = [];
  let state: TrailState = UNKNOWN_STATE;
  for (let first = 0; first < records.length; ) {
    let end = first + 1;
    while (records[end]?.event.time === records[first]!.event.time) end++;
    for (const record of inOneSecond(records.slice(first, end), state)) {
      state = stateAfter(state, record);
      changes.push({ ...record.event, state });
    }
    first = end;
  }
  return {
    ...records[0]!.trail,
    arn: records.find(({ arn }) => arn !== null)?.arn ?? null,
    changes,
  };
}

/**
 * The order of calls of one second, which the logs do not tell: a trail is made before all else and deleted last, unless
 * it was there already and is made again.
 */
function inOneSecond(records: TrailRecord[], { exists }: TrailState): TrailRecord[] {
  if (records.length === 1) return records;
  const isMadeAgain = exists === true && records.some(({ event }) => event.eventName === 'CreateTrail');
  const order = isMadeAgain ? ['DeleteTrail', 'CreateTrail', ''] : ['CreateTrail', '', 'DeleteTrail'];
  const rank = ({ event }: TrailRecord): number => {
    const place = order.indexOf(event.eventName);
    return place < 0 ? order.indexOf('') : place;
  };
  return records.sort((a, b) => rank(a) - rank(b));
}

function stateAfter(before: TrailState, { event, request, response }: TrailRecord): TrailState {
  // What changes a deleted trail changes one that was made again, unseen.
  const state: TrailState = { ...(before.exists === false ? UNKNOWN_STATE : before), exists: true };
  switch (event.eventName) {
    case 'CreateTrail':
      return created(request, response);
    case 'UpdateTrail':
      return withSettings(state, request, response);
    case 'DeleteTrail':
      return { ...before, exists: false, isLogging: false };
    case 'StartLogging':
      return { ...state, isLogging: true };
    case 'StopLogging':
      return { ...state, isLogging: false };
    case 'PutEventSelectors':
      return { ...state, selectors: selectorsOf(response) ?? selectorsOf(request) };
    case 'PutInsightSelectors':
      return { ...state, insightTypes: insightTypesOf(response) ?? insightTypesOf(request) };
  }
}

/** A new trail: what the call does not say is the default (API Reference, CreateTrail). It does not log yet. */
function created(request: Json, response: Json): TrailState {
  // A record whose parameters were left out says nothing; every other names the bucket.
  const isSaid = textIn(request, 's3BucketName') !== null || textIn(response, 's3BucketName') !== null;
  const defaults: TrailState = {
    exists: true,
    isLogging: false,
    isMultiRegion: false,
    isOrganization: false,
    validatesFiles: false,
    includesGlobalEvents: true,
    bucket: null,
    prefix: '',
    kmsKey: '',
    selectors: DEFAULT_SELECTORS,
    insightTypes: [],
  };
  const { selectors, insightTypes } = defaults;
  const state = isSaid
    ? defaults
    : { ...UNKNOWN_STATE, exists: true, isLogging: false, selectors, insightTypes };
  return withSettings(state, request, response);
}

/** The response has the trail as it is afterwards; the request only what was asked to change. */
function withSettings(before: TrailState, request: Json, response: Json): TrailState {
  const truth = (inRequest: string, inResponse: string, known: boolean | null): boolean | null =>
    truthIn(response, inResponse) ?? truthIn(request, inRequest, known);
  const text = (name: string, known: string | null): string | null =>
    textIn(response, name) ?? textIn(request, name) ?? known;
  const { isMultiRegion, isOrganization, validatesFiles, includesGlobalEvents, bucket, prefix, kmsKey } =
    before;
  return {
    ...before,
    isMultiRegion: truth('isMultiRegionTrail', 'isMultiRegionTrail', isMultiRegion),
    isOrganization: truth('isOrganizationTrail', 'isOrganizationTrail', isOrganization),
    validatesFiles: truth('enableLogFileValidation', 'logFileValidationEnabled', validatesFiles),
    includesGlobalEvents: truth(
      'includeGlobalServiceEvents',
      'includeGlobalServiceEvents',
      includesGlobalEvents,
    ),
    bucket: text('s3BucketName', bucket),
    prefix: text('s3KeyPrefix', prefix),
    kmsKey: text('kmsKeyId', kmsKey),
  };
}

/** Types of Insights events; an empty list switches them off. Null where the list is not there, or not one of objects. */
function insightTypesOf(container: Json): string[] | null {
  const list = objectsIn(container, 'insightSelectors');
  if (!list?.isWhole) return null;
  return list.items.map(item => textIn(item, 'insightType') ?? 'unknown');
}
