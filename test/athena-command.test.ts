import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { S3_SEARCHES } from '../src/query/s3-searches.js';
import {
  CLI,
  folder,
  ingestInto,
  offtrail,
  offtrailProcess,
  put,
  query,
  ROOT,
  record,
  sampleIndex,
  trail,
} from './support.js';
import { hasPython } from './terminal.js';

let db: string;
beforeAll(() => {
  db = sampleIndex();
});

const sql = (statement: string, ...more: string[]) => offtrail(['sql', statement, '--db', db, ...more]);
/** The same in a process, which bounds need: they watch one. */
const bounded = (statement: string, ...more: string[]) =>
  offtrailProcess(['sql', statement, '--db', db, ...more]);
/** Rows as objects. */
const rows = (statement: string, ...more: string[]): Array<Record<string, unknown>> => {
  const ran = sql(statement, '--format', 'json', ...more);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Array<Record<string, unknown>>;
};

describe('a table', () => {
  it('is the index, whatever its name, database and catalog', () => {
    const [first] = rows('SELECT count(*) AS n FROM cloudtrail_logs');
    for (const name of ['t', 'db.cloudtrail_my_bucket', 'awsdatacatalog.db.t', '"with space"'])
      expect(rows(`SELECT count(*) AS n FROM ${name}`)).toEqual([first]);
  });

  it('has the 29 documented columns in order, and partition columns that * leaves out', () => {
    const [row] = rows("SELECT * FROM t WHERE year = '2019' AND region = 'us-east-1' LIMIT 1");
    expect(Object.keys(row!)).toHaveLength(29);
    expect(Object.keys(row!).slice(0, 4)).toEqual([
      'eventversion',
      'useridentity',
      'eventtime',
      'eventsource',
    ]);
    expect(rows("SELECT count(*) AS n FROM t WHERE date_partition = '2019/07/05'")).toEqual(
      rows("SELECT count(*) AS n FROM t WHERE dt = '2019-07-05'"),
    );
    expect(rows("SELECT count(*) AS n FROM t WHERE dt = '2019-07-05'")[0]!.n).toBeGreaterThan(0);
  });

  it('has the columns that CREATE EXTERNAL TABLE before the query gives it', () => {
    const ddl = `CREATE EXTERNAL TABLE IF NOT EXISTS db.\`my_logs\` (
        eventtime STRING, readonly boolean COMMENT 'x', useridentity struct<arn:string, sessioncontext:struct<attributes:struct<mfaauthenticated:string>>>,
        resources array<struct<arn:string,accountid:string,type:string>>, nosuch string)
      PARTITIONED BY (\`day\` string, yr int)
      ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' WITH SERDEPROPERTIES ('a'='b')
      STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'x'
      LOCATION 's3://b/AWSLogs/' TBLPROPERTIES ('projection.enabled'='true', 'projection.day.format'='yyyy/MM/dd');
      SELECT * FROM my_logs WHERE readonly = true ORDER BY eventtime LIMIT 1`;
    const ran = sql(ddl, '--format', 'jsonl');
    const row = JSON.parse(ran.stdout) as Record<string, unknown>;
    expect(Object.keys(row)).toEqual([
      'eventtime',
      'readonly',
      'useridentity',
      'resources',
      'nosuch',
      'day',
      'yr',
    ]);
    expect(row).toMatchObject({ readonly: true, nosuch: null });
    expect(ran.stderr).toContain('column nosuch is no field of CloudTrail');
    expect(sql(`${ddl.split(';')[0]}; SELECT eventname FROM my_logs`).stderr).toContain(
      "COLUMN_NOT_FOUND: line 7:124: Column 'eventname' cannot be resolved",
    );
  });

  it('of CloudTrail Lake, of metadata and of access logs is told from it', () => {
    expect(sql('SELECT 1 FROM "logs$partitions"').stderr).toContain('TABLE_NOT_FOUND: line 1:15');
    for (const table of ['s3_access_logs_db.mybucket_logs', 'mybucket_logs']) {
      const ran = sql(`SELECT requester, count(*) AS n FROM ${table} GROUP BY 1`, '--format', 'jsonl');
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain('{"requester":"arn:aws:iam::111122223333:user/ana",');
    }
  });
});

