/** What a change of a trail changed, in words. Names in them come from logs: escape them before they reach a terminal. */

import { RECORDED_KINDS, type ResourceCondition, resourcesOf } from './recorded-trail.js';
import {
  type Extent,
  extentOf,
  type FieldSelector,
  OPERATORS,
  type Operator,
  type Selectors,
} from './selectors.js';
import type { TrailChange, TrailState } from './trails.js';

/** Values that are named of a long list. */
const MOST_NAMED = 3;

/**
 * What a change changed: `logging on`, `no management events; data events of AWS::S3::Object …`.
 * @param before what was known before it; undefined for the first change
 */
export function changeText({ eventName, state }: TrailChange, before: TrailState | undefined): string {
  const isMade = eventName === 'CreateTrail';
  if (eventName === 'DeleteTrail') return 'deleted';
  const parts = [
    ...(isMade ? ['made, and does not log yet'] : []),
    ...(eventName === 'StartLogging'
      ? [isSame('isLogging', state, before) ? 'logging on, as before' : 'logging on']
      : []),
    ...(eventName === 'StopLogging'
      ? [isSame('isLogging', state, before) ? 'logging off, as before' : 'logging off']
      : []),
    ...settings(state, isMade ? undefined : before),
    ...(eventName === 'PutEventSelectors' || (isMade && state.selectors)
      ? [`records ${selectorsText(state.selectors)}`]
      : []),
    ...(eventName === 'PutInsightSelectors' ? [insightsText(state.insightTypes)] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'nothing that these logs tell';
}

const isSame = (name: keyof TrailState, state: TrailState, before: TrailState | undefined): boolean =>
  before !== undefined && before[name] === state[name];

type Setting = [name: keyof TrailState, text: (value: string | boolean) => string];

const SETTINGS: readonly Setting[] = [
  ['isMultiRegion', value => (value ? 'all regions' : 'its own region alone')],
  ['isOrganization', value => (value ? 'all accounts of the organization' : 'its own account alone')],
  ['validatesFiles', value => (value ? 'digest files on' : 'digest files off')],
  [
    'includesGlobalEvents',
    value => (value ? 'events of global services on' : 'events of global services off'),
  ],
  ['bucket', value => `bucket ${value}`],
  ['prefix', value => (value === '' ? 'no prefix' : `prefix ${value}`)],
  ['kmsKey', value => (value === '' ? 'no KMS key' : `KMS key ${value}`)],
];

/** What a trail has where nobody says otherwise (API Reference, CreateTrail): not told of a first change. */
const DEFAULTS: Partial<TrailState> = {
  isOrganization: false,
  includesGlobalEvents: true,
  prefix: '',
  kmsKey: '',
};

/** The settings that differ from those before; of a first change those that it says, but for the usual ones. */
function settings(state: TrailState, before: TrailState | undefined): string[] {
  return SETTINGS.flatMap(([name, text]) => {
    const value = state[name];
    if (value === null || isSame(name, state, before)) return [];
    return before === undefined && value === DEFAULTS[name] ? [] : [text(value as string | boolean)];
  });
}

function insightsText(types: readonly string[] | null): string {
  if (types === null) return 'Insights that these logs do not name';
  return types.length === 0 ? 'no Insights' : `Insights: ${named(types)}`;
}

/** What selectors record. */
export function selectorsText(selectors: Selectors | null): string {
  if (selectors === null) return 'what these logs do not say';
  const [read, write] = [RECORDED_KINDS.managementRead, RECORDED_KINDS.managementWrite].map(question =>
    extentOf({ selectors, insightTypes: null }, question),
  ) as [Extent, Extent];
  const resources = resourcesOf(selectors).map(resourceText);
  return [
    managementText(read, write),
    ...(resources.length > 0 ? [named(resources)] : ['no data events']),
  ].join('; ');
}

function managementText(read: Extent, write: Extent): string {
  if (read === 'none' && write === 'none') return 'no management events';
  if (read === 'unknown' || write === 'unknown') return 'management events as far as is not known';
  if (read === 'none') return `${write} management events that write, none that only read`;
  if (write === 'none') return `${read} management events that only read, none that write`;
  return read === 'all' && write === 'all' ? 'all management events' : 'some management events';
}

/** `data events of AWS::S3::Object, resources.ARN begins with arn:aws:s3:::bucket/`. */
export function resourceText({ category, resourceType, conditions }: ResourceCondition): string {
  const what = category === 'Data' ? 'data events' : 'network activity events';
  const of = resourceType === null ? what : `${what} of ${resourceType}`;
  return [of, ...conditions.map(conditionText)].join(', ');
}

const OPERATOR_TEXTS: Readonly<Record<Operator, string>> = {
  equals: 'is',
  startsWith: 'begins with',
  endsWith: 'ends with',
  notEquals: 'is not',
  notStartsWith: 'does not begin with',
  notEndsWith: 'does not end with',
};

const conditionText = (selector: FieldSelector): string =>
  OPERATORS.flatMap(operator => {
    const values = selector[operator];
    return values ? [`${selector.field} ${OPERATOR_TEXTS[operator]} ${named(values, ' or ')}`] : [];
  }).join(' and ');

function named(texts: readonly string[], separator = ', '): string {
  const more = texts.length - MOST_NAMED;
  const all = texts.slice(0, MOST_NAMED).join(separator);
  return more > 0 ? `${all} and ${more.toLocaleString('en-US')} more` : all;
}
