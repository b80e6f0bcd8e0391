/** Lays the rows of events out in pages, which are the same as those that statements would have made. */

import { type BatchRows, ROW, textAt } from '../../batch.js';
import { DIMENSIONS } from '../../dimensions.js';
import { EVENT_COLUMNS } from '../columns/column-table.js';
import { createColumnLoader } from '../columns/segments.js';
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
  timeOf,
} from '../event-rows.js';
import { contentHash, type Payload } from '../new-rows.js';
import type { Db } from '../open.js';
import { type BatchColumn, batchColumn, createBatchPages } from '../pages/batch-pages.js';
import { createRecordBuilder } from '../pages/record.js';
import { createTablePages, type PageFile, type TablePages } from '../pages/table-pages.js';
import { columnsOf } from '../statements.js';
import { ODD_TIME } from '../times.js';
import type { IndexColumn, Room } from './index-order.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder } from './numbers.js';

const ENVELOPE = textAt('envelope');

export interface EventPages extends LoadedRows<NewEvent> {
  /** The file of each event, for its index. */
  files(room: Room): IndexColumn;
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
  const detailColumns = detailColumnsOf(db);
  const addOne = createEventAdder(db, tables, detailColumns);
  const { fetch, changed, release } = createFetchedRows(db, tables);
  const indexes = new Set<string>();
  /** Files, and the first event of each: those of a file follow one another. */
  const files: number[] = [];
  const firsts: number[] = [];
  let count = 0;
  let batch: BatchRows | undefined;
  let atOnce = false;
  const pages = createBatchPages(
    file,
    [
      { pages: tables.event, columns: EVENT_VALUES },
      {
        pages: tables.detail,
        columns: [batchColumn.null, ...detailColumns.map(at => (at === undefined ? RECORD : text(at)))],
      },
    ],
    ROW.width,
    (row, id, values) => addOne(eventOf(batch!, row, id, values)),
  );
  const values: number[] = [];
  const pointers: Array<number | null> = [];

  function fetchRow(id: number): void {
    if (id > tables.event.open.lastId) pages.flush();
    fetch(id);
  }

  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    indexes,
    count: () => count,
    fetch: fetchRow,
    changed,
    beginBatch(begun) {
      batch = begun;
      atOnce = pages.begin(begun);
    },
    endBatch: () => pages.flush(),
    insert(added) {
      const time = timeOf(added);
      const odd = oddTime(added, time);
      for (let d = 0; d < DIMENSIONS.length; d++) pointers[d] = added[DIMENSIONS[d]!];
      columns.add(time, typeof odd === 'number' ? odd : null, pointers);
      if (atOnce && odd === null) {
        valuesOf(added, values);
        pages.add(added.at / ROW.width, added.id, values);
      } else {
        pages.flush();
        addOne(added);
      }
      if (files.at(-1) !== added.fileId) {
        files.push(added.fileId);
        firsts.push(count);
      }
      count++;
      noteIndexes(added, time, indexes);
      if (!added.isConflicting) return;
      // Others that have its id, too, are looked for among those that conflict.
      fetchRow(added.id);
      changed(added.id);
    },
    files(room) {
      const words = room.take();
      for (let f = 0; f < files.length; f++) words.fill(files[f]!, firsts[f], firsts[f + 1] ?? count);
      return { kind: 'number', words: [words], less: 0 };
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
  if (isSigV2(event)) indexes.add('event_sigv2');
  if (time === ODD_TIME) indexes.add('event_odd_time');
}

/** What comes with an event that does not stand in its batch, in the order of `values`. */
const VALUES = [...DIMENSIONS, 'fileId', 'isConflicting'] as const;

const { text, value, int } = batchColumn;
const valueAt = (name: (typeof VALUES)[number]): BatchColumn => value(VALUES.indexOf(name));

/** What the columns of `event` have. The id stands before the record. */
const EVENT_VALUES: readonly BatchColumn[] = [
  batchColumn.null,
  ...[text(EVENT_TIME), text(EVENT_ID)],
  ...(['kind', 'identity', 'address', 'agent', 'channel', 'bucket'] as const).map(valueAt),
  ...[text(OBJECT_KEY), text(SIGNATURE_VERSION), batchColumn.number(BYTES_IN), batchColumn.number(BYTES_OUT)],
  ...[valueAt('fileId'), int(ROW.ordinal), batchColumn.hash(ROW.contentHigh)],
  // `odd_time`: an event that has one is added alone.
  batchColumn.null,
  valueAt('isConflicting'),
];
/** The whole record, where it is kept. */
const RECORD = batchColumn.textIf(ROW.start, ROW.irregular);

function valuesOf(event: NewEvent, values: number[]): void {
  for (let d = 0; d < DIMENSIONS.length; d++) values[d] = event[DIMENSIONS[d]!] ?? -1;
  values[DIMENSIONS.length] = event.fileId;
  values[DIMENSIONS.length + 1] = event.isConflicting ? 1 : 0;
}

/** The event of a row, from what `valuesOf` made of it. */
function eventOf({ payload, rows }: BatchRows, row: number, id: number, values: readonly number[]): NewEvent {
  const pointers = Object.fromEntries(
    DIMENSIONS.map((dimension, d) => [dimension, values[d]! < 0 ? null : values[d]!]),
  ) as Pick<NewEvent, (typeof DIMENSIONS)[number]>;
  return {
    ...{ id, rows, payload: payload as Payload, at: row * ROW.width, eventId: undefined, ...pointers },
    ...{ fileId: values[DIMENSIONS.length]!, isConflicting: values[DIMENSIONS.length + 1] === 1 },
  };
}

/** Where in a row of a batch the columns of `detail` behind the id stand; undefined for the whole record. */
const detailColumnsOf = (db: Db): Array<number | undefined> =>
  columnsOf(db, 'detail')
    .slice(1)
    .map(name => DETAIL.find(({ column }) => column === name)?.at);

const SIG_V2 = Buffer.from('SigV2');

function isSigV2({ payload, rows, at }: NewEvent): boolean {
  const start = rows[at + SIGNATURE_VERSION]!;
  return (
    start >= 0 &&
    rows[at + SIGNATURE_VERSION + 1] === SIG_V2.length &&
    payload[start + SIG_V2.length - 1] === SIG_V2.at(-1) &&
    payload.compare(SIG_V2, 0, SIG_V2.length, start, start + SIG_V2.length) === 0
  );
}

/**
 * @param db any connection, for numbers
 * @returns adds an event to both tables
 */
function createEventAdder(
  db: Db,
  { event, detail }: Record<'event' | 'detail', TablePages>,
  detailColumns: ReadonlyArray<number | undefined>,
): (added: NewEvent) => void {
  const record = createRecordBuilder();
  const numbers = createNumberAdder(db, record);

  const addPointer = (id: number | null): void => (id === null ? record.null() : record.int(id));

  function addNumber({ rows, at, payload }: NewEvent, position: number): void {
    numbers.text(payload, rows[at + position]!, rows[at + position + 1]!);
  }

  function addText({ rows, at, payload }: NewEvent, position: number): void {
    const start = rows[at + position]!;
    if (start < 0) record.null();
    else record.text(payload, start, rows[at + position + 1]!);
  }

  return added => {
    const { id, rows, at, payload } = added;
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
    numbers.value(oddTime(added));
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
