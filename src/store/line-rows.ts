/** A new line of an access log, what of it stands where in its row of a batch, and the statement that inserts it. */

import { isUtf8 } from 'node:buffer';
import { ACCESS_DIMENSIONS, ACCESS_ROW, ACCESS_TEXTS, NO_TIME, TIME_UNIT } from '../access-logs/rows.js';
import { contentHash } from '../bytes/hash.js';
import { BY_STATEMENTS, type NewRows, type Payload } from './new-rows.js';
import type { Db } from './open.js';

/** A line that is to be stored. One object for all of them: a million a minute pass through here. */
export interface NewLine {
  id: number;
  payload: Payload;
  /** The rows of its batch, and where its own begins. */
  rows: Int32Array;
  at: number;
  fileId: number;
  /** Rows of the dimensions, in the order of `ACCESS_DIMENSIONS`; null where it has none. */
  pointers: Array<number | null>;
}

export type LineRows = NewRows<NewLine>;

/** Columns of `access_log` that hold a whole number where the text is one. */
const NUMBERS: ReadonlySet<string> = new Set(['bytessent', 'objectsize', 'totaltime', 'turnaroundtime']);

/** The columns of `access_log` with a text of the line, in the order of the table; `at` is its position in a row. */
export const LINE_TEXTS: ReadonlyArray<{ column: string; at: number; isNumber: boolean }> = [
  ...ACCESS_TEXTS.flatMap((column, i) => {
    const text = { column: column as string, at: ACCESS_ROW.texts + 2 * i, isNumber: NUMBERS.has(column) };
    return column === 'key'
      ? [text, { column: 'decoded_key', at: ACCESS_ROW.decodedKey, isNumber: false }]
      : [text];
  }),
  { column: 'more', at: ACCESS_ROW.more, isNumber: false },
];

/** Columns of `access_log` in the order of the table. */
export const LINE_COLUMNS: readonly string[] = [
  ...['id', 'time', ...ACCESS_DIMENSIONS.map(of => `${of}_id`), ...LINE_TEXTS.map(({ column }) => column)],
  ...['form', 'is_ambiguous', 'line', 'line_hash', 'file_id', 'ordinal'],
];

/** A text of a line; null where it has none. Of a line with other bytes than UTF-8 the line itself is kept. */
export function lineText({ payload, rows, at }: NewLine, position: number): string | null {
  const from = rows[at + position]!;
  return from < 0 ? null : payload.utf8Slice(from, from + rows[at + position + 1]!);
}

/** Seconds since 1970; null where the time cannot be read. */
export function lineTime({ rows, at }: NewLine): number | null {
  const high = rows[at + ACCESS_ROW.timeHigh]!;
  return high === NO_TIME ? null : high * TIME_UNIT + rows[at + ACCESS_ROW.timeLow]!;
}

/** The bytes of the line, in the batch. */
export function bytesOf({ payload, rows, at }: NewLine): Buffer {
  const start = rows[at + ACCESS_ROW.start]!;
  return payload.subarray(start, start + rows[at + ACCESS_ROW.length]!);
}

/** True where its bytes must be kept: they are not what its columns give. */
export const isIrregular = ({ rows, at }: NewLine): boolean => rows[at + ACCESS_ROW.irregular] !== 0;

/** True where the bytes of its texts are what their columns hold. */
export const isText = (line: NewLine): boolean => !isIrregular(line) || isUtf8(bytesOf(line));

/** What `line_hash` holds. */
export const lineHash = ({ rows, at }: NewLine): number =>
  contentHash(rows[at + ACCESS_ROW.hashHigh]!, rows[at + ACCESS_ROW.hashLow]!);

/** 83 MB of memory. */
const MOST_KNOWN = 8_000_000;

/** Inserts lines with a statement. */
export function createLineInserts(db: Db): LineRows {
  const insert = db.prepare(
    `INSERT INTO access_log (${LINE_COLUMNS.join(', ')}) VALUES (${LINE_COLUMNS.map(() => '?').join(', ')})`,
  );
  const values: Array<string | number | Buffer | null> = [];
  return {
    mostKnown: MOST_KNOWN,
    insert(line) {
      const { id, rows, at, fileId, pointers } = line;
      values.length = 0;
      values.push(id, lineTime(line));
      for (const pointer of pointers) values.push(pointer);
      for (const text of LINE_TEXTS) values.push(lineText(line, text.at));
      values.push(rows[at + ACCESS_ROW.form]!, rows[at + ACCESS_ROW.isAmbiguous]!);
      values.push(isIrregular(line) ? Buffer.from(bytesOf(line)) : null, lineHash(line));
      values.push(fileId, rows[at + ACCESS_ROW.ordinal]!);
      insert.run(values);
    },
    ...BY_STATEMENTS,
  };
}
