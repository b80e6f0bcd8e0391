/** Answers of Trino as fixtures have them, and ours in the same form. */

import type { Db } from '../src/query/open.js';
import { SqlError } from '../src/query/sql/errors.js';
import { valueText } from '../src/query/sql/output/print.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { type Type, typeText } from '../src/query/sql/types.js';
import type { MapValue, Value } from '../src/query/sql/values.js';

/** What a statement gives: rows, or Trino's name for what is wrong, and where. */
export interface Answer {
  columns?: Array<{ name: string; type: string }>;
  rows?: unknown[][];
  error?: { name: string; message: string; line?: number; column?: number };
}

/** A statement and Trino's answer. */
export interface Fixture extends Answer {
  sql: string;
}

/** A value as Trino's protocol gives it: rows and lists as lists, maps as objects, times and decimals as text. */
export function protocolValue(value: Value, type: Type): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
    case 'varchar':
    case 'json':
      return value;
    case 'char':
      return (value as string).padEnd(type.length);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'real':
      return Number.isFinite(value) ? Number(valueText(value, type)) : String(value);
    case 'double':
      return Number.isFinite(value) ? value : String(value);
    case 'varbinary':
      return (value as Buffer).toString('base64');
    case 'array':
      return (value as Value[]).map(element => protocolValue(element, type.element));
    case 'row':
      return (value as Value[]).map((of, i) => protocolValue(of, type.fields[i]!.type));
    case 'map':
      return Object.fromEntries(
        [...(value as MapValue).values()].map(([key, of]) => [
          valueText(key, type.key),
          protocolValue(of, type.value),
        ]),
      );
    default:
      return valueText(value, type);
  }
}

/** Our answer to a statement. */
export function answer(db: Db, sql: string, now?: Date): Answer {
  try {
    const [first] = createSqlSession(db, now ? { now } : {}).run(sql);
    if (first?.kind !== 'rows') return { rows: [] };
    const { columns, types, rows } = first.result;
    return {
      columns: columns.map((name, i) => ({ name, type: typeText(types[i]!) })),
      rows: [...rows].map(row => row.map((value, i) => protocolValue(value, types[i]!))),
    };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const { sqlError: name, message, position } = error;
    return { error: { name, message, ...position } };
  }
}

/** A row as text: of a double the digits that any order of adding up gives, of a map its keys in one order. */
const rowKey = (row: unknown[]): string =>
  JSON.stringify(row, (_, value) => {
    if (typeof value === 'number' && !Number.isInteger(value)) return Number(value.toPrecision(12));
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });

/** Whether two answers hold the same: rows in any order unless the statement sorts them. */
export function differs(ours: Answer, theirs: Answer, isSorted: boolean): string | undefined {
  if (ours.error || theirs.error) {
    if (ours.error?.name === theirs.error?.name) return undefined;
    return `ours ${ours.error ? `${ours.error.name}: ${ours.error.message}` : JSON.stringify(ours.rows?.slice(0, 3))}, Trino ${theirs.error ? `${theirs.error.name}: ${theirs.error.message}` : JSON.stringify(theirs.rows?.slice(0, 3))}`;
  }
  const names = (of: Answer): string => (of.columns ?? []).map(({ name }) => name.toLowerCase()).join();
  if (names(ours) !== names(theirs)) return `columns ${names(ours)}, Trino ${names(theirs)}`;
  const [a, b] = [ours.rows!.map(rowKey), theirs.rows!.map(rowKey)];
  if (!isSorted) {
    a.sort();
    b.sort();
  }
  const at = a.findIndex((row, i) => row !== b[i]);
  if (at < 0 && a.length === b.length) return undefined;
  return `${a.length} rows, Trino ${b.length}; row ${at}: ${a[at < 0 ? b.length : at]}, Trino ${b[at < 0 ? a.length : at]}`;
}
