/** A browser that looks at the page of an index: tests that need it are skipped, and say so, where there is none. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import { describe, expect } from 'vitest';
import { CHROMIUM, startChromium } from '../../scripts/chromium.js';
import { afterEvery } from '../endings.js';
import { CLI } from '../support.js';

/** `describe`, skipped where there is no browser. */
export function describeInBrowser(name: string, body: () => void): void {
  if (CHROMIUM === undefined) describe.skip(`${name} (needs Chromium: apt install chromium)`, body);
  else describe(name, body);
}

export interface Served {
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  /** The link that was printed. */
  link: string;
  process: ChildProcess;
}

const running: ChildProcess[] = [];

/**
 * Runs `offtrail web` on an index, ended after the tests of the file.
 * @param cli the program, where it is not the command itself
 */
export async function serve(db: string, more: readonly string[] = [], cli = CLI): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'web', '--no-open', '--port', '0', '--db', db, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  for await (const line of createInterface(child.stdout!)) {
    const { origin } = new URL(line);
    return { origin, link: line, process: child };
  }
  throw new Error('offtrail web printed no link');
}

/** Kept from file to file; it ends with the worker. */
let browser: Browser | undefined;

/** What the pages of a test complained of: a test that expects none need not ask. */
const complaints: string[] = [];
afterEvery('test', () => {
  expect(complaints.splice(0)).toEqual([]);
});
afterEvery('file', async () => {
  kept.clear();
  for (const context of browser?.contexts() ?? []) await context.close();
  for (const child of running.splice(0)) child.kill('SIGKILL');
  // What a page had asked for when it was closed is nobody's matter.
  complaints.length = 0;
});

const openRequests = new WeakMap<Page, Set<Request>>();
/** Waits until a page asks for nothing any more, and has shown what it was answered. */
export async function settled(page: Page): Promise<void> {
  const open = openRequests.get(page)!;
  for (let quiet = 0; quiet < 2; ) {
    await page.evaluate('new Promise(shown => requestAnimationFrame(() => setTimeout(shown)))');
    quiet = open.size === 0 ? quiet + 1 : 0;
    if (open.size > 0) await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/**
 * Goes to an address without loading the page again, which costs half a second of processor time, as back and forward do.
 * On the way it is at an address that no page has, so that nothing of the page before is left.
 * @param tab one that shows a page already
 */
export async function goWithin(tab: Page, address: string): Promise<void> {
  await tab.evaluate(`(async () => {
    for (const address of ['/-', ${JSON.stringify(address)}]) {
      history.pushState(null, '', address);
      dispatchEvent(new PopStateEvent('popstate'));
      await new Promise(shown => requestAnimationFrame(() => setTimeout(shown)));
    }
  })()`);
}

const kept = new Map<string, Page>();
/** The tab of an index, at an address: one for all tests of a file that ask for it, which goes on within the page. */
export async function keptTab(served: Served, address: string, width = 1280): Promise<Page> {
  let tab = kept.get(served.origin);
  if (!tab) {
    tab = await openTab(served, { path: address });
    kept.set(served.origin, tab);
  } else await goWithin(tab, address);
  await tab.setViewportSize({ width, height: 900 });
  return tab;
}

/** A tab that came by the link; later ones of the same context need it no more. */
export async function openTab(
  { link, origin }: Served,
  { path, context, width = 1280 }: { path?: string; context?: BrowserContext; width?: number } = {},
): Promise<Page> {
  browser ??= await startChromium();
  const own = context ?? (await browser.newContext({ viewport: { width, height: 900 } }));
  const page = await own.newPage();
  const open = new Set<Request>();
  openRequests.set(page, open);
  page.on('request', request => open.add(request));
  page.on('requestfinished', request => open.delete(request));
  page.on('requestfailed', request => open.delete(request));
  page.setDefaultTimeout(30_000);
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('console', message => {
    // A question that cannot be answered is a page's own matter, which Chromium reports all the same.
    if (/status of 422/.test(message.text())) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', request => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
      complaints.push(`asked ${request.url()}`);
  });
  if (!context) await page.goto(link);
  if (path !== undefined || context) await page.goto(`${origin}${path ?? '/'}`);
  return page;
}

/** A time of a log as the page shows it in UTC. */
export const inUtc = (time: unknown): string => String(time).replace('T', ' ').replace('Z', ' Z');

/** Texts of the cells of table rows. */
export const cellsOf = (rows: Locator): Promise<string[][]> =>
  rows.evaluateAll(all =>
    all.map(row =>
      Array.from(row.children as unknown as Iterable<{ textContent: string }>, cell => cell.textContent),
    ),
  );

/** The same of the table with a label. */
export const rowsOf = (tab: Page, label: string): Promise<string[][]> =>
  cellsOf(tab.getByRole('region', { name: label, exact: true }).locator('tbody tr'));

/** What axe finds against what a tab shows, of what keeps people out. */
export async function seriousFindings(tab: Page): Promise<string[]> {
  if (!(await tab.evaluate(`'axe' in globalThis`))) await tab.evaluate(AXE);
  // What is not a violation is not described, which takes most of its time.
  return tab.evaluate(`axe.run({ resultTypes: ['violations'], preload: false }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ': ' + html.slice(0, 200))))`);
}
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
