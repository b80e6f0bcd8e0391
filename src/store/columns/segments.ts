/**
 * The events column by column: what each points to and when it was, in segments of neighbouring ids, as arrays that
 * are counted through faster than SQLite reads rows. Derived data: a segment that is missing, damaged or out of date is
 * made from the events where it is needed, and stored by the next ingest.
 *
 * Long: a segment is made, packed, stored, read and forgotten here, so that its form is known in one file.
 */

import { type ByDimension, DIMENSIONS, type Dimension } from '../../dimensions.js';
import { codeOf, messageOf } from '../../errors.js';
import type { Db } from '../open.js';
import { COLUMN_TABLES } from '../schema/v5.js';
import { orUndefined, sealed, sealSeed, unsealed } from '../seal.js';
import { prepared } from '../statements.js';
import { ODD_TIME, secondsAt, TIME_LENGTH } from '../times.js';

const COLUMNS = ['time', ...DIMENSIONS] as const;
type Column = (typeof COLUMNS)[number];

/** Events of a segment: more make counting cheaper, fewer make pages cheaper. */
export const SEGMENT_ROWS = 1 << 13;
/** Rows of one segment's columns have ids from `segment * COLUMN_IDS`. */
const COLUMN_IDS = 8;
/** To be raised with every change of the form. */
const FORMAT = 2;

/** Neighbouring events. Their ids are `first` to `last`; what stands at an index belongs to the id `first + index`. */
export interface Segment {
  first: number;
  last: number;
  /** Number of ids that are an event: others were of files that changed. */
  count: number;
  /** Between which seconds the events with an ordinary eventTime are. */
  earliest: number;
  latest: number;
  /** Seconds since 1970, with their fraction, of those whose time is ODD_TIME, by index; null where it cannot be read. */
  oddTimes: ReadonlyMap<number, number | null>;
  /** Seconds since 1970, or ODD_TIME. */
  times(): Uint32Array;
  /** Rows of a dimension that the events point to, 0 for none. Where `kind` is 0 there is no event. */
  pointers(to: Dimension): Uint32Array;
  /** Lets go of the arrays; they are read again when they are asked for. */
  release(): void;
}

interface Scalars {
  number: number;
  last: number;
  count: number;
  earliest: number;
  latest: number;
  odd: string;
}
/** As they are stored; the seal was found to hold. */
interface SealedScalars extends Scalars {
  seal: number;
}

const firstOf = (number: number): number => number * SEGMENT_ROWS + 1;
/** The last id of a segment; `end` is the last of all. */
const lastOf = (number: number, end: number): number => Math.min(firstOf(number + 1) - 1, end);
const seedOf = (s: Scalars): number =>
  sealSeed(FORMAT, s.number, s.last, s.count, s.earliest, s.latest, s.odd);

/**
 * All events, in segments.
 * @param end the last event
 */
export function* eventSegments(db: Db, end = lastEvent(db)): Generator<Segment> {
  const stored = soundScalars(db);
  for (let number = 0; firstOf(number) <= end; number++) {
    const scalars = stored.get(number);
    const isCurrent = scalars?.last === lastOf(number, end);
    yield isCurrent ? storedSegment(db, scalars) : madeSegment(madeOf(db, number));
  }
}

/** The id of the last event, 0 where there is none. */
export function lastEvent(db: Db): number {
  return prepared(db, 'SELECT coalesce(max(id), 0) FROM event').pluck().get() as number;
}

function soundScalars(db: Db): Map<number, SealedScalars> {
  const listed =
    orUndefined(
      () =>
        prepared(
          db,
          `SELECT id AS number, last_id AS last, event_count AS count, earliest, latest, odd_times AS odd, seal
          FROM column_segment ORDER BY id`,
        ).all() as SealedScalars[],
    ) ?? [];
  return new Map(listed.filter(s => s.seal === seedOf(s)).map(s => [s.number, s]));
}

function segmentOf(scalars: Scalars, column: (column: Column) => Uint32Array): Segment {
  const { number, last, count, earliest, latest, odd } = scalars;
  const known = new Map<Column, Uint32Array>();
  const values = (name: Column): Uint32Array => {
    const array = known.get(name) ?? column(name);
    known.set(name, array);
    return array;
  };
  return {
    first: firstOf(number),
    last,
    count,
    earliest,
    latest,
    oddTimes: odd === '' ? NONE : new Map(JSON.parse(odd) as Array<[number, number | null]>),
    times: () => values('time'),
    pointers: values,
    release: () => known.clear(),
  };
}

const NONE: ReadonlyMap<number, number | null> = new Map();

/** A segment whose columns are read when they are asked for. */
function storedSegment(db: Db, scalars: SealedScalars): Segment {
  let made: Made | undefined;
  return segmentOf(scalars, column => {
    const id = scalars.number * COLUMN_IDS + COLUMNS.indexOf(column);
    const blob = orUndefined(() =>
      prepared(db, 'SELECT data FROM column_values WHERE id = ?').pluck().get(id),
    );
    const values = made ? undefined : unpacked(unsealed(blob, scalars.seal + id));
    if (values?.length === scalars.last - firstOf(scalars.number) + 1) return values;
    made ??= madeOf(db, scalars.number);
    return made.columns[column];
  });
}

