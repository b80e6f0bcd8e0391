/** The ordered list of steps that bring an index to the current schema; each runs in a transaction of its own. */

import { randomInt } from 'node:crypto';
import Database from 'better-sqlite3';
import { accessViewSql } from './access-view.js';
import { requestsViewSql } from './requests-view.js';
import { APPLICATION_ID, COLUMN_TABLES, EVENT_INDEXES, INDEXES, TABLES, TEXT_TABLES } from './schema/v5.js';
import { LOOK_AGAIN, STEP as TO_6 } from './schema/v6.js';
import { ACCESS_INDEXES as INDEXES_OF_7, STEP as TO_7 } from './schema/v7.js';
import { ACCESS_INDEXES, REPLACED_INDEX, STEP as TO_8 } from './schema/v8.js';
import { ADDED_INDEX } from './schema/v9.js';
import { LINE_COLUMN_TABLES } from './schema/v10.js';
import { STEP as TO_11 } from './schema/v11.js';
import { keepNative, readPragma, setPragma } from './statements.js';
import { viewSql } from './view.js';

type Connection = Database.Database;
/** Leads from the version before to its own. It runs frozen text alone: what the code of today says may change. */
export type Migration = (db: Connection) => void;

/** Versions below were those of development: their indexes are refused. */
export const FIRST_VERSION = 5;

/** The step to `FIRST_VERSION`, from an empty file, then those to the versions after it. */
export const MIGRATIONS: readonly Migration[] = [
  db => {
    setPragma(db, `application_id = ${APPLICATION_ID}`);
    db.exec(TABLES);
    db.exec(INDEXES);
    for (const [name, on] of Object.entries(EVENT_INDEXES)) db.exec(`CREATE INDEX ${name} ON ${on}`);
    db.exec(TEXT_TABLES);
    db.exec(COLUMN_TABLES);
    // Keys the content hash. Kept in the index, so that a later run finds the same duplicates.
    db.prepare("INSERT INTO setting VALUES ('hash_seed', ?)").run(randomInt(2 ** 31));
  },
  db => {
    db.exec(TO_6);
    db.exec(LOOK_AGAIN);
  },
  db => {
    db.exec(TO_7);
    for (const [name, on] of Object.entries(INDEXES_OF_7)) db.exec(`CREATE INDEX ${name} ON ${on}`);
    // What was passed over may be access logs.
    db.exec(LOOK_AGAIN);
  },
  db => {
    db.exec(TO_8);
    db.exec(REPLACED_INDEX);
    // Those that an ingest had dropped and not built again are built as well.
    for (const [name, on] of Object.entries(ACCESS_INDEXES))
      db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${on}`);
  },
  db => {
    db.exec(ADDED_INDEX);
  },
  db => {
    db.exec(LINE_COLUMN_TABLES);
  },
  db => {
    for (const statement of TO_11) db.exec(statement);
  },
];

/** The schema version this program writes. */
export const SCHEMA_VERSION = FIRST_VERSION + MIGRATIONS.length - 1;

/**
 * Applies the steps that the index has not had yet, and gives it today's view with the last of them. A step that fails
 * leaves the index at the version before.
 * @param steps for a test; default: those of this program
 */
export function migrate(db: Connection, steps: readonly Migration[] = MIGRATIONS): void {
  const last = FIRST_VERSION + steps.length - 1;
  for (let version = Math.max(schemaVersion(db), FIRST_VERSION - 1); version < last; version++) {
    db.transaction(() => {
      steps[version - FIRST_VERSION + 1]!(db);
      setPragma(db, `user_version = ${version + 1}`);
      if (version + 1 < last) return;
      db.exec('DROP VIEW IF EXISTS cloudtrail_logs');
      db.exec(viewSql());
      db.exec('DROP VIEW IF EXISTS s3_access_logs');
      db.exec(accessViewSql());
      db.exec('DROP VIEW IF EXISTS s3_requests');
      db.exec(requestsViewSql());
    }).immediate();
  }
}

/**
 * What `sqlite_schema` of an index of a version has. The view of an older version is not among it: what it was only the
 * program of its time knows, and no query reads it.
 */
export function expectedSchema(version = SCHEMA_VERSION): unknown[] {
  const db = keepNative(new Database(':memory:'));
  try {
    migrate(db, MIGRATIONS.slice(0, version - FIRST_VERSION + 1));
    const types = version < SCHEMA_VERSION ? "type <> 'view'" : 'true';
    return db.prepare(`SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema WHERE ${types}`).all();
  } finally {
    db.close();
  }
}

export function schemaVersion(db: Connection): number {
  return readPragma(db, 'user_version') as number;
}
