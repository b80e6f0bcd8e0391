/** The server behind the guard: its processes, its limits, and an index that changes under it. */

import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { createQuestionPool as CreatePool } from '../../src/web/question-pool.js';
import type { startServer, WebOptions, WebServer } from '../../src/web/server.js';
import {
  built,
  CLI,
  folder,
  ingestInto,
  put,
  ROOT,
  record,
  sampleIndex,
  statusOf,
  trail,
} from '../support.js';
import { serve } from './browser.js';
import { exchange, questionAddress, send, signIn, startOf } from './raw.js';

const { startServer: startBuilt } = (await built('web/server.js')) as { startServer: typeof startServer };

const servers: WebServer[] = [];
afterAll(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Running extends WebServer {
  db: string;
  cookie: string;
  /** Its answer to a question: a status, and what stands in it. */
  ask(question: string, options?: object): Promise<[status: number, body: Record<string, unknown>]>;
}

async function running(db: string, more: Partial<WebOptions> = {}): Promise<Running> {
  const server = await startBuilt({ db, port: 0, command: [process.execPath, CLI], ...more });
  servers.push(server);
  const cookie = await signIn(server.url);
  return {
    ...server,
    ...{ db, cookie },
    async ask(question, options = {}) {
      const { status, body } = await send(server.port, {
        target: questionAddress(question, options),
        headers: { Cookie: cookie },
      });
      return [status, JSON.parse(body) as Record<string, unknown>];
    },
  };
}

/** Processes that answer questions about an index, or write an export of it. */
const processesOf = (db: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(name => {
      try {
        const isZombie = / Z /.test(readFileSync(`/proc/${name}/stat`, 'utf8'));
        return !isZombie && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(db);
      } catch {
        return false;
      }
    })
    .map(Number);

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise(resolve => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

/**
 * Lets what was just sent arrive. The server is in this process, so turns of its loop count, not the time, which a busy
 * machine gives to others.
 */
async function arrived(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setTimeout(resolve, 5));
}

const events = (body: Record<string, unknown>): number =>
  (body.answer as { records: { stored: number } }).records.stored;
const codeOf = (body: Record<string, unknown>): string => (body.error as { code: string }).code;

describe.skipIf(process.platform !== 'linux')('the processes that answer', () => {
  it('a question that takes too long is ended, and the next is answered', async () => {
    const { db, ask } = await running(sampleIndex(), { seconds: 8, processes: 1 });
    expect((await ask('status'))[0]).toBe(200);
    const [stuck] = processesOf(db);
    process.kill(stuck!, 'SIGSTOP');
    const [first, second] = await Promise.all([ask('status'), ask('count', { text: 'salaries' })]);
    expect([first[0], codeOf(first[1])]).toEqual([422, 'TOO_LONG']);
    expect(second).toMatchObject([200, { answer: { events: 1 } }]);
    expect(processesOf(db)).not.toContain(stuck);
  });

  it('one that dies while idle is replaced', async () => {
    const { db, ask } = await running(sampleIndex(), { processes: 1 });
    await ask('status');
    const [idle] = processesOf(db);
    process.kill(idle!, 'SIGKILL');
    // Asked at once, the server may not know yet that it is gone: the question ends, the server does not.
    const [status] = await ask('status');
    expect([200, 422]).toContain(status);
    expect((await ask('status'))[0]).toBe(200);
  });

  it('one that dies at work costs its question alone', async () => {
    const { db, ask } = await running(sampleIndex(), { processes: 1 });
    await ask('status');
    const [busy] = processesOf(db);
    process.kill(busy!, 'SIGSTOP');
    const asked = [ask('status'), ask('status'), ask('status')] as const;
    await arrived();
    process.kill(busy!, 'SIGKILL');
    const [first, ...others] = await Promise.all(asked);
    expect([first[0], codeOf(first[1])]).toEqual([422, 'FAILED']);
    for (const [status] of others) expect(status).toBe(200);
  });

  it('a question that nobody waits for any more is ended, asked or still in the queue', async () => {
    const { db, port, cookie, ask } = await running(sampleIndex(), { processes: 1 });
    await ask('status');
    const [busy] = processesOf(db);
    process.kill(busy!, 'SIGSTOP');
    const target = questionAddress('status', {});
    const sockets = [1, 2, 3].map(() => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
      return socket;
    });
    await arrived();
    for (const socket of sockets) socket.destroy();
    const began = performance.now();
    expect((await ask('status'))[0]).toBe(200);
    expect(performance.now() - began).toBeLessThan(20_000);
    await until(() => !processesOf(db).includes(busy!));
  });

  it('one that answers within the grace goes on', async () => {
    const { db, port, cookie, ask } = await running(sampleIndex(), { processes: 1 });
    await ask('status');
    const target = questionAddress('top', { columns: ['eventName'] });
    let goesOn = false;
    // On a busy machine an answer may take longer than the grace: not five times in a row.
    for (let tries = 0; tries < 5 && !goesOn; tries++) {
      const before = processesOf(db);
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
      await new Promise(resolve => setTimeout(resolve, 5));
      socket.destroy();
      await new Promise(resolve => setTimeout(resolve, 700));
      expect((await ask('status'))[0]).toBe(200);
      goesOn = isDeepStrictEqual(processesOf(db), before);
    }
    expect(goesOn).toBe(true);
  });

  it('one is there at first, and no more of them than questions at a time', async () => {
    const { db, ask } = await running(sampleIndex());
    await ask('status');
    expect(processesOf(db)).toHaveLength(1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('status')));
    expect(answers.map(([status]) => status)).toEqual(Array(20).fill(200));
    await until(() => processesOf(db).length === 2);
  });

  it('none is left when the server closes, with questions and exports under way', async () => {
    const server = await running(sampleIndex());
    await server.ask('status');
    for (const child of processesOf(server.db)) process.kill(child, 'SIGSTOP');
    const asked = send(server.port, {
      target: questionAddress('status', {}),
      headers: { Cookie: server.cookie },
    });
    const written = send(server.port, { target: '/export/events.csv', headers: { Cookie: server.cookie } });
    await arrived();
    await server.close();
    await until(() => processesOf(server.db).length === 0);
    expect((await asked).status).not.toBe(200);
    await written;
  });

  it('none is left when the command is told to end', async () => {
    const db = sampleIndex();
    const served = await serve(db);
    const cookie = await signIn(served.link);
    const port = Number(new URL(served.origin).port);
    await send(port, { target: questionAddress('status', {}), headers: { Cookie: cookie } });
    await until(() => processesOf(db).length === 2);
    const ended = new Promise(resolve => served.process.once('exit', resolve));
    served.process.kill('SIGINT');
    expect(await ended).toBe(0);
    await until(() => processesOf(db).length === 0);
  });
});

