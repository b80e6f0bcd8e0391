/** Pages of the index in the memory of the WebAssembly that reads rows, the next ones read ahead. */

import { PAGE } from '../pages/table-pages.js';
import type { FilePages } from './file-pages.js';
import { READ_AHEAD, SLOT_COUNT, SLOTS } from './row-memory.js';

export interface PageSlots {
  /**
   * The slot of a page, which is read where it is in none.
   * @param needed a slot that must stay what it is; -1 for none
   * @param together pages that are to be read together; default more and more where they follow on
   * @returns -1 where only SQLite knows what is in the page
   */
  of(page: number, needed: number, together?: number): number;
  /** Whether a page is still in a slot. */
  holds(slot: number, page: number): boolean;
  /** Forgets all: what is in the index, or whose memory it is, has changed. */
  forget(): void;
}

/** Where in memory the page of a slot is. */
export const placeOf = (slot: number): number => SLOTS + slot * PAGE;

/** @param bytes of the memory, which are others when it has grown */
export function createPageSlots(pages: FilePages, bytes: () => Buffer): PageSlots {
  const slots = new Map<number, number>();
  const held = new Float64Array(SLOT_COUNT);
  /** The slot that is filled next, and the page read last. */
  let next = 0;
  let lastRead = 0;
  /** Pages to be read together: more where they follow on; those of two tables lie between one another. */
  let ahead = 1;

  return {
    of(page, needed, together) {
      const known = slots.get(page);
      if (known !== undefined || page < 1) return known ?? -1;
      const distance = page - lastRead;
      if (Math.abs(distance) >= READ_AHEAD) ahead = 1;
      else if (distance > 0) ahead = Math.min(ahead * 2, READ_AHEAD);
      if (needed >= next && needed < next + READ_AHEAD) next = (needed + 1) % SLOT_COUNT;
      const count = Math.min(together ?? ahead, SLOT_COUNT - next);
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
      lastRead = page + there - 1;
      return there > 0 ? first : -1;
    },
    holds: (slot, page) => held[slot] === page,
    forget() {
      slots.clear();
      held.fill(0);
    },
  };
}
