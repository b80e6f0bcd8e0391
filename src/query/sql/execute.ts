/** Runs a bound statement on an index, row by row. */

import type { Statement } from 'better-sqlite3';
import { messageOf } from '../../errors.js';
import type { Db } from '../../store/open.js';
import { beginReading } from '../snapshot.js';
import { type Narrowed, withNarrowed } from './bind/finish.js';
import { withDecided } from './bind/pointed.js';
import { withTallies } from './bind/tally.js';
import type { Emitter } from './emit/emit.js';
import type { Narrowing, PointedBy } from './emit/own-table.js';
import { SqlError } from './errors.js';
import { firstEvents } from './first-events.js';
import { eventsWith, isCommon, isOfFewFiles, isShort } from './narrow.js';
import { groupsOf, tallyColumns } from './tally.js';
import type { Type } from './types.js';
import { decode, type Stored, type Value } from './values.js';
import { weightColumns, weights } from './weights.js';

/** The rows of a statement. */
export interface SqlResult {
  /** Names as Athena gives them: lower case, the last field of a path, `_col0` for an expression. */
  columns: string[];
  types: Type[];
  rows: IterableIterator<Value[]>;
  /** What the user should know of how the statement was understood. */
  notes: string[];
}

/** A statement that was bound, before it runs. */
export interface PreparedSql {
  columns: string[];
  types: Type[];
  /** The statement for SQLite; `ot_…` are functions of this statement's own. */
  sql: string;
  emitter: Emitter;
  notes: string[];
  /** The statement as SQLite has it, where that is the same each time it runs. */
  statement?: Statement;
}

/**
 * Gives the statement's functions and tables to the connection.
 * @param isRun false where only the plan is asked for: then tables stay empty, and rows are grouped by SQLite
 * @returns the statement as it will run
 */
export function register(db: Db, { sql, emitter }: PreparedSql, isRun: boolean): string {
  const { functions, aggregates, tables, tallies, narrowings } = emitter;
  for (const { name, run, isDeterministic } of functions)
    db.function(name, { varargs: true, deterministic: isDeterministic, safeIntegers: true }, run as never);
  for (const { name, start, step, inverse, result } of aggregates)
    db.aggregate(name, {
      varargs: true,
      deterministic: true,
      safeIntegers: true,
      start,
      step,
      inverse,
      result,
    } as never);
  for (const table of tables) {
    // Before the statement runs: a connection answers nothing else meanwhile.
    const rows = isRun ? weights(db, table) : [];
    tableOf(db, table.name, weightColumns(table), rows);
  }
  const narrowed = new Map(narrowings.map(narrowing => [narrowing.name, narrowedBy(db, narrowing, isRun)]));
  const decided = new Set([...narrowed.values()].flatMap(of => of.decided));
  const whole = withDecided(
    withNarrowed(sql, name => narrowed.get(name)!),
    decided,
  );
  return withTallies(whole, (name, scan) => {
    const tally = tallies.find(of => of.name === name)!;
    // As tables above.
    const groups = isRun ? groupsOf(db, tally, scan) : undefined;
    if (groups) tableOf(db, name, tallyColumns(tally), groups);
    return groups !== undefined;
  });
}

/** Rows of one column; a statement may read them more than once. */
const eachAlone = (values: readonly number[]): Iterable<[number]> => ({
  *[Symbol.iterator]() {
    for (const value of values) yield [value];
  },
});

/** Gives a table of the statement's own to the connection. */
function tableOf(db: Db, name: string, columns: string[], of: Iterable<readonly Stored[]>): void {
  db.table(name, {
    columns,
    *rows() {
      yield* of;
    },
  } as never);
}

/** What says which events are read: those with the texts, by a table of their ids, and those of the files. */
function narrowedBy(
  db: Db,
  { name, needed, files, found, pointed, isInOrder, firstByTime }: Narrowing,
  isRun: boolean,
): Narrowed {
  const ids = (firstByTime && firstEvents(db, firstByTime, isRun)) ?? (needed && eventsWith(db, needed));
  if (ids !== undefined) {
    tableOf(db, name, ['id'], eachAlone(ids));
    return { conditions: [`e.id IN (SELECT id FROM ${name})`], decided: [], isFound: true, isCommon: false };
  }
  const isOfFew = files !== undefined && isOfFewFiles(db, files);
  const ofFiles = `e.file_id IN (SELECT f.id FROM file AS f WHERE coalesce(${files}, 1))`;
  const asked = pointed.filter(of => !isInOrder || isShort(db, of.dimension));
  const rows = asked.map(of => pointedRows(db, of));
  const byIndex = isOfFew || isInOrder ? undefined : rows.find(of => of.isRare());
  return {
    conditions: [...(isOfFew ? [ofFiles] : []), ...rows.map(of => of.condition(of === byIndex))],
    decided: rows.flatMap(of => (of.isSure ? [of.name] : [])),
    isFound: isOfFew || byIndex !== undefined,
    isCommon: isCommon(db, found),
  };
}

