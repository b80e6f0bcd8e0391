/** Statements of a user's own in a browser, and the process that runs them. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { SQL_EXAMPLES } from '../../src/web/app/pages/sql-examples.js';
import type { QuestionPool } from '../../src/web/question-pool.js';
import { offtrail, sampleIndex } from '../support.js';
import { cellsOf, describeInBrowser, openTab, type Served, serve } from './browser.js';

const db = inject('sampleIndex');
/** Goes on for hours: SQLite counts the rows of a product one by one. */
const ENDLESS =
  'SELECT count(*) FROM t a, t b, t c, t d, t e WHERE a.eventid || b.eventid < c.eventid || d.eventid';

const at = (statement: string): string => `/sql?${new URLSearchParams({ statement })}`;

/** Ids of the processes that a process started and that are still there, without those that answer other questions. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(child => {
      try {
        const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${child}/stat`, 'utf8'))?.[1]);
        return parent === pid && !readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('question-process');
      } catch {
        return false;
      }
    });
}

describeInBrowser('the SQL page', () => {
  let served: Served;
  let context: BrowserContext;
  const open = (path: string): Promise<Page> => openTab(served, { path, context });
  const cells = (tab: Page): Promise<string[][]> => cellsOf(tab.locator('tbody tr'));
  beforeAll(async () => {
    served = await serve(db);
    context = (await openTab(served)).context();
  });

  it('runs what is in the box on Ctrl-Enter, and has it in the address', async () => {
    const tab = await open('/sql');
    const box = tab.getByRole('textbox', { name: /^Statements in Athena/ });
    await box.fill("SELECT count(*) AS n FROM cloudtrail_logs\nWHERE eventname = 'PutObject'");
    await box.press('Control+Enter');
    await tab.getByText('Result: 1 row').waitFor();
    expect(await cells(tab)).toEqual([['29']]);
    expect(new URL(tab.url()).searchParams.get('statement')).toContain("eventname = 'PutObject'");
    await tab.goto(at('SELECT 1').replace(/^/, served.origin));
    await tab.getByText('Result: 1 row').waitFor();
    await tab.goBack();
    await expect.poll(() => box.inputValue()).toContain("eventname = 'PutObject'");
  });

  it('keeps two columns of one name apart, and rows in their order', async () => {
    const tab = await open(
      at("SELECT 'a' AS x, 2 AS x, NULL AS y UNION ALL SELECT 'b', 3, NULL ORDER BY 1 DESC"),
    );
    await tab.getByText('Result: 2 rows').waitFor();
    await expect.poll(() => tab.getByRole('columnheader').allTextContents()).toEqual(['x', 'x', 'y']);
    expect(await cells(tab)).toEqual([
      ['b', '3', '–'],
      ['a', '2', '–'],
    ]);
  });

  it('has the columns also where there are no rows, and says what could have hidden some', async () => {
    const tab = await open(at("SELECT eventname, eventtime FROM t WHERE region = 'eu-central-1'"));
    await tab.getByText('Result: 0 rows').waitFor();
    await expect
      .poll(() => tab.getByRole('columnheader').allTextContents())
      .toEqual(['eventname', 'eventtime']);
    await tab
      .getByText(/eu-central-1/)
      .last()
      .waitFor();
    const said = offtrail([
      'sql',
      "SELECT eventname FROM t WHERE region = 'eu-central-1'",
      '--db',
      db,
    ]).stderr;
    expect(said).not.toBe('');
    await expect
      .poll(() => tab.locator('.note').first().textContent())
      .toBe(said.split('\n')[0]!.replace(' (offtrail coverage --holes)', ''));
  });

  it('shows where the error of a statement is: in the box, and below its line', async () => {
    const tab = await open(at('SELECT eventname,\n  nope\nFROM cloudtrail_logs'));
    await tab.getByRole('alert').getByText("Column 'nope' cannot be resolved").waitFor();
    await expect.poll(() => tab.locator('.sql-box mark').textContent()).toBe('nope');
    await expect.poll(() => tab.locator('.sql-place').textContent()).toBe('  nope\n  ^ line 2, column 3');
    const box = tab.getByRole('textbox', { name: /^Statements/ });
    await expect.poll(() => box.getAttribute('aria-invalid')).toBe('true');
    await tab.getByText('offtrail sql --timeout 60 --memory 1024').waitFor();
    // What was changed since is not what the error is about.
    await box.press('End');
    await box.pressSequentially(' ');
    expect(await tab.locator('.sql-box mark').count()).toBe(0);
  });

  it('shows the error at the end of a statement that is not finished', async () => {
    const tab = await open(at('SELECT'));
    await tab.getByRole('alert').waitFor();
    await expect
      .poll(() => tab.locator('.sql-place').textContent())
      .toMatch(/^SELECT\n {6}\^ line 1, column 7$/);
  });

  it('refuses what is no question', async () => {
    const tab = await open(at('DELETE FROM cloudtrail_logs'));
    await tab.getByRole('alert').waitFor();
    expect(await tab.getByRole('table').count()).toBe(0);
  });

  it('says what a statement did that has no rows, and runs the next with it', async () => {
    const tab = await open(
      at(
        "CREATE VIEW puts AS SELECT * FROM t WHERE eventname = 'PutObject'; SELECT count(*) AS n FROM puts; SELECT 7",
      ),
    );
    await tab.getByText('puts stands for its query').waitFor();
    await tab.getByText('Result 2: 1 row').waitFor();
    expect(await cells(tab)).toEqual([['29'], ['7']]);
  });

  it('gives the notes of the command, and takes the time that now() is', async () => {
    const statement =
      "SELECT eventname FROM t WHERE eventtime > to_iso8601(current_timestamp - interval '1' day)";
    const tab = await open(at(statement));
    await tab.getByText(/the newest event is of 2019-07-07/).waitFor();
    await tab.getByLabel('now() is').fill('2019-07-07T23:59');
    await tab.getByLabel('now() is').press('Enter');
    await tab.getByText(/^Result: \d+ rows/).waitFor();
    const rows = offtrail(['sql', statement, '--now', '2019-07-07T23:59', '--format', 'jsonl', '--db', db]);
    await tab.getByText(`Result: ${rows.stdout.trim().split('\n').length} rows`).waitFor();
    expect(new URL(tab.url()).searchParams.get('now')).toBe('2019-07-07T23:59');
  });

  it('shows a thousand rows, and exports all of them', async () => {
    const tab = await open(at('SELECT a.eventid, b.eventid FROM t a, t b ORDER BY 1, 2'));
    await tab.getByText('Result: the first 1,000 rows; there are more, which the exports have').waitFor();
    await expect.poll(() => tab.locator('tbody tr').count()).toBe(1000);
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(1 + 158 * 158);
    expect(lines[0]).toBe('"eventid","eventid"');
  });

  it('exports a statement that begins with a comment, and one of several lines', async () => {
    const tab = await open(at('-- all\nSELECT count(*) AS n\nFROM t'));
    await tab.getByText('Result: 1 row').waitFor();
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toBe('"n"\r\n"158"\r\n');
  });

  it('stops a statement, with its process, and runs the next', async () => {
    const tab = await open('/sql');
    const box = tab.getByRole('textbox', { name: /^Statements/ });
    const stop = tab.getByRole('button', { name: 'Stop' });
    await expect.poll(() => stop.isDisabled()).toBe(true);
    const before = childrenOf(served.process.pid!).length;
    await box.fill(ENDLESS);
    await tab.getByRole('button', { name: 'Run' }).click();
    await tab.getByText('looking …').waitFor();
    await expect.poll(() => childrenOf(served.process.pid!).length).toBe(before + 1);
    await stop.click();
    await tab.getByText('The statement was stopped.').waitFor();
    await expect.poll(() => childrenOf(served.process.pid!).length).toBe(before);
    await box.fill('SELECT 42');
    await box.press('Control+Enter');
    await tab.getByText('Result: 1 row').waitFor();
    expect(await tab.getByText('The statement was stopped.').count()).toBe(0);
  });

  it('ends a statement whose page was closed', async () => {
    const before = childrenOf(served.process.pid!).length;
    const tab = await open(at(ENDLESS));
    await tab.getByText('looking …').waitFor();
    await expect.poll(() => childrenOf(served.process.pid!).length).toBe(before + 1);
    await tab.close();
    await expect.poll(() => childrenOf(served.process.pid!).length).toBe(before);
  });

  it('ends the command of an export that nobody waits for any more', async () => {
    const tab = await open('/sql');
    const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const gone = new AbortController();
    const options = encodeURIComponent(JSON.stringify({ statement: ENDLESS }));
    const asked = fetch(`${served.origin}/export/sql.csv?options=${options}`, {
      headers: { cookie: cookies },
      signal: gone.signal,
    });
    const running = (): number[] => childrenOf(served.process.pid!).flatMap(childrenOf);
    await expect.poll(() => running().length).toBe(1);
    const [statement] = running();
    gone.abort();
    await asked.catch(() => undefined);
    await expect.poll(() => readdirSync('/proc').includes(String(statement))).toBe(false);
    await tab.close();
  });

  it('has examples, each of which runs', async () => {
    const tab = await open('/sql');
    const box = tab.getByRole('textbox', { name: /^Statements/ });
    for (const { title, statement } of SQL_EXAMPLES) {
      await tab.getByLabel('Examples').selectOption(title);
      await expect.poll(() => box.inputValue()).toBe(statement);
      await tab.getByRole('button', { name: 'Run' }).click();
      await expect.poll(() => new URL(tab.url()).searchParams.get('statement')).toBe(statement);
      await expect.poll(() => tab.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
      await tab.getByText(/^Result: /).waitFor();
      expect(await tab.getByRole('alert').count()).toBe(0);
    }
  });

  it('shows text of logs as text, and long values cut', async () => {
    const tab = await open(
      at("SELECT '<img src=x onerror=alert(1)>' AS a, chr(8238) || 'gpj' AS b, lpad('x', 30000, 'y') AS c"),
    );
    await tab.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await tab.locator('td img').count()).toBe(0);
    await expect.poll(() => tab.locator('td mark').textContent()).toBe('\\u{202e}');
    expect((await cells(tab))[0]![2]!.length).toBeLessThan(3000);
  });
});

describe('the process of a statement', () => {
  let pool: QuestionPool | undefined;
  afterEach(() => pool?.close());
  const create = async (
    bounds: { seconds: number; megabytes: number },
    index = db,
  ): Promise<QuestionPool> => {
    const { createQuestionPool } = (await import('../../dist/web/question-pool.js' as string)) as {
      createQuestionPool: (options: object) => QuestionPool;
    };
    pool = createQuestionPool({
      ...{ db: index, processes: 1, ...bounds },
      ...{ module: './sql-process.js', isReused: false },
    });
    return pool;
  };
  const ask = async (statement: string): Promise<{ code?: string; message?: string; json?: string }> => {
    const outcome = await pool!.ask('sql', { statement }, new AbortController().signal);
    return 'error' in outcome ? outcome.error : outcome;
  };

  it('ends where it takes too long, and the next is answered', async () => {
    await create({ seconds: 2, megabytes: 1024 });
    const [slow, next] = await Promise.all([ask(ENDLESS), ask('SELECT 1 AS n')]);
    expect(slow).toMatchObject({ code: 'TOO_LONG', message: 'the question took more than 2 seconds' });
    expect(JSON.parse(next.json!)).toMatchObject({ results: [{ columns: ['n'], rows: [[1]] }] });
  });

  it('ends where it takes too much memory', async () => {
    await create({ seconds: 60, megabytes: 200 });
    const statement =
      'SELECT cardinality(array_agg(a.eventid || b.eventid || c.eventid)) FROM t a, t b, t c, t d';
    expect(await ask(statement)).toMatchObject({
      code: 'TOO_LARGE',
      message: 'the question took more than 200 MB of memory',
    });
  });

  it('is not kept where nobody waits any more before it can be asked', async () => {
    const own = sampleIndex();
    await create({ seconds: 60, megabytes: 1024 }, own);
    const isOwn = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(own);
    const gone = new AbortController();
    const outcome = pool!.ask('sql', { statement: 'SELECT 1' }, gone.signal);
    gone.abort();
    expect(await outcome).toMatchObject({ error: { code: 'ABANDONED' } });
    await expect.poll(() => childrenOf(process.pid).filter(isOwn)).toEqual([]);
  });

  it('is another for each, so that nothing is left of the one before', async () => {
    await create({ seconds: 60, megabytes: 1024 });
    const { json = '{}' } = await ask('CREATE VIEW v AS SELECT 1 AS n; SELECT n FROM v');
    expect(JSON.parse(json)).toMatchObject({
      results: expect.arrayContaining([expect.objectContaining({ rows: [[1]] })]),
    });
    await sleep(50);
    // Any name stands for the index, which has no such column.
    expect(await ask('SELECT n FROM v')).toMatchObject({
      message: expect.stringContaining("Column 'n' cannot be resolved"),
    });
  });
});

describeInBrowser('the values of ? on the SQL page', () => {
  it('have a field each, stand in the address, and are what the command takes', async () => {
    const tab = await openTab(await serve(db), { path: '/sql' });
    const box = tab.getByRole('textbox', { name: /^Statements/ });
    await box.fill("PREPARE p FROM SELECT ?; SELECT ? || '?' AS a, ? + 1 AS b -- ?");
    const fields = tab.locator('.sql-parameters input');
    await expect.poll(() => fields.count()).toBe(2);
    // A value that is missing is asked for: nothing runs.
    await fields.nth(0).fill("it's");
    await box.press('Control+Enter');
    expect(new URL(tab.url()).search).toBe('');
    await fields.nth(1).fill('41');
    await fields.nth(1).press('Enter');
    await tab.getByText('Result 2: 1 row').waitFor();
    expect(await cellsOf(tab.locator('tbody tr'))).toEqual([["it's?", '42']]);
    expect(new URL(tab.url()).searchParams.getAll('parameters')).toEqual(["it's", '41']);
    await tab.getByText(`--param 'it'\\''s' --param 41`).waitFor();
    await tab.reload();
    await expect.poll(() => fields.nth(1).inputValue()).toBe('41');
    await box.fill('SELECT 1');
    await expect.poll(() => fields.count()).toBe(0);
  });
});
