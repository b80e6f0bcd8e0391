/** Coverage, metrics, verification, the use of keys, and what the index holds, in a browser. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, expect, inject, it } from 'vitest';
import { makeAccessLogs } from '../../scripts/access-logs.js';
import { openIndex } from '../../src/index.js';
import { METRIC_NAMES } from '../../src/query/metrics/definitions.js';
import { contentOf, indexTree, treeOf } from '../digest-trees.js';
import { folder, ingestInto, offtrail, put, query, record, trail } from '../support.js';
import { describeInBrowser, inUtc, keptTab, rowsOf, type Served, serve } from './browser.js';

interface Tabs {
  db: string;
  served: Served;
  open(path: string): Promise<Page>;
}

/** A server on an index, and tabs of one browser that came by its link. */
async function tabsOf(db: string): Promise<Tabs> {
  const served = await serve(db);
  return { db, served, open: path => keptTab(served, path) };
}

const n = (count: number): string => count.toLocaleString('en-US');

describeInBrowser('the page of the index', () => {
  it('says how many events, files and records there are, and of what time', async () => {
    const { db, open } = await tabsOf(inject('sampleIndex'));
    const tab = await open('/status');
    using index = openIndex(db);
    const { records, files, places, reasons } = index.status();
    const sums = tab.locator('.sums');
    const events = sums.locator('div', { hasText: /^events/ }).locator('dd');
    await expect
      .poll(() => events.innerText())
      .toMatch(new RegExp(`^${[...index.events({ limit: 1e6, columns: ['eventID'] })].length}\\b`));
    await sums.getByText(`${n(records.stored)} stored, ${n(records.duplicate)} duplicate`).waitFor();
    await sums.getByText('2019-07-04T22:00:00Z to 2019-07-07T10:13:20Z').waitFor();
    await sums.getByText(`${n(files.indexed)} indexed (1 damaged), 1 skipped, 0 failed`).waitFor();
    await expect
      .poll(() => rowsOf(tab, 'Accounts and regions'))
      .toEqual(
        places.map(({ account, region, events, first, last }) => [account, region, n(events), first, last]),
      );
    await expect.poll(async () => (await rowsOf(tab, 'Files')).length).toBe(reasons.length);
    await tab.getByText('1 record rejected: offtrail status --rejected').waitFor();
    await tab.getByText('3 records stored from files whose checksum does not hold.').waitFor();
  });

  it('leads to the events of a region and of a service', async () => {
    const { open } = await tabsOf(inject('sampleIndex'));
    const tab = await open('/status');
    const region = tab.getByRole('link', { name: 'ap-southeast-2' }).first();
    await expect.poll(() => region.getAttribute('href')).toBe('/events?region=ap-southeast-2');
    const service = tab.getByRole('link', { name: 'kms.amazonaws.com' });
    await expect.poll(() => service.getAttribute('href')).toBe('/events?service=kms.amazonaws.com');
  });
});

