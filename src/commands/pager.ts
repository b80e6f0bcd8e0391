/** A pager for output that is longer than the terminal. */

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Writable } from 'node:stream';

/** The reader has seen enough: the rest of the output has no one to read it. */
class ReaderGone extends Error {}

/** What a program that lacks its own options gets: colours, no clearing, an end where everything is seen. */
const LESS = 'FRX';
const DEFAULT_PAGER = `less -${LESS}`;
/** After so many milliseconds less gets what there is, be it less than a screen: it ends by itself if no more comes. */
const PATIENCE = 300;

export interface Pager {
  /** Takes a piece of the output. @throws ReaderGone after the pager was closed */
  write(text: string): Promise<void>;
  /** Ends the output; resolves when the pager is closed. */
  end(): Promise<void>;
  /** Whether `write` threw this because the reader closed the pager. */
  isGone(error: unknown): boolean;
}

/** The pager that OFFTRAIL_PAGER or PAGER names, else less; undefined where none is wanted or there. */
function pagerCommand(env: NodeJS.ProcessEnv): string | undefined {
  const command = (env.OFFTRAIL_PAGER ?? (env.PAGER || DEFAULT_PAGER)).trim();
  const program = command.split(/\s/)[0]!;
  if (program === '' || program === 'cat') return undefined;
  return isThere(program, env.PATH ?? '') ? command : undefined;
}

function isThere(program: string, path: string): boolean {
  const places = program.includes('/')
    ? [program]
    : path.split(delimiter).map(folder => join(folder, program));
  return places.some(place => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

interface PagerOptions {
  env: NodeJS.ProcessEnv;
  /** Lines of the terminal. */
  rows: number;
  columns: number;
  terminal(text: string): Promise<void>;
}

/** The pager of this environment; undefined where none is wanted or there. */
export function pagerFor(options: PagerOptions): Pager | undefined {
  const command = pagerCommand(options.env);
  return command === undefined ? undefined : createPager(command, options);
}

/**
 * Output that goes to `terminal` as it is while it fits, and to the pager when it does not.
 * @param command as the shell takes it
 */
function createPager(command: string, { env, rows, columns, terminal }: PagerOptions): Pager {
  const patience = /^(?:\S*\/)?less(?:\s|$)/.test(command) ? PATIENCE : Number.POSITIVE_INFINITY;
  const began = Date.now();
  let waiting = '';
  let shown: { stdin: Writable; gone: Promise<void>; closed: Promise<void> } | undefined;
  let isGone = false;

  function start(): NonNullable<typeof shown> {
    const child = spawn(command, {
      shell: true,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...env, LESS: env.LESS ?? LESS },
    });
    const closed = new Promise<void>(resolve => {
      child.once('close', () => resolve()).once('error', () => resolve());
    });
    const failed = new Promise<void>(resolve => child.stdin.on('error', () => resolve()));
    const gone = Promise.race([closed, failed]).then(() => {
      isGone = true;
    });
    // Ctrl-C is the pager's: it ends what is being read there.
    process.on('SIGINT', ignore);
    return { stdin: child.stdin, gone, closed };
  }

  return {
    async write(text) {
      if (!shown) {
        waiting += text;
        if (linesOf(waiting, columns) < rows && Date.now() - began < patience) return;
      }
      shown ??= start();
      const { stdin, gone } = shown;
      const piece = waiting || text;
      waiting = '';
      if (!isGone && !stdin.write(piece))
        await Promise.race([new Promise<void>(resolve => stdin.once('drain', resolve)), gone]);
      if (isGone) throw new ReaderGone();
    },
    async end() {
      if (waiting) await terminal(waiting);
      waiting = '';
      if (!shown) return;
      shown.stdin.end();
      await shown.closed;
      process.off('SIGINT', ignore);
    },
    isGone: error => error instanceof ReaderGone,
  };
}

function ignore(): void {}

/** Lines that a text takes on the screen, about: a long line takes several. */
function linesOf(text: string, columns: number): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), -1);
}