describe('s3_requests', () => {
  it('is a table of its own: a row for each request, with both sides', () => {
    expect(
      rows(`SELECT requestid, seen, bytessent, bytestransferredout - bytessent AS missing FROM s3_requests
        WHERE is_bytes_different = 1 AND date_diff('second', from_iso8601_timestamp(requesttime), from_iso8601_timestamp(eventtime)) < 5`),
    ).toEqual([{ requestid: '764396BAF9DDDC58', seen: 'both', bytessent: 1048576, missing: 1281034 }]);
  });

  it('joins with the tables of each side', () => {
    const [row] =
      rows(`SELECT count(*) AS n FROM s3_requests q JOIN logs.s3_access_logs l ON l.requestid = q.requestid
      JOIN cloudtrail_logs c ON c.requestid = q.requestid WHERE q.seen = 'both'`);
    expect(row!.n).toBeGreaterThan(90);
  });

  it('has the columns of the view, and no others', () => {
    expect(rows('SHOW COLUMNS IN s3_requests').map(({ column }) => column)).toEqual(
      query(db, 'SELECT * FROM s3_requests LIMIT 1').flatMap(row => Object.keys(row)),
    );
    expect(sql('SELECT eventid FROM s3_requests').stderr).toContain('COLUMN_NOT_FOUND');
  });
});

