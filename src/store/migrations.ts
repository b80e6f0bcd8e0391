/** The ordered list of steps that bring an index to the current schema; each runs in a transaction of its own. */

import { randomInt } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { readPragma, setPragma } from './native.js';
import { APPLICATION_ID, COLUMN_TABLES, EVENT_INDEXES, TEXT_TABLES, tables, view } from './schema.js';

type Migration = (db: Database) => unknown;

const MIGRATIONS: readonly Migration[] = [
  db => {
    setPragma(db, `application_id = ${APPLICATION_ID}`);
    db.exec(tables());
    db.exec(view());
    for (const [name, on] of Object.entries(EVENT_INDEXES)) db.exec(`CREATE INDEX ${name} ON ${on}`);
    // Keys the content hash. Kept in the index, so that a later run finds the same duplicates.
    db.exec('CREATE TABLE setting (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID');
    db.prepare("INSERT INTO setting VALUES ('hash_seed', ?)").run(randomInt(2 ** 31));
  },
  // Filled by the ingest that brings an older index here.
  db => db.exec(TEXT_TABLES),
  // The columns are filled as the text is; the view has `username` from here on.
  db => {
    db.exec(COLUMN_TABLES);
    db.exec('CREATE INDEX IF NOT EXISTS detail_envelope ON detail (id) WHERE envelope IS NOT NULL');
    db.exec('DROP VIEW cloudtrail_logs');
    db.exec(view());
  },
];

/** The schema version this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Applies the steps that the index has not had yet. */
export function migrate(db: Database): void {
  for (let version = schemaVersion(db); version < SCHEMA_VERSION; version++) {
    db.transaction(() => {
      MIGRATIONS[version]!(db);
      setPragma(db, `user_version = ${version + 1}`);
    }).immediate();
  }
}

export function schemaVersion(db: Database): number {
  return readPragma(db, 'user_version') as number;
}
