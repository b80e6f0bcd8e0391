/** Every event in whose record a text occurs, each with the text in its surroundings. */

import { useState } from 'preact/hooks';
import type { FoundEvent } from '../../../query/access/answers.js';
import type { Spelling } from '../../../query/columns/spelling.js';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { KeptInput } from '../parts/kept.js';
import { CommandLine, ErrorNote, HiddenNotes, useStale, Waiting } from '../parts/notes.js';
import { SourceSelect, sourceOf, unitOf } from '../parts/source.js';
import { LogLink, WhoLink } from '../parts/summary.js';
import { Exports } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { change, first, go, type Place, place } from '../place.js';
import { NothingFoundNote } from './bucket-nothing.js';
import './search.css';
import { filtersOf, SetFilters, TimeRange } from './search-filters.js';

const PAGE = 50;
const SWITCHES = [
  ['any', 'any of the texts'],
  ['caseSensitive', 'upper and lower case differ'],
  ['word', 'whole words'],
  ['regex', 'regular expressions'],
] as const;

interface FoundPage {
  rows: FoundEvent[];
  nextToken?: string;
  hidden: Hidden[];
  spellings: Spelling[];
}

export function SearchPage({ start, options }: PageProps) {
  const asked = askedOf(start, options);
  // Tokens of the pages before, the latest last: each page is an address, and back goes to the one before.
  const token = first(options, 'token');
  const found = useAnswer<FoundPage>(
    'search',
    asked && { ...asked, limit: PAGE, ...(token ? { token } : {}) },
  );
  const counted = useAnswer<{ events: number }>('count', asked);
  const { answer } = found;
  const stale = useStale(found.isWaiting);
  const isOfLines = sourceOf(options).source !== undefined;
  const isNothing = answer?.rows.length === 0 && token === undefined;
  return (
    <>
      <h1>Search</h1>
      <SearchForm key={JSON.stringify(options.text ?? [])} options={options} />
      <SetFilters start={start} options={options} />
      <ErrorNote error={found.error} />
      {asked === undefined && (
        <p class="note">
          Type a text: every event is found in whose record it occurs, in any field, name or depth.
        </p>
      )}
      {asked && !found.error && (
        <>
          <p class="found-count" role="status">
            {counted.answer && !counted.isWaiting
              ? unitOf(sourceOf(options), counted.answer.events)
              : 'counting …'}{' '}
            <Exports question="search" options={asked} />
          </p>
          <Waiting isWaiting={found.isWaiting} />
          {answer && (
            <div {...stale}>
              <HiddenNotes hidden={isNothing ? [] : answer.hidden} spellings={answer.spellings} />
              {answer.rows.length === 0 && token !== undefined && <p>There are no more.</p>}
              {isNothing && !isOfLines && (
                <NothingFoundNote filters={filtersOf(start, options)}>Nothing was found.</NothingFoundNote>
              )}
              {isNothing && isOfLines && <p class="note">Nothing was found.</p>}
              <ol class="hits" aria-label="Events that have the text">
                {answer.rows.map(row => (
                  <Hit key={`${row.source} ${row.eventRowid}`} row={row} />
                ))}
              </ol>
              <p class="pages">
                {token !== undefined && (
                  <button type="button" onClick={() => turnTo([])}>
                    First page
                  </button>
                )}{' '}
                {answer.nextToken !== undefined && (
                  <button type="button" onClick={() => turnTo([answer.nextToken!])}>
                    Next page
                  </button>
                )}
              </p>
            </div>
          )}
        </>
      )}
      <CommandLine command={found.command} />
    </>
  );
}

/** Shows another page of the hits, from its beginning. */
function turnTo(token: readonly string[]): void {
  const { page, options } = place.value;
  go({ page, options: { ...options, token } });
  document.getElementById('main')!.focus({ preventScroll: true });
}

