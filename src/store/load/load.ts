/**
 * The first ingest into an empty index, where there is much to store: the rows of events are laid out as pages and
 * written behind what the index has, instead of being inserted; everything else is stored by statements in a file of its
 * own beside the index. At the end that file's tables go into the index, and the pages are linked to theirs.
 *
 * Until then the index is an empty one whose ingest has not finished. What was committed is never lost: the file beside
 * it says which pages are there, and whoever opens the index for writing finishes the load first.
 */

import { copyFileSync, renameSync } from 'node:fs';
import { textAt } from '../../batch.js';
import { dropEventIndexes } from '../event-indexes.js';
import type { EventRows } from '../event-rows.js';
import { discardLoad, LOADED_TABLES, loadPathOf, withoutWal } from '../finish-load.js';
import { type Db, openLoad } from '../open.js';
import { createPageFile } from '../pages/page-file.js';
import { recordValues } from '../pages/record.js';
import { createTablePages, type PageFile, type TablePages } from '../pages/table-pages.js';
import { columnsOf, readPragma, setPragma } from '../statements.js';
import { createEventAdder } from './event-pages.js';

/** What of the tables of events is there after a commit. */
const STATE = `
CREATE TABLE loading (
  id INTEGER PRIMARY KEY,
  next_page INTEGER NOT NULL,
  leaves BLOB NOT NULL, -- of both tables: page and last id of those since the commit before
  counts TEXT NOT NULL, -- how many leaves of each
  envelopes INTEGER NOT NULL, -- how many events have one
  event_tail BLOB, -- pages that are not full yet, of the last commit alone
  detail_tail BLOB
)`;
const ENVELOPE = textAt('envelope');

export interface Load {
  /** What everything but the rows of events goes into. */
  db: Db;
  rows: EventRows & { /** Events so far. */ count(): number };
  /** Ends it without finishing. */
  close(): void;
}

/**
 * Begins a load.
 * @param index an index opened for writing, without events and files, outside a transaction
 * @returns undefined where a reader has the index open, so that its pages cannot be written
 */
export function beginLoad(index: Db): Load | undefined {
  const path = index.name;
  dropEventIndexes(index);
  setPragma(index, 'busy_timeout = 0');
  const isOurs = withoutWal(index);
  setPragma(index, 'busy_timeout = 30000');
  if (!isOurs) return undefined;
  discardLoad(path);
  const fresh = `${path}-ingest-new`;
  copyFileSync(path, fresh);
  renameSync(fresh, loadPathOf(path));
  const db = openLoad(loadPathOf(path));
  db.exec(STATE);
  const file = createPageFile(path, (readPragma(index, 'page_count') as number) + 1);
  const event = createTablePages(file);
  const detail = createTablePages(file);
  return {
    db,
    rows: createEventPages(db, file, event, detail),
    close() {
      db.close();
      file.close();
    },
  };
}

/** Long: its functions share the rows that were fetched. */
function createEventPages(
  db: Db,
  file: PageFile & { flush(): void },
  event: TablePages,
  detail: TablePages,
): Load['rows'] {
  const add = createEventAdder(db, event, detail);
  const insert = LOADED_TABLES.map(table => {
    const columns = columnsOf(db, table);
    return db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
  });
  const remove = LOADED_TABLES.map(table => db.prepare(`DELETE FROM ${table} WHERE id = ?`));
  const save = db.prepare(
    'INSERT INTO loading (next_page, leaves, counts, envelopes, event_tail, detail_tail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const tables = [event, detail];
  const saved = [0, 0];
  const kept = new Set<number>();
  let count = 0;
  let envelopes = 0;
  let fetched: number | undefined;

  function release(): void {
    if (fetched !== undefined) for (const statement of remove) statement.run(fetched);
    fetched = undefined;
  }

  function fetch(id: number): void {
    if (kept.has(id) || fetched === id) return;
    release();
    for (const [i, table] of tables.entries()) insert[i]!.run(id, ...recordValues(table.read(id)).slice(1));
    fetched = id;
  }

  function changed(id: number): void {
    kept.add(id);
    if (fetched === id) fetched = undefined;
  }

  return {
    mostKnown: Number.POSITIVE_INFINITY,
    count: () => count,
    insert(added) {
      add(added);
      count++;
      if (added.rows[added.at + ENVELOPE]! >= 0) envelopes++;
      if (!added.isConflicting) return;
      // Others that have its id, too, are looked for among those that conflict.
      fetch(added.id);
      changed(added.id);
    },
    fetch,
    changed,
    settle() {
      release();
      file.flush();
      const numbers: number[] = [];
      const counts = tables.map(({ leaves: { pages, lastIds } }, i) => {
        const from = saved[i]!;
        for (let at = from; at < pages.length; at++) numbers.push(pages[at]!, lastIds[at]!);
        saved[i] = pages.length;
        return pages.length - from;
      });
      db.exec('UPDATE loading SET event_tail = NULL, detail_tail = NULL WHERE event_tail IS NOT NULL');
      const blob = Buffer.from(Float64Array.from(numbers).buffer);
      save.run(
        file.next(),
        blob,
        JSON.stringify(counts),
        envelopes,
        event.tail() ?? null,
        detail.tail() ?? null,
      );
    },
  };
}
