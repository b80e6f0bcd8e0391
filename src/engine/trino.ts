/** A client of Trino: https://trino.io/docs/current/develop/client-protocol.html */

import { userInfo } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf, UsageError } from '../errors.js';
import { describeAddress, type TrinoAddress } from './address.js';
import { doubles, tokensOf } from './dialect.js';
import { edited } from './edited.js';
import type { EngineConnection, EngineResult, EngineStatistics, EngineValue, RunOptions } from './engine.js';
import { EngineError } from './errors.js';
import { type HttpClient, type HttpRequest, type HttpResponse, httpClient, type TlsFiles } from './http.js';
import {
  checkNext,
  failure,
  type Page,
  progressOf,
  readPage,
  statisticsOf,
  unreadable,
} from './trino-page.js';
import { AGAIN, ATTEMPTS, refused, unreachable } from './trino-refusal.js';
import { trinoSession } from './trino-session.js';
import { trinoValue } from './trino-values.js';
import { engineType } from './types.js';

export interface TrinoOptions {
  /** For a user with a password: Basic authentication. */
  password?: string | undefined;
  /** A JWT, or an OAuth 2 access token: Bearer authentication. */
  token?: string | undefined;
  /** Asked for a password where the server wants credentials and none are known; undefined is none. */
  askPassword?: ((user: string) => Promise<string | undefined>) | undefined;
  tls?: TlsFiles | undefined;
  /** Session properties, by name. */
  session?: Readonly<Record<string, string>> | undefined;
  tags?: readonly string[] | undefined;
  /** Milliseconds before the first retry. Default 100. */
  retryDelay?: number | undefined;
  /** Bytes of a page of the answer. Default 256 MB. */
  largestPage?: number | undefined;
}

/** What a connection that broke says. A page can be asked for again, a statement must not run twice. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'EAI_AGAIN']);
const LONGEST_DELAY = 5_000;
/** What a server may ask for with Retry-After, in milliseconds. */
const LONGEST_ASKED = 60_000;
const CANCEL_TIME = 5_000;

/**
 * Connects to a server: nothing is asked until a statement runs.
 * Long: the credentials and the session are shared by all requests.
 * @throws UsageError `BAD_ENGINE` where a password would cross a network in the clear
 */
