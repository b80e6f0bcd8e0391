/** What came just before and after an event by the same access key, else by the same user or from the same address. */

import { useAnswer } from '../ask.js';
import { ErrorNote, Waiting } from '../parts/notes.js';
import { type EventRow, exactly, exactPattern, LogLink, textOf } from '../parts/summary.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { around, EACH } from './event-around.js';

const COLUMNS = [
  'eventTime',
  'eventName',
  'eventSource',
  'errorCode',
  'resourceName',
  'eventID',
  'event_rowid',
];

interface Same {
  /** `access key`, … */
  name: string;
  filter: Readonly<Record<string, string>>;
}

function sameOf(row: EventRow): Same | undefined {
  const key = textOf(row, 'accessKeyId');
  if (key !== undefined) return { name: 'access key', filter: { accessKey: exactly(key) } };
  const user = textOf(row, 'username');
  if (user !== undefined) return { name: 'user', filter: { user: exactPattern(user) } };
  const address = textOf(row, 'sourceIPAddress');
  return address === undefined ? undefined : { name: 'address', filter: { ip: exactly(address) } };
}

interface Rows {
  rows: EventRow[];
}

export function Neighbours({ row }: { row: EventRow }) {
  const same = sameOf(row);
  const time = textOf(row, 'eventTime') ?? '';
  // A time in another form has no place among the others.
  const isTimed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time);
  const asked = same && isTimed ? { ...same.filter, columns: COLUMNS, limit: 2 * EACH } : undefined;
  const before = useAnswer<Rows>('events', asked && { ...asked, to: time, order: 'newest' });
  const after = useAnswer<Rows>('events', asked && { ...asked, from: time, order: 'oldest' });
  if (!same || !isTimed) return null;
  return (
    <section>
      <h3>Just before and after, by the same {same.name}</h3>
      <ErrorNote error={before.error ?? after.error} />
      {before.answer && after.answer ? (
        <NearTable rows={around(before.answer.rows, after.answer.rows, row)} row={row} />
      ) : (
        <Waiting isWaiting={before.isWaiting || after.isWaiting} />
      )}
      <LogLink page="events" options={same.filter}>
        all of them
      </LogLink>
    </section>
  );
}

function NearTable({ rows, row }: { rows: readonly EventRow[]; row: EventRow }) {
  if (rows.length < 2) return <p class="absent">There is no other event by it.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
    <section class="scroll" tabIndex={0} aria-label="Just before and after">
      <table class="near">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Call</th>
            <th scope="col">Error</th>
            <th scope="col">On</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(one => {
            const isThis = one.event_rowid === row.event_rowid;
            const id = textOf(one, 'eventID');
            return (
              <tr key={String(one.event_rowid)} aria-current={isThis ? 'true' : undefined}>
                <td>
                  {isThis || id === undefined ? (
                    <Time value={one.eventTime} />
                  ) : (
                    <LogLink page="event" options={{ eventId: id }}>
                      <Time value={one.eventTime} />
                    </LogLink>
                  )}
                </td>
                <td>
                  <LogText value={one.eventName} />
                </td>
                <td>{one.errorCode && <LogText value={one.errorCode} />}</td>
                <td>{one.resourceName && <LogText value={one.resourceName} most={120} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
