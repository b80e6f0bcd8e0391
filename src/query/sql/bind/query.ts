/** Binds queries: WITH, set operations, VALUES, and the ORDER BY and LIMIT of any of them. */

import { closureOf, emit, emitCanonical } from '../emit/emit.js';
import type { Identifier, Query, QueryBody } from '../parse/ast.js';
import { isComparable, type Type, typeText } from '../types.js';
import { canonical, encode, sortable } from '../values.js';
import type { BoundQuery } from './bound-query.js';
import { coerce, commonOf } from './coerce.js';
import { columnLeaf, outputAt, outputOf, renamed, type Tail, tailSql } from './output.js';
import { bindTable } from './relation.js';
import {
  type Binding,
  bind,
  bindQuery,
  type Context,
  type Field,
  type NamedQuery,
  type Scope,
} from './scope.js';
import { bindSelect } from './select.js';
import { sortSql } from './window.js';

/**
 * Binds a query.
 * @param parent the scope of the query around it
 */
export function bindWhole(query: Query, context: Context, parent?: Scope): BoundQuery {
  const names = new Map<string, NamedQuery>();
  const ctes: string[] = [];
  context.named.push(names);
  try {
    for (const { name, columns, query: of } of query.with?.queries ?? []) {
      if (names.has(name.name))
        context.fail(
          name.at,
          'DUPLICATE_NAMED_QUERY',
          `WITH query name '${name.name}' specified more than once`,
        );
      const sqlName = context.alias('w');
      const isRecursive = query.with!.isRecursive && mentions(of, name.name);
      const found = isRecursive
        ? bindRecursive(of, name, columns, sqlName, context, parent)
        : bindQuery(of, context, parent);
      const named = renamed(found.columns, columns, name, context);
      names.set(name.name, { columns: named, sql: sqlName });
      ctes.push(`${sqlName}(${named.map((_, i) => `c${i}`).join(', ')}) AS (${found.sql})`);
    }
    const { orderBy, offset, limit, withTies = false, body } = query;
    const found = bindBody(body, { orderBy, offset, limit, withTies }, context, parent);
    if (ctes.length === 0) return found;
    const recursive = query.with!.isRecursive ? 'RECURSIVE ' : '';
    return { ...found, sql: `WITH ${recursive}${ctes.join(', ')} ${found.sql}` };
  } finally {
    context.named.pop();
  }
}

/** Whether a query reads a table of a name. */
function mentions(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const of = node as { kind?: string; name?: Identifier[] };
  if (of.kind === 'table' && Array.isArray(of.name) && of.name.length === 1 && of.name[0]!.name === name)
    return true;
  return Object.values(node).some(part => mentions(part, name));
}

function bindRecursive(
  query: Query,
  name: Identifier,
  columns: Identifier[] | undefined,
  sqlName: string,
  context: Context,
  parent: Scope | undefined,
): BoundQuery {
  const { body } = query;
  const isSimple =
    body.kind === 'set' && body.op === 'union' && query.orderBy.length === 0 && !query.limit && !query.with;
  if (!isSimple)
    return context.fail(
      name.at,
      'INVALID_RECURSIVE_REFERENCE',
      'a recursive query is a first step UNION ALL a step',
    );
  if (!columns)
    return context.fail(name.at, 'MISSING_COLUMN_ALIASES', 'missing column aliases in recursive WITH query');
  const first = bindBody(body.left, noTail, context, parent);
  const own = renamed(first.columns, columns, name, context);
  context.named.at(-1)!.set(name.name, { columns: own, sql: sqlName });
  const step = bindBody(body.right, noTail, context, parent);
  context.named.at(-1)!.delete(name.name);
  const types = first.columns.map(({ type }) => type);
  if (step.columns.length !== types.length)
    return context.fail(
      body.at,
      'TYPE_MISMATCH',
      `UNION query has different number of fields: ${types.length}, ${step.columns.length}`,
    );
  for (const [i, { type }] of step.columns.entries())
    if (!commonOf([types[i]!, type]))
      context.fail(
        body.at,
        'TYPE_MISMATCH',
        `column ${i + 1} in UNION query has incompatible types: ${typeText(types[i]!)}, ${typeText(type)}`,
      );
  const union = body.isAll ? 'UNION ALL' : 'UNION';
  return { sql: `${first.sql} ${union} ${step.sql}`, columns: first.columns };
}

