/** Lays the rows of events out in pages, which are the same as those that statements would have made. */

import { ROW, textAt } from '../../batch.js';
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
import type { Db } from '../open.js';
import { type BatchColumn, batchColumn } from '../pages/batch-column.js';
import { createBatchPages } from '../pages/batch-pages.js';
import { createTablePages, type PageFile } from '../pages/table-pages.js';
import { columnsOf } from '../statements.js';
import { ODD_TIME } from '../times.js';
import type { IndexParts } from './index-layout.js';
import type { IndexColumn, Room } from './index-order.js';
import { createKeptColumns } from './kept-columns.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder } from './numbers.js';

const ENVELOPE = textAt('envelope');

export interface EventPages extends LoadedRows<NewEvent> {
  /** The file of each event, for its index. */
  files(room: Room): IndexColumn;
  /** The beginning of each event's id, for its index; undefined where some cannot be kept. */
  ids(room: Room): IndexColumn | undefined;
  /** Indexes of some events alone that hold any. */
  indexes: ReadonlySet<string>;
}

/** The index on eventIDs is one on so many of their first characters. */
export const ID_INDEX: IndexParts = { name: 'event_eventid', columns: ['eventid'], isPartial: false };
const ID_CHARACTERS = 8;

/**
 * @param db the file beside the index
 * @param file where the pages go
 */
export function createEventPages(db: Db, file: PageFile): EventPages {
  const tables = { event: createTablePages(file), detail: createTablePages(file) };
  const columns = createColumnLoader(db, EVENT_COLUMNS);
  const ids = createKeptColumns(db, 'event_column', [ID_INDEX]);
  const keepId = ids.text('eventid', ID_CHARACTERS)!;
  const { fetch, changed, release } = createFetchedRows(db, tables);
  const indexes = new Set<string>();
  /** Files, and the first event of each: those of a file follow one another. */
  const files: number[] = [];
  const firsts: number[] = [];
  let count = 0;
  const pages = createBatchPages(
    file,
    [
      { pages: tables.event, columns: EVENT_VALUES },
      { pages: tables.detail, columns: detailValues(db) },
    ],
    ROW.width,
    record => createNumberAdder(db, record),
  );
  const values: number[] = [];
  const pointers: Array<number | null> = [];

  function fetchRow(id: number): void {
    pages.flushBefore(id);
    fetch(id);
  }

  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    indexes,
    count: () => count,
    fetch: fetchRow,
    changed,
    beginBatch: pages.begin,
    endBatch: pages.flush,
    insert(added) {
      const time = timeOf(added);
      const odd = oddTime(added, time);
      for (let d = 0; d < DIMENSIONS.length; d++) pointers[d] = added[DIMENSIONS[d]!];
      columns.add(time, typeof odd === 'number' ? odd : null, pointers);
      ids.add();
      keepId(added.payload, added.rows[added.at + EVENT_ID]!, added.rows[added.at + EVENT_ID + 1]!);
      valuesOf(added, values);
      pages.add(added.at / ROW.width, added.id, values, odd === null ? undefined : { values: [odd] });
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
    ids: room => ids.column('eventid', room),
    settle() {
      release();
      ids.settle();
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
  // `odd_time`, of which most events have none.
  batchColumn.null,
  valueAt('isConflicting'),
];

/** What those of `detail` have. */
const detailValues = (db: Db): BatchColumn[] =>
  columnsOf(db, 'detail').map(name => {
    const at = DETAIL.find(({ column }) => column === name)?.at;
    if (at !== undefined) return text(at);
    return name === 'record' ? batchColumn.textIf(ROW.start, ROW.irregular) : batchColumn.null;
  });

function valuesOf(event: NewEvent, values: number[]): void {
  for (let d = 0; d < DIMENSIONS.length; d++) values[d] = event[DIMENSIONS[d]!] ?? -1;
  values[DIMENSIONS.length] = event.fileId;
  values[DIMENSIONS.length + 1] = event.isConflicting ? 1 : 0;
}

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
