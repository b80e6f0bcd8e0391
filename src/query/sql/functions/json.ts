/** Functions of JSON that are Trino's own; those of SQL's standard are in sql-json.ts. */

import { invalidArgument } from '../errors.js';
import {
  END,
  findElement,
  firstElement,
  isOpen,
  nextElement,
  skipScalar,
  skipSpace,
  skipValue,
  stringAt,
} from '../json/scan.js';
import { type JsonNode, parseFirst, parseJson, writeJson } from '../json/tree.js';
import { isWholeText, LONGEST_BIGINT, shortened } from '../json/write.js';
import { countElements, extractJson, extractScalar, sizeAt } from './json-path.js';
import { type Run, type SqlFunction, scalar } from './registry.js';

/**
 * JSON text in the form that Trino keeps: no spaces, members sorted by name.
 * @throws SqlError `INVALID_FUNCTION_ARGUMENT`
 */
function parseJsonText(text: string): string {
  const node = parseJson(text);
  if (node === undefined) return invalidArgument(`Cannot convert value to JSON: '${shortened(text)}'`);
  return writeJson(node, { isSorted: true });
}

function isScalar(text: string): boolean {
  const at = skipSpace(text, 0);
  const end = skipValue(text, at);
  if (end < 0 || skipSpace(text, end) !== text.length)
    return invalidArgument(`Invalid JSON value: ${shortened(text)}`);
  return !isOpen(text, at);
}

/** Where the list is that the text is; undefined for any other text. */
function listAt(text: string): number | undefined {
  const at = skipSpace(text, 0);
  return text[at] === '[' ? at : undefined;
}

function arrayLength(text: string): bigint | null {
  const at = listAt(text);
  return at === undefined ? null : countElements(text, at);
}

/** Whether an element of a list is what is asked for; null where the text is no list. */
function contains(text: string, isSought: (start: number, end: number) => boolean): boolean | null {
  const list = listAt(text);
  if (list === undefined) return null;
  let at = firstElement(text, list);
  while (at >= 0) {
    const end = skipValue(text, at);
    if (end < 0) return null;
    if (isSought(at, end)) return true;
    at = nextElement(text, end);
  }
  return at === END ? false : null;
}

const isNumberAt = (text: string, at: number): boolean => /[-0-9]/.test(text[at]!);

const containsBoolean: Run = (text: string, value: boolean) =>
  contains(text, at => text[at] === (value ? 't' : 'f'));

const containsWhole: Run = (text: string, value: bigint) =>
  contains(text, (at, end) => {
    if (!isNumberAt(text, at)) return false;
    const token = text.slice(at, end);
    return isWholeText(token) && token.length <= LONGEST_BIGINT && BigInt(token) === value;
  });

const containsDouble: Run = (text: string, value: number) =>
  Number.isFinite(value) &&
  contains(text, (at, end) => {
    if (!isNumberAt(text, at)) return false;
    const token = text.slice(at, end);
    return !isWholeText(token) && Number(token) === value;
  });

const containsText: Run = (text: string, value: string) =>
  contains(text, (at, end) => text[at] === '"' && stringAt(text, at, end) === value);

/** The element of a list, as Trino gives it: a text without its quotes, a number as it is written. */
function elementOf(text: string, index: bigint): string | null {
  const list = listAt(text);
  if (list === undefined) return null;
  let place = Number(index);
  if (index < 0n) {
    const length = countElements(text, list);
    if (length === null || length + index < 0n) return null;
    place = Number(length + index);
  }
  const at = findElement(text, list, place);
  if (at < 0) return null;
  if (isOpen(text, at)) {
    const end = skipValue(text, at);
    const node: JsonNode | undefined = end < 0 ? undefined : parseFirst(text.slice(at, end))?.node;
    return node === undefined ? null : writeJson(node);
  }
  const end = skipScalar(text, at);
  if (end < 0) return null;
  if (text[at] === '"') return stringAt(text, at, end);
  return text[at] === 'n' ? null : text.slice(at, end);
}

/** The same function for varchar and for json. */
const forBoth = (name: string, rest: string, meaning: string, run: Run): SqlFunction[] =>
  ['varchar', 'json'].map(type => scalar(`${name}(${type}${rest}`, meaning, run));

export const JSON_FUNCTIONS: readonly SqlFunction[] = [
  ...forBoth(
    'json_extract',
    ', varchar) -> json',
    'The value at a path such as `$.a["b"][0]`, as JSON; null if there is none.',
    extractJson,
  ),
  ...forBoth(
    'json_extract_scalar',
    ', varchar) -> varchar',
    'The text, number or boolean at a path such as `$.a["b"][0]`, as text; null for anything else.',
    extractScalar,
  ),
  ...forBoth(
    'json_size',
    ', varchar) -> bigint',
    'The number of members or elements at a path; 0 for a scalar.',
    sizeAt,
  ),
  scalar('json_parse(varchar) -> json', 'Parses JSON text; fails if the text is not JSON.', parseJsonText),
  scalar('json_format(json) -> varchar', 'The text of a JSON value.', (text: string) => text),
  ...forBoth(
    'json_array_length',
    ') -> bigint',
    'The number of elements of a JSON array; null for anything else.',
    arrayLength,
  ),
  ...forBoth(
    'json_array_contains',
    ', boolean) -> boolean',
    'Whether a JSON array holds the boolean.',
    containsBoolean,
  ),
  ...forBoth(
    'json_array_contains',
    ', bigint) -> boolean',
    'Whether a JSON array holds the whole number.',
    containsWhole,
  ),
  ...forBoth(
    'json_array_contains',
    ', double) -> boolean',
    'Whether a JSON array holds the number, written with a fraction or an exponent.',
    containsDouble,
  ),
  ...forBoth(
    'json_array_contains',
    ', varchar) -> boolean',
    'Whether a JSON array holds the text.',
    containsText,
  ),
  ...forBoth(
    'json_array_get',
    ', bigint) -> json',
    'The element of a JSON array at a position that counts from 0, or from the end if negative.',
    elementOf,
  ),
  ...forBoth(
    'is_json_scalar',
    ') -> boolean',
    'Whether JSON text is a text, a number, a boolean or null.',
    isScalar,
  ),
];
