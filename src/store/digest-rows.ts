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
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
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
    const key = digest.object === null ? undefined : digestKeyOf(digest.object);
    const { changes, lastInsertRowid } = insertDigest.run(
      fileId,
      key?.account ?? null,
      key?.region ?? null,
      key?.trail ?? null,
      key?.homeRegion ?? null,
      key?.isBackfill ? 1 : 0,
      digest.bucket,
      digest.object,
      digest.startTime,
      digest.endTime,
      digest.startTime === null ? null : secondOf(digest.startTime),
      digest.endTime === null ? null : secondOf(digest.endTime),
      digest.fingerprint,
      digest.signatureAlgorithm,
      digest.newestEvent,
      digest.oldestEvent,
      digest.previousBucket,
      digest.previousObject,
      digest.previousHash,
      digest.previousHashAlgorithm,
      digest.previousSignature,
      digest.logFiles.length,
      digest.otherMembers,
      digest.problem ?? (key ? null : 'digestS3Object is not the key of a digest'),
    );
    if (changes === 0) {
      noteSecond.run(fileId);
      return;
    }
    for (const [i, of] of digest.logFiles.entries())
      insertListed.run(
        lastInsertRowid,
        i,
        of.bucket,
        of.object,
        of.hash,
        of.hashAlgorithm,
        of.newestEvent,
        of.oldestEvent,
      );
  }

  return {
    insert({ digests, signatures }, files) {
      for (const digest of digests) insertOne(files[digest.file]!.id, digest);
      for (const of of signatures)
        insertSignature.run(
          files[of.file]!.id,
          files[of.file]!.id,
          of.bucket,
          of.object,
          of.signature,
          of.algorithm,
          of.backfillTime,
        );
    },
  };
}
