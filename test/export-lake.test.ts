import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, vi } from 'vitest';
import { createLakeRecords } from '../src/cloudtrail/record-form.js';
import { hivePath, partitionOfPath } from '../src/export/hive.js';
import { writeLake } from '../src/export/lake.js';
import { lockLake } from '../src/export/lake-lock.js';
import type { LakeOptions, LakeReport } from '../src/export/types.js';
import { openForQueries } from '../src/store/open.js';
import { createRebuilder } from '../src/store/rebuild.js';
import { filesBelow, folder, ingestInto, put, query, ROOT, record, sampleIndex, trail } from './support.js';

const idsOf = (db: string, where = '1'): number[] =>
  query(db, `SELECT event_rowid FROM cloudtrail_logs WHERE ${where}`).map(row => row.event_rowid as number);

const write = (db: string, to: string, ids = idsOf(db), options: LakeOptions = {}): Promise<LakeReport> =>
  writeLake(openForQueries(db), ids, to, options);

/** Everything below a lake: names and contents. */
const image = (lake: string): Record<string, string> =>
  Object.fromEntries(
    filesBelow(lake)
      .map(path => [
        path.slice(lake.length + 1),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ])
      .sort(),
  );
const parquetFiles = (lake: string): string[] =>
  Object.keys(image(lake)).filter(name => name.endsWith('.parquet'));

