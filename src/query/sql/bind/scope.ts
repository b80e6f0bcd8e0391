/** Which names an expression can use, and what the binder of a statement carries along. */

import type { Emitter } from '../emit/emit.js';
import { SqlError, type SqlErrorName } from '../errors.js';
import type { Session } from '../functions/registry.js';
import type { Expression, Identifier, Query, WindowSpec } from '../parse/ast.js';
import { positionAt } from '../parse/lexer.js';
import type { Names } from '../parse/names.js';
import type { Bound, Leaf } from './bound.js';
import type { BoundQuery } from './bound-query.js';
import type { TableDefinition } from './definition.js';

/** A column that can be named. */
export interface Field {
  /** In lower case; undefined for an expression without a name. */
  name: string | undefined;
  /** The names of its table: `catalog`, `database`, `table`, or an alias. */
  qualifiers: readonly string[];
  bound: Bound;
  /** Whether `*` leaves it out. */
  isHidden?: boolean;
}

export interface Scope {
  fields: readonly Field[];
  /** The scope of the query around this one. */
  parent?: Scope | undefined;
}

/** A query that has a name until the session ends. */
export type View = (context: Context) => BoundQuery;

/** A query of WITH. */
export interface NamedQuery {
  columns: Array<{ name: string | undefined; type: Leaf['type'] }>;
  /** SQL that stands behind FROM. */
  sql: string;
}

/** The parts of the binder that hold each other; handed in, since modules that import each other are hard to follow. */
export interface Binder {
  bind(node: Expression, binding: Binding): Bound;
  bindQuery(query: Query, context: Context, parent?: Scope): BoundQuery;
}

/**
 * Binds an expression.
 * @throws SqlError whatever Trino says of it
 */
export const bind = (node: Expression, binding: Binding): Bound => binding.context.binder.bind(node, binding);

/**
 * Binds a query.
 * @param parent the scope of the query around it
 */
export const bindQuery = (query: Query, context: Context, parent?: Scope): BoundQuery =>
  context.binder.bindQuery(query, context, parent);

/** What is the same for a whole statement. */
export interface Context {
  binder: Binder;
  text: string;
  session: Session;
  emitter: Emitter;
  /** Values of `?`, in order. */
  parameters: readonly Bound[];
  /** Tables that CREATE EXTERNAL TABLE defined, by their last name. */
  tables: ReadonlyMap<string, TableDefinition>;
  /** Views, by their last name. */
  views: ReadonlyMap<string, View>;
  /** Queries of WITH, the innermost last. */
  named: Array<Map<string, NamedQuery>>;
  /** What the user should know of how the statement was understood. */
  notes: Set<string>;
  /** What the statement names. */
  names: Names;
  /** Whether every event's time is in CloudTrail's own form. */
  hasPlainTimes: boolean;
  /** A name that no other part of the statement has. */
  alias(prefix: string): string;
  fail(at: number, name: SqlErrorName, sentence: string, hint?: string): never;
}

/** What an expression is bound with. */
export interface Binding {
  context: Context;
  scope: Scope;
  /** In a query that groups: what its expressions may use. */
  group?: Grouping | undefined;
  /** Why there can be no aggregate here: `WHERE clause`; undefined where there can. */
  noAggregates?: string | undefined;
  /** The aggregate whose arguments these are. */
  inAggregate?: { name: string; at: number } | undefined;
  /** Named windows of the query. */
  windows?: ReadonlyMap<string, WindowSpec> | undefined;
  /** Names of the result, for a HAVING that says one: engines differ on that, and Athena's guides have it. */
  aliases?: ReadonlyMap<string, Bound> | undefined;
  /** The whole expression of a clause, which messages name. */
  whole?: Expression | undefined;
}

export interface Grouping {
  /** Keys of the expressions in GROUP BY, and what they are bound to. */
  keys: ReadonlyMap<string, Bound>;
  /** The place of a column among the grouping expressions: for GROUPING(). */
  order: readonly string[];
  hasSets: boolean;
  /** Whether an aggregate needs every event, not only which rows of dimensions there are. */
  readsEvents?: boolean;
  /** The scope whose columns have to be grouped. */
  scope: Scope;
}

/** Makes what a statement's parts share. */
export function createContext(
  text: string,
  {
    prefix,
    ...own
  }: Pick<Context, 'binder' | 'session' | 'parameters' | 'tables' | 'views' | 'names' | 'hasPlainTimes'> & {
    prefix: string;
  },
): Context {
  let aliases = 0;
  return {
    ...own,
    text,
    emitter: {
      prefix,
      functions: [],
      aggregates: [],
      tables: [],
      tallies: [],
      narrowings: [],
      isRandom: false,
    },
    named: [],
    notes: new Set(),
    alias: prefix => `${prefix}${++aliases}`,
    fail(at, name, sentence, hint) {
      throw new SqlError(name, sentence, { position: positionAt(text, at), hint });
    },
  };
}

/** The names of a chain `a.b.c`; undefined for another expression. */
export function chainOf(node: Expression): Identifier[] | undefined {
  if (node.kind === 'identifier') return [node];
  if (node.kind !== 'field') return undefined;
  const base = chainOf(node.base);
  return base && [...base, node.field];
}

/** The field that a chain names whole, and the scope that has it. */
export function resolve(
  { context, scope }: Pick<Binding, 'context' | 'scope'>,
  names: readonly Identifier[],
): { field: Field; scope: Scope } | undefined {
  const wanted = names.map(({ name }) => name);
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.fields.filter(field => isNamed(field, wanted));
    const open = found.filter(field => !field.isHidden);
    const [first, second] = open.length > 0 ? open : found;
    if (!first) continue;
    if (second && open.length !== 1)
      context.fail(names[0]!.at, 'AMBIGUOUS_NAME', `Column '${wanted.join('.')}' is ambiguous`);
    return { field: first, scope: at };
  }
  return undefined;
}

function isNamed({ name, qualifiers }: Field, wanted: readonly string[]): boolean {
  if (name !== wanted.at(-1)) return false;
  return endsWith(qualifiers, wanted.slice(0, -1));
}

/** Whether a table of these names can be called by fewer of them: the last ones. */
export function endsWith(qualifiers: readonly string[], given: readonly string[]): boolean {
  return (
    given.length <= qualifiers.length &&
    given.every((part, i) => part === qualifiers[qualifiers.length - given.length + i])
  );
}

const fieldKeys = new WeakMap<Field, number>();
let fields = 0;

/** A key that two expressions share where they are the same, whatever case and qualifiers they are written with. */
export function expressionKey(binding: Pick<Binding, 'context' | 'scope'>, node: Expression): string {
  const write = (of: unknown): unknown => {
    if (Array.isArray(of)) return of.map(write);
    if (typeof of === 'bigint') return `${of}n`;
    if (Buffer.isBuffer(of)) return of.toString('hex');
    if (typeof of !== 'object' || of === null) return of;
    const { kind } = of as { kind?: string };
    if (kind === 'identifier' || kind === 'field') {
      const chain = chainOf(of as Expression);
      const found = chain && resolve(binding, chain);
      if (found) {
        let key = fieldKeys.get(found.field);
        if (key === undefined) {
          key = ++fields;
          fieldKeys.set(found.field, key);
        }
        return `#${key}`;
      }
    }
    return Object.entries(of)
      .filter(([name]) => !['at', 'written', 'isQuoted'].includes(name))
      .map(([name, part]) => [name, write(part)]);
  };
  return JSON.stringify(write(node));
}
