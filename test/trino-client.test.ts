import { describe, expect, it } from 'vitest';
import { engineAddress, type TrinoAddress } from '../src/engine/address.js';
import type { EngineConnection, EngineValue, RunOptions } from '../src/engine/engine.js';
import { EngineError } from '../src/engine/errors.js';
import { connectTrino, type TrinoOptions } from '../src/engine/trino.js';
import { CASES } from './trino-exchanges.js';
import { type Reply, replay, serve } from './trino-server.js';

/** With TRINO_URL a real server answers; else what one said when it was recorded. */
const REAL = process.env.TRINO_URL;

const clientOf = (port: number, options: TrinoOptions = {}, path = ''): EngineConnection =>
  connectTrino(engineAddress(`trino://ana@127.0.0.1:${port}${path}`) as TrinoAddress, {
    retryDelay: 1,
    ...options,
  });

async function ask(client: EngineConnection, sql: string, options: RunOptions = {}) {
  const result = await client.run(sql, options);
  const rows: EngineValue[][] = [];
  for await (const row of result.rows) rows.push(row);
  return { ...result, rows };
}

const failureOf = (promise: Promise<unknown>): Promise<Error & { code?: string; hint?: string }> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as Error,
  );

/** A page with one column, `n`. */
const page = (data: unknown[][], next?: string, more: object = {}): Reply => ({
  body: {
    id: 'q1',
    columns: [{ name: 'n', type: 'bigint' }],
    data,
    stats: { state: 'RUNNING', processedRows: 1 },
    ...(next === undefined ? {} : { nextUri: `{origin}${next}` }),
    ...more,
  },
});

describe(`What Trino says${REAL ? '' : ' (recorded; TRINO_URL asks a real one)'}`, () => {
  it.each(CASES)('$name', async ({ sql, types, rows, done, error }) => {
    const client = REAL ? clientOf(Number(new URL(REAL).port)) : clientOf((await replay()).port);
    if (error) {
      const failure = await failureOf(ask(client, sql));
      expect(failure).toBeInstanceOf(EngineError);
      const { name, position } = (failure as EngineError).complaint;
      expect({ name, ...position }).toEqual(error);
      return;
    }
    const answer = await ask(client, sql);
    if (types) expect(answer.columns.map(({ type }) => type)).toEqual(types);
    expect(answer.rows).toEqual(rows);
    expect(answer.done).toBe(done);
    expect(answer.statistics().queryId).toMatch(/^\d{8}_/);
  });

  it('a session keeps what statements set and prepare, and tells it with the next one', async () => {
    const sent = [
      { headers: { 'X-Trino-Set-Session': 'a=x%2Cy', 'X-Trino-Added-Prepare': 'p=SELECT+%3F' } },
      {},
    ];
    const { port, seen } = await serve((_, count) => ({ ...sent[count - 1], body: { id: 'q' } }));
    const client = clientOf(port, {}, '/hive/ct');
    await ask(client, 'PREPARE p FROM SELECT ?');
    await ask(client, 'EXECUTE p USING 1');
    expect(seen[1]!.headers).toMatchObject({
      'x-trino-session': 'a=x%2Cy',
      'x-trino-prepared-statement': 'p=SELECT%20%3F',
      'x-trino-catalog': 'hive',
      'x-trino-schema': 'ct',
      'x-trino-user': 'ana',
      'x-trino-time-zone': 'UTC',
    });
  });
});

