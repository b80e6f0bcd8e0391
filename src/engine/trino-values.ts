/** Values of Trino's protocol, by their types: https://trino.io/docs/current/develop/client-protocol.html */

import type { Type } from '../query/sql/types.js';
import type { EngineValue } from './engine.js';
import { EngineError } from './errors.js';
import { fieldNames } from './types.js';

/**
 * A value as the protocol has it → exact.
 * @throws EngineError `ENGINE_ANSWER` where it is not one of the type
 */
export function trinoValue(value: unknown, type: Type): EngineValue {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      if (typeof value === 'number') return value;
      // Sixteen digits and more arrive as text, so that none is lost.
      if (typeof value === 'string' && /^-?\d+$/.test(value)) return wholeNumber(value);
      break;
    case 'real':
    case 'double':
      if (typeof value === 'number') return value;
      // NaN and Infinity, which JSON has not.
      if (typeof value === 'string') return Number(value);
      break;
    case 'varbinary':
      if (typeof value === 'string') return Buffer.from(value, 'base64');
      break;
    case 'array':
      if (Array.isArray(value)) return value.map(element => trinoValue(element, type.element));
      break;
    case 'row':
      if (Array.isArray(value) && value.length === type.fields.length)
        return objectOf(fieldNames(type.fields), i => trinoValue(value[i], type.fields[i]!.type));
      break;
    case 'map':
      if (typeof value === 'object')
        return Object.fromEntries(
          Object.entries(value).map(([key, of]) => [key, trinoValue(of, type.value)]),
        );
      break;
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
  throw new EngineError('ENGINE_ANSWER', {
    name: 'INVALID_VALUE',
    sentence: `the engine gave a value that is not of the type ${type.kind}`,
  });
}

/** `Object.fromEntries`, as assigning `__proto__` would set something else. */
const objectOf = (names: readonly string[], value: (i: number) => EngineValue): EngineValue =>
  Object.fromEntries(names.map((name, i) => [name, value(i)]));

/** Digits as a number where one holds them. */
export function wholeNumber(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
