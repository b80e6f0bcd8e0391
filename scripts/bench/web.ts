/** How quick the page is in a browser, on an index of a million events: from a click to what is seen, and the memory it takes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { startChromium } from '../chromium.js';
import { CLI, command, DATA, mb, ms, quick, ROOT } from './measure.js';
import { row } from './report.js';
import { tree } from './trees.js';

/** Where things are in the Event history: all that this file knows of its page. */
const FACET_VALUE = '[title^="only these"]';
const LIST = 'section[aria-label="Events"]';
const ROW = `${LIST} tr[aria-rowindex]`;

const OPENINGS = 5;
const CLICKS = 30;
const SCROLLED = 10_000;
const KILOBYTE = 1024;

/** Runs in the page before anything of it: tells when answers are there, and when rows are seen first. */
const WATCH = `
  const watch = { asked: 0, open: 0, rows: undefined };
  globalThis.watch = watch;
  const plain = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    watch.asked++;
    watch.open++;
    try {
      const response = await plain(...asked);
      const text = await response.text();
      return new Response(text, response);
    } finally {
      setTimeout(() => watch.open--);
    }
  };
  const look = () => {
    if (document.querySelector(${JSON.stringify(`${ROW} a`)})) watch.rows = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  globalThis.painted = () => new Promise(seen => requestAnimationFrame(() => setTimeout(seen)));
  /** Milliseconds from doing something to the last answer on the screen. */
  globalThis.timed = async act => {
    const before = watch.asked;
    const began = performance.now();
    act();
    let end = began;
    for (let quiet = 0; quiet < 4; ) {
      await painted();
      if (watch.open > 0 || watch.asked === before) quiet = 0;
      else if (quiet++ === 0) end = performance.now();
    }
    return end - began;
  };
`;

interface Served {
  link: string;
  server: ChildProcess;
  /** Milliseconds from starting the command to its link. */
  wall: number;
}

