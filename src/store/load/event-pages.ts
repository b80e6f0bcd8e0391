/** Lays the rows of events out in pages, which are the same as those that statements would have made. */

import { ROW, textAt } from '../../batch.js';
import { DIMENSIONS } from '../../dimensions.js';
import { EVENT_COLUMNS } from '../columns/column-table.js';
import { type ColumnLoader, createColumnLoader } from '../columns/segments.js';
import {
  BYTES_IN,
  BYTES_OUT,
  DETAIL,
  EVENT_ID,
  EVENT_TIME,
  type NewEvent,
  OBJECT_KEY,
  oddTime,
  SIGNATURE_VERSION,
  textOf,
  timeOf,
} from '../event-rows.js';
import { contentHash } from '../new-rows.js';
import type { Db } from '../open.js';
import { createRecordBuilder } from '../pages/record.js';
import { createTablePages, type PageFile, type TablePages } from '../pages/table-pages.js';
import { columnsOf } from '../statements.js';
import { ODD_TIME } from '../times.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder } from './numbers.js';

const ENVELOPE = textAt('envelope');

export interface EventPages extends LoadedRows<NewEvent> {
  /** Indexes of some events alone that hold any. */
  indexes: ReadonlySet<string>;
}

/**
 * @param db the file beside the index
 * @param file where the pages go
 */
export function createEventPages(db: Db, file: PageFile): EventPages {
  const tables = { event: createTablePages(file), detail: createTablePages(file) };
  const columns = createColumnLoader(db, EVENT_COLUMNS);
  const add = createEventAdder(db, tables.event, tables.detail, columns);
  const { fetch, changed, release } = createFetchedRows(db, tables);
  const indexes = new Set<string>();
  let count = 0;
  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    indexes,
    count: () => count,
    fetch,
    changed,
    insert(added) {
      const time = timeOf(added);
      add(added, time);
      count++;
      noteIndexes(added, time, indexes);
      if (!added.isConflicting) return;
      // Others that have its id, too, are looked for among those that conflict.
      fetch(added.id);
      changed(added.id);
    },
    settle() {
      release();
      columns.settle();
    },
  };
}

/** Notes the indexes that hold an event, of those that hold some events alone. */
function noteIndexes(event: NewEvent, time: number, indexes: Set<string>): void {
  const { rows, at } = event;
  if (rows[at + ENVELOPE]! >= 0) indexes.add('detail_envelope');
  if (event.bucket !== null) indexes.add('event_bucket');
  if (rows[at + EVENT_ID]! < 0 || rows[at + EVENT_ID + 1] === 0) indexes.add('event_without_id');
  if (event.isConflicting) indexes.add('event_conflicting');
  if (rows[at + SIGNATURE_VERSION]! >= 0 && textOf(event, SIGNATURE_VERSION) === 'SigV2')
    indexes.add('event_sigv2');
  if (time === ODD_TIME) indexes.add('event_odd_time');
}

/**
 * @param db any connection, for numbers
 * @returns adds an event to both tables and to the columns; `time` is what `timeOf` says
 */
function createEventAdder(
  db: Db,
  event: TablePages,
  detail: TablePages,
  columns: ColumnLoader,
): (added: NewEvent, time: number) => void {
  const record = createRecordBuilder();
  const numbers = createNumberAdder(db, record);
  const detailColumns = columnsOf(db, 'detail')
    .slice(1)
    .map(name => DETAIL.find(({ column }) => column === name)?.at);

  const pointers: Array<number | null> = [];

  const addPointer = (id: number | null): void => (id === null ? record.null() : record.int(id));

  function addNumber({ rows, at, payload }: NewEvent, position: number): void {
    numbers.text(payload, rows[at + position]!, rows[at + position + 1]!);
  }

  function addText({ rows, at, payload }: NewEvent, position: number): void {
    const start = rows[at + position]!;
    if (start < 0) record.null();
    else record.text(payload, start, rows[at + position + 1]!);
  }

  return (added, time) => {
    const { id, rows, at, payload } = added;
    const odd = oddTime(added, time);
    for (let d = 0; d < DIMENSIONS.length; d++) pointers[d] = added[DIMENSIONS[d]!];
    columns.add(time, typeof odd === 'number' ? odd : null, pointers);
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
    numbers.value(odd);
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
