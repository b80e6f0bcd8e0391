/** What output looks like on terminals, in spreadsheets and to programs. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../src/output/cell.js';
import { FORMATS, render } from '../src/output/rows.js';
import { displayWidth } from '../src/output/width.js';
import { printableSql } from '../src/query/filter/sql-text.js';
import { CLI, folder, ingestInto, offtrail, put, record, type TestRecord, trail } from './support.js';
import { hasPython, onTerminal } from './terminal.js';

type RenderOptions = Parameters<typeof render>[0];
const rendered = async (options: Partial<RenderOptions> & Pick<RenderOptions, 'columns' | 'rows'>) =>
  [...(await render({ format: 'table', terminal: false, ...options }))].join('');

const SIGNS = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const BEFORE = [
  ...['', ' ', '\u00a0', '\u0000', '\u0001', '\u001b', '\u200b', '\u2060', '\ufeff', '\u202e', '\u00ad'],
  ...['\t', '\n', '\r', '\r\n', ';', '"', ';"', '; ', '\n\u200b', '\n \u202a"', '\u2028', '\u000b'],
];
const FORMULAS = BEFORE.flatMap(before =>
  SIGNS.flatMap(sign => [
    `${before}${sign}1+1`,
    ...(/[\t\n\r;\u2028\v]/.test(before) ? [`text${before}${sign}1+1`, `a${before}b${before}${sign}1`] : []),
  ]),
);
/** What a spreadsheet may take for cells of their own, without what it may pass over. */
const cellsOf = (text: string): string[] =>
  text.split(/[\n\r\v\f\u0085\u2028\u2029;\t]/).map(cell => cell.replace(/^[\p{C}\p{Z}\p{M}"]+/u, ''));

describe('CSV', () => {
  let db: string;
  beforeAll(() => {
    const root = folder();
    const made = FORMULAS.map(userName => record({ userIdentity: { type: 'IAMUser', userName } }));
    put(root, 'a.json', trail(made));
    db = ingestInto([root]).db;
  });

  it.each(['csv', 'console-csv'])(
    'gives another reader the same cells, and no spreadsheet a formula: %s',
    async format => {
      const columns = format === 'csv' ? ['--columns', 'username', 'eventID'] : [];
      const ran = offtrail(['events', '--db', db, '--format', format, ...columns]);
      const file = join(folder(), 'out.csv');
      writeFileSync(file, ran.stdout);
      const connection = await (await DuckDBInstance.create()).connect();
      const reader = await connection.runAndReadAll(
        `SELECT column0 FROM read_csv('${file}', all_varchar = true, header = false, skip = 0, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', nullstr = '\\N', auto_detect = false, columns = {${ran.stdout
          .split('\r\n')[0]!
          .split(',')
          .map((_, i) => `column${i}: 'VARCHAR'`)
          .join(', ')}})`,
      );
      const values = reader
        .getRows()
        .slice(1)
        .map(row => String(row[0]));
      connection.closeSync();
      expect(values).toHaveLength(FORMULAS.length);
      // The documented guard is an apostrophe; none of the values has one of its own.
      expect(values.map(value => value.replaceAll("'", '')).sort()).toEqual([...FORMULAS].sort());
      for (const value of values)
        for (const cell of cellsOf(value)) expect(cell).not.toMatch(/^[=+\-@＝＋－＠]/);
      // The lines as a program sees them that knows nothing of quotes.
      for (const cell of cellsOf(ran.stdout.replaceAll(',', ';'))) expect(cell).not.toMatch(/^[=+@＝＋－＠]/);
    },
  );

  it('guards the names of columns, leaves numbers, and hides nothing on a terminal', async () => {
    const ran = offtrail([
      'sql',
      '--dialect',
      'sqlite',
      `SELECT -1 AS "=x", '-1' AS b`,
      '--db',
      db,
      '--format',
      'csv',
    ]);
    expect(ran.stdout).toBe("'=x,b\r\n-1,'-1\r\n");
    const options = { format: 'csv' as const, columns: ['\u001b[2Jx'], rows: [['a\u202eb\nc']] };
    expect(await rendered({ ...options, terminal: true })).toBe('\\u{1b}[2Jx\r\na\\u{202e}b\\nc\r\n');
  });
});

describe('a table on a terminal', () => {
  const columns = [
    'eventTime',
    'eventName',
    'eventSource',
    'sourceIPAddress',
    'userArn',
    'object',
    'eventID',
  ];
  const row = (i: number, day = '01'): Cell[] => [
    `2024-03-${day}T00:00:0${i}Z`,
    'GetObject',
    's3.amazonaws.com',
    i === 1 ? '2001:db8:85a3:8d3:1319:8a2e:370:7348' : `203.0.113.${i}`,
    'arn:aws:sts::111122223333:assumed-role/a-role-with-a-long-name/session-of-somebody',
    `private/2024/03/01/some/folder/with/日本語/salaries-${i}.xlsx`,
    `4e618bc4-a0fd-40e5-a878-945aa9b2fb0${i}`,
  ];
  it.each([20, 40, 80, 100, 120, 160])('never wraps at a width of %d', async width => {
    const all = await rendered({ columns, rows: [row(0), row(1), row(2)], width, terminal: true });
    for (const line of all.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(all.trimEnd().split('\n')).toHaveLength(5);
    if (width < 80) return;
    expect(all).toContain('all on 2024-03-01, UTC');
    expect(all).toMatch(/00:00:01Z {2}.*2001:db8:85a3:8d3:1319:8a2e:370:7348/);
    expect(all).toMatch(/s3 |GetObject {2}2001/);
  });

  it('keeps the end of keys, and says what it left out', async () => {
    const leftOut: string[] = [];
    const text = await rendered({
      columns,
      rows: [row(0), row(2, '02')],
      width: 90,
      terminal: true,
      onLeftOut: names => leftOut.push(...names),
    });
    expect(text).toContain('2024-03-01T00:00:00Z');
    expect(text).toMatch(/…\w*-0\.xlsx/);
    expect(leftOut).toContain('eventID');
    expect(leftOut).not.toContain('object');
  });

  it('does not cut an address of a later row', async () => {
    const rows = Array.from({ length: 260 }, (_, i) => row(i === 250 ? 1 : 0));
    const text = await rendered({ columns, rows, width: 90, terminal: true });
    expect(text).toContain('2001:db8:85a3:8d3:1319:8a2e:370:7348');
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(90);
  });

  it('is quick where cells are long and wide', async () => {
    const began = process.cpuUsage();
    const rows = Array.from({ length: 50 }, () => ['漢'.repeat(20_000), 'e\u0301'.repeat(20_000), 'a']);
    const text = await rendered({ columns: ['userAgent', 'object', 'x'], rows, width: 100, terminal: true });
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(100);
    expect(process.cpuUsage(began).user).toBeLessThan(3e6);
  });

  it('has numbers at the right, in a file as well', async () => {
    const options = {
      columns: ['n', 'text'],
      rows: [
        [5, 'a'],
        [1234n, 'b'],
      ],
    };
    expect(await rendered(options)).toBe('   n  text\n   5  a\n1234  b\n');
  });
});

describe('long values', () => {
  it.each(FORMATS)(
    'are no string of all rows together: %s',
    async format => {
      const long = 'é\\"'.repeat(1 << 20);
      const rows = function* () {
        for (let i = 0; i < 8; i++) yield [i, long];
      };
      const pieces = await render({ format, columns: ['i', 'a'], rows: rows(), terminal: false });
      let total = 0;
      for (const piece of pieces) {
        expect(piece.length).toBeLessThan(1 << 24);
        total += piece.length;
      }
      expect(total).toBeGreaterThan(8 * long.length);
    },
    60_000,
  );
});

describe('the command line', () => {
  let db: string;
  let made: TestRecord[];
  beforeAll(() => {
    const root = folder();
    const parameters = '{"bucketName":"my-bucket","n":12345678901234567890.10,"s":"\\u001b"}';
    made = [record(), record(), record({ eventID: 'abcdef00-0000-4000-8000-000000000001' })];
    const text = trail(made).replace(JSON.stringify(made[0]!.requestParameters), parameters);
    put(root, 'a.json', text);
    db = ingestInto([root]).db;
  });

  it('nests JSON columns in json and jsonl as they were written', () => {
    for (const args of [
      ['events', '--columns', 'requestParameters', '--event-id', String(made[0]!.eventID)],
      [
        'sql',
        '--dialect',
        'sqlite',
        `SELECT requestparameters AS p FROM cloudtrail_logs WHERE eventid = '${made[0]!.eventID}'`,
      ],
    ]) {
      for (const format of ['json', 'jsonl']) {
        const { stdout } = offtrail([...args, '--db', db, '--format', format]);
        expect(stdout).toContain(':{"bucketName":"my-bucket","n":12345678901234567890.10,"s":"\\u001b"}');
      }
      expect(offtrail([...args, '--db', db, '--format', 'csv']).stdout).toContain('"{""bucketName""');
    }
    const alias = offtrail([
      'sql',
      '--dialect',
      'sqlite',
      `SELECT '{"a":' AS resources`,
      '--db',
      db,
      '--format',
      'jsonl',
    ]);
    expect(alias.stdout).toBe('{"resources":"{\\"a\\":"}\n');
  });

  it('shows a field a line', () => {
    const ran = offtrail([
      'sql',
      '--dialect',
      'sqlite',
      'SELECT 1 AS a, 2 AS long',
      '--db',
      db,
      '--format',
      'vertical',
    ]);
    expect(ran.stdout).toBe('[1]\na     1\nlong  2\n');
  });

  it('says first commands, help and version in the usual ways', () => {
    expect(offtrail([])).toMatchObject({ code: 2, stdout: '' });
    expect(offtrail([]).stderr).toContain('offtrail ingest');
    expect(offtrail(['help', 'search']).stdout).toBe(offtrail(['search', '--help']).stdout);
    expect(offtrail(['-h']).stdout).toBe(offtrail(['--help']).stdout);
    expect(offtrail(['-v']).stdout).toBe(offtrail(['--version']).stdout);
  });

  it.each([
    [['lookup-event', '--max-results', '1'], 'unknown command lookup-event; did you mean lookup-events?'],
    [['help', 'serch'], 'unknown command serch; did you mean search?'],
    [['x'], 'unknown command x\n'],
    [['events', '-n'], 'unknown option -n\n'],
    [['lookup-events', '--query', 'sort_by(Events,&x)'], 'can sort by strings or numbers only'],
    [['show', '0000'], 'several events have an id that begins with "0000"'],
    [['show', 'a'], 'no event has the id "a"'],
  ])('%j says %s', (args, message) => {
    const ran = offtrail([...args], { env: { OFFTRAIL_DB: db } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain('TypeError');
  });

  it('takes statements from a file, from standard input, and with a comment first', () => {
    const sql = '-- a comment\nSELECT 7 AS n';
    const file = join(folder(), 'q.sql');
    writeFileSync(file, sql);
    const json = '[\n{"n":7}\n]\n';
    expect(offtrail(['sql', '--dialect', 'sqlite', sql, '--db', db, '--format', 'json']).stdout).toBe(json);
    expect(offtrail(['sql', '--dialect', 'sqlite', '-f', file, '--db', db, '--format', 'json']).stdout).toBe(
      json,
    );
    const piped = spawnSync(
      process.execPath,
      [CLI, 'sql', '--dialect', 'sqlite', '-', '--db', db, '--format', 'json'],
      {
        input: sql,
      },
    );
    expect(String(piped.stdout)).toBe(json);
    expect(offtrail(['sql', '--dialect', 'sqlite', '-f', '/nowhere', '--db', db]).code).toBe(2);
  });

  it('shows several events, by the beginning of an id, too', () => {
    const ran = offtrail(['show', 'ABCDEF', String(made[0]!.eventID), 'nothing', '--db', db]);
    expect(ran.code).toBe(2);
    expect(ran.stdout.match(/"eventID"/g)).toHaveLength(2);
    expect(ran.stderr).toContain('no event has the id "nothing"');
  });

  it.each([
    [['who'], []],
    [['show'], []],
    [['sql'], []],
    [['events', '--columns'], []],
    [['lookup-events', '--query'], []],
  ])('does not repeat a long argument: %j', args => {
    const { stderr, stdout } = offtrail([...args, 'a'.repeat(100_000)], { env: { OFFTRAIL_DB: db } });
    expect(stderr.length + stdout.length).toBeLessThan(1200);
  });

  it('prints statements that are safe and mean the same', () => {
    const bucket = "a\u001b[2J'b\u202ec";
    const sql = offtrail(['s3', 'put-object', '--bucket', bucket, '--print-sql']).stdout;
    expect(sql).not.toMatch(/[\u202e]/);
    expect(sql).not.toContain('\u001b');
    expect(offtrail(['s3', 'put-object', '--bucket', bucket, '--print-athena']).stdout).toContain(
      'chr(8238)',
    );
    const expression = printableSql(`'${bucket.replace("'", "''")}'`, 'char');
    const [row] = JSON.parse(
      offtrail(['sql', '--dialect', 'sqlite', `SELECT ${expression} AS x`, '--db', db, '--format', 'json'])
        .stdout,
    ) as Array<{ x: string }>;
    expect(row!.x).toBe(bucket);
  });
});

describe.skipIf(!hasPython)('on a terminal (needs python3)', () => {
  let db: string;
  beforeAll(() => {
    const root = folder();
    put(root, 'a.json', trail(Array.from({ length: 60 }, () => record({ errorCode: 'AccessDenied' }))));
    db = ingestInto([root]).db;
  });
  const run = (columns: number, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    onTerminal({ columns }, [...args, '--db', db], env);

  it.each([80, 100, 120, 160])('no line of a table or histogram is longer than %d', width => {
    for (const args of [
      ['events', '--limit', '5'],
      ['s3', 'object-access', '--limit', '5'],
      ['timeline', '--by', 'user'],
      ['top', 'arn', 'bucket'],
    ]) {
      const { text } = run(width, [...args, '--no-pager'], { NO_COLOR: '1' });
      const lines = text.split('\n').filter(line => !/^(there are more|no room|stopped)/.test(line));
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('shows errors in red, unless NO_COLOR is set', () => {
    const args = ['events', '--limit', '2', '--no-pager'];
    expect(run(120, args, { NO_COLOR: '' }).text).toContain('\u001b[31mAccessDenied');
    expect(run(120, args, { NO_COLOR: '1' }).text).not.toContain('\u001b');
  });

  it('cuts nothing with --wide', () => {
    const { text } = run(80, ['events', '--limit', '2', '--wide', '--no-pager']);
    expect(text).toMatch(/00000000-0000-4000-8000-\d{12}/);
  });

  it('takes the pager for what is longer than the terminal, and only then', () => {
    const pager = { OFFTRAIL_PAGER: "sed 's/^/>/'" };
    expect(run(80, ['events'], pager).text).toMatch(/^>/);
    expect(run(80, ['events', '--limit', '3'], pager).text).not.toMatch(/^>/);
    expect(run(80, ['events', '--no-pager'], pager).text).not.toMatch(/^>/);
    expect(run(80, ['events'], { OFFTRAIL_PAGER: '/nowhere/less' }).text).toContain('GetObject');
  });

  it('takes a pager that is quit for no error', () => {
    expect(run(80, ['events'], { OFFTRAIL_PAGER: 'head -1' }).code).toBe(0);
  });
});
