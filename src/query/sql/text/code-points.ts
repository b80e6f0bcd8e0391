/** Text by code points, as Trino counts: JavaScript counts units, two for what lies beyond the first plane. */

const SURROGATE = /[\ud800-\udfff]/;

/** Whether every character is one unit; for text of Latin letters alone this looks at none of them. */
export const isFlat = (text: string): boolean => !SURROGATE.test(text);

const isPair = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
};

/** Number of code points. */
export function lengthOf(text: string): number {
  if (isFlat(text)) return text.length;
  return countTo(text, text.length);
}

/** Number of code points before the unit `end`. */
export function countTo(text: string, end: number): number {
  if (isFlat(text)) return Math.min(end, text.length);
  let count = 0;
  for (let at = 0; at < end && at < text.length; at += isPair(text, at) ? 2 : 1) count++;
  return count;
}

/** The unit where the code point `index` starts, counted from 0; -1 beyond the end. */
export function offsetOf(text: string, index: number): number {
  if (isFlat(text)) return index <= text.length ? index : -1;
  let at = 0;
  for (let count = 0; count < index; count++) {
    if (at >= text.length) return -1;
    at += isPair(text, at) ? 2 : 1;
  }
  return at;
}

/** The code points from `start` to `end`, counted from 0, the last not among them. */
export function sliceOf(text: string, start: number, end = Number.POSITIVE_INFINITY): string {
  if (isFlat(text)) return text.slice(start, end);
  const from = offsetOf(text, start);
  if (from < 0) return '';
  const rest = text.slice(from);
  const to = Number.isFinite(end) ? offsetOf(rest, Math.max(end - start, 0)) : -1;
  return to < 0 ? rest : rest.slice(0, to);
}

/** The characters, one code point each. */
export const charactersOf = (text: string): string[] => (isFlat(text) ? text.split('') : [...text]);
