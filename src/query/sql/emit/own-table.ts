/** Tables that a statement brings along. */

import type { Dimension } from '../../../dimensions.js';

/** Rows of dimensions with the number of events that point to them, as a table of the statement's own. */
export interface OwnTable {
  name: string;
  dimensions: readonly Dimension[];
  /** Seconds since 1970 within which the events are, both included. */
  first: number;
  last: number;
}

/** What the values of an event must hold; the index for text knows it with every escape of JSON resolved. */
export type Needed = { text: string } | { all: readonly Needed[] } | { any: readonly Needed[] };

/** Ids of the events that may have certain texts; where they are too many, the statement does without the table. */
export interface Narrowing {
  name: string;
  needed: Needed;
}
