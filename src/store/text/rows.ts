/**
 * Where the text of records is kept: the tables with such text, and their rows in one form that is quick to read. The
 * form is described and parsed here; SQLite writes it here, and WebAssembly in `stored-text.ts`: a test compares them.
 */

import { ACCESS_DIMENSIONS, ACCESS_TEXTS, type AccessDimension } from '../../access-logs/rows.js';
import { putTime, TIME_LENGTH } from '../../access-logs/time.js';
import { COMMA, LINE_FEED, NINE, ZERO } from '../../bytes/ascii.js';
import { fieldsAt } from '../../cloudtrail/fields.js';
import { DIMENSIONS, type Dimension } from '../../dimensions.js';
import { WRITTEN_TIME } from '../access-view.js';
import type { Db } from '../open.js';
import { prepared } from '../statements.js';
import { comparableTime, timeNumber, timeTextSql } from '../times.js';
import { ALIAS } from '../view.js';
import { inParts, type RowSet } from './row-set.js';
import { countRows, FEW_ROWS, storedText } from './stored-text.js';

/** A dimension with text of records: a bucket's name stands in the parameters of the request. */
export type TextDimension = Exclude<Dimension, 'bucket'>;
/** In the order of `DIMENSIONS`. */
export const TEXT_DIMENSIONS = DIMENSIONS.filter((d): d is TextDimension => d !== 'bucket');
/** The index on events by a dimension, where there is one. */
export const EVENT_INDEX_OF: Readonly<Record<TextDimension, string | undefined>> = {
  kind: 'event_kind',
  identity: 'event_identity',
  address: 'event_address',
  agent: undefined,
  channel: undefined,
};
/** Where lines of access logs are, and what repeats in them: tables of their own, areas as those of records. */
export const LINE_AREA = 'access_log';
export type LineDimensionArea = `access_${AccessDimension}`;
export const LINE_DIMENSIONS = ACCESS_DIMENSIONS.map(of => `access_${of}` as const);
/** An area is called as its table is. */
export type Area = TextDimension | 'event' | LineDimensionArea | typeof LINE_AREA;
export const AREAS: readonly Area[] = [...TEXT_DIMENSIONS, 'event', ...LINE_DIMENSIONS, LINE_AREA];
/** The areas that an index has rows in: every line has a call, and calls stay. */
export function areasIn(db: Db): readonly Area[] {
  const hasLines = prepared(db, 'SELECT 1 FROM access_call LIMIT 1').get() !== undefined;
  return hasLines ? AREAS : AREAS.filter(area => !isOfLines(area));
}
/** True for an area of texts as they are rather than of JSON. */
export const isOfLines = (area: Area): boolean => area.startsWith('access_');

/** A condition on `cloudtrail_logs` with its values. */
export interface RowFilter {
  text: string;
  params: ReadonlyArray<string | number | Buffer>;
}

/** Stands between rows: no JSON text has it. */
const ROW_END = '\u0001';
const ROW_END_BYTE = 1;
/** Stands before the members of a record that have no field of their own; they are one object in the index alone. */
export const UNKNOWN = '\u0003';
/** Rows worth reading at a time: fewer cost calls, more cost memory that is slower to reach. */
export const ROWS_AT_ONCE = 64;
/** Bytes worth reading at a time: neither SQLite nor the strings of Node have room for any number. */
const BYTES_AT_ONCE = 16 << 20;

/** What may stand in a line, and stands between rows here. */
const withoutRowEnd = (sql: string): string => `replace(${sql}, char(1), char(10))`;

const DIMENSION_TEXT: Record<TextDimension | LineDimensionArea, string> = {
  kind: 'template',
  identity: 'useridentity',
  address: 'json_quote(sourceipaddress)',
  agent: 'json_quote(useragent)',
  channel: 'members',
  access_bucket: withoutRowEnd('value'),
  access_requester: withoutRowEnd('requester'),
  access_address: withoutRowEnd('remoteip'),
  access_agent: withoutRowEnd('useragent'),
  access_call: withoutRowEnd("concat_ws(' ', operation, httpstatus, errorcode)"),
  access_channel: withoutRowEnd('value'),
};

const VALUES = fieldsAt('event', 'detail').map(f => {
  const column = `${ALIAS[f.home]}.${f.column}`;
  return f.json ? column : `'"' || ${column} || '"'`;
});
const EVENT_HEAD = `concat_ws(',', e.id, ${TEXT_DIMENSIONS.map(d => `coalesce(e.${d}_id, '')`).join(', ')},
    CASE WHEN d.record IS NULL THEN '' ELSE 1 END,
    ${timeTextSql('e.')})`;
// A string that had an escape, and a column that was made from something else, are in a record that is kept whole.
const EVENT_TEXT = `CASE WHEN d.record IS NULL
    THEN concat_ws(char(10), ${VALUES.join(', ')}, char(3) || d.additional_fields)
    ELSE d.record END`;

