/** What a view says besides its rows: errors, waiting, what could have hidden events, and the command that gives the same. */

import { useEffect, useState } from 'preact/hooks';
import type { Spelling } from '../../../query/columns/spelling.js';
import type { Hidden } from '../../../query/coverage/hidden-statement.js';
import type { Incomplete } from '../../../query/incomplete.js';
import type { AnswerError } from '../../answer-error.js';
import { useAnswer } from '../ask.js';
import { LogText } from './text.js';

export function ErrorNote({ error }: { error: AnswerError | undefined }) {
  if (!error) return null;
  return (
    <p class="note error" role="alert">
      <LogText value={error.message} />
      {error.hint && (
        <>
          <br />
          <LogText value={error.hint} />
        </>
      )}
    </p>
  );
}

/** Whether what was there, once, was painted. */
export function usePainted(isThere: boolean): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    if (isThere) setPainted(true);
  }, [isThere]);
  return isPainted;
}

/** Says where the index does not hold all that an ingest was to bring. */
export function IncompleteNote() {
  // After the page's own questions, which are asked before it is painted.
  const isPainted = usePainted(true);
  const { answer } = useAnswer<Incomplete | null>('incomplete', isPainted ? {} : undefined);
  if (!answer) return null;
  const { files, filesDone, isRunning } = answer;
  return (
    <p class="note error">
      {isRunning ? 'An ingest is running' : 'The last ingest did not finish: run it again'}
      {files !== null &&
        `; ${filesDone.toLocaleString('en-US')} of ${files.toLocaleString('en-US')} files are in the index`}
      .
    </p>
  );
}

/** Milliseconds before anybody is told that something takes time, and before what is still of the question before pales. */
const SOON = 500;
const PALE = 250;

/** Whether something has been so for some milliseconds. */
function useLasting(isSo: boolean, milliseconds: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    setLasting(false);
    if (!isSo) return;
    const timer = setTimeout(() => setLasting(true), milliseconds);
    return () => clearTimeout(timer);
  }, [isSo]);
  return isSo && isLasting;
}

/** Says that an answer takes longer than half a second. */
export function Waiting({ isWaiting }: { isWaiting: boolean }) {
  return (
    <p class="waiting" role="status">
      {useLasting(isWaiting, SOON) ? 'looking …' : ''}
    </p>
  );
}

/**
 * What an element says of itself while it shows the answer before. It pales where that lasts: to paint it twice for
 * each answer takes longer than most answers do.
 */
export function useStale(isStale: boolean, name = ''): { class: string; 'aria-busy': boolean } {
  const isPale = useLasting(isStale, PALE);
  return { class: isPale ? `${name} stale` : name, 'aria-busy': isStale };
}

/** What could have hidden events, and how values of filters were understood. */
export function HiddenNotes({
  hidden = [],
  spellings = [],
}: {
  hidden?: readonly Hidden[] | undefined;
  spellings?: readonly Spelling[] | undefined;
}) {
  return (
    <>
      {spellings.map(({ given, used, nearest }) => (
        <p class="note" key={given}>
          No event has <LogText value={given} />
          {used.length > 0 && (
            <>
              : <LogText value={used.map(({ value }) => value).join(', ')} /> was taken
            </>
          )}
          {nearest.length > 0 && (
            <>
              ; nearest: <LogText value={nearest.map(({ value }) => value).join(', ')} />
            </>
          )}
          .
        </p>
      ))}
      {hidden.map(({ text }) => (
        <p class="note" key={text}>
          <LogText value={text} />
        </p>
      ))}
    </>
  );
}

/** The command that gives what a view shows, to copy. */
export function CommandLine({ command }: { command: string | undefined }) {
  if (!command) return null;
  return (
    <p class="command">
      <span class="label">The same on the command line:</span> <code>{command}</code>{' '}
      <Copy text={command} what="the command" />
    </p>
  );
}

/** A button that copies a text, or what is made of one when it is pressed. */
export function Copy({
  text,
  what,
  label = 'copy',
}: {
  text: string | (() => string);
  what: string;
  /** What stands on it. */
  label?: string;
}) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copied = (): string => (typeof text === 'string' ? text : text());
  return (
    <button
      type="button"
      class="small"
      title={`Copy ${what}`}
      aria-label={label === 'copy' ? undefined : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(copied()).then(() => setDone(true))}
    >
      {isDone ? 'copied' : label}
    </button>
  );
}
