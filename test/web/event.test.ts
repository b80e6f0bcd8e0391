/** The pages of an event, an identity, a session, a bucket and a search. */

import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { around } from '../../src/web/app/pages/event-around.js';
import { athenaStatement } from '../../src/web/app/pages/event-statement.js';
import { branchesOf } from '../../src/web/app/pages/session-tree.js';
import { findIn, jsonLines, jsonText, memberText, visibleLines } from '../../src/web/app/parts/json-lines.js';
import { LONG, db as story } from '../session-events.js';
import { folder, ingestInto, offtrail, put, record } from '../support.js';
import { describeInBrowser, keptTab, type Served, serve } from './browser.js';

const SALARIES = '4e618bc4-a0fd-40e5-a878-945aa9b2fb01';
const KEY = 'AKIAKQ6IQI7PMFXZWLNZ';
/** As Object.fromEntries cannot write it: a key twice, and a number that no double holds. */
const EXACT = 'a0000000-0000-4000-8000-000000000001';
const HOSTILE = 'a0000000-0000-4000-8000-000000000002';
const LARGE = 'a0000000-0000-4000-8000-000000000003';
const MANY = 'a0000000-0000-4000-8000-000000000004';
const TWICE = 'a0000000-0000-4000-8000-000000000005';
const ODD_KEY = 'a0000000-0000-4000-8000-000000000006';
const REQUEST = '3E57427F3EXAMPLE';
const IMAGE = '<img src=x onerror="document.title=1">';

const LINE = `79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be my-bucket [01/Mar/2024:12:00:00 +0000] 192.0.2.3 arn:aws:iam::111122223333:user/ana ${REQUEST} REST.GET.OBJECT data/x.csv "GET /data/x.csv HTTP/1.1" 200 - 113 3462992 70 10 "-" "curl/8.5.0 ${IMAGE.replaceAll('"', '\\"')}" - s9lzHYrFp76ZVxRcpX9= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader my-bucket.s3.us-west-1.amazonaws.com TLSv1.2 - Yes us-east-1`;

/** Records that would break a page that shows text as it is. */
function hostileIndex(): string {
  const exact = JSON.stringify(record({ eventID: EXACT, requestParameters: 'HERE' })).replace(
    '"HERE"',
    '{"big":123456789012345678901234567890,"small":1.10,"twice":1,"twice":2,"text":"\\u003cb\\u003e"}',
  );
  const list = [
    record({
      eventID: HOSTILE,
      userAgent: IMAGE,
      sourceIPAddress: 'javascript:alert(1)',
      errorCode: 'a\u202eb\u200bc',
      errorMessage: '\u001b[31mred\u001b[0m',
      requestParameters: { bucketName: '"><script>alert(1)</script>', key: '[x](http://evil.example)' },
    }),
    record({
      eventID: LARGE,
      requestParameters: { key: 'x'.repeat(1 << 20), bucketName: 'my-bucket' },
      eventName: 'AfterTheLargeOne',
    }),
    record({
      eventID: MANY,
      requestParameters: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`name${i}`, i])),
    }),
    record({ eventID: ODD_KEY, requestParameters: { 'a\u202eb': { c: 1 } } }),
    record({ eventID: TWICE, eventName: 'OneContent' }),
    record({ eventID: TWICE, eventName: 'OtherContent' }),
    record({
      requestID: REQUEST,
      eventTime: '2024-03-01T12:00:00Z',
      requestParameters: { bucketName: 'my-bucket', key: 'data/x.csv' },
      additionalEventData: { bytesTransferredOut: 999, bytesTransferredIn: 0 },
    }),
  ].map(one => JSON.stringify(one));
  const root = folder();
  put(root, 'a.json', `{"Records":[${[exact, ...list].join(',')}]}`);
  put(root, 'lines', `${LINE}\n`);
  return ingestInto([root]).db;
}

const path = (page: string, options: Record<string, string>): string =>
  `/${page}?${new URLSearchParams(options).toString()}`;
const main = (tab: Page): Promise<string> => tab.locator('main').innerText();

