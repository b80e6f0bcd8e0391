/** `JSON_VALUE`, `JSON_QUERY` and `JSON_EXISTS`, which the statement writes with clauses of their own. */

import { castFunction } from '../cast/cast.js';
import { javaFloat } from '../cast/number-text.js';
import { bigDecimal } from '../cast/to-json.js';
import { SqlError, type SqlErrorName } from '../errors.js';
import { followPath } from '../json/path-eval.js';
import { isTyped, scalarOf } from '../json/path-number.js';
import { parsePath } from '../json/path-syntax.js';
import type { Item, Typed } from '../json/path-tree.js';
import { skipSpace } from '../json/scan.js';
import { isObject, type JsonNode, parseFirst, writeJson } from '../json/tree.js';
import { jsonDouble } from '../json/write.js';
import { remember } from '../remember.js';
import { isSame, type Type, typeText } from '../types.js';
import type { Value } from '../values.js';
import type { Session } from './registry.js';

/** What is given where a path finds nothing, or fails. */
export interface Behavior {
  kind: 'null' | 'error' | 'default' | 'empty array' | 'empty object' | 'true' | 'false' | 'unknown';
  /** Of `default`. */
  value?: Value;
}

interface Asked {
  text: string | null;
  /** `lax $.a` */
  path: string;
  /** Values for `$name`. */
  passing?: ReadonlyMap<string, Item>;
  onError: Behavior;
}

const pathOf = remember(parsePath);

/**
 * Parses a path, so that a bad one is an error before anything runs. Positions count from the path's start.
 * @throws SqlError `SYNTAX_ERROR`, `NOT_SUPPORTED`
 */
export function checkPath(path: string): void {
  pathOf(path);
}

const NOTHING: ReadonlyMap<string, Item> = new Map();
const NO_SESSION: Session = { now: 0n, zone: 'UTC' };

function fallback({ kind, value }: Behavior, name: SqlErrorName, sentence: string): Value {
  switch (kind) {
    case 'error':
      throw new SqlError(name, sentence);
    case 'default':
      return value ?? null;
    case 'empty array':
      return '[]';
    case 'empty object':
      return '{}';
    case 'true':
    case 'false':
      return kind === 'true';
    default:
      return null;
  }
}

/** The value of JSON that a text begins with; undefined where it is none. Nothing is null. */
function inputOf(text: string): JsonNode | undefined {
  if (skipSpace(text, 0) === text.length) return null;
  return parseFirst(text)?.node;
}

/** The items that a path finds, or what is given where it fails. */
function find({
  text,
  path,
  passing = NOTHING,
  onError,
}: Asked): { items: readonly Item[] } | { instead: Value } {
  const steps = pathOf(path);
  if (text === null) return { instead: null };
  const root = inputOf(text);
  if (root === undefined)
    return { instead: fallback(onError, 'JSON_INPUT_CONVERSION_ERROR', 'conversion to JSON failed: ') };
  try {
    return { items: followPath(steps, root, passing) };
  } catch (error) {
    if (!(error instanceof SqlError) || error.sqlError !== 'PATH_EVALUATION_ERROR') throw error;
    return { instead: fallback(onError, error.sqlError, error.sentence) };
  }
}

/** `JSON_EXISTS`: whether a path finds anything. */
export function jsonExists(asked: Asked): Value {
  const outcome = find(asked);
  return 'instead' in outcome ? outcome.instead : outcome.items.length > 0;
}

/** `JSON_VALUE`: the scalar at a path, as the type that `RETURNING` names. */
export function jsonValue({
  returning,
  onEmpty,
  session = NO_SESSION,
  ...asked
}: Asked & { returning: Type; onEmpty: Behavior; session?: Session }): Value {
  const outcome = find(asked);
  if ('instead' in outcome) return outcome.instead;
  const refuse = (behavior: Behavior, reason: string): Value =>
    fallback(behavior, 'JSON_VALUE_RESULT_ERROR', `cannot extract SQL scalar from JSON: ${reason}`);
  const { items } = outcome;
  if (items.length === 0) return refuse(onEmpty, 'JSON path found no items');
  if (items.length > 1) return refuse(asked.onError, 'JSON path found multiple items');
  if (items[0] === null) return null;
  const scalar = scalarOf(items[0]!);
  if (!scalar)
    return refuse(asked.onError, 'JSON path found an item that cannot be converted to an SQL value');
  if (isSame(scalar.type, returning)) return scalar.value;
  const misfit = (): Value =>
    refuse(
      asked.onError,
      `Cannot cast value of type ${typeText(scalar.type)} to declared return type of function JSON_VALUE: ${typeText(returning)}`,
    );
  const cast = castFunction(scalar.type, returning, session);
  if (!cast) return misfit();
  try {
    return cast(scalar.value);
  } catch (error) {
    if (error instanceof SqlError) return misfit();
    throw error;
  }
}

/** A value of SQL as JSON. */
function nodeOf({ type, value }: Typed): JsonNode {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const exact = (number: string): JsonNode => ({ number, isExact: true });
  if (type.kind === 'decimal') return exact(bigDecimal(value as bigint, type.scale));
  if (typeof value !== 'number') return exact(String(value));
  return exact(type.kind === 'real' && Number.isFinite(value) ? javaFloat(value) : jsonDouble(value));
}

const OUTPUT_ERROR: SqlErrorName = 'JSON_OUTPUT_CONVERSION_ERROR';

/** `JSON_QUERY`: the values at a path as JSON text. */
export function jsonQuery({
  wrapper,
  quotes,
  onEmpty,
  ...asked
}: Asked & {
  wrapper: 'without' | 'conditional' | 'unconditional';
  /** Whether a text that stands alone keeps its quotes. */
  quotes: 'keep' | 'omit';
  onEmpty: Behavior;
}): Value {
  const outcome = find(asked);
  if ('instead' in outcome) return outcome.instead;
  const refuse = (behavior: Behavior, reason: string): Value =>
    fallback(behavior, OUTPUT_ERROR, `conversion from JSON failed: ${reason}`);
  const nodes = outcome.items.map(item => (isTyped(item) ? nodeOf(item) : item));
  if (nodes.length === 0) return refuse(onEmpty, 'JSON path found no items');
  const [first] = nodes as [JsonNode];
  const isAlone = nodes.length === 1;
  const isStructure = isAlone && (Array.isArray(first) || (first !== null && isObject(first)));
  if (wrapper === 'unconditional' || (wrapper === 'conditional' && !isStructure)) return writeJson(nodes);
  if (!isAlone) return refuse(asked.onError, 'JSON path found multiple items');
  return quotes === 'omit' && typeof first === 'string' ? first : writeJson(first);
}
