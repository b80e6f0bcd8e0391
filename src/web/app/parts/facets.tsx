/** The most frequent values of columns: a click filters by one, and leaves it out with the Alt key. */

import { useState } from 'preact/hooks';
import type { Facet, Facets as FacetsAnswer, FacetValue } from '../../../query/facets.js';
import type { LogSource, OfSource } from '../../../query/log-source.js';
import type { Top } from '../../../query/top.js';
import type { FilterEntry, Start } from '../../start.js';
import { useAnswer } from '../ask.js';
import { addressOf, go, type Place, place } from '../place.js';
import './facets.css';
import {
  allFilters,
  exceptFor,
  filtersOf,
  readValue,
  valueFor,
  withoutValue,
  withValue,
} from './filters-values.js';
import { sourceOf } from './source.js';
import { LogText } from './text.js';

interface FacetEntry {
  title: string;
  column: string;
  /** The filter for its values. */
  filter: string;
  /** The only logs that have it; absent where both do. */
  only?: LogSource;
}

/** The facets, in their order. */
const FACETS: readonly FacetEntry[] = [
  { title: 'Event name', column: 'eventName', filter: 'eventName' },
  { title: 'Service', column: 'service', filter: 'service' },
  { title: 'User', column: 'user', filter: 'user' },
  { title: 'Role', column: 'role', filter: 'requester', only: 'cloudtrail' },
  { title: 'Address', column: 'ip', filter: 'ip' },
  { title: 'Error', column: 'errorCode', filter: 'errorCode' },
  { title: 'Status', column: 'status', filter: 'status', only: 'access-logs' },
  { title: 'Bucket', column: 'bucket', filter: 'bucket' },
  { title: 'Region', column: 'region', filter: 'region', only: 'cloudtrail' },
  { title: 'Account', column: 'account', filter: 'account', only: 'cloudtrail' },
  { title: 'Access key', column: 'accessKey', filter: 'accessKey', only: 'cloudtrail' },
];
const facetsOf = (of: OfSource['source'] = 'cloudtrail'): readonly FacetEntry[] =>
  FACETS.filter(({ only }) => only === undefined || only === of);
/** Columns of the facets of some logs, as the question for all of them names them. */
export const facetColumns = (of: OfSource['source']): string[] => facetsOf(of).map(({ column }) => column);
/** Values of a facet, and how many more each time. */
export const FACET_VALUES = 8;
const MORE = 5;
const MOST_VALUES = 1000;

interface Props {
  start: Start;
  options: Place['options'];
  answer: FacetsAnswer | undefined;
}

export function Facets({ start, options, answer }: Props) {
  return (
    <>
      {facetsOf(sourceOf(options).source).map((entry, i) => (
        <FacetSection
          key={entry.column}
          {...{ entry, start, options }}
          facet={answer?.facets[i]}
          events={answer?.events ?? 0}
        />
      ))}
    </>
  );
}

function FacetSection({
  entry,
  start,
  options,
  facet,
  events,
}: Omit<Props, 'answer'> & { entry: FacetEntry; facet: Facet | undefined; events: number }) {
  const [limit, setLimit] = useState(FACET_VALUES);
  const isMore = limit > FACET_VALUES;
  const more = useAnswer<Top>(
    'top',
    isMore
      ? { ...filtersOf(start, options), ...sourceOf(options), columns: [entry.column], limit }
      : undefined,
  );
  const rows = (isMore && more.answer ? more.answer.rows.map(valueCounted) : facet?.rows) ?? [];
  const values = facet?.values ?? 0;
  const filter = allFilters(start).find(({ name }) => name === entry.filter)!;
  const set = (options[filter.name] ?? []).filter(
    value => entry.column !== 'role' || value.includes(':role/'),
  );
  const setTexts = new Set(set.map(value => longForm(filter, value)));
  const isSet = (value: string): boolean => {
    const written = valueFor(filter, value);
    return written !== undefined && (setTexts.has(written) || setTexts.has(exceptFor(written)));
  };
  const others = rows.filter(({ value }) => value === null || !isSet(value));
  const eventsOf = (written: string): number | undefined =>
    rows.find(({ value }) => value !== null && valueFor(filter, value) === longForm(filter, written))?.events;
  return (
    <section class="facet" aria-labelledby={`facet-${entry.column}`}>
      <h3 id={`facet-${entry.column}`}>
        {entry.title} {values > 1 && <span class="count">{values.toLocaleString('en-US')}</span>}
      </h3>
      <ul>
        {set.map(value => (
          <SetValue
            key={value}
            {...{ filter, options, value }}
            column={entry.column}
            events={eventsOf(value)}
          />
        ))}
        {others.map(row => (
          <Value
            key={row.value === null ? 'none' : `=${row.value}`}
            {...{ filter, options, row, events }}
            column={entry.column}
          />
        ))}
      </ul>
      {facet && rows.length === 0 && set.length === 0 && <p class="absent">none</p>}
      {values > rows.length && rows.length > 0 && limit < MOST_VALUES && (
        <button type="button" class="small" onClick={() => setLimit(Math.min(limit * MORE, MOST_VALUES))}>
          more<span class="hidden"> of {entry.title}</span>
        </button>
      )}
      {isMore && (
        <button type="button" class="small" onClick={() => setLimit(FACET_VALUES)}>
          fewer<span class="hidden"> of {entry.title}</span>
        </button>
      )}
    </section>
  );
}