type Columns = Record<Column, Uint32Array<ArrayBuffer>>;
interface Made {
  scalars: Scalars;
  columns: Columns;
}

const byColumn = (length: number): Columns =>
  Object.fromEntries(COLUMNS.map(column => [column, new Uint32Array(length)])) as Columns;

function madeSegment({ scalars, columns }: Made): Segment {
  return segmentOf(scalars, column => columns[column]);
}

const HAS_LENGTH = `coalesce(octet_length(e.eventtime) = ${TIME_LENGTH}, 0)`;
/** One line an event: numbers, the last of them says whether a time of the right length stands behind it. */
const LINES = `SELECT CAST(group_concat(
    concat_ws(',', e.id, ${DIMENSIONS.map(p => `coalesce(e.${p}_id, 0)`).join(', ')}, ${HAS_LENGTH},
      CASE WHEN ${HAS_LENGTH} THEN e.eventtime ELSE '' END), char(10)) AS BLOB)
  FROM event AS e WHERE e.id BETWEEN ? AND ?`;
/** Events for one such text. */
const AT_ONCE = 2048;
const COMMA = 0x2c;

/** Makes a segment from the events. */
function madeOf(db: Db, number: number): Made {
  const first = firstOf(number);
  const last = lastOf(number, lastEvent(db));
  const columns = byColumn(last - first + 1);
  const pointers = DIMENSIONS.map(p => columns[p]);
  const times = columns.time.fill(ODD_TIME);
  const oddIds: number[] = [];
  let count = 0;
  let earliest = ODD_TIME;
  let latest = 0;

  function readLines(b: Buffer): void {
    let at = 0;
    const next = (): number => {
      let value = 0;
      for (; b[at] !== COMMA; at++) value = value * 10 + b[at]! - 0x30;
      at++;
      return value;
    };
    for (; at < b.length; at++) {
      const id = next();
      const index = id - first;
      for (const values of pointers) values[index] = next();
      count++;
      const hasLength = next() === 1;
      const time = hasLength ? secondsAt(b, at) : ODD_TIME;
      if (hasLength) at += TIME_LENGTH;
      if (time === ODD_TIME) {
        oddIds.push(id);
        continue;
      }
      times[index] = time;
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
    }
  }

  for (let from = first; from <= last; from += AT_ONCE) {
    const lines = prepared(db, LINES)
      .pluck()
      .get(from, Math.min(from + AT_ONCE - 1, last)) as Buffer | null;
    if (lines) readLines(lines);
  }
  const odd = oddIds.length === 0 ? '' : JSON.stringify(oddTimesOf(db, first, oddIds));
  return { scalars: { number, last, count, earliest, latest, odd }, columns };
}