describeInBrowser('coverage', () => {
  let sample: Tabs;
  beforeAll(async () => {
    sample = await tabsOf(inject('sampleIndex'));
  });

  it('is a grid with a line for each account and region and a cell for each step', async () => {
    const tab = await sample.open('/coverage?every=1d');
    using index = openIndex(sample.db);
    const { cells } = index.coverage({ every: '1d' });
    const places = new Set(cells.map(({ account, region }) => `${account} ${region}`));
    const grid = tab.getByRole('grid', { name: 'Coverage over time' });
    await grid.waitFor();
    await expect.poll(() => grid.getByRole('rowheader').allTextContents()).toEqual([...places]);
    const line = grid.getByRole('row').filter({ hasText: '111122223333 us-east-1' });
    const labels = await line
      .getByRole('gridcell')
      .evaluateAll(all => all.map(cell => cell.getAttribute('aria-label')));
    expect(labels).toHaveLength(4);
    for (const { time, events } of cells.filter(
      cell => cell.account === '111122223333' && cell.region === 'us-east-1',
    ))
      expect(labels.find(label => label?.startsWith(time))).toContain(`${n(events)} events`);
  });

  it('tells what a cell has where somebody points to it or goes there with the keys', async () => {
    const tab = await sample.open('/coverage?every=1d&account=222233334444');
    const cells = tab.getByRole('gridcell');
    await cells.first().waitFor();
    const status = tab.locator('.grid-detail');
    await cells.first().hover();
    await expect.poll(() => status.textContent()).toContain('222233334444 ap-southeast-2 · 2019-07-04');
    await cells.first().focus();
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowRight');
    await expect
      .poll(() => status.textContent())
      .toMatch(/222233334444 eu-west-1 · 2019-07-05T00:00:00Z: \d+ events/);
    await tab.keyboard.press('End');
    await expect.poll(() => status.textContent()).toContain('2019-07-07');
    // One cell alone is a stop of the tab key.
    await expect.poll(() => tab.locator('[role=grid] [tabindex="0"]').count()).toBe(1);
  });

  it('lists holes with how certain they are, and takes filters and the width of a step', async () => {
    const tab = await sample.open('/coverage');
    await tab.getByRole('region', { name: 'Holes' }).waitFor();
    await tab.getByLabel('step').fill('6h');
    await tab.getByLabel('region').first().fill('eu-west-1');
    await tab.getByRole('button', { name: 'Show' }).click();
    await tab.getByText('offtrail coverage --region eu-west-1 --every 6h').waitFor();
    using index = openIndex(sample.db);
    const { holes } = index.coverage({ region: 'eu-west-1', every: '6h' });
    await tab.getByRole('heading', { name: `Holes: ${n(holes.length)}` }).waitFor();
    for (const cells of await rowsOf(tab, 'Holes')) expect(['certain', 'possible']).toContain(cells[1]);
  });

  it('marks what digests list and is not here, for certain', async () => {
    const tree = treeOf();
    rmSync(tree.logFiles[2]!.path);
    const { db } = indexTree(tree);
    const { open } = await tabsOf(db);
    const tab = await open('/coverage?every=1h');
    await tab.getByRole('gridcell', { name: /not downloaded: .* 1 of them not here/ }).waitFor();
    const [hole] = await rowsOf(tab, 'Holes');
    expect(hole!.slice(0, 2)).toEqual(['not downloaded', 'certain']);
    await tab
      .getByRole('list', { name: 'Signs' })
      .getByText(/^! *not downloaded/)
      .waitFor();
  });

  it('lists who changed a trail', async () => {
    const root = folder();
    const stop = record({
      ...{ eventName: 'StopLogging', eventSource: 'cloudtrail.amazonaws.com', eventID: 'e-stop' },
      ...{ readOnly: false, managementEvent: true, eventType: 'AwsApiCall', eventCategory: 'Management' },
      requestParameters: { name: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/audit' },
    });
    put(root, 'a.json', trail([stop]));
    const { open } = await tabsOf(ingestInto([root]).db);
    const tab = await open('/coverage');
    await tab.getByRole('heading', { name: 'Trails that somebody changed' }).waitFor();
    const [cells] = await rowsOf(tab, 'Changes of trails');
    expect(cells![0]).toContain('audit');
    await expect
      .poll(() => tab.getByRole('link', { name: 'e-stop' }).last().getAttribute('href'))
      .toBe('/event?eventId=e-stop');
  });

  it('draws no more steps than a page can show, and says what to do', async () => {
    const tab = await sample.open('/coverage?every=1m');
    const alert = tab.getByRole('alert');
    await alert.getByText(/these are 3,\d+ steps, and a page shows 2,000 at most/).waitFor();
    await alert.getByText('take wider steps').waitFor();
    await tab.getByText('offtrail coverage --every 1m').waitFor();
    expect(await tab.getByRole('grid').count()).toBe(0);
  });

  it('says that nothing is here of a region that the index does not have', async () => {
    const tab = await sample.open('/coverage?region=eu-north-1&account=999999999999');
    await tab.getByText('Nothing of these accounts and regions is in the index').waitFor();
  });
});

describeInBrowser('verify', () => {
  it('says what could not be checked, with the command for the keys', async () => {
    const { db, open } = await tabsOf(inject('sampleIndex'));
    const tab = await open('/verify');
    const { findings, missingKeys, chains } = JSON.parse(
      offtrail(['verify', '--format', 'json', '--db', copyOf(db)]).stdout,
    ) as { findings: Array<{ level: string }>; missingKeys: Array<{ command: string }>; chains: object[] };
    for (const [title, level] of [
      ['Alarms', 'alarm'],
      ['Gaps', 'gap'],
      ['Notes', 'note'],
    ] as const)
      await tab
        .getByRole('heading', { name: `${title}: ${findings.filter(of => of.level === level).length}` })
        .waitFor();
    await tab.getByText(missingKeys[0]!.command).waitFor();
    await expect.poll(() => rowsOf(tab, 'Chains of digests')).toHaveLength(chains.length);
  });

  it('shows an alarm with what it rests on', async () => {
    const tree = treeOf();
    const { path } = tree.logFiles[2]!;
    const content = contentOf(readFileSync(path));
    content.Records.pop();
    writeFileSync(path, gzipSync(JSON.stringify(content)));
    const { db } = indexTree(tree);
    const { open } = await tabsOf(db);
    const tab = await open('/verify');
    const alarms = tab.getByRole('region', { name: 'Alarms' });
    await alarms.getByText('log altered').first().waitFor();
    await alarms.getByText('its content is not what the digest states').waitFor();
    const [cells] = await rowsOf(tab, 'log altered');
    expect(cells![0]).toBe(path);
    expect(cells![1]).toMatch(/[0-9a-f]{64}/);
  });

  it('says that nothing can be said where there are no digests', async () => {
    const root = folder();
    put(root, 'a.json', trail([record()]));
    const { open } = await tabsOf(ingestInto([root]).db);
    const tab = await open('/verify');
    await tab.getByText('No digest that can be checked is in the index').waitFor();
  });
});

/** A copy of an index, which a command may write to. */
function copyOf(db: string): string {
  return put(folder(), 'copy.db', readFileSync(db));
}

describeInBrowser('metrics and the use of keys', () => {
  let logs: Tabs;
  beforeAll(async () => {
    const [lines, events] = [folder(), folder()];
    makeAccessLogs(lines, {
      ...{ files: 20, linesPerFile: 60, days: 10, buckets: 2, seed: 5 },
      events: { folder: events, share: 0.5 },
    });
    logs = await tabsOf(ingestInto([lines, events]).db);
  });

  it('draw a chart of each metric that is recorded, and say how far each can be trusted', async () => {
    const tab = await logs.open('/metrics');
    using index = openIndex(logs.db);
    const { metrics, requests } = index.metrics();
    await tab.getByText(`${n(requests)} requests of all buckets from access logs and data events`).waitFor();
    for (const { name, mark, reason, statistics } of metrics) {
      const section = tab.getByRole('region', { name, exact: true });
      await section.getByText(mark, { exact: true }).waitFor();
      await section.getByText(reason).waitFor();
      await expect.poll(() => section.getByRole('img').count()).toBe(statistics.length > 0 ? 1 : 0);
    }
    expect(metrics.map(({ mark }) => mark)).toContain('not recorded');
    const rows = await rowsOf(tab, 'All the time');
    expect(rows.map(([name]) => name)).toEqual([...METRIC_NAMES]);
    expect(rows[0]![1]).toBe(n(metrics[0]!.total.Sum!));
  });

  it('have the numbers of each step in a table', async () => {
    const tab = await logs.open('/metrics?every=1d&metrics=AllRequests&metrics=FirstByteLatency');
    using index = openIndex(logs.db);
    const { metrics, times } = index.metrics({ every: '1d', metrics: ['AllRequests'] });
    await tab.getByText('Step by step').click();
    const rows = await rowsOf(tab, 'Step by step');
    const sums = times.map((time, step) => [time, n(metrics[0]!.values.Sum![step]!)]);
    expect(rows.map(cells => cells.slice(0, 2))).toEqual(sums.filter(([, sum]) => sum !== '0'));
    expect(rows[0]).toHaveLength(3);
  });

  it('are those that somebody chooses', async () => {
    const tab = await logs.open('/metrics?every=1d');
    await tab.getByText('Metrics: all').click();
    await tab.getByRole('checkbox', { name: '4xxErrors' }).check();
    await tab.getByRole('checkbox', { name: 'ListRequests' }).check();
    await tab.getByText(/offtrail metrics --every 1d --metric ListRequests --metric 4xxErrors/).waitFor();
    await expect.poll(() => tab.getByRole('img').count()).toBe(2);
  });

  it('choose a time by dragging over a chart', async () => {
    const tab = await logs.open('/metrics?every=1d&metrics=AllRequests');
    const box = (await tab.locator('.u-over').first().boundingBox())!;
    await tab.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await tab.mouse.down();
    await tab.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
    await tab.mouse.up();
    await expect.poll(() => new URL(tab.url()).searchParams.get('from')).toMatch(/^2026-01-0\dT/);
    await expect
      .poll(() => tab.getByLabel('from', { exact: true }).inputValue())
      .toBe(new URL(tab.url()).searchParams.get('from'));
    await tab.goBack();
    await expect.poll(() => tab.getByLabel('from', { exact: true }).inputValue()).toBe('');
  });

  it('list the steps in which an alarm holds, and say what is wrong with one that cannot be read', async () => {
    const tab = await logs.open('/metrics?every=1d');
    await tab.getByLabel('alarm', { exact: true }).fill('4xxErrors > 1%');
    await tab.getByLabel('alarm', { exact: true }).press('Enter');
    using index = openIndex(logs.db);
    const { breaches } = index.metrics({ every: '1d', alarms: ['4xxErrors > 1%'] });
    expect(breaches.length).toBeGreaterThan(0);
    await tab.getByText(`Steps in which an alarm holds: ${breaches.length}`).waitFor();
    await expect
      .poll(async () => (await rowsOf(tab, 'Steps in which an alarm holds')).map(cells => cells[1]))
      .toEqual(breaches.map(({ time }) => time));
    await tab.getByLabel('alarm', { exact: true }).fill('4xxErors > 1%');
    await tab.getByLabel('alarm', { exact: true }).press('Enter');
    await tab.getByRole('alert').getByText('4xxErors').waitFor();
  });

  it('say which bucket has no requests', async () => {
    const tab = await logs.open('/metrics?bucket=no-such-bucket');
    await tab.getByText('No requests of no-such-bucket in access logs or data events').waitFor();
    expect(await tab.getByRole('img').count()).toBe(0);
  });

  it('say of a key what both logs know, what fits its last use, and what cannot be known', async () => {
    const tab = await logs.open('/key-usage');
    await tab.getByText('Name an access key, or the ARN of who uses it.').waitFor();
    const [line] = query(
      logs.db,
      `SELECT requester, max(eventtime) AS latest FROM s3_access_logs
      WHERE requester LIKE 'arn:aws:iam:%:user/%' GROUP BY 1 ORDER BY count(*) DESC, 1`,
    );
    const arn = String(line!.requester);
    const lastUsed = String(line!.latest);
    await tab.getByLabel('access key or ARN').fill(arn);
    await tab.getByLabel('last used').fill(lastUsed);
    await tab.getByLabel('within').fill('600');
    await tab.getByLabel('within').press('Enter');
    using index = openIndex(logs.db);
    const usage = index.keyUsage(arn, { lastUsed, within: '600' })!;
    const { candidates } = usage.lastUsed!;
    await tab.getByText(`${n(usage.accessLog!.lines)} lines of its requester, whatever the key`).waitFor();
    for (const text of usage.unknown) await tab.getByText(text).waitFor();
    const rows = await rowsOf(tab, 'Rows around the last use');
    expect(rows.map(cells => cells.slice(0, 2))).toEqual(
      candidates.slice(0, 10).map(({ fit, time }) => [fit, inUtc(time)]),
    );
    await tab.getByText(`and ${n(candidates.length - 10)} more, which the command has`).waitFor();
    // All of them are in the file, as the library has them; several tables are no CSV.
    const [file] = await tab
      .locator('a[download]')
      .evaluateAll(links => links.map(link => (link as unknown as { href: string }).href));
    const whole = (await (await tab.request.get(file!)).json()) as typeof usage;
    expect(whole.lastUsed?.candidates).toHaveLength(candidates.length);
    expect(await tab.locator('a[download]').allInnerTexts()).toEqual(['JSON']);
  });

  it('say that the logs have nothing of a key, and what to ask instead', async () => {
    const tab = await logs.open('/key-usage?key=AKIAIOSFODNN7EXAMPLE');
    await tab.getByText('These logs have nothing of it').waitFor();
    await tab.getByText('offtrail key-usage').waitFor();
    await tab.goto(`${logs.served.origin}/key-usage?key=AKIAIOSFODNN7EXAMPLE&service=s3`);
    await tab.getByRole('alert').waitFor();
  });
});
