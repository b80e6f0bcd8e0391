/** `npx tsx scripts/screenshots.ts`: pictures of some pages on the sample tree, light and dark, into docs/images. Needs a build. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startChromium } from './chromium.js';
import { addressOf, PAGES, SAMPLE } from './page-list.js';

const ROOT = join(import.meta.dirname, '..');
const CLI = join(ROOT, 'dist', 'bin', 'offtrail.js');
const IMAGES = join(ROOT, 'docs', 'images');
const VIEWPORT = { width: 1200, height: 750 };
const SETTLED = 300;
/** Pages that say more in a picture. */
const PICTURED = new Set(['events', 'event', 'who', 's3-access', 'sql', 'coverage']);

mkdirSync(IMAGES, { recursive: true });
for (const name of readdirSync(IMAGES)) rmSync(join(IMAGES, name));
const folder = mkdtempSync(join(tmpdir(), 'offtrail-pictures-'));
const db = join(folder, 'offtrail.db');
spawnSync(process.execPath, [CLI, 'ingest', 'sample-logs', `--db=${db}`], { cwd: ROOT });
const server = spawn(process.execPath, [CLI, 'web', '--no-open', '--port=0', '--quiet', `--db=${db}`], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await startChromium();
try {
  for await (const link of createInterface(server.stdout)) {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const tab = await context.newPage();
    await tab.goto(link);
    for (const { name } of PAGES.filter(page => PICTURED.has(page.name))) {
      const address = name === 'events' ? '/events' : addressOf(name, SAMPLE);
      await tab.goto(new URL(address, link).href);
      await tab.waitForLoadState('networkidle');
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.emulateMedia({ colorScheme });
        // Charts are drawn again in their colours.
        await tab.waitForTimeout(SETTLED);
        await tab.screenshot({ path: join(IMAGES, `${name}-${colorScheme}.png`) });
      }
    }
    break;
  }
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true });
}
