/** How the benchmark measures: the real command from outside, the best of a few, and how figures are written. */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { INDEX_FILES } from '../../src/store/index-file.js';

export const ROOT = join(import.meta.dirname, '..', '..');
export const DATA = join(ROOT, 'bench-data');
export const CLI = join(ROOT, 'dist', 'bin', 'offtrail.js');
export const quick = process.argv.includes('quick');
export const scale = quick ? 0.1 : 1;

export const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
export const s = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
export const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
export const ratio = (a: number, b: number): string => (b > 0 ? `${(a / b).toFixed(2)} ×` : '');
export const log = (line: string): void => console.error(line);

export interface Measured {
  wall: number;
  /** Milliseconds of processor time, of all threads. */
  cpu: number;
  /** Peak resident memory in bytes. */
  memory: number;
}

/** Runs the real command and measures it from outside. */
export function command(args: string[]): Measured {
  const began = performance.now();
  const program = `process.argv.splice(1, 0, ${JSON.stringify(CLI)});
    const fs = require('node:fs');
    // The kernel's own high-water mark of this program; getrusage's includes that of the one that started it.
    process.on('exit', () => {
      const [, memory] = /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'));
      const { user, system } = process.cpuUsage();
      fs.writeSync(3, JSON.stringify({ memory: memory * 1024, cpu: (user + system) / 1000 }));
    });
    import(${JSON.stringify(CLI)});`;
  const ran = spawnSync(process.execPath, ['-e', program, '--', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const wall = performance.now() - began;
  if (ran.status !== 0) throw new Error(`offtrail ${args.join(' ')} ended with ${ran.status}: ${ran.stderr}`);
  return { wall, ...(JSON.parse(ran.output[3]!) as Omit<Measured, 'wall'>) };
}

export function fresh(path: string): string {
  for (const end of INDEX_FILES) rmSync(path + end, { force: true });
  return path;
}

/** Best of a few: what the machine can do when nothing else runs. */
export function best(times: number, run: () => number): number {
  return Math.min(...Array.from({ length: times }, run));
}
