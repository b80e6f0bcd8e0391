/** Stars and notes on events: one state for the whole page, kept by the server in a file beside the index. */

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { AnswerError } from '../../answer-error.js';
import type { EventNote, EventNotes, GivenNote } from '../../event-notes.js';
import { AskError, askNotes } from '../ask.js';
import { ErrorNote } from './notes.js';
import './stars.css';
import { LogText } from './text.js';

/** What is known of the notes; undefined until they are there. */
export const eventNotes = signal<EventNotes | undefined>(undefined);
const failure = signal<AnswerError | undefined>(undefined);
/** The event whose note could not be written or read last. */
const failedFor = signal<string | undefined>(undefined);

let isAsked = false;

const fail = (error: unknown, eventId?: string): void => {
  failure.value =
    error instanceof AskError ? error.reason : { code: 'FAILED', message: String(error), hint: undefined };
  failedFor.value = eventId;
};

/** Reads the notes once for the page; `again` where somebody looks at all of them. */
export function loadNotes({ again = false }: { again?: boolean } = {}): void {
  if (isAsked && !again) return;
  isAsked = true;
  askNotes().then(
    found => {
      eventNotes.value = found;
    },
    (error: unknown) => fail(error),
  );
}

async function put(note: GivenNote): Promise<boolean> {
  try {
    eventNotes.value = await askNotes(note);
    failure.value = undefined;
    return true;
  } catch (error) {
    fail(error, note.eventId);
    return false;
  }
}

export const noteOf = (eventId: string): EventNote | undefined =>
  eventNotes.value?.notes.find(note => note.eventId === eventId);

/** A star to set and take off. */
export function Star({ eventId }: { eventId: string }) {
  useEffect(() => loadNotes(), []);
  const note = noteOf(eventId);
  const isStarred = note?.isStarred ?? false;
  return (
    <button
      type="button"
      class="star"
      aria-pressed={isStarred}
      aria-label="Star"
      title={isStarred ? 'Take the star off' : 'Star this event'}
      disabled={eventNotes.value === undefined}
      onClick={() => void put({ eventId, text: note?.text ?? '', isStarred: !isStarred })}
    >
      {isStarred ? '★' : '☆'}
    </button>
  );
}

/** What somebody wrote to an event, to change. */
export function NoteEditor({ eventId }: { eventId: string }) {
  useEffect(() => loadNotes(), []);
  const note = noteOf(eventId);
  const [draft, setDraft] = useState<string>();
  const kept = note?.text ?? '';
  const text = draft ?? kept;
  const isChanged = text !== kept;
  const save = async (): Promise<void> => {
    if (await put({ eventId, text, isStarred: note?.isStarred ?? true })) setDraft(undefined);
  };
  return (
    <form
      class="note-editor"
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        Note
        <textarea
          rows={2}
          maxLength={10_000}
          value={text}
          disabled={eventNotes.value === undefined}
          onInput={event => setDraft(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void save();
          }}
        />
      </label>
      <button type="submit" disabled={!isChanged}>
        Save note
      </button>
      <span class="absent" role="status">
        {isChanged ? 'not saved yet' : note && kept !== '' ? 'saved' : ''}
      </span>
      {failedFor.value === eventId && <ErrorNote error={failure.value} />}
    </form>
  );
}

/** What is wrong with the file of notes, or was. */
export function NotesState() {
  const found = eventNotes.value;
  return (
    <>
      {failedFor.value === undefined && <ErrorNote error={failure.value} />}
      {found?.damage && (
        <p class="note error" role="alert">
          <LogText value={found.damage} />. Nothing was lost: the next note that you write sets the file aside
          under another name and begins a new one.
        </p>
      )}
      {found && found.setAside.length > 0 && (
        <p class="note">
          Damaged files of notes stand beside the index: <LogText value={found.setAside.join(', ')} />
        </p>
      )}
    </>
  );
}
