/** Calculations of paths of SQL's JSON functions, in the types that Trino has for them. */

import { divideRounded, powerOfTen } from '../arithmetic.js';
import { castNumber, type Decimal, decimalOf, fits, fitsDecimal } from '../cast/number.js';
import { parseDouble } from '../cast/text.js';
import { SqlError } from '../errors.js';
import {
  asDecimal,
  BIGINT,
  BOOLEAN,
  commonType,
  DOUBLE,
  INTEGER,
  isNumber,
  isText,
  isWhole,
  typeText,
  VARCHAR,
} from '../types.js';
import { compare } from '../values.js';
import type { Calculation, Comparison, Item, Typed } from './path-tree.js';
import { isNumberNode, isObject, type JsonNode } from './tree.js';
import { isWholeText, LONGEST_BIGINT } from './write.js';

/** @throws SqlError `PATH_EVALUATION_ERROR` */
export function fail(reason = ''): never {
  throw new SqlError('PATH_EVALUATION_ERROR', `path evaluation failed: ${reason}`);
}

/** Whether an item is a value of SQL, not a node of JSON. */
export const isTyped = (item: Item): item is Typed =>
  typeof item === 'object' && item !== null && 'type' in item;

/** The kind of a value of JSON, as messages have it. */
export function nodeKind(node: JsonNode): string {
  if (node === null) return 'NULL';
  if (typeof node === 'string') return 'STRING';
  if (typeof node === 'boolean') return 'BOOLEAN';
  if (isNumberNode(node)) return 'NUMBER';
  return isObject(node) ? 'OBJECT' : 'ARRAY';
}

/** @throws SqlError `PATH_EVALUATION_ERROR` that names what was expected and what the item is */
export const badItem = (expected: string, item: Item): never =>
  fail(
    `invalid item type. Expected: ${expected}, actual: ${isTyped(item) ? typeText(item.type) : nodeKind(item)}`,
  );

/** The number of a JSON number; undefined for one too big. */
function typedNumber(text: string): Typed | undefined {
  if (!isWholeText(text)) return { type: DOUBLE, value: Number(text) };
  if (text.length > LONGEST_BIGINT) return undefined;
  const value = BigInt(text);
  if (fits(value, INTEGER)) return { type: INTEGER, value };
  return fits(value, BIGINT) ? { type: BIGINT, value } : undefined;
}

/** The scalar of an item as SQL has it; undefined for any other, and for numbers too big. */
export function scalarOf(item: Item): Typed | undefined {
  if (item === null) return undefined;
  if (typeof item === 'string') return { type: VARCHAR, value: item };
  if (typeof item === 'boolean') return { type: BOOLEAN, value: item };
  if (isTyped(item)) return item;
  return isNumberNode(item) ? typedNumber(item.number) : undefined;
}

/** The number that an item is. */
export function numberOf(item: Item): Typed {
  if (isTyped(item)) return isNumber(item.type) ? item : badItem('NUMBER', item);
  if (nodeKind(item) !== 'NUMBER') return badItem('NUMBER', item);
  return scalarOf(item) ?? fail();
}

/** A place in a list. */
export function indexOf(item: Item): bigint {
  if (!isTyped(item)) {
    if (nodeKind(item) !== 'NUMBER') return badItem('NUMBER', item);
    const { number } = item as { number: string };
    if (isWholeText(number))
      return (typedNumber(number)?.value as bigint) ?? fail(`cannot convert value ${number} to long`);
    return BigInt(Math.trunc(Number(number)));
  }
  const cast = isNumber(item.type) ? castNumber(item.type, BIGINT) : undefined;
  if (!cast) return badItem('NUMBER', item);
  return quietly(() => cast(item.value)) as bigint;
}

/** Runs a cast whose failure Trino reports without a reason. */
function quietly<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SqlError) return fail();
    throw error;
  }
}

