/** What the tests of searching for text share. */

import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { openIndex } from '../src/index.js';
import { folder, ingestInto, offtrail, put, type Ran, type TestRecord, trail } from './support.js';

/** An index of these records. */
export function indexOf(list: readonly TestRecord[]): string {
  const { db, code, stderr } = ingestInto([put(folder(), 'log.json', trail(list))]);
  expect(stderr).toContain('0 rejected');
  expect(code).toBe(0);
  return db;
}

export const search = (db: string, ...args: string[]): Ran => offtrail(['search', '--db', db, ...args]);

/** The eventIDs of a search, newest first. */
export function found(db: string, ...args: string[]): string[] {
  const ran = search(db, '--json', ...args);
  const notes = /^(stopped at --limit|no event has|no events found;|(no )?object-level events) .*\n/gm;
  expect(ran.stderr.replaceAll(notes, '')).toBe('');
  return ran.stdout
    .split('\n')
    .filter(Boolean)
    .map(line => (JSON.parse(line) as { eventID: string }).eventID);
}

export const idsOf = (list: readonly TestRecord[]): string[] => list.map(one => one.eventID as string);
export const sorted = (ids: readonly string[]): string[] => [...ids].sort();

/** The eventIDs that the library finds, without starting a command: for tests of hundreds of texts. */
export function foundHere(db: string, text: string): string[] {
  const index = openIndex(db);
  try {
    return [...index.search({ text })].map(one => one.eventID as string);
  } finally {
    index.close();
  }
}

/** Runs a statement on the index behind offtrail's back. */
export function damage(db: string, sql: string): void {
  const index = new Database(db);
  try {
    index.exec(sql);
  } finally {
    index.close();
  }
}
