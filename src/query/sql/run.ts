/** Runs statements in Athena's dialect on an index: parse → bind → SQLite → rows of Trino's values. */

import type { Db } from '../../store/open.js';
import { hasOddTimes } from '../filter/time.js';
import type { Bound } from './bind/bound.js';
import type { BoundQuery } from './bind/bound-query.js';
import { constant } from './bind/coerce.js';
import type { TableDefinition } from './bind/definition.js';
import { bindExpression } from './bind/expression.js';
import { withTables } from './bind/finish.js';
import { bindWhole } from './bind/query.js';
import { type Binder, bind, bindQuery, type Context, createContext, type View } from './bind/scope.js';
import { definedTable } from './bind/table.js';
import { SqlError } from './errors.js';
import { execute, type PreparedSql, type SqlResult } from './execute.js';
import { explained } from './explain.js';
import type { Identifier, Statement } from './parse/ast.js';
import { type Names, namesIn } from './parse/names.js';
import { parseStatements } from './parse/statement.js';
import { createClock, keep, newPrefix, type Recalled, recall } from './recall.js';
import { describe } from './show.js';
import { VARCHAR } from './types.js';
import type { Value } from './values.js';

const BINDER: Binder = { bind: bindExpression, bindQuery: bindWhole };

export interface SqlOptions {
  /** What `now()` and `current_date` are. Default: when the session began. */
  now?: Date | undefined;
  /** Values of `?`: each an expression, or else a text. */
  parameters?: readonly string[] | undefined;
}

/** What a statement gives: rows, or a sentence about what it did. */
export type SqlAnswer =
  | { kind: 'rows'; result: SqlResult }
  | {
      kind: 'done';
      sentence: string;
      notes: string[] /** The statement, where later ones build on it. */;
      definition?: string;
    };

export interface SqlSession {
  /** Runs the statements of a text in order; each begins when the rows of the one before were taken. */
  run(text: string): IterableIterator<SqlAnswer>;
  /** Parses and binds the statements; no query is run. */
  check(text: string): void;
  /** The statement for SQLite of each query, and how it will run, line by line; nothing is run. */
  explain(text: string): string[];
  /** What is to be said of all that was run, after it. */
  finalNotes(): string[];
}

/**
 * Opens a session: tables, views and prepared statements last until its end.
 * Long: a few lines for each kind of statement, which share them.
 * @throws SqlError while statements are run, with Trino's name, sentence and place
 */