/** As that of an event, whose agent and channel are told by bits in the same places; the time is in seconds. */
const LINE_HEAD = `concat_ws(',', l.id, ${TEXT_DIMENSIONS.map(d =>
  d === 'agent' || d === 'channel' ? `coalesce(l.${d}_id, '')` : "''",
).join(', ')}, CASE WHEN l.line IS NULL THEN '' ELSE 1 END, coalesce('@' || l.time, '@'))`;
/** Where the time of a line is written: as many bytes as it takes. */
const TIME_ROOM = ' '.repeat(TIME_LENGTH);

/**
 * The values that a line has of its own, on `access_log AS l`, a line each, or the line where it is kept. The decoded key
 * is no part of the line, and what people look for.
 */
export const LINE_TEXT = lineText(WRITTEN_TIME);

function lineText(time: string): string {
  return `CASE WHEN l.line IS NULL
    THEN concat_ws(char(10), ${time}, l.decoded_key, ${[...ACCESS_TEXTS, 'more'].map(text => `l.${text}`).join(', ')})
    ELSE concat_ws(char(10), CAST(l.line AS TEXT), l.decoded_key) END`;
}

/**
 * Every text is of whole rows: head, line break, text. SQLite reads a range of ids in their order where it uses no other
 * index: with statistics it would take one that covers all it needs.
 */
function rowsSql(area: Area, where: string): string {
  if (area === LINE_AREA)
    return `SELECT CAST(group_concat(${LINE_HEAD} || char(10) || ${withoutRowEnd(lineText(`'${TIME_ROOM}'`))}, char(1)) AS BLOB)
      FROM access_log AS l NOT INDEXED WHERE l.id ${where}`;
  return area === 'event'
    ? `SELECT CAST(group_concat(${EVENT_HEAD} || char(10) || ${EVENT_TEXT}, char(1)) AS BLOB)
      FROM event AS e NOT INDEXED LEFT JOIN detail AS d ON d.id = e.id WHERE e.id ${where}`
    : `SELECT CAST(group_concat(id || char(10) || ${DIMENSION_TEXT[area]}, char(1)) AS BLOB)
      FROM ${area} NOT INDEXED WHERE id ${where}`;
}

/**
 * Rows of the index that are read at a time, so that they are not too long together.
 * @param most where no record is long
 */
export function rowsAtOnce(db: Db, most: number): number {
  const longest = prepared(db, "SELECT value FROM setting WHERE name = 'longest_record'").pluck().get() ?? 1;
  return Math.max(1, Math.min(most, Math.floor(BYTES_AT_ONCE / (longest as number))));
}

/** Notes the length of a record that was stored, in bytes, for `rowsAtOnce`. */
export function noteLongest(db: Db, bytes: number): void {
  prepared(
    db,
    `INSERT INTO setting VALUES ('longest_record', ?)
    ON CONFLICT DO UPDATE SET value = max(value, excluded.value)`,
  ).run(bytes);
}

/**
 * Reads rows of an area, as UTF-8: in as many texts as keep each from being too long, and none where there are no rows.
 * Rows stand between U+0001, each with a head and a line break before its text. The head of a dimension's row is its id.
 * That of an event is `id,kind,identity,address,agent,channel,whole,time`: the rows it points to; 1 where the text is the
 * record itself, else its own values stand there, a line each; and the event's time, in the form of times.ts. That of a
 * line is the same, with its agent and channel alone.
 * @param filter which of the events
 * @param holding folded texts: events that hold none of them may be left out
 */
export function* readRows(
  db: Db,
  area: Area,
  rows: RowSet,
  { filter, holding }: { filter?: RowFilter | undefined; holding?: readonly string[] | undefined } = {},
): Generator<Buffer> {
  if (area === 'event' && !filter) {
    for (const part of inParts(rows, rowsAtOnce(db, MOST_ROWS))) {
      const stored =
        countRows(db, part) > FEW_ROWS ? storedText(db, TEXT_DIMENSIONS, part, holding) : undefined;
      const bytes = stored ?? rowsOfSqlite(db, area, part).next().value;
      if (bytes && bytes.length > 0) yield bytes;
    }
  } else yield* rowsOfSqlite(db, area, rows, filter);
}

/** The same, as SQLite joins them. */
export function* rowsOfSqlite(
  db: Db,
  area: Area,
  rows: RowSet,
  filter?: RowFilter,
): Generator<Buffer, undefined> {
  const isRange = 'first' in rows;
  const range = filter
    ? `IN (SELECT event_rowid FROM cloudtrail_logs WHERE event_rowid BETWEEN ? AND ? AND ${filter.text})`
    : 'BETWEEN ? AND ?';
  const statement = prepared(db, rowsSql(area, isRange ? range : 'IN (SELECT value FROM json_each(?))'));
  for (const part of inParts(rows, rowsAtOnce(db, MOST_ROWS))) {
    const params =
      'first' in part ? [part.first, part.last, ...(filter?.params ?? [])] : [JSON.stringify(part)];
    const bytes = statement.pluck().get(...params) as Buffer | null;
    if (bytes === null) continue;
    if (area === LINE_AREA) writeTimes(bytes);
    yield bytes;
  }
}

