/** Writes batches of records into the index. The only code that inserts events. */

import { isDeepStrictEqual } from 'node:util';
import {
  type Batch,
  DIMENSIONS,
  type Dimension as DimensionKey,
  type FileResult,
  ROW,
  textAt,
} from '../batch.js';
import { createDimension, type Dimension } from './dimensions.js';
import { createKnownIds, type KnownIds } from './known-ids.js';
import type { Db } from './open.js';
import { recordStatement, recordText } from './record.js';
import { EVENT_INDEXES } from './schema.js';

/** A file as the ledger knows it before its records arrive. */
export interface LedgerFile {
  id: number;
  path: string;
  account: string | null;
  region: string | null;
  year: string | null;
  month: string | null;
  day: string | null;
}

export interface FileCounts {
  stored: number;
  duplicate: number;
  conflicting: number;
}

export interface Writer {
  begin(): void;
  commit(): void;
  rollback(): void;
  /** Stores a batch of the task whose files are `files`; `source` is the number of the worker that read it. */
  write(
    batch: Batch,
    files: readonly LedgerFile[],
    source: number,
    onFile: (result: FileResult, counts: FileCounts) => void,
  ): void;
  /** Builds what a first ingest has put off. */
  finish(): void;
}

const T = {
  eventTime: textAt('eventTime'),
  eventID: textAt('eventID'),
  objectKey: textAt('objectKey'),
  signatureVersion: textAt('signatureVersion'),
  bytesIn: textAt('bytesTransferredIn'),
  bytesOut: textAt('bytesTransferredOut'),
  requestID: textAt('requestID'),
  errorMessage: textAt('errorMessage'),
  requestParameters: textAt('requestParameters'),
  responseElements: textAt('responseElements'),
  additionalEventData: textAt('additionalEventData'),
  resources: textAt('resources'),
  sharedEventID: textAt('sharedEventID'),
  serviceEventDetails: textAt('serviceEventDetails'),
  addendum: textAt('addendum'),
  edgeDeviceDetails: textAt('edgeDeviceDetails'),
  insightDetails: textAt('insightDetails'),
  eventContext: textAt('eventContext'),
  additionalFields: textAt('additionalFields'),
  envelope: textAt('envelope'),
};

/** Text values most records lack: a row that has none of them takes the shorter statement. */
const RARE = [
  T.serviceEventDetails,
  T.addendum,
  T.edgeDeviceDetails,
  T.insightDetails,
  T.eventContext,
  T.additionalFields,
  T.envelope,
];

/**
 * @param db an index opened for writing
 * @param runId row of this run in the ledger
 */
