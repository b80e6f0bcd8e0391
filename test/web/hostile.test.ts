/** Text of attackers in every page: it stays text. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { addressesOf, PAGES } from '../../scripts/page-list.js';
import { describeInBrowser, goWithin, openTab, type Served, serve, settled } from './browser.js';
import { ATTACKS, type HostileIndex, hostileIndex } from './hostile-tree.js';

/** How long a page may take to show what it shows, with others at work on this machine. */
const SETTLED = 30_000;

let hostile: HostileIndex;
let served: Served;
let tab: Page;
let context: BrowserContext;
beforeAll(async () => {
  hostile = hostileIndex();
});

/** Goes to an address, by loading the page or within it, and waits until nothing is looked for any more. */
async function settle(address: string, { isLoaded = true } = {}): Promise<void> {
  if (isLoaded) await tab.goto(served.origin + address);
  else await goWithin(tab, address);
  await tab.getByRole('contentinfo').getByText('licences').waitFor({ timeout: SETTLED });
  await settled(tab);
}

/** Functions for the page to run: it has what this program has not. */
const IN_PAGE = readFileSync(join(import.meta.dirname, 'in-page.js'), 'utf8');
const foreign = (): Promise<string[]> => tab.evaluate(`${IN_PAGE}; inPage.foreign()`);
const unseen = (): Promise<string[]> => tab.evaluate(`${IN_PAGE}; inPage.unseen()`);

/** Pages of which each attack has its own. */
const EVENTS = new Set(['event', 'who', 'search']);

describeInBrowser('log text of attackers', () => {
  beforeAll(async () => {
    served = await serve(hostile.db);
    tab = await openTab(served);
    context = tab.context();
    tab.on('dialog', dialog => void dialog.dismiss());
  });

  it.each(PAGES.map(({ name }) => name))(
    'stays text, in place, on the page %s',
    async name => {
      // The other pages show texts by the same parts: a third of the attacks, and the long ones, there.
      const subjects = hostile.subjects.filter(
        (_, i, all) => EVENTS.has(name) || i % 3 === 0 || i > all.length - 3,
      );
      const addresses = new Set(subjects.flatMap(subject => addressesOf(name, subject)));
      for (const [i, address] of [...addresses].entries()) {
        await settle(address, { isLoaded: i === 0 });
        const stands = { foreign: await foreign(), unseen: await unseen() };
        expect([address, stands]).toEqual([address, { foreign: [], unseen: [] }]);
      }
      expect(context.pages()).toHaveLength(1);
    },
    600_000,
  );

  it('of an address too: options and names of pages that are no such thing', async () => {
    const values = ['<img src=x onerror="window.hacked=1">', '\u202eabc'];
    const options: Array<[string, string]> = ['user', 'columns', 'from', 'token'].flatMap(option =>
      values.map((value): [string, string] => [option, value]),
    );
    const odd: Array<[string, string]> = [...options, ['__proto__', 'x'], ['constructor', values[0]!]];
    const addresses = [
      ...odd.map(option => `/events?${new URLSearchParams([option])}`),
      ...PAGES.map(({ name }) => `/${name}?${new URLSearchParams(odd)}`),
    ];
    for (const [i, address] of addresses.entries()) {
      await settle(address, { isLoaded: i % 8 === 0 });
      expect([address, await foreign(), await unseen()]).toEqual([address, [], []]);
    }
    const names = ATTACKS.map(attack => encodeURIComponent(attack.replaceAll(/[.\ud800]/g, ','))).filter(
      Boolean,
    );
    const paths = [names[0]!, '%zz', '%', '%ff', '%E2%80%AE', '//x', 'status/', 'status%2f'];
    for (const path of [...paths, ...names]) {
      await settle(`/${path}`, { isLoaded: paths.includes(path) });
      await tab.getByText('There is no such page').waitFor();
      expect([path, await foreign(), await unseen()]).toEqual([path, [], []]);
    }
  }, 600_000);
});
