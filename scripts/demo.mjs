// What `npm run demo` shows: index the sample tree, then ask it AWS's S3 questions.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'offtrail-demo-'));
const db = join(folder, 'offtrail.db');

function run(...args) {
  console.log(`\n$ offtrail ${args.map(arg => (arg.includes(' ') ? JSON.stringify(arg) : arg)).join(' ')}`);
  const ran = spawnSync(process.execPath, [join(root, 'dist', 'bin', 'offtrail.js'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, OFFTRAIL_DB: db },
  });
  return ran.status;
}

const codes = [
  // One file of the sample tree is damaged on purpose: 1 says so.
  run('ingest', relative(process.cwd(), join(root, 'sample-logs'))) === 1 ? 0 : 2,
  run('s3', 'put-object', '--bucket', 'my-bucket', '--from', '2019-07-05', '--to', '2019-07-06'),
  run('s3', 'anonymous'),
  run('s3', 'sigv2'),
  run('s3', 'sigv2-requesters'),
  run('s3', 'get-object', '--key', 'private/', '--errors-only', '--print-athena'),
  run(
    'sql',
    `SELECT eventname, count(*) AS events FROM cloudtrail_logs GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
  ),
  run('status'),
];
rmSync(folder, { recursive: true, force: true });
process.exitCode = Math.max(...codes);
