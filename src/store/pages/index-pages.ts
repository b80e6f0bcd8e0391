/**
 * The pages of an index, laid out as SQLite would after the entries were appended in order ("Database File Format",
 * 1.6): leaf pages full of entries, and above each pair of neighbours the entry that stands between them.
 */

import { putVarint, varintLength, varintReader } from './record.js';
import { PAGE, type PageFile } from './table-pages.js';

const LEAF = 0x0a;
const INTERIOR = 0x02;
const LEAF_HEAD = 8;
const INTERIOR_HEAD = 12;
/** Where an interior page has the page that follows its last entry. */
const LAST_CHILD = 8;
/** The longest entry that never needs an overflow page. */
export const MOST_LOCAL_ENTRY = Math.floor(((PAGE - 12) * 64) / 255) - 23;

export interface IndexPages {
  /** The page that entries go to. */
  leaf: DataView;
  /**
   * Makes room for the record of an entry, which follows those before.
   * @param length at most `MOST_LOCAL_ENTRY`
   * @returns where in `leaf` it is to be written before the next one
   */
  add(length: number): number;
  /** Writes what is left, and gives the content of the root. */
  finish(): Buffer;
}

/** A page that is being filled, from its end towards its head. */
interface Level {
  page: Buffer;
  /** Bytes of its head: those of a leaf have no last child. */
  head: number;
  count: number;
  content: number;
}

/** Long: its functions share the pages at hand. */
export function createIndexPages(file: PageFile): IndexPages {
  const leaf = newLevel(LEAF_HEAD);
  /** From the leaf up. */
  const levels = [leaf];

  function complete({ page, head, count, content }: Level): Buffer {
    page[0] = head === LEAF_HEAD ? LEAF : INTERIOR;
    page.writeUInt16BE(count, 3);
    page.writeUInt16BE(content, 5);
    return page;
  }

  /** Makes room for a cell, and for the pointer to it; returns where it is. */
  function room(depth: number, size: number): number {
    const level = levels[depth]!;
    if (level.head + (level.count + 1) * 2 + size > level.content) passOn(depth);
    level.content -= size;
    const pointer = level.head + level.count++ * 2;
    level.page[pointer] = level.content >> 8;
    level.page[pointer + 1] = level.content & 0xff;
    return level.content;
  }

  /** Writes a full page: its last entry goes to the page above, between it and the next. */
  function passOn(depth: number): void {
    const level = levels[depth]!;
    const { page, head } = level;
    // The last cell is the first in the page; above leaves, a child stands in front.
    const start = level.content + (depth === 0 ? 0 : 4);
    const cell = varintReader(page, start);
    const length = cell.next();
    const end = cell.at() + length;
    const entry = Buffer.from(page.subarray(start, end));
    if (depth > 0) page.copy(page, LAST_CHILD, level.content, level.content + 4);
    level.count--;
    page.fill(0, head + level.count * 2, head + level.count * 2 + 2);
    page.fill(0, level.content, end);
    level.content = end;
    const number = file.append(complete(level));
    page.fill(0);
    level.count = 0;
    level.content = PAGE;
    if (levels.length === depth + 1) levels.push(newLevel(INTERIOR_HEAD));
    const at = room(depth + 1, 4 + entry.length);
    entry.copy(levels[depth + 1]!.page, levels[depth + 1]!.page.writeUInt32BE(number, at));
  }

  return {
    leaf: new DataView(leaf.page.buffer, leaf.page.byteOffset),
    add: length => putVarint(leaf.page, room(0, varintLength(length) + length), length),
    finish() {
      let child = 0;
      for (const [depth, level] of levels.entries()) {
        if (depth > 0) level.page.writeUInt32BE(child, LAST_CHILD);
        if (depth < levels.length - 1) child = file.append(complete(level));
      }
      return complete(levels.at(-1)!);
    },
  };
}

const newLevel = (head: number): Level => ({ page: Buffer.alloc(PAGE), head, count: 0, content: PAGE });
