/** LIKE in SQL that SQLite answers without a function of ours, through an index where the pattern begins with text. */

import { likeParts } from '../text/like.js';
import { VARCHAR } from '../types.js';
import { valueSql } from './literal.js';

const text = (value: string): string => valueSql(value, VARCHAR);

/**
 * SQL that says whether `value` is like `pattern`; SQLite's own LIKE folds case.
 * @param value SQL of a text, which may stand in it more than once
 * @param isPlain whether the text holds no NUL, at which SQLite's GLOB ends
 * @returns undefined where SQLite cannot say it
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT` on an escape that escapes nothing
 */
export function likeSql(
  value: string,
  pattern: string,
  by: string | undefined,
  isPlain: boolean,
): string | undefined {
  const parts = likeParts(pattern, by);
  const [first, second, third] = parts;
  if (parts.length === 0) return `(${value} = '')`;
  if (parts.length === 1) {
    if (first === '%') return `(${value} IS NOT NULL OR NULL)`;
    if (typeof first === 'object') return `(${value} = ${text(first.text)})`;
  }
  if (parts.length === 2 && typeof first === 'object' && second === '%')
    return startsWith(value, first.text, isPlain);
  if (parts.length === 3 && first === '%' && typeof second === 'object' && third === '%')
    return `(instr(${value}, ${text(second.text)}) > 0)`;
  if (!isPlain) return undefined;
  const glob = parts.map(part => (part === '%' ? '*' : part === '_' ? '?' : globText(part.text))).join('');
  return `(${value} GLOB ${text(glob)})`;
}

/** As a range, which an index answers. */
function startsWith(value: string, prefix: string, isPlain: boolean): string | undefined {
  const points = Array.from(prefix, char => char.codePointAt(0)!);
  while (points.length > 0 && points.at(-1) === 0x10ffff) points.pop();
  if (points.length === 0) return isPlain ? `(${value} GLOB ${text(`${globText(prefix)}*`)})` : undefined;
  const last = points.pop()! + 1;
  const next = String.fromCodePoint(...points, last >= 0xd800 && last <= 0xdfff ? 0xe000 : last);
  return `(${value} >= ${text(prefix)} AND ${value} < ${text(next)})`;
}

/** A text as a pattern of GLOB that matches it alone. */
export const globText = (part: string): string => part.replaceAll(/[*?[]/g, '[$&]');
