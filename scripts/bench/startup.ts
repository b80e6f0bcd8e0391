/** How long the command takes to start, as a multiple of Node alone in the same run. */

import { spawnSync } from 'node:child_process';
import { CLI, ms, ratio } from './measure.js';
import { row } from './report.js';

const RUNS = 11;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function timeOf(args: readonly string[], db: string): number {
  const began = performance.now();
  const ran = spawnSync(process.execPath, args, { env: { ...process.env, OFFTRAIL_DB: db } });
  const time = performance.now() - began;
  if (ran.status !== 0) throw new Error(`${args.join(' ')} ended with ${ran.status}: ${ran.stderr}`);
  return time;
}

/** Commands that answer at once, with the multiple of `node -e 0` that each may take. */
const CASES: ReadonlyArray<[args: readonly string[], limit: number]> = [
  [['--help'], 1.7],
  [['--version'], 1.7],
  [['search', 'GetObject', '--limit', '1'], 2.5],
  [['s3', 'anonymous', '--limit', '1'], 2.5],
  [['status'], 2.5],
  // 1.2 times what `search` takes.
  [['sql', 'SELECT eventname FROM t LIMIT 1'], 2.5],
];

/** Each command takes turns with Node alone, so that both see the same machine. */
export function startUp(db: string): void {
  for (const [args, limit] of CASES) {
    const pairs = Array.from({ length: RUNS }, () => ({
      ours: timeOf([CLI, ...args], db),
      bare: timeOf(['-e', '0'], db),
    }));
    const ours = median(pairs.map(pair => pair.ours));
    const bare = median(pairs.map(pair => pair.bare));
    row(
      `offtrail ${args.join(' ')}, median of ${RUNS}`,
      ms(ours),
      `${ms(bare)} (node alone)`,
      ratio(ours, bare),
      `≤ ${limit} ×`,
      ours <= limit * bare,
    );
  }
}
