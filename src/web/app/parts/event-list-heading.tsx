/** The headings of the list of events: a click sorts, a handle sets the width. */

import { useRef } from 'preact/hooks';
import { plainName } from './columns-names.js';
import { NARROWEST, setWidth, WIDEST, widthOf } from './columns-widths.js';

/** Columns that hold lists, by which nothing can be sorted. */
const UNSORTED = new Set(['resources', 'resourcename', 'resourcetype']);

export interface Sorting {
  sort: string | undefined;
  order: string | undefined;
}

/** Pixels of a rem, as the browser is set. */
export const pxOfRem = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** The columns with their widths, and the row of headings. */
export function Head({
  columns,
  sorting,
  onSort,
}: {
  columns: readonly string[];
  sorting: Sorting;
  onSort(sorting: Sorting): void;
}) {
  return (
    <>
      <colgroup>
        {columns.map((name, i) => (
          // The last one takes the room that is left.
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
    </>
  );
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