describe('statements around a query', () => {
  it('that a lake needs are taken and not needed', () => {
    const ran = sql(
      "CREATE DATABASE x; ALTER TABLE t ADD PARTITION (region='us-east-1') LOCATION 's3://b/'; MSCK REPAIR TABLE t; SELECT 1 AS a",
      '--format',
      'jsonl',
    );
    expect(ran.stdout).toBe('{"a":1}\n');
    for (const what of ['CREATE DATABASE', 'ALTER TABLE', 'MSCK REPAIR TABLE'])
      expect(ran.stderr).toContain(`${what} is not needed`);
  });

  it('name queries, and prepare them', () => {
    expect(
      rows(
        "CREATE VIEW puts AS SELECT * FROM t WHERE eventname = 'PutObject'; SELECT count(*) AS n FROM puts",
      ),
    ).toEqual(rows("SELECT count(*) AS n FROM t WHERE eventname = 'PutObject'"));
    const prepared = 'PREPARE q FROM SELECT count(*) AS n FROM t WHERE eventname = ?;';
    expect(rows(`${prepared} EXECUTE q USING 'PutObject'`)).toEqual(
      rows('SELECT count(*) AS n FROM t WHERE eventname = ?', '--param', 'PutObject'),
    );
    expect(sql(`${prepared} EXECUTE q`).stderr).toContain('expected 1 but found 0');
    // What EXECUTE gives values to is not counted with the other ?.
    const mixed = 'SELECT ? AS a; PREPARE p FROM SELECT ? AS b; EXECUTE p USING 5; SELECT ? AS c';
    expect(sql(mixed, '--format', 'jsonl', '--param', '1', '--param', '2').stdout).toBe(
      '{"a":1}\n{"b":5}\n{"c":2}\n',
    );
    expect(sql('SELECT ?').stderr).toContain('--param');
  });

  it('take a parameter for an expression where it is one, else for a text', () => {
    expect(
      rows('SELECT ? + 1 AS a, ? AS b, ? AS c', '--param', '41', '--param', "it's", '--param', "'q'"),
    ).toEqual([{ a: 42, b: "it's", c: 'q' }]);
  });

  it('show what there is', () => {
    expect(rows('SHOW TABLES')).toEqual(
      ['cloudtrail_logs', 's3_access_logs', 's3_requests'].map(tab_name => ({ tab_name })),
    );
    expect(rows('DESCRIBE t').find(({ column }) => column === 'useridentity')!.type).toMatch(
      /^row\(type varchar/,
    );
    expect(rows('SHOW COLUMNS IN t')).toHaveLength(29);
    expect(rows('SHOW PARTITIONS t')[0]!.partition).toMatch(
      /^account=\d+\/region=.*\/year=2019\/month=07\/day=/,
    );
    expect(rows("SHOW FUNCTIONS LIKE 'json_ext%'").length).toBeGreaterThan(2);
    expect(rows('SHOW CREATE TABLE db.t')[0]!.createtab_stmt).toBe('CREATE EXTERNAL TABLE `db.t`(');
  });

  it('that use what we lack say what to write instead, and where', () => {
    for (const [statement, place, instead] of [
      ["SELECT word_stem('running')", '1:8', 'regexp_like'],
      ['SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A) DEFINE A AS true)', '1:17', 'window functions'],
      ["SELECT * FROM t, JSON_TABLE(requestparameters, 'lax $' COLUMNS (x int))", '1:18', 'UNNEST'],
    ] as const)
      expect(sql(statement).stderr).toMatch(new RegExp(`NOT_SUPPORTED: line ${place}: [^\n]*\n.*${instead}`));
  });

  it('that write are refused', () => {
    for (const statement of ['DELETE FROM t', 'INSERT INTO t VALUES (1)', 'CREATE TABLE x AS SELECT 1'])
      expect(sql(statement).stderr).toContain('NOT_SUPPORTED');
  });
});

describe('output', () => {
  it('is Athena’s CSV: every value quoted, a null empty, an empty text not', () => {
    const ran = sql(
      "SELECT 1 AS One, null, '' AS e, 'a\"b', true, array[1, null], 1.5, row(1, 'x')",
      '--format',
      'csv',
    );
    expect(ran.stdout).toBe(
      '"one","_col1","e","_col3","_col4","_col5","_col6","_col7"\r\n"1",,"","a""b","true","[1, null]","1.5","{field0=1, field1=x}"\r\n',
    );
  });

  it('prints structs as Athena does, and as JSON in json', () => {
    const where = 'WHERE useridentity.arn IS NOT NULL ORDER BY eventtime LIMIT 1';
    expect(sql(`SELECT useridentity FROM t ${where}`).stdout).toMatch(/\{type=\w+, principalid=/);
    expect(rows(`SELECT useridentity FROM t ${where}`)[0]!.useridentity).toMatchObject({
      type: expect.any(String) as string,
      onbehalfof: null,
    });
  });

  it('says where a mistake is, with a caret under it', () => {
    const ran = sql('SELECT eventname,\n  nosuch\nFROM t');
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toBe(
      "    nosuch\n    ^\nofftrail: COLUMN_NOT_FOUND: line 2:3: Column 'nosuch' cannot be resolved\n",
    );
  });

  it('explains which statement runs, and that it reads everything', () => {
    const { stdout } = sql("SELECT count(*) FROM t WHERE requestparameters LIKE '%x%'", '--explain');
    expect(stdout).toMatch(/^SELECT count\(\*\)/);
    expect(stdout).toContain('SCAN e');
    expect(stdout).toMatch(
      /^Every event is read, some \d+\.\nA condition on the time reads fewer: eventtime >= '/m,
    );
    expect(stdout).not.toContain('No index has');
    expect(
      sql('SELECT eventname FROM t WHERE from_iso8601_timestamp(eventtime) > now()', '--explain').stdout,
    ).toContain('No index has what a function makes of eventtime');
    expect(sql('SELECT eventname, count(*) FROM t GROUP BY 1', '--explain').stdout).not.toContain(
      'Every event is read',
    );
    expect(sql("SELECT eventname FROM t WHERE eventtime > '2019-07-07'", '--explain').stdout).toMatch(
      /SEARCH e USING INDEX event_time/,
    );
  });

  it('lets no text of a log reach the terminal as it is, in errors neither', () => {
    const root = folder();
    put(root, 'a.json', trail([record({ userAgent: '\u001b[2Jx', errorCode: "';--\u202e" })]));
    const own = ingestInto([root]).db;
    for (const statement of [
      'SELECT CAST(useragent AS bigint) FROM t',
      'SELECT CAST(errorcode AS date) FROM t',
    ]) {
      const ran = offtrail(['sql', statement, '--db', own]);
      expect(ran.stderr).toContain('INVALID_CAST_ARGUMENT');
      expect(ran.stderr).not.toContain('\u001b');
      expect(ran.stderr).not.toContain('\u202e');
    }
  });
});

describe('old queries on old logs', () => {
  const lastWeek =
    "SELECT count(*) AS n FROM t WHERE from_iso8601_timestamp(eventtime) > now() - interval '7' day HAVING count(*) > 0";
  it('find nothing, which is said with the way that would', () => {
    const ran = sql(lastWeek);
    expect(ran.stderr).toMatch(/the newest event is of 2019-\S+: try --now 2019-/);
  });
  it('find it with another now', () => {
    expect(rows(lastWeek, '--now', '2019-07-08')[0]!.n).toBeGreaterThan(0);
    expect(rows('SELECT current_date AS d', '--now', '2019-07-08')).toEqual([{ d: '2019-07-08' }]);
    expect(sql('SELECT 1', '--now', 'gibberish').code).toBe(2);
  });
});

describe('a statement that does not end', () => {
  const endless = 'SELECT count(*) FROM t a, t b, t c, t d, t e';
  it('is stopped by --timeout and by --memory, with a sentence and exit code 2', () => {
    const late = bounded(endless, '--timeout', '0.5');
    expect(late).toMatchObject({ code: 2, stdout: '' });
    expect(late.stderr).toContain('it took more than 0.5 seconds (--timeout)');
    const large = bounded('SELECT array_agg(a.requestparameters) FROM t a, t b, t c, t d', '--memory', '250');
    expect(large).toMatchObject({ code: 2, stdout: '' });
    expect(large.stderr).toContain('it took more than 250 MB of memory (--memory)');
    expect(bounded('SELECT 1', '--timeout', '60').code).toBe(0);
    expect(bounded('SELECT 1', '--timeout', 'x').code).toBe(2);
  });
  it('ends with the command that watches it', async () => {
    const child = spawn(process.execPath, [CLI, 'sql', endless, '--timeout', '9999999', '--db', db], {
      stdio: 'ignore',
    });
    const below = () => spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim();
    await expect.poll(below).toMatch(/^\d+$/);
    const inner = Number(below());
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(2);
    await expect.poll(() => spawnSync('kill', ['-0', String(inner)]).status).not.toBe(0);
  });
  it('in a recursion is stopped, too', () => {
    const ran = bounded(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n',
      '--timeout',
      '0.5',
    );
    expect(ran.stderr).toContain('--timeout');
  });
});

describe('the statements that the S3 searches print for Athena', () => {
  const [{ key }] = query(
    sampleIndex(),
    "SELECT max(useridentity_accesskeyid) AS key FROM cloudtrail_logs WHERE eventname = 'PutObject'",
  ) as [{ key: string }];
  it.each(S3_SEARCHES.map(({ name }) => name))('%s gives the same rows', name => {
    const args = [
      's3',
      name,
      ...(name === 'access-key' ? [String(key)] : []),
      '--to',
      '2019-07-06T12:00:00Z',
      '--db',
      db,
    ];
    const found = JSON.parse(offtrail([...args, '--format', 'json']).stdout) as object[];
    const printed = offtrail([...args, '--print-athena']).stdout;
    const lower = found.map(row =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column.toLowerCase(), value as unknown]),
      ),
    );
    const order = (list: object[]): string[] => list.map(row => JSON.stringify(row)).sort();
    const texts = (list: object[]): object[] =>
      list.map(row =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [
            column,
            typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as unknown),
          ]),
        ),
      );
    expect(order(rows(printed))).toEqual(order(texts(lower)));
    expect(found.length, 'rows').toBeGreaterThan(0);
  });
});

