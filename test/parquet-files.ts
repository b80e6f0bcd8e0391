/** Parquet files for the tests, and what reading one gives. */

import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type FileResult, type Rejected, ROW } from '../src/batch.js';
import { createDictionary } from '../src/bytes/dictionary.js';
import { byDimension } from '../src/dimensions.js';
import { createRecordEncoder } from '../src/read/encoder.js';
import { DEFAULT_LIMITS, type Limits, readLogFile } from '../src/read/file.js';
import { folder, put, type TestRecord } from './support.js';

/** Writes what a statement of DuckDB selects as Parquet. */
export async function writeParquet(select: string, path: string, options = ''): Promise<string> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet ${options})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return path;
}

/** Columns of records as Athena's table has them: structs and JSON text. */
export const ATHENA_SELECT = `
  r->>'eventVersion' AS eventversion,
  from_json(r->'userIdentity', '{"type": "VARCHAR", "principalId": "VARCHAR", "arn": "VARCHAR", "accountId": "VARCHAR",
    "userName": "VARCHAR", "sessionContext": {"attributes": {"mfaAuthenticated": "VARCHAR"},
    "sessionIssuer": {"arn": "VARCHAR"}}}') AS useridentity,
  r->>'eventTime' AS eventtime, r->>'eventSource' AS eventsource, r->>'eventName' AS eventname,
  r->>'awsRegion' AS awsregion, r->>'sourceIPAddress' AS sourceipaddress, r->>'userAgent' AS useragent,
  r->>'requestParameters' AS requestparameters,
  nullif(r->>'responseElements', 'null') AS responseelements,
  r->>'eventID' AS eventid,
  from_json(r->'resources', '[{"ARN": "VARCHAR", "accountId": "VARCHAR", "type": "VARCHAR"}]') AS resources,
  r->>'eventType' AS eventtype, r->>'recipientAccountId' AS recipientaccountid, r->>'eventCategory' AS eventcategory,
  r->>'readOnly' AS readonly`;

/** A Parquet file of records with the columns of Athena's table. */
export function athenaParquet(
  list: readonly TestRecord[],
  options = '',
  columns = ATHENA_SELECT,
): Promise<string> {
  const root = folder();
  const lines = put(root, 'records.jsonl', list.map(one => JSON.stringify({ r: one })).join('\n'));
  const source = `read_json('${lines}', format = 'newline_delimited', columns = {r: 'JSON'})`;
  return writeParquet(`SELECT ${columns} FROM ${source}`, join(root, 'events.parquet'), options);
}

export interface Reading {
  found: string[];
  envelopes: number;
  rejected: Rejected[];
  result: FileResult;
}

/** Reads a file as an ingest does, in this process. */
export async function readFile(path: string, limits: Partial<Limits> = {}): Promise<Reading> {
  const encoder = createRecordEncoder(
    1,
    byDimension(() => createDictionary()),
    0,
    [],
  );
  const reading: Omit<Reading, 'result'> = { found: [], envelopes: 0, rejected: [] };
  let result: FileResult | undefined;
  const take = (last: boolean): void => {
    for (const { payload, rows, rowCount, rejected, finished } of encoder.take(last)) {
      for (let r = 0; r < rowCount; r++) {
        const start = rows[r * ROW.width + ROW.start]!;
        const bytes = payload.subarray(start, start + rows[r * ROW.width + ROW.length]!);
        reading.found.push(Buffer.from(bytes).toString());
      }
      reading.rejected.push(...rejected);
      result = finished[0] ?? result;
    }
  };
  await readLogFile(path, 0, encoder, { ...DEFAULT_LIMITS, ...limits }, async () => take(false));
  take(true);
  return { ...reading, result: result! };
}
