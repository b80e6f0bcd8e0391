/** Opens an index for reading: every question as a method, each on one state of the index. */

import type { EventIndex } from './event-index.js';
import { exportTo } from './export/export.js';
import { objects, openAnswers } from './open-answers.js';
import { checkOptions, checkValue, type OptionKinds } from './option-kinds.js';
import type { Source } from './query/event-summary.js';
import { OPTIONS } from './query/options.js';
import { rawRecord } from './query/raw-record.js';
import { checkStatements, rowsOf } from './query/sql/statement.js';
import { openForQueries } from './store/open.js';

/** The members of a `Source`. */
const SOURCE = { path: 'text', ordinal: 'any', sha256: 'any' } satisfies OptionKinds<Source>;

/**
 * Opens an index for reading.
 * @param path the file that `ingest` made
 * @throws IndexError `INDEX_NOT_FOUND`, `BAD_INDEX_NAME`, `NOT_AN_INDEX`, `FOREIGN_JOURNAL`, `INDEX_UNFINISHED`,
 *   `INDEX_TOO_OLD`, `INDEX_TOO_NEW`, `INDEX_BUSY`, `INDEX_UNREADABLE`
 * @example
 * const index = openIndex('offtrail.db');
 */
export function openIndex(path: string): EventIndex {
  checkValue('path', path, 'text');
  const {
    answers,
    connections: { read, reading },
  } = openAnswers(path);
  return {
    ...answers,
    sql(statement, options = {}) {
      checkValue('statement', statement, 'text');
      checkOptions(options, OPTIONS.sql);
      // A connection takes no new function while it answers: each statement has one of its own.
      read(own => checkStatements(own, statement, options));
      return reading(own => objects(rowsOf(own, statement, options)));
    },
    async raw(source) {
      checkOptions(source, SOURCE, ['path', 'ordinal', 'sha256']);
      return rawRecord(source);
    },
    async export(to, options = {}) {
      checkValue('to', to, 'text');
      checkOptions(options, OPTIONS.export);
      // A connection of its own: it keeps one state of the index until the last row is written.
      const own = openForQueries(path);
      try {
        return await exportTo(own, to, options, new Date());
      } finally {
        own.close();
      }
    },
  };
}
