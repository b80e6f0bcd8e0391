import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { completionScript } from '../src/commands/completion-scripts.js';
import { isGroup, type Verb } from '../src/commands/verb.js';
import { VERBS } from '../src/commands/verbs.js';
import { CLI, folder, ingestInto, offtrail, offtrailProcess, type Ran, SAMPLES } from './support.js';

const EVENT = '4e618bc4-a0fd-40e5-a878-945aa9b2fb01';

/** Every command with the words that call it. */
const ALL: Array<{ path: string; verb: Verb }> = VERBS.flatMap(entry =>
  isGroup(entry)
    ? entry.verbs.map(verb => ({ path: `${entry.name} ${verb.name}`, verb }))
    : [{ path: entry.name, verb: entry }],
);
// print-ddl prints statements, whatever the format, and asks an index only for its partitions.
const ASKING = ALL.filter(
  ({ path }) => !['ingest', 'reindex', 'web', 'completion', 'print-ddl'].includes(path),
);

/** A folder as a reader of the help has it: the sample tree as AWSLogs, and the index of it. */
let home: string;
let db: string;
beforeAll(() => {
  home = folder();
  symlinkSync(join(SAMPLES, 'AWSLogs'), join(home, 'AWSLogs'));
  offtrail(['ingest', SAMPLES], { cwd: home });
  db = ingestInto([SAMPLES]).db;
});

/** Runs a line in a shell, in which `offtrail` is `program`. */
const shell = (line: string, program: string): Ran => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `offtrail() { ${program}; }; ${line}`], {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder() },
  });
  return { code: status, stdout, stderr };
};

