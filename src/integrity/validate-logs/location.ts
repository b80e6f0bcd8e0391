/** Where in S3 a trail's digests are: bucket, prefix, and the organization in the keys of its trail. */

import type { Db } from '../../store/open.js';
import type { TrailRegion } from './request.js';

export interface Location {
  bucket: string;
  /** Without a slash at its end; empty for none. */
  prefix: string;
  /** `o-…`; empty where the trail is not an organization's. */
  organization: string;
}

/** Where a digest says it is; undefined where its key is not one of a digest. */
export function locationOf(bucket: string | null, object: string | null): Location | undefined {
  if (bucket === null || object === null) return undefined;
  const at = object.lastIndexOf('AWSLogs/');
  if (at < 0 || (at > 0 && object[at - 1] !== '/')) return undefined;
  const [, organization = ''] = /^AWSLogs\/(?:(o-[a-z0-9]+)\/)?\d{12}\//.exec(object.slice(at)) ?? [];
  return { bucket, prefix: object.slice(0, Math.max(0, at - 1)), organization };
}

/** A key for maps: the same text for the same location. */
export const locationText = ({ bucket, prefix, organization }: Location): string =>
  JSON.stringify([bucket, prefix, organization]);

/**
 * The location that the trail's newest digests in the index state. One that a single digest states counts only where there
 * is no other: that digest may have been altered.
 * @param account whose digests; undefined for all
 */
export function locationOfTrail(
  db: Db,
  { name, homeRegion, region }: TrailRegion,
  account: string | undefined,
): Location | undefined {
  const rows = db
    .prepare(
      `SELECT d.bucket, d.object
      FROM digest AS d JOIN file AS f ON f.id = d.file_id
      WHERE NOT f.is_replaced AND d.trail = :name AND d.home_region = :homeRegion AND d.region = :region
        AND (:account IS NULL OR d.account = :account)
      ORDER BY d.end_second DESC, d.id DESC`,
    )
    .all({ name, homeRegion, region, account: account ?? null }) as Array<{
    bucket: string | null;
    object: string | null;
  }>;
  const seen = new Set<string>();
  let first: Location | undefined;
  for (const { bucket, object } of rows) {
    const location = locationOf(bucket, object);
    if (!location) continue;
    const text = locationText(location);
    if (seen.has(text)) return location;
    seen.add(text);
    first ??= location;
  }
  return first;
}
