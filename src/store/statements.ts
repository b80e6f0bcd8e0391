/**
 * From Node 24.19 on, collecting a native object of better-sqlite3 12 while no JavaScript runs aborts the process: its
 * wrapper then takes a hook off an environment that is not there (fixed in better-sqlite3 13, which needs Node 22).
 * So none is ever collected: a few hundred bytes for each statement, for as long as the process lives.
 */

import type { Database, Statement } from 'better-sqlite3';

const kept: unknown[] = [];

function keep<T>(object: T): T {
  kept.push(object);
  return object;
}

/** Keeps a connection, and every statement and iterator that will come from it. */
export function keepNative<T extends Database>(db: T): T {
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    const statement = keep(prepare(sql));
    const iterate = statement.iterate.bind(statement);
    statement.iterate = (...params) => keep(iterate(...params));
    return statement;
  }) as typeof db.prepare;
  return keep(db);
}

const statements = new WeakMap<Database, Map<string, Statement<unknown[]>>>();

/** A statement that its connection prepares once, for `get`, `all` and `run`: iterators would get in each other's way. */
export function prepared(db: Database, sql: string): Statement<unknown[]> {
  let known = statements.get(db);
  if (!known) {
    known = new Map();
    statements.set(db, known);
  }
  const statement = known.get(sql) ?? db.prepare<unknown[]>(sql);
  known.set(sql, statement);
  return statement;
}

/** Names of a table's columns, in its order. */
export function columnsOf(db: Database, table: string): string[] {
  return db.prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid').pluck().all(table) as string[];
}

/** Sets a PRAGMA, or runs one for its effect. Database.pragma would make a statement nobody can keep. */
export function setPragma(db: Database, text: string): void {
  db.exec(`PRAGMA ${text}`);
}

/** The value of a PRAGMA. */
export function readPragma(db: Database, text: string): unknown {
  return db.prepare(`PRAGMA ${text}`).pluck().get();
}
