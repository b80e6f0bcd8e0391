/** What lines are counted by: numbers for the values of columns. */

import { ACCESS_DIMENSIONS, type AccessDimension } from '../../access-logs/rows.js';
import { LINE_COLUMNS } from '../../store/columns/column-table.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { createCodes, type Grouping, type Values } from '../columns/codes.js';
import { createCombinations } from '../columns/combinations.js';
import { groupingsOf } from '../columns/grouping.js';
import { groupingByPointer, type RowValues, rowGrouping } from '../columns/row-grouping.js';
import { groupingByValues } from '../columns/row-values.js';
import type { Sql } from '../filter/sql-text.js';
import type { LineColumn } from './line-columns.js';
import { joinsFor, linesFor } from './statement.js';

/** Letters of the tables in SQL on lines. */
const LETTER_OF: Readonly<Record<AccessDimension, string>> = {
  bucket: 'b',
  requester: 'r',
  address: 'a',
  agent: 'g',
  call: 'c',
  channel: 'h',
};

/** The groupings of columns: those that are in one table together are one. */
export const lineGroupings = (db: Db, columns: readonly LineColumn[]): Array<Grouping<AccessDimension>> =>
  groupingsOf(columns, {
    homeOf: ({ expression }) => homeOf(expression),
    together: (home, of) => groupingByPointer(home, rowGrouping(db, valuesIn(db, home, of))),
    alone({ name, expression }) {
      const pointers = pointersIn(expression);
      if (pointers) return groupingByPointers(db, pointers, { text: expression, params: [] });
      const select = `SELECT l.id AS line_id, CAST(${expression} AS TEXT) AS value FROM ${linesFor([expression])}`;
      return groupingByValues(db, { name, id: 'line_id', select });
    },
  });

/** What is named before a dot, but for texts. */
function* namesIn(sql: string): Generator<[letter: string, column: string]> {
  for (const [, letter, column] of sql.replaceAll(/'[^']*'/g, "''").matchAll(/\b([a-z])\.(\w+)/g))
    yield [letter!, column!];
}

/** What an expression on lines and what they point to depends on; undefined where that is a value of a line itself. */
export function pointersIn(sql: string): AccessDimension[] | undefined {
  const pointers = new Set<AccessDimension>();
  for (const [letter, column] of namesIn(sql)) {
    const pointer = ACCESS_DIMENSIONS.find(of =>
      letter === 'l' ? column === `${of}_id` : letter === LETTER_OF[of],
    );
    if (pointer === undefined) return undefined;
    pointers.add(pointer);
  }
  return [...pointers];
}

/** The one table on whose columns an expression is; any where it has none. */
function homeOf(expression: string): AccessDimension | undefined {
  const pointers = pointersIn(expression);
  if (pointers === undefined || pointers.length > 1) return undefined;
  return [...namesIn(expression)].some(([letter]) => letter === 'l')
    ? undefined
    : (pointers[0] ?? LINE_COLUMNS.always);
}

function valuesIn(db: Db, home: AccessDimension, columns: readonly LineColumn[]): RowValues {
  const table = `access_${home} AS ${LETTER_OF[home]}`;
  const expressions = columns.map(({ expression }) => expression);
  const ofNone = prepared(
    db,
    `SELECT ${expressions.map(expression => `CAST(${expression} AS TEXT)`).join(', ')}
    FROM (SELECT 1) LEFT JOIN ${table} ON 0`,
  )
    .raw(true)
    .get() as string[];
  return { table, expressions, ofNone };
}

/** Stands for a combination whose value is not known yet. */
const UNKNOWN = 0xffffffff;

/** Of an expression on what lines point to: asked once for each combination that lines have. */
export function groupingByPointers(
  db: Db,
  pointers: readonly AccessDimension[],
  { text, params }: Sql,
): Grouping<AccessDimension> {
  const { codes: combined, partsOf } = createCombinations(pointers.length);
  const { codeOf, valuesOf } = createCodes();
  let codeOfCombination = new Uint32Array(1 << 10).fill(UNKNOWN);
  const ids = pointers.map((of, i) => `nullif(value ->> ${i}, 0) AS ${of}_id`);
  const statement = prepared(
    db,
    `SELECT CAST((${text}) AS TEXT) FROM (SELECT key, ${ids.join(', ')} FROM json_each(?)) AS l${joinsFor([text])}
    ORDER BY l.key`,
  );

  function learn(combinations: readonly number[]): void {
    const values = statement.raw(true).all(...params, JSON.stringify(combinations.map(partsOf))) as Values[];
    for (const [i, combination] of combinations.entries()) {
      if (combination >= codeOfCombination.length) {
        const wider = new Uint32Array(2 ** (32 - Math.clz32(combination))).fill(UNKNOWN);
        wider.set(codeOfCombination);
        codeOfCombination = wider;
      }
      codeOfCombination[combination] = codeOf(values[i]!);
    }
  }

  return {
    codes({ segment, places }) {
      const parts = pointers.map(pointer => {
        const rows = segment.pointers(pointer);
        return places.map(place => rows[place]!);
      });
      const combinations = combined(parts);
      const unknown = new Set<number>();
      for (const combination of combinations)
        if ((codeOfCombination[combination] ?? UNKNOWN) === UNKNOWN) unknown.add(combination);
      if (unknown.size > 0) learn([...unknown]);
      return combinations.map(combination => codeOfCombination[combination]!);
    },
    valuesOf,
  };
}
