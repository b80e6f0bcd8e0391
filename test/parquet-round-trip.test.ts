import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeLake } from '../src/export/lake.js';
import { writeParquetFile } from '../src/export/parquet-file.js';
import { openForQueries } from '../src/store/open.js';
import { createRebuilder } from '../src/store/rebuild.js';
import { folder, ingestInto, offtrail, put, query, record, SAMPLES, trail } from './support.js';

const EVENTS = 'SELECT event_rowid FROM cloudtrail_logs ORDER BY eventtime, event_rowid';
const LINES = 'SELECT access_rowid FROM s3_access_logs ORDER BY eventtime, access_rowid';

/** The text of every record and what stood around it, in one order. */
function recordsOf(db: string): string[] {
  const index = openForQueries(db);
  try {
    const textOf = createRebuilder(index);
    const rows = index.prepare('SELECT event_rowid, envelope FROM cloudtrail_logs').all() as Array<{
      event_rowid: number;
      envelope: string | null;
    }>;
    return rows.map(row => `${textOf(row.event_rowid)} ${row.envelope}`).sort();
  } finally {
    index.close();
  }
}

async function exported<T>(
  db: string,
  sql: string,
  write: (index: ReturnType<typeof openForQueries>, ids: number[]) => Promise<T>,
): Promise<void> {
  const index = openForQueries(db);
  try {
    await write(index, index.prepare(sql).pluck().all() as number[]);
  } finally {
    index.close();
  }
}

it('a lake read back has every event of the index it was made of, byte for byte, and the index knows each already', async () => {
  const odd = [
    record({ requestParameters: { key: 'ü\u0000"\\' }, eventTime: '2024-03-01T10:00:00+02:00' }),
    record({ eventID: null, userIdentity: null, unknownField: { a: [1.5, '\u2028'] } }),
    record({ eventTime: 'never', readOnly: 'true', errorMessage: '' }),
  ];
  const raw = `{"Records":[{"eventVersion":"1.08","eventName":"A\\u0042","eventName":"C","eventID":"x-1","n":1.50e1}]}`;
  const root = folder();
  put(root, 'odd.json', trail(odd));
  put(root, 'raw.json', raw);
  put(root, 'event.json', JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: record() }));
  const { db } = ingestInto([SAMPLES, root]);
  const lake = join(folder(), 'lake');
  await exported(db, EVENTS, (index, ids) => writeLake(index, ids, lake));
  const again = ingestInto([lake]);
  expect(recordsOf(again.db)).toEqual(recordsOf(db));
  expect(query(again.db, "SELECT count(*) AS n FROM file WHERE state = 'failed'")).toEqual([{ n: 0 }]);
  expect(query(again.db, "SELECT DISTINCT shape FROM file WHERE state = 'indexed'")).toEqual([
    { shape: 'Parquet, offtrail lake' },
  ]);
  // A lake has its partitions from its records, where the index it was made of has them from paths.
  const elsewhere = `SELECT eventid FROM cloudtrail_logs WHERE region <> awsregion OR account <> recipientaccountid
    OR (odd_time IS NULL AND year || month || day <> replace(substr(eventtime, 1, 10), '-', ''))`;
  expect(query(again.db, elsewhere)).toEqual([]);
  // Of suspect events the doubt is kept.
  const suspects = query(db, 'SELECT eventid FROM cloudtrail_logs WHERE is_suspect');
  const doubted = query(again.db, 'SELECT eventid FROM cloudtrail_logs WHERE is_suspect').map(
    row => row.eventid,
  );
  expect(suspects.length).toBeGreaterThan(0);
  expect(doubted).toEqual(expect.arrayContaining(suspects.map(row => row.eventid)));

  const before = query(db, 'SELECT count(*) AS n FROM cloudtrail_logs');
  offtrail(['ingest', lake, '--db', db]);
  expect(query(db, 'SELECT count(*) AS n FROM cloudtrail_logs')).toEqual(before);
});

it('one Parquet file of events, and one of lines of access logs, are read back as they were', async () => {
  const { db } = ingestInto([SAMPLES]);
  const root = folder();
  await exported(db, EVENTS, (index, ids) => writeParquetFile(index, ids, join(root, 'events.parquet')));
  await exported(db, LINES, (index, ids) =>
    writeParquetFile(index, ids, join(root, 'lines.parquet'), { source: 'access-logs' }),
  );
  const again = ingestInto([root]);
  expect(recordsOf(again.db)).toEqual(recordsOf(db));
  const lines =
    'SELECT bucketowner, bucket_name, requestdatetime, requestid, request_uri, useragent, hostid, more_fields FROM s3_access_logs ORDER BY 2, 3, 4, 5';
  expect(query(again.db, lines)).toEqual(query(db, lines));
  expect(query(again.db, lines).length).toBeGreaterThan(10);
});
