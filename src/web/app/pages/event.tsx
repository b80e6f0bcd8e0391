/** One event, or all of an eventID or a request: what it says, what is known of it, and its record. */

import type { RequestSides } from '../../../query/access/sides.js';
import type { ShownEvent } from '../../../query/show.js';
import type { Start } from '../../start.js';
import { useAnswer } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { JsonView } from '../parts/json.js';
import { jsonLines, memberText } from '../parts/json-lines.js';
import { CommandLine, ErrorNote, useStale, Waiting } from '../parts/notes.js';
import { NoteEditor, NotesState, Star } from '../parts/stars.js';
import {
  type EventRow,
  exactly,
  exactPattern,
  identity,
  LogLink,
  SUMMARY_COLUMNS,
  Summary,
  textOf,
} from '../parts/summary.js';
import { Exports } from '../parts/table.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { first } from '../place.js';
import './event.css';
import { CopyAs } from './event-copy.js';
import { Neighbours } from './event-neighbours.js';
import { AccessSide, OtherSide } from './event-request.js';

/** Events that are shown in full: an eventID has one but for copies that differ, a request few. */
const MOST = 20;

export function EventPage({ start, options }: PageProps) {
  const eventId = first(options, 'eventId');
  const requestId = eventId === undefined ? first(options, 'requestId') : undefined;
  const shown = useAnswer<ShownEvent[]>('show', eventId === undefined ? undefined : { eventId });
  const request = useAnswer<RequestSides | null>(
    'request',
    requestId === undefined ? undefined : { requestId },
  );
  const asked = eventId === undefined ? request : shown;
  const events = (eventId === undefined ? request.answer?.events : shown.answer) ?? [];
  const rows = useAnswer<{ rows: EventRow[] }>('events', rowsAsked(events, { eventId, requestId }));
  const rowOf = (event: ShownEvent): EventRow | undefined =>
    rows.answer?.rows.find(row => row.event_rowid === event.eventRowid);
  const stale = useStale(asked.isWaiting);
  return (
    <>
      <h1>{headingOf(eventId, requestId, events.length)}</h1>
      <ErrorNote error={asked.error} />
      <ErrorNote error={rows.error} />
      <NotesState />
      <Waiting isWaiting={asked.isWaiting || rows.isWaiting} />
      {eventId === undefined && requestId === undefined && (
        <p class="note">No event is named: paste an eventID or a request id into the box above.</p>
      )}
      {requestId !== undefined && request.answer === null && !request.isWaiting && (
        <p class="note">
          Neither events nor access log lines have the request <LogText value={requestId} />.
        </p>
      )}
      {!asked.error && (
        <div {...stale}>
          {events.slice(0, MOST).map(event => (
            <OneEvent
              key={event.eventRowid}
              event={event}
              row={rowOf(event)}
              start={start}
              command={asked.command}
              hasOwnRequest={eventId !== undefined}
            />
          ))}
          {events.length > MOST && (
            <p class="note">
              {(events.length - MOST).toLocaleString('en-US')} more events are not shown:{' '}
              <LogLink page="events" options={{ requestId: requestId ?? '' }}>
                all of them in the Event history
              </LogLink>
            </p>
          )}
          {requestId !== undefined && request.answer && (
            <section>
              <h2>In the access log</h2>
              <AccessSide sides={request.answer} />
            </section>
          )}
        </div>
      )}
      <p class="command">
        {eventId !== undefined && <Exports question="show" options={{ eventId }} />}
        {requestId !== undefined && <Exports question="request" options={{ requestId }} />}
      </p>
      <CommandLine command={asked.command} />
    </>
  );
}

function headingOf(eventId: string | undefined, requestId: string | undefined, count: number): string {
  if (requestId !== undefined) return 'Request';
  return count > 1 && eventId !== undefined ? `${count} events with one eventID` : 'Event';
}

/** What is asked for the columns of the events: the id may be the beginning of one. */
function rowsAsked(
  events: readonly ShownEvent[],
  { eventId, requestId }: { eventId: string | undefined; requestId: string | undefined },
) {
  const [event] = events;
  if (!event) return undefined;
  const filter =
    requestId === undefined
      ? // Of a record that is cut the id may not be there.
        { eventId: exactly(idOf(event) ?? eventId ?? '') }
      : { requestId: exactly(requestId) };
  return { ...filter, columns: SUMMARY_COLUMNS, limit: 100 };
}

