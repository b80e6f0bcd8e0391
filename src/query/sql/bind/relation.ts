/** Binds what FROM names: tables, views, queries, UNNEST, joins, VALUES. */

import { emit } from '../emit/emit.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { Identifier, Relation } from '../parse/ast.js';
import type { Bound } from './bound.js';
import type { BoundQuery, OutputColumn } from './bound-query.js';
import { conjunction } from './conjunction.js';
import { columnLeaf } from './output.js';
import { type Binding, bind, bindQuery, type Context, type Field, type Scope } from './scope.js';
import { tableFields, tableFor } from './table.js';
import { bindBoolean, compareBound } from './typing.js';
import { type BoundRelation, elementSql, isBytes, unnest } from './unnest.js';

/**
 * Binds what stands behind FROM.
 * @param left columns of what stands before it, which UNNEST and LATERAL may use
 */
export function bindRelation(
  relation: Relation,
  context: Context,
  parent: Scope | undefined,
  left?: readonly Field[],
): BoundRelation {
  switch (relation.kind) {
    case 'table':
      return bindTable(relation.name, relation.at, context);
    case 'query': {
      const scope = relation.isLateral && left ? { fields: left, parent } : parent;
      const found = bindQuery(relation.query, context, scope);
      return relation.isLateral && left ? lateral(found, context) : ofQuery(found, [], context);
    }
    case 'alias':
      return aliased(relation, context, parent, left);
    case 'unnest':
      return unnest(relation, context, { fields: left ?? [], parent });
    case 'join':
      return join(relation, context, parent, left);
    case 'sample': {
      const found = bindRelation(relation.relation, context, parent, left);
      const percent = bind(relation.percent, { context, scope: { fields: [], parent } });
      const share = percent.kind === 'constant' ? Number(percent.value) : 100;
      const names = found.fields.map(({ bound }, i) => `${emit(bound, context.emitter)} AS c${i}`);
      const alias = context.alias('r');
      return {
        sql: `(SELECT ${names.join(', ')} FROM ${found.sql} WHERE abs(random() % 1000000) < ${Math.round(share * 10_000)}) AS ${alias}`,
        fields: found.fields.map((field, i) => ({
          ...field,
          bound: columnLeaf(
            { ...(field.bound as OutputColumn), type: field.bound.type } as OutputColumn,
            `${alias}.c${i}`,
          ),
        })),
      };
    }
  }
}

/** A table, a view, or a query of WITH. */
/** The view that a table is, of those that are read as they are. */
const VIEWS = { 'access logs': 's3_access_logs', requests: 's3_requests' } as const;

export function bindTable(name: readonly Identifier[], at: number, context: Context): BoundRelation {
  const last = name.at(-1)!;
  if (name.length === 1)
    for (const named of [...context.named].reverse()) {
      const found = named.get(last.name);
      if (!found) continue;
      const alias = context.alias('t');
      const fields = found.columns.map((column, i) => ({
        name: column.name,
        qualifiers: [last.name],
        bound: columnLeaf(column, `${alias}.c${i}`),
      }));
      return { fields, sql: `${found.sql} AS ${alias}` };
    }
  const qualifiers = name.map(part => part.name);
  const view = context.views.get(last.name);
  if (view) return ofQuery(view(context), qualifiers, context);
  const alias = context.alias('t');
  const table = tableFor(name, at, context);
  const fields = tableFields(table, alias, qualifiers, context);
  const source = { cloudtrail: `${OPEN}${alias}${CLOSE}`, ...VIEWS }[table.kind];
  return { fields, sql: `${source} AS ${alias}` };
}

function ofQuery(
  { sql, columns }: BoundQuery,
  qualifiers: readonly string[],
  context: Context,
): BoundRelation {
  const alias = context.alias('t');
  return {
    sql: `(${sql}) AS ${alias}`,
    fields: columns.map((column, i) => ({
      name: column.name,
      qualifiers,
      bound: columnLeaf(column, `${alias}.c${i}`),
    })),
  };
}

function aliased(
  { relation, alias, columns }: Relation & { kind: 'alias' },
  context: Context,
  parent: Scope | undefined,
  left: readonly Field[] | undefined,
): BoundRelation {
  const found = bindRelation(relation, context, parent, left);
  const open = found.fields.filter(field => !field.isHidden);
  if (columns && columns.length !== open.length)
    context.fail(
      relation.at,
      'MISMATCHED_COLUMN_ALIASES',
      `Column alias list has ${columns.length} entries but '${alias.name}' has ${open.length} columns available`,
    );
  const fields = found.fields.map(field => {
    const place = columns ? open.indexOf(field) : -1;
    return { ...field, name: place >= 0 ? columns![place]!.name : field.name, qualifiers: [alias.name] };
  });
  // A new list of names hides what the table had besides.
  return { sql: found.sql, fields: columns ? fields.filter(field => !field.isHidden) : fields };
}

