/** The last step of binding: each table of the index becomes a SELECT of the columns that the statement uses. */

import { expressionOf, JOINS } from '../../../store/view.js';
import { CLOSE, OPEN } from '../emit/literal.js';
import type { BoundQuery } from './bound-query.js';

/** A join of the view, and the name of its table in it. */
const PARTS = JOINS.split('\n').map(line => {
  const text = line.trim();
  return { text, alias: /AS (\w)\b/.exec(text)![1]! };
});

/** Behind the name of a table whose rows are wanted in the order of events rather than of their kinds. */
const BY_EVENTS = '!';
/** Behind that of a table of which all rows are read. */
const WHOLE = '#';

const TABLES = new RegExp(`${OPEN}(t\\d+)([!#]?)(?:=(\\w+))?(?:\\?(\\w+))?${CLOSE}`, 'g');

const PLAIN_TABLES = new RegExp(`(${OPEN}t\\d+)${CLOSE}`, 'g');
const ENDS = new RegExp(`(${OPEN}t\\d+[!#]?)${CLOSE}`, 'g');
const NARROWED = new RegExp(`${OPEN}([?!~])(\\w+)${CLOSE}`, 'g');
const NOT_INDEXED = ' NOT INDEXED';

/** Whether columns of the view need the details of events. */
export const needDetails = (columns: Iterable<string>): boolean =>
  [...columns].some(column => /\bd\./.test(expressionOf(column) ?? ''));

const SOLE_TABLE = new RegExp(`^${OPEN}(t\\d+)${CLOSE} AS \\1$`);

/** The name of the table that alone stands behind FROM; undefined where something else does. */
export const soleTable = (from: string): string | undefined => SOLE_TABLE.exec(from)?.[1];

/** The columns of a table that a piece of SQL names. */
export const columnsUsed = (sql: string, alias: string): ReadonlySet<string> =>
  new Set(Array.from(sql.matchAll(new RegExp(`\\b${alias}\\."([^"]+)"`, 'g')), match => match[1]!));

/**
 * The statement with its tables. SQLite leaves out a join that nothing needs only where nothing is aggregated, so only
 * those come in that a column needs.
 */
export function withTables({ sql }: BoundQuery): string {
  return sql.replaceAll(TABLES, (_, alias: string, order: string, weights?: string, narrowing?: string) => {
    const used = columnsUsed(sql, alias);
    const columns = [...used].flatMap(column => {
      const expression = expressionOf(column);
      return expression === undefined ? [] : [{ column, expression }];
    });
    const needed = new Set(
      columns.flatMap(({ expression }) => [...expression.matchAll(/\b([a-z])\./g)].map(match => match[1]!)),
    );
    // Details lie in the order of events: in that of an index they would be looked up one by one.
    const isWhole = order === WHOLE ? '!' : '~';
    const whole = narrowing ? `${OPEN}${isWhole}${narrowing}${CLOSE}` : order === WHOLE ? NOT_INDEXED : '';
    const event = weights ? `${weights} AS e` : `${PARTS[0]!.text}${needed.has('d') ? whole : ''}`;
    const joins = PARTS.slice(1)
      .filter(({ alias: of }) => needed.has(of))
      // Every event has its kind; SQLite reads the events first where it need not look for them by their kinds.
      .map(({ text }) => (order !== '' || weights ? text.replace(/^JOIN/, 'LEFT JOIN') : text));
    if (weights) columns.push({ column: 'n', expression: 'e.n' });
    const select = columns.map(({ column, expression }) => `${expression} AS "${column}"`);
    const narrowed = narrowing ? `${OPEN}?${narrowing}${CLOSE}` : '';
    return `(SELECT ${select.length > 0 ? select.join(', ') : '1'} FROM ${[event, ...joins].join(' ')}${narrowed})`;
  });
}

/** The SQL of a FROM whose events are read in their own order: by time, through its index, where they are sorted by it. */
export const byEvents = (from: string): string => from.replaceAll(PLAIN_TABLES, `$1${BY_EVENTS}${CLOSE}`);

/** The SQL of a FROM of which everything is read. */
export const readWhole = (from: string): string => from.replaceAll(PLAIN_TABLES, `$1${WHOLE}${CLOSE}`);

/** The SQL of a FROM of whose events conditions need not all: when it runs, it is decided which are read. */
export const narrowedTo = (from: string, name: string): string => from.replaceAll(ENDS, `$1?${name}${CLOSE}`);

/** What was decided when a statement runs. */
export interface Narrowed {
  /** SQL of what an event must hold to be read; nothing where all are. */
  conditions: readonly string[];
  /** Names of the dimensions whose rows say all that their conditions do. */
  decided: readonly string[];
  /** Whether an index finds these events. */
  isFound: boolean;
  /** Whether indexes find so many events that all are better read. */
  isCommon: boolean;
}

/** The statement with what was decided. */
export const withNarrowed = (sql: string, narrowedOf: (name: string) => Narrowed): string =>
  sql.replaceAll(NARROWED, (_, mark: string, name: string) => {
    const { conditions, isFound, isCommon } = narrowedOf(name);
    if (mark === '?') return conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    return !isFound && (mark === '!' || isCommon) ? NOT_INDEXED : '';
  });

/** Columns that an index on events, or one on a dimension and then one on events, finds. */
const FOUND =
  /"(?:event(?:time|id|name|source|category|type|version)|awsregion|errorcode|readonly|recipientaccountid|sourceipaddress|useragent|useridentity_\w+|username|bucketname|apiversion|managementevent)"/;

/** Whether SQL has a column that an index finds. */
export const isFound = (filter: string): boolean => FOUND.test(filter);
