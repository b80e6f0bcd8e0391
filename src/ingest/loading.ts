/** The writer of an ingest: a first, large one is loaded, every other one inserts. */

import { beginLoad, type Load } from '../store/load/load.js';
import type { Db, WriterHandle } from '../store/open.js';
import { createWriter, type Writer } from '../store/write.js';
import type { Stopwatch } from './timings.js';

/** When an ingest is loaded; tests have other values than these. */
export interface LoadLimits {
  /** Bytes of files from which on it is: a load takes a moment to begin and to end, and shows no event before. */
  least: number;
  /** Events and lines of a load, whose ids are kept in memory: 127 MB. After that the ingest inserts. */
  most: number;
}
export const LOAD_LIMITS: LoadLimits = { least: 32 << 20, most: 12_000_000 };

interface IngestWriter extends Omit<Writer, 'localIds'> {
  /**
   * Waits until everything is read, lays out what is worth it where nothing stopped it, and lets go of what is held open,
   * whatever happened.
   * @param reading true where it was stopped
   */
  closeAfter(reading: Promise<boolean>): Promise<boolean>;
}

/**
 * @param run row of the run in the ledger
 * @param bytes of the files that are to be read
 */
export function createIngestWriter(
  writing: WriterHandle,
  run: number,
  bytes: number,
  { least, most }: LoadLimits,
  watch: Stopwatch,
): IngestWriter {
  let load: Load | undefined = bytes >= least && isEmpty(writing.db) ? beginLoad(writing.db) : undefined;
  let writer: Writer | undefined = load
    ? createWriter(load.db, run, load.targets)
    : createWriter(writing.db, run);

  function close(): void {
    load?.close();
    load = undefined;
  }

  return {
    commit() {
      watch.within('store', () => writer!.commit());
      if (!load || load.count() < most) return;
      load.layOutIndexes();
      close();
      writing.finishLoad();
      writer = createWriter(writing.db, run, undefined, writer);
    },
    end: () => writer?.end(),
    write: (batch, files, source, onFile) =>
      watch.within('store', () => writer!.write(batch, files, source, onFile)),
    async closeAfter(reading) {
      try {
        const isStopped = await reading;
        watch.lap('read');
        // The ids that it remembers take more room than the sorting of an index.
        writer = undefined;
        if (!isStopped) load?.layOutIndexes();
        return isStopped;
      } finally {
        close();
      }
    },
  };
}

/** True for an index that nothing has been ingested into. */
const isEmpty = (db: Db): boolean =>
  db.prepare('SELECT 1 FROM file UNION ALL SELECT 1 FROM event LIMIT 1').get() === undefined;
