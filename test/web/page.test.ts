import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { ROOT } from '../support.js';
import { describeInBrowser, openTab, serve, settled } from './browser.js';

it('styles a class in one file: those of all pages are one sheet', () => {
  const app = join(ROOT, 'src', 'web', 'app');
  const sheets = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.css'),
  );
  const homes = new Map<string, Set<string>>();
  for (const sheet of sheets)
    for (const [, name = ''] of readFileSync(join(app, sheet), 'utf8').matchAll(/^\.([\w-]+)(?= \{)/gm))
      homes.set(name, (homes.get(name) ?? new Set()).add(sheet));
  expect(homes.size).toBeGreaterThan(50);
  expect([...homes].filter(([, of]) => of.size > 1).map(([name, of]) => [name, ...of])).toEqual([]);
});

describeInBrowser('the page', () => {
  it('asks for the first events, and for counts when they are seen', async () => {
    const tab = await openTab(await serve(inject('sampleIndex')));
    await settled(tab);
    const asked: string[] = [];
    tab.on('request', request => asked.push(new URL(request.url()).pathname));
    await tab.reload();
    await tab.locator('.facet li').first().waitFor();
    await tab.locator('tr[aria-rowindex="2"] a').waitFor();
    const rows = asked.indexOf('/api/eventRows');
    expect(rows).toBeGreaterThanOrEqual(0);
    for (const counts of ['timeline', 'facets'])
      expect(asked.indexOf(`/api/${counts}`)).toBeGreaterThan(rows);
  });

  it('opens by the link that the command prints', async () => {
    const served = await serve(inject('sampleIndex'));
    const tab = await openTab(served, { path: '/status' });
    await tab.getByRole('heading', { name: 'Index' }).waitFor();
    expect(await tab.title()).toBe('Index – offtrail');
    // Where the index was named, a shell must be told of it before the commands that views show.
    await tab
      .getByRole('contentinfo')
      .getByText(`export OFFTRAIL_DB=${inject('sampleIndex')}`)
      .waitFor();
  });
});
