/** The region of an access log line: no field has it, but several say it. */

import type { Db } from '../../store/open.js';
import { prepared } from '../../store/statements.js';

/** The region in the name of an S3 endpoint: s3.REGION, s3-REGION, s3.dualstack.REGION, s3-fips.REGION. */
const ENDPOINT =
  /(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.)?([a-z]{2,3}(?:-[a-z]{1,12}){1,3}-\d)\.amazonaws\.com/;

/**
 * The region of the bucket a line is about: of the endpoint that the client named, else of the folder of its file, else
 * that of CloudTrail events about the bucket; null where nothing says it.
 */
export function regionOfLine(
  db: Db,
  { access_rowid, bucket_name }: { access_rowid: number | null; bucket_name: string | null },
): string | null {
  const line = prepared(
    db,
    `SELECT h.endpoint, f.region FROM access_log AS l
      LEFT JOIN access_channel AS h ON h.id = l.channel_id
      LEFT JOIN file AS f ON f.id = l.file_id
    WHERE l.id = ?`,
  ).get(access_rowid) as { endpoint: string | null; region: string | null } | undefined;
  const named = ENDPOINT.exec(line?.endpoint ?? '')?.[1] ?? line?.region;
  if (named !== undefined && named !== null) return named;
  const region = prepared(
    db,
    `SELECT k.awsregion FROM bucket AS b JOIN event AS e ON e.bucket_id = b.id JOIN kind AS k ON k.id = e.kind_id
    WHERE b.bucketname = ? AND k.awsregion IS NOT NULL LIMIT 1`,
  )
    .pluck()
    .get(bucket_name);
  return typeof region === 'string' ? region : null;
}
