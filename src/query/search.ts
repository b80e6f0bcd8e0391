/** Finds any text in any part of a record, newest events first, without missing one. */

import { FIELDS } from '../cloudtrail/fields.js';
import { UsageError } from '../errors.js';
import { lazily } from '../lazy.js';
import { nearest } from '../nearest.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import { rowCount } from '../store/text/row-set.js';
import type { RowFilter } from '../store/text/rows.js';
import type { Chunk } from '../store/text/signature.js';
import { comparableTime, timeTextSql } from '../store/times.js';
import { viewColumns } from '../store/view.js';
import { jsonViews, plainViews } from '../views.js';
import { type Selection, select } from './columns/selection.js';
import { resolveFilters } from './columns/spelling.js';
import { createColumn } from './event-summary.js';
import { conditions } from './filter/condition.js';
import { FILTERS, normalized } from './filter/filter.js';
import type { Sql } from './filter/sql-text.js';
import { hasOddTimes, parseTime } from './filter/time.js';
import { checkedLimit } from './limit.js';
import { COUNTED_AT_ONCE, type IsLeft, inSets, inside } from './match-order.js';
import {
  askedOf,
  createSearch,
  type Plan,
  type Search,
  type SearchOptions,
  type Start,
  startOf,
  textsOf,
} from './search-run.js';
import type { Query } from './text/bound.js';
import { createCandidates } from './text/candidates.js';
import { both, flagsAt, placesOf } from './text/flags.js';
import { type Column, columnMatcher, type Matching, recordMatcher, type SearchHit } from './text/matching.js';
import { compilePattern, type Pattern } from './text/pattern.js';
import type { Verdict } from './text/verdicts.js';

/** Where the filters leave this many events or fewer, look them up first and read only them. */
export const FEW_EVENTS = 20_000;
/** With this few candidates, test the filters while reading; do not look their events up first. */
export const FEW_CANDIDATES = 50_000;

/** Of more than this share of all events it is first asked what is known of them unread. */
export const MUCH = 1 / 100;

/**
 * Searches the text of all records.
 * @param db a connection of its own: a search keeps it in a transaction until it has ended
 * @param start where it goes on, whatever the token says
 * @throws UsageError `NO_TEXT`, `BAD_LIMIT`, `BAD_TOKEN`, `BAD_PATTERN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function search(db: Db, options: SearchOptions, began: Date, start?: Start): Search {
  const { any = false, not = [], field, order = 'newest', limit, token, ...given } = options;
  const texts = textsOf(options);
  const most = checkedLimit(limit);
  const column = field === undefined ? undefined : findColumn(field);
  const compile = (one: string): Pattern =>
    compilePattern(one, given, column === undefined ? 'record' : 'value');
  const query: Query = { wanted: texts.map(compile), any, unwanted: [not].flat().map(compile) };
  // Throws on bad filters before their values are looked up.
  conditions(given, began);
  const { filters: rest, spellings } = resolveFilters(db, given);
  const question = { ...askedOf(options), filters: normalized(rest) };
  const { now, after } = start ?? startOf(db, question, { token, began });
  const filter = allOf(conditions(rest, now, hasOddTimes(db)).map(c => c.onView));
  const [from, to] = [rest.from, rest.to].map(time =>
    time === undefined ? undefined : comparableTime(parseTime(time, now)),
  );
  const onlyTimes = FILTERS.every(({ name }) => name === 'from' || name === 'to' || !rest[name]);

  function plan(isLeft: IsLeft | undefined): Plan {
    const candidates = createCandidates(db);
    const {
      mask,
      matching: matchingAll,
      verdict,
      undecided = matchingAll,
    } = column
      ? columnMatcher(db, candidates, query, filter, column)
      : recordMatcher(db, candidates, query, filter);
    const chunks = lazily(() =>
      candidates
        .chunks(mask)
        .filter(chunk => overlaps(chunk, from, to) && (!isLeft || isLeft.inChunk(chunk))),
    );
    const hasTimes = from !== undefined || to !== undefined;
    const matching: Matching = isLeft ? set => matchingAll(set).filter(isLeft.isHit) : matchingAll;
    const isFew = !filter || onlyTimes || rowCount(chunks()) <= FEW_CANDIDATES;
    const few = isFew ? undefined : fewEvents(db, filter, chunks());
    return {
      few,
      chunks,
      matching,
      isCovered: candidates.isComplete,
      counted() {
        if (few !== undefined || isLeft || !verdict) return undefined;
        const rows = hasTimes ? rowCount(chunks()) : candidates.rowsPassing(mask);
        const known = rows > candidates.events * MUCH ? verdict() : undefined;
        return known && Math.min(most, countDecided(select(db, rest, now), known, undecided, most));
      },
    };
  }

  return createSearch(db, {
    ...{ question, order, most, now, spellings, plan, column: column?.name },
    ...(after ? { after } : {}),
    forms: query.wanted.flat(),
    viewsOf: column && !column.json ? plainViews : jsonViews,
    textOf: () => (column ? createColumn(db, column.name) : createRebuilder(db)),
  });
}

/** Counts the events that match, and reads those alone of which that is not known; stops at `most`. */
function countDecided(selection: Selection, verdict: Verdict, undecided: Matching, most: number): number {
  let count = 0;
  for (const segment of selection.segments) {
    const { first, last } = segment;
    const places = selection.passing(segment);
    if (places.length > 0) {
      const { certain, possible } = verdict(segment);
      const length = last - first + 1;
      let left = places.length === length ? possible : both(possible, flagsAt(places, length));
      if (selection.needsRows) {
        const ids = placesOf(left).map(place => first + place);
        left = flagsAt(
          Array.from(selection.verified(ids), id => id - first),
          length,
        );
      }
      const open: number[] = [];
      for (const place of placesOf(left)) {
        if (certain[place] === 1) count++;
        else open.push(first + place);
      }
      // Between those of a set there may be others.
      for (const set of inSets(open, COUNTED_AT_ONCE))
        for (const { id } of undecided(set)) count += left[id - first]! & ~certain[id - first]!;
    }
    segment.release();
    if (count >= most) break;
  }
  return count;
}