export function createWriter(db: Db, runId: number): Writer {
  const insertEvent = db.prepare(`
    INSERT INTO event (id, eventtime, eventid, kind_id, identity_id, address_id, agent_id, channel_id, bucket_id,
      objectkey, signatureversion, bytestransferredin, bytestransferredout, file_id, ordinal, content_hash, is_conflicting)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertDetail = db.prepare(`
    INSERT INTO detail (id, errormessage, requestparameters, responseelements, additionaleventdata, requestid, resources,
      sharedeventid)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertWideDetail = db.prepare(`
    INSERT INTO detail (id, errormessage, requestparameters, responseelements, additionaleventdata, requestid, resources,
      sharedeventid, serviceeventdetails, addendum, edgedevicedetails, insightdetails, eventcontext, additional_fields,
      envelope, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertDuplicate = db.prepare(
    'INSERT OR IGNORE INTO duplicate (event_id, file_id, ordinal) VALUES (?, ?, ?)',
  );
  const insertRejected = db.prepare(`
    INSERT INTO rejected (file_id, ordinal, offset, reason, raw, raw_bytes, count) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const insertFile = db.prepare(`
    INSERT OR REPLACE INTO file (id, path, size, mtime_ns, sha256, inflated_bytes, state, reason, damage, shape,
      account, region, year, month, day, records, stored, duplicate, rejected, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const sameIdStatement = db.prepare(`
    SELECT e.id, e.content_hash AS hash, k.recipientaccountid AS account FROM event AS e JOIN kind AS k ON k.id = e.kind_id
    WHERE e.eventid = ?`);
  const sameContentStatement = db.prepare(`
    SELECT e.id, e.content_hash AS hash, k.recipientaccountid AS account FROM event AS e JOIN kind AS k ON k.id = e.kind_id
    WHERE e.eventid IS NULL AND e.content_hash = ?`);
  const byRow = db.prepare(`
    SELECT e.id, e.content_hash AS hash, k.recipientaccountid AS account FROM event AS e JOIN kind AS k ON k.id = e.kind_id
    WHERE e.id = ?`);
  const conflictsOf = db.prepare(`
    SELECT e.id, e.content_hash AS hash, k.recipientaccountid AS account FROM event AS e JOIN kind AS k ON k.id = e.kind_id
    WHERE e.is_conflicting AND e.eventid = ?`);
  const flagConflict = db.prepare('UPDATE event SET is_conflicting = 1 WHERE id = ?');
  const accountOfKind = db.prepare('SELECT recipientaccountid FROM kind WHERE id = ?').pluck();
  const fetchRecord = recordStatement(db);

  const dimensions = Object.fromEntries(DIMENSIONS.map(d => [d, createDimension(db, d)])) as Record<
    DimensionKey,
    Dimension
  >;
  /** Index row of each local number, by worker and dimension. */
  const globalIds: Array<Record<DimensionKey, number[]>> = [];
  const idsOf = (source: number): Record<DimensionKey, number[]> => {
    globalIds[source] ??= { kind: [], identity: [], address: [], agent: [], channel: [], bucket: [] };
    return globalIds[source];
  };
  let nextEvent = (db.prepare('SELECT coalesce(max(id), 0) FROM event').pluck().get() as number) + 1;

  // A first ingest keeps the ids in memory and builds the indexes at its end.
  let known: KnownIds | undefined = nextEvent === 1 ? createKnownIds() : undefined;
  if (known) dropIndexes(db);
  else buildIndexes(db);
  /** Counts of files whose records came only in part so far. */
  const partial = new Map<number, FileCounts>();

  interface Stored {
    id: number;
    hash: number;
    account: string | null;
  }

  /** Events that may be the record in `row` again. */
  function candidates(row: Int32Array, at: number, eventId: string | null, hash: number): Stored[] {
    if (!known) {
      return (eventId === null ? sameContentStatement.all(hash) : sameIdStatement.all(eventId)) as Stored[];
    }
    const found = known.findOrAdd(row[at + ROW.idHigh]!, row[at + ROW.idLow]!, nextEvent);
    if (found === 0) return [];
    const first = byRow.get(found) as Stored;
    const others = eventId === null ? [] : (conflictsOf.all(eventId) as Stored[]);
    return [first, ...others.filter(other => other.id !== found)];
  }

  function isSame(candidate: Stored, hash: number, record: () => string): boolean {
    if (candidate.hash === hash) return true;
    // Another order of keys, or other escapes, is still the same content.
    return isDeepStrictEqual(JSON.parse(recordText(fetchRecord.get(candidate.id)!)), JSON.parse(record()));
  }

  return {
    begin: () => db.exec('BEGIN IMMEDIATE'),
    commit: () => db.exec('COMMIT'),
    rollback() {
      if (db.inTransaction) db.exec('ROLLBACK');
      for (const d of DIMENSIONS) dimensions[d].forget();
    },
    write(batch, files, source, onFile) {
      const ids = idsOf(source);
      for (const d of DIMENSIONS) {
        if (batch.restarted.includes(d)) ids[d] = [];
        for (const value of batch.newValues[d]) ids[d].push(dimensions[d].idOf(value));
      }
      const { kind, identity, address, agent, channel, bucket } = ids;
      const { rows } = batch;
      const payload = Buffer.from(batch.payload.buffer) as Buffer & {
        utf8Slice(start: number, end: number): string;
      };
      const counts = new Map<number, FileCounts>();
      const countsOf = (file: number): FileCounts => {
        const known = counts.get(file) ??
          partial.get(files[file]!.id) ?? { stored: 0, duplicate: 0, conflicting: 0 };
        counts.set(file, known);
        return known;
      };
      let currentFile = -1;
      let current: FileCounts = { stored: 0, duplicate: 0, conflicting: 0 };
      const text = (at: number): string | null => {
        const offset = rows[at]!;
        return offset < 0 ? null : payload.utf8Slice(offset, offset + rows[at + 1]!);
      };
      const number = (at: number): number | string | null => {
        const value = text(at);
        return value === null || value.length > 15 || Number.isNaN(Number(value)) ? value : Number(value);
      };
      const dimension = (list: number[], local: number): number | null => (local < 0 ? null : list[local]!);

      for (let r = 0, at = 0; r < batch.rowCount; r++, at += ROW.width) {
        const file = rows[at + ROW.file]!;
        if (file !== currentFile) {
          currentFile = file;
          current = countsOf(file);
        }
        const fileId = files[file]!.id;
        const ordinal = rows[at + ROW.ordinal]!;
        const eventId = text(at + T.eventID);
        // 53 bits: what a double, and so a bound parameter, holds exactly.
        const hash = (rows[at + ROW.contentHigh]! & 0x1fffff) * 2 ** 32 + (rows[at + ROW.contentLow]! >>> 0);
        const kindId = kind[rows[at + ROW.dimensions]!]!;

        let conflicting = 0;
        const same = candidates(rows, at, eventId, hash);
        if (same.length > 0) {
          const account = accountOfKind.get(kindId) as string | null;
          const inAccount = same.filter(one => one.account === account);
          const record = (): string =>
            payload.toString('utf8', rows[at + ROW.start]!, rows[at + ROW.start]! + rows[at + ROW.length]!);
          const twin = inAccount.find(one => isSame(one, hash, record));
          if (twin) {
            insertDuplicate.run(twin.id, fileId, ordinal);
            current.duplicate++;
            continue;
          }
          if (eventId !== null && inAccount.length > 0) {
            conflicting = 1;
            current.conflicting++;
            for (const one of inAccount) flagConflict.run(one.id);
          }
        }

        const id = nextEvent++;
        const d = at + ROW.dimensions;
        insertEvent.run(
          id,
          text(at + T.eventTime),
          eventId,
          kindId,
          dimension(identity, rows[d + 1]!),
          dimension(address, rows[d + 2]!),
          dimension(agent, rows[d + 3]!),
          dimension(channel, rows[d + 4]!),
          dimension(bucket, rows[d + 5]!),
          text(at + T.objectKey),
          text(at + T.signatureVersion),
          number(at + T.bytesIn),
          number(at + T.bytesOut),
          fileId,
          ordinal,
          hash,
          conflicting,
        );
        const irregular = rows[at + ROW.irregular] === 1;
        if (irregular || RARE.some(position => rows[at + position]! >= 0)) {
          insertWideDetail.run(
            id,
            text(at + T.errorMessage),
            text(at + T.requestParameters),
            text(at + T.responseElements),
            text(at + T.additionalEventData),
            text(at + T.requestID),
            text(at + T.resources),
            text(at + T.sharedEventID),
            ...RARE.map(position => text(at + position)),
            irregular
              ? payload.toString(
                  'utf8',
                  rows[at + ROW.start]!,
                  rows[at + ROW.start]! + rows[at + ROW.length]!,
                )
              : null,
          );
        } else {
          insertDetail.run(
            id,
            text(at + T.errorMessage),
            text(at + T.requestParameters),
            text(at + T.responseElements),
            text(at + T.additionalEventData),
            text(at + T.requestID),
            text(at + T.resources),
            text(at + T.sharedEventID),
          );
        }
        current.stored++;
      }

      for (const one of batch.rejected) {
        insertRejected.run(
          files[one.file]!.id,
          one.ordinal,
          one.offset < 0 ? null : one.offset,
          one.reason,
          one.raw,
          one.bytes,
          one.count,
        );
      }
      for (const result of batch.finished) {
        const file = files[result.file]!;
        const { stored, duplicate, conflicting } = countsOf(result.file);
        insertFile.run(
          file.id,
          file.path,
          result.size,
          result.mtimeNs,
          result.sha256 || null,
          result.inflatedBytes,
          result.state,
          result.reason || null,
          result.damage || null,
          result.shape || null,
          file.account,
          file.region,
          file.year,
          file.month,
          file.day,
          result.records,
          stored,
          duplicate,
          result.rejected,
          runId,
        );
        onFile(result, { stored, duplicate, conflicting });
        counts.delete(result.file);
        partial.delete(file.id);
      }
      for (const [file, count] of counts) partial.set(files[file]!.id, count);
      if (known?.full) {
        known = undefined;
        buildIndexes(db);
      }
    },
    finish() {
      known = undefined;
      buildIndexes(db);
      // Enough for the planner to tell a rare value from a frequent one, and quick on any size.
      db.pragma('analysis_limit = 1000');
      db.exec('ANALYZE');
    },
  };
}

function dropIndexes(db: Db): void {
  // The few conflicting events are looked up while the ingest runs.
  for (const name of Object.keys(EVENT_INDEXES))
    if (name !== 'event_conflicting') db.exec(`DROP INDEX IF EXISTS ${name}`);
}

/**
 * Builds the indexes that are not there. With a small cache the sorter sorts runs in a second thread while the table
 * is read: 2.4 s for a million events, against 3.9 s with 64 MB and 5.0 s with everything in memory.
 */
function buildIndexes(db: Db): void {
  const cache = db.pragma('cache_size', { simple: true });
  db.pragma('cache_size = -4096');
  db.pragma('temp_store = FILE');
  db.pragma('threads = 2');
  for (const [name, on] of Object.entries(EVENT_INDEXES))
    db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${on}`);
  db.pragma(`cache_size = ${cache}`);
}
