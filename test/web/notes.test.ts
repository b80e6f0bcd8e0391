/** Stars and notes: the file beside the index, the page that lists them, and the timeline for a report. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { markdownLine, markdownTimeline, markdownValue } from '../../src/web/app/pages/notes-markdown.js';
import { createNotesFile, LONGEST_NOTE, MOST_NOTES } from '../../src/web/event-notes.js';
import { folder, ingestInto, put, record, sampleIndex, trail } from '../support.js';
import { describeInBrowser, openTab, serve } from './browser.js';

const SALARIES = '4e618bc4-a0fd-40e5-a878-945aa9b2fb01';
const LATER = 'e3a9d6ab-e7a2-4f18-a9bc-43e16a0748ce';
const star = (eventId: string, text = '') => ({ eventId, isStarred: true, text });

describe('the file of notes', () => {
  const fresh = (): { db: string; path: string } => {
    const db = `${folder()}/x.db`;
    return { db, path: `${db}.notes.json` };
  };

  it('stands beside the index, for its owner alone, and has each note once', async () => {
    const { db, path } = fresh();
    const file = createNotesFile(db);
    expect(await file.read()).toEqual({ notes: [], damage: null, setAside: [] });
    expect(existsSync(path)).toBe(false);
    await file.put(star('a', 'one'));
    await file.put(star('b'));
    await file.put(star('a', 'two'));
    expect((await file.read()).notes.map(({ eventId, text }) => [eventId, text])).toEqual([
      ['a', 'two'],
      ['b', ''],
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  });

  it('loses a note that has neither a star nor a text', async () => {
    const file = createNotesFile(fresh().db);
    await file.put(star('a'));
    await file.put({ eventId: 'a', isStarred: false, text: ' ' });
    expect((await file.read()).notes).toEqual([]);
  });

  it('keeps what another tab or another server wrote, also where all write at once', async () => {
    const { db } = fresh();
    const [one, other] = [createNotesFile(db), createNotesFile(db)];
    await one.put(star('a'));
    await other.put(star('b'));
    await Promise.all(Array.from({ length: 30 }, (_, i) => one.put(star(`n${i}`))));
    expect((await other.read()).notes.map(({ eventId }) => eventId)).toEqual([
      'a',
      'b',
      ...Array.from({ length: 30 }, (_, i) => `n${i}`),
    ]);
  });

  it('takes no ids, texts and numbers of notes that it should not', async () => {
    const { db, path } = fresh();
    const file = createNotesFile(db);
    for (const bad of [
      ...[null, 1, 'a', [], {}],
      ...[star(''), star('a\nb'), star('a b'), star('x'.repeat(129)), star('é')],
      { ...star('a'), text: 1 },
      { ...star('a'), isStarred: 'yes' },
      star('a', 'x'.repeat(LONGEST_NOTE + 1)),
    ])
      await expect(file.put(bad), JSON.stringify(bad)).rejects.toMatchObject({ code: 'BAD_VALUE' });
    expect(existsSync(path)).toBe(false);
    await file.put(star('__proto__', 'x'.repeat(LONGEST_NOTE)));
    expect((await file.read()).notes).toMatchObject([{ eventId: '__proto__' }]);
    const notes = Array.from({ length: MOST_NOTES }, (_, i) => ({ ...star(`n${i}`), written: '' }));
    writeFileSync(path, JSON.stringify({ notes }));
    await expect(file.put(star('more'))).rejects.toMatchObject({ code: 'BAD_VALUE' });
    expect((await file.put(star('n5', 'changed'))).notes.length).toBe(MOST_NOTES);
  });

  it('that is damaged is said and set aside, never overwritten', async () => {
    for (const damaged of ['', '{', 'null', '[]', '{"notes":[{"eventId":"a"}]}', '{"notes":[1]}', '\0\0']) {
      const { db, path } = fresh();
      writeFileSync(path, damaged);
      const file = createNotesFile(db);
      expect((await file.read()).damage, damaged).toContain('damaged');
      expect(readFileSync(path, 'utf8')).toBe(damaged);
      const after = await file.put(star('a'));
      expect(after).toMatchObject({ damage: null, notes: [{ eventId: 'a' }] });
      expect(after.setAside).toHaveLength(1);
      expect(readFileSync(`${dirname(path)}/${after.setAside[0]}`, 'utf8')).toBe(damaged);
    }
  });

  it('that is refused as a whole stays as it was: a bad note sets nothing aside', async () => {
    const { db, path } = fresh();
    writeFileSync(path, '{');
    await expect(createNotesFile(db).put(star('a b'))).rejects.toMatchObject({ code: 'BAD_VALUE' });
    expect(readFileSync(path, 'utf8')).toBe('{');
  });

  it('that cannot be written says so and what to do', async () => {
    const file = createNotesFile(`${folder()}/no-such-folder/x.db`);
    await expect(file.put(star('a'))).rejects.toMatchObject({
      code: 'INDEX_UNWRITABLE',
      hint: expect.stringContaining('beside the index') as string,
    });
  });
});

describe('the timeline', () => {
  const hostile = {
    eventTime: '2024-03-01T00:00:00Z',
    eventName: '![x](http://evil.example/a.png)',
    eventSource: '<img src=x onerror=alert(1)>',
    useridentity_arn: '[click](javascript:alert(1))',
    sourceIPAddress: 'https://evil.example www.evil.example a@evil.example',
    errorCode: '\n# heading\n- item\u202e',
    resourceName: '`code` **bold** | cell | ~~x~~ &lt;b&gt; $x$',
  };

  it('is in order of time, and events that the index has not come last', () => {
    const noted = [
      { ...star('c'), event: undefined },
      { ...star('b', 'second'), event: { eventTime: '2024-03-02T00:00:00Z', eventName: 'B' } },
      { ...star('a', 'first\nof two'), event: { eventTime: '2024-03-01T00:00:00Z', eventName: 'A' } },
    ];
    const lines = markdownTimeline(noted, 'x.db', new Date(0)).split('\n');
    expect(lines.filter(line => line.startsWith('- '))).toEqual([
      expect.stringMatching(/^- \*\*`2024-03-01T/),
      expect.stringMatching(/^- \*\*`2024-03-02T/),
      expect.stringMatching(/^- \*\*not in this index\*\*/),
    ]);
    expect(lines).toContain('  > first');
    expect(lines).toContain('  > of two');
  });

  it('lets no markup, link, image, heading or hidden character of a log through', () => {
    const text = markdownTimeline(
      [
        {
          ...star(
            'a',
            'see <b>this</b>\n# no heading\n- no item\n1. none\n[x](http://e.example)\na@e.example',
          ),
          event: hostile,
        },
      ],
      'x.db',
      new Date(0),
    );
    const body = text.split('\n').slice(4);
    // What stands in code spans means nothing.
    const outside = body.map(line => line.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).join('\n');
    expect(outside).not.toMatch(/(?<!\\)[[\]<`|~$#]|:\/\/|www\.|@|javascript|\u202e/);
    expect(outside).not.toMatch(/^ {2}> (?:[-+]|\d+[.)]) /m);
    expect(body.filter(line => line.startsWith('- '))).toHaveLength(1);
    expect(text).not.toContain('\u202e');
    expect(text).toContain('\\u{202e}');
  });

  it('keeps what a text says', () => {
    const all = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    expect(markdownValue(all)).toBe(`\`\` ${all} \`\``);
    expect(markdownValue('a``b`')).toBe('``` a``b` ```');
    expect(markdownValue('x'.repeat(10_000)).length).toBeLessThan(600);
    expect(markdownLine('Was 10:30, see *this* (and that).')).toBe('Was 10:30, see \\*this\\* (and that).');
    expect(markdownLine('- 1. x@y.z <b>')).toBe('\\- 1. `x@y.z` \\<b\\>');
  });
});