describe('A server that stumbles', () => {
  it.each([429, 502, 503, 504])('is asked again after HTTP %i, as the protocol says', async status => {
    const { port, seen } = await serve((_, count) =>
      count === 1 ? { status } : count === 2 ? page([[1]], '/next') : count === 3 ? { status } : page([[2]]),
    );
    expect((await ask(clientOf(port), 'SELECT 1')).rows).toEqual([[1], [2]]);
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'GET']);
  });

  it('is waited for as long as Retry-After asks', async () => {
    const { port } = await serve((_, count) =>
      count === 1 ? { status: 503, headers: { 'Retry-After': '1' } } : page([[1]]),
    );
    const began = performance.now();
    await ask(clientOf(port), 'SELECT 1');
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it('is given up after eight attempts, and that is said', async () => {
    const { port, seen } = await serve(() => ({ status: 503 }));
    const error = await failureOf(ask(clientOf(port), 'SELECT 1'));
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    expect(error.message).toContain('HTTP 503, after 8 attempts');
    expect(seen).toHaveLength(8);
  });

  it('gives a page again where the connection broke, and no row is lost or twice there', async () => {
    const { port } = await serve((_, count) => {
      if (count === 1) return page([[1]], '/2');
      if (count === 2) return { ...page([[2], [3]], '/3'), breaksAfter: 40 };
      return count === 3 ? page([[2], [3]], '/3') : page([[4]]);
    });
    expect((await ask(clientOf(port), 'SELECT 1')).rows).toEqual([[1], [2], [3], [4]]);
  });

  it('does not run a statement twice: a connection that broke on the first request is an error', async () => {
    const { port, seen } = await serve(() => ({ ...page([[1]]), breaksAfter: 10 }));
    expect(await failureOf(ask(clientOf(port), 'INSERT'))).toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    expect(seen).toHaveLength(1);
  });

  it('is not followed to where it sends, with or without credentials', async () => {
    const elsewhere = await serve(() => page([[1]]));
    const { port } = await serve(() => ({
      status: 307,
      headers: { Location: `${elsewhere.origin}/v1/statement` },
    }));
    const error = await failureOf(ask(clientOf(port, { token: 'secret-token' }), 'SELECT 1'));
    expect(error.message).toContain('which is not followed');
    expect(elsewhere.seen).toHaveLength(0);
  });

  it('is not believed where the next page is at another host', async () => {
    const elsewhere = await serve(() => page([[1]]));
    const { port } = await serve(() => page([], undefined, { nextUri: `${elsewhere.origin}/v1/next` }));
    const error = await failureOf(ask(clientOf(port, { password: 'secret' }), 'SELECT 1'));
    expect(error).toMatchObject({ code: 'ENGINE_ANSWER' });
    expect(error.hint).toContain('http-server.process-forwarded');
    expect(elsewhere.seen).toHaveLength(0);
  });

  it.each<[string, Reply]>([
    ['no JSON', { body: '<html>proxy</html>' }],
    ['JSON that is no page', { body: '[]' }],
    ['null', { body: 'null' }],
    ['a row with a value too few', page([[]])],
    ['a value of another type', page([[{ a: 1 }]])],
    ['rows that are no list', page('x' as never)],
    ['an address that is none', page([], undefined, { nextUri: 'http://' })],
  ])('is an error where it gives %s: nothing is guessed', async (_, reply) => {
    const { port } = await serve(() => reply);
    const error = await failureOf(ask(clientOf(port), 'SELECT 1'));
    expect(error.message).toMatch(/INVALID_|next page|page of Trino/);
  });

  it('is cut off where a page is larger than the bound', async () => {
    const { port } = await serve(() => page([[1]], undefined, { infoUri: 'x'.repeat(100_000) }));
    const error = await failureOf(ask(clientOf(port, { largestPage: 50_000 }), 'SELECT 1'));
    expect(error.message).toContain('more than 50000 bytes');
  });

  it('is told in words a user can act on when it does not answer', async () => {
    const error = await failureOf(ask(clientOf(1), 'SELECT 1'));
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE', hint: 'check host, port and network' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('says TLS where it was asked over TLS and does not speak it', async () => {
    const { port } = await serve(() => page([[1]]));
    const address = engineAddress(`trino://ana@127.0.0.1:${port}/?SSL=true`) as TrinoAddress;
    const error = await failureOf(ask(connectTrino(address), 'SELECT 1'));
    expect(error.message).toContain('does not speak TLS');
  });
});

describe('Stopping', () => {
  it('cancels the statement at the engine where the signal is aborted', async () => {
    const stop = new AbortController();
    const { port, seen } = await serve(({ method }, count) => {
      if (count === 3) stop.abort(new Error('enough'));
      return method === 'DELETE' ? { status: 204 } : page([], `/page/${count}`, { columns: null });
    });
    const error = await failureOf(ask(clientOf(port), 'SELECT 1', { signal: stop.signal }));
    expect(error.message).toBe('enough');
    expect(seen.at(-1)).toMatchObject({ method: 'DELETE' });
  });

  it('cancels it where the reader has seen enough rows', async () => {
    const { port, seen } = await serve(({ method }, count) =>
      method === 'DELETE' ? { status: 204 } : page([[count]], `/page/${count}`),
    );
    for await (const _ of (await clientOf(port).run('SELECT 1')).rows) break;
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/statement',
      'DELETE /page/1',
    ]);
  });

  it('asks nothing once the signal is aborted', async () => {
    const { port, seen } = await serve(() => page([[1]]));
    await failureOf(ask(clientOf(port), 'SELECT 1', { signal: AbortSignal.abort(new Error('no')) }));
    expect(seen).toHaveLength(0);
  });
});