/** A query that uses columns of what stands before it: SQLite has no LATERAL, but its json_each takes such a query. */
function lateral({ sql, columns }: BoundQuery, context: Context): BoundRelation {
  const alias = context.alias('l');
  const cells = columns.map(({ type }, i) => (isBytes(type) ? `hex(c${i})` : `c${i}`));
  const rows = `(SELECT json_group_array(json_array(${cells.join(', ')})) FROM (${sql}))`;
  return {
    sql: `json_each(${rows}) AS ${alias}`,
    fields: columns.map((column, i) => ({
      name: column.name,
      qualifiers: [],
      bound: {
        kind: 'leaf',
        type: column.type,
        sql: elementSql(`json_extract(${alias}.value, '$[${i}]')`, column.type),
      },
    })),
  };
}

function join(
  relation: Relation & { kind: 'join' },
  context: Context,
  parent: Scope | undefined,
  before: readonly Field[] | undefined,
): BoundRelation {
  const { at, join: kind, on, using } = relation;
  const left = bindRelation(relation.left, context, parent, before);
  const right = bindRelation(relation.right, context, parent, [...(before ?? []), ...left.fields]);
  if (using) return joinUsing(left, right, using, relation, context);
  const fields = [...left.fields, ...right.fields];
  if (kind === 'cross') return { fields, sql: `${left.sql} JOIN ${inner(right.sql)}` };
  const binding: Binding = { context, scope: { fields, parent }, noAggregates: 'JOIN clause' };
  const isTrue = on?.kind === 'boolean' && on.value;
  const isDerived =
    relation.right.kind === 'unnest' ||
    (relation.right.kind === 'alias' && relation.right.relation.kind === 'unnest');
  if (isDerived && !isTrue && kind !== 'inner')
    context.fail(at, 'NOT_SUPPORTED', 'JOIN involving UNNEST is only supported with condition ON TRUE');
  if (isDerived && (kind === 'right' || kind === 'full'))
    context.fail(
      at,
      'INVALID_COLUMN_REFERENCE',
      `${kind.toUpperCase()} JOIN involving UNNEST on the right side is not supported`,
    );
  const condition = bindBoolean(
    on!,
    binding,
    type => `JOIN ON clause must evaluate to a boolean: actual type ${type}`,
  );
  return {
    fields,
    sql: `${left.sql} ${kind.toUpperCase()} JOIN ${inner(right.sql)} ON ${conjunction([condition], context.emitter)}`,
  };
}

/** A join on the right side of another stands in parentheses. */
const inner = (sql: string): string => (/\bJOIN\b/.test(withoutParentheses(sql)) ? `(${sql})` : sql);

function withoutParentheses(sql: string): string {
  let depth = 0;
  let outside = '';
  for (const char of sql) {
    if (char === '(') depth++;
    if (depth === 0) outside += char;
    if (char === ')') depth--;
  }
  return outside;
}

function joinUsing(
  left: BoundRelation,
  right: BoundRelation,
  names: readonly Identifier[],
  { join: kind, at }: Relation & { kind: 'join' },
  context: Context,
): BoundRelation {
  const find = (fields: readonly Field[], { name, at: place }: Identifier, side: string): Field =>
    fields.find(field => field.name === name) ??
    context.fail(place, 'COLUMN_NOT_FOUND', `Column '${name}' is missing from ${side} side of join`);
  const conditions: Bound[] = [];
  const shared: Field[] = names.map(name => {
    const [a, b] = [find(left.fields, name, 'left').bound, find(right.fields, name, 'right').bound];
    conditions.push(compareBound('=', a, b, at, { context, scope: { fields: [] } }));
    const bound: Bound =
      kind === 'full' ? { kind: 'coalesce', type: a.type, terms: [a, b] } : kind === 'right' ? b : a;
    return { name: name.name, qualifiers: [], bound };
  });
  const isShared = ({ name }: Field): boolean => names.some(of => of.name === name);
  const rest = [...left.fields, ...right.fields].filter(field => !isShared(field));
  const on = conditions.length > 0 ? ` ON ${conjunction(conditions, context.emitter)}` : '';
  const word = kind === 'cross' ? '' : `${kind.toUpperCase()} `;
  return { fields: [...shared, ...rest], sql: `${left.sql} ${word}JOIN ${inner(right.sql)}${on}` };
}
