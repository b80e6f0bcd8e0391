import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { printable, printableJson } from '../src/output/escape.js';
import { render } from '../src/output/rows.js';
import { CLI, folder, ingestInto, offtrail, offtrailProcess, put, query, record, trail } from './support.js';

const EVIL = '\u001b[2J\u0007\u202eevil\r\nX\u009b31m';
let db: string;
beforeAll(() => {
  const root = folder();
  put(
    root,
    'a.json',
    trail([
      record({
        userAgent: EVIL,
        eventTime: '2024-01-02T00:00:00Z',
        requestParameters: { bucketName: 'b', key: '=HYPERLINK("http://x")' },
      }),
      record({
        userAgent: '日本語 ⚙️',
        eventTime: '2024-01-01T00:00:00Z',
        requestParameters: { bucketName: 'b', key: '@cmd, "quoted"' },
      }),
    ]),
  );
  db = ingestInto([root]).db;
});

// The characters a terminal obeys, written as text so that none stands in this file.
const UNSAFE = new RegExp(`[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e]${''}`);
const COLOUR = new RegExp(`\\u001b${'\\['}\\d+m`, 'g');

describe('text of attackers', () => {
  it.each(['table', 'json', 'jsonl'])('never reaches the output raw in %s', format => {
    const { stdout } = offtrail(['s3', 'get-object', '--db', db, '--format', format]);
    expect(stdout).toContain('evil');
    expect(stdout).not.toMatch(UNSAFE);
  });

  it('is the same value in JSON', () => {
    const rows = JSON.parse(offtrail(['s3', 'get-object', '--db', db, '--format', 'json']).stdout) as Array<{
      userAgent: string;
    }>;
    expect(rows.map(row => row.userAgent)).toEqual([EVIL, '日本語 ⚙️']);
  });

  it('is safe in show, raw on a terminal too', () => {
    const id = query(db, 'SELECT eventid FROM event ORDER BY id LIMIT 1')[0]!.eventid as string;
    const { stdout } = offtrail(['show', id, '--db', db]);
    expect(stdout).not.toMatch(UNSAFE);
    expect((JSON.parse(stdout) as { userAgent: string }).userAgent).toBe(EVIL);
  });

  it('is safe in messages: file names and arguments', () => {
    const { stderr } = offtrail(['s3', 'get-object', '--from', '\u001b[31mnow', '--db', db]);
    expect(stderr).not.toMatch(UNSAFE);
    const ran = offtrail(['ingest', '/tmp/\u001b[31mnone', '--db', db]);
    expect(ran.stderr).not.toMatch(UNSAFE);
  });

  it('cannot become a formula in a spreadsheet', () => {
    const { stdout } = offtrail(['s3', 'get-object', '--db', db, '--format', 'csv']);
    expect(stdout).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(stdout).toContain(`"'@cmd, ""quoted"""`);
    expect(stdout.split('\r\n')[0]).toBe(
      'eventTime,eventName,eventSource,sourceIpAddress,userAgent,bucketName,object,userArn',
    );
  });

  it('shows what is hidden', () => {
    expect(printable('a\u001bb\u202ec\n\ud800')).toBe('a\\u{1b}b\\u{202e}c\\n\\u{d800}');
    expect(printableJson('"\u007f\u{e0041}"')).toBe('"\\u007f\\udb40\\udc41"');
  });
});

describe('a table', () => {
  const wide = {
    columns: ['time', 'agent'],
    rows: [
      ['2024', 'x'.repeat(300)],
      ['2025', '日本語'],
    ] as string[][],
  };
  it('fits the terminal', async () => {
    const text = [...(await render({ format: 'table', ...wide, width: 40, terminal: true }))].join('');
    const lines = text.replaceAll(COLOUR, '').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines[1]).toMatch(/^2024 {2}x+…$/);
  });
  it('cuts long columns before it cuts a time', async () => {
    const time = '2024-01-01T00:00:00Z';
    const rows = [[time, 'x'.repeat(300), 'y'.repeat(300)]];
    const columns = ['eventTime', 'agent', 'key'];
    const text = [...(await render({ format: 'table', columns, rows, width: 60, terminal: true }))].join('');
    expect(text).toContain('2024-01-01');
    expect(text).toContain('00:00:00Z  xxx');
  });
  it('is not cut without a terminal', async () => {
    const text = [...(await render({ format: 'table', ...wide, terminal: false }))].join('');
    expect(text).toContain('x'.repeat(300));
  });
});

describe('the streams', () => {
  it('a closed pipe is no error', () => {
    const ran = spawnSync(
      'sh',
      [
        '-c',
        `"$0" "$1" sql --dialect sqlite "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT i FROM n" --format jsonl --db "$2" | head -1`,
        process.execPath,
        CLI,
        db,
      ],
      { encoding: 'utf8' },
    );
    expect(ran.stdout).toBe('{"i":1}\n');
    expect(ran.stderr).toBe('');
  });

  it('first rows leave while the statement still runs', async () => {
    const child = spawn(
      process.execPath,
      [
        CLI,
        'sql',
        '--dialect',
        'sqlite',
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
        '--format',
        'jsonl',
        '--db',
        db,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    expect(first.toString().startsWith('{"i":1}\n')).toBe(true);
  });

  it('data goes to stdout, everything else to stderr', () => {
    const ran = offtrail(['s3', 'get-object', '--limit', '1', '--format', 'jsonl', '--db', db]);
    expect(ran.stdout.trim().split('\n')).toHaveLength(1);
    expect(ran.stderr).toBe('stopped at --limit 1; there may be more\n');
  });

  it('no colours without a terminal', () => {
    expect(
      offtrailProcess(['s3', 'get-object', '--db', db], { env: { NO_COLOR: '1' } }).stdout,
    ).not.toContain('\u001b');
  });
});
