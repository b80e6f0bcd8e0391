/** A canned search of a time, or with a limit, finds its events in the columns of the index: those of its statement. */

import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../scripts/random.js';
import { AT_ONCE } from '../src/query/events.js';
import { type Db, openForQueries } from '../src/query/open.js';
import { s3Rows } from '../src/query/s3-rows.js';
import { findS3Search, S3_SEARCHES, type S3Search } from '../src/query/s3-searches.js';
import { type S3SearchOptions, s3Statement } from '../src/query/s3-statement.js';
import { runSql } from '../src/query/sqlite.js';
import { folder, ingestInto, put, record, type TestRecord, trail } from './support.js';

const random = createRandom(20261128);
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)]!;
const KEY = 'AKIAIOSFODNN7EXAMPLE';
const NOW = new Date('2024-03-04T00:00:00Z');

/** Events of a few seconds, so that many are of one. */
const anyRecord = (odd: readonly unknown[]): TestRecord =>
  record({
    eventTime: pick([`2024-03-0${1 + random.below(3)}T10:00:0${random.below(6)}Z`, ...odd]),
    eventName: pick(['GetObject', 'GetObject', 'PutObject', 'HeadObject', 'DeleteObject', 'ListBuckets']),
    eventSource: pick(['s3.amazonaws.com', 's3.amazonaws.com', 'iam.amazonaws.com', undefined]),
    errorCode: pick([undefined, undefined, 'AccessDenied']),
    sourceIPAddress: pick([undefined, '192.0.2.1', '192.0.2.2']),
    userIdentity: pick([
      undefined,
      { type: 'AWSAccount', accountId: 'anonymous' },
      { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/u', accessKeyId: KEY },
    ]),
    requestParameters: pick([undefined, { bucketName: 'one', key: 'a/k' }, { bucketName: 'two' }]),
    additionalEventData: pick([undefined, { SignatureVersion: 'SigV2' }]),
  } as TestRecord);

const FILTERS: readonly S3SearchOptions[] = [
  {},
  { bucket: 'one' },
  { bucket: ['!one'] },
  { key: 'a/' },
  { ip: '192.0.2.0/31' },
  { errorsOnly: true, bucket: 'two' },
  { bucket: 'none' },
];
const TIMES: readonly S3SearchOptions[] = [
  {},
  { from: '2024-03-02' },
  { to: '2024-03-02T10:00:03Z' },
  { from: '2024-03-02T10:00:01Z', to: '2024-03-02T10:00:01Z' },
];
const LIMITS: readonly S3SearchOptions[] = [
  {},
  { limit: 0 },
  { limit: 7 },
  { limit: 600, order: 'oldest' },
  { order: 'oldest' },
];

/** Of as many, more are of an object than are looked for at a time. */
const MANY = 45_000;

describe.each([
  ['whose times are all in their own form', [], MANY],
  [
    'with times in other forms',
    ['2024-03-02T10:00:01.5Z', '2024-03-02T12:00:02+02:00', 'never', undefined, '1950-01-01T00:00:00Z'],
    900,
  ],
] as const)('on an index %s', (_, odd, count) => {
  let index: Db;
  const compare = (search: S3Search, options: S3SearchOptions): number => {
    const { rows, columns } = s3Rows(index, search, options, NOW);
    const all = [...rows];
    const expected = runSql(index, s3Statement(search, options, NOW, { db: index }).sqlite);
    expect(columns).toEqual(expected.columns);
    expect(all, JSON.stringify(options)).toEqual([...expected.rows]);
    return all.length;
  };
  beforeAll(() => {
    const records = Array.from({ length: count }, () => anyRecord(odd));
    index = openForQueries(ingestInto([put(folder(), 'a.json', trail(records))]).db);
  });

  it.each(S3_SEARCHES)('$name gives the rows of its statement, in its order', search => {
    let found = 0;
    for (const filters of FILTERS)
      for (const times of TIMES) {
        const options = {
          ...filters,
          ...times,
          ...pick(LIMITS),
          ...(search.argument ? { accessKeyId: KEY } : {}),
          withEventId: true,
        };
        found += compare(search, options);
      }
    expect(found).toBeGreaterThan(search.grouped ? 10 : count / 10);
  });

  it('gives all of them where they are more than are looked for at a time', () => {
    const found = compare(findS3Search('object-access'), { from: '2000-01-01' });
    if (count === MANY) expect(found).toBeGreaterThan(AT_ONCE);
  });
});
