/** Signatures of digests: from the metadata of their objects, or from the digest that comes after. */

import { nameOf } from '../../cloudtrail/file-name.js';
import { grouped } from '../../grouped.js';
import type { Db } from '../../store/open.js';

export interface Signature {
  signature: string | null;
  algorithm: string | null;
  /** When a backfill digest was made, as metadata says it. */
  backfillTime: string | null;
  /** True where it is from the digest after it, which says neither algorithm nor time. */
  isFromNext: boolean;
}

/**
 * Prepares to look up signatures.
 * @returns gives those for the digest at a key: from its metadata, or where the index has none from the digests after it
 */
export function createSignatures(db: Db): (bucket: string, key: string) => Signature[] {
  const places = db.prepare('SELECT file_id AS fileId, ordinal, object FROM signature').all() as Array<{
    fileId: number;
    ordinal: number;
    object: string;
  }>;
  const byName = grouped(places, ({ object }) => nameOf(object));
  const metadata = db.prepare(
    `SELECT bucket, signature, algorithm, backfill_time AS backfillTime, 0 AS isFromNext
    FROM signature WHERE file_id = ? AND ordinal = ?`,
  );
  const links = db
    .prepare(
      `SELECT d.id, d.previous_object AS object FROM digest AS d JOIN file AS f ON f.id = d.file_id
      WHERE NOT f.is_replaced AND d.previous_object IS NOT NULL AND d.previous_signature IS NOT NULL`,
    )
    .all() as Array<{ id: number; object: string }>;
  const next = grouped(links, ({ object }) => object);
  const linked = db.prepare(
    `SELECT previous_bucket AS bucket, previous_signature AS signature, 'SHA256withRSA' AS algorithm,
      NULL AS backfillTime, 1 AS isFromNext
    FROM digest WHERE id = ?`,
  );
  const inBucket = (rows: unknown[], bucket: string): Signature[] =>
    (rows as Array<Signature & { bucket: string | null }>)
      .filter(row => row.bucket === null || row.bucket === bucket)
      .map(row => ({ ...row, isFromNext: Boolean(row.isFromNext) }));
  return (bucket, key) => {
    const stated = (byName.get(nameOf(key)) ?? [])
      .filter(({ object }) => object === key || key.endsWith(`/${object}`))
      .map(({ fileId, ordinal }) => metadata.get(fileId, ordinal));
    const own = inBucket(stated, bucket);
    if (own.length > 0) return own;
    const after = (next.get(key) ?? []).map(({ id }) => linked.get(id));
    return inBucket(after, bucket);
  };
}
