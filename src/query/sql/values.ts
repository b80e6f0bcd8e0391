/**
 * Values of Trino's types: as JavaScript has them, and as SQLite keeps them between the steps of a statement.
 *
 * | type | in JavaScript | in SQLite |
 * |---|---|---|
 * | boolean | boolean | 0, 1 |
 * | tinyint to bigint | bigint | INTEGER |
 * | real, double | number | REAL; NaN as the text `NaN`, which sorts last |
 * | decimal | bigint, unscaled | text in the order of numbers |
 * | varchar, char, json | string | TEXT |
 * | varbinary, uuid, ipaddress (16 bytes), ipprefix (17: address, bits) | Buffer | BLOB |
 * | date | number of days since 1970-01-01 | INTEGER |
 * | time, timestamp | bigint, microseconds of the day, since 1970-01-01 00:00 | INTEGER |
 * | timestamp with time zone, time with time zone | `{ micros, zone }`, UTC | text, UTC first |
 * | interval day to second, year to month | bigint, milliseconds, months | INTEGER |
 * | array | array | JSON array |
 * | map | `Map` from a key's text to key and value | JSON array of pairs |
 * | row | array | JSON array; a struct of a record may be the object that CloudTrail wrote |
 *
 * NULL is null in both. Equal values are equal in SQLite, and in its order where the type has one and is neither array,
 * map nor row. A zone is not part of a time's value: `sortable` leaves it out.
 *
 * Long: what is to be known of each type's values stands in one place.
 */

import { isWhole, type Type } from './types.js';

/** An instant and the zone it is shown in, as Trino names it: `UTC`, `Europe/Berlin`, `+02:00`. */
export interface Zoned {
  /** Since 1970-01-01 00:00 UTC. */
  micros: bigint;
  zone: string;
}

/** A map: from the text of a key to the key and its value. */
export type MapValue = Map<string, readonly [key: Value, value: Value]>;

export type Lambda = (...args: Value[]) => Value;

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Buffer
  | Zoned
  | readonly Value[]
  | MapValue
  | Lambda;

/** What SQLite keeps. */
export type Stored = null | bigint | number | string | Buffer;

const DECIMAL_DIGITS = 38;
const NINES = 10n ** BigInt(DECIMAL_DIGITS);
/** Makes every instant that Trino has positive, in 20 digits. */
const INSTANT_OFFSET = 1n << 65n;
const INSTANT_DIGITS = 20;

/** A decimal as text whose order is that of the numbers: `+` and its digits, or `-` and what is left to all nines. */
function decimalText(unscaled: bigint): string {
  return unscaled < 0n
    ? `-${String(NINES + unscaled).padStart(DECIMAL_DIGITS, '0')}`
    : `0${String(unscaled).padStart(DECIMAL_DIGITS, '0')}`;
}

function decimalOf(text: string): bigint {
  const digits = BigInt(text.slice(1));
  return text[0] === '-' ? digits - NINES : digits;
}

const zonedText = ({ micros, zone }: Zoned): string =>
  `${String(micros + INSTANT_OFFSET).padStart(INSTANT_DIGITS, '0')} ${zone}`;

const zonedOf = (text: string): Zoned => ({
  micros: BigInt(text.slice(0, INSTANT_DIGITS)) - INSTANT_OFFSET,
  zone: text.slice(INSTANT_DIGITS + 1),
});

/** SQL for the part of a stored value that says its order and whether it is equal. */
export function sortable(type: Type, sql: string): string {
  return type.kind === 'timestamp with time zone' || type.kind === 'time with time zone'
    ? `substr(${sql}, 1, ${INSTANT_DIGITS})`
    : sql;
}

/** The value as SQLite keeps it. */
export function encode(value: Value, type: Type): Stored {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      return value ? 1n : 0n;
    case 'real':
    case 'double':
      return Number.isNaN(value) ? 'NaN' : (value as number);
    case 'decimal':
      return decimalText(value as bigint);
    case 'date':
      return BigInt(value as number);
    case 'timestamp with time zone':
    case 'time with time zone':
      return zonedText(value as Zoned);
    case 'array':
    case 'map':
    case 'row':
      return JSON.stringify(tree(value, type));
    default:
      return value as Stored;
  }
}

