/** One bucket: who asked it for what, how much and when, and the S3 searches in it. */

import { useState } from 'preact/hooks';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import type { Metrics } from '../../../query/metrics/metrics.js';
import type { Top } from '../../../query/top.js';
import type { Start } from '../../start.js';
import { type Options, useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { CommandLine, ErrorNote, HiddenNotes, Waiting } from '../parts/notes.js';
import { exactly, LogLink } from '../parts/summary.js';
import { Exports, Table } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { change, first, type Place } from '../place.js';
import { NothingFoundNote } from './bucket-nothing.js';
import { asLink, filtersOf, SetFilters, TimeRange } from './search-filters.js';
import { Over } from './who.js';
import { CountTable } from './who-sections.js';

/** What is counted of a bucket's events. */
const TABLES: ReadonlyArray<{ title: string; columns: readonly string[]; errorsOnly?: true }> = [
  { title: 'Callers', columns: ['arn', 'user'] },
  { title: 'Addresses', columns: ['ip'] },
  { title: 'Calls', columns: ['event name'] },
  { title: 'Errors', columns: ['error code', 'event name'], errorsOnly: true },
  { title: 'User agents', columns: ['user agent'] },
  // Its values are in the events alone, which takes the longest.
  { title: 'Objects', columns: ['key'] },
];

export function BucketPage({ start, options }: PageProps) {
  const bucket = first(options, 'bucket');
  return (
    <>
      <h1>
        Bucket{bucket !== undefined && ': '}
        {bucket !== undefined && <LogText value={bucket} />}
      </h1>
      <BucketForm key={bucket} bucket={bucket} options={options} />
      <SetFilters start={start} options={options} without={['bucket']} />
      {bucket === undefined ? <Buckets /> : <OneBucket bucket={bucket} start={start} options={options} />}
    </>
  );
}

function BucketForm({ bucket, options }: { bucket: string | undefined; options: Place['options'] }) {
  const [text, setText] = useState(bucket ?? '');
  return (
    <form
      class="search-row"
      onSubmit={event => {
        event.preventDefault();
        change({ bucket: text ? [text] : [] });
      }}
    >
      <label>
        Bucket{' '}
        <input id="bucket" type="search" value={text} onInput={event => setText(event.currentTarget.value)} />
      </label>
      <TimeRange options={options} />
      <button type="submit">Look up</button>
    </form>
  );
}

type TopAnswer = Top & { hidden: Hidden[] };

/** All buckets, where none is named. */
function Buckets() {
  const asked = { columns: ['bucket'], limit: 100 };
  const { answer, command, error, isWaiting } = useAnswer<TopAnswer>('top', asked);
  const rows = answer?.rows.filter(({ values }) => values[0] !== null && values[0] !== '');
  return (
    <>
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {rows?.length === 0 && <NothingFoundNote filters={{}}>No event names a bucket.</NothingFoundNote>}
      {rows && (
        <CountTable
          title="Buckets"
          columns={answer!.columns}
          rows={rows}
          context={{}}
          href={{ page: 'bucket', option: 'bucket' }}
        />
      )}
      <p class="command">
        <Exports question="top" options={asked} />
      </p>
      <CommandLine command={command} />
    </>
  );
}

function OneBucket({ bucket, start, options }: { bucket: string; start: Start; options: Place['options'] }) {
  const filters = { ...filtersOf(start, options, { without: ['bucket'] }), bucket: [exactly(bucket)] };
  const calls = useAnswer<TopAnswer>('top', { ...filters, columns: ['event name'], limit: 200 });
  const events = calls.answer?.events;
  return (
    <>
      <ErrorNote error={calls.error} />
      <Waiting isWaiting={calls.isWaiting} />
      <HiddenNotes hidden={events === 0 ? [] : calls.answer?.hidden} spellings={calls.answer?.spellings} />
      {events === 0 && (
        <NothingFoundNote filters={filters}>
          No event names the bucket <LogText value={bucket} />, or none that the filters leave.
        </NothingFoundNote>
      )}
      {events !== undefined && events > 0 && (
        <>
          <p>
            <LogLink page="events" options={asLink(filters)}>
              {events.toLocaleString('en-US')} events
            </LogLink>{' '}
            of {calls.answer!.groups.toLocaleString('en-US')} kinds of calls.
          </p>
          <Over filters={filters} />
        </>
      )}
      <Searches bucket={bucket} start={start} options={options} />
      <HowMuch bucket={bucket} options={options} />
      {events !== undefined && events > 0 && (
        <div class="count-tables">
          {TABLES.map(table => (
            <Counts key={table.title} table={table} filters={filters} />
          ))}
        </div>
      )}
      <CommandLine command={calls.command} />
    </>
  );
}

function Counts({
  table: { title, columns, errorsOnly },
  filters,
}: {
  table: (typeof TABLES)[number];
  filters: Options;
}) {
  const asked = { ...filters, columns, limit: 100, ...(errorsOnly ? { errorsOnly } : {}) };
  const { answer, error } = useAnswer<TopAnswer>('top', asked);
  return (
    <div>
      <ErrorNote error={error} />
      {answer && (
        <CountTable
          title={title}
          columns={answer.columns}
          rows={answer.rows}
          context={{ ...asLink(filters), ...(errorsOnly ? { errorsOnly: 'true' } : {}) }}
        />
      )}
      {answer && answer.rows.length > 0 && <Exports question="top" options={asked} />}
    </div>
  );
}

/** Links to the canned searches with this bucket. */
function Searches({ bucket, start, options }: { bucket: string; start: Start; options: Place['options'] }) {
  const times = Object.fromEntries(
    ['from', 'to'].flatMap(name => (options[name]?.[0] ? [[name, options[name]![0]!]] : [])),
  );
  const lists = [
    { page: 's3', title: 'S3 searches', entries: start.s3 },
    { page: 's3-access', title: 'Searches of access logs', entries: start.s3Access },
  ];
  return (
    <>
      {lists.map(({ page, title, entries }) => (
        <details key={page}>
          <summary>{title}</summary>
          <ul class="plain searches">
            {entries.map(({ name, description }) => (
              <li key={name}>
                <LogLink page={page} options={{ name, bucket, ...times }}>
                  {name}
                </LogLink>{' '}
                <span class="absent">{description}</span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

const numberText = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? '–'
    : value.toLocaleString('en-US', { maximumFractionDigits: value < 1 ? 4 : 1 });

/** How much: the request metrics of the whole time, asked for where somebody opens them, since all events are read. */
function HowMuch({ bucket, options }: { bucket: string; options: Place['options'] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>How much: requests, bytes, errors</summary>
      {isOpen && <Figures bucket={bucket} options={options} />}
    </details>
  );
}

function Figures({ bucket, options }: { bucket: string; options: Place['options'] }) {
  const [from, to] = [first(options, 'from'), first(options, 'to')];
  const asked = { bucket, ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const { answer, command, error, isWaiting } = useAnswer<Metrics>('metrics', asked);
  const recorded = answer?.metrics.filter(({ mark }) => mark !== 'not recorded') ?? [];
  return (
    <>
      <ErrorNote error={error} />
      <Waiting isWaiting={isWaiting} />
      {answer && answer.requests === 0 && <p class="absent">No requests are known.</p>}
      {answer && answer.requests > 0 && (
        <>
          <p>
            {answer.requests.toLocaleString('en-US')} requests, counted from{' '}
            {answer.source === 'both' ? 'access logs and CloudTrail' : answer.source}.{' '}
            <LogLink page="metrics" options={{ bucket }}>
              The metrics over time
            </LogLink>
          </p>
          <Table
            label="Request metrics"
            columns={[
              { name: 'name', title: 'metric' },
              { name: 'sum', isNumber: true, cell: ({ total }) => numberText(total.Sum) },
              { name: 'average', isNumber: true, cell: ({ total }) => numberText(total.Average) },
              { name: 'unit' },
              { name: 'mark', title: 'is' },
              { name: 'reason', title: 'because' },
            ]}
            rows={recorded}
          />
        </>
      )}
      <p class="command">
        <Exports question="metrics" options={asked} />
      </p>
      <CommandLine command={command} />
    </>
  );
}
