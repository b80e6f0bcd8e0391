import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects, snappyUncompress } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import { snappyModule } from '../scripts/make-wasm.js';
import { createRandom } from '../scripts/random.js';
import { ACCESS_LAKE_COLUMNS, lakeLine } from '../src/access-logs/lake.js';
import { IDENTITY_LEAVES, leafColumn, TLS_LEAVES } from '../src/cloudtrail/fields.js';
import { LAKE_COLUMNS, LAKE_PARTITIONS } from '../src/cloudtrail/lake.js';
import { createLakeRecords } from '../src/cloudtrail/record-form.js';
import { compress } from '../src/export/parquet/snappy.js';
import { writeParquetFile } from '../src/export/parquet-file.js';
import type { ParquetFileOptions } from '../src/export/types.js';
import { athenaType } from '../src/lake-types.js';
import { openForQueries } from '../src/store/open.js';
import { createRebuilder } from '../src/store/rebuild.js';
import {
  folder,
  ingestInto,
  put,
  query,
  REAL_DATA,
  ROOT,
  record,
  records,
  SAMPLES,
  sampleIndex,
  trail,
} from './support.js';

type Row = Record<string, unknown>;

/** What DuckDB reads, as plain values: texts, numbers, lists and objects. */
async function duck(sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const IN_TIME = 'ORDER BY odd_time IS NOT NULL, eventtime, event_rowid';

/** Every event of an index as one file. */
async function exported(db: string, options: ParquetFileOptions = {}): Promise<string> {
  const index = openForQueries(db);
  const of = options.source === 'access-logs';
  const sql = of
    ? 'SELECT access_rowid FROM s3_access_logs ORDER BY eventtime, access_rowid'
    : `SELECT event_rowid FROM cloudtrail_logs ${IN_TIME}`;
  const path = join(folder(), 'all.parquet');
  await writeParquetFile(index, index.prepare(sql).pluck().all() as number[], path, options);
  return path;
}

/** The text of a leaf of a struct, as DuckDB gives it. */
const leafOf = (struct: unknown, path: string): unknown =>
  path
    .toLowerCase()
    .split('.')
    .reduce<unknown>((at, name) => (at as Row | null)?.[name] ?? null, struct);

/** Compares all that DuckDB reads of a file with the view. */
async function expectAsInView(db: string): Promise<number> {
  const path = await exported(db);
  const rows = await duck(`SELECT * FROM '${path}'`);
  const view = query(db, `SELECT * FROM cloudtrail_logs ${IN_TIME}`);
  const index = openForQueries(db);
  const rebuild = createRebuilder(index);
  const recordOf = createLakeRecords();
  expect(rows.length).toBe(view.length);
  for (const [i, row] of rows.entries()) {
    const expected = view[i]!;
    expect(recordOf(row)).toBe(rebuild(expected.event_rowid as number));
    for (const { name, type, source, isPartition } of LAKE_COLUMNS) {
      if (!source || isPartition) continue;
      const text = expected[source] ?? null;
      // The view shows a string as its text.
      const value = name === 'tlsdetails_json' && text === 'x' ? '"x"' : text;
      if (type === 'string') expect(row[name], name).toBe(value === null ? null : String(value));
      if (type === 'boolean') expect(row[name], name).toBe(value === 1);
      if (type === 'bigint')
        expect(row[name], name).toBe(Number.isInteger(value) ? String(value as number) : null);
    }
    const inStruct = IDENTITY_LEAVES.filter(
      leaf => !/sourceIdentity|identityProvider|credentialId/.test(leaf),
    );
    for (const leaf of inStruct)
      expect(leafOf(row.useridentity, leaf), leaf).toBe(expected[`useridentity_${leafColumn(leaf)}`]);
    for (const leaf of TLS_LEAVES.slice(0, 3))
      expect(leafOf(row.tlsdetails, leaf), leaf).toBe(expected[`tlsdetails_${leafColumn(leaf)}`]);
    const resources = JSON.parse((expected.resources as string | null) ?? 'null') as Row[] | null;
    if (!Array.isArray(resources)) expect(row.resources).toBeNull();
    else
      expect(row.resources).toEqual(
        resources.map(of => ({
          arn: of.ARN ?? null,
          accountid: of.accountId ?? null,
          type: of.type ?? null,
        })),
      );
    const account = expected.recipientaccountid ?? expected.account;
    expect(row.account).toBe(account);
    expect(row.region).toBe(expected.awsregion ?? expected.region);
  }
  return rows.length;
}

/** A type of DuckDB, as Athena writes it. */
const asAthena = (type: string): string =>
  type
    .replaceAll('VARCHAR', 'string')
    .replaceAll('BIGINT', 'bigint')
    .replaceAll('BOOLEAN', 'boolean')
    .replaceAll('BLOB', 'binary')
    .replaceAll('"', '')
    .replaceAll('(', '<')
    .replaceAll(')', '>')
    .replaceAll(', ', ',')
    .replaceAll(/([a-z0-9]+) (?=STRUCT|string|MAP)/g, '$1:')
    .replace(/^STRUCT(.*)\[\]$/, 'array<struct$1>')
    .replaceAll('STRUCT', 'struct')
    .replaceAll('MAP', 'map');

describe('one Parquet file', () => {
  it('has the columns of the list with Athena’s types, as DuckDB reads them', async () => {
    const path = await exported(sampleIndex());
    const columns = await duck(`DESCRIBE SELECT * FROM '${path}'`);
    expect(
      columns.map(({ column_name: name, column_type: type }) => [name, asAthena(type as string)]),
    ).toEqual(LAKE_COLUMNS.map(({ name, type }) => [name, athenaType(type)]));
  });

  it('holds every value of the view: every event of the samples', async () => {
    expect(await expectAsInView(sampleIndex())).toBe(158);
  });

  it.skipIf(!existsSync(REAL_DATA))(
    'holds every value of the view: real logs (skipped where they are not there)',
    async () => {
      const inputs = [
        'stratus-red-team',
        'umccr',
        'otrf-jsonl',
        'plaso-lookup-events',
        'eventbridge-cloud-custodian',
      ];
      expect(await expectAsInView(ingestInto(inputs.map(name => join(REAL_DATA, name))).db)).toBe(628);
    },
  );

  it('keeps absent, null, empty and missing apart, and texts of any kind', async () => {
    const hostile = [
      record({
        eventName: 'A',
        resources: [],
        userIdentity: null,
        errorMessage: 'nul \u0000, \u{1f600}, \u202e"',
      }),
      record({
        eventName: 'B',
        resources: null,
        userIdentity: {},
        additionalEventData: { SignatureVersion: '' },
      }),
      record({ eventName: 'C', resources: [{}, { ARN: 'arn:a', accountId: '1', type: 'T' }, { ARN: null }] }),
      record({
        eventName: 'D',
        userIdentity: {
          type: 'WebIdentityUser',
          sessionContext: {
            webIdFederationData: { federatedProvider: 'p', attributes: { a: '1', b: null } },
          },
        },
      }),
      record({
        eventName: 'E',
        userIdentity: { sessionContext: { webIdFederationData: { attributes: {} } } },
      }),
      record({ eventName: 'F', userIdentity: 'root', requestParameters: null, bytes: 1.5, tlsDetails: 'x' }),
      record({ eventName: 'G', additionalEventData: { bytesTransferredIn: 12, bytesTransferredOut: 1.5 } }),
    ];
    const root = folder();
    put(root, 'a.json', trail(hostile));
    const { db } = ingestInto([root]);
    expect(await expectAsInView(db)).toBe(hostile.length);
    const path = await exported(db);
    const rows = await duck(`SELECT eventname, resources, useridentity, useridentity IS NULL AS gone,
        useridentity.sessioncontext IS NULL AS nosession, signatureversion, bytestransferredin, bytestransferredout, errormessage
      FROM '${path}' ORDER BY eventname`);
    const [a, b, c, d, e, f, g] = rows as [Row, Row, Row, Row, Row, Row, Row];
    expect([a.resources, b.resources]).toEqual([[], null]);
    expect([a.gone, b.gone, f.gone]).toEqual([true, false, true]);
    expect(a.errormessage).toBe('nul \u0000, \u{1f600}, \u202e"');
    expect(b.signatureversion).toBe('');
    expect((c.resources as Row[]).map(({ arn }) => arn)).toEqual([null, 'arn:a', null]);
    expect(leafOf(d.useridentity, 'sessionContext.webIdFederationData.attributes')).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: null },
    ]);
    expect(leafOf(e.useridentity, 'sessionContext.webIdFederationData.attributes')).toEqual([]);
    expect([d.nosession, b.nosession]).toEqual([false, true]);
    expect([g.bytestransferredin, g.bytestransferredout]).toEqual(['12', null]);
  });

  it('is the same file again, and rows stand in the order they are given', async () => {
    const root = folder();
    put(root, 'a.json', trail(Array.from({ length: 400 }, (_, i) => record({ errorMessage: `m${i % 7}` }))));
    const { db } = ingestInto([root]);
    const index = openForQueries(db);
    const ids = index.prepare('SELECT id FROM event ORDER BY eventtime, id').pluck().all() as number[];
    const first = await writeParquetFile(index, ids, join(root, '1.parquet'), {});
    const again = await writeParquetFile(index, ids, join(root, '2.parquet'), {});
    expect(again).toEqual(first);
    // Rows are read by their ids, whatever order they are written in.
    const reversed = await writeParquetFile(index, [...ids].reverse(), join(root, '3.parquet'), {});
    expect(reversed.sha256).not.toBe(first.sha256);
    const [back] = await duck(`SELECT list(eventid) AS ids FROM '${join(root, '3.parquet')}'`);
    expect(back!.ids).toEqual(
      query(db, 'SELECT eventid FROM event ORDER BY eventtime DESC, id DESC').map(({ eventid }) => eventid),
    );
  });

  it('says what row groups hold, so that engines pass them over', async () => {
    const path = await exported(sampleIndex());
    const notes = await duck(`SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count
      FROM parquet_metadata('${path}') WHERE path_in_schema IN ('eventtime', 'eventsource', 'requestparameters')`);
    const [range] = await duck(`SELECT min(eventtime) AS least, max(eventtime) AS most FROM '${path}'`);
    const time = notes.find(note => note.path_in_schema === 'eventtime')!;
    expect([time.stats_min_value, time.stats_max_value]).toEqual([range!.least, range!.most]);
    expect(notes.find(note => note.path_in_schema === 'requestparameters')!.stats_min_value).toBeNull();
  });

  it('keeps lists whole, whatever was written before', async () => {
    const root = folder();
    const resources = Array.from({ length: 9 }, (_, i) => ({
      ARN: `arn:aws:s3:::b/${i}`,
      type: 'AWS::S3::Object',
    }));
    put(root, 'many.json', trail(records(8_200)));
    put(root, 'few.json', trail(Array.from({ length: 100 }, () => record({ resources }))));
    const { db } = ingestInto([root]);
    const index = openForQueries(db);
    const ids = (where: string): number[] =>
      index
        .prepare(`SELECT event_rowid FROM cloudtrail_logs WHERE resources IS ${where}`)
        .pluck()
        .all() as number[];
    const path = join(folder(), 'flat.parquet');
    await writeParquetFile(index, ids('NULL'), path, {
      columns: ['eventid', 'eventtime', 'requestparameters'],
    });
    const lists = join(folder(), 'lists.parquet');
    await writeParquetFile(index, ids('NOT NULL'), lists, { columns: ['resources'] });
    const bytes = readFileSync(lists);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = (await parquetReadObjects({ file, compressors })) as Array<{ resources: Row[] }>;
    expect(rows.map(row => row.resources.map(({ arn, type }) => `${type} ${arn}`))).toEqual(
      Array.from({ length: 100 }, () => resources.map(({ ARN, type }) => `${type} ${ARN}`)),
    );
  });

  it('has the columns that are asked for, and refuses others by name', async () => {
    const path = await exported(sampleIndex(), { columns: ['eventName', 'account', 'eventtime'] });
    expect(Object.keys((await duck(`SELECT * FROM '${path}'`))[0]!)).toEqual([
      'eventname',
      'account',
      'eventtime',
    ]);
    await expect(exported(sampleIndex(), { columns: ['eventnam'] })).rejects.toThrow(
      expect.objectContaining({ code: 'NO_SUCH_COLUMN', hint: 'did you mean eventname?' }),
    );
  });

  it('of lines gives every line back as it was written', async () => {
    const inputs = [SAMPLES, ...(existsSync(REAL_DATA) ? [join(REAL_DATA, 's3-access-logs-dandi')] : [])];
    const { db } = ingestInto(inputs);
    const path = await exported(db, { source: 'access-logs' });
    const rows = await duck(`SELECT * FROM '${path}'`);
    const view = query(db, 'SELECT * FROM s3_access_logs ORDER BY eventtime, access_rowid');
    expect(rows.length).toBe(view.length);
    expect(rows.length).toBeGreaterThan(100);
    for (const [i, row] of rows.entries()) {
      const expected = view[i]!;
      if (row.line === null) expect(Buffer.from(lakeLine(row)!).toString()).toBe(expected.line);
      for (const { name, type, source } of ACCESS_LAKE_COLUMNS) {
        if (!source) continue;
        const value = expected[source] ?? null;
        if (type === 'boolean') expect(row[name], name).toBe(value === null ? null : value === 1);
        else expect(row[name], name).toBe(value === null ? null : String(value));
      }
    }
  });

  it('is not there when it was stopped, and nothing is left beside it', async () => {
    const index = openForQueries(sampleIndex());
    const ids = index.prepare('SELECT id FROM event').pluck().all() as number[];
    const path = join(folder(), 'x.parquet');
    const stop = new AbortController();
    const begun = writeParquetFile(index, ids, path, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(begun).rejects.toThrow('aborted');
    expect(existsSync(path)).toBe(false);
  });
});

it('the partitions of a single file are those of a lake', () => {
  expect(LAKE_COLUMNS.filter(({ isPartition }) => isPartition)).toEqual(LAKE_PARTITIONS);
});

describe('Snappy', () => {
  it('gives bytes of any kind and length back, as another reader has them', () => {
    const random = createRandom(5);
    const lengths = [...Array.from({ length: 80 }, (_, i) => i), 65_535, 65_536, 65_537, 131_090, 200_000];
    for (const length of lengths)
      for (const kinds of [1, 2, 7, 256]) {
        const bytes = Uint8Array.from({ length }, () => random.below(kinds));
        const packed = Uint8Array.from(compress(bytes));
        const back = new Uint8Array(length);
        if (length > 0) snappyUncompress(packed, back);
        expect(Buffer.compare(back, bytes)).toBe(0);
      }
  });

  it('is what its source says', async () => {
    expect(readFileSync(join(ROOT, 'src/export/parquet/snappy-wasm.ts'), 'utf8')).toBe(await snappyModule());
  });
});