/** Runs an example: in the thread of the tests, with the words that a shell makes of it, where it is one command. */
function runExample(line: string): Ran {
  if (/[|<>;&]|\$\(/.test(line.replaceAll(/'[^']*'|"[^"]*"/g, '')))
    return shell(line, `"${process.execPath}" "${CLI}" "$@"`);
  const words = shell(line, `printf '%s\\0' "$@"`).stdout.split('\0').slice(0, -1);
  return words[0] === 'sql' && words.some(word => /^--(timeout|memory)\b/.test(word))
    ? offtrailProcess(words, { cwd: home })
    : offtrail(words, { cwd: home, env: { HOME: folder() } });
}

/** Words that a command can be called with on the sample tree. */
const WORDS: Readonly<Record<string, string[]>> = {
  search: ['salaries'],
  export: [join(folder(), 'x.jsonl')],
  sql: ['SELECT eventname FROM cloudtrail_logs ORDER BY "$event_rowid" LIMIT 2'],
  show: [EVENT],
  top: ['eventName'],
  who: ['ANONYMOUS_PRINCIPAL'],
  sessions: ['ml-task-23'],
  'key-usage': ['AKIAKQ6IQI7PMFXZWLNZ'],
  's3 access-key': ['AKIAIOSFODNN7EXAMPLE'],
  's3-access object': ['photos/cat.jpg'],
  's3-access requester': ['ana'],
};
const wordsFor = (path: string): string[] => [...path.split(' '), ...(WORDS[path] ?? []), '--db', db];
const call = (path: string, ...more: string[]) => offtrail([...wordsFor(path), ...more]);

describe('the help of every command', () => {
  it.each(ALL.map(({ path, verb }) => [path, verb] as const))('has examples: %s', (_, { examples }) => {
    expect(examples.length).toBeGreaterThan(0);
  });

  // The page runs until somebody ends it.
  const runnable = ALL.filter(({ path }) => !['completion', 'web'].includes(path)).flatMap(
    ({ verb }) => verb.examples,
  );
  it.each(runnable)('has an example that the parser takes, and that runs: %s', line => {
    const { code, stderr } = runExample(line);
    // What an example names need not be in the sample tree.
    if (/^offtrail: (no session|no event|there is no session)/.test(stderr)) expect(code).toBe(2);
    else expect(stderr).not.toContain('offtrail:');
    // Without keys, what the AWS CLI ends with.
    if (line.includes('validate-logs')) expect(code).toBe(255);
    else expect(code, stderr).toBeLessThanOrEqual(/^offtrail:/.test(stderr) ? 2 : 1);
  });
});

describe('every command', () => {
  it('takes --db, --quiet and --format under these names', () => {
    const lacking = ALL.filter(({ path, verb: { options } }) => {
      const aliases = Object.values(options).map(({ alias }) => alias);
      return (
        !['completion', 'print-ddl'].includes(path) &&
        !(options.db && options.quiet && (options.format || aliases.includes('format') || path === 'web'))
      );
    });
    expect(lacking.map(({ path }) => path)).toEqual([]);
  });

  it('that can have many rows takes --limit, or the AWS CLI’s word for it', () => {
    const lacking = ASKING.filter(({ verb: { options } }) => !options.limit && !options['max-items']);
    expect(lacking.map(({ path }) => path)).toEqual(['validate-logs', 'show', 'timeline']);
  });

  // validate-logs needs keys, and has tests of its own.
  const speaking = ASKING.map(({ path }) => path).filter(path => path !== 'validate-logs');
  it.each(speaking)('prints JSON that a program can read: %s', path => {
    const { code, stdout, stderr } = call(path, '--format', 'json');
    expect(code, stderr).toBe(/access-key/.test(path) ? 0 : code === 1 ? 1 : 0);
    expect(() => JSON.parse(stdout)).not.toThrow();
  });

  it.each(ASKING.map(({ path }) => path))(
    'prints the same in a process and in the thread of the tests: %s',
    path => {
      // A token says when it was made.
      const said = ({ stderr, ...ran }: Ran) => ({
        ...ran,
        stderr: stderr.replace(/-token \S+,/, '-token,'),
      });
      const alone = said(offtrailProcess(wordsFor(path)));
      expect([call(path), call(path)].map(said)).toEqual([alone, alone]);
    },
  );

  it('leaves out its notes with --quiet, not its errors', () => {
    for (const path of ['status', 'top', 'show', 'search', 'events', 's3 anonymous'])
      expect(call(path, '--quiet').stderr, path).toBe('');
    expect(call('top', '--limit', '1').stderr).toContain('rows, of 158 events');
    const failed = offtrail(['show', 'ffffffff', '--quiet', '--db', db]);
    expect(failed.stderr).toContain('no event has the id "ffffffff"');
  });
});

describe('offtrail ingest', () => {
  it('prints its sums as JSON, and with --quiet speaks only of what is wrong', () => {
    const own = join(folder(), 'x.db');
    const { code, stdout, stderr } = offtrail([
      'ingest',
      SAMPLES,
      '--db',
      own,
      '--format',
      'json',
      '--quiet',
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ index: own, stored: 452, duplicate: 32, rejected: 1 });
    expect(stderr.split('\n')).toEqual([
      '1 of the indexed files is damaged: see offtrail status --failed',
      '1 record could not be stored: see offtrail status --rejected',
      '3 stored records come from files whose checksum does not hold (is_suspect)',
      '',
    ]);
  });
});

describe('offtrail ingest --timings', () => {
  it('says how long each part took, and the parts are the whole', () => {
    const own = join(folder(), 'own.db');
    const ran = offtrail(['ingest', SAMPLES, '--db', own, '--timings', '--format', 'json']);
    const { timings, seconds } = JSON.parse(ran.stdout) as {
      timings: Record<string, number>;
      seconds: number;
    };
    expect(ran.stderr.match(/^ +\d+\.\d\d s {2}\w.*$/gm)).toHaveLength(Object.keys(timings).length);
    const { store, ...parts } = timings;
    expect(store).toBeLessThanOrEqual(parts.read!);
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    expect(sum).toBeLessThanOrEqual(seconds);
    expect(sum).toBeGreaterThan(seconds * 0.7);
  });
});

describe('offtrail search', () => {
  const search = (...args: string[]) => offtrail(['search', 'salaries', '--db', db, ...args]);

  it('prints a row for each event in the formats of all commands', () => {
    const [header, row] = search('--format', 'csv').stdout.split('\r\n');
    expect(header).toBe(
      'eventTime,eventSource,eventName,who,sourceIPAddress,awsRegion,errorCode,eventID,match,marks',
    );
    expect(row).toBe(
      `2019-07-05T22:17:10Z,s3.amazonaws.com,GetObject,anonymous,96.191.210.12,us-east-1,AccessDenied,${EVENT},salaries,`,
    );
    const [object] = JSON.parse(search('--format', 'json').stdout) as Array<Record<string, unknown>>;
    expect(object).toMatchObject({ eventID: EVENT, match: 'salaries' });
    expect(search('--format', 'jsonl').stdout).toBe(search('--json').stdout);
    expect(search('--format', 'vertical').stdout).toMatch(/^eventName +GetObject$/m);
  });

  it('prints whole records, files and counts in the format that is asked for', () => {
    const [record] = JSON.parse(search('--full', '--format', 'json').stdout) as [{ eventID: string }];
    expect(record.eventID).toBe(EVENT);
    expect(JSON.parse(search('--count', '--format', 'json').stdout)).toEqual({ count: 1 });
    expect(search('--count', '--format', 'csv').stdout).toBe('count\r\n1\r\n');
    const [file] = JSON.parse(search('--files', '--format', 'json').stdout) as [{ file: string }];
    expect(search('--files').stdout).toBe(`${file.file}\n`);
    expect(search('--full', '--format', 'csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--full prints whole records, which have no form as csv') as string,
    });
    const none = offtrail(['search', 'nowhere at all', '--full', '--format', 'json', '--db', db]);
    expect(none).toMatchObject({ code: 1, stdout: '[]\n' });
  });
});

describe('offtrail show', () => {
  it('prints the record in JSON as it was written, with where it came from', () => {
    const { stdout } = offtrail(['show', EVENT, '--format', 'jsonl', '--db', db]);
    const { record, sources } = JSON.parse(stdout) as {
      record: { eventID: string };
      sources: Array<{ path: string; ordinal: number }>;
    };
    expect(record.eventID).toBe(EVENT);
    expect(sources[0]!.path).toMatch(/\.json\.gz$/);
    const bare = offtrail(['search', EVENT, '--full', '--format', 'jsonl', '--db', db]).stdout.trim();
    expect(stdout).toContain(bare);
  });
});

describe('offtrail sql and offtrail status', () => {
  it('print no more rows than --limit, and say that there are more', () => {
    const { stdout, stderr } = call('sql', '--limit', '1', '--format', 'jsonl');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('there are more rows than --limit 1');
    expect(call('sql', '--limit', '2').stderr).toBe('');
    expect(
      call('status', '--failed', '--limit', '1', '--format', 'jsonl').stdout.trim().split('\n'),
    ).toHaveLength(1);
    expect(call('sql', '--limit', 'x')).toMatchObject({ code: 2 });
  });
});

describe('offtrail --version', () => {
  it('prints the version alone, anywhere in a command, and with --verbose what a bug report needs', () => {
    const { stdout } = offtrail(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(offtrail(['-v']).stdout).toBe(stdout);
    expect(offtrail(['search', 'x', '--version']).stdout).toBe(stdout);
    const verbose = offtrail(['--version', '--verbose'], { env: { OFFTRAIL_DB: 'a\u001bb' } }).stdout;
    expect(verbose).toContain(`offtrail ${stdout.trim()}, index schema `);
    expect(verbose).toMatch(/node v\d+.*, SQLite 3\.\d+\.\d+, better-sqlite3 \d+/);
    expect(verbose).toContain('OFFTRAIL_DB="a\\u001bb"');
  });
});

describe('wrong input is answered with the sentence of the field', () => {
  const WRONG: Array<[string[], string]> = [
    [['search'], 'text is missing: what to look for'],
    [['who'], 'identity is missing: an ARN, access key, user name'],
    [['who', 'a', 'b'], 'one identity at a time: b is one too many'],
    [['sql'], 'statement is missing\n  give one in quotes, -f FILE, or - for standard input'],
    [['search', 'x', '--count=yes'], '--count does not take a value: --count=yes\n  write --count alone'],
    [['events', 'x'], 'events takes options only, not the word x'],
    [['events', '--', 'x'], 'events takes options only, not the word x'],
    [['completion', 'bsh'], 'unknown shell bsh; did you mean bash?'],
    [['show', EVENT, '--raw', '--format', 'json'], '--raw prints bytes as they are'],
  ];
  it.each(WRONG)('%j', (args, message) => {
    const { code, stderr } = offtrail(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;

describe('offtrail completion', () => {
  it.each(['bash', 'zsh', 'fish'] as const)(
    'prints the script for %s, with every command and option',
    name => {
      const { stdout, code } = offtrail(['completion', name]);
      expect(code).toBe(0);
      expect(stdout).toBe(completionScript(name, VERBS));
      for (const { verb } of ALL)
        for (const option of Object.keys(verb.options).filter(key => !verb.options[key]!.hidden))
          expect(stdout, verb.name).toContain(option);
    },
  );

  /** What bash offers for the last word of a line. */
  function offered(...words: string[]): string[] {
    const program = `eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _offtrail; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const script = completionScript('bash', VERBS);
    const ran = spawnSync('bash', ['-c', program, 'bash', script, 'offtrail', ...words], {
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    return ran.stdout.trim().split('\n');
  }

  it.skipIf(!hasBash)(
    'completes commands, searches, options and values in bash (skipped without bash)',
    () => {
      expect(offered('se')).toEqual(['search', 'sessions']);
      expect(offered('s3', 'sigv2')).toEqual(['sigv2', 'sigv2-requesters']);
      expect(offered('search', 'x', '--event-')).toEqual(['--event-name', '--event-type', '--event-id']);
      expect(offered('events', '--format', 'console')).toEqual(['console-csv', 'console-json']);
      expect(offered('s3', 'anonymous', '--ord')).toEqual(['--order']);
      expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish', '--help']);
    },
  );
});

it('an index of another folder is found by OFFTRAIL_DB in every command that asks', () => {
  const { db: own } = ingestInto([SAMPLES]);
  const { stdout } = offtrail(['search', 'salaries', '--count'], {
    env: { OFFTRAIL_DB: own },
    cwd: folder(),
  });
  expect(stdout).toBe('1\n');
});
