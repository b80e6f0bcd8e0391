/** Every question put to an engine gives what the index gives, for many combinations of filters. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asker, createAsker } from '../src/engine/questions/asker.js';
import { askEvents } from '../src/engine/questions/events.js';
import { EVERY_QUESTION, QUESTIONS } from '../src/engine/questions/index.js';
import { partitionConditions } from '../src/engine/questions/partitions.js';
import { askS3 } from '../src/engine/questions/s3.js';
import { askTimeline } from '../src/engine/questions/timeline.js';
import { askTop } from '../src/engine/questions/top.js';
import { askWho } from '../src/engine/questions/who.js';
import { createRowReader, DEFAULT_COLUMNS } from '../src/query/event-row.js';
import { events, type HistoryOptions } from '../src/query/events.js';
import type { Filters } from '../src/query/filter/filter.js';
import { s3Rows } from '../src/query/s3-rows.js';
import { S3_SEARCHES } from '../src/query/s3-searches.js';
import type { Value } from '../src/query/sqlite.js';
import { type Timeline, type TimelineOptions, timeline } from '../src/query/timeline.js';
import { type TopOptions, top } from '../src/query/top.js';
import { type Who, who } from '../src/query/who.js';
import { type Db, openForQueries } from '../src/store/open.js';
import { FILTERS, writeTrail } from './questions-cases.js';
import { type LocalEngine, localEngine } from './questions-engine.js';
import { folder, ingestInto, ROOT } from './support.js';

const NOW = new Date('2026-02-01T00:00:00Z');
const FORMS = ['raw', 'lake'] as const;
type Form = (typeof FORMS)[number];
const EVENTS = 300;

let db: Db;
const engines = {} as Record<Form, LocalEngine>;
beforeAll(() => {
  const root = folder();
  writeTrail(root, EVENTS);
  const path = ingestInto([root]).db;
  db = openForQueries(path);
  for (const form of FORMS) engines[form] = localEngine(openForQueries(path), form);
});
afterAll(() => db?.close());

const asker = (form: Form): Asker => createAsker(engines[form], NOW);

/** Every combination of filters, each with the next of the options; with OFFTRAIL_TESTS=all with each of them. */
function cases<T>(options: readonly T[]): Array<[T, Filters]> {
  const isAll = process.env.OFFTRAIL_TESTS === 'all';
  return FILTERS.flatMap(
    (filters, i): Array<[T, Filters]> =>
      (isAll ? options : [options[i % options.length]!]).map(one => [one, filters]),
  );
}

