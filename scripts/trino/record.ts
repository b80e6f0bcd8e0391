/** Records what Trino says to statements, page by page, for tests that run without one. */

import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { doubles, tokensOf } from '../../src/engine/dialect.js';
import { edited } from '../../src/engine/edited.js';
import { trinoSession } from '../../src/engine/trino-session.js';
import { CASES } from '../../test/trino-exchanges.js';
import type { Exchange } from '../../test/trino-server.js';
import { trinoUrl } from '../trino-oracle/client.js';

/** Headers that a client reads. */
const KEPT = /^(x-trino-|content-type$)/;

/** Asks every statement of the tests, and writes what comes to a file of JSON lines. */
export async function record(path: string): Promise<number> {
  const exchanges: Exchange[] = [];
  for (const { sql } of CASES) exchanges.push(await exchange(edited(sql, doubles(tokensOf(sql))).text));
  writeFileSync(path, exchanges.map(one => `${JSON.stringify(one)}\n`).join(''));
  return exchanges.length;
}

async function exchange(statement: string): Promise<Exchange> {
  const origin = trinoUrl();
  const headers = trinoSession({ user: 'recorder' }).headers();
  const pages: Exchange['pages'] = [];
  let response = await fetch(`${origin}/v1/statement`, { method: 'POST', headers, body: statement });
  for (;;) {
    const text = await response.text();
    const { nextUri, error } = JSON.parse(text) as { nextUri?: string; error?: { failureInfo?: unknown } };
    // Where in Trino's own code it happened is left out; everything else stays byte for byte.
    const { failureInfo: _where, ...said } = error ?? {};
    const body = error ? JSON.stringify({ ...JSON.parse(text), error: said }) : text;
    const kept: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      if (KEPT.test(name)) kept[name] = value;
    });
    pages.push({
      path: new URL(response.url).pathname,
      headers: kept,
      body: body.replaceAll(origin, '{origin}'),
    });
    if (nextUri === undefined) return { statement, pages };
    await wait(50);
    response = await fetch(nextUri, { headers });
  }
}