const noTail: Tail = { orderBy: [], offset: undefined, limit: undefined, withTies: false };

function bindBody(body: QueryBody, tail: Tail, context: Context, parent: Scope | undefined): BoundQuery {
  if (body.kind === 'select') return bindSelect(body, tail, context, parent);
  const found = bindOther(body, context, parent);
  const isPlain = tail.orderBy.length === 0 && !tail.limit && !tail.offset;
  return isPlain ? found : withTail(found, tail, context, parent);
}

function bindOther(
  body: Exclude<QueryBody, { kind: 'select' }>,
  context: Context,
  parent: Scope | undefined,
): BoundQuery {
  switch (body.kind) {
    case 'nested':
      return bindQuery(body.query, context, parent);
    case 'values':
      return bindValues(body, context, parent);
    case 'table': {
      const { fields, sql } = bindTable(body.name, body.at, context);
      const open = fields.filter(field => !field.isHidden);
      const columns = open.map(({ name, bound }) => outputOf(name, bound));
      const values = open.map(({ bound }, i) => `${emit(bound, context.emitter)} AS c${i}`);
      return { sql: `SELECT ${values.join(', ')} FROM ${sql}`, columns };
    }
    case 'set':
      return bindSet(body, context, parent);
  }
}

function bindValues(
  { at, rows }: QueryBody & { kind: 'values' },
  context: Context,
  parent: Scope | undefined,
): BoundQuery {
  const binding: Binding = { context, scope: { fields: [], parent }, noAggregates: 'VALUES clause' };
  const cells = rows.map(row =>
    row.kind === 'row' ? row.elements.map(of => bind(of, binding)) : [bind(row, binding)],
  );
  const width = cells[0]!.length;
  const odd = cells.find(row => row.length !== width);
  if (odd) context.fail(at, 'TYPE_MISMATCH', `Values rows have mismatched sizes: ${width} vs ${odd.length}`);
  const types = cells[0]!.map((_, i) => {
    const common = commonOf(cells.map(row => row[i]!.type));
    return (
      common ??
      context.fail(
        at,
        'TYPE_MISMATCH',
        `Values rows have mismatched types: ${cells.map(row => typeText(row[i]!.type)).join(' vs ')}`,
      )
    );
  });
  const sql = cells.map(
    row =>
      `(${row.map((cell, i) => emit(coerce(cell, types[i]!, context.session), context.emitter)).join(', ')})`,
  );
  const names = types.map((_, i) => `column${i + 1} AS c${i}`);
  return {
    sql: `SELECT ${names.join(', ')} FROM (VALUES ${sql.join(', ')})`,
    columns: types.map(type => ({ name: undefined, type })),
    isOneRow: rows.length === 1,
  };
}

/** The queries of a chain of the same operation, whose order does not matter: `a UNION ALL b UNION ALL c`. */
function chainOf(body: QueryBody, like: QueryBody & { kind: 'set' }): QueryBody[] {
  const isSame =
    body.kind === 'set' && body.op === 'union' && body.op === like.op && body.isAll === like.isAll;
  return isSame ? [...chainOf(body.left, like), ...chainOf(body.right, like)] : [body];
}

