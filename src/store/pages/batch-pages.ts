/**
 * Lays the rows of a batch out as pages, by a list of what their columns have: many at a time in WebAssembly, and one by
 * one what that does not take, with the same bytes.
 */

import type { BatchRows } from '../../batch.js';
import { contentHash } from '../../bytes/hash.js';
import { ensureMemory, loadWasm, type WasmMemory } from '../../bytes/wasm.js';
import { lazily } from '../../lazy.js';
import { type BatchColumn, CODE } from './batch-column.js';
import { PAGES_WASM } from './pages-wasm.js';
import { createRecordBuilder, type RecordBuilder } from './record.js';
import { PAGE, type PageFile, type TablePages } from './table-pages.js';

/** Functions of `scripts/wasm/pages.ts`. Places are those in its memory. */
interface PageFunctions {
  memory: WasmMemory;
  setBatch(tables: number, count: number, rows: number, rowBytes: number, payload: number): void;
  setOutput(at: number, most: number, notes: number): void;
  layOut(entries: number, count: number, entryBytes: number): number;
  pageCount(): number;
}

/** Bytes of a table in memory, and what is where in them: see `scripts/wasm/pages.ts`. */
const MOST_COLUMNS = 64;
const TABLE_HEAD = 16;
const COLUMN_BYTES = 12;
const PAGE_AT = TABLE_HEAD + MOST_COLUMNS * COLUMN_BYTES;
const TABLE_BYTES = PAGE_AT + PAGE + 4 + MOST_COLUMNS * 5 + 12;

/** A larger batch is laid out row by row. */
const MOST_ROWS = 4096;
const MOST_BYTES = 8 << 20;
const MOST_TABLES = 2;
const MOST_VALUES = 14;
/** Full pages that are written at a time. */
const MOST_PAGES = 128;

const TABLES = 1024;
const NOTES = TABLES + MOST_TABLES * TABLE_BYTES;
const ENTRIES = NOTES + MOST_PAGES * 8 + MOST_TABLES * 4;
const OUTPUT = ENTRIES + MOST_ROWS * (2 + MOST_VALUES) * 4;
const ROWS = OUTPUT + MOST_PAGES * PAGE;

interface PageMemory {
  run: PageFunctions;
  bytes: Buffer;
  numbers: Int32Array;
  /** Whose batch is in it. */
  owner: object | undefined;
}

/** That of a thread: each takes gigabytes of addresses. Undefined where there is no WebAssembly. */
const pageMemory = lazily((): PageMemory | undefined => {
  const run = loadWasm<PageFunctions>(PAGES_WASM, ROWS);
  return run && { run, ...viewsOf(run), owner: undefined };
});

const viewsOf = ({ memory }: PageFunctions): Pick<PageMemory, 'bytes' | 'numbers'> => ({
  bytes: Buffer.from(memory.buffer),
  numbers: new Int32Array(memory.buffer),
});

/** Tables with the same ids, and what their columns have. */
export type BatchTables = ReadonlyArray<{ pages: TablePages; columns: readonly BatchColumn[] }>;

/** Adds to a record what a column for numbers has. */
export interface NumberColumn {
  value(value: string | number | null): void;
  /** The text at `start` of a batch, or NULL where that is below 0. */
  text(payload: Buffer, start: number, length: number): void;
}

/** What makes a row one that is added alone. */
export interface OddRow {
  /** The values of its columns that are NULL in others, in their order, as a column for numbers has them. */
  values?: ReadonlyArray<string | number | null>;
  /** Its texts are not all UTF-8: they are kept as JavaScript reads them. */
  isDecoded?: boolean;
}

export interface BatchPages {
  /** To be called with each batch, before rows of it are added. */
  begin(batch: BatchRows): void;
  /**
   * Adds a row.
   * @param row its number in the batch
   * @param id larger than those before, below 2^31
   * @param values that come with it, whole numbers below 2^31; what is below 0 is NULL
   * @param odd where it is not as most rows are
   */
  add(row: number, id: number, values: readonly number[], odd?: OddRow): void;
  /** Lays out what was added and waits. */
  flush(): void;
  /** The same where a row waits: its page can be read then. */
  flushBefore(id: number): void;
}

/**
 * Long: its functions share the rows that wait.
 * @param width numbers of a row
 * @param numbersFor what adds to a record the columns for numbers
 */