describe('an index that changes under the page', () => {
  it('is read as an ingest leaves it, and while one runs', async () => {
    const root = folder();
    const first = put(root, 'a.json', trail([record(), record()]));
    const { db, ask } = await running(ingestInto([first]).db);
    expect(events((await ask('status'))[1])).toBe(2);
    put(root, 'b.json', trail(Array.from({ length: 3000 }, () => record({ eventID: crypto.randomUUID() }))));
    const ingest = offtrailLater(['ingest', root, '--db', db]);
    let isDone = false;
    void ingest.then(() => {
      isDone = true;
    });
    do {
      const [status, body] = await ask('status');
      expect([status, body.error]).toEqual([200, undefined]);
      expect([2, 3002]).toContain(events(body));
    } while (!isDone);
    expect(await ingest).toBe(0);
    expect(events((await ask('status'))[1])).toBe(3002);
    const [, counted] = await ask('count', { text: 'GetObject' });
    expect(counted).toMatchObject({ answer: { events: 3002 } });
  });

  it('that is replaced by another is the other from then on', async () => {
    const small = ingestInto([put(folder(), 'a.json', trail([record()]))]).db;
    const { db, ask } = await running(sampleIndex(), { processes: 1 });
    expect(events((await ask('status'))[1])).toBe(statusOf(inject('sampleIndex')).records.stored);
    renameSync(small, db);
    expect(events((await ask('status'))[1])).toBe(1);
  });

  it('that is deleted is said to be gone, with what to do, and is found again', async () => {
    const { db, ask } = await running(sampleIndex(), { processes: 1 });
    const copy = join(folder(), 'copy.db');
    copyFileSync(db, copy);
    await ask('status');
    rmSync(db);
    const [status, body] = await ask('status');
    expect(status).toBe(422);
    expect(body.error).toMatchObject({
      code: 'INDEX_NOT_FOUND',
      message: 'there is no index at sample.db',
      hint: 'make one with ingest, or open another file',
    });
    copyFileSync(copy, db);
    expect(events((await ask('status'))[1])).toBe(statusOf(inject('sampleIndex')).records.stored);
  });

  it('that is overwritten with something else is said to be none', async () => {
    const { db, ask } = await running(sampleIndex(), { processes: 1 });
    rmSync(db);
    writeFileSync(db, 'not an index at all, '.repeat(100));
    const [status, body] = await ask('status');
    expect([status, codeOf(body)]).toEqual([422, 'NOT_AN_INDEX']);
    expect(JSON.stringify(body)).not.toContain(db);
  });
});

