/** Conditions on texts are asked of the index for text first; what they find must be what reading every event finds. */

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Db, openForQueries } from '../src/query/open.js';
import { createSqlSession } from '../src/query/sql/run.js';
import { sqlRows } from './sql-rows.js';
import { folder, ingestInto, put, record, type TestRecord } from './support.js';

/** Marks the events that a statement is about: letters, digits, slashes and signs, and one that only its case tells. */
const MARK = 'prod-Vault.7/x';
const escaped = (text: string): string =>
  [...text].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** A record as JSON text in which `from` is written as `to`. */
const written = (one: TestRecord, from: string, to: string): string =>
  JSON.stringify(one).replaceAll(from, () => to);

/** Every way in which a record can have the mark. */
function planted(): string[] {
  const parameters = { bucketName: 'b', key: 'k', secretId: MARK, n: 1200, big: 1.5e30 };
  const plain = record({ requestParameters: parameters, errorMessage: `denied: ${MARK}` });
  return [
    JSON.stringify(plain),
    written(record({ requestParameters: parameters }), MARK, escaped(MARK)),
    written(record({ requestParameters: parameters }), 'prod-', `${escaped('p')}rod-`),
    JSON.stringify(record({ errorMessage: `a "quoted" ${MARK}\n` })),
    JSON.stringify(record({ requestParameters: { secretId: MARK.toLowerCase() } })),
    JSON.stringify(record({ requestParameters: { secretId: 'é'.normalize('NFD') + MARK } })),
    JSON.stringify(record({ requestParameters: { key: MARK, bucketName: 'b' } })),
    JSON.stringify(record({ responseElements: { nested: [{ secretId: MARK }] }, requestID: MARK })),
    written(record({ requestParameters: parameters }), 'secretId', escaped('secretId')),
    JSON.stringify(record({ requestParameters: { glob: '*[a]?', deep: { er: [0, { at: true }] } } })),
    JSON.stringify(record({ requestParameters: { bucketName: 'c', glob: '' } })),
    written(record({ requestParameters: { glob: '', x: '*[a]?' } }), '""', '""  '),
  ];
}

/** Parameters of an event like no other: texts of many kinds, so that few events share a signature. */
const other = (n: number): TestRecord => ({
  bucketName: 'b',
  key: Array.from({ length: 8 }, (_, i) => createHash('sha256').update(`${n} ${i}`).digest('base64')).join(
    '-',
  ),
});

const CONDITIONS = [
  `json_extract_scalar(requestparameters, '$.secretId') = '${MARK}'`,
  `'${MARK}' = json_extract_scalar(requestparameters, '$["secretId"]')`,
  `json_extract_scalar(requestparameters, '$.secretId') IN ('nothing', '${MARK}')`,
  `json_extract_scalar(requestparameters, '$.secretId') LIKE 'prod-V_ult.7%'`,
  `lower(json_extract_scalar(requestparameters, '$.secretId')) = lower('${MARK}')`,
  `json_extract_scalar(requestparameters, '$.key') = '${MARK}'`,
  `json_extract_scalar(requestparameters, '$.n') = '1200'`,
  `json_extract_scalar(requestparameters, '$.n') IN ('1', '1200', NULL)`,
  `json_extract_scalar(requestparameters, '$["n"]') = '1200' AND json_extract_scalar(requestparameters, '$.bucketName') = 'b'`,
  `json_extract_scalar(requestparameters, '$.glob') = '*[a]?'`,
  `json_extract_scalar(requestparameters, '$.glob') = ''`,
  `json_extract_scalar(requestparameters, '$.deep.er[1].at') = 'true'`,
  `NOT (json_extract_scalar(requestparameters, '$.bucketName') = 'b')`,
  `coalesce(json_extract_scalar(requestparameters, '$.glob') = '', TRUE)`,
  `json_extract_scalar(requestparameters, '$.big') LIKE '1.5E30'`,
  `json_extract_scalar(responseelements, '$.nested[0].secretId') = '${MARK}'`,
  `json_extract_scalar(requestparameters, '$.secretId') IS NOT NULL`,
  `NOT (json_extract_scalar(requestparameters, '$.secretId') = 'another')`,
  `CAST(json_extract_scalar(requestparameters, '$.n') AS bigint) > 1000`,
  `json_size(responseelements, '$.nested') > 0`,
  `regexp_like(json_extract_scalar(requestparameters, '$["secretId"]'), '.')`,
  `json_extract_scalar(requestparameters, '$.secretId') IS NULL AND errormessage IS NOT NULL`,
  `requestparameters LIKE '%${MARK}%'`,
  `requestparameters LIKE '%"secretId":"prod-%' AND eventname = 'GetObject'`,
  `errormessage LIKE '%${MARK}%'`,
  `lower(errormessage) LIKE '%prod-vault%'`,
  `strpos(errormessage, 'Vault.7') > 0`,
  `regexp_like(errormessage, 'quoted. prod-Vault')`,
  `regexp_like(requestparameters, '(?i)PROD-VAULT')`,
  `requestid = '${MARK}'`,
  `requestid = '${MARK}' OR errormessage LIKE '%${MARK}%'`,
  `requestid = '${MARK}' OR eventname = 'DeleteObject'`,
  `NOT (requestparameters LIKE '%${MARK}%')`,
  `requestparameters LIKE '%nowhere-at-all%'`,
  `json_extract_scalar(requestparameters, '$.key') BETWEEN 'prod-Vault.7' AND 'prod-Vault.8'`,
  `'prod-Vault.8' > json_extract_scalar(requestparameters, '$.key') AND json_extract_scalar(requestparameters, '$.key') >= 'prod-Vault.7/x'`,
  `json_extract_scalar(requestparameters, '$.key') > 'prod-Vault.7' AND json_extract_scalar(requestparameters, '$.key') >= 'prod'`,
  `requestid > 'prod-Vault' AND requestid < 'prod-Vaulu'`,
];