/** A value inside of JSON: what `encode` gives, bytes as digits, numbers beyond 2^53 as text. */
function tree(value: Value, type: Type): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'array':
      return (value as readonly Value[]).map(element => tree(element, type.element));
    case 'map':
      return [...(value as MapValue).values()].map(([key, of]) => [
        tree(key, type.key),
        tree(of, type.value),
      ]);
    case 'row':
      return (value as readonly Value[]).map((of, i) => tree(of, type.fields[i]!.type));
    default: {
      const stored = encode(value, type);
      if (typeof stored === 'bigint')
        return Number.isSafeInteger(Number(stored)) ? Number(stored) : String(stored);
      if (Buffer.isBuffer(stored)) return stored.toString('hex');
      // JSON has no infinity.
      if (typeof stored === 'number' && !Number.isFinite(stored)) return String(stored);
      return stored;
    }
  }
}

/** The value of what SQLite keeps. */
export function decode(stored: Stored, type: Type): Value {
  if (stored === null) return null;
  switch (type.kind) {
    case 'boolean':
      return Boolean(Number(stored));
    case 'real':
    case 'double':
    case 'date':
      return Number(stored);
    case 'decimal':
      return decimalOf(stored as string);
    case 'timestamp with time zone':
    case 'time with time zone':
      return zonedOf(stored as string);
    case 'time':
    case 'timestamp':
    case 'interval day to second':
    case 'interval year to month':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return BigInt(stored as bigint);
    case 'array':
    case 'map':
    case 'row':
      return fromJson(stored as string, type);
    case 'varchar':
    case 'char':
    case 'json':
      return typeof stored === 'string' ? stored : String(stored);
    default:
      return stored as Value;
  }
}

function fromJson(text: string, type: Type): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // A record may have a text where others have a struct.
    return null;
  }
  return fromTree(parsed, type);
}

/** The value of a piece of JSON that `encode` made, or that stands in a record. */
function fromTree(node: unknown, type: Type): Value {
  if (node === null || node === undefined) return null;
  switch (type.kind) {
    case 'array':
      return Array.isArray(node) ? node.map(element => fromTree(element, type.element)) : null;
    case 'map':
      return mapFromTree(node, type);
    case 'row':
      return rowFromTree(node, type.fields);
    case 'varchar':
    case 'char':
    case 'json':
      return typeof node === 'string' ? node : JSON.stringify(node);
    case 'varbinary':
    case 'uuid':
    case 'ipaddress':
    case 'ipprefix':
      return Buffer.from(node as string, 'hex');
    default:
      return decode(isWhole(type) ? BigInt(node as number) : (node as Stored), type);
  }
}

function mapFromTree(node: unknown, type: Type & { kind: 'map' }): Value {
  const pairs = Array.isArray(node) ? (node as [unknown, unknown][]) : Object.entries(node as object);
  return makeMap(
    pairs.map(([key, value]) => [fromTree(key, type.key), fromTree(value, type.value)]),
    type.key,
  );
}

function rowFromTree(node: unknown, fields: readonly { name?: string | undefined; type: Type }[]): Value {
  if (Array.isArray(node)) return fields.map(({ type }, i) => fromTree(node[i], type));
  if (typeof node !== 'object') return null;
  // A struct of a record; names of fields are the same in any case.
  const members = new Map(Object.entries(node as object).map(([name, of]) => [name.toLowerCase(), of]));
  return fields.map(({ name, type }) => fromTree(members.get(name!), type));
}

/** A key by which values of the type are equal or not. */
export function keyOf(value: Value, type: Type): string {
  if (value === null) return '';
  if (type.kind === 'timestamp with time zone' || type.kind === 'time with time zone')
    return String((value as Zoned).micros);
  if (typeof value === 'string') return `'${value}`;
  if (Buffer.isBuffer(value)) return `'${value.toString('latin1')}`;
  if (type.kind === 'double' || type.kind === 'real') return String((value as number) + 0);
  return typeof value === 'object' ? String(encode(canonical(value, type), type)) : String(value);
}

/** A map of pairs; of two pairs with one key the later stays. */
export function makeMap(pairs: Iterable<readonly [Value, Value]>, keyType: Type): MapValue {
  return new Map(Array.from(pairs, pair => [keyOf(pair[0], keyType), pair]));
}

