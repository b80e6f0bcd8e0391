/** What an ingest does with lines of access logs. Nothing is prepared before the first of them comes. */

import { ACCESS_ROW, type AccessBatch } from '../access-logs/rows.js';
import type { Batch } from '../batch.js';
import { type AccessInserts, type AccessOptions, createAccessInserts } from './access-rows.js';
import { LINE_COLUMNS } from './columns/column-table.js';
import { forgetSegmentsAfter } from './columns/segments.js';
import type { FileCounts } from './ledger.js';
import { createLineInserts, type LineRows } from './line-rows.js';
import type { Db } from './open.js';
import { forgetTextAfter } from './text/blocks.js';
import { LINE_AREA, noteLongest } from './text/rows.js';
import { ACCESS_LINES, createVersions, type Versions } from './versions.js';

export interface AccessWriter extends AccessInserts, Pick<Versions, 'replace' | 'suspect' | 'tidy'> {}

/**
 * @param db an index opened for writing; everything runs in the caller's transaction
 * @param options.lines where the rows of lines go; without it statements insert them
 * @param options.partialOf the counts of a file that has no row in the ledger yet
 */
export function createAccessWriter(
  db: Db,
  {
    lines,
    partialOf,
    ...options
  }: Pick<AccessOptions, 'countsOf' | 'localIds'> & {
    lines: LineRows | undefined;
    partialOf(fileId: number): FileCounts | undefined;
  },
): AccessWriter {
  const suspects: number[] = [];
  let versions: Versions | undefined;
  let inserts: AccessInserts | undefined;
  /** Length of the longest line that was noted. */
  let longest = 0;

  function versionsOf(): Versions {
    if (!versions) {
      versions = createVersions(db, partialOf, ACCESS_LINES);
      for (const id of suspects) versions.suspect(id);
    }
    return versions;
  }

  function begin(): AccessInserts {
    const last = db.prepare('SELECT coalesce(max(id), 0) FROM access_log').pluck().get() as number;
    forgetTextAfter(db, last, LINE_AREA);
    forgetSegmentsAfter(db, LINE_COLUMNS, last);
    return createAccessInserts(db, {
      ...options,
      lines: lines ?? createLineInserts(db),
      takeOver: versionsOf().takeOver,
    });
  }

  return {
    insert(batch: Batch, files, source) {
      if (!batch.access) return;
      inserts ??= begin();
      const most = longestLine(batch.access);
      if (most > longest) {
        noteLongest(db, most);
        longest = most;
      }
      inserts.insert(batch, files, source);
    },
    replace: fileId => versionsOf().replace(fileId),
    suspect(fileId) {
      suspects.push(fileId);
      versions?.suspect(fileId);
    },
    tidy: () => versions?.tidy(),
  };
}

function longestLine({ rows, rowCount }: AccessBatch): number {
  let longest = 0;
  for (let r = 0, at = ACCESS_ROW.length; r < rowCount; r++, at += ACCESS_ROW.width)
    longest = Math.max(longest, rows[at]!);
  return longest;
}
