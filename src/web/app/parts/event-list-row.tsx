/** A row of the list of events. */

import { useMemo } from 'preact/hooks';
import type { Row } from '../../../event-index.js';
import { addressOf, go, type Place } from '../place.js';
import { plainName } from './columns-names.js';
import { LogText } from './text.js';
import { Time } from './time.js';

/** Where the event of a row is shown; nowhere where its record has no eventID. */
export const eventPlace = ({ eventID }: Row): Place | undefined =>
  typeof eventID === 'string' ? { page: 'event', options: { eventId: [eventID] } } : undefined;

interface RowProps {
  row: Row | undefined;
  index: number;
  columns: readonly string[];
  isActive: boolean;
  onActive(): void;
}

/** The same element while nothing of it changes: scrolling draws only the rows that come. */
export function EventRow(props: RowProps) {
  const { row, index, columns, isActive } = props;
  return useMemo(() => drawn(props), [row, index, columns, isActive]);
}

function drawn({ row, index, columns, isActive, onActive }: RowProps) {
  if (!row)
    return (
      <tr aria-rowindex={index + 2}>
        <td colSpan={columns.length} class="absent">
          …
        </td>
      </tr>
    );
  const place = eventPlace(row);
  const open = (event: MouseEvent): void => {
    // A link does it by itself, and whoever marks text wants to copy it.
    if ((event.target as Element).closest('a') || !getSelection()?.isCollapsed) return;
    if (place) go(place);
  };
  return (
    <tr aria-rowindex={index + 2} class={isActive ? 'active' : undefined} onClick={open}>
      {columns.map((name, i) => (
        <td key={name}>
          {i === 0 && place ? (
            <a href={addressOf(place)} tabIndex={isActive ? 0 : -1} onFocus={onActive}>
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
