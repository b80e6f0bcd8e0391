/**
 * What becomes of the events of a file that is read again. An event that was once read is never lost with its file:
 * the version that held it stays in the ledger, marked as replaced, for as long as no other file holds the event.
 */

import { COLUMN_TABLES } from './columns/column-table.js';
import { forgetSegments } from './columns/segments.js';
import type { FileCounts } from './ledger.js';
import type { Db } from './open.js';
import { forgetRequests } from './request-rows.js';

/** How well a file vouches for its records. An event belongs to the best of the files that hold it. */
const REPLACED = 0;
const SUSPECT = 1;
const SOUND = 2;

export interface Versions {
  /**
   * Marks a version as replaced, before what its file holds now is stored: its copies of other files' events go, and
   * those of its own events that another file holds become that file's.
   */
  replace(fileId: number): void;
  /** Says that the checksum of a file that is being stored does not hold. */
  suspect(fileId: number): void;
  /**
   * Makes a stored event, which the file holds, too, that file's, where it vouches better for it than its owner.
   * @returns false where the event stays its owner's: the file's record is a duplicate
   */
  takeOver(eventId: number, fileId: number, ordinal: number): boolean;
  /** Drops what was rejected of versions: the file has been read again, and says what is rejected now. */
  dropRejected(fileIds: readonly number[]): void;
  /** Deletes the rows of replaced versions of which nothing is left. To be called before every commit. */
  tidy(): void;
}

/** The tables of what files hold: rows, and the places where they were found again. */
export interface HeldTables {
  row: 'event' | 'access_log';
  duplicate: 'duplicate' | 'access_duplicate';
  /** Column of the duplicates that names the row. */
  key: 'event_id' | 'access_id';
}
const EVENTS: HeldTables = { row: 'event', duplicate: 'duplicate', key: 'event_id' };
export const ACCESS_LINES: HeldTables = {
  row: 'access_log',
  duplicate: 'access_duplicate',
  key: 'access_id',
};

interface Copy {
  event: number;
  file: number;
  ordinal: number;
}

/**
 * Long: its functions share the statements and what waits to be tidied.
 * @param db an index opened for writing; everything runs in the caller's transaction
 * @param countsOf the counts of a file that has no row in the ledger yet
 * @param tables default: those of events
 */
