/** Runs this command again in a process of its own, and ends that where it takes too long or too much memory. */

import { type ChildProcess, spawn } from 'node:child_process';
import { watchMemory } from '../resident-memory.js';
import { EXIT, warn } from './terminal.js';

export interface Bounds {
  seconds: number | undefined;
  /** Of resident memory. */
  megabytes: number | undefined;
}

/** Set in the process that runs the statement. */
const MARK = 'OFFTRAIL_BOUNDED';

/** Whether this is the process that another one watches. */
export const isBounded = (): boolean => process.env[MARK] === '1';

const ENDING = ['SIGTERM', 'SIGHUP'] as const;
/** The longest time that a timer takes, in milliseconds: 24 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Runs this command line in a process that is watched.
 * @returns its exit code; of one that was ended for a bound, `EXIT.failed`
 */
export async function runBounded(bounds: Bounds): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  // The terminal sends Ctrl-C to both; this one stays to say how it ended.
  const ignore = (): void => undefined;
  // Whoever ends this one ends the statement.
  const end = (): void => void child.kill('SIGKILL');
  process.on('SIGINT', ignore);
  for (const signal of ENDING) process.on(signal, end);
  try {
    return await watched(child, bounds);
  } finally {
    process.off('SIGINT', ignore);
    for (const signal of ENDING) process.off(signal, end);
  }
}

/** Waits for the end of a process, and brings it about where a bound is passed. */
export function watched(child: ChildProcess, { seconds, megabytes }: Bounds): Promise<number> {
  let reason: string | undefined;
  const end = (why: string): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(() => end(`${seconds} seconds (--timeout)`), Math.min(seconds * 1000, LONGEST));
  const endWatch =
    megabytes === undefined
      ? undefined
      : watchMemory(child, megabytes, () => end(`${megabytes} MB of memory (--memory)`));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      endWatch?.();
      if (reason !== undefined) warn(`offtrail: the statement was stopped: it took more than ${reason}`);
      else if (signal === 'SIGINT') warn('offtrail: stopped');
      else if (signal) warn(`offtrail: the statement ended by ${signal}, perhaps for want of memory`);
      resolve(reason === undefined && code !== null ? code : EXIT.failed);
    });
  });
}
