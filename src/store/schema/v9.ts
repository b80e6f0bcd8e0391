/** Version 9 of the schema, frozen: an index that finds the events of files, for conditions on partition columns. */

import { EVENT_INDEXES as OF_5 } from './v5.js';

/** The index that version 8 lacks. */
export const ADDED_INDEX = 'CREATE INDEX IF NOT EXISTS event_file ON event (file_id)';

/** Indexes on the event table. A first, large ingest builds them at its end: faster than keeping them up to date. */
export const EVENT_INDEXES: Readonly<Record<string, string>> = {
  ...OF_5,
  event_file: 'event (file_id)',
};
