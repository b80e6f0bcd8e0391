/** Lays the rows of lines out in pages, which are the same as those that statements would have made. */

import { ACCESS_ROW } from '../../access-logs/rows.js';
import { LINE_COLUMNS } from '../columns/column-table.js';
import { type ColumnLoader, createColumnLoader } from '../columns/segments.js';
import { isIrregular, isText, LINE_TEXTS, lineHash, lineText, lineTime, type NewLine } from '../line-rows.js';
import type { Db } from '../open.js';
import { createRecordBuilder } from '../pages/record.js';
import { createTablePages, type PageFile, type TablePages } from '../pages/table-pages.js';
import { ODD_TIME } from '../times.js';
import { createLineColumns, type LineColumns } from './line-columns.js';
import { createFetchedRows, type LoadedRows } from './loaded-rows.js';
import { createNumberAdder } from './numbers.js';

export interface LinePages extends LoadedRows<NewLine> {
  columns: LineColumns;
}

/**
 * @param db the file beside the index
 * @param file where the pages go
 */
export function createLinePages(db: Db, file: PageFile): LinePages {
  const tables = { access_log: createTablePages(file) };
  const columns = createLineColumns(db);
  const segments = createColumnLoader(db, LINE_COLUMNS);
  const add = createLineAdder(db, { table: tables.access_log, columns, segments });
  const { fetch, changed, release } = createFetchedRows(db, tables);
  return {
    mostKnown: Number.POSITIVE_INFINITY,
    tables,
    columns,
    count: columns.count,
    fetch,
    changed,
    insert: add,
    settle() {
      release();
      columns.settle();
      segments.settle();
    },
  };
}

/**
 * @param db any connection, for numbers
 * @param to.columns what of its columns indexes need and segments do not have
 * @returns adds a line to the table, to the columns and to the segments
 */
function createLineAdder(
  db: Db,
  { table, columns, segments }: { table: TablePages; columns: LineColumns; segments: ColumnLoader },
): (added: NewLine) => void {
  const record = createRecordBuilder();
  const numbers = createNumberAdder(db, record);
  const putHash = columns.number('line_hash');
  const texts = LINE_TEXTS.map(({ column, at, isNumber }) => ({
    at,
    isNumber,
    put: isNumber ? columns.number(column) : undefined,
    putText: isNumber ? undefined : columns.text(column),
  }));

  const addNumber = (value: number | null): void => (value === null ? record.null() : record.int(value));

  function addTexts(added: NewLine): void {
    const { rows, at, payload } = added;
    const isPlain = isText(added);
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!;
      const start = rows[at + text.at]!;
      const length = rows[at + text.at + 1]!;
      if (text.isNumber) text.put?.(numbers.text(payload, start, length));
      else {
        text.putText?.(payload, start, length);
        if (start < 0) record.null();
        else if (isPlain) record.text(payload, start, length);
        else record.value(lineText(added, text.at));
      }
    }
  }

  return added => {
    const { id, rows, at, payload, pointers } = added;
    const time = lineTime(added);
    const hash = lineHash(added);
    const isOrdinary = time !== null && time >= 0 && time < ODD_TIME;
    segments.add(isOrdinary ? time : ODD_TIME, time, pointers);
    columns.add();
    putHash?.(hash);
    record.begin();
    // The id stands before the record.
    record.null();
    addNumber(time);
    for (const pointer of pointers) addNumber(pointer);
    addTexts(added);
    record.int(rows[at + ACCESS_ROW.form]!);
    record.int(rows[at + ACCESS_ROW.isAmbiguous]!);
    if (isIrregular(added)) record.blob(payload, rows[at + ACCESS_ROW.start]!, rows[at + ACCESS_ROW.length]!);
    else record.null();
    record.int(hash);
    record.int(added.fileId);
    record.int(rows[at + ACCESS_ROW.ordinal]!);
    record.finish();
    table.add(id, record);
  };
}
