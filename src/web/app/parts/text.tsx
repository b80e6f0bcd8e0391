/** Text from logs: what would hide or reorder text is shown by its code. */

import { inParts, printable } from '../../../output/escape.js';

/** A value of a log, isolated from the text around it. */
export function LogText({ value, most = 2000 }: { value: unknown; most?: number }) {
  if (value === null || value === undefined) return <span class="absent">–</span>;
  const text = typeof value === 'string' ? value : String(value);
  const shown = text.length > most ? text.slice(0, most) : text;
  return (
    <bdi class="log">
      {inParts(shown).map((part, i) =>
        part.isSafe ? part.text : <mark key={i}>{printable(part.text)}</mark>,
      )}
      {shown !== text && <span class="cut">… {text.length.toLocaleString('en-US')} characters</span>}
    </bdi>
  );
}
