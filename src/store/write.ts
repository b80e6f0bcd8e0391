/**
 * Writes batches of records into the index. The only code that inserts events.
 *
 * Long: the one place where events are inserted; its functions share the transaction.
 */

import { type Batch, DIMENSION_AT, type FileResult, ROW } from '../batch.js';
import { type ByDimension, byDimension, DIMENSIONS } from '../dimensions.js';
import type { LocalLineIds } from './access-rows.js';
import { createAccessWriter } from './access-writer.js';
import { EVENT_COLUMNS } from './columns/column-table.js';
import { forgetSegmentsAfter } from './columns/segments.js';
import { createDigestInserts } from './digest-rows.js';
import { createDimensionRows } from './dimension-rows.js';
import { createDuplicates, type Identified } from './duplicates.js';
import { buildEventIndexes, dropEventIndexes } from './event-indexes.js';
import { createEventInserts, eventIdOf, type NewEvent, recordOf } from './event-rows.js';
import { type FileCounts, insertFileStatement, type LedgerFile, unsealLedger } from './ledger.js';
import type { Payload } from './new-rows.js';
import type { Db } from './open.js';
import type { RowTargets } from './row-targets.js';
import { forgetTextAfter } from './text/blocks.js';
import { noteLongest } from './text/rows.js';
import { createVersions } from './versions.js';

/** The rows of dimensions by the numbers that each worker gave them. */
export interface LocalIds {
  events: ReadonlyArray<ByDimension<number[]>>;
  lines: Readonly<LocalLineIds>;
}

/**
 * Stores batches in transactions that it begins itself. What it remembers, ids of rows above all, holds only while no
 * transaction is rolled back; after an error of any of its functions, it can only be ended.
 */
export interface Writer {
  /** Makes what was written so far stay. */
  commit(): void;
  /** For a writer that goes on from here. */
  readonly localIds: LocalIds;
  /** Rolls back what was not committed. Nothing can be written after that. */
  end(): void;
  /**
   * Stores a batch of the task whose files are `files`; `source` is the number of the worker that read it. What a file's
   * earlier version held is the file's no longer, in the transaction that stores the new one.
   */
  write(
    batch: Batch,
    files: readonly LedgerFile[],
    source: number,
    onFile: (result: FileResult, counts: FileCounts) => void,
  ): void;
}

const {
  kind: KIND,
  identity: IDENTITY,
  address: ADDRESS,
  agent: AGENT,
  channel: CHANNEL,
  bucket: BUCKET,
} = DIMENSION_AT;

const NO_EVENT: Omit<NewEvent, 'payload' | 'rows'> = {
  id: 0,
  at: 0,
  fileId: 0,
  eventId: undefined,
  kind: 0,
  identity: null,
  address: null,
  agent: null,
  channel: null,
  bucket: null,
  isConflicting: false,
};
const NO_COUNTS: FileCounts = { stored: 0, duplicate: 0, conflicting: 0 };

/**
 * Long: see above.
 * @param db an index opened for writing
 * @param runId row of this run in the ledger
 * @param targets where the rows of events and lines go; without it statements insert them
 * @param before a writer to go on from: all that it wrote is committed
 */
