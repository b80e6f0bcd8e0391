/** A row of the list of events. */

import { Component } from 'preact';
import type { Row } from '../../../event-index.js';
import { addressOf, go, type Place } from '../place.js';
import { plainName } from './columns-names.js';
import { LogText } from './text.js';
import { Time } from './time.js';

/** Where the event of a row is shown, or its request; nowhere where its record has no id. */
export function eventPlace({ eventID, requestID, requestid = requestID }: Row): Place | undefined {
  if (typeof eventID === 'string') return { page: 'event', options: { eventId: [eventID] } };
  return typeof requestid === 'string' ? { page: 'event', options: { requestId: [requestid] } } : undefined;
}

interface RowProps {
  row: Row | undefined;
  index: number;
  columns: readonly string[];
  isActive: boolean;
  onActive(): void;
}

/** Drawn again only where what it shows is another: scrolling draws the rows that come. A class, which can say so. */
export class EventRow extends Component<RowProps> {
  override shouldComponentUpdate({ row, index, columns, isActive }: RowProps): boolean {
    const { props } = this;
    return (
      row !== props.row || index !== props.index || columns !== props.columns || isActive !== props.isActive
    );
  }

  override render(props: RowProps) {
    return drawn(props);
  }
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
