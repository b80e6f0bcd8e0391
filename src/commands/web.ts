/** `offtrail web`: a page to look at, on this machine alone. */

import { spawn } from 'node:child_process';
import { UsageError } from '../errors.js';
import { COMMON, text } from './options.js';
import { EXIT, indexPath, print, say, withIndex } from './terminal.js';
import { verb } from './verb.js';

/** The port unless somebody asks for another: links into the page stay good from one day to the next. */
const PORT = 4747;

export const web = verb({
  name: 'web',
  summary: 'a page to look at the index in a browser, on this machine alone',
  description:
    'Opens a page in the browser: the Event history with histogram and facets, identities, sessions, S3 searches, SQL, coverage, metrics and verification. Ctrl-C ends it.',
  notes: [
    'The server listens on 127.0.0.1 alone, and answers only to the browser that the printed link was opened in: the link is good for one. It reads the index and never writes to it, and no request leaves the machine.',
    'Exit code: 0 when it was ended; 2 error, as where the port is taken.',
  ],
  examples: [
    ['offtrail web', 'opens the browser'],
    ['offtrail web --no-open --port 8080', 'prints the link alone'],
  ],
  options: {
    port: text(`port to listen on, 0 for any that is free [default: ${PORT}, or any where that is taken]`),
    open: {
      type: 'boolean',
      default: true,
      description: 'open the browser; --no-open prints the link alone',
    },
    ...COMMON,
  },
  async run({ options: { db, port, open } }) {
    const path = indexPath(db);
    const { startServer } = await import('../web/server.js');
    const common = { db: path, isNamed: db !== undefined, command: [process.execPath, process.argv[1]!] };
    const server =
      port === undefined
        ? await startServer({ ...common, port: PORT }).catch(() => startServer({ ...common, port: 0 }))
        : await startServer({ ...common, port: portOf(port) });
    try {
      // While its processes start: says what is wrong with the index before anybody has the link.
      await withIndex(path, async () => EXIT.ok);
      await print(`${server.url}\n`);
      say('the link is good for one browser; Ctrl-C ends the page');
      if (open) openBrowser(server.url);
      await new Promise<void>(resolve => {
        process.once('SIGINT', resolve).once('SIGTERM', resolve);
      });
    } finally {
      await server.close();
    }
    return EXIT.ok;
  },
});

/** @throws UsageError `BAD_VALUE` */
function portOf(given: string): number {
  const port = Number(given);
  if (!/^\d{1,5}$/.test(given) || port > 65_535)
    throw new UsageError(
      'BAD_VALUE',
      `--port must be a number from 0 to 65535, not ${JSON.stringify(given)}`,
    );
  return port;
}

/** The program that opens an address, by system. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program!, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => say('no browser could be opened: paste the link into one'));
  child.unref();
}
