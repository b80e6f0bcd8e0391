/**
 * Version 7 of the schema, frozen: the statements that lead there from version 6. S3 server access logs: a row for each
 * line, and what repeats in lines once per distinct value. A `-` in a line is NULL.
 */

export const STEP = `
CREATE TABLE access_bucket ( -- of access logs: buckets with their owners
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE, -- both, as in the line
  bucketowner TEXT, -- canonical user id
  bucket_name TEXT
);
CREATE TABLE access_requester ( -- of access logs: who made requests; NULL in access_log without authentication
  id INTEGER PRIMARY KEY,
  requester TEXT NOT NULL UNIQUE, -- canonical user id, ARN, or a service
  kind TEXT NOT NULL, -- canonical, user, session, federated, root, service, unknown
  account TEXT, -- of the ARN
  name TEXT, -- of the user, the role or the service
  session TEXT -- of the role
);
CREATE TABLE access_address ( -- of access logs: where requests came from
  id INTEGER PRIMARY KEY,
  remoteip TEXT NOT NULL UNIQUE,
  ip BLOB -- 16 bytes, IPv4 mapped into IPv6: a CIDR block is a range
);
CREATE TABLE access_agent ( -- of access logs: programs that made requests
  id INTEGER PRIMARY KEY,
  useragent TEXT NOT NULL UNIQUE -- as the client wrote it
);
CREATE TABLE access_call ( -- of access logs: what was asked, and with which result
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE, -- operation, status, error code, and 1 where there is a key
  operation TEXT, -- REST.GET.OBJECT, …
  httpstatus TEXT,
  errorcode TEXT,
  eventname TEXT, -- the call as CloudTrail names it, where it is known
  metric TEXT -- the request metric it counts for: Get, Put, Delete, Head, Post, Select, List, other
);
CREATE TABLE access_channel ( -- of access logs: how requests came in; NULL in access_log for lines of 18 fields
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE, -- the fields after the host id, as in the line
  sigv TEXT,
  ciphersuite TEXT,
  authtype TEXT, -- AuthHeader, or QueryString for a presigned URL
  endpoint TEXT, -- the Host header
  tlsversion TEXT,
  accesspointarn TEXT,
  aclrequired TEXT,
  sourceregion TEXT
);
CREATE TABLE access_log ( -- one row for each line of S3 server access logs; s3_access_logs shows it
  id INTEGER PRIMARY KEY,
  time INTEGER, -- when the request was received, seconds since 1970; NULL where it cannot be read
  bucket_id INTEGER NOT NULL,
  requester_id INTEGER,
  address_id INTEGER,
  agent_id INTEGER,
  call_id INTEGER NOT NULL,
  channel_id INTEGER,
  key TEXT, -- percent-encoded, as in the line
  decoded_key TEXT, -- where that is another text
  requestid TEXT,
  request_uri TEXT, -- without its quotes
  bytessent INTEGER,
  objectsize INTEGER,
  totaltime INTEGER, -- milliseconds
  turnaroundtime INTEGER, -- milliseconds
  referrer TEXT,
  versionid TEXT,
  hostid TEXT,
  more TEXT, -- fields that this version does not know
  form INTEGER NOT NULL, -- number of fields it knows; + 32 where request-URI, + 64 where referrer, + 128 where user agent is a bare -
  is_ambiguous INTEGER NOT NULL, -- 1 where the line can be read in another way, too
  line BLOB, -- the bytes of the line, where they are not what its columns give
  line_hash INTEGER NOT NULL, -- keyed by setting.hash_seed
  file_id INTEGER NOT NULL, -- the file it was stored from
  ordinal INTEGER NOT NULL -- place of the line in that file, from 0
);
CREATE TABLE access_duplicate ( -- where else a stored line was found
  access_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, -- place in that file, from 0
  PRIMARY KEY (access_id, file_id, ordinal)
) WITHOUT ROWID;
CREATE INDEX access_duplicate_file ON access_duplicate (file_id);
`;

/** Indexes on lines. An ingest of many drops and builds them at its end. */
export const ACCESS_INDEXES: Readonly<Record<string, string>> = {
  access_time: 'access_log (time)',
  access_bucket_time: 'access_log (bucket_id, time)',
  access_requester_time: 'access_log (requester_id, time)',
  access_address_time: 'access_log (address_id, time)',
  access_call_time: 'access_log (call_id, time)',
  access_requestid: 'access_log (requestid)',
  access_line_hash: 'access_log (line_hash)',
};
