/** The width of text on a terminal, and texts cut to one. */

import stringWidth from 'string-width';
import { printable } from './escape.js';

const PLAIN = /^[\u0020-\u007e]*$/;

/** Columns of a terminal that a printable text takes. It is costly for other than ASCII: cut the text first. */
export function displayWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** Which part of a text goes when it is too long. */
export type Cut = 'end' | 'middle';

/** Of the width that a text cut in its middle keeps, the share of its beginning: the end says more, of a key or an ARN. */
const HEAD = 1 / 4;

/**
 * So much of a text, whatever it is, that `width` columns can be cut from it: the rest is not looked at, be it megabytes.
 * What is left out is marked.
 */
export function clipped(text: string, width: number, cut: Cut): string {
  // A character on the screen can be several here: marks, surrogates.
  const most = width * 4 + 16;
  if (text.length <= most * 2) return printable(text);
  const start = printable(text.slice(0, most).replace(/[\ud800-\udbff]$/, ''));
  return cut === 'end'
    ? `${start}…`
    : `${start}…${printable(text.slice(-most).replace(/^[\udc00-\udfff]/, ''))}`;
}

/** A printable text that is not wider than `width`, an ellipsis in place of what is left out. */
export function cutTo(text: string, width: number, cut: Cut): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const head = cut === 'end' ? width - 1 : Math.floor((width - 1) * HEAD);
  if (PLAIN.test(text)) {
    const tail = width - 1 - head;
    return `${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`;
  }
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const start = taken(characters, head);
  if (cut === 'end') return `${start}…`;
  const end = taken(characters.reverse(), width - 1 - displayWidth(start), (all, one) => one + all);
  return `${start}…${end}`;
}

/** As many of the characters as fit. */
function taken(
  characters: readonly string[],
  width: number,
  join = (all: string, one: string): string => all + one,
): string {
  let all = '';
  let left = width;
  for (const one of characters) {
    left -= displayWidth(one);
    if (left < 0) return all;
    all = join(all, one);
  }
  return all;
}
