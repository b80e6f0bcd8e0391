/** Lines of access logs of a batch → their rows. */

import type { Statement } from 'better-sqlite3';
import { keyOf } from '../access-logs/meaning.js';
import { operationOf } from '../access-logs/operations.js';
import { requesterOf } from '../access-logs/requester.js';
import {
  ACCESS_DIMENSIONS,
  ACCESS_ROW,
  ACCESS_TEXTS,
  type AccessBatch,
  type AccessDimension,
  type ByAccessDimension,
  byAccessDimension,
  NO_TIME,
  TIME_UNIT,
} from '../access-logs/rows.js';
import { addressBytes } from '../address.js';
import type { Batch } from '../batch.js';
import { createBoundedMap } from '../bounded-map.js';
import { ACCESS_JOINS, LINE_SQL } from './access-view.js';
import { contentHash, type Payload } from './event-rows.js';
import { createKnownIds, type KnownIds } from './known-ids.js';
import type { FileCounts, LedgerFile } from './ledger.js';
import type { Db } from './open.js';
import { ACCESS_INDEXES } from './schema/v8.js';
import { columnsOf } from './statements.js';

type Columns = ReadonlyArray<string | number | Buffer | null>;

/** What stands in a dimension's columns for a value; the first is the value itself. */
const DERIVE: Readonly<ByAccessDimension<(value: string) => Columns>> = {
  bucket: value => [value, ...value.split(' ').map(orNull)],
  requester(value) {
    const { kind, account, name, session } = requesterOf(value);
    return [value, kind, account, name, session];
  },
  address: value => [value, addressBytes(value)?.bytes ?? null],
  agent: value => [value],
  call(value) {
    const [operation = '-', status = '-', error = '-', hasKey] = value.split(' ');
    const known = operationOf(operation, hasKey === '1');
    return [
      value,
      orNull(operation),
      orNull(status),
      orNull(error),
      known?.api ?? null,
      known?.metric ?? null,
    ];
  },
  channel(value) {
    const fields = value.split(' ').map(orNull);
    return [value, ...Array.from({ length: 8 }, (_, i) => fields[i] ?? null)];
  },
};

const orNull = (field: string): string | null => (field === '-' ? null : field);

/** Values remembered between look-ups, so that variety costs time, not memory. */
const REMEMBERED = 50_000;
/** Ids of so many lines are kept in memory in a first ingest; of more the index is asked. */
const MOST_KNOWN = 8_000_000;
/** Stored lines with the hash of a line that are compared with it. */
const MOST_COMPARED = 16;

function createDimension(db: Db, dimension: AccessDimension): (value: string) => number {
  const table = `access_${dimension}`;
  const columns = columnsOf(db, table).slice(1);
  const find = db.prepare(`SELECT id FROM ${table} WHERE ${columns[0]} = ?`).pluck() as Statement<
    [string],
    number
  >;
  const add = db.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const remembered = createBoundedMap<string, number>(REMEMBERED);
  return value => {
    let id = remembered.get(value);
    if (id !== undefined) return id;
    id = find.get(value) ?? Number(add.run(...DERIVE[dimension](value)).lastInsertRowid);
    remembered.set(value, id, value.length);
    return id;
  };
}

export interface AccessInserts {
  /** Stores the lines of a batch of the task with these files; `source` is the number of the worker that read it. */
  insert(batch: Batch, files: readonly LedgerFile[], source: number): void;
}

export interface AccessOptions {
  /** The counts of a file, which begins with its first line. */
  countsOf(file: LedgerFile): FileCounts;
  /** Gives a stored line to a file that holds it, too, where that vouches better for it. */
  takeOver(lineId: number, fileId: number, ordinal: number): boolean;
}

const DIMENSION_COLUMNS = ACCESS_DIMENSIONS.map(of => `${of}_id`);
const COLUMNS = [
  ...['id', 'time', ...DIMENSION_COLUMNS, 'decoded_key', ...ACCESS_TEXTS, 'more', 'form', 'is_ambiguous'],
  ...['line', 'line_hash', 'file_id', 'ordinal'],
];
const KEY_AT = ACCESS_TEXTS.indexOf('key');

/**
 * Long: its functions share the statements and what is known of lines.
 * @param db an index opened for writing; everything runs in the caller's transaction
 */
