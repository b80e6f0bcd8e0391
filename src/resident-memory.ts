/** Watches how much memory a process has. */

import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How often memory is looked at, in milliseconds. */
const EVERY = 100;

/**
 * Calls `onMore` when a process has more resident memory than a number of megabytes.
 * @returns ends the watch
 */
export function watchMemory(child: ChildProcess, megabytes: number, onMore: () => void): () => void {
  const watch = setInterval(() => {
    if (residentMegabytes(child.pid!) > megabytes) onMore();
  }, EVERY);
  return () => clearInterval(watch);
}

/** Resident memory of a process; 0 where the system does not say. */
function residentMegabytes(pid: number): number {
  try {
    const kilobytes =
      process.platform === 'linux'
        ? /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
