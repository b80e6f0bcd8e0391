/** Decides which of a few events match a search. The text of an event is read, not asked of an index. */

import type { Db } from '../../store/open.js';
import { createRebuilder } from '../../store/rebuild.js';
import { prepared } from '../../store/statements.js';
import { inParts, type RowSet } from '../../store/text/row-set.js';
import {
  idOf,
  MOST_ROWS,
  pointsTo,
  type RowFilter,
  readRows,
  restOf,
  rowSpan,
  rowsAtOnce,
  UNKNOWN,
} from '../../store/text/rows.js';
import { comparableTime, timeTextSql } from '../../store/times.js';
import { isPlain, jsonViews, plainViews, type View, viewOf } from '../../views.js';
import { EVERYTHING, type Mask } from './block-masks.js';
import { type BoundForm, bind, CHANNEL, createPiece, type Query, type QueryOf } from './bound.js';
import type { Candidates } from './candidates.js';
import type { Form } from './pattern.js';
import { type Verdict, verdictOf } from './verdicts.js';

/** An event that matches. */
export interface SearchHit {
  /** Its `event_rowid`. */
  id: number;
  /** When it was, as in times.ts; -Infinity where it has no time that can be read. */
  time: number;
}

/** The events of a set that pass the filter and match. */
export type Matching = (events: RowSet) => SearchHit[];

export interface Matcher {
  /** Which chunks can hold an event that matches. */
  mask: Mask;
  matching: Matching;
  /** Tells of events whether they match, as far as that is known without reading them; undefined where too little is. */
  verdict?(): Verdict | undefined;
  /** Those that match among events of which the verdict says that they may. */
  undecided?: Matching;
}

/** Whether a query holds where `holds` tells whether a pattern does. */
export function satisfies<T>({ wanted, any, unwanted }: QueryOf<T>, holds: (pattern: T) => boolean): boolean {
  const isWanted = wanted.length === 0 || (any ? wanted.some(holds) : wanted.every(holds));
  return isWanted && !unwanted.some(holds);
}

/** Which chunks can hold what a query wants, by what a form needs. */
export function queryMask<F>({ wanted, any }: QueryOf<readonly F[]>, formMask: (form: F) => Mask): Mask {
  const masks = wanted.map(pattern => ({ any: pattern.map(formMask) }));
  return any && masks.length > 0 ? { any: masks } : { all: masks };
}

/** A column of `cloudtrail_logs` that a search is limited to. */
export interface Column {
  name: string;
  /** True where the column's text is part of the record's text. */
  inRecord: boolean;
  /** True where the column holds JSON rather than a decoded value. */
  json: boolean;
}

/** Matches on one column. */
export function columnMatcher(
  db: Db,
  candidates: Candidates,
  query: Query,
  filter: RowFilter | undefined,
  column: Column,
): Matcher {
  const formMask = (form: Form): Mask => ({
    all: form.pieces.map(text => createPiece(candidates, text, undefined).mask),
  });
  const views = column.json ? jsonViews : plainViews;
  const select = `SELECT event_rowid, ${timeTextSql()}, CAST("${column.name}" AS TEXT) FROM cloudtrail_logs`;
  const inRange = `${select} WHERE event_rowid BETWEEN ? AND ?${filter ? ` AND ${filter.text}` : ''}`;
  const inList = `${select} WHERE event_rowid IN (SELECT value FROM json_each(?))`;
  return {
    mask: column.inRecord ? queryMask(query, formMask) : EVERYTHING,
    matching(events) {
      const hits: SearchHit[] = [];
      for (const part of inParts(events, rowsAtOnce(db, MOST_ROWS))) {
        const isRange = 'first' in part;
        const params = isRange ? [part.first, part.last, ...(filter?.params ?? [])] : [JSON.stringify(part)];
        const rows = prepared(db, isRange ? inRange : inList)
          .raw()
          .all(...params) as Array<[number, string, string | null]>;
        for (const [id, time, value] of rows) {
          const seen = value === null ? [] : views(value).map(viewOf);
          if (satisfies(query, pattern => pattern.some(form => seen.some(view => form.find(view)))))
            hits.push({ id, time: comparableTime(time) });
        }
      }
      return hits;
    },
  };
}

