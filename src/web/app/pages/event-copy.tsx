/** Buttons that copy an event: its record, the command that shows it, the statement that finds it in Athena. */

import { printableJson } from '../../../output/escape.js';
import type { ShownEvent } from '../../../query/show.js';
import { jsonLines, jsonText } from '../parts/json-lines.js';
import { Copy } from '../parts/notes.js';
import { type EventRow, textOf } from '../parts/summary.js';
import { athenaStatement } from './event-statement.js';

export function CopyAs({
  event,
  row,
  command,
}: {
  event: ShownEvent;
  row: EventRow | undefined;
  command: string | undefined;
}) {
  const eventId = row && textOf(row, 'eventID');
  const day = row && textOf(row, 'timestamp');
  return (
    <span class="copy-as">
      <span>Copy as</span>
      <Copy label="JSON" what="as JSON" text={() => printableJson(jsonText(jsonLines(event.record)))} />
      {command !== undefined && <Copy label="command" what="as command" text={() => command} />}
      {eventId !== undefined && (
        <Copy
          label="Athena statement"
          what="as Athena statement"
          text={() => athenaStatement(eventId, day)}
        />
      )}
    </span>
  );
}
