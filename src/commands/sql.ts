/** `offtrail sql "<SELECT …>"`: a statement of one's own. */

import type { Format } from '../output/rows.js';
import { runUserSql } from '../query/run.js';
import { EXIT, printRows, withIndex } from './context.js';

export async function runSqlCommand({
  db,
  format,
  statement,
}: {
  db: string | undefined;
  format: Format;
  statement: string;
}): Promise<number> {
  return withIndex(db, async index => {
    await printRows(runUserSql(index, statement), format);
    return EXIT.ok;
  });
}
