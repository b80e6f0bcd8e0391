/** The arguments of `aws cloudtrail lookup-events`, and its errors (AWS CLI Command Reference; CloudTrail API Reference, LookupEvents). */

import { LookupError, type LookupErrorCode, UsageError } from '../../errors.js';
import type { ExactValue } from '../filter/condition.js';
import { type Filters, filterOf, valueFor } from '../filter/filter.js';
import { parseTime } from '../filter/time.js';

/** The keys of lookup attributes, and the filter each is. */
export const ATTRIBUTE_KEYS: Readonly<Record<string, keyof Filters>> = {
  EventId: 'eventId',
  EventName: 'eventName',
  ReadOnly: 'readOnly',
  Username: 'user',
  ResourceType: 'resourceType',
  ResourceName: 'resourceName',
  EventSource: 'service',
  AccessKeyId: 'accessKey',
};

/** Categories to choose from. AWS knows insight alone; without one it gives management events. */
export const CATEGORIES = ['insight', 'management', 'data', 'networkactivity', 'all'] as const;

/** A call that the service refuses. */
export const refused = (exception: LookupErrorCode, message: string): LookupError =>
  new LookupError(
    exception,
    `An error occurred (${exception}) when calling the LookupEvents operation: ${message}`,
  );
/** A call that the AWS CLI does not make. */
export const invalid = (message: string): LookupError =>
  new LookupError('ParamValidation', `Parameter validation failed:\n${message}`);

/** The attributes of all `--lookup-attributes`, in AWS's shorthand or in JSON. */
export function lookupAttributes(texts: readonly string[]): ExactValue[] {
  return texts.flatMap(parseAttributes).map((given, index) => {
    if (isGiven(given)) return attributeOf(given, index);
    throw invalid(
      `Invalid type for parameter LookupAttributes[${index}], value: ${JSON.stringify(given)}, valid types: <class 'dict'>`,
    );
  });
}

/** The same as filters, whose values are compared as they are written. */
export function literalFilters(attributes: readonly ExactValue[]): Filters {
  const filters: Record<string, string[]> = {};
  for (const { filter, value } of attributes)
    filters[filter] = [...(filters[filter] ?? []), valueFor(filterOf(filter), value).replace(/^!/, '\\!')];
  return filters;
}

/** What a parameter of AWS's forms says. */
type Given = Record<string, unknown>;
const isGiven = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseAttributes(text: string): unknown[] {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return [shorthand(trimmed)];
  try {
    return [JSON.parse(trimmed) as unknown].flat();
  } catch {
    throw new LookupError(
      'ParamValidation',
      `Error parsing parameter '--lookup-attributes': Invalid JSON: ${trimmed}`,
    );
  }
}

/** `key=value,key=value`; a value with a comma stands in quotes or has a backslash before it. */
function shorthand(text: string): Given {
  const given: Given = {};
  const pair = /\s*([^=,\s]*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:[^,\\]|\\.)*))?(,|$)/gsy;
  while (pair.lastIndex < text.length) {
    const at = pair.lastIndex;
    const [, key, value, end] = pair.exec(text) ?? [];
    if (!key || value === undefined) {
      const received = end === ',' ? ',' : 'EOF';
      throw new LookupError(
        'ParamValidation',
        `Error parsing parameter '--lookup-attributes': Expected: '=', received: '${received}' for input:\n${text}\n${' '.repeat(at + (key?.length ?? 0))}^`,
      );
    }
    if (Object.hasOwn(given, key)) {
      throw new LookupError(
        'ParamValidation',
        `Error parsing parameter '--lookup-attributes': Second instance of key "${key}" encountered for input:\n${text}\n${' '.repeat(at)}^\nThis is often because there is a preceding "," instead of a space.`,
      );
    }
    const quoted = /^(["']).*\1$/s.test(value);
    given[key] = (quoted ? value.slice(1, -1) : value.trim()).replaceAll(/\\(["',\\])/g, '$1');
    if (end === '') break;
  }
  return given;
}

function attributeOf(given: Given, index: number): ExactValue {
  const at = `LookupAttributes[${index}]`;
  const problems: string[] = [];
  const names = ['AttributeKey', 'AttributeValue'];
  for (const name of names)
    if (given[name] === undefined) problems.push(`Missing required parameter in ${at}: "${name}"`);
  for (const name of Object.keys(given).filter(key => !names.includes(key)))
    problems.push(`Unknown parameter in ${at}: "${name}", must be one of: ${names.join(', ')}`);
  if (problems.length > 0) throw invalid(problems.join('\n'));
  const { AttributeKey: key, AttributeValue: value } = given;
  if (typeof key !== 'string' || !Object.hasOwn(ATTRIBUTE_KEYS, key)) {
    throw refused(
      'InvalidLookupAttributesException',
      `${JSON.stringify(key)} is no attribute key; valid keys are ${Object.keys(ATTRIBUTE_KEYS).join(', ')}.`,
    );
  }
  if (typeof value !== 'string' || value === '')
    throw refused(
      'InvalidLookupAttributesException',
      `the value of ${key} must be a text that is not empty.`,
    );
  if (key === 'ReadOnly' && value !== 'true' && value !== 'false')
    throw refused('InvalidLookupAttributesException', 'the value of ReadOnly must be true or false.');
  return { filter: ATTRIBUTE_KEYS[key]!, value };
}

const CATEGORY: Readonly<Record<string, string | undefined>> = {
  insight: 'Insight',
  management: 'Management',
  data: 'Data',
  networkactivity: 'NetworkActivity',
  all: undefined,
};

/** What an event category asks for. */
export function categoryAttribute(category: string | undefined): ExactValue[] {
  if (category === undefined) return [{ filter: 'category', value: 'Insight', isExcluded: true }];
  if (Object.hasOwn(CATEGORY, category)) {
    const value = CATEGORY[category];
    return value === undefined ? [] : [{ filter: 'category', value }];
  }
  throw refused(
    'InvalidEventCategoryException',
    `${JSON.stringify(category)} is no event category; valid categories are ${CATEGORIES.join(', ')}.`,
  );
}

const CLOCK = '(?:,?\\s*(?<hour>\\d\\d?):(?<minute>\\d\\d)\\s*(?<half>[AP]M)?)?$';
const FORMS = [
  '^(?<month>\\d\\d)[-/](?<day>\\d\\d)[-/](?<year>\\d{4})',
  '^(?<year>\\d{4})[-/](?<month>\\d\\d)[-/](?<day>\\d\\d)',
].map(date => new RegExp(date + CLOCK, 'i'));

/** The time for a filter. Also the forms of the User Guide, "Looking up events by time range": seconds since 1970, `01-27-2015, 01:16 PM`. */
export function timeOf(parameter: string, text: string, now: Date): string {
  try {
    const time = isoOf(text.trim());
    parseTime(time, now);
    return time;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw invalid(
      `Invalid type for parameter ${parameter}, value: ${text}, type: <class 'str'>, valid types: <class 'datetime.datetime'>, timestamp-string`,
    );
  }
}

function isoOf(text: string): string {
  if (/^\d{1,11}(\.\d*)?$/.test(text)) return new Date(Number(text) * 1000).toISOString();
  const parts = FORMS.map(form => form.exec(text)?.groups).find(groups => groups);
  if (!parts) return text;
  const { year, month, day, hour, minute, half } = parts;
  if (hour === undefined) return `${year}-${month}-${day}`;
  if (half && (Number(hour) > 12 || Number(hour) < 1)) return text;
  const hours = half ? (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0) : Number(hour);
  return `${year}-${month}-${day}T${String(hours).padStart(2, '0')}:${minute}Z`;
}
