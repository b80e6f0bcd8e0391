/** The ledger of source files: which are known, which have changed, and what a new version replaces. */

import type { Db } from './open.js';

export interface KnownFile {
  id: number;
  size: number | null;
  mtimeNs: string | null;
  state: 'indexed' | 'skipped' | 'failed';
}

/** Every file of the ledger, by path. */
export function knownFiles(db: Db): Map<string, KnownFile> {
  const rows = db.prepare('SELECT path, id, size, mtime_ns AS mtimeNs, state FROM file').iterate();
  const known = new Map<string, KnownFile>();
  for (const row of rows as Iterable<KnownFile & { path: string }>) {
    known.set(row.path, { id: row.id, size: row.size, mtimeNs: row.mtimeNs, state: row.state });
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
  const dropRows = [
    'DELETE FROM detail WHERE id IN (SELECT id FROM event WHERE file_id = ?)',
    'DELETE FROM event WHERE file_id = ?',
    'DELETE FROM rejected WHERE file_id = ?',
    'DELETE FROM file WHERE id = ?',
  ].map(sql => db.prepare(sql));

  db.transaction(() => {
    for (const id of ids) dropCopies.run(id);
    for (const id of ids) {
      for (const copy of copies.all(id) as Array<{ event: number; file: number; ordinal: number }>) {
        handOver.run(copy.file, copy.ordinal, copy.event);
        dropCopy.run(copy.event, copy.file, copy.ordinal);
        recount.run(copy.file);
      }
      for (const drop of dropRows) drop.run(id);
    }
  }).immediate();
}

/** Begins a run; returns its row. Runs that were killed are closed: what they left has been checked by now. */
export function beginRun(db: Db, version: string, inputs: readonly string[]): number {
  const started = new Date().toISOString();
  db.exec("UPDATE run SET finished = '' WHERE finished IS NULL");
  return Number(
    db
      .prepare('INSERT INTO run (started, version, inputs) VALUES (?, ?, ?)')
      .run(started, version, JSON.stringify(inputs)).lastInsertRowid,
  );
}

/** Ends a run with its summary. */
export function endRun(db: Db, id: number, summary: object): void {
  db.prepare('UPDATE run SET finished = ?, summary = ? WHERE id = ?').run(
    new Date().toISOString(),
    JSON.stringify(summary),
    id,
  );
}
