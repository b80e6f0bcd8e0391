/** Decides which of a few events match a search. The text of an event is read, not asked of an index. */

import { isAscii } from 'node:buffer';
import type { Statement } from 'better-sqlite3';
import type { Db } from '../store/open.js';
import { createRebuilder } from '../store/rebuild.js';
import { DIMENSION_TABLES, rowsSql, WHOLE } from '../store/text-areas.js';
import { fold, jsonViews, plainViews, type View, viewOf } from '../text.js';
import { type Candidates, EVERYTHING, type Mask } from './candidates.js';
import type { Form, Pattern } from './pattern.js';
import type { Sql } from './sql-text.js';

/** What a search wants of an event. */
export interface Query {
  wanted: readonly Pattern[];
  /** One of the wanted is enough. */
  any: boolean;
  unwanted: readonly Pattern[];
}

/** An event that matches. */
export interface SearchHit {
  /** Its `event_rowid`. */
  id: number;
  /** Its eventTime, or an empty string. */
  eventTime: string;
}

/** The events of a set, given as a condition on the id with its values, that match. */
export type Matching = (where: Sql) => SearchHit[];

export interface Matcher {
  /** Which chunks can hold an event that matches. */
  mask: Mask;
  matching: Matching;
}

/** Whether a query holds where `holds` tells whether a pattern does. */
function satisfies<T>(
  { wanted, any, unwanted }: { wanted: readonly T[]; any: boolean; unwanted: readonly T[] },
  holds: (pattern: T) => boolean,
): boolean {
  const isWanted = wanted.length === 0 || (any ? wanted.some(holds) : wanted.every(holds));
  return isWanted && !unwanted.some(holds);
}

