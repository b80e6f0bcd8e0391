/**
 * The first ingest into an empty index, where there is much to store: the rows of events and of lines of access logs are
 * laid out as pages and written behind what the index has, instead of being inserted, and so are indexes on them at the
 * end; everything else is stored by statements in a file of its own beside the index. Then that file's tables go into the
 * index, and the pages are linked to theirs.
 *
 * Until then the index is an empty one whose ingest has not finished. What was committed is never lost: the file beside
 * it says which pages are there, and whoever opens the index for writing finishes the load first.
 */

import { copyFileSync, renameSync } from 'node:fs';
import { EVENT_COLUMNS, LINE_COLUMNS } from '../columns/column-table.js';
import { buildEventIndexes } from '../event-indexes.js';
import { discardLoad, LAID_OUT, LOADED_TABLES, loadPathOf, tailOf, withoutWal } from '../finish-load.js';
import { type Db, openLoad } from '../open.js';
import { createPageFile } from '../pages/page-file.js';
import type { PageFile } from '../pages/table-pages.js';
import type { RowTargets } from '../row-targets.js';
import { EVENT_INDEXES } from '../schema/v11.js';
import { readPragma, setPragma } from '../statements.js';
import { createEventPages, type EventPages, ID_INDEX } from './event-pages.js';
import { layOutIndexes, partsOf } from './index-layout.js';
import { createLinePages, LINE_INDEXES, type LinePages } from './line-pages.js';
import type { TablesPages } from './loaded-rows.js';
import { createSegmentColumns } from './segment-columns.js';

/** What of the tables is there after a commit. */
const STATE = `
CREATE TABLE loading (
  id INTEGER PRIMARY KEY,
  next_page INTEGER NOT NULL,
  leaves BLOB NOT NULL, -- of all tables: page and last id of those since the commit before
  counts TEXT NOT NULL, -- how many leaves of each
  indexes TEXT NOT NULL, -- JSON: those that hold some of the events so far
  ${LOADED_TABLES.map(table => `${tailOf(table)} BLOB`).join(', ')} -- pages that are not full yet, of the last commit alone
);
CREATE TABLE ${LAID_OUT} ( -- indexes that were laid out, too; in the file beside the index alone
  name TEXT PRIMARY KEY,
  root BLOB NOT NULL -- content of its topmost page
)`;

/** Of the indexes on events: the others hold some events alone. */
const EVENT_INDEXES_LAID_OUT = [
  ...['event_time', 'event_kind', 'event_bucket', 'event_identity', 'event_address', 'event_file'].map(name =>
    partsOf(name, EVENT_INDEXES[name]!),
  ),
  ID_INDEX,
];

interface Targets extends RowTargets {
  events: EventPages;
  lines: LinePages;
}

export interface Load {
  /** What everything but the rows of events and lines goes into. */
  db: Db;
  targets: RowTargets;
  /** Events and lines so far. */
  count(): number;
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
  const targets = createTargets(db, file);
  return {
    db,
    targets,
    count: () => targets.events.count() + targets.lines.count(),
    layOutIndexes() {
      // What is sorted takes the room instead.
      setPragma(db, 'cache_size = -4096');
      const roots = [...eventRoots(db, file, targets.events), ...lineRoots(db, file, targets.lines)];
      const insert = db.prepare(`INSERT INTO ${LAID_OUT} (name, root) VALUES (?, ?)`);
      db.transaction(() => {
        targets.settle();
        for (const [name, root] of roots) insert.run(name, root);
      }).immediate();
    },
    close() {
      db.close();
      file.close();
    },
  };
}

function eventRoots(db: Db, file: PageFile, events: EventPages): Map<string, Buffer> {
  const count = events.count();
  const ofSegments = createSegmentColumns(db, EVENT_COLUMNS, count);
  return layOutIndexes(file, EVENT_INDEXES_LAID_OUT, count, (name, room) => {
    if (name === 'file_id') return events.files(room);
    return name === 'eventid' ? events.ids(room) : ofSegments(name, room);
  });
}

function lineRoots(db: Db, file: PageFile, { columns, count }: LinePages): Map<string, Buffer> {
  const ofSegments = createSegmentColumns(db, LINE_COLUMNS, count());
  return layOutIndexes(
    file,
    LINE_INDEXES,
    count(),
    (name, room) => ofSegments(name, room) ?? columns.column(name, room),
  );
}

/** Long: its functions share what was saved. */
function createTargets(db: Db, file: PageFile & { flush(): void }): Targets {
  const events = createEventPages(db, file);
  const lines = createLinePages(db, file);
  const pages: TablesPages = { ...events.tables, ...lines.tables };
  const tables = LOADED_TABLES.map(table => pages[table]!);
  const tails = LOADED_TABLES.map(tailOf);
  const save = db.prepare(
    `INSERT INTO loading (next_page, leaves, counts, indexes, ${tails.join(', ')})
    VALUES (?, ?, ?, ?, ${tails.map(() => '?').join(', ')})`,
  );
  const dropTails = `UPDATE loading SET ${tails.map(tail => `${tail} = NULL`).join(', ')}
    WHERE ${tails.map(tail => `${tail} IS NOT NULL`).join(' OR ')}`;
  const saved = tables.map(() => 0);
  return {
    events,
    lines,
    settle() {
      events.settle();
      lines.settle();
      file.flush();
      const numbers: number[] = [];
      const counts = tables.map(({ leaves: { pages, lastIds } }, i) => {
        const from = saved[i]!;
        for (let at = from; at < pages.length; at++) numbers.push(pages[at]!, lastIds[at]!);
        saved[i] = pages.length;
        return pages.length - from;
      });
      db.exec(dropTails);
      const blob = Buffer.from(Float64Array.from(numbers).buffer);
      const indexes = JSON.stringify([...events.indexes]);
      save.run(
        ...[file.next(), blob, JSON.stringify(counts), indexes],
        ...tables.map(table => table.tail() ?? null),
      );
    },
  };
}
