/** Buttons that copy an event: its record, the command that shows it, the statement that finds it in Athena. */

import { useEffect, useState } from 'preact/hooks';
import { printableJson } from '../../../output/escape.js';
import type { ShownEvent } from '../../../query/show.js';
import { jsonLines, jsonText } from '../parts/json-lines.js';
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
      <CopyButton title="JSON" text={() => printableJson(jsonText(jsonLines(event.record)))} />
      {command !== undefined && <CopyButton title="command" text={() => command} />}
      {eventId !== undefined && (
        <CopyButton title="Athena statement" text={() => athenaStatement(eventId, day)} />
      )}
    </span>
  );
}

function CopyButton({ title, text }: { title: string; text: () => string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <button
      type="button"
      class="small"
      aria-label={`Copy as ${title}`}
      onClick={() => void navigator.clipboard.writeText(text()).then(() => setDone(true))}
    >
      {isDone ? 'copied' : title}
    </button>
  );
}
