/** Filters in the address of a page: as options of a question, and as they are shown. */

import type { Start } from '../../start.js';
import type { Options } from '../ask.js';
import { KeptInput } from '../parts/kept.js';
import { LogText } from '../parts/text.js';
import { change, type Place } from '../place.js';

/** The filters among the options of a page, as a question takes them. */
export function filtersOf(
  { filters }: Pick<Start, 'filters'>,
  options: Place['options'],
  { without = [] }: { without?: readonly string[] } = {},
): Options {
  const found = filters.flatMap(({ name, value, isSingle }): Array<[string, unknown]> => {
    const [first, ...more] = options[name] ?? [];
    if (first === undefined || without.includes(name)) return [];
    if (value === '') return first === 'false' ? [] : [[name, true]];
    return [[name, isSingle ? first : [first, ...more]]];
  });
  return Object.fromEntries(found);
}

/** Filters of a question as options of a link. */
export const asLink = (filters: Options): Record<string, string[]> =>
  Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, [value].flat().map(String)]));

/** The filters that are set, each with a button that takes it away. */
export function SetFilters({
  start,
  options,
  without = [],
}: {
  start: Start;
  options: Place['options'];
  without?: readonly string[];
}) {
  const set = start.filters.filter(({ name }) => options[name] !== undefined && !without.includes(name));
  if (set.length === 0) return null;
  return (
    <ul class="set-filters" aria-label="Filters">
      {set.map(({ name, label, value }) => (
        <li key={name}>
          {label}
          {value !== '' && (
            <>
              : <LogText value={options[name]!.join(', ')} most={200} />
            </>
          )}{' '}
          <button
            type="button"
            class="small"
            aria-label={`Remove the filter ${label}`}
            onClick={() => change({ [name]: [] })}
          >
            remove
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Two fields for a range of time, which takes what the command line takes. */
export function TimeRange({ options }: { options: Place['options'] }) {
  return (
    <>
      {(['from', 'to'] as const).map(name => (
        <label key={name}>
          {name}{' '}
          <KeptInput
            type="text"
            size={12}
            placeholder={name === 'from' ? '2019-07-05, 3d' : 'now'}
            text={options[name]?.[0] ?? ''}
            onChange={event =>
              change({ [name]: event.currentTarget.value ? [event.currentTarget.value] : [] })
            }
          />
        </label>
      ))}
    </>
  );
}
