/** Casts to JSON: lists become arrays, rows and maps objects, times texts. */

import { jsonDouble, jsonString } from '../json/write.js';
import { timeText } from '../time/text.js';
import type { Type } from '../types.js';
import type { MapValue, Value } from '../values.js';
import { decimalText, javaDouble, javaFloat } from './number-text.js';

type Write = (value: Value) => string;

/** Below 10^-6, Java writes a decimal with an exponent. */
const SMALLEST_EXPONENT = -6;

/** A decimal as Java writes it in JSON: `1.50`, `1E-10`. */
export function bigDecimal(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  const exponent = digits.length - 1 - scale;
  if (exponent >= SMALLEST_EXPONENT) return decimalText(unscaled, scale);
  const rest = digits.slice(1);
  return `${unscaled < 0n ? '-' : ''}${digits[0]}${rest && `.${rest}`}E${exponent}`;
}

/** How a scalar is the name of a member; undefined where it is none. */
function nameOf(type: Type): Write | undefined {
  switch (type.kind) {
    case 'unknown':
    case 'varchar':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return String;
    case 'real':
      return value => javaFloat(value as number);
    case 'double':
      return value => javaDouble(value as number);
    case 'decimal':
      return value => decimalText(value as bigint, type.scale);
    default:
      return undefined;
  }
}

function writeMap({ key, value }: Type & { kind: 'map' }): Write | undefined {
  const name = nameOf(key);
  const write = toJson(value);
  if (!name || !write) return undefined;
  return map => {
    const members = Array.from((map as MapValue).values(), ([k, v]) => [name(k), v] as const);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([k, v]) => `${jsonString(k)}:${write(v)}`).join(',')}}`;
  };
}

function writeRow({ fields }: Type & { kind: 'row' }): Write | undefined {
  const writers: Array<readonly [prefix: string, write: Write]> = [];
  for (const { name, type } of fields) {
    const write = toJson(type);
    if (!write) return undefined;
    writers.push([`${jsonString(name ?? '')}:`, write]);
  }
  return row => {
    const values = row as readonly Value[];
    return `{${writers.map(([prefix, write], i) => prefix + write(values[i] ?? null)).join(',')}}`;
  };
}

function writer(type: Type): Write | undefined {
  switch (type.kind) {
    case 'unknown':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return String;
    case 'real':
      return value =>
        Number.isFinite(value) ? javaFloat(value as number) : `"${javaFloat(value as number)}"`;
    case 'double':
      return value => jsonDouble(value as number);
    case 'decimal':
      return value => bigDecimal(value as bigint, type.scale);
    case 'varchar':
      return value => jsonString(value as string);
    case 'json':
      return value => value as string;
    case 'timestamp':
    case 'date':
      return value => jsonString(timeText(value, type));
    case 'array': {
      const write = toJson(type.element);
      return write && (list => `[${(list as readonly Value[]).map(write).join(',')}]`);
    }
    case 'map':
      return writeMap(type);
    case 'row':
      return writeRow(type);
    default:
      return undefined;
  }
}

/** How values of the type become JSON, null the word `null`; undefined where they do not. */
export function toJson(type: Type): Write | undefined {
  const write = writer(type);
  return write && (value => (value === null ? 'null' : write(value)));
}
