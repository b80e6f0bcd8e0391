/** All notes in order of time, and the timeline made of them. */

import { useEffect, useState } from 'preact/hooks';
import type { AnswerError } from '../../answer-error.js';
import { AskError, ask } from '../ask.js';
import type { PageProps } from '../page-props.js';
import { ErrorNote, Waiting } from '../parts/notes.js';
import { eventNotes, loadNotes, NoteEditor, NotesState, Star } from '../parts/stars.js';
import { type EventRow, exactly, LogLink, textOf, WhoLink } from '../parts/summary.js';
import { LogText } from '../parts/text.js';
import { Time } from '../parts/time.js';
import { inTime, markdownTimeline, type NotedEvent } from './notes-markdown.js';

const COLUMNS = [
  ...['eventTime', 'eventName', 'eventSource', 'username', 'useridentity_arn', 'useridentity_principalid'],
  ...['sourceIPAddress', 'errorCode', 'resourceName', 'eventID', 'event_rowid'],
];
/** Events that are asked for at a time, and those shown at once. */
const BATCH = 200;
const AT_ONCE = 100;

export function NotesPage({ start }: PageProps) {
  useEffect(() => loadNotes({ again: true }), []);
  const found = eventNotes.value;
  const { events, error, isWaiting } = useEvents(found?.notes.map(({ eventId }) => eventId));
  const [most, setMost] = useState(AT_ONCE);
  const noted = inTime(
    (found?.notes ?? []).map(note => ({ ...note, event: events.get(note.eventId) }) satisfies NotedEvent),
  );
  return (
    <>
      <h1>Notes</h1>
      <NotesState />
      <ErrorNote error={error} />
      <Waiting isWaiting={found === undefined || isWaiting} />
      {found && found.notes.length === 0 && (
        <p class="note">
          There are no notes yet. Star an event, or write a line to it, on its page; the notes are kept in a
          file beside the index, which itself is never changed.
        </p>
      )}
      {noted.length > 0 && (
        <p>
          {noted.length.toLocaleString('en-US')} {noted.length === 1 ? 'event' : 'events'}{' '}
          <button
            type="button"
            disabled={isWaiting}
            onClick={() => save(markdownTimeline(noted, start.index, new Date()), 'offtrail-timeline.md')}
          >
            Timeline as Markdown
          </button>
        </p>
      )}
      <ol class="hits" aria-label="Noted events">
        {noted.slice(0, most).map(one => (
          <li key={one.eventId}>
            <Noted noted={one} isWaiting={isWaiting} />
          </li>
        ))}
      </ol>
      {noted.length > most && (
        <button type="button" onClick={() => setMost(most + AT_ONCE)}>
          Show more: {(noted.length - most).toLocaleString('en-US')} notes are left
        </button>
      )}
    </>
  );
}

function Noted({ noted: { eventId, event }, isWaiting }: { noted: NotedEvent; isWaiting: boolean }) {
  const who = event && (textOf(event, 'useridentity_arn') ?? textOf(event, 'username'));
  return (
    <>
      <div class="hit-head">
        <Star eventId={eventId} />
        {event ? (
          <>
            <Time value={event.eventTime} />
            <LogLink page="event" options={{ eventId }}>
              <LogText value={event.eventSource} /> <LogText value={event.eventName} />
            </LogLink>
            {who !== undefined && <WhoLink value={who} />}
            <LogText value={event.sourceIPAddress} />
            {event.errorCode && (
              <span class="failed">
                <LogText value={event.errorCode} />
              </span>
            )}
          </>
        ) : (
          <span>
            <LogText value={eventId} /> {!isWaiting && <span class="absent">is not in this index</span>}
          </span>
        )}
      </div>
      <NoteEditor eventId={eventId} />
    </>
  );
}

/** What the index knows of events, by their ids: asked for in parts, those that are known already not again. */
function useEvents(ids: readonly string[] | undefined): {
  events: ReadonlyMap<string, EventRow>;
  error: AnswerError | undefined;
  isWaiting: boolean;
} {
  const [events, setEvents] = useState<ReadonlyMap<string, EventRow>>(new Map());
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<AnswerError>();
  const next = ids?.filter(id => !asked.has(id)).slice(0, BATCH) ?? [];
  const key = next.join(' ');
  useEffect(() => {
    if (next.length === 0) return;
    const gone = new AbortController();
    const options = { eventId: next.map(exactly), columns: COLUMNS, limit: 1000 };
    ask<{ rows: EventRow[] }>('events', options, gone.signal).then(
      ({ answer }) => {
        setEvents(
          before => new Map([...before, ...answer.rows.map(row => [String(row.eventID), row] as const)]),
        );
        setAsked(before => new Set([...before, ...next]));
      },
      (reason: unknown) => {
        if (gone.signal.aborted) return;
        setError(reason instanceof AskError ? reason.reason : { code: 'FAILED', message: String(reason) });
        setAsked(before => new Set([...before, ...next]));
      },
    );
    return () => gone.abort();
  }, [key]);
  return { events, error, isWaiting: next.length > 0 };
}

/** Gives a text to the browser as a file. */
function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/markdown;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
