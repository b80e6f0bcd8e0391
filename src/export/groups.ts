/** Rows that become one row group, whatever they are of. */

import type { ColumnMemory } from './parquet/column-memory.js';
import type { ColumnValues } from './row-group.js';

/** Rows of a row group at most, and bytes of the text they have of their own. */
export const GROUP_ROWS = 1 << 13;
export const GROUP_BYTES = 8 << 20;

/** Rows of one group, as columns by their names. */
export interface Group {
  rows: number;
  column(name: string): ColumnValues;
  /** Where they stand, if that is in the memory of WebAssembly. */
  memory: ColumnMemory | undefined;
}
