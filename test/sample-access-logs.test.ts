/** The access logs of sample-logs: made by their script, and with an answer for every example of the help. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleAccessLogs } from '../scripts/sample-access-logs.js';
import { VERBS } from '../src/commands/verbs.js';
import { CLI, count, filesBelow, offtrail, query, SAMPLES, sampleIndex } from './support.js';

let db: string;
beforeAll(() => {
  db = sampleIndex();
});

it('are what scripts/sample-access-logs.ts makes of the CloudTrail files beside them', () => {
  const made = sampleAccessLogs(SAMPLES);
  const paths = filesBelow(join(SAMPLES, 'access-logs')).map(path => relative(SAMPLES, path));
  expect([...made.keys()].sort()).toEqual(paths);
  for (const [path, bytes] of made) expect(readFileSync(join(SAMPLES, path)).equals(bytes)).toBe(true);
});

const EXAMPLES = VERBS.filter(({ name }) =>
  ['s3-access', 'key-usage', 'metrics', 'show'].includes(name),
).flatMap(({ examples }) => (examples ?? []).map(([line]) => line));

describe('every example of the help finds something in them', () => {
  it('of four commands', () => {
    expect(EXAMPLES.length).toBeGreaterThan(9);
  });
  it.each(EXAMPLES.filter(line => !line.includes('--raw')))('%s', line => {
    const shell = `offtrail() { "${process.execPath}" "${CLI}" "$@"; }; ${line}`;
    const ran = spawnSync('sh', ['-c', shell], {
      encoding: 'utf8',
      env: { ...process.env, OFFTRAIL_DB: db },
    });
    // 1: the alarm holds.
    expect(ran.status).toBe(line.includes('--alarm') ? 1 : 0);
    expect(ran.stdout.split('\n').length).toBeGreaterThan(2);
    expect(ran.stderr).not.toContain('no requests');
  });
});

describe('what they tell', () => {
  const rows = (...args: string[]): Array<Record<string, string>> =>
    JSON.parse(offtrail([...args, '--db', db, '--format', 'json']).stdout) as Array<Record<string, string>>;

  it('the requests of my-bucket are on both sides, and one differs: its reader hung up', () => {
    const seen = query(db, 'SELECT seen, count(*) AS n FROM s3_requests GROUP BY 1 ORDER BY 1');
    expect(seen.find(row => row.seen === 'both')!.n).toBeGreaterThan(90);
    expect(
      query(
        db,
        `SELECT requestid, bytessent, bytestransferredout FROM s3_requests
          WHERE is_bytes_different OR is_status_different OR is_requester_different`,
      ),
    ).toEqual([{ requestid: '764396BAF9DDDC58', bytessent: 1_048_576, bytestransferredout: 2_329_610 }]);
  });

  it('a stranger lists the bucket and downloads photos, and may do no more', () => {
    const found = rows(
      's3-access',
      'anonymous',
      '--ip',
      '203.0.113.77',
      '--to',
      '2019-07-06',
      '--bucket',
      'my-bucket',
    );
    const calls = found.map(row => `${row.operation} ${row.httpstatus}`);
    expect(new Set(calls)).toEqual(
      new Set([
        'REST.GET.BUCKET 200',
        'REST.GET.ACL 403',
        'REST.GET.OBJECT 200',
        'REST.GET.OBJECT 403',
        'REST.PUT.OBJECT 403',
      ]),
    );
  });

  it('a presigned URL is fetched from many addresses until it expires', () => {
    expect(
      count(
        db,
        `SELECT count(DISTINCT remoteip) FROM s3_access_logs
          WHERE is_presigned AND httpstatus = '200' AND objectkey = 'exports/daily/customers.csv'`,
      ),
    ).toBeGreaterThan(40);
    expect(
      count(
        db,
        `SELECT count(*) FROM s3_access_logs WHERE is_presigned AND httpstatus = '403' AND eventtime < '2019-07-07'`,
      ),
    ).toBe(0);
  });

  it.each([
    ['lifecycle', 14],
    ['server-errors', 12],
  ])('%s: %i lines', (search, lines) => {
    expect(rows('s3-access', search)).toHaveLength(lines);
  });

  it('the forgotten key of ana is used by the instance whose role has the same address', () => {
    const { stdout } = offtrail([
      ...['key-usage', 'arn:aws:iam::111122223333:user/ana', '--last-used', '2019-07-05T14:02Z'],
      ...['--service', 's3', '--region', 'us-east-1', '--db', db, '--format', 'json'],
    ]);
    const usage = JSON.parse(stdout) as {
      lastUsed: { candidates: Array<{ fit: string; address: string }> };
      addresses: Array<{ instance?: string }>;
    };
    const certain = usage.lastUsed.candidates.filter(({ fit }) => fit === 'certain');
    expect(certain.map(({ address }) => address)).toEqual([
      '198.51.100.24',
      '198.51.100.24',
      '198.51.100.24',
    ]);
    expect(JSON.stringify(usage.addresses)).toContain('i-0abc1234def567890');
  });
});
