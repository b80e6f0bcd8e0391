/** `offtrail print-ddl`: statements that engines take, whatever is in the logs. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { ACCESS_FIELDS, FIELD_COUNTS } from '../src/access-logs/fields.js';
import { createTable, createTableSql, extentOf } from '../src/export/ddl.js';
import { LINE_PATTERN } from '../src/export/ddl-raw-lines.js';
import { DDL_ENGINES, DDL_FORMS, type DdlEngine, type Extent } from '../src/export/ddl-table.js';
import { literalOf } from '../src/export/ddl-text.js';
import { indexExtent } from '../src/export/index-extent.js';
import { openForQueries } from '../src/query/open.js';
import { parseStatements } from '../src/query/sql/parse/statement.js';
import {
  built,
  filesBelow,
  folder,
  offtrail,
  put,
  query,
  record,
  SAMPLES,
  sampleIndex,
  sampleRecords,
  trail,
} from './support.js';

const { ingest, openIndex } = (await built('index.js')) as typeof import('../src/index.js');

const PLAIN: Extent = {
  partitions: {
    account: ['111122223333', '222233334444'],
    region: ['eu-west-1', 'us-east-1'],
    year: ['2019', '2024'],
    month: ['07'],
    day: ['04', '05'],
  },
  firstDay: '2019/07/04',
};
const location = 's3://amzn-s3-demo-bucket/lake/';

describe('Athena', () => {
  it.each(DDL_FORMS)('takes its table of a %s, and offtrail sql answers through it', of => {
    const ddl = createTable({ engine: 'athena', of, location, extent: PLAIN, table: 'security.trail' });
    const [create] = parseStatements(ddl);
    const index = openIndex(sampleIndex());
    const [row] = [
      ...index.sql(
        `${ddl.replace(/^MSCK.*$/m, '')}
        SELECT count(*) AS n, count(DISTINCT account) AS accounts, count(useridentity.arn) AS arns, count(resources[1].arn) AS arns_of_resources
        FROM security.trail WHERE region = 'us-east-1'`,
      ),
    ];
    index.close();
    expect(create!.statement.kind).toBe('create table');
    expect(row!.n).toBeGreaterThan(100n);
    expect(row!.arns).toBeGreaterThan(50n);
    expect(row!.arns_of_resources).toBeGreaterThan(50n);
  });

  it('is told the partitions of a lake that are there, and the folders of rows without a value', () => {
    const ddl = (extent: Extent): string => createTable({ engine: 'athena', location, extent });
    expect(ddl(PLAIN)).toContain("'projection.account.values' = '111122223333,222233334444'");
    expect(ddl(PLAIN)).toContain("'projection.year.values' = '2019,2024'");
    expect(ddl(PLAIN)).toContain(
      `'storage.location.template' = 's3://amzn-s3-demo-bucket/lake/account=\${account}/region=\${region}/year=\${year}/month=\${month}/day=\${day}/'`,
    );
    const missing = extentOf([
      { account: null, region: 'us-east-1', year: null, month: null, day: null },
      { account: '111122223333', region: 'us-east-1', year: '2024', month: '03', day: '01' },
    ]);
    expect(missing).toEqual({
      partitions: {
        account: ['111122223333', null],
        region: ['us-east-1'],
        year: ['2024', null],
        month: ['03', null],
        day: ['01', null],
      },
      firstDay: '2024/03/01',
    });
    expect(ddl(missing)).toContain("'projection.year.values' = '2024,__HIVE_DEFAULT_PARTITION__'");
    expect(ddl(missing)).toMatch(/'projection.day.values' = '01,.*,31,__HIVE_DEFAULT_PARTITION__'/);
  });

  it('has the catalog list them where a value cannot stand in a projection', () => {
    for (const value of ["a,b'); DROP TABLE x; --", '../../etc', 'a\\', `\${year}`, 'é', '']) {
      const ddl = createTable({
        engine: 'athena',
        location,
        extent: { ...PLAIN, partitions: { ...PLAIN.partitions, region: ['us-east-1', value] } },
      });
      expect(ddl).not.toContain('projection');
      expect(ddl).toContain('MSCK REPAIR TABLE `cloudtrail_logs`;');
      expect(parseStatements(ddl).map(({ statement }) => statement.kind)).toEqual([
        'create table',
        'unneeded',
      ]);
    }
  });

  it('leaves such accounts and regions out of the folders of log files, which have none of this name', () => {
    const hostile = { ...PLAIN.partitions, account: ["'; DROP", '111122223333'], region: ["x'"] };
    for (const engine of ['athena', 'trino'] as const) {
      const ddl = createTable({ engine, of: 'raw', location, extent: { ...PLAIN, partitions: hostile } });
      expect(ddl).toContain('111122223333');
      expect(ddl).not.toContain('DROP');
      expect(ddl).not.toContain("x'");
    }
  });
});

it('offtrail sql answers columns of a lake that are ours from the index', () => {
  const ddl = createTable({ engine: 'athena', location, extent: PLAIN });
  const db = sampleIndex();
  const index = openIndex(db);
  const [row] = [
    ...index.sql(
      `${ddl} SELECT count_if(is_anonymous) AS anonymous, sum(bytestransferredout) AS bytes, count(DISTINCT username) AS users,
        count_if(json_extract_scalar(useridentity_json, '$.arn') = useridentity.arn) AS arns FROM cloudtrail_logs`,
    ),
  ];
  index.close();
  const [expected] = query(
    db,
    `SELECT sum(is_anonymous) AS anonymous, sum(bytestransferredout) AS bytes, count(DISTINCT username) AS users,
      count(useridentity_arn) AS arns FROM cloudtrail_logs`,
  );
  expect(Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value)]))).toEqual(
    expected,
  );
  expect(Number(row!.anonymous)).toBeGreaterThan(0);
});

describe('literals and names', () => {
  it('a quote and a backslash cannot end a literal', () => {
    for (const text of ["'", "''", '\\', "\\'", "a\\\\'; DROP TABLE x; --", '\n']) {
      const doubled = literalOf(text, 'doubled');
      expect(doubled.slice(1, -1).replaceAll("''", '')).not.toContain("'");
      expect(doubled.slice(1, -1).replaceAll("''", "'")).toBe(text);
      const escaped = literalOf(text, 'backslash').slice(1, -1);
      expect(escaped.replaceAll(/\\(.)/gs, '')).not.toMatch(/['\\]/);
      expect(escaped.replaceAll(/\\(.)/gs, '$1')).toBe(text);
    }
  });

  it.each(DDL_ENGINES)(
    '%s: a place with a quote stays one literal, and odd places and names are refused',
    engine => {
      const ddl = (place: string, table?: string): string =>
        createTable({ engine, location: place, extent: PLAIN, table });
      const escaped = { athena: "\\'", spark: "\\'", clickhouse: "\\'", trino: "''", duckdb: "''" }[engine];
      expect(ddl("s3://b/it's")).toContain(`s3://b/it${escaped}s/`);
      for (const place of [
        's3://b/*',
        's3://b/?x',
        's3://b/{a}',
        `s3://b/\${account}`,
        's3://b/\u0000',
        'a\nb',
        '[a]',
      ])
        expect(() => ddl(place), place).toThrow('no statement can name the place');
      for (const table of ['', 'a b', 'a;b', 'a.b.c.d', '1a', 'a"', "a'", 'a`', 'é', 'a.'])
        expect(() => ddl(location, table), table).toThrow('is not the name of a table');
    },
  );
});

describe('DuckDB', () => {
  it('reads log files where they are: the same values as the index has', async () => {
    // Without the file that is damaged: DuckDB reads all of a file, or says that it cannot.
    const root = folder();
    const whole = filesBelow(join(SAMPLES, 'AWSLogs')).filter(path => {
      try {
        return path.includes('/CloudTrail/') && gunzipSync(readFileSync(path)).length > 0;
      } catch {
        return false;
      }
    });
    for (const path of whole) put(root, path.slice(SAMPLES.length + 1), readFileSync(path));
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(createTable({ engine: 'duckdb', of: 'raw', location: root, extent: PLAIN }));
    const columns = [
      ...['eventid', 'eventtime', 'sourceipaddress', 'errorcode', 'readonly', 'requestparameters'],
      ...['responseelements', 'additionaleventdata', 'requestid'],
    ];
    const ours = [
      ...columns,
      'useridentity_arn AS arn',
      'useridentity_sessioncontext_sessionissuer_username AS issuer',
      "json_extract(resources, '$[0].ARN') AS resource",
      'tlsdetails_tlsversion AS tls',
    ];
    const theirs = [
      ...columns,
      'useridentity.arn AS arn',
      'useridentity.sessioncontext.sessionissuer.username AS issuer',
      'resources[1].arn AS resource',
      'tlsdetails.tlsversion AS tls',
    ];
    const read = await connection.runAndReadAll(
      `SELECT DISTINCT ${theirs.join(', ')} FROM cloudtrail_logs ORDER BY eventid`,
    );
    const db = join(folder(), 'x.db');
    await ingest({ inputs: [root], db });
    const rows = query(db, `SELECT ${ours.join(', ')} FROM cloudtrail_logs ORDER BY eventid`);
    expect(rows.length).toBeGreaterThan(140);
    expect(read.getRowObjectsJson()).toEqual(rows);
    expect(new Set(rows.map(row => row.eventid)).size).toBeLessThanOrEqual(sampleRecords().length);
  });
});

/** The statements of one engine in a text that has those of all. */
const sectionOf = (text: string, title: string): string =>
  text
    .split(/^(?=-- (?:Athena|Trino|Spark|DuckDB|ClickHouse)\b)/m)
    .find(part => part.startsWith(`-- ${title}`))!;

