/** Canned searches of access logs put to an engine give the rows of the index. */

import { beforeAll, expect, it } from 'vitest';
import { makeAccessLogs } from '../scripts/access-logs.js';
import { createAsker } from '../src/engine/questions/asker.js';
import { askEvents } from '../src/engine/questions/events.js';
import { askS3Access } from '../src/engine/questions/s3-access.js';
import type { AccessFilters } from '../src/query/access/filters.js';
import { ACCESS_SEARCHES } from '../src/query/access/searches.js';
import { accessStatement, type S3AccessOptions } from '../src/query/access/statement.js';
import { runSql, type Value } from '../src/query/sqlite.js';
import { type Db, openForQueries } from '../src/store/open.js';
import { type LocalEngine, localEngine } from './questions-engine.js';
import { folder, ingestInto, put } from './support.js';

const NOW = new Date('2026-03-01T00:00:00Z');
const FORMS = ['access-logs', 'access-lake'] as const;
const ODD = ['x%2527y', 'a%252Bb%2520c', '%25E0/%E0', 'plus+sign', 'per%2525cent'];
let db: Db;
const engines = {} as Record<(typeof FORMS)[number], LocalEngine>;
beforeAll(() => {
  const root = folder();
  makeAccessLogs(root, { files: 8, linesPerFile: 40, days: 4, buckets: 4, requesters: 12 });
  const owner = 'a'.repeat(64);
  put(
    root,
    'odd/2026-01-02-11-00-00-0123456789ABCDEF',
    ODD.map(
      (key, i) =>
        `${owner} photos [02/Jan/2026:10:00:0${i} +0000] 203.0.113.7 ${i % 2 ? '-' : 'arn:aws:iam::111122223333:user/ana'} R${i}EXAMPLE REST.GET.OBJECT ${key} "GET /x HTTP/1.1" 200 - 10 10 5 4 "-" "it's"`,
    )
      // Of these the fields after the user agent are missing, as in the lines of 2017.
      .map(line => `${line} -\n`)
      .join(''),
  );
  const path = ingestInto([root]).db;
  db = openForQueries(path);
  for (const form of FORMS) engines[form] = localEngine(openForQueries(path), form);
});

const FILTERS: AccessFilters[] = [
  {},
  { from: '2026-01-02' },
  { to: '2026-01-03T12:00Z' },
  { from: '2026-01-01T06:00Z', to: '2026-01-03T18:30Z' },
  { bucket: 'photos' },
  { bucket: '!photos' },
  { key: 'x%27y' },
  { key: 'plus+sign' },
  { key: '*%*' },
  { key: '!*.jpg' },
  { key: 'a+b c' },
  { requester: 'anonymous' },
  { requester: '111122223333' },
  { requester: 'ana' },
  { requester: '!anonymous' },
  { ip: '203.0.113.0/24' },
  { ip: '10.0.0.0/8' },
  { operation: 'GetObject' },
  { operation: 'REST.*.OBJECT' },
  { operation: ['!GetObject', '!PutObject'] },
  { status: '4xx' },
  { status: ['200', '!204'] },
];

async function list(rows: AsyncIterable<Value[]>): Promise<Value[][]> {
  const all: Value[][] = [];
  for await (const row of rows) all.push(row);
  return all;
}

it.each(FORMS)('a canned search of a table of the form %s gives the rows of the index', async form => {
  let found = 0;
  const isAll = process.env.OFFTRAIL_TESTS === 'all';
  for (const [i, filters] of FILTERS.entries()) {
    for (const [j, search] of ACCESS_SEARCHES.entries()) {
      if (!isAll && (i + j) % 4 !== 0) continue;
      const argument: AccessFilters =
        search.argument && filters[search.argument.filter] === undefined
          ? { [search.argument.filter]: search.argument.filter === 'key' ? '*a*' : 'ana' }
          : {};
      const options: S3AccessOptions = {
        ...filters,
        ...argument,
        ...(search.isGrouped ? { by: (['requester', 'address', 'key'] as const)[i % 3]! } : {}),
        ...(search.isBySlowness ? { minMs: 5 } : {}),
      };
      const here = [...runSql(db, accessStatement(search, options, NOW).sqlite).rows] as Value[][];
      const there = await askS3Access(createAsker(engines[form], NOW), { search: search.name, ...options });
      const sorted = (rows: Value[][]) => rows.map(row => JSON.stringify(row)).sort();
      const rows = await list(there.rows);
      expect(sorted(rows), JSON.stringify([search.name, options])).toEqual(sorted(here));
      const key = search.isGrouped ? -2 : 0;
      expect(rows.map(row => row.at(key))).toEqual(here.map(row => row.at(key)));
      found += here.length;
    }
  }
  expect(found).toBeGreaterThan(1_000);
});

it('a table of lines is not asked for events, nor one of events for lines', async () => {
  const asker = createAsker(engines['access-logs'], NOW);
  await expect(askEvents(asker, {})).rejects.toThrow('has lines of S3 server access logs');
  const events = createAsker(localEngine(db, 'raw'), NOW);
  await expect(askS3Access(events, { search: 'errors' })).rejects.toThrow(
    'is not a table of S3 server access logs',
  );
});