describeInBrowser('notes on the page', () => {
  const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  const note = (tab: Page) => tab.getByRole('textbox', { name: 'Note' });
  const starButton = (tab: Page) => tab.getByRole('button', { name: 'Star' });

  it('an event is starred and written to, which stays after the tab and never changes the index', async () => {
    const db = sampleIndex();
    const before = hashOf(db);
    const served = await serve(db);
    const tab = await openTab(served, { path: `/event?eventId=${SALARIES}` });
    await starButton(tab).click();
    await expect.poll(() => starButton(tab).getAttribute('aria-pressed')).toBe('true');
    await note(tab).fill('who is this? <b>');
    await note(tab).press('Control+Enter');
    await tab.getByText('saved', { exact: true }).waitFor();
    const other = await openTab(served, { path: `/event?eventId=${SALARIES}`, context: tab.context() });
    await expect.poll(() => note(other).inputValue()).toBe('who is this? <b>');
    await expect.poll(() => starButton(other).getAttribute('aria-pressed')).toBe('true');
    expect(hashOf(db)).toBe(before);
    expect(JSON.parse(readFileSync(`${db}.notes.json`, 'utf8'))).toMatchObject({
      notes: [{ eventId: SALARIES, isStarred: true, text: 'who is this? <b>' }],
    });
  });

  it('two tabs write notes of their own, and both stay', async () => {
    const db = sampleIndex();
    const served = await serve(db);
    const one = await openTab(served, { path: `/event?eventId=${SALARIES}` });
    const other = await openTab(served, { path: `/event?eventId=${LATER}`, context: one.context() });
    for (const tab of [one, other]) await expect.poll(() => starButton(tab).isEnabled()).toBe(true);
    await starButton(one).click();
    await expect.poll(() => starButton(one).getAttribute('aria-pressed')).toBe('true');
    await starButton(other).click();
    await expect.poll(() => starButton(other).getAttribute('aria-pressed')).toBe('true');
    await other.goto(`${served.origin}/notes`);
    await expect.poll(() => other.getByRole('list', { name: 'Noted events' }).locator('li').count()).toBe(2);
    const row = (i: number) =>
      other.getByRole('list', { name: 'Noted events' }).locator('li').nth(i).innerText();
    await expect.poll(() => row(0)).toContain('2019-07-05 22:17:10');
    await expect.poll(() => row(1)).toContain('2019-07-07 10:13:20');
  });

  it('are given as a timeline in Markdown', async () => {
    const served = await serve(
      ingestInto([
        put(
          folder(),
          'a.json',
          trail([record({ eventID: SALARIES, userAgent: '<b>', eventName: '<i>[x](y)' })]),
        ),
      ]).db,
    );
    const tab = await openTab(served, { path: `/event?eventId=${SALARIES}` });
    await note(tab).fill('the first');
    await tab.getByRole('button', { name: 'Save note' }).click();
    await tab.getByText('saved', { exact: true }).waitFor();
    await tab.getByRole('link', { name: 'Notes' }).click();
    await tab.getByRole('link', { name: /<i>/ }).waitFor();
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('button', { name: 'Timeline as Markdown' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('offtrail-timeline.md');
    const text = readFileSync(await download.path(), 'utf8');
    expect(text).toMatch(/^# Timeline\n\nNoted events of `test.db`: 1, as of /);
    expect(text).toContain('`<i>[x](y)`');
    expect(text).toContain('  > the first');
  });

  it('a damaged file is said on the page, and kept', async () => {
    const db = sampleIndex();
    writeFileSync(`${db}.notes.json`, 'mine');
    const tab = await openTab(await serve(db), { path: `/event?eventId=${SALARIES}` });
    await tab.getByText('is damaged').waitFor();
    await starButton(tab).click();
    await tab.getByText('Damaged files of notes stand beside the index').waitFor();
    const aside = readdirSync(dirname(db)).filter(name => name.includes('.damaged-'));
    expect(aside.map(name => readFileSync(`${dirname(db)}/${name}`, 'utf8'))).toEqual(['mine']);
  });

  it('cannot be written without the page’s token', async () => {
    const db = sampleIndex();
    const served = await serve(db);
    const tab = await openTab(served, { path: '/status' });
    await tab.getByRole('heading', { name: 'Index' }).waitFor();
    const answer = await tab.context().request.post(`${served.origin}/api/notes`, { data: star(SALARIES) });
    expect(answer.status()).toBe(403);
    expect(existsSync(`${db}.notes.json`)).toBe(false);
    const page = await tab.context().request.get(`${served.origin}/api/notes`);
    expect(await page.json()).toEqual({ notes: [], damage: null, setAside: [] });
  });
});