function bindSet(body: QueryBody & { kind: 'set' }, context: Context, parent: Scope | undefined): BoundQuery {
  const { op, isAll } = body;
  const bodies = op === 'union' ? chainOf(body, body) : [body.left, body.right];
  const sides = bodies.map(of => bindBody(of, noTail, context, parent));
  const [left] = sides as [BoundQuery];
  const types = setTypes(sides, body, context);
  const isNumbered = isAll && op !== 'union';
  const sql = sides.map(side => sideSql(side, types, isNumbered, op !== 'union', context));
  const columns = types.map((type, i) => ({ name: left.columns[i]!.name, type }));
  const names = types.map((_, i) => `c${i}`).join(', ');
  const isZoned = types.some(type => type.kind === 'timestamp with time zone');
  if (op === 'union' && !isAll && isZoned) {
    // The same time in two zones is one value: SQLite's UNION would take it for two.
    const keys = types.map((type, i) => sortable(type, `c${i}`));
    return { sql: `SELECT ${names} FROM (${sql.join(' UNION ALL ')}) GROUP BY ${keys.join(', ')}`, columns };
  }
  const sign = op === 'union' && isAll ? 'UNION ALL' : op.toUpperCase();
  return { sql: `SELECT ${names} FROM (${sql.join(` ${sign} `)})`, columns };
}

/** The types that the columns of all sides become. */
function setTypes(
  sides: readonly BoundQuery[],
  { at, op, isAll }: QueryBody & { kind: 'set' },
  context: Context,
): Type[] {
  const word = op.toUpperCase();
  const [first, ...others] = sides as [BoundQuery, ...BoundQuery[]];
  let types = first.columns.map(({ type }) => type);
  for (const { columns } of others) {
    if (columns.length !== types.length)
      context.fail(
        at,
        'TYPE_MISMATCH',
        `${word} query has different number of fields: ${types.length}, ${columns.length}`,
      );
    types = types.map((type, i) => {
      const other = columns[i]!.type;
      return (
        commonOf([type, other]) ??
        context.fail(
          at,
          'TYPE_MISMATCH',
          `column ${i + 1} in ${word} query has incompatible types: ${typeText(type)}, ${typeText(other)}`,
        )
      );
    });
  }
  const odd = op === 'union' && isAll ? undefined : types.find(type => !isComparable(type));
  if (odd)
    context.fail(
      at,
      'TYPE_MISMATCH',
      `Type ${typeText(odd)} is not comparable and therefore cannot be used in ${word}`,
    );
  return types;
}

/** One side of a set operation; numbered, where equal rows count each for themselves. */
function sideSql(
  { sql, columns }: BoundQuery,
  types: readonly Type[],
  isNumbered: boolean,
  isUtc: boolean,
  context: Context,
): string {
  const alias = context.alias('s');
  const values = columns.map((column, i) => {
    const bound = coerce(columnLeaf(column, `${alias}.c${i}`), types[i]!, context.session);
    return isUtc && types[i]!.kind === 'timestamp with time zone'
      ? closureOf(bound, context.emitter, value => encode(canonical(value, types[i]!), types[i]!))
      : emitCanonical(bound, context.emitter);
  });
  const named = values.map((value, i) => `${value} AS c${i}`);
  if (isNumbered) named.push(`row_number() OVER (PARTITION BY ${values.join(', ')}) AS n`);
  return `SELECT ${named.join(', ')} FROM (${sql}) AS ${alias}`;
}

/** ORDER BY, OFFSET and LIMIT of a query whose columns alone can be named. */
function withTail(found: BoundQuery, tail: Tail, context: Context, parent: Scope | undefined): BoundQuery {
  const alias = context.alias('o');
  const fields: Field[] = found.columns.map((column, i) => ({
    name: column.name,
    qualifiers: [],
    bound: columnLeaf(column, `${alias}.c${i}`),
  }));
  const binding: Binding = { context, scope: { fields, parent } };
  const keys = tail.orderBy.map(item => {
    const output = outputAt(item, fields.length, context);
    const bound = output === undefined ? bind(item.value, binding) : fields[output]!.bound;
    return sortSql(bound, item, binding);
  });
  const names = found.columns.map((_, i) => `${alias}.c${i} AS c${i}`);
  const select = `SELECT ${names.join(', ')} FROM (${found.sql}) AS ${alias}`;
  return { ...found, sql: `${select}${tailSql(keys, tail, binding)}` };
}
