/** What a column for numbers has for a text: SQLite makes a number of it where it is one. */

import { MINUS, NINE, ZERO } from '../../bytes/ascii.js';
import type { Db } from '../open.js';
import type { NumberColumn } from '../pages/batch-pages.js';
import type { RecordBuilder } from '../pages/record.js';

/** A whole number that such a column takes from a text as it is, and that a double holds. */
const MOST_DIGITS = 15;

/**
 * @param db any connection: it says what the column makes of a value that is not simply a whole number
 * @param record where values are added
 */
export function createNumberAdder(db: Db, record: RecordBuilder): NumberColumn {
  db.exec('CREATE TEMP TABLE IF NOT EXISTS number (value NUMERIC)');
  const toNumber = db.prepare('INSERT INTO temp.number VALUES (?)');
  const ofNumber = db.prepare('SELECT value FROM temp.number').pluck().safeIntegers();

  function value(value: string | number | null): void {
    if (value !== null) {
      db.exec('DELETE FROM temp.number');
      toNumber.run(value);
    }
    record.value(value === null ? null : (ofNumber.get() as string | number | bigint));
  }

  return {
    value,
    text(payload, start, length) {
      const whole = wholeNumber(payload, start, length);
      if (whole === null) record.null();
      else if (whole === undefined) value(payload.toString('utf8', start, start + length));
      else record.int(whole);
    },
  };
}

/**
 * The number of a text of up to 15 digits without leading zeros, null where it starts below 0, undefined for every other
 * text.
 */
export function wholeNumber(b: Buffer, start: number, length: number): number | null | undefined {
  if (start < 0) return null;
  const from = b[start] === MINUS ? start + 1 : start;
  const end = start + length;
  if (from === end || end - from > MOST_DIGITS || (b[from] === ZERO && length > 1)) return undefined;
  let value = 0;
  for (let i = from; i < end; i++) {
    const c = b[i]!;
    if (c < ZERO || c > NINE) return undefined;
    value = value * 10 + c - ZERO;
  }
  return from === start ? value : -value;
}
