/** Statements of Athena's dialect in the process. */

import { createSqlSession } from '../src/query/sql/run.js';
import type { Db } from '../src/store/open.js';

/** The rows of all statements of a text. */
export const sqlRows = (index: Db, text: string): unknown[] =>
  [...createSqlSession(index).run(text)].flatMap(answer =>
    answer.kind === 'rows' ? [...answer.result.rows] : [],
  );