describe('_create-table.sql in a lake', () => {
  it('makes a view in DuckDB that has the values of the index, NULL and missing structs apart', async () => {
    const odd = [
      record({
        recipientAccountId: "a/b,'c",
        awsRegion: '../../x',
        eventTime: 'yesterday',
        userIdentity: undefined,
      }),
      record({ resources: [], awsRegion: 'us-east-1\n', errorMessage: '' }),
      record({ userIdentity: {} }),
    ];
    const db = join(folder(), 'x.db');
    await ingest({ inputs: [SAMPLES, put(folder(), 'odd.json', trail(odd))], db });
    const lake = join(folder(), "it's a lake");
    const index = openIndex(db);
    const { rows, added, kept, files } = await index.export(lake);
    expect(await index.export(lake)).toMatchObject({ rows, added: 0, kept: rows });
    index.close();
    expect([added, kept]).toEqual([161, 0]);
    expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(161);
    const text = readFileSync(join(lake, '_create-table.sql'), 'utf8');
    expect(text).toContain('MSCK REPAIR TABLE');
    expect(text).not.toContain('projection.account');

    const connection = await (await DuckDBInstance.create()).connect();
    // It is run in the folder of the lake.
    const statement = sectionOf(text, 'DuckDB').replace(
      "read_parquet(\n  '",
      `$&${lake.replaceAll("'", "''")}/`,
    );
    await connection.run(statement);
    const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
    const columns =
      'eventid, eventtime, account, region, year, month, day, errormessage, requestparameters, username';
    const theirs = await read(`SELECT ${columns} FROM cloudtrail_logs ORDER BY eventid`);
    // Partitions of a lake are those of the record; the index prefers the path.
    expect(theirs.map(({ account, region, ...row }) => row)).toEqual(
      query(db, `SELECT ${columns} FROM cloudtrail_logs ORDER BY eventid`).map(
        ({ account, region, ...row }) => row,
      ),
    );
    expect(theirs.find(row => row.eventid === odd[0]!.eventID)).toMatchObject({
      account: "a/b,'c",
      region: '../../x',
      year: null,
    });
    expect(
      await read(`SELECT useridentity IS NULL AS no_identity, resources IS NULL AS no_resources, len(resources) AS n, errormessage
        FROM cloudtrail_logs WHERE eventid IN (${odd.map(one => `'${one.eventID}'`).join(', ')}) ORDER BY eventid`),
    ).toEqual([
      { no_identity: true, no_resources: true, n: null, errormessage: null },
      { no_identity: false, no_resources: false, n: '0', errormessage: '' },
      { no_identity: false, no_resources: true, n: null, errormessage: null },
    ]);
  });

  it('fills in the partitions that are there', async () => {
    const index = openIndex(sampleIndex());
    const lake = join(folder(), 'lake');
    await index.export(lake, { region: 'eu-west-1' });
    index.close();
    const athena = sectionOf(readFileSync(join(lake, '_create-table.sql'), 'utf8'), 'Athena');
    expect(athena).toContain("'projection.region.values' = 'eu-west-1'");
    expect(athena).toContain("'projection.year.values' = '2019'");
    expect(parseStatements(athena).map(({ statement }) => statement.kind)).toEqual(['create table']);
  });
});

