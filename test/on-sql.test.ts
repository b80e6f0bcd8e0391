import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changingWord, parameters, tokensOf } from '../src/engine/dialect.js';
import { edited } from '../src/engine/edited.js';
import { parseExact } from '../src/engine/exact-json.js';
import { FORMATS, type Format, render, renderOverTime } from '../src/output/rows.js';
import { partsOf } from '../src/query/sql/parse/parts.js';
import { CLI, folder, type Ran, ROOT, sampleIndex } from './support.js';
import { type Reply, replay, type Seen, serve } from './trino-server.js';

/** Runs the real command while servers of this process answer it. */
function offtrail(
  args: readonly string[],
  {
    env = {},
    onStderr,
  }: { env?: NodeJS.ProcessEnv; onStderr?: (text: string, kill: () => void) => void } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: ROOT, OFFTRAIL_ON: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    out.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    out.stderr += chunk.toString();
  });
  onStderr?.('', () => child.kill('SIGINT'));
  return new Promise(resolve => child.on('close', code => resolve({ code, ...out })));
}

const sqlOn = (port: number, ...more: string[]): string[] => [
  'sql',
  '--on',
  `trino://ana@127.0.0.1:${port}`,
  ...more,
];

/** A server that gives one row, `n` = 1, to every statement. */
const one = (more: object = {}): Promise<{ port: number; seen: Seen[] }> =>
  serve(() => ({
    body: {
      id: 'q1',
      columns: [
        { name: 'n', type: 'bigint' },
        { name: 'list', type: 'array(row(arn varchar))' },
      ],
      data: [[1, [['a'], null]]],
      stats: { state: 'FINISHED', processedRows: 10, physicalInputBytes: 2_500_000, elapsedTimeMillis: 1500 },
      ...more,
    },
  }));

