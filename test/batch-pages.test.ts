/** Rows of a batch that are laid out many at a time give the pages that they give one after the other. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pagesModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import { built, ROOT } from './support.js';

const { batchColumn } = (await built(
  'store/pages/batch-column.js',
)) as typeof import('../src/store/pages/batch-column.js');
const { createBatchPages } = (await built(
  'store/pages/batch-pages.js',
)) as typeof import('../src/store/pages/batch-pages.js');
const { createRecordBuilder, varintReader } = (await built(
  'store/pages/record.js',
)) as typeof import('../src/store/pages/record.js');
const { createTablePages, localLength, pageAfter, PAGE } = (await built(
  'store/pages/table-pages.js',
)) as typeof import('../src/store/pages/table-pages.js');

const random = createRandom(26);
const sha256 = (bytes: Uint8Array = Buffer.alloc(0)): string =>
  createHash('sha256').update(bytes).digest('hex');
const LOCK_PAGE = 2 ** 30 / PAGE + 1;

/** Pages in memory, whose numbers pass the one where SQLite keeps its locks. */
function pagesInMemory() {
  const pages: Array<{ number: number; page: Buffer }> = [];
  let next = LOCK_PAGE - 20;
  return {
    pages,
    next: () => next,
    append(page: Buffer) {
      const number = next;
      pages.push({ number, page: Buffer.from(page) });
      next = pageAfter(next);
      return number;
    },
    read: (number: number) => pages.find(page => page.number === number)!.page,
  };
}

/** Positions in a row: texts and numbers have two each, as in a batch. */
const AT = { text: 0, other: 2, int: 4, hash: 5, number: 7, time: 9, flag: 11 };
const WIDTH = 12;
const { text, int, hash, number, value, textIf, blobIf, time } = batchColumn;
const FIRST = [batchColumn.null, text(AT.text), int(AT.int), number(AT.number), value(0), hash(AT.hash)];
const SECOND = [
  ...[batchColumn.null, text(AT.other), textIf(AT.text, AT.flag), blobIf(AT.other, AT.flag)],
  ...[time(AT.time), value(1)],
];

const INTS = [
  0, 1, 2, -1, 127, 128, -128, -129, 32767, 32768, -32769, 8388607, 8388608, -8388609, 2147483647,
];
const NUMBERS = [
  '0',
  '1',
  '7',
  '-5',
  '123456789012345',
  '-99',
  '1234567890123456',
  '01',
  '-0',
  '1.5',
  '',
  '-',
  'x',
];

/** A batch of rows with values of every kind and length. */
function anyBatch(rowCount: number, longest: number) {
  const rows = new Int32Array(rowCount * WIDTH);
  const parts: Buffer[] = [];
  let used = 0;
  const put = (bytes: Buffer): [number, number] => {
    parts.push(bytes);
    used += bytes.length;
    return [used - bytes.length, bytes.length];
  };
  const bytes = (): Buffer =>
    Buffer.from(Array.from({ length: random.below(longest) }, () => 1 + random.below(255)));
  const anyInt = (): number => INTS[random.below(INTS.length)]!;
  for (let r = 0, at = 0; r < rowCount; r++, at += WIDTH) {
    rows.set(random.below(5) === 0 ? [-1, -1] : put(bytes()), at + AT.text);
    rows.set(random.below(5) === 0 ? [-1, -1] : put(bytes()), at + AT.other);
    rows[at + AT.int] = anyInt();
    rows.set([anyInt(), anyInt()], at + AT.hash);
    const most = random.below(8) === 0 ? NUMBERS.length : 6;
    rows.set(
      random.below(4) === 0 ? [-1, -1] : put(Buffer.from(NUMBERS[random.below(most)]!)),
      at + AT.number,
    );
    rows.set(random.below(4) === 0 ? [-1, 0] : [random.below(5000), random.below(1 << 20)], at + AT.time);
    rows[at + AT.flag] = random.below(3) === 0 ? 1 : 0;
  }
  // Room behind what is in use, as a batch has.
  return { payload: Buffer.concat([...parts, Buffer.alloc(64)]), used, rows, rowCount };
}
type AnyBatch = ReturnType<typeof anyBatch>;

