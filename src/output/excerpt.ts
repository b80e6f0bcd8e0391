/** A match in its surroundings, on one line. */

import { printable } from './escape.js';

/** The pieces of an excerpt, safe to print; an ellipsis stands where text was left out. */
export interface Excerpt {
  before: string;
  match: string;
  after: string;
}

/**
 * What fits into about `width` characters around `text[start, end)`, a little more of it behind the match than before:
 * names stand in front of their values.
 */
export function excerpt(text: string, start: number, end: number, width: number): Excerpt {
  const match = clip(text.slice(start, end), width);
  const room = Math.max(0, width - (end - start));
  const behind = Math.min(text.length - end, Math.floor(room / 2));
  const from = Math.max(0, start - (room - behind));
  const to = Math.min(text.length, end + Math.max(0, room - (start - from)));
  return {
    before: (from > 0 ? '…' : '') + printable(text.slice(from, start)),
    match,
    after: printable(text.slice(end, to)) + (to < text.length ? '…' : ''),
  };
}

/** Characters on each side of a match. */
const AROUND = 160;

/** What stands before and after `text[start, end)`, as it is. */
export const surroundings = (
  text: string,
  start: number,
  end: number,
): { before: string; after: string } => ({
  before: text.slice(Math.max(0, start - AROUND), start),
  after: text.slice(end, end + AROUND),
});

function clip(text: string, width: number): string {
  return text.length > width ? `${printable(text.slice(0, width))}…` : printable(text);
}
