/**
 * Notes on events: a star and a line of text, kept in a file of their own beside the index, which is never written to.
 * Every write reads the file anew and changes one note in it, so that what another tab wrote stays.
 */

import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { IndexError, UsageError } from '../errors.js';

export interface EventNote {
  /** The id that CloudTrail gave the event. */
  eventId: string;
  isStarred: boolean;
  /** What somebody wrote about it; may be empty. */
  text: string;
  /** When the note was last written. */
  written: string;
}

export interface EventNotes {
  /** In the order in which events were first noted. */
  notes: EventNote[];
  /** Why the file cannot be read as it is; the next note sets it aside. */
  damage: string | null;
  /** Names of damaged files that were set aside. */
  setAside: string[];
}

/** What the page posts: a note without a star and a text is removed. */
export type GivenNote = Omit<EventNote, 'written'>;

export interface NotesFile {
  read(): Promise<EventNotes>;
  /** @throws UsageError `BAD_VALUE`; IndexError `INDEX_UNWRITABLE`, `INDEX_UNREADABLE` */
  put(given: unknown): Promise<EventNotes>;
}

/** Notes of one index, and UTF-16 units of a note. */
export const MOST_NOTES = 10_000;
export const LONGEST_NOTE = 10_000;
/** An eventID is a UUID; odd records have others. */
const EVENT_ID = /^[!-~]{1,128}$/;
/** Bytes of the file: more cannot be ours. */
const MOST_BYTES = 512 << 20;

/** @param db path of the index; the notes are in `<db>.notes.json` */
export function createNotesFile(db: string): NotesFile {
  const path = `${db}.notes.json`;
  // One write at a time, in the order they came.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act, act);
    last = next.catch(() => {});
    return next;
  };
  return {
    read: () => inTurn(() => readNotes(path)),
    put: given =>
      inTurn(async () => {
        const note = checked(given);
        const { notes, damage } = await readNotes(path);
        const changed = withNote(notes, note, new Date());
        if (damage !== null) await rename(path, `${path}.damaged-${stamp(new Date())}`);
        await write(path, changed);
        return readNotes(path);
      }),
  };
}

const stamp = (now: Date): string =>
  `${now.toISOString().replaceAll(/[^0-9]/g, '')}-${randomBytes(3).toString('hex')}`;

/** @throws UsageError `BAD_VALUE` */
function checked(given: unknown): GivenNote {
  const { eventId, isStarred, text } = (given ?? {}) as Record<string, unknown>;
  if (typeof eventId !== 'string' || !EVENT_ID.test(eventId))
    throw new UsageError('BAD_VALUE', 'a note needs the eventID of its event');
  if (typeof text !== 'string' || typeof isStarred !== 'boolean')
    throw new UsageError('BAD_VALUE', 'a note needs a text and says whether the event is starred');
  if (text.length > LONGEST_NOTE)
    throw new UsageError(
      'BAD_VALUE',
      `the note is longer than ${LONGEST_NOTE.toLocaleString('en-US')} characters`,
      'shorten it; it was not kept',
    );
  return { eventId, isStarred, text };
}

/** @throws UsageError `BAD_VALUE` where there are too many */
function withNote(notes: readonly EventNote[], given: GivenNote, now: Date): EventNote[] {
  const isEmpty = !given.isStarred && given.text.trim() === '';
  const note: EventNote = { ...given, written: now.toISOString() };
  const isThere = notes.some(({ eventId }) => eventId === given.eventId);
  if (isEmpty) return notes.filter(({ eventId }) => eventId !== given.eventId);
  if (isThere) return notes.map(one => (one.eventId === given.eventId ? note : one));
  if (notes.length >= MOST_NOTES)
    throw new UsageError(
      'BAD_VALUE',
      `there are ${MOST_NOTES.toLocaleString('en-US')} notes already`,
      'remove some, or move the file of notes away',
    );
  return [...notes, note];
}

async function readNotes(path: string): Promise<EventNotes> {
  const setAside = await damagedBeside(path);
  try {
    if ((await stat(path)).size > MOST_BYTES)
      return { notes: [], damage: `${basename(path)} is too large to be a file of notes`, setAside };
    return { notes: notesIn(await readFile(path, 'utf8')), damage: null, setAside };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { notes: [], damage: null, setAside };
    if (code !== undefined) throw new IndexError('INDEX_UNREADABLE', `the notes cannot be read: ${code}`);
    return { notes: [], damage: `${basename(path)} cannot be read as notes: it is damaged`, setAside };
  }
}

/** @throws SyntaxError, TypeError where it is no file of notes as this module writes it */
function notesIn(json: string): EventNote[] {
  const file = JSON.parse(json) as { notes?: unknown };
  if (!Array.isArray(file?.notes)) throw new TypeError('no notes');
  const notes = file.notes.map((one): EventNote => {
    const { written } = one as { written?: unknown };
    if (typeof written !== 'string') throw new TypeError('no time');
    return { ...checkedNote(one), written };
  });
  if (new Set(notes.map(({ eventId }) => eventId)).size !== notes.length) throw new TypeError('twice');
  return notes;
}

function checkedNote(one: unknown): GivenNote {
  try {
    return checked(one);
  } catch {
    // Without a code: the file is damaged, which is no mistake of whoever asks.
    throw new TypeError('not a note');
  }
}

async function damagedBeside(path: string): Promise<string[]> {
  const start = `${basename(path)}.damaged-`;
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  return names.filter(name => name.startsWith(start)).sort();
}

/** Writes the file whole or not at all. */
async function write(path: string, notes: readonly EventNote[]): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, notes }, null, 1)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, 0o600);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const { code = 'the system refuses' } = error as NodeJS.ErrnoException;
    throw new IndexError(
      'INDEX_UNWRITABLE',
      `the note was not kept: ${code}`,
      'notes are written beside the index: its folder must be one that can be written',
    );
  }
}
