/** Finds any text in lines of access logs, newest first, without missing one. */

import { ACCESS_FIELDS } from '../../access-logs/fields.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import { rowCount } from '../../store/text/row-set.js';
import { comparableTime } from '../../store/times.js';
import { plainViews } from '../../views.js';
import type { Sql } from '../filter/sql-text.js';
import { parseTime } from '../filter/time.js';
import { checkedLimit } from '../limit.js';
import { type IsLeft, inside } from '../match-order.js';
import { FEW_CANDIDATES, FEW_EVENTS, MUCH, overlaps } from '../search.js';
import {
  askedOf,
  createSearch,
  type Plan,
  type Search,
  type SearchOptions,
  type Start,
  startOf,
  textsOf,
} from '../search-run.js';
import { EVERYTHING } from '../text/block-masks.js';
import { type BoundForm, bind, type Query, type QueryOf } from '../text/bound.js';
import { type Candidates, createCandidates } from '../text/candidates.js';
import { LINES } from '../text/corpus.js';
import { type Matching, queryMask, type SearchHit } from '../text/matching.js';
import { compilePattern, type Pattern } from '../text/pattern.js';
import { findLineColumn, type LineColumn } from './line-columns.js';
import { lineConditions, normalizedLines, whereOf } from './line-filters.js';
import { lineMatching, TIME_TEXT, textMatching, textsOfLine } from './line-matching.js';
import { LINE_JOINS } from './statement.js';

/** Columns whose text stands in the line, or is the decoded key. */
const IN_LINE: ReadonlySet<string> = new Set([
  ...ACCESS_FIELDS.map(({ name }) => name),
  ...['line', 'objectkey', 'httpmethod', 'httppath', 'username', 'useridentity_arn', 'more_fields'],
  ...['requester_account', 'requester_name', 'requester_session'],
]);

/**
 * Searches the text of all lines.
 * @param db a connection of its own: a search keeps it in a transaction until it has ended
 * @param start where it goes on, whatever the token says
 * @throws UsageError `NO_TEXT`, `BAD_LIMIT`, `BAD_TOKEN`, `BAD_PATTERN`, `NO_SUCH_COLUMN`, `NOT_IN_LINES`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function lineSearch(db: Db, options: SearchOptions, began: Date, start?: Start): Search {
  const { any = false, not = [], field, order = 'newest', limit, token, source, ...given } = options;
  const most = checkedLimit(limit);
  const column = field === undefined ? undefined : findLineColumn(field);
  const compile = (one: string): Pattern => compilePattern(one, given, 'line');
  const query: Query = { wanted: textsOf(options).map(compile), any, unwanted: [not].flat().map(compile) };
  const { spellings } = lineConditions(given, began);
  const question = { ...askedOf(options), source, filters: normalizedLines(given) };
  const { now, after } = start ?? startOf(db, question, { token, began });
  const { conditions } = lineConditions(given, now);
  const where = whereOf(conditions);
  const [from, to] = [given.from, given.to].map(time =>
    time === undefined ? undefined : comparableTime(parseTime(time, now)),
  );
  const times = [from, to].filter(time => time !== undefined).length;
  /** Bounds of time are one condition. */
  const onlyTimes = conditions.length <= Math.min(times, 1);

  function plan(isLeft: IsLeft | undefined): Plan {
    const candidates = createCandidates(db, LINES);
    const bound = bind(candidates, query);
    const isSearched = column === undefined || IN_LINE.has(column.name);
    const mask = isSearched
      ? queryMask(bound, ({ pieces }) => ({ all: pieces.map(piece => piece.mask) }))
      : EVERYTHING;
    const chunks = candidates
      .chunks(mask)
      .filter(chunk => overlaps(chunk, from, to) && (!isLeft || isLeft.inChunk(chunk)));
    const matchingAll = column
      ? textMatching(db, query, where, column)
      : lineMatching(db, query, bound, where);
    const matching: Matching = isLeft ? set => matchingAll(set).filter(isLeft.isHit) : matchingAll;
    const isFew = onlyTimes || rowCount(chunks) <= FEW_CANDIDATES;
    const few = isFew ? undefined : fewLines(db, where);
    const isMuch = few === undefined && !isLeft && rowCount(chunks) > candidates.events * MUCH;
    return {
      few: few && inside(few, chunks),
      chunks: () => chunks,
      matching,
      isCovered: candidates.isComplete,
      counted: () =>
        isMuch && column === undefined
          ? countKnown(db, { candidates, query, bound, where, most })
          : undefined,
    };
  }

  return createSearch(db, {
    ...{ question, order, most, now, spellings, plan, column: column?.name },
    ...(after ? { after } : {}),
    forms: query.wanted.flat(),
    viewsOf: plainViews,
    textOf: () => createLineText(db, column),
  });
}

/** Gives the text of a line, or of one of its columns. */
function createLineText(db: Db, column: LineColumn | undefined): (id: number) => string | null {
  const statement = prepared(
    db,
    `SELECT concat_ws(char(10), ${textsOfLine(column).join(', ')}) FROM ${LINE_JOINS} WHERE l.id = ?`,
  ).pluck();
  return id => (statement.get(id) as string | null | undefined) ?? null;
}

/** The lines that pass the filters, or undefined where they are many. */
function fewLines(db: Db, where: Sql): SearchHit[] | undefined {
  const rows = prepared(
    db,
    `SELECT l.id, ${TIME_TEXT} FROM access_log AS l WHERE ${where.text} LIMIT ${FEW_EVENTS + 1}`,
  )
    .raw(true)
    .all(...where.params) as Array<[number, string]>;
  if (rows.length > FEW_EVENTS) return undefined;
  return rows.map(([id, time]) => ({ id, time: comparableTime(time) }));
}

/** What the count of one text needs. */
interface Counting {
  candidates: Candidates;
  query: Query;
  bound: QueryOf<BoundForm[]>;
  where: Sql;
  most: number;
}

/**
 * Counts the lines with one text that lies within a field: those that point to a row with it, which are not read, and
 * those that have it in a value of their own. Undefined where the question is another one.
 */
function countKnown(db: Db, { query, bound, where, most }: Counting): number | undefined {
  const [forms = [], ...others] = bound.wanted;
  const [{ form, pieces: [piece] = [] } = {}, ...otherForms] = forms;
  const isOne = others.length + otherForms.length + bound.unwanted.length === 0;
  if (!isOne || !form?.isWhole || !form.isLiteral || piece === undefined) return undefined;
  const sets = piece.rows.map(rows => rows && JSON.stringify([...rows]));
  const known = sets.filter(set => set !== undefined);
  if (known.length < sets.length) return undefined;
  const pointing = LINES.dimensions
    .map(({ column }) => `coalesce(l.${column} IN (SELECT value FROM json_each(?)), 0)`)
    .join(' OR ');
  const certain = prepared(
    db,
    `SELECT count(*) FROM access_log AS l NOT INDEXED WHERE (${pointing}) AND ${where.text}`,
  )
    .pluck()
    .get(...known, ...where.params) as number;
  const rest: Sql = {
    text: `NOT (${pointing}) AND ${where.text}`,
    params: [...known, ...where.params],
  };
  const matching = lineMatching(db, query, bound, rest);
  let count = certain;
  for (const chunk of piece.ownChunks()) {
    if (count >= most) break;
    count += matching(chunk).length;
  }
  return Math.min(most, count);
}
