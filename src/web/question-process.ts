/** A process that answers the page's questions: one that takes too long can be ended without the server. */

import { UsageError } from '../errors.js';
import { openIndex } from '../open-index.js';
import { type AnswerError, answerErrorOf } from './answer-error.js';
import type { Options } from './command-words.js';
import { jsonOf } from './json.js';
import { questionOf } from './questions.js';

/** What the process is told. */
export interface AskedQuestion {
  id: number;
  question: string;
  options: Options;
}

/** What it answers: JSON text, which the server passes on unread. */
export type GivenAnswer = { id: number; json: string } | { id: number; error: AnswerError };

export type { AnswerError } from './answer-error.js';

const index = openIndex(process.argv[2]!);

process.on('message', async ({ id, question, options }: AskedQuestion) => {
  process.send!(await answer(id, question, options));
});
process.on('disconnect', () => index.close());

async function answer(id: number, question: string, options: Options): Promise<GivenAnswer> {
  try {
    const own = questionOf(question).answer;
    if (!own) throw new UsageError('BAD_ARGUMENTS', `${question} has a process of its own`);
    return { id, json: jsonOf(await own(index, options)) };
  } catch (error) {
    return { id, error: answerErrorOf(error, process.argv[2]!) };
  }
}
