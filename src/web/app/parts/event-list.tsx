/** The list of events: as many rows as somebody scrolls through, of which those that are seen are in the page. */

import { signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Row } from '../../../event-index.js';
import { addressOf, go, type Place, placeOf } from '../place.js';
import { NARROWEST, plainName, setWidth, WIDEST, widthOf } from './columns.js';
import './event-list.css';
import type { Pager } from './event-list-pager.js';
import { ErrorNote } from './notes.js';
import { LogText } from './text.js';
import { Time } from './time.js';

/** Height of a row in rem, and how many are in the page beyond those that are seen. */
const ROW_HEIGHT = 1.75;
const BEYOND = 20;
/** Rows after which the page is made again. */
const STEP = 10;

/** Columns that hold lists, by which nothing can be sorted. */
const UNSORTED = new Set(['resources', 'resourcename', 'resourcetype']);

export interface Sorting {
  sort: string | undefined;
  order: string | undefined;
}

/** Where the event of a row is shown. */
const eventPlace = (row: Row): Place => ({ page: 'event', options: { eventId: [String(row.eventID)] } });

const pxOfRem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

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
  const view = useMemo(() => ({ first: signal(0), seen: signal(40), active: signal(pager.active) }), [pager]);
  const height = pxOfRem() * ROW_HEIGHT;
  /** Where the box stands: to ask it would have the whole page laid out once more. */
  const stand = useRef({ scrollTop: 0, clientHeight: 0 });
  const look = (): void => {
    const { scrollTop, clientHeight } = stand.current;
    pager.scrollTop = scrollTop;
    view.first.value = Math.floor(scrollTop / height / STEP) * STEP;
    if (clientHeight > 0) view.seen.value = Math.ceil(clientHeight / height) + STEP;
    pager.show(view.first.value, view.first.value + view.seen.value);
  };
  const measure = (): void => {
    const { scrollTop, clientHeight } = box.current!;
    stand.current = { scrollTop, clientHeight };
    lookNow.current();
  };
  const lookNow = useRef(look);
  lookNow.current = look;
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
  const active = Math.min(view.active.value, Math.max(0, count - 1));

  keys.current = {
    move(by) {
      const next = Math.min(Math.max(0, active + by), count - 1);
      if (next < 0) return;
      const isOn = box.current!.querySelector(':focus')?.closest('tr[aria-rowindex]');
      const to = isOn || by === 0 ? next : active;
      view.active.value = to;
      pager.active = to;
      showRow(box.current!, to, height);
      measure();
      focusRow(box.current!, to);
    },
    open() {
      const row = pager.rowAt(active);
      if (row) go(eventPlace(row));
    },
  };

  const first = Math.max(0, view.first.value - BEYOND);
  const last = Math.min(count, view.first.value + view.seen.value + BEYOND);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const sum = columns.reduce((rem, name) => rem + widthOf(name), 0);
  return (
    <>
      <ErrorNote error={pager.error.value} />
      <section
        ref={box}
        class={isStale ? 'event-list stale' : 'event-list'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the keys
        tabIndex={0}
        aria-label="Events"
        aria-busy={isStale}
        onScroll={measure}
      >
        <table
          style={{ width: `max(100%, ${sum}rem)` }}
          aria-label="Events"
          aria-rowcount={total === undefined ? -1 : total + 1}
        >
          <colgroup>
            {columns.map((name, i) => (
              <col key={name} style={{ width: i === columns.length - 1 ? 'auto' : `${widthOf(name)}rem` }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(name => (
                <Heading key={name} {...{ name, sorting, onSort }} />
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={first * height} />
            {places.map(index => (
              <EventRow
                key={index}
                row={pager.rowAt(index)}
                {...{ index, columns }}
                isActive={index === active}
                onActive={() => {
                  view.active.value = index;
                  pager.active = index;
                }}
              />
            ))}
            <Space height={(count - last) * height} />
          </tbody>
        </table>
      </section>
    </>
  );
}

/** Room for the rows that are not in the page. */
const Space = ({ height }: { height: number }) =>
  height > 0 ? <tr class="space" style={{ height: `${height}px` }} /> : null;

/** Scrolls until a row is seen whole. */
function showRow(box: HTMLElement, index: number, height: number): void {
  const head = box.querySelector('thead')!.clientHeight;
  const top = index * height;
  if (top < box.scrollTop) box.scrollTop = top;
  const bottom = top + height + head;
  if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
}

/** Focuses the link of a row, as soon as it is in the page. */
function focusRow(box: HTMLElement, index: number): void {
  requestAnimationFrame(() => {
    box.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"] a`)?.focus({ preventScroll: true });
  });
}

function EventRow({
  row,
  index,
  columns,
  isActive,
  onActive,
}: {
  row: Row | undefined;
  index: number;
  columns: readonly string[];
  isActive: boolean;
  onActive(): void;
}) {
  if (!row)
    return (
      <tr aria-rowindex={index + 2}>
        <td colSpan={columns.length} class="absent">
          …
        </td>
      </tr>
    );
  const href = addressOf(eventPlace(row));
  const open = (event: MouseEvent): void => {
    // A link does it by itself, and whoever marks text wants to copy it.
    if ((event.target as Element).closest('a') || !getSelection()?.isCollapsed) return;
    go(placeOf(href));
  };
  return (
    <tr aria-rowindex={index + 2} class={isActive ? 'active' : undefined} onClick={open}>
      {columns.map((name, i) => (
        <td key={name}>
          {i === 0 ? (
            <a href={href} tabIndex={isActive ? 0 : -1} onFocus={onActive}>
              <Cell name={name} value={row[name]} />
            </a>
          ) : (
            <Cell name={name} value={row[name]} />
          )}
        </td>
      ))}
    </tr>
  );
}

function Cell({ name, value }: { name: string; value: unknown }) {
  if (plainName(name) === 'eventtime') return <Time value={value} />;
  return <LogText value={value} most={300} />;
}

/** What a click on a heading asks for: by a column up, then down, then by time again; by time newest or oldest first. */
function nextSorting(name: string, { sort, order }: Sorting): Sorting {
  if (plainName(name) === 'eventtime')
    return { sort: undefined, order: sort === undefined && order !== 'oldest' ? 'oldest' : undefined };
  const direction = directionOf(name, { sort, order });
  if (direction === 'ascending') return { sort: `${name}:desc`, order };
  return { sort: direction === 'descending' ? undefined : name, order };
}

function directionOf(name: string, { sort, order }: Sorting): 'ascending' | 'descending' | undefined {
  if (sort === undefined) {
    if (plainName(name) !== 'eventtime') return undefined;
    return order === 'oldest' ? 'ascending' : 'descending';
  }
  const [, column = sort, direction] = /^(.*):(asc|desc)$/i.exec(sort) ?? [];
  if (plainName(column) !== plainName(name)) return undefined;
  return direction?.toLowerCase() === 'desc' ? 'descending' : 'ascending';
}

function Heading({
  name,
  sorting,
  onSort,
}: {
  name: string;
  sorting: Sorting;
  onSort(sorting: Sorting): void;
}) {
  const direction = directionOf(name, sorting);
  const drag = useRef<{ x: number; width: number }>();
  return (
    <th scope="col" aria-sort={direction}>
      <div class="heading">
        {UNSORTED.has(plainName(name)) ? (
          <span class="title">{name}</span>
        ) : (
          <button type="button" class="title" onClick={() => onSort(nextSorting(name, sorting))}>
            {name}
            <span aria-hidden="true">
              {direction === 'ascending' ? ' ↑' : direction === 'descending' ? ' ↓' : ''}
            </span>
          </button>
        )}
        <button
          type="button"
          class="resize"
          aria-label={`Width of ${name}, ${widthOf(name)}`}
          title="drag, or use the left and right arrow keys"
          onPointerDown={event => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { x: event.clientX, width: widthOf(name) };
          }}
          onPointerMove={event => {
            if (!drag.current) return;
            setWidth(name, drag.current.width + (event.clientX - drag.current.x) / pxOfRem());
          }}
          onPointerUp={() => {
            drag.current = undefined;
          }}
          onKeyDown={event => {
            const by = { ArrowLeft: -1, ArrowRight: 1, Home: NARROWEST - WIDEST, End: WIDEST }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            setWidth(name, widthOf(name) + by);
          }}
        />
      </div>
    </th>
  );
}
