/** What CloudTrail and access logs each have of a key, counted by what its requests have in common. */

import type { KeyUsage } from '../../../query/access/key-usage.js';
import type { LineCount } from '../../../query/access/requester-lines.js';
import type { Counted } from '../../../query/columns/counts.js';
import { Cell } from '../parts/cell.js';
import { numberText } from '../parts/number.js';
import { Table, type TableColumn } from '../parts/table.js';
import { LogText } from '../parts/text.js';

/** Rows of a section. */
export const ROWS = 10;

/** Says that a section has more rows. */
export function More({ count }: { count: number }) {
  if (count <= 0) return null;
  return <p>and {numberText(count)} more, which the command has with --limit all</p>;
}

/** Rows of a section: what they are of, how many there are, and how many failed. */
interface Section {
  title: string;
  names: readonly string[];
  rows: ReadonlyArray<Counted | LineCount>;
}

function Sections({ sections, unit }: { sections: readonly Section[]; unit: 'events' | 'lines' }) {
  return (
    <>
      {sections
        .filter(({ rows }) => rows.length > 0)
        .map(({ title, names, rows }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <Table
              label={`${title}, table`}
              columns={[
                ...names.map(
                  (name, i): TableColumn<Counted | LineCount> => ({
                    name,
                    cell: row => <LogText value={'values' in row ? row.values[i] : row.value} />,
                  }),
                ),
                {
                  name: unit,
                  isNumber: true,
                  cell: row => numberText('events' in row ? row.events : row.lines),
                },
                { name: 'errors', isNumber: true, cell: ({ errors }) => numberText(errors) },
                { name: 'first', cell: ({ first }) => <Cell value={first} /> },
                { name: 'last', cell: ({ last }) => <Cell value={last} /> },
              ]}
              rows={rows.slice(0, ROWS)}
            />
            <More count={rows.length - ROWS} />
          </section>
        ))}
    </>
  );
}

export function CloudTrail({ events }: { events: KeyUsage['cloudTrail'] }) {
  return (
    <>
      <h2>CloudTrail</h2>
      {events ? (
        <>
          <p>
            {numberText(events.events)} events, {numberText(events.errors)} errors, from {events.first ?? '–'}{' '}
            to {events.last ?? '–'}
          </p>
          <Sections
            unit="events"
            sections={[
              { title: 'Calls', names: ['service', 'call'], rows: events.calls },
              { title: 'Addresses of events', names: ['address'], rows: events.addresses },
              { title: 'User agents of events', names: ['user agent'], rows: events.agents },
              { title: 'Regions', names: ['region'], rows: events.regions },
            ]}
          />
        </>
      ) : (
        <p>No event by it.</p>
      )}
    </>
  );
}

export function AccessLog({ lines }: { lines: KeyUsage['accessLog'] }) {
  return (
    <>
      <h2>Access logs</h2>
      {lines ? (
        <>
          <p>
            {numberText(lines.lines)} lines of its requester, whatever the key, {numberText(lines.errors)}{' '}
            errors, from {lines.first ?? '–'} to {lines.last ?? '–'}
          </p>
          <Sections
            unit="lines"
            sections={[
              { title: 'Requesters', names: ['requester'], rows: lines.requesters },
              { title: 'Buckets', names: ['bucket'], rows: lines.buckets },
              { title: 'Operations', names: ['operation'], rows: lines.operations },
              { title: 'Addresses of lines', names: ['address'], rows: lines.addresses },
              { title: 'User agents of lines', names: ['user agent'], rows: lines.agents },
            ]}
          />
        </>
      ) : (
        <p>No line of its requester.</p>
      )}
    </>
  );
}
