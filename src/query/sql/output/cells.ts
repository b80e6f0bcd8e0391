/** Values of a statement in Athena's dialect as cells of the output: as Athena's text, or as JSON has them. */

import { isWhole, type Type } from '../types.js';
import type { MapValue, Value } from '../values.js';
import { valueText } from './print.js';

/** A value of a row of output. */
export type Cell = string | number | bigint | boolean | null;

/** The value as Athena's console and its CSV show it; a whole number stays one, so that tables align it. */
export const textCell = (value: Value, type: Type): Cell =>
  value === null || isWhole(type) ? (value as Cell) : valueText(value, type);

/** The value for JSON: numbers and booleans are such, lists, maps and structs JSON text. */
export function jsonCell(value: Value, type: Type): Cell {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      return value as boolean;
    case 'real':
    case 'double':
      return Number.isFinite(value) ? (value as number) : valueText(value, type);
    case 'array':
    case 'map':
    case 'row':
      return jsonText(value, type);
    default:
      return textCell(value, type);
  }
}

/** Whether `jsonCell` gives JSON text, which is to be nested in the row. */
export const isNested = (type: Type): boolean => ['array', 'map', 'row', 'json'].includes(type.kind);

function jsonText(value: Value, type: Type): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly Value[]).map(element => jsonText(element, type.element)).join(',')}]`;
    case 'map': {
      const members = Array.from(
        (value as MapValue).values(),
        ([key, of]) => `${JSON.stringify(valueText(key, type.key))}:${jsonText(of, type.value)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'row': {
      const members = type.fields.map(
        ({ name, type: of }, i) =>
          `${JSON.stringify(name ?? `field${i}`)}:${jsonText((value as readonly Value[])[i] ?? null, of)}`,
      );
      return `{${members.join(',')}}`;
    }
    case 'json':
      return value as string;
    default: {
      const cell = jsonCell(value, type);
      return typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
    }
  }
}