describe('lines of access logs in Athena', () => {
  it('are taken apart as the index does, of every year', () => {
    const index = sampleIndex();
    const columns = ACCESS_FIELDS.map(({ name }) => name);
    const rows = query(
      index,
      `SELECT line, is_ambiguous, field_count, ${columns.join(', ')} FROM s3_access_logs WHERE NOT is_ambiguous`,
    );
    const pattern = new RegExp(`^${LINE_PATTERN}`);
    expect(rows.length).toBeGreaterThan(200);
    const different: string[] = [];
    for (const count of FIELD_COUNTS) {
      for (const row of rows) {
        // Fields have only ever been appended, and those after the user agent are words.
        const cut = Number(row.field_count) - count;
        if (cut < 0) continue;
        const line = (row.line as string).replace(new RegExp(`(?: [^ ]+){${cut}}$`), '');
        const groups = pattern.exec(line)?.slice(1) ?? [];
        const isSame = columns.every((name, i) => {
          const text = groups[i]?.replace(/^"(.*)"$/, '$1') ?? null;
          const ours = row[name] === null || i >= count ? null : String(row[name]);
          return (text === '-' ? null : text) === ours;
        });
        if (!isSame) different.push(line);
      }
    }
    expect(different).toEqual([]);
    expect(Math.max(...rows.map(row => row.field_count as number))).toBeGreaterThan(25);
  });
});

