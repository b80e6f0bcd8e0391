/** The S3 searches of events and of access logs, in a browser. */

import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, expect, inject, it } from 'vitest';
import { makeAccessLogs } from '../../scripts/access-logs.js';
import { ACCESS_SEARCHES } from '../../src/query/access/searches.js';
import { S3_SEARCHES } from '../../src/query/s3-searches.js';
import { folder, ingestInto, offtrail, put, record, trail } from '../support.js';
import { describeInBrowser, inUtc, openTab, rowsOf, type Served, serve } from './browser.js';

const linesOf = (args: string[]): Array<Record<string, unknown>> =>
  offtrail([...args, '--format', 'jsonl'])
    .stdout.trim()
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);

describeInBrowser('the S3 searches', () => {
  const db = inject('sampleIndex');
  let served: Served;
  let context: BrowserContext;
  beforeAll(async () => {
    served = await serve(db);
    context = (await openTab(served)).context();
  });

  it('are those of the list, each with its description', async () => {
    const tab = await openTab(served, { path: '/s3', context });
    const searches = tab.getByRole('navigation', { name: 'Searches' }).getByRole('link');
    await searches.first().waitFor();
    await expect.poll(() => searches.allTextContents()).toEqual(S3_SEARCHES.map(({ name }) => name));
    await searches.getByText('sigv2-requesters').click();
    await tab.getByText('who still signs with Signature Version 2').waitFor();
    expect(new URL(tab.url()).searchParams.get('name')).toBe('sigv2-requesters');
  });

  it('show the rows that the command gives', async () => {
    const tab = await openTab(served, { path: '/s3?name=object-access', context });
    const rows = linesOf(['s3', 'object-access', '--db', db]);
    await tab.getByText(/^100 rows/).waitFor();
    expect(rows.length).toBeGreaterThan(100);
    const shown = await rowsOf(tab, 'object-access');
    expect(shown.map(cells => cells[0])).toEqual(rows.slice(0, 100).map(row => inUtc(row.eventTime)));
    await tab.getByText('offtrail s3 object-access --limit 100').waitFor();
    await tab.getByRole('button', { name: 'show 1,000' }).click();
    await tab.getByText(new RegExp(`^${rows.length} rows$`)).waitFor();
  });

  it('take filters, which stand in the address, and go back', async () => {
    const tab = await openTab(served, { path: '/s3?name=put-object', context });
    await tab.getByText(/^29 rows/).waitFor();
    await tab.getByLabel('bucket', { exact: true }).fill('finance');
    await tab.getByLabel('bucket', { exact: true }).press('Enter');
    const finance = linesOf(['s3', 'put-object', '--bucket', 'finance', '--db', db]).length;
    await tab.getByText(new RegExp(`^${finance} rows`)).waitFor();
    expect(new URL(tab.url()).search).toBe('?name=put-object&bucket=finance');
    await tab.goBack();
    await tab.getByText(/^29 rows/).waitFor();
    await expect.poll(() => tab.getByLabel('bucket', { exact: true }).inputValue()).toBe('');
  });

  it('take several values of a filter, and those of filters that are not in sight', async () => {
    const tab = await openTab(served, { path: '/s3?name=put-object&bucket=finance', context });
    const another = tab.getByLabel('bucket, another value');
    await another.fill('my-bucket');
    await another.press('Enter');
    await tab.getByText(/^29 rows/).waitFor();
    await tab.getByText('More filters').click();
    await tab.getByLabel('region').fill('us-west-2');
    await tab.getByRole('button', { name: 'Search' }).click();
    const args = ['--bucket', 'finance', '--bucket', 'my-bucket', '--region', 'us-west-2'];
    const count = linesOf(['s3', 'put-object', ...args, '--db', db]).length;
    await tab.getByText(count === 0 ? 'No event fits.' : new RegExp(`^${count} rows?$`)).waitFor();
    await tab.getByText(`offtrail s3 put-object ${args.slice(0, 4).join(' ')} --region us-west-2`).waitFor();
  });

  it('say what they need, and search once they have it', async () => {
    const tab = await openTab(served, { path: '/s3?name=access-key', context });
    await tab.getByText('access-key needs the access key').waitFor();
    expect(await tab.getByRole('table').count()).toBe(0);
    const key = 'AKIAKQ6IQI7PMFXZWLNZ';
    await tab.getByLabel('access key', { exact: true }).first().fill(key);
    await tab.getByLabel('all services').check();
    await tab.getByRole('button', { name: 'Search' }).click();
    const rows = linesOf(['s3', 'access-key', key, '--all-services', '--db', db]);
    expect(rows.length).toBeGreaterThan(0);
    await tab.getByText(new RegExp(`^${rows.length} rows?$`)).waitFor();
  });

  it('lead from who and from an address to what they did', async () => {
    const tab = await openTab(served, { path: '/s3?name=put-object', context });
    const cell = tab.getByRole('link', { name: /^arn:aws/ }).first();
    const arn = await cell.textContent();
    await expect
      .poll(() => cell.getAttribute('href'))
      .toBe(`/who?${new URLSearchParams({ identity: arn! })}`);
    const address = tab.getByRole('link', { name: /^10\.\d/ }).first();
    await expect.poll(() => address.getAttribute('href')).toMatch(/^\/who\?identity=10\./);
  });

  it('say what the index has where nothing was found, and what values were taken for', async () => {
    const tab = await openTab(served, { path: '/s3?name=put-object&bucket=no-such-bucket', context });
    await tab.getByText('No event fits. The index has 158 events').waitFor();
    await tab.getByText(/No event has no-such-bucket/).waitFor();
    await tab.goto(`${served.origin}/s3?name=put-object&user=CHEN.0`);
    await tab.getByText(/No event has CHEN\.0: chen\.0 was taken/).waitFor();
  });

  it('say what is wrong with a value', async () => {
    const tab = await openTab(served, { path: '/s3?name=put-object&from=yesteryear', context });
    await tab.getByRole('alert').getByText('yesteryear').waitFor();
  });

  it('export all rows as the command gives them', async () => {
    const tab = await openTab(served, { path: '/s3?name=object-access&limit=5', context });
    await tab.getByText(/^5 rows, and there are more/).waitFor();
    const [download] = await Promise.all([
      tab.waitForEvent('download'),
      tab.getByRole('link', { name: 'CSV' }).click(),
    ]);
    const csv = readFileSync(await download.path(), 'utf8');
    expect(csv).toBe(offtrail(['s3', 'object-access', '--format', 'csv', '--db', db]).stdout);
    expect(csv.split('\n').length).toBeGreaterThan(100);
  });

  it('of access logs say that there are no lines, and how to get some', async () => {
    const root = folder();
    put(root, 'a.json', trail([record()]));
    const tab = await openTab(await serve(ingestInto([root]).db), { path: '/s3-access' });
    await tab.getByText('The index has no S3 server access logs.').waitFor();
    await tab.getByText('offtrail ingest access-logs').waitFor();
    const links = tab.getByRole('navigation', { name: 'Searches' }).getByRole('link');
    await expect.poll(() => links.allTextContents()).toEqual(ACCESS_SEARCHES.map(({ name }) => name));
  });
});

