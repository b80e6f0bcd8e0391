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
  /** How many values they are grouped by: the first of a row. */
  keys: number;
  /** What else is kept, and of which value of a row. */
  held: ReadonlyArray<{ kind: TallyKind; place: number }>;
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
  /** What the rows of dimensions say: an event is of one of the rows of each, or the condition does not hold. */
  pointed: readonly PointedBy[];
  /** Whether events are read in an order that no index on dimensions has. */
  isInOrder: boolean;
  /** The events that the statement leaves, where the columns of the index tell which they are. */
  firstByTime: FirstByTime | undefined;
}

/** The first events in the order of time of those that point to such rows, within seconds since 1970. */
export interface FirstByTime {
  /** Infinity where all are wanted. */
  most: number;
  isNewest: boolean;
  pointed: readonly FoundBy[];
  first: number;
  last: number;
}

/** Events that an index finds by the rows of a dimension. */
export interface FoundBy {
  dimension: Dimension;
  /** SQL that gives the ids of the rows. */
  rows: string;
}

/** Events that conditions can hold for, by the rows of a dimension. */
export interface PointedBy extends FoundBy {
  name: string;
  /** Whether they may hold for events that point to no row. */
  isOfNull: boolean;
  /** Whether that is sure: else they fail for such an event. */
  isSureOfNull: boolean;
  hasIndex: boolean;
  /** Counts the rows for which a condition failed, while they are read. */
  doubts: { count: number };
}
