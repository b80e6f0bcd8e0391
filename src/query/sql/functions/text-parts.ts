/** Functions that take text apart at a delimiter, or join texts with one. */

import { invalidArgument } from '../errors.js';
import { charactersOf } from '../text/code-points.js';
import { VARCHAR } from '../types.js';
import { keyOf, type MapValue, makeMap, type Value } from '../values.js';
import { type SqlFunction, scalar } from './registry.js';

const MOST_PARTS = 2_147_483_647n;

function split(text: string, delimiter: string, limit?: bigint): string[] {
  if (limit !== undefined) {
    if (limit <= 0n) invalidArgument('Limit must be positive');
    if (limit > MOST_PARTS) invalidArgument('Limit is too large');
  }
  if (delimiter === '') invalidArgument('The delimiter may not be the empty string');
  const parts = text.split(delimiter);
  const most = Number(limit ?? MOST_PARTS);
  return parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(delimiter)];
}

function splitPart(text: string, delimiter: string, index: bigint): string | null {
  if (index <= 0n) invalidArgument('Index must be greater than zero');
  if (delimiter === '') return charactersOf(text)[Number(index) - 1] ?? null;
  let start = 0;
  for (let i = 1n; i < index; i++) {
    const at = text.indexOf(delimiter, start);
    if (at < 0) return null;
    start = at + delimiter.length;
  }
  const end = text.indexOf(delimiter, start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
}

/** Key and value of each entry of a text: `a=1,b=2`. */
function entriesOf(
  text: string,
  entryDelimiter: string,
  valueDelimiter: string,
  quote: string,
): [string, string][] {
  if (entryDelimiter === '') invalidArgument('entryDelimiter is empty');
  if (valueDelimiter === '') invalidArgument('keyValueDelimiter is empty');
  if (entryDelimiter === valueDelimiter)
    invalidArgument('entryDelimiter and keyValueDelimiter must not be the same');
  if (text === '') return [];
  const parts = text.split(entryDelimiter);
  // A delimiter may stand after the last entry.
  if (parts.at(-1) === '') parts.pop();
  return parts.map(entry => {
    const [key, value, more] = entry.split(valueDelimiter, 3);
    if (value === undefined || more !== undefined)
      invalidArgument(
        `Key-value delimiter must appear exactly once in each entry. Bad input: ${quote}${entry}${quote}`,
      );
    return [key!, value];
  });
}

function splitToMap(text: string, entryDelimiter: string, valueDelimiter: string): MapValue {
  const map = new Map<string, readonly [Value, Value]>();
  for (const [key, value] of entriesOf(text, entryDelimiter, valueDelimiter, "'")) {
    const mapKey = keyOf(key, VARCHAR);
    if (map.has(mapKey)) invalidArgument(`Duplicate keys (${key}) are not allowed`);
    map.set(mapKey, [key, value]);
  }
  return map;
}

function splitToMultimap(text: string, entryDelimiter: string, valueDelimiter: string): MapValue {
  const lists = new Map<string, string[]>();
  for (const [key, value] of entriesOf(text, entryDelimiter, valueDelimiter, '')) {
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
  }
  return makeMap(lists, VARCHAR);
}

const join = (separator: string | null, texts: readonly (string | null)[] | null): string | null =>
  separator === null || texts === null ? null : texts.filter(text => text !== null).join(separator);

export const TEXT_PARTS: readonly SqlFunction[] = [
  scalar(
    'split(varchar, varchar) -> array(varchar)',
    'The parts of a text between a delimiter.',
    (text, delimiter) => split(text, delimiter),
  ),
  scalar(
    'split(varchar, varchar, bigint) -> array(varchar)',
    'At most as many parts of a text as said; the last holds the rest.',
    split,
  ),
  scalar(
    'split_part(varchar, varchar, bigint) -> varchar',
    'One of the parts of a text between a delimiter, counted from 1; null where there are fewer.',
    splitPart,
  ),
  scalar(
    'split_to_map(varchar, varchar, varchar) -> map(varchar, varchar)',
    'A map of a text such as `a=1,b=2`: the delimiter of entries comes first, that of key and value second.',
    splitToMap,
  ),
  scalar(
    'split_to_multimap(varchar, varchar, varchar) -> map(varchar, array(varchar))',
    'The same as `split_to_map`, with an array of all the values of a key.',
    splitToMultimap,
  ),
  scalar(
    'concat_ws(varchar, array(varchar)) -> varchar',
    'The elements that are not null, with a separator between them.',
    join,
    { takesNull: true },
  ),
  scalar(
    'concat_ws(varchar, varchar...) -> varchar',
    'The texts that are not null, with a separator between them.',
    (separator: string | null, ...texts: (string | null)[]) => join(separator, texts),
    { takesNull: true },
  ),
];
