/**
 * Lays the rows of a batch out many at a time, in WebAssembly: the pages are those that `TablePages.add` makes of one row
 * after the other.
 */

import type { BatchRows } from '../../batch.js';
import { ensureMemory, loadWasm, type WasmMemory } from '../../bytes/wasm.js';
import { lazily } from '../../lazy.js';
import { PAGES_WASM } from './pages-wasm.js';
import { PAGE, type PageFile, type TablePages } from './table-pages.js';

/** Functions of `scripts/wasm/pages.ts`. Places are those in its memory. */
interface PageFunctions {
  memory: WasmMemory;
  setBatch(tables: number, count: number, rows: number, rowBytes: number, payload: number): void;
  setOutput(at: number, most: number, notes: number): void;
  layOut(entries: number, count: number, entryBytes: number): number;
  pageCount(): number;
}

/** What a column has, as `scripts/wasm/pages.ts` has it: a code, and positions in the row of the batch. */
export type BatchColumn = readonly [code: number, position: number, condition: number];

export const batchColumn = {
  null: [0, 0, 0] as BatchColumn,
  /** The text whose start and length stand at `position`; NULL where it starts below 0. */
  text: (position: number): BatchColumn => [1, position, 0],
  int: (position: number): BatchColumn => [2, position, 0],
  /** The content hash whose halves stand there. */
  hash: (position: number): BatchColumn => [3, position, 0],
  /** The number that such a text is. */
  number: (position: number): BatchColumn => [4, position, 0],
  /** One of the values that come with the row; NULL where it is below 0. */
  value: (index: number): BatchColumn => [5, index, 0],
  /** The text, where the number at `condition` is not 0. */
  textIf: (position: number, condition: number): BatchColumn => [6, position, condition],
  /** The bytes, where the number at `condition` is not 0. */
  blobIf: (position: number, condition: number): BatchColumn => [7, position, condition],
  /** Seconds in two halves of 2^20; NULL where the first is below 0. */
  time: (position: number): BatchColumn => [8, position, 0],
};

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

export interface BatchPages {
  /** Begins with a batch; false where its rows are to be added one by one. */
  begin(batch: BatchRows): boolean;
  /**
   * Adds a row of the batch that was begun.
   * @param row its number in the batch
   * @param id larger than those before
   * @param values that come with it, whole numbers; what is below 0 is NULL
   */
  add(row: number, id: number, values: readonly number[]): void;
  /** Lays out what was added. */
  flush(): void;
}

/**
 * Long: its functions share the rows that wait.
 * @param tables with the same ids, and what their columns have
 * @param width numbers of a row
 * @param addOne adds a row to the tables that is not as most are
 */
export function createBatchPages(
  file: PageFile,
  tables: ReadonlyArray<{ pages: TablePages; columns: readonly BatchColumn[] }>,
  width: number,
  addOne: (row: number, id: number, values: readonly number[]) => void,
): BatchPages {
  const self = {};
  let batch: BatchRows | undefined;
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

  function takeFull({ run, numbers, bytes }: PageMemory): void {
    for (let p = 0, note = NOTES / 4; p < run.pageCount(); p++, note += 2) {
      const { leaves } = tables[numbers[note]!]!.pages;
      leaves.pages.push(file.append(bytes.subarray(OUTPUT + p * PAGE, OUTPUT + (p + 1) * PAGE)));
      leaves.lastIds.push(numbers[note + 1]!);
    }
  }

  function addAlone(entry: number): void {
    const at = entry * entryWidth;
    addOne(waiting[at]!, waiting[at + 1]!, [...waiting.subarray(at + 2, at + entryWidth)]);
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
      // One that is too long, or has what is no plain number.
      if (from < count && memory.run.pageCount() + tables.length <= MOST_PAGES) addAlone(from++);
    }
  }

  return {
    begin(begun) {
      const memory = pageMemory();
      batch = undefined;
      if (!memory || begun.rowCount > MOST_ROWS || begun.used > MOST_BYTES) return false;
      batch = begun;
      memory.owner = undefined;
      return true;
    },
    add(row, id, values) {
      entryWidth = values.length + 2;
      const at = count++ * entryWidth;
      if (waiting.length < at + entryWidth) waiting = withRoom(waiting, MOST_ROWS * entryWidth);
      waiting[at] = row;
      waiting[at + 1] = id;
      for (let v = 0; v < values.length; v++) waiting[at + 2 + v] = values[v]!;
    },
    flush() {
      if (count === 0) return;
      const memory = pageMemory()!;
      layOut(memory);
      count = 0;
    },
  };
}

function withRoom(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(length);
  wider.set(numbers);
  return wider;
}
