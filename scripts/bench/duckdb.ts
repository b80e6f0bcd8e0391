/** DuckDB as a peer: the same files into its own table, the same Athena statements on it. Development only. */

import { rmSync, statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

export interface Peer {
  ingestMs: number;
  /** Milliseconds of processor time of that. */
  ingestCpu: number;
  bytes: number;
  /** What had to be set for it to finish, for the table. */
  note: string;
  /** Runs an Athena statement of ours; the better of three, rows fetched. `first` is the first value of the first row. */
  query(athena: string): Promise<{ rows: number; ms: number; first: unknown }>;
  close(): Promise<void>;
}

const TEXT = 'VARCHAR';
const IDENTITY = `STRUCT("type" VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, invokedBy VARCHAR, accessKeyId VARCHAR, userName VARCHAR,
  sessionContext STRUCT(attributes STRUCT(mfaAuthenticated VARCHAR, creationDate VARCHAR),
    sessionIssuer STRUCT("type" VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, userName VARCHAR)))`;

/** Athena's table in DuckDB's types. */
const COLUMNS: Record<string, string> = {
  eventVersion: TEXT,
  userIdentity: IDENTITY,
  eventTime: TEXT,
  eventSource: TEXT,
  eventName: TEXT,
  awsRegion: TEXT,
  sourceIPAddress: TEXT,
  userAgent: TEXT,
  errorCode: TEXT,
  errorMessage: TEXT,
  requestParameters: 'JSON',
  responseElements: 'JSON',
  additionalEventData: 'JSON',
  requestID: TEXT,
  eventID: TEXT,
  resources: 'STRUCT(ARN VARCHAR, accountId VARCHAR, "type" VARCHAR)[]',
  eventType: TEXT,
  apiVersion: TEXT,
  readOnly: TEXT,
  recipientAccountId: TEXT,
  serviceEventDetails: 'JSON',
  sharedEventID: TEXT,
  vpcEndpointId: TEXT,
  vpcEndpointAccountId: TEXT,
  eventCategory: TEXT,
  addendum: 'JSON',
  sessionCredentialFromConsole: TEXT,
  edgeDeviceDetails: 'JSON',
  tlsDetails: 'STRUCT(tlsVersion VARCHAR, cipherSuite VARCHAR, clientProvidedHostHeader VARCHAR)',
};

/** The best of so many runs counts, here and of offtrail. */
export const RUNS = 5;

/** Settings to try in order: as it comes, then with less memory, as DuckDB's own message advises. */
const SETTINGS: Array<[note: string, statement: string]> = [
  ['', 'SELECT 1'],
  [
    ', preserve_insertion_order = false; by default it runs out of memory',
    'SET preserve_insertion_order = false',
  ],
];

/** Creates DuckDB's table from the files below `folder` and times it. */
export async function createPeer(folder: string, path: string): Promise<Peer> {
  const record = `STRUCT(${Object.entries(COLUMNS)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(', ')})[]`;
  let failure: unknown;
  for (const [note, setting] of SETTINGS) {
    rmSync(path, { force: true });
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    try {
      await connection.run(setting);
      const began = performance.now();
      const before = process.cpuUsage();
      await connection.run(
        `CREATE TABLE cloudtrail_logs AS SELECT unnest(Records, max_depth := 2)
         FROM read_json('${folder}/**/*.json.gz', columns = {Records: '${record}'})`,
      );
      await connection.run('CHECKPOINT');
      const ingestMs = performance.now() - began;
      const { user, system } = process.cpuUsage(before);
      return {
        ingestMs,
        ingestCpu: (user + system) / 1000,
        bytes: statSync(path).size,
        note,
        async query(athena) {
          // Athena's function under DuckDB's name; everything else is the same SQL.
          const statement = athena.replaceAll('json_extract_scalar', 'json_extract_string');
          const times: number[] = [];
          let rows: unknown[][] = [];
          for (let i = 0; i < RUNS; i++) {
            const start = performance.now();
            rows = (await connection.runAndReadAll(statement)).getRows();
            times.push(performance.now() - start);
          }
          return { rows: rows.length, ms: Math.min(...times), first: rows[0]?.[0] };
        },
        async close() {
          connection.closeSync();
          instance.closeSync();
        },
      };
    } catch (error) {
      failure = error;
      connection.closeSync();
      instance.closeSync();
    }
  }
  throw failure;
}
