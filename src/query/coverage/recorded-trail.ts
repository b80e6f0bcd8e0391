/** What one trail records, step by step: the answers for every kind of events, and the change that says so. */

import {
  type Answer,
  conditionsOf,
  type EventQuestion,
  type Extent,
  extentOf,
  type FieldSelector,
  type Selectors,
} from './selectors.js';
import type { TrailEvent, TrailName } from './trail-events.js';
import type { TrailChange, TrailState, TrailStory } from './trails.js';

/** The kinds of events that a trail records or not. */
export const RECORDED_KINDS = {
  managementRead: { category: 'Management', readOnly: true },
  managementWrite: { category: 'Management', readOnly: false },
  data: { category: 'Data' },
  networkActivity: { category: 'NetworkActivity' },
  insights: { category: 'Insight' },
} as const satisfies Record<string, EventQuestion>;
export type RecordedKindName = keyof typeof RECORDED_KINDS;

/** Resources, or services, whose data or network activity events a trail records. */
export interface RecordedResources {
  /** Which events of them. */
  category: 'Data' | 'NetworkActivity';
  /** `AWS::S3::Object`; null where the selector does not say it. */
  resourceType: string | null;
  /** Further conditions that all must hold: on `resources.ARN`, `readOnly`, `eventName`, `eventSource`, … */
  conditions: FieldSelector[];
  /** `yes` where the trail logs, `unknown` where that is not known, or the selector could not be read as a whole. */
  answer: Answer;
  /** The trail that records them. */
  trail: TrailName;
  /** The region whose events it records; null for all regions. */
  region: string | null;
  /** The change that says so. */
  event: TrailEvent | null;
}

/** What a trail records of a kind, and the change that says so. */
export interface TrailExtent {
  extent: Extent;
  event: TrailEvent | null;
}

/** What a trail records after a change. */
export interface TrailRecording {
  trail: TrailName;
  /** The region whose events it records; null for all regions. */
  region: string | null;
  isLogging: boolean | null;
  kinds: Record<RecordedKindName, TrailExtent>;
  resources: RecordedResources[];
}

/** Follows one trail; each change must be given once, in order. */
export interface TrailRecorder {
  /** What the trail recorded before its first change: undefined where that made it. */
  before: TrailRecording | undefined;
  /** What it records after a change; undefined where that is what it recorded before. */
  after(change: TrailChange): TrailRecording | undefined;
}

export const KIND_NAMES = Object.keys(RECORDED_KINDS) as RecordedKindName[];

const kindsBy = (one: (name: RecordedKindName) => TrailExtent): Record<RecordedKindName, TrailExtent> =>
  Object.fromEntries(KIND_NAMES.map(name => [name, one(name)])) as Record<RecordedKindName, TrailExtent>;

/** What a trail records of which no event has told yet. */
const unknownRecording = (trail: TrailName): TrailRecording => ({
  trail,
  region: trail.homeRegion,
  isLogging: null,
  kinds: kindsBy(() => ({ extent: 'unknown', event: null })),
  resources: [],
});

/** Follows the trail of a story. */
export function createTrailRecorder({
  account,
  homeRegion,
  name,
  changes: [first],
}: TrailStory): TrailRecorder {
  const trail: TrailName = { account, homeRegion, name };
  let previous: TrailState | undefined;
  let byLogging: TrailEvent | null = null;
  let bySelectors: TrailEvent | null = null;
  let byInsights: TrailEvent | null = null;
  let chosen = askedOf(undefined);

  return {
    before: first?.eventName === 'CreateTrail' ? undefined : unknownRecording(trail),
    after(change) {
      const { state } = change;
      const { state: _, ...event } = change;
      const isSame = (names: ReadonlyArray<keyof TrailState>): boolean =>
        previous !== undefined && names.every(member => previous![member] === state[member]);
      if (isSame(['exists', 'isLogging', 'isMultiRegion', 'selectors', 'insightTypes'])) return undefined;
      if (!isSame(['exists', 'isLogging'])) byLogging = event;
      if (!isSame(['selectors'])) bySelectors = state.selectors === null ? null : event;
      if (!isSame(['insightTypes'])) byInsights = state.insightTypes === null ? null : event;
      // Selectors are long, and seldom changed.
      if (!isSame(['selectors', 'insightTypes'])) chosen = askedOf(state);
      previous = state;
      const { isLogging } = state;
      const region = state.isMultiRegion ? null : homeRegion;
      return {
        trail,
        region,
        isLogging,
        kinds: kindsBy(kind => {
          if (isLogging === false) return { extent: 'none', event: byLogging };
          const extent = chosen.extents[kind];
          const says = kind === 'insights' ? byInsights : bySelectors;
          const isKnown = isLogging || extent === 'none';
          return { extent: isKnown ? extent : 'unknown', event: isKnown ? says : null };
        }),
        resources:
          isLogging === false
            ? []
            : chosen.resources.map(one => ({
                ...one,
                answer: isLogging ? one.answer : 'unknown',
                trail,
                region,
                event: bySelectors,
              })),
      };
    },
  };
}

/** Resources, or services, that a selector chooses. */
export type ResourceCondition = Pick<
  RecordedResources,
  'category' | 'resourceType' | 'conditions' | 'answer'
>;

type Asked = {
  extents: Record<RecordedKindName, Extent>;
  resources: ResourceCondition[];
};

/** What the selectors of a state choose, whether the trail logs or not. */
function askedOf(state: TrailState | undefined): Asked {
  const recording = state ?? { selectors: null, insightTypes: null };
  return {
    extents: Object.fromEntries(
      KIND_NAMES.map(name => [name, extentOf(recording, RECORDED_KINDS[name])]),
    ) as Asked['extents'],
    resources: recording.selectors === null ? [] : resourcesOf(recording.selectors),
  };
}

/** The resources whose data or network activity events selectors choose, whether the trail logs or not. */
export function resourcesOf(selectors: Selectors): ResourceCondition[] {
  return conditionsOf(selectors).flatMap(({ fieldSelectors, isWhole }) => {
    const equal = (field: string): string[] =>
      fieldSelectors.find(selector => selector.field === field)?.equals ?? [];
    const category = (['Data', 'NetworkActivity'] as const).find(one => equal('eventCategory').includes(one));
    if (category === undefined) return [];
    const types = equal('resources.type');
    const conditions = fieldSelectors.filter(
      ({ field }) => field !== 'eventCategory' && field !== 'resources.type',
    );
    const answer: Answer = isWhole ? 'yes' : 'unknown';
    return (types.length > 0 ? types : [null]).map(resourceType => ({
      category,
      resourceType,
      conditions,
      answer,
    }));
  });
}
