/** What the index holds of digests: their rows, the log files they list, and the files of the ledger they speak of. */

import { digestKeyOf, isDigestPath } from '../cloudtrail/digest.js';
import { isOnlyTrailing } from '../read/inflate.js';
import type { Db } from '../store/open.js';

/** A file of the ledger. */
export interface LedgerFile {
  id: number;
  path: string;
  size: number | null;
  /** Of its inflated bytes; null where they were not all read. */
  sha256: string | null;
  state: 'indexed' | 'skipped' | 'failed';
  damage: string | null;
  reason: string | null;
  /** JSON, where a limit of the ingest cut something off. */
  limits: string | null;
  shape: string | null;
  account: string | null;
  region: string | null;
  /** True where it was read again and cannot be. */
  isGone?: true;
}

/** A digest file that is here. */
export interface DigestRow {
  id: number;
  file: LedgerFile;
  account: string;
  region: string;
  trail: string;
  homeRegion: string;
  isBackfill: boolean;
  bucket: string;
  object: string;
  startTime: string;
  endTime: string;
  start: number;
  end: number;
  fingerprint: string;
  previousBucket: string | null;
  previousObject: string | null;
  previousHash: string | null;
  previousSignature: string | null;
  listed: number;
}

/** A log file that a digest lists. */
export interface ListedRow {
  digest: number;
  bucket: string | null;
  object: string;
  hash: string;
}

/** A signature, as `aws s3api head-object` printed it. */
export interface SignatureRow {
  /** Path of the file that it was read from. */
  file: string;
  bucket: string | null;
  object: string;
  signature: string | null;
  backfillTime: string | null;
}

export interface DigestFiles {
  /** Those that can be checked. */
  digests: DigestRow[];
  /** Files that have the name of a digest and hold none, or one that cannot be checked, with the reason. */
  unreadable: Array<{ file: LedgerFile; reason: string }>;
  listed: ListedRow[];
  signatures: SignatureRow[];
  /** Log files: all other files of the ledger that hold records, or should. */
  logs: LedgerFile[];
  /** Versions of files that were replaced, of which events are left. */
  earlier: LedgerFile[];
}

/** Reads everything that a check needs. */
export function digestFiles(db: Db): DigestFiles {
  const files = filesWhere(db, 'NOT is_replaced');
  const byId = new Map(files.map(file => [file.id, file]));
  const unreadable: DigestFiles['unreadable'] = [];
  const digests: DigestRow[] = [];
  const holders = new Set<number>();
  const rows = db
    .prepare(
      `SELECT id, file_id AS fileId, account, region, trail, home_region AS homeRegion, is_backfill AS isBackfill, bucket,
        object, start_time AS startTime, end_time AS endTime, start_second AS start, end_second AS "end", fingerprint,
        previous_bucket AS previousBucket, previous_object AS previousObject, lower(previous_hash) AS previousHash,
        previous_signature AS previousSignature, listed, problem
      FROM digest ORDER BY id`,
    )
    .all() as Array<
    Omit<DigestRow, 'file' | 'isBackfill'> & { fileId: number; isBackfill: number; problem: string | null }
  >;
  for (const { fileId, isBackfill, problem, ...row } of rows) {
    const file = byId.get(fileId);
    if (!file) continue;
    holders.add(fileId);
    const reason =
      problem ??
      (row.end <= row.start ? 'it ends before it begins' : null) ??
      (file.sha256 === null ? (file.damage ?? 'it was not read to its end') : null);
    if (reason === null) digests.push({ ...row, file, isBackfill: isBackfill === 1 });
    else unreadable.push({ file, reason });
  }
  const logs: LedgerFile[] = [];
  for (const file of files) {
    if (holders.has(file.id) || file.shape === 'digest signatures') continue;
    // A file with metadata that cannot be read is not a log file either: the digest then lacks its signature.
    const isMetadata = digestKeyOf(file.path) !== undefined && file.state === 'failed';
    if (isDigestPath(file.path)) unreadable.push({ file, reason: whyNone(file) });
    else if (file.state !== 'skipped' && !isMetadata) logs.push(file);
  }
  const earlier = filesWhere(db, 'is_replaced AND stored > 0');
  return { digests, unreadable, listed: listedFiles(db), signatures: signaturesOf(db), logs, earlier };
}

const filesWhere = (db: Db, condition: string): LedgerFile[] =>
  db
    .prepare(
      `SELECT id, path, size, sha256, state, damage, reason, limits, shape, account, region
      FROM file WHERE ${condition} ORDER BY path, id`,
    )
    .all() as LedgerFile[];

const whyNone = ({ state, damage, reason }: LedgerFile): string =>
  state === 'skipped'
    ? 'an earlier version of offtrail passed it over: ingest it again'
    : (damage ?? reason ?? 'it holds no digest');

function listedFiles(db: Db): ListedRow[] {
  return db
    .prepare(
      `SELECT digest_id AS digest, bucket, object, lower(hash) AS hash FROM listed_file
      WHERE object IS NOT NULL AND hash IS NOT NULL ORDER BY digest_id, ordinal`,
    )
    .all() as ListedRow[];
}

function signaturesOf(db: Db): SignatureRow[] {
  return db
    .prepare(
      `SELECT f.path AS file, s.bucket, s.object, s.signature, s.backfill_time AS backfillTime
      FROM signature AS s JOIN file AS f ON f.id = s.file_id
      WHERE NOT f.is_replaced
      ORDER BY f.path, s.ordinal`,
    )
    .all() as SignatureRow[];
}

/** The compressed stream of a file: sound, with bytes after its end, or so damaged that its content is not all there. */
export function streamOf({ damage }: LedgerFile): 'sound' | 'trailing' | 'broken' {
  if (damage === null || !/gzip|shorter/.test(damage)) return 'sound';
  return isOnlyTrailing(damage) ? 'trailing' : 'broken';
}

/**
 * Whether a file was not read to its end for a reason that says nothing of its content: a limit, the disk, a permission, or
 * a version that did not know digests. (This one skips no file that is named for a digest or a log.)
 */
export const isUnread = (file: LedgerFile): boolean =>
  file.state === 'skipped' || file.limits !== null || (file.sha256 === null && streamOf(file) === 'sound');
