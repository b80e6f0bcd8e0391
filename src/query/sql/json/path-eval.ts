/** Follows paths of SQL's JSON functions: from a value of JSON to the items that a path finds. */

import { SqlError } from '../errors.js';
import { INTEGER, isText, type Type } from '../types.js';
import {
  absolute,
  badItem,
  calculate,
  compareScalars,
  fail,
  indexOf,
  isTyped,
  negate,
  nodeKind,
  numberOf,
  round,
  scalarOf,
  toDouble,
} from './path-number.js';
import type { Item, Method, Path, PathNode, Predicate, Subscript, Typed } from './path-tree.js';
import { isObject, type JsonNode, type JsonObject, uniqueMembers } from './tree.js';

type Items = readonly Item[];

interface Context {
  root: JsonNode;
  isLax: boolean;
  passing: ReadonlyMap<string, Item>;
  current?: Item;
  last?: number;
  /** How many objects `keyvalue()` has met. */
  counter: { objects: number };
}

/** More items than that are not gathered: a path of `..` can find the same ones again and again. */
const MOST_ITEMS = 1_000_000;
/** The longest is `timestamp without time zone`. */
const TYPE_NAME: Type = { kind: 'varchar', length: 27 };

const isList = (item: Item): item is readonly JsonNode[] => Array.isArray(item);
const isObjectItem = (item: Item): item is JsonObject => !isTyped(item) && isObject(item);

/** In lax mode, the elements of lists instead of those. */
function unwrap(items: Items, { isLax }: Context): Items {
  if (!isLax || !items.some(isList)) return items;
  return items.flatMap<Item>(item => (isList(item) ? [...item] : [item]));
}

/**
 * The items at a path, in their order.
 * @throws SqlError `PATH_EVALUATION_ERROR`
 */
export function followPath(path: Path, root: JsonNode, passing: ReadonlyMap<string, Item>): Items {
  return follow(path.node, { root, isLax: path.isLax, passing, counter: { objects: 0 } });
}

function follow(node: PathNode, context: Context): Items {
  switch (node.kind) {
    case 'root':
      return [context.root];
    case 'current':
      return context.current === undefined ? fail() : [context.current];
    case 'last':
      return context.last === undefined ? fail() : [{ type: INTEGER, value: BigInt(context.last) }];
    case 'variable': {
      const item = context.passing.get(node.name);
      if (item === undefined)
        throw new SqlError('INVALID_PATH', `no value passed for parameter ${node.name}`);
      return [item];
    }
    case 'literal':
      return [node.item];
    case 'member':
      return unwrap(follow(node.base, context), context).flatMap(item => members(item, node.name, context));
    case 'descendant':
      return descendants(follow(node.base, context), node.name);
    case 'elements':
      return follow(node.base, context).flatMap(item => elements(item, node.subscripts, context));
    case 'filter':
      return unwrap(follow(node.base, context), context).filter(
        current => holds(node.predicate, { ...context, current }) === true,
      );
    case 'method':
      return applyMethod(node.method, follow(node.base, context), context);
    case 'sign': {
      const numbers = unwrap(follow(node.base, context), context).map(numberOf);
      return node.isMinus ? numbers.map(negate) : numbers;
    }
    case 'calculate': {
      const left = unwrap(follow(node.left, context), context);
      const right = unwrap(follow(node.right, context), context);
      if (left.length !== 1 || right.length !== 1)
        return fail('arithmetic binary expression requires singleton operands');
      return [calculate(node.operator, numberOf(left[0]!), numberOf(right[0]!))];
    }
  }
}

function members(item: Item, name: string | undefined, { isLax }: Context): JsonNode[] {
  if (!isObjectItem(item)) return isLax ? [] : badItem('OBJECT', item);
  const all = uniqueMembers(item);
  if (name === undefined) return all.map(([, value]) => value);
  const member = all.find(([of]) => of === name);
  if (member) return [member[1]];
  return isLax ? [] : fail(`structural error: missing member '${name}' in JSON object`);
}

function descendants(items: Items, name: string): JsonNode[] {
  const nodes: JsonNode[] = [];
  const visit = (item: Item): void => {
    if (isList(item)) for (const element of item) visit(element);
    if (!isObjectItem(item)) return;
    const all = uniqueMembers(item);
    const member = all.find(([of]) => of === name);
    if (member && nodes.push(member[1]) > MOST_ITEMS) fail('too many items');
    for (const [, value] of all) visit(value);
  };
  for (const item of items) visit(item);
  return nodes;
}

function single(items: Items, side: string): bigint {
  if (items.length !== 1) return fail(`array subscript '${side}' value must be singleton numeric`);
  return indexOf(items[0]!);
}

function elements(item: Item, subscripts: readonly Subscript[], context: Context): Item[] {
  const { isLax } = context;
  const all: Items = isList(item) ? item : isLax ? [item] : badItem('ARRAY', item);
  if (subscripts.length === 0) return [...all];
  if (all.length === 0) return isLax ? [] : fail('structural error: invalid array subscript for empty array');
  const inside: Context = { ...context, last: all.length - 1 };
  return subscripts.flatMap(subscript => {
    const from = single(follow(subscript.from, inside), 'from');
    const to = subscript.to ? single(follow(subscript.to, inside), 'to') : from;
    if (!isLax && (from < 0n || to >= all.length || from > to))
      return fail(
        `structural error: invalid array subscript: [${from}, ${to}] for array of size ${all.length}`,
      );
    return to < 0n ? [] : all.slice(Number(from < 0n ? 0n : from), Number(to) + 1);
  });
}

