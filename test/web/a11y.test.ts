/** Every page for whoever has no mouse, no screen, a small screen, or a dark one. */

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { addressesOf, PAGES, SAMPLE } from '../../scripts/page-list.js';
import {
  describeInBrowser,
  goWithin,
  openTab,
  type Served,
  seriousFindings,
  serve,
  settled,
} from './browser.js';

let served: Served;
let tab: Page;

/** Loads the page anew, where the focus must begin at its beginning, or goes on within it. */
async function visit(address: string, { isLoaded = true } = {}): Promise<void> {
  if (isLoaded) await tab.goto(served.origin + address);
  else await goWithin(tab, address);
  await tab.getByRole('contentinfo').getByText('licences').waitFor();
  await settled(tab);
}

/** What is wrong with the element that has the focus, which is marked; undefined where it had a mark already, or there is none. */
const FOCUS_FAULTS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body || element.dataset.walked) return undefined;
  element.dataset.walked = 'yes';
  const isOutlined = shown => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shown);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 || boxShadow !== 'none';
  };
  // What is around it may show it: a box of several layers.
  let shown = element;
  while (shown && !isOutlined(shown)) shown = shown.parentElement?.matches('main, body') ? undefined : shown.parentElement;
  const { width, height, bottom, right, top, left } = element.getBoundingClientRect();
  const name = element.localName + ' ' + (element.textContent || element.getAttribute('aria-label') || '').slice(0, 40);
  return [
    !shown && name + ': no visible focus',
    (width === 0 || height === 0 || bottom < 0 || right < 0 || top > innerHeight || left > innerWidth) && name + ': out of sight',
  ].filter(Boolean);
})()`;

/** Controls that can be used and were not come to. */
const NOT_WALKED = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(element => !element.dataset.walked && !element.disabled && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }))
  // Of radio buttons with a name the keys reach one, and its arrows the others.
  .filter(element => element.type !== 'radio')
  .map(element => element.outerHTML.slice(0, 120))`;

