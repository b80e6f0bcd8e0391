/**
 * Version 6 of the schema, frozen: the statements that lead there from version 5. Digest files, the signatures and keys
 * that go with them, and what they say of each log file.
 */

export const STEP = `
CREATE TABLE digest ( -- digest files: what CloudTrail says it delivered, hour by hour; their own hash is in file
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL UNIQUE, -- the file it was read from
  account TEXT, -- from the key it gives itself, as the four below: NULL where that is not one of a digest
  region TEXT, -- where what it lists happened
  trail TEXT, -- name of the trail
  home_region TEXT, -- of the trail
  is_backfill INTEGER NOT NULL DEFAULT 0, -- 1 where it was made later, in a chain of its own
  bucket TEXT, -- digestS3Bucket
  object TEXT, -- digestS3Object: the key of this file
  start_time TEXT, -- digestStartTime, as written
  end_time TEXT, -- digestEndTime, as written
  start_second INTEGER, -- seconds since 1970; NULL where it cannot be read
  end_second INTEGER,
  fingerprint TEXT, -- digestPublicKeyFingerprint
  signature_algorithm TEXT, -- digestSignatureAlgorithm
  newest_event TEXT, -- newestEventTime
  oldest_event TEXT, -- oldestEventTime
  previous_bucket TEXT, -- previousDigestS3Bucket
  previous_object TEXT, -- previousDigestS3Object
  previous_hash TEXT, -- previousDigestHashValue
  previous_hash_algorithm TEXT, -- previousDigestHashAlgorithm
  previous_signature TEXT, -- previousDigestSignature
  listed INTEGER NOT NULL, -- log files it lists
  other_members TEXT, -- JSON object of its members that have no column
  problem TEXT -- why it is not a digest that can be checked
);
CREATE TABLE listed_file ( -- the log files that digests list
  digest_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, -- place in the digest, from 0
  bucket TEXT, -- s3Bucket
  object TEXT, -- s3Object
  hash TEXT, -- hashValue: SHA-256 of the inflated bytes, hex
  hash_algorithm TEXT, -- hashAlgorithm
  newest_event TEXT, -- newestEventTime
  oldest_event TEXT, -- oldestEventTime
  PRIMARY KEY (digest_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE signature ( -- signatures of digest files, from what aws s3api head-object printed
  file_id INTEGER NOT NULL, -- the file it was read from
  ordinal INTEGER NOT NULL, -- place in that file, from 0
  bucket TEXT, -- of the digest, where it is said
  object TEXT NOT NULL, -- key of the digest, or the end of it
  signature TEXT, -- x-amz-meta-signature, hex
  algorithm TEXT, -- x-amz-meta-signature-algorithm
  backfill_time TEXT, -- x-amz-meta-backfill-generation-timestamp
  PRIMARY KEY (file_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE public_key ( -- keys that offtrail verify was given last; it keeps them
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL, -- as aws cloudtrail list-public-keys gives it, like the three below
  value TEXT NOT NULL, -- base64
  valid_from TEXT, -- UTC
  valid_to TEXT, -- UTC
  source TEXT NOT NULL -- the file it was read from
);
CREATE TABLE evidence ( -- what digests say of each file with records; offtrail verify and ingest make it again
  file_id INTEGER PRIMARY KEY,
  verdict TEXT NOT NULL, -- proven, consistent, altered, unlisted, none
  digest_id INTEGER -- the digest that says so
);
`;

/** What version 5 passed over may be digests or signatures: the next ingest reads it again. The ledger changes with it. */
export const LOOK_AGAIN = `
UPDATE file SET mtime_ns = NULL WHERE state = 'skipped';
DELETE FROM setting WHERE name = 'seal_files';
`;