describe('the page on coming from Athena', () => {
  const page = readFileSync(join(ROOT, 'docs', 'from-athena.md'), 'utf8');
  const statements = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(match => match[1]!);
  it.each(statements)('has a statement that runs: %s', statement => {
    expect(sql(statement)).toMatchObject({ code: 0 });
  });
  it('has six of them', () => expect(statements).toHaveLength(6));
});

/** Types lines into the shell on a terminal of its own, each after the prompt. */
const IN_SHELL = `
import os, pty, sys, time, select
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
lines = sys.argv[1].split('|')
out = b''
def wait(marks, seconds):
    global out
    end = time.time() + seconds
    seen = len(out)
    while time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                return
            if not data: return
            out += data
        if any(mark in out[seen:] for mark in marks): return
for line in lines:
    wait([b'offtrail> ', b'..> '], 20)
    if line == '^C':
        time.sleep(1.5); os.write(fd, b'\\x03')
    elif line == '^D': os.write(fd, b'\\x04')
    elif line == '^I': os.write(fd, b'SELECT useridentity.sessioncontext.sess\\t'); time.sleep(1); os.write(fd, b' FROM t LIMIT 0;\\n')
    elif line.endswith('^C'):
        os.write(fd, line[:-2].encode() + b'\\n'); time.sleep(2.5); os.write(fd, b'\\x03')
    else: os.write(fd, line.encode() + b'\\n')
wait([b'never'], 8)
sys.stdout.buffer.write(out)
`;
describe.skipIf(!hasPython)('the shell (needs python3)', () => {
  const inShell = (lines: string, home = folder()) => {
    const ran = spawnSync('python3', ['-c', IN_SHELL, lines, process.execPath, CLI, 'sql', '--db', db], {
      encoding: 'utf8',
      env: {
        ...process.env,
        TERM: 'xterm',
        HOME: home,
        XDG_STATE_HOME: home,
        NO_COLOR: '1',
        OFFTRAIL_PAGER: 'cat',
      },
    });
    return { home, text: ran.stdout.replaceAll('\r', '') };
  };

  it('runs statements over several lines, remembers what they define, and takes commands', () => {
    const { text, home } = inShell(
      "CREATE VIEW w AS SELECT 6 * 7 AS answer;|SELECT answer|FROM w;|.format jsonl|SELECT 'b' AS a;|SELECT nosuch;|.timer on|SELECT 1;|.quit",
    );
    expect(text).toContain('answer\n');
    expect(text).toContain('    42');
    expect(text).toContain('{"a":"b"}');
    expect(text).toContain('COLUMN_NOT_FOUND');
    expect(text).toMatch(/\d\.\d\d s/);
    const history = join(home, 'offtrail', 'sql-history');
    expect(readFileSync(history, 'utf8')).toContain('SELECT answer');
    expect(statSync(history).mode & 0o077).toBe(0);
  });

  it('remembers what a comment or another statement stands before, and nothing that is not defined', () => {
    const { text } = inShell(
      '-- mine|CREATE VIEW z AS SELECT 3 AS q;|SELECT 1 AS one; CREATE VIEW u AS SELECT 9 AS x; SELECT bad;|.format jsonl|SELECT q FROM z;|SELECT x FROM u;|SELECT nope;|.quit',
    );
    expect(text).toContain('{"q":3}');
    expect(text).toContain('{"x":9}');
    expect(text.match(/z stands for its query/g)).toHaveLength(1);
    expect(text).toContain("COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved");
  });

  it('completes names, fields of structs too', () => {
    expect(inShell('^I|.quit').text).toContain('useridentity.sessioncontext.sessionissuer');
  });

  it('goes on after Ctrl-C stopped a statement', () => {
    const { text } = inShell(
      "SELECT count(*) FROM t a, t b, t c, t d, t e;^C|SELECT concat('after', 'wards');|.quit",
    );
    expect(text).toContain('offtrail: stopped');
    expect(text).toContain('afterwards');
  });
});

it('statements on standard input need no terminal', () => {
  const file = join(folder(), 'q.sql');
  writeFileSync(file, '\ufeff-- two\nSELECT 1 AS a;\nSELECT 2 AS b;\n');
  const json = '{"a":1}\n{"b":2}\n';
  expect(offtrail(['sql', '-f', file, '--db', db, '--format', 'jsonl']).stdout).toBe(json);
  for (const words of [['-'], []])
    expect(
      spawnSync(process.execPath, [CLI, 'sql', ...words, '--db', db, '--format', 'jsonl'], {
        input: readFileSync(file),
        encoding: 'utf8',
      }).stdout,
    ).toBe(json);
});
