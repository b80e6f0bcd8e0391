/** Values as JSON, piece by piece: all of a long answer could be longer than a string can be. */

import { printableJson } from './escape.js';

/** What is nested deeper than this comes in one piece. */
const DEEPEST = 3;

/** What `JSON.stringify(value, null, indent)` gives, with nothing in it that a terminal obeys. */
export function* jsonPieces(value: unknown, indent: number, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) {
    const text = JSON.stringify(value, null, indent) ?? 'null';
    yield printableJson(text.replaceAll('\n', `\n${' '.repeat(indent * depth)}`));
    return;
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lineBreak = (by: number): string => (indent > 0 ? `\n${' '.repeat(indent * by)}` : '');
  const members = Array.isArray(value)
    ? value.map(item => ['', item] as const)
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([name, item]) => [`${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}`, item] as const);
  let separator = open;
  for (const [name, item] of members) {
    yield separator + lineBreak(depth + 1) + printableJson(name);
    yield* jsonPieces(item, indent, depth + 1);
    separator = ',';
  }
  yield separator === open ? `${open}${close}` : lineBreak(depth) + close;
}