export function createBatchPages(
  file: PageFile,
  tables: BatchTables,
  width: number,
  numbersFor: (record: RecordBuilder) => NumberColumn,
): BatchPages {
  if (tables.length > MOST_TABLES || tables.some(({ columns }) => columns.length > MOST_COLUMNS))
    throw new Error('there is no room for so many tables or columns');
  const self = {};
  const addRow = createRowAdder(tables, width, numbersFor);
  let batch: BatchRows | undefined;
  let isAtOnce = false;
  /** Of each row its number, its id and its values. */
  let waiting = new Int32Array(0);
  let count = 0;
  let entryWidth = 0;

  function bring(memory: PageMemory, { payload, used, rows, rowCount }: BatchRows): void {
    const payloadAt = ROWS + rowCount * width * 4;
    if (payloadAt + used > memory.bytes.length) {
      ensureMemory(memory.run.memory, payloadAt + used);
      Object.assign(memory, viewsOf(memory.run));
    }
    memory.numbers.set(rows.subarray(0, rowCount * width), ROWS / 4);
    payload.copy(memory.bytes, payloadAt, 0, used);
    tables.forEach(({ columns }, t) => {
      const at = (TABLES + t * TABLE_BYTES) / 4;
      memory.numbers[at] = columns.length;
      memory.numbers.set(columns.flat(), at + TABLE_HEAD / 4);
    });
    memory.run.setBatch(TABLES, tables.length, ROWS, width * 4, payloadAt);
    memory.run.setOutput(OUTPUT, MOST_PAGES, NOTES);
    memory.owner = self;
  }

  /** Goes on with the pages that are not full. */
  function putOpen({ numbers, bytes }: PageMemory): void {
    tables.forEach(({ pages: { open } }, t) => {
      const at = TABLES + t * TABLE_BYTES;
      numbers.set([open.count, open.content, open.lastId], at / 4 + 1);
      open.page.copy(bytes, at + PAGE_AT);
    });
  }

  function takeOpen({ numbers, bytes }: PageMemory): void {
    tables.forEach(({ pages: { open } }, t) => {
      const at = TABLES + t * TABLE_BYTES;
      bytes.copy(open.page, 0, at + PAGE_AT, at + PAGE_AT + PAGE);
      open.count = numbers[at / 4 + 1]!;
      open.content = numbers[at / 4 + 2]!;
      open.lastId = numbers[at / 4 + 3]!;
    });
  }

  /** Those of a table follow one another in the file: what reads one table alone reads many pages at a time. */
  function takeFull({ run, numbers, bytes }: PageMemory): void {
    tables.forEach(({ pages: { leaves } }, t) => {
      for (let p = 0, note = NOTES / 4; p < run.pageCount(); p++, note += 2) {
        if (numbers[note] !== t) continue;
        leaves.pages.push(file.append(bytes.subarray(OUTPUT + p * PAGE, OUTPUT + (p + 1) * PAGE)));
        leaves.lastIds.push(numbers[note + 1]!);
      }
    });
  }

  function addAlone(entry: number): void {
    const at = entry * entryWidth;
    addRow(batch!, waiting[at]!, waiting[at + 1]!, [...waiting.subarray(at + 2, at + entryWidth)]);
  }

  function layOut(memory: PageMemory): void {
    if (memory.owner !== self) bring(memory, batch!);
    for (let from = 0; from < count; ) {
      memory.numbers.set(waiting.subarray(from * entryWidth, count * entryWidth), ENTRIES / 4);
      putOpen(memory);
      const done = memory.run.layOut(ENTRIES, count - from, entryWidth * 4);
      takeOpen(memory);
      takeFull(memory);
      from += done;
      // Where it stopped for another reason than a lack of room: one that is too long, or has what is no plain number.
      if (from < count && memory.run.pageCount() + tables.length <= MOST_PAGES) addAlone(from++);
    }
  }

  function flush(): void {
    if (count > 0) layOut(pageMemory()!);
    count = 0;
  }

  return {
    begin(rows) {
      const memory = pageMemory();
      batch = rows;
      isAtOnce = memory !== undefined && rows.rowCount <= MOST_ROWS && rows.used <= MOST_BYTES;
      if (memory) memory.owner = undefined;
    },
    add(row, id, values, odd) {
      if (!isAtOnce || odd) {
        flush();
        addRow(batch!, row, id, values, odd);
        return;
      }
      if (values.length > MOST_VALUES) throw new Error('there is no room for so many values');
      entryWidth = values.length + 2;
      const at = count++ * entryWidth;
      if (waiting.length < at + entryWidth) waiting = new Int32Array(MOST_ROWS * entryWidth);
      waiting[at] = row;
      waiting[at + 1] = id;
      for (let v = 0; v < values.length; v++) waiting[at + 2 + v] = values[v]!;
    },
    flush,
    flushBefore(id) {
      if (id > tables[0]!.pages.open.lastId) flush();
    },
  };
}

/**
 * Adds rows one by one.
 * Long: one case for each kind of column.
 */
function createRowAdder(
  tables: BatchTables,
  width: number,
  numbersFor: (record: RecordBuilder) => NumberColumn,
): (batch: BatchRows, row: number, id: number, values: readonly number[], odd?: OddRow) => void {
  const record = createRecordBuilder();
  const numbers = numbersFor(record);

  return ({ payload, rows }, row, id, values, { values: oddValues = [], isDecoded = false } = {}) => {
    const start = row * width;
    let nextOdd = 0;
    const addText = (at: number): void => {
      const from = rows[start + at]!;
      const length = rows[start + at + 1]!;
      if (from < 0) record.null();
      else if (isDecoded) record.value(payload.toString('utf8', from, from + length));
      else record.text(payload, from, length);
    };
    const addColumn = ([code, at, condition]: BatchColumn, index: number): void => {
      const value = rows[start + at]!;
      const next = rows[start + at + 1]!;
      if (code === CODE.text) addText(at);
      else if (code === CODE.int) record.int(value);
      else if (code === CODE.hash) record.int(contentHash(value, next));
      else if (code === CODE.number) numbers.text(payload, value, next);
      else if (code === CODE.value) addId(values[at]!);
      else if (code === CODE.textIf && rows[start + condition] !== 0) addText(at);
      else if (code === CODE.blobIf && rows[start + condition] !== 0) record.blob(payload, value, next);
      else if (code === CODE.time && value >= 0) record.int(value * 2 ** 20 + next);
      // The first column is the id, which stands before the record.
      else if (code === CODE.null && index > 0) numbers.value(oddValues[nextOdd++] ?? null);
      else record.null();
    };
    const addId = (value: number): void => (value < 0 ? record.null() : record.int(value));
    for (const { pages, columns } of tables) {
      record.begin();
      columns.forEach(addColumn);
      record.finish();
      pages.add(id, record);
    }
  };
}