describe('what an engine cannot read', () => {
  it('is refused by name, with what to do', () => {
    const raw = (engine: DdlEngine, source: 'cloudtrail' | 'access-logs'): string =>
      createTable({ engine, of: 'raw', source, location, extent: PLAIN });
    expect(() => raw('clickhouse', 'cloudtrail')).toThrow('ClickHouse');
    for (const engine of ['trino', 'spark', 'duckdb', 'clickhouse'] as const)
      expect(() => raw(engine, 'access-logs')).toThrow('has no reader for lines of access logs');
    expect(raw('athena', 'access-logs')).toContain('RegexSerDe');
  });
});

describe('the partitions of an index', () => {
  it('are the accounts, regions and years of its events', () => {
    const db = openForQueries(sampleIndex());
    expect(indexExtent(db, 'cloudtrail')).toEqual({
      partitions: {
        account: ['111122223333', '222233334444', '333344445555'],
        region: ['ap-southeast-2', 'eu-west-1', 'us-east-1', 'us-west-2'],
        year: ['2019'],
        month: [],
        day: [],
      },
      firstDay: '2019/07/04',
    });
    expect(indexExtent(db, 'access-logs').firstDay).toMatch(/^2019\/0\d\/\d\d$/);
    db.close();
  });

  it('have a null where an event has no account or a time that cannot be read', async () => {
    const odd = [
      record({ recipientAccountId: undefined, eventTime: 'yesterday' }),
      record({ eventTime: '9999-12-31T23:59:59Z' }),
      record({ eventTime: '1969-12-31T23:59:59Z' }),
    ];
    const path = join(folder(), 'odd.db');
    await ingest({ inputs: [put(folder(), 'odd.json', trail(odd))], db: path });
    const db = openForQueries(path);
    const { partitions, firstDay } = indexExtent(db, 'cloudtrail');
    db.close();
    expect(partitions).toMatchObject({
      account: ['111122223333', null],
      year: ['1969', '9999', null],
      month: [null],
      day: [null],
    });
    expect(firstDay).toBe('1969/12/31');
  });
});

it('_create-table.sql has the statements of every engine, the same each time', () => {
  const text = createTableSql('cloudtrail', PLAIN);
  for (const title of ['Athena', 'Trino', 'Spark', 'DuckDB', 'ClickHouse'])
    expect(text).toContain(`-- ${title}`);
  expect(createTableSql('cloudtrail', PLAIN)).toBe(text);
  expect(createTableSql('access-logs', extentOf([{ year: '2019', month: '07', day: '04' }]))).toContain(
    '`s3_access_logs`',
  );
});

describe('the command', () => {
  const run = (...args: string[]) => offtrail(['print-ddl', ...args], { cwd: folder() });

  it('needs no index where it is told the partitions, or where the engine looks for itself', () => {
    const { code, stdout } = run(
      'athena',
      '--of',
      'raw',
      '--account',
      '111122223333',
      '--region',
      'eu-west-1',
    );
    expect(code).toBe(0);
    expect(stdout).toContain("'projection.region.values' = 'eu-west-1'");
    expect(run('duckdb', '--location', './lake').stdout).toContain("'./lake/account=*/region=*");
    expect(run('athena')).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes them from the index, and prints all engines without a name', () => {
    const { code, stdout } = run('--db', sampleIndex());
    expect(code).toBe(0);
    expect(stdout).toContain("'projection.year.values' = '2019'");
    expect(stdout).toContain('ClickHouse');
  });

  it('refuses engines and options that say nothing', () => {
    expect(run('duckbd').stderr).toContain('did you mean duckdb?');
    expect(run('--of', 'raw').stderr).toContain('name one: athena');
  });
});
