/** Window functions, all of them SQLite's own; aggregates are window functions as well. */

import { type WindowFunction, window } from './registry.js';

export const WINDOWS: readonly WindowFunction[] = [
  window('row_number() -> bigint', 'The place of a row in its partition, from 1.'),
  window('rank() -> bigint', 'The rank of a row; equal rows share one, and the next is left out.'),
  window('dense_rank() -> bigint', 'The rank of a row; equal rows share one.'),
  window('percent_rank() -> double', 'The rank as a share, from 0 to 1.'),
  window('cume_dist() -> double', 'The share of rows that are not after a row.'),
  window('ntile(bigint) -> bigint', 'Which of n parts of equal size a row is in.'),
  window('lag(T) -> T', 'The value in the row before.'),
  window('lag(T, bigint) -> T', 'The value some rows before.'),
  window('lag(T, bigint, T) -> T', 'The value some rows before, or a default.'),
  window('lead(T) -> T', 'The value in the row after.'),
  window('lead(T, bigint) -> T', 'The value some rows after.'),
  window('lead(T, bigint, T) -> T', 'The value some rows after, or a default.'),
  window('first_value(T) -> T', 'The value in the first row of the frame.'),
  window('last_value(T) -> T', 'The value in the last row of the frame.'),
  window('nth_value(T, bigint) -> T', 'The value in a row of the frame, from 1.'),
];
