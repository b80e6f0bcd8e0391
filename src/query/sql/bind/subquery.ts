/** Queries within expressions: scalar, IN, EXISTS, and comparisons with ALL and ANY. */

import { emit } from '../emit/emit.js';
import { SqlError } from '../errors.js';
import type { Expression } from '../parse/ast.js';
import { BOOLEAN, isComparable, isOrderable, type Type, typeText } from '../types.js';
import { sortable } from '../values.js';
import type { Bound, Leaf } from './bound.js';
import type { BoundQuery } from './bound-query.js';
import { coerce, commonOf, fold } from './coerce.js';
import { columnLeaf } from './output.js';
import { type Binding, bind, bindQuery } from './scope.js';

/** The query within; the columns of the one around it are there, grouped or not. */
const inner = (
  query: (Expression & { kind: 'subquery' })['query'],
  { context, scope }: Binding,
): BoundQuery => bindQuery(query, context, scope);

/** A query that gives one value: an error where it gives several rows. */
export function bindSubquery({ query }: Expression & { kind: 'subquery' }, binding: Binding): Bound {
  const { emitter } = binding.context;
  const found = inner(query, binding);
  const name = `${emitter.prefix}one`;
  if (!emitter.aggregates.some(of => of.name === name)) emitter.aggregates.push(one(name));
  const isOne = found.isOneRow === true;
  const scalar = (i: number): Leaf => ({
    ...columnLeaf(found.columns[i]!, ''),
    sql: isOne
      ? `(SELECT c${i} FROM (${found.sql}))`
      : `(SELECT ${name}(c${i}) FROM (SELECT c${i} FROM (${found.sql}) LIMIT 2))`,
  });
  if (found.columns.length === 1) return scalar(0);
  const fields = found.columns.map(({ name: of, type }) => ({ name: of, type }));
  return { kind: 'list', type: { kind: 'row', fields }, elements: fields.map((_, i) => scalar(i)) };
}

function one(name: string) {
  return {
    name,
    start: () => ({ count: 0, value: null as unknown }),
    step(state: unknown, value: unknown) {
      const of = state as { count: number; value: unknown };
      if (++of.count > 1)
        throw new SqlError('SUBQUERY_MULTIPLE_ROWS', 'Scalar sub-query has returned multiple rows');
      of.value = value;
      return of;
    },
    inverse: (state: unknown) => state,
    result: (state: unknown) => (state as { value: never }).value,
  };
}

export function bindExists({ query }: Expression & { kind: 'exists' }, binding: Binding): Bound {
  return { kind: 'leaf', type: BOOLEAN, sql: `EXISTS (${inner(query, binding).sql})`, isRequired: true };
}

/** SQL of a query's columns, as other types and in the form that equal values share. */
function columnsAs({ sql, columns }: BoundQuery, types: readonly Type[], { context }: Binding): string {
  const alias = context.alias('q');
  const values = columns.map((column, i) => {
    const bound = coerce(columnLeaf(column, `${alias}.c${i}`), types[i]!, context.session);
    return `${sortable(types[i]!, emit(bound, context.emitter))} AS c${i}`;
  });
  return `SELECT ${values.join(', ')} FROM (${sql}) AS ${alias}`;
}

export function bindInQuery(
  { at, value, query }: Expression & { kind: 'in query' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const left = value.kind === 'row' ? value.elements.map(of => bind(of, binding)) : [bind(value, binding)];
  const found = inner(query, binding);
  const refuse = (): never =>
    context.fail(
      at,
      'TYPE_MISMATCH',
      `Value expression and result of subquery must be of the same type: row(${left.map(({ type }) => typeText(type)).join(', ')}) vs row(${found.columns.map(({ type }) => typeText(type)).join(', ')})`,
    );
  if (left.length !== found.columns.length) refuse();
  const types = left.map(({ type }, i) => {
    const common = commonOf([type, found.columns[i]!.type]);
    return common && isComparable(common) ? common : refuse();
  });
  const values = left.map((of, i) =>
    sortable(types[i]!, emit(coerce(of, types[i]!, context.session), context.emitter)),
  );
  const sql = `(${values.length === 1 ? values[0] : `(${values.join(', ')})`} IN (${columnsAs(found, types, binding)}))`;
  return { kind: 'leaf', type: BOOLEAN, sql };
}

export function bindQuantified(
  { at, op, quantifier, left, query }: Expression & { kind: 'quantified' },
  binding: Binding,
): Bound {
  const { context } = binding;
  const value = bind(left, binding);
  const found = inner(query, binding);
  const type = found.columns.length === 1 ? commonOf([value.type, found.columns[0]!.type]) : undefined;
  const isEquality = op === '=' || op === '<>';
  if (!type || !(isEquality ? isComparable(type) : isOrderable(type)))
    return context.fail(
      at,
      'TYPE_MISMATCH',
      `Value expression and result of subquery must be of the same type: ${typeText(value.type)} vs ${found.columns.map(of => typeText(of.type)).join(', ')}`,
    );
  const of = sortable(type, emit(coerce(value, type, context.session), context.emitter));
  const rows = columnsAs(found, [type], binding);
  const leaf = (sql: string): Bound => ({ kind: 'leaf', type: BOOLEAN, sql });
  const negated = (sql: string): Bound => fold({ kind: 'not', type: BOOLEAN, value: leaf(sql) });
  if (op === '=' && quantifier === 'any') return leaf(`(${of} IN (${rows}))`);
  if (op === '<>' && quantifier === 'all') return negated(`(${of} IN (${rows}))`);
  // What holds for all holds for the least and the greatest, and is not known where a null is among them. Each is a
  // subquery of its own: SQLite computes one once that names no column of the row.
  const of1 = (sql: string): string => `(SELECT ${sql} FROM (${rows}))`;
  const test = (sign: string, isAll: boolean): string => {
    const edge = of1(isAll === sign.startsWith('<') ? 'min(c0)' : 'max(c0)');
    const holds =
      sign === '=' ? `(${of} = ${of1('min(c0)')} AND ${of} = ${of1('max(c0)')})` : `(${of} ${sign} ${edge})`;
    const none = `${of1('count(*)')} = 0`;
    const hasNull = `${of1('count(*)')} <> ${of1('count(c0)')}`;
    return isAll
      ? `CASE WHEN ${none} THEN 1 WHEN NOT ${holds} THEN 0 WHEN ${hasNull} THEN NULL ELSE ${holds} END`
      : `CASE WHEN ${none} THEN 0 WHEN ${holds} THEN 1 WHEN ${hasNull} THEN NULL ELSE ${holds} END`;
  };
  if (op === '<>') return negated(test('=', true));
  return leaf(test(op, quantifier === 'all'));
}
