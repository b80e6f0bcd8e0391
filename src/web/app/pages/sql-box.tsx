/** The box for a statement, with the place of its error marked in it. */

import type { Position } from '../../../query/sql/errors.js';
import { LogText } from '../parts/text.js';
import './sql.css';

/** Where a place is in a text, in UTF-16 units, and where the word there ends. */
export function spanAt(text: string, { line, column }: Position): { start: number; end: number } {
  let start = 0;
  for (let i = 1; i < line; i++) start = text.indexOf('\n', start) + 1;
  start = Math.min(start + column - 1, text.length);
  const [word = ''] = /^(?:\w+|\S)/.exec(text.slice(start)) ?? [];
  return { start, end: start + Math.max(1, word.length) };
}

export function SqlBox({
  value,
  error,
  onInput,
}: {
  value: string;
  /** Where the error is; undefined where there is none in what the box holds. */
  error: Position | undefined;
  onInput: (text: string) => void;
}) {
  const span = error && spanAt(value, error);
  return (
    <div class="sql-box">
      <pre aria-hidden="true">
        {span ? (
          <>
            {value.slice(0, span.start)}
            <mark>{value.slice(span.start, span.end) || ' '}</mark>
            {value.slice(span.end)}
          </>
        ) : (
          value
        )}
        {'\n'}
      </pre>
      <textarea
        id="statement"
        name="statement"
        value={value}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={error !== undefined}
        aria-describedby={error ? 'sql-error' : undefined}
        onInput={event => onInput(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.currentTarget.form!.requestSubmit();
        }}
      />
    </div>
  );
}

/** Characters of a line before the place, and of all that is shown of it. */
const BEFORE = 60;
const SHOWN = 120;

/** The line in which an error is, and a caret below its place. */
export function ErrorPlace({ statement, position }: { statement: string; position: Position }) {
  const line = statement.split('\n')[position.line - 1] ?? '';
  const start = Math.max(0, position.column - BEFORE);
  const shown = line.slice(start, start + SHOWN).replaceAll('\t', ' ');
  return (
    <pre class="sql-place" id="sql-error">
      <LogText value={shown} />
      {`\n${' '.repeat(Math.max(0, position.column - 1 - start))}`}
      <span class="caret">^</span>
      {` line ${position.line.toLocaleString('en-US')}, column ${position.column.toLocaleString('en-US')}`}
    </pre>
  );
}
