/** A search for text put to an engine finds the events that the index finds, and says what an engine does not search. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAsker } from '../src/engine/questions/asker.js';
import { portablePattern } from '../src/engine/questions/regexp.js';
import { askSearch, countSearch, type EngineHit } from '../src/engine/questions/search.js';
import { foundEvents } from '../src/query/access/answers.js';
import { search } from '../src/query/search.js';
import type { SearchOptions } from '../src/query/search-run.js';
import { type Db, openForQueries } from '../src/store/open.js';
import { HOSTILE, writeTrail } from './questions-cases.js';
import { type LocalEngine, localEngine } from './questions-engine.js';
import { folder, ingestInto, put, record, trail } from './support.js';

const NOW = new Date('2026-02-01T00:00:00Z');
const FORMS = ['raw', 'lake'] as const;
const POLICY = '{"Statement":[{"Action":"s3:Übung","Path":"C:\\\\temp"}]}';

let db: Db;
const engines = {} as Record<(typeof FORMS)[number], LocalEngine>;
beforeAll(() => {
  const root = folder();
  writeTrail(root, 150);
  // Escapes that CloudTrail could write, and others that mean the same.
  const escaped = trail([
    record({
      eventTime: '2026-01-08T00:00:00Z',
      requestParameters: { policy: POLICY, key: 'caf\u00e9/Straße' },
    }),
    record({ eventTime: '2026-01-08T00:00:01Z', requestParameters: { key: 'cafe\u0301/STRASSE', n: 1 } }),
  ]).replace('caf\u00e9', 'caf\\u00e9\\/x');
  put(root, 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/08/x.json', escaped);
  const path = ingestInto([root]).db;
  db = openForQueries(path);
  for (const form of FORMS) engines[form] = localEngine(openForQueries(path), form);
});
afterAll(() => db?.close());

const SEARCHES: SearchOptions[] = [
  ...HOSTILE.filter(text => text !== '').map(text => ({ text })),
  { text: 'DROP TABLE', caseSensitive: true },
  { text: 'drop table', caseSensitive: true },
  { text: 'PUTOBJECT' },
  { text: ['10.', 'GetObject'] },
  { text: ['odd/', 'Admin'], any: true },
  { text: '2001:db8', not: 'PutObject' },
  { text: 'GetObject', not: ['10.2', 'eu-west-1'] },
  { text: 'AccessDenied', service: 's3', from: '2026-01-06' },
  { text: 'admin', word: true },
  { text: 'dmin', word: true },
  { text: 'emoji 😀', word: true },
  { text: 'ec2.amazonaws.com', field: 'useridentity_invokedby' },
  { text: 'odd', field: 'bucketname' },
  { text: 'AssumeRole', field: 'requestparameters' },
  { text: '^odd/e', field: 'objectkey', regex: true },
  { text: 'x$', field: 'objectkey', regex: true },
  { text: 'role/[A-Z]\\w+', regex: true },
  { text: 'drop\\s+table', regex: true, caseSensitive: false },
  { text: 'iam::\\d{12}:user/(?:a|"q)', regex: true },
  { text: '"Action":"s3:\u00dcbung"' },
  { text: 'C:\\temp' },
  { text: 'caf\u00e9' },
  { text: 'cafe\u0301' },
  { text: 'stra\u00dfe' },
  { text: '/x/stra' },
  { text: 'GetObject', limit: 5 },
  { text: 'GetObject', order: 'oldest', limit: 7 },
  { text: 'no such text anywhere' },
];

const asker = (form: (typeof FORMS)[number]) => createAsker(engines[form], NOW);
async function hitsOf(form: (typeof FORMS)[number], options: SearchOptions): Promise<EngineHit[]> {
  const hits: EngineHit[] = [];
  for await (const hit of (await askSearch(asker(form), options)).hits) hits.push(hit);
  return hits;
}

describe.each(FORMS)('on a table of the form %s', form => {
  it('finds the events of the index, with the text as the event has it', async () => {
    let found = 0;
    for (const options of SEARCHES) {
      const here = [...foundEvents(db, options, NOW)];
      const there = await hitsOf(form, options);
      const label = JSON.stringify(options);
      // Events of one second have no order that both know; what a limit leaves of them differs.
      const seconds = (list: ReadonlyArray<{ eventTime: string | null }>) => list.map(of => of.eventTime);
      expect(seconds(there), label).toEqual(seconds(here));
      if (options.limit === undefined) {
        const summaries = (list: readonly object[]) =>
          (list as ReadonlyArray<Record<string, unknown>>)
            .map(({ match: _, around: __, eventRowid: ___, ...of }) => JSON.stringify(of))
            .sort();
        expect(summaries(there), label).toEqual(summaries(here));
      }
      expect(
        there.filter(({ match }) => match === null),
        label,
      ).toEqual([]);
      expect(await countSearch(asker(form), options), label).toBe(here.length);
      found += here.length;
    }
    expect(found).toBeGreaterThan(300);
  });

  it('says what it does not search', async () => {
    const one = asker(form);
    await countSearch(one, { text: 'arn' });
    expect([...one.notes].join('\n')).toContain('"arn" is also in names of fields');
    expect([...one.notes].join('\n')).toContain('not names of fields');
    expect(search(db, { text: '"eventName":"PutObject"' }, NOW).count()).toBeGreaterThan(0);
    expect(await countSearch(one, { text: '"eventName":"PutObject"' })).toBe(0);
  });

  it.each([
    [{ text: '^a', regex: true }, 'begin or the end of a record'],
    [{ text: 'a', token: 'x' }, 'no pages'],
    [{ text: 'a', source: 'all' as const }, 'events of CloudTrail alone'],
    [{ text: 'a', field: 'event_rowid' }, 'has no column event_rowid'],
    [{ text: 'a\ud83d' }, 'half a surrogate pair'],
    [{ text: 'a', resourceName: 'x' }, 'has no statement in SQL'],
  ])('refuses what it cannot answer: %j', async (options, message) => {
    await expect(hitsOf(form, options)).rejects.toThrow(message);
  });
});

it('sends text of a hundred thousand characters, and nothing that a terminal obeys', async () => {
  const text = `it's \u202e\u001b[2J\0 ${"x%_\\'".repeat(20_000)}`;
  expect(await hitsOf('raw', { text })).toEqual([]);
  expect(engines.raw.statements.at(-1)).toMatch(/^[\P{Cc}\n]*$/u);
  expect(engines.raw.statements.at(-1)).not.toContain('\u202e');
});

it.each([
  ['a.b', 'a.b'],
  ['\\d+\\.\\D', '[0-9]+\\.[^0-9]'],
  ['[\\w.-]+@x', '[0-9A-Za-z_\\.\\-]+@x'],
  ['[^]a[&-]', '[^\\]a\\[\\&\\-]'],
  ['(?P<name>a)|(?i:b)', '(a)|(?i:b)'],
  ['a{2,}{x}', 'a{2,}\\{x\\}'],
  ['\\x41\\x{1F600}\\pL\\p{Nd}', 'A😀\\p{L}\\p{Nd}'],
])('writes %s as both syntaxes read it', (pattern, written) => {
  expect(portablePattern(pattern, { isValue: false })).toBe(written);
});

it.each([
  '^a',
  'a$',
  '\\Aa',
  '[[:alpha:]]',
  '\\Qa.b\\E',
  '\\C',
  '(?U)a+',
  '(?m)a',
  '[\\D]',
  '\\12',
  '\\p{Greek}',
])('refuses %s, which an engine would read otherwise', pattern => {
  expect(() => portablePattern(pattern, { isValue: false })).toThrow('cannot be put to an engine');
});
