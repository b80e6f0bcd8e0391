/** Values of an engine as cells of the output: in the same form as `sql` on an index prints them. */

import { javaDouble, javaFloat } from '../query/sql/cast/number-text.js';
import { type Cell, isNested } from '../query/sql/output/cells.js';
import type { Type } from '../query/sql/types.js';
import type { EngineColumn, EngineValue } from './engine.js';
import { engineType, fieldNames } from './types.js';

export interface EngineCells {
  /** Which columns hold JSON text. */
  nested: boolean[];
  cells(row: readonly EngineValue[]): Cell[];
}

/** @param form `json` where numbers and booleans stay such and lists become JSON; `text` is what Athena's console shows */
export function engineCells(columns: readonly EngineColumn[], form: 'json' | 'text'): EngineCells {
  const types = columns.map(({ type }) => engineType(type));
  const cell = form === 'json' ? jsonCell : textCell;
  return {
    nested: types.map(type => form === 'json' && isNested(type)),
    cells: row => row.map((value, i) => cell(value, types[i]!)),
  };
}

function textCell(value: EngineValue, type: Type): Cell {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && !isFloating(type));
  return value === null || isWhole ? (value as Cell) : valueText(value, type);
}

const isFloating = ({ kind }: Type): boolean => kind === 'real' || kind === 'double';

function jsonCell(value: EngineValue, type: Type): Cell {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  // Athena's own text of a list is a text.
  if (typeof value === 'object' && !Buffer.isBuffer(value)) return jsonText(value, type);
  return textCell(value, type);
}

/** A value as Athena prints it; null as the word, which stands inside of others. */
function valueText(value: EngineValue, type: Type): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && isFloating(type))
    return type.kind === 'real' ? javaFloat(value) : javaDouble(value);
  if (Buffer.isBuffer(value)) return value.toString('hex').replace(/..(?=.)/g, '$& ');
  if (Array.isArray(value)) return `[${value.map(of => valueText(of, elementType(type))).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const members = membersOf(value, type).map(([name, of, own]) => `${name}=${valueText(of, own)}`);
  return `{${members.join(', ')}}`;
}

function jsonText(value: EngineValue, type: Type): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(of => jsonText(of, elementType(type))).join(',')}]`;
  if (typeof value === 'object' && !Buffer.isBuffer(value)) {
    const members = membersOf(value, type);
    return `{${members.map(([name, of, own]) => `${JSON.stringify(name)}:${jsonText(of, own)}`).join(',')}}`;
  }
  if (type.kind === 'json') return String(value);
  const cell = jsonCell(value, type);
  return typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
}

/** The members of a row or a map, with their types. */
function membersOf(
  value: { [name: string]: EngineValue },
  type: Type,
): Array<[name: string, value: EngineValue, type: Type]> {
  if (type.kind === 'row')
    return fieldNames(type.fields).map((name, i) => [name, value[name] ?? null, type.fields[i]!.type]);
  const own = type.kind === 'map' ? type.value : type;
  return Object.entries(value).map(([name, of]) => [name, of, own]);
}

const elementType = (type: Type): Type => (type.kind === 'array' ? type.element : type);
