/** The processes that answer questions: how many, who waits, and when one is ended. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { watchMemory } from '../resident-memory.js';
import type { AnswerError } from './answer-error.js';
import type { Options } from './command-words.js';
import type { AskedQuestion, GivenAnswer, Ready } from './question-process.js';

export type Outcome = { json: string } | { error: AnswerError };

export interface QuestionPool {
  /**
   * Answers a question in the next process that is free.
   * @param signal aborted where nobody waits for the answer any more
   */
  ask(question: string, options: Options, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

/** What a process may use for its own objects, in megabytes, unless it is watched; SQLite's memory is outside of it. */
const HEAP = 384;
/** How long a question that nobody waits for any more may go on, in milliseconds: a new process costs a tenth of a second. */
const GRACE = 500;

interface Waiting extends Omit<AskedQuestion, 'id'> {
  signal: AbortSignal;
  settle(outcome: Outcome): void;
}

/**
 * Long: its functions share the processes and who waits for one.
 * @param options.db path of the index
 * @param options.processes how many questions are answered at a time
 * @param options.seconds after which a question is ended
 * @param options.megabytes of resident memory after which a question is ended. Default: no bound
 * @param options.module of the process. Default: that of all questions but statements
 * @param options.isReused whether a process answers one question after another. Default true
 */
export function createQuestionPool({
  db,
  processes,
  seconds,
  megabytes,
  module = './question-process.js',
  isReused = true,
}: {
  db: string;
  processes: number;
  seconds: number;
  megabytes?: number;
  module?: string;
  isReused?: boolean;
}): QuestionPool {
  const queue: Waiting[] = [];
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  /** What each has answered. */
  const answered = new WeakMap<ChildProcess, Set<string>>();
  /** Those that have not said yet that they can be asked. */
  const starting = new Set<ChildProcess>();
  let asked = 0;
  let isClosed = false;

  function start(): void {
    const path = fileURLToPath(new URL(module, import.meta.url));
    const child = fork(path, [db], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${megabytes ?? HEAP}`],
      // What an engine prints when it ends is no one's answer.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    all.add(child);
    starting.add(child);
    const forget = (): void => {
      child.kill('SIGKILL');
      all.delete(child);
      const at = idle.indexOf(child);
      if (at >= 0) idle.splice(at, 1);
      // The next one might end in the same way: whoever waited longest is told.
      if (starting.delete(child)) queue.shift()?.settle({ error: ENDED });
      next();
    };
    // One that could not be started, or was not there any more to be told something, has no exit.
    child.on('exit', forget).on('error', forget);
    child.once('message', (_: Ready) => {
      starting.delete(child);
      idle.push(child);
      next();
    });
  }

  function next(): void {
    while (queue.length > 0 && idle.length > 0) {
      const waiting = queue.shift()!;
      if (waiting.signal.aborted) waiting.settle({ error: ABANDONED });
      else answerIn(takeIdle(waiting.question), waiting);
    }
    // Whoever it was started for may have gone.
    if (!isReused) for (const child of idle.splice(0)) child.kill('SIGKILL');
    // One after the other: while the page is being opened, a second one would keep the first from its answer.
    if (queue.length > 0 && starting.size === 0 && all.size < processes) start();
  }

  /** One that answered the same question before has code and values at hand: half of the time of the first answer. */
  function takeIdle(question: string): ChildProcess {
    const at = idle.findIndex(child => answered.get(child)?.has(question));
    const [child] = idle.splice(at, 1);
    const questions = answered.get(child!) ?? new Set();
    answered.set(child!, questions.add(question));
    return child!;
  }

  function answerIn(child: ChildProcess, { question, options, signal, settle }: Waiting): void {
    const id = ++asked;
    let why: AnswerError = ENDED;
    const end = (reason: AnswerError): void => {
      why = reason;
      // An answer that is on its way would make the process one that is free, and the next question would end with it.
      child.off('message', onMessage);
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end(tooMuch('TOO_LONG', `${seconds} seconds`)), seconds * 1000);
    const endWatch =
      megabytes === undefined
        ? undefined
        : watchMemory(child, megabytes, () => end(tooMuch('TOO_LARGE', `${megabytes} MB of memory`)));
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      grace = setTimeout(() => end(ABANDONED), isReused ? GRACE : 0);
    };
    const onMessage = (answer: GivenAnswer): void => {
      if (answer.id !== id) return;
      finish('json' in answer ? { json: answer.json } : { error: answer.error });
      if (isReused) idle.push(child);
      else child.kill('SIGKILL');
      next();
    };
    const onGone = (): void => finish({ error: why });
    function finish(outcome: Outcome): void {
      clearTimeout(timer);
      endWatch?.();
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
      child.off('message', onMessage).off('exit', onGone).off('error', onGone);
      settle(outcome);
    }
    signal.addEventListener('abort', onAbort);
    child.on('message', onMessage).on('exit', onGone).on('error', onGone);
    child.send({ id, question, options } satisfies AskedQuestion);
  }

  // One that is used again is there before somebody asks.
  if (isReused) start();

  return {
    ask(question, options, signal) {
      if (isClosed) return Promise.resolve({ error: ENDED });
      return new Promise(settle => {
        queue.push({ question, options, signal, settle });
        next();
      });
    },
    close() {
      isClosed = true;
      for (const waiting of queue.splice(0)) waiting.settle({ error: ENDED });
      for (const child of all) child.kill('SIGKILL');
    },
  };
}

const ABANDONED: AnswerError = { code: 'ABANDONED', message: 'nobody waits for this answer any more' };
const ENDED: AnswerError = {
  code: 'FAILED',
  message: 'the process that looked for the answer ended, perhaps for want of memory',
  hint: 'narrow the question by a time or a filter',
};
const tooMuch = (code: string, bound: string): AnswerError => ({
  code,
  message: `the question took more than ${bound}`,
  hint: 'narrow it by a time or a filter, or run the command that is shown',
});
