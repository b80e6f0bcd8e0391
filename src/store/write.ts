/**
 * Writes batches of records into the index. The only code that inserts events.
 *
 * Long: the one place where events are inserted; its functions share the transaction.
 */

import { type Batch, DIMENSION_AT, type FileResult, ROW, type Text, textAt } from '../batch.js';
import { type FieldAt, fieldsAt } from '../cloudtrail/fields.js';
import { type ByDimension, byDimension, DIMENSIONS } from '../dimensions.js';
import { forgetSegmentsAfter } from './columns/segments.js';
import { createDimensionRows } from './dimension-rows.js';
import { contentHash, createDuplicates, type Identified } from './duplicates.js';
import { buildEventIndexes, dropEventIndexes } from './event-indexes.js';
import { type FileCounts, insertFileStatement, type LedgerFile, unsealLedger } from './ledger.js';
import type { Db } from './open.js';
import { forgetTextAfter } from './text/blocks.js';
import { noteLongest } from './text/rows.js';
import { ODD_TIME, oddTimeOf, secondsAt, TIME_LENGTH } from './times.js';
import { createVersions } from './versions.js';

/**
 * Stores batches in transactions that it begins itself. What it remembers, ids of rows above all, holds only while no
 * transaction is rolled back; after an error of any of its functions, it can only be ended.
 */
