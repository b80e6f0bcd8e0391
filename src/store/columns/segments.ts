/**
 * Events, or lines of access logs, column by column: what each points to and when it was, in segments of neighbouring ids,
 * as arrays that are counted through faster than SQLite reads rows. Derived data: a segment that is missing, damaged or out
 * of date is made from the rows where it is needed, and stored by the next ingest.
 *
 * Long: a segment is made, packed, stored, read and forgotten here, so that its form is known in one file.
 */

import type { Dimension } from '../../dimensions.js';
import { codeOf, messageOf } from '../../errors.js';
import type { Db } from '../open.js';
import { orUndefined, sealed, sealSeed, unsealed } from '../seal.js';
import { prepared } from '../statements.js';
import { ODD_TIME } from '../times.js';
import { COLUMN_TABLES, type ColumnTable, EVENT_COLUMNS } from './column-table.js';

/** Rows of a segment: more make counting cheaper, fewer make pages cheaper. */
export const SEGMENT_ROWS = 1 << 13;
/** Rows of one segment's columns have ids from `segment * COLUMN_IDS`. */
const COLUMN_IDS = 8;

/** Neighbouring rows. Their ids are `first` to `last`; what stands at an index belongs to the id `first + index`. */
export interface Segment<P extends string = Dimension> {
  first: number;
  last: number;
  /** Number of ids that are a row: others were of files that changed. */
  count: number;
  /** Between which seconds the rows with an ordinary time are. */
  earliest: number;
  latest: number;
  /** Seconds since 1970, with their fraction, of those whose time is ODD_TIME, by index; null where it cannot be read. */
  oddTimes: ReadonlyMap<number, number | null>;
  /** Seconds since 1970, or ODD_TIME. */
  times(): Uint32Array;
  /** Rows of a dimension that they point to, 0 for none. */
  pointers(to: P): Uint32Array;
  /** 0 where there is no row. */
  present(): Uint32Array;
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
const seedOf = ({ format }: ColumnTable, s: Scalars): number =>
  sealSeed(format, s.number, s.last, s.count, s.earliest, s.latest, s.odd);

/** The columns of a table, in the order in which they are stored. */
const columnsOf = <P extends string>({ pointers }: ColumnTable<P>): Array<Column<P>> => ['time', ...pointers];
type Column<P extends string> = 'time' | P;

/**
 * All rows of a table, in segments.
 * @param end the last row
 */
export function* segments<P extends string>(
  db: Db,
  table: ColumnTable<P>,
  end = lastRow(db, table),
): Generator<Segment<P>> {
  const stored = soundScalars(db, table);
  for (let number = 0; firstOf(number) <= end; number++) {
    const scalars = stored.get(number);
    const isCurrent = scalars?.last === lastOf(number, end);
    if (isCurrent) yield storedSegment(db, table, scalars);
    else {
      const made = madeOf(db, table, number);
      yield segmentOf(table, made.scalars, column => made.columns[column]);
    }
  }
}

/** All events. */
export const eventSegments = (db: Db, end?: number): Generator<Segment> => segments(db, EVENT_COLUMNS, end);

/** The id of the last row of a table, 0 where there is none. */
export function lastRow(db: Db, { rows }: ColumnTable): number {
  return prepared(db, `SELECT coalesce(max(id), 0) FROM ${rows}`).pluck().get() as number;
}

/** The id of the last event. */
export const lastEvent = (db: Db): number => lastRow(db, EVENT_COLUMNS);

const scalarsSql = ({ segments, count }: ColumnTable): string =>
  `SELECT id AS number, last_id AS last, ${count} AS count, earliest, latest, odd_times AS odd, seal
  FROM ${segments} ORDER BY id`;

function soundScalars(db: Db, table: ColumnTable): Map<number, SealedScalars> {
  const listed = orUndefined(() => prepared(db, scalarsSql(table)).all() as SealedScalars[]) ?? [];
  return new Map(listed.filter(s => s.seal === seedOf(table, s)).map(s => [s.number, s]));
}

function segmentOf<P extends string>(
  { always }: ColumnTable<P>,
  scalars: Scalars,
  column: (column: Column<P>) => Uint32Array,
): Segment<P> {
  const { number, last, count, earliest, latest, odd } = scalars;
  const known = new Map<Column<P>, Uint32Array>();
  const values = (name: Column<P>): Uint32Array => {
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
    present: () => values(always),
    release: () => known.clear(),
  };
}

const NONE: ReadonlyMap<number, number | null> = new Map();

/** A segment whose columns are read when they are asked for. */
function storedSegment<P extends string>(db: Db, table: ColumnTable<P>, scalars: SealedScalars): Segment<P> {
  const columns = columnsOf(table);
  let made: Made<P> | undefined;
  return segmentOf(table, scalars, column => {
    const id = scalars.number * COLUMN_IDS + columns.indexOf(column);
    const blob = orUndefined(() =>
      prepared(db, `SELECT data FROM ${table.values} WHERE id = ?`).pluck().get(id),
    );
    const values = made ? undefined : unpacked(unsealed(blob, scalars.seal + id));
    if (values?.length === scalars.last - firstOf(scalars.number) + 1) return values;
    made ??= madeOf(db, table, scalars.number);
    return made.columns[column];
  });
}

type Columns<P extends string> = Record<Column<P>, Uint32Array<ArrayBuffer>>;
interface Made<P extends string> {
  scalars: Scalars;
  columns: Columns<P>;
}

const emptyColumns = <P extends string>(table: ColumnTable<P>, length: number): Columns<P> =>
  Object.fromEntries(columnsOf(table).map(column => [column, new Uint32Array(length)])) as Columns<P>;

/** One line a row: numbers, the last of them says whether a time of the right length stands behind it. */
const linesSql = ({ rows, pointers, hasTime, time }: ColumnTable): string =>
  `SELECT CAST(group_concat(
    concat_ws(',', id, ${pointers.map(p => `coalesce(${p}_id, 0)`).join(', ')}, ${hasTime},
      CASE WHEN ${hasTime} THEN ${time} ELSE '' END), char(10)) AS BLOB)
  FROM ${rows} WHERE id BETWEEN ? AND ?`;
/** Rows for one such text. */
const AT_ONCE = 2048;
const COMMA = 0x2c;

/** Makes a segment from the rows. */
function madeOf<P extends string>(db: Db, table: ColumnTable<P>, number: number): Made<P> {
  const first = firstOf(number);
  const last = lastOf(number, lastRow(db, table));
  const columns = emptyColumns(table, last - first + 1);
  const pointers = table.pointers.map(p => columns[p]);
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
      const hasTime = next() === 1;
      const time = hasTime ? table.secondsAt(b, at) : ODD_TIME;
      if (hasTime) at += table.timeLength;
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
    const lines = prepared(db, linesSql(table))
      .pluck()
      .get(from, Math.min(from + AT_ONCE - 1, last)) as Buffer | null;
    if (lines) readLines(lines);
  }
  const odd = oddIds.length === 0 ? '' : JSON.stringify(oddTimesOf(db, table, first, oddIds));
  return { scalars: { number, last, count, earliest, latest, odd }, columns };
}

