/**
 * Version 5 of the schema, frozen: an index that has this version was made by this text. A later version is a file of
 * its own with the statements that lead there. SQLite keeps the comments inside a statement, so that `.schema` in any
 * client explains the file.
 *
 * There are no REFERENCES: better-sqlite3 enforces them by default, and each would be looked up for every row that is
 * stored. Columns that end in `_id` are keys of the table they are named for.
 */

/** "OFTR": marks the file as ours (PRAGMA application_id). */
export const APPLICATION_ID = 0x4f465452;

/** The tables of records and files. */
export const TABLES = `
CREATE TABLE run ( -- every ingest, with what it was asked and what came of it
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL, -- UTC
  finished TEXT, -- NULL where it was stopped or killed
  version TEXT NOT NULL, -- of offtrail
  inputs TEXT NOT NULL, -- JSON, as given
  files INTEGER, -- found below the inputs
  unchanged INTEGER, -- those of them that were in the index and looked as they do there
  summary TEXT -- JSON: its counts
);
CREATE TABLE file ( -- the ledger: every file that was looked at, and what became of it
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL, -- absolute
  size INTEGER, -- bytes
  mtime_ns TEXT, -- nanoseconds since 1970, as decimal text
  sha256 TEXT, -- of the inflated bytes, hex; NULL where they were not all read
  inflated_bytes INTEGER,
  state TEXT NOT NULL CHECK (state IN ('indexed', 'skipped', 'failed')),
  reason TEXT, -- why it was skipped or failed
  damage TEXT, -- what is wrong with an indexed file: a cut gzip stream, broken JSON, a limit
  limits TEXT, -- JSON, where a limit cut something off
  shape TEXT, -- container: Records, JSON lines, lookup-events, …
  account TEXT, -- from the path, as the four below
  region TEXT,
  year TEXT,
  month TEXT,
  day TEXT,
  records INTEGER NOT NULL DEFAULT 0, -- items that claimed to be records
  stored INTEGER NOT NULL DEFAULT 0, -- events that belong to this file
  duplicate INTEGER NOT NULL DEFAULT 0, -- records that were stored already
  rejected INTEGER NOT NULL DEFAULT 0, -- records that could not be stored
  run_id INTEGER NOT NULL, -- run that read it
  is_suspect INTEGER NOT NULL DEFAULT 0, -- 1 where the gzip checksum does not hold
  is_replaced INTEGER NOT NULL DEFAULT 0, -- 1 where a later version of the file lacks what this one gave
  CHECK (records = stored + duplicate + rejected)
);
CREATE TABLE rejected ( -- what could not be stored
  id INTEGER PRIMARY KEY,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, -- place in the file, from 0
  offset INTEGER, -- in the inflated bytes, where known
  reason TEXT NOT NULL,
  raw TEXT, -- the text, cut at 1 MiB
  raw_bytes INTEGER NOT NULL, -- length of the uncut text
  count INTEGER NOT NULL DEFAULT 1 -- items this stands for: more than 1 where a file has too many to list
);
CREATE TABLE duplicate ( -- where else a stored event was found
  event_id INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  ordinal INTEGER NOT NULL, -- place in that file, from 0
  PRIMARY KEY (event_id, file_id, ordinal)
) WITHOUT ROWID;
CREATE TABLE kind ( -- dimension: what is constant over many records, with the order of their fields
  id INTEGER PRIMARY KEY,
  template TEXT NOT NULL UNIQUE, -- the record with [] for each value that is kept elsewhere
  eventversion TEXT, -- version of the record format, 'major.minor'
  eventsource TEXT, -- the service, 's3.amazonaws.com'
  eventname TEXT, -- the API action
  awsregion TEXT, -- the region of the request
  errorcode TEXT, -- the error, absent on success
  eventtype TEXT, -- 'AwsApiCall', 'AwsServiceEvent', 'AwsConsoleSignIn', …
  apiversion TEXT, -- API version of an 'AwsApiCall'
  readonly TEXT, -- 'true' or 'false', as text
  recipientaccountid TEXT, -- account that received the record
  eventcategory TEXT, -- 'Management', 'Data', 'NetworkActivity', 'Insight', 'Aggregated'
  managementevent TEXT -- 'true' for a management event, as text
);
CREATE TABLE identity ( -- dimension: who made the request
  id INTEGER PRIMARY KEY,
  useridentity TEXT NOT NULL UNIQUE, -- the JSON; its leaves follow
  type TEXT, -- userIdentity.type
  principalid TEXT, -- userIdentity.principalId
  arn TEXT, -- userIdentity.arn
  accountid TEXT, -- userIdentity.accountId
  invokedby TEXT, -- userIdentity.invokedBy
  accesskeyid TEXT, -- userIdentity.accessKeyId
  username TEXT, -- userIdentity.userName
  onbehalfof_userid TEXT, -- userIdentity.onBehalfOf.userId
  onbehalfof_identitystorearn TEXT, -- userIdentity.onBehalfOf.identityStoreArn
  sessioncontext_attributes_mfaauthenticated TEXT, -- userIdentity.sessionContext.attributes.mfaAuthenticated
  sessioncontext_attributes_creationdate TEXT, -- userIdentity.sessionContext.attributes.creationDate
  sessioncontext_sessionissuer_type TEXT, -- userIdentity.sessionContext.sessionIssuer.type
  sessioncontext_sessionissuer_principalid TEXT, -- userIdentity.sessionContext.sessionIssuer.principalId
  sessioncontext_sessionissuer_arn TEXT, -- userIdentity.sessionContext.sessionIssuer.arn
  sessioncontext_sessionissuer_accountid TEXT, -- userIdentity.sessionContext.sessionIssuer.accountId
  sessioncontext_sessionissuer_username TEXT, -- userIdentity.sessionContext.sessionIssuer.userName
  sessioncontext_ec2roledelivery TEXT, -- userIdentity.sessionContext.ec2RoleDelivery
  sessioncontext_sourceidentity TEXT, -- userIdentity.sessionContext.sourceIdentity
  sessioncontext_webidfederationdata_federatedprovider TEXT, -- userIdentity.sessionContext.webIdFederationData.federatedProvider
  identityprovider TEXT, -- userIdentity.identityProvider
  credentialid TEXT, -- userIdentity.credentialId
  is_anonymous INTEGER NOT NULL -- 1 for a caller without credentials
);
CREATE TABLE address ( -- dimension: where requests came from
  id INTEGER PRIMARY KEY,
  sourceipaddress TEXT NOT NULL UNIQUE, -- as written: an address or a service
  ip BLOB -- 16 bytes, IPv4 mapped into IPv6: a CIDR block is a range; NULL for a service
);
CREATE TABLE agent ( -- dimension: programs that made requests
  id INTEGER PRIMARY KEY,
  useragent TEXT NOT NULL UNIQUE -- the program that made the request
);
CREATE TABLE channel ( -- dimension: how requests came in
  id INTEGER PRIMARY KEY,
  members TEXT NOT NULL UNIQUE, -- the record's members below, as one JSON object
  vpcendpointid TEXT, -- VPC endpoint the request came through
  vpcendpointaccountid TEXT, -- owner of that endpoint
  sessioncredentialfromconsole TEXT, -- 'true' when the credentials come from a console session
  tlsdetails TEXT, -- TLS version, cipher suite and host of the request
  tlsversion TEXT, -- tlsDetails.tlsVersion
  ciphersuite TEXT, -- tlsDetails.cipherSuite
  clientprovidedhostheader TEXT, -- tlsDetails.clientProvidedHostHeader
  keyexchange TEXT -- tlsDetails.keyExchange
);
CREATE TABLE bucket ( -- dimension: buckets that requests named
  id INTEGER PRIMARY KEY,
  bucketname TEXT NOT NULL UNIQUE -- requestParameters.bucketName
);
CREATE TABLE event ( -- one narrow row for each event: what filters and counts read
  id INTEGER PRIMARY KEY,
  eventtime TEXT, -- when the request completed, UTC, 'YYYY-MM-DDTHH:MM:SSZ'
  eventid TEXT, -- id given by CloudTrail, unique per recipient account
  kind_id INTEGER NOT NULL,
  identity_id INTEGER,
  address_id INTEGER,
  agent_id INTEGER,
  channel_id INTEGER,
  bucket_id INTEGER,
  objectkey TEXT, -- requestParameters.key
  signatureversion TEXT, -- additionalEventData.SignatureVersion
  bytestransferredin NUMERIC, -- additionalEventData.bytesTransferredIn
  bytestransferredout NUMERIC, -- additionalEventData.bytesTransferredOut
  file_id INTEGER NOT NULL, -- the file it was stored from
  ordinal INTEGER NOT NULL, -- place of the record in that file, from 0
  content_hash INTEGER, -- of the record's text without white space, keyed by setting.hash_seed
  odd_time NUMERIC, -- where eventtime is not in CloudTrail's own form: seconds since 1970, or 'unreadable'
  is_conflicting INTEGER NOT NULL DEFAULT 0 -- 1 where another event has its eventID and other content
);
CREATE TABLE detail ( -- the wide rest of an event, under the same id; columns of fields are text as written
  id INTEGER PRIMARY KEY,
  errormessage TEXT, -- text of the error
  requestparameters TEXT, -- parameters of the request
  responseelements TEXT, -- response of a call that changes something
  additionaleventdata TEXT, -- data that is not part of request or response
  requestid TEXT, -- id given by the service; equals the S3 access log request id
  resources TEXT, -- resources the event touched
  serviceeventdetails TEXT, -- details of a service event
  sharedeventid TEXT, -- same for the copies of one action in several accounts
  addendum TEXT, -- why a record was delivered late or again
  edgedevicedetails TEXT, -- S3 on Outposts and Snow devices
  insightdetails TEXT, -- the finding of an Insights record
  eventcontext TEXT, -- request and tag context of an enriched event
  additional_fields TEXT, -- JSON object of the members that have no column
  envelope TEXT, -- what stood around the record in its file, as JSON with null in its place
  record TEXT -- the whole text, where it cannot be rebuilt from the columns
);
CREATE TABLE setting ( -- what the index remembers
  name TEXT PRIMARY KEY, -- hash_seed, longest_record, seal_runs, seal_files
  value NOT NULL
) WITHOUT ROWID;
`;

