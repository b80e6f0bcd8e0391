/** The bar with all filters of a question: what is set, and a field to set more. */

import { useState } from 'preact/hooks';
import type { Start } from '../../start.js';
import { change, go, type Place, place } from '../place.js';
import './filters.css';
import { allFilters, readValue, withoutFilters, withoutValue, withValue } from './filters-values.js';
import { sourceOf } from './source.js';
import { LogText } from './text.js';

/** Filters with a control of their own. */
const OWN = new Set(['from', 'to', 'errorsOnly']);
/** The field that `/` goes to. */
export const FILTER_FIELD = 'filter-value';

/** After a button that goes away by what it does: who pressed it with a key goes on in the filter field. */
export function keepFocus({ detail }: MouseEvent): void {
  if (detail === 0) document.getElementById(FILTER_FIELD)?.focus();
}

interface Props {
  start: Start;
  options: Place['options'];
}

export function FilterBar({ start, options }: Props) {
  return (
    <section class="filters" aria-label="Filters">
      <AddFilter start={start} options={options} />
      <TimeField name="from" label="From" options={options} />
      <TimeField name="to" label="To" options={options} />
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={options.errorsOnly?.[0] === 'true'}
          checked={options.errorsOnly?.[0] === 'true'}
          onChange={event => change({ errorsOnly: event.currentTarget.checked ? ['true'] : undefined })}
        />{' '}
        Errors only
      </label>
      <Chips start={start} options={options} />
    </section>
  );
}

/** A filter by its name and a value; Enter adds it. */
function AddFilter({ start, options }: Props) {
  const [name, setName] = useState('eventName');
  const [value, setValue] = useState('');
  const { source = 'cloudtrail' } = sourceOf(options);
  const entries = allFilters(start).filter(
    filter => !OWN.has(filter.name) && (filter.only === undefined || filter.only === source),
  );
  const entry = entries.find(filter => filter.name === name) ?? entries[0]!;
  return (
    <form
      class="add-filter"
      onSubmit={event => {
        event.preventDefault();
        if (value === '') return;
        go({ page: place.value.page, options: withValue(options, entry, value) });
        setValue('');
      }}
    >
      <select
        aria-label="Filter"
        value={entry.name}
        title={entry.description}
        onChange={event => setName(event.currentTarget.value)}
      >
        {entries.map(filter => (
          <option key={filter.name} value={filter.name}>
            {filter.label}
          </option>
        ))}
      </select>
      <input
        id={FILTER_FIELD}
        aria-label={`Value of ${entry.label}`}
        title={`${entry.description}; ! in front leaves events with it out`}
        placeholder={
          entry.hasWildcards
            ? `${entry.value}, ${entry.value}* or !${entry.value}`
            : `${entry.value} or !${entry.value}`
        }
        value={value}
        onInput={event => setValue(event.currentTarget.value)}
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit">Add</button>
    </form>
  );
}

/** A bound of time, as the command line takes it. */
function TimeField({
  name,
  label,
  options,
}: {
  name: 'from' | 'to';
  label: string;
  options: Place['options'];
}) {
  const value = options[name]?.[0] ?? '';
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const set = (): void => {
    if (text.trim() !== value) change({ [name]: text.trim() === '' ? undefined : [text.trim()] });
  };
  return (
    <label class="time-field">
      {label}{' '}
      <input
        value={text}
        onInput={event => setText(event.currentTarget.value)}
        placeholder="2019-07-05, 3d"
        title={
          name === 'from'
            ? 'at or after this time: 2019-07-05 (midnight UTC), 2019-07-05T14:00Z, 2h, 3 days ago'
            : 'at or before this time, which is included; a date is its midnight UTC'
        }
        onChange={set}
        autocomplete="off"
        spellcheck={false}
      />
    </label>
  );
}

function Chips({ start, options }: Props) {
  const filters = allFilters(start);
  const set = filters.flatMap(({ name, label }) =>
    OWN.has(name) ? [] : (options[name] ?? []).map(value => ({ name, label, value })),
  );
  const hasAny = filters.some(({ name }) => (options[name] ?? []).length > 0);
  if (!hasAny) return null;
  const { page } = place.value;
  return (
    <div class="chips">
      <ul aria-label="Filters that are set">
        {set.map(({ name, label, value }) => {
          const { isExcluded, text } = readValue(value);
          return (
            <li key={`${name} ${value}`} class={isExcluded ? 'chip excluded' : 'chip'}>
              {label}: {isExcluded && <strong>not </strong>}
              {text === '' ? <span class="absent">(empty)</span> : <LogText value={text} most={120} />}
              <button
                type="button"
                class="small"
                onClick={event => {
                  go({ page, options: withoutValue(options, name, value) });
                  keepFocus(event);
                }}
              >
                <span aria-hidden="true">×</span>
                <span class="hidden">
                  Remove {label} {isExcluded ? 'not ' : ''}
                  <LogText value={text} most={120} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        class="small"
        onClick={event => {
          go({ page, options: withoutFilters(start, options) });
          keepFocus(event);
        }}
      >
        Clear all filters
      </button>
    </div>
  );
}