function oddTimesOf(
  db: Db,
  { rows, oddTime }: ColumnTable,
  first: number,
  ids: readonly number[],
): Array<[number, number | null]> {
  const times = prepared(
    db,
    `SELECT id, ${oddTime} AS time FROM ${rows} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  ).all(JSON.stringify(ids)) as Array<{ id: number; time: number | null }>;
  return times.map(({ id, time }) => [id - first, time]);
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
export function* columnBuilds(db: Db, onDamaged: () => void = () => {}): Generator<() => void> {
  for (const table of COLUMN_TABLES) yield* tableBuilds(db, table, onDamaged);
}

function* tableBuilds(db: Db, table: ColumnTable, onDamaged: () => void): Generator<() => void> {
  const areThere = orUndefined(() => {
    db.prepare(scalarsSql(table));
    return db.prepare(`SELECT id, data FROM ${table.values}`);
  });
  if (!areThere) {
    dropColumns(db, table);
    onDamaged();
  }
  db.exec(table.schema);
  const end = lastRow(db, table);
  const stored = soundScalars(db, table);
  const listed = new Set(db.prepare(`SELECT id FROM ${table.segments}`).pluck().all());
  for (let number = 0; firstOf(number) <= end; number++) {
    const scalars = stored.get(number);
    const isCurrent = scalars?.last === lastOf(number, end);
    if (isCurrent && isWhole(db, table, scalars)) continue;
    if (isCurrent || (!scalars && listed.has(number))) onDamaged();
    yield () => db.transaction(() => insert(db, table, madeOf(db, table, number))).immediate();
  }
}

/**
 * How many segments there should be, and how many are stored, up to date and what they were.
 * @param end the last row
 */
export function soundSegments(
  db: Db,
  table: ColumnTable,
  end = lastRow(db, table),
): { all: number; sound: number } {
  const stored = soundScalars(db, table);
  let [all, sound] = [0, 0];
  for (; firstOf(all) <= end; all++) {
    const scalars = stored.get(all);
    if (scalars?.last === lastOf(all, end) && isWhole(db, table, scalars)) sound++;
  }
  return { all, sound };
}

function isWhole(db: Db, table: ColumnTable, scalars: SealedScalars): boolean {
  const columns = columnsOf(table).length;
  const blobs = prepared(db, `SELECT id, data FROM ${table.values} WHERE id BETWEEN ? AND ?`).all(
    scalars.number * COLUMN_IDS,
    scalars.number * COLUMN_IDS + columns - 1,
  ) as Array<{ id: number; data: unknown }>;
  const isSound = ({ id, data }: { id: number; data: unknown }): boolean =>
    unsealed(data, scalars.seal + id) !== undefined;
  return blobs.length === columns && blobs.every(isSound);
}

/** To be called in a transaction. */
function insert<P extends string>(db: Db, table: ColumnTable<P>, { scalars, columns }: Made<P>): void {
  const seal = seedOf(table, scalars);
  const { number, last, count, earliest, latest, odd } = scalars;
  prepared(
    db,
    `INSERT OR REPLACE INTO ${table.segments} (id, last_id, ${table.count}, earliest, latest, odd_times, seal)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(number, last, count, earliest, latest, odd, seal);
  for (const [i, column] of columnsOf(table).entries()) {
    const id = number * COLUMN_IDS + i;
    prepared(db, `INSERT OR REPLACE INTO ${table.values} (id, data) VALUES (?, ?)`).run(
      id,
      sealed(packed(columns[column]), seal + id),
    );
  }
}

/** Takes rows as they are loaded, whose ids are 1, 2, 3, …; stores their columns where nothing else has them yet. */
export interface ColumnLoader {
  /**
   * @param time seconds since 1970, or ODD_TIME
   * @param oddTime of such a row: seconds since 1970, null where its time cannot be read
   * @param pointers rows of the dimensions, in their order
   */
  add(time: number, oddTime: number | null, pointers: ReadonlyArray<number | null>): void;
  /** To be called before what was loaded is committed. */
  settle(): void;
}

/** @param db the index, in a transaction whenever its functions are called */
export function createColumnLoader<P extends string>(db: Db, table: ColumnTable<P>): ColumnLoader {
  const columns = emptyColumns(table, SEGMENT_ROWS);
  const { time: times } = columns;
  const arrays = table.pointers.map(p => columns[p]);
  let number = 0;
  let count = 0;
  let odd: Array<[number, number | null]> = [];

  function settle(): void {
    if (count === 0) return;
    const part = emptyColumns(table, 0);
    for (const column of columnsOf(table)) part[column] = columns[column].subarray(0, count);
    const ordinary = part.time.filter(time => time !== ODD_TIME);
    const scalars: Scalars = {
      number,
      last: firstOf(number) + count - 1,
      count,
      earliest: ordinary.reduce((least, time) => Math.min(least, time), ODD_TIME),
      latest: ordinary.reduce((most, time) => Math.max(most, time), 0),
      odd: odd.length === 0 ? '' : JSON.stringify(odd),
    };
    insert(db, table, { scalars, columns: part });
  }

  return {
    add(time, oddTime, pointers) {
      times[count] = time;
      if (time === ODD_TIME) odd.push([count, oddTime]);
      for (let p = 0; p < arrays.length; p++) arrays[p]![count] = pointers[p] ?? 0;
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

/** Drops all columns of a table, so that they are made again. */
export function dropColumns(db: Db, { segments, values }: ColumnTable): void {
  db.exec(`DROP TABLE IF EXISTS ${segments}; DROP TABLE IF EXISTS ${values};`);
}

/** Forgets the segments that hold one of these rows: they are out of date. */
export function forgetSegments(db: Db, table: ColumnTable, ids: readonly number[]): void {
  const numbers = new Set(ids.map(id => Math.floor((id - 1) / SEGMENT_ROWS)));
  forget(db, table, 'id IN (SELECT value FROM json_each(?))', JSON.stringify([...numbers]));
}

/** Forgets segments past row `last` of a table: their ids will be given again. */
export function forgetSegmentsAfter(db: Db, table: ColumnTable, last: number): void {
  forget(db, table, 'last_id > ?', last);
}

/** Stale segments that cannot be deleted would be trusted, so a damaged table is dropped as a whole. */
function forget(db: Db, table: ColumnTable, where: string, value: string | number): void {
  try {
    prepared(db, `DELETE FROM ${table.segments} WHERE ${where}`).run(value);
  } catch (error) {
    // An index of an older version has no such table.
    if (/no such table/.test(messageOf(error))) return;
    // After a full disk the transaction around this may be gone: nothing more may be written.
    if (!/^SQLITE_(CORRUPT|ERROR)/.test(codeOf(error))) throw error;
    dropColumns(db, table);
  }
}