describe('Credentials', () => {
  it('are sent as Basic and Bearer, with every page', async () => {
    const { port, seen } = await serve((_, count) => (count % 2 === 1 ? page([[1]], '/next') : page([])));
    await ask(clientOf(port, { password: 'pä:ss' }), 'SELECT 1');
    await ask(clientOf(port, { token: 'a.b.c' }), 'SELECT 1');
    const basic = `Basic ${Buffer.from('ana:pä:ss').toString('base64')}`;
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([
      basic,
      basic,
      'Bearer a.b.c',
      'Bearer a.b.c',
    ]);
  });

  it('do not leave this machine in the clear', () => {
    const address = engineAddress('trino://ana@trino.example.com:8080/hive/ct/t') as TrinoAddress;
    expect(() => connectTrino(address, { password: 'x' })).toThrow('in the clear');
    expect(() => connectTrino({ ...address, isTls: true }, { password: 'x' })).not.toThrow();
    expect(() => connectTrino({ ...address, host: '127.0.0.1.example.com' }, { token: 'x' })).toThrow(
      'in the clear',
    );
  });

  it('are asked for once where the server wants them and none are known', async () => {
    const { port } = await serve(({ headers }) => (headers.authorization ? page([[1]]) : { status: 401 }));
    let asked = 0;
    const askPassword = async () => {
      asked++;
      return 'secret';
    };
    const client = clientOf(port, { askPassword });
    await ask(client, 'SELECT 1');
    await ask(client, 'SELECT 1');
    expect(asked).toBe(1);
  });

  it('that are not taken are an error, in which they do not stand', async () => {
    const { port } = await serve(() => ({ status: 401, body: 'Invalid credentials' }));
    const error = await failureOf(ask(clientOf(port, { password: 'hunter2' }), 'SELECT 1'));
    expect(error).toMatchObject({ code: 'ENGINE_REFUSED' });
    expect(JSON.stringify([error.message, error.hint, error.stack])).not.toContain('hunter2');
  });

  it('of a user with a line break in the name make no header', () => {
    expect(() =>
      connectTrino({ kind: 'trino', host: 'h', port: 1, isTls: false, user: 'a\r\nX: y' }),
    ).toThrow('characters that Trino’s headers do not take');
  });
});

describe('The URL of an engine', () => {
  it.each<[string, object]>([
    [
      'trino://ana@host:8080/hive/ct/cloudtrail_logs',
      {
        kind: 'trino',
        host: 'host',
        port: 8080,
        isTls: false,
        user: 'ana',
        catalog: 'hive',
        schema: 'ct',
        table: 'cloudtrail_logs',
      },
    ],
    ['trino://host:443/hive', { port: 443, isTls: true, catalog: 'hive' }],
    ['trino://host/?SSL=true', { port: 443, isTls: true }],
    ['trino://host:443/?ssl=false', { port: 443, isTls: false }],
    ['trino://host:80/', { port: 80, isTls: false }],
    ['trino://a%40b@host/c%2Fd/e', { user: 'a@b', catalog: 'c/d', schema: 'e' }],
    [
      'athena://us-east-1/primary/db.t',
      { kind: 'athena', region: 'us-east-1', workgroup: 'primary', database: 'db', table: 't' },
    ],
    [
      'athena://us-gov-west-1/w/c.db.t',
      { region: 'us-gov-west-1', catalog: 'c', database: 'db', table: 't' },
    ],
    ['athena://us-east-1/w/db', { database: 'db', table: undefined }],
  ])('%s', (url, address) => {
    expect(engineAddress(url)).toMatchObject(address);
  });

  it.each<[string, RegExp]>([
    ['trino://ana:geheim@host/', /password stands in the URL/],
    ['trino://', /cannot be read|no host/],
    ['trino://host/a/b/c/d', /4 names/],
    ['trino://host/?password=geheim', /unknown parameter password/],
    ['trino://host/?SSL=maybe', /SSL is true or false/],
    ['postgres://host/', /not the scheme/],
    ['athena://us-est-1x/w/db.t', /not a region/],
    ['athena://key:geheim@us-east-1/w/db.t', /credentials stand in the URL/],
    ['athena://us-east-1/w/db..t', /not DATABASE.TABLE/],
    ['athena://us-east-1/', /workgroup/],
  ])('%s is refused, and no secret of it is repeated', (url, message) => {
    expect(() => engineAddress(url)).toThrow(message);
    try {
      engineAddress(url);
    } catch (error) {
      expect(`${(error as Error).message} ${(error as { hint: string }).hint}`).not.toContain('geheim');
    }
  });
});
