/** Values with the wildcards * and ?, as conditions in both dialects. */

import { literal, type Sql } from './sql-text.js';

type PatternForm =
  | { exact: string }
  | { prefix: string }
  | { parts: Array<string | '*' | '?'>; wild: boolean[] };

/**
 * Takes a pattern apart: literal text and wildcards, with backslash for a literal wildcard.
 * @param isPath true where a text that ends in / stands for everything below it
 */
function patternForm(value: string, isPath: boolean): PatternForm {
  const parts: string[] = [];
  const wild: boolean[] = [];
  for (const [token] of value.matchAll(/\\[*?\\]|[*?]|[^*?\\]+|\\/g)) {
    wild.push(token === '*' || token === '?');
    parts.push(token.length === 2 && token[0] === '\\' ? token[1]! : token);
  }
  if (!wild.includes(true)) {
    const text = parts.join('');
    return isPath && text.endsWith('/') ? { prefix: text } : { exact: text };
  }
  return { parts, wild };
}

/** A pattern that only this text matches. */
export const escaped = (text: string): string => text.replaceAll(/[\\*?]/g, '\\$&');

/** @param isPath true where a text that ends in / stands for everything below it */
export function patternSqlite(column: string, value: string, isPath: boolean): Sql {
  const form = patternForm(value, isPath);
  if ('exact' in form) return { text: `${column} = ?`, params: [form.exact] };
  const plain = (text: string): string => text.replaceAll(/[[*?]/g, '[$&]');
  const pattern =
    'prefix' in form
      ? `${plain(form.prefix)}*`
      : form.parts.map((part, i) => (form.wild[i] ? part : plain(part))).join('');
  return { text: `${visible(column)} GLOB ?`, params: [pattern] };
}

/** GLOB sees nothing behind a NUL, and `replace` takes one for no text: in JSON it is `\\u0000`. */
const visible = (column: string): string =>
  `CASE WHEN instr(${column}, char(0)) = 0 THEN ${column}
    ELSE json_extract('[' || replace(json_quote(${column}), '\\u0000', '\\u0001') || ']', '$[0]') END`;

export function patternAthena(column: string, value: string, isPath: boolean): string {
  const form = patternForm(value, isPath);
  if ('exact' in form) return `${column} = ${literal(form.exact)}`;
  const plain = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
  const pattern =
    'prefix' in form
      ? `${plain(form.prefix)}%`
      : form.parts.map((part, i) => (form.wild[i] ? (part === '*' ? '%' : '_') : plain(part))).join('');
  return `${column} LIKE ${literal(pattern)} ESCAPE '\\'`;
}

/** The longest text that every match of a pattern contains. */
export function longestPart(value: string): string {
  const form = patternForm(value, false);
  if ('exact' in form) return form.exact;
  if ('prefix' in form) return form.prefix;
  const literals = form.parts.filter((_, i) => !form.wild[i]);
  return literals.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}