export function createAccessInserts(db: Db, { countsOf, takeOver }: AccessOptions): AccessInserts {
  let nextId = (db.prepare('SELECT coalesce(max(id), 0) FROM access_log').pluck().get() as number) + 1;
  let known: KnownIds | undefined;
  let isReady = false;
  const insert = db.prepare(
    `INSERT INTO access_log (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
  );
  const insertDuplicate = db.prepare(
    'INSERT OR IGNORE INTO access_duplicate (access_id, file_id, ordinal) VALUES (?, ?, ?)',
  );
  const lineOf = db
    .prepare(`SELECT coalesce(l.line, CAST(${LINE_SQL} AS BLOB)) FROM ${ACCESS_JOINS} WHERE l.id = ?`)
    .pluck() as Statement<[number], Buffer>;
  const withHash = db
    .prepare(`SELECT id FROM access_log WHERE line_hash = ? LIMIT ${MOST_COMPARED}`)
    .pluck() as Statement<[bigint | number], number>;
  const dimensions = byAccessDimension(of => createDimension(db, of));
  /** Rows of the dimensions by the numbers that each worker gave them. */
  const localIds: Array<ByAccessDimension<number[]>> = [];
  const values: Array<string | number | bigint | Buffer | null> = [];

  /** Only an ingest of lines changes their indexes. */
  function begin(): void {
    isReady = true;
    if (nextId > 1) {
      buildAccessIndexes(db);
      return;
    }
    known = createKnownIds(MOST_KNOWN);
    for (const name of Object.keys(ACCESS_INDEXES)) db.exec(`DROP INDEX IF EXISTS ${name}`);
  }

  function learn(access: AccessBatch, source: number): ByAccessDimension<number[]> {
    localIds[source] ??= byAccessDimension(() => []);
    const ids = localIds[source];
    for (const of of ACCESS_DIMENSIONS) {
      if (access.restarted.includes(of)) ids[of] = [];
      for (const value of access.newValues[of]) ids[of].push(dimensions[of](value));
    }
    return ids;
  }

  /** The stored line that is this one, or 0. */
  function twinOf(rows: Int32Array, at: number, payload: Payload): number {
    const high = rows[at + ACCESS_ROW.hashHigh]!;
    const low = rows[at + ACCESS_ROW.hashLow]!;
    let candidates: number[];
    if (known) {
      const row = known.findOrAdd(high, low, nextId);
      candidates = row === 0 ? [] : [row];
      if (known.full) {
        known = undefined;
        buildAccessIndexes(db);
      }
    } else candidates = withHash.all(contentHash(high, low));
    if (candidates.length === 0) return 0;
    const start = rows[at + ACCESS_ROW.start]!;
    const line = payload.subarray(start, start + rows[at + ACCESS_ROW.length]!);
    return candidates.find(id => lineOf.get(id)?.equals(line)) ?? 0;
  }

  function fill(rows: Int32Array, at: number, payload: Payload, ids: ByAccessDimension<number[]>): void {
    const isRegular = rows[at + ACCESS_ROW.irregular] === 0;
    const text = (position: number): string | null => {
      const from = rows[at + position]!;
      if (from < 0) return null;
      // Of a line with other bytes the line itself is kept.
      return payload.utf8Slice(from, from + rows[at + position + 1]!);
    };
    const high = rows[at + ACCESS_ROW.timeHigh]!;
    let i = 0;
    values[i++] = nextId;
    values[i++] = high === NO_TIME ? null : high * TIME_UNIT + rows[at + ACCESS_ROW.timeLow]!;
    for (let d = 0; d < ACCESS_DIMENSIONS.length; d++) {
      const local = rows[at + ACCESS_ROW.dimensions + d]!;
      values[i++] = local < 0 ? null : ids[ACCESS_DIMENSIONS[d]!][local]!;
    }
    const decodedAt = i++;
    for (let t = 0; t < ACCESS_TEXTS.length; t++) values[i++] = text(ACCESS_ROW.texts + 2 * t);
    const key = values[decodedAt + 1 + KEY_AT] as string | null;
    values[decodedAt] = key?.includes('%') ? decoded(key, rows[at + ACCESS_ROW.start]!, payload) : null;
    values[i++] = text(ACCESS_ROW.more);
    values[i++] = rows[at + ACCESS_ROW.form]!;
    values[i++] = rows[at + ACCESS_ROW.isAmbiguous]!;
    const start = rows[at + ACCESS_ROW.start]!;
    values[i++] = isRegular
      ? null
      : Buffer.from(payload.subarray(start, start + rows[at + ACCESS_ROW.length]!));
    values[i++] = contentHash(rows[at + ACCESS_ROW.hashHigh]!, rows[at + ACCESS_ROW.hashLow]!);
  }

  return {
    insert({ access, payload: bytes }, files, source) {
      if (!access) return;
      if (!isReady) begin();
      const payload = Buffer.from(bytes.buffer) as Payload;
      const ids = learn(access, source);
      const { rows, rowCount } = access;
      for (let r = 0, at = 0; r < rowCount; r++, at += ACCESS_ROW.width) {
        const file = files[rows[at + ACCESS_ROW.file]!]!;
        const ordinal = rows[at + ACCESS_ROW.ordinal]!;
        const counts = countsOf(file);
        const twin = twinOf(rows, at, payload);
        if (twin > 0) {
          if (takeOver(twin, file.id, ordinal)) counts.stored++;
          else {
            insertDuplicate.run(twin, file.id, ordinal);
            counts.duplicate++;
          }
          continue;
        }
        fill(rows, at, payload, ids);
        values[COLUMNS.length - 2] = file.id;
        values[COLUMNS.length - 1] = ordinal;
        insert.run(...values);
        nextId++;
        counts.stored++;
      }
    },
  };
}

/** The decoded key where it is another text; the operation stands at the head of its call, the line's seventh field. */
function decoded(key: string, start: number, payload: Payload): string | null {
  // Beyond the end of the bytes Node throws.
  const head = payload.latin1Slice(start, Math.min(start + 1024, payload.length)).split(' ');
  // Owner, bucket, two of the time, address, requester, request id, operation.
  const text = keyOf(key, head[7] ?? '');
  return text === key ? null : text;
}

/** Builds the indexes on lines that are not there. */
export function buildAccessIndexes(db: Db): void {
  for (const [name, on] of Object.entries(ACCESS_INDEXES))
    db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${on}`);
}