describeInBrowser('the searches of access logs', () => {
  let served: Served;
  let context: BrowserContext;
  let db: string;
  beforeAll(async () => {
    const lines = folder();
    makeAccessLogs(lines, { files: 10, linesPerFile: 60, days: 3, buckets: 2, seed: 5 });
    ({ db } = ingestInto([lines]));
    served = await serve(db);
    context = (await openTab(served)).context();
  });

  it('show lines, the newest first, and the oldest where somebody wants them', async () => {
    const tab = await openTab(served, { path: '/s3-access?name=get-object', context });
    await tab.getByText(/^100 rows, and there are more/).waitFor();
    await tab.getByLabel('order').selectOption('oldest');
    await tab.getByRole('button', { name: 'Search' }).click();
    const [first] = linesOf(['s3-access', 'get-object', '--order', 'oldest', '--limit', '1', '--db', db]);
    await tab.getByText(inUtc(first!.eventtime)).first().waitFor();
    await expect.poll(async () => (await rowsOf(tab, 'get-object'))[0]![0]).toBe(inUtc(first!.eventtime));
  });

  it('add bytes up by requester, address or key', async () => {
    const tab = await openTab(served, { path: '/s3-access?name=bytes', context });
    await tab.getByLabel('added up by').selectOption('key');
    await tab.getByRole('button', { name: 'Search' }).click();
    await tab.getByRole('columnheader', { name: 'objectkey' }).waitFor();
    const [first] = linesOf(['s3-access', 'bytes', '--by', 'key', '--limit', '1', '--db', db]);
    const [cells] = await rowsOf(tab, 'bytes');
    expect(cells!.slice(0, 2)).toEqual([first!.bucket_name, first!.objectkey]);
    expect(cells![3]).toBe(Number(first!.bytessenttotal).toLocaleString('en-US'));
    expect(await tab.getByLabel('order').count()).toBe(0);
  });

  it('take the least time of slow requests', async () => {
    const tab = await openTab(served, { path: '/s3-access?name=slow', context });
    await tab.getByLabel('at least').fill('100');
    await tab.getByLabel('at least').press('Enter');
    const rows = linesOf(['s3-access', 'slow', '--min-ms', '100', '--db', db]);
    const shown = Math.min(rows.length, 100);
    await tab.getByText(new RegExp(`^${shown} rows`)).waitFor();
    await tab.getByText('offtrail s3-access slow --min-ms 100').waitFor();
  });

  it('need a key where they are about one, and say what there is where no line fits', async () => {
    const tab = await openTab(served, { path: '/s3-access?name=object', context });
    await tab.getByText('object needs a key, a prefix that ends in /, or s3://BUCKET/KEY.').waitFor();
    await tab.getByLabel('key', { exact: true }).fill('no/such/key');
    await tab.getByLabel('key', { exact: true }).press('Enter');
    await tab.getByText(/^No line fits\. The index has \d+ lines, from 2026-01-01 /).waitFor();
    await tab.getByText('offtrail s3-access object --limit 100 no/such/key').waitFor();
  });
});

