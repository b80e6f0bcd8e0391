/** Casts from text to booleans and numbers, and from any value to text. */

import { addressText, prefixText } from '../text/address.js';
import { lengthOf, sliceOf } from '../text/code-points.js';
import { timeText } from '../time/text.js';
import { isWhole, type Type } from '../types.js';
import type { Value } from '../values.js';
import { badCast, type Cast, fits, parseDecimal } from './number.js';
import { decimalText, javaDouble, javaFloat, scientific } from './number-text.js';

/** Cuts off what Java's `trim` does: everything up to the space. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

const WHOLE = /^[+-]?[0-9]+$/;
const MOST_DIGITS = 19;

/** The whole number that a text is; undefined where it is none of the type. */
function parseWhole(text: string, type: Type): bigint | undefined {
  const trimmed = trim(text);
  if (!WHOLE.test(trimmed)) return undefined;
  const digits = trimmed.replace(/^[+-]?0*/, '');
  if (digits.length > MOST_DIGITS) return undefined;
  const value = trimmed[0] === '-' ? -BigInt(digits) : BigInt(digits);
  return fits(value, type) ? value : undefined;
}

const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;
const NAMED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+NaN': Number.NaN,
  '-NaN': Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '+Infinity': Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** The number that a text is, by Java's rules; undefined where it is none. */
export function parseDouble(text: string): number | undefined {
  const trimmed = trim(text);
  if (NUMBER.test(trimmed)) return Number(trimmed);
  if (Object.hasOwn(NAMED, trimmed)) return NAMED[trimmed];
  const bare = trimmed.replace(/[fFdD]$/, '');
  if (bare.length < trimmed.length && NUMBER.test(bare)) return Number(bare);
  const hex = HEX.exec(bare);
  const digits = hex && hex[2]! + (hex[3] ?? '');
  if (!hex || !digits) return undefined;
  const value = Number.parseInt(digits, 16) * 2 ** (Number(hex[4]) - 4 * (hex[3] ?? '').length);
  return hex[1] === '-' ? -value : value;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  t: true,
  '1': true,
  true: true,
  f: false,
  '0': false,
  false: false,
};

/** The boolean that a text is; undefined where it is none. */
function parseBoolean(text: string): boolean | undefined {
  if (text.length > 5) return undefined;
  const lower = text.replace(/[A-Z]/g, letter => letter.toLowerCase());
  return Object.hasOwn(BOOLEANS, lower) ? BOOLEANS[lower] : undefined;
}

/** The cast from text to a boolean or number; undefined where the type is neither. */
export function textToNumber(to: Type): Cast | undefined {
  const refuse = (text: Value, name: string): never => badCast(`Cannot cast '${text}' to ${name}`);
  switch (to.kind) {
    case 'boolean':
      return text => parseBoolean(text as string) ?? refuse(text, 'BOOLEAN');
    case 'double':
      return text => parseDouble(text as string) ?? refuse(text, 'DOUBLE');
    case 'real':
      return text => {
        const value = parseDouble(text as string);
        return value === undefined ? refuse(text, 'REAL') : Math.fround(value);
      };
    case 'decimal': {
      const name = `DECIMAL(${to.precision}, ${to.scale})`;
      return text => {
        const unscaled = parseDecimal(text as string, to);
        if (typeof unscaled === 'bigint') return unscaled;
        return badCast(
          `Cannot cast VARCHAR '${text}' to ${name}. Value ${unscaled === 'too large' ? 'too large' : 'is not a number'}.`,
        );
      };
    }
    default: {
      if (!isWhole(to)) return undefined;
      const name = to.kind === 'integer' ? 'INT' : to.kind.toUpperCase();
      return text => parseWhole(text as string, to) ?? refuse(text, name);
    }
  }
}

/** The first characters of a text. */
const firstCharacters = (text: string, length: number): string =>
  text.length <= length ? text : sliceOf(text, 0, length);

/** A text as a char of that length. */
export function charText(text: string, length: number): string {
  const short = firstCharacters(text, length);
  const missing = length - lengthOf(short);
  return missing > 0 ? short + ' '.repeat(missing) : short;
}

/** `12151fd2-7586-11e9-8f9e-2a86e4085a59` */
export const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** How values of the type are cast to varchar; undefined where they are not. */
function toText(type: Type): ((value: Value) => string) | undefined {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return String;
    case 'real':
    case 'double':
      return value => scientific(value as number, type.kind === 'real');
    case 'decimal':
      return value => decimalText(value as bigint, type.scale);
    case 'date':
    case 'time':
    case 'time with time zone':
    case 'timestamp':
    case 'timestamp with time zone':
    case 'interval day to second':
    case 'interval year to month':
      return value => timeText(value, type);
    case 'ipaddress':
      return value => addressText(value as Buffer);
    case 'ipprefix':
      return value => prefixText(value as Buffer);
    case 'uuid':
      return value => uuidText(value as Buffer);
    case 'varchar':
    case 'char':
      return value => value as string;
    default:
      return undefined;
  }
}

/** Types whose values are cast to a varchar without a length alone. */
const UNBOUNDED_ONLY: ReadonlySet<string> = new Set(['uuid', 'ipaddress', 'ipprefix']);

/** The cast to varchar; undefined where there is none. A text is cut, any other value must fit. */
export function castToVarchar(from: Type, length: number | undefined): Cast | undefined {
  const write = toText(from);
  if (!write || length === undefined) return write;
  if (from.kind === 'varchar' || from.kind === 'char')
    return value => firstCharacters(value as string, length);
  if (UNBOUNDED_ONLY.has(from.kind)) return undefined;
  return value => {
    const text = write(value);
    if (text.length <= length) return text;
    const shown =
      from.kind === 'double'
        ? `${javaDouble(value as number)} (${text})`
        : from.kind === 'real'
          ? `${javaFloat(value as number)} (${text})`
          : text;
    return badCast(`Value ${shown} cannot be represented as varchar(${length})`);
  };
}