const PLAIN_NUMBER = /^(0|-?[1-9]\d{0,14})$/;

/** Adds rows one after the other, by code of its own. */
function createPlain(file: ReturnType<typeof pagesInMemory>) {
  const tables = [createTablePages(file), createTablePages(file)] as const;
  const record = createRecordBuilder();
  return {
    tables,
    add({ payload, rows }: AnyBatch, row: number, id: number, values: readonly number[]) {
      const at = row * WIDTH;
      const start = (position: number): number => rows[at + position]!;
      const length = (position: number): number => rows[at + position + 1]!;
      const addText = (position: number): void =>
        start(position) < 0 ? record.null() : record.text(payload, start(position), length(position));
      const addValue = (index: number): void =>
        values[index]! < 0 ? record.null() : record.int(values[index]!);
      const digits = payload.toString('latin1', start(AT.number), start(AT.number) + length(AT.number));
      record.begin();
      record.null();
      addText(AT.text);
      record.int(start(AT.int));
      if (start(AT.number) < 0) record.null();
      else if (PLAIN_NUMBER.test(digits)) record.int(Number(digits));
      else record.value(digits);
      addValue(0);
      record.int((start(AT.hash) & 0x1fffff) * 2 ** 32 + (length(AT.hash) >>> 0));
      record.finish();
      tables[0].add(id, record);
      record.begin();
      record.null();
      addText(AT.other);
      if (start(AT.flag) === 1) addText(AT.text);
      else record.null();
      if (start(AT.flag) === 1) record.blob(payload, start(AT.other), length(AT.other));
      else record.null();
      if (start(AT.time) < 0) record.null();
      else record.int(start(AT.time) * 2 ** 20 + length(AT.time));
      addValue(1);
      record.finish();
      tables[1].add(id, record);
    },
  };
}

function createAtOnce() {
  const file = pagesInMemory();
  const tables = [createTablePages(file), createTablePages(file)] as const;
  let alone = 0;
  const pages = createBatchPages(
    file,
    [
      { pages: tables[0], columns: FIRST },
      { pages: tables[1], columns: SECOND },
    ],
    WIDTH,
    record => ({
      value: record.value,
      text(payload, start, length) {
        alone++;
        const digits = payload.toString('latin1', start, start + length);
        if (start < 0) record.null();
        else record.value(PLAIN_NUMBER.test(digits) ? Number(digits) : digits);
      },
    }),
  );
  return { ...{ file, tables, alone: () => alone }, ...pages };
}

/** A leaf page without the numbers of the pages on which its long records go on, and these records. */
function partsOf({ read }: Tables, leaf: Buffer): unknown {
  const page = Buffer.from(leaf);
  const long: string[] = [];
  for (let i = 0; i < leaf.readUInt16BE(3); i++) {
    const cell = varintReader(leaf, leaf.readUInt16BE(8 + i * 2));
    const length = cell.next();
    const id = cell.next();
    if (localLength(length) === length) continue;
    page.fill(0, cell.at() + localLength(length), cell.at() + localLength(length) + 4);
    long.push(sha256(read(id)));
  }
  return { page: sha256(page), long };
}

/** All that is on the leaf pages of tables, and what of it is not written yet: not where they are in the file. */
const contents = (tables: readonly [Tables, Tables], { read }: ReturnType<typeof pagesInMemory>) =>
  tables.map(table => ({
    lastIds: table.leaves.lastIds,
    leaves: table.leaves.pages.map(number => partsOf(table, read(number))),
    tail: partsOf(table, table.tail() ?? Buffer.alloc(PAGE)),
    open: table.open.lastId,
  }));
type Tables = ReturnType<typeof createTablePages>;