/** Opens pages of one index. */
function opener(index: () => string): (where: string) => Promise<Page> {
  let served: Served | undefined;
  return async where => {
    served ??= await serve(index());
    return keptTab(served, where);
  };
}
const openSample = opener(() => inject('sampleIndex'));
const openStory = opener(() => story);
const origin = (tab: Page): string => new URL(tab.url()).origin;

describe('a record as lines', () => {
  const json = '{"a":{"n":1.10,"n":2,"e":{},"l":[]},"s":"x\\"}{,:","eventID":"i\\u0064"}';

  it('keeps numbers, escapes and repeated keys as they were written', () => {
    expect(jsonText(jsonLines(json))).toBe(
      '{\n  "a": {\n    "n": 1.10,\n    "n": 2,\n    "e": {},\n    "l": []\n  },\n  "s": "x\\"}{,:",\n  "eventID": "i\\u0064"\n}',
    );
    expect(memberText(jsonLines(json), 'eventID')).toBe('id');
  });

  it('ends where a text is cut off, wherever that is, and says nothing that is not there', () => {
    for (let length = 0; length <= json.length; length++) {
      const lines = jsonLines(json.slice(0, length));
      const tokens = (text: string): string => text.replaceAll(/\s/g, '');
      expect(tokens(jsonText(lines))).toBe(tokens(json.slice(0, length)));
      expect(visibleLines(lines, new Set()).length).toBe(lines.length);
    }
  });

  it('is searched whatever the case, and a text is no expression', () => {
    const lines = jsonLines('{"Key":"KEY.","k":"a*b"}');
    expect(findIn(lines, 'key').map(({ line, start }) => [line, start])).toEqual([
      [1, 1],
      [1, 8],
    ]);
    expect(findIn(lines, '.').length).toBe(1);
    expect(findIn(lines, 'a*b').length).toBe(1);
  });

  it('folds an object to its first line', () => {
    const lines = jsonLines('{"a":{"b":1,"c":2},"d":3}');
    expect(visibleLines(lines, new Set([1])).map(i => lines[i]!.text)).toEqual([
      '{',
      '"a": {',
      '"d": 3',
      '}',
    ]);
  });

  it('of a hundred thousand levels is laid out without a stack of that depth', () => {
    expect(jsonLines(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`).length).toBe(200_001);
  });
});

describe('the statement for Athena', () => {
  it('finds the event by its partition and its id, also when the id has quotes and control characters', () => {
    expect(athenaStatement("a'b", '2019/07/05')).toBe(
      `SELECT *\nFROM cloudtrail_logs\nWHERE "timestamp" = '2019/07/05'\n  AND eventid = 'a''b'`,
    );
    expect(athenaStatement('a\nb\u202e', undefined)).not.toMatch(/a\nb|\u202e/);
  });

  it('is one that offtrail sql runs', () => {
    const ran = offtrail([
      ...['sql', athenaStatement(SALARIES, '2019/07/05'), '--format', 'json'],
      ...['--db', inject('sampleIndex')],
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ eventid: SALARIES }]);
  });
});

describe('what stands around an event', () => {
  const row = (n: number) => ({ event_rowid: n });
  it('is in order of time, each event once, also where several are of its second', () => {
    const [before, after] = [[3, 2, 1].map(row), [2, 3, 4].map(row)];
    expect(around(before, after, row(2)).map(one => one.event_rowid)).toEqual([1, 2, 3, 4]);
    expect(around([row(1)], [row(9)], row(5)).map(one => one.event_rowid)).toEqual([1, 5, 9]);
  });
});

describe('a tree of sessions', () => {
  it('has every session once, below the one that issued it, also where they go in a circle', () => {
    const of = (accessKeyId: string, ...children: string[]) => ({ accessKeyId, children });
    const found = branchesOf([of('a', 'b'), of('b', 'c', 'a'), of('c'), of('x', 'y'), of('y', 'x')], ['a']);
    expect(found.map(({ session: { accessKeyId }, depth }) => `${accessKeyId}${depth}`)).toEqual([
      'a0',
      'b1',
      'c2',
      'x0',
      'y1',
    ]);
  });
});

describeInBrowser('the page of an event', () => {
  it('says who did what, when, from where, on what and with what result', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES }));
    await tab.getByText('failed: AccessDenied').waitFor();
    const text = await main(tab);
    for (const part of [
      '2019-07-05T22:17:10Z',
      'GetObject',
      '96.191.210.12',
      'private/salaries.xlsx',
      'us-east-1',
    ])
      expect(text).toContain(part);
  });

  it('takes the beginning of an eventID, and says what to do where it is none', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES.slice(0, 8) }));
    await tab.getByText('failed: AccessDenied').waitFor();
    await tab.goto(`${origin(tab)}${path('event', { eventId: 'ffffffff' })}`);
    await tab.getByRole('alert').getByText('no event has the id').waitFor();
  });

  it('names the file it came from with its SHA-256, and the verdict of the digests in words', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES }));
    await tab.getByText('record 12').waitFor();
    const text = await main(tab);
    expect(text).toMatch(/[0-9a-f]{64}/);
    expect(text).toContain('consistent: its hash is in a digest whose signature was not checked');
  });

  it('finds text in the record, goes from hit to hit, and keeps the text in the address', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES }));
    const find = tab.getByRole('searchbox', { name: 'Find in the record' });
    await find.fill('MY-BUCKET');
    const state = tab.locator('.find [role=status]');
    await expect.poll(() => state.innerText()).toBe('1 of 5');
    await find.press('Enter');
    await expect.poll(() => state.innerText()).toBe('2 of 5');
    await find.press('Shift+Enter');
    await find.press('Shift+Enter');
    await expect.poll(() => state.innerText()).toBe('5 of 5');
    await expect.poll(() => tab.locator('mark.hit.current').innerText()).toBe('my-bucket');
    expect(new URL(tab.url()).searchParams.get('find')).toBe('MY-BUCKET');
  });

  it('folds and unfolds objects, and unfolds what hides a hit', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES }));
    const fold = tab.getByRole('button', { name: 'Fold "requestParameters"' });
    await fold.click();
    await expect.poll(() => fold.getAttribute('aria-expanded')).toBe('false');
    const record = tab.getByRole('region', { name: 'Record' });
    expect(await record.innerText()).not.toContain('"bucketName"');
    await tab.getByRole('searchbox', { name: 'Find in the record' }).fill('bucketName');
    await expect.poll(() => record.innerText()).toContain('"bucketName"');
  });

  it('shows what came just before and after by the same key, and leads there', async () => {
    const [last] = JSON.parse(
      offtrail(['events', '--access-key', KEY, '--format', 'json', '--db', inject('sampleIndex')]).stdout,
    ) as Array<{ eventID: string }>;
    const tab = await openSample(path('event', { eventId: last!.eventID }));
    const near = tab.getByRole('region', { name: 'Just before and after' });
    await expect.poll(() => near.locator('tbody tr').count()).toBe(6);
    await expect.poll(() => near.locator('tr[aria-current]').innerText()).toContain('2019-07-07 02:00:00');
    await near.locator('tbody a').first().click();
    await expect.poll(() => near.locator('tr[aria-current]').innerText()).toContain('2019-07-05 02:11:40');
  });

  it('leads to the identity, the session and the events of its key and user', async () => {
    const tab = await openSample(path('event', { eventId: 'e3a9d6ab' }));
    const links = tab.getByRole('navigation', { name: 'From this event' });
    await links.waitFor();
    const addresses = await links.locator('a').evaluateAll(all => all.map(a => a.getAttribute('href')));
    expect(addresses).toEqual(
      expect.arrayContaining([
        '/events?accessKey=ASIASK5RQ6DJZDNB7ELL',
        '/events?user=audit-deploy-1-task-2',
        '/session?session=ASIASK5RQ6DJZDNB7ELL',
      ]),
    );
  });

  it('is copied as JSON, as a command and as a statement', async () => {
    const tab = await openSample(path('event', { eventId: SALARIES }));
    await tab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (title: string): Promise<string> => {
      await tab.getByRole('button', { name: `Copy as ${title}` }).click();
      await tab
        .getByRole('button', { name: `Copy as ${title}` })
        .getByText('copied')
        .waitFor();
      return tab.evaluate<string>('navigator.clipboard.readText()');
    };
    expect(JSON.parse(await copied('JSON'))).toMatchObject({ eventID: SALARIES });
    expect(await copied('command')).toBe(`offtrail show ${SALARIES}`);
    expect(await copied('Athena statement')).toBe(athenaStatement(SALARIES, '2019/07/05'));
  });
});

describeInBrowser('hostile events', () => {
  const open = opener(hostileIndex);

  it('numbers, escapes and repeated keys stand as they were written', async () => {
    const tab = await open(path('event', { eventId: EXACT }));
    const text = await tab.getByRole('region', { name: 'Record' }).innerText();
    for (const part of [
      '123456789012345678901234567890',
      '1.10',
      '"twice": 1',
      '"twice": 2',
      '"\\u003cb\\u003e"',
    ])
      expect(text).toContain(part);
  });

  it('markup stays text, no link leads out, and characters that hide or reorder text are shown by their codes', async () => {
    for (const where of [
      path('event', { eventId: HOSTILE, find: '<img' }),
      path('who', { identity: 'ana' }),
      path('search', { text: 'onerror' }),
      path('bucket', { bucket: '"><script>alert(1)</script>' }),
      path('who', { identity: 'javascript:alert(1)' }),
      path('bucket', {}),
    ]) {
      const tab = await open(where);
      await tab.locator('main h1').waitFor();
      await tab.waitForLoadState('networkidle');
      expect(await tab.locator('main img, main script, main b').count(), where).toBe(0);
      const links = await tab
        .locator('a')
        .evaluateAll(all => all.map(a => (a as unknown as { href: string }).href));
      expect(
        links.filter(link => !link.startsWith(origin(tab))),
        where,
      ).toEqual([]);
      expect(
        [...(await main(tab))].filter(char => '\u001b\u202e\u200b'.includes(char)),
        where,
      ).toEqual([]);
      expect(await tab.title()).not.toBe('1');
    }
    const tab = await open(path('event', { eventId: HOSTILE }));
    await tab.getByText('\\u{202e}').first().waitFor();
    await expect.poll(() => tab.locator('.summary').innerText()).toContain(IMAGE);
  });

  it('a value of a megabyte is cut and said so; what stands after it is still in the summary', async () => {
    const tab = await open(path('event', { eventId: LARGE }));
    await tab.locator('.summary').getByText('AfterTheLargeOne').waitFor();
    await tab
      .getByRole('button', { name: /show all 2..,... characters|show all 3..,... characters/ })
      .waitFor();
    expect((await main(tab)).length).toBeLessThan(30_000);
  });

  it('ten thousand keys are folded, and a hit among them is found and shown', async () => {
    const tab = await open(path('event', { eventId: MANY }));
    const lines = tab.locator('.json .line');
    await tab.getByText('10,000 members').waitFor();
    expect(await lines.count()).toBeLessThan(100);
    await tab.getByRole('searchbox', { name: 'Find in the record' }).fill('name777"');
    await expect.poll(() => tab.locator('mark.hit.current').innerText()).toBe('name777"');
  });

  it('a key that hides or reorders text is not read out either', async () => {
    const tab = await open(path('event', { eventId: ODD_KEY }));
    await tab.getByRole('button', { name: 'Fold "a\\u{202e}b"' }).waitFor();
  });

  it('a text to find of any length is no burden', async () => {
    const tab = await open(path('event', { eventId: LARGE, find: 'x'.repeat(20_000) }));
    await tab.locator('mark.hit.current').waitFor();
    await tab.getByText('AfterTheLargeOne').first().waitFor();
  });

  it('several events with one eventID are all shown, and that they differ is said', async () => {
    const tab = await open(path('event', { eventId: TWICE }));
    await tab.getByRole('heading', { name: '2 events with one eventID' }).waitFor();
    await tab.getByRole('heading', { name: 'OneContent' }).waitFor();
    await tab.getByRole('heading', { name: 'OtherContent' }).waitFor();
    await tab.getByText('Another record has this eventID').first().waitFor();
  });

  it('the access log’s line of a request stands with it, with what it says otherwise', async () => {
    const tab = await open(path('event', { requestId: REQUEST }));
    await tab.getByRole('heading', { name: 'Request', exact: true }).waitFor();
    const line = tab.locator('.access-line');
    await expect.poll(() => line.innerText()).toContain('REST.GET.OBJECT data/x.csv');
    await tab.getByText('They differ in bytes').waitFor();
    await tab.goto(`${origin(tab)}${path('event', { requestId: 'NOSUCHREQUEST000' })}`);
    await tab.getByText('Neither events nor access log lines').waitFor();
  });
});

describeInBrowser('the page of an identity', () => {
  it('tells what it is, its first and last event, and counts that lead to the events', async () => {
    const tab = await openSample(path('who', { identity: KEY }));
    await tab.getByText('access key', { exact: true }).waitFor();
    const addresses = tab.getByRole('region', { name: 'Addresses' });
    await expect.poll(() => addresses.locator('tbody tr').count()).toBe(6);
    await tab.getByRole('img', { name: /Events over time/ }).waitFor();
    const calls = tab.getByRole('region', { name: 'Calls' });
    await expect
      .poll(() => calls.locator('tbody tr').first().locator('a').getAttribute('href'))
      .toBe(`/events?accessKey=${KEY}&service=s3.amazonaws.com&eventName=PutObject&readOnly=false`);
    await addresses.getByRole('link', { name: '10.21.150.161' }).click();
    await tab.getByText('source address').waitFor();
  });

  it('keeps filters, and says why nothing was found', async () => {
    const where = path('who', { identity: KEY, eventName: 'PutObject' });
    const tab = await openSample(where);
    await tab.getByText('2, 0 failed').waitFor();
    await tab.getByRole('button', { name: 'Remove the filter event name' }).click();
    await tab.getByText('6, 0 failed').waitFor();
    await tab.getByRole('searchbox').fill('nobody');
    await tab.getByRole('button', { name: 'Look up' }).click();
    await tab.getByText('The index has 158 events').waitFor();
  });
});

describeInBrowser('the use of keys', () => {
  it('is offered where there are access logs, and nowhere else', async () => {
    const withLogs = opener(hostileIndex);
    const ana = path('who', { identity: 'arn:aws:iam::111122223333:user/ana' });
    const link = (tab: Page) => tab.getByRole('link', { name: 'use of the key, with the access logs' });
    const tab = await withLogs(ana);
    await link(tab).waitFor();
    await expect
      .poll(() => link(tab).getAttribute('href'))
      .toBe('/key-usage?key=arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2Fana');
    const other = await openStory(path('who', { identity: LONG }));
    await other.getByText('access key', { exact: true }).waitFor();
    await other.waitForLoadState('networkidle');
    expect(await link(other).count()).toBe(0);
  });
});

describeInBrowser('the page of a session', () => {
  it('has every session below the one that issued it, and says across which account it went', async () => {
    const tab = await openStory(path('session', { session: LONG }));
    const sessions = tab.getByRole('list', { name: 'Sessions' }).locator('> li');
    await sessions.first().waitFor();
    const printed = offtrail(['sessions', LONG, '--db', story]).stdout;
    await expect.poll(() => sessions.count()).toBe(printed.match(/^ *[*-] /gm)!.length);
    await expect.poll(() => sessions.first().innerText()).toContain('asked for');
    await tab.getByText('level 2').first().waitFor();
    await sessions.first().getByRole('link', { name: LONG }).click();
    await tab.getByText('access key', { exact: true }).waitFor();
  });

  it('says what to do where there is none', async () => {
    const tab = await openSample('/session?session=nobody');
    await tab.getByRole('alert').getByText('no session belongs to').waitFor();
  });
});

describeInBrowser('the page of a bucket', () => {
  it('says who asked for what, how much and when, and leads to the searches with the bucket', async () => {
    const tab = await openSample('/bucket?bucket=my-bucket');
    await tab.getByRole('link', { name: '101 events' }).waitFor();
    await tab.getByText('How much').click();
    await tab.getByText('requests, counted from access logs and CloudTrail').waitFor();
    await expect
      .poll(() => tab.getByRole('region', { name: 'Request metrics' }).innerText())
      .toContain('BytesUploaded');
    await tab.locator('#main').getByText('S3 searches').click();
    await expect
      .poll(() => tab.getByRole('link', { name: 'anonymous', exact: true }).first().getAttribute('href'))
      .toBe('/s3?name=anonymous&bucket=my-bucket');
    const calls = tab.getByRole('region', { name: 'Calls' });
    await expect.poll(() => calls.locator('tbody tr').first().innerText()).toMatch(/GetObject\s+36\s+1/);
  });

  it('lists all buckets where none is named', async () => {
    const tab = await openSample('/bucket');
    await tab.getByRole('link', { name: 'my-bucket' }).click();
    await tab.getByRole('heading', { name: 'Bucket: my-bucket' }).waitFor();
  });
});

describeInBrowser('the page of a search', () => {
  it('shows each hit in its surroundings, counts them, and leads to the event with the hit marked', async () => {
    const tab = await openSample('/search');
    await tab.getByRole('searchbox', { name: 'Text' }).fill('SALARIES');
    await tab.getByRole('button', { name: 'Search', exact: true }).click();
    await tab.getByText('1 event', { exact: false }).first().waitFor();
    const hit = tab.getByRole('list', { name: 'Events that have the text' }).locator('li');
    await expect.poll(() => hit.locator('mark').innerText()).toBe('salaries');
    await expect.poll(() => hit.innerText()).toContain('"key":"private/salaries.xlsx"');
    await hit.getByRole('link', { name: 's3 GetObject' }).click();
    await expect.poll(() => tab.locator('mark.hit.current').innerText()).toBe('salaries');
    await tab.goBack();
    await hit.waitFor();
  });

  it('takes options and filters from the address, and pages by tokens', async () => {
    const where = path('search', {
      text: 'amazonaws',
      caseSensitive: 'true',
      eventName: 'GetObject',
      order: 'oldest',
    });
    const tab = await openSample(where);
    await tab.getByText('44 events').waitFor();
    await expect
      .poll(() => tab.getByRole('checkbox', { name: 'upper and lower case differ' }).isChecked())
      .toBe(true);
    await tab.getByRole('button', { name: 'Remove the filter event name' }).click();
    await tab.getByText('158 events').waitFor();
    const first = tab.locator('.hits > li').first();
    await expect.poll(() => first.innerText()).toContain('2019-07-04 22:00:00');
    const before = await first.innerText();
    await tab.getByRole('button', { name: 'Next page' }).click();
    await expect.poll(() => first.innerText()).not.toBe(before);
    expect(await tab.evaluate('scrollY')).toBe(0);
    await tab.getByRole('button', { name: 'First page' }).click();
    await expect.poll(() => first.innerText()).toBe(before);
  });

  it('says what the index has where nothing was found', async () => {
    const tab = await openSample('/search?text=nobody-wrote-this');
    await tab.getByText(/Nothing was found\. The index has 158 events, from 2019-07-04 22:00:00/).waitFor();
  });

  it('leads from a line of an access log to its request', async () => {
    const tab = await openSample('/search?text=8BBBEEF29C2B442A&source=access-logs');
    await tab.locator('.hits a').first().click();
    await tab.locator('.access-line', { hasText: '8BBBEEF29C2B442A' }).waitFor();
    expect(new URL(tab.url()).searchParams.get('requestId')).toBe('8BBBEEF29C2B442A');
  });

  it('says what is wrong with an expression', async () => {
    const tab = await openSample('/search?text=(&regex=true');
    await tab.getByRole('alert').waitFor();
    await expect.poll(() => tab.getByRole('alert').innerText()).toContain('(');
  });
});
