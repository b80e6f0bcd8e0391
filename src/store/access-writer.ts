/** What an ingest does with lines of access logs. Nothing is prepared before the first of them comes. */

import type { Batch } from '../batch.js';
import { type AccessInserts, createAccessInserts } from './access-rows.js';
import type { FileCounts, LedgerFile } from './ledger.js';
import type { Db } from './open.js';
import { ACCESS_LINES, createVersions, type Versions } from './versions.js';

export interface AccessWriter extends AccessInserts, Pick<Versions, 'replace' | 'suspect' | 'tidy'> {}

/**
 * @param db an index opened for writing; everything runs in the caller's transaction
 * @param options.countsOf the counts of a file, which begins with its first line
 * @param options.partialOf the counts of a file that has no row in the ledger yet
 */
export function createAccessWriter(
  db: Db,
  {
    countsOf,
    partialOf,
  }: {
    countsOf(file: LedgerFile): FileCounts;
    partialOf(fileId: number): FileCounts | undefined;
  },
): AccessWriter {
  const suspects: number[] = [];
  let versions: Versions | undefined;
  let inserts: AccessInserts | undefined;

  function versionsOf(): Versions {
    if (!versions) {
      versions = createVersions(db, partialOf, ACCESS_LINES);
      for (const id of suspects) versions.suspect(id);
    }
    return versions;
  }

  return {
    insert(batch: Batch, files, source) {
      if (!batch.access) return;
      inserts ??= createAccessInserts(db, { countsOf, takeOver: versionsOf().takeOver });
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
