/** Cells of CSV that no spreadsheet takes for a formula. */

import { type Cell, cellText } from './cell.js';

/**
 * Where a spreadsheet may begin a cell: at the beginning, and inside a field after a line break, a tab or a semicolon,
 * as Excel splits lines at semicolons where the comma is the decimal sign, and pasted text at tabs. Quotes keep a field
 * together only for a program that splits at commas.
 */
const BORDER = '\\n\\r\\v\\f\\u0085\\u2028\\u2029;\\t';
/** What a spreadsheet may pass over: blanks, control, format and combining characters, quotes. */
const PASSED_OVER = `(?![${BORDER}])[\\p{C}\\p{Z}\\p{M}"\\u115f\\u1160\\u3164\\uffa0\\u2800]`;
/** What begins a formula, in the widths that spreadsheets take for the same (OWASP, "CSV Injection"). */
const SIGN = '[=+\\-@＝＋－＠﹦﹢﹣﹫]';
// Two expressions, because one that looks behind each character takes ten times as long.
const AT_START = new RegExp(`^(?:${PASSED_OVER})*${SIGN}`, 'u');
const INSIDE = new RegExp(`[${BORDER}](?:${PASSED_OVER})*(?=${SIGN})`, 'gu');

/** The text with an apostrophe in front of all that could begin a formula. */
export function guarded(text: string): string {
  const safe = text.replaceAll(INSIDE, found => `${found[0]}'${found.slice(1)}`);
  // A tab or a line break at the beginning is on OWASP's list by itself.
  return AT_START.test(text) || /^[\t\r\n]/.test(text) ? `'${safe}` : safe;
}

/** A cell for CSV: numbers are what they are, anything else is guarded. */
export function csvCell(cell: Cell): string {
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : guarded(cellText(cell));
}

/**
 * Options of csv-stringify: RFC 4180. With a record delimiter of its own it would leave a lone CR or LF unquoted; a
 * semicolon or a tab in quotes is no separator to a program that respects quotes.
 */
export const CSV = { record_delimiter: 'windows', quoted_match: [/[\r\n;\t]/] as RegExp[] } as const;
