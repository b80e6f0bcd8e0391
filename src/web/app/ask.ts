/** Questions to the server: asked once, kept for going back, given up where nobody looks at them any more. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AnswerError } from '../answer-error.js';
import type { EventNotes, GivenNote } from '../event-notes.js';
import type { QuestionName } from '../questions.js';
import type { Started } from '../start.js';

export type Options = Readonly<Record<string, unknown>>;

export interface Answer<T> {
  answer: T;
  /** The command that gives the same; undefined where none does. */
  command?: string;
  /** Milliseconds that it took the server. */
  ms: number;
}

/** What is known of an answer. The one before stays until the next is there, so that nothing jumps. */
export interface Asking<T> {
  answer: T | undefined;
  command: string | undefined;
  error: AnswerError | undefined;
  /** Whether the answer to the options at hand is still to come. */
  isWaiting: boolean;
}

/** A question that could not be answered. */
export class AskError extends Error {
  constructor(readonly reason: AnswerError) {
    super(reason.message);
  }
}

/** Answers that are kept, the latest last, and for how many milliseconds: an ingest may bring more. */
const KEPT = 30;
const FRESH = 60_000;
const kept = new Map<string, { answer: Answer<unknown>; at: number }>();
/** Options of this length go into the body of a request. */
const LONG = 4000;

let token = '';

/** What the document brought, which is read once: the lists of the page, or why there are none. */
export function readStart(): Started {
  const element = document.getElementById('start')!;
  const started = JSON.parse(element.textContent!) as Started;
  element.remove();
  if ('start' in started) token = started.start.token;
  return started;
}

const keyOf = (question: QuestionName, options: Options): string => `${question} ${JSON.stringify(options)}`;

/** @throws AskError; an AbortError where `signal` is aborted */
export async function ask<T>(
  question: QuestionName,
  options: Options,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const key = keyOf(question, options);
  const known = kept.get(key);
  if (known && performance.now() - known.at < FRESH) return known.answer as Answer<T>;
  kept.delete(key);
  const answer = await askAnew<T>(question, options, signal);
  kept.set(key, { answer, at: performance.now() });
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return answer;
}

/** The same for an asker that keeps answers itself. */
export async function askAnew<T>(
  question: QuestionName,
  options: Options,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  const json = JSON.stringify(options);
  const asked =
    json.length > LONG
      ? fetched(`/api/${question}`, {
          method: 'POST',
          headers: { 'x-offtrail-token': token },
          body: json,
          signal,
        })
      : fetched(`/api/${question}?options=${encodeURIComponent(json)}`, { signal });
  return (await asked) as Answer<T>;
}

/** Notes on events, which are no question to the index: all of them, after one was written where one is given. */
export const askNotes = async (note?: GivenNote): Promise<EventNotes> =>
  (await fetched(
    '/api/notes',
    note ? { method: 'POST', headers: { 'x-offtrail-token': token }, body: JSON.stringify(note) } : {},
  )) as EventNotes;

type Fetching = Omit<RequestInit, 'signal'> & { signal?: AbortSignal | undefined };

async function fetched(address: string, { signal, ...init }: Fetching): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new AskError({
      code: 'GONE',
      message: 'offtrail web does not answer any more',
      hint: 'start it again, and open the link that it prints',
    });
  }
  if (response.ok) return response.json();
  const text = await response.text();
  try {
    throw new AskError((JSON.parse(text) as { error: AnswerError }).error);
  } catch (error) {
    throw error instanceof AskError ? error : new AskError({ code: String(response.status), message: text });
  }
}

/** Asks while a component is there, and again where the options change; undefined options ask nothing. */
export function useAnswer<T>(question: QuestionName, options: Options | undefined): Asking<T> {
  const key = options && keyOf(question, options);
  const [asking, setAsking] = useState<Asking<T> & { key: string | undefined }>({
    ...{ answer: undefined, command: undefined, error: undefined, isWaiting: true },
    key: undefined,
  });
  const last = useRef(options);
  last.current = options;
  // Before anything is painted: the server looks while the browser draws.
  useLayoutEffect(() => {
    if (key === undefined) return;
    const gone = new AbortController();
    ask<T>(question, last.current!, gone.signal).then(
      ({ answer, command }) => setAsking({ key, answer, command, error: undefined, isWaiting: false }),
      (error: unknown) => {
        if (gone.signal.aborted) return;
        const reason = error instanceof AskError ? error.reason : { code: 'FAILED', message: String(error) };
        setAsking(before => ({
          ...before,
          key,
          command: reason.command ?? before.command,
          error: reason,
          isWaiting: false,
        }));
      },
    );
    return () => gone.abort();
  }, [key, question]);
  return { ...asking, isWaiting: key !== undefined && asking.key !== key };
}

/** The address of all rows of a question as a file. */
export const exportAddress = (question: QuestionName, format: 'csv' | 'json', options: Options): string =>
  `/export/${question}.${format}?options=${encodeURIComponent(JSON.stringify(options))}`;