async function list(rows: AsyncIterable<Value[]>): Promise<Value[][]> {
  const all: Value[][] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Rows in their order, those with the same key in the order of their text: an engine has no rows of an index. */
function untied<T>(rows: readonly T[], key: (row: T) => unknown): T[] {
  const groups: T[][] = [];
  let last: string | undefined;
  for (const row of rows) {
    const of = JSON.stringify(key(row));
    if (of !== last) groups.push([]);
    groups.at(-1)!.push(row);
    last = of;
  }
  return groups.flatMap(group => group.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
}

describe.each(FORMS)('on a table of the form %s', form => {
  it('a canned S3 search gives the rows of the index', async () => {
    let count = 0;
    for (const [search, filters] of cases(S3_SEARCHES)) {
      const options = { ...filters, ...(search.argument ? { accessKeyId: 'AKIA' } : {}) };
      const here = [...s3Rows(db, search, options, NOW).rows];
      const there = await askS3(asker(form), { search: search.name, ...options });
      const time = (row: Value[]): unknown => (search.grouped ? null : row[0]);
      expect(untied(await list(there.rows), time), JSON.stringify([search.name, filters])).toEqual(
        untied(here, time),
      );
      count += here.length;
    }
    expect(count).toBeGreaterThan(EVENTS / 4);
  });

  const HISTORIES: HistoryOptions[] = [
    {},
    { order: 'oldest' },
    { sort: 'eventName' },
    { sort: 'bytestransferredout:desc', columns: ['eventTime', 'bytestransferredout', 'eventID'] },
    { columns: ['eventTime', 'requestParameters', 'is_anonymous', 'eventCategory', 'userName', 'eventID'] },
  ];
  it('the Event history gives the rows of the index', async () => {
    let count = 0;
    for (const [options, filters] of cases(HISTORIES)) {
      const { columns: names = DEFAULT_COLUMNS, ...query } = { ...options, ...filters };
      // A table with Athena's columns alone has no prefixes among the resources.
      const columns = names.filter(name => form === 'lake' || name !== 'resourceName');
      const reader = createRowReader(db, columns);
      const here = [...events(db, query, NOW, reader.rowOf)];
      const there = await askEvents(asker(form), { ...query, columns });
      expect(there.columns).toEqual(reader.columns);
      expect(there.nested).toEqual(reader.nested);
      const key = (row: Value[]): unknown => (options.sort ? [row[0], row[1]] : row[0]);
      expect(untied(await list(there.rows), key), JSON.stringify([options, filters])).toEqual(
        untied(here, key),
      );
      count += here.length;
    }
    expect(count).toBeGreaterThan(EVENTS);
  });

  const TOPS: TopOptions[] = [
    { columns: ['eventName'] },
    { columns: ['service', 'eventName'], limit: 7 },
    { columns: ['errorCode', 'user'], sort: 'errors' },
    { columns: ['bucket', 'region'], sort: 'first' },
    { columns: ['ip'], sort: 'last', limit: 20 },
    { columns: ['key'], limit: 50 },
    { columns: ['is_anonymous', 'role', 'account'] },
  ];
  it('the most frequent values are those of the index, in its order', async () => {
    for (const [options, filters] of cases(TOPS)) {
      const { spellings: _here, ...here } = top(db, { ...options, ...filters }, NOW);
      const { spellings: _there, ...there } = await askTop(asker(form), { ...options, ...filters });
      expect(there, JSON.stringify([options, filters])).toEqual(here);
    }
  });

  const TIMELINES: TimelineOptions[] = [
    {},
    { every: '1d' },
    { every: '6h', by: 'service' },
    { by: 'errorCode' },
    { every: '1w' },
  ];
  it('the timeline is that of the index', async () => {
    const shown = ({ steps, spellings: _, ...rest }: Timeline): unknown => ({
      ...rest,
      steps: steps.map(step => ({ ...step, values: untied(step.values, ({ events: n }) => n) })),
    });
    for (const [options, filters] of cases(TIMELINES)) {
      const there = await askTimeline(asker(form), { ...options, ...filters });
      expect(shown(there), JSON.stringify([options, filters])).toEqual(
        shown(timeline(db, { ...options, ...filters }, NOW)),
      );
    }
  });

  const IDENTITIES = [
    'AWSAccount',
    '111122223333',
    'two\nlines',
    '10.0.0.0/10',
    'ec2.amazonaws.com',
    'IAMUSER',
    'nobody',
    '*.1*',
    "'; DROP TABLE cloudtrail_logs; --",
  ];
  it('the page of an identity is that of the index', async () => {
    // As what a text is known is asked within the filters, and a text that is known there of an address alone is one.
    const shown = (page: Who | undefined): unknown =>
      page && {
        ...{ events: page.events, errors: page.errors, first: page.first, last: page.last },
        sections: page.sections.map(section => ({
          ...section,
          rows: untied(section.rows, ({ events: n, first, values }) =>
            section.isInTime ? first : [n, section.isWritesFirst && values[2] === 'false'],
          ),
        })),
      };
    let pages = 0;
    for (const [identity, filters] of cases(IDENTITIES)) {
      const here = who(db, identity, filters, NOW);
      const there = await askWho(asker(form), { identity, ...filters });
      expect(shown(there), JSON.stringify([identity, filters])).toEqual(shown(here));
      if (here) pages++;
    }
    expect(pages).toBeGreaterThan(5);
  });
});

it('the documentation says how each answer differs', () => {
  const page = readFileSync(join(ROOT, 'docs', 'questions-elsewhere.md'), 'utf8');
  const sentences = [...EVERY_QUESTION, ...Object.values(QUESTIONS).flatMap(({ differs }) => differs)];
  expect(sentences.filter(sentence => !page.includes(sentence))).toEqual([]);
});

it.each([
  [{ resourceName: 'x' }, 'has no statement in SQL'],
  [{ evidence: 'altered' }, 'has no statement in SQL'],
  [{ token: 'x' }, 'no pages'],
  [{ source: 'access-logs' as const }, 'events of CloudTrail alone'],
  [{ columns: ['event_rowid'] }, 'has no column event_rowid'],
  [{ columns: ['evidence'] }, 'has no column evidence'],
])('an engine with a raw table refuses what it cannot answer: %j', async (options, message) => {
  await expect(askEvents(asker('raw'), options)).rejects.toThrow(message);
});

it('partitions are read as far as the filters say, and on raw files some days more', () => {
  const table = (names: string[], type = 'varchar') => ({
    partitions: new Set(names),
    columns: new Map(names.map(name => [name, type])),
  });
  const days = ['year', 'month', 'day'];
  const of = (names: string[], filters: Filters, isOfEvent: boolean, type?: string): string[] =>
    partitionConditions(table(names, type), filters, NOW, { isOfEvent });
  const within = { from: '2024-03-05T10:00Z', to: '2024-03-06T10:00Z' };
  expect(of(days, within, true)).toEqual([
    `"year" BETWEEN '2024' AND '2024'`,
    `"month" BETWEEN '03' AND '03'`,
    `"day" BETWEEN '05' AND '06'`,
  ]);
  expect(of(days, within, false).at(-1)).toBe(`"day" BETWEEN '04' AND '13'`);
  expect(of(days, within, true, 'integer').at(-1)).toBe('"day" BETWEEN 5 AND 6');
  expect(of(['timestamp'], within, false)).toEqual([`"timestamp" BETWEEN '2024/03/04' AND '2024/03/13'`]);
  expect(of(days, { from: '2023-12-31', to: '2024-01-02' }, true)).toEqual([
    `"year" BETWEEN '2023' AND '2024'`,
    expect.stringContaining(`BETWEEN '20231231' AND '20240102'`),
  ]);
  expect(of(['account', 'region'], { account: ["it's", '!2'], region: '!x' }, true)).toEqual([
    `"account" IN ('it''s')`,
  ]);
  expect(of([], within, true)).toEqual([]);
});
