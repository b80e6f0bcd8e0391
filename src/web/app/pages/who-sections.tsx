/** Tables of counts with bars, whose values lead to the events that were counted. */

import { useState } from 'preact/hooks';
import type { Counted } from '../../../query/columns/counts.js';
import { Bar } from '../parts/small-chart.js';
import { exactly, exactPattern, LogLink, WhoLink } from '../parts/summary.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';

/** The filter for the values of a column, and the form in which it takes one; others cannot be filtered by. */
const FILTER_OF: Readonly<Record<string, [filter: string, form: (text: string) => string]>> = {
  sourceipaddress: ['ip', exactly],
  useragent: ['userAgent', exactPattern],
  eventsource: ['service', exactly],
  eventname: ['eventName', exactPattern],
  readonly: ['readOnly', exactly],
  errorcode: ['errorCode', exactPattern],
  recipientaccountid: ['account', exactly],
  awsregion: ['region', exactly],
  bucketname: ['bucket', exactly],
  objectkey: ['key', exactPattern],
  username: ['user', exactPattern],
  arn: ['requester', exactly],
  type: ['identityType', exactly],
  accesskeyid: ['accessKey', exactly],
};
/** Columns of leaves of the identity are named with and without what they are leaves of. */
const plain = (column: string): string => column.toLowerCase().replace(/^useridentity_?/, '');

/**
 * The filters that give the events of a group; undefined where none do: what an event does not have cannot be filtered
 * by, but an ARN tells all that goes with it.
 */
export function filtersOfGroup(
  columns: readonly string[],
  values: Counted['values'],
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  let isWhole = true;
  for (const [i, column] of columns.entries()) {
    const [filter, form] = FILTER_OF[plain(column)] ?? [];
    const value = values[i];
    if (filter && form && value) found[filter] = form(value);
    else if (filter) isWhole = false;
  }
  return (isWhole || found.requester !== undefined) && Object.keys(found).length > 0 ? found : undefined;
}

/** Headings of columns whose names are too long for one. */
const HEADINGS: Readonly<Record<string, string>> = {
  useridentity_sessioncontext_attributes_creationdate: 'session since',
  useridentity_sessioncontext_attributes_mfaauthenticated: 'with MFA',
};
const headingOf = (column: string): string =>
  HEADINGS[column.toLowerCase()] ?? column.replace(/^userIdentity_?/i, '').replaceAll('_', ' ');

/** Rows that are shown until somebody asks for all. */
const FEW = 8;
const MOST = 1000;

export function CountTable({
  title,
  columns,
  rows,
  context,
  href,
}: {
  title: string;
  columns: readonly string[];
  rows: readonly Counted[];
  /** Filters that hold for all of the table; undefined where none give just its events, so that counts lead nowhere. */
  context: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Where a value leads, where that is not the events with it: its page and option. */
  href?: { page: string; option: string };
}) {
  const [isWhole, setWhole] = useState(false);
  const shown = rows.slice(0, isWhole ? MOST : FEW);
  const most = rows.reduce((max, { events }) => Math.max(max, events), 0);
  if (rows.length === 0) return null;
  return (
    <section class="count-table">
      <h2>
        {title} <span class="absent">{rows.length.toLocaleString('en-US')}</span>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys */}
      <section class="scroll" tabIndex={0} aria-label={title}>
        <table>
          <Head columns={columns} />
          <tbody>
            {shown.map((row, i) => (
              <Row key={i} row={row} most={most} columns={columns} context={context} href={href} />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > FEW && (
        <button type="button" class="small" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'show fewer' : `show all ${rows.length.toLocaleString('en-US')}`}
        </button>
      )}
      {isWhole && rows.length > MOST && (
        <p class="note">The first {MOST.toLocaleString('en-US')} are shown; the command below gives all.</p>
      )}
    </section>
  );
}

/** What is said of every group, and how it is set. */
const COUNTED = [
  ['events', 'number'],
  ['errors', 'number'],
  ['first', 'time'],
  ['last', 'time'],
] as const;

function Head({ columns }: { columns: readonly string[] }) {
  return (
    <thead>
      <tr>
        {columns.map(column => (
          <th key={column} scope="col">
            {headingOf(column)}
          </th>
        ))}
        {COUNTED.map(([title, kind]) => (
          <th key={title} scope="col" class={kind}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

type RowProps = Pick<Parameters<typeof CountTable>[0], 'columns' | 'context'> & {
  row: Counted;
  most: number;
  href: { page: string; option: string } | undefined;
};

function Row({ row, most, columns, context, href }: RowProps) {
  const { values, events, errors, first, last } = row;
  const filters = context && filtersOfGroup(columns, values);
  const count = events.toLocaleString('en-US');
  return (
    <tr>
      {values.map((value, i) => (
        <td key={columns[i]} class={/arn|agent|key$/i.test(columns[i]!) ? 'long' : undefined}>
          {!href || i > 0 || value === null ? (
            <LogText value={value} most={200} />
          ) : href.page === 'who' ? (
            <WhoLink value={value} />
          ) : (
            <LogLink page={href.page} options={{ [href.option]: value }} value={value} />
          )}
        </td>
      ))}
      <td class="number">
        {filters ? (
          <LogLink page="events" options={{ ...context, ...filters }}>
            {count}
          </LogLink>
        ) : (
          count
        )}
        <Bar value={events} most={most} />
      </td>
      <td class="number">{errors > 0 ? errors.toLocaleString('en-US') : ''}</td>
      <td class="time">
        <Time value={first} />
      </td>
      <td class="time">
        <Time value={last} />
      </td>
    </tr>
  );
}
