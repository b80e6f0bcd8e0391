import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Served, serve } from './browser.js';
import { exchange, questionAddress, type RawAnswer, send, signIn, startOf } from './raw.js';

let served: Served;
let port: number;
let cookie: string;
beforeAll(async () => {
  served = await serve(inject('sampleIndex'));
  port = Number(new URL(served.origin).port);
  cookie = await signIn(served.link);
});

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** What holds for every answer, and its status. */
function statusOf(answer: RawAnswer): number {
  expect(answer.headers).toMatchObject(SECURITY);
  expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([]);
  if (answer.status >= 400)
    expect(answer.body).not.toMatch(/\n\s+at |node_modules|\/(?:tmp|home|root|work|usr)\//);
  return answer.status;
}

const STATUS = questionAddress('status', {});
const known = (more: Record<string, string | undefined> = {}) => ({ Cookie: cookie, ...more });

describe('Host', () => {
  const FOREIGN = [
    'evil.example',
    'evil.example:4747',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost.',
    '127.0.0.1.',
    'evil.example:80:127.0.0.1',
    'localhost:4747:80',
    'localhost:evil.example',
    'localhost:-1',
    'localhost:123456',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost/evil.example',
    'localhost#evil',
    'localhost, evil.example',
    'localhost evil.example',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0.0.0.0',
    '127.0.0.2',
    '[::]',
    '::1',
    '[::1',
    '[::ffff:127.0.0.1]',
    '',
  ];
  it.each(FOREIGN)('%j is refused, with the cookie and without', async Host => {
    expect(statusOf(await send(port, { target: STATUS, headers: known({ Host }) }))).toBe(403);
    expect(statusOf(await send(port, { headers: { Host } }))).toBe(403);
  });

  it('that is not there is refused, also of HTTP/1.0', async () => {
    expect(statusOf(await send(port, { target: STATUS, headers: known({ Host: undefined }) }))).toBe(403);
    const old = await exchange(port, `GET ${STATUS} HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`);
    expect(statusOf(old)).toBe(403);
  });

  it('that is there twice counts as the foreign one that it may be', async () => {
    const lines = (...hosts: string[]) =>
      `GET ${STATUS} HTTP/1.1\r\n${hosts.map(host => `Host: ${host}\r\n`).join('')}Cookie: ${cookie}\r\nConnection: close\r\n\r\n`;
    expect(statusOf(await exchange(port, lines('evil.example', 'localhost')))).toBe(403);
    expect(statusOf(await exchange(port, lines('localhost', 'evil.example')))).toBe(403);
  });

  it.each(['127.0.0.1', 'localhost', 'LocalHost:80', '[::1]:4747'])('%s is this machine', async Host => {
    expect(statusOf(await send(port, { target: STATUS, headers: known({ Host }) }))).toBe(200);
  });

  it('is looked at before the link: a rebinding page does not use it up', async () => {
    const other = await serve(inject('sampleIndex'));
    const { port: its, pathname, search } = new URL(other.link);
    const answer = await send(Number(its), { target: pathname + search, headers: { Host: 'evil.example' } });
    expect(statusOf(answer)).toBe(403);
    await signIn(other.link);
  });
});

describe('the request line', () => {
  it.each([
    'http://evil.example/',
    `http://127.0.0.1${STATUS}`,
    `http://evil.example${STATUS}`,
    '*',
    'evil.example:443',
  ])('that names %s is refused', async target => {
    expect(statusOf(await send(port, { target, headers: known() }))).toBe(400);
  });

  it.each([
    `//evil.example${STATUS}`,
    `/\\evil.example${STATUS}`,
    `//api/status`,
    '/%61pi/status',
    '/api%2fstatus',
    '/api%5cstatus',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../../../../etc/passwd',
    '/app.js/../../../package.json',
    '/etc/passwd',
    '/app.js%00.css',
    '/__proto__',
    '/constructor',
    '/app.css/',
  ])('%s is the page, never a file or an answer', async target => {
    const answer = await send(port, { target, headers: known() });
    expect(statusOf(answer)).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it.each(['/api/__proto__', '/api/constructor', '/api/', '/api/start', '/export/__proto__.csv', '/export/'])(
    '%s is refused as no question',
    async target => {
      expect(statusOf(await send(port, { target, headers: known() }))).toBe(422);
    },
  );

  it('with bytes that HTTP does not have, or longer than 64 KB, is refused, and the server goes on', async () => {
    expect(statusOf(await send(port, { target: '/\0', headers: known() }))).toBe(400);
    expect(statusOf(await send(port, { target: `/${'a'.repeat(70_000)}`, headers: known() }))).toBe(431);
    expect(statusOf(await send(port, { headers: known({ 'X-Long': 'a'.repeat(70_000) }) }))).toBe(431);
    expect(statusOf(await exchange(port, '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'))).toBe(400);
    expect(statusOf(await exchange(port, 'GET / HTTP/9.9\r\n\r\n'))).toBe(400);
    expect(statusOf(await send(port, { target: STATUS, headers: known() }))).toBe(200);
  });

  it('of a long statement is taken', async () => {
    const target = questionAddress('count', { text: 'a'.repeat(60_000) });
    expect(statusOf(await send(port, { target, headers: known() }))).toBe(200);
  });
});

describe('the link', () => {
  it('is good for one browser, and says so to the second', async () => {
    const { pathname, search } = new URL(served.link);
    const again = await send(port, { target: pathname + search });
    expect(statusOf(again)).toBe(401);
    expect(again.body).toContain('Run offtrail web again');
    expect(again.headers['set-cookie']).toBeUndefined();
    // The browser that has the cookie may open it as often as it likes.
    expect(statusOf(await send(port, { target: pathname + search, headers: known() }))).toBe(303);
  });

  it('gives a cookie that no script reads and no other site sends, of this port', async () => {
    const other = await serve(inject('sampleIndex'));
    const its = Number(new URL(other.origin).port);
    const { pathname, search } = new URL(other.link);
    const first = await send(its, { target: pathname + search });
    expect(statusOf(first)).toBe(303);
    expect(first.headers['set-cookie']).toMatch(
      new RegExp(`^offtrail-${its}=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(first.headers.location).toBe('/');
    // Browsers send the cookies of all ports of a host.
    const value = first.headers['set-cookie']!.split(';')[0]!.split('=')[1]!;
    const both = `${cookie}; offtrail-${its}=${value}`;
    expect(statusOf(await send(its, { target: STATUS, headers: { Cookie: both } }))).toBe(200);
    expect(statusOf(await send(its, { target: STATUS, headers: { Cookie: cookie } }))).toBe(401);
    const renamed = `offtrail-${port}=${value}`;
    expect(statusOf(await send(port, { target: STATUS, headers: { Cookie: renamed } }))).toBe(401);
  });

  it('does not open by another token, and is not used up by HEAD, POST or another path', async () => {
    const other = await serve(inject('sampleIndex'));
    const its = Number(new URL(other.origin).port);
    const { search } = new URL(other.link);
    for (const target of ['/?token=', '/?token=x', '/?token=%00', `${search.replace('?', '/?x&')}x`])
      expect(statusOf(await send(its, { target }))).toBe(401);
    for (const method of ['HEAD', 'POST'])
      expect(statusOf(await send(its, { method, target: `/${search}` }))).toBeGreaterThanOrEqual(401);
    expect(statusOf(await send(its, { target: `/status${search}` }))).toBe(401);
    await signIn(other.link);
  });
});

describe('without the cookie', () => {
  it.each(['/', '/app.js', '/licenses.txt', STATUS, '/export/events.csv', '/nothing'])(
    '%s is refused',
    async target => {
      const answer = await send(port, { target });
      expect(statusOf(answer)).toBe(401);
      expect(answer.body).toContain('offtrail web printed');
    },
  );

  it.each(['', '=', 'offtrail', `x${'y'.repeat(40)}`])('and with %j in its place neither', async value => {
    const name = cookie.split('=')[0];
    expect(statusOf(await send(port, { target: STATUS, headers: { Cookie: `${name}=${value}` } }))).toBe(401);
  });
});

describe('what a browser says of who asks', () => {
  it.each(['cross-site', 'same-site', 'Cross-Site', 'none, cross-site', 'anything', ''])(
    'Sec-Fetch-Site: %s is refused, with the cookie too',
    async site => {
      const answer = await send(port, { target: STATUS, headers: known({ 'Sec-Fetch-Site': site }) });
      expect(statusOf(answer)).toBe(403);
    },
  );

  it.each(['same-origin', 'none'])('Sec-Fetch-Site: %s is the page, or a person', async site => {
    const answer = await send(port, { target: STATUS, headers: known({ 'Sec-Fetch-Site': site }) });
    expect(statusOf(answer)).toBe(200);
  });

  it('no Origin opens anything, and an Origin like the Host does not either', async () => {
    for (const Origin of ['http://evil.example', 'null', served.origin]) {
      const plain = await send(port, { target: STATUS, headers: known({ Origin }) });
      expect(statusOf(plain)).toBe(200);
      expect(statusOf(await send(port, { target: STATUS, headers: { Origin } }))).toBe(401);
    }
  });
});

describe('methods', () => {
  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s is refused', async method => {
    expect(statusOf(await send(port, { method, target: STATUS, headers: known() }))).toBe(405);
  });

  it('a preflight of another page learns nothing', async () => {
    const headers = known({
      Origin: 'http://evil.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-offtrail-token',
    });
    expect(statusOf(await send(port, { method: 'OPTIONS', target: '/api/status', headers }))).toBe(405);
  });

  it('HEAD is answered like GET, without a body', async () => {
    const page = await send(port, { method: 'HEAD', headers: known() });
    expect([statusOf(page), page.body]).toEqual([200, '']);
    const refused = await send(port, { method: 'HEAD', target: STATUS });
    expect([statusOf(refused), refused.body]).toEqual([401, '']);
  });

  it('POST needs what only the page knows', async () => {
    const post = (headers: Record<string, string | undefined>) =>
      send(port, { method: 'POST', target: '/api/status', headers, body: '{}' });
    expect(statusOf(await post(known()))).toBe(403);
    expect(statusOf(await post(known({ 'X-Offtrail-Token': 'wrong' })))).toBe(403);
    expect(statusOf(await post(known({ 'X-Offtrail-Token': '' })))).toBe(403);
    const { token } = (await startOf(port, cookie)).start;
    expect(statusOf(await post({ 'X-Offtrail-Token': token }))).toBe(401);
    expect(statusOf(await post(known({ 'X-Offtrail-Token': token })))).toBe(200);
    // A form can send neither a header nor to here.
    const form = known({ 'Content-Type': 'application/x-www-form-urlencoded' });
    expect(statusOf(await post(form))).toBe(403);
  });
});

describe('other protocols', () => {
  it('an upgrade and a tunnel end the connection', async () => {
    const upgrade = await send(port, {
      headers: known({ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }),
    });
    expect(upgrade.status).toBe(0);
    const tunnel = await send(port, { method: 'CONNECT', target: 'evil.example:443', headers: known() });
    expect(tunnel.status).toBe(0);
  });

  it('an expectation is answered by the guard', async () => {
    const headers = { Expect: 'something', Host: 'evil.example' };
    expect(statusOf(await send(port, { headers }))).toBe(403);
  });
});

it('nothing listens on the other addresses of this machine', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  for (const host of ['127.0.0.2', ...others]) {
    const reached = await new Promise(resolve => {
      const asked = request({ host, port, timeout: 2000 }, () => resolve('answered'));
      asked.on('error', ({ message }) => resolve(message)).on('timeout', () => resolve('ECONNREFUSED'));
      asked.end();
    });
    expect(String(reached)).toContain('ECONNREFUSED');
  }
});