describe('limits', () => {
  it('the page is 150 kB compressed at most, with the licences of what is in it', () => {
    const assets = join(ROOT, 'dist', 'web', 'app');
    const sizes = readdirSync(assets).map(name => gzipSync(readFileSync(join(assets, name))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
    const licences = readFileSync(join(assets, 'licenses.txt'), 'utf8');
    for (const name of ['preact', '@preact/signals'])
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  it('a head or a body that comes too slowly is given up', async () => {
    const { port, cookie } = await running(inject('sampleIndex'));
    const began = performance.now();
    const { token } = (await startOf(port, cookie)).start;
    const [head, body] = await Promise.all([
      exchange(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n'),
      exchange(
        port,
        `POST /api/status HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nX-Offtrail-Token: ${token}\r\nContent-Length: 100\r\n\r\n{`,
      ),
    ]);
    expect([head.status, body.status]).toEqual([408, 408]);
    for (const { headers } of [head, body])
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('what somebody unknown sends after a refusal is not waited for', async () => {
    const { port } = await running(inject('sampleIndex'));
    const began = performance.now();
    const { status } = await exchange(
      port,
      'POST /api/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n{',
    );
    expect(status).toBe(403);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('a question of more than a megabyte is refused in words', async () => {
    const { port, cookie } = await running(inject('sampleIndex'));
    const { token } = (await startOf(port, cookie)).start;
    const post = (body: string) =>
      send(port, {
        method: 'POST',
        target: '/api/count',
        headers: { Cookie: cookie, 'X-Offtrail-Token': token },
        body,
      });
    const long = await post(JSON.stringify({ text: 'a'.repeat(1_100_000) }));
    expect([long.status, long.body]).toMatchObject([422, expect.stringContaining('longer than')]);
    const taken = await post(JSON.stringify({ text: 'a'.repeat(900_000) }));
    expect(taken.status).toBe(200);
  });

  it.each(['[]', 'null', '1', '"x"', '{', '{"a":1}', '{"__proto__":{"limit":1}}', '{"toString":1}'])(
    'options %s are refused in words',
    async options => {
      const { port, cookie } = await running(inject('sampleIndex'));
      const target = `/api/events?options=${encodeURIComponent(options)}`;
      const { status, body } = await send(port, { target, headers: { Cookie: cookie } });
      expect(status).toBe(422);
      expect(['BAD_VALUE', 'UNKNOWN_OPTION']).toContain(codeOf(JSON.parse(body) as Record<string, unknown>));
    },
  );
});

/** The command, without waiting for it here. */
const offtrailLater = (args: readonly string[]): Promise<number | null> =>
  new Promise(resolve => {
    spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' }).once('exit', resolve);
  });

it('a process that ends before it can be asked leaves nobody waiting', async () => {
  const { createQuestionPool } = (await built('web/question-pool.js')) as {
    createQuestionPool: typeof CreatePool;
  };
  const pool = createQuestionPool({ db: 'none', processes: 1, seconds: 30, module: './no-such-process.js' });
  const { signal } = new AbortController();
  const outcomes = await Promise.all([pool.ask('status', {}, signal), pool.ask('status', {}, signal)]);
  pool.close();
  expect(outcomes).toEqual([0, 1].map(() => ({ error: expect.objectContaining({ code: 'FAILED' }) })));
});

it('the name of the index is no markup in the document, and an index that is gone is said there', async () => {
  const db = join(folder(), '<!--<script>.db');
  copyFileSync(inject('sampleIndex'), db);
  const { port, cookie } = await running(db);
  const { body } = await send(port, { target: '/events', headers: { Cookie: cookie } });
  expect(body.match(/<script|<!--/g)).toEqual(['<script', '<script']);
  expect(await startOf(port, cookie)).toMatchObject({ start: { index: '<!--<script>.db' } });
  rmSync(db);
  expect(await startOf(port, cookie)).toMatchObject({
    error: { message: expect.stringContaining('ENOENT') },
  });
});
