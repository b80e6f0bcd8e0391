/** Pages of the index in the memory of the WebAssembly that reads rows, the next ones read ahead. */

import { PAGE } from '../pages/table-pages.js';
import type { FilePages } from './file-pages.js';
import { READ_AHEAD, SLOT_COUNT, SLOTS } from './row-memory.js';
import type { LeafFinder } from './table-leaves.js';

export interface PageSlots {
  /**
   * The slot of the leaf page that was found last, which is read where it is in none.
   * @param until an id up to which rows of the table will be asked for
   * @param needed a slot that must stay what it is; -1 for none
   * @returns -1 where only SQLite knows what is in the page
   */
  of(found: LeafFinder, until: number, needed: number): number;
  /** Whether a page is still in a slot. */
  holds(slot: number, page: number): boolean;
  /** Forgets all: what is in the index, or whose memory it is, has changed. */
  forget(): void;
}

/** Pages of one table that are worth reading without those between them and the next. */
const LONG_RUN = 8;

/** Where in memory the page of a slot is. */
export const placeOf = (slot: number): number => SLOTS + slot * PAGE;

/** @param bytes of the memory, which are others when it has grown */
export function createPageSlots(pages: FilePages, bytes: () => Buffer): PageSlots {
  const slots = new Map<number, number>();
  const held = new Float64Array(SLOT_COUNT);
  /** The slot that is filled next. */
  let next = 0;

  /** Pages to be read together: those that are asked for, and more and more where a table is read page by page. */
  function togetherFrom(found: LeafFinder, until: number, step: number): number {
    const { stream } = found;
    stream.ahead = step === 1 ? Math.min(stream.ahead * 2, READ_AHEAD) : 1;
    const wanted = found.run(until);
    if (stream.ahead <= wanted) return wanted;
    const run = found.run(Number.POSITIVE_INFINITY);
    // Where pages of two tables lie between one another, those of the other will be asked for, too.
    return run < LONG_RUN ? stream.ahead : Math.min(stream.ahead, run);
  }

  return {
    of(found, until, needed) {
      const page = found.page();
      const step = found.ordinal() - found.stream.last;
      found.stream.last = found.ordinal();
      const known = slots.get(page);
      if (known !== undefined || page < 1) return known ?? -1;
      if (needed >= next && needed < next + READ_AHEAD) next = (needed + 1) % SLOT_COUNT;
      const count = Math.min(togetherFrom(found, until, step), SLOT_COUNT - next);
      const first = next;
      // What is read only in part is in no slot any longer.
      for (let i = 0; i < count; i++) {
        if (slots.get(held[first + i]!) === first + i) slots.delete(held[first + i]!);
        held[first + i] = 0;
      }
      const there = pages.read(page, count, bytes(), placeOf(first));
      for (let i = 0; i < there; i++) {
        held[first + i] = page + i;
        slots.set(page + i, first + i);
      }
      next = (first + there) % SLOT_COUNT;
      return there > 0 ? first : -1;
    },
    holds: (slot, page) => held[slot] === page,
    forget() {
      slots.clear();
      held.fill(0);
    },
  };
}
