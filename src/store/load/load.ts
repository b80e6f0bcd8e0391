/**
 * The first ingest into an empty index, where there is much to store: the rows of events are laid out as pages and
 * written behind what the index has, instead of being inserted, and so are five indexes on them at the end; everything
 * else is stored by statements in a file of its own beside the index. Then that file's tables go into the index, and the
 * pages are linked to theirs.
 *
 * Until then the index is an empty one whose ingest has not finished. What was committed is never lost: the file beside
 * it says which pages are there, and whoever opens the index for writing finishes the load first.
 */

import { copyFileSync, renameSync } from 'node:fs';
import { textAt } from '../../batch.js';
import { createColumnLoader, eventSegments, type Segment, soundSegments } from '../columns/segments.js';
import { buildEventIndexes } from '../event-indexes.js';
import { EVENT_ID, type EventRows, type NewEvent, SIGNATURE_VERSION, textOf, timeOf } from '../event-rows.js';
import { discardLoad, LOADED_TABLES, loadPathOf, withoutWal } from '../finish-load.js';
import { type Db, openLoad } from '../open.js';
import { createPageFile } from '../pages/page-file.js';
import { recordValues } from '../pages/record.js';
import { createTablePages, type PageFile } from '../pages/table-pages.js';
import { columnsOf, readPragma, setPragma } from '../statements.js';
import { ODD_TIME } from '../times.js';
import { layOutEventIndexes } from './event-indexes.js';
import { createEventAdder } from './event-pages.js';

/** What of the tables of events is there after a commit. */
const STATE = `
CREATE TABLE loading (
  id INTEGER PRIMARY KEY,
  next_page INTEGER NOT NULL,
  leaves BLOB NOT NULL, -- of both tables: page and last id of those since the commit before
  counts TEXT NOT NULL, -- how many leaves of each
  indexes TEXT NOT NULL, -- JSON: those that hold some of the events so far
  event_tail BLOB, -- pages that are not full yet, of the last commit alone
  detail_tail BLOB
);
CREATE TABLE loaded_index ( -- indexes on events that were laid out, too; in the file beside the index alone
  name TEXT PRIMARY KEY,
  root BLOB NOT NULL -- content of its topmost page
)`;
const ENVELOPE = textAt('envelope');

interface LoadedRows extends EventRows {
  /** Events so far. */
  count(): number;
  /** Indexes of some events alone that hold any. */
  indexes: ReadonlySet<string>;
}

export interface Load {
  /** What everything but the rows of events goes into. */
  db: Db;
  rows: LoadedRows;
  /** Lays out indexes on what was committed: what is left to build is less. */
  layOutIndexes(): void;
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
  // Their roots are there before the pages of the load: a run that ended early may have dropped them.
  buildEventIndexes(index);
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
  const rows = createEventPages(db, file);
  return {
    db,
    rows,
    layOutIndexes() {
      const count = rows.count();
      // Elsewhere they would be made from the events, which are not in this file.
      const { all, sound } = soundSegments(db, count);
      if (sound < all) return;
      const segments = (): Iterable<Segment> => eventSegments(db, count);
      const roots = layOutEventIndexes(file, segments, count, !rows.indexes.has('event_odd_time'));
      const insert = db.prepare('INSERT INTO loaded_index (name, root) VALUES (?, ?)');
      db.transaction(() => {
        rows.settle();
        for (const [name, root] of roots) insert.run(name, root);
      }).immediate();
    },
    close() {
      db.close();
      file.close();
    },
  };
}

/** Long: its functions share the rows that were fetched. */
function createEventPages(db: Db, file: PageFile & { flush(): void }): LoadedRows {
  const event = createTablePages(file);
  const detail = createTablePages(file);
  const columns = createColumnLoader(db);
  const add = createEventAdder(db, event, detail, columns);
  const insert = LOADED_TABLES.map(table => {
    const columns = columnsOf(db, table);
    return db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
  });
  const remove = LOADED_TABLES.map(table => db.prepare(`DELETE FROM ${table} WHERE id = ?`));
  const save = db.prepare(
    'INSERT INTO loading (next_page, leaves, counts, indexes, event_tail, detail_tail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const tables = [event, detail];
  const saved = [0, 0];
  const kept = new Set<number>();
  const indexes = new Set<string>();
  let count = 0;
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
    indexes,
    insert(added) {
      const time = timeOf(added);
      add(added, time);
      count++;
      noteIndexes(added, time, indexes);
      if (!added.isConflicting) return;
      // Others that have its id, too, are looked for among those that conflict.
      fetch(added.id);
      changed(added.id);
    },
    fetch,
    changed,
    settle() {
      release();
      columns.settle();
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
        JSON.stringify([...indexes]),
        event.tail() ?? null,
        detail.tail() ?? null,
      );
    },
  };
}

/** Notes the indexes that hold an event, of those that hold some events alone. */
function noteIndexes(event: NewEvent, time: number, indexes: Set<string>): void {
  const { rows, at } = event;
  if (rows[at + ENVELOPE]! >= 0) indexes.add('detail_envelope');
  if (event.bucket !== null) indexes.add('event_bucket');
  if (rows[at + EVENT_ID]! < 0 || rows[at + EVENT_ID + 1] === 0) indexes.add('event_without_id');
  if (event.isConflicting) indexes.add('event_conflicting');
  if (rows[at + SIGNATURE_VERSION]! >= 0 && textOf(event, SIGNATURE_VERSION) === 'SigV2')
    indexes.add('event_sigv2');
  if (time === ODD_TIME) indexes.add('event_odd_time');
}