describeInBrowser('a row of an S3 search', () => {
  it('leads to its caller alone, whatever stands in the name', async () => {
    const root = folder();
    const callerOf = (arn: string) => record({ userIdentity: { type: 'IAMUser', arn } });
    const arn = 'arn:aws:iam::111122223333:user/a*';
    put(root, 'a.json', trail([callerOf(arn), callerOf(`${arn}b`)]));
    const tab = await openTab(await serve(ingestInto([root]).db), { path: '/s3?name=get-object' });
    await tab.getByRole('link', { name: arn, exact: true }).click();
    expect(new URL(tab.url()).searchParams.get('identity')).toBe('arn:aws:iam::111122223333:user/a\\*');
  });

  it('leads to its event, and one of the access logs to its request', async () => {
    const served = await serve(inject('sampleIndex'));
    const tab = await openTab(served, { path: '/s3?name=get-object' });
    const [row] = linesOf([
      'events',
      '--event-name',
      'GetObject',
      '--service',
      's3',
      '--columns',
      'eventTime,eventID',
      '--limit',
      '1',
      '--db',
      inject('sampleIndex'),
    ]);
    await tab
      .getByRole('link', { name: inUtc(row!.eventTime), exact: true })
      .first()
      .click();
    await expect.poll(() => new URL(tab.url()).searchParams.get('eventId')).toBe(row!.eventID);
    await tab.goto(`${served.origin}/s3-access?name=errors`);
    const link = tab.locator('td a[href*="requestId="]').first();
    const id = await link.innerText();
    await link.click();
    await tab.locator('.access-line', { hasText: id }).waitFor();
  });
});
