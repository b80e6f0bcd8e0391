import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { askAll } from '../scripts/trino-oracle/client.js';
import { type Db, openForQueries } from '../src/query/open.js';
import { REAL_DATA, ROOT, sampleIndex } from './support.js';
import { answer, differs, type Fixture } from './trino.js';

const ANSWERS = join(ROOT, 'test', 'trino');

/** Statements whose answer is another than Trino's, and why. */
const KNOWN = 'known-differences.jsonl';

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
  const files = readdirSync(ANSWERS).filter(name => name.endsWith('.jsonl') && name !== KNOWN);

  it.each(files)('%s', file => {
    const wrong = fixtures(file).flatMap(fixture => {
      const found = differs(answer(db, fixture.sql), fixture, isSorted(fixture.sql));
      return found ? [`${fixture.sql}\n  ${found}`] : [];
    });
    expect(wrong).toEqual([]);
    expect(fixtures(file).length).toBeGreaterThan(30);
  });

  it('what is known to differ does differ, and says why', () => {
    const known = fixtures(KNOWN) as Array<Fixture & { why: string }>;
    expect(
      known.filter(fixture => !fixture.why || !differs(answer(db, fixture.sql), fixture, false)),
    ).toEqual([]);
    expect(known.length).toBeGreaterThan(10);
  });

  it('mistakes are told in Trino’s words, at the same place', () => {
    // The lists of signatures are each program's own; of these three Trino says other places, or the operands swapped.
    const own = /\. Expected: .*|line \d+:\d+: (?=Not a window function|A GROUPING)|overflow: .*/g;
    const wrong = fixtures('errors.jsonl').flatMap(({ sql, error }) => {
      const ours = answer(db, sql).error?.message.replace(/^\w+: /, '');
      return error &&
        error.name !== 'SYNTAX_ERROR' &&
        ours?.replace(own, '') !== error.message.replace(own, '')
        ? [`${sql}\n  ${ours}\n  ${error.message}`]
        : [];
    });
    expect(wrong).toEqual([]);
  });

  it.skipIf(!server)('as a live server has them (skipped without TRINO_URL)', async () => {
    const all = files.flatMap(fixtures);
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
    ? (JSON.parse(readFileSync(join(PUBLISHED, 'index.json'), 'utf8')) as Array<{
        file: string;
        status: string;
      }>)
    : [];

  it('run where Athena takes them, and are refused with the matching error where it does not', () => {
    const wrong = index.flatMap(({ file, status }) => {
      const { error } = answer(db, readFileSync(join(PUBLISHED, file), 'utf8'));
      const wanted: Array<string | undefined> =
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
