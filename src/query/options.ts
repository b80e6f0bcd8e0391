/** The names of the options of every question, and the one place that refuses others. */

import { UsageError } from '../errors.js';
import { checkNames, type OptionNames } from '../option-names.js';
import type { HistoryOptions } from './events.js';
import { FILTERS, type Filters } from './filter/filter.js';
import type { LookupOptions } from './lookup/events.js';
import type { S3SearchOptions } from './s3-searches.js';
import type { SearchOptions } from './search.js';
import type { TimelineOptions } from './timeline.js';
import type { TopOptions } from './top.js';

const FILTER_NAMES = Object.fromEntries(FILTERS.map(({ name }) => [name, true])) as OptionNames<Filters>;

/** The options of each question that has any. */
export const OPTION_NAMES = {
  events: {
    ...FILTER_NAMES,
    ...{ columns: true, sort: true, order: true, limit: true, token: true },
  } satisfies OptionNames<HistoryOptions>,
  lookupEvents: {
    ...{ lookupAttributes: true, startTime: true, endTime: true, eventCategory: true },
    ...{ region: true, limit: true, token: true },
  } satisfies OptionNames<LookupOptions>,
  nothingFound: FILTER_NAMES,
  s3: {
    ...FILTER_NAMES,
    ...{ accessKeyId: true, allServices: true, limit: true, order: true },
  } satisfies OptionNames<S3SearchOptions>,
  search: {
    ...FILTER_NAMES,
    ...{ text: true, any: true, not: true, caseSensitive: true, word: true, regex: true },
    ...{ field: true, order: true, limit: true },
  } satisfies OptionNames<SearchOptions>,
  spellings: FILTER_NAMES,
  timeline: { ...FILTER_NAMES, by: true, every: true } satisfies OptionNames<TimelineOptions>,
  top: { ...FILTER_NAMES, columns: true, sort: true, limit: true } satisfies OptionNames<TopOptions>,
  who: FILTER_NAMES,
};

/**
 * Refuses options that do not exist, and values of filters that no event could have: in JavaScript a misspelt filter would
 * give every event.
 * @throws UsageError `UNKNOWN_OPTION`, `BAD_VALUE`
 */
export function checkOptions(options: unknown, names: Readonly<Record<string, true>>): void {
  checkNames(options, names);
  for (const [name, value] of Object.entries(options as object))
    if (Object.hasOwn(FILTER_NAMES, name) && value !== undefined) checkFilterValue(name, value);
}

function checkFilterValue(name: string, value: unknown): void {
  for (const one of [value].flat() as unknown[])
    if (!['string', 'number', 'bigint', 'boolean'].includes(typeof one))
      throw new UsageError(
        'BAD_VALUE',
        `\`${name}\` has a value that is not a text`,
        'pass a text, or an array of texts',
      );
}
