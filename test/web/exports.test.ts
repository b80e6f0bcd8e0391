/** Exports are the command's own output; options become words of a command line only where the question takes them. */

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandWords, shellText } from '../../src/web/command-words.js';
import { QUESTIONS, type Question, wordsFor } from '../../src/web/questions.js';
import { CLI, folder, offtrail, put, sampleIndex, someOf } from '../support.js';
import { serve } from './browser.js';
import { send, signIn } from './raw.js';

let db: string;
let cookie: string;
let origin: string;
/** Every start of the command by the server leaves a file here. */
let starts: string;
beforeAll(async () => {
  db = sampleIndex();
  starts = folder();
  // The server runs `offtrail` again as it was run itself.
  const wrapper = put(
    folder(),
    'offtrail.mjs',
    `import { writeFileSync } from 'node:fs';
     writeFileSync(${JSON.stringify(join(starts, '/'))} + process.pid, JSON.stringify(process.argv.slice(2)));
     await import(${JSON.stringify(CLI)});`,
  );
  const served = await serve(db, [], wrapper);
  origin = served.origin;
  cookie = await signIn(served.link);
});

const exported = (question: string, format: string, options: unknown) =>
  fetch(`${origin}/export/${question}.${format}?options=${encodeURIComponent(JSON.stringify(options))}`, {
    headers: { cookie, connection: 'close' },
  });
const started = (): number => readdirSync(starts).length;

