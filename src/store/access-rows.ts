/** Lines of access logs of a batch → their rows. */

import type { Statement } from 'better-sqlite3';
import { operationOf } from '../access-logs/operations.js';
import { requesterOf } from '../access-logs/requester.js';
import {
  ACCESS_DIMENSIONS,
  ACCESS_ROW,
  type AccessBatch,
  type AccessDimension,
  type ByAccessDimension,
  byAccessDimension,
} from '../access-logs/rows.js';
import { addressBytes } from '../address.js';
import type { Batch } from '../batch.js';
import { createBoundedMap } from '../bounded-map.js';
import { ACCESS_JOINS, LINE_SQL } from './access-view.js';
import { createKnownIds, type KnownIds } from './known-ids.js';
import type { FileCounts, LedgerFile } from './ledger.js';
import { bytesOf, type LineRows, lineHash, type NewLine } from './line-rows.js';
import type { Payload } from './new-rows.js';
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

/** Rows of the dimensions by the numbers that each worker gave them. */
export type LocalLineIds = Array<ByAccessDimension<number[]>>;

export interface AccessOptions {
  /** Where the rows of lines go. */
  lines: LineRows;
  /** What is known of the numbers that workers gave to values; more is added. */
  localIds: LocalLineIds;
  /** The counts of a file, which begins with its first line. */
  countsOf(file: LedgerFile): FileCounts;
  /** Gives a stored line to a file that holds it, too, where that vouches better for it. */
  takeOver(lineId: number, fileId: number, ordinal: number): boolean;
}

/**
 * Long: its functions share the statements and what is known of lines.
 * @param db an index opened for writing; everything runs in the caller's transaction
 */
export function createAccessInserts(
  db: Db,
  { lines, localIds, countsOf, takeOver }: AccessOptions,
): AccessInserts {
  let nextId = (db.prepare('SELECT coalesce(max(id), 0) FROM access_log').pluck().get() as number) + 1;
  let known: KnownIds | undefined;
  let isReady = false;
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

  /** Only an ingest of lines changes their indexes. */
  function begin(): void {
    isReady = true;
    if (nextId > 1) {
      buildAccessIndexes(db);
      return;
    }
    known = createKnownIds(lines.mostKnown);
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
  function twinOf(line: NewLine): number {
    const isIt = (id: number): boolean => lineOf.get(id)?.equals(bytesOf(line)) ?? false;
    if (!known) return withHash.all(lineHash(line)).find(isIt) ?? 0;
    const { rows, at } = line;
    const [high, low] = [rows[at + ACCESS_ROW.hashHigh]!, rows[at + ACCESS_ROW.hashLow]!];
    const row = known.findOrAdd(high, low, nextId, id => {
      lines.fetch(id);
      return isIt(id);
    });
    if (known.full) {
      known = undefined;
      buildAccessIndexes(db);
    }
    return row;
  }

  return {
    insert({ access, payload, used }, files, source) {
      if (!access) return;
      if (!isReady) begin();
      const ids = learn(access, source);
      const { rows, rowCount } = access;
      const pointers: Array<number | null> = [];
      const line: NewLine = {
        ...{ id: 0, at: 0, fileId: 0 },
        ...{ payload: Buffer.from(payload.buffer) as Payload, rows, pointers },
      };
      lines.beginBatch({ payload: line.payload, used, rows, rowCount });
      for (let r = 0, at = 0; r < rowCount; r++, at += ACCESS_ROW.width) {
        const file = files[rows[at + ACCESS_ROW.file]!]!;
        const ordinal = rows[at + ACCESS_ROW.ordinal]!;
        const counts = countsOf(file);
        line.at = at;
        const twin = twinOf(line);
        if (twin > 0) {
          if (takeOver(twin, file.id, ordinal)) {
            lines.changed(twin);
            counts.stored++;
          } else {
            insertDuplicate.run(twin, file.id, ordinal);
            counts.duplicate++;
          }
          continue;
        }
        line.id = nextId++;
        line.fileId = file.id;
        for (let d = 0; d < ACCESS_DIMENSIONS.length; d++) {
          const local = rows[at + ACCESS_ROW.dimensions + d]!;
          pointers[d] = local < 0 ? null : ids[ACCESS_DIMENSIONS[d]!][local]!;
        }
        lines.insert(line);
        counts.stored++;
      }
      lines.endBatch();
    },
  };
}

/** Builds the indexes on lines that are not there. */
export function buildAccessIndexes(db: Db): void {
  for (const [name, on] of Object.entries(ACCESS_INDEXES))
    db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${on}`);
}
