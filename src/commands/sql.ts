/** `offtrail sql "<SELECT …>"`: a statement of one's own. */

import type { Format } from '../output/rows.js';
import { runUserSql } from '../query/run.js';
import { openForQueries } from '../store/open.js';
import { EXIT, indexPath, printRows } from './context.js';

export async function runSqlCommand({
  db,
  format,
  statement,
}: {
  db: string | undefined;
  format: Format;
  statement: string;
}): Promise<number> {
  const index = openForQueries(indexPath(db));
  try {
    await printRows(runUserSql(index, statement), format);
    return EXIT.ok;
  } finally {
    index.close();
  }
}
