/**
 * Every question put to a real Trino gives what an index of the same logs gives. Runs with TRINO_URL, the address of a
 * table (`trino://me@127.0.0.1:8080/hive/ct/cloudtrail_logs`), and TRINO_LOGS, the folder it was made from; without, it
 * skips: test/questions.test.ts puts the same statements to our own reader of the dialect. TRINO_FILTERS takes some of
 * the combinations of filters, as a range: 0-4.
 */

import { describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine.js';
import { chooseEngine, openEngine } from '../src/engine/open.js';
import { createAsker } from '../src/engine/questions/asker.js';
import { askEvents } from '../src/engine/questions/events.js';
import { askS3 } from '../src/engine/questions/s3.js';
import { askSearch } from '../src/engine/questions/search.js';
import { askSessions } from '../src/engine/questions/sessions.js';
import { askTimeline } from '../src/engine/questions/timeline.js';
import { askTop } from '../src/engine/questions/top.js';
import { askWho } from '../src/engine/questions/who.js';
import { foundEvents } from '../src/query/access/answers.js';
import { createRowReader } from '../src/query/event-row.js';
import { events } from '../src/query/events.js';
import type { Filters } from '../src/query/filter/filter.js';
import { s3Rows } from '../src/query/s3-rows.js';
import { S3_SEARCHES } from '../src/query/s3-searches.js';
import { sessions } from '../src/query/sessions/sessions.js';
import { timeline } from '../src/query/timeline.js';
import { top } from '../src/query/top.js';
import { who } from '../src/query/who.js';
import { type Db, openForQueries } from '../src/store/open.js';
import { ingestInto } from './support.js';

const { TRINO_URL, TRINO_LOGS, TRINO_INDEX, TRINO_FILTERS = '0-99' } = process.env;
const [FIRST, LAST] = TRINO_FILTERS.split('-').map(Number) as [number, number];
const NOW = new Date('2026-12-01T00:00:00Z');
const SAMPLES = 8;

/** Everything as text in an order of its own: what stands beside what is another matter. */
async function sorted(rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<string[]> {
  const all: string[] = [];
  for await (const row of rows) all.push(JSON.stringify(row));
  return all.sort();
}

/** Values that the logs have, so that each filter finds something. */
function filtersOf(db: Db): Filters[] {
  const some = (column: string): string[] =>
    top(db, { columns: [column], limit: SAMPLES }, NOW).rows.flatMap(({ values: [value] }) => value ?? []);
  const days = timeline(db, { every: '1d' }, NOW).steps.filter(step => step.events > 0);
  const [first, last] = [days[Math.floor(days.length / 3)]!.time, days[Math.floor(days.length / 2)]!.time];
  const at = (column: string, i: number): string => some(column)[i] ?? some(column)[0] ?? 'none';
  return [
    {},
    { from: last },
    { to: first },
    { from: first, to: last },
    { service: at('service', 0) },
    { service: [at('service', 1), at('service', 2)], from: first },
    { eventName: 'Get*' },
    { eventName: [at('event name', 1), '!DeleteObject'] },
    { eventName: '!*Object', region: at('region', 0) },
    { user: at('user', 1) },
    { user: `${at('user', 0).slice(0, 3)}*` },
    { requester: at('role', 0) },
    { accessKey: at('access key', 0) },
    { identityType: ['AWSAccount', 'AWSService'] },
    { ip: '10.0.0.0/9' },
    { ip: at('ip', 0) },
    { userAgent: '*aws-cli*' },
    { bucket: at('bucket', 0), key: '*/*' },
    { account: at('account', 0), region: [at('region', 1), at('region', 0)] },
    { account: `!${at('account', 0)}` },
    { category: '!data', errorsOnly: true },
    { readOnly: 'false' },
    { errorCode: '*Denied*' },
    { errorsOnly: true, from: first, to: last },
  ];
}

describe.runIf(TRINO_URL && (TRINO_LOGS || TRINO_INDEX))('on a real Trino', () => {
  it('every question gives the rows of the index', { timeout: 3_600_000 }, async () => {
    const db = openForQueries(TRINO_INDEX ?? ingestInto([TRINO_LOGS!]).db);
    const engine: Engine = await openEngine(
      chooseEngine(TRINO_URL!, () => {
        throw new Error('no profile');
      }),
    );
    const differences: string[] = [];
    let asked = 0;
    const compare = async (
      label: unknown,
      here: () => unknown,
      there: () => Promise<unknown>,
    ): Promise<void> => {
      asked++;
      try {
        expect(await there()).toEqual(here());
      } catch (error) {
        differences.push(`${JSON.stringify(label)}: ${String((error as Error).message).slice(0, 1_500)}`);
      }
    };
    const plain = <T extends object>(of: T): unknown => ({ ...of, spellings: undefined });
    const asker = () => createAsker(engine, NOW);
    const columns = ['eventTime', 'eventName', 'username', 'ip', 'errorCode', 'requestParameters', 'eventID'];
    const all = filtersOf(db);
    for (const [i, filters] of all.entries()) {
      if (i < FIRST || i > LAST) continue;
      const search = S3_SEARCHES[i % (S3_SEARCHES.length - 1)]!;
      await compare(
        ['s3', search.name, filters],
        () => [...s3Rows(db, search, filters, NOW).rows].map(row => JSON.stringify(row)).sort(),
        async () => sorted((await askS3(asker(), { search: search.name, ...filters })).rows),
      );
      await compare(
        ['events', filters],
        () =>
          [...events(db, filters, NOW, createRowReader(db, columns).rowOf)]
            .map(row => JSON.stringify(row))
            .sort(),
        async () => sorted((await askEvents(asker(), { ...filters, columns })).rows),
      );
      const counted = {
        columns: [['service', 'event name'], ['user'], ['ip', 'error code']][i % 3]!,
        limit: 40,
      };
      await compare(
        ['top', filters],
        () => plain(top(db, { ...counted, ...filters }, NOW)),
        async () => plain(await askTop(asker(), { ...counted, ...filters })),
      );
      const stepped = [{}, { every: '1d' }, { every: '6h', by: 'service' }][i % 3]!;
      const steps = ({ steps: list, ...rest }: ReturnType<typeof timeline>): unknown => ({
        ...rest,
        spellings: undefined,
        steps: list.map(step => ({ ...step, values: step.values.map(one => JSON.stringify(one)).sort() })),
      });
      await compare(
        ['timeline', filters],
        () => steps(timeline(db, { ...stepped, ...filters }, NOW)),
        async () => steps(await askTimeline(asker(), { ...stepped, ...filters })),
      );
      const identity = ['AWSAccount', '111122223333', '10.0.0.0/10', 'IAMUser'][i % 4]!;
      const page = (of: ReturnType<typeof who>): unknown =>
        of && {
          ...{ events: of.events, errors: of.errors, first: of.first, last: of.last },
          sections: of.sections.map(one => ({
            ...one,
            rows: one.rows.map(row => JSON.stringify(row)).sort(),
          })),
        };
      await compare(
        ['who', identity, filters],
        () => page(who(db, identity, filters, NOW)),
        async () => page(await askWho(asker(), { identity, ...filters })),
      );
      const text = ['10.2', 'AccessDenied', "it's", 'writer', 'kms'][i % 5]!;
      const ids = (rows: Iterable<{ eventID: string | null }>): unknown[] =>
        [...rows].map(row => row.eventID).sort();
      await compare(
        ['search', text, filters],
        () => ids(foundEvents(db, { text, ...filters }, NOW)),
        async () => {
          const hits = [];
          for await (const hit of (await askSearch(asker(), { text, ...filters })).hits) hits.push(hit);
          return ids(hits);
        },
      );
    }
    const keys = top(db, { columns: ['access key'], limit: 4 }, NOW).rows.flatMap(
      ({ values: [key] }) => key ?? [],
    );
    for (const key of keys)
      await compare(
        ['sessions', key],
        () =>
          [...sessions(db, key, 20).sessions.values()]
            .map(({ accessKeyId, events: n, errors }) => [accessKeyId, n, errors])
            .sort(),
        async () =>
          [...(await askSessions(asker(), { session: key, limit: 20 })).sessions.values()]
            .map(({ accessKeyId, events: n, errors }) => [accessKeyId, n, errors])
            .sort(),
      );
    console.log(`${asked} questions, ${differences.length} differ\n${differences.join('\n')}`);
    expect(differences).toEqual([]);
  });
});
