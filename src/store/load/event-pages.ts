/** Lays the rows of events out in pages, which are the same as those that statements would have made. */

import { ROW } from '../../batch.js';
import type { ColumnLoader } from '../columns/segments.js';
import {
  BYTES_IN,
  BYTES_OUT,
  contentHash,
  DETAIL,
  EVENT_ID,
  EVENT_TIME,
  type NewEvent,
  OBJECT_KEY,
  oddTime,
  SIGNATURE_VERSION,
  textOf,
} from '../event-rows.js';
import type { Db } from '../open.js';
import { createRecordBuilder } from '../pages/record.js';
import type { TablePages } from '../pages/table-pages.js';
import { columnsOf } from '../statements.js';

/** A whole number that a NUMERIC column takes from a text as it is, and that a double holds. */
const MOST_DIGITS = 15;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * @param db any connection: it says what a NUMERIC column makes of a value that is not simply a whole number
 * @returns adds an event to both tables and to the columns; `time` is what `timeOf` says
 */
export function createEventAdder(
  db: Db,
  event: TablePages,
  detail: TablePages,
  columns: ColumnLoader,
): (added: NewEvent, time: number) => void {
  const record = createRecordBuilder();
  const detailColumns = columnsOf(db, 'detail')
    .slice(1)
    .map(name => DETAIL.find(({ column }) => column === name)?.at);
  db.exec('CREATE TEMP TABLE IF NOT EXISTS number (value NUMERIC)');
  const toNumber = db.prepare('INSERT INTO temp.number VALUES (?)');
  const ofNumber = db.prepare('SELECT value FROM temp.number').pluck().safeIntegers();

  /** Adds what a NUMERIC column has for a value. */
  function addNumeric(value: string | number | null): void {
    if (value !== null) {
      db.exec('DELETE FROM temp.number');
      toNumber.run(value);
    }
    record.value(value === null ? null : (ofNumber.get() as string | number | bigint));
  }

  function addNumber(added: NewEvent, position: number): void {
    const start = added.rows[added.at + position]!;
    const whole =
      start < 0 ? undefined : wholeNumber(added.payload, start, added.rows[added.at + position + 1]!);
    if (whole === undefined) addNumeric(textOf(added, position));
    else record.int(whole);
  }

  const addPointer = (id: number | null): void => (id === null ? record.null() : record.int(id));

  function addText({ rows, at, payload }: NewEvent, position: number): void {
    const start = rows[at + position]!;
    if (start < 0) record.null();
    else record.text(payload, start, rows[at + position + 1]!);
  }

  return (added, time) => {
    const { id, rows, at, payload } = added;
    const odd = oddTime(added, time);
    columns.add(time, odd, added);
    // Both begin with the id, which stands before the record.
    record.begin();
    record.null();
    addText(added, EVENT_TIME);
    addText(added, EVENT_ID);
    record.int(added.kind);
    addPointer(added.identity);
    addPointer(added.address);
    addPointer(added.agent);
    addPointer(added.channel);
    addPointer(added.bucket);
    addText(added, OBJECT_KEY);
    addText(added, SIGNATURE_VERSION);
    addNumber(added, BYTES_IN);
    addNumber(added, BYTES_OUT);
    record.int(added.fileId);
    record.int(rows[at + ROW.ordinal]!);
    record.int(contentHash(rows[at + ROW.contentHigh]!, rows[at + ROW.contentLow]!));
    addNumeric(odd);
    record.int(added.isConflicting ? 1 : 0);
    record.finish();
    event.add(id, record);

    record.begin();
    record.null();
    const isWhole = rows[at + ROW.irregular] === 1;
    for (const position of detailColumns) {
      if (position !== undefined) addText(added, position);
      else if (isWhole) record.text(payload, rows[at + ROW.start]!, rows[at + ROW.length]!);
      else record.null();
    }
    record.finish();
    detail.add(id, record);
  };
}

/** The number of a text of digits without leading zeros; undefined for every other text. */
function wholeNumber(b: Buffer, start: number, length: number): number | undefined {
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
