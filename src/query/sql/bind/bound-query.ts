/** A query after binding. */

import type { Type } from '../types.js';
import type { Leaf } from './bound.js';

export interface OutputColumn {
  /** Undefined for an expression without a name. */
  name: string | undefined;
  type: Type;
  /** As in `Leaf`. */
  isSource?: boolean | undefined;
  members?: Leaf['members'] | undefined;
}

/** A query for SQLite; its columns are `c0`, `c1`, … */
export interface BoundQuery {
  sql: string;
  columns: OutputColumn[];
  /** Whether it always gives one row. */
  isOneRow?: boolean;
}
