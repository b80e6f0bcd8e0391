/** A table that a statement brings along. */

import type { Dimension } from '../../../dimensions.js';

/** Rows of dimensions with the number of events that point to them, as a table of the statement's own. */
export interface OwnTable {
  name: string;
  dimensions: readonly Dimension[];
  /** Seconds since 1970 within which the events are, both included. */
  first: number;
  last: number;
}