const ids = new WeakMap<ShownEvent, string | undefined>();
function idOf(event: ShownEvent): string | undefined {
  if (!ids.has(event)) ids.set(event, memberText(jsonLines(event.record), 'eventID'));
  return ids.get(event);
}

interface OneEventProps {
  event: ShownEvent;
  row: EventRow | undefined;
  start: Start;
  command: string | undefined;
  /** Whether the other side of its request stands with it, not once for all. */
  hasOwnRequest: boolean;
}

function OneEvent({ event, row, start, command, hasOwnRequest }: OneEventProps) {
  const id = idOf(event) ?? (row && textOf(row, 'eventID'));
  const name = row && textOf(row, 'eventName');
  const requestId = row && textOf(row, 'requestID');
  return (
    <article class="event">
      <header class="event-head">
        {id !== undefined && <Star eventId={id} />}
        <h2>
          {name === undefined ? 'Event' : <LogText value={name} />}{' '}
          {row && (
            <span class="absent">
              <Time value={textOf(row, 'eventTime')} />
            </span>
          )}
        </h2>
        <CopyAs event={event} row={row} command={command} />
      </header>
      {event.conflicting && (
        <p class="note error">Another record has this eventID and other content: both are kept.</p>
      )}
      {id !== undefined && <NoteEditor key={id} eventId={id} />}
      <div class="event-parts">
        <div>
          {row && <Summary row={row} />}
          {row && <Links row={row} />}
          <Evidence event={event} start={start} />
          {hasOwnRequest && requestId !== undefined && <OtherSide requestId={requestId} />}
          {row && <Neighbours row={row} />}
        </div>
        <div>
          <h3>Record</h3>
          <JsonView json={event.record} label="Record" />
        </div>
      </div>
    </article>
  );
}

/** Where one goes from an event. */
function Links({ row }: { row: EventRow }) {
  const arn = textOf(row, 'useridentity_arn');
  const key = textOf(row, 'accessKeyId');
  const address = textOf(row, 'sourceIPAddress');
  const user = textOf(row, 'username');
  const bucket = textOf(row, 'bucketname');
  const links: Array<[title: string, page: string, option: string, value: string | undefined]> = [
    ['who this is', 'who', 'identity', arn && identity(arn)],
    ['this access key', 'who', 'identity', key && identity(key)],
    ['this address', 'who', 'identity', address && identity(address)],
    ['its session', 'session', 'session', key ?? arn],
    ['this bucket', 'bucket', 'bucket', bucket],
    ['events by this key', 'events', 'accessKey', key && exactly(key)],
    ['events by this user', 'events', 'user', user && exactPattern(user)],
    ['events from this address', 'events', 'ip', address && exactly(address)],
  ];
  return (
    <nav aria-label="From this event" class="links">
      {links.map(([title, page, option, value]) =>
        value === undefined ? null : (
          <LogLink key={title} page={page} options={{ [option]: value }}>
            {title}
          </LogLink>
        ),
      )}
    </nav>
  );
}

/** What is known of the files that the record stands in, in words. */
function Evidence({ event, start }: { event: ShownEvent; start: Start }) {
  const { evidence, marks, sources } = event;
  return (
    <section>
      <h3>Integrity</h3>
      <p class={evidence === 'altered' ? 'note error' : undefined}>
        <strong>{evidence === 'none' ? 'not checked' : evidence}</strong>: {start.verdicts[evidence]}
      </p>
      {marks.map(mark => (
        <p class="note error" key={mark}>
          <strong>{mark}</strong>: {start.marks[mark]}
        </p>
      ))}
      <ul class="plain sources">
        {sources.map(({ path, ordinal, sha256 }, i) => (
          <li key={i}>
            {i === 0 ? 'from' : 'also in'} <LogText value={path} />, record{' '}
            {(ordinal + 1).toLocaleString('en-US')}
            <br />
            <span class="absent">
              SHA-256{' '}
              {sha256 === null ? 'is not known: the file was not read to its end' : <code>{sha256}</code>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
