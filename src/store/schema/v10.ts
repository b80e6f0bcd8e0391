/** Version 10 of the schema, frozen: lines of access logs column by column, as version 5 has events. */

/** Made again by an ingest where they were dropped. */
export const LINE_COLUMN_TABLES = `
CREATE TABLE IF NOT EXISTS access_column_segment ( -- derived: neighbouring lines column by column; offtrail reindex makes it again
  id INTEGER PRIMARY KEY,
  last_id INTEGER NOT NULL,
  line_count INTEGER NOT NULL,
  earliest INTEGER NOT NULL, -- seconds since 1970
  latest INTEGER NOT NULL,
  odd_times TEXT NOT NULL, -- JSON: lines without a time, or with one before 1970 or after 2105
  seal INTEGER NOT NULL -- hash of what it covers
);
CREATE TABLE IF NOT EXISTS access_column_values ( -- derived: a column of such a segment
  id INTEGER PRIMARY KEY, -- segment and column
  data BLOB NOT NULL
);
`;
