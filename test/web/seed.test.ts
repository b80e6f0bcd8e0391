/** The box that takes whatever somebody has, and how it is recognised. */

import type { Page } from 'playwright-core';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { EventIndex } from '../../src/event-index.js';
import { openIndex } from '../../src/open-index.js';
import { seed } from '../../src/web/seed.js';
import { describeInBrowser, openTab, type Served, serve } from './browser.js';

describe('what a pasted text is', () => {
  let opened: EventIndex | undefined;
  const index = (): EventIndex => {
    opened ??= openIndex(inject('sampleIndex'));
    return opened;
  };
  afterAll(() => opened?.close());
  const best = (text: string): [string, string, string, ...unknown[]] => {
    const { isA, views } = seed(text, index());
    const [view] = views;
    return [isA.join(', '), view!.page, Object.values(view!.options).flat().join(' ')];
  };
  const SESSION = 'arn:aws:sts::111122223333:assumed-role/media-lambda-0/session-47t';

  it('is told by its form and by what the index has, with the best view first', () => {
    const cases: Array<[text: string, isA: string, page: string, value?: string]> = [
      ['203.0.113.77', 'address', 'who'],
      ['203.0.113.0/24', 'address', 'who'],
      ['2001:db8::1', 'address', 'who'],
      ['AKIAKQ6IQI7PMFXZWLNZ', 'access key', 'who'],
      ['ASIA2DGQQPON7H4UKHCS', 'temporary access key', 'session'],
      [SESSION, 'session', 'who'],
      ['arn:aws:iam::111122223333:user/chen.0', 'identity', 'who'],
      ['arn:aws:s3:::my-bucket', 'bucket', 'bucket', 'my-bucket'],
      ['s3://my-bucket/private/a*.xlsx', 'object', 'events', 'my-bucket private/a\\*.xlsx'],
      ['arn:aws:kms:us-east-1:111122223333:key/1', 'resource', 'events'],
      ['4e618bc4-a0fd-40e5-a878-945aa9b2fb01', 'event', 'event'],
      ['4e618bc4', 'event', 'event'],
      ['A98B23568F8B8623', 'request', 'event'],
      ['111122223333', 'account', 'who'],
      ['my-bucket', 'bucket', 'bucket'],
      ['GetObject', 'call', 'events'],
      ['kms', 'service', 'events'],
      ['chen.0', 'identity', 'who'],
      ['media-lambda-0', 'identity', 'who'],
      ['private/salaries.xlsx', 'text', 'search'],
    ];
    expect(cases.map(([text]) => [text, ...best(text)])).toEqual(
      cases.map(([text, isA, page, value = text]) => [text, isA, page, value]),
    );
  });

  it('that has the form of an id that the index does not know is looked for as text', () => {
    for (const text of [
      'ffffffff',
      '00000000-0000-4000-8000-000000000000',
      'ZZZZZZZZZZZZZZZZ',
      'no-such-bucket',
    ])
      expect(best(text), text).toEqual(['text', 'search', text]);
  });

  it('without its white space; an empty one opens nothing', () => {
    expect(best('  my-bucket\n')).toEqual(['bucket', 'bucket', 'my-bucket']);
    expect(seed(' ', index())).toEqual({ text: '', isA: [], views: [] });
  });

  it('of any form ends in a search for it, and none makes an error', () => {
    const odd = [
      '!',
      '\\',
      '*',
      '!*',
      '::',
      '1.2.3.4/99',
      '999.1.1.1',
      'arn:',
      's3://',
      '__proto__',
      '\0',
      '(((',
    ];
    for (const text of [
      ...odd,
      '🂡',
      'x'.repeat(500_000),
      'a'.repeat(8),
      '-'.repeat(36),
      '--db=/etc/passwd',
    ]) {
      const { views } = seed(text, index());
      expect(views.at(-1), text.slice(0, 20)).toMatchObject({
        page: 'search',
        options: { text: [text.trim()] },
      });
    }
  });

  it('that begins with an exclamation mark or has wildcards stands for itself in filters', () => {
    const { views } = seed('arn:aws:sts::1:assumed-role/a*/!b', index());
    expect(views.map(view => Object.values(view.options).flat()[0])).toEqual([
      'arn:aws:sts::1:assumed-role/a\\*/!b',
      'arn:aws:sts::1:assumed-role/a*/!b',
      'arn:aws:sts::1:assumed-role/a*/!b',
      'arn:aws:sts::1:assumed-role/a*/!b',
    ]);
  });
});