describe('a condition on a text', () => {
  let index: Db;
  beforeAll(() => {
    const root = folder();
    // Most events have none of it, and no two that have it are neighbours.
    const marked = planted();
    for (let file = 0; file < 20; file++) {
      const plain = Array.from({ length: 100 }, (_, i) =>
        JSON.stringify(record({ requestParameters: other(file * 100 + i) })),
      );
      put(root, `${file}.json`, `{"Records":[${[...plain, ...marked.slice(file, file + 1)].join(',')}]}`);
    }
    index = openForQueries(ingestInto([root]).db);
  });
  const rows = (statement: string): unknown[] => sqlRows(index, statement);
  const found = (condition: string): unknown[] =>
    rows(`SELECT eventid FROM t WHERE ${condition} ORDER BY eventid`);

  it.each(CONDITIONS)('finds what reading every event finds: %s', condition => {
    // Nothing need be in an event for which one of the two holds.
    const read = found(`(${condition}) OR eventversion = 'none'`);
    expect(found(condition)).toEqual(read);
    if (!condition.includes('nowhere') && !condition.includes('$.big'))
      expect(read.length).toBeGreaterThan(0);
  });

  it('reads only the events that may have it', () => {
    const explained = (condition: string): string =>
      createSqlSession(index).explain(`SELECT eventid FROM t WHERE ${condition}`).join('\n');
    expect(explained(CONDITIONS[0]!)).toMatch(/e\.id IN \(SELECT id FROM ot\d+_n/);
    // Its name is what the text must have, where the value says nothing.
    expect(explained("json_extract_scalar(requestparameters, '$.secretId') IS NOT NULL")).toContain(
      'e.id IN',
    );
    expect(explained("json_extract_scalar(requestparameters, '$.secretId') IS NULL")).not.toContain(
      'e.id IN',
    );
    // What is between two texts begins as both do.
    const key = "json_extract_scalar(requestparameters, '$.key')";
    expect(explained(`${key} BETWEEN 'prod-Vault.7' AND 'prod-Vault.8'`)).toContain('e.id IN');
    expect(explained(`${key} >= 'prod-Vault.7' AND 'prod-Vault.8' > ${key}`)).toContain('e.id IN');
    for (const more of [`${key} > 'prod-Vault.8'`, "requestid < 'prod-Vault.8'"])
      expect(explained(`${key} > 'prod-Vault.7' AND ${more}`)).not.toContain('e.id IN');
    // What most events have is better read in their order.
    expect(explained("requestparameters LIKE '%bucketName%'")).not.toContain('e.id IN');
    expect(explained("requestparameters LIKE '%ab%'")).not.toContain('e.id IN');
  });

  it('counts, groups and sorts them as well', () => {
    const where = `WHERE json_extract_scalar(requestparameters, '$.secretId') = '${MARK}'`;
    const all = `WHERE (json_extract_scalar(requestparameters, '$.secretId') = '${MARK}' OR eventversion = 'none')`;
    for (const [head, tail] of [
      ['SELECT count(*) AS n FROM t', ''],
      ['SELECT eventname, count(*) AS n FROM t', 'GROUP BY 1'],
      ['SELECT DISTINCT requestparameters FROM t', 'ORDER BY 1'],
      ['SELECT eventtime, eventid FROM t', 'ORDER BY eventtime DESC, eventid LIMIT 3'],
    ] as const)
      expect(rows(`${head} ${where} ${tail}`)).toEqual(rows(`${head} ${all} ${tail}`));
  });
});

describe('a condition on names', () => {
  let index: Db;
  beforeAll(() => {
    const events = Array.from({ length: 200 }, (_, i) =>
      record({
        eventName: i % 20 === 0 ? 'DeleteObject' : i % 3 === 0 ? 'GetObject' : 'PutObject',
        sourceIPAddress: i % 25 === 0 ? '10.0.0.2' : '10.0.0.1',
        requestParameters: { key: `k${i % 7}` },
      }),
    );
    const root = folder();
    put(root, '1.json', JSON.stringify({ Records: events }));
    index = openForQueries(ingestInto([root]).db);
  });
  const rows = (statement: string): unknown[] => sqlRows(index, statement);
  const isInOrder = (statement: string): boolean =>
    createSqlSession(index).explain(statement).join('\n').includes('FROM event AS e NOT INDEXED');

  it.each([
    ["eventname = 'GetObject'", true],
    ["eventname IN ('GetObject', 'DeleteObject') AND awsregion = 'us-east-1'", true],
    ["eventname = 'GetObject' AND sourceipaddress = '10.0.0.1'", true],
    ["eventname = 'DeleteObject'", false],
    ["eventname = 'GetObject' AND sourceipaddress = '10.0.0.2'", false],
    ["eventname = 'GetObject' AND eventtime > '2000'", false],
    ["eventname = 'GetObject' OR sourceipaddress = '10.0.0.2'", false],
    [`eventname = 't1."eventname"'`, false],
    ['eventname = (SELECT max(x.eventname) FROM t x)', false],
  ] as const)('is answered by an index only where few events hold it: %s', (condition, isRead) => {
    const where = `WHERE ${condition}`;
    for (const statement of [
      `SELECT requestparameters, eventid FROM t ${where} ORDER BY 2`,
      `SELECT requestparameters, count(*) FROM t ${where} GROUP BY 1 ORDER BY 1`,
    ]) {
      expect(isInOrder(statement), statement).toBe(isRead);
      expect(rows(statement)).toEqual(
        rows(statement.replace(where, `WHERE (${condition}) OR "$event_rowid" < 0`)),
      );
    }
  });

  it('is not, where no details are read, or a LIMIT ends the reading', () => {
    const where = "FROM t WHERE eventname = 'GetObject'";
    expect(
      rows(`SELECT x.n, requestparameters FROM (VALUES 'PutObject') x (n), t WHERE eventname = n`),
    ).toHaveLength(rows("SELECT 1 FROM t WHERE eventname = 'PutObject'").length);
    expect(isInOrder(`SELECT eventid ${where}`)).toBe(false);
    expect(isInOrder(`SELECT requestparameters ${where} LIMIT 3`)).toBe(false);
    expect(isInOrder(`SELECT requestparameters ${where} ORDER BY eventtime LIMIT 3`)).toBe(false);
    expect(isInOrder(`SELECT requestparameters ${where} ORDER BY 1 LIMIT 3`)).toBe(true);
  });
});

describe('a condition on partition columns', () => {
  let index: Db;
  beforeAll(() => {
    const root = folder();
    for (const region of ['us-east-1', 'eu-west-1'])
      for (let day = 1; day <= 9; day++) {
        const name = `AWSLogs/111122223333/CloudTrail/${region}/2026/02/0${day}/111122223333_CloudTrail_${region}_2026020${day}T0005Z_abcdefghijklmnop.json`;
        // Delivered after midnight: the day of the folder is not that of the event.
        const times = [`2026-02-0${Math.max(1, day - 1)}T23:30:00Z`, `2026-02-0${day}T00:30:00Z`];
        const events = times.map(eventTime => record({ awsRegion: region, eventTime }));
        put(root, name, JSON.stringify({ Records: events }));
      }
    // Of these the path says nothing, and the record does.
    const flat = ['03', '04', '27'].map(day =>
      record({ awsRegion: 'us-east-1', eventTime: `2026-02-${day}T12:00:00Z` }),
    );
    put(root, 'flat.json', JSON.stringify({ Records: flat }));
    index = openForQueries(ingestInto([root]).db);
  });
  const rows = (statement: string): unknown[] => sqlRows(index, statement);
  const explained = (condition: string): string =>
    createSqlSession(index).explain(`SELECT eventid FROM t WHERE ${condition}`).join('\n');

  it.each([
    ["region = 'eu-west-1' AND year = '2026' AND month = '02' AND day = '03'", 2],
    ["region = 'us-east-1' AND day = '03'", 3],
    ["'2026/02/04' = timestamp", 5],
    ["timestamp BETWEEN '2026/02/03' AND '2026/02/04' AND region LIKE 'us-%'", 6],
    ["timestamp > '2026/02/08' AND eventname = 'GetObject'", 5],
    ["day IN ('03', '05') AND NOT region = 'eu-west-1'", 5],
    ["day = '03' OR timestamp = '2026/02/05'", 9],
    ["day = '03' OR eventname = 'nothing'", 5],
    ["NOT day > '01'", 4],
    [`region = '''t1."day"''' AND day = '03'`, 0],
    ["day LIKE '%3'", 5],
    ["day = '03' AND region IS NOT DISTINCT FROM 'us-east-1'", 3],
    ["day = '27' AND requestparameters LIKE '%bucketName%'", 1],
    ['CAST(day AS integer) = 3', 5],
    ["account = '111122223333' AND month = '03'", 0],
  ] as const)('finds what reading every event finds: %s', (condition, count) => {
    const found = rows(`SELECT eventid FROM t WHERE ${condition} ORDER BY eventid`);
    expect(found).toEqual(
      rows(`SELECT eventid FROM t WHERE (${condition}) OR eventversion = 'none' ORDER BY eventid`),
    );
    expect(found).toHaveLength(count);
  });

  it('reads only the events of the files that may have them', () => {
    const plan = explained("day = '07' AND requestparameters IS NOT NULL");
    expect(plan).toContain('e.file_id IN (SELECT f.id FROM file AS f');
    // SQLite may take the index on files, which many events make worth it.
    expect(plan).not.toContain('NOT INDEXED');
    expect(explained("month = '02' AND requestparameters IS NOT NULL")).toContain('NOT INDEXED');
    // What most files may have is better read in their order.
    expect(explained("month = '02'")).not.toContain('e.file_id IN');
    // Where other columns decide as well, the path says nothing.
    expect(explained("day = '07' OR eventname = 'nothing'")).not.toContain('e.file_id IN');
  });
});

describe('a number of a JSON text that is a column as well', () => {
  const PLAIN = ['123', '0', '-5', '"123"'];
  const ODD = [
    '-0',
    '123.0',
    '1.23e2',
    '"0123"',
    '"+5"',
    '" 5 "',
    '1.5',
    'true',
    'null',
    '{"a":1}',
    '"12\\u0033"',
  ];
  const ABSURD = ['9223372036854775807', '9223372036854775808', '2147483648', '"abc"', '""', '[5]'];
  let index: Db;
  let count = 0;
  beforeAll(() => {
    const members = [...PLAIN, ...ODD, ...ABSURD].flatMap(value => [
      `"x":"y","bytesTransferredOut":${value}`,
      `"bytesTransferredOut":${value},"bytesTransferredOut":8`,
      `"bytesTransferredOut":8,"bytesTransferred\\u004fut":${value}`,
      `"a":{"bytesTransferredOut":5},"bytesTransferredOut":${value},"b":"\\"bytesTransferredOut\\":5,"`,
    ]);
    count = members.length;
    const records = members.map((own, i) =>
      JSON.stringify(record({ eventID: `e${i}` })).replace(/\}$/, `,"additionalEventData":{${own}}}`),
    );
    const root = folder();
    put(root, '1.json', `{"Records":[${records.join(',\n')}]}`);
    index = openForQueries(ingestInto([root]).db);
  });
  const answers = (text: string, form: (extraction: string) => string): unknown[] =>
    Array.from({ length: count }, (_, i) => {
      const value = form(`json_extract_scalar(${text}, '$.bytesTransferredOut')`);
      try {
        const [answer] = createSqlSession(index).run(`SELECT ${value} FROM t WHERE eventid = 'e${i}'`);
        return answer?.kind === 'rows' ? [...answer.result.rows][0] : undefined;
      } catch (error) {
        return String(error);
      }
    });

  it.each([
    'CAST(% AS bigint)',
    'TRY_CAST(% AS integer)',
    'CAST(% AS double)',
    'TRY(CAST(% AS bigint)) > 100',
    'sum(TRY_CAST(% AS bigint))',
  ])('is what the text says, not what the column made of it: %s', form => {
    const own = answers('additionaleventdata', value => form.replace('%', value));
    // Of a text that is put together no column is known.
    expect(own).toEqual(answers("(additionaleventdata || '')", value => form.replace('%', value)));
    expect(new Set(own.map(String)).size).toBeGreaterThan(1);
  });

  it('comes from the column where the text has it once', () => {
    const [sql] = createSqlSession(index).explain(
      "SELECT sum(CAST(json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS bigint)) FROM t",
    );
    expect(sql).toMatch(/THEN t\d+\."bytestransferredout" WHEN/);
  });
});
