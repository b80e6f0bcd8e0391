/** Whether an index can have holes that are certain at all: asked beside every answer, and so in two cheap statements. */

import { prepared } from '../../store/statements.js';
import type { Db } from '../open.js';

/** Calls after which a trail may not log, or not everything. */
const ENDING_CALLS = ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'CreateTrail', 'PutEventSelectors'];

/** False where no digest lists a log file or is known by its metadata, and no event that a trail was stopped. */
export function mayHaveHoles(db: Db): boolean {
  return (
    prepared(
      db,
      `SELECT EXISTS (SELECT 1 FROM listed_file) OR EXISTS (SELECT 1 FROM signature) OR EXISTS (
        SELECT 1 FROM kind WHERE eventsource = 'cloudtrail.amazonaws.com'
          AND eventname IN (SELECT value FROM json_each(?)))`,
    )
      .pluck()
      .get(JSON.stringify(ENDING_CALLS)) === 1
  );
}
