/**
 * Digest files that are not here and of which the metadata is: CloudTrail wrote them, so that what they list was
 * delivered.
 */

import { digestKeyOf } from '../../cloudtrail/digest.js';
import { commonName } from '../../cloudtrail/file-name.js';
import { secondOf } from '../../cloudtrail/time.js';
import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';
import type { Place } from './place.js';

/** A digest that its metadata alone shows. */
export interface MetadataDigest extends Place {
  /** Its key, or the end of it. */
  object: string;
  /** Seconds since 1970 of the hour that it speaks of. */
  start: number;
  end: number;
}

/** A digest speaks of the hour before the time in its name (User Guide, "CloudTrail digest file structure"). */
const HOUR = 3600;

/**
 * Digests of which the index has the metadata and not the file, each once. Those that were made later (backfill) are left
 * out: their names do not say what time they cover.
 */
export function metadataDigests(db: Db): MetadataDigest[] {
  const signed = prepared(
    db,
    `SELECT DISTINCT s.object FROM signature AS s JOIN file AS f ON f.id = s.file_id
    WHERE NOT f.is_replaced`,
  )
    .pluck()
    .all() as string[];
  if (signed.length === 0) return [];
  const here = namesHere(db);
  const digests: MetadataDigest[] = [];
  for (const object of signed) {
    const name = commonName(object);
    const key = digestKeyOf(object);
    const end = key && secondOf(key.endTime);
    if (here.has(name) || !key || key.isBackfill || typeof end !== 'number') continue;
    here.add(name);
    digests.push({ object, account: key.account, region: key.region, start: end - HOUR, end });
  }
  return digests;
}

/** Names of the digest files that are here, those that could not be read included. */
function namesHere(db: Db): Set<string> {
  const paths = prepared(
    db,
    `SELECT d.object FROM digest AS d JOIN file AS f ON f.id = d.file_id
      WHERE NOT f.is_replaced AND d.object IS NOT NULL
    UNION ALL
    SELECT path FROM file
      WHERE NOT is_replaced AND instr(path, '_CloudTrail-Digest_') > 0
        AND coalesce(shape, '') <> 'digest signatures'`,
  ).pluck();
  const names = new Set<string>();
  for (const path of paths.iterate() as IterableIterator<string>) names.add(commonName(path));
  return names;
}
