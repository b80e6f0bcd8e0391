/** The page's server: loopback only, the guard before everything, then a few routes. */

import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.js';
import { type AnswerError, answerErrorOf } from './answer-error.js';
import { readAssets } from './assets.js';
import { type Options, shellText } from './command-words.js';
import { createNotesFile } from './event-notes.js';
import { exportOf, sendExport } from './exports.js';
import { addressOf, createGuard } from './guard.js';
import { refuseConnection, setHeaders } from './headers.js';
import { createQuestionPool, type QuestionPool } from './question-pool.js';
import { checkedQuestion, type QuestionName, wordsFor } from './questions.js';
import { SQL_BOUNDS } from './sql-options.js';
import { startText } from './start.js';

export interface WebServer {
  port: number;
  /** The link for one browser. */
  url: string;
  close(): Promise<void>;
}

export interface WebOptions {
  /** Path of the index. */
  db: string;
  /** Whether it is another index than the one that commands ask unless they are told. */
  isNamed?: boolean;
  /** 0 for any that is free. */
  port: number;
  /** How `offtrail` itself is run: the program and its first arguments. Exports run it. */
  command: readonly string[];
  /** Questions that are answered at a time. Default 2. */
  processes?: number;
  /** Seconds after which a question is ended. Default 30. */
  seconds?: number;
}

/** Bytes of a request's head, for a page whose address holds a long statement; of a body. */
const MOST_HEAD = 64 << 10;
const MOST_BODY = 1 << 20;
/** Milliseconds in which a request's head, and all of it, must have come: nothing of it comes from further away than this machine. */
const HEAD_TIME = 5_000;
const REQUEST_TIME = 10_000;

/** What of a request is taken, and how long it may be on its way. */
const LIMITS: ServerOptions = {
  maxHeaderSize: MOST_HEAD,
  headersTimeout: HEAD_TIME,
  requestTimeout: REQUEST_TIME,
  connectionsCheckingInterval: 1000,
  // The guard says it, with all headers.
  requireHostHeader: false,
};

/** Starts the server on 127.0.0.1. @throws Error where the port is taken */
export async function startServer(options: WebOptions): Promise<WebServer> {
  const { db, processes = 2, seconds = 30 } = options;
  const guard = createGuard();
  const pool = createQuestionPool({ db, processes, seconds });
  // A statement of the user's own: a process each, ended with it.
  const sqlPool = createQuestionPool({
    ...{ db, processes, ...SQL_BOUNDS },
    module: './sql-process.js',
    isReused: false,
  });
  const poolOf = (name: string): QuestionPool => (name === ('sql' satisfies QuestionName) ? sqlPool : pool);
  const route = createRouter({ ...options, poolOf, pageToken: guard.pageToken });

  function receive(request: IncomingMessage, response: ServerResponse): void {
    setHeaders(response);
    const { method = '', url = '', headers, headersDistinct } = request;
    const { host: hosts = [] } = headersDistinct;
    const admission = guard.admit({ method, url, hosts, headers }, portOf());
    if (admission.kind === 'refused') {
      // Whatever else comes on this connection is not read.
      response.setHeader('Connection', 'close');
      sendText(response, admission.status, admission.message);
    } else if (admission.kind === 'signed in')
      response.writeHead(303, { 'Set-Cookie': admission.cookie, Location: admission.location }).end();
    else route(request, response).catch(error => sendError(response, answerErrorOf(error, db)));
  }

  const server = createServer(LIMITS, receive);
  const portOf = (): number => (server.address() as AddressInfo).port;
  server.on('checkExpectation', receive).on('clientError', refuseConnection);
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
      sqlPool.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** What is answered to whom the guard admitted. */
function createRouter({
  db,
  isNamed,
  command: program,
  poolOf,
  pageToken,
}: WebOptions & { poolOf(question: string): QuestionPool; pageToken: string }) {
  const assets = readAssets();
  const notes = createNotesFile(db);

  async function answer(name: string, given: Options, response: ServerResponse): Promise<void> {
    const question = checkedQuestion(name, given);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const began = performance.now();
    const words = wordsFor(question, given);
    const command = words && shellText(words);
    const outcome = await poolOf(name).ask(name, given, gone.signal);
    if ('error' in outcome) return sendError(response, { ...outcome.error, command });
    const head = { command, ms: Math.round(performance.now() - began) };
    sendJson(response, `${JSON.stringify(head).slice(0, -1)},"answer":${outcome.json}}`);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = addressOf(request.url!)!;
    const [, room = '', name = ''] = pathname.split('/');
    if (room === 'api') {
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
      return sendExport(response, wanted, { command: program, db, name: `offtrail-${question}` });
    }
    const file = assets.files.get(pathname.slice(1));
    if (file)
      return void response
        .writeHead(200, { 'Content-Type': file.type, 'Content-Encoding': 'gzip' })
        .end(file.gzip);
    // Every page is the same document: which one it is stands in its address.
    const document = assets.documentWith(startText({ db, isNamed }, pageToken));
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(document);
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

/** @throws UsageError `BAD_VALUE` where it is too long; the rest is not read then */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  // The connection must last for the answer.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BODY) throw new UsageError('BAD_VALUE', `the question is longer than ${MOST_BODY} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
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
