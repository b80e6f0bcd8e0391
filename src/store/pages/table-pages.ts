/**
 * A table's pages, laid out as SQLite would after the rows were appended one by one ("Database File Format", 1.6): leaf
 * pages full of rows in order, overflow pages for what does not fit on one, and the pages above that lead to them.
 */

import { putVarint, type RecordBuilder, varintLength, varintReader } from './record.js';

/** Bytes of a page of an index. */
export const PAGE = 8192;
/** SQLite keeps its locks on a byte of this page, and nothing else on it ("Database File Format", 1.3.4). */
const LOCK_PAGE = 2 ** 30 / PAGE + 1;

/** The longest record that stands whole on a leaf, and the least that stays there of a longer one. */
const MOST_LOCAL = PAGE - 35;
const LEAST_LOCAL = Math.floor(((PAGE - 12) * 32) / 255) - 23;
export const OVERFLOW = PAGE - 4;

const LEAF = 0x0d;
const LEAF_HEADER = 8;
export const INTERIOR = 0x05;
export const INTERIOR_HEADER = 12;
/** Children of a page above: a number of four bytes, an id of up to nine and a pointer of two for each. */
const MOST_CHILDREN = Math.floor((PAGE - INTERIOR_HEADER) / 15);

/** Where pages go, one after another. */
export interface PageFile {
  /** Number that the next page gets. */
  next(): number;
  /** Appends a page, which is copied; returns its number. */
  append(page: Buffer): number;
  /** A page that was appended. */
  read(number: number): Buffer;
}

/** The number after `page`, the lock's left out. */
export function pageAfter(page: number): number {
  return page + 1 === LOCK_PAGE ? page + 2 : page + 1;
}

/** Leaf pages in order: their numbers, and the last id on each. */
export interface Leaves {
  pages: number[];
  lastIds: number[];
}

/** The leaf page that is not full yet. */
export interface OpenLeaf {
  page: Buffer;
  /** Rows on it. */
  count: number;
  /** Where they begin: they grow from its end towards its head. */
  content: number;
  /** The last row's id; of an empty one that of the page before. */
  lastId: number;
}

export interface TablePages {
  /** Appends a row; its id is larger than those before. */
  add(id: number, record: RecordBuilder): void;
  /** The record of a row that was added. */
  read(id: number): Buffer;
  /** All full leaf pages so far. */
  leaves: Leaves;
  open: OpenLeaf;
  /** The page that is not full yet, to go on with; undefined where it is empty. */
  tail(): Buffer | undefined;
  /** Writes what is left and the pages above, and gives the content of the root. */
  finish(): Buffer;
}

/**
 * Long: its functions share the page at hand.
 * @param from the leaves and the tail of a table to go on with
 */
export function createTablePages(
  file: PageFile,
  { leaves, tail }: { leaves: Leaves; tail?: Buffer | undefined } = { leaves: { pages: [], lastIds: [] } },
): TablePages {
  const page = Buffer.alloc(PAGE);
  const overflow = Buffer.alloc(PAGE);
  const open: OpenLeaf = { page, count: 0, content: PAGE, lastId: leaves.lastIds.at(-1) ?? 0 };
  if (tail) {
    tail.copy(page);
    open.count = page.readUInt16BE(3);
    open.content = page.readUInt16BE(5);
    open.lastId = cellAt(page, open.count - 1).id;
  }

  function complete(): Buffer {
    page[0] = LEAF;
    page.writeUInt16BE(open.count, 3);
    page.writeUInt16BE(open.content, 5);
    return page;
  }

  function flush(): void {
    leaves.pages.push(file.append(complete()));
    leaves.lastIds.push(open.lastId);
    page.fill(0);
    open.count = 0;
    open.content = PAGE;
  }

  /** Writes `bytes[start, end)` to a chain of pages; returns the first. */
  function spill(bytes: Buffer, start: number, end: number): number {
    const first = file.next();
    for (let at = start; at < end; at += OVERFLOW) {
      const isLast = at + OVERFLOW >= end;
      overflow.fill(0);
      overflow.writeUInt32BE(isLast ? 0 : pageAfter(file.next()), 0);
      bytes.copy(overflow, 4, at, Math.min(at + OVERFLOW, end));
      file.append(overflow);
    }
    return first;
  }

  return {
    leaves,
    open,
    add(id, { bytes, start, end }) {
      const length = end - start;
      const local = localLength(length);
      const size = varintLength(length) + varintLength(id) + local + (local < length ? 4 : 0);
      if (LEAF_HEADER + (open.count + 1) * 2 + size > open.content) flush();
      open.content -= size;
      let at = putVarint(page, putVarint(page, open.content, length), id);
      bytes.copy(page, at, start, start + local);
      if (local < length) {
        at += local;
        page.writeUInt32BE(spill(bytes, start + local, end), at);
      }
      page.writeUInt16BE(open.content, LEAF_HEADER + open.count * 2);
      open.count++;
      open.lastId = id;
    },
    read(id) {
      const at = firstAtLeast(leaves.lastIds, id);
      const leaf = at < leaves.pages.length ? file.read(leaves.pages[at]!) : complete();
      const cells = leaf.readUInt16BE(3);
      for (let low = 0, high = cells - 1; low <= high; ) {
        const middle = (low + high) >> 1;
        const cell = cellAt(leaf, middle);
        if (cell.id === id) return recordOf(file, leaf, cell);
        if (cell.id < id) low = middle + 1;
        else high = middle - 1;
      }
      throw new TypeError(`no row has the id ${id}`);
    },
    tail: () => (open.count === 0 ? undefined : Buffer.from(complete())),
    finish() {
      if (open.count > 0 && leaves.pages.length > 0) flush();
      return leaves.pages.length === 0 ? Buffer.from(complete()) : above(file, leaves);
    },
  };
}