async function serve(db: string): Promise<Served> {
  const began = performance.now();
  const server = spawn(process.execPath, [CLI, 'web', '--no-open', '--port=0', '--quiet', `--db=${db}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const link of createInterface(server.stdout!))
    return { link, server, wall: performance.now() - began };
  throw new Error('offtrail web printed no link');
}

/** An index of the large tree: that of the other benchmarks where they ran. */
function largeIndex(): string {
  const db = join(DATA, quick ? 'large-quick.db' : 'large.db');
  if (!existsSync(db)) command(['ingest', tree('large').folder, `--db=${db}`]);
  return db;
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1]!;
const p95 = (values: readonly number[]): number => sorted(values)[Math.ceil(values.length * 0.95) - 1]!;

export async function webBench(): Promise<void> {
  bundle();
  const db = largeIndex();
  const browser = await startChromium();
  const starts: number[] = [];
  const openings: number[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    const { link, server, wall } = await serve(db);
    const { tab, seen } = await opened(browser, link);
    starts.push(wall);
    openings.push(seen);
    if (i < OPENINGS - 1) await ended(tab, server);
    else {
      row('offtrail web: from the command to its link', ms(median(starts)), '', '', '');
      const first = median(openings);
      row('first events visible after opening the link', ms(first), '', '', '≤ 500 ms', first <= 500);
      await clicks(tab);
      await scrolling(tab);
      await memory(browser, server);
      await ended(tab, server);
    }
  }
  await browser.close();
}

async function ended(tab: Page, server: ChildProcess): Promise<void> {
  await tab.context().close();
  const gone = new Promise(resolve => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}

/** Milliseconds in which Chromium makes what belongs to a new window of its own. */
const WINDOW_TIME = 2000;

/** Opens the link in a window that is there and has nothing of the page yet. */
async function opened(browser: Browser, link: string): Promise<{ tab: Page; seen: number }> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const tab = await context.newPage();
  await tab.addInitScript(WATCH);
  await new Promise(resolve => setTimeout(resolve, WINDOW_TIME));
  await tab.goto(link);
  await until(tab, 'watch.rows !== undefined && watch.open === 0');
  return { tab, seen: Number(await tab.evaluate('watch.rows')) };
}

/** Waits for a condition in the page, which does not let a text run as a program by itself. */
async function until(tab: Page, condition: string): Promise<void> {
  while (!(await tab.evaluate(condition))) await new Promise(resolve => setTimeout(resolve, 20));
}

/** Values of facets, one after the other, each from the events without a filter. */
async function clicks(tab: Page): Promise<void> {
  const times: number[] = [];
  const values = await tab.locator(FACET_VALUE).count();
  if (values < CLICKS) throw new Error(`there are only ${values} values to click at`);
  for (let i = 0; i < CLICKS; i++) {
    const nth = Math.floor((i * values) / CLICKS);
    const click = `timed(() => document.querySelectorAll(${JSON.stringify(FACET_VALUE)})[${nth}].click())`;
    times.push(Number(await tab.evaluate(click)));
    await tab.goBack();
    await until(
      tab,
      `watch.open === 0 && document.querySelectorAll(${JSON.stringify(FACET_VALUE)}).length >= ${values}`,
    );
  }
  const [middle, most] = [median(times), p95(times)];
  const what = `a filter clicked: new rows, facets and histogram, 95th percentile of ${CLICKS}`;
  row(what, `${ms(most)} (median ${ms(middle)})`, '', '', '≤ 250 ms', most <= 250);
}

/** A screen at a time through the list; a row that is not there yet is waited for. */
async function scrolling(tab: Page): Promise<void> {
  const found = (await tab.evaluate(`(async () => {
    const list = document.querySelector(${JSON.stringify(LIST)});
    const seen = new Set();
    const waits = [];
    const began = performance.now();
    while (performance.now() - began < 120_000) {
      const step = performance.now();
      for (;;) {
        await painted();
        const { top, bottom } = list.getBoundingClientRect();
        const rows = [...list.querySelectorAll('tr[aria-rowindex]')].filter(row => {
          const box = row.getBoundingClientRect();
          return box.bottom > top && box.top < bottom && row.closest('tbody');
        });
        const there = rows.filter(row => row.querySelector('a'));
        for (const row of there) seen.add(row.ariaRowIndex);
        if (there.length > 0 && there.length === rows.length) break;
        if (performance.now() - step > 10_000) throw new Error('a page of the list did not come');
      }
      waits.push(performance.now() - step);
      if (seen.size >= ${SCROLLED} || list.scrollTop + list.clientHeight >= list.scrollHeight - 1 && watch.open === 0) break;
      list.scrollTop += list.clientHeight * 0.8;
    }
    return { seen: seen.size, waits, wall: performance.now() - began };
  })()`)) as { seen: number; waits: number[]; wall: number };
  const { seen, waits, wall } = found;
  row(
    `${SCROLLED.toLocaleString('en-US')} rows scrolled through, a screen at a time: rows that were shown`,
    `${seen.toLocaleString('en-US')} in ${ms(wall)}`,
    ...(['', '', 'all', seen >= SCROLLED] as const),
  );
  row(
    'the same: until a screen is full, 95th percentile',
    `${ms(p95(waits))} (most ${ms(Math.max(...waits))})`,
    '',
    '',
    '',
  );
}

/** Memory that is a process's own, or its part of what it shares, in bytes. */
function memoryOf(pid: number, kinds: RegExp): number {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').split('\n');
  const sizes = lines.filter(line => kinds.test(line)).map(line => Number(/(\d+) kB/.exec(line)![1]));
  return sizes.reduce((sum, size) => sum + size, 0) * KILOBYTE;
}

/** Ids of the processes of tabs. */
async function renderers(session: CDPSession): Promise<number[]> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** What a tab of this browser takes that shows nothing. */
async function emptyTab(browser: Browser, session: CDPSession): Promise<number> {
  const before = await renderers(session);
  const context = await browser.newContext();
  await (await context.newPage()).goto('about:blank');
  const added = (await renderers(session)).filter(id => !before.includes(id));
  const most = Math.max(...added.map(id => memoryOf(id, /^Private/)));
  await context.close();
  return most;
}

async function memory(browser: Browser, server: ChildProcess): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const tabs = (await renderers(session)).map(id => memoryOf(id, /^Private/));
  const tab = Math.max(...tabs);
  row('memory of the tab after all this, its own', mb(tab), '', '', '≤ 200 MB', tab <= 200e6);
  row('memory of an empty tab, its own', mb(await emptyTab(browser, session)), '', '', '');
  const children = readdirSync('/proc').filter(
    name => /^\d+$/.test(name) && parentOf(name) === String(server.pid),
  );
  const all = [server.pid!, ...children.map(Number)].map(pid => memoryOf(pid, /^Pss:/));
  const sum = all.reduce((total, size) => total + size, 0);
  row(
    `memory of the server with its ${children.length} processes`,
    mb(sum),
    '',
    '',
    '≤ 300 MB',
    sum <= 300e6,
  );
}

function parentOf(pid: string): string | undefined {
  try {
    return /\nPPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** What a browser loads, as the server sends it. */
function bundle(): void {
  const folder = join(ROOT, 'dist', 'web', 'app');
  const size = readdirSync(folder)
    .map(name => gzipSync(readFileSync(join(folder, name))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
  row('the page, compressed', `${(size / 1000).toFixed(0)} kB`, '', '', '≤ 150 kB', size <= 150_000);
}