describeInBrowser('the box in the header', () => {
  let served: Served | undefined;
  let before: Page | undefined;
  const open = async (path: string): Promise<Page> => {
    served ??= await serve(inject('sampleIndex'));
    before = await openTab(served, { path, ...(before ? { context: before.context() } : {}) });
    return before;
  };
  /** Of its list: the header has options of another one too. */
  const option = (tab: Page, how: { name?: string; selected?: boolean } = {}) =>
    tab.getByRole('listbox', { name: 'Views' }).getByRole('option', how);
  const box = (tab: Page) => tab.getByRole('combobox', { name: /^Go to/ });

  it('has the focus after g, says what the text is, and opens the best view by Enter', async () => {
    const tab = await open('/status');
    await tab.getByRole('heading', { name: 'Index' }).waitFor();
    await tab.keyboard.press('g');
    await tab.keyboard.type('AKIAKQ6IQI7PMFXZWLNZ');
    await option(tab, { name: 'profile' }).waitFor();
    await expect.poll(() => tab.getByRole('search').innerText()).toContain('access key');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Who: AKIAKQ6IQI7PMFXZWLNZ' }).waitFor();
    await expect.poll(() => box(tab).inputValue()).toBe('');
    await tab.goBack();
    await tab.getByRole('heading', { name: 'Index' }).waitFor();
  });

  it('opens by Enter at once, before the server was asked', async () => {
    const tab = await open('/status');
    await box(tab).fill('my-bucket');
    await box(tab).press('Enter');
    await tab.getByRole('heading', { name: 'Bucket: my-bucket' }).waitFor();
  });

  it('opens another view by the arrow keys, or by a click', async () => {
    const tab = await open('/status');
    await box(tab).fill('ASIA2DGQQPON7H4UKHCS');
    await option(tab, { name: 'profile' }).waitFor();
    await box(tab).press('ArrowDown');
    await expect.poll(() => option(tab, { selected: true }).innerText()).toContain('profile');
    expect(await box(tab).getAttribute('aria-activedescendant')).toBe(
      await option(tab, { selected: true }).getAttribute('id'),
    );
    await box(tab).press('Enter');
    await tab.getByRole('heading', { name: 'Who: ASIA2DGQQPON7H4UKHCS' }).waitFor();
    await box(tab).fill('ASIA2DGQQPON7H4UKHCS');
    await option(tab, { name: 'session tree' }).click();
    await tab.getByRole('heading', { name: 'Session: ASIA2DGQQPON7H4UKHCS' }).waitFor();
  });

  it('closes its list by Escape and gives the focus back by a second one', async () => {
    const tab = await open('/status');
    await box(tab).fill('my-bucket');
    await option(tab).first().waitFor();
    await box(tab).press('Escape');
    expect(await option(tab).count()).toBe(0);
    await expect.poll(() => box(tab).evaluate(element => element.matches(':focus'))).toBe(true);
    await box(tab).press('Escape');
    await expect.poll(() => box(tab).evaluate(element => element.matches(':focus'))).toBe(false);
  });

  it('does not take a g that is typed elsewhere', async () => {
    const tab = await open('/search');
    const text = tab.getByRole('searchbox', { name: 'Text' });
    await text.press('g');
    await expect.poll(() => text.inputValue()).toBe('g');
  });

  it('shows a text with markup and hidden characters as text, and searches for it', async () => {
    const tab = await open('/status');
    await box(tab).fill('<img src=x onerror=alert(1)>\u202e');
    await option(tab, { name: 'search' }).waitFor();
    expect(await tab.locator('header img').count()).toBe(0);
    await expect.poll(() => option(tab).innerText()).toContain('\\u{202e}');
    await box(tab).press('Enter');
    await tab.getByText('Nothing was found.').waitFor();
  });
});
