/** The page's server: loopback only, the guard before everything, then a few routes. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, OfftrailError, UsageError } from '../errors.js';
import { readAssets } from './assets.js';
import { type Options, shellText } from './command-words.js';
import { createNotesFile } from './event-notes.js';
import { exportOf, sendExport } from './exports.js';
import { createGuard } from './guard.js';
import { createQuestionPool } from './question-pool.js';
import type { AnswerError } from './question-process.js';
import { questionOf, wordsFor } from './questions.js';
import { start } from './start.js';

export interface WebServer {
  port: number;
  /** The link for one browser. */
  url: string;
  close(): Promise<void>;
}

export interface WebOptions {
  /** Path of the index. */
  db: string;
  /** 0 for any that is free. */
  port: number;
  /** How `offtrail` itself is run: the program and its first arguments. Exports run it. */
  command: readonly string[];
  /** Questions that are answered at a time. Default 2. */
  processes?: number;
  /** Seconds after which a question is ended. Default 30. */
  seconds?: number;
}

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
/** Bytes of a request's head, for a page whose address holds a long statement; of a body. */
const MOST_HEAD = 64 << 10;
const MOST_BODY = 1 << 20;

/** Starts the server on 127.0.0.1. @throws Error where the port is taken */
export async function startServer(options: WebOptions): Promise<WebServer> {
  const { db, command, processes = 2, seconds = 30 } = options;
  const assets = readAssets();
  const guard = createGuard();
  const pool = createQuestionPool({ db, processes, seconds });
  const notes = createNotesFile(db);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, 'http://127.0.0.1');
    const [, room = '', name = ''] = pathname.split('/');
    if (room === 'api') {
      if (name === 'start') return sendJson(response, JSON.stringify(start(db, guard.pageToken)));
      if (name === 'notes') {
        const isPut = request.method === 'POST';
        const found = isPut ? notes.put(optionsOf(await bodyOf(request))) : notes.read();
        return sendJson(response, JSON.stringify(await found));
      }
      const asked = request.method === 'POST' ? await bodyOf(request) : searchParams.get('options');
      return await answer(name, optionsOf(asked), response);
    }
    if (room === 'export') {
      const [, question = '', format = ''] = /^(\w+)\.(\w+)$/.exec(name) ?? [];
      const wanted = exportOf(question, format, optionsOf(searchParams.get('options')));
      if (!wanted) throw new UsageError('BAD_ARGUMENTS', 'there is no such export');
      return sendExport(response, wanted, { command, db, name: `offtrail-${question}` });
    }
    // Every page is the same document: which one it is stands in its address.
    const asset = assets.get(pathname.slice(1)) ?? assets.get('index.html')!;
    response.writeHead(200, { 'Content-Type': asset.type, 'Content-Encoding': 'gzip' }).end(asset.gzip);
  }

  async function answer(name: string, given: Options, response: ServerResponse): Promise<void> {
    const question = questionOf(name);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const began = performance.now();
    const outcome = await pool.ask(name, given, gone.signal);
    if ('error' in outcome) return sendError(response, outcome.error);
    const words = wordsFor(question, given);
    const head = { command: words && shellText(words), ms: Math.round(performance.now() - began) };
    sendJson(response, `${JSON.stringify(head).slice(0, -1)},"answer":${outcome.json}}`);
  }

  const server = createServer({ maxHeaderSize: MOST_HEAD }, (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { method = '', url = '', headers } = request;
    const admission = guard.admit({ method, url, headers }, portOf());
    if (admission.kind === 'refused') return sendText(response, admission.status, admission.message);
    if (admission.kind === 'signed in') {
      response.writeHead(303, { 'Set-Cookie': admission.cookie, Location: admission.location }).end();
      return;
    }
    route(request, response).catch(error => sendError(response, errorOf(error)));
  });
  const portOf = (): number => (server.address() as AddressInfo).port;
  // Nothing of this server speaks any other protocol.
  server.on('upgrade', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: portOf(),
    url: `http://127.0.0.1:${portOf()}/?token=${guard.linkToken}`,
    async close() {
      pool.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** @throws UsageError `BAD_VALUE` where the text is not JSON of an object */
function optionsOf(text: string | null): Options {
  if (!text) return {};
  let options: unknown;
  try {
    options = JSON.parse(text);
  } catch {
    options = undefined;
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError('BAD_VALUE', 'the options are not JSON of an object');
  return options as Options;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BODY) throw new UsageError('BAD_VALUE', `the question is longer than ${MOST_BODY} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function errorOf(error: unknown): AnswerError {
  const { code, hint } = error instanceof OfftrailError ? error : { code: 'FAILED', hint: undefined };
  return { code, message: messageOf(error), hint };
}

function sendJson(response: ServerResponse, json: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(json);
}

function sendError(response: ServerResponse, error: AnswerError): void {
  if (response.headersSent) return void response.destroy();
  response
    .writeHead(422, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ error }));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
