import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { askAll } from '../scripts/trino-oracle/client.js';
import { type Db, openForQueries } from '../src/query/open.js';
import { REAL_DATA, ROOT, sampleIndex } from './support.js';
import { answer, differs, type Fixture } from './trino.js';

const ANSWERS = join(ROOT, 'test', 'trino');

/** Statements whose answer is another than Trino's, and why. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["SELECT substr(X'010203', 2, 9223372036854775807)", 'an internal error of Trino’s'],
  ["SELECT cast(json '\"abc\"' as varchar(2))", 'an internal error of Trino’s'],
  ["SELECT array_join(array[json '{}'],',')", 'an internal error of Trino’s'],
  ["SELECT array_join(array[array[1]],',')", 'TYPE_MISMATCH here, OPERATOR_NOT_FOUND there'],
  ["SELECT array_join(array[x'61'],',')", 'TYPE_MISMATCH here, OPERATOR_NOT_FOUND there'],
  ['SELECT truncate(0)', 'a double here, a decimal there'],
  ['SELECT human_readable_seconds(1e20)', 'beyond what a double counts in seconds'],
]);

const fixtures = (file: string): Fixture[] =>
  readFileSync(join(ANSWERS, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Fixture);

/** Whether the rows of a statement have an order. */
const isSorted = (sql: string): boolean => /\border by [^()]*(\blimit \d+)?$/i.test(sql);

const server = process.env.TRINO_URL;
let db: Db;
beforeAll(() => {
  db = openForQueries(sampleIndex());
});

describe('statements in Athena’s dialect have Trino’s answers', () => {
  const files = readdirSync(ANSWERS).filter(name => name.endsWith('.jsonl'));

  it.each(files)('%s', file => {
    const wrong = fixtures(file).flatMap(fixture => {
      if (KNOWN.has(fixture.sql)) return [];
      const found = differs(answer(db, fixture.sql), fixture, isSorted(fixture.sql));
      return found ? [`${fixture.sql}\n  ${found}`] : [];
    });
    expect(wrong).toEqual([]);
    expect(fixtures(file).length).toBeGreaterThan(30);
  });

  it('what is known to differ does differ', () => {
    const all = new Map(files.flatMap(fixtures).map(fixture => [fixture.sql, fixture]));
    const same = [...KNOWN.keys()].filter(sql => !all.has(sql) || !differs(answer(db, sql), all.get(sql)!, false));
    expect(same).toEqual([]);
  });

  it.skipIf(!server)('as a live server has them (skipped without TRINO_URL)', async () => {
    const all = files.flatMap(fixtures).filter(({ sql }) => !KNOWN.has(sql));
    const answers = await askAll(
      all.map(({ sql }) => sql),
      { schema: 'sample' },
    );
    const wrong = all.flatMap(({ sql }, i) => {
      const found = differs(answer(db, sql), answers[i]!, isSorted(sql));
      return found ? [`${sql}\n  ${found}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

const PUBLISHED = join(REAL_DATA, 'athena-queries');

describe.skipIf(!existsSync(PUBLISHED))('published queries (skipped where they are not there)', () => {
  const index = existsSync(PUBLISHED)
    ? (JSON.parse(readFileSync(join(PUBLISHED, 'index.json'), 'utf8')) as Array<{ file: string; status: string }>)
    : [];

  it('run where Athena takes them, and are refused with the matching error where it does not', () => {
    const wrong = index.flatMap(({ file, status }) => {
      const { error } = answer(db, readFileSync(join(PUBLISHED, file), 'utf8'));
      const wanted =
        status === 'ok'
          ? [undefined]
          : status.startsWith('malformed')
            ? ['SYNTAX_ERROR']
            : ['COLUMN_NOT_FOUND', 'TYPE_MISMATCH', 'TABLE_NOT_FOUND'];
      return wanted.includes(error?.name) ? [] : [`${file}: ${status}: ${error?.message}`];
    });
    expect(wrong).toEqual([]);
    expect(index.length).toBeGreaterThan(90);
  });
});
