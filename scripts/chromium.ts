/** The browser that looks at the page: for the tests, the benchmark and the pictures. */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where there is one; undefined where there is none. */
export const CHROMIUM = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  path => path !== '' && existsSync(path),
);

/** @throws Error where there is none */
export function startChromium(): Promise<Browser> {
  if (CHROMIUM === undefined)
    throw new Error('there is no Chromium: apt install chromium, or name one in $CHROMIUM');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
}