/** Indexes that are there from the beginning. */
export const INDEXES = `
CREATE UNIQUE INDEX file_path ON file (path) WHERE NOT is_replaced;
CREATE INDEX identity_arn ON identity (arn);
CREATE INDEX identity_accesskeyid ON identity (accesskeyid);
CREATE INDEX identity_anonymous ON identity (id) WHERE is_anonymous;
CREATE INDEX address_ip ON address (ip) WHERE ip IS NOT NULL;
CREATE INDEX kind_eventname ON kind (eventname);
CREATE INDEX rejected_file ON rejected (file_id);
CREATE INDEX duplicate_file ON duplicate (file_id);
CREATE INDEX detail_envelope ON detail (id) WHERE envelope IS NOT NULL;
`;

/** Indexes on the event table. A first, large ingest builds them at its end: faster than keeping them up to date. */
export const EVENT_INDEXES: Readonly<Record<string, string>> = {
  event_time: 'event (eventtime)',
  event_kind: 'event (kind_id, eventtime)',
  event_bucket: 'event (bucket_id, eventtime) WHERE bucket_id IS NOT NULL',
  event_identity: 'event (identity_id)',
  event_address: 'event (address_id)',
  event_eventid: 'event (eventid)',
  event_without_id: "event (content_hash) WHERE coalesce(eventid, '') = ''",
  event_conflicting: 'event (eventid) WHERE is_conflicting',
  event_odd_time: 'event (odd_time) WHERE odd_time IS NOT NULL',
  event_sigv2: "event (eventtime) WHERE signatureversion = 'SigV2'",
};