/** Without flags of rows that lack what they are about: a batch has none. */
function valid(batch: AnyBatch): AnyBatch {
  for (let at = 0; at < batch.rows.length; at += WIDTH)
    if (batch.rows[at + AT.text]! < 0 || batch.rows[at + AT.other]! < 0) batch.rows[at + AT.flag] = 0;
  return batch;
}

it('the WebAssembly is what its source says', async () => {
  expect(readFileSync(join(ROOT, 'src/store/pages/pages-wasm.ts'), 'utf8')).toBe(await pagesModule());
}, 60_000);

it('rows of every kind and length give the same pages, at once or one by one', () => {
  const file = pagesInMemory();
  const plain = createPlain(file);
  const atOnce = createAtOnce();
  // Another load of the thread: what it lays out in between must not be taken for ours.
  const other = createAtOnce();
  let id = 0;
  for (const longest of [1, 20, 300, 9000, 40]) {
    for (let b = 0; b < 6; b++) {
      const batch = valid(anyBatch(1 + random.below(longest > 1000 ? 300 : 700), longest));
      atOnce.begin(batch);
      for (let row = 0; row < batch.rowCount; row++) {
        if (random.below(10) === 0) continue;
        id += 1 + (random.below(50) === 0 ? random.below(100_000) : 0);
        const values = [random.below(3) - 1, INTS[random.below(INTS.length)]!];
        plain.add(batch, row, id, values);
        atOnce.add(row, id, values);
        if (random.below(100) === 0) atOnce.flush();
        if (random.below(200) === 0) {
          other.begin(valid(anyBatch(3, 30)));
          other.add(2, id, values);
          other.flush();
        }
      }
      atOnce.flush();
    }
  }
  expect(contents(atOnce.tables, atOnce.file)).toEqual(contents(plain.tables, file));
  expect(atOnce.file.pages.length).toBeGreaterThan(200);
  expect(atOnce.file.pages.map(({ number }) => number)).toEqual(file.pages.map(({ number }) => number));
  // Only what is too long for a page, or no plain number, was added alone.
  expect(atOnce.alone()).toBeGreaterThan(100);
  expect(atOnce.alone()).toBeLessThan(id / 4);
});

it('rows of a batch that is larger than its room are added one by one', () => {
  const file = pagesInMemory();
  const [plain, large] = [createPlain(file), createAtOnce()];
  const small = valid(anyBatch(50, 100));
  const batch = { ...small, used: 9 << 20 };
  large.begin(batch);
  for (let row = 0; row < 50; row++) {
    plain.add(batch, row, row + 1, [3, -1]);
    large.add(row, row + 1, [3, -1]);
  }
  expect(contents(large.tables, large.file)).toEqual(contents(plain.tables, file));
  expect(large.alone()).toBe(50);
});

it('the pages of one table that a batch fills follow one another', () => {
  const { begin, add, flush, file, tables } = createAtOnce();
  const batch = valid(anyBatch(600, 100));
  // None that is added alone.
  for (let row = 0; row < batch.rowCount; row++) batch.rows[row * WIDTH + AT.number] = -1;
  begin(batch);
  for (let row = 0; row < batch.rowCount; row++) add(row, row + 1, [3, -1]);
  flush();
  const [first, second] = tables.map(({ leaves }) => leaves.pages) as [number[], number[]];
  expect(Math.min(first.length, second.length)).toBeGreaterThan(3);
  expect([...first, ...second]).toEqual(file.pages.map(({ number }) => number));
});

it('columns, tables and values for which there is no room are refused', () => {
  const pages = createTablePages(pagesInMemory());
  const create = (tables: number, columns: number) =>
    createBatchPages(
      pagesInMemory(),
      Array.from({ length: tables }, () => ({ pages, columns: Array(columns).fill(batchColumn.null) })),
      WIDTH,
      record => ({ value: record.value, text: () => record.null() }),
    );
  expect(() => create(3, 1)).toThrow('no room');
  expect(() => create(1, 65)).toThrow('no room');
  const one = create(1, 64);
  one.begin(anyBatch(1, 5));
  expect(() => one.add(0, 1, Array(15).fill(0))).toThrow('no room');
});
