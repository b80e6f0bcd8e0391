/** The versions of what lies under an index. */

import { createRequire } from 'node:module';
import Database from 'better-sqlite3';
import { SCHEMA_VERSION } from '../store/migrations.js';
import { keepNative } from '../store/statements.js';

/** The version of SQLite, of the package that brings it, and of the schema of the indexes that this program writes. */
export function engineVersions(): { sqlite: string; driver: string; schema: number } {
  const db = keepNative(new Database(':memory:'));
  try {
    const sqlite = db.prepare('SELECT sqlite_version()').pluck().get() as string;
    const require = createRequire(import.meta.url);
    const { version } = require('better-sqlite3/package.json') as { version: string };
    return { sqlite, driver: version, schema: SCHEMA_VERSION };
  } finally {
    db.close();
  }
}