function queryMask(query: Query, formMask: (form: Form) => Mask): Mask {
  const masks = query.wanted.map(pattern => ({ any: pattern.map(formMask) }));
  return query.any && masks.length > 0 ? { any: masks } : { all: masks };
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
export function columnMatcher(db: Db, candidates: Candidates, query: Query, column: Column): Matcher {
  const formMask = (form: Form): Mask => ({
    all: form.pieces.map(text => createPiece(candidates, text, undefined).mask),
  });
  const statement = remembered(db);
  const views = column.json ? jsonViews : plainViews;
  return {
    mask: column.inRecord ? queryMask(query, formMask) : EVERYTHING,
    matching({ text, params }) {
      const rows = statement(
        `SELECT event_rowid, coalesce(eventtime, ''), CAST("${column.name}" AS TEXT)
        FROM cloudtrail_logs WHERE event_rowid ${text}`,
      )
        .raw()
        .all(...params) as Array<[number, string, string | null]>;
      const hits: SearchHit[] = [];
      for (const [id, eventTime, value] of rows) {
        const seen = value === null ? [] : views(value).map(viewOf);
        if (satisfies(query, pattern => pattern.some(form => seen.some(view => form.find(view)))))
          hits.push({ id, eventTime });
      }
      return hits;
    },
  };
}

/** Prepares a statement once: a search asks the same of many chunks. */
function remembered(db: Db): (sql: string) => Statement<unknown[]> {
  const statements = new Map<string, Statement<unknown[]>>();
  return sql => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
}

/** A text that a match holds, and what is known of the rows that hold it. */
interface Piece {
  folded: string;
  mask: Mask;
  /** False where no row of a dimension holds it. */
  isInRows: boolean;
  holds(views: readonly View[]): boolean;
  isInRow(dimension: number, id: number): boolean;
}

/** @param form the form whose only piece this is, where the piece found is the form found */
function createPiece(candidates: Candidates, text: string, form: Form | undefined): Piece {
  const folded = fold(text);
  const holds = form
    ? (views: readonly View[]) => views.some(view => form.find(view) !== undefined)
    : (views: readonly View[]) => views.some(view => view.folded.includes(folded));
  const rows = DIMENSION_TABLES.map(table => candidates.rowsWith(table, text, holds));
  const lookedUp = rowMemory(candidates.rows, holds);
  return {
    folded,
    mask: candidates.maskOf(text, rows),
    isInRows: rows.some(set => set?.size !== 0),
    holds,
    isInRow(dimension, id) {
      // Where there were too many rows to look at all, each is looked at when it comes.
      return rows[dimension]?.has(id) ?? lookedUp(dimension, id);
    },
  };
}

/** Tells of a row of a dimension whether it holds something; reads each row once. */
function rowMemory(
  rowsOf: Candidates['rows'],
  holds: (views: readonly View[]) => boolean,
): (dimension: number, id: number) => boolean {
  const seen = DIMENSION_TABLES.map(() => new Map<number, boolean>());
  return (dimension, id) => {
    let known = seen[dimension]!.get(id);
    if (known === undefined) {
      const [row] = rowsOf(DIMENSION_TABLES[dimension]!, [{ first: id, last: id }]);
      known = row !== undefined && holds(row.views);
      seen[dimension]!.set(id, known);
    }
    return known;
  };
}

interface BoundForm {
  form: Form;
  pieces: Piece[];
  /** Tells of a row of a dimension whether the whole form stands in it. */
  isInRow(dimension: number, id: number): boolean;
}

/** Matches on the whole record, without putting it together where its parts tell. */
export function recordMatcher(db: Db, candidates: Candidates, query: Query): Matcher {
  const bound = new Map<Form, BoundForm>();
  const bind = (pattern: Pattern): BoundForm[] =>
    pattern.map(form => {
      const pieces = form.pieces.map(text => createPiece(candidates, text, form.isWhole ? form : undefined));
      const made = {
        form,
        pieces,
        isInRow: rowMemory(candidates.rows, views => views.some(view => form.find(view))),
      };
      bound.set(form, made);
      return made;
    });
  const ours = { wanted: query.wanted.map(bind), any: query.any, unwanted: query.unwanted.map(bind) };
  const rebuild = createRebuilder(db);
  const statement = remembered(db);

  /** False where no event in a text without further views can match. */
  function mayMatch(folded: string): boolean {
    const may = ({ pieces }: BoundForm): boolean =>
      pieces.every(piece => piece.isInRows || folded.includes(piece.folded));
    return satisfies({ ...ours, unwanted: [] }, pattern => pattern.some(may));
  }

  return {
    mask: queryMask(query, form => ({ all: bound.get(form)!.pieces.map(piece => piece.mask) })),
    matching({ text, params }) {
      const bytes = statement(`SELECT CAST((${rowsSql('event', text)}) AS BLOB)`)
        .pluck()
        .get(...params) as Buffer | null;
      if (bytes === null) return [];
      // The ordinary text: one view, and one pass to fold all of it.
      const isPlain = isAscii(bytes) && bytes.indexOf(BACKSLASH) < 0;
      const rows = isPlain ? bytes.toString('latin1') : bytes.toString();
      const folded = isPlain ? rows.toLowerCase() : '';
      if (isPlain && !mayMatch(folded)) return [];
      const hits: SearchHit[] = [];
      for (let start = 0; start < rows.length; ) {
        const found = rows.indexOf(ROW_END, start);
        const end = found < 0 ? rows.length : found;
        const body = rows.indexOf('\n', start) + 1;
        const views = isPlain
          ? [{ plain: rows.slice(body, end), folded: folded.slice(body, end) }]
          : jsonViews(rows.slice(body, end)).map(viewOf);
        const event = new EventRow(rows.slice(start, body - 1), views);
        if (satisfies(ours, pattern => pattern.some(form => formMatches(form, event))))
          hits.push(event.hit());
        start = end + 1;
      }
      return hits;
    },
  };

  function formMatches({ form, pieces, isInRow }: BoundForm, event: EventRow): boolean {
    const { views } = event;
    const isInViews = (): boolean => views.some(view => form.find(view) !== undefined);
    if (views[0]!.plain.startsWith(WHOLE)) return isInViews();
    const hasPieces = pieces.every(
      piece => piece.holds(views) || (piece.isInRows && event.pointsTo(piece.isInRow)),
    );
    if (!hasPieces || form.isWhole) return hasPieces;
    if (form.isLiteral && (isInViews() || event.pointsTo(isInRow))) return true;
    return jsonViews(rebuild(event.id)).some(view => form.find(viewOf(view)));
  }
}

const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const ZERO = 0x30;
const ROW_END = '\u0001';

/** An event as `rowsSql` gives it: its head, and the views of its text. */
class EventRow {
  constructor(
    readonly head: string,
    readonly views: readonly View[],
  ) {}

  get id(): number {
    return Number(this.head.slice(0, this.head.indexOf(',')));
  }

  /** True where one of the rows of dimensions that it points to `isWanted`. */
  pointsTo(isWanted: (dimension: number, id: number) => boolean): boolean {
    const { head } = this;
    // By hand: taking the head apart with split would cost more than all the rest of a row.
    let at = head.indexOf(',') + 1;
    for (let dimension = 0; dimension < DIMENSION_TABLES.length; dimension++, at++) {
      let id = 0;
      for (let c = head.charCodeAt(at); c !== COMMA; c = head.charCodeAt(++at)) id = id * 10 + c - ZERO;
      if (id > 0 && isWanted(dimension, id)) return true;
    }
    return false;
  }

  hit(): SearchHit {
    const { head, id } = this;
    // A time that may hold a comma is quoted.
    const quote = head.indexOf('"');
    const eventTime =
      quote < 0 ? head.slice(head.lastIndexOf(',') + 1) : (JSON.parse(head.slice(quote)) as string);
    return { id, eventTime };
  }
}