/** How much of a record of this length stands on its leaf ("Database File Format", 1.6). */
export function localLength(length: number): number {
  if (length <= MOST_LOCAL) return length;
  const local = LEAST_LOCAL + ((length - LEAST_LOCAL) % OVERFLOW);
  return local <= MOST_LOCAL ? local : LEAST_LOCAL;
}

interface Cell {
  id: number;
  /** Bytes of the record. */
  length: number;
  /** Where it begins on the page. */
  at: number;
}

function cellAt(leaf: Buffer, index: number): Cell {
  const cell = varintReader(leaf, leaf.readUInt16BE(LEAF_HEADER + index * 2));
  const length = cell.next();
  const id = cell.next();
  return { id, length, at: cell.at() };
}

function recordOf(file: PageFile, leaf: Buffer, { length, at }: Cell): Buffer {
  const record = Buffer.alloc(length);
  const local = localLength(length);
  leaf.copy(record, 0, at, at + local);
  let page = local < length ? leaf.readUInt32BE(at + local) : 0;
  for (let done = local; done < length; done += OVERFLOW) {
    const bytes = file.read(page);
    bytes.copy(record, done, 4, 4 + Math.min(OVERFLOW, length - done));
    page = bytes.readUInt32BE(0);
  }
  return record;
}

/** Place of the first of ascending numbers that is not below `wanted`. */
export function firstAtLeast(numbers: ArrayLike<number>, wanted: number): number {
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Writes the pages that lead to these, level by level; returns the content of the topmost. */
function above(file: PageFile, below: Leaves): Buffer {
  const parents = Math.ceil(below.pages.length / MOST_CHILDREN);
  const level: Leaves = { pages: [], lastIds: [] };
  for (let i = 0; i < parents; i++) {
    // As many each as can be: none may have a single child.
    const from = Math.floor((below.pages.length * i) / parents);
    const to = Math.floor((below.pages.length * (i + 1)) / parents);
    const page = interior(below, from, to);
    if (parents === 1) return page;
    level.pages.push(file.append(page));
    level.lastIds.push(below.lastIds[to - 1]!);
  }
  return above(file, level);
}

function interior({ pages, lastIds }: Leaves, from: number, to: number): Buffer {
  const page = Buffer.alloc(PAGE);
  let content = PAGE;
  for (let i = from; i < to - 1; i++) {
    content -= 4 + varintLength(lastIds[i]!);
    page.writeUInt32BE(pages[i]!, content);
    putVarint(page, content + 4, lastIds[i]!);
    page.writeUInt16BE(content, INTERIOR_HEADER + (i - from) * 2);
  }
  page[0] = INTERIOR;
  page.writeUInt16BE(to - from - 1, 3);
  page.writeUInt16BE(content, 5);
  page.writeUInt32BE(pages[to - 1]!, 8);
  return page;
}
