/** The ledger of source files: which are known, what came of them, and the runs that read them. */

import { createHash } from 'node:crypto';
import type { FileResult } from '../batch.js';
import type { Db } from './open.js';
import { columnsOf } from './statements.js';

/** A file as the ledger knows it before its records arrive. */
export interface LedgerFile {
  id: number;
  path: string;
  account: string | null;
  region: string | null;
  year: string | null;
  month: string | null;
  day: string | null;
  /** The row of its version that is about to be replaced, or null. */
  current: number | null;
  /** Rows of versions before that one, of which something is left. */
  earlier: readonly number[];
}

export interface FileCounts {
  stored: number;
  duplicate: number;
  /** Those of the stored whose eventID stands for other content, too. */
  conflicting: number;
}

export interface KnownFile {
  id: number;
  size: number | null;
  mtimeNs: string | null;
  sha256: string | null;
  state: 'indexed' | 'skipped' | 'failed';
  damage: string | null;
  /** The limits that cut something off, or null: with others the file would read differently. */
  limits: string | null;
  /** Rows of its earlier versions of which something is left. */
  earlier: number[];
}

/** Every file of the ledger, by path. */
export function knownFiles(db: Db): Map<string, KnownFile> {
  const rows = db
    .prepare(
      `SELECT path, id, size, mtime_ns AS mtimeNs, sha256, state, damage, limits
      FROM file WHERE NOT is_replaced`,
    )
    .iterate();
  const known = new Map<string, KnownFile>();
  for (const row of rows as Iterable<Omit<KnownFile, 'earlier'> & { path: string }>) {
    const { path, ...file } = row;
    known.set(path, { ...file, earlier: [] });
  }
  const earlier = db.prepare('SELECT path, id FROM file WHERE is_replaced ORDER BY id').all();
  for (const { path, id } of earlier as Array<{ path: string; id: number }>)
    known.get(path)?.earlier.push(id);
  return known;
}

