import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENA_FIELDS } from '../src/cloudtrail/fields.js';
import { count, folder, offtrail, query, sampleIndex } from './support.js';

let db: string;
beforeAll(() => {
  db = sampleIndex();
});

describe('offtrail sql', () => {
  it('answers a SELECT', () => {
    expect(
      query(
        db,
        "SELECT eventname, count(*) AS n FROM cloudtrail_logs WHERE useridentity_type = 'AWSAccount' GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([
      { eventname: 'GetObject', n: 4 },
      { eventname: 'ListKeys', n: 1 },
    ]);
  });

  it('keeps whole numbers beyond a double exact', () => {
    expect(
      offtrail([
        'sql',
        '--dialect',
        'sqlite',
        'SELECT 9007199254740993 AS n',
        '--db',
        db,
        '--format',
        'jsonl',
      ]).stdout,
    ).toBe('{"n":9007199254740993}\n');
  });

  const outside = join(folder(), 'outside.db');
  it.each([
    'DELETE FROM event',
    'WITH x AS (SELECT 1) DELETE FROM event',
    "INSERT INTO kind (template) VALUES ('x')",
    'DROP VIEW cloudtrail_logs',
    `ATTACH '${outside}' AS other`,
    `VACUUM INTO '${outside}'`,
    'PRAGMA query_only = 0',
    'PRAGMA writable_schema = 1',
    'SELECT 1; DELETE FROM event',
    "SELECT load_extension('/tmp/x.so')",
    "SELECT writefile('/tmp/x', 'y')",
    '-- SELECT\nDELETE FROM event',
    'BEGIN',
    '',
  ])('refuses %j and changes nothing', statement => {
    const before = readFileSync(db);
    const ran = offtrail(['sql', '--dialect', 'sqlite', statement, '--db', db]);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(readFileSync(db).equals(before)).toBe(true);
    expect(existsSync(outside)).toBe(false);
  });

  it('names the mistake in a statement', () => {
    expect(
      offtrail(['sql', '--dialect', 'sqlite', 'SELECT nosuch FROM cloudtrail_logs', '--db', db]).stderr,
    ).toContain('no such column: nosuch');
  });
});

/** Programs that read SQLite files and are not ours: they must see the view as documented. */
const CLIENTS: Array<[name: string, run: (statement: string) => { status: number | null; stdout: string }]> =
  [
    [
      'sqlite3',
      statement => spawnSync('sqlite3', ['-batch', '-readonly', db, statement], { encoding: 'utf8' }),
    ],
    [
      'python3',
      statement =>
        spawnSync(
          'python3',
          [
            '-c',
            'import sqlite3, sys\nfor r in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print("|".join("" if c is None else str(c) for c in r))',
            db,
            statement,
          ],
          { encoding: 'utf8' },
        ),
    ],
  ];

describe.each(CLIENTS)('cloudtrail_logs in %s', (name, run) => {
  const there = spawnSync(name, ['--version']).status === 0;
  it.skipIf(!there)(`has exactly Athena's columns in order, then ours (skipped without ${name})`, () => {
    const { stdout } = run("SELECT name FROM pragma_table_info('cloudtrail_logs')");
    const columns = stdout.trim().split('\n');
    expect(columns.slice(0, 29)).toEqual(ATHENA_FIELDS.map(f => f.column));
    expect(columns.slice(0, 29).join(' ')).toBe(
      'eventversion useridentity eventtime eventsource eventname awsregion sourceipaddress useragent errorcode errormessage requestparameters responseelements additionaleventdata requestid eventid resources eventtype apiversion readonly recipientaccountid serviceeventdetails sharedeventid vpcendpointid vpcendpointaccountid eventcategory addendum sessioncredentialfromconsole edgedevicedetails tlsdetails',
    );
    expect(columns.slice(29, 35)).toEqual(['account', 'region', 'year', 'month', 'day', 'timestamp']);
  });

  it.skipIf(!there)('reads every row', () => {
    const { stdout, status } = run(
      'SELECT count(*), count(requestparameters), count(file_path) FROM (SELECT * FROM cloudtrail_logs)',
    );
    expect(status).toBe(0);
    const [rows, , paths] = stdout.trim().split('|').map(Number);
    expect(rows).toBe(count(db, 'SELECT count(*) FROM event'));
    expect(paths).toBe(rows);
  });

  it.skipIf(!there)('uses an index for a time range', () => {
    const { stdout } = run(
      "EXPLAIN QUERY PLAN SELECT eventname FROM cloudtrail_logs WHERE eventtime BETWEEN '2019-07-05T00:00:00Z' AND '2019-07-06T00:00:00Z'",
    );
    expect(stdout).toMatch(/e USING INDEX event_/);
  });
});

it('an index is one file, with nothing beside it, when the ingest is done', () => {
  expect(existsSync(`${db}-wal`)).toBe(false);
  expect(existsSync(`${db}-shm`)).toBe(false);
  expect(existsSync(`${db}-ingest`)).toBe(false);
});
