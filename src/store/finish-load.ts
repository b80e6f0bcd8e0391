/**
 * The end of a load (`load/load.ts`), of this process or of one that was killed: the tables of the file beside the index
 * go into it, and the pages that were written become those of its events.
 */

import { existsSync, rmSync } from 'node:fs';
import type { Database as Db } from 'better-sqlite3';
import { IndexError } from '../errors.js';
import { createPageFile } from './pages/page-file.js';
import { createTablePages, type Leaves } from './pages/table-pages.js';
import { ACCESS_INDEXES } from './schema/v8.js';
import { EVENT_INDEXES } from './schema/v11.js';
import { readPragma, setPragma } from './statements.js';

/** The file beside an index that is being loaded. */
export const loadPathOf = (path: string): string => `${path}-loading`;
const LOAD_ENDS = ['', '-wal', '-shm', '-journal'];
/** Stands in the index once everything is in it. */
const LOADED = 'loaded';

/** The tables whose rows are laid out as pages. */
export const LOADED_TABLES = ['event', 'detail', 'access_log'] as const;
/** The column of the file beside the index with the page of such a table that is not full yet. */
export const tailOf = (table: string): string => `${table}_tail`;
/** The table there of the indexes that were laid out. It names the form of what is there: without it nothing is believed. */
export const LAID_OUT = 'laid_out_index';

/** Columns of these tables that are changed after a row's page was written. */
const CHANGED = { event: ['file_id', 'ordinal', 'is_conflicting'], access_log: ['file_id', 'ordinal'] };

/** Indexes that hold every row; of the others the file beside the index says whether they hold any. */
const OF_ALL_ROWS = Object.entries({ ...EVENT_INDEXES, ...ACCESS_INDEXES }).flatMap(([name, on]) =>
  on.includes('WHERE') ? [] : [name],
);
const ENVELOPES = 'detail_envelope';

/** A shared form is needed to write behind SQLite's back: without a log, and without anybody who reads. */
export function withoutWal(index: Db): boolean {
  setPragma(index, 'wal_checkpoint(TRUNCATE)');
  return readPragma(index, 'journal_mode = DELETE') === 'delete';
}

interface State {
  next_page: number;
  leaves: Buffer;
  counts: string;
  indexes: string;
}

/** True where a load was begun and not finished. */
const isLoading = (path: string): boolean => existsSync(loadPathOf(path));

/**
 * Finishes a load, its own or that of a process that was killed; does nothing where there is none.
 * @param index the index opened for writing, without a write-ahead log, outside a transaction
 * @param open opens the file beside it for writing
 */
export function finishLoad(index: Db, open: (path: string) => Db): void {
  const path = index.name;
  if (!isLoading(path)) return;
  if (!settingOf(index, LOADED)) {
    const db = open(loadPathOf(path));
    try {
      // One of an index that is not there any more: this one has its name alone.
      const isIts = settingOf(db, 'hash_seed') === settingOf(index, 'hash_seed');
      if (isIts && hasState(db)) bringIn(index, db);
      else if (isIts && isHalfLinked(index))
        throw new IndexError(
          'INDEX_DAMAGED',
          `another version of offtrail was killed while it finished the index ${path}`,
          'ingest with that version first, or delete the index and ingest again; your log files are not affected',
        );
    } finally {
      db.close();
    }
  }
  discardLoad(path);
  if (!settingOf(index, LOADED)) return;
  // Not with a rollback journal: beside an index that means another thing.
  setPragma(index, 'journal_mode = WAL');
  index.prepare('DELETE FROM setting WHERE name = ?').run(LOADED);
}

const settingOf = (db: Db, name: string): unknown =>
  db.prepare('SELECT value FROM setting WHERE name = ?').pluck().get(name);

/** False also where it was killed before its tables were there, or has those of another version of this program. */
const hasState = (db: Db): boolean =>
  db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(LAID_OUT) !== undefined &&
  db.prepare('SELECT 1 FROM loading').get() !== undefined;

export function discardLoad(path: string): void {
  // The file itself last: while it is there, what is beside it is its own.
  for (const end of [...LOAD_ENDS].reverse()) rmSync(loadPathOf(path) + end, { force: true });
}

/** Nobody reads the index before all of it is there: events without what they point to would be others. */
function bringIn(index: Db, db: Db): void {
  if (!withoutWal(index))
    throw new IndexError(
      'INDEX_BUSY',
      `a query is still reading ${index.name}`,
      'end it, then run this again',
    );
  setPragma(index, 'busy_timeout = 30000');
  // Open until the lock is let go: to close a file lifts the locks of the whole process on it.
  const close = link(index, db);
  try {
    setPragma(index, 'main.locking_mode = EXCLUSIVE');
    // What SQLite keeps of the file in memory, it looks at again when it locks it.
    index.exec('BEGIN EXCLUSIVE; COMMIT');
    merge(index, db);
    setPragma(index, 'journal_mode = DELETE');
  } finally {
    setPragma(index, 'main.locking_mode = NORMAL');
    // The next read lets go.
    index.prepare('SELECT 1 FROM sqlite_schema').get();
    close();
  }
}

