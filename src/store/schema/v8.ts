/**
 * Version 8 of the schema, frozen: the statements that lead there from version 7. What `s3_requests` is read from where it
 * is up to date, and an index that holds what the request metrics need of lines.
 */

import { ACCESS_INDEXES as OF_7 } from './v7.js';

export const STEP = `
CREATE TABLE request_event ( -- derived: for each request id of S3's events the event that stands for the request
  requestid TEXT PRIMARY KEY,
  place INTEGER NOT NULL, -- id of the event, + 2^40 where it is not the caller's record, + 2^41 where it is one of several objects
  events INTEGER NOT NULL -- number of its events
) WITHOUT ROWID;
CREATE TABLE request_event_alone ( -- derived: events of S3 without a request id
  event_id INTEGER PRIMARY KEY
);
CREATE TABLE request_line ( -- derived: for each request id of several lines the line that stands for the request
  requestid TEXT PRIMARY KEY,
  place INTEGER NOT NULL, -- id of the line, + 2^40 where it is of the source of a copy, + 2^41 where it is no request
  lines INTEGER NOT NULL -- number of its lines
) WITHOUT ROWID;
CREATE TABLE request_state ( -- derived: what the three above were made of; without a row they say nothing
  last_event INTEGER NOT NULL, -- id of the last event, 0 where there was none
  last_line INTEGER NOT NULL -- id of the last line
);
`;

/** The index that another one stands in for. */
export const REPLACED_INDEX = 'DROP INDEX IF EXISTS access_bucket_time';

const { access_bucket_time: _, ...KEPT } = OF_7;

/** Indexes on lines. An ingest of many drops and builds them at its end. */
export const ACCESS_INDEXES: Readonly<Record<string, string>> = {
  ...KEPT,
  access_bucket_numbers:
    'access_log (bucket_id, time, call_id, bytessent, objectsize, turnaroundtime, totaltime)',
};