async function duck(sql: string): Promise<Array<Record<string, unknown>>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Array<Record<string, unknown>>;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
const lakeSql = (lake: string): string =>
  `read_parquet('${lake}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;

/** The records of a lake, sorted; each as often as it is there. */
async function recordsOf(lake: string): Promise<string[]> {
  const recordOf = createLakeRecords();
  return (await duck(`SELECT * FROM ${lakeSql(lake)}`)).map(row => recordOf(row)!).sort();
}
function recordsIn(db: string): string[] {
  const index = openForQueries(db);
  return idsOf(db).map(createRebuilder(index)).sort();
}

describe('a lake', () => {
  it('has every event once, in the folder of its own account, region and day', async () => {
    const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
    const report = await write(db, lake);
    expect(report).toMatchObject({ added: 158, kept: 0, rows: 158 });
    expect(await recordsOf(lake)).toEqual(recordsIn(db));
    const strays = await duck(`SELECT eventid FROM ${lakeSql(lake)}
      WHERE account <> recipientaccountid OR region <> awsregion OR year || '-' || month || '-' || day <> eventtime[1:10]`);
    expect(strays).toEqual([]);
    for (const { path, bytes, sha256, rows } of report.files) {
      expect(statSync(join(lake, path)).size).toBe(bytes);
      expect(image(lake)[path]).toBe(sha256);
      expect(path).toMatch(new RegExp(`/part-${sha256.slice(0, 32)}.parquet$`));
      expect(rows).toBeGreaterThan(0);
    }
    const readme = readFileSync(join(lake, '_README.md'), 'utf8');
    for (const { path } of report.files) expect(readme).toContain(`${path} | `);
    expect(readme).toContain(report.files[0]!.sha256);
    // pyarrow takes every other name for Parquet.
    expect(readdirSync(lake).filter(name => !name.startsWith('account='))).toEqual([
      '_README.md',
      '_create-table.sql',
      '_lock',
      '_manifest.json',
    ]);
  });

  it('is the same lake from the same events, and a second export changes no byte', async () => {
    const db = sampleIndex();
    const [one, two] = [join(folder(), 'one'), join(folder(), 'two')];
    await write(db, one);
    const before = image(one);
    await write(db, two, idsOf(db).reverse());
    expect(image(two)).toEqual(before);
    expect(await write(db, one)).toMatchObject({ added: 0, kept: 158, rows: 158 });
    expect(image(one)).toEqual(before);
    // Also without its manifest, from what the files hold.
    rmSync(join(one, '_manifest.json'));
    expect(await write(db, one)).toMatchObject({ added: 0, kept: 158, rows: 158 });
    expect(parquetFiles(one)).toEqual(parquetFiles(two));
  });

  it('of an older version loses its notes under names that pyarrow takes for Parquet, and no other file', async () => {
    const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
    await write(db, lake);
    const before = image(lake);
    renameSync(join(lake, '_README.md'), join(lake, 'README.md'));
    renameSync(join(lake, '_create-table.sql'), join(lake, 'create-table.sql'));
    rmSync(join(lake, '_manifest.json'));
    expect(await write(db, lake)).toMatchObject({ added: 0, kept: 158, rows: 158 });
    expect(Object.keys(image(lake))).toEqual(Object.keys(before));
    const own = put(lake, 'README.md', '# What I found\n');
    await write(db, lake);
    expect(readFileSync(own, 'utf8')).toBe('# What I found\n');
  });

  it('gets only what is new, of a selection, of a grown index and of another index', async () => {
    const root = folder();
    const lake = join(folder(), 'lake');
    put(root, 'a.json', trail([record({ eventName: 'A' }), record({ eventName: 'B' })]));
    const { db } = ingestInto([root]);
    expect(await write(db, lake, idsOf(db, "eventname = 'A'"))).toMatchObject({ added: 1, kept: 0 });
    expect(await write(db, lake)).toMatchObject({ added: 1, kept: 1, rows: 2 });
    put(root, 'b.json', trail([record({ eventName: 'C' })]));
    const grown = ingestInto([root]).db;
    expect(await write(grown, lake)).toMatchObject({ added: 1, kept: 2, rows: 3 });
    expect(await write(db, lake)).toMatchObject({ added: 0, kept: 2, rows: 3 });
    expect(await recordsOf(lake)).toEqual(recordsIn(grown));
  });

  it('keeps two records of one id that differ, and both of two lines that are equal', async () => {
    const root = folder();
    const twice = record();
    put(root, 'a.json', trail([twice, { ...twice, errorCode: 'X' }]));
    const line =
      'o b [01/Mar/2024:00:00:00 +0000] 203.0.113.7 - R1 REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 5 5 1 1 "-" "a" - h= SigV4 C AuthHeader e TLSv1.3 - - us-east-1\n';
    put(root, '2024-03-01-00-00-00-0123456789ABCDEF', line);
    const { db } = ingestInto([root]);
    const [lake, lines] = [join(folder(), 'lake'), join(folder(), 'lines')];
    expect(await write(db, lake)).toMatchObject({ added: 2 });
    const ids = query(db, 'SELECT access_rowid AS id FROM s3_access_logs').map(({ id }) => id as number);
    expect(await write(db, lines, ids, { source: 'access-logs' })).toMatchObject({ added: 1 });
    expect(parquetFiles(lines)).toEqual([expect.stringMatching(/^year=2024\/month=03\/day=01\/part-/)]);
    expect(await write(db, lines, ids, { source: 'access-logs' })).toMatchObject({ added: 0, kept: 1 });
    await expect(write(db, lines)).rejects.toThrow(expect.objectContaining({ code: 'NOT_A_LAKE' }));
  });

  it('never leaves its folder, whatever accounts and regions are called', async () => {
    const names = [
      '../../../x',
      '..',
      'a/b',
      'a\\b',
      'a=b',
      '%2e',
      'é\u202e',
      '',
      'x'.repeat(300),
      'nul\u0000',
      '__HIVE_DEFAULT_PARTITION__',
      'a b$`"',
    ];
    const root = folder();
    put(root, 'a.json', trail(names.map(name => record({ recipientAccountId: name, awsRegion: name }))));
    const { db } = ingestInto([root]);
    const outer = folder();
    const lake = join(outer, 'lake');
    await write(db, lake);
    expect(readdirSync(outer)).toEqual(['lake']);
    for (const path of parquetFiles(lake))
      expect(path).toMatch(
        /^account=[\w.%-]+\/region=[\w.%-]+\/year=\d{4}\/month=\d\d\/day=\d\d\/part-[0-9a-f]{32}\.parquet$/,
      );
    expect(await recordsOf(lake)).toEqual(recordsIn(db));
    const read = await duck(`SELECT DISTINCT account, recipientaccountid AS own FROM ${lakeSql(lake)}`);
    const said = read.filter(({ account }) => account !== null);
    expect(said.length).toBe(9);
    for (const { account, own } of said) expect(account).toBe(own);
    expect(await write(db, lake)).toMatchObject({ added: 0, kept: names.length });
  });

  it('paths of partitions are read back as they were written', () => {
    for (const account of ['1', 'a/b', 'é%', null])
      expect(partitionOfPath(hivePath({ account }), ['account'])).toEqual({ account });
    expect(partitionOfPath('account=%zz', ['account'])).toBeUndefined();
    expect(partitionOfPath('region=1', ['account'])).toBeUndefined();
  });

  it('puts events without a readable time where the path says, or under NULL', async () => {
    const root = folder();
    put(
      root,
      'AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/05/a.json',
      trail([record({ eventTime: 'x', eventName: 'A' })]),
    );
    put(
      root,
      'b.json',
      trail([
        record({ eventTime: 'x', recipientAccountId: null, awsRegion: null, eventName: 'B' }),
        record({ eventTime: '2024-03-01T23:30:00-01:00', eventName: 'C' }),
      ]),
    );
    const { db } = ingestInto([root]);
    const lake = join(folder(), 'lake');
    await write(db, lake);
    const rows = await duck(
      `SELECT eventname AS name, concat_ws('/', coalesce(account, '-'), coalesce(region, '-'), coalesce(year, '-'), coalesce(month, '-'), coalesce(day, '-')) AS at FROM ${lakeSql(lake)} ORDER BY 1`,
    );
    expect(rows.map(({ at }) => at)).toEqual([
      '111122223333/us-east-1/2024/03/05',
      '-/-/-/-/-',
      '111122223333/us-east-1/2024/03/02',
    ]);
  });
});

