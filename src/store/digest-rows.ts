/** The rows of digest files and signatures: a batch → its rows, and whether there are any. */

import type { Batch } from '../batch.js';
import { digestKeyOf } from '../cloudtrail/digest.js';
import { secondOf } from '../cloudtrail/time.js';
import type { LedgerFile } from './ledger.js';
import type { Db } from './open.js';
import { prepared } from './statements.js';

type ReadDigest = Batch['digests'][number];

/** Whether the index has any digest file: without one nothing is known of log files that are not here. */
export function hasDigests(db: Db): boolean {
  return prepared(db, 'SELECT EXISTS (SELECT 1 FROM digest)').pluck().get() === 1;
}

/** @param db an index opened for writing; everything runs in the caller's transaction */
export function createDigestInserts(db: Db): {
  /** Inserts what a batch of the task with these files holds of them. */
  insert(batch: Batch, files: readonly LedgerFile[]): void;
} {
  const insertDigest = db.prepare(`
    INSERT OR IGNORE INTO digest (file_id, account, region, trail, home_region, is_backfill, bucket, object, start_time, end_time,
      start_second, end_second, fingerprint, signature_algorithm, newest_event, oldest_event, previous_bucket,
      previous_object, previous_hash, previous_hash_algorithm, previous_signature, listed, other_members, problem)
    VALUES (@fileId, @account, @region, @trail, @homeRegion, @isBackfill, @bucket, @object, @startTime, @endTime,
      @startSecond, @endSecond, @fingerprint, @signatureAlgorithm, @newestEvent, @oldestEvent, @previousBucket,
      @previousObject, @previousHash, @previousHashAlgorithm, @previousSignature, @listed, @otherMembers, @problem)`);
  const noteSecond = db.prepare(
    "UPDATE digest SET problem = 'the file holds more than one digest' WHERE file_id = ?",
  );
  const insertListed = db.prepare(`
    INSERT INTO listed_file (digest_id, ordinal, bucket, object, hash, hash_algorithm, newest_event, oldest_event)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertSignature = db.prepare(`
    INSERT INTO signature (file_id, ordinal, bucket, object, signature, algorithm, backfill_time)
    VALUES (?, (SELECT count(*) FROM signature WHERE file_id = ?), ?, ?, ?, ?, ?)`);

  function insertOne(fileId: number, digest: ReadDigest): void {
    const { changes, lastInsertRowid } = insertDigest.run(rowOf(fileId, digest));
    if (changes === 0) {
      noteSecond.run(fileId);
      return;
    }
    for (const [i, file] of digest.logFiles.entries()) {
      const { bucket, object, hash, hashAlgorithm, newestEvent, oldestEvent } = file;
      insertListed.run(lastInsertRowid, i, bucket, object, hash, hashAlgorithm, newestEvent, oldestEvent);
    }
  }

  return {
    insert({ digests, signatures }, files) {
      for (const digest of digests) insertOne(files[digest.file]!.id, digest);
      for (const { file, bucket, object, signature, algorithm, backfillTime } of signatures) {
        const { id } = files[file]!;
        insertSignature.run(id, id, bucket, object, signature, algorithm, backfillTime);
      }
    },
  };
}

/** The row of a digest. Its place comes from the key it gives itself, which its signature covers; its path may be anything. */
function rowOf(fileId: number, { logFiles, ...digest }: ReadDigest): Record<string, string | number | null> {
  const key = digest.object === null ? undefined : digestKeyOf(digest.object);
  return {
    ...digest,
    fileId,
    account: key?.account ?? null,
    region: key?.region ?? null,
    trail: key?.trail ?? null,
    homeRegion: key?.homeRegion ?? null,
    isBackfill: key?.isBackfill ? 1 : 0,
    startSecond: digest.startTime === null ? null : secondOf(digest.startTime),
    endSecond: digest.endTime === null ? null : secondOf(digest.endTime),
    listed: logFiles.length,
    problem: digest.problem ?? (key ? null : 'digestS3Object is not the key of a digest'),
  };
}