describe('offtrail sql --on', () => {
  it('prints in each format what an index would print, and says on stderr what was read', async () => {
    const { port } = await one();
    const ran = await offtrail(sqlOn(port, 'SELECT 1'));
    expect(ran).toMatchObject({ code: 0, stdout: 'n  list\n1  [{arn=a}, null]\n' });
    expect(ran.stderr).toBe('Trino read 2.5 MB, 10 rows, 1.5 s (query q1)\n');
    expect((await offtrail(sqlOn(port, 'SELECT 1', '--format', 'jsonl', '-q'))).stdout).toBe(
      '{"n":1,"list":[{"arn":"a"},null]}\n',
    );
    expect(await offtrail(sqlOn(port, 'SELECT 1', '--format', 'csv', '-q'))).toMatchObject({
      stdout: '"n","list"\r\n"1","[{arn=a}, null]"\r\n',
      stderr: '',
    });
  });

  it('sends several statements one by one, values written into them, and none that changes something', async () => {
    const { port, seen } = await one();
    const { code } = await offtrail(
      sqlOn(port, "SELECT ';', 1.5 WHERE n = ?; SELECT 2;", '--param', "it's", '-q', '--format', 'csv'),
    );
    expect(code).toBe(0);
    expect(seen.map(({ body }) => body)).toEqual(["SELECT ';', 1.5e0 WHERE n = 'it''s'", 'SELECT 2']);
    seen.length = 0;
    // As on an index, a value is that of the next `?` of the text, whichever statement it is in.
    const two = 'SELECT ? AS a, ?; PREPARE p FROM SELECT ?; SELECT 3, ?';
    await offtrail(sqlOn(port, two, '--param', 'a', '--param', 'b', '--param', 'd', '--allow-changes'));
    expect(seen.map(({ body }) => body)).toEqual([
      "SELECT 'a' AS a, 'b'",
      'PREPARE p FROM SELECT ?',
      "SELECT 3, 'd'",
    ]);
    seen.length = 0;
    const short = await offtrail(sqlOn(port, two, '--param', '1', '--param', 'b', '--allow-changes'));
    expect(short).toMatchObject({ code: 2, stdout: '' });
    expect(short.stderr).toContain('2 values are given, and the statements have 3 ? or more');
    expect(seen).toEqual([]);
    const refused = await offtrail(sqlOn(port, 'SELECT 1; DROP TABLE t'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('DROP would change something at the engine');
    expect(seen).toEqual([]);
    await offtrail(sqlOn(port, 'DROP TABLE t', '--allow-changes'));
    expect(seen.map(({ body }) => body)).toEqual(['DROP TABLE t']);
  });

  it('shows an error with the engine’s name, and a caret under its place in the text as it was written', async () => {
    const { port } = await replay();
    const text = 'SELECT 1 AS one WHERE FALSE;\nSELECT 1.25,\n  .5, nocolumn FROM (VALUES 1)';
    const { code, stderr } = await offtrail(sqlOn(port, text));
    expect(code).toBe(2);
    expect(stderr).toContain('    .5, nocolumn FROM (VALUES 1)\n        ^\n');
    expect(stderr).toContain("COLUMN_NOT_FOUND: line 3:7: Column 'nocolumn' cannot be resolved");
    expect(stderr).toContain('no rows; an engine does not know which logs are missing');
  });

  it('shows nothing of an engine’s text that a terminal would obey', async () => {
    const evil = '\u001b]0;x\u0007\u202e';
    const { port } = await one({
      error: { errorName: 'E', message: `bad ${evil}` },
      warnings: [{ message: evil }],
    });
    const { stderr } = await offtrail(sqlOn(port, 'SELECT 1'));
    expect(stderr).toContain('E: bad ');
    for (const character of evil) if (!/[\]0;x]/.test(character)) expect(stderr).not.toContain(character);
  });

  it('is stopped by Ctrl-C: the engine is told, and the exit code is 2', async () => {
    let kill = (): void => undefined;
    const { port, seen } = await serve(async ({ method }, count): Promise<Reply> => {
      if (method === 'DELETE') return { status: 204 };
      if (count === 3) kill();
      await new Promise(resolve => setTimeout(resolve, 20));
      return { body: { id: 'q', nextUri: `{origin}/next/${count}`, stats: { state: 'RUNNING' } } };
    });
    const { code, stderr } = await offtrail(sqlOn(port, 'SELECT 1'), {
      onStderr: (_, end) => {
        kill = end;
      },
    });
    expect(code).toBe(2);
    expect(stderr).toBe('offtrail: stopped; the engine was told so\n');
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  it('is stopped by --timeout in the same way', async () => {
    const { port, seen } = await serve(({ method }, count) =>
      method === 'DELETE'
        ? { status: 204 }
        : { body: { id: 'q', nextUri: `{origin}/next/${count}`, stats: { state: 'RUNNING' } } },
    );
    const { code, stderr } = await offtrail(sqlOn(port, 'SELECT 1', '--timeout', '0.5'));
    expect(code).toBe(2);
    expect(stderr).toContain('it took more than 0.5 seconds (--timeout)');
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  it('sends a password of the environment, and shows it nowhere', async () => {
    const { port, seen } = await serve(() => ({ status: 401, body: 'no' }));
    const ran = await offtrail(sqlOn(port, 'SELECT 1'), { env: { OFFTRAIL_TRINO_PASSWORD: 'hunter2' } });
    expect(seen[0]!.headers.authorization).toBe(`Basic ${Buffer.from('ana:hunter2').toString('base64')}`);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('asks the engine that OFFTRAIL_ON names unless --db names an index; what belongs to one alone is refused', async () => {
    const { port, seen } = await one();
    const env = { OFFTRAIL_ON: `trino://127.0.0.1:${port}` };
    const db = sampleIndex();
    const count = 'SELECT count(*) AS c FROM t';
    expect((await offtrail(['sql', count, '--db', db, '--format', 'csv'], { env })).stdout).toMatch(
      /^"c"\r\n"\d{3}"/,
    );
    expect(seen).toHaveLength(0);
    await offtrail(['sql', count], { env });
    expect(seen).toHaveLength(1);
    for (const more of [
      ['--db', db],
      ['--now', '2024-01-01'],
      ['--memory', '100'],
      ['--dialect', 'sqlite'],
    ])
      expect(await offtrail(sqlOn(port, 'SELECT 1', ...more))).toMatchObject({ code: 2 });
    expect(seen).toHaveLength(1);
  });
});

describe('A question --on', () => {
  it('of a table without CloudTrail’s columns says which are missing', async () => {
    const { port } = await serve(() => ({
      body: {
        id: 'q',
        columns: [
          { name: 'column_name', type: 'varchar' },
          { name: 'data_type', type: 'varchar' },
        ],
        data: [['eventtime', 'varchar']],
      },
    }));
    const ran = await offtrail(['top', 'service', '--on', `trino://127.0.0.1:${port}/hive/ct/t`]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('it has not the columns of CloudTrail’s table: eventsource, eventname,');
  });

  it('finds the table by names as literals, whatever stands in them', async () => {
    const { port, seen } = await serve(() => ({
      body: {
        id: 'q',
        columns: [
          { name: 'a', type: 'varchar' },
          { name: 'b', type: 'varchar' },
        ],
        data: [],
      },
    }));
    const ran = await offtrail(['events', '--on', `trino://127.0.0.1:${port}/hi"ve/c't/T`]);
    expect(ran.stderr).toContain('there is no such table');
    expect(seen[0]!.body).toContain(`FROM "hi""ve".information_schema.columns`);
    expect(seen[0]!.body).toContain("table_schema = 'c''t' AND table_name = 't'");
  });
});

describe('Statements on their way', () => {
  it('are split at semicolons that stand in nothing', () => {
    const text = `SELECT ';' -- ;\n; ;SELECT "a;b" /* ; */`;
    expect(partsOf(text).map(({ at, end }) => text.slice(at, end))).toEqual([`SELECT ';'`, 'SELECT "a;b"']);
  });

  const withValue = (value: string): string => {
    const text = 'SELECT ? FROM t';
    return edited(text, parameters(tokensOf(text), [value])).text;
  };
  it.each([
    ['5', 'SELECT (5\n) FROM t'],
    ["DATE '2024-01-01'", "SELECT (DATE '2024-01-01'\n) FROM t"],
    ['5 -- x', 'SELECT (5 -- x\n) FROM t'],
    ['GetObject', "SELECT 'GetObject' FROM t"],
    ["' OR 1=1 --", "SELECT ''' OR 1=1 --' FROM t"],
    ['1) OR (1=1', "SELECT '1) OR (1=1' FROM t"],
    ['1; DROP TABLE t', "SELECT '1; DROP TABLE t' FROM t"],
    ['(SELECT secret FROM x)', "SELECT '(SELECT secret FROM x)' FROM t"],
    ['1 FROM x', "SELECT '1 FROM x' FROM t"],
    ['1 UNION SELECT 2', "SELECT '1 UNION SELECT 2' FROM t"],
    ['1 LIMIT 1', "SELECT '1 LIMIT 1' FROM t"],
    ['1 /* ', "SELECT '1 /* ' FROM t"],
    ['1] WHERE ARRAY[true', "SELECT '1] WHERE ARRAY[true' FROM t"],
    ['1, 2', "SELECT '1, 2' FROM t"],
    ['ARRAY[1, 2]', 'SELECT (ARRAY[1, 2]\n) FROM t'],
    ['1 WHERE true', "SELECT '1 WHERE true' FROM t"],
    ['DISTINCT 1', "SELECT 'DISTINCT 1' FROM t"],
    ['', "SELECT '' FROM t"],
  ])('a value %j is an expression alone or a text, and never more', (value, sent) => {
    expect(withValue(value)).toBe(sent);
  });

  it.each([
    ['SELECT 1', undefined],
    ['(SELECT 1)', undefined],
    ['WITH a AS (SELECT 1) SELECT * FROM a', undefined],
    ["SET SESSION a = '1'", undefined],
    ['EXPLAIN (TYPE IO) SELECT 1', undefined],
    ['INSERT INTO t VALUES 1', 'INSERT'],
    ['EXPLAIN ANALYZE DELETE FROM t', 'DELETE'],
    ['EXPLAIN ANALYZE VERBOSE (TYPE IO) UPDATE t SET a = 1', 'UPDATE'],
    ['PREPARE p FROM DROP TABLE t', 'DROP'],
    ["EXECUTE IMMEDIATE 'CREATE TABLE t (a int)'", 'CREATE'],
    ["UNLOAD (SELECT 1) TO 's3://x' WITH (format = 'CSV')", 'UNLOAD'],
    ['CALL system.drop()', 'CALL'],
    ['SET AUTHORIZATION x', 'SET'],
    ['MSCK REPAIR TABLE t', 'MSCK'],
  ])('%s changes something by %s', (sql, word) => {
    expect(changingWord(tokensOf(sql))).toBe(word);
  });

  it('of edits every place leads back to where it was written', () => {
    const { text, before: placeOf } = edited('a ? b\n? c', [
      { at: 2, end: 3, text: '(1\n)' },
      { at: 6, end: 7, text: 'xyz' },
    ]);
    expect(text).toBe('a (1\n) b\nxyz c');
    expect(placeOf({ line: 1, column: 1 })).toEqual({ line: 1, column: 1 });
    expect(placeOf({ line: 2, column: 1 })).toEqual({ line: 1, column: 3 });
    expect(placeOf({ line: 2, column: 3 })).toEqual({ line: 1, column: 5 });
    expect(placeOf({ line: 3, column: 5 })).toEqual({ line: 2, column: 3 });
    expect(placeOf({ line: 99, column: 99 })).toEqual({ line: 2, column: 4 });
  });
});

it('JSON with long numbers is exact, and texts with digits stay as they are', () => {
  const long = '9'.repeat(30);
  expect(
    parseExact(`{"a":[-${long},1.${long},1${'0'.repeat(20)}e5],"b":"${long}\\\\\\" ${long}","${long}":1}`),
  ).toEqual({
    a: [`-${long}`, 2, 1e25],
    b: `${long}\\" ${long}`,
    [long]: 1,
  });
  expect(() => parseExact(`{"a": ${long}`)).toThrow(SyntaxError);
});

describe('Rows that come over time', () => {
  const columns = ['n', 'text'];
  const many = Array.from({ length: 1201 }, (_, i) => [
    i,
    i % 7 === 0 ? null : `value ${'x'.repeat(i % 90)}`,
  ]);
  async function* over(rows: typeof many) {
    for (const row of rows) yield row;
  }
  it.each(
    FORMATS.flatMap(format => [0, 1, 499, 500, 501, 1201].map((count): [Format, number] => [format, count])),
  )('are printed as %s like those that are all there: %i rows', async (format, count) => {
    for (const width of [undefined, 40]) {
      const options = { format, columns, width, terminal: false };
      const whole = [...(await render({ ...options, rows: many.slice(0, count) }))].join('');
      let parts = '';
      for await (const piece of renderOverTime({ ...options, rows: over(many.slice(0, count)) }))
        parts += piece;
      expect(parts).toBe(whole);
    }
  });
});

it('--db @name is an index of the profile, and an unknown name is an error', async () => {
  const config = folder();
  const { mkdirSync, writeFileSync } = await import('node:fs');
  mkdirSync(join(config, 'offtrail'));
  writeFileSync(
    join(config, 'offtrail', 'offtrail.toml'),
    `[indexes]\ncase1 = ${JSON.stringify(sampleIndex())}\n`,
  );
  const env = { XDG_CONFIG_HOME: config };
  const ran = await offtrail(['top', 'service', '--db', '@case1', '--limit', '1'], { env });
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('s3.amazonaws.com') });
  const unknown = await offtrail(['top', 'service', '--db', '@case2'], { env });
  expect(unknown.stderr).toContain('no index is named case2; did you mean case1?');
});
