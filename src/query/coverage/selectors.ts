/**
 * Event selectors: what a trail was told to record, as PutEventSelectors has them, and whether an event is among it
 * (API Reference, EventSelector and AdvancedEventSelector; User Guide, "Filtering data events by using advanced event
 * selectors").
 */

import { type Json, objectsIn, textIn, textsIn, truthIn } from './trail-json.js';

/** What an operator of a field selector is called in CloudTrail's records. */
export const OPERATORS = [
  'equals',
  'startsWith',
  'endsWith',
  'notEquals',
  'notStartsWith',
  'notEndsWith',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** A condition on one field of an event. */
export interface FieldSelector extends Partial<Record<Operator, string[]>> {
  /** `eventCategory`, `resources.type`, `resources.ARN`, `eventName`, `readOnly`, `eventSource`, … */
  field: string;
}

/** An advanced event selector: an event is recorded where all its conditions hold. */
export interface AdvancedSelector {
  /** The name that it was given. */
  name: string | null;
  fieldSelectors: FieldSelector[];
  /** False where part of it could not be read. */
  isWhole: boolean;
}

/** A basic event selector. */
export interface BasicSelector {
  readWriteType: 'All' | 'ReadOnly' | 'WriteOnly';
  includeManagementEvents: boolean;
  /** Services whose management events are left out. */
  excludeManagementEventSources: string[];
  /** Resources whose data events are recorded, as ARNs or the beginning of ARNs. */
  dataResources: Array<{ type: string; values: string[] }>;
  /** False where part of it could not be read. */
  isWhole: boolean;
}

/** The event selectors of a trail; `default` for those of a new one, which records all management events and no others. */
export type Selectors =
  | { form: 'basic' | 'default'; selectors: BasicSelector[] }
  | { form: 'advanced'; selectors: AdvancedSelector[] };

/** "By default, trails … log all read and write management events, and no data events" (API Reference, PutEventSelectors). */
export const DEFAULT_SELECTORS: Selectors = {
  form: 'default',
  selectors: [
    {
      readWriteType: 'All',
      includeManagementEvents: true,
      excludeManagementEventSources: [],
      dataResources: [],
      isWhole: true,
    },
  ],
};

/** What a trail records, as far as it is known. */
export interface Recording {
  /** Null where nothing says them. */
  selectors: Selectors | null;
  /** Types of its Insights events; null where nothing says them. */
  insightTypes: string[] | null;
}

/** An event that a trail is asked about. What is not said of it may be anything. */
export interface EventQuestion {
  category: 'Management' | 'Data' | 'NetworkActivity' | 'Insight';
  readOnly?: boolean;
  /** Of a data event: `AWS::S3::Object`. */
  resourceType?: string;
  /** `arn:aws:s3:::bucket/key`. */
  resourceArn?: string;
  eventName?: string;
  /** `s3.amazonaws.com`. */
  eventSource?: string;
}

/** Which of the events that a question stands for are recorded: `some` where it depends on what the question leaves open. */
export type Extent = 'all' | 'some' | 'none' | 'unknown';

/** Whether an event is recorded; unknown also where the question leaves open what decides. */
export type Answer = 'yes' | 'no' | 'unknown';

/**
 * The selectors in the parameters or the response of a PutEventSelectors. A trail has either form, never both.
 * @returns null where they do not say them: the list is empty, cut off, or not one of objects
 */
export function selectorsOf(container: Json): Selectors | null {
  const advanced = objectsIn(container, 'advancedEventSelectors');
  const basic = objectsIn(container, 'eventSelectors');
  if (basic?.isWhole === false || advanced?.isWhole === false) return null;
  const [hasBasic, hasAdvanced] = [basic, advanced].map(list => list !== null && list.items.length > 0);
  if (hasBasic === hasAdvanced) return null;
  return hasBasic
    ? { form: 'basic', selectors: basic!.items.map(basicOf) }
    : { form: 'advanced', selectors: advanced!.items.map(advancedOf) };
}

function advancedOf(one: Json): AdvancedSelector {
  const fields = objectsIn(one, 'fieldSelectors') ?? { items: [], isWhole: false };
  let { isWhole } = fields;
  const fieldSelectors: FieldSelector[] = [];
  for (const item of fields.items) {
    const field = textIn(item, 'field');
    if (field === null) {
      isWhole = false;
      continue;
    }
    const selector: FieldSelector = { field };
    for (const operator of OPERATORS) {
      const values = textsIn(item, operator);
      if (!values.isWhole) isWhole = false;
      // An operator without values is one that was not used.
      if (values.items.length > 0) selector[operator] = values.items;
    }
    fieldSelectors.push(selector);
  }
  // "eventCategory … is required" (API Reference, AdvancedFieldSelector).
  if (!fieldSelectors.some(({ field }) => field === 'eventCategory')) isWhole = false;
  return { name: textIn(one, 'name'), fieldSelectors, isWhole };
}

const READ_WRITE_TYPES = ['All', 'ReadOnly', 'WriteOnly'] as const;

function basicOf(one: Json): BasicSelector {
  const excluded = textsIn(one, 'excludeManagementEventSources');
  const resources = objectsIn(one, 'dataResources') ?? {
    items: [],
    isWhole: (one.dataResources ?? null) === null,
  };
  let isWhole = excluded.isWhole && resources.isWhole;
  const dataResources = resources.items.flatMap(resource => {
    const type = textIn(resource, 'type');
    const values = textsIn(resource, 'values');
    if (type === null || !values.isWhole) isWhole = false;
    return type === null ? [] : [{ type, values: values.items }];
  });
  // The defaults are those of the API: All, and true.
  const readWriteType = READ_WRITE_TYPES.find(type => type === (one.readWriteType ?? 'All'));
  const management = truthIn(one, 'includeManagementEvents', true);
  return {
    readWriteType: readWriteType ?? 'All',
    includeManagementEvents: management ?? true,
    excludeManagementEventSources: excluded.items,
    dataResources,
    isWhole: isWhole && readWriteType !== undefined && management !== null,
  };
}

/**
 * The selectors as conditions on fields, which both forms come down to.
 * - Of a basic selector the ARN of an object may go on after a value, that of a function or a table may not ("Lambda
 *   function ARNs are exact", API Reference, DataResource), except where the value is that of a whole service.
 * - A resource without values selects nothing.
 */
export function conditionsOf(selectors: Selectors): AdvancedSelector[] {
  return selectors.form === 'advanced' ? selectors.selectors : selectors.selectors.flatMap(conditionsOfBasic);
}

function conditionsOfBasic(selector: BasicSelector): AdvancedSelector[] {
  const { readWriteType, includeManagementEvents, excludeManagementEventSources, dataResources, isWhole } =
    selector;
  const readOnly: FieldSelector[] =
    readWriteType === 'All' ? [] : [{ field: 'readOnly', equals: [String(readWriteType === 'ReadOnly')] }];
  const selectorOf = (category: string, ...more: FieldSelector[]): AdvancedSelector => ({
    name: null,
    fieldSelectors: [{ field: 'eventCategory', equals: [category] }, ...readOnly, ...more],
    isWhole,
  });
  const excluded: FieldSelector[] =
    excludeManagementEventSources.length === 0
      ? []
      : [{ field: 'eventSource', notEquals: excludeManagementEventSources }];
  const data = dataResources.flatMap(({ type, values }) => {
    if (values.length === 0) return [];
    const isPrefix = (value: string): boolean =>
      type === 'AWS::S3::Object' || value.split(':', ARN_PARTS).length < ARN_PARTS;
    const [starts, exact] = [values.filter(isPrefix), values.filter(value => !isPrefix(value))];
    const arn: FieldSelector = { field: 'resources.ARN' };
    if (starts.length > 0) arn.startsWith = starts;
    if (exact.length > 0) arn.equals = exact;
    return [selectorOf('Data', { field: 'resources.type', equals: [type] }, arn)];
  });
  if (!isWhole) return [selectorOf('Management', ...excluded), ...data, selectorOf('Data')];
  return includeManagementEvents ? [selectorOf('Management', ...excluded), ...data] : data;
}

/** arn, partition, service, region, account, resource. */
const ARN_PARTS = 6;

/** Which of the events that a question stands for are recorded. */
export function extentOf({ selectors, insightTypes }: Recording, question: EventQuestion): Extent {
  if (question.category === 'Insight')
    return insightTypes === null ? 'unknown' : insightTypes.length > 0 ? 'all' : 'none';
  if (selectors === null) return 'unknown';
  let extent: Extent = 'none';
  // An event is recorded where any of the selectors fits.
  for (const selector of conditionsOf(selectors)) {
    const one = extentOfSelector(selector, question);
    if (one === 'all') return 'all';
    if (one === 'some' || (one === 'unknown' && extent === 'none')) extent = one;
  }
  return extent;
}

/**
 * Whether a trail records an event.
 * @returns `unknown` where the selectors are not known, or the question leaves open what decides
 */
export function records(recording: Recording, question: EventQuestion): Answer {
  const extent = extentOf(recording, question);
  return extent === 'all' ? 'yes' : extent === 'none' ? 'no' : 'unknown';
}

function extentOfSelector({ fieldSelectors, isWhole }: AdvancedSelector, question: EventQuestion): Extent {
  let extent: Extent = isWhole ? 'all' : 'unknown';
  for (const selector of fieldSelectors) {
    const one = holds(selector, valueIn(question, selector.field));
    if (one === 'none') {
      // What could not be read may have been a further value of this field, but for the category.
      if (isWhole || selector.field === 'eventCategory') return 'none';
      continue;
    }
    if (one === 'some' && extent === 'all') extent = 'some';
  }
  return extent;
}

/** Of one field, one of the conditions that select must hold, and none of those that deselect may be met. */
function holds(selector: FieldSelector, value: string | undefined): 'all' | 'some' | 'none' {
  const { equals, startsWith, endsWith, notEquals, notStartsWith, notEndsWith } = selector;
  const selects = equals ?? startsWith ?? endsWith;
  const deselects = notEquals ?? notStartsWith ?? notEndsWith;
  if (!selects && !deselects) return 'all';
  if (value === undefined) return 'some';
  const meets = (same?: string[], begin?: string[], end?: string[]): boolean =>
    same?.includes(value) === true ||
    begin?.some(text => value.startsWith(text)) === true ||
    end?.some(text => value.endsWith(text)) === true;
  if (selects && !meets(equals, startsWith, endsWith)) return 'none';
  return meets(notEquals, notStartsWith, notEndsWith) ? 'none' : 'all';
}

/** What the question says of a field; undefined where it may be anything. */
function valueIn(question: EventQuestion, field: string): string | undefined {
  switch (field) {
    case 'eventCategory':
      return question.category;
    case 'readOnly':
      return question.readOnly === undefined ? undefined : String(question.readOnly);
    case 'resources.type':
      return question.resourceType;
    case 'resources.ARN':
      return question.resourceArn;
    case 'eventName':
      return question.eventName;
    case 'eventSource':
      return question.eventSource;
    default:
      return undefined;
  }
}