describeInBrowser('the page', () => {
  beforeAll(async () => {
    served = await serve(inject('sampleIndex'));
    tab = await openTab(served);
  });

  describe.each([
    ['light', 1280, PAGES.map(({ name }) => addressesOf(name, SAMPLE).at(-1)!)],
    ['dark', 320, PAGES.map(({ name }) => addressesOf(name, SAMPLE)[0]!)],
  ] as const)('in %s, %d pixels wide', (colorScheme, width, addresses) => {
    beforeAll(async () => {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width, height: 900 });
    });

    it.each(addresses)('%s keeps nobody out, fits, and has its headings in order', async address => {
      await visit(address, { isLoaded: false });
      expect(await seriousFindings(tab)).toEqual([]);
      const levels = (await tab.evaluate(
        `[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(({ localName }) => Number(localName[1]))`,
      )) as number[];
      expect(levels.filter(level => level === 1)).toEqual([1]);
      expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
      const [inner, all] = (await tab.evaluate('[innerWidth, document.documentElement.scrollWidth]')) as [
        number,
        number,
      ];
      expect(all).toBeLessThanOrEqual(inner);
      // Nor does anything lie over the footer.
      const [shown, whole] = (await tab.evaluate(
        `(({ clientHeight, scrollHeight }) => [clientHeight, scrollHeight])(document.querySelector('main'))`,
      )) as [number, number];
      expect(whole).toBeLessThanOrEqual(shown + 1);
    });
  });

  it.each(PAGES.map(({ name }) => addressesOf(name, SAMPLE).at(-1)!))(
    '%s can be walked through with the keys, and out of it',
    async address => {
      await tab.setViewportSize({ width: 1280, height: 900 });
      await visit(address);
      const faults: string[] = [];
      // From the beginning to the end, where the browser's own controls come, or the beginning again.
      for (let steps = 0; steps < 1500; steps++) {
        await tab.keyboard.press('Tab');
        const found = (await tab.evaluate(FOCUS_FAULTS)) as string[] | undefined;
        if (!found) break;
        faults.push(...found);
      }
      expect([...new Set(faults)]).toEqual([]);
      expect(await tab.evaluate(NOT_WALKED)).toEqual([]);
    },
  );

  it('begins with a link past the menu, which leads into the content', async () => {
    await visit('/events');
    await tab.keyboard.press('Tab');
    await expect
      .poll(() => tab.evaluate('document.activeElement.textContent.trim()'))
      .toBe('Skip to the content');
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.evaluate('document.activeElement.id')).toBe('main');
    // The next key leads to what is behind the menu.
    await tab.keyboard.press('Tab');
    await expect.poll(() => tab.evaluate(`document.activeElement.closest('header') === null`)).toBe(true);
  });

  it('says in the menu and in the title where one is, by keys alone', async () => {
    await visit('/status');
    for (const { name, title } of PAGES) {
      const link = tab
        .getByRole('navigation', { name: 'Pages' })
        .getByRole('link', { name: title, exact: true });
      if ((await link.count()) === 0) continue;
      await link.focus();
      await tab.keyboard.press('Enter');
      await tab.waitForURL(`**/${name}*`);
      await settled(tab);
      await expect.poll(() => link.getAttribute('aria-current')).toBe('page');
      expect(await tab.title()).toBe(`${title} – offtrail`);
      await expect.poll(() => tab.locator('[aria-current=page]').count()).toBe(1);
    }
  });

  it.each([
    ['a link to another page', '/who?identity=chen.0', '.count-table a[href^="/bucket"]', 'main'],
    ['a form that becomes another', '/who?identity=chen.0', '#identity', 'identity'],
    ['a filter that is taken off', '/search?text=s3&errorsOnly=true', '.set-filters button', 'main'],
    ['a button that has no more to show', '/events', '.facet button', 'GetObject'],
  ])('keeps the focus of the keys where it goes away: %s', async (_, address, control, to) => {
    await tab.setViewportSize({ width: 1280, height: 900 });
    await visit(address, { isLoaded: false });
    const before = tab.url();
    await tab.locator(control).first().waitFor();
    const [element] = await tab.locator(control).elementHandles();
    await element!.focus();
    if (control.startsWith('#')) await tab.keyboard.type('x');
    await tab.keyboard.press('Enter');
    await expect.poll(() => element!.evaluate(({ isConnected }) => isConnected)).toBe(false);
    if (to !== 'GetObject') expect(tab.url()).not.toBe(before);
    await expect
      .poll(() =>
        tab.evaluate(
          `(({ id, innerText, localName }) => id || (localName === 'a' && innerText))(document.activeElement)`,
        ),
      )
      .toContain(to);
  });

  it('goes to the beginning of a page by a link, and back to where it was left', async () => {
    await tab.setViewportSize({ width: 1280, height: 400 });
    await visit(`/event?eventId=${SAMPLE.eventId}`, { isLoaded: false });
    const link = tab.locator('.near a').last();
    await link.scrollIntoViewIfNeeded();
    const left = await tab.evaluate('scrollY');
    expect(left).toBeGreaterThan(200);
    // Without a pointer, for which the page might be scrolled before.
    await link.dispatchEvent('click');
    await settled(tab);
    expect(await tab.evaluate('scrollY')).toBe(0);
    await tab.goBack();
    await settled(tab);
    await expect.poll(() => tab.evaluate('scrollY')).toBe(left);
  });

  it('has all pages in one row where the window has 1100 pixels', async () => {
    await tab.setViewportSize({ width: 1100, height: 900 });
    await visit('/status', { isLoaded: false });
    const tops = (await tab.evaluate(
      `[...document.querySelectorAll('header > *')].flatMap(one => [...one.querySelectorAll('a, input, select'), one].map(it => Math.round(it.getBoundingClientRect().top)))`,
    )) as number[];
    expect(tops.length).toBeGreaterThan(14);
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(20);
    await tab.getByRole('combobox', { name: 'Times in' }).waitFor();
  });

  it('lists its keys by ? on every page, and leaves a field by Esc', async () => {
    await visit('/status', { isLoaded: false });
    await tab.keyboard.press('g');
    const focused = (): Promise<unknown> => tab.evaluate('document.activeElement.id');
    await expect.poll(focused).toBe('seed');
    await tab.keyboard.press('Escape');
    await expect.poll(focused).toBe('');
    await tab.keyboard.press('?');
    const dialog = tab.getByRole('dialog', { name: 'Keys' });
    await expect.poll(() => dialog.locator('dt').allInnerTexts()).toEqual(['g', '?', 'Esc']);
    await tab.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(false);
  });

  it('has a name and a role for each part of its frame', async () => {
    await visit('/status');
    for (const role of ['banner', 'main', 'contentinfo'] as const)
      await expect.poll(() => tab.getByRole(role).count()).toBe(1);
    await expect.poll(() => tab.getByRole('navigation', { name: 'Pages' }).count()).toBe(1);
    await expect.poll(() => tab.evaluate('document.documentElement.lang')).toBe('en');
  });
});