/** Columns that say where a record was found, or that are put together or made from it: their text need not stand in it. */
const NOT_IN_RECORD =
  /^(eventtime|account|region|year|month|day|timestamp|additional_fields|bytestransferred(in|out)|is_\w+|envelope|file_\w+|odd_time|event_rowid|\w+_id)$/;

function findColumn(field: string): Column {
  const names = viewColumns().map(({ column }) => column);
  const name = field.toLowerCase();
  if (!names.includes(name)) {
    const near = nearest(name, names);
    throw new UsageError(
      'NO_SUCH_COLUMN',
      `cloudtrail_logs has no column ${JSON.stringify(field)}`,
      `${near === undefined ? '' : `did you mean ${near}? `}docs/schema.md lists the columns`,
    );
  }
  const json = name === 'additional_fields' || FIELDS.some(f => f.column === name && f.json);
  return { name, inRecord: !NOT_IN_RECORD.test(name), json };
}

/** False where no event of a chunk lies in a time span; times are compared to the second. */
export function overlaps(
  { earliest, latest }: Chunk,
  from = Number.NEGATIVE_INFINITY,
  to = Infinity,
): boolean {
  return latest >= from && Math.floor(earliest) <= to;
}

/** The conditions of all filters as one. */
function allOf(conditions: readonly Sql[]): RowFilter | undefined {
  if (conditions.length === 0) return undefined;
  return {
    text: conditions.map(c => c.text).join(' AND '),
    params: conditions.flatMap(c => c.params),
  };
}

/** The events that pass the filters and lie in one of the chunks, or undefined where many do. */
function fewEvents(db: Db, filter: RowFilter, chunks: readonly Chunk[]): SearchHit[] | undefined {
  const rows = prepared(
    db,
    `SELECT event_rowid, ${timeTextSql()} FROM cloudtrail_logs
    WHERE ${filter.text} LIMIT ${FEW_EVENTS + 1}`,
  )
    .raw(true)
    .all(...filter.params) as Array<[number, string]>;
  if (rows.length > FEW_EVENTS) return undefined;
  return inside(
    rows.map(([id, time]): SearchHit => ({ id, time: comparableTime(time) })),
    chunks,
  );
}