export function createSqlSession(db: Db, { now = new Date(), parameters = [] }: SqlOptions = {}): SqlSession {
  const moment = BigInt(now.getTime()) * 1000n;
  const finalNotes = new Set<string>();
  const hasPlainTimes = !hasOddTimes(db);
  const tables = new Map<string, TableDefinition>();
  const views = new Map<string, View>();
  const prepared = new Map<string, { text: string; statement: Statement; parameters: number }>();

  /** The names of the text at hand: its statements share them. */
  let last: { text: string; names: Names } | undefined;
  const namesOf = (text: string): Names => {
    if (last?.text !== text) last = { text, names: namesIn(text) };
    return last.names;
  };

  const contextFor = (text: string, values: readonly Bound[], clock = createClock(moment)): Context =>
    createContext(text, {
      binder: BINDER,
      session: clock,
      parameters: values,
      tables,
      views,
      names: namesOf(text),
      hasPlainTimes,
      prefix: newPrefix(db),
    });

  const valuesOf = (): Bound[] => parameters.map(value => parameterOf(value, own => contextFor(own, [])));

  function bound(statement: Statement & { kind: 'query' }, context: Context): PreparedSql {
    return finished(bindQuery(statement.query, context), context);
  }

  function* run(text: string): Generator<SqlAnswer> {
    // What the session defines may give the names in a text another meaning.
    const isOwn = parameters.length === 0 && tables.size === 0 && views.size === 0;
    const recalled = isOwn ? recall(db, text) : undefined;
    if (recalled?.hasPlainTimes === hasPlainTimes) {
      recalled.clock.now = moment;
      yield rowsOf(recalled, text);
      return;
    }
    const statements = parseStatements(text);
    const values = valuesOf();
    const key = isOwn && statements.length === 1 ? text : undefined;
    for (const { statement, text: own } of statements)
      for (const answer of runStatement(text, statement, values, key))
        yield answer.kind === 'done' && DEFINING.has(statement.kind)
          ? { ...answer, definition: own }
          : answer;
  }

  /** The rows of a statement; where they are all read, it is kept under its key. */
  function rowsOf(recalled: Recalled, key: string | undefined): SqlAnswer {
    const { prepared, clock } = recalled;
    const onEnd = (count: number): void => {
      if (clock.isAsked) noteClock(count);
      // What was computed from the clock stands in the statement.
      else if (key !== undefined) keep(db, key, recalled);
    };
    return { kind: 'rows', result: execute(db, prepared, onEnd) };
  }

  function* runStatement(
    text: string,
    statement: Statement,
    values: readonly Bound[],
    key?: string,
  ): Generator<SqlAnswer> {
    const clock = createClock(moment);
    const context = contextFor(text, values, clock);
    switch (statement.kind) {
      case 'query':
        yield rowsOf({ prepared: bound(statement, context), clock, hasPlainTimes }, key);
        return;
      case 'create table': {
        tables.set(statement.name.at(-1)!.name, definedTable(statement, context));
        yield done(`${nameText(statement.name)} stands for the index`, context);
        return;
      }
      case 'create view': {
        const { query } = statement;
        bindQuery(query, context);
        views.set(statement.name.at(-1)!.name, outer => bindQuery(query, { ...outer, text }));
        yield done(`${nameText(statement.name)} stands for its query`, context);
        return;
      }
      case 'unneeded':
        yield done(`${statement.what} is not needed: the index has all databases and partitions`, context);
        return;
      case 'prepare':
        prepared.set(statement.name.name, {
          text,
          statement: statement.statement,
          parameters: statement.parameters,
        });
        yield done(`${statement.name.written} is prepared`, context);
        return;
      case 'deallocate':
        if (!prepared.delete(statement.name.name)) unknownStatement(statement.name, context);
        yield done(`${statement.name.written} is forgotten`, context);
        return;
      case 'execute': {
        const found = prepared.get(statement.name.name) ?? unknownStatement(statement.name, context);
        const using = statement.using.map(value => bind(value, { context, scope: { fields: [] } }));
        if (using.length !== found.parameters)
          context.fail(
            statement.at,
            'INVALID_PARAMETER_USAGE',
            `Incorrect number of parameters: expected ${found.parameters} but found ${using.length}`,
          );
        yield* runStatement(found.text, found.statement, using);
        return;
      }
      case 'explain': {
        const inner = statement.statement;
        if (inner.kind !== 'query') {
          yield done('there is nothing to explain', context);
          return;
        }
        yield { kind: 'rows', result: textRows('query plan', explained(db, bound(inner, context))) };
        return;
      }
      default:
        yield { kind: 'rows', result: { ...describe(db, statement, context), notes: [...context.notes] } };
    }
  }

  /** Says why a statement about the last days finds nothing in old logs. */
  function noteClock(count: number): void {
    if (count > 0) return;
    const latest = db.prepare('SELECT max(eventtime) FROM event').pluck().get() as string | null;
    const shown = now.toISOString().slice(0, 19);
    if (latest === null || latest >= shown.slice(0, 10)) return;
    finalNotes.add(
      `nothing was found, and the statement asks for times relative to now, ${shown}Z, while the newest event is of ${latest}: try \`now\` ${latest.slice(0, 10)}T23:59`,
    );
  }

  /** Binds each query and does what the other statements say. */
  function* each(text: string): Generator<PreparedSql | string> {
    const values = valuesOf();
    for (const { statement } of parseStatements(text)) {
      const inner = statement.kind === 'explain' ? statement.statement : statement;
      if (inner.kind === 'query') yield bound(inner, contextFor(text, values));
      else if (inner.kind !== 'execute')
        for (const answer of runStatement(text, inner, values))
          if (answer.kind === 'done') yield answer.sentence;
    }
  }

  function explain(text: string): string[] {
    return [...each(text)].flatMap(of => (typeof of === 'string' ? [of] : explained(db, of)));
  }

  function check(text: string): void {
    for (const _ of each(text));
  }

  return { run, check, explain, finalNotes: () => [...finalNotes] };
}

/** Statements that later ones build on. */
const DEFINING: ReadonlySet<string> = new Set(['create table', 'create view', 'prepare', 'deallocate']);

const nameText = (name: readonly Identifier[]): string => name.map(({ written }) => written).join('.');

const done = (sentence: string, { notes }: Context): SqlAnswer => ({
  kind: 'done',
  sentence,
  notes: [...notes],
});

function unknownStatement({ at, written }: Identifier, context: Context): never {
  return context.fail(at, 'NOT_FOUND', `Prepared statement not found: ${written}`);
}

/** A parameter is an expression if it can be read as one without columns, else a text: as Athena takes them. */
function parameterOf(value: string, contextFor: (text: string) => Context): Bound {
  try {
    const [parsed] = parseStatements(`SELECT ${value}`);
    const { statement } = parsed!;
    if (statement.kind === 'query' && statement.query.body.kind === 'select') {
      const [item] = statement.query.body.items;
      const isOne = statement.query.body.items.length === 1 && !statement.query.body.from;
      if (isOne && item!.kind === 'expression' && !item!.alias)
        return bind(item!.value, {
          context: contextFor(value),
          scope: { fields: [] },
          noAggregates: 'parameter',
        });
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
  return constant(value, VARCHAR);
}

function finished(query: BoundQuery, context: Context): PreparedSql {
  const columns = query.columns.map(({ name }, i) => name ?? `_col${i}`);
  return {
    columns,
    types: query.columns.map(({ type }) => type),
    sql: withTables(query),
    emitter: context.emitter,
    notes: [...context.notes],
  };
}

const textRows = (name: string, lines: readonly string[]): SqlResult => ({
  columns: [name],
  types: [VARCHAR],
  rows: lines.map(line => [line] as Value[]).values() as IterableIterator<Value[]>,
  notes: [],
});
