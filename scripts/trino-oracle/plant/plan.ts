/** The conditions of each SELECT of a statement, those of the queries it reads included. */

import type {
  Expression,
  Query,
  QueryBody,
  QuerySpec,
  Relation,
  Statement,
} from '../../../src/query/sql/parse/ast.js';
import { type Condition, conditionOf, UNKNOWN } from './condition.js';
import { type Scope, type ScopeItem, viewOf } from './resolve.js';
import { elementView, type Json, type Target, type View } from './view.js';

export interface Plan {
  /** Of events that the SELECT reads. */
  where: Condition;
  /** Those that columns and HAVING ask about such events: in CASE, FILTER and the like. */
  further: Condition[];
  /** Rows that HAVING asks for. */
  count: number;
  /** Members of JSON that the SELECT reads, with something to be read there. */
  reads: Array<{ target: Target; value: Json }>;
  /** Fields that it compares with each other. */
  pairs: Array<[Target, Target]>;
}

interface Read {
  where: Condition;
  columns: ReadonlyMap<string, View>;
}

type Names = ReadonlyMap<string, () => Read>;

/**
 * Plans of a statement: of its innermost queries first. `now` is in milliseconds since 1970.
 * Long: a reader for each part of a query, which share the plans and the count of tables.
 */
export function plansOf(statement: Statement, now: number): Plan[] {
  const plans: Plan[] = [];
  let tables = 0;
  if ('statement' in statement) return plansOf(statement.statement, now);
  if (statement.kind === 'query') readQuery(statement.query, new Map());
  return plans;

  function readQuery(query: Query, outer: Names): Read {
    const names = new Map(outer);
    for (const { name, columns, query: inner } of query.with?.queries ?? []) {
      const before = new Map(names);
      names.set(name.name, () => {
        const read = readQuery(inner, before);
        return columns
          ? {
              ...read,
              columns: renamed(
                read.columns,
                columns.map(column => column.name),
              ),
            }
          : read;
      });
    }
    return readBody(query.body, names);
  }

  function readBody(body: QueryBody, names: Names): Read {
    switch (body.kind) {
      case 'select':
        return readSelect(body, names);
      case 'nested':
        return readQuery(body.query, names);
      case 'set': {
        const [left, right] = [readBody(body.left, names), readBody(body.right, names)];
        return { where: { any: [left.where, right.where] }, columns: left.columns };
      }
      case 'table':
        return names.get(body.name.at(-1)!.name)?.() ?? { where: UNKNOWN, columns: new Map() };
      default:
        return { where: UNKNOWN, columns: new Map() };
    }
  }

  function readSelect(select: QuerySpec, names: Names): Read {
    const items: ScopeItem[] = [];
    const conditions: Condition[] = [];
    const scope: Scope = { items, now };
    if (select.from) readRelation(select.from, { names, scope, items, conditions });
    if (select.where) conditions.push(conditionOf(select.where, scope));
    for (const inner of queriesWithin([select.where, select.having, select.items])) readQuery(inner, names);

    const where: Condition = { all: conditions };
    const outputs = [select.items, select.having];
    const further = conditionsWithin(outputs).map(of => conditionOf(of, scope));
    const all = [select.from, select.where, select.items, select.groupBy];
    plans.push({
      where,
      further,
      count: havingCount(select.having),
      reads: readsWithin(all, scope),
      pairs: pairsWithin(all, scope),
    });

    const columns = new Map<string, View>(items.flatMap(item => [...(item.columns ?? [])]));
    for (const item of select.items) {
      if (item.kind !== 'expression') continue;
      const view = viewOf(item.value, scope);
      const own = 'field' in item.value ? (item.value.field as { name: string }).name : undefined;
      const name = item.alias?.name ?? (item.value.kind === 'identifier' ? item.value.name : own);
      if (view && name !== undefined) columns.set(name, view);
    }
    return { where, columns: isAll(select) && items[0] ? throughAll(items, columns) : columns };
  }

  /** Adds what a relation has to the scope, and the conditions it brings. */
  function readRelation(
    of: Relation,
    into: { names: Names; scope: Scope; items: ScopeItem[]; conditions: Condition[] },
    alias?: string,
    aliases?: readonly string[],
  ): void {
    const { names, scope, items, conditions } = into;
    const read = ({ where, columns }: Read): void => {
      conditions.push(where);
      items.push({ ...(alias && { alias }), columns: aliases ? renamed(columns, aliases) : columns });
    };
    switch (of.kind) {
      case 'alias':
        readRelation(
          of.relation,
          into,
          of.alias.name,
          of.columns?.map(column => column.name),
        );
        return;
      case 'sample':
        readRelation(of.relation, into, alias, aliases);
        return;
      case 'query':
        read(readQuery(of.query, names));
        return;
      case 'table': {
        const name = of.name.at(-1)!.name;
        const readNamed = of.name.length === 1 ? names.get(name) : undefined;
        if (readNamed) read(readNamed());
        else items.push({ alias: alias ?? name, table: tables++ });
        if (readNamed && !alias) items.at(-1)!.alias = name;
        return;
      }
      case 'join':
        readRelation(of.left, into);
        readRelation(of.right, into);
        if (of.on) conditions.push(conditionOf(of.on, scope));
        return;
      case 'unnest': {
        const columns = new Map<string, View>();
        of.arrays.forEach((array, i) => {
          const view = viewOf(array, scope);
          const name = aliases?.[i];
          if (view && name) columns.set(name, elementView(view, 0));
        });
        items.push({ ...(alias && { alias }), columns });
      }
    }
  }
}