describe('an export is what the command prints, byte for byte', () => {
  const CASES: Array<[question: string, options: object, words: string[]]> = [
    ['events', {}, ['events']],
    [
      'events',
      { user: ['*ana*', 'media*'], limit: 1, token: 'x' },
      ['events', '--user=*ana*', '--user=media*'],
    ],
    [
      'events',
      { columns: ['eventTime', 'key'], sort: 'key:desc' },
      ['events', '--columns=eventTime,key', '--sort=key:desc'],
    ],
    ['events', { readOnly: false, order: 'oldest' }, ['events', '--read-only=false', '--order=oldest']],
    ['events', { errorsOnly: true }, ['events', '--errors-only']],
    ['events', { errorsOnly: false, bucket: 'my-bucket' }, ['events', '--bucket=my-bucket']],
    ['events', { user: '!ana' }, ['events', '--user=!ana']],
    ['timeline', { every: '1d', by: 'service' }, ['timeline', '--every=1d', '--by=service']],
    ['top', { columns: ['service', 'eventName'] }, ['top', 'service', 'eventName']],
    ['search', { text: ['salaries'] }, ['search', 'salaries']],
    ['search', { text: '--db=/etc/passwd' }, ['search', '--', '--db=/etc/passwd']],
    ['search', { text: ['--', '-x'] }, ['search', '--', '--', '-x']],
    [
      'search',
      { text: 'a', caseSensitive: true, not: ['--help'] },
      ['search', '--case-sensitive', '--not=--help', 'a'],
    ],
    ['s3', { name: 'anonymous' }, ['s3', 'anonymous']],
    ['coverage', {}, ['coverage']],
  ];
  it.each(someOf(CASES, 4))('%s %j', async (question, options, words) => {
    const end = words.includes('--') ? words.indexOf('--') : words.length;
    for (const format of ['csv', 'json']) {
      const args = [`--format=${format}`, `--db=${db}`];
      const ran = offtrail([...words.slice(0, end), ...args, ...words.slice(end)]);
      expect([ran.code, ran.stderr]).toSatisfy(([code]) => code === 0 || code === 1);
      const answer = await exported(question, format, options);
      expect([answer.status, await answer.text()]).toEqual([200, ran.stdout]);
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="offtrail-${question}.${format}"`,
      );
    }
  });
});

describe('an option that the question does not take starts no process', () => {
  const HOSTILE = [
    { db: '/etc/passwd' },
    { format: 'table' },
    { output: '/tmp/x' },
    { help: true },
    { version: true },
    { quiet: false },
    { pager: true },
    { 'print-sql': true },
    { 'db=/etc/passwd': true },
    { '-': 'x' },
    { '': 'x' },
    { __proto__: null, constructor: 'x' },
    { toString: 'x' },
    JSON.parse('{"__proto__":{"db":"/etc/passwd"}}') as object,
  ];
  const questions = Object.entries<Question>(QUESTIONS).filter(([, { command }]) => command);
  it.each(questions.map(([name]) => name))('%s', async name => {
    const before = started();
    for (const options of HOSTILE) {
      const answer = await exported(name, 'csv', options);
      expect([options, answer.status, await answer.text()]).toEqual([
        options,
        422,
        expect.stringMatching(/UNKNOWN_OPTION|there is no such export/),
      ]);
    }
    expect(started()).toBe(before);
  });

  it.each<[string, object]>([
    ['events', { user: { a: 1 } }],
    ['events', { user: [['--db=/etc/passwd']] }],
    ['events', { user: [] }],
    ['events', { user: null }],
    ['events', { from: ['--db=/etc/passwd'] }],
    ['events', { order: '--db=/etc/passwd' }],
    ['events', { errorsOnly: '--db=/etc/passwd' }],
    ['events', { columns: 'x' }],
    ['events', { user: 'a\0b' }],
    ['s3', { name: '--db=/etc/passwd' }],
    ['s3', { name: 'anonymous --db=/etc/passwd' }],
    ['s3', { name: ['anonymous', '--db=/etc/passwd'] }],
    ['s3Access', { name: '--help' }],
    ['who', { identity: ['a', '--db=/etc/passwd'] }],
    ['verify', { publicKeys: ['/etc/passwd'] }],
    ['verify', { reread: true }],
    ['nothingFound', {}],
    ['ingest', { inputs: ['/etc'] }],
    ['start', {}],
  ])('%s %j', async (question, options) => {
    const before = started();
    const answer = await exported(question, 'csv', options);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(started()).toBe(before);
  });

  it('nor does a format that is none', async () => {
    const before = started();
    for (const format of ['html', 'exe', 'csv.exe', '__proto__', 'constructor', 'table', '', 'csv%00'])
      expect((await exported('events', format, {})).status).toBe(422);
    expect(started()).toBe(before);
  });
});

describe('values that look like options are values', () => {
  it.each([
    '--db=/etc/passwd',
    '--help',
    '--',
    '-h',
    '--version',
    '--format=table',
    '',
    '=',
    'a b',
    "'",
    '\n',
    '*',
  ])('%j', async value => {
    for (const [question, options] of [
      ['events', { user: value }],
      ['events', { user: [value, value] }],
      ['search', { text: 'GetObject', user: value }],
    ] as const) {
      const answer = await exported(question, 'csv', options);
      const body = await answer.text();
      expect(body).not.toContain('root:');
      expect(body).not.toMatch(/^offtrail (events|search)/);
      expect([200, 422]).toContain(answer.status);
    }
  });
});

describe('an export that fails is no file', () => {
  it('what the command says against it is the answer, and its exit', async () => {
    for (const [question, options, said] of [
      ['events', { from: 'nonsense' }, 'nonsense'],
      ['top', { columns: ['nothing'] }, 'nothing'],
      ['events', { columns: ['nothing'] }, 'nothing'],
      ['search', {}, 'text'],
      ['sessions', { session: 'nobody' }, 'nobody'],
    ] as const) {
      const answer = await exported(question, 'json', options);
      const body = await answer.text();
      expect([question, answer.status, body]).toEqual([question, 422, expect.stringContaining(said)]);
      expect(answer.headers.get('content-disposition')).toBeNull();
      expect(body).not.toContain(db);
    }
  });

  it('options of any length end in an answer', async () => {
    const long = await exported('events', 'csv', { user: 'a'.repeat(50_000) });
    expect([long.status, (await long.text()).trim().split('\n').length]).toEqual([200, 1]);
    const target = `/export/events.csv?options=${'a'.repeat(1_000_000)}`;
    // Who is still sending may not get to read the answer.
    const { status } = await send(Number(new URL(origin).port), { target, headers: { Cookie: cookie } });
    expect([0, 431]).toContain(status);
    expect((await exported('events', 'csv', {})).status).toBe(200);
  });

  it('a command that dies half-way breaks the download off', async () => {
    const half = put(
      folder(),
      'half.mjs',
      `if (process.argv[2] === 'web') await import(${JSON.stringify(CLI)});
       else process.stdout.write('eventTime\\n', () => process.kill(process.pid, 'SIGKILL'));`,
    );
    const served = await serve(db, [], half);
    const its = await signIn(served.link);
    const answer = fetch(`${served.origin}/export/events.csv`, {
      headers: { cookie: its },
    });
    await expect(answer.then(response => response.text())).rejects.toThrow();
  });
});

describe('the command that is shown', () => {
  /** What a shell makes of a line: its words, as the program gets them. */
  function wordsOf(line: string): string[] {
    const bin = folder();
    const program = '#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n';
    writeFileSync(join(bin, 'offtrail'), program, { mode: 0o755 });
    const ran = spawnSync('bash', ['--norc', '-c', line], {
      cwd: folder(),
      env: { PATH: `${bin}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    return ran.stdout.split('\0').slice(0, -1);
  }
  /** Words of a command, with an option and its value as the shell gives them. */
  const apart = (words: readonly string[]): string[] => {
    const end = words.includes('--') ? words.indexOf('--') : words.length;
    return [
      ...words.slice(0, end).flatMap(word => /^(--[a-z0-9-]+)=(.*)$/s.exec(word)?.slice(1) ?? word),
      ...words.slice(end),
    ];
  };

  const VALUES = [
    ...[
      '',
      ' ',
      'a b',
      "'",
      "''",
      '"',
      '\\',
      '\\\\',
      "\\'",
      '`id`',
      '$(id)',
      `\${HOME}`,
      '$HOME',
      '!',
      '!!',
      '!ana',
      '#x',
      '~',
    ],
    ...[
      '~root',
      '*',
      '?',
      '[a-z]',
      '{a,b}',
      'a;id',
      'a|id',
      'a&id',
      '>x',
      '<x',
      '\n',
      'a\nid\n',
      '\r',
      '\t',
      '\u001b[31m',
      '\x7f',
    ],
    ...[
      'é',
      '日本',
      '🙂',
      '\u202e',
      '\u200b',
      '\ufeff',
      '\u2028',
      "\u202e'$(id)",
      "\n'\\x41",
      '\x01f',
      '-',
      '--',
      '--x',
      '-x',
    ],
    ...['--x=y', '=', '=ls', 'a=b', '%', '%1', 'a'.repeat(20_000), `${"'".repeat(500)}`],
  ];
  it.each(VALUES.map(value => [value.slice(0, 30), value]))(
    'with %j is read by a shell as it was meant',
    (_, value) => {
      const asked: Array<[Question, object]> = [
        [QUESTIONS.events, { user: [value, value], from: value }],
        [QUESTIONS.search, { text: [value, 'b'], not: [value] }],
        [QUESTIONS.who, { identity: value, bucket: value }],
        [QUESTIONS.top, { columns: [value, value] }],
      ];
      for (const [question, options] of asked) {
        const words = wordsFor(question, options as Record<string, unknown>)!;
        const line = shellText(words);
        expect(apart(wordsOf(line))).toEqual(apart(words));
        // Shown and pasted as it is: on one line, and nothing in it hides or reorders.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/);
      }
    },
  );

  it('is not there where a value has what no command line can hold', () => {
    expect(wordsFor(QUESTIONS.events, { user: 'a\0b' })).toBeUndefined();
  });

  it('says booleans as the question takes them', () => {
    expect(
      commandWords({ verb: ['events'] }, { readOnly: false, errorsOnly: true }, QUESTIONS.events.takes),
    ).toEqual(['events', '--read-only=false', '--errors-only']);
  });

  it('runs, and gives what the page shows', async () => {
    const bin = folder();
    writeFileSync(join(bin, 'offtrail'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, {
      mode: 0o755,
    });
    for (const [question, options] of [
      ['count', { text: ['GetObject'], user: ['*a*', '!x'], service: 's3' }],
      ['count', { text: ['--db=/etc/passwd', 'a'], any: true }],
      ['count', { text: ['a'], not: ['--x', "b'"] }],
    ] as const) {
      const address = `${origin}/api/${question}?options=${encodeURIComponent(JSON.stringify(options))}`;
      const answer = (await (await fetch(address, { headers: { cookie, connection: 'close' } })).json()) as {
        command: string;
        answer: { events: number };
      };
      const ran = spawnSync('bash', ['--norc', '-c', answer.command], {
        env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, OFFTRAIL_DB: db },
        encoding: 'utf8',
      });
      expect(Number(ran.stdout.trim())).toBe(answer.answer.events);
    }
  });
});