/** Tables of the index for text: derived from the others, and of no use to other programs. */
export const TEXT_TABLES = `
CREATE TABLE IF NOT EXISTS text_block ( -- derived: the index for text of offtrail search; offtrail reindex makes it again
  id INTEGER PRIMARY KEY,
  area TEXT NOT NULL, -- a dimension, or event
  first_id INTEGER NOT NULL, -- rows it covers
  last_id INTEGER NOT NULL,
  chunk_count INTEGER NOT NULL,
  seal INTEGER NOT NULL, -- hash of what it covers
  chunks BLOB NOT NULL -- first row, last row and times of each chunk
);
CREATE TABLE IF NOT EXISTS text_slices ( -- derived: signatures of the chunks, bit by bit
  id INTEGER PRIMARY KEY, -- block and bit
  slices BLOB NOT NULL
);
`;

/** Tables of the events column by column: derived, and of no use to other programs. */
export const COLUMN_TABLES = `
CREATE TABLE IF NOT EXISTS column_segment ( -- derived: neighbouring events column by column; offtrail reindex makes it again
  id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  earliest INTEGER NOT NULL, -- seconds since 1970
  latest INTEGER NOT NULL,
  odd_times TEXT NOT NULL, -- JSON: events whose time has another form
  seal INTEGER NOT NULL -- hash of what it covers
);
CREATE TABLE IF NOT EXISTS column_values ( -- derived: a column of a segment
  id INTEGER PRIMARY KEY, -- segment and column
  data BLOB NOT NULL
);
`;