/** What rows of a dimension say: a table of their own, whether an index on it is worth taking, and whether it is all. */
function pointedRows(db: Db, { name, dimension, rows, isOfNull, isSureOfNull, hasIndex, doubts }: PointedBy) {
  doubts.count = 0;
  tableOf(db, name, ['id'], db.prepare(rows).raw().all() as Stored[][]);
  const ids = `SELECT id FROM ${name}`;
  const column = `e.${dimension}_id`;
  return {
    name,
    isSure: isSureOfNull && doubts.count === 0,
    isRare: () => hasIndex && !isOfNull && !isCommon(db, [{ dimension, rows: ids }]),
    /** Without an index it is asked of each event as it is read. */
    condition: (byIndex: boolean) =>
      isOfNull
        ? `(${column} IS NULL OR ${column} IN (${ids}))`
        : `${byIndex ? '' : '+'}${column} IN (${ids})`,
  };
}

/** Runs a statement; `onEnd` is told how many rows there were. */
export function execute(db: Db, prepared: PreparedSql, onEnd: (count: number) => void): SqlResult {
  const { columns, types, notes } = prepared;
  return { columns, types, notes: [...notes], rows: decoded(db, prepared, onEnd) };
}

/** The statement for SQLite, its functions and tables registered. */
function statementFor(db: Db, prepared: PreparedSql): Statement {
  const { emitter } = prepared;
  if (prepared.statement) return prepared.statement;
  const statement = db
    .prepare(register(db, prepared, true))
    .raw(true)
    .safeIntegers(true);
  const isSame = Object.values(emitter).every(own => !Array.isArray(own) || own.length === 0);
  if (isSame) prepared.statement = statement;
  return statement;
}

/**
 * Begins with the first row that is asked for: until then nothing keeps the connection. What is asked before the statement
 * runs is asked of the same state of the index.
 */
function* decoded(
  db: Db,
  prepared: PreparedSql,
  onEnd: (count: number) => void,
): Generator<Value[], undefined> {
  // Texts are what SQLite gives; most columns are.
  const others = [...prepared.types.entries()].filter(([, { kind }]) => kind !== 'varchar');
  let count = 0;
  const end = beginReading(db);
  try {
    const rows = guarded(() => statementFor(db, prepared).iterate() as IterableIterator<Stored[]>);
    try {
      for (;;) {
        const { done, value: row } = guarded(() => rows.next());
        if (done) {
          onEnd(count);
          return;
        }
        count++;
        for (const [i, type] of others) (row as Value[])[i] = decode(row[i]!, type);
        yield row;
      }
    } finally {
      rows.return?.();
    }
  } finally {
    end();
  }
}

/** SQLite's sentences for what Trino has a name for. */
const SQLITE_ERRORS: ReadonlyArray<[pattern: RegExp, name: SqlError['sqlError'], sentence: string]> = [
  [/integer overflow/, 'NUMERIC_VALUE_OUT_OF_RANGE', 'bigint addition overflow'],
  [/out of memory|string or blob too big/, 'GENERIC_USER_ERROR', 'Query exceeded the memory it may use'],
  [/argument of ntile/, 'INVALID_FUNCTION_ARGUMENT', 'Buckets must be greater than 0'],
  [/argument to nth_value/, 'INVALID_FUNCTION_ARGUMENT', 'Offset must be at least 1'],
  [
    /parser stack overflow|too large|too many|recursion limit|at most \d+ tables/i,
    'NOT_SUPPORTED',
    'the statement is too large for SQLite',
  ],
];

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw named(error);
  }
}

/** An error of SQLite's under Trino's name; any other as it is. */
function named(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (error instanceof SqlError || code === undefined) return error;
  const message = messageOf(error);
  const known = SQLITE_ERRORS.find(([pattern]) => pattern.test(message));
  if (known) return new SqlError(known[1], known[2], { hint: message });
  return code === 'SQLITE_ERROR'
    ? new SqlError('GENERIC_USER_ERROR', `SQLite does not run this statement: ${message}`)
    : error;
}
