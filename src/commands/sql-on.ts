/** Runs the text of `offtrail sql --on` at an engine, statement by statement, and prints what it gives. */

import type { EngineResult, EngineValue } from '../engine/engine.js';
import { UsageError } from '../errors.js';
import type { Cell } from '../output/cell.js';
import type { Position } from '../query/sql/errors.js';
import { type Asking, withEngine } from './on.js';
import { type SqlRun, showPlace } from './sql-run.js';
import { EXIT, print, printRows, say } from './terminal.js';

/** Which engine, and what it may do. */
export interface EngineRun {
  name: string;
  maxScan: string | undefined;
  seconds: number | undefined;
  /** Whether statements that change something are sent, too. */
  allowsChanges: boolean;
}

/** A statement as it is sent, and where its places are in the text. */
interface Sent {
  text: string;
  before(position: Position): Position;
  /** Whether later statements of the session build on it. */
  isDefinition: boolean;
}

/** Statements that the session keeps. */
const DEFINING = new Set(['PREPARE', 'DEALLOCATE', 'USE', 'SET', 'RESET']);

/**
 * Runs statements in order; each begins when the rows of the one before were printed.
 * @returns the exit code
 * @throws UsageError, EngineError, after the place was shown on stderr
 */
export async function runSqlOn(text: string, run: SqlRun, engine: EngineRun): Promise<number> {
  const statements = await prepared(text, run, engine);
  return withEngine(engine.name, engine, async asking => {
    for (const definition of run.definitions ?? []) await drain(await asking.run(definition));
    let isFirst = true;
    for (const statement of statements) {
      if (!isFirst && run.format === 'table') await print('\n');
      isFirst = false;
      await runOne(text, statement, run, asking);
    }
    return EXIT.ok;
  });
}

async function runOne(text: string, sent: Sent, run: SqlRun, asking: Asking): Promise<void> {
  const [{ EngineError }, { engineCells }] = await Promise.all([
    import('../engine/errors.js'),
    import('../engine/cells.js'),
  ]);
  const { format, most } = run;
  try {
    const result = await asking.run(sent.text);
    if (result.columns.length === 0) {
      await drain(result);
      say(`${result.done ?? 'the statement'}: done`);
    } else {
      const form = format === 'json' || format === 'jsonl' ? 'json' : 'text';
      const { nested, cells } = engineCells(result.columns, form);
      const columns = result.columns.map(({ name }) => name);
      const rows = mapped(result.rows, cells);
      const count = await printRows({ columns, nested, rows, quotesAll: true }, format, most);
      if (count === 0 && most > 0)
        say('no rows; an engine does not know which logs are missing: offtrail coverage says it of an index');
    }
    if (sent.isDefinition) run.onDefined?.(sent.text);
    asking.sayCost();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const moved = error.movedBy(sent.before);
    showPlace(text, moved.complaint.position);
    throw moved;
  }
}

async function* mapped(
  rows: AsyncIterable<EngineValue[]>,
  cells: (row: EngineValue[]) => Cell[],
): AsyncGenerator<Cell[]> {
  for await (const row of rows) yield cells(row);
}

async function drain({ rows }: EngineResult): Promise<void> {
  for await (const _ of rows);
}

/** The statements of a text with their values, checked before the first is sent. */
async function prepared(text: string, run: SqlRun, engine: EngineRun): Promise<Sent[]> {
  const [{ changingWord, parameters }, { countParameters, partsOf }, { edited, offsetOf }, errors, lexer] =
    await Promise.all([
      import('../engine/dialect.js'),
      import('../query/sql/parse/parts.js'),
      import('../engine/edited.js'),
      import('../query/sql/errors.js'),
      import('../query/sql/parse/lexer.js'),
    ]);
  // As on an index: the values are those of all `?` of the text, in order.
  let used = 0;
  try {
    return partsOf(text).map(({ at, end, tokens }) => {
      const word = changingWord(tokens);
      if (word !== undefined && !engine.allowsChanges)
        throw new UsageError(
          'NOT_A_SELECT',
          `${word} would change something at the engine, and only statements that read are sent`,
          '--allow-changes sends it',
        );
      const own = text.slice(at, end);
      const marks = countParameters(tokens);
      const values = run.parameters.slice(used, used + marks);
      if (values.length < marks)
        throw new UsageError(
          'BAD_SQL',
          `${run.parameters.length} values are given, and the statements have ${used + marks} ? or more`,
          'give each with --param',
        );
      used += marks;
      const shifted = tokens.map(token => ({ ...token, at: token.at - at, end: token.end - at }));
      const { text: withValues, before } = edited(own, parameters(shifted, values));
      const head = run.isExplained ? 'EXPLAIN ' : '';
      return {
        text: head + withValues,
        before: position => {
          const offset = Math.max(0, offsetOf(head + withValues, position) - head.length);
          const inOwn = before(lexer.positionAt(withValues, offset));
          return lexer.positionAt(text, at + offsetOf(own, inOwn));
        },
        isDefinition: DEFINING.has(tokens[0]!.key),
      };
    });
  } catch (error) {
    if (error instanceof errors.SqlError) showPlace(text, error.position);
    throw error;
  }
}
