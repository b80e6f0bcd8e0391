/** Paths that the last ingest could not look into, or that are no files: what lies below them is not in the index. */

import type { Db } from '../store/open.js';
import { prepared } from '../store/statements.js';

/** A path that an ingest passed over. */
export interface PassedOver {
  /** Where it is; what is not UTF-8 in it is replaced. */
  path: string;
  /** Why: no permission, not a file, a name that is not UTF-8, … */
  reason: string;
}

/** Rows of the last ingest that finished or was interrupted, with a path and a reason each. */
export const PASSED_OVER_SQL = `SELECT each.value ->> '$.path' AS path, each.value ->> '$.reason' AS reason
FROM (
    SELECT summary FROM run WHERE json_valid(summary) ORDER BY id DESC LIMIT 1
  ) AS last, json_each(last.summary, '$.unreadable') AS each`;

/** The paths that the last ingest passed over; none where it read everything. */
export const passedOver = (db: Db): PassedOver[] =>
  prepared(db, `${PASSED_OVER_SQL} ORDER BY 1, 2`).all() as PassedOver[];
