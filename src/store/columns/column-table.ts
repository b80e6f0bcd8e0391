/** The tables whose rows are kept column by column: events, and lines of access logs. */

import { ACCESS_DIMENSIONS, type AccessDimension } from '../../access-logs/rows.js';
import { DIMENSIONS, type Dimension } from '../../dimensions.js';
import { COLUMN_TABLES as EVENT_COLUMN_TABLES } from '../schema/v5.js';
import { LINE_COLUMN_TABLES } from '../schema/v10.js';
import { ODD_TIME, secondsAt, TIME_LENGTH } from '../times.js';

/** A table with what its columns are made of, and where they are kept. SQL names its columns without an alias. */
export interface ColumnTable<P extends string = string> {
  /** The table with the rows. */
  rows: string;
  /** What its rows point to, in columns named `<pointer>_id`. */
  pointers: readonly P[];
  /** The one that every row has. */
  always: P;
  /** The column with its time. */
  timeColumn: 'eventtime' | 'time';
  /** True where `time` is a text of `timeLength` bytes, at which `secondsAt` looks. */
  hasTime: string;
  time: string;
  timeLength: number;
  /** Seconds since 1970 of the time at `start`, or ODD_TIME. */
  secondsAt(bytes: Uint8Array, start: number): number;
  /** Of a row whose time is ODD_TIME: seconds since 1970, NULL where it cannot be read. */
  oddTime: string;
  /** The derived tables: their names, the column with the number of rows of a segment, and the statements that make them. */
  segments: string;
  values: string;
  count: string;
  schema: string;
  /** To be changed with every change of the form. */
  format: number | string;
}

export const EVENT_COLUMNS: ColumnTable<Dimension> = {
  rows: 'event',
  pointers: DIMENSIONS,
  always: 'kind',
  timeColumn: 'eventtime',
  hasTime: `coalesce(octet_length(eventtime) = ${TIME_LENGTH}, 0)`,
  time: 'eventtime',
  timeLength: TIME_LENGTH,
  secondsAt,
  oddTime: "CASE WHEN typeof(odd_time) <> 'text' THEN odd_time END",
  segments: 'column_segment',
  values: 'column_values',
  count: 'event_count',
  schema: EVENT_COLUMN_TABLES,
  format: 2,
};

/** Digits of a time of lines. */
const DIGITS = 10;

export const LINE_COLUMNS: ColumnTable<AccessDimension> = {
  rows: 'access_log',
  pointers: ACCESS_DIMENSIONS,
  always: 'call',
  timeColumn: 'time',
  hasTime: `coalesce(time BETWEEN 0 AND ${ODD_TIME - 1}, 0)`,
  time: `printf('%0${DIGITS}d', time)`,
  timeLength: DIGITS,
  secondsAt(bytes, start) {
    let seconds = 0;
    for (let i = start; i < start + DIGITS; i++) seconds = seconds * 10 + bytes[i]! - 0x30;
    return seconds;
  },
  oddTime: 'time',
  segments: 'access_column_segment',
  values: 'access_column_values',
  count: 'line_count',
  schema: LINE_COLUMN_TABLES,
  format: 'lines 1',
};

export const COLUMN_TABLES: readonly ColumnTable[] = [EVENT_COLUMNS, LINE_COLUMNS];