const isAll = ({ items }: QuerySpec): boolean => items.some(item => item.kind === 'all');

/** With `*` every column of the tables below can be named: those that guides name. */
function throughAll(items: readonly ScopeItem[], columns: Map<string, View>): ReadonlyMap<string, View> {
  const names =
    'eventname eventsource eventtime useridentity sourceipaddress useragent awsregion errorcode requestparameters responseelements additionaleventdata resources readonly recipientaccountid eventtype region year month day account timestamp';
  for (const name of names.split(' ')) {
    const view = viewOf(
      { kind: 'identifier', at: 0, name, written: name, isQuoted: false },
      { items, now: 0 },
    );
    if (view && !columns.has(name)) columns.set(name, view);
  }
  return columns;
}

const renamed = (columns: ReadonlyMap<string, View>, names: readonly string[]): ReadonlyMap<string, View> =>
  new Map([...columns.values()].slice(0, names.length).map((view, i) => [names[i]!, view]));

type Node = { kind?: unknown } & Record<string, unknown>;

/** Every node below, not those of inner queries. */
function* nodesWithin(of: unknown): Generator<Node> {
  if (typeof of !== 'object' || of === null || Buffer.isBuffer(of)) return;
  if (!Array.isArray(of)) yield of as Node;
  for (const [key, inner] of Object.entries(of)) if (key !== 'query') yield* nodesWithin(inner);
}

const queriesWithin = (of: unknown): Query[] =>
  [...nodesWithin(of)].flatMap(node => ('query' in node ? [node.query as Query] : []));

const CONDITIONS = new Set(['comparison', 'between', 'in list', 'like', 'is null', 'and', 'or']);

const conditionsWithin = (of: unknown): Expression[] =>
  [...nodesWithin(of)].filter(({ kind }) => CONDITIONS.has(String(kind))) as unknown as Expression[];

/** The largest number that HAVING compares with, as far as it is a number of rows that can be planted. */
function havingCount(having: Expression | undefined): number {
  const numbers = [...nodesWithin(having)]
    .filter(({ kind }) => kind === 'integer')
    .map(({ value }) => Number(value))
    .filter(value => value <= 200);
  return Math.max(0, ...numbers);
}

/** What `json_extract_scalar` reads, a text, and what is cast to an array, an object in one. */
function readsWithin(of: unknown, scope: Scope): Plan['reads'] {
  const reads: Plan['reads'] = [];
  const add = (view: View | undefined, value: Json): void => {
    if (view && view.target.path.length > 1) reads.push({ target: view.target, value });
  };
  for (const node of nodesWithin(of)) {
    if (node.kind === 'cast') {
      const { value, type } = node as unknown as Extract<Expression, { kind: 'cast' }>;
      if (type.type.kind === 'array') add(viewOf(value, scope), [{}]);
      else if (/int|double|real|decimal/.test(type.type.kind)) add(viewOf(value, scope), 7);
    }
    if (node.kind !== 'call') continue;
    const { name, args } = node as unknown as Extract<Expression, { kind: 'call' }>;
    if (name.toLowerCase() === 'json_extract_scalar') add(viewOf(node as never, scope), 'some-text');
    const [first, second] = args;
    const view = second?.kind === 'lambda' && viewOf(first!, scope);
    if (!view || second?.kind !== 'lambda') continue;
    const columns = new Map([[second.parameters[0]!.name, elementView(view, 0)]]);
    reads.push(...readsWithin(second.body, { ...scope, items: [{ columns }, ...scope.items] }));
  }
  return reads;
}

function pairsWithin(of: unknown, scope: Scope): Plan['pairs'] {
  return [...nodesWithin(of)].flatMap((node): Plan['pairs'] => {
    if (node.kind !== 'comparison' || node.op !== '=') return [];
    const [left, right] = [viewOf(node.left as Expression, scope), viewOf(node.right as Expression, scope)];
    return left && right ? [[left.target, right.target]] : [];
  });
}
