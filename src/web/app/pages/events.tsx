/** The Event history: filters, when, what is most frequent, and the events. */

import { useRef } from 'preact/hooks';
import type { Page, Row } from '../../../event-index.js';
import type { Spelling } from '../../../query/columns/spelling.js';
import type { Facets as FacetsAnswer } from '../../../query/facets.js';
import type { Timeline } from '../../../query/timeline.js';
import { type Asking, type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { ColumnsButton } from '../parts/columns.js';
import { distinct } from '../parts/columns-names.js';
import { EventList, type ListKeys } from '../parts/event-list.js';
import { type Pager, pagerOf } from '../parts/event-list-pager.js';
import { FACET_VALUES, Facets, facetColumns } from '../parts/facets.js';
import { FILTER_FIELD, FilterBar } from '../parts/filters.js';
import { filtersOf } from '../parts/filters-values.js';
import { useKeys } from '../parts/keys.js';
import { CommandLine, ErrorNote, HiddenNotes, usePainted } from '../parts/notes.js';
import { SourceSelect, sourceOf, unitOf } from '../parts/source.js';
import { Exports } from '../parts/table.js';
import { change, first } from '../place.js';
import './events.css';
import { NothingFound } from './events-empty.js';
import { FacetsAside } from './events-facets.js';
import { When } from './events-when.js';
import { NothingOfLines } from './lines-empty.js';

type EventsPage = Page<Row> & { spellings: readonly Spelling[] };

/** Events of a page. Where rows are sorted by what only they have, each page is a search of its own. */
const PAGE = 100;
const SORTED_PAGE = 500;

export function EventsPage({ start, options }: PageProps) {
  const source = sourceOf(options);
  const isOfEvents = source.source === undefined;
  const filters = { ...filtersOf(start, options), ...source };
  const list = listOf(filters, options);
  const by = first(options, 'by');
  // In the order in which somebody looks: events first. What is counted waits until the first of them are seen.
  const events = useEvents(list);
  const areThere = usePainted(events.asking.answer !== undefined || events.asking.error !== undefined);
  const split = { ...filters, ...(by === undefined ? {} : { by }) };
  const times = useAnswer<Timeline>('timeline', areThere ? split : undefined);
  const facets = useAnswer<FacetsAnswer>(
    'facets',
    areThere ? { ...filters, columns: facetColumns(source.source), limit: FACET_VALUES } : undefined,
  );
  const keys = useRef<ListKeys>();
  useKeys(keyEntries(keys));
  const isTotalStale = !areThere || facets.isWaiting || facets.error !== undefined;
  const total = facets.answer?.events;
  return (
    <div class="events">
      <div class="events-head">
        <h1>Event history</h1>
        <p class={isTotalStale ? 'total absent' : 'total'} role="status">
          {total !== undefined && unitOf(source, total)}
        </p>
        <SourceSelect options={options} isAsking={areThere} />
        {isOfEvents && (
          <ColumnsButton
            all={start.columns}
            chosen={distinct(options.columns ?? start.defaultColumns)}
            onChoose={columns => change({ columns }, { replace: true })}
          />
        )}
        <span>
          All of them as <Exports question="events" options={list} />
        </span>
      </div>
      <FilterBar start={start} options={options} />
      <Errors errors={[events.asking.error, times.error, facets.error]} />
      <When
        {...{ start, options, by, times, split }}
        isWaiting={events.asking.isWaiting || times.isWaiting || facets.isWaiting}
      />
      <div class="events-body">
        <FacetsAside isStale={isTotalStale}>
          <Facets start={start} options={options} answer={facets.answer} />
        </FacetsAside>
        <Events
          {...{ events, filters, options, keys }}
          columns={start.defaultColumns}
          total={isTotalStale ? undefined : total}
        />
      </div>
    </div>
  );
}

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

interface AskedEvents {
  asking: Asking<EventsPage>;
  /** The rows and their columns, of the last question that was answered. */
  shown: { answer: EventsPage; pager: Pager; columns: readonly string[] | undefined } | undefined;
}

/** The first page of the events, and what has the others. */
function useEvents(list: Options): AskedEvents {
  const size = list.sort === undefined ? PAGE : SORTED_PAGE;
  const pages = { ...list, limit: size };
  const asking = useAnswer<EventsPage>('eventRows', pages);
  const shown = useRef<AskedEvents['shown']>();
  const { answer } = asking;
  if (answer && answer !== shown.current?.answer && !asking.isWaiting && !asking.error) {
    const names = answer.rows[0] && Object.keys(answer.rows[0]);
    const asked = list.columns as readonly string[] | undefined;
    shown.current = {
      answer,
      pager: pagerOf(pages, size, answer),
      // Without the id that was asked for besides.
      columns: asked && list.source === undefined ? names?.slice(0, asked.length) : names,
    };
  }
  return { asking, shown: shown.current };
}

function Events({
  events: { asking, shown },
  filters,
  options,
  keys,
  columns,
  total,
}: {
  events: AskedEvents;
  filters: Options;
  options: PageProps['options'];
  keys: { current: ListKeys | undefined };
  /** Those of a list without rows. */
  columns: readonly string[];
  total: number | undefined;
}) {
  const { answer, command } = asking;
  const isStale = asking.isWaiting || asking.error !== undefined;
  const isEmpty = !isStale && answer?.rows.length === 0;
  return (
    <section class="events-list" aria-labelledby="list-title">
      <h2 id="list-title" class="hidden">
        Events
      </h2>
      {!isStale && !isEmpty && <HiddenNotes hidden={answer?.hidden} spellings={answer?.spellings} />}
      {isEmpty &&
        (filters.source === undefined ? (
          <NothingFound filters={filters} spellings={answer?.spellings ?? []} />
        ) : (
          <NothingOfLines />
        ))}
      {shown && !isEmpty && (
        <EventList
          pager={shown.pager}
          columns={shown.columns ?? columns}
          sorting={{ sort: first(options, 'sort'), order: first(options, 'order') }}
          onSort={({ sort, order }) =>
            change({ sort: sort ? [sort] : undefined, order: order ? [order] : undefined })
          }
          {...{ total, isStale, keys }}
        />
      )}
      <CommandLine command={command} />
    </section>
  );
}

/** The same complaint once: the same filters are in three questions. */
function Errors({ errors }: { errors: ReadonlyArray<Asking<unknown>['error']> }) {
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

const keyEntries = (keys: { current: ListKeys | undefined }) => [
  { keys: ['j', 'ArrowDown'], does: 'next event', run: () => keys.current?.move(1) },
  { keys: ['k', 'ArrowUp'], does: 'event before', run: () => keys.current?.move(-1) },
  { keys: ['Enter'], does: 'open the event' },
  { keys: ['/'], does: 'go to the filter field', run: () => document.getElementById(FILTER_FIELD)?.focus() },
  { keys: ['Alt', 'click'], does: 'leave a frequent value out, as the − beside it does' },
];
