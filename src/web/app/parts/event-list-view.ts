/** Which rows of a list are in the page, and on which of them the keyboard is. */

import { signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Pager } from './event-list-pager.js';

/** Rows in the page beyond those that are seen. */
const BEYOND = 5;
/** Rows after which the page is made again. */
const STEP = 5;
/** Rows that are taken to be seen until it is known. */
const SEEN = 40;

export interface ListView {
  /** Rows that are in the page: the first, and the one after the last. */
  first: number;
  end: number;
  /** Rows of the list, as far as it is known. */
  count: number;
  /** The row that the keyboard is on. */
  active: number;
  setActive(index: number): void;
  /** Scrolls until a row is seen whole. */
  reveal(index: number): void;
  /** Takes note of where the box stands. */
  measure(): void;
}

/** @param height of a row, in pixels */
export function useListView(pager: Pager, box: { current: HTMLElement | null }, height: number): ListView {
  const view = useMemo(
    () => ({ first: signal(0), seen: signal(SEEN), active: signal(pager.active) }),
    [pager],
  );
  /** Where the box stands: to ask it would have the whole page laid out once more. */
  const stand = useRef({ scrollTop: 0, clientHeight: 0 });
  const look = (): void => {
    const { scrollTop, clientHeight } = stand.current;
    pager.scrollTop = scrollTop;
    view.first.value = Math.floor(scrollTop / height / STEP) * STEP;
    if (clientHeight > 0) view.seen.value = Math.ceil(clientHeight / height) + STEP;
    pager.show(view.first.value, view.first.value + view.seen.value);
  };
  const lookNow = useRef(look);
  lookNow.current = look;
  const measure = (): void => {
    const { scrollTop, clientHeight } = box.current!;
    stand.current = { scrollTop, clientHeight };
    lookNow.current();
  };
  // Before it is painted: whoever comes back sees the rows that were left.
  useLayoutEffect(() => {
    if (pager.scrollTop !== stand.current.scrollTop) {
      box.current!.scrollTop = pager.scrollTop;
      stand.current.scrollTop = pager.scrollTop;
    }
    look();
  }, [pager]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  // Pages that arrive make the list longer.
  pager.arrived.value;
  const count = pager.count();
  return {
    first: Math.max(0, view.first.value - BEYOND),
    end: Math.min(count, view.first.value + view.seen.value + BEYOND),
    count,
    active: Math.min(view.active.value, Math.max(0, count - 1)),
    setActive(index) {
      view.active.value = index;
      pager.active = index;
    },
    reveal(index) {
      const element = box.current!;
      const top = index * height;
      const bottom = top + height + element.querySelector('thead')!.clientHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight)
        element.scrollTop = bottom - element.clientHeight;
      measure();
    },
    measure,
  };
}
