/** Casts from JSON: scalars, arrays, and objects to maps and rows. */

import { SqlError } from '../errors.js';
import { isNumberNode, isObject, type JsonNode, parseFirst, parseJson, writeJson } from '../json/tree.js';
import { isWholeText, LONGEST_BIGINT, shortened } from '../json/write.js';
import { BOOLEAN, DOUBLE, isWhole, type Type, typeText } from '../types.js';
import { keyOf, type MapValue, type Value } from '../values.js';
import { badCast, type Cast, castNumber, fits, parseDecimal } from './number.js';
import { scientific } from './number-text.js';
import { textToNumber } from './text.js';

/** Reads a node; undefined stands for the end of an array that is too short. */
type Read = (node: JsonNode | undefined) => Value;

/** What a conversion throws that Trino has no sentence for. */
const SILENT = '';

/** The token that a node begins with, as Trino's messages show it. */
function tokenOf(node: JsonNode | undefined): string {
  if (node === undefined) return ']';
  if (Array.isArray(node)) return '[';
  if (node === null || typeof node !== 'object') return String(node);
  return isNumberNode(node) ? node.number : '{';
}

const unexpected = (node: JsonNode | undefined, name: string): never =>
  badCast(`Unexpected token when cast to ${name}: ${tokenOf(node)}`);

function overflow(): never {
  throw new SqlError('NUMERIC_VALUE_OUT_OF_RANGE', SILENT);
}

function wholeOf(number: string): bigint {
  if (number.length > LONGEST_BIGINT) return overflow();
  const value = BigInt(number);
  return BigInt.asIntN(64, value) === value ? value : overflow();
}

/** Reads scalars of a type; `ofNumber` says what a number becomes. */
function reader(to: Type, ofNumber: (text: string) => Value, name = typeText(to)): Read {
  const ofText = textToNumber(to)!;
  const ofBoolean = castNumber(BOOLEAN, to)!;
  return node => {
    if (node === null) return null;
    if (typeof node === 'string') return ofText(node);
    if (typeof node === 'boolean') return ofBoolean(node);
    return node !== undefined && isNumberNode(node) ? ofNumber(node.number) : unexpected(node, name);
  };
}

const readText: Read = node => {
  if (node === null || typeof node === 'string') return node;
  if (typeof node === 'boolean') return String(node);
  if (node === undefined || !isNumberNode(node)) return unexpected(node, 'varchar');
  return isWholeText(node.number) ? node.number : scientific(Number(node.number), false);
};

function readDecimal(to: Type & { kind: 'decimal' }): Read {
  const name = `DECIMAL(${to.precision},${to.scale})`;
  const parse = (text: string): Value => {
    const unscaled = parseDecimal(text, to);
    if (typeof unscaled === 'bigint') return unscaled;
    return unscaled === 'too large' ? badCast(`Cannot cast input json to ${name}`) : overflow();
  };
  const scalar = reader(to, parse, name);
  return node => (typeof node === 'string' ? parse(node) : scalar(node));
}

function readWhole(to: Type, isInside: boolean): Read {
  // Inside of other types a smallint is read as an integer first.
  const through: Type = isInside && to.kind === 'smallint' ? { kind: 'integer' } : to;
  const ofDouble = castNumber(DOUBLE, through)!;
  const read = reader(through, text => {
    if (!isWholeText(text)) return ofDouble(Number(text));
    const value = wholeOf(text);
    return fits(value, through) ? value : overflow();
  });
  if (through === to) return read;
  return node => {
    const value = read(node) as bigint | null;
    if (value === null || fits(value, to)) return value;
    return badCast(`Value ${value} exceeds ${value > 0n ? 'MAX' : 'MIN'}_SHORT for type smallint`);
  };
}

function readScalar(to: Type, isInside: boolean): Read | undefined {
  switch (to.kind) {
    case 'boolean':
      return reader(to, text => (isWholeText(text) ? wholeOf(text) !== 0n : Number(text) !== 0));
    case 'double':
      return reader(to, Number);
    case 'real':
      return reader(to, text => Math.fround(Number(text)));
    case 'decimal':
      return readDecimal(to);
    case 'varchar':
      return node => {
        const text = readText(node) as string | null;
        if (text === null || to.length === undefined || text.length <= to.length) return text;
        return badCast(`Value ${text} cannot be represented as ${typeText(to)}`);
      };
    default:
      return isWhole(to) ? readWhole(to, isInside) : undefined;
  }
}