/** Writes the rows of files that have been read. */
export function insertFileStatement(
  db: Db,
  runId: number,
): (file: LedgerFile, result: FileResult, counts: FileCounts) => void {
  const insert = db.prepare(`
    INSERT INTO file (id, path, size, mtime_ns, sha256, inflated_bytes, state, reason, damage, limits, shape,
      account, region, year, month, day, records, stored, duplicate, rejected, run_id, is_suspect)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const orNull = (text: string): string | null => text || null;
  return (file, result, counts) => {
    insert.run(
      file.id,
      file.path,
      result.size,
      result.mtimeNs,
      orNull(result.sha256),
      result.inflatedBytes,
      result.state,
      orNull(result.reason),
      orNull(result.damage),
      orNull(result.limits),
      orNull(result.shape),
      file.account,
      file.region,
      file.year,
      file.month,
      file.day,
      result.records,
      counts.stored,
      counts.duplicate,
      result.rejected,
      runId,
      result.isSuspect ? 1 : 0,
    );
  };
}

/**
 * Begins a run; returns its row. Runs that were killed are closed: what they left has been checked by now.
 * @param inputs as they were given, made absolute
 */
export function beginRun(db: Db, version: string, inputs: readonly string[]): number {
  const started = new Date().toISOString();
  return db
    .transaction(() => {
      db.prepare("UPDATE run SET finished = '' WHERE finished IS NULL").run();
      db.prepare("DELETE FROM setting WHERE name = 'seal_runs'").run();
      const { lastInsertRowid } = db
        .prepare('INSERT INTO run (started, version, inputs) VALUES (?, ?, ?)')
        .run(started, version, JSON.stringify(inputs));
      return Number(lastInsertRowid);
    })
    .immediate();
}

/** Notes what a run has before it, so that readers can tell how far it is. */
export function planRun(
  db: Db,
  id: number,
  { files, unchanged }: { files: number; unchanged: number },
): void {
  db.prepare('UPDATE run SET files = ?, unchanged = ? WHERE id = ?').run(files, unchanged, id);
}

interface SealedTable {
  table: string;
  /** Default: all of its columns. */
  columns?: readonly string[];
  /** What follows the table's name in a statement. */
  rows: string;
}

/** What each seal covers: texts that no other check would miss. */
const SEALED: Readonly<Record<string, readonly SealedTable[]>> = {
  seal_runs: [{ table: 'run', rows: 'ORDER BY id' }],
  seal_files: [
    { table: 'file', rows: 'ORDER BY id' },
    { table: 'rejected', rows: 'ORDER BY id' },
    { table: 'detail', columns: ['id', 'envelope'], rows: 'WHERE envelope IS NOT NULL ORDER BY id' },
    { table: 'digest', rows: 'ORDER BY id' },
    { table: 'listed_file', rows: 'ORDER BY digest_id, ordinal' },
    { table: 'signature', rows: 'ORDER BY file_id, ordinal' },
  ],
};

/** Characters that are hashed at a time: each time costs as much as a row. */
const AT_ONCE = 1 << 16;

function sealOf(db: Db, name: string): string {
  const hash = createHash('sha256');
  let text = '';
  for (const { table, columns = columnsOf(db, table), rows } of SEALED[name]!) {
    // The text that JSON.stringify gives of the values, in less than half of its time. Only a damaged row has bytes.
    const values = columns.map(name => `iif(typeof(${name}) = 'blob', 'bytes ' || hex(${name}), ${name})`);
    const select = db.prepare(`SELECT json_array(${values.join(', ')}) FROM ${table} ${rows}`);
    for (const row of select.pluck().iterate()) {
      text += row as string;
      if (text.length < AT_ONCE) continue;
      hash.update(text);
      text = '';
    }
  }
  return hash.update(text).digest('hex');
}

/** Before the ledger of files changes: a run that is killed leaves it unsealed. */
export function unsealLedger(db: Db): void {
  db.prepare("DELETE FROM setting WHERE name = 'seal_files'").run();
}

/** Keeps hashes of the ledger, once a run has ended: later damage to it is then noticed. */
export function sealLedger(db: Db): void {
  const isSealed = db.prepare('SELECT 1 FROM setting WHERE name = ?').pluck();
  const seal = db.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)');
  db.transaction(() => {
    seal.run('seal_runs', sealOf(db, 'seal_runs'));
    if (isSealed.get('seal_files') === undefined) seal.run('seal_files', sealOf(db, 'seal_files'));
  }).immediate();
}

/** The seals that hold, that do not, and that are not there: the last run did not end. */
export function checkSeals(db: Db): Record<'sound' | 'broken' | 'missing', string[]> {
  const found = { sound: [] as string[], broken: [] as string[], missing: [] as string[] };
  const stored = db.prepare('SELECT value FROM setting WHERE name = ?').pluck();
  for (const name of Object.keys(SEALED)) {
    const seal = stored.get(name);
    const state = seal === undefined ? 'missing' : seal === sealOf(db, name) ? 'sound' : 'broken';
    found[state].push(name.slice('seal_'.length));
  }
  return found;
}

/** Ends a run with its summary; one that was stopped has no time of finishing. */
export function endRun(db: Db, id: number, summary: { interrupted: boolean }): void {
  const finished = summary.interrupted ? '' : new Date().toISOString();
  db.prepare('UPDATE run SET finished = ?, summary = ? WHERE id = ?').run(
    finished,
    JSON.stringify(summary),
    id,
  );
}

/** What is wrong with a file, or with what it gave. */
export interface Shortcoming {
  path: string;
  /** 1 where the run at hand read it. */
  isNew: number;
  damaged: number;
  rejected: number;
  /** Events that are not known to be as they were written. */
  suspect: number;
  /** Events of its earlier versions that it holds no longer. */
  removed: number;
}

/** Files of the ledger that are not sound. */
export function shortcomings(db: Db, runId: number): Shortcoming[] {
  return db
    .prepare(
      `SELECT path, run_id = :run AS isNew, damage IS NOT NULL AS damaged, rejected,
        CASE WHEN is_suspect THEN stored ELSE 0 END AS suspect, 0 AS removed
      FROM file WHERE NOT is_replaced AND (damage IS NOT NULL OR rejected > 0 OR is_suspect)
      UNION ALL
      SELECT now.path, now.run_id = :run, 0, 0, 0, before.stored
      FROM file AS before JOIN file AS now ON now.path = before.path AND NOT now.is_replaced
      WHERE before.is_replaced AND before.stored > 0`,
    )
    .all({ run: runId }) as Shortcoming[];
}