/** Matches on the whole record, without putting it together where its parts tell. */
export function recordMatcher(
  db: Db,
  candidates: Candidates,
  query: Query,
  filter: RowFilter | undefined,
): Matcher {
  const ours = bind(candidates, query);
  const rebuild = createRebuilder(db);
  const matchingThat =
    (holding: readonly string[] | undefined): Matching =>
    events => {
      const hits: SearchHit[] = [];
      for (const bytes of readRows(db, 'event', events, { filter, holding })) hits.push(...matchingIn(bytes));
      return hits;
    };

  /** False where no event in a text without further views can match. */
  function mayMatch(folded: string): boolean {
    const may = ({ pieces }: BoundForm): boolean =>
      pieces.every(piece => piece.isInRows || folded.includes(piece.folded));
    return satisfies({ ...ours, unwanted: [] }, pattern => pattern.some(may));
  }

  function* matchingIn(bytes: Buffer): Generator<SearchHit> {
    // The ordinary text: one view, and one pass to fold all of it.
    const plain = isPlain(bytes);
    const rows = plain ? bytes.toString('latin1') : bytes.toString();
    const folded = plain ? rows.toLowerCase() : '';
    if (plain && !mayMatch(folded)) return;
    for (let start = 0; start < rows.length; ) {
      const { text, end } = rowSpan(rows, start);
      const own = rows.slice(text, end);
      const views = plain ? [{ plain: own, folded: folded.slice(text, end) }] : jsonViews(own).map(viewOf);
      const event = { head: rows.slice(start, text - 1), own, views };
      if (satisfies(ours, pattern => pattern.some(form => formMatches(form, event))))
        yield { id: idOf(event.head), time: restOf(event.head).time };
      start = end + 1;
    }
  }

  function formMatches({ form, pieces, isInRow }: BoundForm, { head, own, views }: EventRow): boolean {
    const hasPieces = (): boolean =>
      pieces.every(piece => (piece.isInRows && pointsTo(head, piece.isInRow)) || piece.holds(views));
    if (form.isWhole) return hasPieces();
    const holds = (text: string): boolean =>
      jsonViews(text).some(view => form.find(viewOf(view)) !== undefined);
    if (restOf(head).isWhole) return holds(own);
    // A value, or what is constant between values, stands in the record as it stands here. A channel and the members
    // without a field of their own do not: they are put together from several places.
    if (form.isLiteral && pointsTo(head, (dimension, id) => dimension !== CHANNEL && isInRow(dimension, id)))
      return true;
    if (!hasPieces()) return false;
    const values = form.isLiteral ? own.split('\n').filter(value => !value.startsWith(UNKNOWN)) : [];
    return values.some(holds) || holds(rebuild(idOf(head)));
  }

  return {
    // Where no row has a part of what is wanted, and nothing else is, the chunks say as much.
    verdict: () => (filter || isInRows(ours) ? verdictOf(candidates, ours) : undefined),
    mask: queryMask(ours, ({ pieces }) => ({ all: pieces.map(piece => piece.mask) })),
    matching: matchingThat(necessary(ours)),
    undecided: matchingThat(necessaryOfOpen(ours)),
  };
}

const isInRows = ({ wanted, unwanted }: QueryOf<BoundForm[]>): boolean =>
  [...wanted, ...unwanted].flat().some(({ pieces }) => pieces.some(piece => piece.isInRows));

/** Folded texts of which every match has one among the values that it has of its own; undefined where there are none such. */
function necessary({ wanted, any }: QueryOf<BoundForm[]>): string[] | undefined {
  const ofForm = ({ pieces }: BoundForm): string | undefined =>
    pieces
      .filter(piece => !piece.isInRows)
      .map(piece => piece.folded)
      .sort((a, b) => b.length - a.length)[0];
  const ofPatterns = wanted.map(pattern => {
    const texts = pattern.map(ofForm);
    return texts.every(text => text !== undefined) ? texts : undefined;
  });
  if (!any) return ofPatterns.find(texts => texts !== undefined);
  return ofPatterns.every(texts => texts !== undefined) ? ofPatterns.flat() : undefined;
}

/** The same of events that point to no row with the text: where it is wanted alone and in one piece, they have it themselves. */
function necessaryOfOpen(query: QueryOf<BoundForm[]>): string[] | undefined {
  const [pattern, ...others] = query.wanted;
  const isAlone = pattern && others.length === 0 && query.unwanted.length === 0;
  if (!isAlone || !pattern.every(({ form }) => form.isWhole)) return necessary(query);
  return pattern.flatMap(({ pieces }) => pieces.map(piece => piece.folded));
}

/** An event as `readRows` gives it. */
interface EventRow {
  head: string;
  /** Its own values, a line each, or its record. */
  own: string;
  views: readonly View[];
}
