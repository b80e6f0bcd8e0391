/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { beforeAll, expect, inject, it } from 'vitest';
import { folder, ingestInto, offtrail, put, record, type TestRecord, trail } from '../support.js';
import { describeInBrowser, keptTab, openTab, type Served, seriousFindings, serve } from './browser.js';

/** Events of the larger index, one a minute, and those whose values are written like patterns. */
const MANY = 2500;
const ODD_NAMES = ['!Get', 'Get*', 'GetA', 'a\\b?'];

function manyRecords(): TestRecord[] {
  return Array.from({ length: MANY }, (_, i) =>
    record({
      eventTime: new Date(Date.UTC(2024, 2, 1) + i * 60_000).toISOString().replace('.000', ''),
      eventName: ODD_NAMES[i] ?? `Call${i % 12}`,
      eventSource: i === 9 ? '<b>bold</b>\u202e.amazonaws.com' : 's3.amazonaws.com',
      sourceIPAddress: `10.0.0.${i % 40}`,
      eventID: `10000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    }),
  );
}

let sample: Served;
let many: Served;
beforeAll(async () => {
  const { db } = ingestInto([put(folder(), 'many.json', trail(manyRecords()))]);
  [sample, many] = await Promise.all([serve(inject('sampleIndex')), serve(db)]);
});

/** The Event history at an address, with the answers to all its questions. */
async function open(query = '', { served = sample, width = 1280 } = {}): Promise<Page> {
  const tab = await keptTab(served, `/events${query}`, width);
  await settled(tab);
  return tab;
}

/** Waits until no answer is being looked for. */
async function settled(tab: Page): Promise<void> {
  await tab.waitForFunction(
    () =>
      document.querySelector('.facet li, .facet p') !== null &&
      document.querySelector('.event-list, .nothing') !== null &&
      document.querySelector('.stale') === null &&
      document.querySelector('[aria-busy="true"]') === null,
  );
}

const total = (tab: Page): Promise<string> => tab.locator('.total').innerText();
const rows = (tab: Page) => tab.locator('tbody tr[aria-rowindex]');
/** Texts of a column of the rows that are in the page. */
async function column(tab: Page, name: string): Promise<string[]> {
  const titles = await tab.locator('.event-list th .title').allInnerTexts();
  const at = titles.findIndex(title => title.replace(/ [↑↓]$/, '') === name);
  return rows(tab)
    .locator(`td:nth-child(${at + 1})`)
    .allInnerTexts();
}
const parameters = (tab: Page): URLSearchParams => new URL(tab.url()).searchParams;
const facet = (tab: Page, title: string) => tab.getByRole('region', { name: title, exact: false });

describeInBrowser('the Event history', () => {
  it('is the page of the root, and first in the menu', async () => {
    const tab = await open();
    await tab.goto(`${sample.origin}/`);
    await tab.getByRole('heading', { level: 1, name: 'Event history' }).waitFor();
    await expect
      .poll(() => tab.getByRole('navigation').getByRole('link').first().innerText())
      .toBe('Event history');
  });

  it('lists the newest events first, with their number and the command that gives the same', async () => {
    const tab = await open();
    await expect.poll(() => total(tab)).toBe('158 events');
    const times = await column(tab, 'eventTime');
    expect(times[0]).toBe('2019-07-07 10:13:20 Z');
    expect(times.length).toBeGreaterThan(20);
    expect(times).toEqual([...times].sort().reverse());
    await expect
      .poll(() => tab.locator('.events-list .command code').innerText())
      .toBe('offtrail events --limit 100');
  });

  it('adds a filter by its name and a value, and takes it off', async () => {
    const tab = await open();
    await tab.getByRole('combobox', { name: 'Filter', exact: true }).selectOption('eventName');
    await tab.getByRole('textbox', { name: 'Value of event name' }).fill('Put*');
    await tab.keyboard.press('Enter');
    await settled(tab);
    expect(parameters(tab).getAll('eventName')).toEqual(['Put*']);
    await expect.poll(() => total(tab)).toBe('29 events');
    expect(new Set(await column(tab, 'eventName'))).toEqual(new Set(['PutObject']));
    await tab.getByRole('button', { name: 'Remove event name Put*' }).click();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('158 events');
    expect(tab.url()).not.toContain('eventName');
  });

  it('offers every filter of the command line', async () => {
    const tab = await open();
    const names = await tab
      .locator('.add-filter select option')
      .evaluateAll(all => all.map(one => (one as HTMLOptionElement).value));
    expect(names).toContain('resourceType');
    expect([...names, 'from', 'to', 'errorsOnly'].sort()).toEqual(
      [
        ...['accessKey', 'account', 'bucket', 'category', 'errorCode', 'errorsOnly', 'eventId', 'eventName'],
        ...['eventType', 'evidence', 'from', 'identityType', 'ip', 'key', 'readOnly', 'region', 'requestId'],
        ...['requester', 'resourceName', 'resourceType', 'service', 'to', 'user', 'userAgent'],
      ].sort(),
    );
  });

  it('says "not" for a value that leaves events out', async () => {
    const tab = await open('?eventName=!GetObject&eventName=!PutObject');
    const chips = await tab.locator('.chip').allInnerTexts();
    expect(chips.map(text => text.split('\n').slice(0, 3).join(' '))).toEqual([
      'event name: not GetObject',
      'event name: not PutObject',
    ]);
    await expect.poll(() => total(tab)).toBe('85 events');
  });

  it('clears all filters at once', async () => {
    const tab = await open('?eventName=GetObject&from=2019-07-05&by=user');
    await tab.getByRole('button', { name: 'Clear all filters' }).click();
    await settled(tab);
    expect([...parameters(tab)]).toEqual([['by', 'user']]);
  });

  it('takes times as the command line does, and says what is wrong with one', async () => {
    const tab = await open();
    await tab.getByRole('textbox', { name: 'From' }).fill('2019-07-07');
    await tab.keyboard.press('Enter');
    await settled(tab);
    expect(parameters(tab).get('from')).toBe('2019-07-07');
    await expect.poll(() => total(tab)).toBe('24 events');
    await tab.getByRole('textbox', { name: 'To' }).fill('whenever');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').waitFor();
    await expect
      .poll(() => tab.getByRole('alert').allInnerTexts())
      .toEqual([expect.stringContaining('cannot read the time "whenever"')]);
  });

  it('shows failed requests alone by a switch', async () => {
    const tab = await open();
    await tab.getByRole('switch', { name: 'Errors only' }).check();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('2 events');
    expect(parameters(tab).get('errorsOnly')).toBe('true');
  });

  it('goes back and forward', async () => {
    const tab = await open();
    await facet(tab, 'Service').getByRole('link', { name: /^kms/ }).click();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('16 events');
    await tab.goBack();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('158 events');
    await tab.goForward();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('16 events');
  });

  it('has facets with the most frequent values and their events', async () => {
    const tab = await open();
    const titles = await tab.locator('.facet h3').allInnerTexts();
    expect(titles.map(title => title.replace(/ ?[\d,]+$/, ''))).toEqual([
      ...['Event name', 'Service', 'User', 'Role', 'Address', 'Error', 'Bucket', 'Region', 'Account'],
      'Access key',
    ]);
    const names = facet(tab, 'Event name').locator('li a.value');
    await expect.poll(() => names.count()).toBe(8);
    await expect.poll(async () => (await names.first().innerText()).split('\n')).toEqual(['GetObject', '44']);
  });

  it('filters by a value of a facet, shows it as set, and takes it off by another click', async () => {
    const tab = await open();
    await facet(tab, 'Event name')
      .getByRole('link', { name: /^GetObject/ })
      .click();
    await settled(tab);
    expect(parameters(tab).getAll('eventName')).toEqual(['GetObject']);
    await expect.poll(() => total(tab)).toBe('44 events');
    const set = facet(tab, 'Event name').locator('a[aria-current="true"]');
    await expect.poll(() => set.innerText()).toContain('GetObject');
    await set.click();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('158 events');
  });

  it('leaves a value out by a click with Alt, or by the small link beside it', async () => {
    const tab = await open();
    await facet(tab, 'Event name')
      .getByRole('link', { name: /^GetObject/ })
      .click({ modifiers: ['Alt'] });
    await settled(tab);
    await facet(tab, 'Event name').getByRole('link', { name: 'Leave out PutObject' }).press('Enter');
    await settled(tab);
    expect(parameters(tab).getAll('eventName')).toEqual(['!GetObject', '!PutObject']);
    await expect.poll(() => total(tab)).toBe('85 events');
  });

  it('leaves the focus where somebody is who uses the keys', async () => {
    const tab = await open();
    const focused = () =>
      tab.evaluate(() => document.activeElement?.closest('section')?.getAttribute('aria-labelledby'));
    await facet(tab, 'Region').getByRole('link', { name: 'Leave out us-west-2' }).press('Enter');
    await settled(tab);
    await expect.poll(focused).toBe('facet-region');
    await tab.getByRole('button', { name: 'Remove region not us-west-2' }).press('Enter');
    await expect.poll(() => tab.evaluate(() => document.activeElement?.id)).toBe('filter-value');
  });

  it('finds a role by the facet for roles, which has its name and its account', async () => {
    const tab = await open();
    const role = facet(tab, 'Role').locator('li a.value').first();
    const [name = '', events] = (await role.innerText()).split('\n');
    const [, path, account] = /^(.+) (\d{12})$/.exec(name)!;
    await role.click();
    await settled(tab);
    expect(parameters(tab).getAll('requester')).toEqual([`arn:aws:iam::${account}:role/${path}`]);
    await expect.poll(() => total(tab)).toBe(`${events} events`);
  });

  it('has no link for what no filter says: events without a value', async () => {
    const tab = await open();
    const none = facet(tab, 'Bucket').locator('li', { hasText: '–' });
    await expect.poll(() => none.count()).toBe(1);
    expect(await none.locator('a').count()).toBe(0);
  });

  it('shows more values of a facet', async () => {
    const tab = await open();
    await facet(tab, 'Event name').getByRole('button', { name: 'more of Event name' }).click();
    await expect.poll(() => facet(tab, 'Event name').locator('li').count()).toBe(13);
    await facet(tab, 'Event name').getByRole('button', { name: 'fewer of Event name' }).click();
    await expect.poll(() => facet(tab, 'Event name').locator('li').count()).toBe(8);
  });

  it('means just the value of a facet, whatever characters it has', async () => {
    for (const name of ODD_NAMES) {
      for (const isExcluded of [false, true]) {
        const tab = await open('?eventName=!Call*', { served: many });
        const value = facet(tab, 'Event name').locator('li', { hasText: name });
        const exact = value.filter({
          has: tab.locator('.name', { hasText: new RegExp(`^${escapedPattern(name)}$`) }),
        });
        await exact.locator(isExcluded ? 'a.exclude' : 'a.value').click();
        await settled(tab);
        await expect
          .poll(async () => [name, await total(tab)])
          .toEqual([name, isExcluded ? '3 events' : '1 event']);
      }
    }
  });

  it('counts events over time, failed ones apart, with a table that says the same', async () => {
    const tab = await open('?from=2019-07-05&to=2019-07-06');
    await tab.getByText('As a table').click();
    const table = tab.getByRole('region', { name: 'Events over time' });
    await table.locator('tbody td').first().waitFor();
    const counts = await table.locator('tbody td:nth-child(2)').allInnerTexts();
    expect(`${counts.reduce((sum, text) => sum + Number(text), 0)} events`).toBe(await total(tab));
    await expect
      .poll(() => table.locator('th').allInnerTexts())
      .toEqual([expect.stringContaining('From, for'), ...['Events', 'failed', 'others']]);
    await expect
      .poll(() => tab.locator('.when .command code').innerText())
      .toBe('offtrail timeline --from 2019-07-05 --to 2019-07-06');
    await expect
      .poll(() => tab.locator('.when').getByRole('link', { name: 'CSV' }).getAttribute('href'))
      .toMatch(/^\/export\/timeline\.csv\?/);
  });

  it('chooses a step by the table, whose last second is the last', async () => {
    const tab = await open('', { served: many });
    await tab.getByText('As a table').click();
    await tab.getByRole('region', { name: 'Events over time' }).locator('tbody a').first().click();
    await settled(tab);
    const [from, to] = [parameters(tab).get('from')!, parameters(tab).get('to')!];
    expect([from, to]).toEqual(['2024-03-01T00:00:00Z', '2024-03-01T00:29:59Z']);
    await expect.poll(() => total(tab)).toBe('30 events');
  });

  it('chooses a range by dragging, and the whole time by a button', async () => {
    const tab = await open('', { served: many });
    const box = (await tab.locator('.u-over').boundingBox())!;
    await tab.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await tab.mouse.down();
    await tab.mouse.move(box.x + box.width * 0.5, box.y + 30, { steps: 5 });
    await tab.mouse.up();
    await settled(tab);
    const [from, to] = [parameters(tab).get('from')!, parameters(tab).get('to')!];
    expect(from).toMatch(/^2024-03-01T.*:[03]0:00Z$/);
    expect(to).toMatch(/:[25]9:59Z$/);
    // One event a minute: the range has as many as it has minutes.
    const minutes = (Date.parse(to) + 1000 - Date.parse(from)) / 60_000;
    await expect.poll(() => total(tab)).toBe(`${minutes.toLocaleString('en-US')} events`);
    await tab.getByRole('button', { name: 'Whole time' }).click();
    await settled(tab);
    await expect.poll(() => total(tab)).toBe('2,500 events');
  });

  it('splits the histogram by a column, with the values in a legend and the rest together', async () => {
    const tab = await open();
    await tab.getByRole('combobox', { name: 'Split by' }).selectOption('eventName');
    await settled(tab);
    expect(parameters(tab).get('by')).toBe('eventName');
    const legend = await tab.locator('.legend li').allInnerTexts();
    expect(legend.map(text => text.trim())).toEqual([
      ...['GetObject', 'PutObject'],
      ...Array.from({ length: 5 }, () => expect.any(String)),
      'other values',
    ]);
    expect(legend.length).toBe(8);
  });

  it('goes from event to event by j and k, and opens one by Enter', async () => {
    const tab = await open();
    const focused = () =>
      tab.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'));
    await tab.keyboard.press('j');
    await expect.poll(focused).toBe('2');
    await tab.keyboard.press('j');
    await tab.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('4');
    await tab.keyboard.press('k');
    await expect.poll(focused).toBe('3');
    const id = (await column(tab, 'eventID'))[1];
    await tab.keyboard.press('Enter');
    await tab.waitForURL(url => url.pathname === '/event');
    expect(parameters(tab).get('eventId')).toBe(id);
  });

  it('opens an event by a click on its row, and comes back to it', async () => {
    const tab = await open('', { served: many });
    const list = tab.locator('.event-list');
    for (const row of [90, 190, 290, 390, 490, 590, 700]) {
      // As far as rows are known; farther when more of them have come.
      const scroll = (box: Element, top: number): number => {
        box.scrollTo(0, top);
        return box.scrollTop;
      };
      await expect.poll(() => list.evaluate(scroll, row * 28)).toBe(row * 28);
      await tab.locator(`tr[aria-rowindex="${row + 5}"] a`).waitFor();
    }
    // Without a pointer, for which the row would be scrolled to where nothing is before it.
    await tab.locator('tr[aria-rowindex="705"] td:nth-child(3)').dispatchEvent('click');
    await tab.waitForURL(url => url.pathname === '/event');
    await tab.goBack();
    await settled(tab);
    await expect.poll(() => list.evaluate(box => box.scrollTop)).toBe(28 * 700);
  });

  it('scrolls to the last event with few rows in the page, none of them missing or twice', async () => {
    const tab = await open('', { served: many });
    const seen = new Map<string, string>();
    for (let at = 0; at <= MANY; at += 30) {
      await tab.locator('.event-list').evaluate((box, top) => box.scrollTo(0, top), at * 28);
      const last = Math.min(MANY, at + 25);
      await tab.locator(`tr[aria-rowindex="${last + 1}"] a`).waitFor({ state: 'attached' });
      const shown = await rows(tab).evaluateAll(all =>
        all.map(row => [
          row.getAttribute('aria-rowindex')!,
          row.querySelector('td:last-child')!.textContent!,
        ]),
      );
      expect(shown.length).toBeLessThan(120);
      for (const [index, id] of shown as Array<[string, string]>) if (id !== '…') seen.set(index, id);
    }
    expect(seen.size).toBe(MANY);
    expect(new Set(seen.values()).size).toBe(MANY);
    expect(seen.get('2')).toBe('10000000-0000-4000-8000-000000002499');
    expect(seen.get(String(MANY + 1))).toBe('10000000-0000-4000-8000-000000000000');
  });

  it('holds on to no more than it shows, whatever was looked at before', async () => {
    const tab = await open();
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send('Performance.enable');
    const nodes = async (): Promise<number> => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'Nodes')!.value;
    };
    const lookAround = async (): Promise<void> => {
      await facet(tab, 'Service').locator('li:not(.set) a.value').first().click();
      await settled(tab);
      await tab.goBack();
      await settled(tab);
    };
    await lookAround();
    const before = await nodes();
    for (let i = 0; i < 4; i++) await lookAround();
    expect(await nodes()).toBeLessThan(before * 1.2);
  });

  it('sorts by a click on a heading, up, down, and by time again', async () => {
    const tab = await open();
    const heading = tab.getByRole('columnheader', { name: 'eventName' });
    const sort = async () => {
      await heading.getByRole('button', { name: 'eventName', exact: true }).click();
      await settled(tab);
      return [parameters(tab).get('sort'), await heading.getAttribute('aria-sort')];
    };
    expect(await sort()).toEqual(['eventName', 'ascending']);
    // An event without a name comes first.
    expect((await column(tab, 'eventName')).slice(0, 2)).toEqual(['–', 'AssumeRole']);
    expect(await sort()).toEqual(['eventName:desc', 'descending']);
    expect((await column(tab, 'eventName'))[0]).toBe('PutObject');
    expect(await sort()).toEqual([null, null]);
    await tab.getByRole('button', { name: 'eventTime', exact: false }).first().click();
    await settled(tab);
    expect(parameters(tab).get('order')).toBe('oldest');
    expect((await column(tab, 'eventTime'))[0]).toBe('2019-07-04 22:00:00 Z');
  });

  it('shows the columns that are chosen, in the order that is chosen', async () => {
    const tab = await open('?columns=eventName&columns=awsRegion');
    const titles = () => tab.locator('.event-list th .title').allInnerTexts();
    expect(await titles()).toEqual(['eventName', 'awsRegion']);
    await tab.getByRole('button', { name: 'Columns …' }).click();
    const dialog = tab.getByRole('dialog', { name: 'Columns' });
    await dialog.getByRole('textbox', { name: 'Find a column' }).fill('agent');
    await dialog.getByRole('checkbox', { name: 'userAgent' }).check();
    await dialog.getByRole('button', { name: 'awsRegion to the left' }).click();
    await tab.keyboard.press('Escape');
    await settled(tab);
    expect(await titles()).toEqual(['awsRegion', 'eventName', 'userAgent']);
    expect(parameters(tab).getAll('columns')).toEqual(['awsRegion', 'eventName', 'userAgent']);
    await expect
      .poll(() => tab.locator('.events-list .command code').innerText())
      .toBe('offtrail events --columns awsRegion,eventName,userAgent --limit 100');
    await expect
      .poll(() => rows(tab).first().locator('a').getAttribute('href'))
      .toMatch(/^\/event\?eventId=[0-9a-f-]{36}$/);
  });

  it('keeps the widths of columns that were dragged, or set by the arrow keys', async () => {
    const tab = await open();
    const width = (target: Page) =>
      target
        .getByRole('columnheader', { name: 'eventName' })
        .evaluate(cell => cell.getBoundingClientRect().width);
    const before = await width(tab);
    const handle = tab.getByRole('button', { name: /^Width of eventName/ });
    await handle.press('ArrowRight');
    await handle.press('ArrowRight');
    await expect.poll(() => width(tab)).toBe(before + 32);
    const box = (await handle.boundingBox())!;
    await tab.mouse.move(box.x + 4, box.y + 10);
    await tab.mouse.down();
    await tab.mouse.move(box.x + 4 + 48, box.y + 10, { steps: 3 });
    await tab.mouse.up();
    await expect.poll(() => width(tab)).toBe(before + 80);
    const other = await openTab(sample, { path: '/events', context: tab.context() });
    await settled(other);
    expect(await width(other)).toBe(before + 80);
    await other.getByRole('button', { name: 'Columns …' }).click();
    await other.getByRole('button', { name: 'Standard widths' }).click();
    await expect.poll(() => width(other)).toBe(before);
  });

  it('shows times in the zone that is chosen, and keeps it', async () => {
    const tab = await open();
    await tab.getByRole('combobox', { name: 'Times in' }).selectOption('Asia/Tokyo');
    expect((await column(tab, 'eventTime'))[0]).toBe('2019-07-07 19:13:20 +09:00');
    const time = tab.locator('tbody time').first();
    await expect.poll(() => time.getAttribute('title')).toMatch(/^\d+ years ago · 2019-07-07 10:13:20 UTC$/);
    await expect.poll(() => time.getAttribute('datetime')).toBe('2019-07-07T10:13:20.000Z');
    await tab.reload();
    await settled(tab);
    expect((await column(tab, 'eventTime'))[0]).toBe('2019-07-07 19:13:20 +09:00');
    await tab.getByRole('combobox', { name: 'Times in' }).selectOption('UTC');
    expect((await column(tab, 'eventTime'))[0]).toBe('2019-07-07 10:13:20 Z');
  });

  it('goes to the filter field by /, leaves it by Esc, and lists the keys by ?', async () => {
    const tab = await open();
    await tab.keyboard.press('/');
    await expect.poll(() => tab.evaluate(() => document.activeElement?.id)).toBe('filter-value');
    await tab.keyboard.type('j?');
    await expect.poll(() => tab.locator('#filter-value').inputValue()).toBe('j?');
    await tab.keyboard.press('Escape');
    await tab.keyboard.press('?');
    const dialog = tab.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    const told = (): Promise<string[]> => dialog.locator('dd').allInnerTexts();
    await expect.poll(told).toContain('next event');
    await expect.poll(told).toContain('leave a frequent value out, as the − beside it does');
    await tab.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(false);
  });

  it('says why there may be no events', async () => {
    const tab = await open('?from=2019-07-05&to=2019-07-05&readOnly=true&user=nobody-of-this-name');
    await tab.getByText('The index has').waitFor();
    const nothing = await tab.locator('.nothing').innerText();
    expect(nothing).toContain(
      'No events found. The index has 158 events, from 2019-07-04 22:00:00 Z to 2019-07-07 10:13:20 Z.',
    );
    expect(nothing).toContain('No event has nobody-of-this-name');
    expect(nothing).toContain('Both ends are the same moment');
    expect(await tab.locator('.event-list').count()).toBe(0);
  });

  it('exports all rows with its filters, as the command line does', async () => {
    const tab = await open('?eventName=DeleteObject&columns=eventName&columns=awsRegion');
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().trim().split('\r\n');
    expect(lines[0]).toBe('eventName,awsRegion');
    expect(lines.length).toBe(17);
  });

  it('folds the facets at the width of a phone, and nothing is wider than it', async () => {
    const tab = await open('?eventName=GetObject', { width: 320 });
    await tab.getByText('Most frequent values').first().waitFor();
    await expect.poll(() => tab.locator('.facet').first().isVisible()).toBe(false);
    await tab.locator('.facets summary').click();
    await expect.poll(() => tab.locator('.facet').first().isVisible()).toBe(true);
    await expect.poll(() => tab.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });

  it('shows text of logs as text', async () => {
    const tab = await open('?service=!s3', { served: many });
    expect((await column(tab, 'eventSource'))[0]).toBe('<b>bold</b>\\u{202e}.amazonaws.com');
    expect(await tab.locator('.events b').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has no serious finding of axe in the %s scheme', async colorScheme => {
    const tab = await open('?eventName=!Nothing&by=eventName&from=2019-07-04');
    await tab.emulateMedia({ colorScheme });
    await tab.getByText('As a table').click();
    expect(await seriousFindings(tab)).toEqual([]);
  });
});

const escapedPattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

describeInBrowser('the Event history when it is opened', () => {
  it('asks for the events first, and counts nothing before they are there', async () => {
    const tab = await openTab(sample, { path: '/events', context: (await open()).context() });
    await settled(tab);
    const log: string[] = [];
    const nameOf = (url: string): string => new URL(url).pathname.replace('/api/', '');
    tab.on('request', request => log.push(`asked ${nameOf(request.url())}`));
    tab.on('response', response => log.push(`answered ${nameOf(response.url())}`));
    await tab.goto(`${sample.origin}/events?service=s3`);
    await settled(tab);
    await tab.close();
    expect(log.find(line => /^asked (?!\/)/.test(line))).toBe('asked eventRows');
    const counted = log.filter(line => /^asked (timeline|facets)$/.test(line));
    expect(counted).toHaveLength(2);
    for (const line of counted) expect(log.indexOf(line)).toBeGreaterThan(log.indexOf('answered eventRows'));
  });
});

describeInBrowser('lines of access logs in the Event history', () => {
  it('are offered where the index has some, counted and listed as the commands do, and lead to their request', async () => {
    const tab = await open('?bucket=my-bucket&columns=eventTime');
    await tab.locator('.source select').selectOption('access log lines');
    const db = inject('sampleIndex');
    const asked = ['--source', 'access-logs', '--bucket', 'my-bucket', '--db', db];
    const lines = jsonOf<Record<string, string>>(['events', ...asked]);
    await expect.poll(() => total(tab)).toBe(`${lines.length} lines`);
    await settled(tab);
    const titles = await tab.locator('.event-list th .title').allInnerTexts();
    expect(titles.map(title => title.replace(/ [↑↓]$/, ''))).toEqual(Object.keys(lines[0]!));
    expect((await column(tab, 'requestid')).slice(0, 5)).toEqual(
      lines.slice(0, 5).map(({ requestid }) => requestid),
    );
    const [top] = jsonOf<object>(['top', 'eventName', ...asked]);
    const facet = tab.locator('.facet', { hasText: 'Event name' }).locator('li').first();
    expect(await facet.locator('.name').innerText()).toBe(Object.values(top!)[0]);
    expect(await tab.locator('.facet h3', { hasText: 'Region' }).count()).toBe(0);
    await rows(tab).first().locator('a').click();
    await tab.locator('.access-line', { hasText: lines[0]!.requestid! }).waitFor();
  });

  it('have a filter and a facet for their status, and none that they cannot answer', async () => {
    const tab = await open('?source=access-logs');
    const names = await tab.locator('.add-filter select option').allInnerTexts();
    expect(names).not.toEqual(expect.arrayContaining(['region']));
    await tab.getByRole('combobox', { name: 'Filter', exact: true }).selectOption('status');
    await tab.getByRole('textbox', { name: 'Value of status' }).fill('4xx');
    await tab.keyboard.press('Enter');
    const asked = ['--source', 'access-logs', '--status', '4xx', '--db', inject('sampleIndex')];
    const lines = jsonOf<object>(['events', ...asked]);
    await expect.poll(() => total(tab)).toBe(`${lines.length} lines`);
    await settled(tab);
    const top = jsonOf<object>(['top', 'status', ...asked]).map(row => String(Object.values(row)[0]));
    const facetOfStatus = facet(tab, 'Status').locator('li:not(.set) .name');
    await expect.poll(() => facetOfStatus.allInnerTexts()).toEqual(top);
    await tab.getByRole('button', { name: 'Clear all filters' }).click();
    await tab.locator('.source select').selectOption('CloudTrail events');
    await settled(tab);
    expect(await tab.locator('.add-filter select option').allInnerTexts()).not.toContain('status');
    expect(await tab.locator('.facet h3', { hasText: 'Status' }).count()).toBe(0);
  });

  it('show their times whole', async () => {
    const tab = await open('?source=access-logs');
    const cell = rows(tab).first().locator('td').first();
    expect(await cell.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  });

  it('say which there are where none fits', async () => {
    const tab = await open('?source=access-logs&bucket=no-such-bucket');
    const { accessLogs } = JSON.parse(
      offtrail(['status', '--format', 'json', '--db', inject('sampleIndex')]).stdout,
    ) as {
      accessLogs: { lines: number };
    };
    await tab.getByText(`No line fits. The index has ${accessLogs.lines} lines, from `).waitFor();
  });

  it('are not offered where it has none', async () => {
    const tab = await open('', { served: many });
    expect(await tab.locator('.source select').count()).toBe(0);
  });
});

const jsonOf = <T>(args: string[]): T[] =>
  JSON.parse(offtrail([...args, '--format', 'json', '--limit', 'all']).stdout) as T[];
