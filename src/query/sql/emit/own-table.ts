/** Tables that a statement brings along. */

import type { Dimension } from '../../../dimensions.js';

/**
 * Rows of dimensions, and times where they are asked for, with the number of events that point to them, as a table of the
 * statement's own.
 */
export interface OwnTable {
  name: string;
  dimensions: readonly Dimension[];
  /** Seconds to which the times of events are cut; undefined where no time is asked for. */
  grain: number | undefined;
  /** Seconds since 1970 within which the events are, both included. */
  first: number;
  last: number;
}

/** What is kept of the values of a group. */
export type TallyKind = 'count' | 'min' | 'max' | 'sum';

/** Groups of rows, as a table of the statement's own: the values they are grouped by, and what is kept of others. */
export interface Tally {
  name: string;
  /** How many values they are grouped by. */
  keys: number;
  kinds: readonly TallyKind[];
}

/** What the values of an event must hold; the index for text knows it with every escape of JSON resolved. */
export type Needed = { text: string } | { all: readonly Needed[] } | { any: readonly Needed[] };

/** What conditions say of the events that are worth reading; where they are too many, the statement does without it. */
export interface Narrowing {
  name: string;
  /** Texts that an event must have. */
  needed: Needed | undefined;
  /** SQL on `file AS f` that is false where no event of the file can hold the conditions. */
  files: string | undefined;
  /** Where indexes on dimensions find the events: for each, SQL of the rows that events point to. */
  found: readonly FoundBy[];
}

/** Events that an index finds by the rows of a dimension. */
export interface FoundBy {
  dimension: Dimension;
  /** SQL that gives the ids of the rows. */
  rows: string;
}
