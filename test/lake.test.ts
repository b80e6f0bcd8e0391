import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACCESS_LAKE_COLUMNS, lakeLine } from '../src/access-logs/lake.js';
import { ATHENA_FIELDS } from '../src/cloudtrail/fields.js';
import { jsonColumn, LAKE_COLUMNS } from '../src/cloudtrail/lake.js';
import { createLakeRecords, lakeForm } from '../src/cloudtrail/record-form.js';
import { athenaType } from '../src/lake-types.js';
import { ACCESS_COLUMNS, ACCESS_JOINS, LINE_SQL } from '../src/store/access-view.js';
import { openForQueries } from '../src/store/open.js';
import { createRebuilder } from '../src/store/rebuild.js';
import { JOINS, viewColumns } from '../src/store/view.js';
import { folder, ingestInto, put, REAL_DATA, record, SAMPLES, sampleIndex, trail } from './support.js';

/** Compares the record of every event as a lake's row gives it with the record as the index gives it. */
function expectSameRecords(db: string): number {
  const index = openForQueries(db);
  const expressions = new Map(viewColumns().map(({ column, expression }) => [column, expression]));
  const columns = LAKE_COLUMNS.flatMap(({ name, source, type }) =>
    source && type === 'string' ? [`${expressions.get(source)!} AS "${name}"`] : [],
  );
  const rows = index
    .prepare(`SELECT e.id, k.template, c.members, d.record, ${columns.join(', ')} FROM ${JOINS}`)
    .all() as Array<Record<string, string | null> & { id: number }>;
  const rebuild = createRebuilder(index);
  const recordOf = createLakeRecords();
  for (const { id, template, members, ...row } of rows) {
    const form = row.record === null ? lakeForm(template!, members!) : null;
    expect(recordOf({ ...row, record_form: form })).toBe(rebuild(id));
  }
  return rows.length;
}

describe('the columns of a lake', () => {
  it('begin with Athena’s 29 in their order, and struct columns have their JSON beside them', () => {
    expect(LAKE_COLUMNS.slice(0, 29).map(({ name }) => name)).toEqual(ATHENA_FIELDS.map(f => f.column));
    const structs = LAKE_COLUMNS.filter(({ type }) => typeof type !== 'string').map(({ name }) => name);
    expect(structs).toEqual(['useridentity', 'resources', 'addendum', 'tlsdetails']);
    const names = LAKE_COLUMNS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(structs.map(jsonColumn)));
    expect(new Set(names).size).toBe(names.length);
    expect(athenaType(LAKE_COLUMNS.find(({ name }) => name === 'useridentity')!.type)).toContain(
      'webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>',
    );
  });

  it('come from columns of the view, and none of the view is left out but those that follow from others', () => {
    const view = viewColumns().map(({ column }) => column);
    const sources = new Set(LAKE_COLUMNS.flatMap(({ source }) => source ?? []));
    expect([...sources].filter(source => !view.includes(source))).toEqual([]);
    const leftOut = view.filter(column => !sources.has(column));
    expect(leftOut.filter(column => !/^useridentity_|^tlsdetails_|_id$/.test(column))).toEqual([
      'timestamp',
      'event_rowid',
    ]);
  });

  it('of lines are those of s3_access_logs, with the same words', () => {
    const own = ACCESS_LAKE_COLUMNS.filter(({ source }) => source);
    const view = ACCESS_COLUMNS.filter(
      ({ column }) => !['timestamp', 'line', 'access_rowid'].includes(column),
    );
    expect(own.map(({ name }) => name)).toEqual(view.map(({ column }) => column));
    const words = (text: string): string => text.replace(/^(1|true) (?=for|where)/, '');
    expect(own.map(({ meaning }) => words(meaning))).toEqual(view.map(({ meaning }) => words(meaning)));
  });
});

describe('a record', () => {
  it('is given back byte for byte by its row of a lake: every event of the samples', () => {
    expect(expectSameRecords(sampleIndex())).toBe(158);
  });

  it('is given back where its fields are of odd types, written with escapes, repeated or null', () => {
    const odd = [
      record({ vpcEndpointId: 'vpce-1', sessionCredentialFromConsole: true }),
      record({ vpcEndpointAccountId: 111122223333, tlsDetails: [] }),
      record({ userIdentity: 'root', resources: [], addendum: {} }),
      record({ userIdentity: null, resources: null, tlsDetails: null, newField: { a: [1.0, '\u0000"'] } }),
      record({ errorMessage: 'a\u0000b \ud83d "quoted"', eventName: { odd: 1 }, readOnly: false }),
    ];
    const text = trail(odd).replace('"eventVersion"', '"eventVersion":"0","eventVersion"');
    const root = folder();
    put(root, 'odd.json', text);
    put(
      root,
      'bare.json',
      '{"Records":[{"eventVersion":"1.08","vpcEndpointId":"vpce\\u002d1","eventName":"X","eventTime":"x"}]}',
    );
    expect(expectSameRecords(ingestInto([root]).db)).toBe(odd.length + 1);
  });

  it.skipIf(!existsSync(REAL_DATA))('is given back: real logs (skipped where they are not there)', () => {
    const inputs = [
      'invictus-aws-dataset',
      'stratus-red-team',
      'umccr',
      'otrf-jsonl',
      'plaso-lookup-events',
      'eventbridge-cloud-custodian',
    ];
    expect(expectSameRecords(ingestInto(inputs.map(name => join(REAL_DATA, name))).db)).toBe(3528);
  });
});

describe('a line', () => {
  it('is given back byte for byte by its row of a lake', () => {
    const root = folder();
    put(
      root,
      'log2024-03-01-00-00-00-0123456789ABCDEF',
      Buffer.concat([
        Buffer.from(
          'o b [01/Mar/2024:00:00:00 +0000] 203.0.113.7 - R1 REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 5 5 1 1 "-" "a\\"b" - host= SigV4 C AuthHeader e TLSv1.3 - - us-east-1 new\n',
        ),
        Buffer.from(
          'o b [01/Mar/2024:00:00:01 +0000] 203.0.113.7 - R2 REST.GET.OBJECT k - 200 - 007 5 1 1 - "a',
        ),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('" -\n'),
      ]),
    );
    const inputs = [
      root,
      SAMPLES,
      ...(existsSync(REAL_DATA) ? [join(REAL_DATA, 's3-access-logs-dandi')] : []),
    ];
    const index = openForQueries(ingestInto(inputs).db);
    const expressions = new Map(ACCESS_COLUMNS.map(({ column, expression }) => [column, expression]));
    const columns = ACCESS_LAKE_COLUMNS.flatMap(({ name, source }) =>
      source ? [`${expressions.get(source)!} AS "${name}"`] : [],
    );
    const rows = index
      .prepare(
        `SELECT ${columns.join(', ')}, l.line, coalesce(l.line, CAST(${LINE_SQL} AS BLOB)) AS whole FROM ${ACCESS_JOINS}`,
      )
      .all() as Array<Record<string, unknown> & { whole: Buffer }>;
    expect(rows.length).toBeGreaterThan(100);
    for (const { whole, ...row } of rows)
      expect(Buffer.from(lakeLine(row)!).toString('hex')).toBe(whole.toString('hex'));
  });
});