export function createVersions(
  db: Db,
  countsOf: (fileId: number) => FileCounts | undefined,
  { row, duplicate, key }: HeldTables = EVENTS,
): Versions {
  const idsWhere = (condition: string): Set<number> =>
    new Set(db.prepare(`SELECT id FROM file WHERE ${condition}`).pluck().all() as number[]);
  const replaced = idsWhere('is_replaced');
  const suspects = idsWhere('is_suspect');
  const dropCopies = db.prepare(`DELETE FROM ${duplicate} WHERE file_id = ?`);
  const dropDigests = [
    'DELETE FROM listed_file WHERE digest_id IN (SELECT id FROM digest WHERE file_id = ?)',
    'DELETE FROM digest WHERE file_id = ?',
    'DELETE FROM signature WHERE file_id = ?',
  ].map(sql => db.prepare(sql));
  const mark = db.prepare(
    'UPDATE file SET is_replaced = 1, records = records - duplicate, duplicate = 0 WHERE id = ?',
  );
  const copiesOf = db.prepare(`
    SELECT u.${key} AS event, u.file_id AS file, u.ordinal
    FROM ${row} AS e JOIN ${duplicate} AS u ON u.${key} = e.id
    WHERE e.file_id = ?
    ORDER BY u.${key}, u.ordinal, u.file_id`);
  const give = db.prepare(`UPDATE ${row} SET file_id = ?, ordinal = ? WHERE id = ?`);
  const dropCopy = db.prepare(`DELETE FROM ${duplicate} WHERE ${key} = ? AND file_id = ? AND ordinal = ?`);
  const addCopy = db.prepare(`INSERT INTO ${duplicate} (${key}, file_id, ordinal) VALUES (?, ?, ?)`);
  const recount = db.prepare(`
    UPDATE file SET stored = stored + :stored, duplicate = duplicate + :duplicate,
      records = records + :stored + :duplicate
    WHERE id = :id`);
  const owner = db.prepare(`SELECT id AS event, file_id AS file, ordinal FROM ${row} WHERE id = ?`);
  const dropRejected = db.prepare('DELETE FROM rejected WHERE file_id = ?');
  const uncountRejected = db.prepare(
    'UPDATE file SET records = records - rejected, rejected = 0 WHERE id = ?',
  );
  const dropEmpty = db.prepare('DELETE FROM file WHERE is_replaced AND stored = 0 AND rejected = 0');
  let isTidy = true;

  function rank(fileId: number): number {
    if (replaced.has(fileId)) return REPLACED;
    return suspects.has(fileId) ? SUSPECT : SOUND;
  }

  function correct(id: number, stored: number, duplicate: number): void {
    const counts = countsOf(id);
    if (!counts) {
      recount.run({ id, stored, duplicate });
      return;
    }
    counts.stored += stored;
    counts.duplicate += duplicate;
  }

  return {
    replace(fileId) {
      // Few ingests need it, so the first that does builds it.
      db.exec(`CREATE INDEX IF NOT EXISTS ${row}_file ON ${row} (file_id)`);
      isTidy = false;
      dropCopies.run(fileId);
      for (const drop of dropDigests) drop.run(fileId);
      mark.run(fileId);
      replaced.add(fileId);
      const best = new Map<number, Copy>();
      for (const copy of copiesOf.all(fileId) as Copy[]) {
        const other = best.get(copy.event);
        if (!other || rank(copy.file) > rank(other.file)) best.set(copy.event, copy);
      }
      for (const { event, file, ordinal } of best.values()) {
        give.run(file, ordinal, event);
        dropCopy.run(event, file, ordinal);
        correct(file, 1, -1);
        correct(fileId, -1, 0);
      }
    },
    suspect: fileId => void suspects.add(fileId),
    takeOver(eventId, fileId, ordinal) {
      if (replaced.size + suspects.size === 0) return false;
      const { file, ordinal: place } = owner.get(eventId) as Copy;
      if (rank(fileId) <= rank(file)) return false;
      give.run(fileId, ordinal, eventId);
      if (replaced.has(file)) {
        isTidy = false;
        correct(file, -1, 0);
      } else {
        addCopy.run(eventId, file, place);
        correct(file, -1, 1);
      }
      return true;
    },
    dropRejected(fileIds) {
      for (const id of fileIds) {
        dropRejected.run(id);
        uncountRejected.run(id);
      }
    },
    tidy() {
      if (!isTidy) dropEmpty.run();
      isTidy = true;
    },
  };
}

/**
 * Deletes what is left of replaced versions, events and rejected records.
 * @param db an index opened for writing, outside a transaction
 * @param paths the files they are versions of
 */
export function deleteReplaced(db: Db, paths: ReadonlySet<string>): void {
  const versions = (
    db.prepare('SELECT id, path FROM file WHERE is_replaced').all() as Array<{ id: number; path: string }>
  ).filter(({ path }) => paths.has(path));
  if (versions.length === 0) return;
  const kept = COLUMN_TABLES.map(table => ({
    table,
    idsOf: db.prepare<[number], number>(`SELECT id FROM ${table.rows} WHERE file_id = ?`).pluck(),
  }));
  const disputed = db
    .prepare('SELECT DISTINCT eventid FROM event WHERE file_id = ? AND is_conflicting')
    .pluck();
  const settle = db.prepare(`
    UPDATE event SET is_conflicting = 0
    WHERE is_conflicting AND eventid = :id AND (SELECT count(*) FROM event WHERE eventid = :id AND is_conflicting) = 1`);
  const deletes = [
    'DELETE FROM detail WHERE id IN (SELECT id FROM event WHERE file_id = ?)',
    'DELETE FROM event WHERE file_id = ?',
    'DELETE FROM access_log WHERE file_id = ?',
    'DELETE FROM rejected WHERE file_id = ?',
    'DELETE FROM file WHERE id = ?',
  ].map(sql => db.prepare(sql));
  db.transaction(() => {
    db.exec('CREATE INDEX IF NOT EXISTS event_file ON event (file_id)');
    db.exec('CREATE INDEX IF NOT EXISTS access_log_file ON access_log (file_id)');
    forgetRequests(db);
    for (const { id } of versions) {
      const conflicts = disputed.all(id);
      for (const { table, idsOf } of kept) forgetSegments(db, table, idsOf.all(id));
      for (const remove of deletes) remove.run(id);
      for (const eventId of conflicts) settle.run({ id: eventId });
    }
  }).immediate();
}