export function createWriter(
  db: Db,
  runId: number,
  targets?: RowTargets,
  before?: Pick<Writer, 'localIds'>,
): Writer {
  const insertDuplicate = db.prepare(
    'INSERT OR IGNORE INTO duplicate (event_id, file_id, ordinal) VALUES (?, ?, ?)',
  );
  const insertRejected = db.prepare(`
    INSERT INTO rejected (file_id, ordinal, offset, reason, raw, raw_bytes, count) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const insertFile = insertFileStatement(db, runId);
  const flagConflict = db.prepare('UPDATE event SET is_conflicting = 1 WHERE id = ? AND NOT is_conflicting');

  const events = targets?.events ?? createEventInserts(db);
  const dimensions = byDimension(dimension => createDimensionRows(db, dimension));
  const localIds = {
    events: [...(before?.localIds.events ?? [])],
    lines: [...(before?.localIds.lines ?? [])],
  };
  /** Counts of files whose records came only in part so far. */
  const partial = new Map<number, FileCounts>();
  let nextEvent = (db.prepare('SELECT coalesce(max(id), 0) FROM event').pluck().get() as number) + 1;
  const isFirst = nextEvent === 1;
  unsealLedger(db);
  if (isFirst) dropEventIndexes(db);
  else buildEventIndexes(db);
  forgetTextAfter(db, nextEvent - 1);
  forgetSegmentsAfter(db, EVENT_COLUMNS, nextEvent - 1);
  const digests = createDigestInserts(db);
  const duplicates = createDuplicates(db, isFirst, events);
  const versions = createVersions(db, fileId => partial.get(fileId));
  const lines = createAccessWriter(db, {
    ...{ lines: targets?.lines, localIds: localIds.lines },
    ...{ countsOf, partialOf: fileId => partial.get(fileId) },
  });
  /** Length of the longest record that was noted. */
  let longest = 0;
  let state: 'idle' | 'writing' | 'ended' = 'idle';

  /**
   * SQLite may have rolled back by itself, as it does on a full disk: rows that are remembered are then gone, and their
   * ids will be given again.
   */
  function checkTransaction(): void {
    if (state === 'writing' && db.inTransaction) return;
    state = 'ended';
    throw new Error('the transaction of the ingest is over');
  }

  function begin(): void {
    if (state !== 'idle') return;
    state = 'writing';
    db.exec('BEGIN IMMEDIATE');
  }

  /** Begins with a file when its first record, or its end, comes. */
  function countsOf(file: LedgerFile): FileCounts {
    let counts = partial.get(file.id);
    if (!counts) {
      counts = { stored: 0, duplicate: 0, conflicting: 0 };
      if (file.current !== null) {
        versions.replace(file.current);
        lines.replace(file.current);
      }
      partial.set(file.id, counts);
    }
    return counts;
  }

  function finish(file: LedgerFile, result: FileResult): FileCounts {
    const counts = countsOf(file);
    insertFile(file, result, counts);
    // A version that cannot be read says nothing of what was rejected of the ones before.
    if (result.state === 'indexed')
      versions.dropRejected(file.current === null ? file.earlier : [file.current, ...file.earlier]);
    partial.delete(file.id);
    return counts;
  }

  function learnValues(batch: Batch, source: number): ByDimension<number[]> {
    localIds.events[source] ??= byDimension(() => []);
    const ids = localIds.events[source];
    for (const d of DIMENSIONS) {
      if (batch.restarted.includes(d)) ids[d] = [];
      for (const value of batch.newValues[d]) ids[d].push(dimensions[d].idOf(value));
    }
    return ids;
  }

  /** Long: one pass over a batch: every step reads the row at hand, and a call for each would cost. */
  function store(
    batch: Batch,
    files: readonly LedgerFile[],
    source: number,
    onFile: (result: FileResult, counts: FileCounts) => void,
  ): void {
    const { kind, identity, address, agent, channel, bucket } = learnValues(batch, source);
    const { rows } = batch;
    const payload = Buffer.from(batch.payload.buffer) as Payload;
    for (const { file, isSuspect } of batch.finished) {
      if (!isSuspect) continue;
      versions.suspect(files[file]!.id);
      lines.suspect(files[file]!.id);
    }
    const row = (ids: number[], local: number): number | null => (local < 0 ? null : ids[local]!);

    // Allocated once: a million records a minute pass through here.
    const event: NewEvent = { ...NO_EVENT, payload, rows };
    const record = (): string => recordOf(event);
    const identified: Identified = {
      eventId: () => eventIdOf(event),
      kindId: 0,
      idHigh: 0,
      idLow: 0,
      text: record,
    };
    let longestHere = longest;

    events.beginBatch({ payload, used: batch.used, rows, rowCount: batch.rowCount });
    for (let r = 0, o = 0; r < batch.rowCount; r++, o += ROW.width) {
      const file = files[rows[o + ROW.file]!]!;
      const counts = countsOf(file);
      const ordinal = rows[o + ROW.ordinal]!;
      longestHere = Math.max(longestHere, rows[o + ROW.length]!);
      event.at = o;
      event.kind = kind[rows[o + KIND]!]!;
      event.eventId = undefined;
      identified.kindId = event.kind;
      identified.idHigh = rows[o + ROW.idHigh]!;
      identified.idLow = rows[o + ROW.idLow]!;
      const { duplicateOf, conflicting } = duplicates.check(identified, nextEvent);
      if (duplicateOf > 0) {
        if (versions.takeOver(duplicateOf, file.id, ordinal)) {
          events.changed(duplicateOf);
          counts.stored++;
        } else {
          insertDuplicate.run(duplicateOf, file.id, ordinal);
          counts.duplicate++;
        }
        continue;
      }
      for (const other of conflicting) {
        flagConflict.run(other);
        events.changed(other);
      }
      if (conflicting.length > 0) counts.conflicting++;

      event.id = nextEvent++;
      event.fileId = file.id;
      event.identity = row(identity, rows[o + IDENTITY]!);
      event.address = row(address, rows[o + ADDRESS]!);
      event.agent = row(agent, rows[o + AGENT]!);
      event.channel = row(channel, rows[o + CHANNEL]!);
      event.bucket = row(bucket, rows[o + BUCKET]!);
      event.isConflicting = conflicting.length > 0;
      events.insert(event);
      counts.stored++;
    }
    events.endBatch();

    lines.insert(batch, files, source);
    digests.insert(batch, files);
    if (longestHere > longest) noteLongest(db, longestHere);
    longest = longestHere;
    for (const { file, ordinal, offset, reason, raw, bytes, count } of batch.rejected) {
      insertRejected.run(files[file]!.id, ordinal, offset < 0 ? null : offset, reason, raw, bytes, count);
    }
    for (const result of batch.finished) {
      onFile(result, result.state === 'unchanged' ? NO_COUNTS : finish(files[result.file]!, result));
    }
  }

  /** After an error nobody knows what of the transaction is there: it is not to be gone on with. */
  function orEnd(work: () => void): void {
    try {
      work();
    } catch (error) {
      state = 'ended';
      throw error;
    }
  }

  return {
    localIds,
    commit() {
      checkTransaction();
      orEnd(() => {
        versions.tidy();
        lines.tidy();
        targets?.settle();
        db.exec('COMMIT');
      });
      state = 'idle';
    },
    end() {
      state = 'ended';
      try {
        if (db.inTransaction) db.exec('ROLLBACK');
      } catch {
        // Closing the index rolls back as well.
      }
    },
    write(batch, files, source, onFile) {
      begin();
      checkTransaction();
      orEnd(() => store(batch, files, source, onFile));
    },
  };
}
