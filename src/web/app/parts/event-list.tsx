/** The list of events: as many rows as somebody scrolls through, of which those that are seen are in the page. */

import { useRef } from 'preact/hooks';
import { go } from '../place.js';
import { widthOf } from './columns-widths.js';
import './event-list.css';
import { Head, pxOfRem, type Sorting } from './event-list-heading.js';
import type { Pager } from './event-list-pager.js';
import { EventRow, eventPlace } from './event-list-row.js';
import { useListView } from './event-list-view.js';
import { ErrorNote, useStale } from './notes.js';

/** In rem. */
const ROW_HEIGHT = 1.75;

/** What moves the row that the keyboard is on. */
export interface ListKeys {
  move(by: number): void;
  open(): void;
}

export function EventList({
  pager,
  columns,
  sorting,
  onSort,
  total,
  isStale,
  keys,
}: {
  pager: Pager;
  /** Names of the columns, as the rows have them. */
  columns: readonly string[];
  sorting: Sorting;
  onSort(sorting: Sorting): void;
  /** Number of all events; undefined while it is not known. */
  total: number | undefined;
  /** Whether these are the rows of an earlier question. */
  isStale: boolean;
  /** Filled with what the keys of the page do here. */
  keys: { current: ListKeys | undefined };
}) {
  const box = useRef<HTMLElement>(null);
  const height = pxOfRem() * ROW_HEIGHT;
  const { first, end, count, active, setActive, reveal, measure } = useListView(pager, box, height);
  keys.current = {
    move(by) {
      if (count === 0) return;
      // The first key comes to the row that is marked.
      const isThere = box.current!.querySelector(':focus')?.closest('tr[aria-rowindex]');
      const to = isThere ? Math.min(Math.max(0, active + by), count - 1) : active;
      setActive(to);
      reveal(to);
      focusRow(box.current!, to);
    },
    open() {
      const row = pager.rowAt(active);
      const place = row && eventPlace(row);
      if (place) go(place);
    },
  };
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  const sum = columns.reduce((rem, name) => rem + widthOf(name), 0);
  return (
    <>
      <ErrorNote error={pager.error.value} />
      <section
        ref={box}
        {...useStale(isStale, 'event-list')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
        tabIndex={0}
        aria-label="Events"
        onScroll={measure}
      >
        <table
          style={{ width: `max(100%, ${sum}rem)` }}
          aria-label="Events"
          aria-rowcount={total === undefined ? -1 : total + 1}
        >
          <Head {...{ columns, sorting, onSort }} />
          <tbody>
            <Space height={first * height} />
            {indexes.map(index => (
              <EventRow
                key={index}
                row={pager.rowAt(index)}
                {...{ index, columns }}
                isActive={index === active}
                onActive={() => setActive(index)}
              />
            ))}
            <Space height={(count - end) * height} />
          </tbody>
        </table>
      </section>
    </>
  );
}

/** Room for the rows that are not in the page. */
const Space = ({ height }: { height: number }) =>
  height > 0 ? <tr class="space" style={{ height: `${height}px` }} /> : null;

/** Focuses the link of a row, as soon as it is in the page. */
function focusRow(box: HTMLElement, index: number): void {
  requestAnimationFrame(() => {
    box.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"] a`)?.focus({ preventScroll: true });
  });
}