/**
 * Writes the pages above those that were committed, and makes them the tables of the index and its indexes.
 * @returns closes the file that was written to
 */
function link(index: Db, db: Db): () => void {
  const states = db
    .prepare<[], State & Record<string, Buffer | null>>('SELECT * FROM loading ORDER BY id')
    .all();
  const last = states.at(-1)!;
  const leaves = LOADED_TABLES.map((): Leaves => ({ pages: [], lastIds: [] }));
  for (const state of states) {
    const numbers = new Float64Array(new Uint8Array(state.leaves).buffer);
    let at = 0;
    for (const [i, count] of (JSON.parse(state.counts) as number[]).entries())
      for (let k = 0; k < count; k++, at += 2) {
        leaves[i]!.pages.push(numbers[at]!);
        leaves[i]!.lastIds.push(numbers[at + 1]!);
      }
  }
  const file = createPageFile(index.name, last.next_page);
  try {
    file.checkLength();
    const roots = leaves.map((of, i) =>
      createTablePages(file, { leaves: of, tail: last[tailOf(LOADED_TABLES[i]!)] ?? undefined }).finish(),
    );
    file.flush();
    const laidOut = db
      .prepare<[], { name: string; root: Buffer }>(`SELECT name, root FROM ${LAID_OUT}`)
      .all();
    const rootPage = index.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
    index.exec('BEGIN EXCLUSIVE');
    try {
      file.setPageCount();
      // Rows first: from then on the index is half linked.
      for (const [i, table] of LOADED_TABLES.entries()) file.write(rootPage.get(table) as number, roots[i]!);
      for (const { name, root } of laidOut) file.write(rootPage.get(name) as number, root);
    } finally {
      index.exec('COMMIT');
    }
    return file.close;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** True where a process was killed, or is at work, between the two. */
export function isHalfLinked(index: Db): boolean {
  const tables = index
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN (SELECT value FROM json_each(?))",
    )
    .pluck()
    .all(JSON.stringify(LOADED_TABLES)) as string[];
  // Not by an index: some are built later, and still empty.
  const hasRows = (table: string): boolean =>
    index.prepare(`SELECT 1 FROM ${table} NOT INDEXED LIMIT 1`).get() !== undefined;
  return isLoading(index.name) && !settingOf(index, LOADED) && tables.some(hasRows);
}

/** Tables whose rows come from the file beside the index. */
const merged = (index: Db): string[] =>
  (
    index
      .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all() as string[]
  ).filter(name => !(LOADED_TABLES as readonly string[]).includes(name));

function merge(index: Db, db: Db): void {
  setPragma(index, 'journal_mode = WAL');
  index.prepare('ATTACH ? AS loading').run(db.name);
  try {
    index.exec('BEGIN IMMEDIATE');
    for (const table of merged(index))
      index.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM loading.${table}`);
    // What no pages were laid out for, and holds some rows, is built again.
    const stale = index
      .prepare(
        `SELECT name FROM main.sqlite_schema WHERE type = 'index' AND name NOT IN (SELECT name FROM loading.${LAID_OUT})
          AND (name IN (SELECT value FROM json_each(?))
            OR name IN (SELECT value FROM loading.loading, json_each(indexes)))`,
      )
      .pluck()
      .all(JSON.stringify(OF_ALL_ROWS)) as string[];
    const made = index
      .prepare('SELECT sql FROM main.sqlite_schema WHERE name = ?')
      .pluck()
      .get(ENVELOPES) as string;
    for (const name of stale) index.exec(`DROP INDEX main.${name}`);
    // What was changed after its page had been written.
    for (const [table, columns] of Object.entries(CHANGED))
      index.exec(`UPDATE main.${table} SET (${columns.join(', ')}) =
          (SELECT ${columns.join(', ')} FROM loading.${table} AS l WHERE l.id = main.${table}.id)
        WHERE id IN (SELECT id FROM loading.${table})`);
    // The others are built at the end of the ingest.
    if (stale.includes(ENVELOPES)) index.exec(made);
    index.prepare('INSERT INTO main.setting VALUES (?, 1)').run(LOADED);
    index.exec('COMMIT');
  } finally {
    if (index.inTransaction) index.exec('ROLLBACK');
    index.exec('DETACH loading');
  }
}
