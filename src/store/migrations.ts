/** The ordered list of steps that bring an index to the current schema; each runs in a transaction of its own. */

import { randomInt } from 'node:crypto';
import Database from 'better-sqlite3';
import { APPLICATION_ID, COLUMN_TABLES, EVENT_INDEXES, TEXT_TABLES, tables, view } from './schema/schema.js';
import { keepNative, readPragma, setPragma } from './statements.js';

type Connection = Database.Database;
type Migration = (db: Connection) => unknown;

/** Versions below were those of development: their indexes are refused. */
export const FIRST_VERSION = 4;

const MIGRATIONS: readonly Migration[] = [
  db => {
    setPragma(db, `application_id = ${APPLICATION_ID}`);
    db.exec(tables());
    for (const [name, on] of Object.entries(EVENT_INDEXES)) db.exec(`CREATE INDEX ${name} ON ${on}`);
    db.exec(TEXT_TABLES);
    db.exec(COLUMN_TABLES);
    db.exec(view());
    // Keys the content hash. Kept in the index, so that a later run finds the same duplicates.
    db.prepare("INSERT INTO setting VALUES ('hash_seed', ?)").run(randomInt(2 ** 31));
  },
];

/** The schema version this program writes. */
export const SCHEMA_VERSION = FIRST_VERSION + MIGRATIONS.length - 1;

/** Applies the steps that the index has not had yet. */
export function migrate(db: Connection): void {
  for (let version = Math.max(schemaVersion(db), FIRST_VERSION - 1); version < SCHEMA_VERSION; version++) {
    db.transaction(() => {
      MIGRATIONS[version - FIRST_VERSION + 1]!(db);
      setPragma(db, `user_version = ${version + 1}`);
    }).immediate();
  }
}

/** What `sqlite_schema` of an index has. */
export function expectedSchema(): unknown[] {
  const db = keepNative(new Database(':memory:'));
  try {
    migrate(db);
    return db.prepare('SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema').all();
  } finally {
    db.close();
  }
}

export function schemaVersion(db: Connection): number {
  return readPragma(db, 'user_version') as number;
}
