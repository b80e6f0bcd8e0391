/** A process that runs one statement of a user's own: whoever started it ends it. */

import { openForQueries } from '../query/open.js';
import { answerErrorOf } from './answer-error.js';
import { jsonOf } from './json.js';
import type { AskedQuestion, GivenAnswer, Ready } from './question-process.js';
import type { SqlOptions } from './sql-options.js';
import { sqlResults } from './sql-results.js';

const path = process.argv[2]!;

process.on('message', ({ id, options }: AskedQuestion) => {
  process.send!(answer(id, options as unknown as SqlOptions));
});
process.send!('ready' satisfies Ready);

function answer(id: number, options: SqlOptions): GivenAnswer {
  try {
    return { id, json: jsonOf(sqlResults(openForQueries(path), options)) };
  } catch (error) {
    return { id, error: answerErrorOf(error, path) };
  }
}