/** A service may be written without what all of them end with. */
const longForm = ({ name }: FilterEntry, value: string): string =>
  name === 'service' && !value.includes('.') ? `${value}.amazonaws.com` : value;

const valueCounted = ({ values, events }: Top['rows'][number]): FacetValue => ({
  value: values[0] ?? null,
  events,
});

/** A value as it is shown: of a role its name first, since all of their ARNs begin alike. */
function Text({ value, column }: { value: string | null; column: string }) {
  if (value === '') return <span class="absent">(empty)</span>;
  const [, account, role] =
    (column === 'role' && /^arn:[\w-]+:iam::(\d+):role\/(.+)$/s.exec(value ?? '')) || [];
  if (role === undefined) return <LogText value={value} most={200} />;
  return (
    <>
      <LogText value={role} most={200} /> <span class="absent">{account}</span>
    </>
  );
}

const withOptions = (options: Place['options']): Place => ({ page: place.value.page, options });

/** A value that is a filter already; a click takes it off. */
function SetValue({
  filter,
  options,
  value,
  column,
  events,
}: {
  filter: FilterEntry;
  options: Place['options'];
  value: string;
  column: string;
  events: number | undefined;
}) {
  const { isExcluded, text } = readValue(value);
  return (
    <li class="set">
      <a
        class="value"
        aria-current="true"
        href={addressOf(withOptions(withoutValue(options, filter.name, value)))}
      >
        <span class="hidden">Remove the filter </span>
        <span class="name">
          {isExcluded && <strong>not </strong>}
          <Text value={text} column={column} />
        </span>
        <span class="number">{events?.toLocaleString('en-US') ?? '×'}</span>
      </a>
    </li>
  );
}

function Value({
  filter,
  options,
  row,
  column,
  events,
}: {
  filter: FilterEntry;
  options: Place['options'];
  row: FacetValue;
  column: string;
  /** Of all values. */
  events: number;
}) {
  const written = row.value === null ? undefined : valueFor(filter, row.value);
  const content = (
    <>
      <span class="name">
        <Text value={row.value} column={column} />
      </span>
      <span class="number">{row.events.toLocaleString('en-US')}</span>
      <span
        class="share"
        aria-hidden="true"
        style={{ width: `${(100 * row.events) / Math.max(events, 1)}%` }}
      />
    </>
  );
  if (written === undefined)
    return (
      <li>
        <span class="value" title="no filter says this value">
          {content}
        </span>
      </li>
    );
  const included = withOptions(withValue(options, filter, written));
  const excluded = withOptions(withValue(options, filter, exceptFor(written)));
  return (
    <li>
      <a
        class="value"
        title="only these; with Alt, all but these"
        href={addressOf(included)}
        onClick={event => {
          // Elsewhere a browser takes it for a download.
          if (!event.altKey) return;
          event.preventDefault();
          go(excluded);
        }}
      >
        {content}
      </a>
      <a class="exclude" title="all but these" href={addressOf(excluded)}>
        <span aria-hidden="true">−</span>
        <span class="hidden">
          Leave out <Text value={row.value} column={column} />
        </span>
      </a>
    </li>
  );
}