/** The type of a calculation of two decimals. */
function resultType(operator: Calculation, a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const whole = [a.precision - a.scale, b.precision - b.scale] as const;
  switch (operator) {
    case '*':
      return a.scale + b.scale > 38 ? fail() : decimalOf(a.precision + b.precision, a.scale + b.scale);
    case '/':
      return decimalOf(a.precision + b.scale + Math.max(b.scale - a.scale, 0), scale);
    case '%':
      return decimalOf(Math.min(...whole) + scale, scale);
    default:
      return decimalOf(Math.max(...whole) + scale + 1, scale);
  }
}

function calculateDecimal(operator: Calculation, left: Typed, right: Typed): Typed {
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  const type = resultType(operator, a, b);
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [left.value as bigint, right.value as bigint];
  const [u, v] = [x * powerOfTen(scale - a.scale), y * powerOfTen(scale - b.scale)];
  if ((operator === '/' || operator === '%') && y === 0n) return fail();
  const value =
    operator === '*'
      ? x * y
      : operator === '/'
        ? divideRounded(u * powerOfTen(scale), v)
        : calculateWhole(operator, u, v);
  return fitsDecimal(value, type) ? { type, value } : fail();
}

function calculateWhole(operator: Calculation, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0n) return fail();
      return operator === '/' ? a / b : a % b;
  }
}

function calculateDouble(operator: Calculation, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

/** Calculates with two numbers. */
export function calculate(operator: Calculation, left: Typed, right: Typed): Typed {
  const type = commonType(left.type, right.type)!;
  if (type.kind === 'decimal') return calculateDecimal(operator, left, right);
  if (isWhole(type)) {
    const value = calculateWhole(operator, left.value as bigint, right.value as bigint);
    return fits(value, type) ? { type, value } : fail();
  }
  const [a, b] = [left, right].map(({ type: from, value }) => castNumber(from, DOUBLE)!(value) as number);
  return { type, value: calculateDouble(operator, a!, b!) };
}

/** The number with the other sign. */
export function negate({ type, value }: Typed): Typed {
  if (typeof value === 'number') return { type, value: -value };
  const negated = -(value as bigint);
  return isWhole(type) && !fits(negated, type) ? fail() : { type, value: negated };
}

/** The number without its sign. */
export const absolute = (number: Typed): Typed => ((number.value as number) < 0 ? negate(number) : number);

/** The whole number above or below. */
export function round({ type, value }: Typed, isUp: boolean): Typed {
  if (typeof value === 'number') return { type, value: isUp ? Math.ceil(value) : Math.floor(value) };
  if (type.kind !== 'decimal') return { type, value };
  const power = powerOfTen(type.scale);
  const [unscaled, rest] = [value as bigint, (value as bigint) % power];
  const step = isUp ? (rest > 0n ? 1n : 0n) : rest < 0n ? -1n : 0n;
  return {
    type: decimalOf(type.precision - type.scale + Math.min(type.scale, 1), 0),
    value: unscaled / power + step,
  };
}

/** A number, or text that is one, as a double. */
export function toDouble(item: Item): Typed {
  const scalar = isTyped(item) || nodeKind(item) !== 'NUMBER' ? scalarOf(item) : numberOf(item);
  if (!scalar || !(isNumber(scalar.type) || isText(scalar.type))) return badItem('NUMBER or TEXT', item);
  if (isText(scalar.type)) return { type: DOUBLE, value: parseDouble(scalar.value as string) ?? fail() };
  return { type: DOUBLE, value: castNumber(scalar.type, DOUBLE)!(scalar.value) };
}

/** Compares two scalars; null where they cannot be. */
export function compareScalars(operator: Comparison, left: Typed, right: Typed): boolean | null {
  const type = commonType(left.type, right.type);
  if (!type) return null;
  const [a, b] = [left, right].map(({ type: from, value }) =>
    isNumber(type) ? (castNumber(from, type)?.(value) ?? null) : value,
  );
  if (a === null || b === null || a === undefined || b === undefined) return null;
  if (Number.isNaN(a) || Number.isNaN(b)) return operator === '<>';
  const order = compare(a, b, type);
  switch (operator) {
    case '==':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}
