import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  count,
  folder,
  ingestInto,
  offtrail,
  put,
  query,
  record,
  records,
  statusOf,
  trail,
  trailGz,
} from './support.js';

/** Text that does not compress, different at every call. */
const noisy = (bytes: number): string => randomBytes(bytes / 2).toString('hex');

describe('a damaged file gives what can be had from it', () => {
  it('a cut gzip stream keeps the records before the cut and lists the one that was cut', () => {
    const root = folder();
    const gz = trailGz(Array.from({ length: 50 }, () => record({ x: noisy(256) })));
    put(root, 'cut.json.gz', gz.subarray(0, Math.floor(gz.length / 2)));
    put(root, 'whole.json.gz', trailGz(records(2)));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    const { records: counted, files } = statusOf(db);
    expect(files).toEqual({ total: 2, indexed: 2, damaged: 1, skipped: 0, failed: 0 });
    expect(counted.rejected).toBe(1);
    expect(counted.stored).toBeGreaterThan(20);
    expect(counted.total).toBe(counted.stored + counted.rejected);
    expect(query(db, 'SELECT damage FROM file WHERE damage IS NOT NULL')).toEqual([
      { damage: 'gzip stream is cut off' },
    ]);
    const [rejected] = query(db, 'SELECT reason, raw FROM rejected');
    expect(rejected!.reason).toBe('the file ends inside this record');
    expect(rejected!.raw).toMatch(/^\{"eventVersion":"1\.08"/);
  });

  it('a corrupt gzip stream keeps the records before the corrupt place', () => {
    const root = folder();
    const gz = trailGz(Array.from({ length: 50 }, () => record({ x: noisy(256) })));
    gz.fill(0xff, Math.floor(gz.length * 0.7), Math.floor(gz.length * 0.7) + 8);
    put(root, 'corrupt.json.gz', gz);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(statusOf(db).files).toMatchObject({ indexed: 1, damaged: 1 });
    expect(statusOf(db).records.stored).toBeGreaterThan(25);
    expect(offtrail(['status', '--failed', '--db', db]).stdout).toContain('gzip stream is corrupt');
  });

  it('a corrupt second member does not cost the first', () => {
    const root = folder();
    const second = trailGz(records(5));
    second[second.length - 6]! ^= 0xff;
    put(root, 'two.gz', Buffer.concat([trailGz(records(3)), second]));
    const { db } = ingestInto([root]);
    expect(statusOf(db).records.stored).toBe(8);
    expect(statusOf(db).files.damaged).toBe(1);
  });

  it('bytes behind the gzip stream are reported', () => {
    const root = folder();
    put(root, 'tail.json.gz', Buffer.concat([trailGz(records(2)), Buffer.from('extra')]));
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(query(db, 'SELECT damage, stored FROM file')).toEqual([
      { damage: '5 unexpected bytes after the gzip stream', stored: 2 },
    ]);
  });

  const [a, b, c] = records(3).map(r => JSON.stringify(r));
  const BROKEN: Array<[string, string]> = [
    ['a missing brace', `{"Records":[${a},${b!.slice(0, -1)},${c}]}`],
    ['a missing quote', `{"Records":[${a},${b!.replace('"eventName":"', '"eventName":')},${c}]}`],
    ['an unclosed string', `{"Records":[${a},${b!.replace('GetObject"', 'GetObject')},${c}]}`],
    ['a bare word', `{"Records":[${a},${b!.replace('null', 'NaN')},${c}]}`],
    ['a raw line feed in a string', `{"Records":[${a},${b!.replace('aws-cli', 'aws\ncli')},${c}]}`],
    ['a wrong escape', `{"Records":[${a},${b!.replace('aws-cli', 'aws\\xcli')},${c}]}`],
    ['a broken line among JSON lines', `${a}\n${b!.slice(0, 200)}\n${c}\n`],
    ['garbage between JSON lines', `${a}\n%%% ${b}\n${c}`],
  ];
  it.each(BROKEN)('%s in one record does not cost the others', (_, text) => {
    const root = folder();
    put(root, 'broken.json', text);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    const { stored, rejected, total } = statusOf(db).records;
    expect(total).toBe(stored + rejected);
    expect(rejected).toBe(1);
    expect(query(db, 'SELECT eventid FROM event').map(row => row.eventid)).toEqual(
      expect.arrayContaining([a, c].map(r => (JSON.parse(r!) as { eventID: string }).eventID)),
    );
    expect(query(db, 'SELECT damage IS NOT NULL AS damaged FROM file')).toEqual([{ damaged: 1 }]);
  });

  it('bytes that are not UTF-8 are replaced and the file is marked', () => {
    const root = folder();
    const bytes = Buffer.from(trail([record({ userAgent: 'caf\u00e9' })]), 'latin1');
    put(root, 'latin1.json', bytes);
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(query(db, 'SELECT useragent FROM cloudtrail_logs')).toEqual([{ useragent: 'caf\ufffd' }]);
  });
});

describe('hostile sizes are bounded', () => {
  it('a record longer than the limit is rejected, the ones around it are stored', () => {
    const root = folder();
    const long = record({ requestParameters: { key: 'x'.repeat(3 << 20) } });
    put(root, 'long.json.gz', trailGz([record(), long, record()]));
    const { db, code } = ingestInto([root], ['--max-record-mb', '1']);
    expect(code).toBe(1);
    expect(statusOf(db).records).toMatchObject({ total: 3, stored: 2, rejected: 1 });
    const [row] = query(db, 'SELECT reason, raw_bytes, length(raw) AS kept FROM rejected');
    expect(row!.reason).toBe('longer than the limit of 1048576 bytes for one record');
    expect(row!.raw_bytes).toBeGreaterThan(3 << 20);
    expect(row!.kept).toBe(1 << 20);
  });

  it('a record of 100 MB passes by in bounded memory', () => {
    const root = folder();
    const big = JSON.stringify(record({ requestParameters: { key: 'PLACE' } })).replace(
      'PLACE',
      'y'.repeat(100 << 20),
    );
    put(
      root,
      'big.json.gz',
      gzipSync(`{"Records":[${JSON.stringify(record())},${big},${JSON.stringify(record())}]}`, { level: 1 }),
    );
    const { db, code } = ingestInto([root]);
    expect(code).toBe(1);
    expect(statusOf(db).records).toMatchObject({ total: 3, stored: 2, rejected: 1 });
  });

  it('a gzip bomb stops at the limit for a file', () => {
    const root = folder();
    const blanks = gzipSync(Buffer.alloc(64 << 20, ' '), { level: 1 });
    put(
      root,
      'bomb.json.gz',
      Buffer.concat([gzipSync('{"Records":['), ...Array.from({ length: 4 }, () => blanks)]),
    );
    const { code, db } = ingestInto([root], ['--max-file-gb', '0.1']);
    expect(code).toBe(1);
    expect(query(db, 'SELECT damage FROM file')[0]!.damage).toMatch(
      /^inflates to more than the limit of \d+ bytes$/,
    );
  });

  it('JSON nested without end is rejected, not followed', () => {
    const root = folder();
    put(
      root,
      'deep.json',
      `{"Records":[{"eventVersion":"1.08","eventName":"X","requestParameters":${'['.repeat(100_000)}`,
    );
    const { code, db } = ingestInto([root]);
    expect(code).toBe(1);
    expect(statusOf(db).records).toMatchObject({ stored: 0, rejected: 1 });
  });
});

describe('things that are no readable files are reported and passed over', () => {
  it('links that lead in circles or nowhere, sockets and pipes', async () => {
    const root = folder();
    put(root, 'sub/a.json', trail(records(2)));
    symlinkSync(root, join(root, 'sub', 'loop'));
    symlinkSync('self', join(root, 'self'));
    symlinkSync('/nowhere/at/all', join(root, 'dangling'));
    spawnSync('mkfifo', [join(root, 'pipe.json')]);
    const server = createServer().listen(join(root, 'socket.json'));
    await new Promise(resolve => server.once('listening', resolve));
    const { code, stderr, db } = ingestInto([root]);
    server.close();
    expect(code).toBe(1);
    for (const [name, reason] of [
      ['sub/loop', 'a link that leads back to a folder above it'],
      ['self', 'a link that leads to itself'],
      ['dangling', 'a link to nothing'],
      ['pipe.json', 'a named pipe, not a file'],
      ['socket.json', 'a socket, not a file'],
    ]) {
      expect(stderr).toContain(`${name}: ${reason}`);
    }
    expect(statusOf(db).records.stored).toBe(2);
  });

  it('are known afterwards: status lists them, and verify and coverage say that there are some', () => {
    const root = folder();
    put(root, 'sub/a.json', trail(records(2)));
    const db = join(folder(), 'test.db');
    const run = (verb: string, ...args: string[]) => offtrail([verb, ...args, '--db', db]);
    const NOTE = /^the last ingest passed over 2 paths: offtrail status --failed lists/m;
    run('ingest', root);
    for (const verb of ['verify', 'coverage']) expect(run(verb).stderr).not.toContain('passed over');
    symlinkSync('/nowhere/at/all', join(root, 'dangling\u001b[31m'));
    spawnSync('mkfifo', [join(root, 'pipe.json')]);
    run('ingest', root);
    for (const verb of ['verify', 'coverage']) {
      expect(run(verb).stderr).toMatch(NOTE);
      expect(run(verb, '--quiet').stderr).toMatch(NOTE);
    }
    expect(run('status').stdout).toContain(
      '2 paths were passed over by the last ingest: offtrail status --failed',
    );
    const failed = run('status', '--failed').stdout;
    expect(failed).toMatch(/^passed over {2}a link to nothing .*dangling\\u\{1b\}\[31m$/m);
    expect(failed).toMatch(/^passed over {2}a named pipe, not a file .*pipe\.json$/m);
    const { passedOver } = JSON.parse(run('status', '--format', 'json').stdout) as { passedOver: unknown[] };
    expect(passedOver).toEqual([
      { path: join(root, 'dangling\u001b[31m'), reason: 'a link to nothing' },
      { path: join(root, 'pipe.json'), reason: 'a named pipe, not a file' },
    ]);
    rmSync(join(root, 'pipe.json'));
    rmSync(join(root, 'dangling\u001b[31m'));
    run('ingest', root);
    expect(run('status', '--failed').stdout).not.toContain('passed over');
    expect(run('verify').stderr).not.toContain('passed over');
  });

  it('a folder reached by a link is read once', () => {
    const root = folder();
    const other = folder();
    put(root, 'a.json', trail(records(1)));
    put(other, 'b.json', trail(records(1)));
    symlinkSync(other, join(root, 'link1'));
    symlinkSync(other, join(root, 'link2'));
    const { stderr, code } = ingestInto([root]);
    expect(stderr).toContain('2 files = 2 indexed');
    expect(code).toBe(0);
  });

  it('a name that is not UTF-8', () => {
    const root = folder();
    const made = spawnSync('sh', ['-c', `printf '{}' > "$(printf '%s/bad\\377.json' "$1")"`, 'sh', root]);
    expect(made.status).toBe(0);
    put(root, 'good.json', trail(records(1)));
    const { code, stderr, db } = ingestInto([root]);
    expect(code).toBe(1);
    expect(stderr).toContain('a name that is not UTF-8: rename the file');
    expect(statusOf(db).records.stored).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)(
    'files and folders without permission (skipped for root, who may read everything)',
    () => {
      const root = folder();
      chmodSync(put(root, 'secret.json', trail(records(1))), 0);
      mkdirSync(join(root, 'closed'));
      chmodSync(join(root, 'closed'), 0);
      const { code, stderr } = ingestInto([root]);
      chmodSync(join(root, 'closed'), 0o700);
      expect(code).toBe(1);
      expect(stderr).toContain('permission denied');
    },
  );

  it('an argument that names nothing ends the run with 2', () => {
    const { code, stderr } = ingestInto(['/no/such/folder']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no file or folder "/no/such/folder"');
  });
});

describe('files larger than the memory meant for one', () => {
  it('pass through in pieces, with the same result', () => {
    const root = folder();
    const list = records(40_000);
    put(root, 'large.json', `{"Records":[${list.map(r => JSON.stringify(r)).join(',')}]}`);
    put(
      root,
      'large-lines.json.gz',
      gzipSync(
        list.map(r => JSON.stringify({ ...r, eventID: `again-${r.eventID as string}` }, null, 1)).join('\n'),
      ),
    );
    const { db, code } = ingestInto([root]);
    expect(code).toBe(0);
    expect(statusOf(db).records).toMatchObject({ total: 80_000, stored: 80_000 });
    expect(count(db, 'SELECT count(DISTINCT eventid) FROM event')).toBe(80_000);
  });

  it('give what stands before the cut when they are truncated', () => {
    const root = folder();
    const path = join(root, 'large.json.gz');
    writeFileSync(
      path,
      gzipSync(
        JSON.stringify({ Records: Array.from({ length: 60_000 }, () => record({ pad: noisy(512) })) }),
        { level: 1 },
      ),
    );
    truncateSync(path, 8 << 20);
    const { db, code } = ingestInto([path]);
    expect(code).toBe(1);
    const { stored, rejected } = statusOf(db).records;
    expect(stored).toBeGreaterThan(5_000);
    expect(stored).toBeLessThan(60_000);
    expect(rejected).toBe(1);
  });
});