function readArray(element: Type): Read | undefined {
  const read = readerOf(element);
  return (
    read &&
    (node => {
      if (node === null) return null;
      if (!Array.isArray(node)) return badCast(`Expected a json array, but got ${tokenOf(node)}`);
      return node.map(read);
    })
  );
}

function readMap(key: Type, value: Type): Read | undefined {
  const readKey = readScalar(key, true);
  const read = readerOf(value);
  if (!readKey || !read) return undefined;
  return node => {
    if (node === null) return null;
    if (node === undefined || !isObject(node))
      return badCast(`Expected a json object, but got ${tokenOf(node)}`);
    const map: MapValue = new Map();
    for (const [name, of] of node.members) {
      const keyValue = readKey(name);
      const text = keyOf(keyValue, key);
      const pair = [keyValue, read(of)] as const;
      if (map.has(text)) return badCast('Duplicate map keys are not allowed');
      map.set(text, pair);
    }
    return map;
  };
}

function readRow({ fields }: Type & { kind: 'row' }): Read | undefined {
  const readers: Read[] = [];
  for (const { type } of fields) {
    const read = readerOf(type);
    if (!read) return undefined;
    readers.push(read);
  }
  const places = new Map(fields.map(({ name }, i) => [name, i]));
  return node => {
    if (node === null) return null;
    if (Array.isArray(node)) {
      const values = readers.map((read, i) => read(node[i]));
      if (node.length > readers.length)
        return badCast(`Expected json array ending, but got ${tokenOf(node[readers.length])}`);
      return values;
    }
    if (node === undefined || !isObject(node))
      return badCast(`Expected a json array or object, but got ${tokenOf(node)}`);
    if (fields[0]?.name === undefined)
      return badCast('Cannot cast a JSON object to anonymous row type. Input must be a JSON array.');
    const values: Value[] = new Array(readers.length).fill(null);
    const placesRead = new Set<number>();
    for (const [name, of] of node.members) {
      const place = places.get(name.toLowerCase());
      if (place === undefined) continue;
      if (placesRead.has(place)) return badCast(`Duplicate field: ${name.toLowerCase()}`);
      placesRead.add(place);
      values[place] = readers[place]!(of);
    }
    return values;
  };
}

/** Reads what stands inside of an array, map or row. */
function readerOf(to: Type): Read | undefined {
  switch (to.kind) {
    case 'json':
      return node => (node === undefined ? unexpected(node, 'json') : writeJson(node));
    case 'array':
      return readArray(to.element);
    case 'map':
      return readMap(to.key, to.value);
    case 'row':
      return readRow(to);
    default:
      return readScalar(to, true);
  }
}

/** The cast of a scalar, with the words that Trino has for each way to fail. */
function castScalar(to: Type, read: Read): Cast {
  const isDecimal = to.kind === 'decimal';
  const name = isDecimal ? `DECIMAL(${to.precision},${to.scale})` : to.kind;
  const isNarrow = isWhole(to) && to.kind !== 'bigint';
  return value => {
    const text = value as string;
    const first = parseFirst(text);
    if (first === undefined) return badCast(`Cannot cast '${text}' to ${name}`);
    if (parseJson(text) === undefined) return badCast(`Cannot cast input json to ${name.toUpperCase()}`);
    try {
      return read(first.node);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.sentence === SILENT || error.sentence.startsWith('Unexpected token'))
        return badCast(`Cannot cast '${text}' to ${name}`);
      if (error.sqlError === 'NUMERIC_VALUE_OUT_OF_RANGE' && isNarrow)
        return badCast(`Cannot cast '${text}' to integer`);
      throw error;
    }
  };
}

function castNested(to: Type, read: Read): Cast {
  return value => {
    const text = value as string;
    const refuse = (reason: string): never =>
      badCast(`Cannot cast to ${typeText(to)}.${reason && ` ${reason}`}\n${shortened(text)}`);
    const node = parseJson(text);
    if (node === undefined) return refuse('');
    try {
      return read(node);
    } catch (error) {
      if (error instanceof SqlError) return refuse(error.sentence);
      throw error;
    }
  };
}

/** The cast from JSON to the type; undefined where there is none. */
export function castFromJson(to: Type): Cast | undefined {
  if (to.kind === 'array' || to.kind === 'map' || to.kind === 'row') {
    const read = readerOf(to);
    return read && castNested(to, read);
  }
  const read = readScalar(to, false);
  return read && castScalar(to, read);
}