function oddTimesOf(db: Db, first: number, ids: readonly number[]): Array<[number, number | null]> {
  const rows = prepared(
    db,
    `SELECT id, CASE WHEN typeof(odd_time) <> 'text' THEN odd_time END AS time
    FROM event WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  ).all(JSON.stringify(ids)) as Array<{ id: number; time: number | null }>;
  return rows.map(({ id, time }) => [id - first, time]);
}

/** Values in as few bytes each as the largest needs, with their number in front. */
function packed(values: Uint32Array): Uint8Array<ArrayBuffer> {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  const width = most < 1 << 8 ? 1 : most < 1 << 16 ? 2 : 4;
  const array = width === 1 ? Uint8Array.from(values) : width === 2 ? Uint16Array.from(values) : values;
  const bytes = new Uint8Array(4 + array.byteLength);
  bytes[0] = width;
  bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), 4);
  return bytes;
}

function unpacked(bytes: ArrayBuffer | undefined): Uint32Array | undefined {
  if (!bytes || bytes.byteLength < 4) return undefined;
  const width = new Uint8Array(bytes)[0]!;
  if (![1, 2, 4].includes(width) || bytes.byteLength % width !== 0) return undefined;
  if (width === 4) return new Uint32Array(bytes, 4);
  return new Uint32Array(width === 1 ? new Uint8Array(bytes, 4) : new Uint16Array(bytes, 4));
}

/**
 * Stores the segments that are missing, damaged or out of date.
 * @param db an index opened for writing, outside a transaction
 * @param onDamaged called for each that was damaged or of an older form
 */
export function* eventColumnBuilds(db: Db, onDamaged: () => void = () => {}): Generator<() => void> {
  const areThere = orUndefined(() => {
    db.prepare('SELECT id, last_id, event_count, earliest, latest, odd_times, seal FROM column_segment');
    return db.prepare('SELECT id, data FROM column_values');
  });
  if (!areThere) {
    dropEventColumns(db);
    onDamaged();
  }
  db.exec(COLUMN_TABLES);
  const end = lastEvent(db);
  const stored = soundScalars(db);
  const listed = new Set(db.prepare('SELECT id FROM column_segment').pluck().all());
  for (let number = 0; firstOf(number) <= end; number++) {
    const scalars = stored.get(number);
    const isCurrent = scalars?.last === lastOf(number, end);
    if (isCurrent && isWhole(db, scalars)) continue;
    if (isCurrent || (!scalars && listed.has(number))) onDamaged();
    yield () => db.transaction(() => insert(db, madeOf(db, number))).immediate();
  }
}

/**
 * How many segments there should be, and how many are stored, up to date and what they were.
 * @param end the last event
 */
export function soundSegments(db: Db, end = lastEvent(db)): { all: number; sound: number } {
  const stored = soundScalars(db);
  let [all, sound] = [0, 0];
  for (; firstOf(all) <= end; all++) {
    const scalars = stored.get(all);
    if (scalars?.last === lastOf(all, end) && isWhole(db, scalars)) sound++;
  }
  return { all, sound };
}

function isWhole(db: Db, scalars: SealedScalars): boolean {
  const blobs = prepared(db, 'SELECT id, data FROM column_values WHERE id BETWEEN ? AND ?').all(
    scalars.number * COLUMN_IDS,
    scalars.number * COLUMN_IDS + COLUMNS.length - 1,
  ) as Array<{ id: number; data: unknown }>;
  const isSound = ({ id, data }: { id: number; data: unknown }): boolean =>
    unsealed(data, scalars.seal + id) !== undefined;
  return blobs.length === COLUMNS.length && blobs.every(isSound);
}

/** To be called in a transaction. */
function insert(db: Db, { scalars, columns }: Made): void {
  const seal = seedOf(scalars);
  const { number, last, count, earliest, latest, odd } = scalars;
  prepared(
    db,
    `INSERT OR REPLACE INTO column_segment (id, last_id, event_count, earliest, latest, odd_times, seal)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(number, last, count, earliest, latest, odd, seal);
  for (const [i, column] of COLUMNS.entries()) {
    const id = number * COLUMN_IDS + i;
    prepared(db, 'INSERT OR REPLACE INTO column_values (id, data) VALUES (?, ?)').run(
      id,
      sealed(packed(columns[column]), seal + id),
    );
  }
}

/** Takes events as they are loaded, whose ids are 1, 2, 3, …; stores their columns where nothing else has them yet. */
export interface ColumnLoader {
  /**
   * @param time seconds since 1970, or ODD_TIME
   * @param oddTime its column `odd_time`
   * @param pointers rows of the dimensions
   */
  add(time: number, oddTime: number | string | null, pointers: ByDimension<number | null>): void;
  /** To be called before what was loaded is committed. */
  settle(): void;
}

/** @param db the index, in a transaction whenever its functions are called */
export function createColumnLoader(db: Db): ColumnLoader {
  const columns = byColumn(SEGMENT_ROWS);
  let number = 0;
  let count = 0;
  let odd: Array<[number, number | null]> = [];

  function settle(): void {
    if (count === 0) return;
    const part = byColumn(0);
    for (const column of COLUMNS) part[column] = columns[column].subarray(0, count);
    const ordinary = part.time.filter(time => time !== ODD_TIME);
    const scalars: Scalars = {
      number,
      last: firstOf(number) + count - 1,
      count,
      earliest: ordinary.reduce((least, time) => Math.min(least, time), ODD_TIME),
      latest: ordinary.reduce((most, time) => Math.max(most, time), 0),
      odd: odd.length === 0 ? '' : JSON.stringify(odd),
    };
    insert(db, { scalars, columns: part });
  }

  return {
    add(time, oddTime, pointers) {
      columns.time[count] = time;
      if (time === ODD_TIME) odd.push([count, typeof oddTime === 'number' ? oddTime : null]);
      for (const dimension of DIMENSIONS) columns[dimension][count] = pointers[dimension] ?? 0;
      count++;
      if (count < SEGMENT_ROWS) return;
      settle();
      number++;
      count = 0;
      odd = [];
    },
    settle,
  };
}

/** Drops all columns, so that they are made again. */
export function dropEventColumns(db: Db): void {
  db.exec('DROP TABLE IF EXISTS column_segment; DROP TABLE IF EXISTS column_values;');
}

/** Forgets the segments that hold one of these events: they are out of date. */
export function forgetSegments(db: Db, ids: readonly number[]): void {
  const numbers = new Set(ids.map(id => Math.floor((id - 1) / SEGMENT_ROWS)));
  forget(db, 'id IN (SELECT value FROM json_each(?))', JSON.stringify([...numbers]));
}

/** Forgets segments past row `last` of the events: their ids will be given again. */
export function forgetSegmentsAfter(db: Db, last: number): void {
  forget(db, 'last_id > ?', last);
}

/** Stale segments that cannot be deleted would be trusted, so a damaged table is dropped as a whole. */
function forget(db: Db, where: string, value: string | number): void {
  try {
    prepared(db, `DELETE FROM column_segment WHERE ${where}`).run(value);
  } catch (error) {
    // An index of an older version has no such table.
    if (/no such table/.test(messageOf(error))) return;
    // After a full disk the transaction around this may be gone: nothing more may be written.
    if (!/^SQLITE_(CORRUPT|ERROR)/.test(codeOf(error))) throw error;
    dropEventColumns(db);
  }
}
