/** A process that answers the page's questions: one that takes too long can be ended without the server. */

import { messageOf, OfftrailError } from '../errors.js';
import { openIndex } from '../open-index.js';
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

export interface AnswerError {
  /** One of `ERRORS`, or `FAILED`. */
  code: string;
  message: string;
  hint?: string | undefined;
}

const index = openIndex(process.argv[2]!);

process.on('message', async ({ id, question, options }: AskedQuestion) => {
  process.send!(await answer(id, question, options));
});
process.on('disconnect', () => index.close());

async function answer(id: number, question: string, options: Options): Promise<GivenAnswer> {
  try {
    return { id, json: jsonOf(await questionOf(question).answer(index, options)) };
  } catch (error) {
    const { code, hint } = error instanceof OfftrailError ? error : { code: 'FAILED', hint: undefined };
    return { id, error: { code, message: messageOf(error), hint } };
  }
}