export function connectTrino(address: TrinoAddress, options: TrinoOptions = {}): EngineConnection {
  const { token, tls, session: properties, tags, retryDelay = 100, largestPage } = options;
  const { host, port, isTls } = address;
  const user = address.user ?? userInfo().username;
  const origin = new URL(`${isTls ? 'https' : 'http'}://${host}:${port}`).origin;
  const client = httpClient(tls, largestPage === undefined ? {} : { largest: largestPage });
  const session = trinoSession({ ...address, user, properties, tags });
  let { password } = options;
  const describe = describeAddress(address);
  if (password !== undefined || token !== undefined) checkClear(address);

  const credentials = (): Record<string, string> =>
    token !== undefined
      ? { Authorization: `Bearer ${token}` }
      : password !== undefined
        ? { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
        : {};

  /** Sends a request until it is answered. */
  async function send(request: HttpRequest): Promise<HttpResponse> {
    const mayRepeat = request.method === 'GET';
    for (let attempt = 1; ; attempt++) {
      const headers = { ...request.headers, ...credentials() };
      const response = await sendOnce(
        client,
        { ...request, headers },
        describe,
        mayRepeat && attempt < ATTEMPTS,
      );
      if (response === 'broken')
        await wait(delay(attempt, retryDelay), undefined, { signal: request.signal });
      else if (response.status === 200 || response.status === 204) return response;
      else if (
        response.status === 401 &&
        password === undefined &&
        token === undefined &&
        options.askPassword
      ) {
        checkClear(address);
        password = await options.askPassword(user);
        if (password === undefined) throw refused(response, describe);
      } else if (AGAIN.has(response.status) && attempt < ATTEMPTS)
        await wait(askedDelay(response) ?? delay(attempt, retryDelay), undefined, { signal: request.signal });
      else throw refused(response, describe);
    }
  }

  async function pageOf(request: HttpRequest): Promise<Page> {
    const response = await send(request);
    session.take(response.headers);
    const page = readPage(response.text);
    if (page.nextUri !== undefined) checkNext(page.nextUri, origin);
    return page;
  }

  async function run(statement: string, { signal, onProgress }: RunOptions = {}): Promise<EngineResult> {
    signal?.throwIfAborted();
    const sent = edited(statement, doubles(tokensOf(statement)));
    let page = await pageOf({
      method: 'POST',
      url: new URL('/v1/statement', origin),
      headers: {
        ...session.headers(),
        'Content-Type': 'text/plain; charset=utf-8',
        'User-Agent': 'offtrail',
      },
      body: sent.text,
      signal,
    });
    const statistics: EngineStatistics = {};
    const seen = (): void => {
      Object.assign(statistics, statisticsOf(page, statistics));
      if (page.stats) onProgress?.(progressOf(page.stats));
      if (page.error) throw failure(page.error, sent);
    };
    const next = async (): Promise<void> => {
      page = await pageOf({
        method: 'GET',
        url: new URL(page.nextUri!),
        headers: { 'X-Trino-User': user },
        signal,
      });
    };
    /** Tells the server that nobody wants the rest. */
    const cancel = async (): Promise<void> => {
      if (page.nextUri === undefined) return;
      const url = new URL(page.nextUri);
      const headers = { 'X-Trino-User': user, ...credentials() };
      const limit = AbortSignal.timeout(CANCEL_TIME);
      // A server that cannot be told gives the statement up by itself, five minutes after the last question.
      await client.send({ method: 'DELETE', url, headers, signal: limit }).catch(() => undefined);
    };
    const cancelled = async (error: unknown): Promise<never> => {
      if (!(error instanceof EngineError && error.code === 'ENGINE_FAILED')) await cancel();
      throw signal?.aborted ? signal.reason : error;
    };
    try {
      seen();
      while (page.columns === undefined && page.nextUri !== undefined) {
        await next();
        seen();
      }
    } catch (error) {
      return cancelled(error);
    }
    const columns = (page.columns ?? []).map(({ name, type }) => ({ name, type }));
    const types = columns.map(({ type }) => engineType(type));
    async function* rows(): AsyncGenerator<EngineValue[]> {
      let isDone = false;
      try {
        for (;;) {
          for (const row of page.data ?? []) {
            if (!Array.isArray(row) || row.length !== types.length)
              throw unreadable('a row has not as many values as there are columns');
            yield row.map((value, i) => trinoValue(value, types[i]!));
          }
          if (page.nextUri === undefined) break;
          await next();
          seen();
        }
        isDone = true;
      } catch (error) {
        isDone = true;
        await cancelled(error);
      } finally {
        if (!isDone) await cancel();
      }
    }
    const done = page.updateType;
    return { columns, rows: rows(), statistics: () => statistics, ...(done !== undefined && { done }) };
  }

  return { kind: 'trino', describe, run };
}

/** One attempt. `broken` where the connection was, and may be tried again. */
async function sendOnce(
  client: HttpClient,
  request: HttpRequest,
  describe: string,
  mayRepeat: boolean,
): Promise<HttpResponse | 'broken'> {
  try {
    return await client.send(request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    if (mayRepeat && BROKEN.has(codeOf(error))) return 'broken';
    if (error instanceof RangeError) throw unreadable(error.message);
    const { sentence, hint } = unreachable(error);
    throw new UsageError('ENGINE_UNREACHABLE', `${describe}: ${sentence}`, hint, { cause: error });
  }
}

const delay = (attempt: number, first: number): number => Math.min(first * 2 ** (attempt - 1), LONGEST_DELAY);

/** What Retry-After asks for, in seconds or as a date. */
function askedDelay({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const asked = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 0), LONGEST_ASKED) : undefined;
}

/** A password goes over TLS, or stays on this machine. */
function checkClear({ isTls, host }: TrinoAddress): void {
  if (isTls || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)) return;
  throw new UsageError(
    'BAD_ENGINE',
    `credentials would go to ${host} in the clear`,
    '?SSL=true in the URL, or port 443, asks over TLS',
  );
}
