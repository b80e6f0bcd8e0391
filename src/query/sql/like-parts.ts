/** The parts of a pattern of LIKE. */

import { invalidArgument } from './errors.js';

export type LikePart = '%' | '_' | { text: string };

/**
 * Text, `_` and `%` of a pattern, in order; neighbouring texts are one, and so are neighbouring `%`.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` on an escape that escapes nothing
 */
export function likeParts(pattern: string, by: string | undefined): LikePart[] {
  if (by !== undefined && Array.from(by).length > 1)
    invalidArgument('Escape string must be a single character');
  const parts: LikePart[] = [];
  const add = (char: string): void => {
    const last = parts.at(-1);
    if (typeof last === 'object') last.text += char;
    else parts.push({ text: char });
  };
  let isEscaped = false;
  for (const char of pattern) {
    if (isEscaped) {
      if (char !== '%' && char !== '_' && char !== by) break;
      add(char);
      isEscaped = false;
    } else if (by && char === by) isEscaped = true;
    else if (char === '%') {
      if (parts.at(-1) !== '%') parts.push('%');
    } else if (char === '_') parts.push('_');
    else add(char);
  }
  if (isEscaped)
    invalidArgument("Escape character must be followed by '%', '_' or the escape character itself");
  return parts;
}
