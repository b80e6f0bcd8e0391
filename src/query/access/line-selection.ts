/** The lines that pass filters: found in the columns of the index where these tell, else by statements. */

import type { AccessDimension } from '../../access-logs/rows.js';
import { LINE_COLUMNS } from '../../store/columns/column-table.js';
import { type Segment, segments } from '../../store/columns/segments.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { Failures } from '../columns/counter.js';
import { addMask } from '../columns/masks.js';
import { type Chosen, chosenByColumns, selectColumns, type Tests } from '../columns/selection.js';
import type { Times } from '../columns/time-test.js';
import type { Sql } from '../filter/sql-text.js';
import { FAILED, type LineConditions, whereOf } from './line-filters.js';
import { groupingByPointers, pointersIn } from './line-groupings.js';

/** Lines of a segment. */
export type ChosenLines = Chosen<AccessDimension>;

/**
 * The lines that pass, segment by segment.
 * @param times the bounds that are among the conditions
 */
export function chosenLines(
  db: Db,
  { conditions, untimed }: Pick<LineConditions, 'conditions' | 'untimed'>,
  times: Times,
): Generator<ChosenLines> {
  const all = segments(db, LINE_COLUMNS);
  const onPointers = untimed.map(condition => ({ condition, pointers: pointersIn(condition.text) }));
  if (onPointers.some(({ pointers }) => pointers === undefined))
    return inSegments(all, idsWhere(db, whereOf(conditions)));
  return chosenByColumns(selectColumns([...all], times, () => testsOf(db, onPointers)));
}

/** Lines that failed, by their calls. */
export function lineFailures(db: Db): Failures<AccessDimension> {
  return { pointer: 'call', isError: pointerMask(db, 'call', ofCalls(FAILED)) };
}

const ofCalls = (condition: string): Sql => ({
  text: `l.call_id IN (SELECT id FROM access_call WHERE ${condition})`,
  params: [],
});

function testsOf(
  db: Db,
  all: ReadonlyArray<{ condition: Sql; pointers: readonly AccessDimension[] | undefined }>,
): Tests<AccessDimension> {
  const masks = new Map<AccessDimension, Uint8Array>();
  const more: Array<(segment: Segment<AccessDimension>, places: Uint32Array) => Uint32Array> = [];
  for (const { condition, pointers = [] } of all) {
    // What says nothing of a line holds for all, or for none.
    const [pointer = LINE_COLUMNS.always, ...others] = pointers;
    if (others.length === 0) addMask(masks, pointer, pointerMask(db, pointer, condition));
    else more.push(combinationTest(db, pointers, condition));
  }
  return { masks, more };
}

/** A 1 at the id of each row that lines may point to, and at 0 where they may point to none. */
function pointerMask(db: Db, pointer: AccessDimension, { text, params }: Sql): Uint8Array {
  const table = `access_${pointer}`;
  const rows = prepared(db, `SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() as number;
  const mask = new Uint8Array(rows + 1);
  const ids = prepared(
    db,
    `SELECT coalesce(l.${pointer}_id, 0)
    FROM (SELECT id AS ${pointer}_id FROM ${table} UNION ALL SELECT NULL) AS l WHERE ${text}`,
  )
    .pluck()
    .all(...params) as number[];
  for (const id of ids) mask[id] = 1;
  return mask;
}

function combinationTest(
  db: Db,
  pointers: readonly AccessDimension[],
  condition: Sql,
): Tests<AccessDimension>['more'][number] {
  const { codes, valuesOf } = groupingByPointers(db, pointers, condition);
  return (segment, places) => {
    const verdicts = codes({ segment, places });
    // True, false and NULL: three at most.
    const passing = new Set(verdicts);
    for (const code of passing) if (valuesOf(code)[0] !== '1') passing.delete(code);
    return places.filter((_, i) => passing.has(verdicts[i]!));
  };
}

/** Ids of lines, in order. */
function idsWhere(db: Db, { text, params }: Sql): Float64Array {
  const ids = prepared(db, `SELECT l.id FROM access_log AS l WHERE ${text}`)
    .pluck()
    .all(...params) as number[];
  return Float64Array.from(ids).sort();
}

function* inSegments(all: Iterable<Segment<AccessDimension>>, ids: Float64Array): Generator<ChosenLines> {
  let at = 0;
  for (const segment of all) {
    const from = at;
    while (at < ids.length && ids[at]! <= segment.last) at++;
    if (at > from)
      yield { segment, places: Uint32Array.from(ids.subarray(from, at), id => id - segment.first) };
  }
}
