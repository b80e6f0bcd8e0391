/** Asks a Trino server over its REST protocol: https://trino.io/docs/476/develop/client-protocol.html */

import { setTimeout as wait } from 'node:timers/promises';
import { parseJson, plain } from './json.js';

interface AskOptions {
  /** The server. Default: `TRINO_URL`, or port 8080 of this machine. */
  url?: string;
  /** Default `memory`. */
  catalog?: string;
  /** Default `default`. */
  schema?: string;
  /** When the server gives a statement up, as Trino writes durations. Default `2m`. */
  timeLimit?: string;
}

interface Table {
  columns: Array<{ name: string; type: string }>;
  /** Rows are arrays, maps objects; decimals, times and integers beyond 2^53 are strings. */
  rows: unknown[][];
}

interface Failure {
  error: {
    /** Trino's name of it, such as `TYPE_MISMATCH`. */
    name: string;
    message: string;
    /** Place in the statement, from 1. Absent where Trino names none, as when a function fails on a value. */
    line?: number;
    column?: number;
  };
}

type Answer = Table | Failure;

/** One page of an answer, as far as it is used. */
interface Page {
  nextUri?: string;
  columns?: Array<{ name: string; type: string }>;
  data?: unknown[][];
  error?: {
    errorName: string;
    message: string;
    errorLocation?: { lineNumber: number; columnNumber: number };
  };
}

/** Address of the server that the environment names. */
export function trinoUrl(): string {
  return process.env.TRINO_URL ?? 'http://127.0.0.1:8080';
}

/** Runs a statement. An error of Trino's is an answer; throws only where the server cannot be reached. */
export async function ask(sql: string, options: AskOptions = {}): Promise<Answer> {
  const { url = trinoUrl(), catalog = 'memory', schema = 'default', timeLimit = '2m' } = options;
  const headers = {
    'X-Trino-User': 'oracle',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
    // Otherwise every time is cut to milliseconds and its type does not say its precision.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    'X-Trino-Session': `query_max_execution_time=${timeLimit}`,
  };
  // Athena takes a closing semicolon, the protocol does not.
  const body = withDoubles(sql.replace(/;\s*$/, ''));
  const rows: unknown[][] = [];
  let columns: Table['columns'] = [];
  let page = await request(`${url}/v1/statement`, { method: 'POST', headers, body });
  for (;;) {
    if (page.error) return failure(page.error);
    if (page.columns) columns = page.columns.map(({ name, type }) => ({ name, type }));
    for (const row of page.data ?? []) rows.push(row);
    if (page.nextUri === undefined) return { columns, rows };
    page = await request(page.nextUri, { headers });
  }
}

/** Runs statements, `atOnce` of them at a time; answers in their order. */
export async function askAll(
  statements: readonly string[],
  { atOnce = 4, ...options }: AskOptions & { atOnce?: number } = {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const queue = statements.entries();
  const worker = async () => {
    for (const [i, sql] of queue) answers[i] = await ask(sql, options);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** Runs a statement that has to succeed. Throws an error with Trino's message otherwise. */
export async function run(sql: string, options: AskOptions = {}): Promise<Table> {
  const answer = await ask(sql, options);
  if ('error' in answer) throw new Error(`${answer.error.name}: ${answer.error.message}\n${sql}`);
  return answer;
}

/** Athena takes 1.5 for a double, Trino for a decimal: a number with a point gets an exponent. */
function withDoubles(sql: string): string {
  return sql.replaceAll(
    /'(?:[^']|'')*'|"[^"]*"|--.*|\b\d+\.\d*(?![\deE])|(?<![\w.])\.\d+(?![\deE])/g,
    token => (/^[\d.]/.test(token) ? `${token}e0` : token),
  );
}

async function request(url: string, init: RequestInit): Promise<Page> {
  for (;;) {
    const response = await fetch(url, init);
    const text = await response.text();
    if (response.ok) return plain(parseJson(text)) as Page;
    // The protocol asks to try these again.
    if (![429, 502, 503, 504].includes(response.status))
      throw new Error(`${url}: ${response.status} ${text.slice(0, 200)}`);
    await wait(100);
  }
}

function failure({ errorName: name, message, errorLocation: place }: NonNullable<Page['error']>): Failure {
  return {
    error: {
      name,
      ...(place && { line: place.lineNumber, column: place.columnNumber }),
      message,
    },
  };
}