/** Compares texts by code points, as Trino and SQLite do. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for what comes after every other unit.
    const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    if (isHigh(x) !== isHigh(y)) return isHigh(x) ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/**
 * Compares two values of one type, neither null. NaN is greater than any number and equal to itself, as in ORDER BY.
 * @returns less than, equal to or greater than 0
 */
export function compare(a: Value, b: Value, type: Type): number {
  switch (type.kind) {
    case 'varchar':
    case 'char':
    case 'json':
      return compareText(a as string, b as string);
    case 'real':
    case 'double': {
      const [x, y] = [a as number, b as number];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return x < y ? -1 : x > y ? 1 : 0;
    }
    case 'timestamp with time zone':
    case 'time with time zone':
      return order((a as Zoned).micros, (b as Zoned).micros);
    case 'varbinary':
    case 'uuid':
    case 'ipaddress':
    case 'ipprefix':
      return Buffer.compare(a as Buffer, b as Buffer);
    case 'array':
      return compareLists(a as readonly Value[], b as readonly Value[], () => type.element);
    case 'row':
      return compareLists(a as readonly Value[], b as readonly Value[], i => type.fields[i]!.type);
    case 'map':
      return isEqual(a, b, type) ? 0 : 1;
    default:
      return order(a as bigint, b as bigint);
  }
}

const order = <T extends bigint | number | boolean>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function compareLists(a: readonly Value[], b: readonly Value[], typeAt: (i: number) => Type): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
      continue;
    }
    const found = compare(x, y, typeAt(i));
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

/** Whether two values are the same; of two nulls that is so: `IS NOT DISTINCT FROM`. */
export function isSameValue(a: Value, b: Value, type: Type): boolean {
  if (a === null || b === null) return a === b;
  return type.kind === 'map' ? isEqual(a, b, type) === true : compare(a, b, type) === 0;
}

/** Whether two values are equal, as `=` has it: null where an element that decides it is null. */
export function isEqual(a: Value, b: Value, type: Type): boolean | null {
  if (a === null || b === null) return null;
  if (type.kind === 'array' || type.kind === 'row') {
    const [x, y] = [a as readonly Value[], b as readonly Value[]];
    if (x.length !== y.length) return false;
    return all(
      x.map((of, i) => isEqual(of, y[i]!, type.kind === 'array' ? type.element : type.fields[i]!.type)),
    );
  }
  if (type.kind === 'map') {
    const [x, y] = [a as MapValue, b as MapValue];
    if (x.size !== y.size) return false;
    const found: Array<boolean | null> = [];
    for (const [key, [, value]] of x) {
      const other = y.get(key);
      if (!other) return false;
      found.push(isEqual(value, other[1], type.value));
    }
    return all(found);
  }
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  return compare(a, b, type) === 0;
}

function all(found: ReadonlyArray<boolean | null>): boolean | null {
  if (found.includes(false)) return false;
  return found.includes(null) ? null : true;
}

/** Whether equal values of the type have several forms: maps in another order, times of another zone within. */
export function hasForms(type: Type, isInside = false): boolean {
  switch (type.kind) {
    case 'map':
      return true;
    case 'array':
      return hasForms(type.element, true);
    case 'row':
      return type.fields.some(field => hasForms(field.type, true));
    default:
      return isInside && type.kind === 'timestamp with time zone';
  }
}

/** The value in the one form that all equal ones share. */
export function canonical(value: Value, type: Type): Value {
  if (value === null) return null;
  switch (type.kind) {
    case 'map': {
      const pairs = [...(value as MapValue)].sort(([a], [b]) => compareText(a, b));
      return new Map(
        pairs.map(([text, [key, of]]) => [text, [canonical(key, type.key), canonical(of, type.value)]]),
      );
    }
    case 'array':
      return (value as readonly Value[]).map(of => canonical(of, type.element));
    case 'row':
      return (value as readonly Value[]).map((of, i) => canonical(of, type.fields[i]!.type));
    case 'timestamp with time zone':
      return { micros: (value as Zoned).micros, zone: 'UTC' };
    default:
      return value;
  }
}
