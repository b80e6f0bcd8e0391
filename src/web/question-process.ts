/** A process that answers the page's questions: one that takes too long can be ended without the server. */

import { statSync } from 'node:fs';
import { UsageError } from '../errors.js';
import { type Answers, openAnswers } from '../open-answers.js';
import { type AnswerError, answerErrorOf } from './answer-error.js';
import type { Options } from './command-words.js';
import { jsonOf } from './json.js';
import { type QuestionName, questionOf } from './questions.js';

/** What the process is told. */
export interface AskedQuestion {
  id: number;
  question: string;
  options: Options;
}

/** What it answers: JSON text, which the server passes on unread. */
export type GivenAnswer = { id: number; json: string } | { id: number; error: AnswerError };

/** What it says first: that it can be asked. */
export type Ready = 'ready';

const path = process.argv[2]!;
let opened: { index: Answers; file: string } | undefined;

/**
 * The index that stands at the path now: a file that was deleted or replaced would answer for as long as it is open.
 * @throws IndexError as `openIndex`
 */
function indexNow(): Answers {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
  const file = `${dev} ${ino}`;
  if (opened?.file !== file) {
    opened?.index.close();
    opened = undefined;
    opened = { index: openAnswers(path).answers, file };
  }
  return opened.index;
}

process.on('message', async ({ id, question, options }: AskedQuestion) => {
  process.send!(await answer(id, question, options));
});
process.on('disconnect', () => opened?.index.close());

// What the page begins with, so that what it needs of the index is read before the browser is there.
void answer(0, 'eventRows' satisfies QuestionName, { limit: 1 }).then(() =>
  process.send!('ready' satisfies Ready),
);

async function answer(id: number, question: string, options: Options): Promise<GivenAnswer> {
  try {
    const own = questionOf(question).answer;
    if (!own) throw new UsageError('BAD_ARGUMENTS', `${question} has a process of its own`);
    return { id, json: jsonOf(await own(indexNow(), options)) };
  } catch (error) {
    return { id, error: answerErrorOf(error, path) };
  }
}
