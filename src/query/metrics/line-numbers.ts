/**
 * The numbers of many lines at a time, a JSON text for each column: for a million lines and six columns 0.3 s of
 * processor time, where an array for each row takes 1.4 s.
 */

import type { Db } from '../../store/open.js';
import type { Sql } from '../filter/sql-text.js';

/** Rows of `access_log AS l` in a time. */
export interface Rows {
  /** Columns with numbers or NULL; those of the index `access_bucket_numbers` are read from it. */
  columns: readonly string[];
  /** Rows of `access_bucket`. */
  buckets: readonly number[];
  /** A further condition. */
  where: Sql;
  /** Seconds since 1970: from `start`, up to and without `end`. */
  start: number;
  end: number;
}

/** Lines that are read at a time: their texts are some 30 MB. */
const MOST = 1 << 20;

const WHERE = 'l.bucket_id = ? AND l.time >= ? AND l.time < ?';

/**
 * Passes the columns of some rows at a time to `use`: `count` numbers of each, NaN for NULL. The arrays are used again.
 * Rows come in no order.
 * @param most rows that are read at a time
 */
export function eachColumns(
  db: Db,
  { columns, buckets, where, start, end }: Rows,
  use: (columns: readonly Float64Array[], count: number) => void,
  most = MOST,
): void {
  const texts = columns.map(name => `CAST(json_group_array(${name}) AS BLOB)`);
  const read = db
    .prepare<unknown[], Array<Buffer | number | null>>(
      `SELECT count(*), ${texts.join(', ')} FROM access_log AS l WHERE ${WHERE} AND ${where.text}`,
    )
    .raw();
  const singly = db
    .prepare<unknown[], Array<number | null>>(
      `SELECT ${columns.join(', ')} FROM access_log AS l WHERE ${WHERE} AND ${where.text}`,
    )
    .raw();
  const countOf = db
    .prepare<unknown[], number>(`SELECT count(*) FROM access_log AS l WHERE ${WHERE}`)
    .pluck();
  let numbers: Float64Array[] = columns.map(() => new Float64Array(0));

  function readPiece(bucket: number, from: number, to: number): void {
    const [count, ...values] = read.get(bucket, from, to, ...where.params) as [number, ...Buffer[]];
    if (count === 0) return;
    if (count > numbers[0]!.length) numbers = columns.map(() => new Float64Array(count));
    for (const [i, text] of values.entries()) parse(text, numbers[i]!);
    use(numbers, count);
  }

  /** More rows in one second than are read at a time. */
  function readSingly(bucket: number, from: number, to: number): void {
    const one = columns.map(() => new Float64Array(1));
    for (const row of singly.iterate(bucket, from, to, ...where.params)) {
      for (const [i, value] of row.entries()) one[i]![0] = value ?? Number.NaN;
      use(one, 1);
    }
  }

  /** `count`: no fewer than there are. */
  function readRange(bucket: number, from: number, to: number, count: number): void {
    if (count === 0) return;
    if (count <= most) readPiece(bucket, from, to);
    else if (to - from <= 1) readSingly(bucket, from, to);
    else {
      const middle = Math.floor((from + to) / 2);
      const before = countOf.get(bucket, from, middle)!;
      readRange(bucket, from, middle, before);
      readRange(bucket, middle, to, countOf.get(bucket, middle, to)!);
    }
  }

  const all = db.prepare('SELECT coalesce(max(id), 0) FROM access_log').pluck().get() as number;
  for (const bucket of buckets)
    readRange(bucket, start, end, all <= most ? all : countOf.get(bucket, start, end)!);
}

const COMMA = 44;
const ZERO = 48;
const NINE = 57;
const NULL = 110;

/** A JSON array of numbers and null, which is NaN. */
function parse(text: Buffer, numbers: Float64Array): void {
  const last = text.length - 1;
  let n = 0;
  for (let i = 1; i < last; i++) {
    const begin = i;
    let value = 0;
    // The bracket at the end is no digit either.
    let byte = text[i]!;
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + byte - ZERO;
      byte = text[++i]!;
    }
    if (byte === NULL) {
      value = Number.NaN;
      i += 4;
    } else if (byte !== COMMA && i < last) {
      // A number below 0, or of more digits than SQLite keeps whole.
      const comma = text.indexOf(COMMA, i);
      i = comma < 0 ? last : comma;
      value = Number(text.toString('latin1', begin, i));
    }
    numbers[n++] = value;
  }
}
