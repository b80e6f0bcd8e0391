/** What a table is: its columns, and where each comes from. */

import type { Type } from '../types.js';

export interface TableColumn {
  name: string;
  type: Type;
  /** The column of the view it comes from; undefined for one that has no values. */
  source: string | undefined;
  /** Not part of `*`. */
  isHidden?: boolean;
  /** How a column of dates is written; undefined where the statement's own texts say it. */
  dateForm?: '/' | '-' | 'unknown' | undefined;
  isPartition?: boolean;
}

export interface TableDefinition {
  kind: 'cloudtrail' | 'access logs' | 'requests';
  columns: readonly TableColumn[];
}