export interface Writer {
  /** Makes what was written so far stay. */
  commit(): void;
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

/** Columns of `detail` most records have, by field; the others make the longer of two statements. */
const COMMON = new Set<Text>([
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'requestID',
  'resources',
  'sharedEventID',
]);

interface DetailColumn {
  column: string;
  /** Position of the text in a row. */
  at: number;
}

const DETAIL: Array<DetailColumn & { common: boolean }> = [
  ...fieldsAt('detail').map(f => ({
    column: f.column,
    at: textAt(f.name),
    common: COMMON.has(f.name),
  })),
  { column: 'additional_fields', at: textAt('additionalFields'), common: false },
  { column: 'envelope', at: textAt('envelope'), common: false },
];
const COMMON_DETAIL: DetailColumn[] = DETAIL.filter(c => c.common);
const RARE_DETAIL: DetailColumn[] = DETAIL.filter(c => !c.common);

function hasRare(rows: Int32Array, o: number): boolean {
  for (const { at } of RARE_DETAIL) if (rows[o + at]! >= 0) return true;
  return false;
}

/** All fields at `event`. One that is not here, and in the statement that inserts events, would be lost: the compiler asks for it. */
const { eventTime: EVENT_TIME, eventID: EVENT_ID }: Readonly<Record<FieldAt<'event'>, number>> = {
  eventTime: textAt('eventTime'),
  eventID: textAt('eventID'),
};
const OBJECT_KEY = textAt('objectKey');
const SIGNATURE_VERSION = textAt('signatureVersion');
const BYTES_IN = textAt('bytesTransferredIn');
const BYTES_OUT = textAt('bytesTransferredOut');
const {
  kind: KIND,
  identity: IDENTITY,
  address: ADDRESS,
  agent: AGENT,
  channel: CHANNEL,
  bucket: BUCKET,
} = DIMENSION_AT;

const NO_COUNTS: FileCounts = { stored: 0, duplicate: 0, conflicting: 0 };

const placeholders = (count: number): string => Array.from({ length: count }, () => '?').join(', ');

/** Node decodes a slice of a buffer with this a third faster than with toString. */
type Payload = Buffer & { utf8Slice(start: number, end: number): string };

/**
 * Long: see above.
 * @param db an index opened for writing
 * @param runId row of this run in the ledger
 */
export function createWriter(db: Db, runId: number): Writer {
  const insertEvent = db.prepare(`
    INSERT INTO event (id, eventtime, eventid, kind_id, identity_id, address_id, agent_id, channel_id, bucket_id,
      objectkey, signatureversion, bytestransferredin, bytestransferredout, file_id, ordinal, content_hash, odd_time,
      is_conflicting)
    VALUES (${placeholders(18)})`);
  const insertInto = (columns: string[]) =>
    db.prepare(`INSERT INTO detail (id, ${columns.join(', ')}) VALUES (${placeholders(columns.length + 1)})`);
  const insertDetail = insertInto(COMMON_DETAIL.map(c => c.column));
  const insertWideDetail = insertInto([...COMMON_DETAIL, ...RARE_DETAIL].map(c => c.column).concat('record'));
  const insertDuplicate = db.prepare(
    'INSERT OR IGNORE INTO duplicate (event_id, file_id, ordinal) VALUES (?, ?, ?)',
  );
  const insertRejected = db.prepare(`
    INSERT INTO rejected (file_id, ordinal, offset, reason, raw, raw_bytes, count) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const insertFile = insertFileStatement(db, runId);
  const flagConflict = db.prepare('UPDATE event SET is_conflicting = 1 WHERE id = ? AND NOT is_conflicting');

  const dimensions = byDimension(dimension => createDimensionRows(db, dimension));
  /** Index row of each local number, by worker and dimension. */
  const localIds: Array<ByDimension<number[]>> = [];
  /** Counts of files whose records came only in part so far. */
  const partial = new Map<number, FileCounts>();
  let nextEvent = (db.prepare('SELECT coalesce(max(id), 0) FROM event').pluck().get() as number) + 1;
  const isFirst = nextEvent === 1;
  unsealLedger(db);
  if (isFirst) dropEventIndexes(db);
  else buildEventIndexes(db);
  forgetTextAfter(db, nextEvent - 1);
  forgetSegmentsAfter(db, nextEvent - 1);
  const duplicates = createDuplicates(db, isFirst);
  const versions = createVersions(db, fileId => partial.get(fileId));
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
      if (file.current !== null) versions.replace(file.current);
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
    localIds[source] ??= byDimension(() => []);
    const ids = localIds[source];
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
    for (const { file, isSuspect } of batch.finished) if (isSuspect) versions.suspect(files[file]!.id);
    const text = (position: number): string | null => {
      const offset = rows[position]!;
      return offset < 0 ? null : payload.utf8Slice(offset, offset + rows[position + 1]!);
    };
    const oddTime = (at: number): ReturnType<typeof oddTimeOf> => {
      const start = rows[at + EVENT_TIME]!;
      const isOrdinary = rows[at + EVENT_TIME + 1] === TIME_LENGTH && secondsAt(payload, start) !== ODD_TIME;
      return start < 0 || isOrdinary ? null : oddTimeOf(text(at + EVENT_TIME));
    };
    const row = (ids: number[], local: number): number | null => (local < 0 ? null : ids[local]!);

    /** Offset of the row at hand. */
    let o = 0;
    const record = (): string => {
      const start = rows[o + ROW.start]!;
      return payload.utf8Slice(start, start + rows[o + ROW.length]!);
    };
    // Allocated once: a million records a minute pass through here.
    const identified: Identified = { eventId: null, kindId: 0, idHigh: 0, idLow: 0, text: record };
    const detail: unknown[] = [];
    let longestHere = longest;

    for (let r = 0; r < batch.rowCount; r++, o += ROW.width) {
      const file = rows[o + ROW.file]!;
      const counts = countsOf(files[file]!);
      const fileId = files[file]!.id;
      const ordinal = rows[o + ROW.ordinal]!;
      longestHere = Math.max(longestHere, rows[o + ROW.length]!);
      const eventId = text(o + EVENT_ID);
      const kindId = kind[rows[o + KIND]!]!;
      identified.eventId = eventId;
      identified.kindId = kindId;
      identified.idHigh = rows[o + ROW.idHigh]!;
      identified.idLow = rows[o + ROW.idLow]!;
      const { duplicateOf, conflicting } = duplicates.check(identified, nextEvent);
      if (duplicateOf > 0) {
        if (versions.takeOver(duplicateOf, fileId, ordinal)) {
          counts.stored++;
        } else {
          insertDuplicate.run(duplicateOf, fileId, ordinal);
          counts.duplicate++;
        }
        continue;
      }
      for (const other of conflicting) flagConflict.run(other);
      if (conflicting.length > 0) counts.conflicting++;

      const id = nextEvent++;
      insertEvent.run(
        id,
        text(o + EVENT_TIME),
        eventId,
        kindId,
        row(identity, rows[o + IDENTITY]!),
        row(address, rows[o + ADDRESS]!),
        row(agent, rows[o + AGENT]!),
        row(channel, rows[o + CHANNEL]!),
        row(bucket, rows[o + BUCKET]!),
        text(o + OBJECT_KEY),
        text(o + SIGNATURE_VERSION),
        text(o + BYTES_IN),
        text(o + BYTES_OUT),
        fileId,
        ordinal,
        contentHash(rows[o + ROW.contentHigh]!, rows[o + ROW.contentLow]!),
        oddTime(o),
        conflicting.length > 0 ? 1 : 0,
      );
      const irregular = rows[o + ROW.irregular] === 1;
      const isWide = irregular || hasRare(rows, o);
      detail.length = 0;
      detail.push(id);
      for (const { at } of COMMON_DETAIL) detail.push(text(o + at));
      if (isWide) {
        for (const { at } of RARE_DETAIL) detail.push(text(o + at));
        detail.push(irregular ? record() : null);
      }
      (isWide ? insertWideDetail : insertDetail).run(detail);
      counts.stored++;
    }

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
    commit() {
      checkTransaction();
      orEnd(() => {
        versions.tidy();
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
