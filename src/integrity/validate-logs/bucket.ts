/**
 * The index in the place of a bucket: which keys of digests it has, and which file of the ledger stands for a key. A copy
 * may begin anywhere below the bucket (see places.ts), so names decide, then the folders that a path and a key share.
 */

import { commonName, nameOf } from '../../cloudtrail/file-name.js';
import type { Db } from '../../store/open.js';
import { isElsewhere } from '../places.js';
import { type Location, locationOf, locationText } from './location.js';
import type { TrailRegion } from './request.js';

/** The file of the ledger that stands for an object in S3. */
export interface ObjectFile {
  id: number;
  path: string;
  size: number | null;
  /** Of the inflated bytes; null where they were not all read. */
  sha256: string | null;
  inflatedBytes: number | null;
  damage: string | null;
  reason: string | null;
}

export interface Bucket {
  /** Keys of digests at a location, in the order of S3. */
  keysAt(location: Location): string[];
  /** The file that stands for a key. */
  fileOf(bucket: string, key: string): ObjectFile | undefined;
}

/** A digest's file, and what it says of places. */
interface DigestFile {
  path: string;
  bucket: string | null;
  object: string | null;
  previousBucket: string | null;
  previousObject: string | null;
}

/** Reads the names of all files of an account and region, and of the trail's digests. */
export function createBucket(db: Db, trail: TrailRegion, account: string): Bucket {
  const byName = namesOf(db, trail.region, account);
  const digests = digestsOf(db, trail, account);
  const locations = realLocations(digests);
  const read = db.prepare(
    `SELECT id, path, size, sha256, inflated_bytes AS inflatedBytes, damage, reason FROM file WHERE id = ?`,
  );
  return {
    keysAt(location) {
      const text = locationText(location);
      const here = digests.filter(({ bucket, object }) => {
        const claimed = locationOf(bucket, object);
        if (!claimed || locationText(claimed) === text) return true;
        // A location that only this digest names may have been written by whoever altered it: the digest belongs to the others.
        return !locations.has(locationText(claimed));
      });
      const keys = here.map(({ path }) => keyOf(path, location, account, trail.region));
      return [...new Set(keys)].sort();
    },
    fileOf(bucket, key) {
      const address = `${bucket}/${key}`;
      const files = (byName.get(commonName(key)) ?? [])
        .map(id => read.get(id) as ObjectFile)
        .filter(({ path }) => !isElsewhere(path, key));
      let nearest: ObjectFile | undefined;
      for (const file of files)
        if (!nearest || sharedFolders(file.path, address) > sharedFolders(nearest.path, address))
          nearest = file;
      return nearest;
    },
  };
}

/** Rows of the ledger by the name that a key would have. */
function namesOf(db: Db, region: string, account: string): Map<string, number[]> {
  const rows = db
    .prepare(
      `SELECT id, path FROM file
      WHERE NOT is_replaced AND (account IS NULL OR account = ?) AND (region IS NULL OR region = ?)
        AND shape IS NOT 'digest signatures'
      ORDER BY path`,
    )
    .iterate(account, region) as IterableIterator<{ id: number; path: string }>;
  const byName = new Map<string, number[]>();
  for (const { id, path } of rows) {
    const name = commonName(path);
    const same = byName.get(name);
    if (same) same.push(id);
    else byName.set(name, [id]);
  }
  return byName;
}

/** Files with names of the trail's digests, whether or not they hold one. */
function digestsOf(db: Db, { name, homeRegion, region }: TrailRegion, account: string): DigestFile[] {
  const files = db
    .prepare(
      `SELECT f.path, d.bucket, d.object, d.previous_bucket AS previousBucket, d.previous_object AS previousObject
      FROM file AS f LEFT JOIN digest AS d ON d.file_id = f.id
      WHERE NOT f.is_replaced AND instr(f.path, '_CloudTrail-Digest_') > 0
      ORDER BY f.path`,
    )
    .all() as DigestFile[];
  const start = `${account}_CloudTrail-Digest_${region}_${name}_${homeRegion}_`;
  // Something may stand before the time, as for the AWS CLI: a trail `a` then has the digests of one named `a_us-east-1`.
  const isOfTrail = (path: string): boolean => {
    const file = nameOf(path);
    return (
      file.startsWith(start) &&
      /^(?:.*_)?\d{8}T\d{6}Z(?:_backfill)?\.json(?:\.gz)?$/.test(file.slice(start.length))
    );
  };
  return files.filter(({ path }) => isOfTrail(path));
}

/** Locations that more than one digest speaks of. */
function realLocations(digests: readonly DigestFile[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { bucket, object, previousBucket, previousObject } of digests)
    for (const location of [locationOf(bucket, object), locationOf(previousBucket, previousObject)]) {
      if (!location) continue;
      const text = locationText(location);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  return new Set([...counts].flatMap(([text, count]) => (count > 1 ? [text] : [])));
}

/** The key of a digest's copy: from `AWSLogs` on its path, where that is in it, else CloudTrail's layout. */
function keyOf(path: string, { prefix, organization }: Location, account: string, region: string): string {
  const name = `${commonName(path)}.gz`;
  const folders = path.split('/').slice(0, -1);
  const root = folders.lastIndexOf('AWSLogs');
  const [, year = '', month = '', day = ''] =
    /_(\d{4})(\d\d)(\d\d)T\d{6}Z(?:_backfill)?\.json\.gz$/.exec(name) ?? [];
  const layout =
    root >= 0
      ? folders.slice(root)
      : ['AWSLogs', organization, account, 'CloudTrail-Digest', region, year, month, day];
  return [prefix, ...layout, name].filter(part => part !== '').join('/');
}

/** How many folders a path and an address share, counted from the file up. */
function sharedFolders(path: string, address: string): number {
  const folders = path.split('/');
  const wanted = address.split('/');
  let count = 0;
  while (count < wanted.length - 1 && folders.at(-2 - count) === wanted.at(-2 - count)) count++;
  return count;
}