/** What the address asks for; undefined where there is no text. */
function askedOf(start: PageProps['start'], options: Place['options']): Options | undefined {
  const texts = (options.text ?? []).filter(text => text !== '');
  if (texts.length === 0) return undefined;
  const not = (options.not ?? []).filter(text => text !== '');
  const field = first(options, 'field');
  return {
    text: texts,
    ...(not.length > 0 ? { not } : {}),
    ...(field ? { field } : {}),
    ...(first(options, 'order') === 'oldest' ? { order: 'oldest' } : {}),
    ...Object.fromEntries(
      SWITCHES.flatMap(([name]) => (first(options, name) === 'true' ? [[name, true]] : [])),
    ),
    ...filtersOf(start, options),
    ...sourceOf(options),
  };
}

function SearchForm({ options }: { options: Place['options'] }) {
  const [texts, setTexts] = useState<readonly string[]>(options.text?.length ? options.text : ['']);
  const set = (i: number, text: string): void => setTexts(texts.map((one, j) => (j === i ? text : one)));
  return (
    <form
      class="text-form"
      onSubmit={event => {
        event.preventDefault();
        change({ text: texts.filter(text => text !== ''), token: [] });
      }}
    >
      <div class="search-row">
        {texts.map((text, i) => (
          <label key={i}>
            {i === 0 ? 'Text' : 'and'}{' '}
            <input
              id={`text-${i}`}
              type="search"
              value={text}
              onInput={event => set(i, event.currentTarget.value)}
            />
          </label>
        ))}
        <button type="submit">Search</button>
        <button type="button" onClick={() => setTexts([...texts, ''])}>
          Another text
        </button>
      </div>
      <div class="search-row">
        {SWITCHES.map(([name, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={first(options, name) === 'true'}
              onChange={event => change({ [name]: event.currentTarget.checked ? ['true'] : [], token: [] })}
            />{' '}
            {label}
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={first(options, 'order') === 'oldest'}
            onChange={event => change({ order: event.currentTarget.checked ? ['oldest'] : [], token: [] })}
          />{' '}
          oldest first
        </label>
      </div>
      <div class="search-row">
        <Field name="field" label="only in the column" options={options} />
        <Field name="not" label="without the text" options={options} />
        <TimeRange options={options} />
        <SourceSelect options={options} />
      </div>
    </form>
  );
}

function Field({ name, label, options }: { name: string; label: string; options: Place['options'] }) {
  return (
    <label>
      {label}{' '}
      <KeptInput
        type="text"
        size={14}
        text={first(options, name) ?? ''}
        onChange={event =>
          change({ [name]: event.currentTarget.value ? [event.currentTarget.value] : [], token: [] })
        }
      />
    </label>
  );
}

function Hit({ row }: { row: FoundEvent }) {
  const { eventTime, eventName, eventSource, who, sourceIPAddress, errorCode, match, around } = row;
  const { eventID, requestId = null } = row;
  const name = (
    <>
      <LogText value={eventSource?.replace(/\.amazonaws\.com$/, '')} /> <LogText value={eventName} />
    </>
  );
  return (
    <li>
      <div class="hit-head">
        <Time value={eventTime} />
        {row.source === 'access-logs' && <span class="absent">access log</span>}
        {eventID !== null ? (
          <LogLink page="event" options={{ eventId: eventID, ...(match ? { find: match } : {}) }}>
            {name}
          </LogLink>
        ) : requestId !== null ? (
          <LogLink page="event" options={{ requestId }}>
            {name}
          </LogLink>
        ) : (
          <span>{name}</span>
        )}
        {who !== null && <WhoLink value={who} />}
        {sourceIPAddress !== null && <WhoLink value={sourceIPAddress} />}
        {errorCode !== null && (
          <span class="failed">
            <LogText value={errorCode} />
          </span>
        )}
      </div>
      {around && match !== null && (
        <p class="excerpt">
          …<LogText value={around.before} />
          <mark class="hit">
            <LogText value={match} />
          </mark>
          <LogText value={around.after} />…
        </p>
      )}
    </li>
  );
}
