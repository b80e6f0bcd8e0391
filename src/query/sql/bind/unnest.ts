/** UNNEST: lists and maps as rows. */

import { closureOf } from '../emit/emit.js';
import type { Relation } from '../parse/ast.js';
import { BIGINT, isWhole, type Type, typeText } from '../types.js';
import { encode, type Value } from '../values.js';
import type { Bound, Leaf } from './bound.js';
import { type Binding, bind, type Context, type Field, type Scope } from './scope.js';

/** Rows that UNNEST and LATERAL make. */
export interface BoundRelation {
  fields: Field[];
  /** SQL behind FROM. */
  sql: string;
}

const BYTES = new Set(['varbinary', 'ipaddress', 'ipprefix', 'uuid']);
/** Whether values of the type are bytes, which JSON has as digits. */
export const isBytes = (type: Type): boolean => BYTES.has(type.kind);

/** SQL of a value that came out of JSON. */
export function elementSql(sql: string, type: Type): string {
  if (isBytes(type)) return `unhex(${sql})`;
  return isWhole(type) || type.kind === 'timestamp' || type.kind === 'time' ? `CAST(${sql} AS INTEGER)` : sql;
}

/** UNNEST: one function makes a JSON list of all its rows, which json_each reads. */
export function unnest(
  { arrays, withOrdinality }: Relation & { kind: 'unnest' },
  context: Context,
  scope: Scope,
): BoundRelation {
  const binding: Binding = { context, scope, noAggregates: 'UNNEST' };
  const bound = arrays.map(node => {
    const of = bind(node, binding);
    if (of.type.kind !== 'array' && of.type.kind !== 'map')
      context.fail(node.at, 'INVALID_FUNCTION_ARGUMENT', `Cannot unnest type: ${typeText(of.type)}`);
    return of;
  });
  // Athena gives a list of structs as one column: "Flatten nested arrays", and its CloudTrail examples.
  const types = bound.flatMap(({ type }): Type[] =>
    type.kind === 'array' ? [type.element] : type.kind === 'map' ? [type.key, type.value] : [],
  );
  const alias = context.alias('u');
  const [only] = bound;
  if (bound.length === 1 && only!.kind === 'leaf' && only!.isSource && types[0]!.kind === 'row')
    return unnestRecorded(only as Leaf, types[0]!, withOrdinality, alias, context);
  const list: Bound = {
    kind: 'list',
    type: { kind: 'row', fields: bound.map(({ type }) => ({ type })) },
    elements: bound,
  };
  const sql = closureOf(list, context.emitter, value =>
    rowsJson(
      value as readonly Value[],
      bound.map(of => of.type),
      types,
    ),
  );
  const fields: Field[] = types.map((type, i) => ({
    name: undefined,
    qualifiers: [],
    bound: { kind: 'leaf', type, sql: elementSql(`json_extract(${alias}.value, '$[${i}]')`, type) },
  }));
  if (withOrdinality)
    fields.push({
      name: undefined,
      qualifiers: [],
      bound: { kind: 'leaf', type: BIGINT, sql: `(${alias}.key + 1)` },
    });
  return { sql: `json_each(${sql}) AS ${alias}`, fields };
}

/** UNNEST of a list of structs as CloudTrail wrote it: SQLite reads it as it is, and a function of ours what it does not. */
function unnestRecorded(
  list: Leaf,
  type: Type,
  withOrdinality: boolean,
  alias: string,
  context: Context,
): BoundRelation {
  const { sql } = list;
  const other = closureOf(list, context.emitter, value => (value === null ? '[]' : encode(value, list.type)));
  const fields: Field[] = [
    { name: undefined, qualifiers: [], bound: { kind: 'leaf', type, sql: `${alias}.value`, isSource: true } },
  ];
  if (withOrdinality)
    fields.push({
      name: undefined,
      qualifiers: [],
      bound: { kind: 'leaf', type: BIGINT, sql: `(${alias}.key + 1)` },
    });
  return {
    sql: `json_each(CASE WHEN json_valid(${sql}) AND json_type(${sql}) = 'array' THEN ${sql} ELSE ${other} END) AS ${alias}`,
    fields,
  };
}

/** Rows of UNNEST as a JSON list: the n-th elements of all, null where one is shorter. */
function rowsJson(lists: readonly Value[], types: readonly Type[], elementTypes: readonly Type[]): string {
  const columns = lists.flatMap((list, i): Value[][] => {
    if (types[i]!.kind === 'array') return [list === null ? [] : [...(list as readonly Value[])]];
    const pairs = list === null ? [] : [...(list as Map<string, readonly [Value, Value]>).values()];
    return [pairs.map(([key]) => key), pairs.map(([, value]) => value)];
  });
  const longest = Math.max(0, ...columns.map(({ length }) => length));
  const rows = Array.from({ length: longest }, (_, at) => columns.map(column => column[at] ?? null));
  const row: Type = { kind: 'row', fields: elementTypes.map(type => ({ type })) };
  return encode(rows, { kind: 'array', element: row }) as string;
}