function typeName(item: Item): string {
  if (!isTyped(item)) return nodeKind(item).toLowerCase();
  if (isText(item.type)) return 'string';
  return item.type.kind === 'boolean' ? 'boolean' : 'number';
}

function sizeOf(item: Item, { isLax }: Context): Typed {
  const size = isList(item) ? item.length : isLax ? 1 : badItem('ARRAY', item);
  return { type: INTEGER, value: BigInt(size) };
}

function keyValues(item: Item, { counter }: Context): JsonNode[] {
  if (!isObjectItem(item)) return badItem('OBJECT', item);
  const id: JsonNode = { number: String(counter.objects++) };
  return uniqueMembers(item).map(([name, value]) => ({
    members: [
      ['name', name],
      ['value', value],
      ['id', id],
    ],
  }));
}

function applyMethod(method: Method, items: Items, context: Context): Items {
  if (method === 'type') return items.map(item => ({ type: TYPE_NAME, value: typeName(item) }));
  if (method === 'size') return items.map(item => sizeOf(item, context));
  const all = unwrap(items, context);
  switch (method) {
    case 'double':
      return all.map(toDouble);
    case 'abs':
      return all.map(item => absolute(numberOf(item)));
    case 'ceiling':
      return all.map(item => round(numberOf(item), true));
    case 'floor':
      return all.map(item => round(numberOf(item), false));
    case 'keyvalue':
      return all.flatMap(item => keyValues(item, context));
  }
}

/** Items of a path within a predicate; null where it fails. */
function attempt(node: PathNode, context: Context): Items | null {
  try {
    return follow(node, context);
  } catch (error) {
    if (error instanceof SqlError && error.sqlError === 'PATH_EVALUATION_ERROR') return null;
    throw error;
  }
}

/** Whether a predicate holds; null is unknown. */
function holds(predicate: Predicate, context: Context): boolean | null {
  switch (predicate.kind) {
    case 'compare':
      return compareItems(predicate, context);
    case 'startsWith':
      return startsWith(predicate, context);
    case 'exists': {
      const items = attempt(predicate.path, context);
      return items && items.length > 0;
    }
    case 'isUnknown':
      return holds(predicate.predicate, context) === null;
    case 'not': {
      const isTrue = holds(predicate.predicate, context);
      return isTrue === null ? null : !isTrue;
    }
    case 'and':
    case 'or': {
      // The value that decides alone.
      const decides = predicate.kind === 'or';
      const left = holds(predicate.left, context);
      if (left === decides) return decides;
      const right = holds(predicate.right, context);
      if (right === decides) return decides;
      return left === null || right === null ? null : !decides;
    }
  }
}

type Class = 'null' | 'scalar' | 'other';
const classOf = (item: Item): Class =>
  item === null ? 'null' : isList(item) || isObjectItem(item) ? 'other' : 'scalar';

function compareItems(predicate: Predicate & { kind: 'compare' }, context: Context): boolean | null {
  const { operator } = predicate;
  const before = attempt(predicate.left, context);
  const after = before && attempt(predicate.right, context);
  if (!before || !after) return null;
  const [left, right] = [unwrap(before, context), unwrap(after, context)];
  if (left.length === 0 || right.length === 0) return false;
  const [a, b] = [new Set(left.map(classOf)), new Set(right.map(classOf))];
  if ((a.has('other') && (b.has('other') || b.has('scalar'))) || (a.has('scalar') && b.has('other')))
    return null;
  const isMore = (of: Set<Class>): boolean => of.has('scalar') || of.has('other');
  let isFound =
    (operator === '==' && a.has('null') && b.has('null')) ||
    (operator === '<>' && ((a.has('null') && isMore(b)) || (b.has('null') && isMore(a))));
  if (isFound && context.isLax) return true;
  if (!a.has('scalar') || !b.has('scalar')) return isFound;
  const [x, y] = [left, right].map(items => items.filter(item => classOf(item) === 'scalar').map(scalarOf));
  if (x!.includes(undefined) || y!.includes(undefined)) return null;
  for (const one of x as Typed[])
    for (const other of y as Typed[]) {
      const isTrue = compareScalars(operator, one, other);
      if (isTrue === null) return null;
      isFound ||= isTrue;
      if (isTrue && context.isLax) return true;
    }
  return isFound;
}

function textOf(item: Item): string | null {
  const scalar = scalarOf(item);
  return scalar && isText(scalar.type) ? (scalar.value as string) : null;
}

function startsWith(predicate: Predicate & { kind: 'startsWith' }, context: Context): boolean | null {
  const values = attempt(predicate.value, context);
  const prefixes = values && attempt(predicate.prefix, context);
  if (!values || prefixes?.length !== 1) return null;
  const prefix = textOf(prefixes[0]!);
  if (prefix === null) return null;
  let isFound = false;
  for (const item of unwrap(values, context)) {
    const text = textOf(item);
    if (text === null) return null;
    isFound ||= text.startsWith(prefix);
    if (isFound && context.isLax) return true;
  }
  return isFound;
}
