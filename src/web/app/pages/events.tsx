/** The Event history: filters, when, what is most frequent, and the events. */

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Page, Row } from '../../../event-index.js';
import type { Spelling } from '../../../query/columns/spelling.js';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import type { Facets as FacetsAnswer } from '../../../query/facets.js';
import type { Timeline } from '../../../query/timeline.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../pages.js';
import { ColumnsButton, distinct } from '../parts/columns.js';
import { EventList, type ListKeys, type Sorting } from '../parts/event-list.js';
import { type Pager, pagerOf } from '../parts/event-list-pager.js';
import { FACET_COLUMNS, FACET_VALUES, Facets } from '../parts/facets.js';
import { FILTER_FIELD, FilterBar } from '../parts/filters.js';
import { filtersOf } from '../parts/filters-values.js';
import { Histogram } from '../parts/histogram.js';
import { Keys } from '../parts/keys.js';
import { CommandLine, ErrorNote, HiddenNotes, Waiting } from '../parts/notes.js';
import { Exports } from '../parts/table.js';
import { change, first } from '../place.js';
import './events.css';
import { NothingFound } from './events-empty.js';
import { SplitSelect } from './events-split.js';

type EventsPage = Page<Row> & { spellings: readonly Spelling[] };

/** Events of a page. Where rows are sorted by what only they have, each page is a search of its own. */
const PAGE = 200;
const SORTED_PAGE = 1000;
/** From here on the facets stand beside the list. */
const IS_WIDE = matchMedia('(min-width: 56rem)');

/** What the list asks for, without what only a page of it needs. */
function listOf(filters: Options, options: PageProps['options']): Options {
  const columns = options.columns && distinct(options.columns);
  const sort = first(options, 'sort');
  return {
    ...filters,
    ...(columns ? { columns } : {}),
    ...(sort === undefined ? {} : { sort }),
    ...(first(options, 'order') === 'oldest' ? { order: 'oldest' } : {}),
  };
}

export function EventsPage({ start, options }: PageProps) {
  const filters = filtersOf(start, options);
  const list = listOf(filters, options);
  const size = list.sort === undefined ? PAGE : SORTED_PAGE;
  const pages = { ...list, ...(list.columns ? { withId: true } : {}), limit: size };
  const by = first(options, 'by');
  // In the order in which somebody looks: events first.
  const events = useAnswer<EventsPage>('events', pages);
  const times = useAnswer<Timeline & { hidden: readonly Hidden[] }>('timeline', {
    ...filters,
    ...(by === undefined ? {} : { by }),
  });
  const facets = useAnswer<FacetsAnswer>('facets', {
    ...filters,
    columns: FACET_COLUMNS,
    limit: FACET_VALUES,
  });
  const shown = useRef<{ pager: Pager; columns: readonly string[] }>();
  if (events.answer && !events.isWaiting && !events.error) {
    const { rows } = events.answer;
    shown.current = {
      pager: pagerOf(pages, size, events.answer),
      columns: columnsOf(rows, list.columns as readonly string[] | undefined) ?? start.defaultColumns,
    };
  }
  const keys = useRef<ListKeys>();
  const isStale = events.isWaiting || events.error !== undefined;
  const total = facets.isWaiting || facets.error ? undefined : facets.answer?.events;
  const isEmpty = !isStale && events.answer?.rows.length === 0;
  const sorting: Sorting = { sort: first(options, 'sort'), order: first(options, 'order') };
  return (
    <div class="events">
      <div class="events-head">
        <h1>Event history</h1>
        <p class="total" role="status">
          {facets.answer && (
            <span class={total === undefined ? 'absent' : undefined}>
              {facets.answer.events.toLocaleString('en-US')} events
            </span>
          )}
        </p>
        <ColumnsButton
          all={start.columns}
          chosen={distinct(options.columns ?? start.defaultColumns)}
          standard={start.defaultColumns}
          onChoose={columns => change({ columns }, { replace: true })}
        />
        <Keys entries={keyEntries(keys)} />
        <span>
          All of them as <Exports question="events" options={list} />
        </span>
      </div>
      <FilterBar start={start} options={options} />
      <Errors errors={[events.error, times.error, facets.error]} />
      <section class="when" aria-labelledby="when-title">
        <div class="when-head">
          <h2 id="when-title">When</h2>
          <SplitSelect start={start} by={by} />
          {(options.from || options.to) && (
            <button type="button" class="small" onClick={() => change({ from: undefined, to: undefined })}>
              Whole time
            </button>
          )}
          <Waiting isWaiting={events.isWaiting || times.isWaiting || facets.isWaiting} />
        </div>
        {times.answer ? (
          <Histogram
            timeline={times.answer}
            options={options}
            isStale={times.isWaiting || times.error !== undefined}
            onRange={(from, to) => change({ from: [from], to: [to] })}
          />
        ) : (
          <div class="histogram-empty" />
        )}
      </section>
      <div class="events-body">
        <FacetsAside isStale={facets.isWaiting || facets.error !== undefined}>
          <Facets start={start} options={options} answer={facets.answer} />
        </FacetsAside>
        <section class="events-list" aria-labelledby="list-title">
          <h2 id="list-title" class="hidden">
            Events
          </h2>
          {!isStale && !isEmpty && (
            <HiddenNotes hidden={events.answer?.hidden} spellings={events.answer?.spellings} />
          )}
          {isEmpty && <NothingFound filters={filters} spellings={events.answer?.spellings ?? []} />}
          {shown.current && !isEmpty && (
            <EventList
              pager={shown.current.pager}
              columns={shown.current.columns}
              sorting={sorting}
              onSort={({ sort, order }) =>
                change({ sort: sort ? [sort] : undefined, order: order ? [order] : undefined })
              }
              {...{ total, isStale, keys }}
            />
          )}
          <CommandLine command={events.command} />
        </section>
      </div>
    </div>
  );
}

/** The columns as rows have them, without the id that was asked for besides. */
function columnsOf(rows: readonly Row[], asked: readonly string[] | undefined): string[] | undefined {
  const names = rows[0] && Object.keys(rows[0]);
  if (!names || !asked) return names;
  return names.slice(0, asked.length);
}

/** The same complaint once: the same filters are in three questions. */
function Errors({ errors }: { errors: ReadonlyArray<Parameters<typeof ErrorNote>[0]['error']> }) {
  const messages = errors.map(error => error?.message);
  return (
    <>
      {errors.map((error, i) =>
        error && messages.indexOf(error.message) === i ? (
          <ErrorNote key={error.message} error={error} />
        ) : null,
      )}
    </>
  );
}

/** Beside the list where there is room, folded where there is not. */
function FacetsAside({ isStale, children }: { isStale: boolean; children: ComponentChildren }) {
  return (
    <aside class={isStale ? 'facets stale' : 'facets'} aria-label="Most frequent values" aria-busy={isStale}>
      <details open={IS_WIDE.matches}>
        <summary>Most frequent values</summary>
        <h2 class="hidden">Most frequent values</h2>
        {children}
      </details>
    </aside>
  );
}

const keyEntries = (keys: { current: ListKeys | undefined }) => [
  { keys: ['j', 'ArrowDown'], does: 'next event', run: () => keys.current?.move(1) },
  { keys: ['k', 'ArrowUp'], does: 'event before', run: () => keys.current?.move(-1) },
  { keys: ['Enter'], does: 'open the event' },
  { keys: ['/'], does: 'go to the filter field', run: () => document.getElementById(FILTER_FIELD)?.focus() },
];
