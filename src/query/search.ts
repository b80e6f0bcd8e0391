/** Finds any text in any part of a record, newest events first, without missing one. */

import { FIELDS } from '../cloudtrail/fields.js';
import { UsageError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { prepared } from '../store/statements.js';
import { type RowFilter, rowCount } from '../store/text/rows.js';
import type { Chunk } from '../store/text/signature.js';
import { comparableTime, timeTextSql } from '../store/times.js';
import { viewColumns } from '../store/view.js';
import { jsonViews, plainViews, viewOf } from '../views.js';
import type { Order } from './columns/order.js';
import type { Position } from './columns/page.js';
import { type Selection, select } from './columns/selection.js';
import { resolveFilters, type Spelling } from './columns/spelling.js';
import { createColumn } from './event-summary.js';
import { conditions } from './filter/condition.js';
import { FILTERS, type Filters, normalized } from './filter/filter.js';
import type { Sql } from './filter/sql-text.js';
import { hasOddTimes, parseTime } from './filter/time.js';
import { checkedLimit } from './limit.js';
import { asChunksCome, idsOf, inBatches, inOrder, inSets, joined, leftAfter } from './match-order.js';
import { beginReading } from './snapshot.js';
import type { Query } from './text/bound.js';
import { createCandidates } from './text/candidates.js';
import { type Column, columnMatcher, type Matching, recordMatcher, type SearchHit } from './text/matching.js';
import { compilePattern, type Pattern, type PatternOptions, type Span } from './text/pattern.js';
import type { Verdict } from './text/verdicts.js';
import { type Continuation, makeToken, readToken } from './token.js';

export interface SearchOptions extends Filters, PatternOptions {
  /** Texts that must occur in a record: all of them, or any. */
  text: string | readonly string[];
  /** One of the texts is enough. Default false. */
  any?: boolean | undefined;
  /** Texts that must not occur. */
  not?: string | readonly string[] | undefined;
  /** Look in one column of `cloudtrail_logs` only. */
  field?: string | undefined;
  /** By eventTime. Default newest first. */
  order?: Order | undefined;
  /** Maximum number of events. Default: all. */
  limit?: number | undefined;
  /** The token of the page before. */
  token?: string | undefined;
}

export interface Search {
  /** The events, in order; they come while the search still runs. */
  hits(): Iterable<SearchHit>;
  /** Number of events, up to the limit. */
  count(): number;
  /** Where the next events begin; undefined where the last iteration found fewer than the limit, or has not ended. */
  nextToken(): string | undefined;
  /** False where the index for text is incomplete or damaged, so that more has to be read. */
  isCovered(): boolean;
  /** The column the search is limited to. */
  column: string | undefined;
  /** What became of values of filters that no event has as they were given. */
  spellings: readonly Spelling[];
  /** Where the first of the texts stands in an event: in its record, or in the column that the search is limited to. */
  match(id: number): Match | undefined;
  /** Where the first of the texts stands in a piece of a record or of that column. */
  locate(text: string): Match | undefined;
}

/** A match and the text it was found in. */
export interface Match extends Span {
  view: string;
}

/** Where the filters leave this many events or fewer, look them up first and read only them. */
const FEW_EVENTS = 20_000;
/** With this few candidates, test the filters while reading; do not look their events up first. */
const FEW_CANDIDATES = 50_000;

/** Of more than this share of all events it is first asked what is known of them unread. */
const MUCH = 1 / 8;

/**
 * Searches the text of all records.
 * Long: the question is read once, and its answers share the plan.
 * @param db a connection of its own: a search keeps it in a transaction until it has ended
 * @throws UsageError `NO_TEXT`, `BAD_LIMIT`, `BAD_TOKEN`, `BAD_PATTERN`, `NO_SUCH_COLUMN`, `BAD_TIME`, `BAD_ADDRESS`, `EMPTY_RANGE`
 */
export function search(db: Db, options: SearchOptions, began: Date): Search {
  const { text, any = false, not = [], field, order = 'newest', limit, token, ...given } = options;
  const texts = [text].flat();
  if (texts.length === 0)
    throw new UsageError('NO_TEXT', 'there is no text to search for', 'name at least one');
  const most = checkedLimit(limit);
  const column = field === undefined ? undefined : findColumn(field);
  const compile = (one: string): Pattern => compilePattern(one, given, column !== undefined);
  const query: Query = { wanted: texts.map(compile), any, unwanted: [not].flat().map(compile) };
  // Throws on bad filters before their values are looked up.
  conditions(given, began);
  const { filters: rest, spellings } = resolveFilters(db, given);
  const { caseSensitive = false, word = false, regex = false } = given;
  const asked = { texts, any, not: [not].flat(), caseSensitive, word, regex, field, order };
  const question = { ...asked, filters: normalized(rest) };
  const { now, after }: Partial<Continuation> & { now: Date } =
    token === undefined ? { now: began } : readToken(db, question, token);
  const isLeft = after && leftAfter(hitOf(after), order);
  const filter = allOf(conditions(rest, now, hasOddTimes(db)).map(c => c.onView));
  const [from, to] = [rest.from, rest.to].map(time =>
    time === undefined ? undefined : comparableTime(parseTime(time, now)),
  );
  const onlyTimes = FILTERS.every(({ name }) => name === 'from' || name === 'to' || !rest[name]);
  let covered: boolean | undefined;

  /** What is left to read: a few known events, or the chunks that may hold a match. */
  function plan(): Plan {
    const candidates = createCandidates(db);
    const {
      mask,
      matching: matchingAll,
      verdict,
    } = column
      ? columnMatcher(db, candidates, query, filter, column)
      : recordMatcher(db, candidates, query, filter);
    const chunks = candidates
      .chunks(mask)
      .filter(chunk => overlaps(chunk, from, to) && (!isLeft || isLeft.inChunk(chunk)));
    const matching: Matching = isLeft ? set => matchingAll(set).filter(isLeft.isHit) : matchingAll;
    covered = candidates.isComplete();
    const isFew = !filter || onlyTimes || rowCount(chunks) <= FEW_CANDIDATES;
    const few = isFew ? undefined : fewEvents(db, filter, chunks);
    const isMuch = few === undefined && !isLeft && rowCount(chunks) > candidates.events * MUCH;
    const decided = (): Verdict | undefined => {
      const known = isMuch ? verdict?.() : undefined;
      covered = candidates.isComplete();
      return known;
    };
    return { few, chunks, matching, decided };
  }

  let next: string | undefined;
  let textOf: ((id: number) => string | null) | undefined;
  function locate(text: string): Match | undefined {
    const views = column && !column.json ? plainViews(text) : jsonViews(text);
    for (const form of query.wanted.flat()) {
      for (const view of views) {
        const span = form.find(viewOf(view));
        if (span) return { ...span, view };
      }
    }
    return undefined;
  }

  return {
    *hits() {
      next = undefined;
      let left = most;
      if (left <= 0) return;
      const end = beginReading(db);
      try {
        const { few, chunks, matching } = plan();
        const found = few ? inOrder(few, order, matching) : asChunksCome(chunks, order, matching);
        for (const hit of found) {
          yield hit;
          if (--left > 0) continue;
          next = makeToken(db, question, { now, after: positionOf(hit) });
          return;
        }
      } finally {
        end();
      }
    },
    count() {
      const end = beginReading(db);
      try {
        const { few, chunks, matching, decided } = plan();
        const verdict = decided();
        if (verdict) return Math.min(most, countDecided(select(db, rest, now), verdict, matching, most));
        const sets = few ? inBatches(few).map(idsOf) : joined(chunks);
        let count = 0;
        for (const set of sets) {
          count += matching(set).length;
          if (count >= most) return most;
        }
        return count;
      } finally {
        end();
      }
    },
    isCovered() {
      if (covered === undefined) plan();
      return covered!;
    },
    column: column?.name,
    nextToken: () => next,
    spellings,
    match(id) {
      textOf ??= column ? createColumn(db, column.name) : createRebuilder(db);
      const text = textOf(id);
      return text === null ? undefined : locate(text);
    },
    locate,
  };
}

interface Plan {
  few: SearchHit[] | undefined;
  chunks: Chunk[];
  matching: Matching;
  /** Looks up of which events it is known whether they match, where much would have to be read. */
  decided(): Verdict | undefined;
}

/** Counts the events that match, and reads those alone of which that is not known; stops at `most`. */
function countDecided(selection: Selection, verdict: Verdict, matching: Matching, most: number): number {
  let count = 0;
  for (const segment of selection.segments) {
    const places = selection.passing(segment);
    if (places.length > 0) {
      const { certain, possible } = verdict(segment);
      const idsWhere = (holds: (place: number) => boolean): number[] =>
        Array.from(places.filter(holds), place => segment.first + place);
      count += selection.needsRows
        ? selection.verified(idsWhere(place => certain[place] === 1)).size
        : places.reduce((sum, place) => sum + certain[place]!, 0);
      const open = idsWhere(place => certain[place] === 0 && possible[place] === 1);
      const passing = selection.verified(open);
      for (const set of inSets(open.filter(id => passing.has(id))))
        count += matching(set).filter(({ id }) => passing.has(id)).length;
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
function overlaps({ earliest, latest }: Chunk, from = Number.NEGATIVE_INFINITY, to = Infinity): boolean {
  return latest >= from && Math.floor(earliest) <= to;
}

/** In a token, a time that cannot be read is -1. */
const positionOf = ({ id, time }: SearchHit): Position => ({ id, time: Math.max(time, -1) });
const hitOf = ({ id, time }: Position): SearchHit => ({
  id,
  time: time === -1 ? Number.NEGATIVE_INFINITY : time,
});

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
  const events = rows.map(([id, time]): SearchHit => ({ id, time: comparableTime(time) }));
  events.sort((a, b) => a.id - b.id);
  const sorted = [...chunks].sort((a, b) => a.first - b.first);
  let at = 0;
  return events.filter(({ id }) => {
    while (at < sorted.length && sorted[at]!.last < id) at++;
    return at < sorted.length && sorted[at]!.first <= id;
  });
}
