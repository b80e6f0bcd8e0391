/** Where the rows of events and lines go that are not inserted. */

import type { EventRows } from './event-rows.js';
import type { LineRows } from './line-rows.js';

export interface RowTargets {
  events: EventRows;
  lines: LineRows;
  /** To be called before what was written is committed. */
  settle(): void;
}
