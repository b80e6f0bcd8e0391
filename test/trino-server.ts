/** Servers that speak Trino's protocol: one that replays recorded exchanges, and one whose answers a test decides. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEvery } from './endings.js';
import { ROOT } from './support.js';

export interface Seen {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | object;
  /** Breaks the connection instead, after so much of the body. */
  breaksAfter?: number;
}

/** What a server of Trino's said to one statement, page by page; its own address is `{origin}`. */
export interface Exchange {
  statement: string;
  pages: Array<{ path: string; headers: Record<string, string>; body: string }>;
}

const servers: Server[] = [];
afterEvery('file', () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * A server on this machine. `{origin}` in what it says is its own address.
 * @param tls where it speaks TLS alone
 */
export async function serve(
  answer: (seen: Seen, count: number) => Reply | Promise<Reply>,
  tls?: ServerOptions,
): Promise<{ origin: string; port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  let origin = '';
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const one = {
        method: request.method!,
        path: request.url!,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      const { status = 200, headers = {}, body = '', breaksAfter } = await answer(one, seen.length);
      const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll('{origin}', origin);
      if (breaksAfter !== undefined) {
        response.writeHead(status, { 'Content-Length': String(Buffer.byteLength(text)) });
        response.write(text.slice(0, breaksAfter), () => request.socket.destroy());
        return;
      }
      response.writeHead(status, headers).end(text);
    });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return { origin, port, seen };
}

/** What was recorded from a real Trino by `scripts/trino.ts record`. */
export const recorded = (): Exchange[] =>
  readFileSync(join(ROOT, 'test', 'trino-protocol.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Exchange);

/** A server that says what Trino said; to a statement that was not recorded, that it was not. */
export function replay(): Promise<{ origin: string; port: number; seen: Seen[] }> {
  const exchanges = recorded();
  const pages = new Map(exchanges.flatMap(({ pages }) => pages.slice(1).map(page => [page.path, page])));
  return serve(({ method, path, body }) => {
    if (method === 'DELETE') return { status: 204 };
    const page =
      method === 'POST' ? exchanges.find(({ statement }) => statement === body)?.pages[0] : pages.get(path);
    return page ?? { status: 410, body: `not recorded: ${body || path}` };
  });
}
