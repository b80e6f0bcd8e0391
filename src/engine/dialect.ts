/** Athena's dialect on its way to an engine: what Trino reads differently, `?` and their values, what only reads. */

import { literal } from '../query/filter/sql-text.js';
import { SqlError } from '../query/sql/errors.js';
import { type Token, tokens } from '../query/sql/parse/lexer.js';
import { parseStatements } from '../query/sql/parse/statement.js';
import type { Edit } from './edited.js';

/** The tokens of a text; none where it cannot be read, which the engine will say in its own words. */
export function tokensOf(text: string): readonly Token[] {
  try {
    return tokens(text);
  } catch (error) {
    if (error instanceof SqlError) return [];
    throw error;
  }
}

/** Athena takes 1.5 for a double, Trino for a decimal; with an exponent both take it for a double. */
export const doubles = (found: readonly Token[]): Edit[] =>
  found
    .filter(({ kind }) => kind === 'decimal')
    .map(({ at, end, text }) => ({ at, end, text: `${text}${text.endsWith('.') ? '0' : ''}e0` }));

/** Each `?` as the expression or the text that is its value. */
export function parameters(found: readonly Token[], values: readonly string[]): Edit[] {
  const marks = found.filter(({ key }) => key === '?');
  return marks
    .slice(0, values.length)
    .map(({ at, end }, i) => ({ at, end, text: parameterText(values[i]!) }));
}

/** An expression where the value can be read as one that names no column, else a text: as `sql` takes them on an index. */
function parameterText(value: string): string {
  // The line break ends a comment that stands behind the expression.
  return isExpression(value) ? `(${value}\n)` : literal(value);
}

/**
 * Whether a text is one expression without names. It has to be one alone, which rules out brackets that close what they
 * did not open, and one as the element of a list, which rules out what can stand behind an expression, as WHERE.
 */
const isExpression = (value: string): boolean =>
  isOneItem(value) && isOneItem(`ARRAY[${value}\n]`, { isList: true });

function isOneItem(text: string, { isList = false } = {}): boolean {
  try {
    const [parsed, ...more] = parseStatements(`SELECT ${text}`);
    const { statement } = parsed!;
    if (more.length > 0 || text.includes(';') || statement.kind !== 'query') return false;
    const { body } = statement.query;
    if (body.kind !== 'select' || body.items.length !== 1 || body.from) return false;
    const [item] = body.items;
    if (item!.kind !== 'expression' || item!.alias || names(statement)) return false;
    return !isList || (item!.value.kind === 'array' && item!.value.elements.length === 1);
  } catch (error) {
    if (error instanceof SqlError) return false;
    throw error;
  }
}

/** Whether a name, another parameter or a query stands anywhere in a tree. */
function names(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(names);
  if (node === null || typeof node !== 'object') return false;
  const { kind } = node as { kind?: string };
  if (kind === 'identifier' || kind === 'parameter' || kind === 'subquery' || kind === 'exists') return true;
  return Object.values(node).some(names);
}

/** Words that statements begin with which change nothing but the session. */
const READING: ReadonlySet<string> = new Set(
  '( SELECT WITH VALUES TABLE SHOW DESCRIBE DESC EXPLAIN PREPARE EXECUTE DEALLOCATE USE SET RESET'.split(' '),
);

/**
 * The word by which a statement would change something at the engine: `DROP`. Undefined for one that only reads.
 * EXPLAIN ANALYZE runs what it explains, PREPARE keeps it for an EXECUTE, EXECUTE IMMEDIATE has it as a text.
 */
export function changingWord(found: readonly Token[]): string | undefined {
  const [first, ...rest] = found;
  if (!first) return undefined;
  if (!READING.has(first.key)) return first.key || first.text;
  if (first.key === 'PREPARE') {
    const from = rest.findIndex(({ key }) => key === 'FROM');
    return from < 0 ? undefined : changingWord(rest.slice(from + 1));
  }
  if (first.key === 'EXECUTE' && rest[0]?.key === 'IMMEDIATE') {
    const text = rest[1];
    return text?.kind === 'string' ? changingWord(tokensOf(text.text)) : 'EXECUTE IMMEDIATE';
  }
  if (first.key === 'EXPLAIN') return changingWord(explained(rest));
  // SET SESSION, SET ROLE, SET TIME ZONE and SET PATH are the session's own.
  if (first.key === 'SET' && !['SESSION', 'ROLE', 'TIME', 'PATH'].includes(rest[0]?.key ?? ''))
    return first.key;
  return undefined;
}

/** What stands behind EXPLAIN and its options. */
function explained(rest: readonly Token[]): readonly Token[] {
  let from = 0;
  while (['ANALYZE', 'VERBOSE'].includes(rest[from]?.key ?? '')) from++;
  const isOptions = rest[from]?.key === '(' && ['TYPE', 'FORMAT'].includes(rest[from + 1]?.key ?? '');
  if (isOptions) from = rest.findIndex(({ key }) => key === ')') + 1;
  return rest.slice(from);
}