/** Writes the times of lines into the room that is left for them: SQLite would need longer for these than for all the rest. */
function writeTimes(rows: Buffer): void {
  const head: RowHead = { id: 0, pointers: undefined, isWhole: false, time: Number.NaN };
  for (let start = 0; start < rows.length; ) {
    const text = readHead(rows, start, head);
    if (!head.isWhole) putTime(rows, text, head.time);
    start = rowEnd(rows, text) + 1;
  }
}

/** Rows for one statement, however short they are. */
export const MOST_ROWS = 4096;

/** Where in a text of rows one of them stands: its head up to the line break before `text`, its text up to `end`. */
export interface RowSpan {
  text: number;
  end: number;
}

/** The row that begins at `start`. */
export function rowSpan(rows: string, start: number): RowSpan {
  const end = rows.indexOf(ROW_END, start);
  return { text: rows.indexOf('\n', start) + 1, end: end < 0 ? rows.length : end };
}

/**
 * The rows of a dimension.
 * @param holding for rows that are ASCII: a text in lower case, without which a row is left out
 */
export function* dimensionTexts(rows: string, holding = ''): Generator<{ id: number; text: string }> {
  const lower = holding === '' ? rows : rows.toLowerCase();
  for (let at = lower.indexOf(holding); at >= 0 && at < rows.length; at = lower.indexOf(holding, at)) {
    const start = rows.lastIndexOf(ROW_END, at) + 1;
    const { text, end } = rowSpan(rows, start);
    yield { id: idOf(rows.slice(start, text)), text: rows.slice(text, end) };
    at = end + 1;
  }
}

/** The head of a row, as numbers. */
export interface RowHead {
  id: number;
  /** Rows that an event points to, in the order of `TEXT_DIMENSIONS`, 0 for none; undefined for a row of a dimension. */
  pointers: number[] | undefined;
  /** True where the text is the whole record. */
  isWhole: boolean;
  /** An event's time, as `timeNumber` has it. */
  time: number;
}

/**
 * Reads the head of the row at `start`.
 * @param head is filled: one object for all rows, of which there are millions
 * @returns where the text of the row begins
 */
export function readHead(b: Buffer, start: number, head: RowHead): number {
  let at = start;
  const number = (): number => {
    let value = 0;
    for (let c = b[at]!; c >= ZERO && c <= NINE; c = b[++at]!) value = value * 10 + c - ZERO;
    return value;
  };
  head.id = number();
  if (b[at] === LINE_FEED) {
    head.pointers = undefined;
    return at + 1;
  }
  head.pointers ??= TEXT_DIMENSIONS.map(() => 0);
  for (let dimension = 0; dimension < TEXT_DIMENSIONS.length; dimension++) {
    at++;
    head.pointers[dimension] = number();
  }
  head.isWhole = b[at + 1] !== COMMA;
  at = b.indexOf(COMMA, at + 1) + 1;
  const end = b.indexOf(LINE_FEED, at);
  head.time = timeNumber(b, at, end);
  return end + 1;
}

/** Where the row ends whose text begins at `text`. */
export function rowEnd(b: Buffer, text: number): number {
  const end = b.indexOf(ROW_END_BYTE, text);
  return end < 0 ? b.length : end;
}

/** The id that a head begins with. */
export function idOf(head: string): number {
  return Number.parseInt(head, 10);
}

/** True where one of the rows of dimensions that an event points to `isWanted`. */
export function pointsTo(head: string, isWanted: (dimension: number, id: number) => boolean): boolean {
  // By hand: to split the head would cost more than all the rest of a row.
  let at = head.indexOf(',') + 1;
  for (let dimension = 0; dimension < TEXT_DIMENSIONS.length; dimension++, at++) {
    let id = 0;
    // Of a damaged row nothing says that there is a comma.
    for (let c = head.charCodeAt(at); c >= ZERO && c <= NINE; c = head.charCodeAt(++at))
      id = id * 10 + c - ZERO;
    if (id > 0 && isWanted(dimension, id)) return true;
  }
  return false;
}

/** Whether an event's text is its record, and its time; -Infinity where it has none that can be read. */
export function restOf(head: string): { isWhole: boolean; time: number } {
  let at = 0;
  for (let commas = 0; commas <= TEXT_DIMENSIONS.length; commas++) at = head.indexOf(',', at) + 1;
  return { isWhole: head[at] === '1', time: comparableTime(head.slice(head.indexOf(',', at) + 1)) };
}
