/** Lays the rows of lines out in pages, which are the same as those that statements would have made. */

import { ACCESS_DIMENSIONS, ACCESS_ROW } from '../../access-logs/rows.js';
import { LINE_COLUMNS } from '../columns/column-table.js';
import { createColumnLoader } from '../columns/segments.js';
import { isText, LINE_TEXTS, lineHash, lineText, lineTime, type NewLine } from '../line-rows.js';
import type { Db } from '../open.js';
import { type BatchColumn, batchColumn } from '../pages/batch-column.js';
import { createBatchPages } from '../pages/batch-pages.js';
import { createTablePages, type PageFile } from '../pages/table-pages.js';
import { ACCESS_INDEXES } from '../schema/v8.js';
import { ODD_TIME } from '../times.js';
import { type IndexParts, partsOf } from './index-layout.js';
import { createKeptColumns, type KeptColumns } from './kept-columns.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder, wholeNumber } from './numbers.js';

export interface LinePages extends LoadedRows<NewLine> {
  columns: KeptColumns;
}

/** The indexes on lines. */
export const LINE_INDEXES: readonly IndexParts[] = Object.entries(ACCESS_INDEXES).map(([name, on]) =>
  partsOf(name, on),
);

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
  const columns = createKeptColumns(db, 'line_column', LINE_INDEXES);
  const keep = createLineKeeper(columns);
  const segments = createColumnLoader(db, LINE_COLUMNS);
  const { fetch, changed, release } = createFetchedRows(db, tables);
  const pages = createBatchPages(
    file,
    [{ pages: tables.access_log, columns: LINE_VALUES }],
    ACCESS_ROW.width,
    record => createNumberAdder(db, record),
  );
  const values: number[] = [];
  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    columns,
    count: columns.count,
    fetch(id) {
      pages.flushBefore(id);
      fetch(id);
    },
    changed,
    beginBatch: pages.begin,
    endBatch: pages.flush,
    insert(added) {
      const time = lineTime(added);
      const isOrdinary = time !== null && time >= 0 && time < ODD_TIME;
      segments.add(isOrdinary ? time : ODD_TIME, time, added.pointers);
      const isDecoded = !isText(added);
      keep(added, isDecoded);
      for (let d = 0; d < FILE_ID; d++) values[d] = added.pointers[d] ?? -1;
      values[FILE_ID] = added.fileId;
      pages.add(added.at / ACCESS_ROW.width, added.id, values, isDecoded ? { isDecoded } : undefined);
    },
    settle() {
      release();
      columns.settle();
      segments.settle();
    },
  };
}

/**
 * @param columns what of its columns indexes need and segments do not have
 * @returns adds a line to them; the texts of one that is decoded are kept as JavaScript reads them
 */
function createLineKeeper(columns: KeptColumns): (added: NewLine, isDecoded: boolean) => void {
  const putHash = columns.number('line_hash');
  const numbers: Array<{ at: number; put: NonNullable<ReturnType<KeptColumns['number']>> }> = [];
  const texts: Array<{ at: number; put: NonNullable<ReturnType<KeptColumns['text']>> }> = [];
  for (const { column, at, isNumber } of LINE_TEXTS) {
    const putNumber = isNumber ? columns.number(column) : undefined;
    const putText = isNumber ? undefined : columns.text(column);
    if (putNumber) numbers.push({ at, put: putNumber });
    if (putText) texts.push({ at, put: putText });
  }
  return (added, isDecoded) => {
    const { rows, at, payload } = added;
    columns.add();
    putHash?.(lineHash(added));
    for (const number of numbers)
      number.put(wholeNumber(payload, rows[at + number.at]!, rows[at + number.at + 1]!));
    for (const text of texts) {
      const start = rows[at + text.at]!;
      if (!isDecoded || start < 0) text.put(payload, start, rows[at + text.at + 1]!);
      else {
        const decoded = Buffer.from(lineText(added, text.at)!);
        text.put(decoded, 0, decoded.length);
      }
    }
  };
}
