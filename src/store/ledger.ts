/** The ledger of source files: which are known, which have changed, and what a new version replaces. */

import { createHash } from 'node:crypto';
import type { FileResult } from '../batch.js';
import { forgetSegments } from './event-columns.js';
import type { Db } from './open.js';

/** A file as the ledger knows it before its records arrive. */
export interface LedgerFile {
  id: number;
  path: string;
  account: string | null;
  region: string | null;
  year: string | null;
  month: string | null;
  day: string | null;
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
  state: 'indexed' | 'skipped' | 'failed';
  /** The limits that cut something off, or null: with others the file would read differently. */
  limits: string | null;
}

/** Every file of the ledger, by path. */
export function knownFiles(db: Db): Map<string, KnownFile> {
  const rows = db.prepare('SELECT path, id, size, mtime_ns AS mtimeNs, state, limits FROM file').iterate();
  const known = new Map<string, KnownFile>();
  for (const row of rows as Iterable<KnownFile & { path: string }>) {
    const { path, ...file } = row;
    known.set(path, file);
  }
  return known;
}

/**
 * Removes what earlier versions of these files gave, so that they can be read anew.
 * An event of which another file holds a copy stays and becomes that file's: nothing is lost when the first copy goes.
 */
export function forgetFiles(db: Db, ids: readonly number[]): void {
  const dropCopies = db.prepare('DELETE FROM duplicate WHERE file_id = ?');
  const copies = db.prepare(`
    SELECT u.event_id AS event, u.file_id AS file, min(u.ordinal) AS ordinal
    FROM event AS e JOIN duplicate AS u ON u.event_id = e.id
    WHERE e.file_id = ?
    GROUP BY u.event_id`);
  const handOver = db.prepare('UPDATE event SET file_id = ?, ordinal = ? WHERE id = ?');
  const dropCopy = db.prepare('DELETE FROM duplicate WHERE event_id = ? AND file_id = ? AND ordinal = ?');
  const recount = db.prepare('UPDATE file SET stored = stored + 1, duplicate = duplicate - 1 WHERE id = ?');
  const disputed = db
    .prepare('SELECT DISTINCT eventid FROM event WHERE file_id = ? AND is_conflicting')
    .pluck();
  const settle = db.prepare(`
    UPDATE event SET is_conflicting = 0
    WHERE eventid = :id AND (SELECT count(*) FROM event WHERE eventid = :id AND is_conflicting) = 1`);
  const dropRows = [
    'DELETE FROM detail WHERE id IN (SELECT id FROM event WHERE file_id = ?)',
    'DELETE FROM event WHERE file_id = ?',
    'DELETE FROM rejected WHERE file_id = ?',
    'DELETE FROM file WHERE id = ?',
  ].map(sql => db.prepare(sql));

  const left = db.prepare('SELECT id FROM event WHERE file_id = ?').pluck();
  for (const id of ids) dropCopies.run(id);
  for (const id of ids) {
    for (const copy of copies.all(id) as Array<{ event: number; file: number; ordinal: number }>) {
      handOver.run(copy.file, copy.ordinal, copy.event);
      dropCopy.run(copy.event, copy.file, copy.ordinal);
      recount.run(copy.file);
    }
    const conflicts = disputed.all(id);
    forgetSegments(db, left.all(id) as number[]);
    for (const drop of dropRows) drop.run(id);
    for (const eventId of conflicts) settle.run({ id: eventId });
  }
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

/** Begins a run; returns its row. Runs that were killed are closed: what they left has been checked by now. */
export function beginRun(db: Db, version: string, inputs: readonly string[]): number {
  const started = new Date().toISOString();
  db.exec("UPDATE run SET finished = '' WHERE finished IS NULL");
  db.exec("DELETE FROM setting WHERE name = 'seal_runs'");
  return Number(
    db
      .prepare('INSERT INTO run (started, version, inputs) VALUES (?, ?, ?)')
      .run(started, version, JSON.stringify(inputs)).lastInsertRowid,
  );
}

/** What each seal covers: texts that no other check would miss. */
const SEALED: Readonly<Record<string, readonly string[]>> = {
  seal_runs: ['SELECT * FROM run ORDER BY id'],
  seal_files: [
    'SELECT * FROM file ORDER BY id',
    'SELECT * FROM rejected ORDER BY id',
    'SELECT id, envelope FROM detail WHERE envelope IS NOT NULL ORDER BY id',
  ],
};

function sealOf(db: Db, name: string): string {
  const hash = createHash('sha256');
  for (const sql of SEALED[name]!)
    for (const row of db.prepare(sql).raw(true).iterate()) hash.update(JSON.stringify(row));
  return hash.digest('hex');
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