describe('an export that fails', () => {
  it('by Ctrl-C leaves whole files, and the next one completes them', async () => {
    const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
    const stop = new AbortController();
    let calls = 0;
    const onProgress = (): void => void (++calls === 4 && stop.abort());
    await expect(write(db, lake, idsOf(db), { signal: stop.signal, onProgress })).rejects.toThrow('aborted');
    const some = parquetFiles(lake).length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(22);
    expect(readdirSync(lake).filter(name => name.startsWith('_writing'))).toEqual([]);
    const report = await write(db, lake);
    expect(report.kept).toBeGreaterThan(0);
    expect(report).toMatchObject({ rows: 158, added: 158 - report.kept });
    expect(await recordsOf(lake)).toEqual(recordsIn(db));
  });

  it('by kill -9 at any moment leaves a lake that can be read, and the next one completes it', async () => {
    const db = sampleIndex();
    const lake = join(folder(), 'lake');
    const program = `import { openForQueries } from '${join(ROOT, 'dist/store/open.js')}';
      import { writeLake } from '${join(ROOT, 'dist/export/lake.js')}';
      let calls = 0;
      await writeLake(openForQueries(${JSON.stringify(db)}), ${JSON.stringify(idsOf(db))}, ${JSON.stringify(lake)}, {
        onProgress: () => ++calls === Number(process.argv[1]) && process.kill(process.pid, 'SIGKILL') });`;
    for (const at of [1, 2, 9, 3]) {
      const signal = await new Promise(done => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', String(at)], {
          stdio: 'ignore',
        });
        child.on('exit', (_code, by) => done(by));
      });
      expect(signal).toBe('SIGKILL');
      const files = parquetFiles(lake);
      if (files.length === 0) continue;
      const [counted] = await duck(
        `SELECT count(*) AS n, count(DISTINCT record_form || eventid) AS d FROM ${lakeSql(lake)}`,
      );
      expect(Number(counted!.n)).toBeGreaterThan(0);
    }
    // What a killed export was writing.
    writeFileSync(join(lake, '_writing-99'), 'PAR1');
    expect(await write(db, lake)).toMatchObject({ rows: 158 });
    expect(readdirSync(lake).filter(name => name.startsWith('_writing'))).toEqual([]);
    expect(await recordsOf(lake)).toEqual(recordsIn(db));
  });

  it('takes nothing for written that is gone, and reads what it did not list', async () => {
    const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
    const { files } = await write(db, lake);
    const [first, second] = [files[0]!, files[1]!];
    rmSync(join(lake, first.path));
    renameSync(join(lake, second.path), join(lake, second.path.replace('part-', 'other-')));
    const report = await write(db, lake);
    expect(report).toMatchObject({ added: first.rows, kept: 158 - first.rows, rows: 158 });
    expect(await recordsOf(lake)).toEqual(recordsIn(db));
  });

  it('refuses a folder of other files, a damaged file among its own, and a lake that is being written', async () => {
    const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
    const { files } = await write(db, lake);
    put(lake, files[0]!.path.replace('part-', 'foreign-'), 'no parquet');
    await expect(write(db, lake)).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_A_LAKE', message: expect.stringContaining('foreign-') }),
    );
    rmSync(join(lake, files[0]!.path.replace('part-', 'foreign-')));
    const unlock = lockLake(lake);
    await expect(write(db, lake)).rejects.toThrow(expect.objectContaining({ code: 'LAKE_BUSY' }));
    unlock();
    const other = folder();
    put(other, 'notes.txt', 'mine');
    await expect(write(db, other)).rejects.toThrow(expect.objectContaining({ code: 'NOT_A_LAKE' }));
    expect(readdirSync(other)).toEqual(['notes.txt']);
    writeFileSync(join(lake, '_manifest.json'), '{"format":"offtrail lake","partitions":[');
    await expect(write(db, lake)).rejects.toThrow(expect.objectContaining({ code: 'NOT_A_LAKE' }));
  });

  it.skipIf(!existsSync('/dev/full'))(
    'by a full disk says so, and leaves nothing under a final name',
    async () => {
      const [db, lake] = [sampleIndex(), join(folder(), 'lake')];
      const fs = await vi.importActual<typeof import('node:fs')>('node:fs');
      const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
      let writes = 0;
      failing.writeSync = (...args) => {
        if (++writes > 40) throw full;
        return (fs.writeSync as (...of: unknown[]) => number)(...args);
      };
      try {
        await expect(write(db, lake)).rejects.toThrow(expect.objectContaining({ code: 'DISK_FULL' }));
      } finally {
        failing.writeSync = undefined;
      }
      expect(writes).toBeGreaterThan(40);
      expect(readdirSync(lake).filter(name => name.startsWith('_writing'))).toEqual([]);
      expect(await write(db, lake)).toMatchObject({ rows: 158 });
      expect(await recordsOf(lake)).toEqual(recordsIn(db));
    },
  );
});

/** Replaces the function with which files are written, for a while. */
const failing = vi.hoisted(() => ({ writeSync: undefined as ((...args: unknown[]) => number) | undefined }));
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (...args: Parameters<typeof fs.writeSync>) =>
      failing.writeSync ? failing.writeSync(...args) : fs.writeSync(...args),
  };
});
