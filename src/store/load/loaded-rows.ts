/** Rows that were laid out in pages, where statements need them: they are put into the tables of the file beside the index. */

import type { NewRows } from '../new-rows.js';
import type { Db } from '../open.js';
import { recordValues } from '../pages/record.js';
import type { TablePages } from '../pages/table-pages.js';
import { columnsOf } from '../statements.js';

/** Tables that share their ids, by name. */
export type TablesPages = Readonly<Record<string, TablePages>>;

/** Rows of such tables, on their way into pages. */
export interface LoadedRows<Row> extends NewRows<Row> {
  tables: TablesPages;
  /** Rows so far. */
  count(): number;
  /** To be called before what was written is committed. */
  settle(): void;
}

export interface FetchedRows extends Pick<NewRows<never>, 'fetch' | 'changed'> {
  /** Removes the row that was fetched last, unless it was changed. */
  release(): void;
}

/** @param db the file beside the index */
export function createFetchedRows(db: Db, tables: TablesPages): FetchedRows {
  const statements = Object.entries(tables).map(([table, pages]) => {
    const columns = columnsOf(db, table);
    return {
      pages,
      columns,
      insert: db.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      ),
      remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
    };
  });
  const kept = new Set<number>();
  let fetched: number | undefined;

  function release(): void {
    if (fetched !== undefined) for (const { remove } of statements) remove.run(fetched);
    fetched = undefined;
  }

  return {
    release,
    fetch(id) {
      if (kept.has(id) || fetched === id) return;
      release();
      for (const { pages, columns, insert } of statements) {
        const values = recordValues(pages.read(id));
        insert.run(id, ...columns.slice(1).map((_, i) => values[i + 1] ?? null));
      }
      fetched = id;
    },
    changed(id) {
      kept.add(id);
      if (fetched === id) fetched = undefined;
    },
  };
}
