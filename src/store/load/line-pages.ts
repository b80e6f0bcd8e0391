/** Lays the rows of lines out in pages, which are the same as those that statements would have made. */

import { ACCESS_DIMENSIONS, ACCESS_ROW } from '../../access-logs/rows.js';
import type { BatchRows } from '../../batch.js';
import { LINE_COLUMNS } from '../columns/column-table.js';
import { createColumnLoader } from '../columns/segments.js';
import { isIrregular, isText, LINE_TEXTS, lineHash, lineText, lineTime, type NewLine } from '../line-rows.js';
import type { Payload } from '../new-rows.js';
import type { Db } from '../open.js';
import { type BatchColumn, batchColumn, createBatchPages } from '../pages/batch-pages.js';
import { createRecordBuilder } from '../pages/record.js';
import { createTablePages, type PageFile, type TablePages } from '../pages/table-pages.js';
import { ODD_TIME } from '../times.js';
import { createLineColumns, type LineColumns } from './line-columns.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder, wholeNumber } from './numbers.js';

export interface LinePages extends LoadedRows<NewLine> {
  columns: LineColumns;
}

const { text, number, int, value } = batchColumn;
/** Behind the rows of dimensions among the values that come with a line. */
const FILE_ID = ACCESS_DIMENSIONS.length;

/** What the columns of `access_log` have. The id stands before the record. */
const LINE_VALUES: readonly BatchColumn[] = [
  ...[batchColumn.null, batchColumn.time(ACCESS_ROW.timeHigh)],
  ...ACCESS_DIMENSIONS.map((_, d) => value(d)),
  ...LINE_TEXTS.map(({ at, isNumber }) => (isNumber ? number(at) : text(at))),
  ...[int(ACCESS_ROW.form), int(ACCESS_ROW.isAmbiguous)],
  ...[batchColumn.blobIf(ACCESS_ROW.start, ACCESS_ROW.irregular), batchColumn.hash(ACCESS_ROW.hashHigh)],
  ...[value(FILE_ID), int(ACCESS_ROW.ordinal)],
];

/**
 * @param db the file beside the index
 * @param file where the pages go
 */
export function createLinePages(db: Db, file: PageFile): LinePages {
  const tables = { access_log: createTablePages(file) };
  const columns = createLineColumns(db);
  const keep = createLineKeeper(columns);
  const segments = createColumnLoader(db, LINE_COLUMNS);
  const addOne = createLineAdder(db, tables.access_log);
  const { fetch, changed, release } = createFetchedRows(db, tables);
  let batch: BatchRows | undefined;
  let atOnce = false;
  const pages = createBatchPages(
    file,
    [{ pages: tables.access_log, columns: LINE_VALUES }],
    ACCESS_ROW.width,
    (row, id, values) => addOne(lineOf(batch!, row, id, values)),
  );
  const values: number[] = [];
  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    columns,
    count: columns.count,
    fetch(id) {
      if (id > tables.access_log.open.lastId) pages.flush();
      fetch(id);
    },
    changed,
    beginBatch(begun) {
      batch = begun;
      atOnce = pages.begin(begun);
    },
    endBatch: () => pages.flush(),
    insert(added) {
      const time = lineTime(added);
      const isOrdinary = time !== null && time >= 0 && time < ODD_TIME;
      segments.add(isOrdinary ? time : ODD_TIME, time, added.pointers);
      keep(added);
      if (atOnce && isText(added)) {
        for (let d = 0; d < FILE_ID; d++) values[d] = added.pointers[d] ?? -1;
        values[FILE_ID] = added.fileId;
        pages.add(added.at / ACCESS_ROW.width, added.id, values);
      } else {
        pages.flush();
        addOne(added);
      }
    },
    settle() {
      release();
      columns.settle();
      segments.settle();
    },
  };
}

/** The line of a row, from the values that came with it. */
function lineOf({ payload, rows }: BatchRows, row: number, id: number, values: readonly number[]): NewLine {
  return {
    ...{ id, rows, payload: payload as Payload, at: row * ACCESS_ROW.width, fileId: values[FILE_ID]! },
    pointers: values.slice(0, FILE_ID).map(pointer => (pointer < 0 ? null : pointer)),
  };
}

/**
 * @param columns what of its columns indexes need and segments do not have
 * @returns adds a line to them
 */
function createLineKeeper(columns: LineColumns): (added: NewLine) => void {
  const putHash = columns.number('line_hash');
  const numbers: Array<{ at: number; put: NonNullable<ReturnType<LineColumns['number']>> }> = [];
  const texts: Array<{ at: number; put: NonNullable<ReturnType<LineColumns['text']>> }> = [];
  for (const { column, at, isNumber } of LINE_TEXTS) {
    const putNumber = isNumber ? columns.number(column) : undefined;
    const putText = isNumber ? undefined : columns.text(column);
    if (putNumber) numbers.push({ at, put: putNumber });
    if (putText) texts.push({ at, put: putText });
  }
  return added => {
    const { rows, at, payload } = added;
    columns.add();
    putHash?.(lineHash(added));
    for (const number of numbers)
      number.put(wholeNumber(payload, rows[at + number.at]!, rows[at + number.at + 1]!));
    for (const text of texts) text.put(payload, rows[at + text.at]!, rows[at + text.at + 1]!);
  };
}

/**
 * @param db any connection, for numbers
 * @returns adds a line to the table
 */
function createLineAdder(db: Db, table: TablePages): (added: NewLine) => void {
  const record = createRecordBuilder();
  const numbers = createNumberAdder(db, record);

  const addNumber = (value: number | null): void => (value === null ? record.null() : record.int(value));

  function addTexts(added: NewLine): void {
    const { rows, at, payload } = added;
    const isPlain = isText(added);
    for (const text of LINE_TEXTS) {
      const start = rows[at + text.at]!;
      const length = rows[at + text.at + 1]!;
      if (text.isNumber) numbers.text(payload, start, length);
      else if (start < 0) record.null();
      else if (isPlain) record.text(payload, start, length);
      else record.value(lineText(added, text.at));
    }
  }

  return added => {
    const { id, rows, at, payload, pointers } = added;
    record.begin();
    // The id stands before the record.
    record.null();
    addNumber(lineTime(added));
    for (const pointer of pointers) addNumber(pointer);
    addTexts(added);
    record.int(rows[at + ACCESS_ROW.form]!);
    record.int(rows[at + ACCESS_ROW.isAmbiguous]!);
    if (isIrregular(added)) record.blob(payload, rows[at + ACCESS_ROW.start]!, rows[at + ACCESS_ROW.length]!);
    else record.null();
    record.int(lineHash(added));
    record.int(added.fileId);
    record.int(rows[at + ACCESS_ROW.ordinal]!);
    record.finish();
    table.add(id, record);
  };
}
