/** What statements of a user's own give, as far as a page shows it. */

import { checkOptions } from '../option-kinds.js';
import { type Cell, cellSize } from '../output/cell.js';
import { hiddenBy } from '../query/coverage/hidden.js';
import type { Hidden } from '../query/coverage/hidden-statement.js';
import type { Db } from '../query/open.js';
import { placeFilters } from '../query/sql/named-places.js';
import { createSqlSession } from '../query/sql/run.js';
import { momentOf, printable } from '../query/sql/statement.js';
import { isWhole } from '../query/sql/types.js';
import { SQL_KINDS, type SqlOptions } from './sql-options.js';

/** What one statement gave: the first rows, with each value as Athena shows it; or a sentence. */
export type SqlStatementResult =
  | {
      kind: 'rows';
      columns: string[];
      /** Which columns hold whole numbers. */
      numbers: boolean[];
      rows: Cell[][];
      /** Whether there are more rows. */
      more: boolean;
      notes: string[];
    }
  | { kind: 'done'; sentence: string; notes: string[] };

export interface SqlResults {
  /** Statement by statement. */
  results: SqlStatementResult[];
  /** What is to be said of all of them. */
  notes: string[];
  /** What could have hidden rows from a statement that gave none, or counted none. */
  hidden: Hidden[];
}

/** Rows of a statement; statements; characters of a value, and of all values of a text. */
const MOST_ROWS = 1000;
const MOST_STATEMENTS = 20;
const LONGEST_VALUE = 20_000;
const MOST_CHARACTERS = 8_000_000;

/**
 * Runs the statements of a text.
 * @throws SqlError with its place; UsageError `BAD_TIME`, `UNKNOWN_OPTION`, `BAD_VALUE`
 */
export function sqlResults(db: Db, options: SqlOptions): SqlResults {
  checkOptions(options, SQL_KINDS, ['statement']);
  const { statement, parameters, now } = options;
  const session = createSqlSession(db, { now: momentOf(now), parameters });
  const budget = { characters: MOST_CHARACTERS };
  const results: SqlStatementResult[] = [];
  for (const answer of session.run(statement)) {
    const shown = printable(answer, 'text');
    if (shown.kind === 'done') {
      results.push({ kind: 'done', sentence: shown.sentence, notes: shown.notes });
    } else {
      const numbers = answer.kind === 'rows' ? answer.result.types.map(isWhole) : [];
      const { columns, notes } = shown;
      results.push({ kind: 'rows', columns, numbers, ...firstRows(shown.rows, budget), notes: [...notes] });
    }
    if (results.length === MOST_STATEMENTS) break;
  }
  return {
    results,
    notes: session.finalNotes(),
    hidden: results.some(isNothing) ? hidden(db, statement) : [],
  };
}

/** The first rows, of which none has more than a page can hold. */
function firstRows(
  rows: Iterable<readonly Cell[]>,
  budget: { characters: number },
): { rows: Cell[][]; more: boolean } {
  const first: Cell[][] = [];
  for (const row of rows) {
    if (first.length === MOST_ROWS || budget.characters <= 0) return { rows: first, more: true };
    const shown = row.map(shortened);
    budget.characters -= shown.reduce((sum: number, cell) => sum + cellSize(cell), 0);
    first.push(shown);
  }
  return { rows: first, more: false };
}

const shortened = (cell: Cell): Cell =>
  typeof cell === 'string' && cell.length > LONGEST_VALUE
    ? `${cell.slice(0, LONGEST_VALUE)}… (${cell.length.toLocaleString('en-US')} characters)`
    : cell;

/** Whether a statement gave no row, or nothing but a 0. */
const isNothing = (result: SqlStatementResult): boolean =>
  result.kind === 'rows' &&
  (result.rows.length === 0 ||
    (result.rows.length === 1 && result.rows[0]!.length === 1 && String(result.rows[0]![0]) === '0'));

function hidden(db: Db, statement: string): Hidden[] {
  const { filters, aboutObjects } = placeFilters(statement);
  return hiddenBy(db, { filters, now: new Date(), found: false, isWhole: false, aboutObjects });
}
